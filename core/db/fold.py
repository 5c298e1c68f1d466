"""The fold: turns the event log into metric cells, each event once and in any number of sittings."""

from __future__ import annotations

import gc
import json
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from core.db.bulk import write_blocks
from core.db.engines import reader, transaction
from core.db.worlds import DEFAULT_TIMEZONE, read_meta, write_meta
from core.domain.increments import VERSION, Event, Increment, Tally

_VERSION_KEY = "cells"  # in the world's meta
BATCH = 25_000  # events summed up before the cells are written
_AT_ONCE = 8  # batches that a board waits for
_SLICE = 20_000  # cells per statement on PostgreSQL

_Rows = list[tuple[int, int, int, str, str]]  # xid, id, at, kind, data
_AFTER = {
    "sqlite": "SELECT 0, id, at, kind, data FROM event WHERE id > :id AND :xid = :xid ORDER BY id LIMIT :most",
    # A transaction's events become visible when it ends, not in the order of their ids; once every open transaction
    # is younger than another, nothing can appear before that other's events any more.
    "postgresql": "SELECT CAST(CAST(xid AS text) AS bigint), id, at, kind, data FROM event"
    " WHERE (xid, id) > (CAST(CAST(:xid AS text) AS xid8), :id)"
    " AND xid < pg_snapshot_xmin(pg_current_snapshot()) ORDER BY xid, id LIMIT :most",
}
_INSERT = "INSERT INTO cell (metric, at, a, b, n, value)"
_ADD = "ON CONFLICT (metric, at, a, b) DO UPDATE SET n = cell.n + excluded.n, value = cell.value + excluded.value"
_UPSERT_MANY = (
    f"{_INSERT} SELECT * FROM unnest(%s::text[], %s::bigint[], %s::text[], %s::text[], %s::bigint[], %s::bigint[])"
    f" {_ADD}"
)
_DROP_ONE = "DELETE FROM cell WHERE metric = ? AND at = ? AND a = ? AND b = ? AND n = 0 AND value = 0"
_DROP_MANY = (
    "DELETE FROM cell USING unnest(%s::text[], %s::bigint[], %s::text[], %s::text[]) AS gone (metric, at, a, b)"
    " WHERE cell.metric = gone.metric AND cell.at = gone.at AND cell.a = gone.a AND cell.b = gone.b"
    " AND cell.n = 0 AND cell.value = 0"
)
_ONLY_ONE: WeakKeyDictionary[Engine, threading.Lock] = WeakKeyDictionary()
_GUARD = threading.Lock()


def fold(engine: Engine) -> int:
    """Brings the cells up to the event log, waiting its turn where somebody else writes; gives how many events it read.

    On PostgreSQL, events of transactions that were open a moment ago wait for the next call.
    """
    folded = 0
    while _pending(engine):
        with transaction(engine) as db:
            _lock(db)
            read = _fold_batch(db, BATCH)
        folded += read
        if read < BATCH:
            break
    return folded


def fold_if_free(engine: Engine) -> int:
    """Like `fold`, but gives up at once where somebody else folds or writes: a board would rather show what it has."""
    with _GUARD:
        mine = _ONLY_ONE.setdefault(engine, threading.Lock())
    if not mine.acquire(blocking=False):
        return 0
    try:
        folded = 0
        for _ in range(_AT_ONCE):
            folded += (read := _fold_unless_busy(engine))
            if read < BATCH:
                break
        return folded
    finally:
        mine.release()


def rebuild(engine: Engine) -> int:
    """Forgets every cell and folds the whole log anew, in one transaction; the cells come out the same."""
    folded = 0
    with transaction(engine) as db:
        _lock(db)
        _forget(db)
        while read := _fold_batch(db, BATCH):
            folded += read
    return folded


def watermark(db: Connection) -> tuple[int, int, int]:
    """What a read of this world depends on: the last event, and how far the cells have come."""
    row = db.execute(_WATERMARK).one()
    return (row[0] or 0, row[1] or 0, row[2] or 0)


_WATERMARK = text(
    "SELECT (SELECT max(id) FROM event), (SELECT event_id FROM fold_cursor WHERE id = 1),"
    " (SELECT xid FROM fold_cursor WHERE id = 1)"
)
_CURSOR = text("SELECT event_id, xid FROM fold_cursor WHERE id = 1")
_SET_CURSOR = text(
    "INSERT INTO fold_cursor (id, event_id, xid) VALUES (1, :id, :xid)"
    " ON CONFLICT (id) DO UPDATE SET event_id = excluded.event_id, xid = excluded.xid"
)


