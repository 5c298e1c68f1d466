"""Figures about tests and training as plain dicts: item map, scores, options, information, gains."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.ui.charts import Chart, Palette, layout, literal, palette
from core.ui.i18n import t

GOOD, WARN, BAD, QUIET = "good", "warn", "bad", "quiet"

# The field of the item map in which an item does what it should. Units: shares; correlation.
_SOUND = {"x0": 0.3, "x1": 0.9, "y0": 0.2, "y1": 1.0}


@dataclass(frozen=True, slots=True)
class ItemPoint:
    """An item on the map. Units: facility 0..1, correlation -1..1; `key` comes back when it is pressed."""

    key: str
    label: str
    facility: float
    discrimination: float
    tone: str
    verdict: str


@dataclass(frozen=True, slots=True)
class GroupPoint:
    """A group's gain with where it lies. Units: shares of the marks; low and high None for one person."""

    name: str
    pre: float
    post: float
    gain: float
    low: float | None
    high: float | None
    n: int
    small: bool


def _colour(colours: Palette, tone: str) -> str:
    return {GOOD: colours.good, WARN: colours.warn, BAD: colours.bad}.get(tone, colours.soft)


def _title(colours: Palette, text: str) -> Chart:
    return {"text": literal(text), "standoff": 8, "font": {"size": 12, "color": colours.soft}}


def item_map(points: Sequence[ItemPoint], *, dark: bool, chosen: str | None = None) -> Chart:
    """Every item by how many solve it and how well it tells people apart; the sound ones lie in the shaded field.

    One trace per tone, so that a press gives trace and point.
    """
    colours = palette(dark)
    traces = _item_traces(points, colours, chosen)
    field = {"type": "rect", "xref": "x", "yref": "y", **_SOUND, "line": {"width": 0}, "layer": "below"}
    strong = ",".join(str(int(colours.good[at : at + 2], 16)) for at in (1, 3, 5))
    lowest = min([-0.2, *(point.discrimination - 0.1 for point in points)])
    highest = max([0.8, *(point.discrimination + 0.12 for point in points)])
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "shapes": [{**field, "fillcolor": f"rgba({strong},0.10)"}],
        "xaxis": {
            "tickformat": ".0%",
            "range": [-0.04, 1.06],
            "showgrid": True,
            "title": _title(colours, t("facility: share of its marks that people reach")),
        },
        "yaxis": {
            "range": [lowest, highest],
            "nticks": 8,
            "rangemode": "normal",
            "zerolinewidth": 2,
            "title": _title(colours, t("item-rest correlation")),
        },
    }
    return {"data": traces, "layout": layout(colours, 440, **more)}


def _item_traces(points: Sequence[ItemPoint], colours: Palette, chosen: str | None) -> list[Chart]:
    names = {GOOD: t("in order"), WARN: t("worth a look"), BAD: t("mend it"), QUIET: t("too few people")}
    traces: list[Chart] = []
    for tone, name in names.items():
        mine = [point for point in points if point.tone == tone]
        if not mine:
            continue
        traces.append(
            {
                "type": "scatter",
                "mode": "markers+text",
                "name": name,
                "x": [point.facility for point in mine],
                "y": [point.discrimination for point in mine],
                "text": [literal(point.label) if tone in (BAD, WARN) or point.key == chosen else "" for point in mine],
                "textposition": "top center",
                "textfont": {"size": 11, "color": colours.soft},
                "customdata": [[point.key, literal(point.label), literal(point.verdict)] for point in mine],
                "marker": {
                    "color": _colour(colours, tone),
                    "size": [18 if point.key == chosen else 12 for point in mine],
                    "symbol": {GOOD: "circle", WARN: "diamond", BAD: "x", QUIET: "circle-open"}[tone],
                    "line": {
                        "width": [2 if point.key == chosen or tone == QUIET else 0 for point in mine],
                        "color": colours.soft if tone == QUIET else colours.ink,
                    },
                },
                "hovertemplate": "<b>%{customdata[1]}</b> · %{customdata[2]}<br>"
                + literal(t("solved by"))
                + " %{x:.0%}, "
                + literal(t("item-rest correlation"))
                + " %{y:.2f}<extra></extra>",
            }
        )
    return traces


