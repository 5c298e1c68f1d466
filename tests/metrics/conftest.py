"""The house that the metrics' stories happen in, and who looks at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from core.context import Actor, Context
from core.db.engines import Databases, reader
from core.db.fold import fold
from core.domain.rights import rights_of
from tests.metrics.story import Story, begin
from tests.services.desk import LIVE

MANAGER = Actor(3, "Mei", "manager", None, rights_of("manager", None))


@pytest.fixture
def story(each_databases: Databases, clock: int) -> Story:
    """An empty story that begins on Wednesday 2026-03-18 at 10:30 in Shanghai, on each database."""
    return begin(each_databases, clock)


Look = Callable[..., Context]


@pytest.fixture
def look(story: Story) -> Iterator[Look]:
    """The board as the manager sees it `seconds` after the story's start, folded up to there."""
    opened: list[object] = []

    @contextmanager
    def _reading(seconds: int, actor: Actor) -> Iterator[Context]:
        with reader(story.desk.databases.live) as db:
            yield Context(db, actor, story.start + seconds, LIVE)

    def at(seconds: int, actor: Actor = MANAGER) -> Context:
        fold(story.desk.databases.live)
        reading = _reading(seconds, actor)
        opened.append(reading)
        return reading.__enter__()

    yield at
    for reading in opened:
        reading.__exit__(None, None, None)  # type: ignore[attr-defined]
