"""The fold: every event counts once, in any number of sittings, and a rebuild comes to the same."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from sqlalchemy import Connection, text

from core.context import ENGINE, Context, World
from core.db import fold as fold_module
from core.db.engines import Databases, reader, transaction
from core.db.fold import fold, fold_if_free, rebuild, watermark
from core.db.history import record
from core.domain.facts import OrderDims, status_fact
from core.domain.orders import Fact
from core.services import orders
from tests.metrics.story import DAY, HOUR, Story, begin

LIVE = World("live", "live")


@pytest.fixture
def story(each_databases: Databases, clock: int) -> Iterator[Story]:
    """A story on each database, told up to a delivery, a cancellation and an order nobody paid."""
    told = begin(each_databases, clock)
    first = told.receive(0, cents=10_000)
    second = told.receive(60, channel="jd", region="CN-GD", cents=20_000)
    told.receive(120, channel="jd", cents=5_000, paid=False)
    told.ship(first, 6 * HOUR)
    told.cancel(second, 7 * HOUR)
    told.deliver(first, 2 * DAY)
    told.expire(3 * DAY)
    yield told


def _cells(databases: Databases) -> dict[tuple[str, int, str, str], tuple[int, int]]:
    with reader(databases.live) as db:
        rows = db.execute(text("SELECT metric, at, a, b, n, value FROM cell")).all()
    return {(row[0], row[1], row[2], row[3]): (row[4], row[5]) for row in rows}


def test_a_story_comes_to_these_cells(story: Story, clock: int) -> None:
    folded = fold(story.desk.databases.live)
    cells = _cells(story.desk.databases)
    day = 20_530  # 2026-03-18
    with reader(story.desk.databases.live) as db:
        assert folded == db.execute(text("SELECT count(*) FROM event")).scalar_one()
    assert {key: found for key, found in cells.items() if key[0].split(".")[0] == "orders"} == {
        ("orders", day, "", ""): (3, 10_000),
        ("orders.c", day, "tmall", ""): (1, 10_000),
        ("orders.c", day, "jd", ""): (2, 0),
        ("orders.w", day, "1", ""): (2, 10_000),
        ("orders.w", day, "2", ""): (1, 0),
        ("orders.r", day, "CN-SH", ""): (2, 10_000),
        ("orders.r", day, "CN-GD", ""): (1, 0),
        ("orders.cw", day, "tmall", "1"): (1, 10_000),
        ("orders.cw", day, "jd", "1"): (1, 0),
        ("orders.cw", day, "jd", "2"): (1, 0),
        ("orders.cr", day, "tmall", "CN-SH"): (1, 10_000),
        ("orders.cr", day, "jd", "CN-SH"): (1, 0),
        ("orders.cr", day, "jd", "CN-GD"): (1, 0),
        ("orders.wr", day, "1", "CN-SH"): (2, 10_000),
        ("orders.wr", day, "2", "CN-GD"): (1, 0),
    }
    # Only where the orders stand in the end: what they passed through has come to nothing and is gone.
    assert {key: found for key, found in cells.items() if key[0] in ("status.delivered", "status.cancelled")} == {
        ("status.delivered", day, "", ""): (1, 10_000),
        ("status.cancelled", day, "", ""): (1, 20_000),
    }
    assert {key[0] for key in cells if key[0].startswith("status.") and key[0].count(".") == 1} == {
        "status.delivered",
        "status.cancelled",
        "status.expired",
    }
    assert cells["delivered", day + 2, "", ""] == (1, 2 * DAY)
    assert cells["promised", day + 2, "", ""] == (1, 0)
    assert cells["due", day + 4, "", ""] == (1, 0)
    assert cells["paid", day, "CNY", "jd"] == (1, 20_000)
    assert cells["gross", day, "CNY", "jd"] == (2, 25_000)
    assert cells["regions", 0, "CN-SH", ""] == (2, 0)


def test_event_by_event_and_all_at_once_come_to_the_same(
    story: Story, clock: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    databases = story.desk.databases
    fold(databases.live)
    at_once = _cells(databases)
    monkeypatch.setattr(fold_module, "BATCH", 1)
    assert rebuild(databases.live) > 20
    assert _cells(databases) == at_once


def test_folding_as_one_goes_and_a_rebuild_come_to_the_same(each_databases: Databases, clock: int) -> None:
    """Cells that rise and fall back to nothing on the way are gone, as if they never had been."""
    told, live = begin(each_databases, clock), each_databases.live
    fold(live)
    for step in range(6):
        order_id = told.receive(step * 7 * HOUR, channel=("tmall", "jd")[step % 2], cents=4_000 + step)
        fold(live)
        if step % 3 == 2:
            told.cancel(order_id, step * 7 * HOUR + 60)
        else:
            told.ship(order_id, step * 7 * HOUR + 3 * HOUR)
            assert fold_if_free(live) > 0
            told.deliver(order_id, step * 7 * HOUR + 90 * HOUR + step * HOUR)
        fold(live)
    as_it_went = _cells(each_databases)
    assert not [key for key, found in as_it_went.items() if found == (0, 0)]
    rebuild(live)
    assert _cells(each_databases) == as_it_went
    assert fold(live) == 0


def test_an_order_whose_region_was_corrected_counts_where_it_goes(each_databases: Databases, clock: int) -> None:
    told = begin(each_databases, clock)
    order_id = told.receive(0, paid=False)
    fold(each_databases.live)
    with told.desk.work() as ctx:
        orders.amend_order(ctx, order_id, {"region": "CN-GD", "city": "广州市", "postcode": "510000"}, "Corrected.")
    fold(each_databases.live)
    cells = _cells(each_databases)
    assert [key[2] for key in cells if key[0] == "orders.r"] == ["CN-GD"]
    assert [key[2] for key in cells if key[0] == "orders.w"] == ["2"]
    assert [key[2] for key in cells if key[0] == "regions"] == ["CN-GD"]
    assert cells["orders", 20_530, "", ""] == (1, 10_000)


def test_two_folds_at_once_count_once(each_databases: Databases, clock: int) -> None:
    told = begin(each_databases, clock)
    for number in range(12):
        told.receive(number * 60)
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(fold(each_databases.live))) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    cells = _cells(each_databases)
    assert cells["orders", 20_530, "", ""] == (12, 120_000)
    with reader(each_databases.live) as db:
        assert sum(counts) == db.execute(text("SELECT count(*) FROM event")).scalar_one()


def test_a_board_does_not_wait_for_somebody_who_writes(databases: Databases, clock: int) -> None:
    told = begin(databases, clock)
    told.receive(0)
    with transaction(databases.live):
        assert fold_if_free(databases.live) == 0
    assert fold_if_free(databases.live) > 0
    with databases.live.connect() as db:  # the connection it used is patient again
        assert db.execute(text("PRAGMA busy_timeout")).scalar_one() == 30_000


def test_the_watermark_moves_with_events_and_with_cells(each_databases: Databases, clock: int) -> None:
    told = begin(each_databases, clock)
    marks = []
    for step in (lambda: None, lambda: told.receive(0), lambda: fold(each_databases.live)):
        step()
        with reader(each_databases.live) as db:
            marks.append(watermark(db))
    assert len(set(marks)) == 3


def test_days_are_cut_by_the_worlds_calendar(databases: Databases) -> None:
    """Half an hour before midnight in Shanghai and half an hour after it are two days; in Lisbon they are one."""
    found = []
    for timezone in ("Asia/Shanghai", "Europe/Lisbon"):
        with transaction(databases.live) as db:
            db.execute(text("DELETE FROM meta"))
            db.execute(text("INSERT INTO meta (key, value) VALUES ('timezone', :zone)"), {"zone": timezone})
            if timezone == "Asia/Shanghai":
                for at in (1_773_847_800, 1_773_851_400):  # 2026-03-18 23:30 and 2026-03-19 00:30 in Shanghai
                    _received(db, at)
        rebuild(databases.live)
        found.append(sorted(key[1] for key in _cells(databases) if key[0] == "orders"))
    assert found == [[20_530, 20_531], [20_530]]


def _received(db: Connection, at: int) -> int:
    data = status_fact(
        OrderDims("tmall", "CN-SH", 1, at, 500, False), None, "received", {"currency": "CNY", "total_cents": 500}
    )
    return record(Context(db, ENGINE, at, LIVE), Fact.RECEIVED, "order:1", data, order_id=1)


@pytest.mark.postgres
def test_transactions_that_end_out_of_order_all_count_once(postgres: Databases, clock: int) -> None:
    """The younger transaction takes the lower id and ends last: its event appears behind the cursor's id."""
    live = postgres.live
    with live.connect() as older, live.connect() as younger:
        ours, theirs = older.begin(), younger.begin()
        older.execute(text("SELECT pg_current_xact_id()"))
        low = _received(younger, clock)
        high = _received(older, clock)
        assert low < high
        ours.commit()
        assert fold(live) == 1, "the committed one counts: its transaction is older than every open one"
        theirs.commit()
        assert fold(live) == 1
    assert _cells(postgres)["orders", 20_530, "", ""] == (2, 1_000)
    assert fold(live) == 0


@pytest.mark.postgres
def test_nothing_passes_a_transaction_that_is_still_open(postgres: Databases, clock: int) -> None:
    live = postgres.live
    with live.connect() as open_one:
        waiting = open_one.begin()
        _received(open_one, clock)
        with transaction(live) as db:
            _received(db, clock)
        assert fold(live) == 0
        waiting.commit()
    assert fold(live) == 2


def test_cells_counted_by_older_rules_are_made_anew(story: Story) -> None:
    live = story.desk.databases.live
    fold(live)
    cells = _cells(story.desk.databases)
    with transaction(live) as db:
        db.execute(text("UPDATE meta SET value = '0' WHERE key = 'cells'"))
        db.execute(text("UPDATE cell SET n = n + 7"))
    assert fold(live) > 20
    assert _cells(story.desk.databases) == cells
    assert fold(live) == 0


def test_what_is_no_step_of_an_order_counts_nothing(databases: Databases, clock: int) -> None:
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, clock, LIVE)
        record(ctx, Fact.HELD, "order:1", {"reason": "x"}, order_id=1)
        record(ctx, "StockAdjusted", "sku:1", {"warehouse": 1, "change": 3})
    assert fold(databases.live) == 2
    assert _cells(databases) == {}
