"""Transfers between warehouses on the page: a new one, what arrived, what got lost, and calling one back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.labels import label_of
from core.domain.stock import Account
from core.services import transfers
from core.services.goods_reads import TransferLine, TransferRow, get_transfer, transfers_in
from core.services.stock_reads import StockList, stock_in
from core.services.transfers import Sending
from core.ui import page
from core.ui.cards import panel
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.goods import carried_out, either, number_field, typed_number, warehouse_words
from core.ui.i18n import format_instant, format_int, t
from core.ui.safe import safe
from core.ui.tables import Column, table

NEW = "transfer-new"


def draw_transfers(actor: Actor, timezone: str) -> None:
    """A new transfer, those under way, and the one that was opened."""
    if actor.may("stock.move"):
        with st.expander(t("Send goods to another warehouse"), icon=":material/local_shipping:"):
            _draw_new()
    rows = page.read(transfers_in)
    if not rows:
        empty(
            t("No transfer yet"),
            t("Goods that another warehouse needs are sent from here."),
            key="none",
            icon="local_shipping",
        )
        return
    names = names_of({row.actor for row in rows})
    columns = [
        Column("number", t("Transfer no."), width=105, pinned=True),
        Column("status", t("Status"), width=130),
        Column("way", t("Way"), width=110),
        Column("units", t("Units"), "number", width=80),
        Column("came", t("Arrived"), "number", width=85),
        Column("lost", t("Lost"), "number", width=75),
        Column("sent", t("Sent at"), width=150),
        Column("who", t("Sent by"), width=120),
        Column("note", t("Note"), width=220),
    ]
    chosen = table(
        [_cells(row, names, timezone) for row in rows], columns, key="transfers", id_key="id", height="content"
    )
    if chosen is not None:
        _draw_one(int(chosen), actor)


def _cells(row: TransferRow, names: dict[str, str], timezone: str) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "status": t(label_of(row.status)),
        "way": f"{row.from_code} → {row.to_code}",
        "units": row.units,
        "came": row.came,
        "lost": row.lost,
        "sent": format_instant(row.sent_at, timezone),
        "who": names.get(row.actor, row.actor),
        "note": row.note,
    }


def _draw_new() -> None:
    first = page.read(stock_in)
    houses = first.warehouses
    if len(houses) < 2:
        st.caption(t("There is only one warehouse."))
        return
    left, right = st.columns(2, gap="small")
    left.selectbox(
        t("From warehouse"),
        list(houses),
        format_func=lambda number: warehouse_words(houses[number]),
        key="transfer-from",
        on_change=_forget,
    )
    source = int(st.session_state["transfer-from"])
    others = [number for number in houses if number != source]
    right.selectbox(
        t("To warehouse"),
        others,
        format_func=lambda number: warehouse_words(houses[number]),
        key=f"transfer-to-{source}",
    )
    found: StockList = page.read(stock_in, warehouse_id=source, account=Account.AVAILABLE.value)
    names = {row.sku_id: f"{row.sku_code} · {either(row.name_en, row.name_zh)}" for row in found.rows}
    have = {row.sku_id: row.units[Account.AVAILABLE] for row in found.rows}
    st.multiselect(
        t("Articles"),
        list(names),
        format_func=lambda number: f"{names[number]} · {t('{n} available', n=format_int(have[number]))}",
        placeholder=t("Number or name"),
        key="transfer-articles",
    )
    chosen = [number for number in st.session_state.get("transfer-articles") or [] if number in names]
    for number in chosen:
        name, units = st.columns([3, 1], gap="small", vertical_alignment="bottom")
        name.markdown(safe(names[number]))
        number_field(units, t("Units"), 1, f"transfer-units-{number}")
    st.text_input(t("Note"), max_chars=500, key="transfer-note")
    key = page.form_key(NEW)
    st.button(
        t("Send"),
        type="primary",
        icon=":material/send:",
        key="send-transfer",
        disabled=not chosen,
        on_click=_send,
        args=(source, tuple(chosen), key),
    )


def _forget() -> None:
    st.session_state.pop("transfer-articles", None)


def _send(source: int, articles: tuple[int, ...], key: str) -> None:
    kept = st.session_state
    page.command(
        transfers.send_transfer,
        source,
        kept.get(f"transfer-to-{source}"),
        [Sending(number, typed_number(f"transfer-units-{number}")) for number in articles],
        kept.get("transfer-note") or "",
        form_key=key,
        done=t("The goods are on the way."),
    )
    if carried_out(key):
        for name in ("transfer-articles", "transfer-note"):
            kept.pop(name, None)


def _draw_one(transfer_id: int, actor: Actor) -> None:
    """The lines of a transfer, and what to do with them."""
    row, lines = page.read(get_transfer, transfer_id)
    with panel("transfer"):
        st.markdown(f"**{safe(row.number)}** · {safe(t(label_of(row.status)))}")
        columns = [
            Column("sku", t("Article number"), width=110),
            Column("name", t("Article"), width=220),
            Column("lot", t("Lot"), width=70),
            Column("sent", t("Sent"), "number", width=80),
            Column("came", t("Arrived"), "number", width=80),
            Column("lost", t("Lost"), "number", width=80),
        ]
        table([_line_cells(line) for line in lines], columns, key=f"transfer-lines-{row.id}", height="content")
        if not row.is_open or not actor.may("stock.move"):
            return
        name = f"transfer-{row.id}-{row.version}"
        under_way = [line for line in lines if line.progress.on_the_way]
        for line in under_way:
            words, units = st.columns([3, 1], gap="small", vertical_alignment="bottom")
            words.markdown(safe(f"{line.sku_code} · {t('Lot {n}', n=line.lot_id)}"))
            number_field(units, t("Units"), line.progress.on_the_way, f"{name}-{line.id}")
        st.text_input(t("How goods got lost (only for lost ones)"), max_chars=500, key=f"{name}-why")
        ids = tuple(line.id for line in under_way)
        _draw_buttons(row, name, ids, actor)


def _draw_buttons(row: TransferRow, name: str, ids: tuple[int, ...], actor: Actor) -> None:
    with st.container(horizontal=True, gap="small"):
        _button(t("These arrived"), "check_circle", "arrive-transfer", _arrive, (row, name, ids), primary=True)
        if actor.may("stock.adjust"):
            _button(t("These got lost"), "report", "lose-transfer", _lose, (row, name, ids))
        if not row.came and not row.lost:
            _button(t("Call it back"), "undo", "call-back", _call_back, (row, name))


def _button(
    label: str, icon: str, key: str, work: Callable[..., None], args: tuple[Any, ...], *, primary: bool = False
) -> None:
    kind: Any = "primary" if primary else "secondary"
    st.button(label, type=kind, icon=f":material/{icon}:", key=key, on_click=work, args=args)


def _line_cells(line: TransferLine) -> dict[str, Any]:
    return {
        "sku": line.sku_code,
        "name": either(line.name_en, line.name_zh),
        "lot": str(line.lot_id),
        "sent": line.progress.sent,
        "came": line.progress.received,
        "lost": line.progress.lost,
    }


def _units(name: str, ids: tuple[int, ...]) -> dict[int, int]:
    """The lines with a number in them; lines that say 0 aren't meant."""
    return {number: units for number in ids if (units := typed_number(f"{name}-{number}"))}


def _arrive(row: TransferRow, name: str, ids: tuple[int, ...]) -> None:
    page.command(
        transfers.receive_transfer,
        row.id,
        _units(name, ids),
        version=row.version,
        form_key=page.form_key(f"{name}-arrive"),
        done=t("Arrived. The goods lie on the floor until they are moved into bins."),
    )


def _lose(row: TransferRow, name: str, ids: tuple[int, ...]) -> None:
    page.command(
        transfers.report_lost,
        row.id,
        _units(name, ids),
        st.session_state.get(f"{name}-why") or "",
        version=row.version,
        form_key=page.form_key(f"{name}-lose"),
        done=t("Written off."),
    )


def _call_back(row: TransferRow, name: str) -> None:
    page.command(
        transfers.call_transfer_back,
        row.id,
        version=row.version,
        form_key=page.form_key(f"{name}-back"),
        done=t("Called back. The units are available where they came from."),
    )
