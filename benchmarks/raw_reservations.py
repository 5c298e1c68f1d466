"""Reservations without the house: the statements that its own path sends, sent by the bare driver."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import psycopg
import pysqlite3.dbapi2 as sqlite
from sqlalchemy import Connection, Engine, event, text

from benchmarks.reservation_ground import LIVE, NOW
from core.context import ENGINE, Context
from core.db.engines import run, transaction
from core.services.allocation import allocate_order

_FIRST_EVENT = 5_000_000_000_000  # in the world that is listened to: no other number there is as high
_AROUND = ("BEGIN", "PRAGMA", ";")  # what belongs to connections and transactions, not to a reservation
_TAKEN_DOWN: list[tuple[str, Any, bool]] = []  # what reached the driver: SQL, values, whether for each of several sets


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement as the driver was handed it. `own` are the places of the event's id, which each run gives anew."""

    sql: str
    parameters: Any
    many: bool
    own: tuple[Any, ...]
    writes_event: bool
    takes_stock: bool


class _SqliteCursor(sqlite.Cursor):
    def execute(self, sql: str, parameters: Any = ()) -> Any:
        _TAKEN_DOWN.append((sql, parameters, False))
        return super().execute(sql, parameters)

    def executemany(self, sql: str, rows: Any) -> Any:
        _TAKEN_DOWN.append((sql, list(rows), True))
        return super().executemany(sql, rows)


class _SqliteConnection(sqlite.Connection):
    def cursor(self, factory: Any = _SqliteCursor) -> Any:
        return super().cursor(factory)


class _PostgresCursor(psycopg.Cursor[Any]):
    def execute(self, query: Any, params: Any = None, **options: Any) -> Any:
        _TAKEN_DOWN.append((str(query), params, False))
        return super().execute(query, params, **options)

    def executemany(self, query: Any, params_seq: Any, **options: Any) -> None:
        _TAKEN_DOWN.append((str(query), list(params_seq), True))
        super().executemany(query, params_seq, **options)


def _listened(engine: Engine) -> None:
    """Lets an engine open connections that take down what they are handed, and events begin where none else is."""
    engine.dispose()
    listening = (
        {"factory": _SqliteConnection} if engine.dialect.name == "sqlite" else {"cursor_factory": _PostgresCursor}
    )

    @event.listens_for(engine, "do_connect")
    def _connect(_dialect: Any, _record: Any, _arguments: Any, options: dict[str, Any]) -> None:
        options |= listening

    with transaction(engine) as db:
        columns = "(id, at, kind, subject, actor, data)"
        db.execute(text(f"INSERT INTO event {columns} VALUES ({_FIRST_EVENT}, 0, 'Begun', '', '', '{{}}')"))
        if engine.dialect.name == "postgresql":
            db.execute(text(f"SELECT setval(pg_get_serial_sequence('event', 'id'), {_FIRST_EVENT})"))


def recorded(engine: Engine, orders: list[int]) -> dict[int, list[Statement]]:
    """What the house's path sends for each order, taken down while it reserves them one after the other."""
    _listened(engine)
    found: dict[int, list[Statement]] = {}
    for order_id in orders:
        _TAKEN_DOWN.clear()
        run(engine, partial(_allocate, order_id))
        found[order_id] = [_statement(*one) for one in _TAKEN_DOWN if not one[0].startswith(_AROUND)]
    return found


def _allocate(order_id: int, db: Connection) -> None:
    allocate_order(Context(db, ENGINE, NOW, LIVE), order_id)


def _statement(sql: str, parameters: Any, many: bool) -> Statement:
    values = parameters[0] if many else parameters
    places = values.items() if isinstance(values, dict) else enumerate(values or ())
    own = tuple(place for place, value in places if isinstance(value, int) and value > _FIRST_EVENT)
    return Statement(
        sql,
        parameters,
        many,
        own,
        sql.startswith("INSERT INTO event "),
        sql.startswith("UPDATE stock_balance SET quantity = quantity -"),
    )


def _with_event(parameters: Any, own: tuple[Any, ...], event_id: int) -> Any:
    if isinstance(parameters, dict):
        return parameters | dict.fromkeys(own, event_id)
    values = list(parameters)
    for place in own:
        values[place] = event_id
    return tuple(values)


def _send(cursor: Any, statements: list[Statement]) -> None:
    """One order's statements; rows are fetched, and stock that wasn't there is noticed."""
    event_id = 0
    for one in statements:
        parameters = one.parameters
        if one.own and one.many:
            parameters = [_with_event(row, one.own, event_id) for row in parameters]
        elif one.own:
            parameters = _with_event(parameters, one.own, event_id)
        if one.many:
            cursor.executemany(one.sql, parameters)
        else:
            cursor.execute(one.sql, parameters)
        if one.takes_stock and cursor.rowcount != (len(parameters) if one.many else 1):
            raise RuntimeError("not enough stock")
        rows = cursor.fetchall() if cursor.description and not one.many else []
        if one.writes_event:
            event_id = rows[0][0] if rows else cursor.lastrowid


def sqlite_worker(path: str, durable: bool, turn: threading.Lock) -> Callable[[list[Statement]], None]:
    """Reserves through pysqlite3 on a connection of its own, set up as the house's; takes turns as the house does.

    Why turns: without them SQLite makes writers sleep, and the bare driver would be slower than the house.
    """
    connection = sqlite.connect(path, check_same_thread=False, isolation_level=None, cached_statements=512)
    for pragma in (
        f"synchronous={'FULL' if durable else 'NORMAL'}",
        "foreign_keys=ON",
        "busy_timeout=30000",
        "cache_size=-65536",
        "temp_store=MEMORY",
    ):
        connection.execute(f"PRAGMA {pragma}").close()
    cursor = connection.cursor()

    def reserve(statements: list[Statement]) -> None:
        with turn:
            cursor.execute("BEGIN IMMEDIATE")
            _send(cursor, statements)
            cursor.execute("COMMIT")

    return reserve


def postgres_worker(url: str, schema: str) -> Callable[[list[Statement]], None]:
    """Reserves through psycopg on a connection of its own, each order in its transaction."""
    connection = psycopg.connect(url.replace("postgresql+psycopg", "postgresql"), options=f"-csearch_path={schema}")
    cursor = connection.cursor()

    def reserve(statements: list[Statement]) -> None:
        _send(cursor, statements)
        connection.commit()

    return reserve