def _fold_unless_busy(engine: Engine) -> int:
    if not _pending(engine):
        return 0
    if engine.dialect.name == "postgresql":
        with transaction(engine) as db:
            free = db.execute(text("SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || '.fold'))"))
            return _fold_batch(db, BATCH) if free.scalar_one() else 0
    with engine.connect() as db:
        patience = db.connection.cursor().execute("PRAGMA busy_timeout").fetchone()[0]
        db.connection.cursor().execute("PRAGMA busy_timeout = 0").close()
        try:
            with db.execution_options(orderly_writes=True).begin():
                return _fold_batch(db, BATCH)
        except DBAPIError as error:
            if "locked" not in str(error.orig):
                raise
            return 0
        finally:
            db.connection.cursor().execute(f"PRAGMA busy_timeout = {patience}").close()


def _lock(db: Connection) -> None:
    """Two folds at once would count events twice; on SQLite the writing transaction itself is the lock."""
    if db.dialect.name == "postgresql":
        db.execute(text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || '.fold'))"))


def _pending(engine: Engine) -> bool:
    with reader(engine) as db:
        return _is_outdated(db) or bool(_after(db, 1))


def _is_outdated(db: Connection) -> bool:
    """Whether the cells were counted by other rules than today's."""
    return db.execute(_CURSOR).one_or_none() is not None and read_meta(db).get(_VERSION_KEY) != VERSION


def _forget(db: Connection) -> None:
    db.execute(text("DELETE FROM cell"))
    db.execute(text("DELETE FROM fold_cursor"))


def _after(db: Connection, most: int) -> _Rows:
    """The events behind the cursor, in the order in which they may be folded."""
    cursor = db.execute(_CURSOR).one_or_none()
    event_id, xid = (0, 0) if cursor is None else (cursor.event_id, cursor.xid)
    found = db.execute(text(_AFTER[db.dialect.name]), {"id": event_id, "xid": xid, "most": most})
    return found.all()  # type: ignore[return-value]


@contextmanager
def _no_collection() -> Iterator[None]:
    """Leaves the garbage collector alone for a batch: nothing here is cyclic, and its walks cost a fifth of a fold."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _fold_batch(db: Connection, most: int) -> int:
    if _is_outdated(db):
        _forget(db)
    with _no_collection():
        return _fold_rows(db, _after(db, most))


def _fold_rows(db: Connection, rows: _Rows) -> int:
    if not rows:
        return 0
    meta = read_meta(db)
    if meta.get(_VERSION_KEY) != VERSION:
        write_meta(db, **{_VERSION_KEY: VERSION})
    tally = Tally(meta.get("timezone", DEFAULT_TIMEZONE))
    tally.add(_events(rows))
    _write(db, tally.increments())
    xid, event_id = rows[-1][:2]
    db.execute(_SET_CURSOR, {"id": event_id, "xid": xid})
    return len(rows)


def _events(rows: _Rows) -> Iterable[Event]:
    """The rows with their data read: one call of the parser for all of them costs a third of one call for each."""
    parsed = json.loads("[" + ",".join([row[4] for row in rows]) + "]")
    return zip([row[2] for row in rows], [row[3] for row in rows], parsed, strict=True)


def _write(db: Connection, added: Sequence[Increment]) -> None:
    """Adds increments to the cells, in the order of the table, and drops the cells that came out empty."""
    # Only a count that went down can have come to nothing.
    fallen = [row[:4] for row in added if row[4] <= 0]
    cursor = db.connection.cursor()
    if db.dialect.name == "postgresql":
        for start in range(0, len(added), _SLICE):
            cursor.execute(_UPSERT_MANY, _columns(added[start : start + _SLICE]))
        if fallen:
            cursor.execute(_DROP_MANY, _columns(fallen))
    else:
        write_blocks(db, f"{_INSERT} VALUES", 6, added, _ADD)
        cursor.executemany(_DROP_ONE, fallen)
    cursor.close()


def _columns(rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
    return [list(column) for column in zip(*rows, strict=True)]
