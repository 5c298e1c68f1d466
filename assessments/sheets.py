"""The sheet: what the test page draws of an open attempt, one question at a time and without any key."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from assessments.attempts import ANSWER, FINISHED, START, readable_row
from assessments.marking import Response, is_blank
from assessments.questions import QuestionView, from_data, view_of
from core.context import Context
from core.db.portal_tables import attempt_step
from core.domain.errors import NotFound

UNSEEN, STARTED, ANSWERED = "unseen", "started", "answered"


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
    items = json.loads(row.items)
    steps = ctx.db.execute(
        select(attempt_step.c.number, attempt_step.c.item_id, attempt_step.c.at, attempt_step.c.response)
        .where(attempt_step.c.attempt_id == attempt_id, attempt_step.c.kind.in_((START, ANSWER)))
        .order_by(attempt_step.c.number)
    ).all()
    answers = {step.item_id: step.response for step in steps if step.item_id is not None}
    responses = [json.loads(answers[item["item_id"]]) if item["item_id"] in answers else None for item in items]
    states = tuple(_state(item, response) for item, response in zip(items, responses, strict=True))
    if place is None:
        place = next((n for n, state in enumerate(states) if state != ANSWERED), 0)
    place = min(max(place, 0), len(items) - 1)
    return Sheet(
        attempt_id=attempt_id,
        test=row.test,
        phase=row.phase,
        finished=row.status == FINISHED,
        place=place,
        states=states,
        item_id=items[place]["item_id"],
        question=view_of(from_data(items[place])),
        response=responses[place],
        number=steps[-1].number,
        saved_at=steps[-1].at if answers else None,
    )


def _state(item: Mapping[str, Any], response: Response) -> str:
    """Whether an item is answered, told from its stored form without building the whole question."""
    if is_blank(response):
        return UNSEEN
    wanted = {"matching": "pairs", "ordering": "steps"}.get(item["kind"])
    if wanted is not None and len(response) < len(item["content"][wanted]):
        return STARTED
    return ANSWERED
