"""The shipment machine: parcels between the plan and the door, and what they say of the orders they serve."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation
from core.domain.orders import Status
from core.domain.stock import Move


class ShipmentStatus(StrEnum):
    """Where a parcel stands between the plan and the customer's door."""

    PLANNED = "planned"
    RELEASED = "released"
    PICKING = "picking"
    PICKED = "picked"
    VERIFIED = "verified"
    PACKED = "packed"
    MANIFESTED = "manifested"
    HANDED_OVER = "handed_over"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"


SHIPMENT_STATUS_LABELS = MappingProxyType(
    {
        ShipmentStatus.PLANNED: "Parcel planned",
        ShipmentStatus.RELEASED: "To be picked",
        ShipmentStatus.PICKING: "Being picked",
        ShipmentStatus.PICKED: "Fully picked",
        ShipmentStatus.VERIFIED: "Verified",
        ShipmentStatus.PACKED: "In its parcel",
        ShipmentStatus.MANIFESTED: "On a manifest",
        ShipmentStatus.HANDED_OVER: "With the carrier",
        ShipmentStatus.DELIVERED: "At the buyer's",
        ShipmentStatus.CANCELLED: "Parcel called off",
    }
)
S = ShipmentStatus
NOT_PICKED_YET = (S.PLANNED, S.RELEASED)
IN_THE_HOUSE = (S.PLANNED, S.RELEASED, S.PICKING, S.PICKED, S.VERIFIED, S.PACKED, S.MANIFESTED)
GONE = (S.HANDED_OVER, S.DELIVERED)


class ShipmentFact(StrEnum):
    """What can have happened to a shipment besides what its order's facts say."""

    PLANNED = "ShipmentPlanned"
    TASK_ACCEPTED = "TaskAccepted"
    TASK_REFUSED = "TaskRefused"
    CARRIER_ACCEPTED = "CarrierAccepted"
    CARRIER_REFUSED = "CarrierRefused"
    RELEASED = "ShipmentReleased"
    PICKING_STARTED = "ShipmentPickingStarted"
    LINE_PICKED = "LinePicked"
    LINE_SHORT = "LinePickedShort"
    PICKED = "ShipmentPicked"
    VERIFIED = "ShipmentVerified"
    PACKED = "ShipmentPacked"
    MANIFESTED = "ShipmentManifested"
    TAKEN_OFF = "ShipmentTakenOffManifest"
    HANDED_OVER = "ShipmentHandedOver"
    DELIVERED = "ShipmentDelivered"
    SPLIT = "ShipmentSplit"
    MERGED = "ShipmentsMerged"


SHIPMENT_FACT_LABELS = MappingProxyType(
    {
        ShipmentFact.PLANNED: "Parcel planned",
        ShipmentFact.TASK_ACCEPTED: "The warehouse took the task",
        ShipmentFact.TASK_REFUSED: "The warehouse refused the task",
        ShipmentFact.CARRIER_ACCEPTED: "The carrier agreed",
        ShipmentFact.CARRIER_REFUSED: "The carrier refused",
        ShipmentFact.RELEASED: "Parcel released to the warehouse",
        ShipmentFact.PICKING_STARTED: "Picking of a parcel started",
        ShipmentFact.LINE_PICKED: "Article picked",
        ShipmentFact.LINE_SHORT: "Article picked short",
        ShipmentFact.PICKED: "Parcel fully picked",
        ShipmentFact.VERIFIED: "Parcel verified by scan",
        ShipmentFact.PACKED: "Parcel packed",
        ShipmentFact.MANIFESTED: "Parcel put on a manifest",
        ShipmentFact.TAKEN_OFF: "Parcel taken off its manifest",
        ShipmentFact.HANDED_OVER: "Parcel handed over to the carrier",
        ShipmentFact.DELIVERED: "Parcel delivered",
        ShipmentFact.SPLIT: "Parcel split",
        ShipmentFact.MERGED: "Orders merged into one parcel",
    }
)


class ManifestStatus(StrEnum):
    """Where the list stands that a carrier signs for."""

    OPEN = "open"
    CLOSED = "closed"
    HANDED_OVER = "handed_over"


