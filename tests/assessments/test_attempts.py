"""Attempts: started once, saved at every answer, resumed, finished, marked again; nothing lost and nothing leaked."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import func, select

from assessments import attempts
from assessments.attempts import (
    POST,
    PRE,
    answers_in,
    finish_attempt,
    fractions_in,
    save_answer,
    start_attempt,
)
from assessments.handout import packed, places_in, unpacked
from assessments.marking import MAX_TEXT_LENGTH
from assessments.questions import Choice, Question, ShortText
from assessments.remarking import remark_attempt
from assessments.replay import steps_of
from assessments.sheets import get_sheet
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import audit
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import EXERCISES, TEST, Portal
from tests.assessments.taking import do_exercises, questions_of, right_answer, take
from tests.naughty import naughty_strings


def steps(portal: Portal, attempt_id: int) -> list[Any]:
    query = select(attempt_step).where(attempt_step.c.attempt_id == attempt_id).order_by(attempt_step.c.number)
    return portal.see("ann", lambda ctx: ctx.db.execute(query).all())


def test_a_test_is_started_once_and_resumed_after(portal: Portal) -> None:
    first = portal.do("ann", start_attempt, TEST, PRE)
    portal.now += 500
    assert portal.do("ann", start_attempt, TEST, PRE) == first
    assert [(step.number, step.kind) for step in steps(portal, first)] == [(0, "start")]
    assert portal.do("bo", start_attempt, TEST, PRE) != first


def test_every_answer_is_a_step_and_the_last_one_counts(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    question = next(
        q
        for q in portal.see("ann", questions_of, attempt_id)
        if isinstance(q.content, Choice) and not q.content.several
    )
    assert isinstance(question.content, Choice)
    wrong = next(option.name for option in question.content.options if option.fraction <= 0)
    right = right_answer(question)
    for response in (wrong, right, wrong, right):
        portal.now += 10
        portal.do("ann", save_answer, attempt_id, question.item_id, response)
    kept = [step for step in steps(portal, attempt_id) if step.kind == "answer"]
    assert [(step.number, json.loads(step.response), step.fraction) for step in kept] == [
        (1, wrong, 0.0),
        (2, right, 1.0),
        (3, wrong, 0.0),
        (4, right, 1.0),
    ]
    assert portal.see("ann", answers_in, attempt_id) == {question.item_id: right}


def test_saving_the_same_answer_again_adds_nothing(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    item_id = portal.see("ann", questions_of, attempt_id)[0].item_id
    answer = right_answer(portal.see("ann", questions_of, attempt_id)[0])
    saved = portal.do("ann", save_answer, attempt_id, item_id, answer)
    portal.now += 60
    assert portal.do("ann", save_answer, attempt_id, item_id, answer) == saved
    assert len(steps(portal, attempt_id)) == 2


def test_an_answer_sent_twice_with_its_key_counts_once_even_when_another_came_between(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    question = next(
        q
        for q in portal.see("ann", questions_of, attempt_id)
        if isinstance(q.content, Choice) and not q.content.several
    )
    assert isinstance(question.content, Choice)
    first, second = (option.name for option in question.content.options[:2])
    saved = portal.do("ann", save_answer, attempt_id, question.item_id, first, key="k1")
    portal.do("ann", save_answer, attempt_id, question.item_id, second, key="k2")
    assert portal.do("ann", save_answer, attempt_id, question.item_id, first, key="k1") == saved
    assert portal.see("ann", answers_in, attempt_id) == {question.item_id: second}


def test_two_tabs_share_one_attempt_and_see_each_other(portal: Portal) -> None:
    tab_one = portal.do("ann", start_attempt, TEST, PRE)
    tab_two = portal.do("ann", start_attempt, TEST, PRE)
    first, second = portal.see("ann", questions_of, tab_one)[:2]
    portal.do("ann", save_answer, tab_one, first.item_id, right_answer(first))
    portal.do("ann", save_answer, tab_two, second.item_id, right_answer(second))
    sheet = portal.see("ann", get_sheet, tab_one)
    assert sheet.states[:3] == ("answered", "answered", "unseen")
    portal.do("ann", finish_attempt, tab_two)
    with pytest.raises(RuleViolation, match="This test is finished"):
        portal.do("ann", save_answer, tab_one, first.item_id, right_answer(first))


def test_an_answer_after_the_end_is_refused_and_writes_nothing(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=3)
    before = steps(portal, attempt_id)
    question = portal.see("ann", questions_of, attempt_id)[5]
    with pytest.raises(RuleViolation, match="answers can't be changed any more"):
        portal.do("ann", save_answer, attempt_id, question.item_id, right_answer(question))
    assert steps(portal, attempt_id) == before


def test_finishing_marks_and_finishing_again_changes_nothing(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=15)
    before = steps(portal, attempt_id)
    assert before[-1].kind == "finish"
    assert portal.do("ann", finish_attempt, attempt_id) == 0.75
    assert steps(portal, attempt_id) == before


def test_everything_right_is_the_whole_mark_and_nothing_none(portal: Portal) -> None:
    assert portal.do("ann", finish_attempt, take(portal, "ann", PRE)) == 1.0
    assert portal.do("bo", finish_attempt, take(portal, "bo", PRE, right=0)) == 0.0


def test_the_post_test_opens_step_by_step_and_is_the_other_form(portal: Portal) -> None:
    def missing() -> attempts.Missing:
        who = portal.actors["ann"].person_id
        found: attempts.Missing = portal.see("ann", attempts.missing_before, who, TEST, POST)
        return found

    assert missing() == attempts.Missing(True, EXERCISES)
    with pytest.raises(RuleViolation, match="once the pre-test is finished"):
        portal.do("ann", start_attempt, TEST, POST)
    pre = take(portal, "ann", PRE)
    portal.check_exercise("ann", EXERCISES[0], 0.4)
    assert missing() == attempts.Missing(False, EXERCISES[1:])
    with pytest.raises(RuleViolation, match="every exercise has been checked; 2 to go"):
        portal.do("ann", start_attempt, TEST, POST)
    do_exercises(portal, "ann")
    assert not missing()
    post = portal.do("ann", start_attempt, TEST, POST)
    rows = portal.see("ann", lambda ctx: {row.id: row for row in ctx.db.execute(select(attempt))})
    assert {rows[pre].form, rows[post].form} == {"A", "B"}
    items = [{place.item_id for place in places_in(rows[one].items)} for one in (pre, post)]
    assert items[0] & items[1] == set()


def test_half_of_the_people_begin_with_the_other_form(portal: Portal) -> None:
    for number in range(8):
        portal.admit(f"p{number}")
        portal.do(f"p{number}", start_attempt, TEST, PRE)
    query = select(attempt.c.form, func.count()).group_by(attempt.c.form)
    assert dict(portal.see("ann", lambda ctx: [tuple(row) for row in ctx.db.execute(query)])) == {"A": 4, "B": 4}


def test_no_two_people_see_the_same_figures(portal: Portal) -> None:
    for number in range(6):
        portal.admit(f"p{number}")
    ids = {f"p{number}": portal.do(f"p{number}", start_attempt, TEST, PRE) for number in range(6)}
    seen = [
        (question.item_id, question.exhibit, question.case, question.stem)
        for login, attempt_id in ids.items()
        for question in portal.see(login, questions_of, attempt_id)
        if question.generated
    ]
    assert len(seen) >= 18
    assert len(set(seen)) == len(seen)


def test_nobody_answers_for_another(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    question = portal.see("ann", questions_of, attempt_id)[0]
    for work in (
        lambda: portal.do("bo", save_answer, attempt_id, question.item_id, right_answer(question)),
        lambda: portal.do("bo", finish_attempt, attempt_id),
        lambda: portal.see("bo", get_sheet, attempt_id),
        lambda: portal.see("tess", get_sheet, attempt_id),
        lambda: portal.do("ann", save_answer, attempt_id, "op-999", "a"),
        lambda: portal.do("ann", save_answer, 999, question.item_id, "a"),
    ):
        with pytest.raises(NotFound):
            work()


def test_rights_are_asked_for_in_the_engine(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.do("max", start_attempt, TEST, PRE)
    attempt_id = take(portal, "ann", PRE, right=1)
    for login in ("ann", "max"):  # a manager reads attempts, and changes no mark
        with pytest.raises(NotAllowed):
            portal.do(login, remark_attempt, attempt_id)
    with pytest.raises(NotAllowed):
        portal.see("ann", steps_of, attempt_id)


def test_a_sheet_tells_what_is_answered_and_nothing_of_the_key(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    questions = portal.see("ann", questions_of, attempt_id)
    sheet = portal.see("ann", get_sheet, attempt_id)
    assert (sheet.place, sheet.states, sheet.saved_at) == (0, ("unseen",) * 20, None)
    portal.now += 7
    portal.do("ann", save_answer, attempt_id, questions[0].item_id, right_answer(questions[0]))
    sheet = portal.see("ann", get_sheet, attempt_id)
    assert (sheet.place, sheet.saved_at, sheet.unanswered) == (1, portal.now, tuple(range(1, 20)))
    for place, question in enumerate(questions):
        said = repr(portal.see("ann", get_sheet, attempt_id, place))
        assert "fraction" not in said
        reasons = [prose for prose in _reasons(question.content) if prose]
        assert reasons and not any(reason in said for reason in reasons)
    assert portal.see("ann", get_sheet, attempt_id, 99).place == 19
    assert portal.see("ann", get_sheet, attempt_id, -5).place == 0


def _reasons(content: Any) -> list[str]:
    parts = [getattr(content, name, ()) for name in ("options", "near", "accepts", "pairs", "steps")]
    found = [part.reason.en for group in parts for part in group]
    return [*found, content.reason.en] if hasattr(content, "reason") else found


@pytest.mark.parametrize("place", [PRE])
def test_naughty_answers_come_back_unharmed(portal: Portal, place: str) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, place)
    question = next(q for q in portal.see("ann", questions_of, attempt_id) if isinstance(q.content, ShortText))
    texts = [*naughty_strings(), "a\x00b", "\ud800", "\u202e reversed", "x" * 2_000]
    with portal.open("ann") as ctx:
        for text in texts:
            save_answer(ctx, attempt_id, question.item_id, text)
            assert answers_in(ctx, attempt_id)[question.item_id] == text
    with pytest.raises(RuleViolation):
        portal.do("ann", save_answer, attempt_id, question.item_id, "x" * (MAX_TEXT_LENGTH + 1))


def test_marking_again_by_replay_gives_the_same_and_adds_nothing(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=12)
    before = steps(portal, attempt_id)
    assert portal.do("tess", remark_attempt, attempt_id) == 0.6
    assert steps(portal, attempt_id) == before


def test_a_mended_key_reaches_a_finished_test_and_the_history_stays(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=20)
    question = next(
        q
        for q in portal.see("ann", questions_of, attempt_id)
        if isinstance(q.content, Choice) and not q.content.several and not q.generated
    )
    # As if the bank had held a wrong key when the test was taken: the stored question prefers another option.
    with portal.open("tess") as ctx:
        row = ctx.db.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
        spoilt = packed(_with_wrong_key(unpacked(row.items), question))
        ctx.db.execute(attempt.update().values(items=spoilt, score=0.95))
        ctx.db.execute(attempt_step.update().where(attempt_step.c.item_id == question.item_id).values(fraction=0.0))
    assert portal.see("ann", fractions_in, attempt_id)[question.item_id] == 0.0
    before = steps(portal, attempt_id)
    assert portal.do("tess", remark_attempt, attempt_id) == 1.0
    after = steps(portal, attempt_id)
    assert after[:-1] == before
    assert (after[-1].kind, after[-1].item_id, after[-1].fraction) == ("remark", question.item_id, 1.0)
    assert portal.see("ann", fractions_in, attempt_id)[question.item_id] == 1.0


def _with_wrong_key(questions: tuple[Question, ...], wrong: Question) -> list[Question]:
    """The questions with another option of one of them worth the mark."""
    assert isinstance(wrong.content, Choice)
    right = right_answer(wrong)
    other = next(option.name for option in wrong.content.options if option.name != right)
    options = tuple(replace(option, fraction=float(option.name == other)) for option in wrong.content.options)
    spoilt = replace(wrong, content=Choice(options, several=False))
    return [spoilt if question.item_id == wrong.item_id else question for question in questions]


def test_an_open_test_is_not_marked_again(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    with pytest.raises(RuleViolation, match="only after it is finished"):
        portal.do("tess", remark_attempt, attempt_id)


def test_beginning_and_end_are_audited(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=1)
    kinds = portal.see("ann", lambda ctx: [tuple(r) for r in ctx.db.execute(select(audit.c.kind, audit.c.subject))])
    assert kinds == [("test_started", f"attempt:{attempt_id}"), ("test_finished", f"attempt:{attempt_id}")]


def test_a_trainer_reads_every_step_in_words(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=20)
    replayed = portal.see("tess", steps_of, attempt_id)
    assert [step.kind for step in replayed] == ["start", *["answer"] * 20, "finish"]
    assert [step.place for step in replayed] == [None, *range(20), None]
    assert all(step.said and step.said.en and step.said.zh for step in replayed[1:-1])


def test_an_unknown_phase_is_refused(portal: Portal) -> None:
    with pytest.raises(NotFound, match="There is no phase later"):
        portal.do("ann", start_attempt, TEST, "later")


@pytest.mark.postgres
def test_the_whole_way_on_postgresql(postgres_portal: Portal) -> None:
    portal = postgres_portal
    pre = take(portal, "ann", PRE, right=8)
    with pytest.raises(RuleViolation, match="as often as it may be taken"):
        portal.do("ann", start_attempt, TEST, PRE)
    do_exercises(portal, "ann")
    post = portal.do("ann", start_attempt, TEST, POST)
    text_item = next(q for q in portal.see("ann", questions_of, post) if isinstance(q.content, ShortText))
    for text in ("a\x00b", "\ud800", "'; DROP TABLE attempt; --", "田中さん"):
        portal.do("ann", save_answer, post, text_item.item_id, text)
        assert portal.see("ann", answers_in, post)[text_item.item_id] == text
    portal.do("ann", finish_attempt, post)
    with pytest.raises(RuleViolation):
        portal.do("ann", save_answer, post, text_item.item_id, "late")
    assert portal.do("tess", remark_attempt, pre) == 0.4


@pytest.mark.postgres
def test_two_tabs_at_the_same_time_on_postgresql_lose_nothing(postgres_portal: Portal) -> None:
    from concurrent.futures import ThreadPoolExecutor

    portal = postgres_portal
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    questions = portal.see("ann", questions_of, attempt_id)

    def answer(place: int) -> None:
        question = questions[place]
        portal.do("ann", save_answer, attempt_id, question.item_id, right_answer(question))

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(answer, range(20)))
    numbers = [step.number for step in steps(portal, attempt_id)]
    assert numbers == list(range(21))
    assert portal.do("ann", finish_attempt, attempt_id) == 1.0
