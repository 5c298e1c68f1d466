"""Worlds: what a database says of itself, its clock, and practice worlds as single SQLite files."""

from __future__ import annotations

import os
import shutil
import tempfile
import threading
import uuid
from collections import OrderedDict
from pathlib import Path

import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, create_engine, select, text
from sqlalchemy import event as sa_event
from sqlalchemy.pool import StaticPool

from core.context import World, WorldKind
from core.db.engines import sqlite_engine, transaction
from core.db.world_tables import meta, world
from core.domain.errors import NotFound

# Raised with every change of world_tables.py: templates are rebuilt, practice worlds of the old one replaced.
SCHEMA_VERSION = "9"
DEFAULT_TIMEZONE = "Asia/Shanghai"
_OPEN_ENGINES = 256


def write_meta(db: Connection, **values: object) -> None:
    """Sets what a world says of itself: schema_version, scenario, seed, clock_at, timezone."""
    statement = text(
        "INSERT INTO meta (key, value) VALUES (:key, :value) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    )
    db.execute(statement, [{"key": key, "value": str(value)} for key, value in values.items()])


_META = select(meta.c.key, meta.c.value)


def read_meta(db: Connection) -> dict[str, str]:
    """Everything a world says of itself."""
    return {row.key: row.value for row in db.execute(_META)}


def create_world(path: Path, *, scenario: str, seed: int, clock_at: int, timezone: str = DEFAULT_TIMEZONE) -> Engine:
    """Makes an empty world in a new SQLite file, its clock standing at `clock_at`, and opens it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    engine = sqlite_engine(path, durable=False)
    with transaction(engine) as db:
        world.create_all(db)
        write_meta(
            db,
            schema_version=SCHEMA_VERSION,
            scenario=scenario,
            seed=seed,
            clock_at=clock_at,
            timezone=timezone,
        )
    return engine


def world_of(db: Connection, kind: WorldKind, world_id: str) -> World:
    """How contexts name the world that a connection speaks to."""
    return World(kind, world_id, read_meta(db).get("timezone", DEFAULT_TIMEZONE))


def practice_now(db: Connection, started_at: int, wall_now: int) -> int:
    """A practice world's time: where its clock stood when it was made, plus what has passed since.

    Units: epoch seconds; `started_at` and `wall_now` are wall-clock instants.
    """
    return int(read_meta(db)["clock_at"]) + max(0, wall_now - started_at)


def pack_world(engine: Engine, path: Path) -> None:
    """Closes a world and leaves one file, without a journal beside it, that can be copied."""
    engine.dispose()
    connection = sqlite.connect(str(path), isolation_level=None)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").close()
        connection.execute("VACUUM").close()
        connection.execute("PRAGMA journal_mode=DELETE").close()
    finally:
        connection.close()


def world_in_memory(template: Path) -> Engine:
    """A packed world copied into memory, on one connection; whoever uses it takes turns.

    Why: where commands are only tried out, nobody has to queue up at a file's lock.
    """
    source = sqlite.connect(f"file:{template}?mode=ro", uri=True)
    memory = sqlite.connect(":memory:", check_same_thread=False)
    try:
        source.backup(memory)
    finally:
        source.close()
    memory.isolation_level = None  # the driver must not open transactions of its own
    engine = create_engine("sqlite://", module=sqlite, creator=lambda: memory, poolclass=StaticPool)
    sa_event.listen(engine, "begin", lambda db: db.exec_driver_sql("BEGIN"))
    return engine


class PracticeFiles:
    """The folder of practice worlds: copies of templates, one engine each, the least used closed first.

    A reset never touches an open file: it copies to a new name, and whoever holds the world switches to it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._engines: OrderedDict[str, Engine] = OrderedDict()
        self._lock = threading.Lock()

    @property
    def folder(self) -> Path:
        """Where the files lie."""
        return self._folder

    def copy(self, template: Path) -> str:
        """Copies a packed world to a new name and gives that name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid.uuid4().hex}.db"
        draft = self._folder / f"{name}.part"
        shutil.copyfile(template, draft)
        os.replace(draft, self._folder / name)
        return name

    def restore(self, data: bytes) -> str:
        """Writes a serialised world to a new name and gives that name."""
        self._folder.mkdir(parents=True, exist_ok=True)
        name = f"{uuid.uuid4().hex}.db"
        draft = self._folder / f"{name}.part"
        draft.write_bytes(data)
        os.replace(draft, self._folder / name)
        return name

    def serialise(self, name: str) -> bytes:
        """A world's whole content as one consistent piece, while it may be in use."""
        source = sqlite.connect(f"file:{self._path(name)}?mode=ro", uri=True)
        try:
            # Not through a copy in memory: the driver can't give one out as bytes.
            with tempfile.TemporaryDirectory(dir=self._folder) as scratch:
                copy = Path(scratch) / "world.db"
                target = sqlite.connect(str(copy))
                try:
                    target.execute("PRAGMA synchronous=OFF").close()  # a scratch copy need not survive a power cut
                    source.backup(target)
                    target.execute("PRAGMA journal_mode=DELETE").close()
                finally:
                    target.close()
                return copy.read_bytes()
        finally:
            source.close()

    def exists(self, name: str) -> bool:
        """Whether the file is here (it isn't on a replica that never held it)."""
        return (self._folder / name).is_file()

    def engine(self, name: str) -> Engine:
        """The engine of a practice world.

        Raises: NotFound when its file is gone.
        """
        with self._lock:
            if (engine := self._engines.pop(name, None)) is None:
                engine = sqlite_engine(self._path(name), durable=False, pool_size=2)
            self._engines[name] = engine
            closing = [self._engines.popitem(last=False)[1] for _ in range(len(self._engines) - _OPEN_ENGINES)]
        for old in closing:
            old.dispose()
        return engine

    def remove(self, name: str) -> None:
        """Closes a practice world and deletes its files."""
        with self._lock:
            engine = self._engines.pop(name, None)
        if engine is not None:
            engine.dispose()
        for suffix in ("", "-wal", "-shm"):
            (self._folder / f"{name}{suffix}").unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        path = self._folder / name
        if path.parent != self._folder or not path.is_file():
            raise NotFound("The practice world isn't here any more.")
        return path