MANIFEST_STATUS_LABELS = MappingProxyType(
    {
        ManifestStatus.OPEN: "Being filled",
        ManifestStatus.CLOSED: "Closed",
        ManifestStatus.HANDED_OVER: "Signed for",
    }
)


@dataclass(frozen=True, slots=True)
class ShipmentState:
    """What the guards look at; made from the shipment's rows by the service. Units: units of the SKUs."""

    number: str
    status: ShipmentStatus
    held_order: str | None
    verifies: bool
    warehouse_answer: str
    carrier: str | None
    waybill: str
    wanted_quantity: int
    picked_quantity: int
    verified_quantity: int


@dataclass(frozen=True, slots=True)
class ShipmentTransition:
    """One row of the machine: in these states this command leads there, leaves this fact, under these guards."""

    command: str
    sources: tuple[ShipmentStatus, ...]
    target: ShipmentStatus
    fact: ShipmentFact
    right: str
    guards: tuple[str, ...] = ()


_WORK = "shipping.work"
_T = ShipmentTransition
SHIPMENT_TRANSITIONS: tuple[ShipmentTransition, ...] = (
    _T("accept_task", (S.PLANNED,), S.RELEASED, ShipmentFact.TASK_ACCEPTED, _WORK, ("asked", "not_held")),
    _T("refuse_task", (S.PLANNED,), S.CANCELLED, ShipmentFact.TASK_REFUSED, _WORK, ("asked",)),
    _T("release", (S.PLANNED,), S.RELEASED, ShipmentFact.RELEASED, _WORK, ("answered", "not_held")),
    _T(
        "refuse_as_carrier",
        NOT_PICKED_YET,
        S.CANCELLED,
        ShipmentFact.CARRIER_REFUSED,
        "stock.allocate",
        ("has_carrier",),
    ),
    _T("start_picking", (S.RELEASED,), S.PICKING, ShipmentFact.PICKING_STARTED, _WORK, ("not_held",)),
    _T("pick", (S.PICKING,), S.PICKING, ShipmentFact.LINE_PICKED, _WORK, ("not_held",)),
    _T("pick_all", (S.RELEASED, S.PICKING), S.PICKED, ShipmentFact.PICKED, _WORK, ("not_held",)),
    _T("finish_picking", (S.PICKING,), S.PICKED, ShipmentFact.PICKED, _WORK, ("all_picked",)),
    _T("verify", (S.PICKED,), S.VERIFIED, ShipmentFact.VERIFIED, _WORK, ("not_held",)),
    _T("pack", (S.PICKED, S.VERIFIED), S.PACKED, ShipmentFact.PACKED, _WORK, ("not_held", "verified_where_needed")),
    _T("add_to_manifest", (S.PACKED,), S.MANIFESTED, ShipmentFact.MANIFESTED, _WORK, ("not_held",)),
    _T("take_off_manifest", (S.MANIFESTED,), S.PACKED, ShipmentFact.TAKEN_OFF, _WORK),
    _T("hand_over", (S.PACKED,), S.HANDED_OVER, ShipmentFact.HANDED_OVER, _WORK, ("not_held",)),
    _T("hand_over_with_manifest", (S.MANIFESTED,), S.HANDED_OVER, ShipmentFact.HANDED_OVER, _WORK, ("not_held",)),
    _T("deliver", (S.HANDED_OVER,), S.DELIVERED, ShipmentFact.DELIVERED, _WORK),
)
_BY_COMMAND = MappingProxyType({t.command: t for t in SHIPMENT_TRANSITIONS})


def shipment_transition(command: str) -> ShipmentTransition:
    """The machine's row for a command."""
    return _BY_COMMAND[command]


