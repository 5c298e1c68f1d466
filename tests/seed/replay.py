"""Carries out a generated history with the services, command by command at the same instants."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, Engine, text

from core.channels.incoming import Payment
from core.context import Context
from core.db.engines import reader, transaction
from core.db.history import post, record
from core.domain.orders import Fact
from core.domain.stock import LOSS, Account, Move, Place, take_first_in
from core.services import intake, orders, packing, picking, shipping, stock
from core.services.lots import lots_of
from core.services.shipment_rows import shipments_of
from seed.base import lay_base
from seed.history import tell
from seed.incoming import incoming_order
from seed.oddities import CORRECTION
from seed.rhythm import DAY
from seed.rows import SHIPMENT_COLUMNS, Rows
from seed.scenario import Scenario
from seed.story import Story
from tests.seed.worlds import context, empty_world

# Facts that another command's fact brings along.
_FOLLOWERS = {Fact.STOPPED, Fact.ALLOCATED, Fact.BUYER_NOTIFIED}


class Replay:
    """One history, once more by hand."""

    def __init__(self, engine: Engine, story: Story) -> None:
        self._engine, self._story, self._rows = engine, story, Rows(story)
        shipments = {row[0]: row[SHIPMENT_COLUMNS.index("carrier")] for row in self._rows.shipments()}
        self._carriers = {order_id: shipments[parcel] for _, parcel, order_id, *_ in self._rows.shipment_lines()}
        self._payments = self._prepayments()

    def _prepayments(self) -> dict[int, list[Payment]]:
        """What came together with the order."""
        found: dict[int, list[Payment]] = {}
        received = self._story.plan.received.tolist()
        for at, _, order_id, source, _, cents, means in self._rows.money():
            order = order_id - self._story.ids.order
            if source == "buyer" and at == received[order] and self._story.plan.prepaid[order]:
                found.setdefault(order, []).append(Payment(means, cents))
        return found

    def run(self, log: list[Any]) -> None:
        """Carries out what a log says; each command in its own transaction."""
        done = 0
        for event in log:
            if event.id <= done or event.kind in _FOLLOWERS:
                continue
            with transaction(self._engine) as db:
                ctx = context(db, event.at)
                self._carry_out(ctx, event)
                done = db.execute(text("SELECT MAX(id) FROM event")).scalar_one()

    def _parcel(self, ctx: Context, order_id: int) -> int:
        (row,) = shipments_of(ctx, order_id)
        return int(row.id)

    def _carry_out(self, ctx: Context, event: Any) -> None:
        data, order_id = json.loads(event.data), event.order_id
        match event.kind:
            case "StockReceived":
                sku_id = int(event.subject.removeprefix("sku:"))
                stock.receive_stock(ctx, sku_id, data["warehouse"], data["quantity"], 100)
            case "StockAdjusted":
                write_off(ctx, int(event.subject.removeprefix("sku:")), data)
            case Fact.RECEIVED:
                order = order_id - self._story.ids.order
                payments = self._payments.get(order, ())
                assert intake.receive_order(ctx, incoming_order(self._rows.draft(order), payments)) == order_id
            case Fact.PAID:
                intake.pay_order(ctx, order_id, data["means"], data["amount_cents"])
            case Fact.CONFIRMED:
                orders.confirm_order(ctx, order_id, approved=data.get("approved"))
            case Fact.AMENDED:
                changes = {column: good for column, (_, good) in data["changed"].items()}
                orders.amend_order(ctx, order_id, changes, CORRECTION)
            case Fact.HELD:
                orders.hold_order(ctx, order_id, data["reason"])
            case Fact.HOLD_RELEASED:
                orders.release_hold(ctx, order_id)
            case Fact.RELEASED:
                shipping.release_order(ctx, order_id)
            case Fact.PICKING_STARTED:
                picking.pick_shipment(ctx, self._parcel(ctx, order_id))
            case Fact.PACKED:
                packing.pack_shipment(ctx, self._parcel(ctx, order_id), carrier_code=self._carriers[order_id])
            case Fact.SHIPPED:
                shipping.hand_over(ctx, self._parcel(ctx, order_id))
            case Fact.DELIVERED:
                shipping.deliver_shipment(ctx, self._parcel(ctx, order_id))
            case Fact.COMPLETED:
                shipping.complete_order(ctx, order_id)
            case Fact.CANCELLED:
                orders.cancel_order(ctx, order_id, data["reason"])
            case Fact.EXPIRED:
                intake.expire_unpaid(ctx)
            case _:
                raise AssertionError(event.kind)


def write_off(ctx: Context, sku_id: int, data: dict[str, Any]) -> None:
    """A write-off of before the new system: nobody had to approve it, and no paper of it is kept."""
    here = Place(data["warehouse"], Account.AVAILABLE)
    taken = take_first_in(lots_of(ctx, sku_id, data["warehouse"]), -data["change"])
    event_id = record(ctx, "StockAdjusted", f"sku:{sku_id}", data)
    post(ctx, event_id, [Move(sku_id, lot_id, here, LOSS, units) for lot_id, units in taken])


def replay(engine: Engine, path: Any, scenario: Scenario, seed: int, now: int) -> Engine:
    """A second world in which the services did what the first one's log says."""
    with reader(engine) as db:
        log = list(db.execute(text("SELECT id, at, kind, subject, order_id, data FROM event ORDER BY id")))
        blocked = list(db.execute(text("SELECT phone, reason, blocked_at FROM blocked_buyer")))
    second = empty_world(path, now)
    with transaction(second) as db:
        lay_base(context(db, now - scenario.days * DAY), scenario, seed)
        story = tell(context(db, now), scenario, seed)
        base_facts: int = db.execute(text("SELECT MAX(id) FROM event")).scalar_one()
        _copy_blocked(db, blocked)
    Replay(second, story).run(log[base_facts:])
    return second


def _copy_blocked(db: Connection, blocked: list[Any]) -> None:
    for phone, reason, at in blocked:
        statement = text("INSERT INTO blocked_buyer (phone, reason, blocked_at) VALUES (:p, :r, :a)")
        db.execute(statement, {"p": phone, "r": reason, "a": at})
