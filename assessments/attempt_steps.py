"""Steps of an attempt: how they are appended, and which answer and which mark count in the end."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import bindparam, func, insert, select

from assessments.behaviours import Act
from assessments.handout import Place
from assessments.marking import Response
from assessments.questions import Question
from core.context import Context
from core.db.assessment_tables import attempt_step
from core.domain.errors import RuleViolation

START, ANSWER, CHECK, FINISH, REMARK, MANUAL = "start", "answer", "check", "finish", "remark", "manual"
LAST_TRY = "last_try"
"""Whoever took the attempt takes no further try of the test."""
MARKED = (ANSWER, CHECK, REMARK, MANUAL)
"""Kinds of steps that say what an answer is worth."""

_s = attempt_step.c
# Built once, since building them takes longer than the database needs to answer.
_OF_ITEM = (
    select(_s.number, _s.kind, _s.at, _s.response, _s.certainty, _s.fraction)
    .where(_s.attempt_id == bindparam("attempt"), _s.item_id == bindparam("item"))
    .order_by(_s.number)
)
_LAST_OF_ITEM = _OF_ITEM.order_by(None).order_by(_s.number.desc()).limit(1)
_LAST_NUMBERS = (
    select(func.max(_s.number))
    .where(_s.attempt_id == bindparam("attempt"), _s.kind.in_((ANSWER, CHECK)))
    .group_by(_s.item_id)
)
_LATEST = (
    select(_s.item_id, _s.number, _s.kind, _s.at, _s.response, _s.certainty, _s.fraction)
    .where(_s.attempt_id == bindparam("attempt"), _s.number.in_(_LAST_NUMBERS))
    .order_by(_s.number)
)
_LAST = select(_s.number, _s.at).where(_s.attempt_id == bindparam("attempt")).order_by(_s.number.desc()).limit(1)
_BY_KEY = select(_s.number, _s.at).where(_s.attempt_id == bindparam("attempt"), _s.key == bindparam("key"))
_INSERT = insert(attempt_step)
_NEWEST = select(_s.at).order_by(_s.id.desc()).limit(1)
_WORTHS = (
    select(_s.item_id, _s.kind, _s.fraction)
    .where(_s.attempt_id == bindparam("attempt"), _s.kind.in_(MARKED))
    .order_by(_s.number)
)
_ANSWERS = (
    select(_s.item_id, _s.kind, _s.response, _s.certainty)
    .where(_s.attempt_id == bindparam("attempt"), _s.kind.in_((ANSWER, CHECK)))
    .order_by(_s.number)
)


class StaleAnswer(RuleViolation):
    """An answer from a page that hasn't seen a newer one, as from a second tab; the newer one stands."""


@dataclass(frozen=True, slots=True)
class ItemStep:
    """One step about an item. Shape: `response` as it is stored."""

    number: int
    kind: str
    at: int
    response: str | None
    certainty: int | None
    fraction: float | None


@dataclass(frozen=True, slots=True)
class Last:
    """The last step of an attempt: its number and when it was made."""

    number: int
    at: int


def item_steps(ctx: Context, attempt_id: int, item_id: str) -> list[ItemStep]:
    """Everything that happened to one item, oldest first."""
    return [ItemStep(*row) for row in ctx.db.execute(_OF_ITEM, {"attempt": attempt_id, "item": item_id})]


def last_item_step(ctx: Context, attempt_id: int, item_id: str) -> list[ItemStep]:
    """The newest step about one item, alone; nothing where there is none.

    Why: a long text is kept whole at every save, and an hour of writing is not read again for the next sentence.
    """
    return [ItemStep(*row) for row in ctx.db.execute(_LAST_OF_ITEM, {"attempt": attempt_id, "item": item_id})]


def latest_answers(ctx: Context, attempt_id: int) -> dict[str, ItemStep]:
    """The answer or check made last of every item, in the order in which they were made."""
    return {row[0]: ItemStep(*row[1:]) for row in ctx.db.execute(_LATEST, {"attempt": attempt_id})}


def last_step(ctx: Context, attempt_id: int) -> Last:
    """The newest step; an attempt has at least its start."""
    return Last(*ctx.db.execute(_LAST, {"attempt": attempt_id}).one())


def step_with_key(ctx: Context, attempt_id: int, key: str) -> Last | None:
    """The step that carries a key, if it was made already."""
    row = ctx.db.execute(_BY_KEY, {"attempt": attempt_id, "key": key}).one_or_none()
    return None if row is None else Last(*row)


