"""The upper half of the live board: figures with their definitions, the pipeline, and what needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import CLOSED, Status
from core.metrics.board import KPIS, Board, Places
from core.metrics.kpi import Figure, Kpi
from core.ui.i18n import format_int, format_number, format_rate, t
from core.ui.kpi import change_is_good, change_text, dates_of, places_of, value_text
from core.ui.safe import safe
from core.ui.targets import page_target

ROWS_PAGE = "order_list"
_TONES: Mapping[Status, str] = MappingProxyType(
    {Status.EXCEPTION: "red", Status.BACKORDERED: "orange", Status.PARTLY_ALLOCATED: "orange"}
)


def rows_query(board: Board, known: Places, row_set: str, **more: str) -> dict[str, str]:
    """The address of the rows behind a figure of this board."""
    return {"rows": row_set, **dates_of(board.wanted), **places_of(board.wanted, known), **more}


def can_compare(board: Board, known: Places) -> bool:
    """Whether the period before lies wholly within the time that there are orders of."""
    return known.first_day is not None and known.first_day <= board.wanted.before().from_day


def title(text: str, lead: str) -> None:
    """The title of a part of the board and what it shows. Why: one element, where a heading and a caption are two."""
    st.markdown(f"#### {safe(text)}\n\n{safe(lead)}")


def _tile(
    label: str, value: str, definition: str, target: str, query: Mapping[str, str], *, tone: str = "", mark: str = ""
) -> None:
    """A figure with its definition, all of it a link to its rows.

    Why: a board of a hundred people is drawn a hundred times; as one element a card costs a quarter of what it does
    as a container, a metric, a caption and a link. The style sheet sets its parts apart.
    """
    figure = f":{tone}[**{safe(value)}**]" if tone else f"**{safe(value)}**"
    st.page_link(
        page_target(target),
        label=f"{safe(label)} {figure}{mark} *{safe(definition)}*",
        query_params=dict(query),
        width="stretch",
        help="",
    )


def draw_kpis(board: Board, known: Places) -> None:
    """Every KPI with its change, its definition, the cases it rests on, and the way to its rows."""
    fair = can_compare(board, known)
    with st.container(key="kpis"):
        for kpi in KPIS:
            figure = board.figures[kpi.key]
            _tile(
                t(kpi.label),
                value_text(kpi, figure.value),
                _definition(kpi, figure.n),
                ROWS_PAGE,
                rows_query(board, known, kpi.rows),
                mark=_change(kpi, figure) if fair else "",
            )


def _definition(kpi: Kpi, n: int) -> str:
    said = t(kpi.definition)
    return said if kpi.unit == "count" else f"{said} n\u00a0=\u00a0{format_int(n)}"


def _change(kpi: Kpi, figure: Figure) -> str:
    """The change against the period before as a badge: green where it is welcome, red where it isn't."""
    if (change := change_text(kpi, figure)) is None:
        return ""
    good = change_is_good(kpi, figure)
    colour = "gray" if good is None else "green" if good else "red"
    arrow = {"+": "↑ ", "−": "↓ "}.get(change[:1], "")
    return f" :{colour}-badge[{arrow}{safe(change)}]"


def draw_attention(board: Board, known: Places) -> None:
    """What somebody should look at now, whatever the period."""
    risk = board.at_risk
    risk_said = t(
        "Open, the promise still ahead, and at least half of this lane's parcels that were on their way as long came"
        " too late. {n} orders judged; {expected} are expected to be late.",
        n=format_int(risk.judged_n - risk.unknown_n),
        expected=format_number(risk.expected_late, 1),
    )
    waiting = sum(stage.n + stage.older_n for stage in board.pipeline if stage.status == Status.EXCEPTION)
    stopped = rows_query(board, known, "open", status=Status.EXCEPTION.value)
    with st.container(key="attention"):
        for label, n, definition, tone, target, query in (
            (t("At risk"), risk.at_risk_n, risk_said, "orange", ROWS_PAGE, rows_query(board, known, "at_risk")),
            (
                t("Overdue"),
                board.overdue_count,
                t("Open, and the promised moment has passed."),
                "red",
                ROWS_PAGE,
                rows_query(board, known, "overdue"),
            ),
            (
                t("Waiting for a decision"),
                waiting,
                t("Stopped by the automatic review: a clerk has to correct them or let them pass."),
                "orange",
                ROWS_PAGE,
                stopped,
            ),
            (
                t("Below threshold"),
                len(board.low_stock),
                t("Articles of a warehouse with fewer units available, over all lots, than their threshold."),
                "orange",
                "stock_alerts",
                places_of(board.wanted, known) | {"show": "low"},
            ),
        ):
            _tile(label, format_int(n), definition, target, query, tone=tone if n else "green")


def draw_pipeline(board: Board, known: Places) -> None:
    """Where the orders stand, in the order of the work; each stage opens its orders."""
    title(
        t("Pipeline"),
        t("Orders received in the period by where they stand now, and below what became of the others"),
    )
    every = board.figures["orders"].n
    stages = {Status(stage.status): stage for stage in board.pipeline}
    with st.container(key="pipeline"):
        for status, stage in stages.items():
            if status not in CLOSED:
                tone = _TONES.get(status, "") if stage.n else "gray"
                figure = f"**{safe(format_int(stage.n))}**"
                _stage_link(board, known, status, f":{tone}[{figure}]" if tone else figure, "")
    with st.container(key="ended", horizontal=True, gap="medium"):
        for status, stage in stages.items():
            if status in CLOSED:
                part = format_rate(stage.n / every, 1) if every else "–"
                _stage_link(board, known, status, f"**{safe(format_int(stage.n))}**", f" · {safe(part)}")
        if older := sum(stage.older_n for stage in board.pipeline):
            st.page_link(
                page_target(ROWS_PAGE),
                label=f":orange[**{safe(format_int(older))}**] {safe(t('still open from before the period'))}",
                query_params=rows_query(board, known, "older"),
                width="stretch",
                help="",
            )


def _stage_link(board: Board, known: Places, status: Status, figure: str, more: str) -> None:
    st.page_link(
        page_target(ROWS_PAGE),
        label=f"{figure} {safe(t(label_of(status)))}{more}",
        query_params=rows_query(board, known, "received", status=status.value),
        width="stretch",
        help="",
    )
