"""Olist, a Brazilian marketplace: four CSV files joined by order and customer.

Source: https://www.kaggle.com/datasets/olistbr/brazilian-ecommerce (columns and states).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from core.channels.files import MOST_BYTES, InFile
from core.channels.incoming import (
    Finding,
    Findings,
    IncomingLine,
    IncomingOrder,
    Payment,
    SourceRow,
    Terms,
)
from core.channels.reading import Meter, Progress, Table, ignore_progress, open_csv
from core.channels.spool import Spool, batches
from core.channels.values import Judge
from core.domain.errors import FileRefused, Label

CODE = "olist"
# Times are written without a zone. A fixed offset keeps every difference as it is in the published figures.
TIMEZONE = "Etc/GMT+3"
OFFSET_S = -3 * 3600
CURRENCY = "BRL"

ORDER_COLUMNS = (
    "order_id",
    "customer_id",
    "order_status",
    "order_purchase_timestamp",
    "order_approved_at",
    "order_delivered_carrier_date",
    "order_delivered_customer_date",
    "order_estimated_delivery_date",
)
CUSTOMER_COLUMNS = (
    "customer_id",
    "customer_unique_id",
    "customer_zip_code_prefix",
    "customer_city",
    "customer_state",
)
ITEM_COLUMNS = ("order_id", "order_item_id", "product_id", "price", "freight_value")
PAYMENT_COLUMNS = ("order_id", "payment_sequential", "payment_type", "payment_value")
PARTS = {"orders": ORDER_COLUMNS, "customers": CUSTOMER_COLUMNS, "items": ITEM_COLUMNS, "payments": PAYMENT_COLUMNS}

# What the four are called in messages.
PART_LABELS = {"orders": "orders", "customers": "customers", "items": "items", "payments": "payments"}

STATUSES = {
    "created": "received",
    "approved": "confirmed",
    "processing": "confirmed",
    "invoiced": "confirmed",
    "shipped": "shipped",
    "delivered": "delivered",
    "canceled": "cancelled",
    "unavailable": "exception",  # paid, but the goods aren't there: somebody has to decide
}
_PAID = frozenset({"approved", "processing", "invoiced", "shipped", "delivered"})


def files_in(folder: Path) -> list[InFile]:
    """The CSV files of a folder that holds the set.

    Raises: FileRefused when there is none.
    """
    found = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    if not found:
        raise FileRefused("There are no CSV files in this folder.", file=folder.name)
    return [InFile.at(path) for path in found]


def open_parts(files: Sequence[InFile], meter: Meter, most_bytes: int) -> dict[str, Table]:
    """The four tables, told apart by their columns whatever the files are called; others are left alone.

    Raises: FileRefused when one of the four is missing or there twice.
    """
    parts: dict[str, Table] = {}
    for file in files:
        table = open_csv(file, meter, most_bytes)
        part = next((name for name, columns in PARTS.items() if set(columns) <= set(table.header)), None)
        if part is None:
            continue
        if part in parts:
            raise FileRefused(
                "There are two files with {part}: {first} and {second}.",
                file=file.name,
                part=Label(PART_LABELS[part]),
                first=parts[part].file,
                second=file.name,
            )
        parts[part] = table
    for part, columns in PARTS.items():
        if part not in parts:
            raise FileRefused(
                "The file with {part} is missing. It has the columns: {columns}.",
                file=", ".join(file.name for file in files),
                part=Label(PART_LABELS[part]),
                columns=", ".join(columns),
            )
    return parts


def read(
    files: Sequence[InFile], terms: Terms, progress: Progress = ignore_progress, most_bytes: int = MOST_BYTES
) -> Findings:
    """The orders of the set, oldest first, with what is wrong beside them.

    Why: the files stand in no order. Facts of one time counted together touch few metric cells, which makes the
    import of a large set two thirds faster (measured).
    Raises: FileRefused when the set is incomplete or a file can't be read.
    """
    size = sum(file.size for file in files)
    meter = Meter(2 * size, progress)  # once through the files, once through the orders
    parts = open_parts(files, meter, most_bytes)
    with Spool() as spool:
        yield from spool.keep("customers", parts["customers"], "customer_id")
        yield from spool.keep("items", parts["items"], "order_id")
        yield from spool.keep("payments", parts["payments"], "order_id")
        yield from spool.keep("orders", parts["orders"], "order_purchase_timestamp", whole=False)
        count, done = max(spool.count("orders"), 1), 0
        assembly = _Assembly(parts, terms)
        order_place, customer_place = assembly.places("orders", ORDER_COLUMNS[:2])
        for rows in batches(spool.in_order("orders")):
            order_ids = [row.cells[order_place] for row in rows]
            customer_ids = [row.cells[customer_place] for row in rows]
            spool.seen(order_ids, "order")
            spool.seen(customer_ids, "customer")
            customers, items = spool.find("customers", customer_ids), spool.find("items", order_ids)
            payments = spool.find("payments", order_ids)
            for row in rows:
                order_id = row.cells[order_place]
                assembly.damaged = order_id in spool.damaged["items"] or order_id in spool.damaged["payments"]
                yield from assembly.order(
                    row,
                    customers.get(row.cells[customer_place], ()),
                    items.get(order_id, ()),
                    payments.get(order_id, ()),
                )
            done += len(rows)
            meter.at(size * done // count)
        meter.finished(size)
        yield from spool.orphans("items", "order", parts["orders"].file)
        yield from spool.orphans("payments", "order", parts["orders"].file)
        yield from spool.orphans("customers", "customer", parts["orders"].file)


class _Assembly:
    """Puts an order together from its rows of the four files."""

    def __init__(self, parts: dict[str, Table], terms: Terms) -> None:
        self.parts = parts
        self.judge = Judge(terms)
        self.damaged = False  # whether a row of the present order can't be read
        self.known_currency = CURRENCY in terms.currencies
        self.order_places = self.places("orders", ORDER_COLUMNS)
        self.customer_places = self.places("customers", CUSTOMER_COLUMNS)
        self.item_places = self.places("items", ITEM_COLUMNS)
        self.payment_places = self.places("payments", PAYMENT_COLUMNS)

    def places(self, part: str, columns: Sequence[str]) -> list[int]:
        """Where the columns stand in a part's rows."""
        table = self.parts[part]
        table.need(columns)
        return [table.header.index(column) for column in columns]

    def order(
        self,
        row: SourceRow,
        customers: Sequence[SourceRow],
        items: Sequence[SourceRow],
        payments: Sequence[SourceRow],
    ) -> Iterator[Finding]:
        """The order, or why it is kept aside; warnings come along either way."""
        judge, cells = self.judge, row.cells
        judge.begin((row, *customers, *items, *payments))
        number_at, customer_at, status_at, placed_at, approved_at, carrier_at, arrived_at, promised_at = (
            self.order_places
        )
        number = judge.number(cells[number_at], "order_id")
        status = judge.word(cells[status_at], "order_status", STATUSES)
        placed = judge.moment(cells[placed_at], "order_purchase_timestamp", OFFSET_S)
        if placed is None and not cells[placed_at]:
            judge.note("empty", "order_purchase_timestamp")
        approved = judge.moment(cells[approved_at], "order_approved_at", OFFSET_S)
        carried = judge.moment(cells[carrier_at], "order_delivered_carrier_date", OFFSET_S)
        delivered = judge.moment(cells[arrived_at], "order_delivered_customer_date", OFFSET_S)
        promised = judge.moment(cells[promised_at], "order_estimated_delivery_date", OFFSET_S, ahead=True)
        if not customers:
            params = {"key": "customer_id", "file": self.parts["customers"].file}
            judge.note("no_partner", "customer_id", cells[customer_at], **params)
        if not self.known_currency:
            judge.note("currency", "", CURRENCY, known=judge.known)
        if self.damaged:
            judge.note("incomplete", "order_id", number)
        lines = self._lines(items)
        paid = self._payments(payments)
        if not judge.refused and placed is not None:
            _, buyer, postcode, city, state = (customers[0].cells[place] for place in self.customer_places)
            order = IncomingOrder(
                CODE, number, CURRENCY, placed, status, cells[status_at], judge.rows,
                reason="stock" if status == "exception" else "",
                paid_at=approved,
                confirmed_at=approved,
                handed_over_at=carried,
                delivered_at=delivered,
                promised_at=promised,
                buyer_code=buyer,
                country="BR",
                region=f"BR-{state}" if state else "",
                city=city,
                # A CEP prefix has five digits; spreadsheets have eaten the zero in front.
                postcode=postcode.zfill(5) if postcode else "",
                payments=paid,
                lines=lines,
            )  # fmt: skip
            self._warn(row, order)
            yield order
        yield from judge.problems

    def _warn(self, row: SourceRow, order: IncomingOrder) -> None:
        """Notes what looks odd in an order that is good enough."""
        judge = self.judge
        judge.row = row
        if not order.lines:
            judge.note("no_lines", "order_id", order.number)
        if not order.payments and order.outside_status in _PAID:
            judge.note("no_payment", "order_id", order.number)
        if order.lines and order.payments:
            owed, paid = order.items_cents + order.freight_cents, order.paid_cents
            if owed != paid:
                judge.note("sum_differs", "payment_value", f"{paid / 100:.2f}", sum=f"{owed / 100:.2f}")
        for column, at in (
            ("order_approved_at", order.paid_at),
            ("order_delivered_carrier_date", order.handed_over_at),
            ("order_delivered_customer_date", order.delivered_at),
        ):
            if at is not None and at < order.placed_at:
                judge.note("before_placed", column, row.cells[row.header.index(column)])

    def _lines(self, items: Sequence[SourceRow]) -> tuple[IncomingLine, ...]:
        judge = self.judge
        _, position_at, product_at, price_at, freight_at = self.item_places
        lines = []
        for row in self._once(items, position_at, "order_item_id"):
            judge.row, cells = row, row.cells
            if not cells[product_at]:
                judge.note("empty", "product_id")
            price, freight = judge.money(cells[price_at], "price"), judge.money(cells[freight_at], "freight_value")
            lines.append(IncomingLine(cells[product_at], "", 1, price, freight))
        return tuple(lines)

    def _payments(self, payments: Sequence[SourceRow]) -> tuple[Payment, ...]:
        judge = self.judge
        _, position_at, means_at, value_at = self.payment_places
        found = []
        for row in self._once(payments, position_at, "payment_sequential"):
            judge.row = row
            found.append(Payment(row.cells[means_at], judge.money(row.cells[value_at], "payment_value")))
        return tuple(found)

    def _once(self, rows: Sequence[SourceRow], position_at: int, column: str) -> Sequence[SourceRow]:
        """The rows without those that say a position again; if with other content, that is a problem."""
        if len(rows) < 2:
            return rows
        by_position: dict[str, SourceRow] = {}
        for row in rows:
            first = by_position.setdefault(row.cells[position_at], row)
            if first is not row:
                self.judge.row = row
                self.judge.note(
                    "doubled_row" if first.cells == row.cells else "same_number", column, row.cells[position_at]
                )
        return list(by_position.values())
