"""Statements of the hot paths: written once, and handed to the driver as they are."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

_NAME = re.compile(r"(?<![:\w]):(\w+)")

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
        cursor = self._run(db, values)
        found: list[tuple[Any, ...]] = cursor.fetchall()
        cursor.close()
        return found

    def row(self, db: Connection, values: Values) -> tuple[Any, ...] | None:
        """The first row a query finds, or None."""
        cursor = self._run(db, values)
        found: tuple[Any, ...] | None = cursor.fetchone()
        cursor.close()
        return found

    def change(self, db: Connection, values: Values) -> int:
        """Carries a change out; gives how many rows it touched."""
        cursor = self._run(db, values)
        count: int = cursor.rowcount
        cursor.close()
        return count

    def change_each(self, db: Connection, rows: Sequence[Values]) -> None:
        """Carries a change out for each of several sets of values."""
        cursor, sql = self._cursor(db), self._texts[db.dialect.name]
        try:
            cursor.executemany(sql, rows)
        except _errors(db) as error:
            raise _told(db, sql, error) from error
        cursor.close()

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
        cursor.close()
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
        if not db.in_transaction():
            db.begin()
        return db.connection.cursor()


def _errors(db: Connection) -> type[BaseException]:
    """What the driver raises."""
    found: type[BaseException] = db.dialect.loaded_dbapi.Error
    return found


def _told(db: Connection, sql: str, error: BaseException) -> BaseException:
    """The driver's error as SQLAlchemy tells it, so that whoever tries again recognises it."""
    return DBAPIError.instance(sql, None, error, _errors(db), dialect=db.dialect)  # type: ignore[arg-type]
