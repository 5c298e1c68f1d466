"""What is known of people's practice: their standing in each exercise, what they handed in, and a look inside."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from assessments.demonstration import Shown, demonstration
from assessments.exercise import Exercise, Report
from assessments.exercises import EXERCISES, exercise_named
from assessments.practice import HINTS, PracticeRoom, in_world
from assessments.ready_worlds import case_version
from core.context import Context
from core.db.portal_tables import practice_world, preference, submission
from core.db.world_tables import event, sales_order
from core.db.worlds import read_meta
from core.domain.errors import NotFound, RuleViolation


@dataclass(frozen=True, slots=True)
class Standing:
    """How far a person has come in an exercise. Units: `best` is a share of all points, 0..1."""

    exercise: Exercise
    practice_id: str | None
    started_at: int | None
    checks_count: int
    reset_count: int
    best: float | None
    last: Report | None
    last_at: int | None
    last_is_older: bool  # than the last reset: it speaks of a world that is gone
    hints_shown: int

    @property
    def solved(self) -> bool:
        """Whether all points were reached once."""
        return self.best is not None and self.best >= 1.0


@dataclass(frozen=True, slots=True)
class Submission:
    """One check of an exercise, as it was judged then."""

    id: int
    practice_id: str
    person_id: int
    exercise: str
    at: int
    reset_count: int
    score: float
    report: Report


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that was done in a practice world. Units: `at` is the world's own time, epoch seconds."""

    at: int
    kind: str
    order_id: int | None
    order_number: str
    data: dict[str, Any]


@dataclass(frozen=True, slots=True)
class Inside:
    """A practice world as somebody else may see it: what was done since it was handed out, oldest first."""

    practice_id: str
    person_id: int
    exercise: str
    timezone: str
    deeds: tuple[Deed, ...]


def standings_of(ctx: Context, person_id: int | None = None) -> tuple[Standing, ...]:
    """A person's standing in every exercise; one's own unless somebody else is named.

    Raises: NotAllowed without `practice.use` for oneself, or `attempts.read` for another.
    """
    whom = _allowed(ctx, person_id)
    w, s, p = practice_world.c, submission.c, preference.c
    worlds = {row.exercise: row for row in ctx.db.execute(select(practice_world).where(w.person_id == whom))}
    totals = {
        row.exercise: row
        for row in ctx.db.execute(
            select(s.exercise, func.count().label("n"), func.max(s.score).label("best"), func.max(s.id).label("last"))
            .where(s.person_id == whom)
            .group_by(s.exercise)
        )
    }
    lasts = {
        row.exercise: row
        for row in ctx.db.execute(
            select(s.exercise, s.at, s.reset_count, s.report).where(s.id.in_([row.last for row in totals.values()]))
        )
    }
    hints = {
        row.key.removeprefix(HINTS): int(row.value)
        for row in ctx.db.execute(select(p.key, p.value).where(p.person_id == whom, p.key.like(f"{HINTS}%")))
    }
    return tuple(
        _standing(one, worlds.get(one.key), totals.get(one.key), lasts.get(one.key), hints.get(one.key, 0))
        for one in EXERCISES
    )


def _standing(exercise: Exercise, place: Any, total: Any, last: Any, hints: int) -> Standing:
    return Standing(
        exercise=exercise,
        practice_id=place.id if place is not None else None,
        started_at=place.started_at if place is not None else None,
        checks_count=total.n if total is not None else 0,
        reset_count=place.reset_count if place is not None else 0,
        best=total.best if total is not None else None,
        last=Report.loaded(last.report) if last is not None else None,
        last_at=last.at if last is not None else None,
        last_is_older=last is not None and place is not None and last.reset_count < place.reset_count,
        hints_shown=hints,
    )


def submissions_of(ctx: Context, person_id: int | None = None, exercise: str | None = None) -> tuple[Submission, ...]:
    """What a person handed in, newest first; one's own unless somebody else is named.

    Raises: NotAllowed without `practice.use` for oneself, or `attempts.read` for another.
    """
    whom = _allowed(ctx, person_id)
    s = submission.c
    found = select(submission).where(s.person_id == whom).order_by(s.id.desc())
    if exercise is not None:
        found = found.where(s.exercise == exercise)
    return tuple(
        Submission(
            id=row.id,
            practice_id=row.practice_id,
            person_id=row.person_id,
            exercise=row.exercise,
            at=row.at,
            reset_count=row.reset_count,
            score=row.score,
            report=Report.loaded(row.report),
        )
        for row in ctx.db.execute(found)
    )


def checks_by_person(ctx: Context) -> dict[int, int]:
    """How many checks each person has handed in; without those who have none. Raises: NotAllowed."""
    ctx.actor.need("attempts.read")
    s = submission.c
    rows = ctx.db.execute(select(s.person_id, func.count().label("n")).group_by(s.person_id))
    return {row.person_id: row.n for row in rows}


def solution_of(ctx: Context, room: PracticeRoom, exercise: str) -> tuple[Shown, ...]:
    """The guided demonstration of an exercise, for whoever has checked their own work on it, or may see everybody's.

    Raises: NotAllowed; NotFound; RuleViolation before the first check.
    """
    ctx.actor.need("practice.use")
    mine = select(func.count()).where(submission.c.person_id == ctx.actor.person_id, submission.c.exercise == exercise)
    if not ctx.db.execute(mine).scalar_one() and not ctx.actor.may("attempts.read"):
        raise RuleViolation("The solution opens after your first check.")
    return demonstration(room, exercise)


def look_inside(ctx: Context, room: PracticeRoom, practice_id: str) -> Inside:
    """What has been done in a practice world since it was handed out: one's own, or anybody's with `attempts.read`.

    Raises: NotFound for a world that isn't here; NotAllowed for somebody else's without the right.
    """
    row = ctx.db.execute(select(practice_world).where(practice_world.c.id == practice_id)).one_or_none()
    if row is None or row.schema_version != case_version(exercise_named(row.exercise)):
        raise NotFound("The practice world isn't here any more.")
    if row.person_id != ctx.actor.person_id:
        ctx.actor.need("attempts.read")
    deeds, timezone = in_world(ctx, room, row, _deeds)
    return Inside(practice_id, row.person_id, row.exercise, timezone, deeds)


def _deeds(world: Context) -> tuple[tuple[Deed, ...], str]:
    mark = int(read_meta(world.db)["mark"])
    e, s = event.c, sales_order.c
    rows = world.db.execute(
        select(e.at, e.kind, e.order_id, e.data, s.number)
        .select_from(event.outerjoin(sales_order, s.id == e.order_id))
        .where(e.id > mark)
        .order_by(e.id)
    )
    deeds = tuple(Deed(row.at, row.kind, row.order_id, row.number or "", json.loads(row.data)) for row in rows)
    return deeds, world.world.timezone


def _allowed(ctx: Context, person_id: int | None) -> int:
    if person_id is None or person_id == ctx.actor.person_id:
        ctx.actor.need("practice.use")
        assert ctx.actor.person_id is not None
        return ctx.actor.person_id
    ctx.actor.need("attempts.read")
    return person_id
