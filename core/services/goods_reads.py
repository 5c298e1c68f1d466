"""Transfers, corrections and returned parcels as the desk reads them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text

from core.context import Context
from core.db.inbound_tables import returned_parcel, transfer
from core.db.world_tables import order_line, sales_order
from core.domain.adjusting import AdjustmentStatus
from core.domain.errors import NotFound
from core.domain.numbering import ADJUSTMENT, RETURNED, TRANSFER, number_of
from core.domain.returned_goods import ReturnedStatus
from core.domain.stock import Account
from core.domain.texts import typed
from core.domain.transfers import TransferProgress, TransferStatus
from core.services.returned_goods import with_buyer

MOST = 200
_TRANSFERS = (
    "SELECT t.id, t.status, t.is_open, t.sent_at, t.closed_at, t.note, t.actor, t.version, t.from_warehouse_id,"
    " t.to_warehouse_id, f.code AS from_code, g.code AS to_code, SUM(l.quantity) AS units,"
    " SUM(l.received_quantity) AS came, SUM(l.lost_quantity) AS lost FROM transfer t"
    " JOIN transfer_line l ON l.transfer_id = t.id JOIN warehouse f ON f.id = t.from_warehouse_id"
    " JOIN warehouse g ON g.id = t.to_warehouse_id WHERE {which}"
    " GROUP BY t.id, t.status, t.is_open, t.sent_at, t.closed_at, t.note, t.actor, t.version, t.from_warehouse_id,"
    " t.to_warehouse_id, f.code, g.code ORDER BY t.is_open DESC, t.id DESC LIMIT :most"
)
_TRANSFER_LINES = text(
    "SELECT l.id, l.lot_id, l.quantity, l.received_quantity, l.lost_quantity, k.code, k.name_en, k.name_zh"
    " FROM transfer_line l JOIN sku k ON k.id = l.sku_id WHERE l.transfer_id = :id ORDER BY l.id"
)
_ADJUSTMENTS = (
    "SELECT a.*, k.code, k.name_en, k.name_zh, w.code AS warehouse, b.code AS bin, COALESCE(("
    " SELECT SUM(s.quantity) FROM stock_balance s WHERE s.sku_id = a.sku_id AND s.warehouse_id = a.warehouse_id"
    " AND s.account = a.account), 0) AS now_units FROM adjustment a JOIN sku k ON k.id = a.sku_id"
    " JOIN warehouse w ON w.id = a.warehouse_id LEFT JOIN bin b ON b.id = a.bin_id WHERE {which}"
    " ORDER BY a.id DESC LIMIT :most"
)
_RETURNED = (
    "SELECT p.id, p.order_id, p.warehouse_id, p.waybill, p.status, p.at, p.note, p.actor, o.number, o.buyer_name,"
    " w.code AS warehouse, l.id AS line_id, l.quantity, l.restocked_quantity, l.damaged_quantity, l.sku_id, l.lot_id,"
    " k.code, k.name_en, k.name_zh, t.expires_on FROM returned_parcel p JOIN sales_order o ON o.id = p.order_id"
    " JOIN warehouse w ON w.id = p.warehouse_id JOIN returned_line l ON l.parcel_id = p.id"
    " JOIN sku k ON k.id = l.sku_id JOIN lot t ON t.id = l.lot_id WHERE {which} ORDER BY p.id DESC, l.id LIMIT :most"
)
_ORDER_BY_WAYBILL = text(
    "SELECT l.order_id FROM shipment s JOIN shipment_line l ON l.shipment_id = s.id WHERE s.waybill IN (:typed, :upper)"
    " ORDER BY l.order_id LIMIT 1"
)


@dataclass(frozen=True, slots=True)
class TransferRow:
    """One transfer in a list. Units: of its articles."""

    id: int
    number: str
    status: TransferStatus
    is_open: bool
    sent_at: int
    from_id: int
    to_id: int
    from_code: str
    to_code: str
    units: int
    came: int
    lost: int
    note: str
    actor: str
    version: int


@dataclass(frozen=True, slots=True)
class TransferLine:
    """One lot on a transfer."""

    id: int
    lot_id: int
    sku_code: str
    name_en: str
    name_zh: str
    progress: TransferProgress


def transfers_in(ctx: Context) -> tuple[TransferRow, ...]:
    """Transfers, those on the way first, then the latest."""
    ctx.actor.need("stock.read")
    return tuple(_transfer(row) for row in ctx.db.execute(text(_TRANSFERS.format(which="1 = 1")), {"most": MOST}))


def get_transfer(ctx: Context, transfer_id: int) -> tuple[TransferRow, tuple[TransferLine, ...]]:
    """One transfer with its lines. Raises: NotFound."""
    ctx.actor.need("stock.read")
    values = {"id": transfer_id, "most": 1}
    row = ctx.db.execute(text(_TRANSFERS.format(which="t.id = :id")), values).one_or_none()
    if row is None:
        raise NotFound("Transfer {number} isn't here.", number=number_of(TRANSFER, transfer_id))
    lines = ctx.db.execute(_TRANSFER_LINES, {"id": transfer_id})
    return _transfer(row), tuple(
        TransferLine(
            one.id,
            one.lot_id,
            one.code,
            one.name_en,
            one.name_zh,
            TransferProgress(one.quantity, one.received_quantity, one.lost_quantity),
        )
        for one in lines
    )


def _transfer(row: Row[Any]) -> TransferRow:
    return TransferRow(
        id=row.id,
        number=number_of(TRANSFER, row.id),
        status=TransferStatus(row.status),
        is_open=bool(row.is_open),
        sent_at=row.sent_at,
        from_id=row.from_warehouse_id,
        to_id=row.to_warehouse_id,
        from_code=row.from_code,
        to_code=row.to_code,
        units=int(row.units),
        came=int(row.came),
        lost=int(row.lost),
        note=row.note,
        actor=row.actor,
        version=row.version,
    )


@dataclass(frozen=True, slots=True)
class AdjustmentRow:
    """One correction; `now_units` are in its account now. Units: `value_cents` without a sign."""

    id: int
    number: str
    status: AdjustmentStatus
    sku_code: str
    name_en: str
    name_zh: str
    warehouse_code: str
    account: Account
    bin_code: str | None
    lot_id: int | None
    change: int
    reason: str
    note: str
    value_cents: int
    now_units: int
    requested_at: int
    requested_by: str
    decided_at: int | None
    decided_by: str | None
    decision_note: str


def adjustments_in(ctx: Context, *, waiting: bool) -> tuple[AdjustmentRow, ...]:
    """Corrections that wait for somebody's approval, or those that are decided, the latest first."""
    ctx.actor.need("stock.read")
    which = f"a.status {'=' if waiting else '<>'} '{AdjustmentStatus.WAITING}'"
    rows = ctx.db.execute(text(_ADJUSTMENTS.format(which=which)), {"most": MOST})
    return tuple(
        AdjustmentRow(
            id=row.id,
            number=number_of(ADJUSTMENT, row.id),
            status=AdjustmentStatus(row.status),
            sku_code=row.code,
            name_en=row.name_en,
            name_zh=row.name_zh,
            warehouse_code=row.warehouse,
            account=Account(row.account),
            bin_code=row.bin,
            lot_id=row.lot_id,
            change=row.change,
            reason=row.reason,
            note=row.note,
            value_cents=row.value_cents,
            now_units=int(row.now_units),
            requested_at=row.requested_at,
            requested_by=row.requested_by,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            decision_note=row.decision_note,
        )
        for row in rows
    )


