"""Corrections of stock on the page: those that wait for approval, each with what it would do, and those decided."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.labels import label_of
from core.services import adjustments
from core.services.goods_reads import AdjustmentRow, adjustments_in
from core.ui import page
from core.ui.cards import facts, section
from core.ui.count_parts import names_of, signed
from core.ui.empty import empty
from core.ui.goods import either
from core.ui.i18n import format_instant, format_int, format_money, t
from core.ui.safe import safe
from core.ui.stock_forms import reason_words
from core.ui.tables import Column, table


def draw_corrections(actor: Actor, timezone: str) -> None:
    """The queue, and what was decided before."""
    waiting = page.read(adjustments_in, waiting=True)
    decided = page.read(adjustments_in, waiting=False)
    everybody = {row.requested_by for row in (*waiting, *decided)} | {row.decided_by or "" for row in decided}
    names = names_of(everybody)
    if not waiting:
        text = t("What is worth more than the limit stands here until somebody else approves it.")
        empty(t("Nothing waits for approval"), text, key="none", icon="task_alt")
    for row in waiting:
        _draw_waiting(row, actor, names, timezone)
    if decided:
        section(t("Decided"))
        columns = [
            Column("number", t("Correction no."), width=105, pinned=True),
            Column("status", t("Status"), width=110),
            Column("sku", t("Article number"), width=110),
            Column("house", t("Warehouse"), width=95),
            Column("change", t("Change"), width=85),
            Column("value", t("Value"), "money", width=95),
            Column("reason", t("Reason"), width=170),
            Column("asked", t("Asked for by"), width=120),
            Column("decided", t("Decided by"), width=120),
            Column("at", t("At"), width=150),
            Column("note", t("Note"), width=220),
        ]
        table([_cells(row, names, timezone) for row in decided], columns, key="decided", height="content")


def _draw_waiting(row: AdjustmentRow, actor: Actor, names: dict[str, str], timezone: str) -> None:
    """One correction that waits: what it is about, and the buttons this person may press."""
    with st.container(border=True, key=f"panel-correction-{row.id}", gap="small"):
        st.markdown(f"**{safe(row.number)}** · {safe(row.sku_code)} · {safe(either(row.name_en, row.name_zh))}")
        shown = {
            t("Change"): signed(row.change),
            t("Value"): format_money(row.value_cents),
            t("Reason"): reason_words(row.reason),
            t("Warehouse"): row.warehouse_code,
            t("{account} now", account=t(label_of(row.account))): format_int(row.now_units),
            t("Asked for by"): names.get(row.requested_by, row.requested_by),
            t("At"): format_instant(row.requested_at, timezone),
        }
        if row.bin_code:
            shown[t("Bin")] = row.bin_code
        facts(shown)
        if row.note:
            st.text(row.note)
        own = actor.person_id is not None and row.requested_by == f"person:{actor.person_id}"
        note = f"decide-{row.id}-note"
        if actor.may("stock.approve") and not own:
            st.text_input(t("A word on it (needed to reject)"), max_chars=500, key=note)
            with st.container(horizontal=True, gap="small"):
                done = t("Approved and posted.")
                _button(row, t("Approve"), "check_circle", adjustments.approve_adjustment, note, done, primary=True)
                _button(row, t("Reject"), "block", adjustments.reject_adjustment, note, t("Rejected."))
        elif own:
            st.caption(t("You asked for it; somebody else decides."))
            if actor.may("stock.adjust"):
                _button(row, t("Withdraw"), "undo", adjustments.withdraw_adjustment, note, t("Withdrawn."))


def _button(
    row: AdjustmentRow, label: str, icon: str, command: Any, note: str, done: str, *, primary: bool = False
) -> None:
    name = f"{command.__name__}-{row.id}"
    st.button(
        label,
        type="primary" if primary else "secondary",
        icon=f":material/{icon}:",
        key=name,
        on_click=page.command,
        args=(command, row.id, page.field(note)),
        kwargs={"form_key": page.form_key(name), "done": done},
    )


def _cells(row: AdjustmentRow, names: dict[str, str], timezone: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "status": t(label_of(row.status)),
        "sku": row.sku_code,
        "house": row.warehouse_code,
        "change": signed(row.change),
        "value": row.value_cents / 100,
        "reason": reason_words(row.reason),
        "asked": names.get(row.requested_by, row.requested_by),
        "decided": names.get(row.decided_by or "", row.decided_by or ""),
        "at": format_instant(row.decided_at or row.requested_at, timezone),
        "note": " · ".join(part for part in (row.note, row.decision_note) if part),
    }
