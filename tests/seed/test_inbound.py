"""The shelves and the goods on their way in: everything in a bin, work at every stage, and books that balance."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.db.engines import Databases, reader, transaction
from core.services.books import imbalances
from seed.base import lay_base
from seed.history import write_history
from seed.inbound import lay_inbound, seller_of, sellers
from seed.rhythm import DAY
from seed.scenario import PRACTICE_CLOCK_AT, SCENARIOS
from seed.shelves import barcode_of
from seed.trade import catalogue
from tests.seed.worlds import COLOURFUL, context, empty_world

NOW = PRACTICE_CLOCK_AT


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Engine:
    """A practice desk with its goods."""
    engine = empty_world(tmp_path_factory.mktemp("inbound") / "world.db", NOW)
    scenario = SCENARIOS["desk"]
    with transaction(engine) as db:
        ctx = context(db, NOW)
        lay_base(ctx.at(NOW - scenario.days * DAY), scenario, 11)
        write_history(ctx, scenario, 11)
        lay_inbound(ctx, 11)
    return engine


def column(engine: Engine, statement: str) -> list[object]:
    with reader(engine) as db:
        return list(db.execute(text(statement)).scalars())


def test_the_books_balance(world: Engine) -> None:
    with reader(world) as db:
        assert imbalances(context(db, NOW)) == []
    assert column(world, f"SELECT COUNT(*) FROM event WHERE at > {NOW}") == [0]


def test_every_warehouse_has_its_bins_and_most_goods_are_put_away(world: Engine) -> None:
    assert column(world, "SELECT COUNT(*) FROM bin WHERE kind = 'floor' GROUP BY warehouse_id") == [1, 1, 1, 1]
    lying = "SELECT SUM(s.quantity) FROM bin_stock s JOIN bin b ON b.id = s.bin_id GROUP BY b.kind ORDER BY b.kind"
    floor, shelf = column(world, lying)
    assert isinstance(floor, int) and isinstance(shelf, int)
    assert 0 < floor < shelf / 5


def test_there_is_work_at_every_stage(world: Engine) -> None:
    assert column(world, "SELECT DISTINCT status FROM purchase_order ORDER BY status") == [
        "inspected",
        "ordered",
        "partly_received",
        "put_away",
        "received",
    ]
    assert column(world, "SELECT status FROM transfer ORDER BY status") == ["on_the_way", "partly_arrived"]
    assert column(world, "SELECT DISTINCT status FROM adjustment") == ["waiting"]
    assert column(world, "SELECT DISTINCT status FROM returned_parcel") == ["arrived_back"]
    assert column(world, "SELECT COUNT(*) > 0 FROM stock_balance WHERE account = 'quarantine' AND quantity > 0") == [1]


def test_what_expires_goes_out_by_its_date(world: Engine) -> None:
    assert column(world, "SELECT DISTINCT issue_rule FROM sku ORDER BY issue_rule") == ["fefo", "fifo"]
    dateless = "SELECT COUNT(*) FROM lot l JOIN sku k ON k.id = l.sku_id WHERE k.issue_rule = 'fefo'"
    assert column(world, f"{dateless} AND l.expires_on IS NULL") == [0]


def test_sold_out_articles_stay_sold_out(tmp_path: Path) -> None:
    """Exercises and the desk's stock exceptions live from them."""
    engine = empty_world(tmp_path / "world.db", NOW)
    scenario = SCENARIOS["desk"]
    gone = (
        "SELECT sku_id * 100 + warehouse_id FROM stock_balance WHERE account = 'available'"
        " GROUP BY sku_id, warehouse_id HAVING SUM(quantity) = 0 ORDER BY 1"
    )
    with transaction(engine) as db:
        ctx = context(db, NOW)
        lay_base(ctx.at(NOW - scenario.days * DAY), scenario, 12)
        write_history(ctx, scenario, 12)
    before = column(engine, gone)
    with transaction(engine) as db:
        lay_inbound(context(db, NOW), 12)
    assert len(before) >= scenario.scarce
    assert set(before) <= set(column(engine, gone))


def test_a_second_call_changes_nothing(world: Engine) -> None:
    count = (
        "SELECT COUNT(*) FROM event UNION ALL SELECT COUNT(*) FROM bin UNION ALL SELECT COUNT(*) FROM purchase_order"
    )
    before = column(world, count)
    with transaction(world) as db:
        lay_inbound(context(db, NOW), 11)
    assert column(world, count) == before


def test_on_either_database(each_databases: Databases) -> None:
    with transaction(each_databases.live) as db:
        ctx = context(db, NOW)
        lay_base(ctx.at(NOW - COLOURFUL.days * DAY), COLOURFUL, 4)
        write_history(ctx, COLOURFUL, 4)
        lay_inbound(ctx, 4)
    with reader(each_databases.live) as db:
        assert imbalances(context(db, NOW)) == []


def test_a_tiny_company_has_shelves_too(tmp_path: Path) -> None:
    from seed.scenario import Scenario

    engine = empty_world(tmp_path / "world.db", NOW)
    scenario = Scenario("tiny", orders=2, days=1, skus=2)
    with transaction(engine) as db:
        ctx = context(db, NOW)
        lay_base(ctx.at(NOW - DAY), scenario, 1)
        write_history(ctx, scenario, 1)
        lay_inbound(ctx, 1)
    with reader(engine) as db:
        assert imbalances(context(db, NOW)) == []


def test_everybody_in_the_catalogue_is_sold_by_somebody() -> None:
    named = {category for seller in sellers() for category in seller.categories}
    assert {seller_of(product.code) for product in catalogue()} == set(range(1, len(sellers()) + 1))
    assert named <= {product.code.split("-")[0] for product in catalogue()}


@pytest.mark.parametrize(("number", "barcode"), [(1, "6900000000014"), (210, "6900000002100")])
def test_barcodes_have_a_check_digit(number: int, barcode: str) -> None:
    digits = [int(digit) for digit in barcode_of(number)]
    assert sum(digit * (3 if place % 2 else 1) for place, digit in enumerate(digits)) % 10 == 0
    assert barcode_of(number) == barcode
