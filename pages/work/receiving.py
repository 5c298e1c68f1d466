"""The door: what is expected, received by scan or by hand, inspected, and put away into bins."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.errors import NotFound
from core.domain.labels import label_of
from core.domain.numbering import PURCHASE, id_in
from core.domain.purchasing import PURCHASE_CLOSED
from core.services.purchase_reads import PurchaseList, PurchaseRow, get_purchase, purchases_in
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
    scan_field,
    take_from_address,
)
from core.ui.i18n import format_int, t
from core.ui.purchase_sheet import draw_head, draw_history, draw_lines
from core.ui.receiving_forms import draw_inspection, draw_putting_away, draw_receiving
from core.ui.safe import safe
from core.ui.tables import Column, table
from pages.work import settle

SEGMENT_LABELS = {
    "arriving": "Expected today",
    "inspect": "To inspect",
    "put_away": "To put away",
    "open": "All open",
}
NOTHING_LABELS = {
    "arriving": "Nothing is expected today. Look in all open purchases if a lorry stands at the door all the same.",
    "inspect": "Everything that came has been inspected.",
    "put_away": "Everything that was accepted lies in its place.",
    "open": "Nothing is ordered. Purchasing places orders on its own page.",
}
FILTERS = {"show": "arriving", "warehouse": ""}


def keep() -> None:
    """A filter was changed."""
    keep_in_address(FILTERS)


def back() -> None:
    """Goes back to the list; a button's callback."""
    st.query_params.pop("id", None)


def open_scanned(scanned: str) -> None:
    """Opens the purchase whose number was scanned, or the only one that waits for a scanned article."""
    number = id_in(PURCHASE, scanned)
    if number is None:
        found = page.read(purchases_in, "open", search=scanned)
        if not found.rows:
            raise NotFound("“{found}” is no open purchase order and no article of one.", found=scanned)
        number = found.rows[0].id
    st.query_params["id"] = str(page.read(get_purchase, number).row.id)


def as_cells(row: PurchaseRow) -> dict[str, Any]:
    """One purchase as the door sees it."""
    return {
        "id": row.id,
        "number": row.number,
        "supplier": either(row.supplier_en, row.supplier_zh),
        "expected": day_words(row.expected_on) + (f" · {t('Late')}" if row.is_late else ""),
        "rest": row.rest,
        "inspect": row.uninspected,
        "put_away": row.to_put_away,
        "status": t(label_of(row.status)),
        "warehouse": either(row.warehouse_en, row.warehouse_zh),
    }


def draw_list(found: PurchaseList, segment: str) -> None:
    """The purchases of the segment, or why there are none."""
    if not found.rows:
        empty(t("Nothing waits here"), t(NOTHING_LABELS[segment]), key="none", icon="task_alt")
        return
    columns = [
        Column("number", t("Purchase no."), width=105, pinned=True),
        Column("supplier", t("Supplier"), width=190),
        Column("expected", t("Expected on"), width=150),
        Column("rest", t("Waited for"), "number", width=95),
        Column("inspect", t("To inspect"), "number", width=95),
        Column("put_away", t("To put away"), "number", width=105),
        Column("status", t("Status"), width=190),
        Column("warehouse", t("Warehouse"), width=165),
    ]
    rows = [as_cells(row) for row in found.rows]
    height: Any = "content" if len(rows) <= 16 else 620
    chosen = table(rows, columns, key=f"door-{segment}-{page_number()}", id_key="id", height=height)
    if chosen is not None:
        st.query_params["id"] = str(chosen)
        st.rerun()
    draw_turning(found.more)


def draw_all() -> None:
    """What is expected and what waits, by step."""
    take_from_address(FILTERS, {"show": set(SEGMENT_LABELS)})
    chosen = st.session_state
    warehouse = chosen["warehouse"]
    segment = chosen["show"] or FILTERS["show"]
    place = int(warehouse) if warehouse.isdecimal() else None
    found = page.read(purchases_in, segment, warehouse_id=place, page=page_number())
    if warehouse and place not in found.warehouses:
        chosen["warehouse"] = ""
        keep()
        st.rerun()
    st.segmented_control(
        t("Which step"),
        list(SEGMENT_LABELS),
        required=True,
        format_func=lambda name: f"{t(SEGMENT_LABELS[name])} · {format_int(found.counts[name])}",
        key="show",
        on_change=keep,
        label_visibility="collapsed",
    )
    scan, house = st.columns([2, 1], gap="small", vertical_alignment="bottom")
    with scan:
        label = t("Scan a purchase order or an article")
        scan_field(label, "scan-purchase", open_scanned, t("PO number or barcode, then Enter"))
    with house:
        draw_warehouse_filter(found.warehouses, keep)
    draw_list(found, segment)


def draw_one(purchase_id: int) -> None:
    """One purchase at the door, step by step."""
    st.button(t("To the list"), icon=":material/arrow_back:", type="tertiary", key="to-list", on_click=back)
    file = page.read(get_purchase, purchase_id)
    timezone = page.read(lambda ctx: ctx.world.timezone)
    actor = page.actor()
    st.subheader(safe(file.row.number), anchor=False)
    draw_head(file, timezone, with_value=False)
    draw_lines(file, with_cost=False)
    if file.row.status not in PURCHASE_CLOSED and actor.may("stock.receive"):
        if file.refusals["receive"] is None:
            draw_receiving(file, actor)
        draw_inspection(file)
        draw_putting_away(file)
    draw_history(file, timezone)


settle()
heading(t("Inbound"), t("Goods at the door: receive, inspect, put away."), "warehouse")
purchase_id = id_in_address()
if purchase_id is None:
    draw_all()
else:
    draw_one(purchase_id)