def score_histogram(counts: Sequence[int], *, guess: float, mean: float, pass_rate: float | None, dark: bool) -> Chart:
    """How many people reached which tenth of the marks, with guessing, the mean and the pass mark drawn in.

    Shape: ten counts, from 0–10 % to 90–100 %. Units: guess, mean and pass_rate 0..1.
    """
    colours = palette(dark)
    bars = {
        "type": "bar",
        "x": [5 + 10 * tenth for tenth in range(10)],
        "y": list(counts),
        "width": 9.4,
        "marker": {"color": colours.series[1]},
        "customdata": [f"{10 * tenth}–{10 * tenth + 10} %" for tenth in range(10)],
        "hovertemplate": "%{customdata}: %{y:,d} " + literal(t("people")) + "<extra></extra>",
        "showlegend": False,
    }
    lines = [(guess, t("guessing"), colours.soft, "dot"), (mean, t("mean"), colours.good, "solid")]
    if pass_rate is not None:
        lines.append((pass_rate, t("pass mark"), colours.bad, "dash"))
    top = max([1, *counts])
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": [100 * at, 100 * at],
            "y": [0, top],
            "line": {"color": colour, "width": 2, "dash": dash},
            "hovertemplate": f"{literal(name)}: %{{x:.0f}} %<extra></extra>",
        }
        for at, name, colour, dash in lines
    ]
    more: Chart = {
        "hovermode": "closest",
        "xaxis": {
            "range": [-1, 101],
            "dtick": 20,
            "ticksuffix": " %",
            "title": _title(colours, t("share of all marks reached")),
        },
        "yaxis": {"tickformat": ",d", "dtick": 1 if top <= 5 else None, "title": _title(colours, t("people"))},
    }
    return {"data": [bars, *traces], "layout": layout(colours, 300, **more)}


def option_lines(options: Sequence[tuple[str, Sequence[float], str]], *, dark: bool) -> Chart:
    """For each option the share of the weakest, middle and best third that chose it; a sound key rises.

    Shape: (label, three shares, tone); the key's tone is good, a suspected one's bad.
    """
    colours = palette(dark)
    thirds = [t("weakest third"), t("middle third"), t("best third")]
    plain = [colours.series[at] for at in (1, 2, 3, 5, 4)]
    traces = [
        {
            "type": "scatter",
            "mode": "lines+markers",
            "name": literal(label),
            "x": thirds,
            "y": list(shares),
            "line": {
                "color": plain[number % len(plain)] if tone == QUIET else _colour(colours, tone),
                "width": 2 if tone == QUIET else 4,
                "dash": "dot" if tone == QUIET else "solid",
            },
            "marker": {"size": 8},
            "hovertemplate": f"{literal(label)}: %{{y:.0%}}<extra>%{{x}}</extra>",
        }
        for number, (label, shares, tone) in enumerate(options)
    ]
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "xaxis": {"type": "category"},
        "yaxis": {"tickformat": ".0%", "range": [-0.03, 1.05]},
    }
    return {"data": traces, "layout": layout(colours, 300, **more)}


def precision(abilities: Sequence[float], told: Sequence[float], *, dark: bool) -> Chart:
    """How precisely the test measures people of every ability: the standard error there, the lower the better."""
    colours = palette(dark)
    errors = [None if value <= 0.04 else value**-0.5 for value in told]
    traces = [
        {
            "type": "scatter",
            "mode": "lines",
            "name": name,
            "x": list(abilities),
            "y": list(values),
            "yaxis": axis,
            "line": {"color": colour, "width": 2, "dash": dash},
            "hovertemplate": f"{literal(name)}: %{{y:.2f}}<extra>%{{x:.1f}}</extra>",
        }
        for name, values, axis, colour, dash in (
            (t("information"), told, "y", colours.good, "solid"),
            (t("standard error"), errors, "y2", colours.series[1], "dot"),
        )
    ]
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "xaxis": {"title": _title(colours, t("ability, in standard deviations of this class")), "nticks": 8},
        "yaxis2": {
            "side": "right",
            "overlaying": "y",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
            "rangemode": "tozero",
            "tickfont": {"color": colours.soft, "size": 12},
            "nticks": 5,
        },
    }
    return {"data": traces, "layout": layout(colours, 300, **more)}