def _guard(name: str, shipment: ShipmentState) -> RuleViolation | None:
    """What a guard has against the shipment, or None."""
    match name:
        case "not_held" if shipment.held_order is not None:
            return RuleViolation(
                "Order {number} in this shipment is on hold. Release the hold first.", number=shipment.held_order
            )
        case "asked" if shipment.warehouse_answer != "offered":
            return RuleViolation("Shipment {number} wasn't offered to a warehouse.", number=shipment.number)
        case "answered" if shipment.warehouse_answer == "offered":
            return RuleViolation("The warehouse hasn't answered for shipment {number} yet.", number=shipment.number)
        case "has_carrier" if not shipment.carrier:
            return RuleViolation("Shipment {number} has no carrier yet.", number=shipment.number)
        case "all_picked" if shipment.picked_quantity < shipment.wanted_quantity:
            return RuleViolation(
                "Shipment {number} has {picked} of {wanted} units picked.",
                number=shipment.number,
                picked=shipment.picked_quantity,
                wanted=shipment.wanted_quantity,
            )
        case "verified_where_needed" if shipment.verifies and shipment.status is S.PICKED:
            return RuleViolation(
                "Shipment {number} has to be verified by scan before it is packed: {scanned} of {wanted} units so far.",
                number=shipment.number,
                scanned=shipment.verified_quantity,
                wanted=shipment.wanted_quantity,
            )
        case _:
            return None


def shipment_refusal(command: str, shipment: ShipmentState) -> RuleViolation | None:
    """Why the machine refuses a command on a shipment as it stands, or None if it may go."""
    row = _BY_COMMAND[command]
    if shipment.status not in row.sources:
        return RuleViolation(
            "Shipment {number} is {status}; this needs one of: {wanted}.",
            number=shipment.number,
            status=shipment.status,
            wanted=row.sources,
        )
    for name in row.guards:
        if violation := _guard(name, shipment):
            return violation
    return None


# Where an order's units stand by the status of the shipment they are in.
_STAGE_OF = MappingProxyType(
    {
        S.PLANNED: Status.ALLOCATED,
        S.RELEASED: Status.RELEASED,
        S.PICKING: Status.PICKING,
        S.PICKED: Status.PICKING,
        S.VERIFIED: Status.PICKING,
        S.PACKED: Status.PACKED,
        S.MANIFESTED: Status.PACKED,
    }
)
_STAGES = (Status.ALLOCATED, Status.RELEASED, Status.PICKING, Status.PACKED)


def derived_status(wanted: int, loose: int, units: Mapping[str, int]) -> Status | None:
    """The order's status as it follows from its units, None where not a unit is set aside for it.

    `wanted` are the units of its lines, `loose` those that are reserved and in no shipment, `units` those in shipments
    by the shipments' status. Before the first unit leaves, the order stands where the part stands that is least far.
    """
    standing = {S(status): quantity for status, quantity in units.items() if quantity and status != S.CANCELLED}
    delivered = standing.pop(S.DELIVERED, 0)
    gone = delivered + standing.pop(S.HANDED_OVER, 0)
    set_aside = gone + sum(standing.values()) + loose
    if not set_aside:
        return None
    if delivered:
        return Status.DELIVERED if delivered == wanted else Status.PARTLY_DELIVERED
    if gone:
        return Status.SHIPPED if gone == wanted else Status.PARTLY_SHIPPED
    if set_aside < wanted:
        return Status.PARTLY_ALLOCATED
    stages = {_STAGE_OF[status] for status in standing} | ({Status.ALLOCATED} if loose else set())
    return min(stages, key=_STAGES.index)


def allot(units: Iterable[Move], wanted: Mapping[int, int]) -> list[Move]:
    """Of an order's units in an account those that serve so many of each line, lot by lot as they come.

    Shape: `wanted` maps an order line to its units; a line may get less than asked where fewer are there.
    """
    left, found = dict(wanted), list[Move]()
    for move in units:
        quantity = min(move.quantity, left.get(move.order_line_id or 0, 0))
        if quantity > 0:
            left[move.order_line_id or 0] -= quantity
            found.append(Move(move.sku_id, move.lot_id, move.source, move.target, quantity, move.order_line_id))
    return found


def shipment_number(shipment_id: int) -> str:
    """What a shipment is called on paper and on screen."""
    return f"SP-{shipment_id:06d}"


def waybill_number(prefix: str, serial: int) -> str:
    """A waybill number from the pool that a carrier gave us; a serial gives each one once."""
    return f"{prefix}{serial * 48_271 % 10**12:012d}"
