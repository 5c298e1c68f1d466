"""Where the boxes and arrows of a process map stand: a straight way down the middle, and a lane on either side.

The middle lane is the way that most orders go. What leads back onto it stands on the left, what leads off it on the
right, each beside the boxes that it hangs together with. Units: x from 0 to 1 over the width, y in rows downwards.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

from core.domain.trails import Activity, Step, is_end

LANE_X = (0.145, 0.5, 0.855)
HALF_WIDTH = 0.112
MARGIN = 0.035  # on either side of the map, for arrows around its outer boxes
HALF_HEIGHT = 0.29
_PORTS = 0.36  # the part of a box's side along which arrows begin and end, in rows
_TRACK = 0.022  # between arrows that run beside each other past several boxes
_TIP_X, _TIP_Y = 0.012, 0.045  # how far before a box an arrow ends
_POINTS = 16  # of a curve
_LABEL_WIDTH, _LABEL_HEIGHT = 0.13, 0.27  # what a label covers on a phone
_LABEL_PLACES = (8, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14)  # points of a curve, in the order in which they are tried


class Lane(IntEnum):
    """The three lanes, from left to right."""

    LEFT = 0
    MIDDLE = 1
    RIGHT = 2


Line = tuple[tuple[float, ...], tuple[float, ...]]  # all x, all y


@dataclass(frozen=True, slots=True)
class Box:
    """Where a kind of fact stands."""

    kind: str
    lane: Lane
    y: float

    @property
    def x(self) -> float:
        """The middle of its lane."""
        return LANE_X[self.lane]


@dataclass(frozen=True, slots=True)
class Arrow:
    """The line of a step. `head` is where its tip points to: down, up, left or right; the label stands at its middle.

    Shape: `xs` and `ys` from the beginning to the tip.
    """

    step: Step
    xs: tuple[float, ...]
    ys: tuple[float, ...]
    head: str
    label_x: float
    label_y: float


@dataclass(frozen=True, slots=True)
class Layout:
    """A whole map. Units: `height` in rows."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    height: float


def main_way(activities: Sequence[Activity], steps: Iterable[Step]) -> tuple[str, ...]:
    """The kinds that most orders pass, one after the other, each once."""
    if not activities:
        return ()
    best: dict[str, list[Step]] = defaultdict(list)
    for step in sorted(steps, key=lambda step: (-step.orders_count, step.target)):
        best[step.source].append(step)
    way = [max(activities, key=lambda one: one.first_count).kind]
    while following := next((step.target for step in best[way[-1]] if step.target not in way), None):
        way.append(following)
    return tuple(way)


def lay_out(activities: Sequence[Activity], steps: Sequence[Step], way: Sequence[str]) -> Layout:
    """Finds a place for every kind and a line for every step; `way` stands in the middle."""
    rows = {kind: float(number) for number, kind in enumerate(way)}
    present = {one.kind for one in activities}
    shown = [step for step in steps if step.source in present and step.target in present]
    boxes = {kind: Box(kind, Lane.MIDDLE, y) for kind, y in rows.items() if kind in present}
    beside = [one.kind for one in activities if one.kind not in rows]
    wished = _wished(beside, shown, rows)
    lanes = {kind: _side_of(kind, shown, rows) for kind in beside}
    for lane in (Lane.LEFT, Lane.RIGHT):
        members = sorted((kind for kind in beside if lanes[kind] is lane), key=lambda kind: (wished[kind], kind))
        for kind, y in zip(members, _apart([wished[kind] for kind in members]), strict=True):
            boxes[kind] = Box(kind, lane, y)
    height = max((box.y for box in boxes.values()), default=0.0) + 1.0
    return Layout(tuple(boxes.values()), tuple(_arrows(shown, boxes)), height)


def _wished(beside: Sequence[str], steps: Sequence[Step], rows: dict[str, float]) -> dict[str, float]:
    """The row that each kind beside the way would like: below what leads there, above what it leads to."""
    found: dict[str, float] = {}
    for _ in range(4):  # kinds that only hang on others beside the way follow them
        known = rows | found
        for kind in beside:
            pulls = [(known[s.source] + 0.5, s.orders_count) for s in steps if s.target == kind and s.source in known]
            pulls += [(known[s.target] - 0.5, s.orders_count) for s in steps if s.source == kind and s.target in known]
            pulls = [(y, weight) for y, weight in pulls if weight]
            if pulls:
                found[kind] = sum(y * weight for y, weight in pulls) / sum(weight for _, weight in pulls)
    last = max(rows.values(), default=0.0)
    return {kind: found.get(kind, last) for kind in beside}


