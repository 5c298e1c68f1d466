"""What comes into the demo company's warehouses: suppliers, purchases, transfers, corrections and returns."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from sqlalchemy import Row, select, text

from core.context import Context
from core.db.bulk import insert_rows
from core.db.inbound_tables import purchase_line, receipt_line, supplier, supplier_sku, transfer_line
from core.db.world_tables import sku
from core.domain.purchasing import Verdict
from core.services import adjustments, purchasing, receiving, returned_goods, transfers
from core.services.bins import suggested_bins
from core.services.goods_policies import adjusting_policy
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.services.stock import today_of
from core.services.transfers import Sending
from seed.rhythm import DAY, HOUR
from seed.shelves import lay_shelves, mark_articles
from seed.streams import stream
from seed.trade import catalogue, depots

_COST_SHARE = (0.42, 0.63)
_STOCK = text(
    "SELECT b.sku_id, k.code, k.list_price_cents, SUM(b.quantity) AS units"
    " FROM stock_balance b JOIN sku k ON k.id = b.sku_id"
    " WHERE b.warehouse_id = :warehouse_id AND b.account = 'available'"
    " GROUP BY b.sku_id, k.code, k.list_price_cents HAVING SUM(b.quantity) > 0 ORDER BY SUM(b.quantity), b.sku_id"
)
_DELIVERED = text(
    "SELECT o.id, o.warehouse_id FROM sales_order o WHERE o.status = 'delivered' AND o.fulfilled_by = 'us'"
    " AND o.delivered_at < :before ORDER BY o.delivered_at DESC, o.id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class Seller:
    """A supplier of the demo company; see suppliers.toml."""

    code: str
    name_en: str
    name_zh: str
    lead_days: int
    least: int
    categories: tuple[str, ...]


@cache
def sellers() -> tuple[Seller, ...]:
    """The suppliers, the one that sells whatever is left last."""
    raw = tomllib.loads((Path(__file__).parent / "suppliers.toml").read_text(encoding="utf-8"))["supplier"]
    return tuple(Seller(s["code"], s["en"], s["zh"], s["lead_days"], s["least"], tuple(s["categories"])) for s in raw)


def seller_of(sku_code: str) -> int:
    """The number of the supplier, from 1, that sells an article."""
    for number, seller in enumerate(sellers(), start=1):
        if sku_code.split("-")[0] in seller.categories:
            return number
    return len(sellers())


def lay_inbound(ctx: Context, seed: int) -> None:
    """Lays shelves and suppliers where they are missing, and purchases, transfers, corrections and returns to work on.

    It comes after the history: what is on the shelf by then goes into the bins.
    """
    mark_articles(ctx)
    lay_shelves(ctx, seed)
    if ctx.db.execute(select(supplier.c.id).limit(1)).first() is not None:
        return
    costs = _write_suppliers(ctx, stream(seed, "suppliers"))
    rng = stream(seed, "purchases")
    for warehouse_id in range(1, len(depots()) + 1):
        _lay_purchases(ctx, warehouse_id, costs, rng)
    _lay_transfers(ctx)
    _lay_corrections(ctx, costs)
    _lay_returns(ctx)


def _write_suppliers(ctx: Context, rng: np.random.Generator) -> dict[int, int]:
    """Writes suppliers and what they sell; gives the cost of each article in cents."""
    columns = ("id", "code", "name_en", "name_zh", "lead_days")
    rows = [(i, s.code, s.name_en, s.name_zh, s.lead_days) for i, s in enumerate(sellers(), start=1)]
    insert_rows(ctx.db, supplier, columns, rows)
    articles = ctx.db.execute(select(sku).where(sku.c.currency == "CNY").order_by(sku.c.code)).all()
    shares = rng.uniform(*_COST_SHARE, len(articles)).tolist()
    costs = {a.id: round(a.list_price_cents * share) for a, share in zip(articles, shares, strict=True)}
    offers = [
        (number, article.id, costs[article.id], sellers()[number - 1].least)
        for article in articles
        for number in (seller_of(article.code),)
    ]
    insert_rows(ctx.db, supplier_sku, ("supplier_id", "sku_id", "unit_cost_cents", "least_quantity"), offers)
    return costs


@dataclass(frozen=True, slots=True)
class _Stage:
    """How far a purchase of the demo has come. Units: `expected` in days from today."""

    expected: int
    received: float = 0.0  # share of every line
    inspected: bool = False
    put_away: bool = False


_STAGES = (
    _Stage(expected=-6, received=1.0, inspected=True, put_away=True),
    _Stage(expected=-1, received=1.0, inspected=True),
    _Stage(expected=0, received=1.0),
    _Stage(expected=0, received=0.6, inspected=True),
    _Stage(expected=0),
    _Stage(expected=-2),
    _Stage(expected=3),
)


def _lay_purchases(ctx: Context, warehouse_id: int, costs: dict[int, int], rng: np.random.Generator) -> None:
    """One purchase of each stage for a warehouse, of articles that run lowest there but aren't sold out."""
    by_seller: dict[int, list[Row[Any]]] = {}
    for row in ctx.db.execute(_STOCK, {"warehouse_id": warehouse_id}):
        by_seller.setdefault(seller_of(row.code), []).append(row)
    numbers = sorted(by_seller, key=lambda number: by_seller[number][0].units)
    lives = {product.code: product.shelf_life_days for product in catalogue()}
    for i, stage in enumerate(_STAGES):
        number = numbers[i % len(numbers)]
        round_of = i // len(numbers)
        articles = by_seller[number][3 * round_of : 3 * round_of + 3] or by_seller[number][:1]
        least = sellers()[number - 1].least
        lines = [Wanted(row.sku_id, int(rng.integers(1, 4)) * least, costs[row.sku_id]) for row in articles]
        _lay_purchase(ctx, number, warehouse_id, stage, lines, [lives.get(row.code) for row in articles])


