"""Engines and transactions: safe SQLite by default, PostgreSQL where ORDERLY_DATABASE_URL says so."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import RLock
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.pool import QueuePool

from core.domain.errors import ContentError

# 3.7.0 to 3.51.2 can corrupt a WAL database when two connections write and checkpoint at once.
SAFE_SQLITE = (3, 51, 3)
_WRITES = "orderly_writes"
_RETRIES = 6

T = TypeVar("T")

IDLE_SECONDS = 2.0  # after which a connection to PostgreSQL is asked whether it still stands
_SEEN = "orderly_seen"
_BUSY_SECONDS = 30  # how long a writer waits for others before it gives up
# Whose turn it is to write, for each SQLite engine; reentrant, so that a nested write is refused by SQLite as ever.
_turns: WeakKeyDictionary[Engine, RLock] = WeakKeyDictionary()


@dataclass(frozen=True, slots=True)
class Databases:
    """The portal's and the live world's engines; `var` is where practice worlds and templates lie."""

    portal: Engine
    live: Engine
    var: Path

    def dispose(self) -> None:
        """Closes every pooled connection."""
        self.portal.dispose()
        self.live.dispose()


def var_folder() -> Path:
    """Where this installation keeps its files: ORDERLY_VAR, or `var/` beside app.py."""
    return Path(os.environ.get("ORDERLY_VAR") or Path(__file__).resolve().parents[2] / "var")


def connect(url: str | None = None, var: Path | None = None) -> Databases:
    """Opens portal and live: SQLite files in `var`, or two schemas of the PostgreSQL database at `url`.

    Raises: ContentError when the URL names another kind of database.
    """
    var = var or var_folder()
    var.mkdir(parents=True, exist_ok=True)
    url = url if url is not None else os.environ.get("ORDERLY_DATABASE_URL", "")
    if not url:
        return Databases(sqlite_engine(var / "portal.db"), sqlite_engine(var / "live.db"), var)
    if make_url(url).get_backend_name() != "postgresql":
        shown = make_url(url).render_as_string()  # with stars for the password
        raise ContentError("ORDERLY_DATABASE_URL must name a PostgreSQL database, found {url}", url=shown)
    return Databases(postgres_engine(url, "portal"), postgres_engine(url, "live"), var)


def sqlite_engine(path: Path, *, durable: bool = True, pool_size: int = 8) -> Engine:
    """An engine on one SQLite file, in WAL mode.

    `durable` waits for the disk at every commit (portal, live); practice worlds leave that to the checkpoint.
    Raises: ContentError when the SQLite library is one of those that can corrupt a WAL database.
    """
    if sqlite.sqlite_version_info < SAFE_SQLITE:
        raise ContentError(
            "SQLite {found} can corrupt databases; {wanted} or newer is needed (pip install -U pysqlite3)",
            found=sqlite.sqlite_version,
            wanted=".".join(map(str, SAFE_SQLITE)),
        )
    engine = create_engine(
        f"sqlite:///{path}",
        module=sqlite,
        poolclass=QueuePool,
        pool_size=pool_size,
        max_overflow=64,
        connect_args={"check_same_thread": False, "cached_statements": 512},
    )
    pragmas = (
        # For a new file: big worlds write less journal with large pages, practice worlds stay small to copy.
        f"PRAGMA page_size={8192 if durable else 4096}",
        "PRAGMA journal_mode=WAL",
        f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}",
        "PRAGMA foreign_keys=ON",
        f"PRAGMA busy_timeout={_BUSY_SECONDS * 1000}",
        "PRAGMA cache_size=-65536" if durable else "PRAGMA cache_size=-4096",
        "PRAGMA temp_store=MEMORY",
    )

    _turns[engine] = RLock()

    @event.listens_for(engine, "connect")
    def _prepare(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # the driver must not open transactions of its own
        for pragma in pragmas:
            connection.execute(pragma).close()

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get(_WRITES, False)
        statement = "BEGIN IMMEDIATE" if writes else "BEGIN"
        try:
            connection.connection.cursor().execute(statement)
        except sqlite.Error as error:
            raise DBAPIError.instance(statement, None, error, sqlite.Error, dialect=connection.dialect) from error

    return engine


def postgres_engine(url: str, schema: str) -> Engine:
    """An engine whose connections see one schema only; those that were opened stay open for the next.

    A connection that lay idle is asked whether it still stands, since a server may have been restarted meanwhile. Why
    not each: it is a journey to the server before every transaction.
    """
    engine = create_engine(
        make_url(url).set(drivername="postgresql+psycopg"),
        connect_args={"options": f"-csearch_path={schema}"},
        pool_size=32,
        max_overflow=0,
    )

    @event.listens_for(engine, "checkin")
    def _note(_connection: Any, record: Any) -> None:
        record.info[_SEEN] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def _ask(connection: Any, record: Any, _proxy: Any) -> None:
        if time.monotonic() - record.info.get(_SEEN, float("inf")) < IDLE_SECONDS:
            return
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as error:
            raise DisconnectionError("The connection was lost while it lay idle.") from error

    return engine


def create_schema(engine: Engine) -> None:
    """Makes the PostgreSQL schema that the engine looks at, where it is missing; nothing to do on SQLite."""
    if engine.dialect.name != "postgresql":
        return
    with engine.begin() as db:
        schema = db.execute(text("SHOW search_path")).scalar_one()
        db.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{schema}"'))


@contextmanager
def _turn(engine: Engine) -> Iterator[None]:
    """This thread's turn to write; whoever waited too long tries without, and SQLite says that it is locked."""
    lock = _turns.get(engine)
    got = lock is not None and lock.acquire(timeout=_BUSY_SECONDS)
    try:
        yield
    finally:
        if lock is not None and got:
            lock.release()


