"""The process map as a plain dict that plotly draws: boxes and arrows that can be pressed, readable on a phone."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, sqrt
from typing import Any

from core.domain.deviations import judged
from core.domain.trails import KIND_NAMES, Activity, Step, is_move
from core.ui.charts import Chart, Palette, palette
from core.ui.i18n import format_duration, format_int, format_number, t
from core.ui.process_layout import HALF_HEIGHT, HALF_WIDTH, MARGIN, Arrow, Box, lay_out, main_way

ROW_PIXELS = 108
_FONT = "Inter, 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"
_LINE = 14  # letters of a label's line; a Chinese one is twice as wide
_MARKERS = {"down": "triangle-down", "up": "triangle-up", "left": "triangle-left", "right": "triangle-right"}
_WORDS = re.compile(r"[\u2e80-\uffef]|[^\s\u2e80-\uffef]+")


@dataclass(frozen=True, slots=True)
class Drawn:
    """A map and what its points stand for: `step:source>target` or `fact:kind`, by trace and point."""

    chart: Chart
    keys: tuple[tuple[str, ...], ...]

    def key_of(self, curve: int, point: int) -> str | None:
        """What was pressed, or None where it was nothing."""
        if 0 <= curve < len(self.keys) and 0 <= point < len(self.keys[curve]):
            return self.keys[curve][point] or None
        return None


def visible(
    activities: Sequence[Activity], steps: Sequence[Step], least: float, orders_count: int
) -> tuple[list[Activity], list[Step]]:
    """What a map shows where rare things are left out: what at least this share of the orders went through.

    A kind that no visible step touches goes as well, unless it is where orders begin.
    """
    floor = max(1, ceil(least * orders_count))
    shown = [step for step in steps if step.orders_count >= floor]
    touched = {kind for step in shown for kind in (step.source, step.target)}
    return [one for one in activities if one.kind in touched or one.first_count >= floor], shown


def process_figure(
    activities: Sequence[Activity],
    steps: Sequence[Step],
    orders_count: int,
    *,
    dark: bool,
    share: str = "p50",
    way: Sequence[str] = (),
) -> Drawn:
    """Draws activities and the steps between them; `share` is the time that stands at the arrows, p50 or p90.

    `way` is one variant's path: its steps are drawn in colour and all others step back.
    """
    colours = palette(dark)
    layout = lay_out(activities, steps, main_way(activities, steps))
    chosen = set(pairwise(way))
    lines = [_line(arrow, colours, orders_count, chosen) for arrow in layout.arrows]
    heads, handles = _heads(layout.arrows, colours, chosen), _handles(layout.arrows, orders_count)
    counts = {one.kind: one for one in activities}
    nodes = _nodes(layout.boxes, counts)
    annotations = [_box_text(box, counts[box.kind], colours) for box in layout.boxes]
    annotations += [_arrow_text(arrow, colours, share, chosen) for arrow in layout.arrows]
    keys: list[tuple[str, ...]] = [()] * len(lines)
    keys += [(), tuple(f"step:{a.step.source}>{a.step.target}" for a in layout.arrows)]
    keys.append(tuple(f"fact:{box.kind}" for box in layout.boxes))
    chart: Chart = {
        "data": [*lines, heads, handles, nodes],
        "layout": {
            "height": round(layout.height * ROW_PIXELS) + 16,
            "margin": {"l": 0, "r": 0, "t": 4, "b": 4},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "font": {"family": _FONT, "size": 12, "color": colours.ink},
            "showlegend": False,
            "hovermode": "closest",
            "clickmode": "event+select",
            "dragmode": False,
            "hoverlabel": {
                "bgcolor": colours.card,
                "bordercolor": colours.line,
                "font": {"family": _FONT, "size": 13, "color": colours.ink},
                "align": "left",
            },
            "xaxis": {"visible": False, "range": [-MARGIN, 1 + MARGIN], "fixedrange": True},
            "yaxis": {"visible": False, "range": [layout.height - 0.5, -0.5], "fixedrange": True},
            "shapes": [_box_shape(box, counts[box.kind], colours, orders_count) for box in layout.boxes],
            "annotations": annotations,
        },
    }
    return Drawn(chart, tuple(keys))


def is_deviation(step: Step) -> bool:
    """Whether the machine allows a step neither for our own orders nor for those of another house."""
    if not (is_move(step.source) and is_move(step.target)):
        return False
    return all(judged(step.source, step.target, outside) is not None for outside in (False, True))


def _colour(step: Step, colours: Palette, chosen: set[tuple[str, str]]) -> str:
    if chosen:
        return colours.good if (step.source, step.target) in chosen else colours.line
    return colours.bad if is_deviation(step) else colours.series[4]


def _line(arrow: Arrow, colours: Palette, orders_count: int, chosen: set[tuple[str, str]]) -> Chart:
    width = 1.2 + 6.0 * sqrt(arrow.step.orders_count / max(1, orders_count))
    return {
        "type": "scatter",
        "mode": "lines",
        "x": [round(x, 4) for x in arrow.xs],
        "y": [round(y, 4) for y in arrow.ys],
        "line": {"color": _colour(arrow.step, colours, chosen), "width": round(width, 1)},
        "hoverinfo": "skip",
    }


def _heads(arrows: Sequence[Arrow], colours: Palette, chosen: set[tuple[str, str]]) -> Chart:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(arrow.xs[-1], 4) for arrow in arrows],
        "y": [round(arrow.ys[-1], 4) for arrow in arrows],
        "marker": {
            "symbol": [_MARKERS[arrow.head] for arrow in arrows],
            "size": 10,
            "opacity": 1,
            "color": [_colour(arrow.step, colours, chosen) for arrow in arrows],
        },
        "unselected": {"marker": {"opacity": 1}},
        "hoverinfo": "skip",
    }


def _handles(arrows: Sequence[Arrow], orders_count: int) -> Chart:
    """What of an arrow can be pointed at and pressed: a place behind its label, larger than the label."""
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [round(arrow.label_x, 4) for arrow in arrows],
        "y": [round(arrow.label_y, 4) for arrow in arrows],
        "marker": {"size": 34, "opacity": 0},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "hovertext": [_step_said(arrow.step, orders_count) for arrow in arrows],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _nodes(boxes: Sequence[Box], counts: dict[str, Activity]) -> Chart:
    return {
        "type": "scatter",
        "mode": "markers",
        "x": [box.x for box in boxes],
        "y": [round(box.y, 4) for box in boxes],
        "marker": {"size": 56, "opacity": 0, "symbol": "square"},
        "selected": {"marker": {"opacity": 0}},
        "unselected": {"marker": {"opacity": 0}},
        "hovertext": [_activity_said(counts[box.kind]) for box in boxes],
        "hovertemplate": "%{hovertext}<extra></extra>",
    }


def _box_shape(box: Box, one: Activity, colours: Palette, orders_count: int) -> dict[str, Any]:
    """A rounded box, the fuller of colour the more orders passed it."""
    left, right = box.x - HALF_WIDTH, box.x + HALF_WIDTH
    top, bottom = box.y - HALF_HEIGHT, box.y + HALF_HEIGHT
    share = one.orders_count / max(1, orders_count)
    rx, ry = 0.02, 0.07
    path = (
        f"M {left + rx:.4f} {top:.4f} L {right - rx:.4f} {top:.4f} Q {right:.4f} {top:.4f} {right:.4f} {top + ry:.4f}"
        f" L {right:.4f} {bottom - ry:.4f} Q {right:.4f} {bottom:.4f} {right - rx:.4f} {bottom:.4f}"
        f" L {left + rx:.4f} {bottom:.4f} Q {left:.4f} {bottom:.4f} {left:.4f} {bottom - ry:.4f}"
        f" L {left:.4f} {top + ry:.4f} Q {left:.4f} {top:.4f} {left + rx:.4f} {top:.4f} Z"
    )
    strong = share >= 0.5
    return {
        "type": "path",
        "path": path,
        "layer": "above",
        "fillcolor": _mixed(colours.good, colours.card, 0.06 + 0.22 * sqrt(share)),
        "line": {"color": colours.good if strong else colours.soft, "width": 1.6 if strong else 1},
    }


def _mixed(colour: str, ground: str, share: float) -> str:
    """A colour laid thinly over another, opaque: arrows run behind boxes."""
    parts = [
        round(int(colour[at : at + 2], 16) * share + int(ground[at : at + 2], 16) * (1 - share)) for at in (1, 3, 5)
    ]
    return "#" + "".join(f"{part:02X}" for part in parts)


def _box_text(box: Box, one: Activity, colours: Palette) -> dict[str, Any]:
    label = "<br>".join(_literal(line) for line in wrapped(fact_name(one.kind)))
    return {
        "x": box.x,
        "y": box.y,
        "text": f"{label}<br><b>{_literal(format_int(one.orders_count))}</b>",
        "showarrow": False,
        "font": {"family": _FONT, "size": 11, "color": colours.ink},
        "captureevents": False,
    }


def _arrow_text(arrow: Arrow, colours: Palette, share: str, chosen: set[tuple[str, str]]) -> dict[str, Any]:
    step = arrow.step
    seconds = step.p90_seconds if share == "p90" else step.p50_seconds
    quiet = bool(chosen) and (step.source, step.target) not in chosen
    colour = colours.soft if quiet else colours.bad if is_deviation(step) else colours.ink
    return {
        "x": arrow.label_x,
        "y": arrow.label_y,
        "text": f"<b>{_literal(format_int(step.orders_count))}</b><br>{_literal(short_duration(seconds))}",
        "showarrow": False,
        "bgcolor": colours.card,
        "borderpad": 1,
        "opacity": 0.5 if quiet else 0.92,
        "font": {"family": _FONT, "size": 10, "color": colour},
        "captureevents": False,
    }


def _step_said(step: Step, orders_count: int) -> str:
    said = [
        f"<b>{_literal(fact_name(step.source))} → {_literal(fact_name(step.target))}</b>",
        _literal(t("{n} of {all} orders", n=format_int(step.orders_count), all=format_int(orders_count))),
        _literal(
            t(
                "Median {p50}, nine of ten within {p90}",
                p50=format_duration(step.p50_seconds),
                p90=format_duration(step.p90_seconds),
            )
        ),
    ]
    if step.times_count > step.orders_count:
        said.append(_literal(t("{n} times in all", n=format_int(step.times_count))))
    if is_deviation(step):
        said.append(f"<b>{_literal(t('The machine does not allow this step'))}</b>")
    return "<br>".join(said)


def _activity_said(one: Activity) -> str:
    return "<br>".join(
        (
            f"<b>{_literal(fact_name(one.kind))}</b>",
            _literal(t("{n} orders, {times} times", n=format_int(one.orders_count), times=format_int(one.times_count))),
            _literal(t("The latest that happened for {n}", n=format_int(one.last_count))),
        )
    )


def short_duration(seconds: float) -> str:
    """A span in one unit, as it fits beside an arrow: `40 s`, `25 min`, `9.5 h`, `1.6 d`."""
    for label, size, below in (("{n} s", 1, 60), ("{n} min", 60, 3_600), ("{n} h", 3_600, 86_400)):
        if seconds < below:
            digits = 1 if size == 3_600 and seconds < 10 * size else 0
            return t(label, n=format_number(seconds / size, digits))
    return t("{n} d", n=format_number(seconds / 86_400, 1 if seconds < 864_000 else 0))


def fact_name(kind: str) -> str:
    """What a kind of fact is called."""
    return t(KIND_NAMES[kind])


def wrapped(label: str) -> list[str]:
    """A label in lines that fit a box on a phone: broken between words, or between Chinese characters."""
    lines: list[str] = []
    width = 0
    for word in _WORDS.findall(label):
        wide = word[0] >= "\u2e80"
        size = 2 if wide else len(word)
        glue = "" if wide or (lines and lines[-1] and lines[-1][-1] >= "\u2e80") else " "
        if lines and width + len(glue) + size <= _LINE:
            lines[-1] += glue + word
            width += len(glue) + size
        else:
            lines.append(word)
            width = size
    return lines


def _literal(text: str) -> str:
    """Text inside a plotly label, where tags and templates mean something."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace("%", "&#37;")
