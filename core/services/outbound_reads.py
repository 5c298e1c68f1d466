"""What the warehouse's way out shows: tasks by urgency, walks with their stops, parcels on the table, manifests."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select, text

from core.context import Context
from core.db.shipping_tables import carrier, carrier_rate, manifest
from core.domain.shipments import ManifestStatus, ShipmentStatus
from core.domain.stock import Account
from core.services.shipment_rows import read_task
from core.services.stock import units_in

MOST_TASKS = 60


@dataclass(frozen=True, slots=True)
class House:
    """A warehouse, and how many shipments stand where in it."""

    id: int
    code: str
    name_en: str
    name_zh: str
    verifies: bool
    counts: dict[str, int]


@dataclass(frozen=True, slots=True)
class OutboundTask:
    """A shipment that waits for the warehouse. `held` is whether an order in it is on hold.

    Units: `weight_g` is what its articles weigh, until the parcel itself is weighed.
    """

    id: int
    number: str
    status: ShipmentStatus
    ship_by_at: int | None
    region: str
    city: str
    lines: int
    units: int
    scanned: int
    weight_g: int
    orders: tuple[str, ...]
    carrier: str | None
    waybill: str
    answer: str
    batch_id: int | None
    held: bool


_HOUSES = text(
    "SELECT w.id, w.code, w.name_en, w.name_zh, w.verifies, s.status, COUNT(s.id) AS parcels FROM warehouse w"
    " LEFT JOIN shipment s ON s.warehouse_id = w.id AND s.status NOT IN ('handed_over', 'delivered', 'cancelled')"
    " WHERE w.id <> 0 GROUP BY w.id, w.code, w.name_en, w.name_zh, w.verifies, s.status ORDER BY w.id"
)
_TASKS = (
    "SELECT s.id, s.number, s.status, s.ship_by_at, s.carrier, s.waybill, s.warehouse_answer, s.batch_id,"
    " MIN(o.region) AS region, MIN(o.city) AS city, COUNT(l.id) AS lines, SUM(l.quantity) AS units,"
    " SUM(l.verified_quantity) AS scanned, COALESCE(s.weight_g, SUM(l.quantity * k.weight_g)) AS weight_g,"
    " COUNT(o.hold_reason) AS held"
    " FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id JOIN sales_order o ON o.id = l.order_id"
    " JOIN order_line i ON i.id = l.order_line_id JOIN sku k ON k.id = i.sku_id"
    " WHERE {where} GROUP BY s.id, s.number, s.status, s.ship_by_at, s.carrier, s.waybill, s.warehouse_answer,"
    " s.batch_id, s.weight_g ORDER BY s.ship_by_at IS NULL, s.ship_by_at, s.id LIMIT :most"
)
_BY_STATUS = {
    status: text(
        _TASKS.format(
            where=f"s.warehouse_id = :warehouse_id AND s.status = '{status.value}'"
            " AND s.status NOT IN ('handed_over', 'delivered', 'cancelled')"
        )
    )
    for status in ShipmentStatus
}
_ON_MANIFEST = text(_TASKS.format(where="s.manifest_id = :manifest_id"))
_ONE = text(_TASKS.format(where="s.id = :shipment_id"))
_NUMBERS = text(
    "SELECT DISTINCT l.shipment_id, o.number FROM shipment_line l JOIN sales_order o ON o.id = l.order_id"
    " WHERE l.shipment_id = :shipment_id ORDER BY o.number"
)


def houses_in(ctx: Context) -> tuple[House, ...]:
    """The warehouses with what waits in each, for those who work there or lay their work out. Raises: NotAllowed."""
    if not ctx.actor.may("stock.layout"):
        ctx.actor.need("shipping.work")
    found: dict[int, House] = {}
    for row in ctx.db.execute(_HOUSES):
        house = found.setdefault(row.id, House(row.id, row.code, row.name_en, row.name_zh, bool(row.verifies), {}))
        if row.status is not None:
            house.counts[row.status] = row.parcels
    return tuple(found.values())


def tasks_in(ctx: Context, warehouse_id: int, statuses: Iterable[ShipmentStatus]) -> tuple[OutboundTask, ...]:
    """A warehouse's shipments in some states, the most urgent first, at most MOST_TASKS. Raises: NotAllowed."""
    ctx.actor.need("shipping.work")
    rows = [
        row
        for status in statuses
        for row in ctx.db.execute(_BY_STATUS[status], {"warehouse_id": warehouse_id, "most": MOST_TASKS})
    ]
    rows.sort(key=lambda row: (row.ship_by_at is None, row.ship_by_at or 0, row.id))
    return tuple(_task(ctx, row) for row in rows[:MOST_TASKS])


