"""Packing: what was picked is verified by scan, weighed and closed, with the carrier's waybill on it."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update

from core.context import Context
from core.db.history import record
from core.db.shipping_tables import carrier, carrier_rate, shipment_line
from core.db.world_tables import order_line, sku, warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.shipments import shipment_transition, waybill_number
from core.domain.texts import typed
from core.domain.waves import Rate, shipping_cents
from core.services.shipment_rows import (
    Task,
    advance,
    decide_shipment,
    load_task,
    note_on_orders,
    set_shipment,
)

_MOST_UNITS = 1_000_000
_l = shipment_line.c


@dataclass(frozen=True, slots=True)
class Scan:
    """What a scan was, and what is left to scan of the article and of the whole shipment. Units: of the SKU."""

    sku_code: str
    name_en: str
    name_zh: str
    scanned: int
    left_of_article: int
    left: int


def require_verification(ctx: Context, warehouse_id: int, required: bool) -> None:
    """Decides whether a warehouse's parcels have to be verified by scan before they are packed.

    Raises: NotFound, NotAllowed, RuleViolation where it is so already.
    """
    ctx.actor.need("stock.layout")
    w = warehouse.c
    row = ctx.db.execute(select(w.code, w.verifies).where(w.id == warehouse_id, w.id != 0)).one_or_none()
    if row is None:
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
    if bool(row.verifies) == required:
        raise RuleViolation("Warehouse {code} works like that already.", code=row.code)
    record(ctx, "VerificationRequired", f"warehouse:{warehouse_id}", {"required": required})
    ctx.db.execute(update(warehouse).where(w.id == warehouse_id).values(verifies=int(required)))


def verify_scan(ctx: Context, shipment_id: int, code: str, quantity: int = 1) -> Scan:
    """Counts a scanned article towards a picked shipment; with the last one the shipment is verified.

    `code` is the article's barcode, or its SKU code.
    Raises: NotFound, NotAllowed, RuleViolation for another article, or more than belong in the parcel.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    decide_shipment(ctx, "verify", task)
    if not 1 <= quantity <= _MOST_UNITS:
        raise RuleViolation("A scan counts 1 to {most} units, found {found}.", most=_MOST_UNITS, found=quantity)
    code = typed(code)
    mine = {line.order_line_id: line for line in task.lines}
    k = sku.c
    found = ctx.db.execute(
        select(order_line.c.id, k.code, k.barcode, k.name_en, k.name_zh)
        .select_from(order_line.join(sku, k.id == order_line.c.sku_id))
        .where(order_line.c.id.in_(list(mine)))
        .order_by(order_line.c.id)
    ).all()
    meant = [row for row in found if code and code.casefold() in (row.barcode.casefold(), row.code.casefold())]
    if not meant:
        _refuse_scan(ctx, task, code, [row.code for row in found if _left(mine[row.id])])
    left = sum(_left(mine[row.id]) for row in meant)
    if quantity > left:
        raise RuleViolation(
            "{code}: shipment {number} takes only {left} more, scanned {quantity}.",
            code=meant[0].code,
            left=left,
            number=task.row.number,
            quantity=quantity,
        )
    rest = quantity
    for row in meant:
        line = mine[row.id]
        units = min(rest, _left(line))
        rest -= units
        if units:
            change = {"verified_quantity": line.verified_quantity + units}
            ctx.db.execute(update(shipment_line).where(_l.id == line.id).values(change))
    left_of_all = sum(_left(line) for line in task.lines) - quantity
    if left_of_all:
        set_shipment(ctx, task.id)
    else:
        decided = shipment_transition("verify")
        set_shipment(ctx, task.id, status=decided.target.value, verified_at=ctx.now)
        note_on_orders(ctx, task, decided.fact)
    first = meant[0]
    return Scan(first.code, first.name_en, first.name_zh, quantity, left - quantity, left_of_all)


def _left(line: object) -> int:
    return int(line.quantity - line.verified_quantity)  # type: ignore[attr-defined]


def _refuse_scan(ctx: Context, task: Task, code: str, wanted: list[str]) -> None:
    """Says what was scanned, and what is wanted. Raises: RuleViolation."""
    k = sku.c
    known = ctx.db.execute(select(k.code).where((k.code == code) | ((k.barcode == code) & (k.barcode != "")))).first()
    raise RuleViolation(
        "“{code}” doesn't belong in shipment {number}. Still wanted: {wanted}.",
        code=known.code if known else code,
        number=task.row.number,
        wanted=tuple(dict.fromkeys(wanted)),
    )


def pack_shipment(
    ctx: Context, shipment_id: int, weight_g: int | None = None, carrier_code: str | None = None, waybill: str = ""
) -> str:
    """Closes a picked parcel, with its weight, its carrier and the carrier's waybill; gives the waybill's number.

    Without a carrier the planned one takes it, without a number the next one of the carrier's pool is used, without a
    weight it isn't weighed.
    Raises: NotFound, NotAllowed, RuleViolation without a carrier, too heavy for it, or where it doesn't go there.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    decided = decide_shipment(ctx, "pack", task)
    code = typed(carrier_code or "") or task.row.carrier
    if not code:
        raise RuleViolation("Packing needs a carrier.")
    c = carrier.c
    chosen = ctx.db.execute(select(carrier).where(c.code == code, c.is_active == 1)).one_or_none()
    if chosen is None:
        raise RuleViolation("Carrier {carrier} isn't known, or doesn't work for us now.", carrier=code)
    if weight_g is not None and not 1 <= weight_g <= chosen.max_weight_g:
        raise RuleViolation(
            "{carrier} takes parcels of 1 g to {most} g, found {found} g.",
            carrier=chosen.name_en,
            most=chosen.max_weight_g,
            found=weight_g,
        )
    cost = None if weight_g is None else _cost(ctx, task, code, weight_g)
    number = typed(waybill) or waybill_number(chosen.waybill_prefix, task.id)
    columns = {"carrier": code, "waybill": number, "packed_at": ctx.now, "weight_g": weight_g, "cost_cents": cost}
    advance(ctx, task, decided, {"carrier": code, "waybill": number}, **columns)
    return number


def _cost(ctx: Context, task: Task, code: str, weight_g: int) -> int:
    """What the carrier takes for the parcel. Raises: RuleViolation where it has no rate for the region."""
    region = next(iter(task.orders.values())).region
    r = carrier_rate.c
    row = ctx.db.execute(
        select(r.first_weight_g, r.first_cents, r.step_weight_g, r.step_cents, r.transit_hours).where(
            r.carrier == code, r.warehouse_id == task.row.warehouse_id, r.region == region
        )
    ).one_or_none()
    if row is None:
        raise RuleViolation("{carrier} has no rate for {region} from this warehouse.", carrier=code, region=region)
    return shipping_cents(Rate(*row), weight_g)
