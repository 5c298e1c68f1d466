"""Paired gains: what the same people gained between two tests, with how sure that is and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.sizes import is_small, is_too_few

CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with 95% confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedGain:
    """The gain of a group.

    Units: gains in those of the scores; `d_z` and `g_z` in standard deviations of the gains. `interval` (Student's t)
    is None for one person; t, d_z, g_z are None where all gained the same, g_z also for two people.
    """

    n: int
    pre: float
    post: float
    mean: float
    sd: float | None
    interval: Interval | None
    t: float | None
    p: float | None
    d_z: float | None
    g_z: float | None
    d_z_interval: Interval | None
    hake_class: float | None
    hake_people: float | None

    @property
    def small(self) -> bool:
        """Whether the group is to be called small."""
        return is_small(self.n)

    @property
    def too_few(self) -> bool:
        """Whether the group is too small to say more than how these people did."""
        return is_too_few(self.n)


def paired_gain(
    pre: Sequence[float],
    post: Sequence[float],
    *,
    maximum: float = 1.0,
    error: float | None = None,
    freedom: float | None = None,
) -> PairedGain | None:
    """The gain of a group from pre to post; None for nobody.

    Shape: the same people in the same order. `maximum` is the best score there is; `error` and `freedom` are those of
    the mean where it rests on more than these gains, as when a form's part was taken out.
    Source: t Student 1908; d_z Cohen 1988 (mean gain / sd of gains), interval by the noncentral t; g_z Hedges 1981
    (corrected for small groups); class gain (post − pre) / (maximum − pre) of the means, Hake 1998; its individual
    twin is the mean over people.
    Why no bootstrap of small groups: resampling leaves out what Student's t adds for an estimated spread, so that of
    ten people its 95% interval holds the gain nine times in ten, and in skewed groups less often than Student's, too.
    """
    before, after = np.asarray(pre, dtype=float), np.asarray(post, dtype=float)
    n = len(before)
    if n == 0:
        return None
    gains = after - before
    mean = float(gains.mean())
    sd = float(gains.std(ddof=1)) if n > 1 else None
    t = p = d_z = g_z = None
    interval = d_interval = None
    if sd is not None:
        from scipy.special import stdtr, stdtrit

        own = sd / float(np.sqrt(n)) if error is None else error
        sure = float(n - 1) if freedom is None else freedom
        half = float(stdtrit(sure, (1 + CONFIDENCE) / 2)) * own
        interval = Interval(mean - half, mean + half)
        if sd > 1e-12 and own > 1e-12:
            t = mean / own
            p = 2 * float(stdtr(sure, -abs(t)))
            d_z = mean / sd
            g_z = d_z * hedges_correction(n - 1) if n > 2 else None
            d_interval = _noncentral(t, sure, own / sd)
    return PairedGain(
        n=n,
        pre=float(before.mean()),
        post=float(after.mean()),
        mean=mean,
        sd=sd,
        interval=interval,
        t=t,
        p=p,
        d_z=d_z,
        g_z=g_z,
        d_z_interval=d_interval,
        hake_class=hake(float(before.mean()), float(after.mean()), maximum),
        hake_people=_hake_of_people(before, after, maximum),
    )


def hake(pre: float, post: float, maximum: float = 1.0) -> float | None:
    """The gain as a share of what was left to gain; None where nothing was. Source: Hake 1998."""
    return None if maximum - pre < 1e-12 else (post - pre) / (maximum - pre)


def hedges_correction(freedom: int) -> float:
    """What an effect size of a small group is multiplied by. Source: Hedges 1981, exact form by gamma functions."""
    from scipy.special import gammaln

    if freedom < 2:
        return 0.0
    return float(np.exp(gammaln(freedom / 2) - gammaln((freedom - 1) / 2)) / np.sqrt(freedom / 2))


def _noncentral(t: float, freedom: float, scale: float) -> Interval:
    """The interval of d_z: the noncentralities that would give such a t at either end.

    Units: `scale` is the error of the mean in standard deviations of the gains.
    """
    from scipy.special import nctdtrinc

    ends = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    low, high = (float(nctdtrinc(freedom, end, t)) * scale for end in ends)
    return Interval(low, high)


def _hake_of_people(pre: NDArray[np.float64], post: NDArray[np.float64], maximum: float) -> float | None:
    left = maximum - pre
    could = left > 1e-12
    return float(((post - pre)[could] / left[could]).mean()) if could.any() else None
