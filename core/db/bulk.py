"""The bulk path: prepared rows written by tuple executemany on SQLite and COPY on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Connection, Table, func, select, text


def reserve_ids(db: Connection, table: Table) -> int:
    """The first id that is free for a bulk write, the table locked against others until the end."""
    if db.dialect.name == "postgresql":
        db.execute(text(f'LOCK TABLE "{table.name}" IN SHARE ROW EXCLUSIVE MODE'))
    return int(db.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()) + 1


def insert_rows(db: Connection, table: Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Appends rows to a table inside the caller's transaction.

    Shape: each row holds one value per name in `columns`. Ids they bring move PostgreSQL's counter along.
    """
    names = ", ".join(f'"{name}"' for name in columns)
    if db.dialect.name == "postgresql":
        cursor = db.connection.cursor()
        with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
            for row in rows:
                copy.write_row(row)
        cursor.close()
        if "id" in columns:
            db.execute(
                text(
                    f"SELECT setval(pg_get_serial_sequence('{table.name}', 'id'),"
                    f' GREATEST((SELECT COALESCE(MAX(id), 0) FROM "{table.name}"), 1))'
                )
            )
        return
    cursor = db.connection.cursor()
    marks = ", ".join("?" * len(columns))
    cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # type: ignore[arg-type]
    cursor.close()


def add_balances(db: Connection, changes: Iterable[tuple[int, int, int, str, int]]) -> None:
    """Adds the summed effect of bulk postings to the balance rows.

    Shape: (sku_id, warehouse_id, lot_id, account, units), one row per account, summed by the caller.
    """
    rows = sorted(changes)
    if not rows:
        return
    db.execute(
        text(
            "INSERT INTO stock_balance (sku_id, warehouse_id, lot_id, account, quantity)"
            " VALUES (:sku_id, :warehouse_id, :lot_id, :account, :quantity) ON CONFLICT"
            " (sku_id, warehouse_id, lot_id, account)"
            " DO UPDATE SET quantity = stock_balance.quantity + excluded.quantity"
        ),
        [dict(zip(("sku_id", "warehouse_id", "lot_id", "account", "quantity"), row, strict=True)) for row in rows],
    )
