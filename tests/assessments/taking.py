"""Ways of answering a whole test, for tests of attempts, results and pages."""

from __future__ import annotations

from typing import Any

from assessments.attempts import finish_attempt, questions_in, save_answer, start_attempt
from assessments.questions import Choice, Matching, Numeric, Ordering, Question, ShortText
from core.context import Context
from core.db.assessment_tables import attempt
from tests.assessments.conftest import EXERCISES, TEST, Portal


def right_answer(question: Question) -> Any:
    """The response that is worth the whole mark."""
    match question.content:
        case Choice(options=options, several=True):
            return [option.name for option in options if option.fraction > 0]
        case Choice(options=options):
            return next(option.name for option in options if option.fraction == 1)
        case Numeric(answer=answer):
            return f"{answer:.10g}"
        case ShortText(accepts=accepts):
            return next(accept.pattern.replace("*", "") for accept in accepts if accept.fraction == 1)
        case Matching(pairs=pairs):
            return {pair.name: pair.right for pair in pairs}
        case Ordering(steps=steps):
            return [step.name for step in steps]


def questions_of(ctx: Context, attempt_id: int) -> tuple[Question, ...]:
    """The questions of an attempt, with their keys."""
    return questions_in(ctx.db.execute(attempt.select().where(attempt.c.id == attempt_id)).one())


def take(portal: Portal, login: str, phase: str, right: int = 20) -> int:
    """Takes and finishes a test with so many right answers, the rest left blank; gives the attempt's id."""
    attempt_id = portal.do(login, start_attempt, TEST, phase)
    for question in portal.see(login, questions_of, attempt_id)[:right]:
        portal.do(login, save_answer, attempt_id, question.item_id, right_answer(question))
    portal.do(login, finish_attempt, attempt_id)
    return int(attempt_id)


def do_exercises(portal: Portal, login: str, score: float = 1.0) -> None:
    """Checks every exercise once."""
    for name in EXERCISES:
        portal.check_exercise(login, name, score)