def _side_of(kind: str, steps: Sequence[Step], rows: dict[str, float]) -> Lane:
    """On the left what leads back onto the way or on to something else, on the right what ends an order."""
    if is_end(kind):
        return Lane.RIGHT
    onwards = sum(step.orders_count for step in steps if step.source == kind)
    arriving = sum(step.orders_count for step in steps if step.target == kind)
    back = any(step.source == kind and step.target in rows for step in steps)
    return Lane.LEFT if back or onwards * 2 > arriving else Lane.RIGHT


def _apart(wished: Sequence[float]) -> list[float]:
    """Rows as wished, in their order and at least one apart, none above the first row."""
    found: list[float] = []
    for y in wished:
        found.append(max(y, found[-1] + 1.0 if found else 0.0))
    for place in range(len(found) - 2, -1, -1):  # back up where there is room, so that a crowd stays around its middle
        above = found[place - 1] + 1.0 if place else 0.0
        found[place] = max(above, min(found[place], found[place + 1] - 1.0))
    return found


def _arrows(steps: Sequence[Step], boxes: dict[str, Box]) -> Iterable[Arrow]:
    """Lines for all steps; those that share a box's side begin and end at ports of their own."""
    routes = {(step.source, step.target): _sides(boxes[step.source], boxes[step.target]) for step in steps}
    ports = _ports(steps, boxes, routes)
    tracks: dict[tuple[Lane, str], list[list[tuple[float, float]]]] = defaultdict(list)
    labels = _Labels(boxes.values())
    for step in sorted(steps, key=lambda s: (abs(boxes[s.source].y - boxes[s.target].y), s.source, s.target)):
        source, target = boxes[step.source], boxes[step.target]
        leaves, enters = routes[step.source, step.target]
        begin = _port(source, leaves, ports[step.source, step.target, "out"])
        end = _before(_port(target, enters, ports[step.source, step.target, "in"]), enters)
        if leaves in ("down", "up"):
            yield labels.placed(step, *_straight(begin, end), leaves)
        elif leaves == enters:
            track = _free_track(tracks[source.lane, leaves], begin[1], end[1])
            yield labels.placed(step, *_around(begin, end, leaves, track), "left" if leaves == "right" else "right")
        else:
            yield labels.placed(step, *_across(begin, end), leaves)


def _sides(source: Box, target: Box) -> tuple[str, str]:
    """The side of the one box where a line leaves, and that of the other where it enters."""
    if source.lane is not target.lane:
        return ("right", "left") if source.lane < target.lane else ("left", "right")
    apart = target.y - source.y
    if 0 < apart < 1.6:
        return "down", "up"
    outwards = {Lane.LEFT: "left", Lane.RIGHT: "right", Lane.MIDDLE: "right" if apart > 0 else "left"}[source.lane]
    return outwards, outwards


def _ports(
    steps: Sequence[Step], boxes: dict[str, Box], routes: dict[tuple[str, str], tuple[str, str]]
) -> dict[tuple[str, str, str], float]:
    """How far from the middle of its side each line begins and ends, sorted by where it goes to or comes from."""
    users: dict[tuple[str, str], list[tuple[float, str, tuple[str, str, str]]]] = defaultdict(list)
    for step in steps:
        leaves, enters = routes[step.source, step.target]
        key = (step.source, step.target)
        users[step.source, leaves].append((boxes[step.target].y, step.target, (*key, "out")))
        users[step.target, enters].append((boxes[step.source].y, step.source, (*key, "in")))
    found: dict[tuple[str, str, str], float] = {}
    for (_, side), lines in users.items():
        lines.sort()
        for place, (_, _, line) in enumerate(lines):
            spread = _PORTS if side in ("left", "right") else HALF_WIDTH * 0.8
            found[line] = 0.0 if len(lines) == 1 else spread * (place / (len(lines) - 1) - 0.5)
    return found


