"""What the demo company does with goods by itself: it orders what runs low, and works off what nobody has taken up."""

from __future__ import annotations

import math
import zlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
from sqlalchemy import Row, text

from core.context import Context
from core.domain.purchasing import Verdict
from core.services import purchasing, receiving
from core.services.bins import suggested_bins
from core.services.purchase_reads import get_purchase
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.services.stock import today_of
from seed.rhythm import HOUR
from seed.trade import catalogue

Command = Callable[[Context], object]
Due = tuple[int, Command]

# People come first: only what has waited so long is worked off by the house. Units: hours, from the least to the most.
_RECEIVED_AFTER = (10.0, 90.0)  # since the morning of the day it was expected on
_INSPECTED_AFTER = (3.0, 7.0)
_PUT_AWAY_AFTER = (3.0, 7.0)
_OPEN = text(
    "SELECT o.id, o.status, o.expected_on, (SELECT MAX(e.at) FROM event e WHERE e.subject = 'purchase:' || o.id"
    " AND e.order_id IS NULL) AS since FROM purchase_order o WHERE o.is_open = 1 ORDER BY o.id"
)
_LOW = text(
    "SELECT t.sku_id, t.warehouse_id, t.low_quantity, s.supplier_id, s.unit_cost_cents, s.least_quantity, p.lead_days"
    " FROM stock_threshold t JOIN supplier_sku s ON s.sku_id = t.sku_id JOIN supplier p ON p.id = s.supplier_id"
    " WHERE p.is_active = 1 AND t.low_quantity >= (SELECT COALESCE(SUM(b.quantity), 0) FROM stock_balance b"
    " WHERE b.sku_id = t.sku_id AND b.warehouse_id = t.warehouse_id AND b.account = 'available')"
    " AND NOT EXISTS (SELECT 1 FROM purchase_line l JOIN purchase_order o ON o.id = l.purchase_order_id"
    " WHERE o.is_open = 1 AND o.warehouse_id = t.warehouse_id AND l.sku_id = t.sku_id)"
    " ORDER BY t.sku_id, t.warehouse_id"
)


def goods_due(ctx: Context) -> list[Due]:
    """What of the open purchases is due to be worked off, with the time since when."""
    due = []
    for row in ctx.db.execute(_OPEN):
        step = _next_step(ctx, row)
        if step is not None and step[0] <= ctx.now:
            due.append(step)
    return due


def order_what_runs_low(ctx: Context, rng: np.random.Generator) -> list[Due]:
    """A purchase of one article that runs low somewhere and isn't on its way yet."""
    low = ctx.db.execute(_LOW).all()
    if not low:
        return []
    row = low[int(rng.integers(0, len(low)))]
    packs = math.ceil(row.low_quantity * int(rng.integers(4, 9)) / row.least_quantity)
    wanted = Wanted(row.sku_id, max(1, packs) * row.least_quantity, row.unit_cost_cents)
    day = (today_of(ctx) + timedelta(days=row.lead_days)).isoformat()
    return [(ctx.now, lambda ctx: purchasing.place_purchase(ctx, row.supplier_id, row.warehouse_id, day, [wanted]))]


def _luck(purchase_id: int, what: str) -> float:
    """A number from 0 to 1 that stays the same for a purchase and a step."""
    return zlib.crc32(f"{purchase_id}:{what}".encode()) / 2**32


def _next_step(ctx: Context, row: Row[Any]) -> Due | None:
    def after(start: int, span: tuple[float, float], what: str) -> int:
        return start + int((span[0] + (span[1] - span[0]) * _luck(row.id, what)) * HOUR)

    match row.status:
        case "ordered" | "partly_received":
            zone = ZoneInfo(ctx.world.timezone)
            morning = int(datetime.fromisoformat(row.expected_on).replace(tzinfo=zone).timestamp())
            at = max(after(morning, _RECEIVED_AFTER, "receive"), after(row.since, _INSPECTED_AFTER, "rest"))
            return at, partial(_receive, purchase_id=row.id)
        case "received":
            return after(row.since, _INSPECTED_AFTER, "inspect"), partial(_inspect, purchase_id=row.id)
        case "inspected":
            return after(row.since, _PUT_AWAY_AFTER, "put away"), partial(_put_away, purchase_id=row.id)
        case _:
            return None


def _receive(ctx: Context, purchase_id: int) -> None:
    """The lorry brings what is still waited for."""
    lives = {product.code: product.shelf_life_days for product in catalogue()}
    today = today_of(ctx)
    delivered = []
    for line in get_purchase(ctx, purchase_id).lines:
        life = lives.get(line.sku_code) or 365
        expires_on = (today + timedelta(days=life)).isoformat() if line.needs_date else None
        if line.progress.rest:
            delivered.append(Delivered(line.id, line.progress.rest, expires_on))
    receiving.receive_goods(ctx, purchase_id, delivered, f"LS-{purchase_id:05d}")


def _inspect(ctx: Context, purchase_id: int) -> None:
    for one in get_purchase(ctx, purchase_id).received:
        if one.uninspected:
            receiving.inspect_goods(ctx, one.id, Verdict(accepted=one.uninspected))


def _put_away(ctx: Context, purchase_id: int) -> None:
    file = get_purchase(ctx, purchase_id)
    for one in file.received:
        if one.to_put_away:
            found = suggested_bins(ctx, one.sku_id, file.warehouse_id, 1)
            receiving.put_away(ctx, one.id, one.to_put_away, found[0].id if found else None)