def _lay_purchase(
    ctx: Context,
    number: int,
    warehouse_id: int,
    stage: _Stage,
    lines: Sequence[Wanted],
    lives: Sequence[int | None],
) -> None:
    """Places one purchase in the past and brings it as far as its stage says."""
    today = today_of(ctx)
    ordered = ctx.at(ctx.now - (sellers()[number - 1].lead_days + max(0, -stage.expected)) * DAY)
    day = (today + timedelta(days=stage.expected)).isoformat()
    purchase_id = purchasing.place_purchase(ordered, number, warehouse_id, day, lines)
    if not stage.received:
        return
    arrived = ctx.at(ctx.now + min(stage.expected, 0) * DAY - 2 * HOUR)
    p = purchase_line.c
    ids = list(ctx.db.execute(select(p.id).where(p.purchase_order_id == purchase_id).order_by(p.position)).scalars())
    delivered = [
        Delivered(line_id, max(1, int(line.quantity * stage.received)), _expiry(arrived, life))
        for line_id, line, life in zip(ids, lines, lives, strict=True)
    ]
    receipt_id = receiving.receive_goods(arrived, purchase_id, delivered, f"LS-{purchase_id:05d}")
    if stage.inspected:
        _judge(arrived.at(arrived.now + HOUR), receipt_id, warehouse_id, stage.put_away)


def _expiry(ctx: Context, life: int | None) -> str | None:
    return (today_of(ctx) + timedelta(days=life)).isoformat() if life else None


def _judge(ctx: Context, receipt_id: int, warehouse_id: int, puts_away: bool) -> None:
    r = receipt_line.c
    rows = ctx.db.execute(select(receipt_line).where(r.receipt_id == receipt_id).order_by(r.id)).all()
    for place, row in enumerate(rows):
        aside = 2 if place == 0 and row.quantity > 10 and not puts_away else 0
        verdict = Verdict(accepted=row.quantity - aside, quarantined=aside)
        receiving.inspect_goods(ctx, row.id, verdict, "Cartons wet / 外箱受潮" if aside else "")
        if puts_away:
            found = suggested_bins(ctx, row.sku_id, warehouse_id, 1)
            receiving.put_away(ctx.at(ctx.now + HOUR), row.id, row.quantity, found[0].id if found else None)


def _lay_transfers(ctx: Context) -> None:
    """One transfer on the way, and one of which a part has arrived."""
    for source, target, hours in ((1, 2, 8), (2, 3, 30)):
        rows = ctx.db.execute(_STOCK, {"warehouse_id": source}).all()[-3:]
        if not rows or target > len(depots()):
            continue
        sent = ctx.at(ctx.now - hours * HOUR)
        sendings = [Sending(row.sku_id, max(1, int(row.units) // 6)) for row in rows]
        transfer_id = transfers.send_transfer(sent, source, target, sendings, "Balance stock / 库存均衡")
        if hours > 24:
            line = transfer_line.c
            first = ctx.db.execute(
                select(line.id, line.quantity).where(line.transfer_id == transfer_id).order_by(line.id).limit(1)
            ).one()
            transfers.receive_transfer(ctx.at(ctx.now - 3 * HOUR), transfer_id, {first.id: first.quantity})


def _lay_corrections(ctx: Context, costs: dict[int, int]) -> None:
    """Corrections above the limit that wait for somebody's approval."""
    limit = adjusting_policy().approval_above_cents
    for warehouse_id, reason, note in (
        (1, "missing", "Not in the rack at the morning round / 早班巡检未找到"),
        (2, "water", "Roof leak over aisle 2 / 2 号巷道屋顶漏水"),
    ):
        rows = ctx.db.execute(_STOCK, {"warehouse_id": warehouse_id}).all()
        for row in sorted(rows, key=lambda row: -row.units * costs[row.sku_id]):
            # No lot has cost less than this, so that it waits whichever lots it takes.
            units = math.ceil(limit / (row.list_price_cents * _COST_SHARE[0])) + 1
            if units <= row.units:
                asked = ctx.at(ctx.now - 4 * HOUR)
                adjustments.adjust_stock(asked, row.sku_id, warehouse_id, -units, reason, note)
                break


def _lay_returns(ctx: Context) -> None:
    """Parcels that came back this morning and wait for inspection."""
    rows = ctx.db.execute(_DELIVERED, {"before": ctx.now - 2 * DAY, "most": 3}).all()
    for number, row in enumerate(rows):
        held = returned_goods.with_buyer(ctx, row.id)
        if held:
            line_id = min(held)
            at = ctx.at(ctx.now - (number + 1) * HOUR)
            waybill = f"RX{row.id:08d}"
            returned_goods.take_in_return(
                at, row.id, row.warehouse_id, {line_id: 1}, waybill, "Buyer's return / 买家退货"
            )
