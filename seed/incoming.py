"""Orders as the demo company's channels would send them: numbers, rows with the channel's own headings, payments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from core.channels.incoming import IncomingLine, IncomingOrder, Payment, SourceRow
from seed.rhythm import DAY, OFFSET

_CHINESE = (
    "订单编号", "收货人", "联系手机", "省份代码", "城市", "区县", "详细地址", "邮编", "商家编码", "商品名称",
    "数量", "单价", "运费", "优惠", "买家留言",
)  # fmt: skip
_ENGLISH = (
    "Name", "Shipping Name", "Shipping Phone", "Shipping Province", "Shipping City", "Shipping District",
    "Shipping Street", "Shipping Zip", "Lineitem sku", "Lineitem name", "Lineitem quantity", "Lineitem price",
    "Shipping", "Discount Amount", "Notes",
)  # fmt: skip
# Scrambles a serial without ever giving one twice (48,271 has no factor in common with a power of ten).
_STEP = 48_271


@dataclass(frozen=True, slots=True)
class Draft:
    """One order before it is anybody's: what a buyer filled in and put into the basket."""

    channel: str
    number: str
    placed_at: int
    buyer_name: str
    buyer_phone: str
    buyer_email: str
    region: str
    city: str
    district: str
    street: str
    postcode: str
    shipping_cents: int
    discount_cents: int
    note: str
    lines: tuple[IncomingLine, ...]


def order_number(channel: str, at: int, serial: int) -> str:
    """A number in the channel's own style; a serial gives one number per channel, and no two serials the same."""
    scrambled = serial * _STEP % 10**8
    match channel:
        case "tmall":
            return f"{at:010d}{scrambled:08d}"
        case "jd":
            return f"{300_000_000_000 + serial * 7_919 % 10**11}"
        case "shopify":
            return f"#BX{10_000 + serial}"  # a prefix of our own, so that no real export has these numbers
        case "wechat":
            return f"WX{(at + OFFSET) // DAY:05d}{scrambled:08d}"
        case _:
            return f"APP{(at + OFFSET) // DAY:05d}{serial:07d}"


def _money(cents: int) -> str:
    return f"{cents / 100:.2f}"


def incoming_order(draft: Draft, payments: Sequence[Payment] = ()) -> IncomingOrder:
    """A draft as a channel hands it over: one row per line, under the channel's headings."""
    header = _ENGLISH if draft.channel == "shopify" else _CHINESE
    head = (
        draft.number, draft.buyer_name, draft.buyer_phone, draft.region, draft.city, draft.district,
        draft.street, draft.postcode,
    )  # fmt: skip
    tail = (_money(draft.shipping_cents), _money(draft.discount_cents), draft.note)
    rows = tuple(
        SourceRow(
            f"{draft.channel}.feed",
            number,
            header,
            (*head, line.sku_code, line.name, str(line.quantity), _money(line.unit_price_cents), *tail),
        )
        for number, line in enumerate(draft.lines, start=2)
    )
    return IncomingOrder(
        channel=draft.channel,
        number=draft.number,
        currency="CNY",
        placed_at=draft.placed_at,
        status="received",
        outside_status="paid" if payments else "unpaid",
        rows=rows,
        paid_at=draft.placed_at if payments else None,
        buyer_name=draft.buyer_name,
        buyer_phone=draft.buyer_phone,
        buyer_email=draft.buyer_email,
        country="CN",
        region=draft.region,
        city=draft.city,
        district=draft.district,
        street=draft.street,
        postcode=draft.postcode,
        shipping_cents=draft.shipping_cents,
        discount_cents=draft.discount_cents,
        payments=tuple(payments),
        lines=draft.lines,
        note=draft.note,
    )
