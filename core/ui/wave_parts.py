"""What the pages of waves share: names, the settings form, and how a plan compares with the greedy one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from core.domain.wave_checks import Outcome
from core.domain.wave_settings import MOST_CENTS, MOST_UNITS, WaveSettings, WaveStatus
from core.domain.waves import LIMIT_LABELS, Limit
from core.services.wave_policy import wave_policy
from core.services.wave_reads import Place
from core.services.wave_shortage import Shortage
from core.services.wave_solver import ENDED_LABELS, Ended
from core.services.wave_views import Figures, WaveView
from core.ui.cards import Tone, card_row, metric_card
from core.ui.goods import either
from core.ui.i18n import format_int, format_money, format_number, format_rate, join_list, t
from core.ui.order_sheet import province
from core.ui.safe import safe
from core.ui.tables import Column, table

STATUS_TONES: dict[WaveStatus, Tone] = {
    WaveStatus.OPEN: "warn",
    WaveStatus.PLANNED: "info",
    WaveStatus.ACCEPTED: "good",
    WaveStatus.DISCARDED: "quiet",
}
_ENDED_TONES: dict[Ended, Tone] = {
    Ended.OPTIMAL: "good",
    Ended.TIME: "warn",
    Ended.NOTHING: "warn",
    Ended.INFEASIBLE: "bad",
}


def place_words(place: Place) -> str:
    """A warehouse by code and name."""
    return f"{place.code} · {either(place.name_en, place.name_zh)}"


def carrier_words(code: str, carriers: Mapping[str, tuple[str, str]]) -> str:
    """A carrier by its name in the reader's language."""
    return either(*carriers[code]) if code in carriers else code


def limits_words(limits: Sequence[Limit]) -> str:
    """The limits that keep an order from leaving."""
    return " · ".join(t(LIMIT_LABELS[limit]) for limit in limits)


# ---- settings -------------------------------------------------------------------------------------------------


def draw_settings(settings: WaveSettings, places: Sequence[Place], key: str) -> None:
    """What a wave is planned with; `settings_now` gives what the fields say."""
    policy = wave_policy()
    first, second, third = st.columns(3, gap="small")
    first.number_input(
        t("A late parcel costs us (¥)"),
        0.0,
        MOST_CENTS / 100,
        settings.late_cents / 100,
        step=5.0,
        format="%.2f",
        key=f"{key}-late",
        help=t("Voucher, calls, a buyer who doesn't come back: the risk of coming late is counted at this price."),
    )
    second.number_input(
        t("A unit that stays behind costs us (¥)"),
        0.0,
        MOST_CENTS / 100,
        settings.unfilled_cents / 100,
        step=10.0,
        format="%.2f",
        key=f"{key}-unfilled",
        help=t("An order whose way is dearer than that for its units is left waiting."),
    )
    third.number_input(
        t("Stays on the shelf (% of the low-stock threshold)"),
        0,
        1000,
        round(settings.safety_share * 100),
        step=5,
        key=f"{key}-safety",
        help=t("Safety stock that the wave doesn't touch. What its own orders have reserved may always leave."),
    )
    with st.container(horizontal=True, gap="medium"):
        st.checkbox(t("Orders may leave from two warehouses"), settings.may_split, key=f"{key}-split")
        st.checkbox(t("What is there may leave before the rest"), settings.may_part, key=f"{key}-part")
        st.checkbox(
            t("Every unit has to leave"),
            settings.must_fill,
            key=f"{key}-fill",
            help=t("There is no plan then unless it serves everything; what is in the way is named."),
        )
    st.caption(safe(t("Units that each warehouse can pick for this wave")))
    for start in range(0, len(places), 4):
        for column, place in zip(st.columns(4, gap="small"), places[start : start + 4], strict=False):
            units = settings.pick_units.get(place.id, policy.pick_units_of(place.code))
            column.number_input(place_words(place), 0, MOST_UNITS, units, step=50, key=f"{key}-pick-{place.id}")


def settings_now(settings: WaveSettings, places: Sequence[Place], key: str) -> WaveSettings:
    """What the fields say; what isn't drawn stays as it is."""
    kept, policy = st.session_state, wave_policy()

    def number(name: str, otherwise: float) -> float:
        value = kept.get(f"{key}-{name}")
        return otherwise if value is None else float(value)

    picks = {}
    for place in places:
        usual = policy.pick_units_of(place.code)
        units = int(number(f"pick-{place.id}", settings.pick_units.get(place.id, usual)))
        if units != usual:
            picks[place.id] = units
    return WaveSettings(
        late_cents=round(number("late", settings.late_cents / 100) * 100),
        unfilled_cents=round(number("unfilled", settings.unfilled_cents / 100) * 100),
        safety_share=number("safety", settings.safety_share * 100) / 100,
        may_split=bool(kept.get(f"{key}-split", settings.may_split)),
        may_part=bool(kept.get(f"{key}-part", settings.may_part)),
        must_fill=bool(kept.get(f"{key}-fill", settings.must_fill)),
        pick_units=picks,
    )


# ---- figures --------------------------------------------------------------------------------------------------


