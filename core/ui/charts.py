"""Figures as plain dicts that plotly draws: small, calm, right in light and dark, and without knowing Streamlit."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from core.ui.i18n import language, t

Chart = dict[str, Any]
CONFIG: Mapping[str, Any] = {"displayModeBar": False, "responsive": True, "scrollZoom": False}

_FONT = "Inter, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    """The colours of a theme; `series` are told apart by people who see colours differently, in this order."""

    ink: str
    soft: str
    line: str
    card: str
    good: str
    warn: str
    bad: str
    series: tuple[str, ...]


LIGHT = Palette(
    ink="#14213D",
    soft="#5C6577",
    line="#E4E6E1",
    card="#FFFFFF",
    good="#0E8A7D",
    warn="#E09F3E",
    bad="#C44536",
    series=("#0E8A7D", "#2F5D9B", "#E09F3E", "#6B4FA0", "#A9B4C2", "#8C5A2B", "#5FB49C", "#C44536"),
)
DARK = Palette(
    ink="#E6EAF2",
    soft="#9AA6B8",
    line="#263245",
    card="#18212F",
    good="#2BB5A5",
    warn="#F0C268",
    bad="#E2705F",
    series=("#2BB5A5", "#7FA8E0", "#F0C268", "#A98FDB", "#66758C", "#C79A6B", "#7FD6B8", "#E2705F"),
)


def drawable(chart: Chart) -> Any:
    """A figure for plotly that is the dict and nothing else.

    Why: plotly checks and copies every value of a dict it is given, which takes fifty times as long as writing it out;
    these dicts are made here and held by tests.
    """
    return _as_it_is()(chart)


@lru_cache(maxsize=1)
def _as_it_is() -> Callable[[Chart], Any]:
    from plotly.basedatatypes import BaseFigure

    class AsItIs(BaseFigure):
        def __init__(self, chart: Chart) -> None:
            self._chart = chart

        def to_dict(self) -> Chart:
            return self._chart

    return AsItIs


def palette(dark: bool) -> Palette:
    """The colours for a dark or a light page."""
    return DARK if dark else LIGHT


def layout(colours: Palette, height: int, **more: Any) -> Chart:
    """What every figure has in common: no frame, thin lines, figures aligned, room for nothing that isn't needed."""
    axis = {
        "gridcolor": colours.line,
        "zerolinecolor": colours.line,
        "linecolor": colours.line,
        "tickfont": {"color": colours.soft, "size": 12},
        "fixedrange": True,
        "automargin": True,
    }
    whole: Chart = {
        "height": height,
        "margin": {"l": 8, "r": 8, "t": 8, "b": 8},
        "paper_bgcolor": "rgba(0,0,0,0)",
        "plot_bgcolor": "rgba(0,0,0,0)",
        "font": {"family": _FONT, "size": 13, "color": colours.ink},
        "hoverlabel": {
            "bgcolor": colours.card,
            "bordercolor": colours.line,
            "font": {"family": _FONT, "size": 13, "color": colours.ink},
            "align": "left",
        },
        "legend": {
            "orientation": "h",
            "x": 0,
            "y": 1.02,
            "yanchor": "bottom",
            "font": {"color": colours.soft, "size": 12},
            "traceorder": "normal",
            "itemclick": False,
            "itemdoubleclick": False,
        },
        "xaxis": {**axis, "showgrid": False},
        "yaxis": {**axis, "rangemode": "tozero", "nticks": 5},
        "bargap": 0.25,
        "dragmode": False,
        "separators": ".,",
    }
    for name, value in more.items():
        whole[name] = {**whole[name], **value} if isinstance(whole.get(name), dict) else value
    return whole


def _day_axis(step: str) -> Chart:
    """How days, weeks and months are written along an axis."""
    if step == "month":
        return {"type": "date", "tickformat": "%Y-%m", "hoverformat": "%Y-%m", "nticks": 8}
    short = "%-m月%-d日" if language() == "zh" else "%b %-d"
    return {"type": "date", "tickformat": short, "hoverformat": "%Y-%m-%d", "nticks": 8}


@dataclass(frozen=True, slots=True)
class Series:
    """One line or set of bars. `key` comes back when a bar is pressed. Shape: as many values as the figure has days."""

    key: str
    name: str
    values: Sequence[float]


def stacked(days: Sequence[str], step: str, series: Sequence[Series], *, dark: bool, money: bool = False) -> Chart:
    """Bars per day, week or month, one colour per series. Shape: `days` are `YYYY-MM-DD`, the first of each bar."""
    colours = palette(dark)
    shown = "%{y:,.0f}"
    traces = [
        {
            "type": "bar",
            "name": one.name,
            "x": list(days),
            "y": list(one.values),
            "customdata": [one.key] * len(days),
            "marker": {"color": colours.series[number % len(colours.series)], "line": {"width": 0}},
            "hovertemplate": f"%{{x}}<br>{literal(one.name)}: {shown}<extra></extra>",
        }
        for number, one in enumerate(series)
    ]
    more: Chart = {
        "barmode": "stack",
        "hovermode": "closest",
        "showlegend": len(series) > 1,
        "xaxis": _day_axis(step),
        "yaxis": {"tickformat": "~s" if money else ",d"},
    }
    return {"data": traces, "layout": layout(colours, 280, **more)}


