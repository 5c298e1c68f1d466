"""Purchasing: what is ordered from whom, what of it has come, and a new order."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.services.purchase_reads import PurchaseList, PurchaseRow, get_purchase, purchase_choices, purchases_in
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.goods import (
    day_words,
    draw_turning,
    draw_warehouse_filter,
    either,
    id_in_address,
    keep_in_address,
    page_number,
    take_from_address,
)
from core.ui.i18n import format_int, t
from core.ui.purchase_forms import draw_changes, draw_new, draw_print, open_new
from core.ui.purchase_sheet import draw_head, draw_history, draw_lines
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.work import settle

SEGMENT_LABELS = {
    "open": "All open",
    "arriving": "Due now",
    "later": "Expected later",
    "all": "All purchases",
}
FILTERS = {"show": "open", "q": "", "warehouse": ""}


def keep() -> None:
    """A filter was changed."""
    keep_in_address(FILTERS)


def back() -> None:
    """Goes back to the list; a button's callback."""
    st.query_params.pop("id", None)


def clear() -> None:
    """Takes every filter away; a button's callback."""
    st.session_state.update(q="", warehouse="", show="all")
    keep()


def as_cells(row: PurchaseRow) -> dict[str, Any]:
    """One purchase as the list shows it."""
    return {
        "id": row.id,
        "number": row.number,
        "supplier": either(row.supplier_en, row.supplier_zh),
        "status": t(label_of(row.status)) + (f" · {t('Late')}" if row.is_late else ""),
        "expected": day_words(row.expected_on),
        "warehouse": either(row.warehouse_en, row.warehouse_zh),
        "lines": row.lines,
        "came": row.came / row.ordered if row.ordered else 0.0,
        "rest": row.rest,
        "value": row.value_cents / 100,
    }


def draw_list(found: PurchaseList) -> None:
    """The purchases that fit, or why there are none."""
    if not found.rows and not any(found.counts.values()) and not st.session_state["q"]:
        text = t("Order goods from a supplier; the door sees them as soon as they are placed.")
        may = page.actor().may("purchasing.work")
        label = t("New purchase order") if may else ""
        empty(
            t("Nothing is ordered"),
            text,
            key="none",
            icon="shopping_cart",
            go_label=label,
            on_go=open_new if may else None,
        )
        return
    if not found.rows:
        text = t("No purchase fits here. Look in all purchases, or take a filter away.")
        empty(t("Nothing fits"), text, key="none", icon="search_off", go_label=t("Clear filters"), on_go=clear)
        return
    columns = [
        Column("number", t("Purchase no."), width=105, pinned=True),
        Column("supplier", t("Supplier"), width=190),
        Column("status", t("Status"), width=210),
        Column("expected", t("Expected on"), width=120),
        Column("warehouse", t("Warehouse"), width=165),
        Column("lines", t("Lines"), "number", width=65),
        Column("came", t("Came"), "progress", width=110),
        Column("rest", t("Waited for"), "number", width=95),
        Column("value", t("Value"), "money", width=100),
    ]
    rows = [as_cells(row) for row in found.rows]
    height: Any = "content" if len(rows) <= 16 else 620
    name = f"purchases-{st.session_state['show']}-{page_number()}"
    chosen = table(rows, columns, key=name, id_key="id", height=height)
    if chosen is not None:
        st.query_params["id"] = str(chosen)
        st.rerun()
    draw_turning(found.more)


def draw_all() -> None:
    """The list with its filters, and the way to a new purchase."""
    take_from_address(FILTERS, {"show": set(SEGMENT_LABELS)})
    chosen = st.session_state
    warehouse = chosen["warehouse"]
    found = page.read(
        purchases_in,
        chosen["show"] or FILTERS["show"],
        warehouse_id=int(warehouse) if warehouse.isdecimal() else None,
        search=chosen["q"],
        page=page_number(),
    )
    if warehouse and (not warehouse.isdecimal() or int(warehouse) not in found.warehouses):
        chosen["warehouse"] = ""
        keep()
        st.rerun()
    if page.actor().may("purchasing.work"):
        st.button(t("New purchase order"), type="primary", icon=":material/add:", key="new-purchase", on_click=open_new)
    st.segmented_control(
        t("Which purchases"),
        list(SEGMENT_LABELS),
        required=True,
        format_func=lambda name: f"{t(SEGMENT_LABELS[name])} · {format_int(found.counts[name])}",
        key="show",
        on_change=keep,
        label_visibility="collapsed",
    )
    search, place = st.columns([2, 1], gap="small")
    search.text_input(
        t("Search"),
        placeholder=t("Number, supplier or article"),
        icon=":material/search:",
        max_chars=80,
        key="q",
        on_change=keep,
        label_visibility="collapsed",
    )
    with place:
        draw_warehouse_filter(found.warehouses, keep)
    draw_list(found)


def draw_one(purchase_id: int) -> None:
    """One purchase: its head, lines, changes and history."""
    st.button(t("All purchases"), icon=":material/arrow_back:", type="tertiary", key="to-list", on_click=back)
    file = page.read(get_purchase, purchase_id)
    timezone = page.read(lambda ctx: ctx.world.timezone)
    actor = page.actor()
    buys = actor.may("purchasing.work")
    st.subheader(safe(file.row.number), anchor=False)
    draw_head(file, timezone, with_value=True)
    with st.container(horizontal=True, gap="small", key="purchase-tools"):
        draw_print(file)
        if actor.may("stock.receive") and file.row.status not in ("put_away", "cancelled"):
            st.page_link(
                page_named("receiving").path,
                label=t("Receive, inspect, put away"),
                icon=":material/warehouse:",
                query_params={"id": str(file.row.id)},
            )
    draw_lines(file, with_cost=True)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        draw_history(file, timezone)
    with right:
        if buys:
            draw_changes(file, actor)


settle()
heading(t("Purchasing"), t("What is ordered from suppliers, and what of it has come."), "shopping_cart")
purchase_id = id_in_address()
if "new" in st.query_params and page.actor().may("purchasing.work"):
    draw_new(page.read(purchase_choices))
elif purchase_id is not None:
    draw_one(purchase_id)
else:
    draw_all()
