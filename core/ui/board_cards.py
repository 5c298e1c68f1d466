"""The upper half of the live board: figures with their definitions, the pipeline, and what needs attention."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import CLOSED, Status
from core.metrics.board import KPIS, Board, Places
from core.metrics.kpi import Kpi
from core.metrics.orders import Stage
from core.ui.cards import Tone, metric_card, section
from core.ui.i18n import format_int, format_number, format_rate, t
from core.ui.kpi import change_is_good, change_text, dates_of, places_of, value_text
from core.ui.safe import safe
from core.ui.targets import page_target

ROWS_PAGE = "order_list"
_TONES: Mapping[Status, str] = MappingProxyType({Status.EXCEPTION: "bad", Status.BACKORDERED: "warn"})


def rows_query(board: Board, known: Places, row_set: str, **more: str) -> dict[str, str]:
    """The address of the rows behind a figure of this board."""
    return {"rows": row_set, **dates_of(board.wanted), **places_of(board.wanted, known), **more}


def can_compare(board: Board, known: Places) -> bool:
    """Whether the period before lies wholly within the time that there are orders of."""
    return known.first_day is not None and known.first_day <= board.wanted.before().from_day


def draw_kpis(board: Board, known: Places) -> None:
    """Every KPI with its change, its definition, the cases it rests on, and the way to its rows."""
    fair = can_compare(board, known)
    with st.container(key="kpis"):
        for kpi in KPIS:
            figure = board.figures[kpi.key]
            metric_card(
                t(kpi.label),
                value_text(kpi, figure.value),
                definition=_definition(kpi, figure.n),
                key=kpi.key,
                delta=change_text(kpi, figure) if fair else None,
                delta_good=change_is_good(kpi, figure) if fair else None,
                rows=ROWS_PAGE,
                rows_params=rows_query(board, known, kpi.rows),
            )


def _definition(kpi: Kpi, n: int) -> str:
    said = t(kpi.definition)
    return said if kpi.unit == "count" else f"{said} n\u00a0=\u00a0{format_int(n)}"


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
    cards: tuple[tuple[str, str, int, str, Tone, str | None], ...] = (
        ("at_risk", t("At risk"), risk.at_risk_n, risk_said, "warn", "at_risk"),
        (
            "overdue",
            t("Overdue"),
            board.overdue_count,
            t("Open, and the promised moment has passed."),
            "bad",
            "overdue",
        ),
        (
            "waiting",
            t("Waiting for a decision"),
            waiting,
            t("Stopped by the automatic review: a clerk has to correct them or let them pass."),
            "warn",
            "open",
        ),
        (
            "low",
            t("Below threshold"),
            len(board.low_stock),
            t("Articles of a warehouse with fewer units available, over all lots, than their threshold."),
            "warn",
            None,
        ),
    )
    with st.container(key="attention"):
        for key, label, n, definition, tone, row_set in cards:
            more = {"status": Status.EXCEPTION.value} if key == "waiting" else {}
            metric_card(
                label,
                format_int(n),
                definition=definition,
                key=key,
                tone=tone if n else "good",
                rows=ROWS_PAGE if row_set else "low_stock",
                rows_params=rows_query(board, known, row_set, **more) if row_set else places_of(board.wanted, known),
            )


def draw_pipeline(board: Board, known: Places) -> None:
    """Where the orders stand, in the order of the work; each stage opens its orders."""
    section(
        t("Pipeline"),
        t("Orders received in the period by where they stand now; “from before” are open ones received earlier."),
    )
    stages = {Status(stage.status): stage for stage in board.pipeline}
    with st.container(key="pipeline"):
        for status, stage in stages.items():
            if status not in CLOSED:
                _draw_stage(board, known, status, stage)
    ended = [(status, stage) for status, stage in stages.items() if status in CLOSED]
    every = board.figures["orders"].n
    with st.container(key="ended", horizontal=True, gap="medium"):
        for status, stage in ended:
            part = format_rate(stage.n / every, 1) if every else "–"
            st.page_link(
                page_target(ROWS_PAGE),
                label=f"{safe(t(label_of(status)))} **{safe(format_int(stage.n))}** · {safe(part)}",
                query_params=rows_query(board, known, "received", status=status.value),
                width="stretch",
            )


def _draw_stage(board: Board, known: Places, status: Status, stage: Stage) -> None:
    tone = _TONES.get(status, "plain") if stage.n + stage.older_n else "none"
    with st.container(key=f"stage-{tone}-{status.value}", gap=None):
        st.page_link(
            page_target(ROWS_PAGE),
            label=f"**{safe(format_int(stage.n))}** {safe(t(label_of(status)))}",
            width="stretch",
            query_params=rows_query(board, known, "received", status=status.value),
        )
        if stage.older_n:
            st.page_link(
                page_target(ROWS_PAGE),
                label=safe(t("{n} from before", n=format_int(stage.older_n))),
                query_params=rows_query(board, known, "older", status=status.value),
            )
