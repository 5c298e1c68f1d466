"""Conversion of scores: what every score on the second form is worth on the first, three ways side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from assessments.sittings import every_sitting, waiting_among
from assessments.statistics.equating import equipercentile, linear, mean_shift
from assessments.statistics.sizes import SMALL
from assessments.tries import PRE
from core.context import Context


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """What one score on form B is worth on form A. Units: percent of the marks."""

    score: float
    by_mean: float
    by_line: float
    by_rank: float


@dataclass(frozen=True, slots=True)
class Conversion:
    """Scores of form B on the scale of form A, told from `a_count` and `b_count` people who took either first."""

    a_count: int
    b_count: int
    rows: tuple[ConversionRow, ...]


def conversion_of(ctx: Context, test: str, steps: int = 20) -> Conversion | None:
    """The conversion in so many steps of the scale; None for fewer than thirty people on either form.

    Why the pre-test: the forms are given by turns, so those who took either first are equally good; and nobody has
    been trained yet. Told from the version of the test that most took first, since another has other forms, and without
    whoever waits for a mark by hand. Source: Kolen & Brennan 2004, random groups: mean, linear, equipercentile.
    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    first = [one for one in every_sitting(ctx, test) if one.phase == PRE]
    waiting, versions = waiting_among(ctx, test, first), Counter(one.version for one in first)
    most = max(versions, key=lambda version: (versions[version], version), default=0)
    first = [one for one in first if one.version == most and one.id not in waiting]
    a, b = (np.array([one.score for one in first if one.form == form]) for form in ("A", "B"))
    line = linear(b, a) if min(len(a), len(b)) >= SMALL else None
    if line is None:
        return None
    shift = mean_shift(b, a)
    ranks = equipercentile(_counts(b, steps), _counts(a, steps))
    rows = tuple(
        ConversionRow(100 * score, 100 * shift.on(score), 100 * line.on(score), 100 * float(rank) / steps)
        for score, rank in zip((step / steps for step in range(steps + 1)), ranks, strict=True)
    )
    return Conversion(len(a), len(b), rows)


def _counts(scores: Sequence[float] | np.ndarray, steps: int) -> list[int]:
    """How many people reached each step of the scale, to the nearest."""
    counted: list[int] = np.bincount(np.rint(np.asarray(scores) * steps).astype(int), minlength=steps + 1).tolist()
    return counted
