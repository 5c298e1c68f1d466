"""The shelves of the demo company: bins of every warehouse, and what is in stock laid into them, in bulk."""

from __future__ import annotations

import math
from collections import defaultdict

import numpy as np
from sqlalchemy import select, text

from core.context import Context
from core.db.bulk import insert_rows, reserve_ids
from core.db.history import actor_name, dump
from core.db.warehouse_tables import bin_place, bin_posting, bin_stock
from core.db.world_tables import event, sku
from core.services.bins import layout
from seed.receipts import EVENT_COLUMNS
from seed.scenario import popularity
from seed.streams import stream
from seed.trade import catalogue, depots

_ZONES = ["A", "B", "C", "D"]
_ROOM = 1.35  # bins per article; the rest is for second lots and for what comes
_ON_THE_FLOOR = 0.05  # share of the lots that nobody has put away yet
_BIN_COLUMNS = ("id", "warehouse_id", "code", "zone", "walk", "kind")
_STOCK_COLUMNS = ("sku_id", "lot_id", "bin_id", "quantity")
_POSTING_COLUMNS = ("id", "at", "event_id", "sku_id", "lot_id", "from_bin_id", "to_bin_id", "quantity")
_SHELF = text(
    "SELECT b.sku_id, b.lot_id, SUM(b.quantity) AS units FROM stock_balance b JOIN lot l ON l.id = b.lot_id"
    " WHERE b.warehouse_id = :warehouse_id AND b.account IN ('available', 'reserved')"
    " GROUP BY b.sku_id, b.lot_id, l.received_at HAVING SUM(b.quantity) > 0 ORDER BY b.sku_id, l.received_at, b.lot_id"
)
_MARK = text("UPDATE sku SET barcode = :barcode, issue_rule = :rule WHERE id = :id")

# Per warehouse: the sku_id, lot_id and units of everything on its shelf, older lots first.
Lying = list[tuple[int, int, int]]


def mark_articles(ctx: Context) -> None:
    """Gives articles a barcode, and has those that don't keep for good issued by their expiry date."""
    keeps = {product.code: product.shelf_life_days for product in catalogue()}
    rows = ctx.db.execute(select(sku.c.id, sku.c.code).where(sku.c.barcode == "")).all()
    marks = [
        {"id": row.id, "barcode": barcode_of(row.id), "rule": "fefo" if keeps.get(row.code) else "fifo"} for row in rows
    ]
    if marks:
        ctx.db.execute(_MARK, marks)


def barcode_of(number: int) -> str:
    """A barcode as goods made in China carry it: 13 digits that begin with 690, the last one a check on the others."""
    digits = f"690{number:09d}"
    weighted = sum(int(digit) * (3 if place % 2 else 1) for place, digit in enumerate(digits))
    return digits + str(-weighted % 10)


def lay_shelves(ctx: Context, seed: int) -> None:
    """Lays bins in every warehouse that has none, and what is in stock into them: what sells most nearest the start."""
    have = set(ctx.db.execute(select(bin_place.c.warehouse_id).distinct()).scalars())
    articles = list(ctx.db.execute(select(sku.c.id).where(sku.c.currency == "CNY").order_by(sku.c.code)).scalars())
    ranks = np.argsort(-popularity(seed, len(articles)), kind="stable")
    homes = {articles[int(article)]: place for place, article in enumerate(ranks)}
    for warehouse_id in range(1, len(depots()) + 1):
        if warehouse_id not in have:
            _lay_one(ctx, warehouse_id, homes, stream(seed, f"shelves {warehouse_id}"))


def _lay_one(ctx: Context, warehouse_id: int, homes: dict[int, int], rng: np.random.Generator) -> None:
    aisles = 2 if len(homes) < 100 else 4
    rows = layout(_ZONES, aisles, max(2, math.ceil(len(homes) * _ROOM / (len(_ZONES) * aisles))))
    first = reserve_ids(ctx.db, bin_place)
    bins = [(first + i, warehouse_id, row["code"], row["zone"], row["walk"], row["kind"]) for i, row in enumerate(rows)]
    insert_rows(ctx.db, bin_place, _BIN_COLUMNS, bins)
    event_id = reserve_ids(ctx.db, event)
    data = dump({"warehouse": warehouse_id, "bins": len(bins)})
    fact = (event_id, ctx.now, "BinsLaid", f"warehouse:{warehouse_id}", None, actor_name(ctx), data)
    insert_rows(ctx.db, event, EVENT_COLUMNS, [fact])
    found = ctx.db.execute(_SHELF, {"warehouse_id": warehouse_id})
    lying: Lying = [(row.sku_id, row.lot_id, int(row.units)) for row in found]
    placed = _place(lying, homes, first, len(bins), rng)
    insert_rows(ctx.db, bin_stock, _STOCK_COLUMNS, placed)
    number = reserve_ids(ctx.db, bin_posting)
    insert_rows(
        ctx.db,
        bin_posting,
        _POSTING_COLUMNS,
        [
            (number + i, ctx.now, event_id, sku_id, lot_id, None, bin_id, units)
            for i, (sku_id, lot_id, bin_id, units) in enumerate(placed)
        ],
    )


def _place(
    lying: Lying, homes: dict[int, int], first: int, count: int, rng: np.random.Generator
) -> list[tuple[int, int, int, int]]:
    """A bin for every lot: an article's own, a spare one for its later lots, the floor for what came last.

    Shape: (sku_id, lot_id, bin_id, units).
    """
    floor = first + count - 1
    spare = iter(range(first + len(homes), floor))
    seen: defaultdict[int, int] = defaultdict(int)
    placed = []
    for sku_id, lot_id, units in lying:
        seen[sku_id] += 1
        home = first + homes.get(sku_id, len(homes) - 1)
        if rng.random() < _ON_THE_FLOOR:
            target = floor
        else:
            target = home if seen[sku_id] == 1 else next(spare, home)
        placed.append((sku_id, lot_id, target, units))
    return placed
