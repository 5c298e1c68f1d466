"""The order desk: review, confirm, correct, hold and cancel orders, and write to their buyers."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select, update

from core.context import Context
from core.db.history import post, post_money, record
from core.db.world_tables import message, money_posting, sales_order
from core.domain.errors import Label, RuleViolation
from core.domain.facts import status_fact
from core.domain.orders import Fact, OrderState, Reason, Status, decide, transition
from core.domain.review import APPROVABLE
from core.domain.shipments import NOT_PICKED_YET
from core.domain.stock import Account, Move, Place
from core.domain.texts import typed
from core.services import allocation, intake
from core.services.order_rows import check_version, dims_of, load_order, move_order, state_of
from core.services.shipment_rows import call_off, need_untouched, shares_a_parcel
from core.services.stock import units_in

# What may be corrected, and how the desk calls it.
AMENDABLE: Mapping[str, str] = MappingProxyType(
    {
        "buyer_name": "Recipient",
        "buyer_phone": "Phone",
        "region": "Province",
        "city": "City",
        "district": "District",
        "street": "Street and number",
        "postcode": "Postcode",
        "note": "Note",
    }
)
_AMENDABLE_STATUSES = (
    Status.RECEIVED,
    Status.EXCEPTION,
    Status.CONFIRMED,
    Status.BACKORDERED,
    Status.ALLOCATED,
    Status.RELEASED,
)
MOST_TEXT = 500


def confirm_order(
    ctx: Context,
    order_id: int,
    *,
    approved: Mapping[str, str] | None = None,
    version: int | None = None,
) -> Status:
    """Lets an order pass to fulfilment and reserves its stock; gives the status it then has.

    The reasons are judged afresh. `approved` names those that the clerk lets pass, each with a note; only price,
    duplicate and fraud can be let pass, the rest has to be corrected.
    Raises: NotFound, NotAllowed, RuleViolation naming the guard or the open reasons.
    """
    ctx.actor.need("orders.review")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    notes = checked_notes(approved)
    remaining = tuple(reason for reason in intake.reasons_now(ctx, order_id) if reason not in notes)
    confirm(ctx, row, state_of(ctx, row, remaining), notes)
    return allocation.allocate_confirmed(ctx, order_id)


def checked_notes(approved: Mapping[str, str] | None) -> dict[Reason, str]:
    """The reasons that a clerk lets pass, each with a note. Raises: RuleViolation for others, or without a note."""
    notes = {Reason(reason): typed(note) for reason, note in (approved or {}).items()}
    for reason, note in notes.items():
        if reason not in APPROVABLE:
            raise RuleViolation("“{reason}” can't be let pass; it has to be corrected.", reason=reason)
        if not note:
            raise RuleViolation("Letting “{reason}” pass needs a note saying why.", reason=reason)
    return notes


def confirm(ctx: Context, row: Row[Any], state: OrderState, notes: Mapping[Reason, str]) -> None:
    """Writes the confirmation of an order in the state that it was found in. Raises: RuleViolation."""
    decided = decide("confirm", state)
    extra = {"paid_at": row.paid_at, "approved": {r.value: n for r, n in notes.items()} or None}
    move_order(ctx, row, decided, extra, confirmed_at=ctx.now, exceptions="")


def recheck_order(ctx: Context, order_id: int) -> tuple[Reason, ...]:
    """Runs the automatic review again on an order that is stopped, and keeps the reasons it finds now."""
    ctx.actor.need("orders.review")
    row = load_order(ctx, order_id)
    if row.status != Status.EXCEPTION:
        raise RuleViolation("Order {number} isn't stopped.", number=row.number)
    return keep_reasons(ctx, order_id)


def keep_reasons(ctx: Context, order_id: int) -> tuple[Reason, ...]:
    """Judges an order anew and keeps what the review has against it now."""
    reasons = intake.reasons_now(ctx, order_id)
    ctx.db.execute(
        update(sales_order)
        .where(sales_order.c.id == order_id)
        .values(exceptions=",".join(reasons), version=sales_order.c.version + 1)
    )
    return reasons


def amend_order(
    ctx: Context, order_id: int, changes: Mapping[str, str], message_text: str, *, version: int | None = None
) -> tuple[Reason, ...]:
    """Corrects an order's data, tells the buyer, and runs the review again; gives the reasons that are left.

    `changes` maps columns of AMENDABLE to new values; `message_text` is what the buyer gets to read.
    Raises: NotFound, NotAllowed, RuleViolation when nothing changes, the goods are already being packed, or the
    buyer isn't told.
    """
    ctx.actor.need("orders.amend")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    if row.status not in _AMENDABLE_STATUSES or row.fulfilled_by != "us":
        raise RuleViolation(
            "Order {number} is {status}; it can't be corrected any more.",
            number=row.number,
            status=Status(row.status),
        )
    need_untouched(ctx, row, NOT_PICKED_YET)
    changed = {
        name: [row._mapping[name], typed(value)]
        for name, value in changes.items()
        if typed(value) != row._mapping[name]
    }
    if unknown := set(changed) - set(AMENDABLE):
        raise RuleViolation("{field} can't be corrected here.", field=", ".join(sorted(unknown)))
    if not changed:
        raise RuleViolation("Nothing was changed.")
    for name, (_, new) in changed.items():
        if len(new) > MOST_TEXT:
            raise RuleViolation(
                "{field} may have {most} characters at most.", field=Label(AMENDABLE[name]), most=MOST_TEXT
            )
    _checked_message(message_text)
    if set(changed) - {"note"} and shares_a_parcel(ctx, order_id):
        raise RuleViolation("Order {number} goes in one parcel with others; split the parcel first.", number=row.number)
    data: dict[str, object] = {"changed": changed}
    values: dict[str, Any] = {name: new for name, (_, new) in changed.items()}
    if "region" in changed:
        if not units_in(ctx, order_id, Account.RESERVED):
            values["warehouse_id"] = intake.warehouse_for(ctx, values["region"])
        data["moved"] = {
            **status_fact(dims_of(row), None, row.status),
            "to_region": values["region"],
            "to_warehouse": values.get("warehouse_id", row.warehouse_id),
        }
    record(ctx, Fact.AMENDED, f"order:{order_id}", data, order_id=order_id)
    ctx.db.execute(update(sales_order).where(sales_order.c.id == order_id).values(values))
    tell_buyer(ctx, load_order(ctx, order_id), "Your order was corrected", message_text)
    reasons = keep_reasons(ctx, order_id)
    if reasons and row.status in transition("stop").sources and row.status != Status.RECEIVED:
        # An amendment must not slip a bad address past the review: the order stops again.
        fresh = load_order(ctx, order_id)
        call_off(ctx, order_id)
        move_order(ctx, fresh, decide("stop", state_of(ctx, fresh)), {"reasons": list(reasons)})
    return reasons


def hold_order(ctx: Context, order_id: int, reason: str, *, version: int | None = None) -> None:
    """Stops work on an order for a reason; its state stays what it is.

    Raises: NotFound, NotAllowed, RuleViolation without a reason, on a closed order, or when it is held already.
    """
    ctx.actor.need("orders.hold")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    reason = typed(reason)
    if not reason or len(reason) > MOST_TEXT:
        raise RuleViolation("A hold needs a reason of 1 to {most} characters.", most=MOST_TEXT)
    if row.hold_reason is not None:
        raise RuleViolation("Order {number} is on hold already ({reason}).", number=row.number, reason=row.hold_reason)
    if not row.is_open:
        raise RuleViolation(
            "Order {number} is {status} and can't be held.", number=row.number, status=Status(row.status)
        )
    record(ctx, Fact.HELD, f"order:{order_id}", {"reason": reason}, order_id=order_id)
    _set(ctx, order_id, hold_reason=reason)


def release_hold(ctx: Context, order_id: int, *, version: int | None = None) -> None:
    """Lets work on a held order go on; one that was paid in the meantime passes the review now.

    Raises: NotFound, NotAllowed, RuleViolation when it isn't held.
    """
    ctx.actor.need("orders.hold")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    if row.hold_reason is None:
        raise RuleViolation("Order {number} isn't on hold.", number=row.number)
    record(ctx, Fact.HOLD_RELEASED, f"order:{order_id}", {"reason": row.hold_reason}, order_id=order_id)
    _set(ctx, order_id, hold_reason=None)
    if row.status == Status.RECEIVED:
        intake.review_received(ctx, order_id)


def cancel_order(ctx: Context, order_id: int, reason: str, *, version: int | None = None) -> int:
    """Ends an order before hand-over: frees its stock, pays back what was paid, tells the buyer; gives units freed.

    Raises: NotFound, NotAllowed, RuleViolation once goods are handed over, or without a reason.
    """
    ctx.actor.need("orders.cancel")
    row = load_order(ctx, order_id)
    check_version(ctx, row, version)
    reason = typed(reason)
    if not reason or len(reason) > MOST_TEXT:
        raise RuleViolation("A cancellation needs a reason of 1 to {most} characters.", most=MOST_TEXT)
    decided = decide("cancel", state_of(ctx, row))
    held = [move for account in (Account.RESERVED, Account.PICKED) for move in units_in(ctx, order_id, account)]
    freed = sum(units.quantity for units in held)
    extra = {"reason": reason, "units_freed": freed}
    call_off(ctx, order_id)
    event_id = move_order(ctx, row, decided, extra, cancelled_at=ctx.now, exceptions="", hold_reason=None)
    post(
        ctx,
        event_id,
        [
            Move(
                u.sku_id,
                u.lot_id,
                u.target,
                Place(u.target.warehouse_id, Account.AVAILABLE),
                u.quantity,
                u.order_line_id,
            )
            for u in held
        ],
    )
    _pay_back(ctx, event_id, row)
    tell_buyer(
        ctx,
        row,
        "Your order was cancelled",
        f"{row.buyer_name}: order {row.number} was cancelled / 您的订单 {row.number} 已取消。{reason}",
    )
    return freed


def _pay_back(ctx: Context, event_id: int, row: Row[Any]) -> None:
    """Gives back what is left of each payment to the means it came by."""
    for means, cents in deposits_of(ctx, row).items():
        post_money(ctx, event_id, row.id, "deposits", "buyer", cents, row.currency, means)


def deposits_of(ctx: Context, row: Row[Any]) -> dict[str, int]:
    """What is left of an order's payments by the means they came by. Units: cents of the order's currency."""
    m = money_posting.c
    sums: dict[str, int] = {}
    for posting in ctx.db.execute(select(money_posting).where(m.order_id == row.id).order_by(m.id)):
        key = posting.means
        if posting.to_account == "deposits":
            sums[key] = sums.get(key, 0) + posting.amount_cents
        elif posting.from_account == "deposits":
            sums[key] = sums.get(key, 0) - posting.amount_cents
    return {means: cents for means, cents in sums.items() if cents > 0}


def notify_buyer(ctx: Context, order_id: int, text: str) -> None:
    """Puts a message to an order's buyer into the outbox.

    Raises: NotFound, NotAllowed, RuleViolation for an empty or overlong text.
    """
    ctx.actor.need("orders.notify")
    row = load_order(ctx, order_id)
    _checked_message(text)
    tell_buyer(ctx, row, "About your order", text)


def _checked_message(text: str) -> None:
    if not text.strip() or len(text) > 2_000:
        raise RuleViolation("The message to the buyer needs 1 to {most} characters.", most=2_000)


def tell_buyer(ctx: Context, row: Row[Any], subject: str, text: str) -> None:
    """Puts a message to an order's buyer into the outbox."""
    recipient = row.buyer_phone or row.buyer_email or row.buyer_name
    event_id = record(ctx, Fact.BUYER_NOTIFIED, f"order:{row.id}", {"subject": subject}, order_id=row.id)
    ctx.db.execute(
        message.insert().values(
            at=ctx.now,
            order_id=row.id,
            event_id=event_id,
            recipient=recipient,
            subject=subject,
            body=typed(text),
        )
    )


def _set(ctx: Context, order_id: int, **columns: object) -> None:
    ctx.db.execute(
        update(sales_order).where(sales_order.c.id == order_id).values(version=sales_order.c.version + 1, **columns)
    )
