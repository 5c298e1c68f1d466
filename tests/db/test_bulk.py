"""The bulk path: same rows as single writes, ids that go on counting, balances added up."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import ENGINE, Context, World
from core.db.bulk import add_balances, insert_rows, reserve_ids
from core.db.engines import Databases, transaction
from core.db.history import record
from core.db.world_tables import event, lot, sku, stock_balance, warehouse

COLUMNS = ("id", "at", "kind", "subject", "order_id", "actor", "data")
HARD = '{"note":"tab\\t, “引号”, \\\\N and a \\\\. line\\n"}'


def test_rows_come_back_unharmed_and_ids_go_on(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.live) as db:
        first = reserve_ids(db, event)
        rows = [(first + n, clock + n, "OrderHeld", f"order:{n}", n or None, "engine", HARD) for n in range(1000)]
        insert_rows(db, event, COLUMNS, iter(rows))
        back = db.execute(select(*(event.c[name] for name in COLUMNS)).order_by(event.c.id)).all()
        assert [tuple(row) for row in back] == rows
    with transaction(each_databases.live) as db:
        assert record(Context(db, ENGINE, clock, World("live", "live")), "X", "y") == first + 1000


@pytest.mark.parametrize("count", [0, 1, 2, 128, 129, 500])
def test_rows_are_numbered_on_and_hold_what_is_the_same_in_all(
    each_databases: Databases, clock: int, count: int
) -> None:
    same = {"actor": "o'neil; -- 'x'", "subject": "order:1"}
    with transaction(each_databases.live) as db:
        insert_rows(
            db, event, ("at", "kind", "data"), [(clock, "First", HARD)], first_id=reserve_ids(db, event), same=same
        )
        first = reserve_ids(db, event)
        rows = [(clock + n, "OrderHeld", HARD) for n in range(count)]
        insert_rows(db, event, ("at", "kind", "data"), iter(rows), first_id=first, same=same)
        names = ("id", "at", "kind", "data", *same)
        back = db.execute(
            select(*(event.c[name] for name in names)).where(event.c.id >= first).order_by(event.c.id)
        ).all()
        assert [tuple(row) for row in back] == [(first + n, *row, *same.values()) for n, row in enumerate(rows)]
    with transaction(each_databases.live) as db:
        assert record(Context(db, ENGINE, clock, World("live", "live")), "X", "y") == first + count


def test_balances_add_up(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.live) as db:
        for number, code in enumerate(("OUT", "SH")):
            db.execute(warehouse.insert().values(id=number, code=code, name_en=code, name_zh=code, region="CN-SH"))
        names = {"name_en": "Kettle", "name_zh": "水壶", "category": "home", "currency": "CNY"}
        db.execute(sku.insert().values(id=1, code="K-1", list_price_cents=9900, weight_g=800, **names))
        db.execute(lot.insert().values(id=1, sku_id=1, received_at=clock, unit_cost_cents=5000))
        add_balances(db, [])
        add_balances(db, [(1, 1, 1, "available", 5), (1, 0, 1, "supplier", -5)])
        add_balances(db, iter([(1, 1, 1, "available", 7)]))
        found = {(row.warehouse_id, row.account): row.quantity for row in db.execute(select(stock_balance))}
    assert found == {(1, "available"): 12, (0, "supplier"): -5}
