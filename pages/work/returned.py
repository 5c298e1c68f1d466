"""Parcels that come back from buyers: taken in by order number or waybill, and inspected line by line."""

from __future__ import annotations

import streamlit as st

from core.domain.labels import label_of
from core.services import returned_goods
from core.services.bins import suggested_bins
from core.services.goods_reads import Returnable, ReturnedLine, ReturnedParcel, find_returnable, returned_in
from core.services.purchase_reads import warehouses_in
from core.ui import page
from core.ui.cards import heading, panel, section
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.goods import (
    carried_out,
    day_words,
    either,
    number_field,
    scan_field,
    typed_number,
    warehouse_words,
)
from core.ui.i18n import format_instant, format_int, t
from core.ui.receiving_forms import draw_bin_choice
from core.ui.safe import safe
from core.ui.tables import Column, table
from pages.work import settle

NEW = "return-new"


def look_up(scanned: str) -> None:
    """Opens the form for the order that was scanned or typed."""
    found = page.read(find_returnable, scanned)
    st.session_state["_returned_order"] = found.number


def forget() -> None:
    """Closes the form of the parcel at hand; a button's callback."""
    st.session_state.pop("_returned_order", None)


def draw_taking_in() -> None:
    """The scan, and what is in the parcel."""
    with panel("take-return"):
        st.markdown(f"**{t('Take a parcel in')}**")
        label = t("Order number, or the waybill we sent it with")
        scan_field(label, "scan-return", look_up, t("Scan or type, then Enter"))
        number = st.session_state.get("_returned_order")
        if number is not None:
            draw_contents(page.read(find_returnable, number))


def draw_contents(found: Returnable) -> None:
    """How many units of which line came back."""
    st.markdown(f"**{safe(t('Order {number}', number=found.number))}**")
    key = page.form_key(NEW)
    held = {number: line for number, line in found.lines.items() if line[2]}
    if not held:
        st.caption(t("Nothing of this order is with the buyer, so nothing can come back."))
        st.button(t("Another parcel"), key="forget-return", on_click=forget)
        return
    for number, (code, name, units) in held.items():
        words, count = st.columns([3, 1], gap="small", vertical_alignment="bottom")
        words.markdown(safe(f"{code} · {name} · {t('{n} with the buyer', n=format_int(units))}"))
        number_field(count, t("Came back"), units if len(held) == 1 else 0, f"{key}-{number}")
    houses = page.read(warehouses_in)
    place, waybill, note = st.columns(3, gap="small")
    ids = list(houses)
    place.selectbox(
        t("Warehouse"),
        ids,
        index=ids.index(found.warehouse_id) if found.warehouse_id in houses else 0,
        format_func=lambda one: warehouse_words(houses[one]),
        key=f"{key}-house",
    )
    waybill.text_input(t("Waybill of the way back"), max_chars=80, key=f"{key}-waybill")
    note.text_input(t("Note"), max_chars=500, key=f"{key}-note")
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("Take it in"),
            type="primary",
            icon=":material/assignment_return:",
            key="take-return",
            on_click=take_in,
            args=(found.order_id, tuple(held), key),
        )
        st.button(t("Another parcel"), key="forget-return", on_click=forget)


def take_in(order_id: int, lines: tuple[int, ...], key: str) -> None:
    """Books the parcel; the form closes once it is carried out."""
    kept = st.session_state
    page.command(
        returned_goods.take_in_return,
        order_id,
        kept.get(f"{key}-house"),
        {number: units for number in lines if (units := typed_number(f"{key}-{number}"))},
        kept.get(f"{key}-waybill") or "",
        kept.get(f"{key}-note") or "",
        form_key=key,
        done=t("The parcel is taken in and waits for inspection."),
    )
    if carried_out(key):
        forget()


def draw_parcel(parcel: ReturnedParcel, names: dict[str, str], timezone: str) -> None:
    """A parcel that waits: its lines, each to be judged."""
    with st.container(border=True, key=f"panel-parcel-{parcel.id}", gap="small"):
        st.markdown(f"**{safe(parcel.number)}** · {safe(t('Order {number}', number=parcel.order_number))}")
        about = [parcel.warehouse_code, format_instant(parcel.at, timezone), names.get(parcel.actor, parcel.actor)]
        st.caption(safe(" · ".join([*about, *(part for part in (parcel.waybill, parcel.note) if part)])))
        for line in parcel.lines:
            if line.waiting:
                draw_line(parcel, line)


def draw_line(parcel: ReturnedParcel, line: ReturnedLine) -> None:
    """Units of one lot: back on the shelf, or damaged."""
    name = f"return-{line.id}-{line.waiting}"
    words = [line.sku_code, either(line.name_en, line.name_zh), t("{n} to judge", n=format_int(line.waiting))]
    if line.expires_on:
        words.append(t("keeps until {day}", day=day_words(line.expires_on)))
    st.markdown(safe(" · ".join(words)))
    good, bad, note = st.columns([1, 1, 3], gap="small", vertical_alignment="bottom")
    number_field(good, t("Back on the shelf"), line.waiting, f"{name}-good")
    number_field(bad, t("Damaged"), 0, f"{name}-bad")
    note.text_input(t("What is damaged"), max_chars=500, key=f"{name}-note")
    bins = {one.id: one for one in page.read(suggested_bins, line.sku_id, parcel.warehouse_id)}
    chosen = draw_bin_choice(parcel.warehouse_id, bins, name)
    st.button(
        t("Book the inspection"),
        type="primary",
        icon=":material/fact_check:",
        key=f"judge-{line.id}",
        on_click=judge,
        args=(line.id, name, chosen, page.form_key(name)),
    )


def judge(line_id: int, name: str, bin_id: int | None, key: str) -> None:
    """Books what became of the units."""
    page.command(
        returned_goods.inspect_return,
        line_id,
        typed_number(f"{name}-good"),
        typed_number(f"{name}-bad"),
        st.session_state.get(f"{name}-note") or "",
        bin_id,
        form_key=key,
        done=t("The inspection is booked."),
    )


def draw_done(parcels: tuple[ReturnedParcel, ...], timezone: str) -> None:
    """Parcels that were inspected, with what became of the goods."""
    if not parcels:
        return
    section(t("Inspected before"))
    columns = [
        Column("number", t("Return no."), width=105, pinned=True),
        Column("order", t("Order"), width=170),
        Column("status", t("Status"), width=110),
        Column("goods", t("Goods"), width=260),
        Column("at", t("Came at"), width=150),
        Column("house", t("Warehouse"), width=95),
    ]
    rows = [
        {
            "number": one.number,
            "order": one.order_number,
            "status": t(label_of(one.status)),
            "goods": " · ".join(
                f"{line.sku_code} +{format_int(line.restocked)} / {t('{n} damaged', n=format_int(line.damaged))}"
                for line in one.lines
            ),
            "at": format_instant(one.at, timezone),
            "house": one.warehouse_code,
        }
        for one in parcels
    ]
    table(rows, columns, key="returned-done", height="content")


settle()
heading(t("Returned parcels"), t("Goods that buyers send back: take in, inspect, restock."), "assignment_return")
timezone = page.read(lambda ctx: ctx.world.timezone)
draw_taking_in()
waiting = page.read(returned_in, is_open=True)
names = names_of({parcel.actor for parcel in waiting})
section(t("To be inspected"))
if not waiting:
    text = t("Scan the next parcel above as soon as it comes back.")
    empty(t("No parcel waits for inspection"), text, key="none", icon="task_alt")
for parcel in waiting:
    draw_parcel(parcel, names, timezone)
draw_done(page.read(returned_in, is_open=False), timezone)
