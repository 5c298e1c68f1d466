"""Figures about what training brought as plain dicts: everybody's way from test to test, gains of groups."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from core.ui.charts import Chart, Palette, diagonal, layout, literal, palette
from core.ui.i18n import t
from core.ui.quality_charts import BAD, GOOD, QUIET, WARN, axis_title, tone_colour

LINES_AT_MOST = 60  # people; more lines than that hide each other
_HEIGHT = 420
_LINE = 26  # letters of a name beside its row
_DRAWN_LAST = (QUIET, WARN, GOOD, BAD)  # what is to be seen lies on top


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


def ways(people: Sequence[tuple[str, float, float, str]], names: Mapping[str, str], *, dark: bool) -> Chart:
    """Everybody from pre-test to post-test, in the colour of what can be said of it: lines, or points of very many.

    Shape: (name, pre, post, tone); `names` says what each tone means. Units: 0..1.
    """
    draw = slopes if len(people) <= LINES_AT_MOST else before_and_after
    return draw(people, names, dark=dark)


def slopes(people: Sequence[tuple[str, float, float, str]], names: Mapping[str, str], *, dark: bool) -> Chart:
    """Everybody's line from pre-test to post-test."""
    colours = palette(dark)
    times = [t("Pre-test"), t("Post-test")]
    traces: list[dict[str, Any]] = []
    for tone in _DRAWN_LAST:
        mine, meaning = [person for person in people if person[3] == tone], names[tone]
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
                    "line": {"color": tone_colour(colours, tone), "width": 1.5},
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
    return {"data": traces, "layout": layout(colours, _HEIGHT, **more)}


def before_and_after(people: Sequence[tuple[str, float, float, str]], names: Mapping[str, str], *, dark: bool) -> Chart:
    """Everybody's pre-test by their post-test: above the line they gained, below it they lost."""
    colours = palette(dark)
    traces = [diagonal(colours)]
    for tone in _DRAWN_LAST:
        mine, meaning = [person for person in people if person[3] == tone], names[tone]
        if mine:
            traces.append(
                {
                    "type": "scatter",
                    "mode": "markers",
                    "name": f"{literal(meaning)} ({len(mine)})",
                    "x": [person[1] for person in mine],
                    "y": [person[2] for person in mine],
                    "customdata": [literal(person[0]) for person in mine],
                    "marker": {"color": tone_colour(colours, tone), "size": 8, "opacity": 0.6},
                    "hovertemplate": "%{customdata}: %{x:.0%} → %{y:.0%}<extra></extra>",
                }
            )
    more: Chart = {
        "hovermode": "closest",
        "showlegend": True,
        "margin": {"r": 24},
        "xaxis": {
            "tickformat": ".0%",
            "range": [-0.03, 1.03],
            "nticks": 6,
            "showgrid": True,
            "title": axis_title(colours, t("Pre-test")),
        },
        "yaxis": {"tickformat": ".0%", "range": [-0.03, 1.05], "title": axis_title(colours, t("Post-test"))},
    }
    return {"data": traces, "layout": layout(colours, _HEIGHT, **more)}


def _rows(groups: Sequence[GroupPoint]) -> list[str]:
    """What stands beside each row; broken, since on a phone a long name would leave nothing to the figure."""
    return [_broken(f"{group.name} ·\u00a0n\u00a0=\u00a0{group.n}") for group in groups]


def _broken(name: str) -> str:
    """A name in lines of at most 26 letters; Chinese ones are twice as wide, and may be parted anywhere."""
    lines, line, wide = [], "", 0
    for part in re.findall(r"[^ \u2e80-\uffef]+ *|[\u2e80-\uffef]| ", name):
        width = sum(1 + (letter >= "\u2e80") for letter in part.rstrip(" "))
        if wide + width > _LINE and part not in "，、。；：）":
            lines.append(line)
            line, wide = "", 0
        line, wide = line + part, wide + width + part.count(" ")
    return "<br>".join(literal(one.strip(" ")) for one in [*lines, line] if one)


def gain_intervals(groups: Sequence[GroupPoint], *, dark: bool, beside: bool = False) -> Chart:
    """For each group its mean gain with the 95% interval; what crosses the line at 0 may be chance.

    `beside` makes it as high as the figure of the people at least, beside which it stands.
    """
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
    return {"data": [points], "layout": layout(colours, max(_height(groups), _HEIGHT * beside), **_by_group(colours))}


def _height(groups: Sequence[GroupPoint]) -> int:
    return 100 + 42 * len(groups)


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
            "title": axis_title(colours, t("gain, in percentage points")),
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
        "margin": {"r": 20},
        "xaxis": {"showgrid": True, "tickformat": ".0%", "range": [-0.02, 1.03], "nticks": 5, "tickangle": 0},
        "yaxis": {"type": "category", "autorange": "reversed", "showgrid": False, "nticks": 0, "dtick": 1},
    }
    return {"data": [way, *ends], "layout": layout(colours, _height(groups), **more)}
