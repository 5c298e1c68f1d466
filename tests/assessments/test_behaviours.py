"""Behaviours: each walked through from the start to a mark by hand and a marking again, and its rules at any input."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as some

from assessments.attempt_steps import certainties_in, waiting_in
from assessments.attempts import (
    answers_in,
    check_answer,
    finish_attempt,
    fractions_in,
    save_answer,
    score_of,
    settings_in,
)
from assessments.behaviours import (
    CERTAINTIES,
    Act,
    Progress,
    can_check,
    certainty_mark,
    hints_due,
    progress_of,
    worth_of,
)
from assessments.marking import mark
from assessments.prose import same
from assessments.questions import Question
from assessments.remarking import remark_attempt
from assessments.sheets import Sheet, get_sheet
from assessments.test_settings import BEHAVIOURS, CERTAINTY, DEFERRED, IMMEDIATE, INTERACTIVE, Settings
from core.domain.errors import RuleViolation
from tests.assessments.conftest import Portal
from tests.assessments.given import EVERY_KIND, give, hand_out, mark_by_hand, row_in, steps_in
from tests.assessments.questions_for_tests import NUMERIC, SINGLE
from tests.assessments.taking import right_answer

THIRD = round(1 / 3, 9)


def sheet(portal: Portal, attempt_id: int, place: int = 0) -> Sheet:
    return portal.see("ann", get_sheet, attempt_id, place)


def refused(portal: Portal, attempt_id: int, work: Callable[..., Any], *args: Any, match: str, **kwargs: Any) -> None:
    """A command is refused and leaves the attempt as it was."""
    before, row = steps_in(portal, attempt_id), row_in(portal, attempt_id)
    with pytest.raises(RuleViolation, match=match):
        portal.do("ann", work, attempt_id, *args, **kwargs)
    assert (steps_in(portal, attempt_id), row_in(portal, attempt_id)) == (before, row)


def kinds(portal: Portal, attempt_id: int) -> list[str]:
    return [step.kind for step in steps_in(portal, attempt_id)]


# ---- walks ----------------------------------------------------------------------------------------------------


def test_deferred_says_nothing_before_the_end(portal: Portal) -> None:
    give(portal, behaviour=DEFERRED)
    attempt_id = hand_out(portal, "ann")
    assert settings_in(row_in(portal, attempt_id)).behaviour == DEFERRED
    portal.do("ann", save_answer, attempt_id, "x-1", "a")
    refused(portal, attempt_id, check_answer, "x-1", match="can't be checked before the end")
    shown = sheet(portal, attempt_id)
    assert (shown.feedback, shown.checkable, shown.asks_certainty) == (None, False, False)
    portal.do("ann", save_answer, attempt_id, "x-1", "b")
    assert portal.do("ann", finish_attempt, attempt_id) == round(1 / 7, 9)
    mark_by_hand(portal, attempt_id, "x-1", 0.5)
    assert portal.do("tess", remark_attempt, attempt_id) == round(0.5 / 7, 9)
    assert kinds(portal, attempt_id) == ["start", "answer", "answer", "finish", "manual"]


def test_immediate_gives_the_reasons_once_and_locks(portal: Portal) -> None:
    give(portal, behaviour=IMMEDIATE)
    attempt_id = hand_out(portal, "ann")
    refused(portal, attempt_id, check_answer, "x-1", match="Answer the question before")
    portal.do("ann", save_answer, attempt_id, "x-1", "a")
    before = sheet(portal, attempt_id)
    assert before.checkable and before.feedback is None and "because" not in repr(before)
    portal.do("ann", check_answer, attempt_id, "x-1")
    feedback = sheet(portal, attempt_id).feedback
    assert feedback is not None and feedback.mark is not None
    assert (feedback.verdict, feedback.locked, feedback.worth, feedback.hints) == ("wrong", True, 0.0, ())
    assert "because b" in repr(feedback.mark.findings)
    refused(portal, attempt_id, save_answer, "x-1", "b", match="has been checked")
    length = len(steps_in(portal, attempt_id))
    portal.do("ann", check_answer, attempt_id, "x-1")  # a second press
    assert len(steps_in(portal, attempt_id)) == length
    portal.do("ann", save_answer, attempt_id, "x-2", right_answer(EVERY_KIND[1]))
    assert portal.do("ann", finish_attempt, attempt_id) == round(1 / 7, 9)  # saved and not checked counts, too
    mark_by_hand(portal, attempt_id, "x-1", 1.0)
    assert portal.do("tess", remark_attempt, attempt_id) == round(2 / 7, 9)
    assert portal.do("tess", remark_attempt, attempt_id) == round(2 / 7, 9)
    assert kinds(portal, attempt_id) == ["start", "answer", "check", "answer", "finish", "manual"]


def test_interactive_hints_and_further_tries_cost_a_penalty(portal: Portal) -> None:
    give(portal, behaviour=INTERACTIVE, tries_per_item=3, penalty=1 / 3)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-3", "7")
    portal.do("ann", check_answer, attempt_id, "x-3")
    first = sheet(portal, attempt_id, 2)
    assert first.feedback is not None and first.tries_left == 2
    assert (first.feedback.locked, first.feedback.mark, first.feedback.changed) == (False, None, False)
    assert first.feedback.hints == (same("hint 1 of 3"),)
    assert "hint 2" not in repr(first) and "because" not in repr(first)
    refused_before = len(steps_in(portal, attempt_id))
    portal.do("ann", check_answer, attempt_id, "x-3")  # the same answer again costs nothing
    assert len(steps_in(portal, attempt_id)) == refused_before
    portal.do("ann", save_answer, attempt_id, "x-3", "8")
    changed = sheet(portal, attempt_id, 2).feedback
    assert changed is not None and changed.changed
    portal.do("ann", check_answer, attempt_id, "x-3")
    second = sheet(portal, attempt_id, 2)
    assert second.feedback is not None and len(second.feedback.hints) == 2
    portal.do("ann", save_answer, attempt_id, "x-3", "1234.5")
    portal.do("ann", check_answer, attempt_id, "x-3")
    third = sheet(portal, attempt_id, 2)
    assert third.feedback is not None and third.locked and third.feedback.mark is not None
    assert (third.feedback.verdict, third.feedback.worth, third.feedback.hints) == ("right", THIRD, ())
    refused(portal, attempt_id, save_answer, "x-3", "9", match="has been checked")
    score = portal.do("ann", finish_attempt, attempt_id)
    assert score == round(THIRD / 7, 9)
    assert portal.do("tess", remark_attempt, attempt_id) == score
    mark_by_hand(portal, attempt_id, "x-3", 0.9)
    assert portal.do("tess", remark_attempt, attempt_id) == round(0.9 / 7, 9)
    assert [step.fraction for step in steps_in(portal, attempt_id) if step.kind == "check"] == [0.0, 0.0, THIRD]


def test_interactive_locks_after_the_last_try_and_shows_what_is_right(portal: Portal) -> None:
    give(portal, behaviour=INTERACTIVE, tries_per_item=2, penalty=0.25)
    attempt_id = hand_out(portal, "ann")
    for answer in ("a", "c"):
        portal.do("ann", save_answer, attempt_id, "x-1", answer)
        portal.do("ann", check_answer, attempt_id, "x-1")
    feedback = sheet(portal, attempt_id).feedback
    assert feedback is not None and feedback.locked and feedback.mark is not None
    assert (feedback.checks, feedback.verdict, feedback.worth) == (2, "wrong", 0.0)
    refused(portal, attempt_id, save_answer, "x-1", "b", match="has been checked")


def test_certainty_rewards_knowing_what_one_knows(portal: Portal) -> None:
    give(portal, behaviour=CERTAINTY)
    attempt_id = hand_out(portal, "ann")
    assert sheet(portal, attempt_id).asks_certainty
    refused(portal, attempt_id, save_answer, "x-1", "b", certainty=4, match="doesn't fit")
    portal.do("ann", save_answer, attempt_id, "x-1", "b", certainty=3)
    portal.do("ann", save_answer, attempt_id, "x-3", "1234.5")
    portal.do("ann", save_answer, attempt_id, "x-4", "no idea", certainty=2)
    portal.do("ann", save_answer, attempt_id, "x-5", right_answer(EVERY_KIND[4]), certainty=1)
    assert portal.see("ann", fractions_in, attempt_id) == {
        "x-1": 1.0,
        "x-3": THIRD,
        "x-4": -round(2 / 3, 9),
        "x-5": THIRD,
    }
    portal.do("ann", save_answer, attempt_id, "x-5", right_answer(EVERY_KIND[4]), certainty=3)
    assert portal.see("ann", certainties_in, attempt_id) == {"x-1": 3, "x-4": 2, "x-5": 3}
    refused(portal, attempt_id, check_answer, "x-1", match="can't be checked before the end")
    score = portal.do("ann", finish_attempt, attempt_id)
    assert score == round((1 + THIRD - round(2 / 3, 9) + 1) / 7, 9)
    assert portal.do("tess", remark_attempt, attempt_id) == score
    mark_by_hand(portal, attempt_id, "x-4", 1.0)
    assert portal.do("tess", remark_attempt, attempt_id) == round((3 + THIRD) / 7, 9)


def test_a_test_of_sure_mistakes_is_worth_nothing_and_not_less(portal: Portal) -> None:
    give(portal, behaviour=CERTAINTY)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-1", "a", certainty=3)
    assert portal.see("ann", fractions_in, attempt_id) == {"x-1": -2.0}
    assert portal.do("ann", finish_attempt, attempt_id) == 0.0


@pytest.mark.parametrize("behaviour", BEHAVIOURS)
def test_an_open_text_waits_for_a_person_in_every_behaviour(portal: Portal, behaviour: str) -> None:
    give(portal, behaviour=behaviour)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-7", "The carrier's cut-off\nwas missed.")
    shown = sheet(portal, attempt_id, 6)
    assert (shown.checkable, shown.asks_certainty, shown.feedback) == (False, False, None)
    assert "names the cause" not in repr(shown) and "remedy" not in repr(shown)
    refused(portal, attempt_id, check_answer, "x-7", match="can't be checked before the end")
    assert portal.see("ann", waiting_in, attempt_id) == {"x-7"}
    assert portal.do("ann", finish_attempt, attempt_id) == 0.0
    assert portal.do("tess", remark_attempt, attempt_id) == 0.0
    assert portal.see("ann", waiting_in, attempt_id) == {"x-7"}
    mark_by_hand(portal, attempt_id, "x-7", 2 / 3)
    assert portal.see("ann", waiting_in, attempt_id) == frozenset()
    assert portal.do("tess", remark_attempt, attempt_id) == round(2 / 3 / 7, 9)
    assert portal.see("ann", answers_in, attempt_id) == {"x-7": "The carrier's cut-off\nwas missed."}


def test_a_mark_by_hand_wins_over_marking_again_whenever_it_was_given(portal: Portal) -> None:
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", save_answer, attempt_id, "x-1", "b")
    portal.do("ann", finish_attempt, attempt_id)
    mark_by_hand(portal, attempt_id, "x-1", 0.25)
    mark_by_hand(portal, attempt_id, "x-1", 0.75)
    for _ in range(2):
        assert portal.do("tess", remark_attempt, attempt_id) == round(0.75 / 7, 9)
    assert "remark" not in kinds(portal, attempt_id)


def test_settings_stay_with_the_attempt_they_began_with(portal: Portal) -> None:
    give(portal, behaviour=IMMEDIATE)
    attempt_id = hand_out(portal, "ann")
    give(portal, behaviour=CERTAINTY)
    portal.do("ann", save_answer, attempt_id, "x-1", "b", certainty=3)
    portal.do("ann", check_answer, attempt_id, "x-1")
    assert portal.see("ann", fractions_in, attempt_id) == {"x-1": 1.0}
    assert (row_in(portal, attempt_id).test_version, portal.see("ann", certainties_in, attempt_id)) == (1, {})


# ---- the rules at any input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fraction", "certainty", "wanted"),
    [(1, 1, 1), (1, 2, 2), (1, 3, 3), (0, 1, 0), (0, 2, -2), (0, 3, -6), (0.5, 1, 0.5), (0.5, 3, 1.5)],
)
def test_the_published_table_of_certainty(fraction: float, certainty: int, wanted: float) -> None:
    assert certainty_mark(fraction, certainty) == wanted


def test_saying_how_sure_one_is_truly_pays_most() -> None:
    """Source: Gardner-Medwin: the scale is built so that up to 67% one says low, to 80% middle, above high."""
    for chance, best in ((0.3, 1), (0.6, 1), (0.7, 2), (0.78, 2), (0.85, 3), (0.99, 3)):
        expected = {c: chance * certainty_mark(1, c) + (1 - chance) * certainty_mark(0, c) for c in CERTAINTIES}
        assert max(expected, key=expected.__getitem__) == best


ANSWERS = {
    "x-1": some.sampled_from([None, "a", "b", "c"]),
    "x-2": some.lists(some.sampled_from("abcd"), unique=True),
    "x-3": some.sampled_from(["", "1234.5", "1243.5", "7", "a lot"]),
    "x-4": some.sampled_from(["", "on hold", "full stop now", "?"]),
    "x-5": some.dictionaries(some.sampled_from("abcd"), some.sampled_from("abcd")),
    "x-6": some.permutations("abcd").flatmap(lambda steps: some.integers(0, 4).map(lambda n: list(steps[:n]))),
    "x-7": some.text(max_size=20),
}
QUESTIONS = {question.item_id: question for question in EVERY_KIND}


@some.composite
def courses(draw: some.DrawFn) -> tuple[Settings, Question, list[Act]]:
    settings = Settings(
        behaviour=draw(some.sampled_from(BEHAVIOURS)),
        tries_per_item=draw(some.integers(1, 5)),
        penalty=draw(some.sampled_from([0.0, 0.1, 1 / 3, 0.5, 1.0])),
    )
    question = QUESTIONS[draw(some.sampled_from(sorted(QUESTIONS)))]
    act = some.builds(
        Act,
        checked=some.booleans() if can_check(settings, question) else some.just(False),
        response=ANSWERS[question.item_id],
        certainty=some.sampled_from([None, 1, 2, 3]) if settings.behaviour == CERTAINTY else some.none(),
    )
    return settings, question, draw(some.lists(act, max_size=8))


@drawn(courses())
def test_worth_stays_within_its_bounds_and_replay_gives_the_same(course: tuple[Settings, Question, list[Act]]) -> None:
    settings, question, acts = course
    once, again = progress_of(settings, question, acts), progress_of(settings, question, list(acts))
    assert once == again
    if once.worth is not None:
        assert (-2.0 if settings.behaviour == CERTAINTY else 0.0) <= once.worth <= 1.0
        assert once.worth <= (mark(question, acts[-1].response).fraction or 0.0) or once.locked
    assert once.checks <= (settings.tries_per_item if settings.behaviour == INTERACTIVE else 1)
    assert 0 <= hints_due(settings, once) < settings.tries_per_item


@drawn(courses())
def test_nothing_after_the_lock_counts(course: tuple[Settings, Question, list[Act]]) -> None:
    settings, question, acts = course
    for end in range(len(acts) + 1):
        early = progress_of(settings, question, acts[:end])
        if early.locked:
            assert progress_of(settings, question, acts) == early
            break


@drawn(courses())
def test_a_further_try_never_pays_more_than_the_first_would_have(course: tuple[Settings, Question, list[Act]]) -> None:
    settings, question, acts = course
    for act in acts:
        if mark(question, act.response).fraction is None:
            continue
        worths = [worth_of(settings, question, act.response, n, act.certainty) for n in range(4)]
        assert worths == sorted(worths, reverse=True)


@drawn(some.lists(some.floats(-2, 1), min_size=1, max_size=7))
def test_a_whole_test_lies_between_nothing_and_everything(fractions: list[float]) -> None:
    worths = {question.item_id: worth for question, worth in zip(EVERY_KIND, fractions, strict=False)}
    assert 0.0 <= score_of(EVERY_KIND, worths) <= 1.0


def test_without_acts_nothing_is_marked() -> None:
    assert progress_of(Settings(behaviour=INTERACTIVE), SINGLE, []) == Progress()
    assert progress_of(Settings(), NUMERIC, [Act(False, "1234.5")]).worth == 1.0
