"""The books as people look at them: what is off, what stock is worth, what goods cost, and which periods are closed."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, insert, select, text

from core.context import Context
from core.db.book_tables import book_check
from core.db.history import actor_name
from core.db.warehouse_tables import period_close
from core.domain.stock import BOUNDLESS
from core.services.books import Imbalance, parts

MOST_KEPT = 1_000  # findings; a world with more has one cause for all of them
_QUARTER_HOUR = 900  # no calendar's months begin between two of them
_OUTSIDE = ", ".join(f"'{account.value}'" for account in sorted(BOUNDLESS))
_VALUES = text(
    "SELECT b.warehouse_id, b.account, SUM(b.quantity) AS units, SUM(b.quantity * l.unit_cost_cents) AS value_cents"
    " FROM stock_balance b JOIN lot l ON l.id = b.lot_id"
    f" WHERE b.quantity <> 0 AND b.account NOT IN ({_OUTSIDE}) GROUP BY b.warehouse_id, b.account"
)
_COSTS = text(
    "SELECT p.at / 900 AS quarter,"
    " SUM(CASE WHEN p.to_account = 'in_transit' THEN p.quantity * l.unit_cost_cents ELSE 0 END) AS sold_cents,"
    " SUM(CASE WHEN p.to_account = 'in_transit' THEN 0 ELSE p.quantity * l.unit_cost_cents END) AS returned_cents"
    " FROM stock_posting p JOIN lot l ON l.id = p.lot_id"
    " WHERE (p.from_account = 'picked' AND p.to_account = 'in_transit' AND p.order_line_id IS NOT NULL)"
    " OR (p.from_account IN ('customer', 'in_transit') AND p.to_account = 'return_inspection')"
    " GROUP BY p.at / 900"
)
_LAYERS = text(
    "SELECT w.code AS warehouse, k.code AS sku, l.id AS lot, l.received_at, l.expires_on, b.account, b.quantity,"
    " l.unit_cost_cents, b.quantity * l.unit_cost_cents AS value_cents FROM stock_balance b"
    " JOIN lot l ON l.id = b.lot_id JOIN sku k ON k.id = b.sku_id JOIN warehouse w ON w.id = b.warehouse_id"
    f" WHERE b.quantity <> 0 AND b.account NOT IN ({_OUTSIDE}) ORDER BY w.code, k.code, l.received_at, l.id, b.account"
)


@dataclass(frozen=True, slots=True)
class Value:
    """What lies in an account of a warehouse, by the cost of its lots. Units: units of stock, cents."""

    warehouse_id: int
    account: str
    units: int
    value_cents: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What goods that went out in a month had cost, lot by lot as they were issued, and what came back of them.

    Units: cents; `month` is `YYYY-MM` in the world's calendar.
    """

    month: str
    sold_cents: int
    returned_cents: int


@dataclass(frozen=True, slots=True)
class Look:
    """The books of one moment: everything that is off, what stock is worth, what goods cost by month.

    `event_id` is the last event of that moment. Units: `took_ms` in milliseconds.
    """

    at: int
    event_id: int
    actor: str
    took_ms: int
    off_count: int
    findings: tuple[Imbalance, ...]
    values: tuple[Value, ...]
    costs: tuple[Cost, ...]

    @property
    def is_straight(self) -> bool:
        """Whether everything adds up."""
        return self.off_count == 0


@dataclass(frozen=True, slots=True)
class Closing:
    """A period that was closed: up to when, when, and by whom."""

    until_at: int
    at: int
    actor: str


def look_through(ctx: Context, stopwatch: Callable[[], float], tell: Callable[[int, int], None]) -> Look:
    """Looks the books through; `tell` hears how many parts are done, of how many.

    Units: `stopwatch` gives seconds. On PostgreSQL the context has to see one moment throughout.
    Raises: NotAllowed.
    """
    ctx.actor.need("books.read")
    begun = stopwatch()
    last = int(ctx.db.execute(text("SELECT COALESCE(MAX(id), 0) FROM event")).scalar_one())
    work = parts()
    found: list[Imbalance] = []
    for done, part in enumerate(work):
        tell(done, len(work) + 1)
        found += part(ctx)
    tell(len(work), len(work) + 1)
    values, costs = tuple(_values(ctx)), tuple(_costs(ctx))
    took = round(1_000 * (stopwatch() - begun))
    return Look(ctx.now, last, actor_name(ctx), took, len(found), tuple(found[:MOST_KEPT]), values, costs)


