"""Figures: the practice world that generated items read, kept in memory and never changed."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from sqlalchemy import Engine

from core.context import ENGINE, Context
from core.db.worlds import read_meta, world_in_memory, world_of

SCENARIO, SEED = "desk", 21


@dataclass(frozen=True, slots=True)
class FigureRoom:
    """One world in memory; whoever builds a question in it has it alone, and leaves no trace."""

    engine: Engine
    lock: threading.Lock

    @contextmanager
    def opened(self) -> Iterator[Context]:
        """The world at its own clock; everything done in it is taken back at the end."""
        with self.lock, self.engine.connect() as db:
            outer = db.begin()
            try:
                now = int(read_meta(db)["clock_at"])
                yield Context(db, ENGINE, now, world_of(db, "practice", "figures"))
            finally:
                outer.rollback()


def room_of(template: Path) -> FigureRoom:
    """Loads a packed world into memory, since building a question carries out real commands."""
    return FigureRoom(world_in_memory(template), threading.Lock())


@lru_cache(maxsize=4)
def _loaded(template: Path) -> FigureRoom:
    return room_of(template)


_chosen: list[Path] = []


def use_template(template: Path) -> None:
    """Makes generated items read this packed world instead of the house's own, in this process."""
    _chosen[:] = [template]


def _template() -> Path:
    if _chosen:
        return _chosen[0]
    from seed.templates import template

    return template(SCENARIO, SEED)


@contextmanager
def practice_figures() -> Iterator[Context]:
    """The world that generated items read: a seeded practice world, the same for everybody."""
    with _loaded(_template()).opened() as world:
        yield world


def warm_figures() -> None:
    """Gets the world ready before somebody waits for it inside a transaction."""
    _loaded(_template())
