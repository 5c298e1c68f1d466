"""The guided demonstration: an exercise's own solution, carried out step by step in a world that nobody works in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import func, select

from assessments.evidence import order_row
from assessments.exercise import Exercise, case_in
from assessments.exercises import exercise_named
from assessments.practice import PracticeRoom
from assessments.prose import Prose
from core.context import Actor, Context
from core.db.engines import sqlite_engine, transaction
from core.db.world_tables import event, message
from core.db.worlds import read_meta, world_of
from core.domain.rights import PRACTICE_RIGHTS

_GUIDE = Actor(None, "guide", "engine", None, PRACTICE_RIGHTS)


@dataclass(frozen=True, slots=True)
class Shown:
    """One step as it looks afterwards: the order it is about, how that stands, and what the step left in the log.

    Shape: `facts` are kinds of events, `message` is what the step wrote to the buyer, if anything.
    """

    caption: Prose
    order_id: int
    number: str
    buyer: str
    status: str
    reasons: tuple[str, ...]
    held: bool
    facts: tuple[str, ...]
    message: str


def demonstration(room: PracticeRoom, key: str) -> tuple[Shown, ...]:
    """The steps of an exercise's solution, carried out once per process in a copy of its world.

    Raises: NotFound.
    """
    exercise = exercise_named(key)
    return _played(exercise, room.ready(exercise))


@lru_cache(maxsize=64)
def _played(exercise: Exercise, ready: Path) -> tuple[Shown, ...]:
    import shutil
    import tempfile

    with tempfile.TemporaryDirectory(dir=ready.parent) as scratch:
        copy = Path(scratch) / "world.db"
        shutil.copyfile(ready, copy)
        engine = sqlite_engine(copy, durable=False)
        with transaction(engine) as db:
            now = int(read_meta(db)["clock_at"])
            ctx = Context(db, _GUIDE, now, world_of(db, "practice", "demonstration"))
            shown = _steps(ctx, exercise)
        engine.dispose()
    return shown


def _steps(ctx: Context, exercise: Exercise) -> tuple[Shown, ...]:
    case = case_in(ctx, exercise)
    seen = case.mark
    shown = []
    for step in exercise.solve(ctx, case.ids):
        row = order_row(ctx, step.order_id)
        facts = ctx.db.execute(select(event.c.kind).where(event.c.id > seen).order_by(event.c.id)).scalars()
        written = select(message.c.body).where(message.c.event_id > seen).order_by(message.c.id.desc()).limit(1)
        shown.append(
            Shown(
                caption=step.caption,
                order_id=row.id,
                number=row.number,
                buyer=row.buyer_name,
                status=row.status,
                reasons=tuple(reason for reason in row.exceptions.split(",") if reason),
                held=row.hold_reason is not None,
                facts=tuple(facts),
                message=ctx.db.execute(written).scalar_one_or_none() or "",
            )
        )
        seen = ctx.db.execute(select(func.max(event.c.id))).scalar_one()
    return tuple(shown)
