"""The history generator against the services, the books, time and itself."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.db.engines import reader
from core.services.books import imbalances
from seed.scenario import PRACTICE_CLOCK_AT, SCENARIOS, Scenario
from tests.house_rules import ROOT
from tests.seed.replay import replay
from tests.seed.worlds import COLOURFUL, context, empty_world, fill

NOW = PRACTICE_CLOCK_AT
SEEDS = (1, 2)

# What must be the same row for row, whether the generator or the services wrote it.
_EQUAL = {
    "events": "SELECT * FROM event ORDER BY id",
    "orders": "SELECT * FROM sales_order ORDER BY id",
    "lines": "SELECT * FROM order_line ORDER BY id",
    "money": "SELECT * FROM money_posting ORDER BY id",
    "shipments": "SELECT * FROM shipment ORDER BY id",
    "what is in shipments": "SELECT * FROM shipment_line ORDER BY id",
    "messages": "SELECT * FROM message ORDER BY id",
    "payloads of open orders": "SELECT p.order_id, p.content_hash, p.payload FROM order_payload p"
    " JOIN sales_order o ON o.id = p.order_id WHERE o.is_open = 1 ORDER BY p.order_id",
    # Which of two lots serves a line may differ after a cancellation; units, accounts and facts may not.
    "stock postings": "SELECT event_id, at, sku_id, from_warehouse_id, from_account, to_warehouse_id, to_account,"
    " order_line_id, SUM(quantity) FROM stock_posting GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 ORDER BY 1, 3, 8",
    "balances": "SELECT sku_id, warehouse_id, account, SUM(quantity) FROM stock_balance"
    " GROUP BY 1, 2, 3 HAVING SUM(quantity) <> 0 ORDER BY 1, 2, 3",
}


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with reader(engine) as db:
        return [tuple(row) for row in db.execute(text(statement))]


@pytest.fixture(scope="module", params=SEEDS)
def worlds(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> tuple[Engine, Engine]:
    """A generated world, and one in which the services did the same."""
    folder = tmp_path_factory.mktemp("worlds")
    generated = empty_world(folder / "generated.db", NOW)
    fill(generated, COLOURFUL, request.param, NOW)
    return generated, replay(generated, folder / "replayed.db", COLOURFUL, request.param, NOW)


@pytest.mark.parametrize("what", _EQUAL)
def test_the_services_would_have_written_the_same(worlds: tuple[Engine, Engine], what: str) -> None:
    generated, replayed = (rows(engine, _EQUAL[what]) for engine in worlds)
    assert len(generated) > 0
    differing = [(a, b) for a, b in zip(generated, replayed, strict=False) if a != b]
    assert differing[:3] == []
    assert len(generated) == len(replayed)


def test_everything_that_can_happen_happens(worlds: tuple[Engine, Engine]) -> None:
    kinds = {kind for (kind,) in rows(worlds[0], "SELECT DISTINCT kind FROM event")}
    assert kinds == {
        "StockReceived", "StockAdjusted", "OrderReceived", "OrderPaid", "OrderStopped", "OrderConfirmed",
        "OrderAmended", "OrderHeld", "HoldReleased", "BuyerNotified", "OrderAllocated", "OrderReleased",
        "PickingStarted", "OrderPacked", "OrderShipped", "OrderDelivered", "OrderCancelled", "OrderExpired",
    }  # fmt: skip


def test_every_reason_waits_on_the_desk(worlds: tuple[Engine, Engine]) -> None:
    waiting = rows(worlds[0], "SELECT DISTINCT exceptions FROM sales_order WHERE status = 'exception'")
    reasons = {reason for (text_,) in waiting for reason in str(text_).split(",")}
    assert reasons == {"address", "phone", "price", "duplicate", "stock", "payment", "fraud"}
    assert rows(worlds[0], "SELECT COUNT(*) > 0 FROM sales_order WHERE hold_reason IS NOT NULL AND is_open = 1") == [
        (1,)
    ]


@pytest.mark.parametrize("name", ["desk", "busy_desk"])
def test_the_books_balance(name: str, tmp_path: Path) -> None:
    engine = empty_world(tmp_path / "world.db", NOW)
    fill(engine, SCENARIOS[name], 3, NOW)
    with reader(engine) as db:
        assert imbalances(context(db, NOW)) == []
    assert rows(engine, "SELECT COUNT(*) FROM sales_order") == [(SCENARIOS[name].orders,)]
    assert rows(engine, "SELECT COUNT(*) FROM event WHERE at > :now".replace(":now", str(NOW))) == [(0,)]
    assert rows(engine, "SELECT COUNT(*) FROM event a JOIN event b ON b.id = a.id + 1 WHERE b.at < a.at") == [(0,)]


@pytest.mark.parametrize("orders", [0, 1, 2])
def test_the_smallest_histories(orders: int, tmp_path: Path) -> None:
    engine = empty_world(tmp_path / "world.db", NOW)
    fill(engine, Scenario("tiny", orders=orders, days=1, skus=2), 1, NOW)
    with reader(engine) as db:
        assert imbalances(context(db, NOW)) == []
    assert rows(engine, "SELECT COUNT(*) FROM sales_order") == [(orders,)]


def test_a_second_history_goes_on_where_the_first_ended(tmp_path: Path) -> None:
    engine = empty_world(tmp_path / "world.db", NOW)
    scenario = Scenario("first", orders=300, days=5, skus=30)
    fill(engine, scenario, 1, NOW - 20 * 86_400)
    fill(engine, scenario, 2, NOW)
    with reader(engine) as db:
        assert imbalances(context(db, NOW)) == []
    assert rows(engine, "SELECT COUNT(*), COUNT(DISTINCT channel || number) FROM sales_order") == [(600, 600)]


@pytest.fixture(scope="module")
def quarter(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """Two months of a company of some size."""
    engine = empty_world(tmp_path_factory.mktemp("quarter") / "world.db", NOW)
    fill(engine, Scenario("quarter", orders=8_000, days=60), 5, NOW)
    return engine


def one(engine: Engine, statement: str) -> float:
    """The single figure that a statement gives."""
    return float(str(rows(engine, statement)[0][0]))


def test_parcels_are_late_about_as_often_as_in_life(quarter: Engine) -> None:
    settled = f"promised_at < {NOW - 5 * 86_400} AND handed_over_at IS NOT NULL"
    assert 0.915 < one(quarter, f"SELECT AVG(delivered_at <= promised_at) FROM sales_order WHERE {settled}") < 0.945
    assert 0.95 < one(quarter, f"SELECT AVG(handed_over_at <= ship_by_at) FROM sales_order WHERE {settled}") < 1.0


def test_buyers_sleep_at_night_and_order_at_weekends(quarter: Engine) -> None:
    local = "received_at + 28800, 'unixepoch'"
    weekend = one(quarter, f"SELECT AVG(strftime('%w', {local}) IN ('0', '6')) FROM sales_order")
    night = one(quarter, f"SELECT AVG(strftime('%H', {local}) BETWEEN '02' AND '05') FROM sales_order")
    evening = one(quarter, f"SELECT AVG(strftime('%H', {local}) BETWEEN '19' AND '22') FROM sales_order")
    assert 0.28 < weekend < 0.36
    assert night < 0.025
    assert evening > 0.25
    per_day = rows(quarter, f"SELECT COUNT(*) FROM sales_order GROUP BY date({local}) ORDER BY 1 DESC")
    assert float(str(per_day[0][0])) > 1.8 * float(str(per_day[len(per_day) // 2][0]))  # a campaign


def test_some_shelves_are_low_and_a_few_are_empty(quarter: Engine) -> None:
    available = (
        "(SELECT COALESCE(SUM(b.quantity), 0) FROM stock_balance b WHERE b.sku_id = t.sku_id"
        " AND b.warehouse_id = t.warehouse_id AND b.account = 'available')"
    )
    assert 8 <= one(quarter, f"SELECT COUNT(*) FROM stock_threshold t WHERE {available} <= t.low_quantity") <= 60
    assert one(quarter, f"SELECT COUNT(*) FROM stock_threshold t WHERE {available} = 0") == 5


_PRINT_DIGEST = """
import hashlib, sys
from pathlib import Path
import pysqlite3.dbapi2 as sqlite
from core.db.world_tables import world
from seed.templates import template
db = sqlite.connect(str(template("desk", 11, Path(sys.argv[1]))))
names = sorted(table.name for table in world.sorted_tables)
tables = [db.execute(f'SELECT * FROM "{name}" ORDER BY 1, 2').fetchall() for name in names]
print(sum(map(len, tables)), hashlib.sha256(repr(tables).encode()).hexdigest())
"""


def test_a_seed_gives_the_same_world_in_every_process(tmp_path: Path) -> None:
    digests = [
        subprocess.run(
            [sys.executable, "-c", _PRINT_DIGEST, str(tmp_path / hash_seed)],
            cwd=ROOT,
            env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for hash_seed in ("1", "2")
    ]
    assert digests[0] == digests[1]
    assert int(digests[0].split()[0]) > 5_000
