"""Any CSV file or workbook, read by a mapping of its columns: one row per order, or rows of one order together."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

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
    lines_worth,
)
from core.channels.mapping import STATUS_WORDS, ColumnMapping
from core.channels.reading import Meter, Progress, Table, ignore_progress
from core.channels.sheets import open_table
from core.channels.values import Judge, ungrouped, unwrapped
from core.domain.errors import FileRefused
from core.domain.places import province_code

CODE = "mapped"
TIMEZONE = "Asia/Shanghai"
_SIGNS = re.compile(r"^(?:[¥￥$€£]|R\$|US\$|RMB|CNY)\s*|\s*(?:元|[¥￥€])$")
# A state that says the order is on its way or gone says also that somebody confirmed it.
_CONFIRMED = frozenset({"confirmed", "shipped", "delivered"})


def header_of(file: InFile, most_bytes: int = MOST_BYTES) -> tuple[str, ...]:
    """The named columns of a file, to choose from.

    Raises: FileRefused.
    """
    return tuple(name for name in open_table(file, most_bytes=most_bytes).header if name)


def read(
    files: Sequence[InFile],
    terms: Terms,
    progress: Progress = ignore_progress,
    most_bytes: int = MOST_BYTES,
    *,
    mapping: ColumnMapping,
) -> Findings:
    """The orders of a file as the mapping explains it, with what is wrong beside them.

    Raises: ContentError when the mapping can't give orders, FileRefused when the file can't be read or lacks a column.
    """
    if len(files) != 1:
        raise FileRefused("One file is wanted here, found {count}.", count=len(files))
    mapping.check()
    table = open_table(files[0], Meter(files[0].size, progress), most_bytes)
    table.need([column for column in mapping.columns.values() if column])
    assembly = _Assembly(table, mapping, terms)
    number_at = table.header.index(mapping.columns["number"])
    waiting: list[SourceRow] = []
    damaged = ""  # the order that the last unreadable row belongs to
    for row in table.rows:
        if isinstance(row, Problem):
            damaged = unwrapped(table.damaged_key(row, mapping.columns["number"])) or damaged
            yield row
        elif waiting and row.cells[number_at] and row.cells[number_at] == waiting[0].cells[number_at]:
            waiting.append(row)
        else:
            if waiting:
                yield from assembly.order(waiting, damaged)
            waiting = [row]
    if waiting:
        yield from assembly.order(waiting, damaged)


class _Assembly:
    """Puts an order together from its rows."""

    def __init__(self, table: Table, mapping: ColumnMapping, terms: Terms) -> None:
        self.table = table
        self.mapping = mapping
        self.judge = Judge(terms)
        self.zone = ZoneInfo(mapping.timezone)
        self.columns: Mapping[str, str] = {name: column for name, column in mapping.columns.items() if column}
        self.places = {name: table.header.index(column) for name, column in self.columns.items()}

    def text(self, field: str) -> str:
        """What the present row says for a field; empty where no column is chosen."""
        place = self.places.get(field)
        return "" if place is None else self.judge.row.cells[place]

    def money(self, field: str) -> int | None:
        """Cents, with the chosen decimal mark and without currency signs; None where nothing is said."""
        text = self.text(field).strip()
        if not text:
            return None
        return self.judge.amount(ungrouped(_SIGNS.sub("", text), self.mapping.decimal), self.columns[field], text)

    def instant(self, field: str, *, ahead: bool = False) -> int | None:
        """Epoch seconds; None where nothing is said."""
        column = self.columns.get(field, "")
        return self.judge.instant(self.text(field), column, self.mapping.time_form, self.zone, ahead=ahead)

    def order(self, rows: list[SourceRow], damaged: str) -> Iterator[Finding]:
        """The order, or why it is kept aside; warnings come along either way."""
        judge = self.judge
        judge.begin(tuple(rows))
        number = judge.number(self.text("number"), self.columns["number"])
        if number and number == damaged:
            judge.note("incomplete", self.columns["number"], number)
        total = self.money("order_total")
        shipping, discount = self.money("shipping") or 0, self.money("discount") or 0
        lines = self._lines(rows, total, shipping, discount)
        judge.row = rows[0]
        order = self._head(number, lines)
        if order is not None:
            order.total_cents, order.shipping_cents, order.discount_cents = total, shipping, discount
            self._warn(order)
            yield order
        yield from judge.problems

    def _lines(
        self, rows: list[SourceRow], total: int | None, shipping: int, discount: int
    ) -> tuple[IncomingLine, ...]:
        """The items: with their price, or their row's amount, or (alone in the order) with the order's amount."""
        judge = self.judge
        if not any(name in self.columns for name in ("sku", "item", "quantity", "unit_price", "line_total")):
            return ()
        lines: list[IncomingLine] = []
        for row in rows:
            judge.row = row
            code, name = unwrapped(self.text("sku")), self.text("item")
            counted = self.columns.get("quantity")
            quantity = judge.quantity(self.text("quantity"), counted) if counted else 1
            price, amount = self.money("unit_price"), self.money("line_total")
            if price is not None:
                lines.append(IncomingLine(code, name, quantity, price))
            elif amount is not None:
                lines += lines_worth(code, name, quantity, amount)
            elif total is not None and len(rows) == 1:
                lines += lines_worth(code, name, quantity, max(total - shipping + discount, 0))
            else:
                amounts = (self.columns.get(field) for field in ("unit_price", "line_total", "order_total"))
                judge.note("empty", next(filter(None, amounts)))
        return tuple(lines)

    def _head(self, number: str, lines: tuple[IncomingLine, ...]) -> IncomingOrder | None:
        judge, text = self.judge, self.text
        placed, paid_at = self.instant("placed_at"), self.instant("paid_at")
        if not text("placed_at").strip():
            judge.note("empty", self.columns["placed_at"])
        shipped, delivered = self.instant("shipped_at"), self.instant("delivered_at")
        promised = self.instant("promised_at", ahead=True)
        currency = text("currency") if "currency" in self.columns else self.mapping.currency
        currency = judge.currency(currency, self.columns.get("currency", ""))
        status = self._status(paid_at, shipped, delivered)
        paid = self.money("paid")
        if judge.refused or placed is None:
            return None
        return IncomingOrder(
            CODE, number, currency, placed, status, text("status"), judge.rows,
            paid_at=paid_at,
            confirmed_at=paid_at if status in _CONFIRMED else None,
            handed_over_at=shipped,
            delivered_at=delivered,
            promised_at=promised,
            buyer_name=text("buyer_name"),
            buyer_phone=unwrapped(text("buyer_phone")),
            buyer_email=text("buyer_email"),
            country=text("country") or self.mapping.country,
            region=province_code(text("region")) or text("region"),
            city=text("city"),
            district=text("district"),
            street=text("street"),
            postcode=unwrapped(text("postcode")),
            payments=(Payment("", paid),) if paid else (),
            lines=lines,
            note=text("note"),
        )  # fmt: skip

    def _status(self, paid_at: int | None, shipped: int | None, delivered: int | None) -> str:
        """The status column's word; without one, what the times say."""
        if "status" in self.columns:
            word = re.sub(r"\s+", "", self.text("status")).replace("，", ",").lower()
            return self.judge.word(word, self.columns["status"], STATUS_WORDS)
        if delivered is not None:
            return "delivered"
        if shipped is not None:
            return "shipped"
        return "confirmed" if paid_at is not None else "received"

    def _warn(self, order: IncomingOrder) -> None:
        judge = self.judge
        if not order.lines:
            judge.note("no_lines", self.columns.get("item") or self.columns.get("sku") or "")
        owed = order.items_cents + order.freight_cents - order.discount_cents
        if order.lines and order.total_cents is not None and order.total_cents != owed:
            column, found = self.columns["order_total"], self.text("order_total")
            judge.note("sum_differs", column, found, sum=f"{owed / 100:.2f}")
        for name, at in (
            ("paid_at", order.paid_at),
            ("shipped_at", order.handed_over_at),
            ("delivered_at", order.delivered_at),
        ):
            if at is not None and at < order.placed_at:
                judge.note("before_placed", self.columns[name], self.text(name))
