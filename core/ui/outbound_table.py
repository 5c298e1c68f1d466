"""The packing table: every article is scanned into its parcel, the parcel is weighed and gets its waybill."""

from __future__ import annotations

import streamlit as st

from core.domain.shipments import ShipmentStatus
from core.services import packing
from core.services.outbound_reads import House, OutboundTask, PackFile, pack_file, tasks_in
from core.ui import page
from core.ui.empty import empty
from core.ui.i18n import format_int, language, t
from core.ui.outbound_parts import badge, carrier_names, clock_of, contents, remember, show_remembered, urgency
from core.ui.safe import safe

ON_THE_TABLE = (ShipmentStatus.PICKED, ShipmentStatus.VERIFIED)


def draw_table(house: House) -> None:
    """The parcel on the table and those that wait for it, the most urgent first."""
    waiting = page.read(tasks_in, house.id, ON_THE_TABLE)
    draw_switch(house)
    if not waiting:
        show_remembered("packed-said")
        text = t("What is fully picked comes to the packing table.")
        empty(t("Nothing waits to be packed"), text, key="table", icon="package_2")
        return
    by_id = {task.id: task for task in waiting}
    if st.session_state.get("outbound-parcel") not in by_id:
        st.session_state["outbound-parcel"] = waiting[0].id
    now, _ = page.read(clock_of)
    st.selectbox(
        t("Parcel on the table"),
        list(by_id),
        format_func=lambda number: _in_list(by_id[number]),
        key="outbound-parcel",
    )
    if st.session_state.get("_said_of") != st.session_state["outbound-parcel"]:  # what was said belongs to its parcel
        st.session_state["_said_of"] = st.session_state["outbound-parcel"]
        st.session_state.pop("outbound-said", None)
    file = page.read(pack_file, st.session_state["outbound-parcel"])
    st.markdown(f"**{safe(file.task.number)}** {badge(file.task)} {urgency(file.task, now)}  \n{contents(file.task)}")
    left, right = st.columns([3, 2], gap="medium")
    with left:
        _draw_scan(file, {task.number: task.id for task in waiting})
        _draw_lines(file)
    with right:
        _draw_pack(file)
        show_remembered("packed-said")


def _in_list(task: OutboundTask) -> str:
    """A parcel by what stays the same: Streamlit takes a choice whose words change for another choice."""
    return f"{task.number} · " + (t("1 unit") if task.units == 1 else t("{n} units", n=format_int(task.units)))


def draw_switch(house: House) -> None:
    """Whether this warehouse's parcels must be scanned; only for those who lay its work out."""
    if not page.actor().may("stock.layout"):
        return
    wanted = not house.verifies
    label = t("Require scanning before packing") if wanted else t("Allow packing without scanning")
    st.button(
        label,
        icon=":material/barcode_scanner:",
        key="verify-switch",
        on_click=page.command,
        args=(packing.require_verification, house.id, wanted),
        kwargs={"form_key": page.form_key("verify-switch"), "done": t("The warehouse works like that from now on.")},
    )


def _draw_scan(file: PackFile, parcels: dict[str, int]) -> None:
    """The field that a scanner types into; it empties itself and keeps the focus.

    A parcel's number puts that parcel on the table, anything else is an article.
    """
    with st.form("scan", clear_on_submit=True, border=False, enter_to_submit=True):
        st.text_input(
            t("Scan an article, or the number of a parcel"),
            placeholder=t("Then Enter"),
            icon=":material/barcode_scanner:",
            max_chars=80,
            key="scan-code",
        )
        with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
            st.number_input(t("Units"), 1, 9_999, 1, key="scan-units", width=140)
            st.form_submit_button(t("Count in"), on_click=_scan, args=(file.task.id, parcels))
    show_remembered()


def _scan(shipment_id: int, parcels: dict[str, int]) -> None:
    """One scan, counted or refused, said beside the field.

    Every scan has a form of its own: two of the same article in a row are no double click.
    """
    code = str(st.session_state.get("scan-code") or "").strip()
    if (other := parcels.get(code.upper())) is not None:
        st.session_state["outbound-parcel"] = other
        return
    number = st.session_state["scans"] = st.session_state.get("scans", 0) + 1
    name = f"scan-{number % 100}"
    units = int(st.session_state.get("scan-units") or 1)
    before = page.take_flashes()
    page.command(packing.verify_scan, shipment_id, code, units, form_key=page.form_key(name))
    scan = page.result(name)
    refused = [text for kind, text in page.take_flashes() if kind == "error"]
    for kind, text in before:
        page.flash(text, kind)
    if scan is not None:
        title = scan.name_zh if language() == "zh" else scan.name_en
        remember(
            t(
                "{n} × {name}: {left} of this article left, {all} in all.",
                n=format_int(scan.scanned),
                name=title,
                left=format_int(scan.left_of_article),
                all=format_int(scan.left),
            ),
            True,
        )
    for text in refused:
        remember(text, False)


def _draw_lines(file: PackFile) -> None:
    """What belongs in the parcel, and what was scanned of it."""
    for line in file.lines:
        done = line.scanned >= line.quantity
        mark = ":green[:material/check_circle:]" if done else ":material/radio_button_unchecked:"
        name = line.name_zh if language() == "zh" else line.name_en
        code = f"{line.sku_code} · {line.barcode}" if line.barcode else line.sku_code
        st.markdown(
            f"{mark} **{format_int(line.scanned)} / {format_int(line.quantity)}** {safe(name)}  \n:gray[{safe(code)}]"
        )


def _draw_pack(file: PackFile) -> None:
    """Weight, carrier and waybill; the carrier of the plan, else the cheapest that goes there, stands first."""
    key = f"pack-{file.task.id}"
    must_scan = file.verifies and file.task.status is ShipmentStatus.PICKED
    names = carrier_names()
    codes = list(dict.fromkeys([*([file.task.carrier] if file.task.carrier else []), *file.carriers]))
    with st.container(border=True, key="pack-panel"), st.form(f"form-{key}", border=False):
        st.markdown(f"**{safe(t('Close the parcel'))}**")
        if must_scan:
            st.caption(safe(t("This warehouse packs only what was scanned completely.")))
        if not codes:
            st.warning(safe(t("No carrier has a rate for this region from here.")))
        st.number_input(t("Weight in grams"), 1, 200_000, max(1, file.task.weight_g), key=f"{key}-weight")
        st.selectbox(t("Carrier"), codes, format_func=lambda code: names.get(code, code), key=f"{key}-carrier")
        st.text_input(
            t("Waybill number"),
            max_chars=40,
            key=f"{key}-waybill",
            placeholder=t("Empty: the carrier's next number is used."),
        )
        st.form_submit_button(
            t("Pack"),
            type="primary",
            icon=":material/package_2:",
            disabled=must_scan or file.task.held or not codes,
            on_click=_pack,
            args=(file.task, key),
        )


def _pack(task: OutboundTask, key: str) -> None:
    weight, carrier, waybill = (st.session_state.get(f"{key}-{name}") for name in ("weight", "carrier", "waybill"))
    page.command(packing.pack_shipment, task.id, weight, carrier, waybill or "", form_key=page.form_key(key))
    number = page.result(key)
    if number is not None:
        text = t("{parcel} is packed. Waybill {waybill}.", parcel=task.number, waybill=number)
        remember(text, True, "packed-said")
