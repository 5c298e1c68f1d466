"""The sheet: what the test page draws of an open attempt, one question at a time and without any key."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import bindparam, select

from assessments.attempts import ANSWER, FINISHED, START, readable_row
from assessments.handout import Place, places_in, question_at
from assessments.marking import Response, is_blank
from assessments.questions import QuestionView, view_of
from core.context import Context
from core.db.assessment_tables import attempt_step
from core.domain.errors import NotFound

UNSEEN, STARTED, ANSWERED = "unseen", "started", "answered"

_STEPS = (
    select(attempt_step.c.number, attempt_step.c.item_id, attempt_step.c.at, attempt_step.c.response)
    .where(attempt_step.c.attempt_id == bindparam("attempt"), attempt_step.c.kind.in_((START, ANSWER)))
    .order_by(attempt_step.c.number)
)


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt open at one place.

    Shape: `states` says of every item whether it is answered; places count from 0.
    """

    attempt_id: int
    test: str
    phase: str
    finished: bool
    place: int
    states: tuple[str, ...]
    item_id: str
    question: QuestionView
    response: Response
    number: int
    saved_at: int | None

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Places of the items that are not answered, or only in part."""
        return tuple(place for place, state in enumerate(self.states) if state != ANSWERED)


def get_sheet(ctx: Context, attempt_id: int, place: int | None = None) -> Sheet:
    """The attempt open at a place; without one, at the first item not answered.

    Raises: NotFound for another's attempt.
    """
    row = readable_row(ctx, attempt_id)
    if row.person_id != ctx.actor.person_id:
        raise NotFound("There is no attempt {id} of yours.", id=attempt_id)
    places = places_in(row.items)
    steps = ctx.db.execute(_STEPS, {"attempt": attempt_id}).all()
    answers = {step.item_id: step.response for step in steps if step.item_id is not None}
    responses = [json.loads(answers[one.item_id]) if one.item_id in answers else None for one in places]
    states = tuple(_state(one, response) for one, response in zip(places, responses, strict=True))
    if place is None:
        place = next((n for n, state in enumerate(states) if state != ANSWERED), 0)
    place = min(max(place, 0), len(places) - 1)
    return Sheet(
        attempt_id=attempt_id,
        test=row.test,
        phase=row.phase,
        finished=row.status == FINISHED,
        place=place,
        states=states,
        item_id=places[place].item_id,
        question=view_of(question_at(row.items, place)),
        response=responses[place],
        number=steps[-1].number,
        saved_at=steps[-1].at if answers else None,
    )


def _state(place: Place, response: Response) -> str:
    """Whether an item is answered, told without reading the question."""
    if is_blank(response):
        return UNSEEN
    return STARTED if place.parts > 1 and len(response) < place.parts else ANSWERED
