"""Errors of corrected means: the interval of a gain holds it as often as it says, however the forms were given."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import stdtrit

from assessments.statistics.corrected_means import mean_error, pulls_on_ease, pulls_on_line
from assessments.statistics.equating import linear, swapped_effect

GAIN, EASE = 0.15, 0.08


def _held(rng: np.random.Generator, ab_count: int, ba_count: int) -> tuple[bool, float]:
    """Whether the interval of a class's gain holds it, and the gain found, with so many people in either order."""
    ab = dict(enumerate(GAIN + EASE + rng.normal(0, 0.12, ab_count)))
    ba = dict(enumerate(GAIN - EASE + rng.normal(0, 0.12, ba_count), start=ab_count))
    effect = swapped_effect(np.array(list(ab.values())), np.array(list(ba.values())))
    assert effect is not None
    freed = {who: gain - effect.ease for who, gain in ab.items()} | {
        who: gain + effect.ease for who, gain in ba.items()
    }
    rates = (-(ab_count - ba_count) / (ab_count + ba_count),)
    forms = dict.fromkeys(ab, "A") | dict.fromkeys(ba, "B")
    error = mean_error(freed, rates, pulls_on_ease(ab, ba), forms)
    assert error is not None
    mean = float(np.mean(list(freed.values())))
    return abs(mean - GAIN) <= stdtrit(error.freedom, 0.975) * error.value, mean


@pytest.mark.parametrize("halves", [(20, 20), (5, 45), (100, 10)])
def test_the_interval_holds_the_gain_when_one_order_is_small(halves: tuple[int, int]) -> None:
    rng = np.random.default_rng(21)
    held, means = zip(*(_held(rng, *halves) for _ in range(400)), strict=True)
    assert np.mean(means) == pytest.approx(GAIN, abs=0.006), "whatever form B is like"
    # 95% of 400 are 380 ± 9; the gains' own spread would hold 300 of them where halves are that unequal.
    assert 365 <= sum(held) <= 396


def test_two_in_either_order_by_hand() -> None:
    ab, ba = {1: 0.2, 2: 0.4}, {3: 0.1, 4: 0.2}
    error = mean_error({1: 0.125, 2: 0.325, 3: 0.175, 4: 0.275}, (0.0,), pulls_on_ease(ab, ba), {})
    assert error is not None and error.freedom == 3
    assert error.value == pytest.approx((0.025 / 3 / 4) ** 0.5), "nothing was corrected: their own spread"
    uneven = mean_error({1: 0.1, 2: 0.3}, (-1.0,), pulls_on_ease(ab, ba), {1: "A", 2: "A", 3: "B", 4: "B"})
    # The mean of both orders' means, (0.3 + 0.15) / 2, each of which has a variance of its own: 0.02 / 2 and 0.005 / 2.
    assert uneven is not None and uneven.value == pytest.approx(0.0125**0.5 / 2)


def test_a_line_told_from_few_people_makes_the_interval_wide() -> None:
    rng = np.random.default_rng(22)
    held = plain = 0
    for _ in range(300):
        known = rng.normal(0, 0.13, 40)
        pre = dict(enumerate(0.45 + known + rng.normal(0, 0.08, 40)))
        post = dict(enumerate(0.45 + GAIN + EASE + known + rng.normal(0, 0.08, 40)))
        others = dict(enumerate(0.45 + EASE + rng.normal(0, 0.153, 12), start=40))
        line = linear(np.array(list(others.values())), np.array(list(pre.values())))
        assert line is not None
        freed = {who: line.on(post[who]) - pre[who] for who in pre}
        forms = dict.fromkeys(pre, "A") | dict.fromkeys(others, "B")
        error = mean_error(freed, (float(np.mean(list(post.values()))), 1.0), pulls_on_line(line, others, pre), forms)
        assert error is not None
        off, spread = abs(np.mean(list(freed.values())) - GAIN), np.std(list(freed.values()), ddof=1) / 40**0.5
        held += bool(off <= stdtrit(error.freedom, 0.975) * error.value)
        plain += bool(off <= stdtrit(39, 0.975) * spread)
    assert 270 <= held <= 297, "95% of 300 are 285 ± 8"
    assert plain < 190, "the gains' own spread says nothing of the line"


def test_few_and_equal_people() -> None:
    assert mean_error({1: 0.2}, (), {}, {}) is None
    nothing = mean_error({1: 0.2, 2: 0.2}, (), {}, {})
    assert nothing is not None and (nothing.value, nothing.freedom) == (0.0, 1.0)
