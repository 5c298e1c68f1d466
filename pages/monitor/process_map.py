"""The process map: what orders really went through, by the log, and where they left the machine's way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.metrics.board import Places, places
from core.metrics.filters import day_text
from core.metrics.process_map import ProcessMap, Question, process_map
from core.ui import kpi, page, process_rows
from core.ui.cards import heading, section
from core.ui.charts import CONFIG, drawable
from core.ui.empty import empty
from core.ui.filter_bar import chosen_now, draw_filter
from core.ui.i18n import format_day, format_int, format_rate, t
from core.ui.process_figure import Drawn, fact_name, process_figure, visible
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table

RARE = (0.0, 0.001, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
DEFAULT_RARE = 0.005
VIEW_LABELS = {"steps": "Steps", "ways": "Ways", "deviations": "Deviations"}
TIME_LABELS = {"p50": "Median", "p90": "P90"}
TABLE_HEIGHT = 400  # pixels
ROWS = "rows"  # in the address: the part of the map whose orders are listed


def question_of(chosen: kpi.Chosen) -> Question:
    """What is asked of the log, by the address and the two switches."""
    state = st.session_state
    return Question(chosen.filter, bool(state.get("process-moves")), bool(state.get("process-ended")))


def draw_switches() -> tuple[float, str]:
    """What of the map is shown; gives the least share of orders, and which time stands at the arrows."""
    with st.container(key="process-switches", horizontal=True, vertical_alignment="bottom", gap="medium"):
        st.toggle(
            t("Only what moves an order"), key="process-moves", help=t("Without payments, letters, holds, corrections.")
        )
        st.toggle(t("Only orders that have ended"), key="process-ended", help=t("Delivered, completed or called off."))
        st.session_state.setdefault("process-time", "p50")
        time = st.segmented_control(
            t("Time at the arrows"),
            list(TIME_LABELS),
            format_func=lambda name: t(TIME_LABELS[name]),
            key="process-time",
            required=True,
        )
        least = st.select_slider(
            t("Leave out what fewer orders did than"),
            RARE,
            value=DEFAULT_RARE,
            format_func=lambda share: format_rate(share, 1) if share else t("show everything"),
            key="process-rare",
            width=260,
        )
    return float(least), str(time or "p50")


def said_of(found: ProcessMap, chosen: kpi.Chosen) -> str:
    """What the map is of."""
    first, last = (format_day(day_text(day)) for day in (chosen.filter.from_day, chosen.filter.to_day))
    said = t(
        "{n} orders received from {first} to {last}: {facts} facts, {ways} different ways.",
        n=format_int(found.orders_count),
        first=first,
        last=last,
        facts=format_int(found.facts_count),
        ways=format_int(found.variants_count),
    )
    if found.is_sample:
        said += " " + t(
            "An even sample: there are {all} orders, and counts are those of the sample.",
            all=format_int(found.all_count),
        )
    return said


def take_press(drawn: Drawn) -> None:
    """Keeps in the address which box or arrow was pressed."""
    points = st.session_state["process-plot"]["selection"]["points"]
    if points and (key := drawn.key_of(points[0]["curve_number"], points[0]["point_index"])):
        st.query_params[ROWS] = key


def draw_map(found: ProcessMap, least: float, time: str, way: Sequence[str]) -> None:
    """The boxes and arrows."""
    activities, steps = visible(found.activities, found.steps, least, found.orders_count)
    drawn = process_figure(activities, steps, found.orders_count, dark=kpi.is_dark(), share=time, way=way)
    st.plotly_chart(
        drawable(drawn.chart),
        theme=None,
        config=dict(CONFIG),
        key="process-plot",
        on_select=lambda: take_press(drawn),
        selection_mode="points",
        alt=t("Process map: the same steps stand in the table beside it"),
    )
    hidden = len(found.steps) - len(steps)
    if hidden:
        st.caption(t("{n} rare steps are left out; the slider brings them back.", n=format_int(hidden)))


def take_row(key: str, chosen: str | None) -> None:
    """Keeps in the address which row of a table was pressed; one that stayed pressed says nothing new."""
    state = st.session_state
    if chosen is not None and state.get(f"_{key}-pressed") != chosen:
        st.query_params[ROWS] = chosen
    state[f"_{key}-pressed"] = chosen


def draw_tables(found: ProcessMap, question: Question) -> None:
    """Steps, ways or deviations, as a table and as a file."""
    st.session_state.setdefault("process-view", "steps")
    with st.container(key="process-view-tools", horizontal=True, vertical_alignment="bottom", gap="small"):
        view = st.segmented_control(
            t("Table"),
            list(VIEW_LABELS),
            format_func=lambda name: t(VIEW_LABELS[name]),
            key="process-view",
            required=True,
            label_visibility="collapsed",
        )
        view = str(view or "steps")
        st.download_button(
            t("Download as CSV"),
            data=page.reading(process_rows.file_of, question, view),
            file_name=f"orderly-process-{view}.csv",
            mime="text/csv",
            icon=":material/download:",
            on_click="ignore",
        )
    rows: list[dict[str, Any]]
    columns: list[Column]
    if view == "ways":
        rows, columns = process_rows.way_rows(found.variants), process_rows.way_columns()
        st.caption(t("The ways that most orders went, of {n}.", n=format_int(found.variants_count)))
    elif view == "deviations":
        rows, columns = process_rows.deviation_rows(found), process_rows.deviation_columns()
        st.caption(t("What the declared machine doesn't foresee, steps that were left out, and work done again."))
    else:
        rows, columns = process_rows.step_rows(found), process_rows.step_columns()
        st.caption(t("Which fact directly followed which, and how long after."))
    if rows:
        take_row(view, table(rows, columns, key=f"process-{view}", id_key="id", height=TABLE_HEIGHT))
    else:
        st.success(t("Every order kept to the declared machine, and nothing was done twice."), icon=":material/check:")


def close_list() -> None:
    """No list of orders any more."""
    st.query_params.pop(ROWS, None)


def draw_orders(question: Question, known: Places, key: str) -> tuple[str, ...]:
    """The orders behind what was pressed; gives the way they went, where it is one."""
    found = page.read(process_rows.behind, question, key)
    if found is None:
        st.caption(f":material/info: {safe(t('The address names something that is not on this map.'))}")
        return ()
    with st.container(border=True, key="panel-process-orders"):
        section(found.title, process_rows.counted(len(set(found.ids))))
        if found.path:
            st.caption(safe(" → ".join(fact_name(kind) for kind in found.path)))
        with st.container(horizontal=True, gap="small", key="process-order-tools"):
            st.download_button(
                t("Download these orders"),
                data=page.reading(process_rows.orders_file, question, key),
                file_name="orderly-process-orders.csv",
                mime="text/csv",
                icon=":material/download:",
                disabled=not found.ids,
                on_click="ignore",
            )
            st.button(t("Close the list"), on_click=close_list, icon=":material/close:")
        rows = page.read(process_rows.order_rows, found, known)
        columns = process_rows.order_columns(found)
        order_id = table(rows, columns, key="process-orders", id_key="id", height=TABLE_HEIGHT)
        if order_id is not None:
            st.switch_page(page_named("order").path, query_params={"id": str(order_id)})
    return found.path


def draw_process(known: Places) -> None:
    """The page where there are orders."""
    chosen = chosen_now(known)
    draw_filter("process", chosen, known)
    for note in chosen.notes:
        st.caption(f":material/info: {safe(note)}")
    least, time = draw_switches()
    question = question_of(chosen)
    found = page.read(process_map, question)
    st.caption(safe(said_of(found, chosen)))
    if not found.orders_count:
        empty(t("No orders"), t("No order came in then. Choose another period."), key="process", icon="search_off")
        return
    left, right = st.columns([3, 2], gap="medium")
    with right:
        with st.container(border=True, key="panel-process-tables"):
            draw_tables(found, question)
        key = st.query_params.get(ROWS, "")
        way = draw_orders(question, known, key) if key else ()
    with left, st.container(border=True, key="panel-process-map"):
        draw_map(found, least, time, way)


heading(t("Process map"), t("What orders really went through, by the log"), "account_tree")
kpi.bring_up_to_date()
places_now = page.read(places)
if places_now.is_empty:
    empty(
        t("No orders yet"), t("As soon as orders come in, their way is drawn here."), key="process", icon="account_tree"
    )
else:
    draw_process(places_now)
