"""Taobao's and Tmall's order reports."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.channels import findings
from core.channels.files import InFile
from core.channels.incoming import IncomingLine, IncomingOrder, Payment, Problem, Terms
from core.channels.taobao import Address, split_address
from core.domain.errors import FileRefused


def read(file: InFile, terms: Terms) -> tuple[list[IncomingOrder], list[Problem]]:
    """Orders and problems of a report."""
    found = list(findings("taobao", [file], terms))
    return [f for f in found if isinstance(f, IncomingOrder)], [f for f in found if isinstance(f, Problem)]


def test_the_full_report(sample: Callable[[str], InFile], terms: Terms) -> None:
    orders, problems = read(sample("taobao.csv"), terms)
    first = orders[0]
    placed = int(datetime(2026, 3, 1, 12, 0, tzinfo=UTC).timestamp())
    assert first == IncomingOrder(
        "taobao", "123456789012345678", "CNY", placed, "delivered", "交易成功", first.rows,
        paid_at=placed + 65,
        confirmed_at=placed + 65,
        buyer_code="小明",
        buyer_name="李雷",
        buyer_phone="138****8000",
        country="CN",
        region="CN-ZJ",
        city="杭州市",
        district="余杭区",
        street="文一西路969号",
        postcode="310000",
        shipping_cents=1000,
        total_cents=20_900,
        payments=(Payment("alipay", 20_900),),
        lines=(IncomingLine("", "青瓷茶杯 两只装", 1, 19_900),),
        note="请尽快",
    )  # fmt: skip
    assert [(o.number, o.status) for o in orders[1:]] == [
        ("1234567890123456789", "received"),
        ("123456789012345680", "confirmed"),
        ("123456789012345681", "cancelled"),
    ]
    # Three pieces for 100.00: to the cent, though no price divides it.
    assert orders[1].lines == (IncomingLine("", "茶盘，茶壶", 2, 3333), IncomingLine("", "茶盘，茶壶", 1, 3334))
    assert orders[1].payments == ()
    assert (orders[2].region, orders[2].street, orders[2].note) == ("", "广东省深圳市南山区科技园", "送礼")
    assert problems == []


def test_the_short_report(sample: Callable[[str], InFile], terms: Terms) -> None:
    orders, problems = read(sample("tmall_short.csv"), terms)
    assert [(o.number, o.status, o.region, o.refunded_cents, o.payments) for o in orders] == [
        ("1", "expired", "CN-SH", 0, ()),
        ("2", "confirmed", "CN-NM", 0, (Payment("alipay", 2100),)),
        ("3", "cancelled", "CN-JS", 6480, (Payment("alipay", 6480),)),
        ("4", "confirmed", "CN-ZJ", 17_880, (Payment("alipay", 32_770),)),
        ("5", "received", "CN-BJ", 0, ()),
    ]
    assert [(p.line, p.kind, str(p.severity)) for p in problems] == [(1, "no_lines_in_report", "warning")]


def test_an_order_stays_the_same_while_it_expires(sample: Callable[[str], InFile], terms: Terms) -> None:
    later = Terms(terms.now + 10 * 86_400, terms.currencies)
    before, after = (read(sample("tmall_short.csv"), when)[0][4] for when in (terms, later))
    assert (before.status, after.status) == ("received", "expired")
    assert before.fingerprint() == after.fingerprint()


@pytest.mark.parametrize("encoding", ["gbk", "gb18030", "utf-8", "utf-8-sig"])
def test_the_encoding_makes_no_difference(sample: Callable[[str], InFile], terms: Terms, encoding: str) -> None:
    with sample("taobao.csv").open() as stream:
        text = stream.read().decode("gbk")
    again, _ = read(InFile("taobao.csv", text.encode(encoding)), terms)
    first, _ = read(sample("taobao.csv"), terms)
    assert [order.fingerprint() for order in again] == [order.fingerprint() for order in first]


def test_columns_may_drift(sample: Callable[[str], InFile], terms: Terms) -> None:
    with sample("taobao.csv").open() as stream:
        rows = [line.split(",") for line in stream.read().decode("gbk").replace('发货"', "发货").splitlines()]
    del rows[3]  # the row whose state holds a comma
    turned = "\r\n".join(",".join(reversed(row)) for row in rows)
    orders, problems = read(InFile("x.csv", turned.encode("gbk")), terms)
    assert [order.number for order in orders] == ["123456789012345678", "1234567890123456789", "123456789012345681"]
    assert problems == []


@pytest.mark.parametrize(
    ("old", "new", "column", "kind"),
    [
        ('="123456789012345681"', "1.23457E+17", "订单编号", "damaged_number"),
        ("交易关闭", "交易搁浅", "订单状态", "status"),
        ("2026-03-03 10:00:00", "2026/13/03", "订单创建时间", "instant"),
        ("50.00,0.00,0,50.00", "50.00,0.00,0,伍拾", "总金额", "money"),
        (",1,1,瓷器店", ",1,1,瓷器店,more", "", "field_count"),
    ],
)
def test_a_bad_row_is_kept_aside(
    sample: Callable[[str], InFile], terms: Terms, old: str, new: str, column: str, kind: str
) -> None:
    with sample("taobao.csv").open() as stream:
        text = stream.read().decode("gbk")
    head, mark, tail = text.rpartition(old)
    assert mark
    orders, problems = read(InFile("x.csv", (head + new + tail).encode("gbk")), terms)
    assert len(orders) == 3
    assert [(p.line, p.column, p.kind) for p in problems] == [(5, column, kind)]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        (
            "浙江省 杭州市 余杭区 文一西路 969号(310000)",
            Address("浙江省", "杭州市", "余杭区", "文一西路 969号", "310000"),
        ),
        ("上海 上海市 浦东新区 世纪大道1号（200120） ", Address("上海", "上海市", "浦东新区", "世纪大道1号", "200120")),
        ("海南省 文昌市 清澜大道1号", Address("海南省", "文昌市", "", "清澜大道1号")),
        ("新疆维吾尔自治区", Address("新疆维吾尔自治区")),
        ("上海", Address("上海")),
        ("广东省深圳市南山区科技园", Address(street="广东省深圳市南山区科技园")),
        ("", Address()),
    ],
)
def test_addresses(text: str, wanted: Address) -> None:
    assert split_address(text) == wanted


def test_another_file_is_refused_with_the_columns_it_lacks(terms: Terms) -> None:
    with pytest.raises(FileRefused) as caught:
        read(InFile("x.csv", "订单编号,总金额\n1,2\n".encode("gbk")), terms)
    assert caught.value.params["missing"] == "买家实际支付金额, 订单创建时间, 订单付款时间"


def test_a_month_of_tmall(acceptance: Callable[[str], Path], terms: Terms) -> None:
    orders, problems = read(InFile.at(acceptance("tmall/tmall_order_report.csv")), terms)
    assert len(orders) == 28_010
    assert Counter(order.status for order in orders) == {"confirmed": 18_955, "cancelled": 5132, "expired": 3923}
    assert len({order.region for order in orders}) == 31
    assert [p.kind for p in problems] == ["no_lines_in_report"]
    assert all(
        order.total_cents == sum(p.amount_cents for p in order.payments)
        for order in orders
        if order.paid_at is not None
    )
