"""Small writes that arrive together: durable by one commit, each refused or carried out by itself."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, event, text

from core.db.engines import Databases, reader, sqlite_engine, transaction
from core.db.group_commit import write_together
from core.domain.errors import RuleViolation

OTHERS = 20


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    made = sqlite_engine(tmp_path / "answers.db")
    with transaction(made) as db:
        db.execute(text("CREATE TABLE answer (id INTEGER PRIMARY KEY)"))
    return made


def answer(number: int) -> Callable[[Connection], int]:
    def work(db: Connection) -> int:
        db.execute(text("INSERT INTO answer (id) VALUES (:number)"), {"number": number})
        return number

    return work


def answers(engine: Engine) -> list[int]:
    with reader(engine) as db:
        return list(db.execute(text("SELECT id FROM answer ORDER BY id")).scalars())


def test_those_who_wait_are_committed_together(engine: Engine) -> None:
    commits: list[int] = []
    event.listen(engine, "commit", lambda _: commits.append(1))
    begun, go_on = threading.Event(), threading.Event()

    def slow(db: Connection) -> int:
        begun.set()
        assert go_on.wait(30)
        return answer(1_000)(db)

    found: dict[int, Any] = {}

    def ask(number: int) -> None:
        def work(db: Connection) -> int:
            if number == 7:
                answer(7_777)(db)
                raise RuleViolation("Not this one.")
            return answer(number)(db)

        try:
            found[number] = write_together(engine, work)
        except RuleViolation as refusal:
            found[number] = refusal

    first = threading.Thread(target=lambda: found.setdefault(1_000, write_together(engine, slow)))
    first.start()
    assert begun.wait(30)
    others = [threading.Thread(target=ask, args=(number,)) for number in range(OTHERS)]
    for one in others:
        one.start()
    waiting = threading.Event()
    while sum(one.is_alive() for one in others) < OTHERS or waiting.wait(0.2):
        pass
    go_on.set()
    for one in (first, *others):
        one.join(30)
    assert len(commits) == 2, "one for the slow one, one for all who waited"
    assert isinstance(found.pop(7), RuleViolation)
    assert found == {number: number for number in (*range(7), *range(8, OTHERS), 1_000)}
    assert answers(engine) == sorted(found), "a refusal takes its own writes back, and nobody else's"


def test_whoever_waited_is_told_when_nothing_could_be_kept(engine: Engine) -> None:
    def fatal(db: Connection) -> None:
        answer(1)(db)
        db.connection.cursor().execute("ROLLBACK")  # as when the disk is full

    with pytest.raises(Exception, match=r"no such savepoint|no transaction|cannot"):
        write_together(engine, fatal)
    assert answers(engine) == []
    assert write_together(engine, answer(2)) == 2
    assert answers(engine) == [2]


def test_either_database_takes_it(each_databases: Databases) -> None:
    assert write_together(each_databases.portal, lambda db: db.execute(text("SELECT 5")).scalar_one()) == 5
