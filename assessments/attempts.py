"""Attempts: a test as one person takes it, kept as append-only steps that can be marked again by replay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, bindparam, func, insert, select, text, update

from assessments import figures
from assessments.bank import Generated, question_of
from assessments.forms import blueprint_of, form_for, forms_of, joined_bank, other_form, questions_for
from assessments.handout import dumped, packed, places_in, question_at, unpacked
from assessments.marking import Response, checked_response, mark
from assessments.questions import Question, view_of
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import submission
from core.domain.errors import NotFound, RuleViolation
from core.security.audit import record_audit

PRE, POST = "pre", "post"
PHASES = (PRE, POST)
OPEN, FINISHED = "open", "finished"

PHASE_LABELS: Mapping[str, str] = {PRE: "Pre-test", POST: "Post-test"}

START, ANSWER, FINISH, REMARK = "start", "answer", "finish", "remark"

_INSERT_ATTEMPT = text(
    "INSERT INTO attempt (person_id, test, phase, form, seed, items, status, started_at)"
    " VALUES (:person_id, :test, :phase, :form, :seed, :items, :status, :started_at)"
    " ON CONFLICT (person_id, test, phase, try_number) DO NOTHING"
)

# Built once, since building them takes longer than the database needs to answer.
_ATTEMPT = select(attempt).where(attempt.c.id == bindparam("attempt"))
_ATTEMPT_LOCKED = _ATTEMPT.with_for_update()
_ANSWERS_TO = (
    select(attempt_step.c.number, attempt_step.c.at, attempt_step.c.response, attempt_step.c.key)
    .where(attempt_step.c.attempt_id == bindparam("attempt"), attempt_step.c.item_id == bindparam("item"))
    .order_by(attempt_step.c.number)
)
_LAST_NUMBER = select(func.max(attempt_step.c.number)).where(attempt_step.c.attempt_id == bindparam("attempt"))
_INSERT_STEP = insert(attempt_step)


@dataclass(frozen=True, slots=True)
class Saved:
    """What saving an answer left behind: the step's number and when it was written."""

    number: int
    at: int


@dataclass(frozen=True, slots=True)
class Missing:
    """What has to be done before a phase opens: the pre-test finished, the exercises checked at least once."""

    pre_test: bool
    exercises: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.pre_test or bool(self.exercises)


@dataclass(frozen=True, slots=True)
class Head:
    """An attempt without its questions."""

    id: int
    form: str
    finished: bool


def missing_before(ctx: Context, person_id: int, test: str, phase: str) -> Missing:
    """What a person still has to do before a phase of a test opens; nothing for the pre-test."""
    if phase == PRE:
        return Missing(False, ())
    pre = head_of(ctx, person_id, test, PRE)
    checked = set(
        ctx.db.execute(select(submission.c.exercise).where(submission.c.person_id == person_id).distinct()).scalars()
    )
    left = tuple(name for name in blueprint_of(test).exercises if name not in checked)
    return Missing(pre is None or not pre.finished, left)


def start_attempt(ctx: Context, test: str, phase: str) -> int:
    """Hands a person their questions, or the attempt they already have; gives its id.

    The two forms of a test are swapped for half of the people; the post-test is always the other form.
    Raises: NotAllowed; RuleViolation when the phase isn't open yet.
    """
    ctx.actor.need("tests.take")
    person_id = _person(ctx)
    if phase not in PHASES:
        raise NotFound("There is no phase {phase} of this test.", phase=phase)
    existing = head_of(ctx, person_id, test, phase)
    if existing is not None:
        return existing.id
    missing = missing_before(ctx, person_id, test, phase)
    if missing.pre_test:
        raise RuleViolation("The post-test opens once the pre-test is finished.")
    if missing.exercises:
        raise RuleViolation(
            "The post-test opens once every exercise has been checked; {count} to go.",
            count=len(missing.exercises),
        )
    form = forms_of(test)[_form_name(ctx, person_id, test, phase)]
    seed = blueprint_of(test).seed
    if any(isinstance(item.content, Generated) for item in form.items):
        with figures.practice_figures() as world:
            questions = questions_for(form, seed, person_id, world)
    else:
        questions = questions_for(form, seed, person_id, None)
    row = {
        "person_id": person_id,
        "test": test,
        "phase": phase,
        "form": form.name,
        "seed": seed,
        "items": packed(questions),
        "status": OPEN,
        "started_at": ctx.now,
    }
    made = ctx.db.execute(_INSERT_ATTEMPT, row).rowcount == 1
    started = head_of(ctx, person_id, test, phase)
    assert started is not None
    if made:
        _append(ctx, started.id, 0, START)
        _audit(ctx, "test_started", started.id, test=test, phase=phase, form=form.name)
    return started.id


