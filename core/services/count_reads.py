"""Stocktakes to look at: the list, one with its lines and what may be done with it, and what differences come to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, bindparam, select, text

from core.context import Context
from core.db.count_tables import stocktake
from core.db.warehouse_tables import bin_place
from core.db.world_tables import sku, stock_balance, warehouse
from core.domain.classes import Abc
from core.domain.counting import (
    COUNT_TRANSITIONS,
    ENTERING,
    Accuracy,
    Cause,
    CountKind,
    CountState,
    CountStatus,
    accuracy_of,
    count_refusal,
)
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import number_of
from core.services.classing import due_by_class
from core.services.counting import STOCKTAKE, scope_of, state_of_stocktake
from core.services.stock_policies import counting_policy

OPEN = (
    CountStatus.PLANNED,
    CountStatus.COUNTING,
    CountStatus.RECOUNT,
    CountStatus.COUNTED,
    CountStatus.APPROVED,
)
_SHOWN = 200
# A blind stocktake hides the book from whoever counts.
_OFF = "(NOT (s.is_blind = 1 AND s.status IN ('counting', 'recount')) AND l.counted_quantity <> l.expected_quantity)"
_LIST = text(
    "SELECT s.id, s.kind, s.status, s.is_blind, s.planned_at, s.planned_by, s.posted_at, s.note, w.id AS warehouse_id,"
    " w.code, w.name_en, w.name_zh, COUNT(l.id) AS lines, COALESCE(SUM(1 - l.is_due), 0) AS counted,"
    f" COALESCE(SUM(CASE WHEN {_OFF} THEN 1 ELSE 0 END), 0) AS off, COALESCE(SUM(CASE WHEN {_OFF} THEN"
    " (l.counted_quantity - l.expected_quantity) * l.unit_cost_cents ELSE 0 END), 0) AS value_cents"
    " FROM stocktake s JOIN warehouse w ON w.id = s.warehouse_id LEFT JOIN count_line l ON l.stocktake_id = s.id"
    " WHERE s.status IN :statuses GROUP BY s.id, w.id ORDER BY s.id DESC LIMIT :most"
).bindparams(bindparam("statuses", expanding=True))
_LINES = text(
    "SELECT l.id, l.position, b.code AS bin_code, k.code AS sku_code, k.barcode, k.name_en, k.name_zh, l.lot_id,"
    " t.received_at, t.expires_on, l.abc, l.unit_cost_cents, l.book_quantity, l.expected_quantity, l.counted_quantity,"
    " l.counted_at, l.counted_by, l.rounds, l.is_due, l.reason, l.note FROM count_line l JOIN sku k ON k.id = l.sku_id"
    " JOIN lot t ON t.id = l.lot_id LEFT JOIN bin b ON b.id = l.bin_id WHERE l.stocktake_id = :stocktake_id"
    " ORDER BY l.position"
)


@dataclass(frozen=True, slots=True)
class StocktakeRow:
    """One stocktake in the list. `off` and `value_cents` (by cost, signed) are None while a blind one is counted."""

    id: int
    number: str
    kind: CountKind
    status: CountStatus
    is_blind: bool
    warehouse_id: int
    warehouse: str
    warehouse_en: str
    warehouse_zh: str
    planned_at: int
    planned_by: str
    posted_at: int | None
    note: str
    lines: int
    counted: int
    off: int | None
    value_cents: int | None


@dataclass(frozen=True, slots=True)
class CountLine:
    """One place to count. What the book says is None while it is hidden; `difference` until it is counted."""

    id: int
    position: int
    bin_code: str
    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    lot_id: int
    received_at: int
    expires_on: str | None
    abc: Abc
    book: int | None
    expected: int | None
    counted: int | None
    difference: int | None
    value_cents: int | None
    within_tolerance: bool
    counted_at: int | None
    counted_by: str | None
    rounds: int
    is_due: bool
    reason: Cause | None
    note: str


@dataclass(frozen=True, slots=True)
class CauseSum:
    """What differences of one cause come to; `cause` is None for those nobody has explained."""

    cause: Cause | None
    lines: int
    units_up: int
    units_down: int
    value_cents: int


@dataclass(frozen=True, slots=True)
class StocktakeFile:
    """Everything about one stocktake.

    Shape: `refusals` command → why the machine refuses it to this person now, None where it may go; a command that
    the person lacks the right for is left out.
    """

    row: StocktakeRow
    version: int
    has_bins: bool
    skus: tuple[str, ...]
    categories: tuple[str, ...]
    zones: tuple[str, ...]
    started_at: int | None
    counted_at: int | None
    approved_at: int | None
    approved_by: str | None
    lines: tuple[CountLine, ...]
    sees_book: bool
    accuracy: Accuracy
    causes: tuple[CauseSum, ...]
    refusals: dict[str, RuleViolation | None]
    now: int
    timezone: str

    @property
    def takes_counts(self) -> bool:
        """Whether counts can be entered now."""
        return self.row.status in ENTERING


def stocktakes_in(ctx: Context, *, open_only: bool = True) -> tuple[StocktakeRow, ...]:
    """Stocktakes, the latest first; of those that are over the last two hundred. Raises: NotAllowed."""
    ctx.actor.need("stock.read")
    statuses = [status.value for status in (OPEN if open_only else CountStatus)]
    return tuple(_row(row) for row in ctx.db.execute(_LIST, {"statuses": statuses, "most": _SHOWN}))


def _row(row: Row[Any]) -> StocktakeRow:
    hidden = bool(row.is_blind) and row.status in ENTERING
    return StocktakeRow(
        id=row.id,
        number=number_of(STOCKTAKE, row.id),
        kind=CountKind(row.kind),
        status=CountStatus(row.status),
        is_blind=bool(row.is_blind),
        warehouse_id=row.warehouse_id,
        warehouse=row.code,
        warehouse_en=row.name_en,
        warehouse_zh=row.name_zh,
        planned_at=row.planned_at,
        planned_by=row.planned_by,
        posted_at=row.posted_at,
        note=row.note,
        lines=int(row.lines),
        counted=int(row.counted),
        off=None if hidden else int(row.off),
        value_cents=None if hidden else int(row.value_cents),
    )


def get_stocktake(ctx: Context, stocktake_id: int) -> StocktakeFile:
    """One stocktake with all its lines. Raises: NotAllowed, NotFound."""
    ctx.actor.need("stock.read")
    raw = ctx.db.execute(select(stocktake).where(stocktake.c.id == stocktake_id)).one_or_none()
    if raw is None:
        raise NotFound("Stocktake {stocktake_id} isn't here.", stocktake_id=stocktake_id)
    statuses = {"statuses": [raw.status], "most": 10**9}
    row = next(_row(found) for found in ctx.db.execute(_LIST, statuses) if found.id == stocktake_id)
    sees = not (row.is_blind and row.status in ENTERING)
    found = ctx.db.execute(_LINES, {"stocktake_id": stocktake_id}).all()
    lines = tuple(_line(line, sees) for line in found)
    scope = scope_of(raw)
    codes = ctx.db.execute(select(sku.c.code).where(sku.c.id.in_(scope.skus)).order_by(sku.c.code)).scalars()
    pairs = [(line.expected_quantity, line.counted_quantity) for line in found if line.rounds] if sees else []
    return StocktakeFile(
        row=row,
        version=raw.version,
        has_bins=ctx.db.execute(
            select(bin_place.c.id).where(bin_place.c.warehouse_id == row.warehouse_id).limit(1)
        ).first()
        is not None,
        skus=tuple(codes),
        categories=scope.categories,
        zones=scope.zones,
        started_at=raw.started_at,
        counted_at=raw.counted_at,
        approved_at=raw.approved_at,
        approved_by=raw.approved_by,
        lines=lines,
        sees_book=sees,
        accuracy=accuracy_of(pairs),
        causes=_causes(lines),
        refusals=_refusals(ctx, state_of_stocktake(ctx, raw)),
        now=ctx.now,
        timezone=ctx.world.timezone,
    )


def _line(line: Row[Any], sees: bool) -> CountLine:
    counted = None if line.counted_at is None else int(line.counted_quantity)
    off = counted - line.expected_quantity if sees and counted is not None else None
    tolerance = counting_policy().tolerance[Abc(line.abc)]
    return CountLine(
        id=line.id,
        position=line.position,
        bin_code=line.bin_code or "",
        sku_code=line.sku_code,
        barcode=line.barcode,
        name_en=line.name_en,
        name_zh=line.name_zh,
        lot_id=line.lot_id,
        received_at=line.received_at,
        expires_on=line.expires_on,
        abc=Abc(line.abc),
        book=int(line.book_quantity) if sees else None,
        expected=int(line.expected_quantity) if sees and counted is not None else None,
        counted=counted,
        difference=off,
        value_cents=None if off is None else off * line.unit_cost_cents,
        within_tolerance=off is not None and tolerance.takes(off, line.expected_quantity, line.unit_cost_cents),
        counted_at=line.counted_at,
        counted_by=line.counted_by,
        rounds=line.rounds,
        is_due=bool(line.is_due),
        reason=Cause(line.reason) if line.reason else None,
        note=line.note,
    )


def _causes(lines: Sequence[CountLine]) -> tuple[CauseSum, ...]:
    """Differences by cause, the dearest first."""
    sums: dict[Cause | None, list[int]] = {}
    for line in lines:
        if line.difference:
            held = sums.setdefault(line.reason, [0, 0, 0, 0])
            held[0] += 1
            held[1] += max(0, line.difference)
            held[2] += max(0, -line.difference)
            held[3] += line.value_cents or 0
    found = (CauseSum(cause, *held) for cause, held in sums.items())
    return tuple(sorted(found, key=lambda one: one.value_cents))


def _refusals(ctx: Context, state: CountState) -> dict[str, RuleViolation | None]:
    return {row.command: count_refusal(row.command, state) for row in COUNT_TRANSITIONS if ctx.actor.may(row.right)}


@dataclass(frozen=True, slots=True)
class CountChoices:
    """What can be chosen when a stocktake is planned for a warehouse.

    Shape: `warehouses` id → (code, English, Chinese); `articles` id → (code, English, Chinese) of what lies there.
    """

    warehouses: dict[int, tuple[str, str, str]]
    articles: dict[int, tuple[str, str, str]]
    categories: tuple[str, ...]
    zones: tuple[str, ...]
    due: dict[Abc, int]


def count_choices(ctx: Context, warehouse_id: int | None) -> CountChoices:
    """What a stocktake of a warehouse (the first, where none is named) can be narrowed to. Raises: NotAllowed."""
    ctx.actor.need("stock.count")
    w, b = warehouse.c, stock_balance.c
    places = {
        row.id: (row.code, row.name_en, row.name_zh)
        for row in ctx.db.execute(select(w.id, w.code, w.name_en, w.name_zh).where(w.id != 0).order_by(w.id))
    }
    here = warehouse_id if warehouse_id is not None and warehouse_id in places else next(iter(places), 0)
    lying = select(b.sku_id).where(b.warehouse_id == here, b.account.in_(("available", "reserved")), b.quantity > 0)
    articles = ctx.db.execute(
        select(sku.c.id, sku.c.code, sku.c.name_en, sku.c.name_zh, sku.c.category)
        .where(sku.c.id.in_(lying))
        .order_by(sku.c.code)
    ).all()
    zones = ctx.db.execute(
        select(bin_place.c.zone).where(bin_place.c.warehouse_id == here, bin_place.c.zone != "").distinct()
    ).scalars()
    return CountChoices(
        warehouses=places,
        articles={row.id: (row.code, row.name_en, row.name_zh) for row in articles},
        categories=tuple(sorted({row.category for row in articles})),
        zones=tuple(sorted(zones)),
        due=due_by_class(ctx, here),
    )
