"""Rows of attempts: whose they are, who may see them, and what was handed out in them."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import ColumnElement, Row, bindparam, func, select

from assessments.handout import places_in, question_at, unpacked
from assessments.questions import Question
from assessments.test_settings import Settings
from core.context import Context
from core.db.assessment_tables import attempt
from core.domain.errors import NotFound
from core.security.audit import record_deed

# Built once, since building them takes longer than the database needs to answer.
_ATTEMPT = select(attempt).where(attempt.c.id == bindparam("attempt"))
_ATTEMPT_LOCKED = _ATTEMPT.with_for_update()


def attempt_row(ctx: Context, attempt_id: int, *, lock: bool = False) -> Row[Any]:
    """An attempt; locked where something is written to it.

    Why: on PostgreSQL two tabs wait for each other here; SQLite's writing transaction is alone anyway.
    Raises: NotFound.
    """
    row = ctx.db.execute(_ATTEMPT_LOCKED if lock else _ATTEMPT, {"attempt": attempt_id}).one_or_none()
    if row is None:
        raise no_attempt(attempt_id)
    return row


def own_row(ctx: Context, attempt_id: int, *, lock: bool = False) -> Row[Any]:
    """One's own attempt. Raises: NotFound, also for another's."""
    row = attempt_row(ctx, attempt_id, lock=lock)
    if row.person_id != ctx.actor.person_id:
        raise no_attempt(attempt_id)
    return row


def readable_row(ctx: Context, attempt_id: int) -> Row[Any]:
    """An attempt that the actor may see: their own, or anybody's with `attempts.read`.

    Raises: NotFound, also for another's attempt without the right.
    """
    row = attempt_row(ctx, attempt_id)
    if row.person_id != ctx.actor.person_id and not ctx.actor.may("attempts.read"):
        raise no_attempt(attempt_id)
    return row


def no_attempt(attempt_id: int) -> NotFound:
    """What is said of an attempt that isn't there, or isn't one's own."""
    return NotFound("There is no attempt {id} of yours.", id=attempt_id)


def questions_in(row: Row[Any]) -> tuple[Question, ...]:
    """The questions of an attempt as they were handed out."""
    return unpacked(row.items)


def places_line(ctx: Context) -> ColumnElement[str]:
    """The first line of an attempt's handout, for `places_of`.

    Why cut off by the database: what follows is thirty times as long, and reading it of everybody takes a second.
    """
    items = attempt.c["items"]
    if ctx.db.dialect.name == "postgresql":
        return func.split_part(items, "\n", 1)
    return func.substr(items, 1, func.instr(items, "\n") - 1)


def question_in(row: Row[Any], item_id: str) -> Question:
    """One question of an attempt. Raises: NotFound."""
    for at, place in enumerate(places_in(row.items)):
        if place.item_id == item_id:
            return question_at(row.items, at)
    raise NotFound("This test has no question {item}.", item=item_id)


def settings_in(row: Row[Any]) -> Settings:
    """How the test was given when the attempt began."""
    return Settings.from_data(json.loads(row.settings))


def note(ctx: Context, kind: str, attempt_id: int, **data: object) -> None:
    """Writes what was done with an attempt into the audit log."""
    record_deed(
        ctx,
        kind,
        subject=f"attempt:{attempt_id}",
        data=data,
    )