def save_answer(ctx: Context, attempt_id: int, item_id: str, response: Response, *, key: str | None = None) -> Saved:
    """Keeps an answer as one more step; the last one counts. The same answer, or the same key, again adds nothing.

    Raises: NotAllowed; NotFound for another's attempt or an item that isn't in it; RuleViolation once it is finished,
    or when the answer doesn't fit the question.
    """
    ctx.actor.need("tests.take")
    row = _own_row(ctx, attempt_id, lock=True)
    if row.status != OPEN:
        raise RuleViolation("This test is finished; answers can't be changed any more.")
    question = _question(row, item_id)
    response = checked_response(question, response)
    steps = ctx.db.execute(_ANSWERS_TO, {"attempt": attempt_id, "item": item_id}).all()
    for step in steps:
        if key is not None and step.key == key:
            return Saved(step.number, step.at)
    stored = dumped(response)
    if steps and steps[-1].response == stored:
        return Saved(steps[-1].number, steps[-1].at)
    number = _next_number(ctx, attempt_id)
    fraction = mark(question, response).fraction
    _append(ctx, attempt_id, number, ANSWER, item_id=item_id, response=stored, fraction=fraction, key=key)
    return Saved(number, ctx.now)


def finish_attempt(ctx: Context, attempt_id: int) -> float:
    """Closes a test and marks it; closing it twice changes nothing.

    Units: share of the marks, 0..1.
    Raises: NotAllowed; NotFound for another's attempt.
    """
    ctx.actor.need("tests.take")
    row = _own_row(ctx, attempt_id, lock=True)
    if row.status == FINISHED:
        return float(row.score)
    questions = questions_in(row)
    score = score_of(questions, fractions_in(ctx, attempt_id))
    _append(ctx, attempt_id, _next_number(ctx, attempt_id), FINISH, fraction=score)
    ctx.db.execute(
        update(attempt).where(attempt.c.id == attempt_id).values(status=FINISHED, finished_at=ctx.now, score=score)
    )
    _audit(ctx, "test_finished", attempt_id, test=row.test, phase=row.phase, score=round(score, 4))
    return score


def remark_attempt(ctx: Context, attempt_id: int) -> float:
    """Marks a finished test again by replaying its answers against the bank as it is now; gives the new score.

    A question takes over a mended key only if what was asked and shown is still the same. Each changed fraction is a
    further step; nothing is overwritten in the history.
    Raises: NotAllowed without `attempts.read`; RuleViolation while the test is open.
    """
    ctx.actor.need("attempts.read")
    row = _row(ctx, attempt_id, lock=True)
    if row.status != FINISHED:
        raise RuleViolation("A test is marked again only after it is finished.")
    questions = tuple(_mended(question, row.test) for question in questions_in(row))
    answers, before = answers_in(ctx, attempt_id), fractions_in(ctx, attempt_id)
    number = _next_number(ctx, attempt_id)
    for question in questions:
        if question.item_id not in answers:
            continue
        fraction = mark(question, answers[question.item_id]).fraction
        if fraction != before[question.item_id]:
            _append(ctx, attempt_id, number, REMARK, item_id=question.item_id, fraction=fraction)
            number += 1
    score = score_of(questions, fractions_in(ctx, attempt_id))
    change = update(attempt).where(attempt.c.id == attempt_id).values(score=score, items=packed(questions))
    ctx.db.execute(change)
    _audit(ctx, "test_marked_again", attempt_id, before=round(row.score, 4), after=round(score, 4))
    return score


def head_of(ctx: Context, person_id: int, test: str, phase: str) -> Head | None:
    """A person's attempt at a phase of a test, if they have one."""
    a = attempt.c
    found = select(a.id, a.form, a.status).where(a.person_id == person_id, a.test == test, a.phase == phase)
    row = ctx.db.execute(found).one_or_none()
    return None if row is None else Head(row.id, row.form, row.status == FINISHED)


def readable_row(ctx: Context, attempt_id: int) -> Row[Any]:
    """An attempt that the actor may see: their own, or anybody's with `attempts.read`.

    Raises: NotFound, also for another's attempt without the right.
    """
    row = _row(ctx, attempt_id)
    if row.person_id != ctx.actor.person_id and not ctx.actor.may("attempts.read"):
        raise _no_attempt(attempt_id)
    return row


