"""Disputes: said, withdrawn, decided; and everybody's marks follow the decision."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from assessments.attempts import finish_attempt, save_answer, start_attempt
from assessments.certificates import issue_certificate
from assessments.disputes import (
    CREDITED,
    MARKED,
    OPEN,
    REJECTED,
    REMARKED,
    decide_dispute,
    dispute_item,
    disputes_in,
    disputes_of,
    reach_of,
    withdraw_dispute,
)
from assessments.handout import packed, unpacked
from assessments.manual_marks import answers_waiting, get_answer, mark_by_hand
from assessments.questions import Choice, Question
from assessments.readiness import READY, readiness_in
from assessments.remarking import remark_attempt
from core.db.assessment_tables import attempt
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import give, row_in, steps_in
from tests.assessments.taking import questions_of, right_answer, take


@pytest.fixture
def taken(portal: Portal) -> tuple[int, int, str]:
    """Ann's and Bo's finished tests, ten right of twenty, and a question that both had and both left blank."""
    give(portal, swapped=False)
    ann = take(portal, "ann", "pre", right=10)
    bo = take(portal, "bo", "pre", right=10)
    assert row_in(portal, ann).form == row_in(portal, bo).form
    item = portal.see("ann", questions_of, ann)[-1].item_id
    return ann, bo, item


def test_one_disputes_a_question_once_and_may_take_it_back(portal: Portal, taken: tuple[int, int, str]) -> None:
    ann, bo, item = taken
    for reason, said in (("  ", "Say what is wrong"), ("x" * 5_000, "at most 4000")):
        with pytest.raises(RuleViolation, match=said):
            portal.do("ann", dispute_item, ann, item, reason)
    with pytest.raises(NotFound):
        portal.do("ann", dispute_item, bo, item, "not mine")
    with pytest.raises(NotFound):
        portal.do("ann", dispute_item, ann, "nope", "why")
    key = portal.do("ann", dispute_item, ann, item, " two keys are right ")
    with pytest.raises(RuleViolation, match="already"):
        portal.do("ann", dispute_item, ann, item, "again")
    found = portal.see("ann", disputes_of, ann)[item]
    assert (found.id, found.status, found.reason, found.name) == (key, OPEN, "two keys are right", "Ann")
    with pytest.raises(NotAllowed):
        portal.see("bo", disputes_of, ann)
    with pytest.raises(NotFound):
        portal.do("bo", withdraw_dispute, key)
    portal.do("ann", withdraw_dispute, key)
    assert portal.see("ann", disputes_of, ann) == {}
    assert portal.see("tess", disputes_in) == ()
    assert portal.do("ann", dispute_item, ann, item, "after all") == key


def test_a_question_is_disputed_within_thirty_days(portal: Portal, taken: tuple[int, int, str]) -> None:
    ann, _, item = taken
    portal.now += 31 * 86_400
    with pytest.raises(RuleViolation, match="within 30 days"):
        portal.do("ann", dispute_item, ann, item, "late")


def test_a_test_that_was_open_follows_once_it_is_finished(portal: Portal) -> None:
    """Whoever had a faulty question before the decision has its mark, finished or not; who begins later has not."""
    give(portal, swapped=False)
    ann = take(portal, "ann", "pre", right=10)
    bo = portal.do("bo", start_attempt, TEST, "pre")
    faulty = portal.see("ann", questions_of, ann)[-1].item_id
    with portal.open("tess") as ctx:  # as if the key had been mended in the bank meanwhile
        questions = unpacked(row_in(portal, bo).items)
        choice = next(one for one in questions if one.kind == "single" and not one.generated)
        ctx.db.execute(
            attempt.update().where(attempt.c.id == bo).values(items=packed([_turned(q, choice) for q in questions]))
        )
    first = portal.do("ann", dispute_item, ann, faulty, "no option is right")
    second = portal.do("ann", dispute_item, ann, choice.item_id, "the key is wrong")
    portal.do("bo", save_answer, bo, choice.item_id, right_answer(choice))
    portal.now += 60
    portal.do("tess", decide_dispute, first, CREDITED, "You are right.")
    portal.do("tess", decide_dispute, second, REMARKED, "Mended.")
    assert [step.kind for step in steps_in(portal, bo)] == ["start", "answer"], "nobody touches a test under way"
    assert portal.do("bo", finish_attempt, bo) == row_in(portal, bo).score == 2 / len(questions)
    last = [(step.kind, step.item_id, step.fraction, step.actor_id) for step in steps_in(portal, bo)[2:]]
    assert last == [
        ("finish", None, 0.0, None),
        ("remark", choice.item_id, 1.0, None),
        ("manual", faulty, 1.0, None),
    ]
    portal.now += 60
    portal.admit("cai")
    cai = portal.do("cai", start_attempt, TEST, "pre")
    assert portal.do("cai", finish_attempt, cai) == 0.0


def _turned(question: Question, choice: Question) -> Question:
    """The question, with another option of the chosen one worth the mark."""
    if question != choice or not isinstance(choice.content, Choice):
        return question
    right, *others = sorted(choice.content.options, key=lambda option: -option.fraction)
    turned = {right.name: 0.0, others[0].name: 1.0}
    options = tuple(replace(one, fraction=turned.get(one.name, one.fraction)) for one in choice.content.options)
    return replace(choice, content=Choice(options, several=False))


def test_a_faulty_question_gives_its_mark_to_everybody_who_had_it(portal: Portal, taken: tuple[int, int, str]) -> None:
    ann, bo, item = taken
    before = {attempt_id: row_in(portal, attempt_id).score for attempt_id in (ann, bo)}
    first = portal.do("ann", dispute_item, ann, item, "no option is right")
    second = portal.do("bo", dispute_item, bo, item, "I think so, too")
    assert portal.see("tess", reach_of, item).attempts_count == 2
    assert portal.see("tess", reach_of, item).disputes_count == 2
    decided = portal.do("tess", decide_dispute, first, CREDITED, "You are right.")
    assert (decided.attempts_count, decided.changed_count) == (2, 2)
    for attempt_id in (ann, bo):
        assert row_in(portal, attempt_id).score > before[attempt_id]
        assert portal.do("tess", remark_attempt, attempt_id) == row_in(portal, attempt_id).score, "replay keeps it"
    found = portal.see("tess", disputes_in, open_only=False)
    assert {(one.id, one.status, one.decision) for one in found} == {
        (first, CREDITED, "You are right."),
        (second, CREDITED, "You are right."),
    }
    with pytest.raises(RuleViolation, match="decided already"):
        portal.do("tess", decide_dispute, second, REJECTED, "no")
    with pytest.raises(RuleViolation, match="decided already"):
        portal.do("bo", withdraw_dispute, second)


@pytest.mark.parametrize("outcome", [REJECTED, MARKED, REMARKED])
def test_other_outcomes_change_no_mark_by_themselves(portal: Portal, taken: tuple[int, int, str], outcome: str) -> None:
    ann, bo, item = taken
    key = portal.do("ann", dispute_item, ann, item, "why")
    if outcome == MARKED:
        with pytest.raises(RuleViolation, match="isn't marked by hand yet"):
            portal.do("tess", decide_dispute, key, outcome, "See section 5.1.")
        number = portal.see("tess", get_answer, ann, item).number
        portal.do("tess", mark_by_hand, ann, item, 0.5, "half", number=number)
    before = [steps_in(portal, attempt_id) for attempt_id in (ann, bo)]
    decided = portal.do("tess", decide_dispute, key, outcome, "See section 5.1.")
    assert decided.changed_count == 0 and decided.attempts_count == (2 if outcome == REMARKED else 0)
    assert [steps_in(portal, attempt_id) for attempt_id in (ann, bo)] == before
    assert portal.see("ann", disputes_of, ann)[item].status == outcome


def test_who_decides(portal: Portal, taken: tuple[int, int, str]) -> None:
    ann, _, item = taken
    key = portal.do("ann", dispute_item, ann, item, "why")
    for login in ("ann", "bo", "max"):
        with pytest.raises(NotAllowed):
            portal.do(login, decide_dispute, key, REJECTED, "no")
        with pytest.raises(NotAllowed):
            portal.see(login, disputes_in)
    with pytest.raises(RuleViolation, match="Say why"):
        portal.do("tess", decide_dispute, key, REJECTED, "")
    with pytest.raises(NotFound):
        portal.do("tess", decide_dispute, key, "burnt", "x")
    own = take(portal, "tess", "pre")
    mine = portal.do("tess", dispute_item, own, portal.see("tess", questions_of, own)[0].item_id, "why")
    with pytest.raises(RuleViolation, match="own dispute"):
        portal.do("tess", decide_dispute, mine, CREDITED, "yes")


@pytest.mark.postgres
def test_disputes_certificates_and_readiness_on_postgresql(postgres_portal: Portal) -> None:
    portal = postgres_portal
    give(portal, swapped=False, pass_rate=0.5)
    ann, _ = (take(portal, login, "pre", right=15) for login in ("ann", "bo"))
    item = portal.see("ann", questions_of, ann)[-1].item_id
    key = portal.do("ann", dispute_item, ann, item, "no option is right")
    assert portal.see("tess", reach_of, item).attempts_count == 2
    assert portal.do("tess", decide_dispute, key, CREDITED, "You are right.").changed_count == 2
    assert portal.see("tess", disputes_in) == ()
    found = portal.do("ann", issue_certificate, ann)
    assert found.score == pytest.approx(row_in(portal, ann).score)
    states = {one.name: one for one in portal.see("tess", readiness_in)}
    assert states["Ann"].count(READY) > 0
    assert portal.see("tess", answers_waiting) == ()


@pytest.mark.postgres
def test_a_test_finished_while_its_question_is_decided_has_its_mark_on_postgresql(postgres_portal: Portal) -> None:
    """Whichever of the two comes first, the other waits for it and takes it in."""
    portal = postgres_portal
    give(portal, swapped=False)
    for login in ("cai", "dan"):
        portal.admit(login)
    ann = take(portal, "ann", "pre", right=0)
    cai, dan = (portal.do(login, start_attempt, TEST, "pre") for login in ("cai", "dan"))
    first, second = (question.item_id for question in portal.see("ann", questions_of, ann)[-2:])
    disputes = [portal.do("ann", dispute_item, ann, item, "no option is right") for item in (first, second)]
    decide = partial(portal.do, "tess", decide_dispute)
    with ThreadPoolExecutor(1) as pool:
        with portal.open("cai") as ctx:
            finish_attempt(ctx, cai)
            waiting = pool.submit(decide, disputes[0], CREDITED, "You are right.")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.5)
        assert waiting.result(timeout=20).attempts_count == 2
        with portal.open("tess") as ctx:
            decide_dispute(ctx, disputes[1], CREDITED, "You are right.")
            finishing = pool.submit(portal.do, "dan", finish_attempt, dan)
            with pytest.raises(TimeoutError):
                finishing.result(timeout=0.5)
        assert finishing.result(timeout=20) == pytest.approx(2 / 20)
    assert row_in(portal, cai).score == pytest.approx(2 / 20)


def test_marking_a_disputed_question_again_leaves_the_others_as_they_are(portal: Portal) -> None:
    """Two keys were mended in the bank; only the one that was decided about follows."""
    give(portal, swapped=False)
    ann = take(portal, "ann", "pre", right=20)
    handed_out = unpacked(row_in(portal, ann).items)
    one, other = [q for q in handed_out if q.kind == "single" and not q.generated][:2]
    turned = [_turned(_turned(q, one), other) for q in handed_out]
    with portal.open("tess") as ctx:  # as if both had been handed out with a wrong key, and answered by it
        ctx.db.execute(attempt.update().where(attempt.c.id == ann).values(items=packed(turned)))
    key = portal.do("ann", dispute_item, ann, one.item_id, "the key is wrong")
    portal.do("tess", decide_dispute, key, REMARKED, "Mended.")
    now = unpacked(row_in(portal, ann).items)
    assert [q.item_id for q, before in zip(now, turned, strict=True) if q != before] == [one.item_id]
    portal.do("tess", remark_attempt, ann)
    assert unpacked(row_in(portal, ann).items) == handed_out
