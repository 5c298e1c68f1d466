"""What sells per day, by SKU and warehouse: read from what orders reserved and gave back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from core.context import Context
from core.db.world_tables import DEMAND_WHERE
from core.db.worlds import read_meta, write_meta
from core.domain.facts import local_day
from core.domain.thresholds import Demand, demand_from_sums

Place = tuple[int, int]  # (SKU, warehouse)
_KEPT_DAYS = 200
_LATE_S = 600  # a day is closed when whoever began in its last seconds has long ended
_UNTIL = "demand_until"
_EPOCH = date(1970, 1, 1)

_SUM = (
    " SUM(CASE WHEN to_account = 'reserved' THEN quantity ELSE -quantity END) FROM stock_posting"
    f" WHERE at >= :begins_at AND at < :ends_at AND {DEMAND_WHERE}"
    " GROUP BY sku_id, from_warehouse_id"
)
_OF_A_DAY = text(f"SELECT sku_id, from_warehouse_id, {_SUM}")
_KEEP = text(
    f"INSERT INTO demand_day (sku_id, warehouse_id, day, units) SELECT sku_id, from_warehouse_id, :day, {_SUM}"
)
_FORGET = text("DELETE FROM demand_day WHERE day >= :day OR day < :oldest")
_SUMS = text(
    "SELECT sku_id, warehouse_id, SUM(units) AS units, SUM(units * units) AS squares FROM demand_day"
    " WHERE day >= :first AND day <= :last AND units > 0 GROUP BY sku_id, warehouse_id"
)
_WEEKS = text(
    "SELECT (:end - day) / 7 AS ago, sku_id, SUM(units) FROM demand_day"
    " WHERE day >= :first AND day <= :last AND units > 0 GROUP BY (:end - day) / 7, sku_id"
)
_FIRST_SEEN = text("SELECT sku_id, MIN(received_at) FROM lot GROUP BY sku_id")


@dataclass(frozen=True, slots=True)
class DemandBook:
    """What sells, and since when each SKU is known, over days that are over: `first` to `last`, which is yesterday.

    Shape: `sums` (SKU, warehouse) → (units, sum of the squares of daily units).
    """

    first: int
    last: int
    sums: dict[Place, tuple[int, int]]
    known_since: dict[int, int]

    def days_of(self, sku_id: int) -> int:
        """How many days there are to look at: none before the SKU was first received."""
        return max(0, self.last - max(self.first, self.known_since.get(sku_id, self.last + 1)) + 1)

    def demand(self, place: Place) -> Demand:
        """Mean and spread per day; days on which more came back than went out count 0."""
        units, squares = self.sums.get(place, (0, 0))
        return demand_from_sums(units, squares, self.days_of(place[0]))


def bring_demand(ctx: Context) -> int:
    """Adds up the days that are over since the last time; gives how many days were added.

    Why a table: summing 90 days of a million orders anew takes most of a second, a day's range of it milliseconds.
    """
    ctx.actor.need("engine.run")
    today = local_day(ctx.now - _LATE_S, ctx.world.timezone)
    first = max(int(read_meta(ctx.db).get(_UNTIL, "0")), today - _KEPT_DAYS)
    if first >= today:
        return 0
    if first == today - _KEPT_DAYS:
        first = max(first, _first_day(ctx, today))
    ctx.db.execute(_FORGET, {"day": first, "oldest": today - _KEPT_DAYS})
    for day in range(first, today):
        ctx.db.execute(_KEEP, _range(ctx, day) | {"day": day})
    write_meta(ctx.db, **{_UNTIL: today})
    return today - first


def demand_book(ctx: Context, days: int) -> DemandBook:
    """Demand of the last `days` days that are over: what is added up already, and the days since from the ledger.

    Raises: NotAllowed.
    """
    ctx.actor.need("stock.read")
    first, last, until = _span(ctx, days)
    values = {"first": first, "last": min(last, until - 1)}
    sums = {(row.sku_id, row.warehouse_id): (int(row.units), int(row.squares)) for row in ctx.db.execute(_SUMS, values)}
    for _, sku_id, warehouse_id, units in _from_ledger(ctx, max(first, until), last):
        before = sums.get((sku_id, warehouse_id), (0, 0))
        sums[(sku_id, warehouse_id)] = (before[0] + units, before[1] + units * units)
    seen = {sku_id: local_day(at, ctx.world.timezone) for sku_id, at in ctx.db.execute(_FIRST_SEEN)}
    return DemandBook(first, last, sums, seen)


def weekly_units(ctx: Context, book: DemandBook) -> dict[int, list[int]]:
    """Units per whole week of the book's days over all warehouses, the latest week last. Shape: SKU → weeks.

    Raises: NotAllowed.
    """
    ctx.actor.need("stock.read")
    first, last, until = _span(ctx, book.last - book.first + 1)
    weeks = {sku_id: [0] * (book.days_of(sku_id) // 7) for sku_id in book.known_since}
    found = [tuple(row) for row in ctx.db.execute(_WEEKS, {"first": first, "last": min(last, until - 1), "end": last})]
    for day, sku_id, _, units in _from_ledger(ctx, max(first, until), last):
        found.append(((last - day) // 7, sku_id, units))
    for ago, sku_id, units in found:
        if ago < len(weeks.get(sku_id, ())):
            weeks[sku_id][-1 - ago] += int(units)
    return weeks


def _span(ctx: Context, days: int) -> tuple[int, int, int]:
    """First and last day to look at, and the day from which on nothing is added up yet."""
    last = local_day(ctx.now, ctx.world.timezone) - 1
    return last - days + 1, last, int(read_meta(ctx.db).get(_UNTIL, "0"))


def _from_ledger(ctx: Context, first: int, last: int) -> Iterator[tuple[int, int, int, int]]:
    """Days that aren't added up yet. Shape: (day, SKU, warehouse, units above 0)."""
    for day in range(max(first, _first_day(ctx, first)), last + 1):
        for sku_id, warehouse_id, units in ctx.db.execute(_OF_A_DAY, _range(ctx, day)):
            if units > 0:
                yield day, sku_id, warehouse_id, int(units)


def _first_day(ctx: Context, otherwise: int) -> int:
    """The day of the first demand there ever was."""
    found = ctx.db.execute(text(f"SELECT MIN(at) FROM stock_posting WHERE {DEMAND_WHERE}")).scalar_one()
    return otherwise if found is None else local_day(int(found), ctx.world.timezone)


def _range(ctx: Context, day: int) -> dict[str, int]:
    """When a calendar day begins and ends."""
    return {"begins_at": _midnight(ctx, day), "ends_at": _midnight(ctx, day + 1)}


def _midnight(ctx: Context, day: int) -> int:
    on = _EPOCH + timedelta(days=day)
    return int(datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(ctx.world.timezone)).timestamp())


def demand_overdue(ctx: Context) -> bool:
    """Whether a day is over that isn't added up yet."""
    return int(read_meta(ctx.db).get(_UNTIL, "0")) < local_day(ctx.now - _LATE_S, ctx.world.timezone)
