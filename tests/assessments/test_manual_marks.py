"""Marks given by hand: by rubric, with a reason, never one's own, never over another's unseen."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from assessments.attempt_steps import waiting_in
from assessments.attempts import finish_attempt, save_answer
from assessments.certificates import issue_certificate
from assessments.manual_marks import answers_waiting, get_answer, mark_by_hand, mark_by_rubric
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import Portal
from tests.assessments.given import give, hand_out, row_in, steps_in

FULL = {"a": 2.0, "b": 1.0}


@pytest.fixture
def essay(portal: Portal) -> int:
    """A finished test whose open text waits, every other answer blank."""
    give(portal, pass_rate=0.1)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-7", "The cut-off was missed; call the carrier.")
    portal.do("ann", finish_attempt, attempt_id)
    return attempt_id


def number(portal: Portal, attempt_id: int, item_id: str = "x-7") -> int:
    return int(portal.see("tess", get_answer, attempt_id, item_id).number)


def test_an_open_text_is_marked_by_its_rubric(portal: Portal, essay: int) -> None:
    (waiting,) = portal.see("tess", answers_waiting)
    assert (waiting.attempt_id, waiting.item_id, waiting.name, waiting.phase) == (essay, "x-7", "Ann", "pre")
    sheet = portal.see("tess", get_answer, essay, "x-7")
    assert (sheet.response, sheet.fraction) == ("The cut-off was missed; call the carrier.", None)
    with pytest.raises(RuleViolation, match="finished and marked"):
        portal.do("ann", issue_certificate, essay)
    points = {"a": 2.0, "b": 0.0}
    score = portal.do("tess", mark_by_rubric, essay, "x-7", points, " well seen ", number=sheet.number)
    assert score == pytest.approx(2 / 3 / 7)
    assert row_in(portal, essay).score == score
    assert portal.see("tess", answers_waiting) == ()
    assert portal.see("ann", waiting_in, essay) == frozenset()
    step = steps_in(portal, essay)[-1]
    assert (step.kind, step.actor_id) == ("manual", portal.actors["tess"].person_id)
    assert json.loads(step.data) == {"comment": "well seen", "rubric": points}


@pytest.mark.parametrize(
    ("points", "said"),
    [
        ({"a": 2.0}, "Criterion 2 has no points yet"),
        ({"a": 2.5, "b": 0}, "Criterion 1 has 0 to 2 points, found 2.5"),
        ({"a": -1, "b": 0}, "Criterion 1 has 0 to 2 points, found -1"),
        ({"a": float("nan"), "b": 0}, "Criterion 1 has 0 to 2 points, found nan"),
    ],
)
def test_points_keep_to_the_rubric(portal: Portal, essay: int, points: dict[str, float], said: str) -> None:
    before = steps_in(portal, essay)
    with pytest.raises(RuleViolation, match=said):
        portal.do("tess", mark_by_rubric, essay, "x-7", points, "", number=number(portal, essay))
    assert steps_in(portal, essay) == before


def test_a_second_marker_sees_the_first_ones_mark_before_changing_it(portal: Portal, essay: int) -> None:
    portal.admit("tom", role="trainer", position=None)
    seen = number(portal, essay)
    portal.do("tess", mark_by_rubric, essay, "x-7", FULL, "", number=seen)
    with pytest.raises(RuleViolation, match="marked meanwhile"):
        portal.do("tom", mark_by_rubric, essay, "x-7", {"a": 0, "b": 0}, "", number=seen)
    portal.do("tom", mark_by_rubric, essay, "x-7", {"a": 1, "b": 1}, "", number=number(portal, essay))
    assert portal.see("tess", get_answer, essay, "x-7").fraction == pytest.approx(2 / 3)


def test_any_answer_can_be_put_right_with_a_reason(portal: Portal, essay: int) -> None:
    with pytest.raises(RuleViolation, match="needs a reason"):
        portal.do("tess", mark_by_hand, essay, "x-1", 1.0, " ", number=0)
    with pytest.raises(RuleViolation, match="worth 0 to 100%"):
        portal.do("tess", mark_by_hand, essay, "x-1", 1.5, "why", number=0)
    with pytest.raises(RuleViolation, match="has no rubric"):
        portal.do("tess", mark_by_rubric, essay, "x-1", FULL, "", number=0)
    with pytest.raises(NotFound):
        portal.do("tess", mark_by_hand, essay, "nope", 1.0, "why", number=0)
    assert portal.do("tess", mark_by_hand, essay, "x-1", 0.5, "said it aloud", number=0) == pytest.approx(0.5 / 7)


@pytest.mark.parametrize("login", ["ann", "bo", "max"])
def test_only_trainers_mark(portal: Portal, essay: int, login: str) -> None:
    calls: tuple[tuple[Any, ...], ...] = (
        (get_answer, essay, "x-7"),
        (mark_by_rubric, essay, "x-7", FULL, ""),
        (mark_by_hand, essay, "x-7", 1.0, "why"),
        (answers_waiting,),
    )
    before = steps_in(portal, essay)
    for work, *values in calls:
        more = {"number": 0} if work in (mark_by_rubric, mark_by_hand) else {}
        with pytest.raises(NotAllowed):
            portal.do(login, work, *values, **more)
    assert steps_in(portal, essay) == before


def test_nobody_marks_their_own_test_nor_an_open_one(portal: Portal) -> None:
    own = hand_out(portal, "tess")
    portal.do("tess", save_answer, own, "x-7", "mine")
    with pytest.raises(RuleViolation, match="once it is finished"):
        portal.do("tess", mark_by_rubric, own, "x-7", FULL, "", number=number(portal, own))
    portal.do("tess", finish_attempt, own)
    with pytest.raises(RuleViolation, match="Nobody marks their own test"):
        portal.do("tess", mark_by_rubric, own, "x-7", FULL, "", number=number(portal, own))


@pytest.mark.postgres
def test_two_who_mark_one_answer_at_once_on_postgresql(postgres_portal: Portal) -> None:
    portal = postgres_portal
    portal.admit("tom", role="trainer", position=None)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-7", "The cut-off\x00 was missed.")
    portal.do("ann", finish_attempt, attempt_id)
    seen = number(portal, attempt_id)
    with ThreadPoolExecutor(1) as pool:
        with portal.open("tess") as ctx:
            mark_by_rubric(ctx, attempt_id, "x-7", FULL, "well seen", number=seen)
            second = pool.submit(portal.do, "tom", mark_by_hand, attempt_id, "x-7", 0.0, "No.", number=seen)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)  # it waits for the first
        with pytest.raises(RuleViolation, match="marked meanwhile"):
            second.result(timeout=20)
    assert row_in(portal, attempt_id).score == pytest.approx(1 / 7)
    assert portal.see("tess", answers_waiting) == ()
