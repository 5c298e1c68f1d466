"""The shelf by bins: follows every move of units onto the shelf, off it and within it."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import text

from core.context import Context
from core.domain.errors import RuleViolation
from core.domain.stock import SHELF, Move

_FLOOR = text("SELECT id FROM bin WHERE warehouse_id = :warehouse_id AND kind = 'floor'")
_LYING = (
    "SELECT s.bin_id, s.quantity FROM bin_stock s JOIN bin b ON b.id = s.bin_id"
    " WHERE s.sku_id = :sku_id AND s.lot_id = :lot_id AND b.warehouse_id = :warehouse_id AND s.quantity > 0"
    " AND (CAST(:bin_id AS bigint) IS NULL OR s.bin_id = :bin_id) ORDER BY b.walk, b.id"
)
_LYING_IN = {"sqlite": text(_LYING), "postgresql": text(f"{_LYING} FOR UPDATE OF s")}
_TAKE = text(
    "UPDATE bin_stock SET quantity = quantity - :quantity"
    " WHERE sku_id = :sku_id AND lot_id = :lot_id AND bin_id = :bin_id AND quantity >= :quantity"
)
_PUT = text(
    "INSERT INTO bin_stock (sku_id, lot_id, bin_id, quantity) VALUES (:sku_id, :lot_id, :bin_id, :quantity)"
    " ON CONFLICT (sku_id, lot_id, bin_id) DO UPDATE SET quantity = bin_stock.quantity + :quantity"
)
_KEEP = text(
    "INSERT INTO bin_posting (at, event_id, sku_id, lot_id, from_bin_id, to_bin_id, quantity)"
    " VALUES (:at, :event_id, :sku_id, :lot_id, :from_bin_id, :to_bin_id, :quantity)"
)
_IN_WAREHOUSE = text("SELECT 1 FROM bin WHERE id = :bin_id AND warehouse_id = :warehouse_id")


def floor_bin(ctx: Context, warehouse_id: int) -> int | None:
    """The bin of a warehouse where goods lie that nobody has put away; None where the warehouse uses no bins."""
    found = ctx.db.execute(_FLOOR, {"warehouse_id": warehouse_id}).scalar_one_or_none()
    return None if found is None else int(found)


def follow(ctx: Context, event_id: int, moves: Iterable[Move]) -> None:
    """Takes units that leave the shelf out of their bins, and lays those that come onto it into one.

    A move that names no bin takes in the order of the walk, and lays on the floor. What stays on the shelf, as a
    reservation does, touches no bin.
    Raises: RuleViolation where the bin that was named holds too few.
    """
    floors: dict[int, int | None] = {}

    def floor_of(warehouse_id: int) -> int | None:
        if warehouse_id not in floors:
            floors[warehouse_id] = floor_bin(ctx, warehouse_id)
        return floors[warehouse_id]

    for move in moves:
        leaves, comes = move.source.account in SHELF, move.target.account in SHELF
        if leaves and comes and move.source.warehouse_id == move.target.warehouse_id:
            continue
        if leaves and floor_of(move.source.warehouse_id) is not None:
            for bin_id, units in _lying(ctx, move):
                relocate(ctx, event_id, move.sku_id, move.lot_id, bin_id, None, units)
        if comes and (floor := floor_of(move.target.warehouse_id)) is not None:
            target = floor if leaves or move.bin_id is None else move.bin_id
            _need_in_warehouse(ctx, target, move.target.warehouse_id)
            relocate(ctx, event_id, move.sku_id, move.lot_id, None, target, move.quantity)


def _lying(ctx: Context, move: Move) -> list[tuple[int, int]]:
    """Which bins serve a move off the shelf. Shape: (bin, units)."""
    values = {
        "sku_id": move.sku_id,
        "lot_id": move.lot_id,
        "warehouse_id": move.source.warehouse_id,
        "bin_id": move.bin_id,
    }
    left, taken = move.quantity, list[tuple[int, int]]()
    for row in ctx.db.execute(_LYING_IN[ctx.db.dialect.name], values):
        units = min(left, row.quantity)
        taken.append((row.bin_id, units))
        left -= units
        if not left:
            return taken
    raise RuleViolation(
        "Only {found} of {wanted} units of lot {lot_id} lie in the bin that was named.",
        found=move.quantity - left,
        wanted=move.quantity,
        lot_id=move.lot_id,
    )


def _need_in_warehouse(ctx: Context, bin_id: int, warehouse_id: int) -> None:
    values = {"bin_id": bin_id, "warehouse_id": warehouse_id}
    if ctx.db.execute(_IN_WAREHOUSE, values).one_or_none() is None:
        raise RuleViolation("Bin {bin_id} isn't in warehouse {warehouse_id}.", **values)


def relocate(
    ctx: Context, event_id: int, sku_id: int, lot_id: int, source: int | None, target: int | None, units: int
) -> None:
    """Moves units of a lot from one bin to another; None is off the shelf. Raises: RuleViolation for too few."""
    if units <= 0:
        raise RuleViolation("A stock move needs a positive quantity, found {quantity}.", quantity=units)
    key = {"sku_id": sku_id, "lot_id": lot_id, "quantity": units}
    if source is not None and ctx.db.execute(_TAKE, key | {"bin_id": source}).rowcount != 1:
        raise RuleViolation("Bin {bin_id} holds fewer than {wanted} units of this lot.", bin_id=source, wanted=units)
    if target is not None:
        ctx.db.execute(_PUT, key | {"bin_id": target})
    ctx.db.execute(_KEEP, key | {"at": ctx.now, "event_id": event_id, "from_bin_id": source, "to_bin_id": target})
