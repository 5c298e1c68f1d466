"""What a history finds in a world before it begins: articles, warehouses, channels, and stock on the shelves."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from sqlalchemy import select

from core.context import Context
from core.db.world_tables import channel, lot, sku, stock_balance, warehouse
from core.domain.errors import NotFound
from core.domain.places import PROVINCES
from core.domain.stock import Account
from core.services.parameters import warehouse_code_for
from seed.trade import Channel, catalogue, trade


@dataclass(frozen=True, slots=True)
class Shelves:
    """Lots with available units, oldest first; `article` is an index into the ground's articles."""

    article: np.ndarray
    warehouse_id: np.ndarray
    lot_id: np.ndarray
    quantity: np.ndarray


@dataclass(frozen=True, slots=True)
class Ground:
    """The world as the drawing of orders sees it; articles and regions are counted from 0."""

    sku_id: np.ndarray
    sku_code: np.ndarray
    name: np.ndarray
    price_cents: np.ndarray
    shelf_life_days: np.ndarray
    channels: tuple[Channel, ...]
    warehouse_of_region: dict[str, int]
    depot_code: dict[int, str]

    @property
    def articles_count(self) -> int:
        return len(self.sku_id)


def read_ground(ctx: Context) -> Ground:
    """The articles in the base currency, and which of the demo company's channels and warehouses are here.

    Raises: NotFound when there is nothing to sell; lay_base comes first.
    """
    rows = ctx.db.execute(select(sku).where(sku.c.currency == "CNY").order_by(sku.c.code)).all()
    if not rows:
        raise NotFound("This world has no articles to sell.")
    codes = set(ctx.db.execute(select(channel.c.code)).scalars())
    ids = {row.code: row.id for row in ctx.db.execute(select(warehouse.c.code, warehouse.c.id))}
    lives = {product.code: product.shelf_life_days or 0 for product in catalogue()}
    regions = {province.code: warehouse_code_for(province.code) for province in PROVINCES}
    return Ground(
        sku_id=np.array([row.id for row in rows]),
        sku_code=np.array([row.code for row in rows], dtype=object),
        name=np.array([row.name_zh for row in rows], dtype=object),
        price_cents=np.array([row.list_price_cents for row in rows]),
        shelf_life_days=np.array([lives.get(row.code, 0) for row in rows]),
        channels=tuple(c for c in trade().channels if c.code in codes),
        warehouse_of_region={region: ids[code] for region, code in regions.items() if code in ids},
        depot_code={ids[code]: code for code in regions.values() if code in ids},
    )


def read_shelves(ctx: Context, ground: Ground) -> Shelves:
    """What is available now, in the order in which it is issued."""
    b = stock_balance.c
    rows = ctx.db.execute(
        select(b.sku_id, b.warehouse_id, b.lot_id, b.quantity)
        .select_from(stock_balance.join(lot, lot.c.id == b.lot_id))
        .where(b.account == Account.AVAILABLE.value, b.quantity > 0)
        .order_by(lot.c.received_at, lot.c.id)
    ).all()
    article = {sku_id: i for i, sku_id in enumerate(ground.sku_id.tolist())}
    kept = [row for row in rows if row.sku_id in article and row.warehouse_id in ground.depot_code]
    return Shelves(
        article=np.array([article[row.sku_id] for row in kept], dtype=np.int64),
        warehouse_id=np.array([row.warehouse_id for row in kept], dtype=np.int64),
        lot_id=np.array([row.lot_id for row in kept], dtype=np.int64),
        quantity=np.array([row.quantity for row in kept], dtype=np.int64),
    )
