"""Waves: which orders wait to be planned, the wave that takes them, and the waves before."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import Status
from core.domain.wave_settings import settings_of
from core.domain.waves import MOST_ORDERS
from core.services import waves
from core.services.wave_policy import wave_policy
from core.services.wave_reads import Place, WaitingOrder, waiting_view
from core.services.wave_views import WaveRow, waves_in
from core.ui import page, wave_job
from core.ui.cards import heading, panel, section
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.goods import keep_in_address, take_from_address
from core.ui.i18n import format_duration, format_instant, format_int, t
from core.ui.order_sheet import province
from core.ui.site import page_named
from core.ui.tables import SHOWN_AT_MOST, Column, table, ticked
from core.ui.wave_parts import draw_settings, place_words, settings_now
from pages.work import settle

FILTERS = {"warehouse": "", "region": "", "state": "", "refused": ""}
FORM = "open-wave"
FIELDS = "new-wave"


# ---- which orders -------------------------------------------------------------------------------------------------


def filtered(rows: tuple[WaitingOrder, ...]) -> list[WaitingOrder]:
    """The orders that the filters let through, the most urgent first."""
    kept = st.session_state
    return [
        row
        for row in rows
        if kept["warehouse"] in ("", str(row.warehouse_id))
        and kept["region"] in ("", row.region)
        and kept["state"] in ("", row.status.value)
        and (not kept["refused"] or row.refusal)
    ]


def keep() -> None:
    """A filter that was changed stands in the address."""
    keep_in_address(FILTERS)


def words_of(every: str, words: Callable[[str], str], code: str) -> str:
    """What a filter's choice is called; none of them lets everything through."""
    return words(code) if code else every


def draw_filters(rows: tuple[WaitingOrder, ...], places: tuple[Place, ...]) -> None:
    """Warehouse, region, state, and whether somebody refused a parcel."""
    names = {str(place.id): place_words(place) for place in places}
    choices: dict[str, tuple[str, str, list[str], Any]] = {
        "warehouse": (t("Warehouse"), t("All warehouses"), sorted(names), lambda code: names.get(code, code)),
        "region": (t("Region"), t("All regions"), sorted({row.region for row in rows}), province),
        "state": (
            t("State"),
            t("Any state"),
            sorted({row.status.value for row in rows}),
            lambda code: t(label_of(Status(code))),
        ),
        "refused": (t("Refused"), t("Refused or not"), ["yes"], lambda _: t("Only those that were refused")),
    }
    for column, (name, (label, every, codes, words)) in zip(st.columns(4, gap="small"), choices.items(), strict=True):
        if st.session_state[name] not in {"", *codes}:
            st.session_state[name] = ""
        column.selectbox(
            label,
            ["", *codes],
            format_func=partial(words_of, every, words),
            key=name,
            on_change=keep,
            label_visibility="collapsed",
        )


def as_cells(row: WaitingOrder, places: dict[int, str], now: int, timezone: str) -> dict[str, Any]:
    """One order as the list shows it."""
    left = None if row.ship_by_at is None else row.ship_by_at - now
    due = "" if left is None else format_duration(left) if left >= 0 else t("{time} late", time=format_duration(-left))
    return {
        "id": row.id,
        "number": row.number,
        "due": due,
        "state": t(label_of(row.status)),
        "units": row.units,
        "place": f"{province(row.region)} {row.city}",
        "warehouse": places.get(row.warehouse_id, ""),
        "promised": "" if row.promised_at is None else format_instant(row.promised_at, timezone),
        "refusal": row.refusal,
    }


def draw_orders(rows: list[WaitingOrder], places: tuple[Place, ...], now: int, timezone: str) -> list[int]:
    """The orders to choose from; gives those that the wave takes."""
    columns = [
        Column("number", t("Number"), width=180),
        Column("due", t("Ship within"), width=110),
        Column("state", t("State"), width=130),
        Column("units", t("Units"), "number", width=70),
        Column("place", t("Going to"), width=200),
        Column("warehouse", t("Planned for"), width=150),
        Column("promised", t("Promised for"), width=150),
        Column("refusal", t("Refused because"), width="medium"),
    ]
    names = {place.id: place_words(place) for place in places}
    cells = [as_cells(row, names, now, timezone) for row in rows[:SHOWN_AT_MOST]]
    chosen = ticked(cells, columns, key="waiting", id_key="id", height=420 if len(cells) > 10 else "content")
    if chosen:
        return [int(one) for one in chosen]
    return [row.id for row in rows[:MOST_ORDERS]]


