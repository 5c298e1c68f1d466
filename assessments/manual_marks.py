"""Marks given by hand: open texts by their rubric, and any answer whose mark a person has to put right."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select, update

from assessments.attempt_rows import attempt_row, note, question_in
from assessments.attempt_steps import (
    MANUAL,
    MARKED,
    answers_in,
    append_step,
    fractions_in,
    item_steps,
    last_step,
    moment_of,
    score_of,
    waiting_in,
    worths_in,
)
from assessments.handout import dumped, places_in
from assessments.questions import OpenText, Question
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import person
from core.domain.errors import RuleViolation

MOST_COMMENT = 4_000
"""Longest comment that goes with a mark. Units: characters."""

_a, _s = attempt.c, attempt_step.c


@dataclass(frozen=True, slots=True)
class WaitingAnswer:
    """An answer that waits to be marked. Units: seconds UTC."""

    attempt_id: int
    item_id: str
    person_id: int
    name: str
    team: str
    test: str
    phase: str
    finished_at: int


@dataclass(frozen=True, slots=True)
class AnswerSheet:
    """An answer as whoever marks it sees it.

    Shape: `number` is the last step about the item, which a mark names, so that nobody overwrites another's unseen.
    Units: fraction 0..1, None while it waits.
    """

    attempt_id: int
    person_id: int
    test: str
    question: Question
    response: Any
    fraction: float | None
    number: int


def answers_waiting(ctx: Context) -> tuple[WaitingAnswer, ...]:
    """Every answer of a finished test that waits to be marked by hand, the oldest first.

    Raises: NotAllowed without `attempts.mark`.
    """
    ctx.actor.need("attempts.mark")
    unmarked = select(_s.attempt_id).where(_s.kind.in_(MARKED), _s.fraction.is_(None), _s.response.is_not(None))
    found = ctx.db.execute(
        select(_a.id, _a.person_id, _a.test, _a.phase, _a.finished_at, person.c.name, person.c.team)
        .join(person, person.c.id == _a.person_id)
        .where(_a.status == FINISHED, _a.id.in_(unmarked))
        .order_by(_a.finished_at, _a.id)
    ).all()
    steps: dict[int, list[Any]] = defaultdict(list)
    rows = select(_s.attempt_id, _s.item_id, _s.kind, _s.fraction).where(
        _s.attempt_id.in_([row.id for row in found]), _s.kind.in_(MARKED)
    )
    for row in ctx.db.execute(rows.order_by(_s.attempt_id, _s.number)):
        steps[row.attempt_id].append(row)
    return tuple(
        WaitingAnswer(row.id, item_id, row.person_id, row.name, row.team, row.test, row.phase, row.finished_at)
        for row in found
        for item_id, fraction in worths_in(steps[row.id]).items()
        if fraction is None
    )


def get_answer(ctx: Context, attempt_id: int, item_id: str) -> AnswerSheet:
    """One answer with its question and key. Raises: NotAllowed without `attempts.mark`; NotFound; RuleViolation."""
    ctx.actor.need("attempts.mark")
    row = attempt_row(ctx, attempt_id)
    question = question_in(row, item_id)
    steps = item_steps(ctx, attempt_id, item_id)
    waits = item_id in waiting_in(ctx, attempt_id)
    return AnswerSheet(
        attempt_id,
        row.person_id,
        row.test,
        question,
        answers_in(ctx, attempt_id).get(item_id),
        None if waits else fractions_in(ctx, attempt_id).get(item_id, 0.0),
        steps[-1].number if steps else 0,
    )


def mark_by_rubric(
    ctx: Context, attempt_id: int, item_id: str, points: Mapping[str, float], comment: str, *, number: int
) -> float:
    """Marks an open text, criterion by criterion; gives the test's new score.

    Shape: `points` by the criterion's name; `number` is the last step the marker had seen.
    Raises: NotAllowed without `attempts.mark` or for one's own test; NotFound; RuleViolation for points that the rubric
    doesn't have, or when somebody else has marked it meanwhile.
    """
    sheet = _sheet_to_mark(ctx, attempt_id, item_id, number)
    content = sheet.question.content
    if not isinstance(content, OpenText):
        raise RuleViolation("This question has no rubric.")
    for place, criterion in enumerate(content.rubric, start=1):
        found = points.get(criterion.name)
        if found is None:
            raise RuleViolation("Criterion {n} has no points yet.", n=place)
        if not 0 <= found <= criterion.points:
            raise RuleViolation(
                "Criterion {n} has 0 to {most} points, found {found}.",
                n=place,
                most=f"{criterion.points:g}",
                found=f"{found:g}",
            )
    reached = sum(points[criterion.name] for criterion in content.rubric)
    kept = {criterion.name: points[criterion.name] for criterion in content.rubric}
    return _write(ctx, attempt_id, item_id, reached / content.points, {"comment": _said(comment), "rubric": kept})


def mark_by_hand(ctx: Context, attempt_id: int, item_id: str, fraction: float, comment: str, *, number: int) -> float:
    """Sets what an answer is worth, with the reason; gives the test's new score.

    Units: fraction 0..1 of the question's mark.
    Raises: NotAllowed without `attempts.mark` or for one's own test; NotFound; RuleViolation without a reason, or when
    somebody else has marked it meanwhile.
    """
    _sheet_to_mark(ctx, attempt_id, item_id, number)
    if not 0 <= fraction <= 1:
        raise RuleViolation("A mark is worth 0 to 100% of the question, found {found}%.", found=100 * fraction)
    if not comment.strip():
        raise RuleViolation("A mark given by hand needs a reason.")
    return _write(ctx, attempt_id, item_id, fraction, {"comment": _said(comment)})


def credit_item(ctx: Context, attempt_id: int, item_id: str, comment: str, dispute_id: int) -> float:
    """Gives the full mark for a question that turned out to be faulty; gives the test's new score.

    Raises: NotAllowed without `attempts.mark`; NotFound.
    """
    ctx.actor.need("attempts.mark")
    question_in(attempt_row(ctx, attempt_id, lock=True), item_id)
    return _write(ctx, attempt_id, item_id, 1.0, {"comment": _said(comment), "dispute": dispute_id})


def _sheet_to_mark(ctx: Context, attempt_id: int, item_id: str, number: int) -> AnswerSheet:
    ctx.actor.need("attempts.mark")
    row = attempt_row(ctx, attempt_id, lock=True)
    if row.status != FINISHED:
        raise RuleViolation("A test is marked by hand once it is finished.")
    if row.person_id == ctx.actor.person_id:
        raise RuleViolation("Nobody marks their own test. Ask another trainer.")
    sheet = get_answer(ctx, attempt_id, item_id)
    if sheet.number != number:
        raise RuleViolation("This answer was marked meanwhile. Read the mark, then change it if you still want to.")
    return sheet


def _said(comment: str) -> str:
    comment = comment.strip()
    if len(comment) > MOST_COMMENT:
        raise RuleViolation("A comment may be at most {most} characters long.", most=MOST_COMMENT)
    return comment


def _write(ctx: Context, attempt_id: int, item_id: str, fraction: float, data: Mapping[str, Any]) -> float:
    """One more step, and the score that follows from all of them."""
    row, last = attempt_row(ctx, attempt_id), last_step(ctx, attempt_id)
    columns = {
        "item_id": item_id,
        "fraction": round(fraction, 9),
        "actor_id": ctx.actor.person_id,
        "data": dumped(data),
    }
    append_step(ctx, attempt_id, last.number + 1, MANUAL, moment_of(ctx, last), **columns)
    score = score_of(places_in(row.items), fractions_in(ctx, attempt_id))
    ctx.db.execute(update(attempt).where(_a.id == attempt_id).values(score=score))
    note(ctx, "answer_marked_by_hand", attempt_id, item=item_id, before=round(row.score, 4), after=round(score, 4))
    return score
