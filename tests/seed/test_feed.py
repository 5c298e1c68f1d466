"""The live feed: it works through the services, keeps the books, lets only one process feed, and ends when told."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.worlds import write_meta
from core.domain.review import ReviewedOrder, address_faults, phone_is_plausible
from core.services import intake
from core.services.books import imbalances
from seed import feed as feed_module
from seed.arrivals import Arrivals
from seed.feed import Feed, run_feed
from seed.oddities import bad_address, bad_phone
from seed.scenario import PRACTICE_CLOCK_AT, Scenario
from tests.seed.worlds import fill

NOW = PRACTICE_CLOCK_AT
SMALL = Scenario("small", orders=150, days=5, skus=40)


@pytest.fixture
def demo(each_databases: Databases) -> Databases:
    """A demo's live world with a few days behind it."""
    fill(each_databases.live, SMALL, 4, NOW)
    with transaction(each_databases.live) as db:
        write_meta(db, scenario="demo")
    return each_databases


def counted(databases: Databases, statement: str) -> dict[str, int]:
    with reader(databases.live) as db:
        return {str(key): int(count) for key, count in db.execute(text(statement))}


def facts_since(databases: Databases, at: int) -> dict[str, int]:
    return counted(databases, f"SELECT kind, COUNT(*) FROM event WHERE at >= {at} GROUP BY kind")


def test_a_working_day_of_the_feed(demo: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feed_module, "_LIVELY_SECONDS", 120.0)
    feed = Feed(demo, seed=1)
    for minute in range(0, 9 * 60, 6):
        feed.turn(NOW + minute * 60)
    facts = facts_since(demo, NOW)
    assert {
        "OrderReceived", "OrderPaid", "OrderStopped", "OrderConfirmed", "OrderAllocated", "OrderReleased",
        "PickingStarted", "OrderPacked", "OrderShipped", "OrderDelivered",
    } <= set(facts)  # fmt: skip
    assert 20 < facts["OrderReceived"] < 110
    assert facts["OrderShipped"] > facts["OrderReceived"] // 2
    with reader(demo.live) as db:
        assert imbalances(Context(db, ENGINE, NOW, World("live", "live"))) == []


def test_only_one_process_feeds(demo: Databases) -> None:
    first, second = Feed(demo, seed=1), Feed(demo, seed=2)
    assert sum(first.turn(NOW + at) for at in range(0, 60, 3)) > 0
    before = facts_since(demo, NOW)
    assert [second.turn(NOW + at) for at in range(0, 60, 3)] == [0] * 20
    assert facts_since(demo, NOW) == before
    assert sum(second.turn(NOW + 600 + at) for at in range(0, 60, 3)) > 0  # nothing heard of the first any more
    assert [first.turn(NOW + 620 + at) for at in range(0, 30, 3)] == [0] * 10
    second.give_up()
    assert sum(first.turn(NOW + 660 + at) for at in range(0, 60, 3)) > 0


def test_a_world_that_is_no_demo_is_left_alone(each_databases: Databases) -> None:
    fill(each_databases.live, SMALL, 4, NOW)
    before = facts_since(each_databases, 0)
    assert [Feed(each_databases, seed=1).turn(NOW + at) for at in range(0, 600, 3)] == [0] * 200
    assert facts_since(each_databases, 0) == before


def test_it_ends_when_told(demo: Databases) -> None:
    stop = threading.Event()
    thread = threading.Thread(target=run_feed, args=(demo, stop, lambda: NOW))
    thread.start()
    stop.set()
    thread.join(timeout=20)
    assert not thread.is_alive()
    assert counted(demo, "SELECT key, 1 FROM meta WHERE key = 'feed'") == {}


def test_unpaid_orders_expire_and_old_ones_are_completed(demo: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.demo_work._PAY", 0.0)
    monkeypatch.setattr("seed.demo_work._SWEEP_CHANCE", 0.5)
    monkeypatch.setattr("seed.arrivals._PREPAID", 0.0)
    feed = Feed(demo, seed=1)
    for hour in range(0, 24 * 9, 6):
        feed.turn(NOW + hour * 3_600)
    facts = facts_since(demo, NOW)
    assert facts["OrderCompleted"] > 0
    assert facts["OrderExpired"] > 0
    overdue = counted(
        demo,
        "SELECT number, 1 FROM sales_order WHERE status = 'received' AND paid_cents = 0"
        f" AND received_at < {NOW + 7 * 86_400}",
    )
    assert overdue == {}


def test_more_stopped_orders_than_people_can_take_are_settled(demo: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.demo_work._LEFT_TO_PEOPLE", 3)
    stopped = "SELECT status, COUNT(*) FROM sales_order WHERE status = 'exception' AND hold_reason IS NULL GROUP BY 1"
    assert counted(demo, stopped)["exception"] > 3
    feed = Feed(demo, seed=1)
    monkeypatch.setattr(feed, "_let_arrive", lambda _ctx: None)
    for turn in range(40):
        feed.turn(NOW + turn * 3)
    assert counted(demo, stopped) == {"exception": 3}


def test_arrivals_stop_for_all_kinds_of_reasons(demo: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seed.arrivals._FAULTY", 1.0)
    rng = np.random.default_rng(5)
    with transaction(demo.live) as db:
        ctx = Context(db, ENGINE, NOW + 60, World("live", "live"))
        arrivals = Arrivals(ctx)
        ids = [arrivals.let_arrive(ctx.at(NOW + 60 + turn), rng) for turn in range(80)]
        reasons = Counter(reason for order_id in ids for reason in intake.reasons_now(ctx, order_id))
    assert {"address", "phone", "price", "duplicate", "payment", "fraud"} <= set(reasons)


@pytest.mark.parametrize("luck", [0.0, 0.2, 0.49, 0.5, 0.6, 0.74, 0.75, 0.9, 0.999])
@pytest.mark.parametrize(
    "street", ["中山路12号翡翠湾3栋1单元502室", "人民路8弄2号101室", "Room 302, No. 48 Beijing Road"]
)
def test_bad_values_are_bad(street: str, luck: float) -> None:
    good = ReviewedOrder(
        country="CN", region="CN-ZJ", city="杭州市", street=street, postcode="310012", buyer_name="陈思远",
        buyer_phone="13812345678", total_cents=1, paid_cents=1, lines=(), duplicates_count=0,
        buyer_is_blocked=False, needs_stock=False,
    )  # fmt: skip
    assert address_faults(good) == ()
    column, value = bad_address("CN-ZJ", street, luck)
    changed: dict[str, str] = {column: value}
    assert address_faults(replace(good, **changed)) == (column,)  # type: ignore[arg-type]
    assert not phone_is_plausible("CN", bad_phone("13812345678", luck))


def test_the_pools_pass_the_review(tmp_path: Path) -> None:
    from seed.pools import draw_buyers

    buyers = draw_buyers(9, 3_000)
    assert len(set(buyers.phone)) == len(buyers) == 3_000
    for i in range(len(buyers)):
        order = ReviewedOrder(
            country="CN", region=buyers.region[i], city=buyers.city[i], street=buyers.street[i],
            postcode=buyers.postcode[i], buyer_name=buyers.name[i], buyer_phone=buyers.phone[i], total_cents=1,
            paid_cents=1, lines=(), duplicates_count=0, buyer_is_blocked=False, needs_stock=False,
        )  # fmt: skip
        assert address_faults(order) == (), order
        assert phone_is_plausible("CN", order.buyer_phone)