def draw_figures(figures: Figures) -> None:
    """What the plan costs, how far it can be from the best, and the greedy plan beside it."""
    plan, greedy = figures.plan, figures.greedy
    if figures.from_greedy and figures.ended is not Ended.OPTIMAL:
        st.warning(
            t("The time was up before the solver found anything better: this is the greedy plan."),
            icon=":material/timer_off:",
        )
    if plan is None:
        st.error(_no_plan(figures), icon=":material/block:")
        return
    cost, gap, unfilled, late = card_row(4)
    with cost:
        saved = None if greedy is None else greedy.total_cents - plan.total_cents
        metric_card(
            t("Cost of the plan"),
            format_money(plan.total_cents),
            definition=t("Shipping, handling, late risk and units left behind, at their prices."),
            key="cost",
            delta=t("{amount} against greedy", amount=f"−{format_money(saved)}") if saved else None,
            delta_good=True,
            tone="info",
        )
    with gap:
        share = figures.gap or 0.0
        metric_card(
            t("Gap to the bound"),
            format_rate(share, 2),
            definition=t(
                "No plan costs less than {bound}. {how}, {seconds} s.",
                bound=format_money(figures.bound_cents),
                how=t(ENDED_LABELS[figures.ended]),
                seconds=format_number(figures.seconds, 1),
            ),
            key="gap",
            tone="good" if share <= 0.01 else "warn",
        )
    with unfilled:
        metric_card(
            t("Units left behind"),
            format_int(plan.unfilled_units),
            definition=t("In {n} orders that wait on.", n=format_int(plan.unfilled_orders))
            if plan.unfilled_orders
            else t("Every order leaves whole."),
            key="unfilled",
            tone="warn" if plan.unfilled_units else "good",
        )
    with late:
        metric_card(
            t("Parcels expected late"),
            format_number(plan.expected_late, 1),
            definition=t("Sum of the risks of {n} parcels.", n=format_int(plan.parcels_count)),
            key="late",
            tone="plain",
        )
    _draw_comparison(plan, greedy)


def _no_plan(figures: Figures) -> str:
    if figures.ended is Ended.INFEASIBLE:
        return t("Every unit has to leave, and no plan can do that. What is in the way stands below.")
    return t("Every unit has to leave, and no plan that does it was found in time.")


def _draw_comparison(plan: Outcome, greedy: Outcome | None) -> None:
    """Line by line, the greedy plan and the one that stands."""

    def money(cents: int) -> str:
        return format_money(cents)

    lines: list[tuple[str, Any]] = [
        (t("Shipping"), lambda one: money(one.shipping_cents)),
        (t("Handling"), lambda one: money(one.handling_cents)),
        (t("Risk of coming late, at its price"), lambda one: money(one.late_cents)),
        (t("Units left behind, at their price"), lambda one: money(_left_cents(one))),
        (t("All together"), lambda one: money(one.total_cents)),
        (t("Parcels"), lambda one: format_int(one.parcels_count)),
        (t("Orders that leave from two warehouses"), lambda one: format_int(one.split_orders)),
        (t("Parcels expected late"), lambda one: format_number(one.expected_late, 1)),
        (t("Units left behind"), lambda one: format_int(one.unfilled_units)),
    ]
    rows = [
        {"what": what, "greedy": "–" if greedy is None else shown(greedy), "plan": shown(plan)} for what, shown in lines
    ]
    columns = [
        Column("what", "", width=165),
        Column("greedy", t("Greedy rule"), width=95, help=t("The most urgent order first, each its cheapest way.")),
        Column("plan", t("This plan"), width=95),
    ]
    table(rows, columns, key="wave-comparison", height="content")


def _left_cents(one: Outcome) -> int:
    return one.total_cents - one.shipping_cents - one.handling_cents - one.late_cents


# ---- what is in the way ---------------------------------------------------------------------------------------


def draw_lacking(view: WaveView) -> None:
    """The limits that would have to give way so that everything could leave."""
    assert view.figures is not None
    places = {place.id: place for place in view.places}
    numbers = {member.order_id: member for member in view.members}
    by_order: dict[int, list[Limit]] = {}
    lines = []
    for one in view.figures.lacking:
        if one.order_id:
            by_order.setdefault(one.order_id, []).append(one.limit)
        else:
            lines.append(f"- {safe(_lacking_words(one, view, places))}")
    for order_id, limits in by_order.items():
        member = numbers[order_id]
        where = t("Order {number} to {region}", number=member.number, region=province(member.region))
        lines.append(f"- {safe(where)}: {safe(limits_words(limits))}")
    st.markdown("\n".join(lines[:_SHOWN]))
    if len(lines) > _SHOWN:
        st.caption(safe(t("And {n} more.", n=format_int(len(lines) - _SHOWN))))


_SHOWN = 12


def _lacking_words(one: Shortage, view: WaveView, places: Mapping[int, Place]) -> str:
    if one.limit is Limit.CARRIER_PARCELS:
        return t(
            "{carrier}: parcels it still takes today {there}, needed on top {missing}.",
            carrier=carrier_words(one.carrier, view.carriers),
            there=format_int(one.there),
            missing=format_int(one.missing),
        )
    warehouse = place_words(places[one.warehouse_id])
    if one.limit is Limit.PICK_CAPACITY:
        return t(
            "{warehouse}: units it can pick {there}, needed on top {missing}.",
            warehouse=warehouse,
            there=format_int(one.there),
            missing=format_int(one.missing),
        )
    words = t(
        "{warehouse}: units of {sku} to give {there}, needed on top {missing}.",
        warehouse=warehouse,
        there=format_int(one.there),
        sku=view.skus.get(one.sku_id, "?"),
        missing=format_int(one.missing),
    )
    if one.held_back:
        words += " " + t("Kept back as safety stock: {held}.", held=format_int(one.held_back))
    return words


def refused_words(numbers: Sequence[str]) -> str:
    """Orders by their numbers, the first few of them."""
    shown = join_list(numbers[:_SHOWN])
    return shown + (f" (+{format_int(len(numbers) - _SHOWN)})" if len(numbers) > _SHOWN else "")
