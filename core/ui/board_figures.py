"""The lower half of the live board: figures over time, lead times, age, risk, stock and money."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import Reason, Status
from core.metrics.board import Board, Places
from core.metrics.delivery import STAGE_DEFINITION_LABELS, STAGE_LABELS
from core.metrics.filters import Filter, day_text
from core.metrics.stock import LowStock
from core.ui import charts
from core.ui.board_cards import ROWS_PAGE, rows_query, title
from core.ui.i18n import format_int, format_number, format_rate, language, t
from core.ui.kpi import is_dark, place_name, places_of
from core.ui.rich import grid
from core.ui.safe import safe
from core.ui.targets import page_target

LONGEST_BY_DAY, LONGEST_BY_WEEK = 62, 400
STEP_LABELS = {"day": "per day", "week": "per week, from Monday", "month": "per month"}
CATCHING_UP = 1_000  # events the cells lack from which on figures aren't kept still
SHOWN_AT_MOST = 8  # rows of a list on the board; more are a click away


@dataclass(frozen=True, slots=True)
class Bars:
    """The bars that a period is shown in. Shape: the first and last day of each bar, within the period."""

    step: str
    spans: tuple[tuple[int, int], ...]
    place_of: dict[int, int]

    @property
    def labels(self) -> list[str]:
        """The first day of each bar, as charts take it."""
        return [day_text(first) for first, _ in self.spans]


def bars_of(wanted: Filter) -> Bars:
    """Days, weeks from Monday, or months, so that no figure has more than some sixty bars."""
    step = "day" if wanted.days_count <= LONGEST_BY_DAY else "week" if wanted.days_count <= LONGEST_BY_WEEK else "month"
    spans: list[tuple[int, int]] = []
    place_of: dict[int, int] = {}
    known: object = None
    for day in range(wanted.from_day, wanted.to_day + 1):
        # 1970-01-01 was a Thursday.
        name: object = day if step == "day" else (day + 3) // 7 if step == "week" else day_text(day)[:7]
        if name != known:
            spans.append((day, day))
            known = name
        spans[-1] = (spans[-1][0], day)
        place_of[day] = len(spans) - 1
    return Bars(step, tuple(spans), place_of)


def _steady(board: Board, chart: charts.Chart, key: str) -> charts.Chart:
    """The figure as it was first drawn in this minute.

    Why: Streamlit puts a figure in anew whenever a value in it changes, under the reader's pointer. While orders stream
    in, figures are kept as they are for a minute; the cards and the pipeline follow every order.
    """
    kept: dict[str, tuple[object, charts.Chart]] = st.session_state.setdefault("_steady", {})
    of = (board.wanted, board.now, is_dark(), language())
    if kept.get(key, (None, {}))[0] != of or board.behind_count > CATCHING_UP:
        kept[key] = (of, chart)
    return kept[key][1]


def _plot(board: Board, chart: charts.Chart, key: str, alt: str) -> dict[str, Any] | None:
    """Draws a figure whose points can be pressed; gives the pressed one (x, y, curve_number, key), or None."""
    drawn = _steady(board, chart, key)
    state = st.plotly_chart(
        charts.drawable(drawn),
        theme=None,
        config=dict(charts.CONFIG),
        key=key,
        on_select="rerun",
        selection_mode="points",
        alt=alt,
    )
    points = state["selection"]["points"]
    if not points or points[0]["curve_number"] >= len(drawn["data"]):
        return None
    keys = drawn["data"][points[0]["curve_number"]].get("customdata") or [""]
    return {**points[0], "key": keys[0]}


def _show(board: Board, chart: charts.Chart, key: str, alt: str) -> None:
    drawn = charts.drawable(_steady(board, chart, key))
    st.plotly_chart(drawn, theme=None, config=dict(charts.CONFIG), key=key, alt=alt)


def _open(board: Board, known: Places, row_set: str, **more: str) -> None:
    st.switch_page(page_target(ROWS_PAGE), query_params=rows_query(board, known, row_set, **more))


def draw_daily(board: Board, known: Places) -> None:
    """Orders and revenue over time, by channel."""
    bars = bars_of(board.wanted)
    names = {place.code: place_name(place) for place in known.channels}
    order = {code: number for number, code in enumerate(names)}  # a channel keeps its colour whatever it sells
    orders, revenue = [], []
    for code, days in sorted(board.daily.channels.items(), key=lambda item: order.get(item[0], len(order))):
        counts, cents = [0] * len(bars.spans), [0] * len(bars.spans)
        for day, (n, value) in days.items():
            counts[bars.place_of[day]] += n
            cents[bars.place_of[day]] += value
        name = names.get(code, code) or t("All channels")
        orders.append(charts.Series(code, name, counts))
        revenue.append(charts.Series(code, name, [value / 100 for value in cents]))
    left, right = st.columns(2, gap="small")
    figures = (
        (left, "orders", t("Orders"), t("Received, by channel"), orders, False),
        (right, "revenue", t("Revenue"), t("In CNY, by channel, without cancelled and expired orders"), revenue, True),
    )
    for place, key, name, lead, series, money in figures:
        with place, st.container(border=True, key=f"figure-{key}", height="stretch"):
            title(name, f"{lead}, {t(STEP_LABELS[bars.step])}")
            if not series:
                st.caption(t("No order came in then."))
                continue
            chart = charts.stacked(bars.labels, bars.step, series, dark=is_dark(), money=money)
            if (point := _plot(board, chart, f"plot-{key}", name)) is not None:
                first, last = bars.spans[bars.labels.index(str(point["x"])[:10])]
                more = {"from": day_text(first), "to": day_text(last)}
                if point["key"]:
                    more["channel"] = point["key"]
                _open(board, known, "received" if key == "orders" else "kept", **more)


def draw_delivery(board: Board, known: Places) -> None:
    """On time or not, over time; and how long each stage takes."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="figure-on-time", height="stretch"):
        _draw_on_time(board, known)
    with right, st.container(border=True, key="figure-lead", height="stretch"):
        _draw_leads(board, known)