def slopes(people: Sequence[tuple[str, float, float, str]], names: Mapping[str, str], *, dark: bool) -> Chart:
    """Everybody's line from pre-test to post-test, in the colour of what can be said of it.

    Shape: (name, pre, post, tone); `names` says what each tone means. Units: 0..1.
    """
    colours = palette(dark)
    times = [t("Pre-test"), t("Post-test")]
    traces: list[dict[str, Any]] = []
    for tone, meaning in names.items():
        mine = [person for person in people if person[3] == tone]
        x: list[str | None] = []
        y: list[float | None] = []
        said: list[str] = []
        for name, pre, post, _ in mine:
            x += [*times, None]
            y += [pre, post, None]
            said += [literal(name)] * 2 + [""]
        if mine:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "lines+markers",
                    "name": f"{literal(meaning)} ({len(mine)})",
                    "x": x,
                    "y": y,
                    "customdata": said,
                    "line": {"color": _colour(colours, tone), "width": 1.5},
                    "marker": {"size": 6},
                    "opacity": 0.75,
                    "hovertemplate": "%{customdata}: %{y:.0%}<extra></extra>",
                }
            )
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "xaxis": {"type": "category", "range": [-0.15, 1.15]},
        "yaxis": {"tickformat": ".0%", "range": [-0.03, 1.05]},
    }
    return {"data": traces, "layout": layout(colours, 420, **more)}


def _rows(groups: Sequence[GroupPoint]) -> list[str]:
    return [f"{literal(group.name)} · n = {group.n}" for group in groups]


def gain_intervals(groups: Sequence[GroupPoint], *, dark: bool) -> Chart:
    """For each group its mean gain with the 95 % interval; what crosses the line at 0 may be chance."""
    colours = palette(dark)
    tones = [
        colours.soft
        if group.low is None or group.small
        else colours.good
        if group.low > 0
        else colours.bad
        if group.high is not None and group.high < 0
        else colours.warn
        for group in groups
    ]
    points = {
        "type": "scatter",
        "mode": "markers",
        "x": [100 * group.gain for group in groups],
        "y": _rows(groups),
        "marker": {
            "color": tones,
            "size": 12,
            "symbol": ["circle-open" if group.small else "circle" for group in groups],
        },
        "error_x": {
            "type": "data",
            "symmetric": False,
            "array": [100 * (group.high - group.gain) if group.high is not None else 0 for group in groups],
            "arrayminus": [100 * (group.gain - group.low) if group.low is not None else 0 for group in groups],
            "color": colours.soft,
            "thickness": 2,
            "width": 5,
        },
        "hovertemplate": "%{y}: %{x:+.1f} " + literal(t("percentage points")) + "<extra></extra>",
        "showlegend": False,
    }
    return {"data": [points], "layout": layout(colours, 90 + 40 * len(groups), **_by_group(colours))}


def _by_group(colours: Palette) -> Chart:
    return {
        "hovermode": "closest",
        "xaxis": {
            "showgrid": True,
            "rangemode": "tozero",
            "zeroline": True,
            "zerolinecolor": colours.soft,
            "zerolinewidth": 2,
            "nticks": 7,
            "title": _title(colours, t("gain, in percentage points")),
        },
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "nticks": 0, "dtick": 1},
    }


def dumbbells(groups: Sequence[GroupPoint], *, dark: bool) -> Chart:
    """For each group where it stood before and after, with the way between."""
    colours = palette(dark)
    rows = _rows(groups)
    way: Chart = {"type": "scatter", "mode": "lines", "x": [], "y": [], "hoverinfo": "skip", "showlegend": False}
    for row, group in zip(rows, groups, strict=True):
        way["x"] += [group.pre, group.post, None]
        way["y"] += [row, row, None]
    way["line"] = {"color": colours.line, "width": 6}
    ends = [
        {
            "type": "scatter",
            "mode": "markers",
            "name": name,
            "x": values,
            "y": rows,
            "marker": {"color": colour, "size": 13, "symbol": symbol},
            "hovertemplate": f"{literal(name)}: %{{x:.0%}}<extra>%{{y}}</extra>",
        }
        for name, values, colour, symbol in (
            (t("Pre-test"), [group.pre for group in groups], colours.soft, "circle-open"),
            (t("Post-test"), [group.post for group in groups], colours.good, "circle"),
        )
    ]
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "xaxis": {"showgrid": True, "tickformat": ".0%", "range": [-0.02, 1.03], "nticks": 6},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "nticks": 0, "dtick": 1},
    }
    return {"data": [way, *ends], "layout": layout(colours, 100 + 42 * len(groups), **more)}
