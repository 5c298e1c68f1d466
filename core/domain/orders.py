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
    ALLOCATED = "allocated"
    RELEASED = "released"
    PICKING = "picking"
    PACKED = "packed"
    SHIPPED = "shipped"
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
        Status.ALLOCATED: "Allocated",
        Status.RELEASED: "Released",
        Status.PICKING: "Picking",
        Status.PACKED: "Packed",
        Status.SHIPPED: "Shipped",
        Status.DELIVERED: "Delivered",
        Status.COMPLETED: "Completed",
        Status.CANCELLED: "Cancelled",
        Status.EXPIRED: "Expired",
    }
)

CLOSED = frozenset({Status.DELIVERED, Status.COMPLETED, Status.CANCELLED, Status.EXPIRED})
BEFORE_HAND_OVER = (
    Status.RECEIVED,
    Status.EXCEPTION,
    Status.CONFIRMED,
    Status.BACKORDERED,
    Status.ALLOCATED,
    Status.RELEASED,
    Status.PICKING,
    Status.PACKED,
)


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
    HELD = "OrderHeld"
    HOLD_RELEASED = "HoldReleased"
    BUYER_NOTIFIED = "BuyerNotified"
    ALLOCATED = "OrderAllocated"
    BACKORDERED = "OrderBackordered"
    RELEASED = "OrderReleased"
    PICKING_STARTED = "PickingStarted"
    PACKED = "OrderPacked"
    SHIPPED = "OrderShipped"
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
        Fact.HELD: "Put on hold",
        Fact.HOLD_RELEASED: "Hold released",
        Fact.BUYER_NOTIFIED: "Buyer notified",
        Fact.ALLOCATED: "Stock reserved",
        Fact.BACKORDERED: "Back-ordered: stock missing",
        Fact.RELEASED: "Released to the warehouse",
        Fact.PICKING_STARTED: "Picking started",
        Fact.PACKED: "Packed",
        Fact.SHIPPED: "Handed over to the carrier",
        Fact.DELIVERED: "Delivered",
        Fact.COMPLETED: "Completed",
        Fact.CANCELLED: "Cancelled",
        Fact.EXPIRED: "Expired unpaid",
    }
)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the guards look at; made from the order's row by the service."""

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
    Transition("backorder", (Status.CONFIRMED,), Status.BACKORDERED, Fact.BACKORDERED, "stock.allocate", ("ours",)),
    Transition(
        "release",
        (Status.ALLOCATED,),
        Status.RELEASED,
        Fact.RELEASED,
        "shipping.work",
        ("not_held", "fully_reserved"),
    ),
    Transition(
        "start_picking",
        (Status.RELEASED,),
        Status.PICKING,
        Fact.PICKING_STARTED,
        "shipping.work",
        ("not_held",),
    ),
    Transition("pack", (Status.PICKING,), Status.PACKED, Fact.PACKED, "shipping.work", ("not_held",)),
    Transition("ship", (Status.PACKED,), Status.SHIPPED, Fact.SHIPPED, "shipping.work", ("not_held",)),
    Transition(
        "ship_outside",
        (Status.RECEIVED, Status.EXCEPTION, Status.CONFIRMED),
        Status.SHIPPED,
        Fact.SHIPPED,
        "imports.run",
        ("outside",),
    ),
    Transition("deliver", (Status.SHIPPED,), Status.DELIVERED, Fact.DELIVERED, "shipping.work"),
    Transition("complete", (Status.DELIVERED,), Status.COMPLETED, Fact.COMPLETED, "engine.run"),
    Transition("cancel", BEFORE_HAND_OVER, Status.CANCELLED, Fact.CANCELLED, "orders.cancel"),
    # An import only reports what the other house did: it may have cancelled goods already on the road.
    Transition("cancel_outside", (Status.SHIPPED,), Status.CANCELLED, Fact.CANCELLED, "imports.run", ("outside",)),
    Transition("expire", (Status.RECEIVED, Status.EXCEPTION), Status.EXPIRED, Fact.EXPIRED, "engine.run", ("unpaid",)),
)

_BY_COMMAND = MappingProxyType({t.command: t for t in TRANSITIONS})

# Facts that say something of the order without moving it.
STATELESS_FACTS = frozenset({Fact.PAID, Fact.AMENDED, Fact.HELD, Fact.HOLD_RELEASED, Fact.BUYER_NOTIFIED})


def transition(command: str) -> Transition:
    """The machine's row for a command."""
    return _BY_COMMAND[command]


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
