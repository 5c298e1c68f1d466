"""What the demo company does with goods by itself: it leaves them to people first, and orders what runs low once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text

from core.db.engines import reader, transaction
from core.services.books import imbalances
from seed.base import lay_base
from seed.goods_work import goods_due, order_what_runs_low
from seed.history import write_history
from seed.inbound import lay_inbound
from seed.rhythm import DAY, HOUR
from seed.scenario import PRACTICE_CLOCK_AT, SCENARIOS
from tests.seed.worlds import context, empty_world

NOW = PRACTICE_CLOCK_AT


@pytest.fixture
def world(tmp_path: Path) -> Engine:
    """A practice desk with its goods."""
    engine = empty_world(tmp_path / "world.db", NOW)
    scenario = SCENARIOS["desk"]
    with transaction(engine) as db:
        ctx = context(db, NOW)
        lay_base(ctx.at(NOW - scenario.days * DAY), scenario, 11)
        write_history(ctx, scenario, 11)
        lay_inbound(ctx, 11)
    return engine


def count(engine: Engine, status: str) -> int:
    with reader(engine) as db:
        found = text("SELECT COUNT(*) FROM purchase_order WHERE status = :status")
        return int(db.execute(found, {"status": status}).scalar_one())


def work(engine: Engine, now: int) -> int:
    """Carries out what is due; gives how much it was."""
    with reader(engine) as db:
        due = goods_due(context(db, now))
    for _, command in sorted(due, key=lambda one: one[0]):
        with transaction(engine) as db:
            command(context(db, now))
    return len(due)


def test_fresh_work_is_left_to_people(world: Engine) -> None:
    before = count(world, "received")
    work(world, NOW)
    assert count(world, "received") >= before > 0


def test_in_the_end_everything_is_put_away_and_the_books_balance(world: Engine) -> None:
    now = NOW
    for _ in range(60):
        now += 6 * HOUR
        work(world, now)
    assert count(world, "put_away") == 28
    with reader(world) as db:
        assert imbalances(context(db, now)) == []
        assert goods_due(context(db, now)) == []


def test_what_runs_low_is_ordered_once(world: Engine) -> None:
    with transaction(world) as db:
        db.execute(text("UPDATE stock_threshold SET low_quantity = 0 WHERE sku_id <> 1 OR warehouse_id <> 1"))
        db.execute(text("UPDATE stock_threshold SET low_quantity = 100000 WHERE sku_id = 1 AND warehouse_id = 1"))
        db.execute(text("DELETE FROM supplier_sku WHERE sku_id <> 1"))
    for wanted in (1, 0):
        with transaction(world) as db:
            ctx = context(db, NOW)
            found = order_what_runs_low(ctx, np.random.default_rng(4))
            assert len(found) == wanted
            for _, command in found:
                command(ctx)
