"""One purchase as it is shown: its head, its lines with their progress, and what happened to it."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.domain.purchasing import PURCHASE_FACT_LABELS, PurchaseFact, PurchaseStatus
from core.services.purchase_reads import OrderedLine, PurchaseFile
from core.ui.cards import Tone, chips, facts
from core.ui.count_parts import names_of
from core.ui.goods import day_words, either
from core.ui.i18n import format_instant, format_int, format_money, t
from core.ui.safe import plain
from core.ui.tables import Column, table

TONES: dict[PurchaseStatus, Tone] = {
    PurchaseStatus.ORDERED: "info",
    PurchaseStatus.PARTLY_RECEIVED: "warn",
    PurchaseStatus.RECEIVED: "warn",
    PurchaseStatus.INSPECTED: "warn",
    PurchaseStatus.PUT_AWAY: "good",
    PurchaseStatus.CANCELLED: "quiet",
}


def draw_head(file: PurchaseFile, timezone: str, *, with_value: bool) -> None:
    """Who sends what to where, how far it has come, and when it is expected."""
    row = file.row
    states: dict[str, Tone] = {t(label_of(row.status)): TONES[row.status]}
    if row.is_late:
        states[t("Late")] = "bad"
    chips(states)
    shown = {
        t("Supplier"): either(row.supplier_en, row.supplier_zh),
        t("To warehouse"): f"{row.warehouse_code} · {either(row.warehouse_en, row.warehouse_zh)}",
        t("Expected on"): day_words(row.expected_on),
        t("Ordered at"): format_instant(row.ordered_at, timezone),
    }
    if with_value:
        shown[t("Value")] = format_money(row.value_cents)
    if row.note:
        shown[t("Note")] = row.note
    facts(shown)


def draw_lines(file: PurchaseFile, *, with_cost: bool) -> None:
    """The lines, each with what came, what is waited for, and where the rest of it stands."""
    columns = [
        Column("sku", t("Article number"), width=110, pinned=True),
        Column("name", t("Article"), width=230),
        Column("ordered", t("Ordered"), "number", width=85),
        Column("came", t("Came"), "number", width=80),
        Column("rest", t("Waited for"), "number", width=95),
        Column("inspect", t("To inspect"), "number", width=95),
        Column("put_away", t("To put away"), "number", width=105),
    ]
    if with_cost:
        columns.append(Column("cost", t("Unit cost"), "money", width=95))
    table([_cells(line) for line in file.lines], columns, key="purchase-lines", height="content")


def _cells(line: OrderedLine) -> dict[str, object]:
    return {
        "sku": line.sku_code,
        "name": either(line.name_en, line.name_zh),
        "ordered": line.progress.ordered,
        "came": line.progress.received,
        "rest": line.progress.rest,
        "inspect": line.progress.uninspected,
        "put_away": line.progress.to_put_away,
        "cost": line.unit_cost_cents / 100,
    }


def draw_history(file: PurchaseFile, timezone: str) -> None:
    """What happened to the purchase, the latest first."""
    names = names_of({fact.actor for fact in file.facts})
    rows = []
    for fact in file.facts:
        label = t(PURCHASE_FACT_LABELS[PurchaseFact(fact.kind)])
        about = " · ".join(_details(fact.data))
        who = plain(names.get(fact.actor, fact.actor))
        head = f"<time>{escape(format_instant(fact.at, timezone))}</time> <span>{escape(who)}</span>"
        rows.append(f"<li>{head}<b>{escape(label)}</b>" + (f"<p>{escape(plain(about))}</p>" if about else "") + "</li>")
    with st.container(border=True, key="purchase-history", gap="small"):
        st.markdown(f"**{t('What happened')}**")
        st.html(f'<ul class="od-history">{"".join(rows)}</ul>')


def _details(data: Mapping[str, Any]) -> list[str]:
    """What a fact says besides its kind."""
    found: list[str] = []
    if units := data.get("units"):
        found.append(t("1 unit") if units == 1 else t("{n} units", n=format_int(units)))
    counted = (("accepted", t("{n} accepted")), ("quarantined", t("{n} quarantined")), ("rejected", t("{n} rejected")))
    found += [words.format(n=format_int(data[name])) for name, words in counted if data.get(name)]
    if over := data.get("over"):
        found.append(t("{n} more than ordered", n=format_int(over)))
    if days := data.get("days"):
        found.append(f"{day_words(days[0])} → {day_words(days[1])}")
    if note := data.get("note"):
        found.append(str(note))
    return found
