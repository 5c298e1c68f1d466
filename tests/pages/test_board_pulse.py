"""The board while orders stream in: it is drawn once, and then rests the longer the slower it was drawn."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from core.context import ENGINE, Context, World
from core.db.engines import Databases, transaction
from core.db.history import record
from seed.scenario import Scenario
from tests.houses import with_history
from tests.visits import copy_databases, process_databases, visit

LIVE = World("live", "live")


@pytest.fixture
def company(migrated: Path, tmp_path: Path) -> Iterator[Databases]:
    """A company that has had a hundred orders."""
    var = with_history(copy_databases(migrated, tmp_path / "var"), Scenario("small", orders=100, days=20, skus=20), 5)
    with process_databases(var) as databases:
        yield databases


@contextmanager
def things_happening(databases: Databases) -> Iterator[list[int]]:
    """Facts keep being written as long as the block lasts; gives their ids."""
    ids: list[int] = []
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            with transaction(databases.live) as db:
                ids.append(record(Context(db, ENGINE, int(time.time()), LIVE), "note_taken", "order:1", order_id=1))
            stop.wait(0.002)

    writing = threading.Thread(target=write)
    writing.start()
    try:
        yield ids
    finally:
        stop.set()
        writing.join(10)


def test_it_is_drawn_once_and_rests_though_something_happens_all_the_time(company: Databases) -> None:
    with things_happening(company) as ids:
        began = time.monotonic()
        tab = visit(company, "manager", "monitor/board")
        ended, during = time.monotonic(), len(ids)
    assert not tab.exception
    assert during > 5
    rests = tab.session_state["board-rests-until"]
    assert began < rests <= ended + 14
    assert rests - ended > 1  # AppTest's first run takes far longer than a hundredth of a second
