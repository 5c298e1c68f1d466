"""Stock: what is where by article, warehouse, lot and bin; moves, transfers, corrections and their approval."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.channels.export import to_csv
from core.context import Context
from core.domain.labels import label_of
from core.domain.stock import Account
from core.services import bins
from core.services.goods_reads import goods_waiting
from core.services.stock_reads import IN_HOUSE, StockList, StockRow, get_stock, stock_for_export, stock_in
from core.ui import page
from core.ui.cards import heading
from core.ui.correction_queue import draw_corrections
from core.ui.empty import empty
from core.ui.goods import (
    day_words,
    draw_turning,
    draw_warehouse_filter,
    either,
    id_in_address,
    keep_in_address,
    number_field,
    page_number,
    take_from_address,
    warehouse_words,
)
from core.ui.i18n import format_int, t
from core.ui.stock_forms import draw_head, draw_history, draw_lots, draw_work
from core.ui.tables import Column, table
from core.ui.transfer_forms import draw_transfers
from pages.work import settle

PART_LABELS = {"stock": "What is where", "transfers": "Transfers", "corrections": "Corrections"}
FILTERS = {"show": "stock", "q": "", "warehouse": "", "condition": ""}


def keep() -> None:
    """A filter was changed."""
    keep_in_address(FILTERS)


def back() -> None:
    """Goes back to the list; a button's callback."""
    for name in ("sku", "house"):
        st.query_params.pop(name, None)


def clear() -> None:
    """Takes every filter away; a button's callback."""
    st.session_state.update(q="", warehouse="", condition="")
    keep()


def as_cells(row: StockRow) -> dict[str, Any]:
    """An article in a warehouse as the list shows it."""
    cells: dict[str, Any] = {
        "id": f"{row.sku_id}-{row.warehouse_id}",
        "sku": row.sku_code,
        "name": either(row.name_en, row.name_zh),
        "house": either(row.warehouse_en, row.warehouse_zh),
        "lots": row.lots,
        "expiry": day_words(row.next_expiry),
        "value": row.value_cents / 100,
    }
    return cells | {account.value: row.units[account] for account in IN_HOUSE}


def draw_list(found: StockList) -> None:
    """What is in stock, or why nothing is shown."""
    if not found.rows:
        filtered = any(st.session_state[name] for name in ("q", "warehouse", "condition"))
        if filtered:
            text = t("Nothing in stock fits. Look for another article or bin, or take a filter away.")
            label = t("Clear filters")
            empty(t("Nothing fits"), text, key="none", icon="search_off", go_label=label, on_go=clear)
        else:
            text = t("Goods come in through receiving.")
            empty(t("Nothing is in stock"), text, key="none", icon="inventory_2")
        return
    used = [account for account in IN_HOUSE if any(row.units[account] for row in found.rows)]
    columns = [
        Column("sku", t("Article number"), width=110, pinned=True),
        Column("name", t("Article"), width=220),
        Column("house", t("Warehouse"), width=140),
        *(Column(account.value, t(label_of(account)), "number", width=92) for account in used),
        Column("lots", t("Lots"), "number", width=65),
        Column("expiry", t("Next expiry"), width=115),
        Column("value", t("Value at cost"), "money", width=105),
    ]
    name = f"stock-{page_number()}-{len(found.rows)}"
    chosen = table([as_cells(row) for row in found.rows], columns, key=name, id_key="id", height=620)
    if chosen is not None:
        sku, _, house = str(chosen).partition("-")
        st.query_params["sku"] = sku
        st.query_params["house"] = house
        st.rerun()
    draw_turning(found.more)


def as_file(ctx: Context, warehouse_id: int | None, search: str, account: str) -> bytes:
    """The list as a file for a spreadsheet. Units: cents."""
    rows = stock_for_export(ctx, warehouse_id, search, account)
    header = ("sku", "barcode", "name_en", "name_zh", "warehouse", *IN_HOUSE, "lots", "next_expiry_on", "value_cents")
    return to_csv(
        header,
        (
            (
                row.sku_code,
                row.barcode,
                row.name_en,
                row.name_zh,
                row.warehouse_code,
                *(row.units[account] for account in IN_HOUSE),
                row.lots,
                row.next_expiry,
                row.value_cents,
            )
            for row in rows
        ),
    )


