"""The risk of coming late, counted by hand, and its back-test."""

from __future__ import annotations

import math

import pytest

from core.domain.buckets import bucket_of
from core.domain.increments import COARSE
from core.domain.risk import Outcome, Survival, back_test

HOUR = 3_600.0


def _risks(survival: Survival, *cases: tuple[str, float, float]) -> list[float]:
    found: list[float] = survival.risks(*zip(*cases, strict=True)).tolist()
    return found


def _counts(lane: str, hours: dict[float, int]) -> dict[tuple[str, int], int]:
    return {(lane, bucket_of(int(took * HOUR)) // COARSE): n for took, n in hours.items()}


def test_the_share_of_past_parcels_that_took_longer() -> None:
    """100 parcels: 80 took a day, 20 took ten days. Allowed are four days."""
    survival = Survival(_counts("1>CN-SH", {24: 80, 240: 20}))
    assert _risks(survival, ("1>CN-SH", 0, 96 * HOUR)) == [0.2]


def test_what_has_been_under_way_for_long_is_judged_among_its_like() -> None:
    """After three days the 80 quick ones are out of the question: all that is left took ten days."""
    survival = Survival(_counts("1>CN-SH", {24: 80, 240: 60}))
    assert _risks(survival, ("1>CN-SH", 72 * HOUR, 96 * HOUR)) == [1.0]


def test_a_promise_that_has_passed_can_not_be_kept() -> None:
    survival = Survival(_counts("1>CN-SH", {24: 100}))
    assert _risks(survival, ("1>CN-SH", 10 * HOUR, 10 * HOUR), ("9>XX", 5.0, 4.0)) == [1.0, 1.0]


def test_a_lane_that_says_too_little_asks_its_region_and_then_everybody() -> None:
    counts = _counts("1>CN-SH", {24: 10}) | _counts("2>CN-SH", {240: 60}) | _counts("2>CN-GD", {24: 930})
    survival = Survival(counts)
    cases = [("1>CN-SH", 0, 96 * HOUR), ("7>CN-GD", 0, 96 * HOUR), ("7>XX", 0, 96 * HOUR)]
    assert _risks(survival, *cases) == pytest.approx([60 / 70, 0.0, 60 / 1000])


def test_too_few_parcels_say_nothing() -> None:
    assert math.isnan(_risks(Survival(_counts("1>CN-SH", {24: 49})), ("1>CN-SH", 0, HOUR))[0])
    assert math.isnan(_risks(Survival({}), ("1>CN-SH", 0, HOUR))[0])
    assert Survival({}).risks([], [], []).tolist() == []


def test_within_a_bucket_durations_are_taken_as_even_on_the_logarithmic_scale() -> None:
    bucket = bucket_of(int(24 * HOUR)) // COARSE
    low, high = (1.05 ** (COARSE * edge) for edge in (bucket, bucket + 1))
    survival = Survival({("1>CN-SH", bucket): 100})
    middle = math.sqrt(low * high)
    found = _risks(survival, *(("1>CN-SH", 0, at) for at in (low, middle, high)))
    assert found == pytest.approx([1.0, 0.5, 0.0], abs=1e-6)


def test_a_forecast_is_held_against_what_happened() -> None:
    """Ten parcels at 10% of which one was late, ten at 80% of which eight were."""
    found = back_test([Outcome(0.1, 10, 1), Outcome(0.8, 10, 8)])
    assert found is not None and (found.n, found.late_rate) == (20, 9 / 20)
    assert found.brier == pytest.approx((0.81 + 9 * 0.01 + 8 * 0.04 + 2 * 0.64) / 20)
    assert found.brier_flat == pytest.approx(0.45 * 0.55)
    assert [(tenth.tenth, tenth.n, tenth.late_rate) for tenth in found.deciles] == [(1, 10, 0.1), (8, 10, 0.8)]
    assert [tenth.predicted for tenth in found.deciles] == pytest.approx([0.1, 0.8])


def test_certainty_belongs_to_the_last_tenth() -> None:
    found = back_test([Outcome(1.0, 4, 4), Outcome(0.95, 1, 0)])
    assert found is not None and [(tenth.tenth, tenth.n) for tenth in found.deciles] == [(9, 5)]
    assert back_test([]) is None