def on_time(
    days: Sequence[str],
    step: str,
    by_time: Sequence[float | None],
    by_date: Sequence[float | None],
    counts: Sequence[int],
    *,
    dark: bool,
) -> Chart:
    """Two rates over the deliveries they rest on. Units: rates 0..1, None where nothing was delivered."""
    colours = palette(dark)
    bars = {
        "type": "bar",
        "name": t("Deliveries with a promise"),
        "x": list(days),
        "y": list(counts),
        "yaxis": "y2",
        "marker": {"color": colours.line},
        "hovertemplate": "%{x}<br>%{y:,d} " + literal(t("deliveries")) + "<extra></extra>",
    }
    lines = [
        {
            "type": "scatter",
            "mode": "lines+markers" if len(days) <= 45 else "lines",
            "name": name,
            "x": list(days),
            "y": list(rates),
            "line": {"color": colour, "width": 2, "dash": dash},
            "marker": {"size": 5},
            "hovertemplate": f"%{{x}}<br>{literal(name)}: %{{y:.1%}}<extra></extra>",
            "connectgaps": True,
        }
        for name, rates, colour, dash in (
            (t("On time, to the minute"), by_time, colours.good, "solid"),
            (t("On time, to the day"), by_date, colours.series[1], "dot"),
        )
    ]
    known = [rate for rate in (*by_time, *by_date) if rate is not None]
    floor = max(0.0, min(known, default=0.0) - 0.05)
    more: Chart = {
        "hovermode": "closest",
        "xaxis": _day_axis(step),
        "yaxis": {"tickformat": ".0%", "range": [floor, 1.005], "overlaying": "y2", "side": "left"},
        "yaxis2": {
            "side": "right",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
            "rangemode": "tozero",
            "tickfont": {"color": colours.soft, "size": 12},
            "nticks": 4,
            "tickformat": ",d",
        },
    }
    return {"data": [bars, *lines], "layout": layout(colours, 380, **more)}


@dataclass(frozen=True, slots=True)
class Range:
    """A stage's spread. Units: days."""

    name: str
    p50: float
    p90: float
    p95: float


def spreads(ranges: Sequence[Range], *, dark: bool) -> Chart:
    """For each stage a line from its median to its P95, with P90 on the way; stages from top to bottom."""
    colours = palette(dark)
    names = [one.name for one in ranges]
    line: Chart = {"type": "scatter", "mode": "lines", "x": [], "y": [], "hoverinfo": "skip", "showlegend": False}
    for one in ranges:
        line["x"] += [one.p50, one.p95, None]
        line["y"] += [one.name, one.name, None]
    line["line"] = {"color": colours.line, "width": 8}
    points = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": label,
            "x": values,
            "y": names,
            "marker": {"color": colour, "size": size, "symbol": symbol},
            "hovertemplate": f"{label}: %{{x:.2f}} {literal(t('days'))}<extra>%{{y}}</extra>",
        }
        for label, values, colour, size, symbol in (
            ("P50", [one.p50 for one in ranges], colours.good, 13, "circle"),
            ("P90", [one.p90 for one in ranges], colours.warn, 11, "diamond"),
            ("P95", [one.p95 for one in ranges], colours.bad, 11, "line-ns-open"),
        )
    ]
    more: Chart = {
        "hovermode": "closest",
        "xaxis": {"showgrid": True, "rangemode": "tozero", "ticksuffix": " " + t("d"), "nticks": 6},
        "yaxis": {"autorange": "reversed", "type": "category", "showgrid": False, "nticks": 0, "dtick": 1},
    }
    return {"data": [line, *points], "layout": layout(colours, 60 + 46 * len(ranges), **more)}


def ages(classes: Sequence[str], series: Sequence[Series], *, dark: bool) -> Chart:
    """Open orders by class of age, one colour per status, the youngest on top."""
    colours = palette(dark)
    traces = [
        {
            "type": "bar",
            "orientation": "h",
            "name": one.name,
            "y": list(classes),
            "x": list(one.values),
            "customdata": [one.key] * len(classes),
            "marker": {"color": colours.series[number % len(colours.series)], "line": {"width": 0}},
            "hovertemplate": f"{literal(one.name)}: %{{x:,d}}<extra>%{{y}}</extra>",
        }
        for number, one in enumerate(series)
    ]
    more: Chart = {
        "barmode": "stack",
        "hovermode": "closest",
        "xaxis": {"showgrid": True, "rangemode": "tozero", "tickformat": ",d", "nticks": 6},
        "yaxis": {"autorange": "reversed", "type": "category", "showgrid": False, "nticks": 0, "dtick": 1},
    }
    return {"data": traces, "layout": layout(colours, 110 + 34 * len(classes), **more)}


