"""The filter of the monitor's pages: period, channel, warehouse and region, kept in the address."""

from __future__ import annotations

from datetime import date

import streamlit as st

from core.metrics.board import Places, places
from core.metrics.filters import Filter, day_number, day_text
from core.ui import kpi, page
from core.ui.i18n import t

ADDRESS_KEYS = frozenset({"from", "to", "period", "channel", "warehouse", "region"})
_ALL = ""


def chosen_now(known: Places) -> kpi.Chosen:
    """What the address chooses, today."""
    return kpi.read_address(st.query_params.to_dict(), known, page.read(kpi.today_of))


def take_filter(name: str) -> None:
    """Writes what the filter's widgets say into the address, from which the next run reads it."""
    state, known = st.session_state, page.read(places)
    ids = {place.code: number for number, place in known.warehouses.items()}
    period = state[f"{name}-period"]
    shown = chosen_now(known).filter
    first, last = shown.from_day, shown.to_day
    if period == "own" and len(span := state.get(f"{name}-dates", ())) == 2:
        first, last = (day_number(day.isoformat()) for day in span)
    wanted = Filter(
        first,
        last,
        state[f"{name}-channel"] or None,
        ids.get(state[f"{name}-warehouse"]),
        state[f"{name}-region"] or None,
    )
    others = {key: value for key, value in st.query_params.to_dict().items() if key not in ADDRESS_KEYS}
    st.query_params.from_dict({**others, **kpi.write_address(wanted, period, known)})


def draw_filter(name: str, chosen: kpi.Chosen, known: Places) -> None:
    """Period, channel, warehouse and region; the third of the last three is closed as long as two are chosen.

    `name` is the page's, for the widgets' keys.
    """
    wanted, state = chosen.filter, st.session_state
    state[f"{name}-period"] = chosen.period
    state[f"{name}-channel"] = wanted.channel or _ALL
    state[f"{name}-warehouse"] = known.warehouses[wanted.warehouse].code if wanted.warehouse is not None else _ALL
    state[f"{name}-region"] = wanted.region or _ALL
    channels = {place.code: kpi.place_name(place) for place in known.channels}
    warehouses = {place.code: kpi.place_name(place) for place in known.warehouses.values()}
    is_full = sum(value is not None for value in (wanted.channel, wanted.warehouse, wanted.region)) == 2
    hint = t("At most two of channel, warehouse and region; take one back to choose this.") if is_full else None
    with st.container(key=f"{name}-filter", horizontal=True, vertical_alignment="bottom", gap="small"):
        st.selectbox(
            t("Period"),
            [*kpi.PERIODS, "own"],
            format_func=lambda period: t(kpi.PERIOD_LABELS[period]),
            key=f"{name}-period",
            on_change=take_filter,
            args=(name,),
            width=150,
        )
        if chosen.period == "own":
            days = tuple(date.fromisoformat(day_text(day)) for day in (wanted.from_day, wanted.to_day))
            state[f"{name}-dates"] = days
            st.date_input(
                t("From and to"),
                key=f"{name}-dates",
                on_change=take_filter,
                args=(name,),
                width=230,
                format="YYYY-MM-DD",
            )
        for key, label, names, value in (
            ("channel", t("Channel"), channels, wanted.channel),
            ("warehouse", t("Warehouse"), warehouses, wanted.warehouse),
            ("region", t("Region"), {code: kpi.region_name(code) for code in known.regions}, wanted.region),
        ):
            st.selectbox(
                label,
                [_ALL, *names],
                format_func=lambda code, names=names: names.get(code, code) if code else t("All"),
                key=f"{name}-{key}",
                on_change=take_filter,
                args=(name,),
                disabled=is_full and value is None,
                help=hint if value is None else None,
                width=180,
            )
