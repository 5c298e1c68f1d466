"""Thresholds per SKU and warehouse: set by hand, or by the formula and then renewed with demand."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, select, text

from core.context import Context
from core.db.alert_tables import stock_threshold
from core.db.history import actor_name, record
from core.db.world_tables import sku, warehouse
from core.domain.alerts import AlertFact
from core.domain.errors import NotFound, RuleViolation
from core.domain.texts import typed
from core.services.demand import Place
from core.services.stock_outlook import Outlook, outlooks, thresholds_in

MOST = 1_000_000
HAND, FORMULA = "hand", "formula"
_SET = text(
    "INSERT INTO stock_threshold (sku_id, warehouse_id, low_quantity, high_quantity, source, set_at, set_by)"
    " VALUES (:sku_id, :warehouse_id, :low, :high, :source, :set_at, :set_by) ON CONFLICT (sku_id, warehouse_id)"
    " DO UPDATE SET low_quantity = excluded.low_quantity, high_quantity = excluded.high_quantity,"
    " source = excluded.source, set_at = excluded.set_at, set_by = excluded.set_by"
)


def set_threshold(ctx: Context, sku_id: int, warehouse_id: int, low: int, high: int | None = None) -> None:
    """Sets by hand when a SKU's stock in a warehouse is low, and when there is too much; None minds no upper limit.

    Raises: NotAllowed, NotFound, RuleViolation for limits that can't be, or when nothing changes.
    """
    ctx.actor.need("stock.threshold")
    if ctx.db.execute(select(sku.c.id).where(sku.c.id == sku_id)).one_or_none() is None:
        raise NotFound("SKU {sku_id} isn't here.", sku_id=sku_id)
    known = select(warehouse.c.id).where(warehouse.c.id == warehouse_id, warehouse.c.id != 0)
    if ctx.db.execute(known).one_or_none() is None:
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
    if not 0 <= low <= MOST or (high is not None and not 0 <= high <= MOST):
        raise RuleViolation("A threshold is 0 to {most} units.", most=MOST)
    if high is not None and high <= low:
        raise RuleViolation("The upper limit has to be above the lower one.")
    before = thresholds_in(ctx).get((sku_id, warehouse_id))
    if before is not None and (before.low, before.high, before.source) == (low, high, HAND):
        raise RuleViolation("Nothing was changed.")
    _write(ctx, {(sku_id, warehouse_id): (low, high)}, HAND)


def forget_threshold(ctx: Context, sku_id: int, warehouse_id: int) -> None:
    """Minds a SKU's stock in a warehouse no longer. Raises: NotAllowed, RuleViolation where there is no threshold."""
    ctx.actor.need("stock.threshold")
    t = stock_threshold.c
    if (sku_id, warehouse_id) not in thresholds_in(ctx):
        raise RuleViolation("There is no threshold to take away.")
    record(ctx, AlertFact.THRESHOLD_SET, f"sku:{sku_id}", {"warehouse": warehouse_id, "low": None})
    ctx.db.execute(delete(stock_threshold).where(t.sku_id == sku_id, t.warehouse_id == warehouse_id))


def use_formula(ctx: Context, places: Sequence[Place]) -> int:
    """Sets thresholds by the formula, from now on renewed every day; gives how many.

    Shape: `places` (SKU, warehouse).
    Raises: NotAllowed, RuleViolation where none of them has enough days of demand.
    """
    ctx.actor.need("stock.threshold")
    wanted = set(places)
    found = _by_formula(outlook for place, outlook in outlooks(ctx).items() if place in wanted)
    if not found:
        raise RuleViolation("There are too few days of demand to reckon with; set the threshold by hand.")
    _write(ctx, found, FORMULA)
    return len(found)


def renew_thresholds(ctx: Context) -> int:
    """Brings the thresholds that follow the formula up to date with demand; gives how many changed.

    Raises: NotAllowed.
    """
    ctx.actor.need("engine.run")
    followed = (
        outlook
        for outlook in outlooks(ctx).values()
        if outlook.threshold is not None and outlook.threshold.source == FORMULA
    )
    kept = thresholds_in(ctx)
    changed = {
        place: limits
        for place, limits in _by_formula(followed).items()
        if limits != (kept[place].low, kept[place].high)
    }
    _write(ctx, changed, FORMULA)
    return len(changed)


def _by_formula(found: Iterable[Outlook]) -> dict[Place, tuple[int, int | None]]:
    """Reorder point and upper limit where there is enough to reckon with."""
    return {
        outlook.place: (outlook.levels.reorder_point, outlook.high_by_formula)
        for outlook in found
        if outlook.levels is not None
    }


def _write(ctx: Context, limits: dict[Place, tuple[int, int | None]], source: str) -> None:
    rows = [
        {
            "sku_id": sku_id,
            "warehouse_id": warehouse_id,
            "low": low,
            "high": high,
            "source": source,
            "set_at": ctx.now,
            "set_by": actor_name(ctx),
        }
        for (sku_id, warehouse_id), (low, high) in sorted(limits.items())
    ]
    for row in rows if len(rows) == 1 else ():
        data = {"warehouse": row["warehouse_id"], "low": row["low"], "high": row["high"], "source": source}
        record(ctx, AlertFact.THRESHOLD_SET, f"sku:{row['sku_id']}", data)
    if len(rows) > 1:
        record(ctx, AlertFact.THRESHOLD_SET, "sku:*", {"thresholds": len(rows), "source": source})
    if rows:
        ctx.db.execute(_SET, rows)


def set_typed(ctx: Context, sku_id: int, warehouse_id: int, low: str, high: str) -> None:
    """Sets a threshold as somebody typed it; an empty upper limit is none. Raises: see `set_threshold`."""
    limits = [typed(low), typed(high) or "0"]
    if not all(part.isascii() and part.isdigit() and len(part) <= 12 for part in limits):
        raise RuleViolation("A threshold is 0 to {most} units.", most=MOST)
    set_threshold(ctx, sku_id, warehouse_id, int(limits[0]), int(limits[1]) if typed(high) else None)