def questions_in(row: Row[Any]) -> tuple[Question, ...]:
    """The questions of an attempt as they were handed out."""
    return unpacked(row.items)


def answers_in(ctx: Context, attempt_id: int) -> dict[str, Response]:
    """The answer that counts for each item answered so far."""
    rows = ctx.db.execute(
        select(attempt_step.c.item_id, attempt_step.c.response)
        .where(attempt_step.c.attempt_id == attempt_id, attempt_step.c.kind == ANSWER)
        .order_by(attempt_step.c.number)
    )
    latest = {row.item_id: row.response for row in rows}
    return {item_id: json.loads(response) for item_id, response in latest.items()}


def fractions_in(ctx: Context, attempt_id: int) -> dict[str, float]:
    """What each item's last answer, or its last re-marking, is worth."""
    rows = ctx.db.execute(
        select(attempt_step.c.item_id, attempt_step.c.fraction)
        .where(attempt_step.c.attempt_id == attempt_id, attempt_step.c.kind.in_((ANSWER, REMARK)))
        .order_by(attempt_step.c.number)
    )
    return {row.item_id: row.fraction for row in rows}


def score_of(questions: tuple[Question, ...], fractions: Mapping[str, float]) -> float:
    """The share of all marks: fractions by weight, an unanswered item counting nothing."""
    total = sum(question.weight for question in questions)
    reached = sum(question.weight * fractions.get(question.item_id, 0.0) for question in questions)
    return round(reached / total, 9)


def _mended(question: Question, test: str) -> Question:
    item = joined_bank(blueprint_of(test).topics).item(question.item_id)
    if item is None or question.generated or isinstance(item.content, Generated):
        return question
    current = replace(question_of(item), shown=question.shown)
    if sorted(current.shown) != sorted(question.shown) or not _same_view(current, question):
        return question
    return current


def _same_view(current: Question, stored: Question) -> bool:
    try:
        return view_of(current) == view_of(stored)
    except KeyError:  # an option was taken out of the bank or renamed
        return False


def _person(ctx: Context) -> int:
    assert ctx.actor.person_id is not None
    return ctx.actor.person_id


def _form_name(ctx: Context, person_id: int, test: str, phase: str) -> str:
    if phase == POST:
        first = head_of(ctx, person_id, test, PRE)
        assert first is not None
        return other_form(first.form)
    counts = ctx.db.execute(
        select(attempt.c.form, func.count().label("n"))
        .where(attempt.c.test == test, attempt.c.phase == PRE)
        .group_by(attempt.c.form)
    )
    return form_for(Counter({row.form: row.n for row in counts}), person_id)


def _row(ctx: Context, attempt_id: int, *, lock: bool = False) -> Row[Any]:
    # On PostgreSQL two tabs wait for each other here; SQLite's writing transaction is alone anyway.
    row = ctx.db.execute(_ATTEMPT_LOCKED if lock else _ATTEMPT, {"attempt": attempt_id}).one_or_none()
    if row is None:
        raise _no_attempt(attempt_id)
    return row


def _own_row(ctx: Context, attempt_id: int, *, lock: bool = False) -> Row[Any]:
    row = _row(ctx, attempt_id, lock=lock)
    if row.person_id != ctx.actor.person_id:
        raise _no_attempt(attempt_id)
    return row


def _no_attempt(attempt_id: int) -> NotFound:
    return NotFound("There is no attempt {id} of yours.", id=attempt_id)


def _question(row: Row[Any], item_id: str) -> Question:
    for at, place in enumerate(places_in(row.items)):
        if place.item_id == item_id:
            return question_at(row.items, at)
    raise NotFound("This test has no question {item}.", item=item_id)


def _next_number(ctx: Context, attempt_id: int) -> int:
    return int(ctx.db.execute(_LAST_NUMBER, {"attempt": attempt_id}).scalar_one()) + 1


def _append(ctx: Context, attempt_id: int, number: int, kind: str, **columns: object) -> None:
    ctx.db.execute(insert(attempt_step).values(attempt_id=attempt_id, number=number, kind=kind, at=ctx.now, **columns))


def _audit(ctx: Context, kind: str, attempt_id: int, **data: object) -> None:
    record_audit(
        ctx.db,
        ctx.now,
        kind,
        actor_id=ctx.actor.person_id,
        actor=ctx.actor.name,
        subject=f"attempt:{attempt_id}",
        data=data,
    )
