"""The bulk path: prepared rows written by tuple executemany on SQLite and COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain, islice
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Table, func, select, text

_ROWS_PER_STATEMENT = 128  # SQLite does as much around a statement as for a row
_NOTHING: Mapping[str, str | int] = MappingProxyType({})


def reserve_ids(db: Connection, table: Table) -> int:
    """The first id that is free for a bulk write, the table locked against others until the end."""
    if db.dialect.name == "postgresql":
        db.execute(text(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE'))
    return int(db.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def insert_rows(
    db: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    *,
    first_id: int | None = None,
    same: Mapping[str, str | int] = _NOTHING,
) -> None:
    """Appends rows to a table inside the caller's transaction.

    Shape: each row holds one value per name in `columns`; `same` is what all of them hold besides. With `first_id`, as
    `reserve_ids` gave it, they are numbered on from there; ids that they bring move PostgreSQL's counter along.
    Why: a value that SQLite needn't be handed saves a tenth of writing a narrow row, an id more than that.
    """
    if db.dialect.name == "postgresql":
        _copy_rows(db, table, columns, rows, first_id, same)
        return
    if first_id is not None:
        left = iter(rows)
        if (first := next(left, None)) is None:
            return
        insert_rows(db, table, ("id", *columns), [(first_id, *first)], same=same)
        rows = left
    names = ", ".join(f'"{name}"' for name in (*columns, *same))
    count = write_blocks(db, f'INSERT INTO "{table.name}" ({names}) VALUES', len(columns), rows, same=same.values())
    if first_id is not None:
        last = db.execute(select(func.max(table.c.id))).scalar_one()
        assert last == first_id + count, (table.name, last, first_id, count)


def _copy_rows(
    db: Connection,
    table: Table,
    columns: Sequence[str],
    rows: Iterable[Sequence[object]],
    first_id: int | None,
    same: Mapping[str, str | int],
) -> None:
    """`insert_rows` on PostgreSQL."""
    if first_id is not None:
        columns, rows = ("id", *columns), ((row_id, *row) for row_id, row in enumerate(rows, first_id))
    names, rest = ", ".join(f'"{name}"' for name in (*columns, *same)), tuple(same.values())
    cursor = db.connection.cursor()
    with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
        for row in rows:
            copy.write_row((*row, *rest))
    cursor.close()
    if "id" in columns:
        db.execute(
            text(
                f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                f' GREATEST((SELECT COALESCE(MAX(id), 0) FROM "{table.name}"), 1))'
            )
        )


def write_blocks(
    db: Connection,
    insert: str,
    width: int,
    rows: Iterable[Sequence[object]],
    clause: str = "",
    same: Iterable[str | int] = (),
) -> int:
    """Writes rows on SQLite, many per statement; gives how many there were.

    Shape: each row holds `width` values, before those that are the `same` in all; `insert` ends with VALUES, `clause`
    is what stands behind them.
    """
    mark = f"({', '.join([*('?' * width), *map(_literal, same)])})"
    left, rest, blocks_count = iter(rows), list[object](), 0

    def whole_blocks() -> Iterator[list[object]]:
        nonlocal blocks_count
        for block in iter(lambda: list(chain.from_iterable(islice(left, _ROWS_PER_STATEMENT))), []):
            if len(block) == _ROWS_PER_STATEMENT * width:
                blocks_count += 1
                yield block
            else:
                rest.extend(block)

    def statement(count: int) -> str:
        return f"{insert} {', '.join([mark] * count)} {clause}"

    driver: Any = db.connection.cursor()  # takes an iterator, which its interface doesn't say
    driver.executemany(statement(_ROWS_PER_STATEMENT), whole_blocks())
    if rest:
        driver.execute(statement(len(rest) // width), rest)
    driver.close()
    return blocks_count * _ROWS_PER_STATEMENT + len(rest) // width


def _literal(value: str | int) -> str:
    """A value as SQL."""
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def add_balances(db: Connection, changes: Iterable[tuple[int, int, int, str, int]]) -> None:
    """Adds the summed effect of bulk postings to the balance rows.

    Shape: (sku_id, warehouse_id, lot_id, account, units), one row per account, summed by the caller.
    """
    rows = sorted(changes)
    if not rows:
        return
    mark = "%s" if db.dialect.name == "postgresql" else "?"
    db.exec_driver_sql(
        "INSERT INTO stock_balance (sku_id, warehouse_id, lot_id, account, quantity)"
        f" VALUES ({', '.join([mark] * 5)}) ON CONFLICT (sku_id, warehouse_id, lot_id, account)"
        " DO UPDATE SET quantity = stock_balance.quantity + excluded.quantity",
        rows,
    )


@contextmanager
def without_indexes(db: Connection, tables: Iterable[Table]) -> Iterator[None]:
    """Drops the plain indexes of tables while a big write into an empty world goes on, and makes them again after it.

    Why: an index made at the end is sorted once; kept up row by row it costs as much as the rows themselves.
    """
    indexes = [index for table in tables for index in sorted(table.indexes, key=lambda index: str(index.name))]
    for index in indexes:
        index.drop(db)
    yield
    for index in indexes:
        index.create(db)
