"""Orders that another house fulfils, as rows: what their channel reports becomes facts, postings and a status."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from json.encoder import encode_basestring

from sqlalchemy import Connection, select

from core.channels.incoming import IncomingOrder
from core.context import Context
from core.db.bulk import insert_rows, reserve_ids
from core.db.history import actor_name
from core.db.world_tables import event, money_posting, order_line, order_payload, sales_order, sku
from core.domain.facts import lateness
from core.domain.orders import Fact, Status, is_open
from core.domain.stock import OUTSIDE
from core.services.parameters import currency_rates, promises

ORDER_COLUMNS = (
    "id", "number", "channel", "status", "is_open", "exceptions", "fulfilled_by", "warehouse_id", "received_at",
    "paid_at", "confirmed_at", "handed_over_at", "delivered_at", "cancelled_at", "promised_at", "buyer_name",
    "buyer_phone", "buyer_email", "country", "region", "city", "district", "street", "postcode", "currency",
    "items_cents", "shipping_cents", "discount_cents", "total_cents", "paid_cents", "note",
)  # fmt: skip
LINE_COLUMNS = (
    "id", "order_id", "position", "sku_id", "sku_code", "name", "quantity", "unit_price_cents", "freight_cents",
)  # fmt: skip
EVENT_COLUMNS = ("id", "at", "kind", "subject", "order_id", "actor", "data")
MONEY_COLUMNS = (
    "id", "at", "event_id", "order_id", "from_account", "to_account", "amount_cents", "currency", "means",
)  # fmt: skip
PAYLOAD_COLUMNS = ("order_id", "content_hash", "payload", "batch_id")

_HOUR = 3_600
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_RECEIVED, _PAID = Fact.RECEIVED.value, Fact.PAID.value
_OPEN = {status.value: int(is_open(status)) for status in Status}
_SHIPPED = frozenset({Status.SHIPPED.value, Status.DELIVERED.value})

Row = tuple[object, ...]


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    """A text as JSON; few different ones are wanted, very often."""
    return _encode(text)


def _tail(extra: Mapping[str, object]) -> str:
    """What a fact says besides, as JSON behind something else; what isn't known is left out."""
    return "".join([f',"{name}":{_written(value)}' for name, value in extra.items() if value is not None])


def _written(value: object) -> str:
    """A value as JSON; whole numbers and yes or no, which are most of them, without the encoder."""
    if type(value) is int:
        return str(value)
    if type(value) is bool:
        return "true" if value else "false"
    return _encode(value)


def _object(texts: Mapping[str, str]) -> str:
    """Texts by name as a JSON object: half the encoder's time, which is made anew for each."""
    return f"{{{','.join([f'{_quoted(name)}:{encode_basestring(text)}' for name, text in texts.items()])}}}"


Step = tuple[int, Fact, Status, Mapping[str, object]]  # at, fact, the status it leads to, what it says besides


def steps_of(order: IncomingOrder, timezone: str) -> Iterator[Step]:
    """What must have happened to an order for its channel to report it so, in the order of the machine.

    Instants that the channel doesn't tell are the last ones known, and no duration is made of them. A confirmation
    that is only the payment seen again says nothing about how long confirming took.
    Shape: without the receipt and the payments.
    """
    last = order.paid_at or order.placed_at
    confirmed = order.confirmed_at
    if order.status == Status.CONFIRMED and confirmed is None:
        confirmed = last
    if confirmed is not None:
        paid_at = order.paid_at if order.paid_at != confirmed else None
        yield confirmed, Fact.CONFIRMED, Status.CONFIRMED, {"paid_at": paid_at}
        last = max(last, confirmed)
    if order.status == Status.EXCEPTION:
        yield last, Fact.STOPPED, Status.EXCEPTION, {"reasons": [order.reason]}
    if order.status in _SHIPPED or order.handed_over_at is not None:
        at = order.handed_over_at or last
        told = order.confirmed_at if order.handed_over_at is not None else None
        yield at, Fact.SHIPPED, Status.SHIPPED, {"confirmed_at": told}
        last = max(last, at)
    if order.status == Status.DELIVERED:
        if order.delivered_at is None:
            yield last, Fact.DELIVERED, Status.DELIVERED, {"undated": True}
        else:
            handed, promised = order.handed_over_at, order.promised_at
            late = lateness(order.delivered_at, promised, timezone)
            extra = {"handed_over_at": handed, "promised_at": promised, **late}
            yield order.delivered_at, Fact.DELIVERED, Status.DELIVERED, extra
    elif order.status == Status.CANCELLED:
        extra = {"reason": order.outside_status, "units_freed": 0}
        yield order.cancelled_at or last, Fact.CANCELLED, Status.CANCELLED, extra
    elif order.status == Status.EXPIRED:
        yield order.placed_at + promises().unpaid_expires_hours * _HOUR, Fact.EXPIRED, Status.EXPIRED, {}