@dataclass(frozen=True, slots=True)
class ReturnedLine:
    """Units of one lot in a returned parcel."""

    id: int
    sku_id: int
    sku_code: str
    name_en: str
    name_zh: str
    lot_id: int
    expires_on: str | None
    quantity: int
    restocked: int
    damaged: int

    @property
    def waiting(self) -> int:
        return self.quantity - self.restocked - self.damaged


@dataclass(frozen=True, slots=True)
class ReturnedParcel:
    """A parcel that came back from a buyer."""

    id: int
    number: str
    status: ReturnedStatus
    order_id: int
    order_number: str
    warehouse_id: int
    warehouse_code: str
    waybill: str
    at: int
    note: str
    actor: str
    lines: tuple[ReturnedLine, ...]


def returned_in(ctx: Context, *, is_open: bool) -> tuple[ReturnedParcel, ...]:
    """Returned parcels that wait for inspection, or those that are done, the latest first."""
    ctx.actor.need("stock.read")
    return _parcels(ctx, f"p.is_open = {int(is_open)}", {})


def get_returned(ctx: Context, parcel_id: int) -> ReturnedParcel:
    """One returned parcel. Raises: NotFound."""
    ctx.actor.need("stock.read")
    found = _parcels(ctx, "p.id = :id", {"id": parcel_id})
    if not found:
        raise NotFound("Returned parcel {number} isn't here.", number=number_of(RETURNED, parcel_id))
    return found[0]