@contextmanager
def _writer(engine: Engine) -> Iterator[Connection]:
    """A connection whose transactions write, for as long as it is this thread's turn."""
    with _turn(engine), engine.connect() as db:
        yield db.execution_options(**{_WRITES: True})


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """One writing transaction: committed at the end, rolled back when anything is raised.

    Why the turn: SQLite lets one write at a time, and whoever finds it taken sleeps up to 100 ms and tries again,
    without a queue. With 300 people at a test, answers then waited for seconds while the database was idle (measured).
    Writers of one process therefore wait for each other here; those of another process still meet in SQLite.
    """
    with _writer(engine) as db, db.begin():
        yield db


@contextmanager
def bulk_transaction(engine: Engine) -> Iterator[Connection]:
    """One writing transaction for rows made by a generator: SQLite doesn't look up what each of them refers to.

    Why: the lookups are a twelfth of writing a history (measured). The generator numbers rows and references itself,
    and tests write its histories with the lookups on. Nothing that came from outside is written like this.
    """
    if engine.dialect.name != "sqlite":
        with transaction(engine) as db:
            yield db
        return
    with _writer(engine) as db:
        driver: Any = db.connection.driver_connection
        driver.execute("PRAGMA foreign_keys=OFF").close()  # only takes effect outside a transaction
        try:
            with db.begin():
                yield db
        finally:
            driver.execute("PRAGMA foreign_keys=ON").close()


@contextmanager
def reader(engine: Engine) -> Iterator[Connection]:
    """One consistent view for reading; whatever it might write is rolled back."""
    with engine.connect() as db:
        outer = db.begin()
        try:
            yield db
        finally:
            outer.rollback()


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """One view of one moment however many questions are asked, while others write.

    Why not `reader`: on PostgreSQL each question there sees what was committed by then, and books that are looked
    through while orders come in would seem crooked.
    """
    with engine.connect() as db:
        if engine.dialect.name == "postgresql":
            db = db.execution_options(isolation_level="REPEATABLE READ")
        outer = db.begin()
        try:
            yield db
        finally:
            outer.rollback()


def run(engine: Engine, work: Callable[[Connection], T]) -> T:
    """Carries out `work` in one writing transaction, again where PostgreSQL asks for it."""
    for turn in range(_RETRIES):
        try:
            with transaction(engine) as db:
                return work(db)
        except DBAPIError as error:
            if turn == _RETRIES - 1 or getattr(error.orig, "sqlstate", "") not in {"40001", "40P01"}:
                raise
    raise AssertionError("unreachable")
