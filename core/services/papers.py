"""What is printed for orders: pick lists by warehouse, packing slips and waybill labels by parcel, ready for paper."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Row, bindparam, select, text

from core.context import Context
from core.db.shipping_tables import carrier, shipment, shipment_line
from core.db.warehouse_tables import bin_place, bin_stock
from core.db.world_tables import channel, lot, order_line, sales_order, sku, warehouse
from core.domain.errors import RuleViolation
from core.domain.masking import mask_phone
from core.domain.papers import (
    PackingSlip,
    PickedFor,
    PickList,
    PickStop,
    Recipient,
    Share,
    SlipLine,
    SlipOrder,
    WaybillLabel,
)
from core.domain.places import PROVINCE_BY_CODE
from core.domain.shipments import ShipmentStatus, waybill_number

MOST_AT_ONCE = 500
_RESERVED = text(
    "SELECT l.order_id, p.order_line_id, p.sku_id, p.lot_id, p.warehouse_id, SUM(p.units) AS units FROM ("
    " SELECT order_line_id, sku_id, lot_id, to_warehouse_id AS warehouse_id, quantity AS units FROM stock_posting"
    " WHERE to_account = 'reserved' AND order_line_id IN :lines UNION ALL"
    " SELECT order_line_id, sku_id, lot_id, from_warehouse_id, -quantity FROM stock_posting"
    " WHERE from_account = 'reserved' AND order_line_id IN :lines"
    ") AS p JOIN order_line l ON l.id = p.order_line_id"
    " GROUP BY l.order_id, p.order_line_id, p.sku_id, p.lot_id, p.warehouse_id HAVING SUM(p.units) > 0"
    " ORDER BY p.warehouse_id, p.sku_id, p.lot_id, l.order_id"
).bindparams(bindparam("lines", expanding=True))
_s, _l = shipment.c, shipment_line.c


@dataclass(frozen=True, slots=True)
class Papers:
    """Everything that can be printed for some orders now; a label needs a parcel whose carrier is decided."""

    pick_lists: tuple[PickList, ...]
    slips: tuple[PackingSlip, ...]
    labels: tuple[WaybillLabel, ...]


def papers_of(ctx: Context, order_ids: Sequence[int]) -> Papers:
    """The papers of some orders, in the order that is given.

    Phones are masked: whoever finds a paper isn't to call its buyer, and a courier calls through the waybill's number.
    Raises: NotAllowed, RuleViolation for too many orders.
    """
    ctx.actor.need("orders.read")
    wanted = list(dict.fromkeys(order_ids))
    if len(wanted) > MOST_AT_ONCE:
        raise RuleViolation(
            "Papers of at most {most} orders are printed at once, found {n}.", most=MOST_AT_ONCE, n=len(wanted)
        )
    ground = _Ground(ctx, wanted)
    parcels = _parcels(ctx, ground)
    return Papers(
        _pick_lists(ctx, ground),
        (*_slips_of_parcels(ctx, ground, parcels), *_slips_without_parcel(ctx, ground, parcels)),
        _labels(ctx, ground, parcels),
    )


class _Ground:
    """The orders, their lines and the houses, read once."""

    def __init__(self, ctx: Context, order_ids: Sequence[int]) -> None:
        c = channel.c
        self.orders: dict[int, Row[Any]] = {
            row.id: row
            for row in ctx.db.execute(
                select(sales_order, c.name_en.label("channel_en"), c.name_zh.label("channel_zh"))
                .select_from(sales_order.join(channel, c.code == sales_order.c.channel))
                .where(sales_order.c.id.in_(order_ids), sales_order.c.fulfilled_by == "us")
            )
        }
        self.ids = [order_id for order_id in order_ids if order_id in self.orders]
        self.lines = _lines_of(ctx, self.ids)
        self.houses: dict[int, Row[Any]] = {row.id: row for row in ctx.db.execute(select(warehouse))}


def _lines_of(ctx: Context, order_ids: Iterable[int]) -> dict[int, list[Row[Any]]]:
    """The lines of orders of which anything is wanted, by order."""
    found: dict[int, list[Row[Any]]] = defaultdict(list)
    rows = ctx.db.execute(
        select(order_line, sku.c.name_en, sku.c.name_zh, sku.c.weight_g)
        .select_from(order_line.outerjoin(sku, sku.c.id == order_line.c.sku_id))
        .where(order_line.c.order_id.in_(list(order_ids)), order_line.c.quantity > 0)
        .order_by(order_line.c.order_id, order_line.c.position)
    )
    for row in rows:
        found[row.order_id].append(row)
    return found


# ---- pick lists ---------------------------------------------------------------------------------------------------


def _pick_lists(ctx: Context, ground: _Ground) -> tuple[PickList, ...]:
    """One list for each warehouse that has units reserved for the orders, its stops in the order of the walk."""
    line_ids = [line.id for lines in ground.lines.values() for line in lines]
    reserved = ctx.db.execute(_RESERVED, {"lines": line_ids}).all() if line_ids else []
    slots = {order_id: slot for slot, order_id in enumerate(ground.ids, 1)}
    made = datetime.fromtimestamp(ctx.now, ZoneInfo(ctx.world.timezone))
    found = []
    for house_id in sorted({row.warehouse_id for row in reserved}):
        here = [row for row in reserved if row.warehouse_id == house_id]
        house = ground.houses[house_id]
        units = defaultdict[int, int](int)
        for row in here:
            units[row.order_id] += int(row.units)
        served = [
            PickedFor(
                slots[order_id], ground.orders[order_id].number, units[order_id], ground.orders[order_id].ship_by_at
            )
            for order_id in ground.ids
            if order_id in units
        ]
        found.append(
            PickList(
                number=f"PL-{house.code}-{made:%y%m%d-%H%M%S}",
                warehouse_code=house.code,
                warehouse_en=house.name_en,
                warehouse_zh=house.name_zh,
                made_at=ctx.now,
                timezone=ctx.world.timezone,
                stops=tuple(_stops(ctx, house_id, here, slots)),
                orders=tuple(served),
            )
        )
    return tuple(found)


def _stops(ctx: Context, house_id: int, reserved: Sequence[Row[Any]], slots: dict[int, int]) -> list[PickStop]:
    """Where the units lie, bin by bin in the order of the walk; a house without bins goes by articles."""
    lots = {row.lot_id for row in reserved}
    articles = {
        row.id: row
        for row in ctx.db.execute(
            select(lot.c.id, lot.c.expires_on, sku.c.code, sku.c.name_en, sku.c.name_zh)
            .select_from(lot.join(sku, sku.c.id == lot.c.sku_id))
            .where(lot.c.id.in_(lots))
        )
    }
    bins = _bins(ctx, house_id, lots)
    shares: dict[tuple[int, str, int], dict[int, int]] = {}
    for row in reserved:
        for walk, code, units in _taken(bins[row.lot_id], int(row.units)):
            stop = shares.setdefault((walk, code, row.lot_id), {})
            slot = slots[row.order_id]
            stop[slot] = stop.get(slot, 0) + units
    order = sorted(shares, key=lambda key: (key[0], key[1], articles[key[2]].code, key[2]))
    return [
        PickStop(
            bin_code=code,
            sku_code=articles[lot_id].code,
            name_en=articles[lot_id].name_en,
            name_zh=articles[lot_id].name_zh,
            lot_id=lot_id,
            expires_on=articles[lot_id].expires_on,
            quantity=sum(shares[walk, code, lot_id].values()),
            shares=tuple(Share(slot, units) for slot, units in sorted(shares[walk, code, lot_id].items())),
        )
        for walk, code, lot_id in order
    ]


def _bins(ctx: Context, house_id: int, lots: Iterable[int]) -> dict[int, list[list[Any]]]:
    """What lies in which bin, in the order of the walk. Shape: lot → [place on the walk, bin's code, units]."""
    b, t = bin_place.c, bin_stock.c
    found: dict[int, list[list[Any]]] = defaultdict(list)
    rows = ctx.db.execute(
        select(t.lot_id, b.walk, b.code, t.quantity)
        .select_from(bin_stock.join(bin_place, b.id == t.bin_id))
        .where(b.warehouse_id == house_id, t.lot_id.in_(list(lots)), t.quantity > 0)
        .order_by(b.walk, b.id)
    )
    for row in rows:
        found[row.lot_id].append([row.walk, row.code, row.quantity])
    return found


def _taken(bins: list[list[Any]], units: int) -> Iterable[tuple[int, str, int]]:
    """Takes units out of the first bins that hold any; what no bin holds has no bin's name."""
    for place in bins:
        if units and (some := min(units, place[2])):
            place[2] -= some
            units -= some
            yield place[0], place[1], some
    if units:
        yield 0, "", units


# ---- parcels ------------------------------------------------------------------------------------------------------


def _parcels(ctx: Context, ground: _Ground) -> dict[int, tuple[Row[Any], list[Row[Any]]]]:
    """The parcels of the orders that weren't called off, with what is in them: other orders' goods, too."""
    mine = select(_l.shipment_id).where(_l.order_id.in_(ground.ids))
    rows = ctx.db.execute(
        select(shipment, carrier.c.name_en, carrier.c.name_zh, carrier.c.waybill_prefix)
        .select_from(shipment.outerjoin(carrier, carrier.c.code == _s.carrier))
        .where(_s.id.in_(mine), _s.status != ShipmentStatus.CANCELLED.value)
        .order_by(_s.id)
    ).all()
    lines: dict[int, list[Row[Any]]] = defaultdict(list)
    for line in ctx.db.execute(
        select(shipment_line).where(_l.shipment_id.in_([row.id for row in rows])).order_by(_l.order_id, _l.id)
    ):
        lines[line.shipment_id].append(line)
    strangers = {line.order_id for some in lines.values() for line in some} - set(ground.ids)
    if strangers:
        guests = _Ground(ctx, sorted(strangers))
        ground.orders.update(guests.orders)
        ground.lines.update(guests.lines)
    first = {order_id: place for place, order_id in enumerate(ground.ids)}
    # In the order of the orders; a parcel of several stands with the first of them.
    ordered = sorted(
        rows, key=lambda row: (min(first.get(line.order_id, len(first)) for line in lines[row.id]), row.id)
    )
    return {row.id: (row, lines[row.id]) for row in ordered}


def _counted(parcels: dict[int, tuple[Row[Any], list[Row[Any]]]]) -> dict[int, tuple[int, int]]:
    """Which parcel of how many each is for its first order. Shape: shipment → (number, count)."""
    by_order: dict[int, list[int]] = defaultdict(list)
    for shipment_id, (_, lines) in parcels.items():
        by_order[lines[0].order_id].append(shipment_id)
    return {
        shipment_id: (number, len(ids))
        for ids in by_order.values()
        for number, shipment_id in enumerate(sorted(ids), 1)
    }


def _slips_of_parcels(
    ctx: Context, ground: _Ground, parcels: dict[int, tuple[Row[Any], list[Row[Any]]]]
) -> list[PackingSlip]:
    counted, found = _counted(parcels), []
    for shipment_id, (row, lines) in parcels.items():
        quantities = {line.order_line_id: line.quantity for line in lines}
        orders = list(dict.fromkeys(line.order_id for line in lines))
        number, count = counted[shipment_id]
        found.append(_slip(ctx, ground, orders, quantities, row.warehouse_id, number, count))
    return found


def _slips_without_parcel(
    ctx: Context, ground: _Ground, parcels: dict[int, tuple[Row[Any], list[Row[Any]]]]
) -> list[PackingSlip]:
    """Orders that are in no parcel yet are printed whole."""
    parcelled = {line.order_id for _, lines in parcels.values() for line in lines}
    return [
        _slip(
            ctx,
            ground,
            [order_id],
            {line.id: line.quantity for line in ground.lines[order_id]},
            ground.orders[order_id].warehouse_id,
            1,
            1,
        )
        for order_id in ground.ids
        if order_id not in parcelled and ground.lines[order_id] and ground.orders[order_id].is_open
    ]


def _slip(
    ctx: Context,
    ground: _Ground,
    order_ids: Sequence[int],
    quantities: dict[int, int],
    house_id: int,
    parcel: int,
    parcels: int,
) -> PackingSlip:
    house = ground.houses[house_id]
    return PackingSlip(
        warehouse_en=house.name_en,
        warehouse_zh=house.name_zh,
        made_at=ctx.now,
        timezone=ctx.world.timezone,
        recipient=_recipient(ground.orders[order_ids[0]]),
        orders=tuple(_slip_order(ground, order_id, quantities) for order_id in order_ids),
        parcel=parcel,
        parcels=parcels,
    )


def _slip_order(ground: _Ground, order_id: int, quantities: dict[int, int]) -> SlipOrder:
    row = ground.orders[order_id]
    return SlipOrder(
        number=row.number,
        channel_en=row.channel_en,
        channel_zh=row.channel_zh,
        received_at=row.received_at,
        note=row.note,
        lines=tuple(
            SlipLine(
                line.sku_code, line.name_en or line.name, line.name_zh or line.name, quantities[line.id], line.quantity
            )
            for line in ground.lines[order_id]
            if line.id in quantities
        ),
    )


def _recipient(row: Row[Any]) -> Recipient:
    province = PROVINCE_BY_CODE.get(row.region)
    return Recipient(
        name=row.buyer_name,
        phone=mask_phone(row.buyer_phone),
        region_en=province.name_en if province else row.region,
        region_zh=province.name_zh if province else row.region,
        city=row.city,
        district=row.district,
        street=row.street,
        postcode=row.postcode,
        country=row.country,
    )


def _labels(
    ctx: Context, ground: _Ground, parcels: dict[int, tuple[Row[Any], list[Row[Any]]]]
) -> tuple[WaybillLabel, ...]:
    """The labels of parcels whose carrier is decided: by a plan, or at the packing table.

    A planned parcel's label bears the number that packing takes from the carrier's pool, so that it can be printed
    with the pick list; whoever packs it for another carrier prints another label.
    """
    counted, found = _counted(parcels), []
    for shipment_id, (row, lines) in parcels.items():
        if not row.waybill and not row.carrier:
            continue
        house, (number, count) = ground.houses[row.warehouse_id], counted[shipment_id]
        weights = {line.id: line.weight_g or 0 for some in ground.lines.values() for line in some}
        orders = list(dict.fromkeys(line.order_id for line in lines))
        found.append(
            WaybillLabel(
                waybill=row.waybill or waybill_number(row.waybill_prefix, shipment_id),
                carrier_en=row.name_en or row.carrier or "",
                carrier_zh=row.name_zh or row.carrier or "",
                recipient=_recipient(ground.orders[orders[0]]),
                warehouse_code=house.code,
                warehouse_en=house.name_en,
                warehouse_zh=house.name_zh,
                order_numbers=tuple(ground.orders[order_id].number for order_id in orders),
                units=sum(line.quantity for line in lines),
                weight_g=row.weight_g or sum(weights.get(line.order_line_id, 0) * line.quantity for line in lines),
                made_at=ctx.now,
                timezone=ctx.world.timezone,
                parcel=number,
                parcels=count,
            )
        )
    return tuple(found)