def draw_stock() -> None:
    """The list with its filters, its export, and bins for a warehouse that has none."""
    chosen = st.session_state
    place = int(chosen["warehouse"]) if chosen["warehouse"].isdecimal() else None
    wanted = {"warehouse_id": place, "search": chosen["q"], "account": chosen["condition"]}
    found = page.read(stock_in, **wanted, page=page_number())
    if chosen["warehouse"] and place not in found.warehouses:
        chosen["warehouse"] = ""
        keep()
        st.rerun()
    search, house, account = st.columns([2, 1, 1], gap="small")
    search.text_input(
        t("Search"),
        placeholder=t("Scan or type an article, a barcode or a bin"),
        icon=":material/barcode_scanner:",
        max_chars=80,
        key="q",
        on_change=keep,
        label_visibility="collapsed",
    )
    with house:
        draw_warehouse_filter(found.warehouses, keep)
    account.selectbox(
        t("Condition"),
        ["", *(one.value for one in IN_HOUSE)],
        format_func=lambda code: t(label_of(Account(code))) if code else t("Every condition"),
        key="condition",
        on_change=keep,
        label_visibility="collapsed",
    )
    draw_list(found)
    st.download_button(
        t("Download as CSV"),
        data=page.reading(as_file, place, chosen["q"], chosen["condition"]),
        file_name="orderly-stock.csv",
        mime="text/csv",
        icon=":material/download:",
        disabled=not found.rows,
        on_click="ignore",
    )
    if place is not None and page.actor().may("stock.layout") and not page.read(bins.bins_in, place):
        draw_layout(place, warehouse_words(found.warehouses[place]))


def draw_layout(warehouse_id: int, name: str) -> None:
    """Bins for a warehouse that has none yet."""
    with st.expander(t("Lay out bins in {warehouse}", warehouse=name), icon=":material/grid_view:"):
        st.caption(t("Everything on the shelf lies on the floor afterwards, until it is moved into bins."))
        zones, aisles, racks = st.columns(3, gap="small")
        zones.text_input(t("Zones (letters)"), value="ABCD", max_chars=26, key="layout-zones")
        number_field(aisles, t("Aisles per zone"), 4, "layout-aisles")
        number_field(racks, t("Racks per aisle"), 12, "layout-racks")
        st.button(
            t("Lay out bins"),
            key="lay-bins",
            on_click=page.command,
            args=(
                bins.lay_bins,
                warehouse_id,
                page.field("layout-zones"),
                page.field("layout-aisles", 0),
                page.field("layout-racks", 0),
            ),
            kwargs={"form_key": page.form_key("lay-bins"), "done": t("The bins are laid out.")},
        )


def draw_one(sku_id: int, warehouse_id: int, timezone: str) -> None:
    """One article in one warehouse."""
    st.button(t("To the list"), icon=":material/arrow_back:", type="tertiary", key="to-list", on_click=back)
    file = page.read(get_stock, sku_id, warehouse_id)
    draw_head(file)
    if not file.lots:
        text = t("It is sold out here, or was never received.")
        empty(t("Nothing of it is in this warehouse"), text, key="none", icon="inventory_2")
        return
    draw_lots(file, timezone)
    draw_work(file, page.actor())
    draw_history(file, timezone)


def draw_parts(timezone: str) -> None:
    """Stock, transfers or corrections."""
    take_from_address(FILTERS, {"show": set(PART_LABELS), "condition": {"", *(one.value for one in IN_HOUSE)}})
    waiting = page.read(goods_waiting)
    st.segmented_control(
        t("Which part"),
        list(PART_LABELS),
        required=True,
        format_func=lambda name: (
            t(PART_LABELS[name]) + (f" · {format_int(waiting[name])}" if waiting.get(name) else "")
        ),
        key="show",
        on_change=keep,
        label_visibility="collapsed",
    )
    match st.session_state["show"] or FILTERS["show"]:
        case "transfers":
            draw_transfers(page.actor(), timezone)
        case "corrections":
            draw_corrections(page.actor(), timezone)
        case _:
            draw_stock()


settle()
heading(t("Stock"), t("What is where, lot by lot and bin by bin; click an article to work on it."), "inventory_2")
timezone = page.read(lambda ctx: ctx.world.timezone)
sku_id, warehouse_id = id_in_address("sku"), id_in_address("house")
if sku_id is not None and warehouse_id is not None:
    draw_one(sku_id, warehouse_id, timezone)
else:
    draw_parts(timezone)