def _draw_on_time(board: Board, known: Places) -> None:
    bars = bars_of(board.wanted)
    title(t("On time"), f"{t('By the day of delivery')}, {t(STEP_LABELS[bars.step])}")
    promised, by_time, by_date = ([0] * len(bars.spans) for _ in range(3))
    for day in board.on_time_daily:
        promised[bars.place_of[day.day]] += day.promised_n
        by_time[bars.place_of[day.day]] += day.late_by_time_n
        by_date[bars.place_of[day.day]] += day.late_by_date_n
    rates = [[1 - one / n if n else None for one, n in zip(late, promised, strict=True)] for late in (by_time, by_date)]
    if not any(promised):
        st.caption(t("Nothing with a promise was delivered then."))
        return
    chart = charts.on_time(bars.labels, bars.step, rates[0], rates[1], promised, dark=is_dark())
    if (point := _plot(board, chart, "plot-on-time", t("On time"))) is not None:
        first, last = bars.spans[bars.labels.index(str(point["x"])[:10])]
        row_set = ("delivered", "late_by_time", "late_by_date")[point["curve_number"]]
        _open(board, known, row_set, **{"from": day_text(first), "to": day_text(last)})
    st.caption(t("A line's point opens the late ones, a bar all deliveries. Undelivered orders are in neither."))


