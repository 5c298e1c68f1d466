"""Figures about a test itself as plain dicts: item map, scores, options, information."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from core.ui.charts import Chart, Palette, layout, literal, palette
from core.ui.i18n import t

GOOD, WARN, BAD, QUIET = "good", "warn", "bad", "quiet"

MAP_HEIGHT = 420  # of the item map and of what stands beside it

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


def tone_colour(colours: Palette, tone: str) -> str:
    """The colour that says how good something is."""
    return {GOOD: colours.good, WARN: colours.warn, BAD: colours.bad}.get(tone, colours.soft)


def axis_title(colours: Palette, text: str) -> Chart:
    """What stands beside an axis."""
    return {"text": literal(text), "standoff": 8, "font": {"size": 12, "color": colours.soft}}


def item_map(points: Sequence[ItemPoint], *, dark: bool, chosen: str | None = None) -> Chart:
    """Every item by how many solve it and how well it tells people apart; the sound ones lie in the shaded field.

    One trace per tone, so that a press gives trace and point.
    """
    colours = palette(dark)
    named = {point.key for point in points if point.tone in (BAD, WARN) or point.key == chosen}
    traces = _item_traces(points, colours, chosen, _beside(points, named))
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
            "title": axis_title(colours, t("facility: share of its marks that people reach")),
        },
        "yaxis": {
            "range": [lowest, highest],
            "nticks": 8,
            "rangemode": "normal",
            "zerolinewidth": 2,
            "title": axis_title(colours, t("item-rest correlation")),
        },
    }
    return {"data": traces, "layout": layout(colours, MAP_HEIGHT, **more)}


def _beside(points: Sequence[ItemPoint], named: Collection[str]) -> dict[str, str]:
    """On which side of its point each name stands, so that names cover neither each other nor other points.

    Why so wide: on a phone a name takes a sixth of the map.
    """
    width, height, gap = 0.15, 0.06, 0.045
    taken = [(one.facility - 0.02, one.facility + 0.02, one.discrimination, one.discrimination) for one in points]
    sides: dict[str, str] = {}
    for point in sorted((one for one in points if one.key in named), key=lambda one: (one.facility, one.key)):
        x, y = point.facility, point.discrimination
        boxes = {
            "top center": (x - width / 2, x + width / 2, y + gap - height / 2, y + gap + height / 2),
            "bottom center": (x - width / 2, x + width / 2, y - gap - height / 2, y - gap + height / 2),
            "middle left": (x - 0.03 - width, x - 0.03, y - height / 2, y + height / 2),
            "middle right": (x + 0.03, x + 0.03 + width, y - height / 2, y + height / 2),
        }
        covered = {
            side: sum(a < right and left < b and c < top and bottom < d for a, b, c, d in taken)
            + (right > 1.08 or left < -0.06)
            for side, (left, right, bottom, top) in boxes.items()
        }
        sides[point.key] = min(covered, key=covered.__getitem__)
        taken.append(boxes[sides[point.key]])
    return sides


def _item_traces(
    points: Sequence[ItemPoint], colours: Palette, chosen: str | None, sides: Mapping[str, str]
) -> list[Chart]:
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
                "text": [literal(point.label) if point.key in sides else "" for point in mine],
                "textposition": [sides.get(point.key, "top center") for point in mine],
                "textfont": {"size": 11, "color": colours.soft},
                "customdata": [[point.key, literal(point.label), literal(point.verdict)] for point in mine],
                "marker": {
                    "color": tone_colour(colours, tone),
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

    Shape: ten counts, from 0–10% to 90–100%. Units: guess, mean and pass_rate 0..1.
    """
    colours = palette(dark)
    bars = {
        "type": "bar",
        "x": [5 + 10 * tenth for tenth in range(10)],
        "y": list(counts),
        "width": 9.4,
        "marker": {"color": colours.series[1]},
        "customdata": [f"{10 * tenth}–{10 * tenth + 10}%" for tenth in range(10)],
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
            "hovertemplate": f"{literal(name)}: %{{x:.0f}}%<extra></extra>",
        }
        for at, name, colour, dash in lines
    ]
    more: Chart = {
        "hovermode": "closest",
        "xaxis": {
            "range": [-1, 101],
            "dtick": 20,
            "ticksuffix": "%",
            "title": axis_title(colours, t("share of all marks reached")),
        },
        "yaxis": {"tickformat": ",d", "dtick": 1 if top <= 5 else None, "title": axis_title(colours, t("people"))},
    }
    more["margin"] = {"r": 24}  # room for the last label
    return {"data": [bars, *traces], "layout": layout(colours, MAP_HEIGHT, **more)}


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
                "color": plain[number % len(plain)] if tone == QUIET else tone_colour(colours, tone),
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
        "xaxis": {"title": axis_title(colours, t("ability, in standard deviations of this class")), "nticks": 8},
        "yaxis2": {
            "side": "right",
            "overlaying": "y",
            "showgrid": False,
            "fixedrange": True,
            "automargin": True,
            "rangemode": "tozero",
            "tickfont": {"color": colours.soft, "size": 12},
            "tickmode": "auto",
            "tickformat": ".1f",
            "nticks": 5,
        },
    }
    return {"data": traces, "layout": layout(colours, 300, **more)}
