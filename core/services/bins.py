"""Bins of a warehouse: laid out, found by what a scanner reads, suggested for goods, and goods moved between them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text

from core.context import Context
from core.db.bins import floor_bin, relocate
from core.db.history import hold_stock, need_open_period, record
from core.db.warehouse_tables import bin_place, bin_stock
from core.db.world_tables import sku
from core.domain.errors import NotFound, RuleViolation
from core.domain.purchasing import check_units
from core.domain.texts import typed
from core.services.stock import need_sku, need_warehouse

_MOST_BINS = 20_000
_SUGGESTED = text(
    "SELECT b.id, b.code, b.zone, b.walk, b.kind, COALESCE(SUM(s.quantity), 0) AS units,"
    " COALESCE(SUM(CASE WHEN s.sku_id = :sku_id THEN s.quantity END), 0) AS own"
    " FROM bin b LEFT JOIN bin_stock s ON s.bin_id = b.id AND s.quantity > 0"
    " WHERE b.warehouse_id = :warehouse_id AND b.kind = 'pick' GROUP BY b.id, b.code, b.zone, b.walk, b.kind"
    " HAVING COALESCE(SUM(s.quantity), 0) = 0"
    " OR COALESCE(SUM(CASE WHEN s.sku_id = :sku_id THEN s.quantity END), 0) > 0"
    " ORDER BY CASE WHEN COALESCE(SUM(CASE WHEN s.sku_id = :sku_id THEN s.quantity END), 0) > 0 THEN 0 ELSE 1 END,"
    " b.walk, b.id LIMIT :most"
)
_IN_BIN = text("SELECT quantity FROM bin_stock WHERE sku_id = :sku_id AND lot_id = :lot_id AND bin_id = :bin_id")
_SHELF = text(
    "SELECT sku_id, lot_id, SUM(quantity) AS units FROM stock_balance WHERE warehouse_id = :warehouse_id"
    " AND account IN ('available', 'reserved') GROUP BY sku_id, lot_id HAVING SUM(quantity) > 0 ORDER BY sku_id, lot_id"
)


@dataclass(frozen=True, slots=True)
class Bin:
    """A place on the shelf, in the order of the walk; `own` units are of the article that was asked about."""

    id: int
    code: str
    zone: str
    walk: int
    kind: str
    units: int = 0
    own: int = 0


def need_bin(ctx: Context, bin_id: int, warehouse_id: int | None = None) -> Row[Any]:
    """A bin's row, of this warehouse where one is given. Raises: NotFound, RuleViolation."""
    row = ctx.db.execute(select(bin_place).where(bin_place.c.id == bin_id)).one_or_none()
    if row is None:
        raise NotFound("Bin {bin_id} isn't here.", bin_id=bin_id)
    if warehouse_id is not None and row.warehouse_id != warehouse_id:
        raise RuleViolation("Bin {code} isn't in that warehouse.", code=row.code)
    return row


def find_bin(ctx: Context, warehouse_id: int, scanned: str) -> Row[Any]:
    """The bin of a warehouse that a scanner read or somebody typed, in any case of letters.

    Raises: NotFound for anything else.
    """
    ctx.actor.need("stock.read")
    wanted = typed(scanned)
    b = bin_place.c
    row = ctx.db.execute(
        select(bin_place).where(b.warehouse_id == warehouse_id, func.upper(b.code) == wanted.upper())
    ).one_or_none()
    if row is None:
        code = need_warehouse(ctx, warehouse_id).code
        raise NotFound("“{found}” is no bin of warehouse {warehouse}.", found=wanted, warehouse=code)
    return row


def bins_in(ctx: Context, warehouse_id: int) -> tuple[Bin, ...]:
    """Every bin of a warehouse in the order of the walk."""
    ctx.actor.need("stock.read")
    b = bin_place.c
    rows = ctx.db.execute(
        select(b.id, b.code, b.zone, b.walk, b.kind, func.coalesce(func.sum(bin_stock.c.quantity), 0))
        .select_from(bin_place.outerjoin(bin_stock, bin_stock.c.bin_id == b.id))
        .where(b.warehouse_id == warehouse_id)
        .group_by(b.id, b.code, b.zone, b.walk, b.kind)
        .order_by(b.walk, b.id)
    )
    return tuple(Bin(*row) for row in rows)


def suggested_bins(ctx: Context, sku_id: int, warehouse_id: int, most: int = 5) -> tuple[Bin, ...]:
    """Where to put an article: bins that hold it already, then empty ones, each nearest on the walk first.

    Why: an article in one place is found by every picker; nothing is mixed with other articles.
    """
    ctx.actor.need("stock.read")
    values = {"sku_id": sku_id, "warehouse_id": warehouse_id, "most": most}
    return tuple(
        Bin(row.id, row.code, row.zone, row.walk, row.kind, int(row.units), int(row.own))
        for row in ctx.db.execute(_SUGGESTED, values)
    )


