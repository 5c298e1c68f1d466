"""Engines: a safe SQLite, one writer at a time, readers on a consistent view, and refusals that name the mend."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError

from core.db import engines
from core.db.engines import Databases, bulk_transaction, connect, reader, run, sqlite_engine, transaction
from core.domain.errors import ContentError


def test_sqlite_is_opened_safely(databases: Databases) -> None:
    with reader(databases.live) as db:
        found = {
            name: db.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert found == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30000}


def test_practice_files_leave_the_disk_to_the_checkpoint(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "practice.db", durable=False)
    with reader(engine) as db:
        assert db.exec_driver_sql("PRAGMA synchronous").scalar_one() == 1
    engine.dispose()


def test_a_sqlite_that_can_corrupt_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "SAFE_SQLITE", (99, 0, 0))
    with pytest.raises(ContentError, match=r"99\.0\.0 or newer is needed"):
        sqlite_engine(tmp_path / "x.db")


def test_another_kind_of_database_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="must name a PostgreSQL database"):
        connect("mysql://root:secret@localhost/x", tmp_path)


def test_the_refusal_does_not_show_the_password(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as refused:
        connect("mysql://root:secret@localhost/x", tmp_path)
    assert "secret" not in str(refused.value)


def test_a_raised_error_rolls_the_transaction_back(databases: Databases) -> None:
    with pytest.raises(ZeroDivisionError), transaction(databases.live) as db:
        db.execute(text("INSERT INTO meta (key, value) VALUES ('a', '1')"))
        raise ZeroDivisionError
    with reader(databases.live) as db:
        assert db.execute(text("SELECT count(*) FROM meta WHERE key = 'a'")).scalar_one() == 0


def test_a_reader_leaves_nothing_behind(databases: Databases) -> None:
    with reader(databases.live) as db:
        db.execute(text("INSERT INTO meta (key, value) VALUES ('a', '1')"))
    with reader(databases.live) as db:
        assert db.execute(text("SELECT count(*) FROM meta WHERE key = 'a'")).scalar_one() == 0


def test_two_writers_never_work_on_the_same_state(each_databases: Databases) -> None:
    """Read, think, write back: without an immediate lock (or one conditional statement) increments get lost."""
    engine = each_databases.live
    with transaction(engine) as db:
        db.execute(text("INSERT INTO meta (key, value) VALUES ('counter', '0')"))
    lock = "" if engine.dialect.name == "sqlite" else " FOR UPDATE"

    def count_up() -> None:
        for _ in range(25):
            with transaction(engine) as db:
                seen = db.execute(text(f"SELECT value FROM meta WHERE key = 'counter'{lock}")).scalar_one()
                db.execute(text("UPDATE meta SET value = :v WHERE key = 'counter'"), {"v": str(int(seen) + 1)})

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reader(engine) as db:
        assert db.execute(text("SELECT value FROM meta WHERE key = 'counter'")).scalar_one() == "100"


def test_a_reader_sees_one_moment(databases: Databases) -> None:
    with reader(databases.live) as before:
        seen = before.execute(text("SELECT count(*) FROM meta")).scalar_one()
        with transaction(databases.live) as db:
            db.execute(text("INSERT INTO meta (key, value) VALUES ('a', '1')"))
        assert before.execute(text("SELECT count(*) FROM meta")).scalar_one() == seen


@pytest.mark.postgres
def test_run_repeats_what_postgres_asks_to_repeat(postgres: Databases) -> None:
    turns = []

    def work(db: object) -> str:
        turns.append(1)
        if len(turns) < 3:
            db.execute(text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$"))  # type: ignore[attr-defined]
        return "done"

    assert run(postgres.live, work) == "done"
    assert len(turns) == 3


@pytest.mark.postgres
def test_run_gives_other_errors_on(postgres: Databases) -> None:
    def work(db: object) -> None:
        db.execute(text("SELECT pg_sleep(0), 1/0"))  # type: ignore[attr-defined]

    with pytest.raises(Exception, match="division by zero") as raised:
        run(postgres.live, work)
    assert not isinstance(raised.value, OperationalError)


@pytest.mark.postgres
def test_a_connection_that_was_cut_while_it_lay_idle_is_replaced(
    postgres: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    def backend() -> int:
        with reader(postgres.live) as db:
            return int(db.execute(text("SELECT pg_backend_pid()")).scalar_one())

    first = backend()
    assert backend() == first, "it stays open for the next"
    with transaction(postgres.portal) as other:
        other.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": first})
    monkeypatch.setattr(engines, "IDLE_SECONDS", 0.0)
    assert backend() != first


def test_bulk_writing_leaves_references_checked_afterwards(tmp_path: Path) -> None:
    engine = sqlite_engine(tmp_path / "world.db", pool_size=1)
    with transaction(engine) as db:
        db.execute(text("CREATE TABLE parent (id INTEGER PRIMARY KEY)"))
        db.execute(text("CREATE TABLE child (id INTEGER PRIMARY KEY, parent_id INTEGER REFERENCES parent (id))"))
    with pytest.raises(RuntimeError), bulk_transaction(engine) as db:
        assert db.execute(text("PRAGMA foreign_keys")).scalar_one() == 0
        db.execute(text("INSERT INTO child (parent_id) VALUES (7)"))
        raise RuntimeError
    with bulk_transaction(engine) as db:
        db.execute(text("INSERT INTO child (parent_id) VALUES (1)"))
        db.execute(text("INSERT INTO parent (id) VALUES (1)"))
    with reader(engine) as db:
        assert db.execute(text("SELECT parent_id FROM child")).scalars().all() == [1]
    with pytest.raises(IntegrityError), transaction(engine) as db:
        db.execute(text("INSERT INTO child (parent_id) VALUES (8)"))
    engine.dispose()
