"""Replay: an attempt step by step, as a trainer reads it."""

from __future__ import annotations

import json
from dataclasses import dataclass

from sqlalchemy import select

from assessments.attempt_rows import questions_in, readable_row
from assessments.marking import Response
from assessments.prose import Prose, same
from assessments.questions import Choice, Matching, Ordering, Question
from core.context import Context
from core.db.assessment_tables import attempt_step


@dataclass(frozen=True, slots=True)
class ReplayStep:
    """One step of an attempt.

    Shape: `place` and `said` belong to steps about an item. Units: seconds since the step before.
    """

    number: int
    kind: str
    at: int
    waited_seconds: int
    place: int | None
    stem: Prose | None
    said: Prose | None
    fraction: float | None


def steps_of(ctx: Context, attempt_id: int) -> tuple[ReplayStep, ...]:
    """Every step of an attempt in order, open or finished.

    Raises: NotAllowed without `attempts.read`; NotFound.
    """
    ctx.actor.need("attempts.read")
    row = readable_row(ctx, attempt_id)
    questions = questions_in(row)
    places = {question.item_id: place for place, question in enumerate(questions)}
    rows = ctx.db.execute(
        select(attempt_step).where(attempt_step.c.attempt_id == attempt_id).order_by(attempt_step.c.number)
    )
    steps: list[ReplayStep] = []
    for step in rows:
        place = places.get(step.item_id)
        question = questions[place] if place is not None else None
        said = None
        if question is not None and step.response is not None:
            said = answer_in_words(question, json.loads(step.response))
        waited = step.at - steps[-1].at if steps else 0
        steps.append(
            ReplayStep(
                step.number, step.kind, step.at, waited, place, question.stem if question else None, said, step.fraction
            )
        )
    return tuple(steps)


def answer_in_words(question: Question, response: Response) -> Prose:
    """A response as a person would read it out."""
    content = question.content
    if response is None:
        return same("–")
    if isinstance(content, Choice):
        chosen = response if content.several else [response]
        texts = {option.name: option.text for option in content.options}
        return _joined([texts[name] for name in chosen], "; ")
    if isinstance(content, Matching):
        rights = {right.name: right.text for right in content.rights}
        lefts = {pair.name: pair.left for pair in content.pairs}
        pairs = [_joined([lefts[left], rights[right]], " → ") for left, right in response.items()]
        return _joined(pairs, "; ")
    if isinstance(content, Ordering):
        texts = {step.name: step.text for step in content.steps}
        return _joined([texts[name] for name in response], " → ")
    return same(str(response))


def _joined(parts: list[Prose], mark: str) -> Prose:
    return Prose(
        mark.join(part.en for part in parts) or "–",
        mark.replace("; ", "；").join(part.zh for part in parts) or "–",
    )