def _values(ctx: Context) -> Iterator[Value]:
    for row in ctx.db.execute(_VALUES):
        yield Value(row.warehouse_id, row.account, int(row.units), int(row.value_cents))


def _costs(ctx: Context) -> Iterator[Cost]:
    zone = ZoneInfo(ctx.world.timezone)
    months: dict[str, list[int]] = {}
    for row in ctx.db.execute(_COSTS):
        month = datetime.fromtimestamp(int(row.quarter) * _QUARTER_HOUR, UTC).astimezone(zone).strftime("%Y-%m")
        sums = months.setdefault(month, [0, 0])
        sums[0] += int(row.sold_cents)
        sums[1] += int(row.returned_cents)
    return (Cost(month, *sums) for month, sums in sorted(months.items(), reverse=True))


def keep_look(ctx: Context, look: Look) -> int:
    """Keeps what was found, for whoever looks next and for closing a period; gives its id.

    Raises: NotAllowed.
    """
    ctx.actor.need("books.read")
    found = {
        "findings": [asdict(one) for one in look.findings],
        "values": [asdict(one) for one in look.values],
        "costs": [asdict(one) for one in look.costs],
    }
    key = ctx.db.execute(
        insert(book_check).values(
            at=look.at,
            event_id=look.event_id,
            actor=look.actor,
            took_ms=look.took_ms,
            off_count=look.off_count,
            found=json.dumps(found, ensure_ascii=False, separators=(",", ":")),
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def last_look(ctx: Context) -> Look | None:
    """What was found when the books were last looked through. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    row = ctx.db.execute(select(book_check).order_by(book_check.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    found = json.loads(row.found)
    return Look(
        row.at,
        row.event_id,
        row.actor,
        row.took_ms,
        row.off_count,
        tuple(Imbalance(**one) for one in found["findings"]),
        tuple(Value(**one) for one in found["values"]),
        tuple(Cost(**one) for one in found["costs"]),
    )


def events_since(ctx: Context, look: Look) -> int:
    """How many events there are that a look doesn't know. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    query = text("SELECT COUNT(*) FROM event WHERE id > :id")
    return int(ctx.db.execute(query, {"id": look.event_id}).scalar_one())


def recent_looks(ctx: Context, most: int = 20) -> list[Row[Any]]:
    """The last looks, newest first. Shape: at, actor, took_ms, off_count, event_id. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    c = book_check.c
    found = select(c.at, c.actor, c.took_ms, c.off_count, c.event_id).order_by(c.id.desc()).limit(most)
    return list(ctx.db.execute(found))


def closings(ctx: Context, most: int = 20) -> list[Closing]:
    """The periods that were closed, newest first. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    c = period_close.c
    found = select(c.until_at, c.at, c.actor).order_by(c.id.desc()).limit(most)
    return [Closing(row.until_at, row.at, row.actor) for row in ctx.db.execute(found)]


def layers(ctx: Context) -> Iterator[Row[Any]]:
    """Every lot that is in the house, account by account, with what it cost. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    yield from ctx.db.execute(_LAYERS)


def order_ids(ctx: Context, numbers: list[str]) -> dict[str, int]:
    """The orders behind numbers that findings name; a number of several channels' is left out. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    known = _ids(ctx, "sales_order", "number", numbers)
    return {number: ids[0] for number, ids in known.items() if len(ids) == 1}


def shipment_ids(ctx: Context, numbers: list[str]) -> dict[str, int]:
    """The shipments behind numbers that findings name. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    return {number: ids[0] for number, ids in _ids(ctx, "shipment", "number", numbers).items()}


def sku_codes(ctx: Context) -> dict[int, str]:
    """What the articles are called by. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    return {row.id: row.code for row in ctx.db.execute(text("SELECT id, code FROM sku"))}


def warehouse_names(ctx: Context) -> dict[int, tuple[str, str]]:
    """The warehouses. Shape: id → (English, Chinese) name. Raises: NotAllowed."""
    ctx.actor.need("books.read")
    found = ctx.db.execute(text("SELECT id, name_en, name_zh FROM warehouse ORDER BY id"))
    return {row.id: (row.name_en, row.name_zh) for row in found}


def _ids(ctx: Context, table: str, column: str, values: list[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    query = text(f"SELECT id FROM {table} WHERE {column} = :value ORDER BY id LIMIT 2")
    for value in dict.fromkeys(values[:MOST_KEPT]):
        if ids := [int(one) for one in ctx.db.execute(query, {"value": value}).scalars()]:
            found[value] = ids
    return found