def _parcels(ctx: Context, which: str, values: Mapping[str, Any]) -> tuple[ReturnedParcel, ...]:
    heads: dict[int, Row[Any]] = {}
    lines: dict[int, list[ReturnedLine]] = {}
    for row in ctx.db.execute(text(_RETURNED.format(which=which)), {"most": MOST, **values}):
        heads.setdefault(row.id, row)
        line = ReturnedLine(
            row.line_id,
            row.sku_id,
            row.code,
            row.name_en,
            row.name_zh,
            row.lot_id,
            row.expires_on,
            row.quantity,
            row.restocked_quantity,
            row.damaged_quantity,
        )
        lines.setdefault(row.id, []).append(line)
    return tuple(
        ReturnedParcel(
            number,
            number_of(RETURNED, number),
            ReturnedStatus(head.status),
            head.order_id,
            head.number,
            head.warehouse_id,
            head.warehouse,
            head.waybill,
            head.at,
            head.note,
            head.actor,
            tuple(lines[number]),
        )
        for number, head in heads.items()
    )


@dataclass(frozen=True, slots=True)
class Returnable:
    """An order whose goods may come back. Shape: lines: id → article number, name, units with the buyer."""

    order_id: int
    number: str
    warehouse_id: int
    lines: Mapping[int, tuple[str, str, int]]


def find_returnable(ctx: Context, scanned: str) -> Returnable:
    """The order that a number or the waybill of one of its parcels belongs to.

    Raises: NotFound for anything else.
    """
    ctx.actor.need("stock.receive")
    wanted = typed(scanned)
    o = sales_order.c
    row = ctx.db.execute(select(o.id, o.number, o.warehouse_id).where(o.number == wanted).limit(1)).one_or_none()
    if row is None and wanted:
        order_id = ctx.db.execute(_ORDER_BY_WAYBILL, {"typed": wanted, "upper": wanted.upper()}).scalar_one_or_none()
        row = ctx.db.execute(select(o.id, o.number, o.warehouse_id).where(o.id == order_id)).one_or_none()
    if row is None:
        raise NotFound("“{found}” is neither an order of ours nor a waybill of one.", found=wanted)
    held = with_buyer(ctx, row.id)
    lines = ctx.db.execute(
        select(order_line).where(order_line.c.order_id == row.id).order_by(order_line.c.position)
    ).all()
    shown = {line.id: (line.sku_code, line.name, held.get(line.id, 0)) for line in lines}
    return Returnable(row.id, row.number, row.warehouse_id, shown)


def goods_waiting(ctx: Context) -> Mapping[str, int]:
    """How much waits on the goods' pages. Shape: transfers, corrections, returns → count."""
    ctx.actor.need("stock.read")
    return {
        "transfers": len(ctx.db.execute(select(transfer.c.id).where(transfer.c.is_open == 1)).all()),
        "corrections": len(adjustments_in(ctx, waiting=True)),
        "returns": len(ctx.db.execute(select(returned_parcel.c.id).where(returned_parcel.c.is_open == 1)).all()),
    }
