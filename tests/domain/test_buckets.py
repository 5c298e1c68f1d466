"""Buckets of durations: percentiles from them are within 2.5% of numpy's on the same durations."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.domain.buckets import NOTHING, bucket_of, middle_of, percentile

DURATIONS = st.lists(st.integers(1, 200 * 86_400), min_size=1, max_size=300)


@pytest.mark.parametrize("seconds", [1, 2, 3, 59, 3_600, 86_399, 10**6, 10**9])
def test_a_bucket_stands_for_everything_in_it_within_two_and_a_half_per_cent(seconds: int) -> None:
    assert abs(middle_of(bucket_of(seconds)) / seconds - 1) <= 0.025


def test_no_time_and_clocks_that_disagree_count_as_nothing() -> None:
    assert [bucket_of(0), bucket_of(-60)] == [NOTHING, NOTHING]
    assert middle_of(NOTHING) == 0.0


@settings(max_examples=200, deadline=None)
@given(DURATIONS, st.sampled_from([0.0, 0.25, 0.5, 0.9, 0.95, 1.0]))
def test_percentiles_are_numpys_within_two_and_a_half_per_cent(durations: list[int], share: float) -> None:
    found = percentile(Counter(map(bucket_of, durations)), share)
    assert found == pytest.approx(float(np.percentile(durations, share * 100)), rel=0.025)


def test_buckets_that_were_emptied_again_count_nothing() -> None:
    assert percentile({100: 0, 120: 3}, 0.5) == middle_of(120)
    assert math.isnan(percentile({100: 0}, 0.5))
    assert math.isnan(percentile({}, 0.9))
