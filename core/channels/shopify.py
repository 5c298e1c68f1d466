"""Shopify's orders export: one row per item, the order's own columns only on its first row.

Source: https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders (columns).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import UTC

from core.channels.files import MOST_BYTES, InFile
from core.channels.incoming import (
    Finding,
    Findings,
    IncomingLine,
    IncomingOrder,
    Payment,
    Problem,
    SourceRow,
    Terms,
)
from core.channels.reading import Meter, Progress, Table, ignore_progress
from core.channels.sheets import open_table
from core.channels.values import Judge, unwrapped
from core.domain.errors import FileRefused

CODE = "shopify"
TIMEZONE = "UTC"  # only for days: every time in the file carries its own offset

NEEDED = (
    "Name",
    "Financial Status",
    "Fulfillment Status",
    "Currency",
    "Created at",
    "Lineitem quantity",
    "Lineitem name",
    "Lineitem price",
)
# Columns that say something of an item; all others speak of the order.
ITEM_PREFIX = "Lineitem"
ITEM_COLUMNS = frozenset({"Vendor"})

FINANCIAL = {
    "": "received",  # draft or free orders
    "pending": "received",
    "authorized": "received",
    "partially_paid": "received",
    "paid": "confirmed",
    "partially_refunded": "confirmed",
    "refunded": "cancelled",
    "voided": "cancelled",
    "expired": "expired",
}
FULFILMENT = {
    "": "open",
    "unfulfilled": "open",
    "partial": "open",
    "restocked": "open",
    "fulfilled": "shipped",
}
_PAID = frozenset({"paid", "partially_refunded", "refunded"})


def read(
    files: Sequence[InFile], terms: Terms, progress: Progress = ignore_progress, most_bytes: int = MOST_BYTES
) -> Findings:
    """The orders of one export file, with what is wrong beside them.

    Raises: FileRefused when it isn't such a file or can't be read.
    """
    if len(files) != 1:
        raise FileRefused("One file is wanted here, found {count}.", count=len(files))
    table = open_table(files[0], Meter(files[0].size, progress), most_bytes)
    table.need(NEEDED)
    assembly = _Assembly(table, terms)
    waiting: list[SourceRow] = []
    for row in table.rows:
        if isinstance(row, Problem):
            # A damaged row may be an item of the order before it, which then isn't whole; or the first row of another
            # order, whose further items must not fall to the one before.
            if waiting and table.damaged_key(row, "Name") in ("", waiting[0].cells[assembly.name_at]):
                assembly.damaged = True
            elif waiting:
                yield from assembly.order(waiting)
                waiting = []
            yield row
        elif assembly.continues(row, waiting):
            waiting.append(row)
        else:
            if waiting:
                yield from assembly.order(waiting)
            waiting = [row]
    if waiting:
        yield from assembly.order(waiting)


class _Assembly:
    """Puts an order together from its rows, which stand one below the other."""

    def __init__(self, table: Table, terms: Terms) -> None:
        self.table = table
        self.judge = Judge(terms)
        self.damaged = False  # whether a row of the order that is being collected can't be read
        self.name_at = table.header.index("Name")
        self.order_places = [
            place
            for place, name in enumerate(table.header)
            if name and not name.startswith(ITEM_PREFIX) and name not in ITEM_COLUMNS
        ]

    def continues(self, row: SourceRow, waiting: list[SourceRow]) -> bool:
        """Whether a row is a further item of the order that is being collected."""
        name = row.cells[self.name_at]
        if not waiting:
            return False
        if name:
            return name == waiting[0].cells[self.name_at]
        return not any(row.cells[place] for place in self.order_places)

    def text(self, column: str) -> str:
        """What the present row says in a column; empty where the file has no such column."""
        place = self.table.place(column)
        return "" if place is None else self.judge.row.cells[place]

    def first_text(self, *columns: str) -> str:
        """What the first of these columns that says something says."""
        return next((text for column in columns if (text := self.text(column))), "")

    def order(self, rows: list[SourceRow]) -> Iterator[Finding]:
        """The order, or why it is kept aside; warnings come along either way."""
        judge = self.judge
        judge.begin(tuple(rows))
        if not rows[0].cells[self.name_at] and not any(rows[0].cells[place] for place in self.order_places):
            judge.note("orphan_line", "Name")
            yield from judge.problems
            return
        number = judge.number(self.text("Name"), "Name")
        if self.damaged:
            judge.note("incomplete", "Name", number)
            self.damaged = False
        lines = self._lines(self._once(rows))
        judge.row = rows[0]
        order = self._head(rows[0], number, lines)
        if order is not None and not judge.refused:
            self._warn(order)
            yield order
        yield from judge.problems

    def _once(self, rows: list[SourceRow]) -> list[SourceRow]:
        """The rows without exact copies, unless the order's own subtotal says that the copies are meant."""
        kept: list[SourceRow] = []
        copies: list[SourceRow] = []
        for row in rows:
            (copies if any(row.cells == other.cells for other in kept) else kept).append(row)
        if not copies:
            return rows
        silent = Judge(self.judge.terms)
        price_at, quantity_at = map(self.table.header.index, ("Lineitem price", "Lineitem quantity"))
        silent.begin(tuple(rows))
        subtotal_at = self.table.place("Subtotal")
        if subtotal_at is not None and rows[0].cells[subtotal_at]:
            goods = sum(silent.money(r.cells[price_at], "") * silent.quantity(r.cells[quantity_at], "") for r in rows)
            if goods == silent.money(rows[0].cells[subtotal_at], ""):
                return rows
        for row in copies:
            self.judge.row = row
            self.judge.note("doubled_row", "Lineitem name", self.text("Lineitem name"))
        return kept

    def _lines(self, rows: list[SourceRow]) -> tuple[IncomingLine, ...]:
        judge, lines = self.judge, []
        for row in rows:
            judge.row = row
            if not any(self.text(name) for name in ("Lineitem name", "Lineitem price", "Lineitem quantity")):
                continue
            lines.append(
                IncomingLine(
                    unwrapped(self.text("Lineitem sku")),
                    self.text("Lineitem name"),
                    judge.quantity(self.text("Lineitem quantity"), "Lineitem quantity"),
                    judge.money(self.text("Lineitem price"), "Lineitem price"),
                )
            )
        return tuple(lines)

    def _moment(self, column: str) -> int | None:
        return self.judge.instant(self.text(column), column, "auto", UTC)

    def _head(self, row: SourceRow, number: str, lines: tuple[IncomingLine, ...]) -> IncomingOrder | None:
        """The order's own columns."""
        judge, text = self.judge, self.text
        placed = self._moment("Created at")
        if not text("Created at"):
            judge.note("empty", "Created at")
        currency = judge.currency(text("Currency"), "Currency")
        money = {
            column: judge.money_or(text(column), column, None)
            for column in ("Subtotal", "Shipping", "Taxes", "Total", "Discount Amount", "Refunded Amount")
        }
        cancelled = self._moment("Cancelled at")
        status = self._status(cancelled)
        if placed is None or judge.refused:
            return None
        discount, shipping = money["Discount Amount"] or 0, money["Shipping"] or 0
        goods = sum(line.quantity * line.unit_price_cents for line in lines)
        total = money["Total"]
        paid_at = self._moment("Paid at")
        payments: tuple[Payment, ...] = ()
        if text("Financial Status").lower() in _PAID:
            subtotal = money["Subtotal"] if money["Subtotal"] is not None else goods - discount
            payments = (Payment(text("Payment Method"), total if total is not None else subtotal + shipping),)
        return IncomingOrder(
            CODE, number, currency, placed, status,
            "/".join(filter(None, (text("Financial Status"), text("Fulfillment Status")))),
            judge.rows,
            paid_at=paid_at,
            confirmed_at=paid_at if status in ("confirmed", "shipped") else None,
            handed_over_at=self._moment("Fulfilled at"),
            cancelled_at=cancelled,
            buyer_name=self.first_text("Shipping Name", "Billing Name"),
            buyer_phone=unwrapped(self.first_text("Shipping Phone", "Billing Phone", "Phone")),
            buyer_email=text("Email"),
            country=self.first_text("Shipping Country", "Billing Country"),
            region=self._region(),
            city=self.first_text("Shipping City", "Billing City"),
            street=self._street(),
            postcode=unwrapped(self.first_text("Shipping Zip", "Billing Zip")),
            shipping_cents=shipping,
            discount_cents=discount,
            total_cents=total,
            refunded_cents=money["Refunded Amount"] or 0,
            payments=tuple(payment for payment in payments if payment.amount_cents),
            lines=lines,
            note=text("Notes"),
        )  # fmt: skip

    def _status(self, cancelled: int | None) -> str:
        """Where the order stands: cancelled before anything, then what has been shipped, then what has been paid."""
        judge = self.judge
        financial = judge.word(self.text("Financial Status").lower(), "Financial Status", FINANCIAL)
        fulfilment = judge.word(self.text("Fulfillment Status").lower(), "Fulfillment Status", FULFILMENT)
        if cancelled is not None:
            return "cancelled"
        if fulfilment == "shipped":
            return "shipped"
        return financial

    def _region(self) -> str:
        """The ISO code of the province, which Shopify writes without the country."""
        country = self.first_text("Shipping Country", "Billing Country")
        province = self.first_text("Shipping Province", "Billing Province")
        if re.fullmatch("[A-Z]{2}", country) and re.fullmatch("[A-Z0-9]{1,3}", province):
            return f"{country}-{province}"
        return province

    def _street(self) -> str:
        for kind in ("Shipping", "Billing"):
            parts = [self.text(f"{kind} {part}") for part in ("Company", "Address1", "Address2")]
            if not parts[1]:
                parts[1] = self.text(f"{kind} Street")
            if any(parts):
                return ", ".join(filter(None, parts))
        return ""

    def _warn(self, order: IncomingOrder) -> None:
        """Notes what looks odd in an order that is good enough."""
        judge = self.judge
        if not order.lines:
            judge.note("no_lines", "Lineitem name")
        subtotal = judge.money_or(self.text("Subtotal"), "Subtotal", None)
        # The subtotal stands after the discounts; a discount on freight isn't in it.
        if order.lines and subtotal not in (None, order.items_cents, order.items_cents - order.discount_cents):
            owed = order.items_cents - order.discount_cents
            judge.note("sum_differs", "Subtotal", self.text("Subtotal"), sum=f"{owed / 100:.2f}")
        for column, at in (("Paid at", order.paid_at), ("Fulfilled at", order.handed_over_at)):
            if at is not None and at < order.placed_at:
                judge.note("before_placed", column, self.text(column))
