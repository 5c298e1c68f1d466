"""The risk that an open order comes late: the share of past parcels of its lane that took longer than it may."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from core.domain.buckets import FACTOR
from core.domain.increments import COARSE

ENOUGH = 50  # past parcels below which a lane says too little
_PER_LOG = 1.0 / (math.log(FACTOR) * COARSE)
_BUCKETS = 120  # coarse buckets; the last begins after 400 years
_WIDEST = ""

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


class Survival:
    """How long past parcels took, by lane, by region, and all together: how many took longer than a time.

    Shape: `counts` maps (lane, coarse bucket) to how many parcels.
    Source: the empirical survival function; within a bucket, durations are taken as even on the logarithmic scale.
    """

    def __init__(self, counts: Mapping[tuple[str, int], int]) -> None:
        self._rows: dict[str, int] = {_WIDEST: 0}
        for lane, _ in counts:
            self._rows.setdefault(lane, len(self._rows))
            self._rows.setdefault(_region(lane), len(self._rows))
        held = np.zeros((len(self._rows), _BUCKETS + 1))
        for (lane, bucket), n in counts.items():
            for name in (lane, _region(lane), _WIDEST):
                held[self._rows[name], bucket + 1] += n  # bucket -1 (no time at all) comes first
        # Column k: how many took longer than the beginning of bucket k - 1.
        self._longer = np.concatenate([held[:, ::-1].cumsum(axis=1)[:, ::-1], np.zeros((len(held), 1))], axis=1)

    def risks(self, lanes: Sequence[str], elapsed: Sequence[float] | Ints, allowed: Sequence[float] | Ints) -> Floats:
        """The risk of each parcel: of the past parcels that took longer than its `elapsed` time, the share that took
        longer than it is `allowed`. Its lane is asked first, then its region, then all; NaN where even they are few.

        Shape: one entry per parcel in each argument and in the result. Units: seconds.
        """
        names = {lane: number for number, lane in enumerate(dict.fromkeys(lanes))}
        known = [(self._rows.get(lane, -1), self._rows.get(_region(lane), -1), 0) for lane in names]
        which = np.array([names[lane] for lane in lanes], dtype=np.int64)
        levels = np.array(known, dtype=np.int64).reshape(-1, 3)[which].T
        so_far, until = np.array(elapsed, dtype=np.float64), np.array(allowed, dtype=np.float64)
        found = np.full(len(so_far), np.nan)
        for level in levels:
            asked = np.nonzero(np.isnan(found) & (level >= 0))[0]
            still = self._longer_than(level[asked], so_far[asked])
            asked, still = asked[still >= ENOUGH], still[still >= ENOUGH]
            longer = self._longer_than(level[asked], np.maximum(until[asked], so_far[asked]))
            found[asked] = longer / still
        found[until <= so_far] = 1.0
        return found

    def _longer_than(self, rows: Ints, seconds: Floats) -> Floats:
        """How many parcels of each row took longer than the time beside it."""
        place = np.log(np.maximum(seconds, 1.0)) * _PER_LOG
        bucket = np.minimum(place.astype(np.int64), _BUCKETS - 1)
        share_in = np.clip(place - bucket, 0.0, 1.0)
        begin, end = self._longer[rows, bucket + 1], self._longer[rows, bucket + 2]
        counted: Floats = np.where(seconds <= 0, self._longer[rows, 0], begin - share_in * (begin - end))
        return counted


def _region(lane: str) -> str:
    """How a region is called among the lanes that lead there."""
    return ">" + lane.partition(">")[2]


class Verdict(NamedTuple):
    """What a set of open parcels is in for: how many can't be judged, the sum of the risks, and those at risk.

    Shape: `risky` holds (place among the parcels, risk), the highest risk first.
    """

    unknown_n: int
    expected_late: float
    risky: list[tuple[int, float]]


def judge(
    survival: Survival, lanes: Sequence[str], starts: Sequence[int], promised: Sequence[int], now: int, limit: float
) -> Verdict:
    """Judges parcels that set out at `starts` and are promised for `promised`; at risk is who reaches the limit."""
    begun = np.array(starts, dtype=np.int64)
    risks = survival.risks(lanes, now - begun, np.array(promised, dtype=np.int64) - begun)
    at = np.nonzero(risks >= limit)[0]
    at = at[np.argsort(-risks[at], kind="stable")]
    risky = list(zip(at.tolist(), risks[at].tolist(), strict=True))
    return Verdict(int(np.isnan(risks).sum()), float(np.nansum(risks)), risky)


class Outcome(NamedTuple):
    """What came of `n` past parcels whose risk was put at `predicted`: `late` of them were late."""

    predicted: float
    n: int
    late: int


class Decile(NamedTuple):
    """Parcels whose predicted risk lay in one tenth of the scale: the mean prediction and what happened."""

    tenth: int
    n: int
    predicted: float
    late_rate: float


class BackTest(NamedTuple):
    """How good predictions were on parcels they had not learned from.

    `brier` is the mean squared difference between prediction and outcome (0 is perfect); `brier_flat` is what always
    saying the average would have reached.
    """

    n: int
    late_rate: float
    brier: float
    brier_flat: float
    deciles: tuple[Decile, ...]


def back_test(outcomes: Sequence[Outcome]) -> BackTest | None:
    """Holds predictions against what happened; None when there is nothing to hold.

    Source: G. W. Brier, Verification of forecasts expressed in terms of probability (1950).
    """
    n = sum(outcome.n for outcome in outcomes)
    if not n:
        return None
    late = sum(outcome.late for outcome in outcomes)
    squares = sum(
        outcome.late * (1 - outcome.predicted) ** 2 + (outcome.n - outcome.late) * outcome.predicted**2
        for outcome in outcomes
    )
    tenths: dict[int, list[Outcome]] = {}
    for outcome in outcomes:
        tenths.setdefault(min(int(outcome.predicted * 10), 9), []).append(outcome)
    deciles = []
    for tenth, members in sorted(tenths.items()):
        size = sum(member.n for member in members)
        mean = sum(member.predicted * member.n for member in members) / size
        deciles.append(Decile(tenth, size, mean, sum(member.late for member in members) / size))
    rate = late / n
    return BackTest(n, rate, squares / n, rate * (1 - rate), tuple(deciles))