def _port(box: Box, side: str, offset: float) -> tuple[float, float]:
    match side:
        case "left":
            return box.x - HALF_WIDTH, box.y + offset
        case "right":
            return box.x + HALF_WIDTH, box.y + offset
        case "up":
            return box.x + offset, box.y - HALF_HEIGHT
        case _:
            return box.x + offset, box.y + HALF_HEIGHT


def _before(end: tuple[float, float], side: str) -> tuple[float, float]:
    """A little off the box, so that the tip of the arrow is seen whole."""
    out_x, out_y = {"left": (-_TIP_X, 0.0), "right": (_TIP_X, 0.0), "up": (0.0, -_TIP_Y)}.get(side, (0.0, _TIP_Y))
    return end[0] + out_x, end[1] + out_y


def _straight(begin: tuple[float, float], end: tuple[float, float]) -> Line:
    shares = [number / _POINTS for number in range(_POINTS + 1)]
    return tuple(begin[0] + t * (end[0] - begin[0]) for t in shares), tuple(
        begin[1] + t * (end[1] - begin[1]) for t in shares
    )


def _across(begin: tuple[float, float], end: tuple[float, float]) -> Line:
    """From lane to lane: a curve that leaves and arrives level."""
    middle = (begin[0] + end[0]) / 2
    return _curve(begin, (middle, begin[1]), (middle, end[1]), end)


def _around(begin: tuple[float, float], end: tuple[float, float], side: str, track: int) -> Line:
    """Past the boxes of its own lane: out to a track of its own, along it, and back in."""
    sign = 1.0 if side == "right" else -1.0
    out = begin[0] + sign * (_TRACK * (track + 1.2) + 0.02)
    return _curve(begin, (out, begin[1]), (out, end[1]), end)


class _Labels:
    """The labels that stand already; a new one goes where its arrow is free of them and of boxes."""

    def __init__(self, boxes: Iterable[Box]) -> None:
        self._boxes = tuple(boxes)
        self._taken: list[tuple[float, float]] = []

    def placed(self, step: Step, xs: tuple[float, ...], ys: tuple[float, ...], head: str) -> Arrow:
        """The arrow with the place of its label."""
        place = min(_LABEL_PLACES, key=lambda place: self._covered(xs[place], ys[place]))
        self._taken.append((xs[place], ys[place]))
        return Arrow(step, xs, ys, head, xs[place], ys[place])

    def _covered(self, x: float, y: float) -> float:
        """How much of a label here other labels and boxes would cover, of what it covers itself."""
        covered = sum(
            max(0.0, 1 - abs(x - other_x) / _LABEL_WIDTH) * max(0.0, 1 - abs(y - other_y) / _LABEL_HEIGHT)
            for other_x, other_y in self._taken
        )
        on_box = any(
            abs(x - box.x) < HALF_WIDTH + 0.3 * _LABEL_WIDTH and abs(y - box.y) < HALF_HEIGHT + 0.3 * _LABEL_HEIGHT
            for box in self._boxes
        )
        return covered + (0.6 if on_box else 0.0)


def _free_track(taken: list[list[tuple[float, float]]], begin: float, end: float) -> int:
    """The nearest track on which nothing runs between two heights yet; takes it."""
    low, high = min(begin, end), max(begin, end)
    for number, spans in enumerate(taken):
        if all(high <= other_low or other_high <= low for other_low, other_high in spans):
            spans.append((low, high))
            return number
    taken.append([(low, high)])
    return len(taken) - 1


def _curve(a: tuple[float, float], b: tuple[float, float], c: tuple[float, float], d: tuple[float, float]) -> Line:
    """A cubic Bézier curve as points."""
    shares = [number / _POINTS for number in range(_POINTS + 1)]
    weights = [((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3) for t in shares]
    xs = tuple(w[0] * a[0] + w[1] * b[0] + w[2] * c[0] + w[3] * d[0] for w in weights)
    ys = tuple(w[0] * a[1] + w[1] * b[1] + w[2] * c[1] + w[3] * d[1] for w in weights)
    return xs, ys
