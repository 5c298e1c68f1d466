"""The order machine: its states, facts and one table of transitions, which also says which buttons a page shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation


class Status(StrEnum):
    """Where an order stands between the channel and the customer's door."""

    RECEIVED = "received"
    EXCEPTION = "exception"
    CONFIRMED = "confirmed"
    BACKORDERED = "backordered"
    PARTLY_ALLOCATED = "partly_allocated"
    ALLOCATED = "allocated"
    RELEASED = "released"
    PICKING = "picking"
    PACKED = "packed"
    PARTLY_SHIPPED = "partly_shipped"
    SHIPPED = "shipped"
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    COMPLETED = "completed"
    CANCELLED = "cancelled"
    EXPIRED = "expired"


STATUS_LABELS = MappingProxyType(
    {
        Status.RECEIVED: "Received",
        Status.EXCEPTION: "Exception",
        Status.CONFIRMED: "Confirmed",
        Status.BACKORDERED: "Back-ordered",
        Status.PARTLY_ALLOCATED: "Partly allocated",
        Status.ALLOCATED: "Allocated",
        Status.RELEASED: "Released",
        Status.PICKING: "Picking",
        Status.PACKED: "Packed",
        Status.PARTLY_SHIPPED: "Partly shipped",
        Status.SHIPPED: "Shipped",
        Status.PARTLY_DELIVERED: "Partly delivered",
        Status.DELIVERED: "Delivered",
        Status.COMPLETED: "Completed",
        Status.CANCELLED: "Cancelled",
        Status.EXPIRED: "Expired",
    }
)

CLOSED = frozenset({Status.DELIVERED, Status.COMPLETED, Status.CANCELLED, Status.EXPIRED})
BEFORE_HAND_OVER = tuple(Status)[: tuple(Status).index(Status.PACKED) + 1]
# The statuses that follow from an order's units and shipments; see core/domain/shipments.py.
DERIVED = frozenset(Status) - {
    Status.RECEIVED,
    Status.EXCEPTION,
    Status.COMPLETED,
    Status.CANCELLED,
    Status.EXPIRED,
}


def is_open(status: str) -> bool:
    """Whether somebody still has to do something for the order: neither delivered nor ended."""
    return Status(status) not in CLOSED


class Reason(StrEnum):
    """Why the automatic review stops an order."""

    ADDRESS = "address"
    PHONE = "phone"
    PRICE = "price"
    QUANTITY = "quantity"
    DUPLICATE = "duplicate"
    STOCK = "stock"
    PAYMENT = "payment"
    FRAUD = "fraud"


REASON_LABELS = MappingProxyType(
    {
        Reason.ADDRESS: "Address incomplete or contradictory",
        Reason.PHONE: "Phone number not plausible",
        Reason.PRICE: "Price differs from the list",
        Reason.QUANTITY: "Unusually large quantity",
        Reason.DUPLICATE: "Looks like a duplicate",
        Reason.STOCK: "Not enough stock",
        Reason.PAYMENT: "Payment missing or of another amount",
        Reason.FRAUD: "Buyer is blocked",
    }
)


class Fact(StrEnum):
    """What can have happened to an order; the event log's kinds."""

    RECEIVED = "OrderReceived"
    PAID = "OrderPaid"
    STOPPED = "OrderStopped"
    CONFIRMED = "OrderConfirmed"
    AMENDED = "OrderAmended"
    LINE_CANCELLED = "OrderLineCancelled"
    HELD = "OrderHeld"
    HOLD_RELEASED = "HoldReleased"
    BUYER_NOTIFIED = "BuyerNotified"
    ALLOCATED = "OrderAllocated"
    PARTLY_ALLOCATED = "OrderPartlyAllocated"
    BACKORDERED = "OrderBackordered"
    REPLANNED = "OrderReplanned"
    RESERVED = "UnitsReserved"
    RELEASED = "OrderReleased"
    PICKING_STARTED = "PickingStarted"
    PACKED = "OrderPacked"
    PARTLY_SHIPPED = "OrderPartlyShipped"
    SHIPPED = "OrderShipped"
    PARTLY_DELIVERED = "OrderPartlyDelivered"
    DELIVERED = "OrderDelivered"
    COMPLETED = "OrderCompleted"
    CANCELLED = "OrderCancelled"
    EXPIRED = "OrderExpired"


