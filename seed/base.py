"""The ground of a world: channels, warehouses, articles, thresholds, and the opening stock through the ledger."""

from __future__ import annotations

import math

import numpy as np
from sqlalchemy import select

from core.context import Context
from core.db.alert_tables import stock_threshold
from core.db.bulk import insert_rows, reserve_ids
from core.db.shipping_tables import carrier, carrier_rate
from core.db.world_tables import channel, sku, warehouse
from core.domain.places import PROVINCES
from core.domain.stock import OUTSIDE
from core.services.carriers import carrier_policy
from seed.receipts import Receipts, write_receipts
from seed.scenario import Scenario, assortment, daily_units
from seed.streams import stream
from seed.trade import Product, depots, lane_hours, lane_km, trade

TIMEZONE = "Asia/Shanghai"
CARRIER_COLUMNS = (
    "code", "name_en", "name_zh", "waybill_prefix", "daily_parcels", "max_weight_g", "carries", "contract_from_on",
    "contract_to_on", "pickup_by",
)  # fmt: skip
RATE_COLUMNS = (
    "carrier", "warehouse_id", "region", "first_weight_g", "first_cents", "step_weight_g", "step_cents",
    "transit_hours",
)  # fmt: skip
# Days of sales that a warehouse opens with, and below which its stock counts as low.
_OPENING_DAYS = (9, 26)
_LOW_DAYS = 4.5
_LOW_UNITS = 5
# No shelf starts or is refilled below this, so that one order can't empty it by surprise.
SAFETY_UNITS = 8


def lay_base(ctx: Context, scenario: Scenario, seed: int) -> None:
    """Writes channels, warehouses, articles and thresholds where they are missing, and receives the opening stock."""
    _write_places(ctx)
    products = assortment(scenario, seed)
    ids = _write_articles(ctx, products)
    rates = daily_units(scenario, seed, len(products))
    rng = stream(seed, "opening stock")
    days = rng.integers(_OPENING_DAYS[0], _OPENING_DAYS[1], rates.shape)
    _write_thresholds(ctx, ids, rates)
    warehouses, articles = np.divmod(np.arange(rates.size), len(products))
    write_receipts(
        ctx,
        Receipts(
            at=np.full(rates.size, ctx.now),
            sku_id=np.array(ids)[articles],
            warehouse_id=warehouses + 1,
            quantity=(np.ceil(rates * days).astype(np.int64) + SAFETY_UNITS).ravel(),
            unit_cost_cents=unit_costs(rng, products)[articles],
            shelf_life_days=shelf_lives(products)[articles],
        ),
    )


def unit_costs(rng: np.random.Generator, products: tuple[Product, ...]) -> np.ndarray:
    """What a unit of each article costs us, drawn around half its price."""
    prices = np.array([product.price_cents for product in products])
    return np.rint(prices * rng.uniform(0.42, 0.63, len(products))).astype(np.int64)


def shelf_lives(products: tuple[Product, ...]) -> np.ndarray:
    """Days that each article keeps, 0 where it keeps for good."""
    return np.array([product.shelf_life_days or 0 for product in products])


def _write_places(ctx: Context) -> None:
    known = set(ctx.db.execute(select(channel.c.code)).scalars())
    rows = [(c.code, c.name_en, c.name_zh, TIMEZONE) for c in trade().channels if c.code not in known]
    insert_rows(ctx.db, channel, ("code", "name_en", "name_zh", "timezone"), rows)
    wanted = [(OUTSIDE, "OUT", "Outside", "外部", "")]
    wanted += [(i, d.code, d.name_en, d.name_zh, d.region) for i, d in enumerate(depots(), start=1)]
    present = set(ctx.db.execute(select(warehouse.c.id)).scalars())
    insert_rows(
        ctx.db,
        warehouse,
        ("id", "code", "name_en", "name_zh", "region"),
        [row for row in wanted if row[0] not in present],
    )
    write_carriers(ctx)


def write_carriers(ctx: Context) -> None:
    """The carriers of the policy, with their rates from every warehouse to every province they go to."""
    if ctx.db.execute(select(carrier.c.code).limit(1)).first() is not None:
        return
    policy = carrier_policy()
    rows = [
        (c.code, c.name_en, c.name_zh, c.waybill_prefix, c.daily_parcels, c.max_weight_g, ",".join(c.carries),
         c.contract_from_on, c.contract_to_on, c.pickup_by)
        for c in policy.carriers
    ]  # fmt: skip
    insert_rows(ctx.db, carrier, CARRIER_COLUMNS, rows)
    speeds = {one.code: one for one in trade().carriers}
    rates = []
    for terms in policy.carriers:
        for warehouse_id, depot in enumerate(depots(), start=1):
            for province in PROVINCES:
                km = lane_km(depot.code, province.code)
                if (zone := terms.zone(province.code, km)) is not None:
                    hours = round(lane_hours(km, speeds[terms.code]))
                    weights = (policy.first_weight_g, zone.first_cents, policy.step_weight_g, zone.step_cents)
                    rates.append((terms.code, warehouse_id, province.code, *weights, hours))
    insert_rows(ctx.db, carrier_rate, RATE_COLUMNS, rates)


def _write_articles(ctx: Context, products: tuple[Product, ...]) -> list[int]:
    """Writes the articles that are missing; gives the ids of all, in the order of `products`."""
    known = {row.code: row.id for row in ctx.db.execute(select(sku.c.code, sku.c.id))}
    missing = [product for product in products if product.code not in known]
    first = reserve_ids(ctx.db, sku)
    rows = [
        (first + i, p.code, p.name_en, p.name_zh, p.category, p.price_cents, "CNY", p.weight_g)
        for i, p in enumerate(missing)
    ]
    columns = ("id", "code", "name_en", "name_zh", "category", "list_price_cents", "currency", "weight_g")
    insert_rows(ctx.db, sku, columns, rows)
    known |= {product.code: first + i for i, product in enumerate(missing)}
    return [known[product.code] for product in products]


def _write_thresholds(ctx: Context, ids: list[int], rates: np.ndarray) -> None:
    present = {tuple(row) for row in ctx.db.execute(select(stock_threshold.c.sku_id, stock_threshold.c.warehouse_id))}
    rows = [
        (sku_id, number, max(_LOW_UNITS, math.ceil(rate * _LOW_DAYS)))
        for number, rates_here in enumerate(rates.tolist(), start=1)
        for sku_id, rate in zip(ids, rates_here, strict=True)
        if (sku_id, number) not in present
    ]
    insert_rows(ctx.db, stock_threshold, ("sku_id", "warehouse_id", "low_quantity"), rows)
