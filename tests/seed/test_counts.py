"""The demo's stocktakes: one on the book, one that waits for somebody else, one under way; and alerts that stand."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy import select, text

from core.context import ENGINE, Context, World
from core.db.count_tables import count_line, stocktake
from core.db.engines import Databases, reader, transaction
from core.services.books import imbalances
from core.services.count_reads import get_stocktake
from seed.base import lay_base
from seed.counts import CountingPeople, lay_counts
from seed.history import write_history
from seed.inbound import lay_inbound
from seed.rhythm import DAY
from seed.scenario import get_scenario

LIVE = World("live", "live")


def test_three_stocktakes_and_what_alerts(databases: Databases, clock: int) -> None:
    scenario = replace(get_scenario("demo"), orders=900, days=30)
    people = CountingPeople(replace(ENGINE, person_id=5), replace(ENGINE, person_id=7))
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, clock, LIVE)
        lay_base(ctx.at(clock - 30 * DAY), scenario, 7)
        write_history(ctx, scenario, 7)
        lay_inbound(ctx, 7)
        lay_counts(ctx, people, 7)
    with reader(databases.live) as db:
        ctx = Context(db, ENGINE, clock, LIVE)
        assert list(db.execute(select(stocktake.c.status).order_by(stocktake.c.id)).scalars()) == [
            "posted", "counted", "counting",
        ]  # fmt: skip
        assert set(db.execute(select(count_line.c.counted_by).distinct()).scalars()) == {"person:5", None}
        waiting = get_stocktake(ctx.by(people.approver), 2)
        assert waiting.refusals["approve"] is None
        assert sum(one.lines for one in waiting.causes) > 0
        assert imbalances(ctx) == []
        assert db.execute(text("SELECT COUNT(*) FROM stock_alert WHERE state = 'alerting'")).scalar_one() > 0
        assert db.execute(text("SELECT COUNT(*) FROM demand_day")).scalar_one() > 100
