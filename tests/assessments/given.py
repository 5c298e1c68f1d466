"""Tests as trainers give them: settings in force, and small questions in the hands of a taker."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import func, insert, select, update

from assessments.attempts import start_attempt
from assessments.blueprint import blueprint_data, blueprint_of
from assessments.handout import packed
from assessments.prose import same
from assessments.questions import Question
from assessments.test_settings import Settings
from core.db.assessment_tables import accommodation, attempt, attempt_step, test_definition
from tests.assessments.conftest import TEST, Portal
from tests.assessments.questions_for_tests import ALL, OPEN_TEXT

EVERY_KIND = tuple(
    replace(question, item_id=f"x-{number}", hints=(same(f"hint 1 of {number}"), same(f"hint 2 of {number}")))
    for number, question in enumerate((*ALL, OPEN_TEXT), 1)
)
"""One question of each kind, x-1 to x-7, each with two hints; the last is an open text."""


def give(portal: Portal, test: str = TEST, **settings: Any) -> Settings:
    """Publishes a version of a test with these settings."""
    wanted = Settings(**settings)
    d = test_definition.c
    with portal.open("tess") as ctx:
        version = 1 + (ctx.db.execute(select(func.max(d.version)).where(d.test == test)).scalar_one() or 0)
        data = {"blueprint": blueprint_data(blueprint_of(test)), "settings": wanted.as_data()}
        row = {"test": test, "version": version, "state": "published", "author_id": ctx.actor.person_id, "at": ctx.now}
        ctx.db.execute(insert(test_definition).values(**row, data=json.dumps(data)))
    return wanted


def hand_out(portal: Portal, login: str, phase: str = "pre", questions: Sequence[Question] = EVERY_KIND) -> int:
    """Starts a test for somebody and puts these questions in their hands; gives the attempt's id."""
    attempt_id = portal.do(login, start_attempt, TEST, phase)
    with portal.open(login) as ctx:
        ctx.db.execute(update(attempt).where(attempt.c.id == attempt_id).values(items=packed(questions)))
    return int(attempt_id)


def grant(portal: Portal, login: str, extra_time_rate: float = 0.0, larger_text: bool = False) -> None:
    """Gives somebody more time, or larger text."""
    row = {"person_id": portal.actors[login].person_id, "granted_by": portal.actors["tess"].person_id, "at": portal.now}
    with portal.open("tess") as ctx:
        ctx.db.execute(insert(accommodation).values(**row, extra_time_rate=extra_time_rate, larger_text=larger_text))


def mark_by_hand(portal: Portal, attempt_id: int, item_id: str, fraction: float) -> None:
    """Leaves the step behind that marking by hand leaves."""
    with portal.open("tess") as ctx:
        last = select(func.max(attempt_step.c.number)).where(attempt_step.c.attempt_id == attempt_id)
        number = ctx.db.execute(last).scalar_one() + 1
        step = {"attempt_id": attempt_id, "number": number, "kind": "manual", "item_id": item_id, "at": ctx.now}
        ctx.db.execute(insert(attempt_step).values(**step, fraction=fraction, actor_id=ctx.actor.person_id, data="{}"))


def steps_in(portal: Portal, attempt_id: int) -> list[Any]:
    """All steps of an attempt."""
    query = select(attempt_step).where(attempt_step.c.attempt_id == attempt_id).order_by(attempt_step.c.number)
    return list(portal.see("ann", lambda ctx: ctx.db.execute(query).all()))


def row_in(portal: Portal, attempt_id: int) -> Any:
    """The attempt's row."""
    return portal.see("ann", lambda ctx: ctx.db.execute(select(attempt).where(attempt.c.id == attempt_id)).one())
