"""The ground that the other tests stand on, tried itself."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import insert, inspect, select

from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import person, portal
from core.db.world_tables import world
from tests.house_rules import ROOT
from tests.postgres_server import find_binaries

_PERSON = {"login": "ann", "name": "Ann", "role": "manager", "created_at": 1}


def test_tables_are_there_and_empty(each_databases: Databases) -> None:
    assert set(portal.tables) <= set(inspect(each_databases.portal).get_table_names())
    assert set(world.tables) <= set(inspect(each_databases.live).get_table_names())
    with reader(each_databases.portal) as db:
        assert db.execute(select(person)).all() == []


@pytest.mark.parametrize("turn", [1, 2])
def test_each_test_has_its_own(each_databases: Databases, turn: int) -> None:
    with transaction(each_databases.portal) as db:
        db.execute(insert(person).values(_PERSON))
        assert len(db.execute(select(person)).all()) == 1


def test_reopened_sees_what_was_committed(each_databases: Databases, reopen: Callable[[Databases], Databases]) -> None:
    again = reopen(each_databases)
    with transaction(each_databases.portal) as db:
        db.execute(insert(person).values(_PERSON))
    with reader(again.portal) as db:
        assert db.execute(select(person.c.login)).scalars().all() == ["ann"]


@pytest.mark.postgres
def test_postgres_is_the_tests_own_server(postgres: Databases) -> None:
    assert find_binaries() is not None
    assert postgres.portal.url.host == "127.0.0.1"
    assert postgres.portal.url.username == "orderly"


@pytest.mark.parametrize(
    ("required", "outcome"), [("", "1 skipped"), ("browser", "1 skipped"), ("postgres,browser", "1 error")]
)
def test_a_missing_part_is_skipped_or_fails_where_required(required: str, outcome: str) -> None:
    one = f"{Path(__file__)}::test_postgres_is_the_tests_own_server"
    command = [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-p", "no:xdist", one]
    surroundings = os.environ | {"ORDERLY_WITHOUT": "postgres", "ORDERLY_REQUIRE": required}
    done = subprocess.run(command, env=surroundings, capture_output=True, text=True, check=False, cwd=ROOT)
    assert outcome in done.stdout.splitlines()[-1]
    assert "left out by ORDERLY_WITHOUT=postgres" in done.stdout
    assert done.returncode == (1 if "error" in outcome else 0)