def _task(ctx: Context, row: object) -> OutboundTask:
    r = row._mapping  # type: ignore[attr-defined]
    numbers = ctx.db.execute(_NUMBERS, {"shipment_id": r["id"]})
    return OutboundTask(
        id=r["id"],
        number=r["number"],
        status=ShipmentStatus(r["status"]),
        ship_by_at=r["ship_by_at"],
        region=r["region"],
        city=r["city"],
        lines=int(r["lines"]),
        units=int(r["units"]),
        scanned=int(r["scanned"]),
        weight_g=int(r["weight_g"]),
        orders=tuple(one.number for one in numbers),
        carrier=r["carrier"],
        waybill=r["waybill"],
        answer=r["warehouse_answer"],
        batch_id=r["batch_id"],
        held=bool(r["held"]),
    )


# ---- walks ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Walk:
    """Shipments that somebody picks on one walk. `actor` is as the log names it."""

    id: int
    actor: str
    opened_at: int
    shipments: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A place on a walk: which article of which lot to take there, how many, and for whom.

    Shape: `wanted` maps lines of shipments, the most urgent first, to units; `parcels` their numbers to units.
    `bin_id` is None where the warehouse has no bins.
    """

    bin_id: int | None
    bin_code: str
    zone: str
    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    lot_id: int
    expires_on: str | None
    quantity: int
    wanted: dict[int, int]
    parcels: dict[str, int]


def walks_in(ctx: Context, warehouse_id: int) -> tuple[Walk, ...]:
    """The walks that are under way in a warehouse, oldest first. Raises: NotAllowed."""
    ctx.actor.need("shipping.work")
    rows = ctx.db.execute(
        text(
            "SELECT b.id, b.actor, b.opened_at, COUNT(s.id) AS shipments FROM shipment s"
            " JOIN pick_batch b ON b.id = s.batch_id WHERE s.warehouse_id = :warehouse_id AND s.status = 'picking'"
            " GROUP BY b.id, b.actor, b.opened_at ORDER BY b.id"
        ),
        {"warehouse_id": warehouse_id},
    )
    return tuple(Walk(row.id, row.actor, row.opened_at, row.shipments) for row in rows)


_LEFT = text(
    "SELECT l.id, l.order_id, l.order_line_id, l.quantity - l.picked_quantity AS units, s.number, s.warehouse_id"
    " FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id"
    " WHERE s.batch_id = :batch_id AND s.status = 'picking' AND l.picked_quantity < l.quantity"
    " ORDER BY s.ship_by_at IS NULL, s.ship_by_at, s.id, l.id"
)
_BINS_OF_LOT = text(
    "SELECT b.id, b.code, b.zone, b.walk, t.quantity FROM bin_stock t JOIN bin b ON b.id = t.bin_id"
    " WHERE t.sku_id = :sku_id AND t.lot_id = :lot_id AND b.warehouse_id = :warehouse_id AND t.quantity > 0"
    " ORDER BY b.walk, b.id"
)
_ARTICLE = text(
    "SELECT k.code, k.barcode, k.name_en, k.name_zh, l.expires_on FROM lot l JOIN sku k ON k.id = l.sku_id"
    " WHERE l.id = :lot_id"
)


def stops_of(ctx: Context, batch_id: int) -> tuple[Stop, ...]:
    """What is still to be picked on a walk, in the order of the path. Raises: NotAllowed."""
    ctx.actor.need("shipping.work")
    reserved: dict[int, list[list[int]]] = {}
    taken: dict[tuple[int, int], int] = {}
    stops: dict[tuple[int, int, int], Stop] = {}
    for row in ctx.db.execute(_LEFT, {"batch_id": batch_id}).all():
        if row.order_line_id not in reserved:
            for unit in units_in(ctx, row.order_id, Account.RESERVED):
                if unit.target.warehouse_id == row.warehouse_id:
                    reserved.setdefault(unit.order_line_id or 0, []).append([unit.sku_id, unit.lot_id, unit.quantity])
        left = row.units
        for piece in reserved.get(row.order_line_id, []):
            sku_id, lot_id, units = piece
            units = min(units, left)
            piece[2] -= units
            left -= units
            if units:
                _spread(ctx, stops, taken, (sku_id, lot_id, row.warehouse_id), units, row.id, row.number)
    return tuple(stops[key] for key in sorted(stops))


def _spread(
    ctx: Context,
    stops: dict[tuple[int, int, int], Stop],
    taken: dict[tuple[int, int], int],
    place: tuple[int, int, int],
    units: int,
    line_id: int,
    number: str,
) -> None:
    """Adds units of a lot to the stops at its bins, those first that come first on the path."""
    sku_id, lot_id, warehouse_id = place
    values = {"sku_id": sku_id, "lot_id": lot_id, "warehouse_id": warehouse_id}
    bins = [(b.walk, b.id, b.code, b.zone, b.quantity) for b in ctx.db.execute(_BINS_OF_LOT, values)]
    for walk, bin_id, code, zone, lying in bins or [(0, None, "", "", units)]:
        here = min(units, lying - taken.get((bin_id or 0, lot_id), 0) if bin_id else units)
        if here <= 0:
            continue
        units -= here
        taken[bin_id or 0, lot_id] = taken.get((bin_id or 0, lot_id), 0) + here
        key = (walk, bin_id or 0, lot_id)
        if key not in stops:
            about = ctx.db.execute(_ARTICLE, {"lot_id": lot_id}).one()
            article = (about.code, about.barcode, about.name_en, about.name_zh, lot_id, about.expires_on)
            stops[key] = Stop(bin_id, code, zone, *article, 0, {}, {})
        old = stops[key]
        old.wanted[line_id] = old.wanted.get(line_id, 0) + here
        old.parcels[number] = old.parcels.get(number, 0) + here
        stops[key] = Stop(
            bin_id, code, zone, old.sku_code, old.barcode, old.name_en, old.name_zh, lot_id, old.expires_on,
            old.quantity + here, old.wanted, old.parcels,
        )  # fmt: skip


# ---- the packing table and the dock -----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class PackLine:
    """An article in a parcel: how many belong in it, and how many were scanned."""

    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    quantity: int
    scanned: int


@dataclass(frozen=True, slots=True)
class PackFile:
    """A picked shipment on the packing table. `carriers` are those that go there, the cheapest first."""

    task: OutboundTask
    verifies: bool
    lines: tuple[PackLine, ...]
    carriers: tuple[str, ...]


_PACK_LINES = text(
    "SELECT k.code, k.barcode, k.name_en, k.name_zh, SUM(l.quantity) AS quantity, SUM(l.verified_quantity) AS scanned"
    " FROM shipment_line l JOIN order_line i ON i.id = l.order_line_id JOIN sku k ON k.id = i.sku_id"
    " WHERE l.shipment_id = :shipment_id GROUP BY k.code, k.barcode, k.name_en, k.name_zh ORDER BY MIN(l.id)"
)


def pack_file(ctx: Context, shipment_id: int) -> PackFile:
    """A shipment as it is verified and packed. Raises: NotFound, NotAllowed."""
    ctx.actor.need("shipping.work")
    task = read_task(ctx, shipment_id)
    row = ctx.db.execute(_ONE, {"shipment_id": shipment_id, "most": 1}).one()
    r, c = carrier_rate.c, carrier.c
    goes = (
        select(c.code)
        .join(carrier_rate, r.carrier == c.code)
        .where(r.warehouse_id == task.row.warehouse_id, r.region == row.region, c.is_active == 1)
        .order_by(r.first_cents, c.code)
    )
    lines = ctx.db.execute(_PACK_LINES, {"shipment_id": shipment_id})
    return PackFile(
        _task(ctx, row),
        task.verifies,
        tuple(PackLine(one.code, one.barcode, one.name_en, one.name_zh, one.quantity, one.scanned) for one in lines),
        tuple(ctx.db.execute(goes).scalars()),
    )


@dataclass(frozen=True, slots=True)
class ManifestFile:
    """A manifest with its parcels."""

    id: int
    carrier: str
    status: ManifestStatus
    opened_at: int
    parcels: tuple[OutboundTask, ...]


def manifests_in(ctx: Context, warehouse_id: int) -> tuple[ManifestFile, ...]:
    """The manifests of a warehouse that haven't left yet. Raises: NotAllowed."""
    ctx.actor.need("shipping.work")
    m = manifest.c
    waiting = (ManifestStatus.OPEN.value, ManifestStatus.CLOSED.value)
    rows = ctx.db.execute(
        select(manifest).where(m.warehouse_id == warehouse_id, m.status.in_(waiting)).order_by(m.id)
    ).all()
    return tuple(
        ManifestFile(
            row.id,
            row.carrier,
            ManifestStatus(row.status),
            row.opened_at,
            tuple(_task(ctx, one) for one in ctx.db.execute(_ON_MANIFEST, {"manifest_id": row.id, "most": 500})),
        )
        for row in rows
    )