@dataclass(slots=True)
class Rows:
    """The rows of some orders, table by table, with ids counted on from those that are free."""

    order_id: int
    line_id: int
    event_id: int
    money_id: int
    actor: str
    batch_id: int | None
    sku_ids: Mapping[str, int]
    rates: Mapping[str, float]
    orders: list[Row] = field(default_factory=list)
    lines: list[Row] = field(default_factory=list)
    events: list[Row] = field(default_factory=list)
    money: list[Row] = field(default_factory=list)
    payloads: list[Row] = field(default_factory=list)

    def add(self, order: IncomingOrder, timezone: str) -> None:
        """One more order with everything that belongs to it."""
        order_id, self.order_id = self.order_id, self.order_id + 1
        freight, items, paid, total = order.freight_cents, order.items_cents, order.paid_cents, order.worth_cents
        self._add_lines(order_id, order)
        status = self._add_history(order_id, order, total, paid, timezone)
        self.orders.append(
            (
                order_id, order.number, order.channel, status, _OPEN[status], order.reason, "outside", OUTSIDE,
                order.placed_at, order.paid_at, order.confirmed_at, order.handed_over_at, order.delivered_at,
                order.cancelled_at, order.promised_at, order.buyer_name, order.buyer_phone, order.buyer_email,
                order.country, order.region, order.city, order.district, order.street, order.postcode, order.currency,
                items, freight, order.discount_cents, total, paid, order.note,
            )
        )  # fmt: skip
        self.payloads.append((order_id, order.fingerprint(), _object(order.payload), self.batch_id))

    def _add_lines(self, order_id: int, order: IncomingOrder) -> None:
        for position, line in enumerate(order.lines, start=1):
            sku_id = self.sku_ids.get(line.sku_code)
            self.lines.append((self.line_id, order_id, position, sku_id, *line))
            self.line_id += 1

    def _add_history(self, order_id: int, order: IncomingOrder, total: int, paid: int, timezone: str) -> str:
        """Facts and money; gives the status that they lead to."""
        channel, currency, placed_at = _quoted(order.channel), order.currency, order.placed_at
        head = (
            f'"channel":{channel},"region":{_quoted(order.region)},"warehouse":{OUTSIDE},"received_at":{placed_at}'
            f',"value_cents":{round(total * self.rates[currency])},"outside":true'
        )
        units = sum([line[2] for line in order.lines])
        tail = f'"units":{units},"lines":{len(order.lines)},"currency":"{currency}","total_cents":{total}'
        self._fact(order_id, placed_at, _RECEIVED, f'{{"to":"received",{head},{tail}}}')
        paid_at = order.paid_at or placed_at
        for means, cents in order.payments:
            said = f'"amount_cents":{cents},"currency":"{currency}","means":{_quoted(means)}'
            data = f'{{{said},"channel":{channel},"received_at":{placed_at}}}'
            event_id = self._fact(order_id, paid_at, _PAID, data)
            self._move(order_id, paid_at, event_id, "buyer", "deposits", cents, currency, means)
        status, account = Status.RECEIVED.value, "deposits"
        for at, fact, state, extra in steps_of(order, timezone):
            target = state.value
            data = f'{{"from":"{status}","to":"{target}",{head}{_tail(extra)}}}'
            event_id = self._fact(order_id, at, fact.value, data)
            if state is Status.SHIPPED:
                self._move(order_id, at, event_id, "deposits", "revenue", paid, currency)
                account = "revenue"
            elif state is Status.CANCELLED:
                for means, cents in order.payments:
                    self._move(order_id, at, event_id, account, "buyer", cents, currency, means)
            status = target
        return status

    def _fact(self, order_id: int, at: int, kind: str, data: str) -> int:
        event_id, self.event_id = self.event_id, self.event_id + 1
        self.events.append((event_id, at, kind, f"order:{order_id}", order_id, self.actor, data))
        return event_id

    def _move(
        self,
        order_id: int,
        at: int,
        event_id: int,
        source: str,
        target: str,
        amount_cents: int,
        currency: str,
        means: str = "",
    ) -> None:
        if amount_cents > 0:
            self.money.append((self.money_id, at, event_id, order_id, source, target, amount_cents, currency, means))
            self.money_id += 1

    def write(self, db: Connection) -> None:
        """Appends everything, parents first."""
        insert_rows(db, sales_order, ORDER_COLUMNS, self.orders)
        insert_rows(db, order_payload, PAYLOAD_COLUMNS, self.payloads)
        insert_rows(db, order_line, LINE_COLUMNS, self.lines)
        insert_rows(db, event, EVENT_COLUMNS, self.events)
        insert_rows(db, money_posting, MONEY_COLUMNS, self.money)


def write_orders(ctx: Context, orders: Sequence[IncomingOrder], timezone: str, batch_id: int | None = None) -> None:
    """Takes in orders that another house fulfils, with the whole history their channel reports, in bulk.

    None of them is here yet; `timezone` is the channel's. A payment is booked when it was made, else when the order
    was placed.
    """
    if not orders:
        return
    codes = sorted({line.sku_code for order in orders for line in order.lines if line.sku_code})
    found = ctx.db.execute(select(sku.c.code, sku.c.id).where(sku.c.code.in_(codes))).all()
    rows = Rows(
        order_id=reserve_ids(ctx.db, sales_order),
        line_id=reserve_ids(ctx.db, order_line),
        event_id=reserve_ids(ctx.db, event),
        money_id=reserve_ids(ctx.db, money_posting),
        actor=actor_name(ctx),
        batch_id=batch_id,
        sku_ids=dict(found),
        rates=currency_rates(),
    )
    for order in orders:
        rows.add(order, timezone)
    rows.write(ctx.db)
