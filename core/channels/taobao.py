"""Taobao and Tmall: the seller's order report (宝贝订单报表) in its variants, and the short report without items.

Traps: GBK bytes, ids of 18 digits and more wrapped as `="…"`, columns that drift between variants and have spaces
around their names, masked phones, several articles in one title. Times are Chinese standard time.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

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
from core.channels.reading import Meter, Progress, Table, ignore_progress
from core.channels.sheets import open_table
from core.channels.values import Judge, unwrapped
from core.domain.errors import FileRefused
from core.domain.places import province_code

CODE = "taobao"
TIMEZONE = "Asia/Shanghai"
OFFSET_S = 8 * 3600  # no summer time since 1991, before anybody sold anything there
CURRENCY = "CNY"
# Source: Taobao closes an order that isn't paid within three days.
UNPAID_FOR_S = 3 * 86_400

NEEDED = ("订单编号", "总金额", "买家实际支付金额", "订单创建时间", "订单付款时间")

STATUSES = {
    "等待买家付款": "received",
    "定金已付,等待买家付尾款": "received",
    "买家已付款,等待卖家发货": "confirmed",
    "买家已付款，等待卖家发货": "confirmed",
    "卖家部分发货": "confirmed",
    "卖家已发货,等待买家确认": "shipped",
    "卖家已发货，等待买家确认": "shipped",
    "买家已签收": "delivered",
    "交易成功": "delivered",
    "交易关闭": "cancelled",
}
_PLACEHOLDERS = frozenset({"null", "'null", "无", "--", "没有留言"})
_POSTCODE = re.compile(r"[(（](\d{6})[)）]\s*$", re.ASCII)
_NO_STREET_PROVINCE = re.compile(r"(省|自治区|市|北京|天津|上海|重庆|特别行政区)$")


@dataclass(frozen=True, slots=True)
class Address:
    """A Chinese address in parts."""

    region: str = ""
    city: str = ""
    district: str = ""
    street: str = ""
    postcode: str = ""


def split_address(text: str) -> Address:
    """Province, city, district, street and postcode of `浙江省 杭州市 余杭区 文一西路969号(310000)`.

    What isn't written with spaces between its parts stays whole, as the street; a province alone is the region.
    """
    text = text.strip()
    postcode = ""
    if match := _POSTCODE.search(text):
        postcode, text = match[1], text[: match.start()].rstrip()
    parts = text.split(None, 3)
    if len(parts) == 4:
        return Address(parts[0], parts[1], parts[2], parts[3], postcode)
    if len(parts) == 1 and _NO_STREET_PROVINCE.search(text) and len(text) <= 9:
        return Address(region=text, postcode=postcode)
    if len(parts) == 3:
        return Address(parts[0], parts[1], "", parts[2], postcode)
    return Address(street=text, postcode=postcode)


def read(
    files: Sequence[InFile], terms: Terms, progress: Progress = ignore_progress, most_bytes: int = MOST_BYTES
) -> Findings:
    """The orders of one report, with what is wrong beside them.

    Raises: FileRefused when it isn't such a report or can't be read.
    """
    if len(files) != 1:
        raise FileRefused("One file is wanted here, found {count}.", count=len(files))
    table = open_table(files[0], Meter(files[0].size, progress), most_bytes)
    table.need(NEEDED)
    assembly = _Assembly(table, terms)
    if not assembly.has_items:
        yield Problem("no_lines_in_report", table.file, 1, "宝贝标题", "")
    for row in table.rows:
        if isinstance(row, Problem):
            yield row
        else:
            yield from assembly.order(row)


class _Assembly:
    """Makes an order of a row."""

    def __init__(self, table: Table, terms: Terms) -> None:
        self.table = table
        self.judge = Judge(terms)
        self.has_items = table.place("宝贝标题") is not None
        self.has_status = table.place("订单状态") is not None
        self.known_currency = CURRENCY in terms.currencies

    def text(self, column: str) -> str:
        """What the present row says in a column: empty where there is no such column or it says `null`."""
        place = self.table.place(column)
        text = "" if place is None else self.judge.row.cells[place].strip()
        return "" if text in _PLACEHOLDERS else text

    def order(self, row: SourceRow) -> Iterator[Finding]:
        """The order, or why it is kept aside; warnings come along either way."""
        judge, text = self.judge, self.text
        judge.begin((row,))
        number = judge.number(text("订单编号"), "订单编号")
        if not self.known_currency:
            judge.note("currency", "", CURRENCY, known=judge.known)
        placed = judge.moment(text("订单创建时间"), "订单创建时间", OFFSET_S)
        if not text("订单创建时间"):
            judge.note("empty", "订单创建时间")
        paid_at = judge.moment(text("订单付款时间"), "订单付款时间", OFFSET_S)
        total = judge.money(text("总金额"), "总金额")
        paid = judge.money(text("买家实际支付金额"), "买家实际支付金额")
        shipping = judge.money_or(text("买家应付邮费"), "买家应付邮费", 0) or 0
        refunded = judge.money_or(text("退款金额"), "退款金额", 0) or 0
        lines = self._lines(max(total - shipping, 0)) if self.has_items else ()
        if not judge.refused and placed is not None:
            status = self._status(placed, paid_at, paid, refunded)
        if not judge.refused and placed is not None:
            address = split_address(text("修改后的收货地址") or text("收货地址"))
            # The short report shows the money that was kept; what was paid first is that and what went back.
            received = paid if self.has_status else paid + refunded
            order = IncomingOrder(
                CODE, number, CURRENCY, placed, status, text("订单状态"), judge.rows,
                paid_at=paid_at,
                confirmed_at=paid_at if status in ("confirmed", "shipped", "delivered") else None,
                buyer_code=text("买家会员名"),
                buyer_name=text("收货人姓名") or text("买家会员名"),
                buyer_phone=unwrapped(text("联系手机")) or unwrapped(text("联系电话")),
                country="CN",
                region=province_code(address.region) or address.region,
                city=address.city,
                district=address.district,
                street=address.street,
                postcode=address.postcode,
                shipping_cents=shipping,
                total_cents=total,
                refunded_cents=refunded,
                payments=(Payment("alipay", received),) if paid_at is not None and received else (),
                lines=lines,
                note="\n".join(filter(None, (text("买家留言"), text("订单备注")))),
            )  # fmt: skip
            self._warn(order)
            yield order
        yield from judge.problems

    def _status(self, placed: int, paid_at: int | None, paid: int, refunded: int) -> str:
        """The report's own word; in the short report what the payment says."""
        if self.has_status:
            return self.judge.word(self.text("订单状态"), "订单状态", STATUSES)
        if paid_at is None:
            return "received" if self.judge.terms.now - placed <= UNPAID_FOR_S else "expired"
        return "cancelled" if refunded and not paid else "confirmed"

    def _lines(self, goods_cents: int) -> tuple[IncomingLine, ...]:
        """The report has one title, which may join several articles, and the number of pieces: one article's worth."""
        title = self.text("宝贝标题")
        if not title:
            return ()
        column = "宝贝总数量" if self.table.place("宝贝总数量") is not None else "宝贝数量"
        return lines_worth("", title, self.judge.quantity(self.text(column) or "1", column), goods_cents)

    def _warn(self, order: IncomingOrder) -> None:
        """Notes what looks odd in an order that is good enough."""
        if self.has_items and not order.lines:
            self.judge.note("no_lines", "宝贝标题")
        if order.paid_at is not None and order.paid_at < order.placed_at:
            self.judge.note("before_placed", "订单付款时间", self.text("订单付款时间"))
