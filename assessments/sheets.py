"""The sheet: what the test page draws of an open attempt, one question at a time and without any key."""

from __future__ import annotations

import json
from dataclasses import dataclass

from assessments.attempt_rows import own_row, settings_in
from assessments.attempt_steps import ItemStep, acts_in, item_steps, last_step, latest_answers, moment_of
from assessments.behaviours import Progress, asks_certainty, can_check, hints_due, progress_of, tries_in
from assessments.deadlines import is_over, seconds_left
from assessments.handout import Place, places_in, question_at
from assessments.marking import Mark, Response, is_blank, mark
from assessments.prose import Prose
from assessments.questions import Question, QuestionView, view_of
from assessments.test_settings import Settings
from assessments.tries import FINISHED, accommodation_of
from core.context import Context

UNSEEN, STARTED, ANSWERED = "unseen", "started", "answered"


@dataclass(frozen=True, slots=True)
class Feedback:
    """What the checks of a question say so far.

    Shape: `mark` only once the question is locked, since it names the key; `hints` are the item's own that were
    earned; `changed` when the answer is another than the one checked last. Units: `worth` in shares of the weight.
    """

    checks: int
    locked: bool
    verdict: str
    worth: float | None
    mark: Mark | None
    hints: tuple[Prose, ...]
    changed: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """An attempt open at one place.

    Shape: `states` says of every item whether it is answered; places count from 0; `number` is the number of the
    item's last step, 0 for none, which the page sends along with an answer; `feedback` is there once the item was
    checked, `shown` names its options in the order of display. Units: `seconds_left` None without a time limit.
    """

    attempt_id: int
    test: str
    phase: str
    finished: bool
    overdue: bool
    seconds_left: int | None
    settings: Settings
    place: int
    states: tuple[str, ...]
    item_id: str
    question: QuestionView
    response: Response
    certainty: int | None
    number: int
    saved_at: int | None
    checkable: bool
    asks_certainty: bool
    tries_left: int
    feedback: Feedback | None
    larger_text: bool

    @property
    def unanswered(self) -> tuple[int, ...]:
        """Places of the items that are not answered, or only in part."""
        return tuple(place for place, state in enumerate(self.states) if state != ANSWERED)

    @property
    def locked(self) -> bool:
        """Whether the question can't be answered any more."""
        return self.feedback is not None and self.feedback.locked


def get_sheet(ctx: Context, attempt_id: int, place: int | None = None) -> Sheet:
    """The attempt open at a place; without one, at the first item not answered.

    Raises: NotFound for another's attempt.
    """
    row = own_row(ctx, attempt_id)
    places, settings = places_in(row.items), settings_in(row)
    latest = latest_answers(ctx, attempt_id)
    responses = [_response(latest.get(one.item_id)) for one in places]
    states = tuple(_state(one, response) for one, response in zip(places, responses, strict=True))
    if place is None:
        place = next((n for n, state in enumerate(states) if state != ANSWERED), 0)
    place = min(max(place, 0), len(places) - 1)
    question, now = question_at(row.items, place), moment_of(ctx, last_step(ctx, attempt_id))
    mine, progress = latest.get(question.item_id), Progress()
    if mine is not None and can_check(settings, question):
        progress = progress_of(settings, question, acts_in(item_steps(ctx, attempt_id, question.item_id)))
    return Sheet(
        attempt_id=attempt_id,
        test=row.test,
        phase=row.phase,
        finished=row.status == FINISHED,
        overdue=row.status != FINISHED and is_over(row.deadline_at, now),
        seconds_left=seconds_left(row.deadline_at, now),
        settings=settings,
        place=place,
        states=states,
        item_id=question.item_id,
        question=view_of(question),
        response=responses[place],
        certainty=mine.certainty if mine else None,
        number=mine.number if mine else 0,
        saved_at=max((step.at for step in latest.values()), default=None),
        checkable=can_check(settings, question),
        asks_certainty=asks_certainty(settings, question),
        tries_left=tries_in(settings) - progress.checks,
        feedback=_feedback(settings, question, progress, responses[place]),
        larger_text=accommodation_of(ctx, row.person_id).larger_text,
    )


def _feedback(settings: Settings, question: Question, progress: Progress, response: Response) -> Feedback | None:
    if not progress.checks:
        return None
    checked = mark(question, progress.checked_response)
    return Feedback(
        checks=progress.checks,
        locked=progress.locked,
        verdict=checked.verdict,
        worth=progress.worth,
        mark=checked if progress.locked else None,
        hints=question.hints[: hints_due(settings, progress)],
        changed=response != progress.checked_response,
    )


def _response(step: ItemStep | None) -> Response:
    return None if step is None or step.response is None else json.loads(step.response)


def _state(place: Place, response: Response) -> str:
    """Whether an item is answered, told without reading the question."""
    if is_blank(response):
        return UNSEEN
    return STARTED if place.parts > 1 and len(response) < place.parts else ANSWERED
