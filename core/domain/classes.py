"""ABC by what articles sell for, XYZ by how evenly they sell, and when each class is due for a count."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import sqrt
from types import MappingProxyType
from typing import TypeVar

K = TypeVar("K")
DAY = 86_400


class Abc(StrEnum):
    """An article's weight in what the house sells."""

    A = "A"
    B = "B"
    C = "C"


class Xyz(StrEnum):
    """How even an article's demand is."""

    X = "X"
    Y = "Y"
    Z = "Z"


XYZ_LABELS = MappingProxyType({Xyz.X: "Sells evenly", Xyz.Y: "Sells unevenly", Xyz.Z: "Sells now and then"})


@dataclass(frozen=True, slots=True)
class ClassPolicy:
    """Where the classes end. Units: shares of value 0..1; coefficients of variation of weekly demand."""

    a_share: float
    b_share: float
    x_variation: float
    y_variation: float
    least_weeks: int


def abc_of(values: Mapping[K, int], policy: ClassPolicy) -> dict[K, Abc]:
    """The class of each article by its share of all value, the dearest first.

    An article belongs to the class that its value begins in: one that alone makes most of the value is an A. What
    sold nothing is a C.
    Source: Pareto's 80/15/5 as in DESIGN 3 of the house; the shares are policy.
    """
    total = sum(values.values())
    before, classes = 0, dict[K, Abc]()
    for key, value in sorted(values.items(), key=lambda item: -item[1]):
        share = before / total if total else 1.0
        classes[key] = Abc.C if value <= 0 or share >= policy.b_share else Abc.A if share < policy.a_share else Abc.B
        before += value
    return classes


def variation(weekly: Sequence[int]) -> float | None:
    """The coefficient of variation of weekly demand (sample standard deviation over mean); None where nothing sold."""
    n = len(weekly)
    mean = sum(weekly) / n if n else 0.0
    if n < 2 or mean <= 0:
        return None
    return sqrt(sum((units - mean) ** 2 for units in weekly) / (n - 1)) / mean


def xyz_of(weekly: Sequence[int], policy: ClassPolicy) -> Xyz | None:
    """How even demand is; None where there are too few weeks to say."""
    if len(weekly) < policy.least_weeks:
        return None
    found = variation(weekly)
    if found is None:
        return Xyz.Z
    return Xyz.X if found <= policy.x_variation else Xyz.Y if found <= policy.y_variation else Xyz.Z


def days_overdue(counted_at: int | None, now: int, every_days: int) -> float:
    """How long an article has been due for its next cycle count; below 0 when it isn't. Never counted comes first."""
    return float("inf") if counted_at is None else (now - counted_at) / DAY - every_days