def moment_of(ctx: Context, last: Last) -> int:
    """Now, for an attempt: never before its last step, even when the server's clock was set back."""
    return max(ctx.now, last.at)


def newest_moment(ctx: Context) -> int:
    """Now, or the newest step of anybody: a clock that was set back opens no window again."""
    newest = ctx.db.execute(_NEWEST).scalar_one_or_none()
    return ctx.now if newest is None else max(ctx.now, newest)


def append_step(ctx: Context, attempt_id: int, number: int, kind: str, at: int, **columns: object) -> None:
    """Writes one more step; nothing is ever changed or taken away."""
    ctx.db.execute(_INSERT, {"attempt_id": attempt_id, "number": number, "kind": kind, "at": at, **columns})


def acts_in(steps: Iterable[Any]) -> list[Act]:
    """The answers and checks among steps, as behaviours look at them."""
    return [
        Act(step.kind == CHECK, None if step.response is None else json.loads(step.response), step.certainty)
        for step in steps
        if step.kind in (ANSWER, CHECK)
    ]


def acts_by_item(ctx: Context, attempt_id: int) -> dict[str, list[Act]]:
    """The answers and checks of every item."""
    found: dict[str, list[Any]] = {}
    for row in ctx.db.execute(_ANSWERS, {"attempt": attempt_id}):
        found.setdefault(row.item_id, []).append(row)
    return {item_id: acts_in(rows) for item_id, rows in found.items()}


def answers_in(ctx: Context, attempt_id: int) -> dict[str, Response]:
    """The answer that counts for each item answered so far."""
    latest = latest_answers(ctx, attempt_id).items()
    return {item_id: None if step.response is None else json.loads(step.response) for item_id, step in latest}


def certainties_in(ctx: Context, attempt_id: int) -> dict[str, int]:
    """How sure one was of each answer that counts, where it was asked and said."""
    latest = latest_answers(ctx, attempt_id).items()
    return {item_id: step.certainty for item_id, step in latest if step.certainty is not None}


def worths_in(rows: Iterable[Any]) -> dict[str, float | None]:
    """What each item's answer is worth after all steps that marked it; None while it waits to be marked by hand.

    Shape: rows of one attempt in their order, with item_id, kind and fraction. A mark given by hand wins over whatever
    is marked again later.
    """
    worths: dict[str, float | None] = {}
    by_hand: set[str] = set()
    for row in rows:
        if row.kind == MANUAL:
            by_hand.add(row.item_id)
        elif row.item_id in by_hand:
            continue
        worths[row.item_id] = row.fraction
    return worths


def _worths(ctx: Context, attempt_id: int) -> dict[str, float | None]:
    return worths_in(ctx.db.execute(_WORTHS, {"attempt": attempt_id}))


def fractions_in(ctx: Context, attempt_id: int) -> dict[str, float]:
    """What each item's last answer, check or re-marking is worth; a mark given by hand wins.

    Shape: items that wait to be marked by hand are missing; see `waiting_in`.
    """
    worths = _worths(ctx, attempt_id).items()
    return {item_id: fraction for item_id, fraction in worths if fraction is not None}


def waiting_in(ctx: Context, attempt_id: int) -> frozenset[str]:
    """The items whose answer waits to be marked by hand; until then the score is provisional."""
    return frozenset(item_id for item_id, fraction in _worths(ctx, attempt_id).items() if fraction is None)


def marked_by_hand(ctx: Context, attempt_id: int) -> frozenset[str]:
    """The items that somebody marked by hand."""
    rows = select(_s.item_id).where(_s.attempt_id == attempt_id, _s.kind == MANUAL)
    return frozenset(ctx.db.execute(rows).scalars())


def comments_in(ctx: Context, attempt_id: int) -> dict[str, str]:
    """What people wrote beside the marks they gave by hand; the last word for each item."""
    rows = select(_s.item_id, _s.data).where(_s.attempt_id == attempt_id, _s.kind == MANUAL).order_by(_s.number)
    return {row.item_id: str(json.loads(row.data or "{}").get("comment", "")) for row in ctx.db.execute(rows)}


def score_of(asked: Sequence[Question] | Sequence[Place], fractions: Mapping[str, float]) -> float:
    """The share of all marks: fractions by weight, an unanswered item counting nothing.

    Units: 0..1. By certainty single fractions can be below 0; the whole test never is.
    """
    total = sum(one.weight for one in asked)
    reached = sum(one.weight * fractions.get(one.item_id, 0.0) for one in asked)
    return round(min(1.0, max(0.0, reached / total)), 9)
