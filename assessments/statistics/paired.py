"""Paired gains: what the same people gained between two tests, with how sure that is and how large."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.statistics.sizes import SMALL, is_small, is_too_few

CONFIDENCE = 0.95
RESAMPLES = 4_000
_SEED = 20260318  # the same people always give the same interval


@dataclass(frozen=True, slots=True)
class Interval:
    """Where a figure lies with 95% confidence."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class PairedGain:
    """The gain of a group.

    Units: gains in those of the scores; `d_z` and `g_z` in standard deviations of the gains. `interval` (Student's t)
    is None for one person; `resampled` (bootstrap) is there for small groups; t, d_z, g_z are None where all gained
    the same.
    """

    n: int
    pre: float
    post: float
    mean: float
    sd: float | None
    interval: Interval | None
    resampled: Interval | None
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


def paired_gain(pre: Sequence[float], post: Sequence[float], *, maximum: float = 1.0) -> PairedGain | None:
    """The gain of a group from pre to post; None for nobody.

    Shape: the same people in the same order. `maximum` is the best score there is.
    Source: t Student 1908; d_z Cohen 1988 (mean gain / sd of gains), interval by the noncentral t; g_z Hedges 1981
    (corrected for small groups); bootstrap BCa, Efron 1987; class gain (post − pre) / (maximum − pre) of the means,
    Hake 1998; its individual twin is the mean over people.
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
        from scipy.special import stdtr

        interval = _student(mean, sd, n)
        if sd > 1e-12:
            t = mean / (sd / np.sqrt(n))
            p = 2 * float(stdtr(n - 1, -abs(t)))
            d_z = mean / sd
            g_z = d_z * hedges_correction(n - 1)
            d_interval = _noncentral(float(t), n)
    return PairedGain(
        n=n,
        pre=float(before.mean()),
        post=float(after.mean()),
        mean=mean,
        sd=sd,
        interval=interval,
        resampled=resampled_mean(gains),
        t=None if t is None else float(t),
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


def resampled_mean(values: NDArray[np.float64]) -> Interval | None:
    """A bootstrap interval of the mean of a small group; None for five or fewer, for many, or where all are equal."""
    n = len(values)
    if not 5 < n < SMALL or values.std() < 1e-12:
        return None
    from scipy.special import ndtr, ndtri

    draws = np.random.default_rng(_SEED).integers(0, n, (RESAMPLES, n))
    means = np.sort(values[draws].mean(axis=1))
    below = np.clip((means < values.mean()).mean() + (means == values.mean()).mean() / 2, 1e-6, 1 - 1e-6)
    bias = ndtri(below)
    without = (values.sum() - values) / (n - 1)
    off = without.mean() - without
    skew = (off**3).sum() / (6 * (off**2).sum() ** 1.5)
    ends = np.array([(1 - CONFIDENCE) / 2, (1 + CONFIDENCE) / 2])
    shifted = bias + ndtri(ends)
    low, high = np.quantile(means, ndtr(bias + shifted / (1 - skew * shifted)))
    return Interval(float(low), float(high))


def _student(mean: float, sd: float, n: int) -> Interval:
    from scipy.special import stdtrit

    half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * sd / np.sqrt(n)
    return Interval(float(mean - half), float(mean + half))


def _noncentral(t: float, n: int) -> Interval:
    """The interval of d_z: the noncentralities that would give such a t at either end."""
    from scipy.special import nctdtrinc

    ends = ((1 + CONFIDENCE) / 2, (1 - CONFIDENCE) / 2)
    low, high = (float(nctdtrinc(n - 1, end, t)) / float(np.sqrt(n)) for end in ends)
    return Interval(low, high)


def _hake_of_people(pre: NDArray[np.float64], post: NDArray[np.float64], maximum: float) -> float | None:
    left = maximum - pre
    could = left > 1e-12
    return float(((post - pre)[could] / left[could]).mean()) if could.any() else None
