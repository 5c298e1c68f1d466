"""Durations in logarithmic buckets, so that percentiles can be read from a few counts."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

FACTOR = 1.05  # a bucket's middle is at most 2.5% from anything in it
NOTHING = -1  # durations of no second, or less where a channel's clocks disagree
_PER_LOG = 1.0 / math.log(FACTOR)


def bucket_of(seconds: int) -> int:
    """The bucket that holds a duration; bucket k covers FACTOR**k to FACTOR**(k+1) seconds."""
    return int(math.log(seconds) * _PER_LOG) if seconds > 0 else NOTHING


def middle_of(bucket: int) -> float:
    """What a bucket stands for: its geometric middle. Units: seconds."""
    return 0.0 if bucket == NOTHING else math.exp((bucket + 0.5) / _PER_LOG)


def percentile(counts: Mapping[int, int], share: float) -> float:
    """The duration below which a share (0..1) of all lies, at most 2.5% off.

    Shape: bucket → how many. Between two ranks it interpolates, as numpy.percentile does by default.
    Units: seconds; NaN when nothing was counted.
    """
    ordered = sorted((bucket, n) for bucket, n in counts.items() if n > 0)
    total = sum(n for _, n in ordered)
    if total == 0:
        return math.nan
    rank = (total - 1) * share
    low, part = int(rank), rank - int(rank)
    passed, first = 0, math.nan
    for bucket, n in ordered:
        passed += n
        if math.isnan(first) and passed > low:
            first = middle_of(bucket)
        if passed > low + 1 or (passed > low and part == 0.0):
            return first + part * (middle_of(bucket) - first)
    return first


def exact_percentile(ordered: Sequence[int], share: float) -> float:
    """The same from the durations themselves, smallest first.

    Source: linear interpolation between ranks, definition 7 of Hyndman and Fan (1996), numpy's default.
    """
    rank = (len(ordered) - 1) * share
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (rank - low) * (ordered[high] - ordered[low])
