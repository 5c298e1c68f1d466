"""Statistics of a few people, with the answer in the test."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from assessments.statistics.classical import alpha_of, item_figures, test_figures
from assessments.statistics.decisions import consistency
from assessments.statistics.distractors import option_figures, suspicion_in, thirds_of, weak_among
from assessments.statistics.equating import RELIABLE, linear, reliable_change, swapped_effect
from assessments.statistics.group_differences import group_differences, told_apart
from assessments.statistics.paired import hake, hedges_correction, paired_gain
from assessments.statistics.response_model import fit_two_parameters
from assessments.statistics.sampling import alpha_interval, correlation_interval
from assessments.statistics.verdicts import (
    DISTRACTOR,
    FEW,
    GOOD,
    ITEM_ADVICE_LABELS,
    ITEM_VERDICT_LABELS,
    KEY,
    NEGATIVE,
    OFTEN_BLANK,
    TAKES_LONG,
    TOO_EASY,
    TOO_HARD,
    UNFAIR,
    WEAK_ITEM,
    slow_among,
    verdicts_on,
)


def _ladder(people: int, items: int) -> np.ndarray:
    """Everybody gets right what the next weaker person does, and one more: a perfect scale."""
    return np.array([[float(person > item * people / items) for item in range(items)] for person in range(people)])


def test_four_people_by_hand() -> None:
    marks = np.array([[1.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0], [0.0, 0.0, 0.0]])
    whole = test_figures(marks, np.ones(3))
    assert (whole.n, whole.mean, whole.median, whole.maximum) == (4, 1.5, 1.5, 3.0)
    # totals 2 1 3 0: variance 5/3; variances 1/4, 1/3, 1/4: alpha = 3/2 · (1 − (5/6)/(5/3)) = 3/4
    assert alpha_of(marks) == pytest.approx(0.75)
    assert whole.error_ratio == pytest.approx(50)
    assert whole.standard_error == pytest.approx((5 / 3) ** 0.5 / 2)
    second = item_figures(marks, np.ones(3))[1]
    # marks 1 0 1 0 against the rest 1 1 2 0: covariance 1/3, variances 1/3 and 2/3
    assert second.covariance == pytest.approx(1 / 3)
    assert second.discrimination == pytest.approx(100 / 2**0.5)
    assert second.efficiency == pytest.approx(100)
    assert second.facility == 0.5
    assert second.intended_weight == pytest.approx(100 / 3)


def test_weights_change_marks_but_no_shares() -> None:
    marks = _ladder(40, 4)
    light, heavy = item_figures(marks, np.ones(4)), item_figures(marks * 3, np.full(4, 3.0))
    for a, b in zip(light, heavy, strict=True):
        assert (a.facility, a.sd, a.upper_lower) == pytest.approx((b.facility, b.sd, b.upper_lower))
        assert (a.discrimination, a.efficiency) == pytest.approx((b.discrimination, b.efficiency))
        assert b.covariance == pytest.approx(9 * (a.covariance or 0))


def test_nobody_differs_and_nothing_is_made_up() -> None:
    marks = np.ones((5, 3))
    whole = test_figures(marks, np.ones(3))
    assert (whole.sd, whole.cic, whole.standard_error, whole.skewness) == (0.0, None, None, None)
    for one in item_figures(marks, np.ones(3)):
        assert (one.facility, one.discrimination, one.efficiency, one.effective_weight) == (1.0, None, None, None)


def test_one_person_and_one_item() -> None:
    whole = test_figures(np.array([[0.5]]), np.ones(1))
    assert (whole.n, whole.mean, whole.sd, whole.cic) == (1, 0.5, None, None)
    (one,) = item_figures(np.array([[0.5]]), np.ones(1))
    assert (one.facility, one.sd, one.discrimination, one.upper_lower) == (0.5, None, None, None)


def test_upper_and_lower_quarter() -> None:
    marks = _ladder(100, 5)
    easiest, *_, hardest = item_figures(marks, np.ones(5))
    assert hardest.upper_lower is not None and easiest.upper_lower is not None
    # The upper 27 are of the 39 who got all else right, of whom 19 got it right, too; of the lower nobody did.
    assert hardest.upper_lower == pytest.approx(19 / 39)
    assert easiest.facility == 0.99


# ---- options --------------------------------------------------------------------------------------------------

TENS = np.array([10, 10, 10])
OPTIONS = {"a": 1.0, "b": 0.0, "c": 0.0, "d": 0.0}


def test_a_sound_item_has_neither_suspicion_nor_weak_options() -> None:
    rest = np.arange(30.0)
    chosen = [frozenset("bcd"[n % 3]) if n < 15 else frozenset("a") for n in range(30)]
    found = {one.name: one for one in option_figures(OPTIONS, chosen, rest)}
    assert (found["a"].chosen, found["a"].share, found["a"].by_third) == (15, 0.5, (0.0, 0.5, 1.0))
    assert found["b"].by_third == (0.4, 0.1, 0.0)
    assert found["a"].point_biserial == pytest.approx(np.corrcoef([0] * 15 + [1] * 15, rest)[0, 1])
    assert suspicion_in(list(found.values()), TENS) is None
    assert weak_among(list(found.values()), 30) == ()


def test_a_wrong_key_is_found_out() -> None:
    rest = np.arange(30.0)
    chosen = [frozenset("a" if n % 2 else "c") if n < 15 else frozenset("b") for n in range(30)]
    options = option_figures(OPTIONS, chosen, rest)
    found = suspicion_in(options, TENS)
    assert found is not None and (found.key, found.option) == ("a", "b")
    assert weak_among(options, 30) == ("b", "d"), "b draws the better people, d nobody"
    assert suspicion_in(options, np.array([3, 3, 3])) is None, "nine people are too few to suspect anything"


def test_a_key_that_nobody_chose_is_found_out() -> None:
    rng = np.random.default_rng(3)
    rest = np.arange(150.0)
    chosen = [frozenset("b" if n > 8 or rng.random() < 0.5 else "c") for n in range(150)]
    found = suspicion_in(option_figures(OPTIONS, chosen, rest), np.array([50, 50, 50]))
    assert found is not None and (found.key, found.option) == ("a", "b")


def test_a_common_mistake_of_weaker_people_is_no_wrong_key() -> None:
    chosen = [frozenset("b" if n < 70 else "a") for n in range(100)]
    assert suspicion_in(option_figures(OPTIONS, chosen, np.arange(100.0)), np.array([34, 33, 33])) is None


def test_a_hard_item_is_no_wrong_key() -> None:
    rng = np.random.default_rng(5)
    chosen = [frozenset(rng.choice(list("abcd"))) for _ in range(200)]
    assert suspicion_in(option_figures(OPTIONS, chosen, rng.normal(size=200)), np.array([67, 66, 67])) is None


def test_of_few_people_an_option_that_nobody_chose_is_not_called_weak() -> None:
    def weak(n: int, wrong: str) -> tuple[str, ...]:
        chosen = [frozenset(wrong[at // 2 % len(wrong)] if at % 2 else "a") for at in range(n)]
        return weak_among(option_figures(OPTIONS, chosen, np.zeros(n)), n)

    assert weak(28, "bc") == (), "one in ten may well choose it, and none of 28 did"
    assert weak(30, "bc") == ("d",)
    easy = [frozenset("b" if at < 10 else "a") for at in range(100)]
    assert weak_among(option_figures(OPTIONS, easy, np.zeros(100)), 100) == (), "ten wrong answers can't feed three"


def test_a_tie_is_not_broken_by_who_sat_first() -> None:
    marks = np.array([[0.0, 1.0]] * 10 + [[1.0, 1.0]] * 10)  # equally good, the later ones get the first item right
    first = item_figures(marks, np.ones(2))[0]
    assert first.upper_lower == 0.0


def test_coefficients_lie_between() -> None:
    # atanh 0.5 = 0.5493; ± 1.96 / 5 is 0.1573 to 0.9413
    found = correlation_interval(0.5, 28)
    assert found is not None and (found.low, found.high) == pytest.approx((0.1560, 0.7359), abs=1e-4)
    assert correlation_interval(0.5, 3) is None and correlation_interval(None, 90) is None
    assert alpha_interval(None, 30, 20) is None and alpha_interval(0.6, 1, 20) is None
    rng = np.random.default_rng(31)
    # Twenty parallel items: alpha of the population is 20·ρ / (1 + 19·ρ) = 0.8 for ρ = 1/6.
    held = 0
    for _ in range(300):
        told = alpha_of(rng.normal(size=(25, 1)) * 0.2**0.5 + rng.normal(size=(25, 20)))
        reach = alpha_interval(told, 25, 20)
        assert reach is not None
        held += reach.low <= 0.8 <= reach.high
    assert 273 <= held <= 297, "95% of 300 are 285 ± 8"


def test_people_with_equal_marks_stay_together() -> None:
    assert thirds_of(np.arange(9.0)).tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2]
    assert thirds_of(np.array([5.0, 5, 5, 5])).tolist() == [1, 1, 1, 1]
    assert thirds_of(np.zeros(0)).tolist() == []


# ---- decisions ------------------------------------------------------------------------------------------------


def test_deciding_at_the_mean() -> None:
    found = consistency(10, 2, 0.5, 10)
    assert found is not None
    # the share of a bivariate normal in one quadrant is 1/4 + arcsin(r)/2π
    assert found.agreement == pytest.approx(2 * (0.25 + np.arcsin(0.5) / (2 * np.pi)))
    assert found.kappa == pytest.approx(2 * found.agreement - 1)
    assert (found.pass_rate, found.by_chance, found.livingston) == pytest.approx((0.5, 0.5, 0.5))


def test_no_decision_can_be_trusted_without_reliability() -> None:
    assert consistency(10, 2, -0.3, 8) is None
    assert consistency(10, 0, 0.8, 8) is None
    far = consistency(10, 2, 0.8, 4)
    assert far is not None and far.agreement > 0.99 and far.livingston > 0.97


# ---- groups ---------------------------------------------------------------------------------------------------


def test_a_group_that_is_only_weaker_is_not_wronged() -> None:
    rng = np.random.default_rng(8)
    ability = np.concatenate([rng.normal(-1, 1, 400), rng.normal(0, 1, 400)])
    inside = np.arange(800) < 400
    answers = (rng.random((800, 20)) < 1 / (1 + np.exp(-(ability[:, None] - np.linspace(-2, 2, 20))))).astype(float)
    answers[:, 7] *= rng.random(800) < np.where(inside, 0.6, 1.0)
    (found,) = told_apart([group_differences("zh", answers, inside, answers.sum(axis=1))])
    assert (found[7].size, found[7].n, found[7].others_count) == ("large", 400, 400)
    assert found[7].difference < -0.1
    others = [one for at, one in enumerate(found) if at != 7]
    assert [one.size for one in others] == ["none"] * 19
    assert max(abs(one.difference) for one in others) < 0.1
    assert group_differences("zh", answers[:30], np.arange(30) < 19, answers[:30].sum(axis=1)) == ()


def test_one_item_by_hand() -> None:
    # Everybody is equally good; 20 of 40 inside get it right, 30 of 40 outside.
    inside = np.arange(80) < 40
    item = np.concatenate([np.ones(20), np.zeros(20), np.ones(30), np.zeros(10)])[:, None]
    ((found,),) = told_apart([group_differences("zh", item, inside, np.ones(80))])
    assert found.difference == pytest.approx(-0.25)
    # (20 − 25)² / (40·40·50·30 / (80²·79))
    assert found.chi_square == pytest.approx(25 * 80**2 * 79 / (40 * 40 * 50 * 30))
    assert found.size == "large"


def test_of_many_comparisons_some_look_like_a_difference_and_are_none() -> None:
    rng = np.random.default_rng(9)
    answers = (rng.random((300, 40)) < 0.6).astype(float)
    groups = [group_differences(name, answers, rng.random(300) < 0.3, answers.sum(axis=1)) for name in "OWSPF"]
    alarms = sum(one.chi_square > 3.84 for group in groups for one in group)
    assert alarms >= 5
    assert [one for group in told_apart(groups) for one in group if one.sure] == []
    assert told_apart([]) == ()


# ---- verdicts -------------------------------------------------------------------------------------------------


def test_verdicts_in_their_order() -> None:
    sound = item_figures(_ladder(40, 4), np.ones(4))[2]

    def said(**changes: object) -> tuple[str, ...]:
        about = {"guess": 0.25, "blank_share": 0.0, "suspicion": None, "weak_options": (), "differences": ()}
        own: dict[str, Any] = {name: changes.pop(name) for name in list(changes) if hasattr(sound, name)}
        figures = replace(sound, **own)
        return verdicts_on(figures, **{**about, "slow": False, **changes})  # type: ignore[arg-type]

    rng = np.random.default_rng(1)
    half = np.arange(100) < 50
    (unfair,) = told_apart([group_differences("zh", np.where(half, 0.0, 1.0)[:, None], half, rng.normal(size=100))])
    assert said() == (GOOD,)
    assert said(n=9) == (FEW,)
    assert said(facility=0.96, discrimination=2.0) == (TOO_EASY,)
    assert said(facility=0.29) == (TOO_HARD,)
    assert said(discrimination=8.0) == (WEAK_ITEM,)
    assert said(discrimination=-8.0, blank_share=0.2) == (WEAK_ITEM, OFTEN_BLANK), "of forty people that is chance"
    assert said(discrimination=-8.0, n=900) == said(discrimination=-40.0) == (NEGATIVE,)
    assert said(discrimination=-40.0, n=12) == said(discrimination=8.0, n=60) == (WEAK_ITEM,)
    assert said(discrimination=8.0, n=20) == (GOOD,), "of twenty people it may as well be 0.5"
    assert said(weak_options=("b",), slow=True) == (DISTRACTOR, TAKES_LONG)
    assert said(differences=unfair) == (UNFAIR,)
    order = [*ITEM_VERDICT_LABELS]
    assert order == [*ITEM_ADVICE_LABELS] and order[0] == KEY and order[-1] == GOOD


def test_slow_items_are_slow_beside_the_others() -> None:
    assert slow_among([20.0, 25.0, 30.0, 200.0, None]) == (False, False, False, True, False)
    assert slow_among([5.0, 5.0, 40.0]) == (False, False, False), "three times as long, and still below a minute"
    assert slow_among([None]) == (False,)


# ---- gains ----------------------------------------------------------------------------------------------------


def test_a_gain_by_hand() -> None:
    found = paired_gain([0.2, 0.4, 0.6], [0.5, 0.6, 0.7])
    assert found is not None and found.interval is not None
    assert (found.mean, found.sd, found.d_z) == pytest.approx((0.2, 0.1, 2.0))
    assert found.t == pytest.approx(12**0.5)
    assert found.interval.high - found.mean == pytest.approx(4.302652730 * 0.1 / 3**0.5)
    assert found.g_z == pytest.approx(2.0 * hedges_correction(2))
    assert found.hake_class == pytest.approx(0.2 / 0.6)
    assert found.hake_people == pytest.approx((0.3 / 0.8 + 0.2 / 0.6 + 0.1 / 0.4) / 3)
    assert found.too_few and found.small


def test_gains_at_the_edges() -> None:
    assert paired_gain([], []) is None
    one = paired_gain([1.0], [1.0])
    assert one is not None and (one.n, one.mean, one.interval, one.hake_class) == (1, 0.0, None, None)
    same_gain = paired_gain([0.1] * 8, [0.3] * 8)
    assert same_gain is not None and same_gain.interval is not None
    assert (same_gain.d_z, same_gain.t) == (None, None)
    assert hake(0.4, 0.7) == pytest.approx(0.5)
    assert hake(1.0, 1.0) is None


def test_two_people_have_no_effect_size_to_correct() -> None:
    found = paired_gain([0.2, 0.4], [0.5, 0.6])
    assert found is not None and found.d_z is not None
    assert found.g_z is None, "the correction for two people is 0, which would look like no effect"


def test_the_interval_covers_what_it_says() -> None:
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(200):
        pre = rng.normal(0.4, 0.1, 20)
        found = paired_gain(pre.tolist(), (pre + rng.normal(0.2, 0.1, 20)).tolist())
        assert found is not None and found.d_z_interval is not None
        held += found.d_z_interval.low <= 2.0 <= found.d_z_interval.high
    assert 180 <= held <= 199


def test_hedges_correction_in_closed_form_and_by_the_rule_of_thumb() -> None:
    assert hedges_correction(2) == pytest.approx(1 / np.sqrt(np.pi))
    assert hedges_correction(4) == pytest.approx(1 / (np.sqrt(2) * np.sqrt(np.pi) / 2))
    assert hedges_correction(50) == pytest.approx(1 - 3 / (4 * 50 - 1), abs=1e-4)
    assert hedges_correction(1) == 0.0


# ---- forms ----------------------------------------------------------------------------------------------------


def test_a_harder_form_cancels_out() -> None:
    # Training brings 20 points, form B is 10 points easier.
    first, second = np.array([0.28, 0.30, 0.32]), np.array([0.08, 0.10, 0.12])
    found = swapped_effect(first, second)
    assert found is not None
    assert found.ease == pytest.approx(0.10)
    assert found.interval.low < 0.10 < found.interval.high
    assert (found.first_n, found.second_n) == (3, 3)
    assert swapped_effect(first, second[:1]) is None


def test_equating_people_who_do_not_differ() -> None:
    assert linear(np.ones(5), np.arange(5.0)) is None
    assert linear(np.arange(5.0), np.ones(5)) is None
    assert linear(np.arange(1.0), np.arange(1.0)) is None


def test_a_change_beyond_chance() -> None:
    assert pytest.approx(1.959964, abs=1e-6) == RELIABLE
    assert reliable_change(0.4, 0.6, 0.06, 0.08) == pytest.approx(2.0)
    assert reliable_change(0.4, 0.6, 0.0, 0.0) is None


# ---- the model ------------------------------------------------------------------------------------------------


def test_the_model_finds_what_made_the_answers() -> None:
    rng = np.random.default_rng(2)
    ability, slopes, hard = rng.normal(size=(3000, 1)), np.linspace(0.6, 1.8, 12), np.linspace(-1.5, 1.5, 12)
    right = rng.random((3000, 12)) < 1 / (1 + np.exp(-slopes * (ability - hard)))
    right[:, 0] = True
    found = fit_two_parameters(right)
    assert found.converged
    assert np.isnan(found.a[0]) and np.isnan(found.b[0]), "nothing can be said of what everybody gets right"
    off = np.abs(found.a[1:] - slopes[1:]) / found.a_error[1:]
    assert off.max() < 4 and off.mean() < 1.5
    assert np.abs(found.b[1:] - hard[1:]).max() < 0.25


def test_two_items_are_no_test_for_a_model() -> None:
    found = fit_two_parameters(np.array([[True, False], [False, True], [True, True]]))
    assert not found.converged and np.isnan(found.a).all()