def move_between_bins(ctx: Context, sku_id: int, lot_id: int, source: int, target: int, units: int) -> None:
    """Moves units of a lot to another bin of the same warehouse, reserved ones included.

    Raises: NotAllowed, NotFound, RuleViolation for too few units, or a bin elsewhere.
    """
    ctx.actor.need("stock.move")
    check_units(units)
    begin = need_bin(ctx, source)
    if source == target:
        raise RuleViolation("The goods lie in {code} already.", code=begin.code)
    end = need_bin(ctx, target, begin.warehouse_id)
    code = need_sku(ctx, sku_id).code
    hold_stock(ctx, [sku_id])
    if (lying := units_in_bin(ctx, sku_id, lot_id, source)) < units:
        raise RuleViolation(
            "Bin {code} holds {found} units of {sku} of this lot; {wanted} were to be moved.",
            code=begin.code,
            found=lying,
            sku=code,
            wanted=units,
        )
    need_open_period(ctx)
    data = {"warehouse": begin.warehouse_id, "lot": lot_id, "from_bin": begin.code, "to_bin": end.code, "units": units}
    relocate(ctx, record(ctx, "UnitsMoved", f"sku:{sku_id}", data), sku_id, lot_id, source, target, units)


def units_in_bin(ctx: Context, sku_id: int, lot_id: int, bin_id: int) -> int:
    """Units of a lot that lie in a bin."""
    values = {"sku_id": sku_id, "lot_id": lot_id, "bin_id": bin_id}
    return int(ctx.db.execute(_IN_BIN, values).scalar_one_or_none() or 0)


def bin_code(zone: str, aisle: int, rack: int) -> str:
    """What stands on a bin's label: A-02-07 is zone A, second aisle, seventh rack."""
    return f"{zone}-{aisle:02d}-{rack:02d}"


def lay_bins(ctx: Context, warehouse_id: int, zones: str, aisles: int, racks: int) -> int:
    """Gives a warehouse bins: zones of aisles of racks, walked up one aisle and down the next; the floor comes last.

    What is on the shelf lies on the floor afterwards, until it is moved into bins. Gives the number of bins.
    Raises: NotAllowed, NotFound, RuleViolation where there are bins already, or numbers that can't be.
    """
    ctx.actor.need("stock.layout")
    place = need_warehouse(ctx, warehouse_id)
    hold_stock(ctx, ctx.db.execute(select(sku.c.id)).scalars())  # nothing comes or goes while it is laid on the floor
    letters = list(dict.fromkeys(letter for letter in typed(zones).upper() if letter.isalpha() and letter.isascii()))
    if floor_bin(ctx, warehouse_id) is not None:
        raise RuleViolation("Warehouse {code} has its bins already.", code=place.code)
    if not letters or not 1 <= aisles <= 99 or not 1 <= racks <= 99 or len(letters) * aisles * racks > _MOST_BINS:
        raise RuleViolation("Bins need zones (letters), 1 to 99 aisles each and 1 to 99 racks in an aisle.")
    need_open_period(ctx)
    rows = layout(letters, aisles, racks)
    ctx.db.execute(bin_place.insert(), [row | {"warehouse_id": warehouse_id} for row in rows])
    floor = floor_bin(ctx, warehouse_id)
    event_id = record(ctx, "BinsLaid", f"warehouse:{warehouse_id}", {"warehouse": warehouse_id, "bins": len(rows)})
    for row in ctx.db.execute(_SHELF, {"warehouse_id": warehouse_id}).all():
        relocate(ctx, event_id, row.sku_id, row.lot_id, None, floor, int(row.units))
    return len(rows)


def layout(zones: list[str], aisles: int, racks: int) -> list[dict[str, Any]]:
    """Rows of bins without their warehouse, in the order of the walk; the floor is the last."""
    rows: list[dict[str, Any]] = []
    for zone in zones:
        for aisle in range(1, aisles + 1):
            order = range(1, racks + 1) if aisle % 2 else range(racks, 0, -1)  # up one aisle, down the next
            for rack in order:
                code = bin_code(zone, aisle, rack)
                rows.append({"code": code, "zone": zone, "walk": len(rows) + 1, "kind": "pick"})
    rows.append({"code": "FLOOR", "zone": "", "walk": len(rows) + 1, "kind": "floor"})
    return rows
