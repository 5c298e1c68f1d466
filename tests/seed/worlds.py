"""Small worlds for the tests of the seeds, on SQLite files of their own or on whatever database a test has."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, Engine

from core.context import ENGINE, Context, World
from core.db.engines import transaction
from core.db.worlds import create_world
from seed.base import lay_base
from seed.history import write_history
from seed.rhythm import DAY
from seed.scenario import Scenario

# Small, but with everything that can happen to an order.
COLOURFUL = Scenario(
    "colourful", orders=170, days=6, skus=24, backlog_hours=22, scarce=2, fault_share=0.25, held_share=0.05, campaigns=1
)


def context(db: Connection, now: int) -> Context:
    """The engine's own context."""
    return Context(db, ENGINE, now, World("practice", "test"))


def empty_world(path: Path, now: int) -> Engine:
    """A world's file without anything in it."""
    return create_world(path, scenario="test", seed=0, clock_at=now)


def fill(engine: Engine, scenario: Scenario, seed: int, now: int) -> None:
    """Lays the ground and writes the history."""
    with transaction(engine) as db:
        ctx = context(db, now)
        lay_base(ctx.at(now - scenario.days * DAY), scenario, seed)
        write_history(ctx, scenario, seed)
