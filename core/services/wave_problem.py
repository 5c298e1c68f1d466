"""A wave as it stands in the books: its orders, what warehouses have, what carriers take, and which ways are slow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from sqlalchemy import bindparam, select, text

from core.context import Context
from core.db.alert_tables import stock_threshold
from core.db.shipping_tables import carrier, carrier_rate
from core.domain.facts import local_day
from core.domain.increments import SPAN_DAYS, lane
from core.domain.risk import Survival
from core.domain.wave_settings import WavePolicy, WaveSettings
from core.domain.waves import Rate, Terms, WaveCarrier, WaveOrder, WaveProblem, WaveWarehouse, late_risk
from core.services.stock import today_of
from core.services.wave_policy import wave_policy
from core.services.wave_reads import Place, WaitingOrder, lines_of_orders, loose_reservations, places_in

_HOUR = 3_600
_LEARN_SPANS = 3  # of 30 days: the current one and the two before it
_AVAILABLE = text(
    "SELECT warehouse_id, sku_id, SUM(quantity) AS units FROM stock_balance"
    " WHERE account = 'available' AND quantity > 0 AND sku_id IN :skus GROUP BY warehouse_id, sku_id"
).bindparams(bindparam("skus", expanding=True))
# Parcels that a carrier has to take today: those waiting for it, and those on lists that it signed today.
_TAKEN = text(
    "SELECT carrier, COUNT(*) AS parcels FROM shipment WHERE carrier IS NOT NULL"
    " AND status NOT IN ('handed_over', 'delivered', 'cancelled') GROUP BY carrier"
)
_SIGNED = text(
    "SELECT m.carrier, COUNT(*) AS parcels FROM manifest m JOIN shipment s ON s.manifest_id = m.id"
    " WHERE m.handed_over_at >= :midnight GROUP BY m.carrier"
)
_LANES = text(
    "SELECT a, b, SUM(n) AS parcels FROM cell WHERE metric = 'lane.transit' AND at BETWEEN :first AND :last"
    " GROUP BY a, b"
)


def wave_problem(
    ctx: Context, orders: Sequence[WaitingOrder], settings: WaveSettings, pins: Mapping[int, int]
) -> WaveProblem:
    """What there is to plan for these orders now. Shape: `pins` maps an order to its warehouse.

    Reservations of the wave's own orders count as stock, since a plan may move them; they stay where they are if
    nothing else fits. Raises: NotAllowed.
    """
    ctx.actor.need("stock.allocate")
    policy = wave_policy()
    lines = lines_of_orders(ctx, [order.id for order in orders])
    hands_over = ctx.now + int(policy.preparation_hours * _HOUR)
    asked = tuple(
        WaveOrder(
            order.id,
            order.number,
            order.region,
            tuple(lines.get(order.id, ())),
            None if order.promised_at is None else (order.promised_at - hands_over) / _HOUR,
            pins.get(order.id),
        )
        for order in orders
    )
    places, rates = places_in(ctx), _rates(ctx, {order.region for order in orders})
    return WaveProblem(
        asked,
        _warehouses(ctx, places, asked, settings, policy),
        _carriers(ctx),
        rates,
        Terms(settings.late_cents, settings.unfilled_cents, settings.may_split, settings.may_part, settings.must_fill),
        today_of(ctx).isoformat(),
        _late_risks(ctx, asked, rates, policy),
    )


def _warehouses(
    ctx: Context, places: Sequence[Place], orders: Sequence[WaveOrder], settings: WaveSettings, policy: WavePolicy
) -> tuple[WaveWarehouse, ...]:
    """What each warehouse may give away of what the wave wants, less the share of its threshold that stays."""
    skus = sorted({line.sku_id for order in orders for line in order.lines})
    own = loose_reservations(ctx, [line.id for order in orders for line in order.lines])
    free = {(row.warehouse_id, row.sku_id): int(row.units) for row in ctx.db.execute(_AVAILABLE, {"skus": skus})}
    t = stock_threshold.c
    found = ctx.db.execute(select(t.warehouse_id, t.sku_id, t.low_quantity).where(t.sku_id.in_(skus)))
    safety = {(row.warehouse_id, row.sku_id): round(row.low_quantity * settings.safety_share) for row in found}
    warehouses = []
    for place in places:
        stock, held = dict[int, int](), dict[int, int]()
        for sku_id in skus:
            key = (place.id, sku_id)
            there = free.get(key, 0) + own.get(key, 0)
            if not there:
                continue
            stock[sku_id] = max(own.get(key, 0), there - safety.get(key, 0))
            if there > stock[sku_id]:
                held[sku_id] = there - stock[sku_id]
        work = settings.pick_units.get(place.id, policy.pick_units_of(place.code))
        costs = dict.fromkeys(skus, policy.handling_cents)
        warehouses.append(WaveWarehouse(place.id, place.code, stock, work, held, handling_cents=costs))
    return tuple(warehouses)


def _carriers(ctx: Context) -> tuple[WaveCarrier, ...]:
    """The carriers that work for us, and how many parcels each still takes today."""
    midnight = int(datetime.combine(today_of(ctx), time.min, ZoneInfo(ctx.world.timezone)).timestamp())
    taken: dict[str, int] = {}
    for statement, values in ((_TAKEN, {}), (_SIGNED, {"midnight": midnight})):
        for row in ctx.db.execute(statement, values):
            taken[row.carrier] = taken.get(row.carrier, 0) + int(row.parcels)
    rows = ctx.db.execute(select(carrier).where(carrier.c.is_active == 1).order_by(carrier.c.code))
    return tuple(
        WaveCarrier(
            row.code,
            max(0, row.daily_parcels - taken.get(row.code, 0)),
            row.max_weight_g,
            frozenset(row.carries.split(",")) - {""},
            row.contract_from_on,
            row.contract_to_on,
        )
        for row in rows
    )


def _rates(ctx: Context, regions: set[str]) -> dict[tuple[str, int, str], Rate]:
    found = ctx.db.execute(select(carrier_rate).where(carrier_rate.c.region.in_(sorted(regions))))
    return {(row.carrier, row.warehouse_id, row.region): Rate(*row[3:]) for row in found}


# ---- how likely a way is late ---------------------------------------------------------------------------------


def _late_risks(
    ctx: Context, orders: Sequence[WaveOrder], rates: Mapping[tuple[str, int, str], Rate], policy: WavePolicy
) -> dict[tuple[int, int, str], float]:
    """The risk of each order on each way: by what parcels of the lane took, stretched to the carrier's own time; where
    too few went that way, by the carrier's time and the usual spread.

    Why: the house keeps times by lane, of all carriers together, so that a carrier counts as that much faster or slower
    than the lane as its tariff says.
    """
    to: dict[str, list[tuple[str, int, float]]] = {}
    usual: dict[tuple[int, str], list[float]] = {}
    for (code, warehouse_id, region), rate in rates.items():
        to.setdefault(region, []).append((code, warehouse_id, max(rate.transit_hours, 1.0)))
        usual.setdefault((warehouse_id, region), []).append(max(rate.transit_hours, 1.0))
    asked: list[tuple[WaveOrder, float, str, int, float]] = []
    for order in orders:
        if order.allowed_hours is not None:
            asked += [(order, order.allowed_hours, *way) for way in to.get(order.region, ())]
    if not asked:
        return {}
    names = [lane(warehouse_id, order.region) for order, _, _, warehouse_id, _ in asked]
    stretched = []
    for order, allowed, _, warehouse_id, hours in asked:
        of_lane = usual[warehouse_id, order.region]
        stretched.append(allowed * _HOUR * sum(of_lane) / len(of_lane) / hours)
    known = _survival(ctx).risks(names, [0.0] * len(names), stretched).tolist()
    return {
        (order.id, warehouse_id, code): late_risk(allowed, hours, policy.transit_spread) if risk != risk else risk
        for (order, allowed, code, warehouse_id, hours), risk in zip(asked, known, strict=True)
    }


def _survival(ctx: Context) -> Survival:
    """How long parcels of the last spans were on the road."""
    span = local_day(ctx.now, ctx.world.timezone) // SPAN_DAYS
    rows = ctx.db.execute(_LANES, {"first": span - _LEARN_SPANS + 1, "last": span})
    return Survival({(row.a, int(row.b)): int(row.parcels) for row in rows})
