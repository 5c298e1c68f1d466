"""Open orders that will probably come late, and how well such predictions did on past parcels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text

from core.context import Context
from core.db.world_tables import sales_order
from core.domain.buckets import middle_of
from core.domain.facts import local_day
from core.domain.increments import SPAN_DAYS, lane
from core.domain.risk import BackTest, Outcome, Survival, Verdict, back_test, judge
from core.metrics.cache import cached, kept
from core.metrics.delivery import OVERDUE, overdue_values
from core.metrics.filters import Filter

AT_RISK = 0.5  # more likely late than not
LEARN_SPANS = 3  # the current span and the two before it
NAMED = 8  # orders at risk that are given with their numbers
_FOREVER = 1 << 60
MODELS = ("total", "transit")  # since receipt, for orders in the house; since hand-over, for those on the road


@dataclass(frozen=True, slots=True)
class Risk:
    """One open order whose promise still lies ahead."""

    order_id: int
    risk: float
    on_the_road: bool
    promised_at: int


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Open orders with a promise ahead, and those of them that will more likely be late than not.

    `expected_late` is the sum of all risks. `orders` holds the ones at risk, the highest risk first; `numbers` the
    order numbers of the first of them.
    """

    judged_n: int
    unknown_n: int
    at_risk_n: int
    expected_late: float
    orders: tuple[Risk, ...]
    numbers: dict[int, str]


_OPEN = text(
    "SELECT id, warehouse_id, region, received_at, handed_over_at, promised_at " + OVERDUE  # the same index serves
)
_LANES = text("SELECT a, b, SUM(n) FROM cell WHERE metric = :metric AND at BETWEEN :first AND :last GROUP BY a, b")
_PARCELS = text(
    "SELECT COALESCE(SUM(n), 0), COALESCE(SUM(value), 0) FROM cell"
    " WHERE metric IN (:case, :lane) AND at BETWEEN :first AND :last"
)
_CASES = text("SELECT a, b, n, value FROM cell WHERE metric = :metric AND at = :span")


@cached
def at_risk(ctx: Context, wanted: Filter, now: int) -> AtRisk:
    """Judges every open order whose promise lies ahead of `now`; the period doesn't matter."""
    rows = ctx.db.execute(_OPEN, overdue_values(wanted, now, _FOREVER)).all()
    span = local_day(now, ctx.world.timezone) // SPAN_DAYS
    unknown, expected = 0, 0.0
    risky: list[Risk] = []
    for model in MODELS:
        mine = [row for row in rows if (row[4] is not None) == (model == "transit")]
        if mine:
            verdict, risks = _judged(_survival(ctx, model, span), model, mine, now)
            unknown += verdict.unknown_n
            expected += verdict.expected_late
            risky += risks
    risky.sort(key=lambda risk: (-risk.risk, risk.promised_at, risk.order_id))
    named = _numbers(ctx, [risk.order_id for risk in risky[:NAMED]])
    return AtRisk(len(rows), unknown, len(risky), expected, tuple(risky), named)


def _judged(survival: Survival, model: str, rows: Sequence[Row[Any]], now: int) -> tuple[Verdict, list[Risk]]:
    """What a model says of the orders of a slice."""
    ids, warehouses, regions, received, handed_over, promised = zip(*rows, strict=True)
    ways = list(zip(warehouses, regions, strict=True))
    names = {way: lane(*way) for way in set(ways)}
    starts = handed_over if model == "transit" else received
    verdict = judge(survival, [names[way] for way in ways], starts, promised, now, AT_RISK)
    return verdict, [Risk(ids[at], risk, model == "transit", promised[at]) for at, risk in verdict.risky]


def _numbers(ctx: Context, ids: list[int]) -> dict[int, str]:
    if not ids:
        return {}
    found = ctx.db.execute(select(sales_order.c.id, sales_order.c.number).where(sales_order.c.id.in_(ids)))
    return {row.id: row.number for row in found}


@cached
def _survival(ctx: Context, model: str, span: int) -> Survival:
    """What past parcels of the current span and the two before it say."""
    values = {"metric": f"lane.{model}", "first": span - LEARN_SPANS + 1, "last": span}
    return Survival({(way, int(bucket)): int(n) for way, bucket, n in ctx.db.execute(_LANES, values)})


def risk_back_test(ctx: Context, model: str, today: int) -> BackTest | None:
    """The same prediction for the parcels of the last three spans, learned only from the spans before each.

    Shape: a prediction is made when the parcel sets out, `today` in days since 1970-01-01.
    """
    span = today // SPAN_DAYS
    values = {"case": f"case.{model}", "lane": f"lane.{model}", "first": span - LEARN_SPANS - 2, "last": span}
    # Only deliveries change it, and each of them changes these sums.
    parcels_n, late_n = ctx.db.execute(_PARCELS, values).one()
    return _back_test(ctx, model, span, int(parcels_n), int(late_n))


@kept
def _back_test(ctx: Context, model: str, last_span: int, _parcels_n: int, _late_n: int) -> BackTest | None:
    outcomes: list[Outcome] = []
    for span in range(last_span - 2, last_span + 1):
        rows = ctx.db.execute(_CASES, {"metric": f"case.{model}", "span": span}).all()
        if not rows:
            continue
        allowed = [middle_of(int(bucket)) for _, bucket, _, _ in rows]
        lanes = [way for way, _, _, _ in rows]
        risks = _survival(ctx, model, span - 1).risks(lanes, [0.0] * len(rows), allowed).tolist()
        outcomes += [Outcome(risk, n, late) for (_, _, n, late), risk in zip(rows, risks, strict=True) if risk == risk]
    return back_test(outcomes)