# ---- a new wave ---------------------------------------------------------------------------------------------------


def begin(order_ids: list[int], places: tuple[Place, ...], key: str) -> None:
    """The button's callback: opens the wave and begins to plan it; the run that follows shows it."""
    settings = settings_now(settings_of(wave_policy()), places, FIELDS)
    page.command(waves.open_wave, order_ids, settings, form_key=key)
    wave_id = page.result(FORM)
    if wave_id is not None:
        wave_job.start(wave_id)
        st.session_state["_opened_wave"] = wave_id


def draw_new() -> None:
    """The orders that wait, the settings, and the button that plans them."""
    rows, places, now, timezone = page.read(waiting_view)
    if not rows:
        empty(
            t("No order waits to be planned"),
            t("Confirmed and back-ordered orders come here, and those whose parcel was refused."),
            key="waiting",
            icon="task_alt",
        )
        return
    section(
        t("Orders that wait"),
        t(
            "The most urgent first. Tick some, or take the first {most} as they stand.",
            most=format_int(min(MOST_ORDERS, len(rows))),
        ),
    )
    draw_filters(rows, places)
    fitting = filtered(rows)
    if not fitting:
        empty(t("Nothing fits"), t("No waiting order fits these filters."), key="fits", icon="search_off")
        return
    taken = draw_orders(fitting, places, now, timezone)
    with panel("new-wave"):
        with st.expander(t("Settings"), icon=":material/tune:"):
            draw_settings(settings_of(wave_policy()), places, FIELDS)
        too_many = len(taken) > MOST_ORDERS
        one = t("Plan a wave of 1 order")
        st.button(
            one if len(taken) == 1 else t("Plan a wave of {n} orders", n=format_int(len(taken))),
            type="primary",
            icon=":material/hub:",
            disabled=too_many,
            help=t("A wave takes {most} orders at most.", most=MOST_ORDERS) if too_many else None,
            on_click=begin,
            args=(taken, places, page.form_key(FORM)),
            key="open-wave",
        )
        if len(fitting) > len(taken) and len(taken) == MOST_ORDERS:
            st.caption(t("The others follow in the next wave."))


# ---- the waves before ---------------------------------------------------------------------------------------------


def draw_list(rows: tuple[WaveRow, ...]) -> None:
    """The last waves, each a click away."""
    section(t("The last waves"))
    names = names_of({row.actor for row in rows})
    cells = [
        {
            "id": row.id,
            "number": f"#{row.id}",
            "status": t(label_of(row.status)),
            "orders": row.orders_count,
            "unanswered": row.unanswered,
            "refused": row.refused,
            "opened": format_instant(row.opened_at),
            "by": names.get(row.actor, row.actor),
        }
        for row in rows
    ]
    columns = [
        Column("number", t("Wave"), width=80),
        Column("status", t("State"), width=180),
        Column("orders", t("Orders"), "number", width=90),
        Column("unanswered", t("Tasks without an answer"), "number", width=170),
        Column("refused", t("Refused"), "number", width=100),
        Column("opened", t("Opened at"), width=150),
        Column("by", t("Opened by"), width=120),
    ]
    chosen = table(cells, columns, key="waves", id_key="id", height="content")
    if chosen is not None:
        st.switch_page(page_named("wave").path, query_params={"id": str(chosen)})


settle()
if (opened := st.session_state.pop("_opened_wave", None)) is not None:
    st.switch_page(page_named("wave").path, query_params={"id": str(opened)})
heading(t("Waves"), t("Decide together which orders leave from where, and with whom."), "hub")
take_from_address(FILTERS, {})
draw_new()
if before := page.read(waves_in):
    draw_list(before)