def _draw_leads(board: Board, known: Places) -> None:
    title(t("Lead times"), t("Median, and what nine of ten and nineteen of twenty stay below"))
    told = [lead for lead in board.leads if lead.p50 is not None]
    if told:
        ranges = [
            charts.Range(t(STAGE_LABELS[lead.stage]), lead.p50 or 0, lead.p90 or 0, lead.p95 or 0) for lead in told
        ]
        _show(board, charts.spreads(ranges, dark=is_dark()), "plot-lead", t("Lead times"))
    elif any(lead.n for lead in board.leads):
        st.caption(t("Percentiles come with one filter at most; the exact ones stand above the rows of each stage."))
    rows = [
        [
            t(STAGE_LABELS[lead.stage]),
            *("–" if value is None else format_number(value, 2) for value in (lead.p50, lead.p90, lead.p95, lead.mean)),
            format_int(lead.n),
        ]
        for lead in board.leads
    ]
    heads = (t("Stage, in days"), "P50", "P90", "P95", t("Mean"), "n")
    st.markdown(grid(heads, rows))
    with st.container(key="lead-rows", horizontal=True, gap="small"):
        for stage, row_set in (
            ("total", "delivered"),
            ("confirm", "confirmed"),
            ("handover", "handed_over"),
            ("transit", "delivered"),
        ):
            st.page_link(
                page_target(ROWS_PAGE),
                label=safe(t(STAGE_LABELS[stage])),
                icon=":material/table_rows:",
                query_params=rows_query(board, known, row_set, stage=stage),
                help=t(STAGE_DEFINITION_LABELS[stage]),
            )
    st.caption(t("Percentiles are read from buckets and at most 2.5% off; the mean is exact."))


def age_name(low: int, high: int | None) -> str:
    """A class of age in words."""
    if high is None:
        return t("{low} days and more", low=low)
    if low == 0:
        return t("today")
    if (low, high) == (1, 1):
        return t("yesterday")
    return t("{low} days", low=low) if low == high else t("{low} to {high} days", low=low, high=high)


