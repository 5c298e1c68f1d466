"""Manifests: the parcels of a warehouse that leave on one lorry, and what the carrier signs for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row, select, update

from core.context import Context
from core.db.shipping_tables import carrier, manifest, shipment
from core.db.world_tables import warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.shipments import ManifestStatus
from core.services.shipment_rows import Task, advance, decide_shipment, load_task
from core.services.shipping import hand_over_task

_m, _s = manifest.c, shipment.c


def open_manifest(ctx: Context, warehouse_id: int, carrier_code: str) -> int:
    """Begins the list of parcels that a carrier is about to fetch from a warehouse; gives its id.

    Raises: NotAllowed, NotFound, RuleViolation while another one of the same carrier is open there.
    """
    ctx.actor.need("shipping.work")
    if not ctx.db.execute(select(warehouse.c.id).where(warehouse.c.id == warehouse_id, warehouse.c.id != 0)).scalar():
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
    if not ctx.db.execute(select(carrier.c.code).where(carrier.c.code == carrier_code)).scalar():
        raise RuleViolation("Carrier {carrier} isn't known, or doesn't work for us now.", carrier=carrier_code)
    where = (_m.warehouse_id == warehouse_id, _m.carrier == carrier_code, _m.status == ManifestStatus.OPEN.value)
    if (found := ctx.db.execute(select(_m.id).where(*where)).scalar()) is not None:
        raise RuleViolation("Manifest {id} of this carrier is still open; close it first.", id=found)
    key = ctx.db.execute(
        manifest.insert().values(
            warehouse_id=warehouse_id, carrier=carrier_code, status=ManifestStatus.OPEN.value, opened_at=ctx.now
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def add_to_manifest(ctx: Context, manifest_id: int, shipment_id: int) -> None:
    """Puts a packed parcel onto an open manifest of its warehouse and carrier.

    Raises: NotFound, NotAllowed, RuleViolation for a parcel of another carrier or warehouse.
    """
    ctx.actor.need("shipping.work")
    row = _load(ctx, manifest_id, ManifestStatus.OPEN)
    task = load_task(ctx, shipment_id)
    decided = decide_shipment(ctx, "add_to_manifest", task)
    _need_same_way(task, row.warehouse_id, row.carrier)
    advance(ctx, task, decided, {"manifest": manifest_id}, manifest_id=manifest_id)


def _need_same_way(task: Task, warehouse_id: int, carrier_code: str) -> None:
    """Raises: RuleViolation where a parcel is of another warehouse, or goes with another carrier."""
    if (task.row.warehouse_id, task.row.carrier) != (warehouse_id, carrier_code):
        raise RuleViolation(
            "Shipment {number} goes with {carrier} from another list.", number=task.row.number, carrier=task.row.carrier
        )


def load_manifest(ctx: Context, warehouse_id: int, carrier_code: str, shipment_ids: Sequence[int]) -> int:
    """Puts several packed parcels onto the carrier's open manifest, beginning one where none is; gives its id.

    Raises: NotFound, NotAllowed, RuleViolation where one of the parcels can't go with it.
    """
    ctx.actor.need("shipping.work")
    if not shipment_ids:
        raise RuleViolation("There is no parcel on this manifest yet.")
    for shipment_id in shipment_ids:
        task = load_task(ctx, shipment_id)
        decide_shipment(ctx, "add_to_manifest", task)
        _need_same_way(task, warehouse_id, carrier_code)
    where = (_m.warehouse_id == warehouse_id, _m.carrier == carrier_code, _m.status == ManifestStatus.OPEN.value)
    found = ctx.db.execute(select(_m.id).where(*where)).scalar()
    manifest_id = open_manifest(ctx, warehouse_id, carrier_code) if found is None else int(found)
    for shipment_id in shipment_ids:
        add_to_manifest(ctx, manifest_id, shipment_id)
    return manifest_id


def take_off_manifest(ctx: Context, shipment_id: int) -> None:
    """Takes a parcel off its manifest as long as that is open.

    Raises: NotFound, NotAllowed, RuleViolation.
    """
    ctx.actor.need("shipping.work")
    task = load_task(ctx, shipment_id)
    decided = decide_shipment(ctx, "take_off_manifest", task)
    _load(ctx, task.row.manifest_id, ManifestStatus.OPEN)
    advance(ctx, task, decided, {"manifest": task.row.manifest_id}, manifest_id=None)


def close_manifest(ctx: Context, manifest_id: int) -> int:
    """Closes a manifest for printing and signing; gives how many parcels are on it.

    Raises: NotFound, NotAllowed, RuleViolation for an empty one.
    """
    ctx.actor.need("shipping.work")
    _load(ctx, manifest_id, ManifestStatus.OPEN)
    parcels = _parcels(ctx, manifest_id)
    if not parcels:
        raise RuleViolation("There is no parcel on this manifest yet.")
    _set(ctx, manifest_id, status=ManifestStatus.CLOSED.value, closed_at=ctx.now)
    return len(parcels)


def hand_over_manifest(ctx: Context, manifest_id: int) -> int:
    """Gives all parcels of a closed manifest to the driver; gives how many there were.

    Raises: NotFound, NotAllowed, RuleViolation while it is open, or an order in it is on hold.
    """
    ctx.actor.need("shipping.work")
    _load(ctx, manifest_id, ManifestStatus.CLOSED)
    tasks = [load_task(ctx, shipment_id) for shipment_id in _parcels(ctx, manifest_id)]
    for task in tasks:
        decide_shipment(ctx, "hand_over_with_manifest", task)
    for task in tasks:
        hand_over_task(ctx, load_task(ctx, task.id), "hand_over_with_manifest")
    _set(ctx, manifest_id, status=ManifestStatus.HANDED_OVER.value, handed_over_at=ctx.now)
    return len(tasks)


def _load(ctx: Context, manifest_id: int, status: ManifestStatus) -> Row[Any]:
    """A manifest, locked, in the state that is needed. Raises: NotFound, RuleViolation."""
    row = ctx.db.execute(select(manifest).where(_m.id == manifest_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("Manifest {id} isn't here.", id=manifest_id)
    if row.status != status:
        raise RuleViolation(
            "Manifest {id} is {status}; this needs one that is {wanted}.",
            id=manifest_id,
            status=ManifestStatus(row.status),
            wanted=status,
        )
    return row


def _parcels(ctx: Context, manifest_id: int) -> list[int]:
    found = select(_s.id).where(_s.manifest_id == manifest_id, _s.status == "manifested").order_by(_s.id)
    return list(ctx.db.execute(found).scalars())


def _set(ctx: Context, manifest_id: int, **columns: object) -> None:
    ctx.db.execute(update(manifest).where(_m.id == manifest_id).values(**columns))
