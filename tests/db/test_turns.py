"""Writers of one process wait for each other in turn, not in SQLite's sleep."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from sqlalchemy import text

from core.db.engines import Databases, reader, transaction

_PATIENCE = 10.0


def _until(true: Callable[[], bool]) -> bool:
    deadline = time.monotonic() + _PATIENCE
    while not true() and time.monotonic() < deadline:
        time.sleep(0.005)
    return true()


def test_a_waiting_writer_takes_no_connection_and_writes_next(databases: Databases) -> None:
    engine, order = databases.live, []
    begun = threading.Event()

    def write_second() -> None:
        begun.set()
        with transaction(engine) as db:
            order.append("second")
            db.execute(text("INSERT INTO meta (key, value) VALUES ('turn', 'second')"))

    with transaction(engine) as db:
        waiting = threading.Thread(target=write_second)
        waiting.start()
        assert begun.wait(_PATIENCE)
        time.sleep(0.05)
        assert engine.pool.checkedout() == 1  # type: ignore[attr-defined]
        db.execute(text("SELECT 1"))
        order.append("first")
    waiting.join(_PATIENCE)
    assert order == ["first", "second"]
    with reader(engine) as db:
        assert db.execute(text("SELECT value FROM meta WHERE key = 'turn'")).scalar_one() == "second"


def test_a_failed_write_passes_the_turn_on(databases: Databases) -> None:
    try:
        with transaction(databases.live):
            raise KeyError
    except KeyError:
        pass
    done = threading.Event()

    def write() -> None:
        with transaction(databases.live):
            done.set()

    threading.Thread(target=write).start()
    assert done.wait(_PATIENCE)


def test_readers_and_the_other_database_need_no_turn(databases: Databases) -> None:
    with transaction(databases.live):
        done = threading.Event()

        def elsewhere() -> None:
            with reader(databases.live) as db, transaction(databases.portal):
                db.execute(text("SELECT 1"))
                done.set()

        threading.Thread(target=elsewhere).start()
        assert done.wait(_PATIENCE)


def test_another_opener_of_the_same_file_still_waits_in_sqlite(
    databases: Databases, reopen: Callable[[Databases], Databases]
) -> None:
    other = reopen(databases)
    done = threading.Event()

    def write() -> None:
        with transaction(other.live) as db:
            db.execute(text("INSERT INTO meta (key, value) VALUES ('other', 'yes')"))
            done.set()

    with transaction(databases.live):
        threading.Thread(target=write).start()
        assert _until(lambda: other.live.pool.checkedout() == 1)  # type: ignore[attr-defined]
        assert not done.is_set()
    assert done.wait(_PATIENCE)