FACT_LABELS = MappingProxyType(
    {
        Fact.RECEIVED: "Order received",
        Fact.PAID: "Payment received",
        Fact.STOPPED: "Stopped by the automatic review",
        Fact.CONFIRMED: "Order confirmed",
        Fact.AMENDED: "Order corrected",
        Fact.LINE_CANCELLED: "A part was cancelled",
        Fact.HELD: "Put on hold",
        Fact.HOLD_RELEASED: "Hold released",
        Fact.BUYER_NOTIFIED: "Buyer notified",
        Fact.ALLOCATED: "Stock reserved",
        Fact.PARTLY_ALLOCATED: "Stock reserved in part",
        Fact.BACKORDERED: "Back-ordered: stock missing",
        Fact.REPLANNED: "Given back to planning",
        Fact.RESERVED: "More stock reserved",
        Fact.RELEASED: "Released to the warehouse",
        Fact.PICKING_STARTED: "Picking started",
        Fact.PACKED: "Packed",
        Fact.PARTLY_SHIPPED: "A part was handed over to the carrier",
        Fact.SHIPPED: "Handed over to the carrier",
        Fact.PARTLY_DELIVERED: "A part was delivered",
        Fact.DELIVERED: "Delivered",
        Fact.COMPLETED: "Completed",
        Fact.CANCELLED: "Cancelled",
        Fact.EXPIRED: "Expired unpaid",
    }
)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the guards look at; made from the order's row by the service.

    `reserved_quantity` counts all units that are set aside for the order: reserved, picked, on the road and delivered.
    """

    number: str
    status: Status
    exceptions: tuple[Reason, ...]
    hold_reason: str | None
    fulfilled_by: str
    paid_cents: int
    total_cents: int
    reserved_quantity: int
    wanted_quantity: int


@dataclass(frozen=True, slots=True)
class Transition:
    """One row of the machine: in these states this command leads there, leaves this fact, under these guards."""

    command: str
    sources: tuple[Status, ...]
    target: Status
    fact: Fact
    right: str
    guards: tuple[str, ...] = ()


WORKABLE = (
    Status.CONFIRMED,
    Status.BACKORDERED,
    Status.PARTLY_ALLOCATED,
    Status.PARTLY_SHIPPED,
    Status.PARTLY_DELIVERED,
)

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "stop",
        (Status.RECEIVED, Status.CONFIRMED, Status.BACKORDERED, Status.ALLOCATED, Status.RELEASED),
        Status.EXCEPTION,
        Fact.STOPPED,
        "orders.receive",
    ),
    Transition(
        "confirm",
        (Status.RECEIVED, Status.EXCEPTION),
        Status.CONFIRMED,
        Fact.CONFIRMED,
        "orders.review",
        ("not_held", "paid", "no_open_reason"),
    ),
    Transition(
        "allocate",
        WORKABLE,
        Status.ALLOCATED,
        Fact.ALLOCATED,
        "stock.allocate",
        ("not_held", "ours", "fully_reserved"),
    ),
    # A plan may leave a part unserved, or move what was reserved to another warehouse.
    Transition(
        "plan",
        (Status.CONFIRMED, Status.BACKORDERED, Status.PARTLY_ALLOCATED, Status.ALLOCATED),
        Status.ALLOCATED,
        Fact.ALLOCATED,
        "stock.allocate",
        ("not_held", "ours"),
    ),
    Transition(
        "allocate_part",
        (Status.CONFIRMED, Status.BACKORDERED, Status.ALLOCATED, Status.RELEASED, Status.PICKING),
        Status.PARTLY_ALLOCATED,
        Fact.PARTLY_ALLOCATED,
        "stock.allocate",
    ),
    Transition(
        "backorder",
        (Status.CONFIRMED, Status.PARTLY_ALLOCATED, Status.PICKING),
        Status.BACKORDERED,
        Fact.BACKORDERED,
        "stock.allocate",
        ("ours",),
    ),
    # A warehouse or a carrier refused; nothing is reserved any more.
    Transition(
        "replan",
        (Status.PARTLY_ALLOCATED, Status.ALLOCATED, Status.RELEASED),
        Status.CONFIRMED,
        Fact.REPLANNED,
        "stock.allocate",
    ),
    # From here on shipments move the order: it stands where the one stands that is least far.
    Transition(
        "release",
        (Status.PARTLY_ALLOCATED, Status.ALLOCATED, Status.PICKING, Status.PARTLY_SHIPPED, Status.PARTLY_DELIVERED),
        Status.RELEASED,
        Fact.RELEASED,
        "shipping.work",
        ("not_held",),
    ),
    Transition(
        "start_picking",
        (Status.PARTLY_ALLOCATED, Status.RELEASED),
        Status.PICKING,
        Fact.PICKING_STARTED,
        "shipping.work",
    ),
    Transition("pack", (Status.PARTLY_ALLOCATED, Status.PICKING), Status.PACKED, Fact.PACKED, "shipping.work"),
    Transition(
        "ship_part",
        (Status.PARTLY_ALLOCATED, Status.ALLOCATED, Status.RELEASED, Status.PICKING, Status.PACKED),
        Status.PARTLY_SHIPPED,
        Fact.PARTLY_SHIPPED,
        "shipping.work",
    ),
    Transition("ship", (Status.PACKED, Status.PARTLY_SHIPPED), Status.SHIPPED, Fact.SHIPPED, "shipping.work"),
    Transition(
        "ship_outside",
        (Status.RECEIVED, Status.EXCEPTION, Status.CONFIRMED),
        Status.SHIPPED,
        Fact.SHIPPED,
        "imports.run",
        ("outside",),
    ),
    Transition(
        "deliver_part",
        (Status.PARTLY_SHIPPED, Status.SHIPPED),
        Status.PARTLY_DELIVERED,
        Fact.PARTLY_DELIVERED,
        "shipping.work",
    ),
    Transition("deliver", (Status.SHIPPED, Status.PARTLY_DELIVERED), Status.DELIVERED, Fact.DELIVERED, "shipping.work"),
    Transition("complete", (Status.DELIVERED,), Status.COMPLETED, Fact.COMPLETED, "engine.run"),
    Transition("cancel", BEFORE_HAND_OVER, Status.CANCELLED, Fact.CANCELLED, "orders.cancel"),
    # An import only reports what the other house did: it may have cancelled goods already on the road.
    Transition("cancel_outside", (Status.SHIPPED,), Status.CANCELLED, Fact.CANCELLED, "imports.run", ("outside",)),
    Transition("expire", (Status.RECEIVED, Status.EXCEPTION), Status.EXPIRED, Fact.EXPIRED, "engine.run", ("unpaid",)),
)

_BY_COMMAND = MappingProxyType({t.command: t for t in TRANSITIONS})

# Facts that say something of the order without moving it.
STATELESS_FACTS = frozenset(
    {Fact.PAID, Fact.AMENDED, Fact.LINE_CANCELLED, Fact.HELD, Fact.HOLD_RELEASED, Fact.BUYER_NOTIFIED, Fact.RESERVED}
)
# By which row an order comes to a derived status; imports have rows of their own.
_TO_DERIVED = MappingProxyType(
    {
        t.target: t
        for t in TRANSITIONS
        if t.target in DERIVED and t.command not in ("confirm", "plan", "ship_outside", "cancel_outside")
    }
)


def transition(command: str) -> Transition:
    """The machine's row for a command."""
    return _BY_COMMAND[command]


