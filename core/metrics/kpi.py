"""What a KPI says of itself: its name, its definition as printed beside the figure, its unit, and its rows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from core.context import Context
from core.metrics.filters import Filter

Unit = Literal["count", "money", "rate", "days"]


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure, the number of cases it rests on, and what it was in the equal period before.

    `value` is None where there is nothing to tell. Units: as its Kpi says; money in cents, days as days.
    """

    value: float | None
    n: int
    before: float | None = None
    before_n: int = 0


@dataclass(frozen=True, slots=True)
class Kpi:
    """One figure of the board. `label` and `definition` are English and translated where they are shown.

    `better` says which direction is welcome. `rows` names the row set that opens behind the figure.
    """

    key: str
    label: str
    definition: str
    unit: Unit
    read: Callable[[Context, Filter], Figure]
    rows: str
    better: Literal["up", "down"] | None = None


def share(part: int, whole: int) -> float | None:
    """A rate 0..1; None when there is nothing to divide by."""
    return part / whole if whole else None
