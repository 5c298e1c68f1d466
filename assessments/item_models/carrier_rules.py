"""How carriers are judged: the scorecard, what a difference of rates means, and when a parcel or a lane warns.

Source: the handbook's chapters 20 and 23; a test holds the two together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from assessments.prose import Prose

HOUR = 3_600

# Weights of the measures in per cent, in the order in which they are shown.
WEIGHTS: Mapping[str, int] = MappingProxyType({"on_time": 40, "damage": 20, "cost": 20, "exceptions": 10, "scans": 10})
MEASURES: Mapping[str, Prose] = MappingProxyType(
    {
        "on_time": Prose("on time", "准时"),
        "damage": Prose("loss and damage", "丢失与破损"),
        "cost": Prose("cost", "成本"),
        "exceptions": Prose("exceptions answered", "异常答复"),
        "scans": Prose("scans complete", "扫描完整"),
    }
)
GRADE_A, GRADE_B, FLOOR = 85, 70, 60

TARGET, YELLOW, RED, ENOUGH = 95, 2, 5, 50  # a lane: per cent, points below, parcels
FIRST_SCAN_HOURS, SILENCE_HOURS, REMOTE_SILENCE_HOURS, ATTEMPT_HOURS = 12, 48, 72, 24
LOST_DAYS, REMOTE_LOST_DAYS = 7, 10
REMOTE = frozenset({"CN-XJ", "CN-XZ", "CN-QH", "CN-NM", "CN-HI"})


def score_of(points: Mapping[str, int]) -> float:
    """The sum of weight × points, 0 to 100."""
    return sum(WEIGHTS[name] * points[name] for name in WEIGHTS) / 100


def grade_of(points: Mapping[str, int]) -> str:
    """A, B or C; too few points in on time are a C whatever the sum says."""
    score = score_of(points)
    if points["on_time"] < FLOOR or score < GRADE_B:
        return "C"
    return "A" if score >= GRADE_A else "B"


@dataclass(frozen=True, slots=True)
class Share:
    """So many of so many."""

    hits: int
    n: int

    @property
    def rate(self) -> float:
        """The share itself, 0..1."""
        return self.hits / self.n


def chance_limit(one: Share, other: Share) -> float:
    """How far two shares may lie apart by chance alone.

    Source: twice the standard error of a difference of two independent shares.
    """
    return 2 * math.sqrt(one.rate * (1 - one.rate) / one.n + other.rate * (1 - other.rate) / other.n)


def colour_of(lane: Share) -> str:
    """How a lane is shown: few, green, yellow or red."""
    if lane.n < ENOUGH:
        return "few"
    below = TARGET - 100 * lane.rate
    return "red" if below >= RED else "yellow" if below >= YELLOW else "green"


def silence_limit(region: str) -> int:
    """After so many hours without a scan a parcel on its way warns."""
    return REMOTE_SILENCE_HOURS if region in REMOTE else SILENCE_HOURS