def transition_to(status: Status) -> Transition:
    """The machine's row that brings an order to a status that follows from its shipments."""
    return _TO_DERIVED[status]


def _guard(name: str, order: OrderState) -> RuleViolation | None:
    """What a guard has against the order, or None."""
    match name:
        case "not_held" if order.hold_reason is not None:
            return RuleViolation(
                "Order {number} is on hold ({reason}). Release the hold first.",
                number=order.number,
                reason=order.hold_reason,
            )
        case "paid" if order.paid_cents < order.total_cents:
            return RuleViolation(
                "Order {number} isn't paid in full: {paid} of {total} received.",
                number=order.number,
                paid=f"{order.paid_cents / 100:.2f}",
                total=f"{order.total_cents / 100:.2f}",
            )
        case "unpaid" if order.paid_cents > 0:
            return RuleViolation("Order {number} is paid and can't expire.", number=order.number)
        case "no_open_reason" if order.exceptions:
            return RuleViolation(
                "Order {number} still has open reasons: {reasons}. Correct or approve them first.",
                number=order.number,
                reasons=order.exceptions,
            )
        case "ours" if order.fulfilled_by != "us":
            return RuleViolation("Order {number} is fulfilled outside and isn't worked on here.", number=order.number)
        case "outside" if order.fulfilled_by != "outside":
            return RuleViolation("Order {number} is ours: it ships through the warehouse.", number=order.number)
        case "fully_reserved" if order.reserved_quantity < order.wanted_quantity:
            return RuleViolation(
                "Order {number} has {reserved} of {wanted} units reserved.",
                number=order.number,
                reserved=order.reserved_quantity,
                wanted=order.wanted_quantity,
            )
        case _:
            return None


def refusal(command: str, order: OrderState) -> RuleViolation | None:
    """Why the machine refuses a command on an order as it stands, or None if it may go."""
    row = _BY_COMMAND[command]
    if order.status not in row.sources:
        return RuleViolation(
            "Order {number} is {status}; this needs one of: {wanted}.",
            number=order.number,
            status=order.status,
            wanted=row.sources,
        )
    for name in row.guards:
        if violation := _guard(name, order):
            return violation
    return None


def decide(command: str, order: OrderState) -> Transition:
    """The machine's answer to a command.

    Raises: RuleViolation that names the state or the guard.
    """
    if violation := refusal(command, order):
        raise violation
    return _BY_COMMAND[command]


def status_after(facts: tuple[str, ...]) -> Status | None:
    """The status that a log of facts explains: the target of the last fact that moved the order."""
    targets = {t.fact: t.target for t in TRANSITIONS} | {Fact.RECEIVED: Status.RECEIVED}
    for fact in reversed(facts):
        if (target := targets.get(Fact(fact))) is not None:
            return target
    return None