def draw_open(board: Board, known: Places) -> None:
    """Open orders by age, and those that will probably come late."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="figure-ages", height="stretch"):
        title(
            t("Open orders by age"),
            t("Calendar days since they were received; all that are open now, whatever the period"),
        )
        classes = [age_name(age.from_days, age.to_days) for age in board.ages]
        statuses = [status for status in Status if any(status.value in age.by_status for age in board.ages)]
        series = [
            charts.Series(status.value, t(label_of(status)), [age.by_status.get(status.value, 0) for age in board.ages])
            for status in statuses
        ]
        if not series:
            st.caption(t("Nothing is open."))
        elif (
            point := _plot(board, charts.ages(classes, series, dark=is_dark()), "plot-ages", t("Open orders by age"))
        ) is not None:
            age = board.ages[classes.index(point["y"])]
            first = "1970-01-01" if age.to_days is None else day_text(board.today - age.to_days)
            last = day_text(board.today - age.from_days)
            _open(board, known, "open_in", **{"from": first, "to": last, "status": point["key"]})
    with right, st.container(border=True, key="figure-risk", height="stretch"):
        _draw_risk(board, known)


def _draw_risk(board: Board, known: Places) -> None:
    title(
        t("At risk"),
        t("Share of the lane's past parcels, on their way as long, that took longer than this one still may"),
    )
    risk = board.at_risk
    if not risk.orders:
        st.caption(t("No open order is more likely late than not."))
    else:
        for order in risk.orders[: len(risk.numbers)]:
            where = t("on the road") if order.on_the_road else t("in the house")
            left = t("promised in {n} h", n=format_number((order.promised_at - board.now) / 3_600, 1))
            st.page_link(
                page_target("order"),
                label=f"**{safe(format_rate(order.risk, 0))}** {safe(risk.numbers[order.order_id])} · "
                + f"{safe(left)} · {safe(where)}",
                query_params={"id": str(order.order_id)},
                width="stretch",
                help="",
            )
        st.page_link(
            page_target(ROWS_PAGE),
            label=t("All {n} at risk", n=format_int(risk.at_risk_n)),
            icon=":material/table_rows:",
            query_params=rows_query(board, known, "at_risk"),
            width="stretch",
            help="",
        )
    if risk.unknown_n:
        st.caption(t("{n} open orders can't be judged: fewer than 50 past parcels.", n=format_int(risk.unknown_n)))
    _draw_back_test(board)


def _draw_back_test(board: Board) -> None:
    names = {"total": t("when an order comes in"), "transit": t("when a parcel is handed over")}
    told = [(model, test) for model, test in board.back_tests.items() if test is not None]
    if not told:
        st.caption(t("No back-test yet: it needs parcels of two months."))
        return
    for model, test in told:
        st.caption(
            safe(
                t(
                    "Back-test, judged {when}: n = {n}, Brier score {brier} (always saying {rate}: {flat}).",
                    when=names[model],
                    n=format_int(test.n),
                    brier=format_number(test.brier, 3),
                    rate=format_rate(test.late_rate, 1),
                    flat=format_number(test.brier_flat, 3),
                )
            )
        )
    # A closed expander would still draw its figures in every run.
    if not st.toggle(t("Show how good these predictions are"), key="board-back-test"):
        return
    for model, test in told:
        chart = charts.calibration(
            [decile.predicted for decile in test.deciles],
            [decile.late_rate for decile in test.deciles],
            [decile.n for decile in test.deciles],
            dark=is_dark(),
        )
        st.caption(safe(t("Judged {when}", when=names[model])))
        _show(board, chart, f"plot-{model}", t("Predicted risk and what happened"))
    st.caption(
        t(
            "Parcels of the last months, each predicted from the three months before it alone. Points on the line"
            " are right; the lower the Brier score, the better (0 is perfect)."
        )
    )


def draw_stock_and_money(board: Board, known: Places) -> None:
    """What runs low, why orders were stopped, and payments by currency."""
    left, right = st.columns(2, gap="small")
    with left, st.container(border=True, key="figure-low", height="stretch"):
        title(t("Stock below threshold"), t("Available units over all lots; the emptiest first"))
        heads = (t("Article"), t("Warehouse"), t("Available"), t("Threshold"))
        rows = [_low_row(low) for low in board.low_stock[:SHOWN_AT_MOST]]
        if rows:
            st.markdown(grid(heads, rows))
        else:
            st.caption(t("Everything is above its threshold."))
        if len(board.low_stock) > SHOWN_AT_MOST:
            st.page_link(
                page_target("stock_alerts"),
                label=t("All {n} below threshold", n=format_int(len(board.low_stock))),
                icon=":material/table_rows:",
                query_params=places_of(board.wanted, known) | {"show": "low"},
                width="stretch",
                help="",
            )
    with right, st.container(border=True, key="figure-stops", height="stretch"):
        title(t("Stopped by the review"), t("By reason: waiting now, and stops in the period"))
        for stop in sorted(board.stops, key=lambda stop: (-stop.waiting_n, -stop.stopped_n)):
            st.page_link(
                page_target(ROWS_PAGE),
                label=f"**{safe(format_int(stop.waiting_n))}** {safe(t(label_of(Reason(stop.reason))))} · "
                + safe(t("{n} in the period", n=format_int(stop.stopped_n))),
                query_params=rows_query(board, known, "open", reason=stop.reason),
                width="stretch",
                help="",
            )
    with st.container(border=True, key="figure-money"):
        title(t("Payments by currency"), t("By the day they came; gross order value is before cancellations"))
        _draw_money(board)


def _low_row(low: LowStock) -> list[str]:
    name = low.name_zh if language() == "zh" else low.name_en
    return [name, low.warehouse, format_int(low.available), format_int(low.threshold)]


def _draw_money(board: Board) -> None:
    found = board.currencies
    rows = [
        [
            currency,
            format_number(found.paid[currency].value / 100, 2) if currency in found.paid else "0.00",
            format_int(found.paid[currency].n) if currency in found.paid else "0",
            format_number(found.gross[currency].value / 100, 2) if currency in found.gross else "0.00",
        ]
        for currency in sorted({*found.paid, *found.gross})
    ]
    if rows:
        st.markdown(grid((t("Currency"), t("Paid"), t("Payments"), t("Gross order value")), rows))
    else:
        st.caption(t("No payment came in the period."))
    if board.wanted.warehouse is not None or board.wanted.region is not None:
        st.caption(t("Payments know their channel only; warehouse and region don't narrow them down."))
