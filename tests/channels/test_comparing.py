"""What an adapter reads and what it kept of the original agree, whatever the channel."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import pytest

from core.channels import findings, mapped
from core.channels.files import InFile
from core.channels.incoming import IncomingLine, IncomingOrder, Terms
from core.channels.mapping import ColumnMapping, guess
from core.domain.payloads import FIELD_COLUMNS, Compared, Ordered, columns_in, compare, compare_lines, compare_sums
from seed.incoming import Draft, incoming_order

SAMPLES = {
    "olist": ("olist/customers.csv", "olist/items.csv", "olist/orders.csv", "olist/payments.csv"),
    "shopify": ("shopify.csv",),
    "taobao": ("taobao.csv",),
    "tmall_short": ("tmall_short.csv",),
    "mapped": ("own.csv",),
}
DRAFT = Draft(
    "tmall", "T-1", 1, "陈思远", "13812345678", "", "CN-SH", "上海市", "黄浦区", "南京东路 100 号", "200001",
    800, 500, "轻放",
    (IncomingLine("KETTLE", "Kettle", 2, 19_900), IncomingLine("CUP", "Cup", 1, 3_500)),
)  # fmt: skip


def differences(order: IncomingOrder, original: IncomingOrder | None = None) -> list[Compared]:
    """What is told apart between an order and an original, its own where none is named."""
    payload = (original or order).payload
    columns = columns_in(payload, guess(payload).columns)
    fields = {name: getattr(order, name) for name in FIELD_COLUMNS} | {
        "shipping_cents": order.freight_cents,
        "discount_cents": order.discount_cents,
        "total_cents": order.worth_cents,
    }
    lines = [Ordered(line.sku_code, line.name, line.quantity, line.unit_price_cents) for line in order.lines]
    found: Sequence[Compared] = [
        *compare(fields, payload, columns),
        *(one for line in compare_lines(lines, payload, columns) for one in line.fields),
        *compare_sums(fields, payload, columns),
    ]
    return [one for one in found if one.differs]


@pytest.mark.parametrize("name", SAMPLES)
def test_an_order_is_as_its_channel_sent_it(name: str, sample: Callable[[str], InFile], terms: Terms) -> None:
    files = [sample(file) for file in SAMPLES[name]]
    if name == "mapped":
        mapping = ColumnMapping(
            guess(mapped.header_of(files[0])).columns,
            timezone="Europe/Berlin",
            time_form="dmy",
            decimal=",",
            country="DE",
        )
        found = list(findings("mapped", files, terms, mapping=mapping))
    else:
        found = list(findings(name.partition("_")[0].replace("tmall", "taobao"), files, terms))
    orders = [one for one in found if isinstance(one, IncomingOrder)]
    assert len(orders) > 1
    assert {order.number: differences(order) for order in orders} == {order.number: [] for order in orders}


@pytest.mark.parametrize("channel", ["tmall", "shopify"])
def test_every_change_is_marked_beside_its_column(channel: str) -> None:
    order = incoming_order(replace(DRAFT, channel=channel))
    assert differences(order) == []
    changed = replace(
        order,
        buyer_phone="13900000000",
        street="南京西路 1 号",
        lines=(IncomingLine("KETTLE", "Kettle", 1, 19_900), IncomingLine("CUP", "Cup", 1, 3_400)),
        discount_cents=600,
    )
    english = channel == "shopify"
    assert [(one.field, one.ours, one.theirs, one.column) for one in differences(changed, order)] == [
        ("buyer_phone", "13900000000", "13812345678", "Shipping Phone" if english else "联系手机"),
        ("street", "南京西路 1 号", "南京东路 100 号", "Shipping Street" if english else "详细地址"),
        ("quantity", "1", "2", "Lineitem quantity" if english else "数量"),
        ("unit_price_cents", "34.00", "35.00", "Lineitem price" if english else "单价"),
        ("discount_cents", "6.00", "5.00", "Discount Amount" if english else "优惠"),
    ]


def test_rows_that_repeat_each_other_stay_in_their_places() -> None:
    cup, kettle = IncomingLine("CUP", "Cup", 1, 3_500), IncomingLine("KETTLE", "Kettle", 1, 19_900)
    order = incoming_order(replace(DRAFT, lines=(cup, cup, kettle, cup)))
    assert order.payload["商家编码"] == "CUP"
    assert order.payload["商家编码 #3"] == "KETTLE"
    assert "商家编码 #2" not in order.payload
    assert differences(order) == []
    fewer = replace(order, lines=(cup, cup, cup))
    assert [(one.field, one.ours, one.theirs) for one in differences(fewer, order)] == [
        ("sku_code", "CUP", "KETTLE"),
        ("name", "Cup", "Kettle"),
        ("unit_price_cents", "35.00", "199.00"),
    ]
