"""One wave: the plan beside the greedy one, who ships where, pins, and the tasks that come of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.errors import NotFound
from core.domain.labels import label_of
from core.domain.wave_settings import WaveStatus
from core.services import waves
from core.services.wave_views import MemberView, ParcelView, WaveView, get_wave
from core.ui import page, wave_job
from core.ui.cards import chips, facts, heading, section
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.goods import carried_out, id_in_address
from core.ui.i18n import format_instant, format_int, format_money, format_rate, t, translate_error
from core.ui.order_sheet import province
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from core.ui.wave_matrix import draw_matrix
from core.ui.wave_parts import (
    STATUS_TONES,
    carrier_words,
    draw_figures,
    draw_lacking,
    draw_settings,
    limits_words,
    place_words,
    refused_words,
    settings_now,
)
from core.ui.wave_tasks import draw_tasks
from pages.work import settle

FIELDS = "wave-settings"


# ---- what is done with the wave -----------------------------------------------------------------------------------


def plan_again(wave_id: int) -> None:
    """A button's callback: solves the wave as it stands."""
    wave_job.start(wave_id)


def change(view: WaveView, key: str) -> None:
    """The settings' callback: keeps them and plans anew."""
    page.command(waves.change_wave, view.id, settings_now(view.settings, view.places, FIELDS), form_key=key)
    if carried_out(key):
        wave_job.start(view.id)


def pin(view: WaveView, key: str) -> None:
    """The pin's callback: keeps it; the planner plans anew when all pins are set."""
    order_id, place = st.session_state.get("pin-order"), st.session_state.get("pin-place") or None
    page.command(
        waves.pin_order, view.id, order_id, place, form_key=key, done=t("The pin is kept. Plan the wave again.")
    )


def accept(view: WaveView, key: str) -> None:
    """The button's callback: writes the tasks, and says which orders were left out."""
    page.command(waves.accept_wave, view.id, form_key=key)
    outcome: waves.Accepted | None = page.result(f"accept-{view.id}")
    if outcome is None:
        return
    page.flash(t("{n} parcels are offered to warehouses and carriers.", n=format_int(outcome.parcels_count)))
    if outcome.refused_numbers:
        numbers = refused_words(outcome.refused_numbers)
        page.flash(t("Left as they were, because they changed meanwhile: {numbers}", numbers=numbers), "note")


# ---- head ---------------------------------------------------------------------------------------------------------


def draw_head(view: WaveView) -> None:
    """Which wave, how it stands, and what may be done."""
    heading(t("Wave {number}", number=f"#{view.id}"), t("Who ships what, from where, and with whom."), "hub")
    chips({t(label_of(view.status)): STATUS_TONES[view.status]})
    names = names_of({view.actor})
    opened = f"{names.get(view.actor, view.actor)}, {format_instant(view.opened_at, view.timezone)}"
    shown = {t("Opened by"): opened, t("Orders"): format_int(len(view.members))}
    if view.planned_at is not None:
        shown[t("Planned at")] = format_instant(view.planned_at, view.timezone)
    if view.accepted_at is not None:
        shown[t("Accepted at")] = format_instant(view.accepted_at, view.timezone)
    facts(shown)


def draw_actions(view: WaveView) -> None:
    """Plan, accept, discard."""
    if view.status not in (WaveStatus.OPEN, WaveStatus.PLANNED):
        return
    stands = view.status is WaveStatus.PLANNED
    if not stands and view.figures is not None:
        st.info(t("The wave was changed after this plan. Plan it again before accepting."), icon=":material/info:")
    with st.container(horizontal=True, gap="small", key="wave-actions"):
        st.button(
            t("Accept the plan"),
            type="primary" if stands else "secondary",
            icon=":material/check_circle:",
            disabled=not stands or not view.parcels,
            on_click=accept,
            args=(view, page.form_key(f"accept-{view.id}")),
            key="accept-wave",
        )
        st.button(
            t("Plan again") if view.figures else t("Plan"),
            type="secondary" if stands else "primary",
            icon=":material/refresh:",
            on_click=plan_again,
            args=(view.id,),
            key="plan-again",
        )
        st.button(
            t("Discard"),
            type="tertiary",
            icon=":material/delete:",
            on_click=page.command,
            args=(waves.discard_wave, view.id),
            kwargs={
                "form_key": page.form_key(f"discard-{view.id}"),
                "done": t("The wave is discarded; its orders wait as before."),
            },
            key="discard-wave",
        )
    with st.expander(t("Settings"), icon=":material/tune:"):
        draw_settings(view.settings, view.places, FIELDS)
        st.button(
            t("Keep and plan again"),
            icon=":material/refresh:",
            on_click=change,
            args=(view, page.form_key(f"settings-{view.id}")),
            key="change-wave",
        )


# ---- while it is solved -------------------------------------------------------------------------------------------


@st.fragment(run_every="1s")
def watch(wave_id: int) -> None:
    """How long the solver has been looking; the whole page is drawn again when it is done."""
    job = wave_job.current(wave_id)
    if job is None or job.ended:
        st.rerun()
        return
    words = t("Waiting for its turn …") if job.began is None else t("Looking for the best plan …")
    st.progress(job.progress(), text=words)
    st.caption(t("At most {n} seconds; you may leave the page meanwhile.", n=format_int(round(job.limit))))


