"""The process map: what orders received in a period really went through, read from the event log."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from core.context import Context
from core.domain.deviations import Deviation, deviations_in, orders_deviating
from core.domain.trail_variants import Variant, orders_of_variant, variants_in
from core.domain.trails import (
    KINDS,
    Activity,
    Step,
    Trails,
    activities_in,
    ended,
    moving,
    orders_on_step,
    orders_with,
    path_of,
    steps_in,
    trails_of,
)
from core.metrics.cache import bulky, cached
from core.metrics.filters import Filter, day_start
from core.metrics.orders import orders_received

MOST_ORDERS = 25_000  # orders whose facts are read; of more, an even sample is
MOST_VARIANTS = 50
_SIEVE = 65_536

_CODE = " ".join(f"WHEN '{kind}' THEN {number}" for number, kind in enumerate(KINDS, 1))
# The facts come as one text of numbers, which numpy reads in an instant: rows of Python objects take three times as
# long (measured). The odd factor spreads neighbouring ids over the sieve, so that a sample is even over the period.
_FACTS = (
    "SELECT {joined} FROM (SELECT (CASE o.fulfilled_by WHEN 'us' THEN o.id ELSE -o.id END) || ',' || e.at || ',' ||"
    f" (CASE e.kind {_CODE} ELSE 0 END) AS fact FROM sales_order o JOIN event e ON e.order_id = o.id"
    " WHERE o.received_at >= :since AND o.received_at < :until{narrowed}"
    f" AND (o.id * 40503) % {_SIEVE} < :passed ORDER BY o.received_at, o.id, e.id) AS facts"
)
# Both keep to the order of what they join.
_JOINED = {"sqlite": "group_concat(fact, ',')", "postgresql": "string_agg(fact, ',')"}
_NARROWED = {
    "channel": " AND o.channel = :channel",
    "warehouse": " AND o.warehouse_id = :warehouse",
    "region": " AND o.region = :region",
}


@dataclass(frozen=True, slots=True)
class Question:
    """Which orders and which of their facts a map is of.

    `moves_only` leaves out facts that don't move an order; `ended_only` leaves out orders that are still open.
    """

    filter: Filter
    moves_only: bool = False
    ended_only: bool = False


@dataclass(frozen=True, slots=True)
class ProcessMap:
    """What the orders of a period went through.

    `orders_count` is how many of them were looked at, `all_count` how many there are; where it is more, the map is of
    an even sample. `variants_count` counts the ways there are, of which the most frequent are listed.
    """

    orders_count: int
    all_count: int
    facts_count: int
    activities: tuple[Activity, ...]
    steps: tuple[Step, ...]
    variants: tuple[Variant, ...]
    variants_count: int
    deviations: tuple[Deviation, ...]

    @property
    def is_sample(self) -> bool:
        """Whether only a part of the orders was looked at."""
        return self.all_count > MOST_ORDERS


@bulky
def trails_in(ctx: Context, wanted: Filter) -> tuple[Trails, int]:
    """The trails of the orders received in a period, or of an even sample of them, and how many orders there are.

    Raises: NotAllowed; RuleViolation when channel, warehouse and region are all chosen.
    """
    all_count = orders_received(ctx, wanted).n
    zone = ctx.world.timezone
    values: dict[str, object] = {
        "since": day_start(wanted.from_day, zone),
        "until": day_start(wanted.to_day + 1, zone),
        "passed": _SIEVE if all_count <= MOST_ORDERS else _SIEVE * MOST_ORDERS // all_count,
    }
    narrowed = ""
    for name, condition in _NARROWED.items():
        if (value := getattr(wanted, name)) is not None:
            narrowed += condition
            values[name] = value
    statement = _FACTS.format(joined=_JOINED[ctx.db.dialect.name], narrowed=narrowed)
    return trails_of(ctx.db.execute(text(statement), values).scalar_one() or ""), all_count


def _trails(ctx: Context, question: Question) -> tuple[Trails, int]:
    trails, all_count = trails_in(ctx, question.filter)
    if question.ended_only:
        trails = ended(trails)
    return (moving(trails) if question.moves_only else trails), all_count


@cached
def process_map(ctx: Context, question: Question) -> ProcessMap:
    """What the orders received in a period went through, by the facts of the log up to now.

    Raises: NotAllowed; RuleViolation when channel, warehouse and region are all chosen.
    """
    trails, all_count = _trails(ctx, question)
    variants, variants_count = variants_in(trails, MOST_VARIANTS)
    return ProcessMap(
        trails.orders_count,
        all_count,
        len(trails.order),
        activities_in(trails),
        steps_in(trails),
        variants,
        variants_count,
        deviations_in(trails),
    )


def taking_step(ctx: Context, question: Question, source: str, target: str) -> list[tuple[int, int]]:
    """The orders in which one fact directly followed another, the longest wait first. Shape: (order id, seconds)."""
    return orders_on_step(_trails(ctx, question)[0], source, target)


def having(ctx: Context, question: Question, kind: str) -> list[int]:
    """The orders that a kind of fact happened to, the newest first."""
    return orders_with(_trails(ctx, question)[0], kind)


def going(ctx: Context, question: Question, path: tuple[str, ...]) -> list[int]:
    """The orders that went exactly this way, the newest first."""
    return orders_of_variant(_trails(ctx, question)[0], path)


def departing(ctx: Context, question: Question, deviation: Deviation) -> list[int]:
    """The orders that depart from the machine in this way, the newest first."""
    return orders_deviating(_trails(ctx, question)[0], deviation)


def path_of_order(ctx: Context, question: Question, order_id: int) -> tuple[str, ...]:
    """The way that an order of the map went; empty where it isn't on the map."""
    trails, _ = _trails(ctx, question)
    return path_of(trails.kind[trails.order == order_id])
