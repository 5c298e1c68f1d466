"""Stocktakes and stock alerts of the demo: one posted, one that waits for approval, one that is being counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.context import Actor, Context
from core.db.count_tables import count_line
from core.domain.counting import CountStatus
from core.services import count_entries, count_posting, counting, demand, stock_alerts
from seed.rhythm import DAY, HOUR, MINUTE
from seed.streams import stream

_l = count_line.c
# How often a place is off, and by how much; most of what is missing was picked wrongly or broken.
_OFF = 0.06
_BY = (-3, -2, -1, -1, 1, 2)
_CAUSES = ("mispick", "breakage", "misplaced", "receipt", "unknown")


@dataclass(frozen=True, slots=True)
class CountingPeople:
    """Who counts in the demo, and who approves; nobody does both."""

    keeper: Actor
    approver: Actor


def lay_counts(ctx: Context, people: CountingPeople, seed: int) -> None:
    """Lays the stocktakes of the last days, and the alerts that stand since an hour."""
    _posted(ctx, people, seed)
    _waiting(ctx, people, seed)
    _under_way(ctx, people)
    demand.bring_demand(ctx)
    stock_alerts.evaluate_alerts(ctx.at(ctx.now - HOUR))
    stock_alerts.evaluate_alerts(ctx)


def _posted(ctx: Context, people: CountingPeople, seed: int) -> None:
    """Last week's cycle count in the first warehouse, on the book by now."""
    then = ctx.at(ctx.now - 6 * DAY).by(people.keeper)
    number = _counted(then, 1, seed, "posted")
    approving = then.at(then.now + 5 * HOUR).by(people.approver)
    counting.approve_stocktake(approving, number)
    count_posting.post_stocktake(approving.at(approving.now + 10 * MINUTE), number)


def _waiting(ctx: Context, people: CountingPeople, seed: int) -> None:
    """Yesterday's cycle count in the second warehouse, explained and waiting for somebody else's approval."""
    _counted(ctx.at(ctx.now - DAY).by(people.keeper), 2, seed, "waiting")


def _under_way(ctx: Context, people: CountingPeople) -> None:
    """A blind cycle count of the dear articles in the third warehouse: begun an hour ago, a few places counted."""
    here = ctx.at(ctx.now - HOUR).by(people.keeper)
    number = counting.plan_stocktake(here, 3, "cycle", blind=True, classes=("A",))
    counting.start_count(here, number)
    first = _lines(here, number, due=True)[:8]
    count_entries.enter_counts(here.at(here.now + 20 * MINUTE), number, {line.id: line.book_quantity for line in first})


def _counted(ctx: Context, warehouse_id: int, seed: int, name: str) -> int:
    """A cycle count with a few differences, counted twice where it had to be, and explained; gives its id."""
    rng = stream(seed, f"counts-{name}")
    number = counting.plan_stocktake(ctx, warehouse_id, "cycle", blind=False)
    counting.start_count(ctx, number)
    found: dict[int, int] = {}
    for line in _lines(ctx, number, due=True):
        change = int(rng.choice(_BY)) if rng.random() < _OFF else 0
        found[line.id] = max(0, line.book_quantity + change)
    count_entries.enter_counts(ctx.at(ctx.now + 2 * HOUR), number, found)
    if counting.finish_count(ctx.at(ctx.now + 2 * HOUR), number) is CountStatus.RECOUNT:
        again = {line.id: found[line.id] for line in _lines(ctx, number, due=True)}
        count_entries.enter_counts(ctx.at(ctx.now + 3 * HOUR), number, again)
        counting.finish_count(ctx.at(ctx.now + 3 * HOUR), number)
    for line in _lines(ctx, number, due=False):
        if line.counted_quantity != line.expected_quantity:
            cause = str(rng.choice(_CAUSES))
            counting.explain_differences(ctx.at(ctx.now + 4 * HOUR), number, (line.id,), cause)
    return number


def _lines(ctx: Context, number: int, *, due: bool) -> Sequence[Any]:
    found = select(count_line).where(_l.stocktake_id == number, _l.is_due == int(due)).order_by(_l.position)
    return ctx.db.execute(found).all()
