"""A story's rows, table by table, as tuples for the bulk writer."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, repeat
from typing import Any

import numpy as np

from core.channels.incoming import IncomingLine, Payment
from core.db.history import dump
from core.domain.orders import is_open
from core.domain.shipments import ShipmentStatus, shipment_number, waybill_number
from core.services.carriers import carrier_policy
from seed.facts import STATUS_OF_STEP, FactTexts, reasons_of
from seed.incoming import Draft, incoming_order, order_number
from seed.oddities import CORRECTION, WRITE_OFF
from seed.receipts import RECEIVED_KIND, receipt_facts
from seed.road import FACT_OF_STEP, NEVER, Step
from seed.story import Story
from seed.trade import trade

_SLICE = 60_000
# Orders, lines, facts and money are numbered by the bulk writer, in the order of the rows; ..._SAME is in all of them.
ORDER_COLUMNS = (
    "number", "channel", "status", "is_open", "exceptions", "hold_reason", "warehouse_id",
    "received_at", "paid_at", "confirmed_at", "handed_over_at", "delivered_at", "cancelled_at", "ship_by_at",
    "promised_at", "buyer_name", "buyer_phone", "buyer_email", "region", "city", "district", "street",
    "postcode", "items_cents", "shipping_cents", "discount_cents", "total_cents", "paid_cents", "note",
    "version",
)  # fmt: skip
ORDER_SAME = {"fulfilled_by": "us", "country": "CN", "currency": "CNY"}
LINE_COLUMNS = ("order_id", "position", "sku_id", "sku_code", "name", "quantity", "unit_price_cents")
LINE_SAME = {"freight_cents": 0}
LOG_COLUMNS = ("at", "kind", "subject", "order_id", "data")
MONEY_COLUMNS = ("at", "event_id", "order_id", "from_account", "to_account", "amount_cents", "means")
MONEY_SAME = {"currency": "CNY"}
SHIPMENT_COLUMNS = (
    "id", "number", "warehouse_id", "status", "carrier", "waybill", "planned_at", "ship_by_at", "picked_at",
    "packed_at", "handed_over_at", "delivered_at", "version",
)  # fmt: skip
SHIPMENT_LINE_COLUMNS = ("id", "shipment_id", "order_id", "order_line_id", "quantity", "picked_quantity")
MESSAGE_COLUMNS = ("id", "at", "order_id", "event_id", "recipient", "subject", "body")
PAYLOAD_COLUMNS = ("order_id", "content_hash", "payload")
_SHIPMENT_STATUS = {
    Step.RELEASED: ShipmentStatus.RELEASED.value,
    Step.PICKING: ShipmentStatus.PICKED.value,
    Step.PACKED: ShipmentStatus.PACKED.value,
    Step.SHIPPED: ShipmentStatus.HANDED_OVER.value,
    Step.DELIVERED: ShipmentStatus.DELIVERED.value,
    Step.COMPLETED: ShipmentStatus.DELIVERED.value,
    Step.CANCELLED: ShipmentStatus.CANCELLED.value,
}
_SHIPMENT_STEPS = (Step.PICKING, Step.PACKED, Step.SHIPPED, Step.DELIVERED)
_MOVING = frozenset(STATUS_OF_STEP) | {Step.CONFIRMED}
Row = tuple[Any, ...]


class Rows:
    """Makes the rows of one story; every method is one table."""

    def __init__(self, story: Story) -> None:
        self._story, self._plan, self._road = story, story.plan, story.road
        self._texts = FactTexts(story)
        self._number = [
            order_number(story.ground.channels[channel].code, at, serial)
            for serial, (channel, at) in enumerate(
                zip(self._plan.channel.tolist(), self._plan.received.tolist(), strict=True), start=story.ids.order
            )
        ]
        status = np.array([STATUS_OF_STEP.get(step, "") for step in range(len(Step))], dtype=object)
        self._status = status[story.status_step]
        self._is_open = np.array([bool(s) and is_open(s) for s in status], dtype=np.int8)[story.status_step]
        self._columns = self._buyer_columns()

    def _buyer_columns(self) -> dict[str, list[str]]:
        """The buyers' data as the orders show it now: faults that nobody corrected included."""
        buyers, buyer = self._plan.buyers, self._plan.buyer
        columns = {
            f"buyer_{name}": np.array(getattr(buyers, name), dtype=object)[buyer].tolist()
            for name in ("name", "phone", "email")
        } | {
            name: np.array(getattr(buyers, name), dtype=object)[buyer].tolist()
            for name in ("city", "district", "street", "postcode")
        }
        amended = self._road.happened(Step.AMENDED)
        for order, changed in self._story.odd.bad.items():
            if not amended[order]:
                for column, (bad, _) in changed.items():
                    columns[column][order] = bad
        return columns

    def orders(self) -> Iterator[Row]:
        """Rows of sales_order."""
        story, plan, road, goods = self._story, self._plan, self._road, self._plan.goods
        paid_at: list[int | None] = [
            at if at < NEVER and paid >= total else None
            for at, paid, total in zip(
                self._texts.paid_at(np.arange(len(plan))).tolist(),
                story.paid_cents.tolist(),
                goods.total_cents.tolist(),
                strict=True,
            )
        ]
        columns = self._columns
        note = [story.odd.note.get(order, "") for order in range(len(plan))] if story.odd.note else repeat("")
        return zip(
            self._number,
            np.array([channel.code for channel in story.ground.channels], dtype=object)[plan.channel].tolist(),
            [status.value for status in self._status.tolist()],
            self._is_open.tolist(),
            self._exceptions(),
            self._hold_reasons(),
            plan.warehouse_id.tolist(),
            plan.received.tolist(),
            paid_at,
            road.instants(Step.CONFIRMED),
            road.instants(Step.SHIPPED),
            road.instants(Step.DELIVERED),
            road.instants(Step.CANCELLED),
            story.ship_by_at.tolist(),
            story.promised_at.tolist(),
            columns["buyer_name"],
            columns["buyer_phone"],
            columns["buyer_email"],
            plan.region.tolist(),
            columns["city"],
            columns["district"],
            columns["street"],
            columns["postcode"],
            goods.items_cents.tolist(),
            goods.shipping_cents.tolist(),
            goods.discount_cents.tolist(),
            goods.total_cents.tolist(),
            story.paid_cents.tolist(),
            note,
            self._versions(),
            strict=False,
        )

    def _exceptions(self) -> list[str]:
        stands = self._story.status_step == Step.STOPPED
        amended = self._road.happened(Step.AMENDED)
        bits = np.where(stands & ~amended, self._plan.reasons, 0).tolist()
        return [",".join(reasons_of(one)) if one else "" for one in bits]

    def _hold_reasons(self) -> list[str | None]:
        held: list[str | None] = [None] * len(self._plan)
        stands = self._road.happened(Step.HELD) & ~self._road.happened(Step.HOLD_RELEASED)
        for order in np.nonzero(stands)[0].tolist():
            held[order] = self._story.odd.hold[order]
        return held

    def _versions(self) -> list[int]:
        """One more for every command that changed the order, as the services count."""
        silent = {Step.RECEIVED, Step.NOTIFIED, Step.CANCEL_NOTIFIED}
        counted = [step for step in Step if step not in silent]
        return (1 + (self._road.at[counted] < NEVER).sum(axis=0)).tolist()

    def lines(self) -> Iterator[Row]:
        """Rows of order_line."""
        story, goods = self._story, self._plan.goods
        position = np.arange(len(goods.order)) - goods.first[goods.order] + 1
        return zip(
            (goods.order + story.ids.order).tolist(),
            position.tolist(),
            story.ground.sku_id[goods.article].tolist(),
            story.ground.sku_code[goods.article].tolist(),
            story.ground.name[goods.article].tolist(),
            goods.quantity.tolist(),
            goods.price_cents.tolist(),
            strict=True,
        )

    def events(self) -> Iterator[Row]:
        """Rows of event, in order of time and id."""
        story = self._story
        kinds = np.array([FACT_OF_STEP[step].value for step in Step], dtype=object)
        subjects = np.array([f"order:{story.ids.order + i}" for i in range(len(self._plan))] or [""], dtype=object)
        others = np.array(self._other_facts(), dtype=object).reshape(-1, 3)

        def one_slice(begin: int) -> Iterator[Row]:
            part = slice(begin, begin + _SLICE)
            steps, orders, other = story.log_step[part], story.log_order[part], story.log_other[part]
            kind, subject, data = kinds[steps], subjects[orders], np.empty(len(steps), dtype=object)
            order_id: list[int | None] = (orders + story.ids.order).tolist()
            for step in np.unique(steps[steps >= 0]).tolist():
                here = np.nonzero(steps == step)[0]
                data[here] = self._texts.of(step, orders[here])
            here = np.nonzero(other >= 0)[0]
            kind[here], subject[here], data[here] = others[other[here]].T
            for place in here.tolist():
                order_id[place] = None
            at = story.log_at[part].tolist()
            return zip(at, kind.tolist(), subject.tolist(), order_id, data.tolist(), strict=True)

        return chain.from_iterable(map(one_slice, range(0, len(story.log_at), _SLICE)))

    def _other_facts(self) -> list[tuple[str, str, str]]:
        """Kind, subject and data of arrivals and write-offs, as the stock services write them."""
        ledger = self._story.ledger
        facts = [
            (RECEIVED_KIND, f"sku:{sku_id}", data)
            for sku_id, data in zip(
                ledger.receipts.sku_id.tolist(), receipt_facts(ledger.receipts, self._story.ids.lot), strict=True
            )
        ]
        for off in ledger.write_offs:
            data = {"warehouse": off.warehouse_id, "change": -sum(u for _, u in off.units), "reason": WRITE_OFF}
            facts.append(("StockAdjusted", f"sku:{off.sku_id}", dump(data)))
        return facts

    def money(self) -> Iterator[Row]:
        """Rows of money_posting: buyers' payments, what hand-over earned, what cancellation gave back."""
        story, texts = self._story, self._texts
        moves = (
            (Step.PAID, "buyer", "deposits"),
            (Step.PAID_REST, "buyer", "deposits"),
            (Step.SHIPPED, "deposits", "revenue"),
            (Step.CANCELLED, "deposits", "buyer"),
        )
        parts: list[tuple[Any, ...]] = []
        for step, source, target in moves:
            orders = np.nonzero(self._road.happened(step) & (story.paid_cents > 0))[0]
            cents = story.paid_cents[orders].tolist()
            if step == Step.PAID:
                cents = texts.first_payments(orders)
            elif step == Step.PAID_REST:
                cents = texts.second_payments(orders)
            means = texts.means(orders) if step != Step.SHIPPED else [""] * len(orders)
            columns: tuple[Any, ...] = (
                self._road.at[step, orders], story.event_id[step, orders], orders + story.ids.order,
                [source] * len(orders), [target] * len(orders), cents, means,
            )  # fmt: skip
            parts.append(columns)
        kinds = (np.int64, np.int64, np.int64, object, object, np.int64, object)
        joined = [np.concatenate([np.asarray(part[i], dtype=kind) for part in parts]) for i, kind in enumerate(kinds)]
        by_event = np.argsort(joined[1], kind="stable")
        at, event_id, order_id, source_of, target_of, amount, means_of = (c[by_event].tolist() for c in joined)
        return zip(at, event_id, order_id, source_of, target_of, amount, means_of, strict=True)

    def shipments(self) -> Iterator[Row]:
        """Rows of shipment: every order that was released has one."""
        story, road = self._story, self._road
        orders = story.released
        status: np.ndarray = np.array([_SHIPMENT_STATUS.get(step, "") for step in Step], dtype=object)
        packed = road.happened(Step.PACKED)[orders]
        carriers = np.array([carrier.code for carrier in trade().carriers], dtype=object)[road.carrier[orders]]
        prefixes = {one.code: one.waybill_prefix for one in carrier_policy().carriers}
        ids = range(story.ids.shipment, story.ids.shipment + len(orders))
        steps = (Step.RELEASED, Step.PICKING, Step.PACKED, Step.SHIPPED, Step.DELIVERED, Step.CANCELLED)
        taken: np.ndarray = np.array([road.happened(step)[orders] for step in steps])
        return zip(
            ids,
            map(shipment_number, ids),
            self._plan.warehouse_id[orders].tolist(),
            status[story.status_step[orders]].tolist(),
            [code if has_one else None for code, has_one in zip(carriers.tolist(), packed.tolist(), strict=True)],
            [
                waybill_number(prefixes[code], serial) if has_one else ""
                for serial, code, has_one in zip(ids, carriers.tolist(), packed.tolist(), strict=True)
            ],
            road.at[Step.RELEASED, orders].tolist(),
            story.ship_by_at[orders].tolist(),
            *([at if at < NEVER else None for at in road.at[step, orders].tolist()] for step in _SHIPMENT_STEPS),
            taken.sum(axis=0).tolist(),
            strict=True,
        )

    def shipment_lines(self) -> Iterator[Row]:
        """Rows of shipment_line: everything that the order has."""
        story, goods = self._story, self._plan.goods
        counts = goods.counts[story.released]
        shipment = np.repeat(np.arange(len(story.released)), counts)
        order = story.released[shipment]
        first = np.repeat(np.cumsum(counts) - counts, counts)
        line = goods.first[order] + np.arange(len(shipment)) - first
        quantity = goods.quantity[line]
        return zip(
            range(story.ids.shipment_line, story.ids.shipment_line + len(shipment)),
            (shipment + story.ids.shipment).tolist(),
            (order + story.ids.order).tolist(),
            (line + story.ids.line).tolist(),
            quantity.tolist(),
            np.where(self._road.happened(Step.PICKING)[order], quantity, 0).tolist(),
            strict=True,
        )

    def messages(self) -> Iterator[Row]:
        """Rows of message: what buyers of corrected and cancelled orders were told."""
        story, columns = self._story, self._columns
        found = []
        for step in (Step.NOTIFIED, Step.CANCEL_NOTIFIED):
            for order in np.nonzero(self._road.happened(step))[0].tolist():
                name, number = columns["buyer_name"][order], self._number[order]
                subject, body = "Your order was corrected", CORRECTION
                if step == Step.CANCEL_NOTIFIED:
                    subject = "Your order was cancelled"
                    reason = story.odd.cancellation[order]
                    body = f"{name}: order {number} was cancelled / 您的订单 {number} 已取消。{reason}"
                at, event_id = int(self._road.at[step, order]), int(story.event_id[step, order])
                found.append((event_id, at, order, columns["buyer_phone"][order], subject, body))
        found.sort()
        for message_id, (event_id, at, order, recipient, subject, body) in enumerate(found, story.ids.message):
            yield message_id, at, story.ids.order + order, event_id, recipient, subject, body

    def payloads(self) -> Iterator[Row]:
        """Rows of order_payload, for the orders that somebody still works on."""
        for order in np.nonzero(self._is_open)[0].tolist():
            incoming = incoming_order(self.draft(order), self._prepayments(order))
            yield self._story.ids.order + order, incoming.fingerprint(), dump(incoming.payload)

    def _prepayments(self, order: int) -> list[Payment]:
        if not self._plan.prepaid[order] or not self._road.happened(Step.PAID)[order]:
            return []
        one = np.array([order])
        return [Payment(self._texts.means(one)[0], self._texts.first_payments(one)[0])]

    def draft(self, order: int) -> Draft:
        """An order as its buyer sent it, faults included."""
        plan, goods, ground, columns = self._plan, self._plan.goods, self._story.ground, self._columns
        sent = {name: values[order] for name, values in columns.items()}
        sent |= {column: bad for column, (bad, _) in self._story.odd.bad.get(order, {}).items()}
        lines = range(int(goods.first[order]), int(goods.first[order + 1]))
        return Draft(
            channel=ground.channels[int(plan.channel[order])].code,
            number=self._number[order],
            placed_at=int(plan.received[order]),
            region=str(plan.region[order]),
            shipping_cents=int(goods.shipping_cents[order]),
            discount_cents=int(goods.discount_cents[order]),
            note=self._story.odd.note.get(order, ""),
            lines=tuple(
                IncomingLine(
                    str(ground.sku_code[goods.article[line]]),
                    str(ground.name[goods.article[line]]),
                    int(goods.quantity[line]),
                    int(goods.price_cents[line]),
                )
                for line in lines
            ),
            **sent,
        )
