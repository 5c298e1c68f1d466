"""What tests of tests stand on: a practice world for figures, people, and who asks when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from assessments import figures
from core.context import Actor, Context, World
from core.db.engines import Databases, connect, reader, run
from core.db.portal_tables import person, practice_world, submission
from core.domain.rights import rights_of
from tests.assessments.tiny_world import tiny_world

TEST = "order_processing"
EXERCISES = ("review_and_confirm", "wrong_address", "cancel_and_free")


@dataclass
class Portal:
    """A portal database with commands and reads as anybody at any time."""

    engine: Engine
    now: int

    def __post_init__(self) -> None:
        self.actors: dict[str, Actor] = {}

    def admit(self, login: str, role: str = "employee", position: str | None = "O", team: str = "Orders") -> int:
        """Takes a person in."""
        row = {"login": login, "name": login.title(), "role": role, "position": position, "team": team}
        with self.engine.begin() as db:
            key = db.execute(insert(person).values(**row, created_at=self.now)).inserted_primary_key
        assert key is not None
        self.actors[login] = Actor(key[0], login.title(), role, position, rights_of(role, position))
        return int(key[0])

    def do(self, login: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Carries a command out in one transaction."""
        return run(self.engine, lambda db: work(self._context(db, login), *args, **kwargs))

    def see(self, login: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        """Reads."""
        with reader(self.engine) as db:
            return work(self._context(db, login), *args, **kwargs)

    @contextmanager
    def open(self, login: str) -> Iterator[Context]:
        """A transaction of one's own."""
        with self.engine.begin() as db:
            yield self._context(db, login)

    def check_exercise(self, login: str, exercise: str, score: float) -> None:
        """Leaves a submission behind, as pressing check does."""
        who, practice_id = self.actors[login].person_id, f"{login}-{exercise}"
        world = {
            "id": practice_id,
            "person_id": who,
            "exercise": exercise,
            "file": "x.db",
            "scenario": "tiny",
            "seed": 1,
            "schema_version": "1",
            "started_at": self.now,
        }
        checked = {"practice_id": practice_id, "person_id": who, "exercise": exercise, "at": self.now}
        with self.engine.begin() as db:
            if not db.execute(practice_world.select().where(practice_world.c.id == practice_id)).first():
                db.execute(insert(practice_world).values(**world))
            db.execute(insert(submission).values(**checked, reset_count=0, score=score, report="{}"))

    def _context(self, db: Any, login: str) -> Context:
        return Context(db, self.actors[login], self.now, World("portal", "portal"))


@pytest.fixture(scope="session")
def figures_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db")


@pytest.fixture
def portal(databases: Databases, clock: int, figures_template: Path) -> Portal:
    """A fresh portal on SQLite with two employees, a trainer and a manager."""
    figures.use_template(figures_template)
    return peopled(Portal(databases.portal, clock))


@pytest.fixture
def each_portal(each_databases: Databases, clock: int, figures_template: Path) -> Portal:
    """The portal on SQLite and on PostgreSQL."""
    figures.use_template(figures_template)
    return peopled(Portal(each_databases.portal, clock))


@pytest.fixture
def writers(each_databases: Databases, clock: int, figures_template: Path) -> Portal:
    """A portal on either database with two trainers, a manager and an employee, as writing items needs them."""
    figures.use_template(figures_template)
    made = Portal(each_databases.portal, clock)
    made.admit("tess", role="trainer", position=None)
    made.admit("tom", role="trainer", position=None)
    made.admit("max", role="manager", position=None)
    made.admit("ann")
    return made


@pytest.fixture
def postgres_portal(postgres_url: str, tmp_path: Path, clock: int, figures_template: Path) -> Iterator[Portal]:
    """The same on PostgreSQL."""
    figures.use_template(figures_template)
    opened = connect(postgres_url, tmp_path)
    yield peopled(Portal(opened.portal, clock))
    opened.dispose()


def peopled(portal: Portal) -> Portal:
    """Two employees, a trainer and a manager."""
    portal.admit("ann")
    portal.admit("bo", position="W", team="Warehouse")
    portal.admit("tess", role="trainer", position=None, team="Training")
    portal.admit("max", role="manager", position=None, team="Sales")
    return portal