def pictured(kind: str, names: Sequence[str], series: Sequence[Series], *, dark: bool) -> Chart:
    """A small table as a picture: bars side by side, or lines. Shape: `names` along the axis, as many values each."""
    colours = palette(dark)
    traces: list[Chart] = []
    for number, one in enumerate(series):
        colour = colours.series[number % len(colours.series)]
        trace: Chart = {
            "name": one.name,
            "x": list(names),
            "y": list(one.values),
            "hovertemplate": f"%{{x}}<br>{literal(one.name)}: %{{y}}<extra></extra>",
        }
        if kind == "line":
            trace |= {"type": "scatter", "mode": "lines+markers", "line": {"color": colour, "width": 2}}
        else:
            trace |= {"type": "bar", "marker": {"color": colour, "line": {"width": 0}}}
        traces.append(trace)
    title: Chart = {"standoff": 8, "font": {"size": 12, "color": colours.soft}}
    axis = {"title": {**title, "text": literal(series[0].name)}} if len(series) == 1 else {}
    more: Chart = {
        "hovermode": "closest",
        "barmode": "group",
        "showlegend": len(series) > 1,
        "xaxis": {"type": "category", "autotickangles": [0, 45, 90]},
        "yaxis": axis,
    }
    return {"data": traces, "layout": layout(colours, 260, **more)}


def diagonal(colours: Palette) -> dict[str, Any]:
    """The line along which both axes, from 0 to 1, say the same."""
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [0, 1],
        "y": [0, 1],
        "line": {"color": colours.soft, "width": 1, "dash": "dot"},
        "hoverinfo": "skip",
        "showlegend": False,
    }


def calibration(predicted: Sequence[float], happened: Sequence[float], counts: Sequence[int], *, dark: bool) -> Chart:
    """Predicted risk against what happened, one point per tenth, beside the line where both agree."""
    colours = palette(dark)
    most = max(counts, default=1)
    title: Chart = {"standoff": 8, "font": {"size": 12, "color": colours.soft}}
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": list(predicted),
        "y": list(happened),
        "customdata": list(counts),
        "marker": {"color": colours.good, "size": [8 + 14 * (count / most) ** 0.5 for count in counts]},
        "hovertemplate": literal(t("predicted"))
        + " %{x:.0%}, "
        + literal(t("late"))
        + " %{y:.0%}, n = %{customdata:,d}"
        "<extra></extra>",
        "showlegend": False,
    }
    more: Chart = {
        "hovermode": "closest",
        "xaxis": {"tickformat": ".0%", "range": [-0.03, 1.03], "title": {**title, "text": t("predicted risk")}},
        "yaxis": {"tickformat": ".0%", "range": [-0.03, 1.06], "title": {**title, "text": t("share that was late")}},
    }
    return {"data": [diagonal(colours), points], "layout": layout(colours, 260, **more)}


def heat(
    rows: Sequence[str], columns: Sequence[str], counts: Sequence[Sequence[int]], unit: str, *, dark: bool
) -> Chart:
    """How many of something there are for each pair, the darker the more, with the number in the field.

    Shape: `counts` has one list per row, from top to bottom. `unit` says what is counted.
    """
    colours = palette(dark)
    strong = ",".join(str(int(colours.series[0][at : at + 2], 16)) for at in (1, 3, 5))
    trace = {
        "type": "heatmap",
        "x": list(columns),
        "y": list(rows),
        "z": [[count or None for count in line] for line in counts],
        "text": [[f"{count:,d}" if count else "" for count in line] for line in counts],
        "texttemplate": "%{text}",
        "textfont": {"color": colours.ink, "size": 13},
        "colorscale": [[0, f"rgba({strong},0.08)"], [1, f"rgba({strong},0.6)"]],
        "zmin": 0,
        "showscale": False,
        "xgap": 2,
        "ygap": 2,
        "hoverongaps": False,
        "hovertemplate": f"%{{y}} → %{{x}}<br>%{{z:,d}} {literal(unit)}<extra></extra>",
    }
    more: Chart = {
        "xaxis": {"type": "category", "side": "top", "autotickangles": [0, -45, -90]},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "nticks": 0, "dtick": 1},
    }
    height = 110 + 40 * len(rows)
    return {"data": [trace], "layout": layout(colours, height, **more)}


def literal(text: str) -> str:
    """Text inside a hover template, where percent signs, braces and tags mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%", "&#37;")