def told(wave_id: int) -> bool:
    """Says how the solver's work ended; gives whether it is still going on."""
    job = wave_job.current(wave_id)
    if job is None:
        return False
    if not job.ended:
        return True
    wave_job.forget(wave_id)
    if job.refusal is not None:
        st.error(translate_error(job.refusal), icon=":material/block:")
    elif job.failed:
        st.error(t("Planning failed; the reason stands in the log. Try again."), icon=":material/error:")
    return False


# ---- orders -------------------------------------------------------------------------------------------------------


def way_words(parcel: ParcelView, view: WaveView, *, alone: bool) -> str:
    """Where a parcel leaves from and with whom; what is in it, where the order is cut."""
    place = next(place.code for place in view.places if place.id == parcel.warehouse_id)
    words = f"{place} · {carrier_words(parcel.carrier, view.carriers)}"
    held = ", ".join(f"{units} × {code}" for code, units in parcel.units.items())
    return words if alone else f"{words} ({held})"


def as_cells(member: MemberView, view: WaveView) -> dict[str, Any]:
    """One order as the list shows it."""
    parcels = member.parcels
    places = {place.id: place.code for place in view.places}
    waits = limits_words(member.waits_for)
    refused = "" if member.refusal is None else translate_error(member.refusal)
    return {
        "id": member.order_id,
        "number": member.number,
        "way": " + ".join(way_words(parcel, view, alone=len(parcels) == 1) for parcel in parcels),
        "waits": refused or waits,
        "pin": places.get(member.pinned_warehouse_id or 0, ""),
        "place": f"{province(member.region)} {member.city}",
        "cost": format_money(sum(parcel.cost_cents for parcel in parcels)) if parcels else "",
        "late": format_rate(max(parcel.late_permille for parcel in parcels) / 1000, 0) if parcels else "",
        "promised": "" if member.promised_at is None else format_instant(member.promised_at, view.timezone),
        "state": t(label_of(member.status)),
    }


def draw_members(view: WaveView) -> None:
    """The orders with their ways, and the pin of the one that is clicked."""
    waiting = sum(not member.parcels for member in view.members) if view.figures else 0
    section(t("Orders of the wave"), t("{n} of them wait on.", n=format_int(waiting)) if waiting else "")
    columns = [
        Column("number", t("Number"), width=180),
        Column("way", t("Leaves from, with"), width=250),
        Column("waits", t("What is in the way"), width=220),
        Column("pin", t("Pin"), width=70),
        Column("place", t("Going to"), width=190),
        Column("cost", t("Shipping"), width=100),
        Column("late", t("Risk of being late"), width=130),
        Column("promised", t("Promised for"), width=150),
        Column("state", t("State"), width=120),
    ]
    cells = [as_cells(member, view) for member in view.members]
    chosen = table(cells, columns, key="members", id_key="id", height=480 if len(cells) > 12 else "content")
    if view.status in (WaveStatus.OPEN, WaveStatus.PLANNED):
        draw_pin(view, chosen)


def draw_pin(view: WaveView, chosen: int | None) -> None:
    """Which order has to leave from where; a click on a row chooses it."""
    numbers = {member.order_id: member.number for member in view.members}
    if chosen is not None and st.session_state.get("_pinned_row") != chosen:
        st.session_state["_pinned_row"] = st.session_state["pin-order"] = chosen
    if st.session_state.get("pin-order") not in numbers:
        st.session_state["pin-order"] = view.members[0].order_id
    places = {place.id: place_words(place) for place in view.places}
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="pin"):
        st.selectbox(
            t("Order"), list(numbers), format_func=lambda one: numbers.get(one, "?"), key="pin-order", width=260
        )
        st.selectbox(
            t("Has to leave from"),
            [0, *places],
            format_func=lambda place: places.get(place, t("Any warehouse")),
            key="pin-place",
            width=260,
        )
        st.button(
            t("Pin"),
            icon=":material/keep:",
            on_click=pin,
            args=(view, page.form_key(f"pin-{view.id}")),
            key="pin-it",
        )
        st.page_link(
            page_named("order").path,
            label=t("Open the order"),
            icon=":material/receipt_long:",
            query_params={"id": str(st.session_state["pin-order"])},
        )


# ---- the page -----------------------------------------------------------------------------------------------------


def draw(wave_id: int) -> None:
    """The whole wave."""
    busy = told(wave_id)
    view = page.read(get_wave, wave_id)
    draw_head(view)
    if busy:
        watch(wave_id)
        return
    draw_actions(view)
    if view.status is WaveStatus.ACCEPTED:
        draw_tasks(view)
    if view.figures is not None:
        section(t("The plan and the greedy rule"))
        draw_figures(view.figures)
        if view.figures.lacking:
            section(t("What it would take to serve everything"))
            draw_lacking(view)
        if view.parcels:
            section(t("Who ships where"))
            draw_matrix(view)
    if view.members:
        draw_members(view)


settle()
st.page_link(page_named("waves").path, label=t("Waves"), icon=":material/arrow_back:")
asked_for = id_in_address()
try:
    if asked_for is None:
        raise NotFound("Wave {wave_id} isn't here.", wave_id=safe(st.query_params.get("id", "")))
    draw(asked_for)
except NotFound:
    empty(
        t("No wave chosen"),
        t("Choose one from the list, or plan a new one."),
        key="no-wave",
        icon="hub",
        go_label=t("Waves"),
        go_page="waves",
    )
