"""What carriers say of the parcels that a plan offered them, noted for many parcels at once."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from core.context import Context
from core.db.shipping_tables import shipment
from core.domain.errors import RuleViolation
from core.domain.shipments import NOT_PICKED_YET
from core.services.shipping import accept_as_carrier, refuse_as_carrier

_s = shipment.c


def accept_for_carrier(ctx: Context, shipment_ids: Sequence[int]) -> int:
    """Notes that carriers take these parcels; gives of how many it was noted now.

    Parcels that were answered for already, or called off, stay as they are.
    Raises: NotAllowed, RuleViolation where no parcel waits for an answer.
    """
    ctx.actor.need("stock.allocate")
    asked = _asked(ctx, shipment_ids)
    for shipment_id in asked:
        accept_as_carrier(ctx, shipment_id)
    return len(asked)


def refuse_for_carrier(ctx: Context, shipment_ids: Sequence[int], reason: str) -> int:
    """Notes that carriers don't take these parcels: their orders go back to planning. Gives how many were given back.

    Raises: NotAllowed, RuleViolation where no parcel waits for an answer, or without a reason.
    """
    ctx.actor.need("stock.allocate")
    asked = _asked(ctx, shipment_ids)
    for shipment_id in asked:
        refuse_as_carrier(ctx, shipment_id, reason)
    return len(asked)


def _asked(ctx: Context, shipment_ids: Sequence[int]) -> list[int]:
    """The parcels of these that a carrier was asked for and that nobody has picked from."""
    statuses = [status.value for status in NOT_PICKED_YET]
    found = select(_s.id).where(_s.id.in_(list(shipment_ids)), _s.carrier_answer == "offered", _s.status.in_(statuses))
    asked = list(ctx.db.execute(found.order_by(_s.id)).scalars())
    if not asked:
        raise RuleViolation("None of these parcels waits for its carrier's answer any more.")
    return asked
