"""Goods at the door on the page: received by scan or by hand, inspected, and put away where the scan says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.purchasing import Verdict, tolerated_over
from core.services import receiving
from core.services.bins import Bin, find_bin, suggested_bins
from core.services.goods_policies import receiving_policy
from core.services.purchase_reads import OrderedLine, PurchaseFile, ReceivedGoods
from core.services.receiving import Delivered, scanned_line
from core.ui import page
from core.ui.cards import panel
from core.ui.goods import day_words, either, number_field, scan_field, typed_number
from core.ui.i18n import format_int, t
from core.ui.safe import safe


def _line_words(line: OrderedLine) -> str:
    rest = t("{n} waited for", n=format_int(line.progress.rest))
    return f"{line.sku_code} · {either(line.name_en, line.name_zh)} · {rest}"


def _goods_words(one: ReceivedGoods, units: int) -> str:
    words = [one.sku_code, either(one.name_en, one.name_zh), t("{n} units", n=format_int(units)), one.receipt]
    if one.expires_on:
        words.append(t("keeps until {day}", day=day_words(one.expires_on)))
    return " · ".join(words)


# ---- receiving ------------------------------------------------------------------------------------------------


def draw_receiving(file: PurchaseFile, actor: Actor) -> None:
    """What the lorry brought: scan an article, say how many, and book it."""
    lines = {line.id: line for line in file.lines}
    chosen_key = f"line-{file.row.id}"
    open_lines = [line.id for line in file.lines if line.progress.rest]
    if st.session_state.get(chosen_key) not in lines:
        st.session_state[chosen_key] = (open_lines or list(lines))[0]

    def choose(scanned: str) -> None:
        st.session_state[chosen_key] = page.read(scanned_line, file.row.id, scanned)

    with panel("receive"):
        st.markdown(f"**{t('1. Receive')}**")
        scan_field(t("Scan an article"), "scan-article", choose, t("Barcode or article number, then Enter"))
        st.selectbox(t("Article"), list(lines), format_func=lambda number: _line_words(lines[number]), key=chosen_key)
        _draw_delivery(file, lines[st.session_state[chosen_key]], actor)


def _draw_delivery(file: PurchaseFile, line: OrderedLine, actor: Actor) -> None:
    name = f"receive-{line.id}-{file.version}"
    units, day, note = st.columns(3, gap="small", vertical_alignment="bottom")
    over = tolerated_over(line.progress, receiving_policy())
    number_field(units, t("Units that came"), line.progress.rest, f"{name}-units")
    if line.needs_date:
        today = date.fromisoformat(file.today)
        label = t("Keeps until")
        day.date_input(
            label, value=None, min_value=today, max_value=today.replace(year=today.year + 20), key=f"{name}-day"
        )
    note.text_input(t("Delivery note"), max_chars=120, key=f"note-{file.row.id}")
    keeps = f"{name}-over"
    if typed_number(f"{name}-units") > line.progress.rest:
        st.caption(safe(t("More than ordered: {n} units over the order may be taken.", n=format_int(over))))
        if actor.may("stock.receive_over"):
            st.checkbox(t("Keep everything that came"), key=keeps)
    key = page.form_key(name)
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("Book the receipt"),
            type="primary",
            icon=":material/move_to_inbox:",
            key="book-receipt",
            on_click=_receive,
            args=(file, line.id, name, key),
        )
        plain = [one for one in file.lines if one.progress.rest and not one.needs_date]
        if len(plain) > 1 and not any(one.needs_date and one.progress.rest for one in file.lines):
            st.button(
                t("Everything came as ordered"),
                icon=":material/done_all:",
                key="book-everything",
                on_click=_receive_all,
                args=(file, tuple((one.id, one.progress.rest) for one in plain), key),
            )


def _receive(file: PurchaseFile, line_id: int, name: str, key: str) -> None:
    day = st.session_state.get(f"{name}-day")
    one = Delivered(line_id, typed_number(f"{name}-units"), day.isoformat() if day else None)
    page.command(
        receiving.receive_goods,
        file.row.id,
        [one],
        st.session_state.get(f"note-{file.row.id}") or "",
        keeps_over=bool(st.session_state.get(f"{name}-over")),
        version=file.version,
        form_key=key,
        done=t("Received. The goods wait for inspection."),
    )


def _receive_all(file: PurchaseFile, lines: tuple[tuple[int, int], ...], key: str) -> None:
    page.command(
        receiving.receive_goods,
        file.row.id,
        [Delivered(line_id, units) for line_id, units in lines],
        st.session_state.get(f"note-{file.row.id}") or "",
        version=file.version,
        form_key=key,
        done=t("Received. The goods wait for inspection."),
    )


# ---- inspection -----------------------------------------------------------------------------------------------


def draw_inspection(file: PurchaseFile) -> None:
    """Received goods that nobody has looked at: accept, set aside, or send back."""
    waiting = {one.id: one for one in file.received if one.uninspected}
    with panel("inspect"):
        st.markdown(f"**{t('2. Inspect')}**")
        if not waiting:
            st.caption(t("Nothing waits for inspection."))
            return
        _draw_verdict(file, _choose_goods(f"inspect-{file.row.id}", waiting, lambda one: one.uninspected))


def _choose_goods(key: str, waiting: dict[int, ReceivedGoods], units: Callable[[ReceivedGoods], int]) -> ReceivedGoods:
    """Which of the goods that wait is worked on; the choice is remembered while they still wait."""
    if st.session_state.get(key) not in waiting:
        st.session_state[key] = next(iter(waiting))
    st.selectbox(
        t("Goods"),
        list(waiting),
        format_func=lambda number: _goods_words(waiting[number], units(waiting[number])),
        key=key,
    )
    return waiting[st.session_state[key]]


def _draw_verdict(file: PurchaseFile, one: ReceivedGoods) -> None:
    name = f"inspect-{one.id}-{file.version}"
    good, aside, bad = st.columns(3, gap="small")
    number_field(good, t("Accept"), one.uninspected, f"{name}-good")
    number_field(aside, t("Into quarantine"), 0, f"{name}-aside")
    number_field(bad, t("Back to the supplier"), 0, f"{name}-bad")
    st.text_input(t("What is wrong with goods that aren't accepted"), max_chars=500, key=f"{name}-note")
    key = page.form_key(name)
    st.button(
        t("Book the inspection"),
        type="primary",
        icon=":material/fact_check:",
        key="book-inspection",
        on_click=_inspect,
        args=(one.id, name, key),
    )
    with st.expander(t("Fewer came than was booked"), icon=":material/undo:"):
        wrong, why = st.columns([1, 3], gap="small")
        number_field(wrong, t("Units booked too many"), 0, f"{name}-wrong")
        why.text_input(t("What was wrong"), max_chars=500, key=f"{name}-why")
        st.button(
            t("Correct the receipt"),
            key="correct-receipt",
            on_click=page.command,
            args=(receiving.correct_receipt, one.id, page.field(f"{name}-wrong", 0), page.field(f"{name}-why")),
            kwargs={"form_key": page.form_key(f"{name}-correct"), "done": t("The receipt is corrected.")},
        )


def _inspect(goods_id: int, name: str, key: str) -> None:
    verdict = Verdict(typed_number(f"{name}-good"), typed_number(f"{name}-aside"), typed_number(f"{name}-bad"))
    note = st.session_state.get(f"{name}-note") or ""
    done = t("Inspected. What was accepted can be put away.")
    page.command(receiving.inspect_goods, goods_id, verdict, note, form_key=key, done=done)


# ---- putting away ---------------------------------------------------------------------------------------------


def draw_putting_away(file: PurchaseFile) -> None:
    """Accepted goods that lie nowhere yet: the bin is suggested, or scanned."""
    waiting = {one.id: one for one in file.received if one.to_put_away}
    with panel("put-away"):
        st.markdown(f"**{t('3. Put away')}**")
        st.caption(t("Only what lies in its bin can be promised to buyers."))
        if not waiting:
            st.caption(t("Nothing waits to be put away."))
            return
        _draw_place(file, _choose_goods(f"put-{file.row.id}", waiting, lambda one: one.to_put_away))


def _draw_place(file: PurchaseFile, one: ReceivedGoods) -> None:
    name = f"put-{one.id}-{file.version}"
    bins = {found.id: found for found in page.read(suggested_bins, one.sku_id, file.warehouse_id)}
    chosen = draw_bin_choice(file.warehouse_id, bins, name)
    units, _ = st.columns([1, 3], gap="small")
    number_field(units, t("Units"), one.to_put_away, f"{name}-units")
    with st.container(horizontal=True, gap="small"):
        st.button(
            t("Put away"),
            type="primary",
            icon=":material/shelves:",
            key="put-away",
            on_click=page.command,
            args=(receiving.put_away, one.id, page.field(f"{name}-units", 0), chosen),
            kwargs={"form_key": page.form_key(name), "done": t("The goods lie in their place and can be promised.")},
        )
        st.button(
            t("Inspect these again"),
            icon=":material/undo:",
            key="inspect-again",
            on_click=page.command,
            args=(receiving.take_back_acceptance, one.id, page.field(f"{name}-units", 0)),
            kwargs={"form_key": page.form_key(f"{name}-again"), "done": t("They wait for inspection again.")},
        )


def draw_bin_choice(warehouse_id: int, bins: dict[int, Bin], name: str, *, floor: bool = True) -> int | None:
    """A bin out of those that are suggested, or one that is scanned; None is the floor, where that is offered.

    Shape: `bins` is id → bin, the best first.
    """
    kept = f"{name}-scanned"

    def scanned(text: str) -> None:
        row = page.read(find_bin, warehouse_id, text)
        st.session_state[kept] = (row.id, row.code)
        st.session_state[f"{name}-bin"] = row.id

    extra: tuple[int, str] | None = st.session_state.get(kept)
    options: list[Any] = list(bins)
    if extra is not None and extra[0] not in bins:
        options.append(extra[0])

    def words(number: int | None) -> str:
        if number is None:
            return t("Floor")
        if number not in bins:
            return extra[1] if extra is not None else ""
        found = bins[number]
        return f"{found.code} · " + (t("{n} here", n=format_int(found.own)) if found.own else t("empty"))

    left, right = st.columns([1, 2], gap="small", vertical_alignment="bottom")
    with left:
        scan_field(t("Scan the bin"), f"{name}-scan", scanned, t("Bin code, then Enter"))
    chosen: int | None = right.selectbox(
        t("Into bin"), [*options, *([None] if floor else [])], format_func=words, key=f"{name}-bin"
    )
    return chosen
