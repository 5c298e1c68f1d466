"""Results: by competency and item with every reason, the gain, and who has done what."""

from __future__ import annotations

import pytest

from assessments.attempts import POST, PRE, finish_attempt, save_answer, start_attempt
from assessments.manual_marks import get_answer, mark_by_hand
from assessments.results import Gain, Mean, gain_between, get_result, overview_of, own_standing
from assessments.test_settings import CERTAINTY
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import EXERCISES, TEST, Portal
from tests.assessments.given import give, hand_out
from tests.assessments.taking import do_exercises, take


def test_the_result_is_broken_down_and_explained(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=2)
    result = portal.see("ann", get_result, attempt_id)
    assert (result.score, result.phase, len(result.items)) == (0.1, PRE, 20)
    assert [(one.code, one.items_count, one.rate) for one in result.competencies] == [
        ("1.1", 1, 1.0),
        ("1.3", 1, 1.0),
        ("2.1", 4, 0.0),
        ("2.2", 4, 0.0),
        ("2.3", 3, 0.0),
        ("2.4", 3, 0.0),
        ("2.5", 4, 0.0),
    ]
    assert [item.mark.verdict for item in result.items] == ["right"] * 2 + ["blank"] * 18
    for item in result.items:
        assert item.mark.findings
        assert all(one.reason.en and one.reason.zh for one in item.mark.findings)


def test_no_result_while_the_test_is_open(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    for login in ("ann", "tess"):
        with pytest.raises(RuleViolation, match="once the test is finished"):
            portal.see(login, get_result, attempt_id)


def test_a_result_is_one_s_own_or_the_trainer_s(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=2)
    assert portal.see("tess", get_result, attempt_id).person_id == portal.actors["ann"].person_id
    with pytest.raises(NotFound):
        portal.see("bo", get_result, attempt_id)


@pytest.mark.parametrize(
    ("pre", "post", "gain"),
    [
        (0.4, 0.7, Gain(0.4, 0.7, 0.3, 0.5)),
        (0.5, 0.25, Gain(0.5, 0.25, -0.25, -0.5)),
        (1.0, 1.0, Gain(1.0, 1.0, 0.0, None)),
        (1.0, 0.9, Gain(1.0, 0.9, -0.1, None)),
        (0.0, 1.0, Gain(0.0, 1.0, 1.0, 1.0)),
    ],
)
def test_gain(pre: float, post: float, gain: Gain) -> None:
    assert gain_between(pre, post) == gain


def test_a_person_sees_where_they_stand(portal: Portal) -> None:
    fresh = portal.see("ann", own_standing, TEST)
    assert (fresh.pre, fresh.post, fresh.gain, fresh.exercises_done) == (None, None, None, 0)
    pre = take(portal, "ann", PRE, right=8)
    portal.check_exercise("ann", EXERCISES[0], 0.5)
    portal.check_exercise("ann", EXERCISES[0], 0.8)
    portal.check_exercise("ann", EXERCISES[0], 0.6)
    midway = portal.see("ann", own_standing, TEST)
    assert midway.pre is not None and (midway.pre.attempt_id, midway.pre.score) == (pre, 0.4)
    assert [(one.name, one.checks_count, one.best_score) for one in midway.exercises] == [
        (EXERCISES[0], 3, 0.8),
        (EXERCISES[1], 0, None),
        (EXERCISES[2], 0, None),
    ]
    do_exercises(portal, "ann")
    take(portal, "ann", POST, right=14)
    done = portal.see("ann", own_standing, TEST)
    assert done.gain == Gain(0.4, 0.7, 0.3, 0.5)
    assert done.exercises_done == 3


def test_the_trainer_sees_everybody_with_means_and_their_n(portal: Portal) -> None:
    take(portal, "ann", PRE, right=8)
    do_exercises(portal, "ann")
    take(portal, "ann", POST, right=14)
    take(portal, "bo", PRE, right=4)
    overview = portal.see("tess", overview_of, TEST)
    assert [one.name for one in overview.standings] == ["Ann", "Bo"]
    assert overview.pre.value == pytest.approx(0.3)
    assert (overview.pre.n, overview.post) == (2, Mean(0.7, 1))
    assert (overview.gain, overview.normalised_gain) == (Mean(0.3, 1), Mean(0.5, 1))


def test_nothing_to_average_is_said_so(portal: Portal) -> None:
    overview = portal.see("max", overview_of, TEST)
    assert [one.name for one in overview.standings] == ["Ann", "Bo"]
    assert overview.gain == Mean(None, 0)


def test_standings_of_others_need_the_right(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.see("ann", overview_of, TEST)


def test_a_right_answer_is_called_right_however_unsure_one_was(portal: Portal) -> None:
    give(portal, behaviour=CERTAINTY)
    attempt_id = hand_out(portal, "ann")
    for item_id, response, certainty in (("x-1", "b", 1), ("x-4", "no idea", 3), ("x-3", "1234.5", 3)):
        portal.do("ann", save_answer, attempt_id, item_id, response, certainty=certainty)
    portal.do("ann", finish_attempt, attempt_id)
    number = portal.see("tess", get_answer, attempt_id, "x-3").number
    portal.do("tess", mark_by_hand, attempt_id, "x-3", 0.0, "Copied.", number=number)
    items = portal.see("ann", get_result, attempt_id).items
    told = [(one.verdict, one.certainty, round(one.fraction, 2)) for one in items[:4]]
    assert told == [("right", 1, 0.33), ("blank", None, 0.0), ("wrong", 3, 0.0), ("wrong", 3, -2.0)]
