"""Statements of the hot paths: written once, and handed to the driver as they are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Row
from sqlalchemy.engine.result import SimpleResultMetaData
from sqlalchemy.exc import DBAPIError

_NAME = re.compile(r"(?<![:\w]):(\w+)")

_CURSOR = "orderly_cursor"
Values = Mapping[str, Any]


class Statement:
    """SQL with :names, for what a command sends hundreds of times a second.

    Why: around each statement SQLAlchemy compiles, looks up, and wraps results for five times as long as the database
    works on it (measured). It is for plain values only, and inside a transaction that SQLAlchemy has begun; errors of
    the driver come out as SQLAlchemy's, as ever.
    """

    __slots__ = ("_texts",)

    def __init__(self, sql: str, *, postgresql: str | None = None) -> None:
        """`postgresql` is how it is written there, where that differs."""
        named = _NAME.sub(r"%(\1)s", (postgresql or sql).replace("%", "%%"))
        self._texts = {"sqlite": sql, "postgresql": named}

    def rows(self, db: Connection, values: Values) -> list[tuple[Any, ...]]:
        """Everything a query finds."""
        found: list[tuple[Any, ...]] = self._run(db, values).fetchall()
        return found

    def row(self, db: Connection, values: Values) -> tuple[Any, ...] | None:
        """The first row a query finds, or None."""
        # All are fetched: a statement left half-read keeps SQLite on an old view after the commit.
        found: list[tuple[Any, ...]] = self._run(db, values).fetchall()
        return found[0] if found else None

    def change(self, db: Connection, values: Values) -> int:
        """Carries a change out; gives how many rows it touched."""
        count: int = self._run(db, values).rowcount
        return count

    def change_each(self, db: Connection, rows: Sequence[Values]) -> None:
        """Carries a change out for each of several sets of values."""
        cursor, sql = self._cursor(db), self._texts[db.dialect.name]
        try:
            cursor.executemany(sql, rows)
        except _errors(db) as error:
            raise _told(db, sql, error) from error

    def first_idle(self, db: Connection, rows: Sequence[Values]) -> int | None:
        """Carries a change out for each set of values; gives the place of the first that touched no row, or None.

        What comes after it may be done or not: whoever asks this gives the transaction up then.
        """
        if db.dialect.name != "postgresql":
            return next((place for place, values in enumerate(rows) if not self.change(db, values)), None)
        cursor, sql = self._cursor(db), self._texts["postgresql"]
        try:
            cursor.executemany(sql, rows, returning=True)  # all of them in one journey to the server
        except _errors(db) as error:
            raise _told(db, sql, error) from error
        counts = [cursor.rowcount for _ in cursor.results()] if rows else []
        return next((place for place, count in enumerate(counts) if not count), None)

    def _run(self, db: Connection, values: Values) -> Any:
        cursor = self._cursor(db)
        sql = self._texts[db.dialect.name]
        try:
            cursor.execute(sql, values)
        except _errors(db) as error:
            raise _told(db, sql, error) from error
        return cursor

    @staticmethod
    def _cursor(db: Connection) -> Any:
        """The one cursor that serves all statements of a connection."""
        if not db.in_transaction():
            db.begin()
        connection = db.connection
        cursor = connection.info.get(_CURSOR)
        if cursor is None:
            cursor = connection.info[_CURSOR] = connection.cursor()
        return cursor


class RowShape:
    """Makes rows as SQLAlchemy's queries give them, by attribute and by name, of what a statement found."""

    __slots__ = ("_metadata",)

    def __init__(self, names: Iterable[str]) -> None:
        self._metadata = SimpleResultMetaData(tuple(names))

    def row(self, values: tuple[Any, ...]) -> Row[Any]:
        """A row of these values. Shape: one for each name."""
        return Row(self._metadata, None, self._metadata._key_to_index, values)


def _errors(db: Connection) -> type[BaseException]:
    """What the driver raises."""
    found: type[BaseException] = db.dialect.loaded_dbapi.Error
    return found


def _told(db: Connection, sql: str, error: BaseException) -> BaseException:
    """The driver's error as SQLAlchemy tells it, so that whoever tries again recognises it."""
    return DBAPIError.instance(sql, None, error, _errors(db), dialect=db.dialect)  # type: ignore[arg-type]
