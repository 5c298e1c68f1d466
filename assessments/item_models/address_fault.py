"""Which part of an address can't be right."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.review_verdict import broken, kept
from assessments.prose import Prose, same
from assessments.questions import Choice, Option
from core.channels.incoming import IncomingLine, IncomingOrder
from core.context import Context
from core.domain.places import PROVINCE_BY_CODE, PROVINCES
from core.domain.review import address_faults
from core.services.intake import reviewed

_FIELDS: Mapping[str, tuple[Prose, Prose]] = {
    "city": (
        Prose("The city: it doesn't lie in this province", "城市：不属于该省份"),
        Prose("The city has to lie in the province.", "城市必须属于所填省份。"),
    ),
    "postcode": (
        Prose("The postcode: it belongs to another province", "邮编：属于其他省份"),
        Prose(
            "A postcode has six digits, of which the first two tell the province.",
            "邮编为六位数字，前两位对应省份。",
        ),
    ),
    "street": (
        Prose("The street: a number to deliver to is missing", "街道门牌：缺少可供送达的号码"),
        Prose("A courier needs a street with a number.", "快递员要有街道和号码才能送达。"),
    ),
    "buyer_name": (
        Prose("The recipient: there is no name", "收件人：没有填写姓名"),
        Prose("The order has to name somebody who takes the parcel.", "必须写明由谁收件。"),
    ),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A sound address of the world is spoilt in one place; the review's own rule says where."""
    fault = params["fault"] if params["fault"] != "any" else rng.choice(sorted(_FIELDS))
    buyer = m.buyer_of(world, rng)
    (goods,) = m.goods_of(world, rng, 1)
    line = IncomingLine(goods.code, goods.name.zh, 1, goods.list_price_cents)
    order = _spoilt(m.order_from(world, rng, buyer, [line], goods.currency), fault, rng)
    row = m.received(world, m.paid(order, ("alipay", m.total_of(order))))
    found = address_faults(reviewed(world, row))
    assert found == (fault,), (found, fault)
    province = PROVINCE_BY_CODE[row.region]
    exhibit = Exhibit(
        Prose(f"Order {row.number}", f"订单 {row.number}"),
        (Prose("Field", "字段"), Prose("Value", "内容")),
        (
            (Prose("Recipient", "收件人"), same(row.buyer_name.strip() or "–")),
            (Prose("Phone", "电话"), same(row.buyer_phone)),
            (Prose("Province", "省份"), Prose(province.name_en, province.name_zh)),
            (Prose("City", "城市"), m.city_name(row.city)),
            (Prose("District", "区县"), same(row.district)),
            (Prose("Street and number", "街道门牌"), same(row.street)),
            (Prose("Postcode", "邮编"), same(row.postcode)),
        ),
    )
    stem = Prose(
        "The review stopped this order because of its address. What do you have to clear up with the buyer?",
        "该订单因地址问题被审核拦截。您需要向买家核实哪一项？",
    )
    return Built("single", stem, _choice(fault), exhibit)


def _spoilt(order: IncomingOrder, fault: str, rng: random.Random) -> IncomingOrder:
    elsewhere = rng.choice(
        [
            province
            for province in PROVINCES
            if province.code != order.region
            and not set(province.postcode_prefixes) & set(PROVINCE_BY_CODE[order.region].postcode_prefixes)
        ]
    )
    if fault == "city":
        return replace(order, city=rng.choice(elsewhere.cities)[0])
    if fault == "postcode":
        return replace(order, postcode=elsewhere.postcode_prefixes[0] + order.postcode[2:])
    if fault == "street":
        named = rng.choice(["人民路", "解放路", "中山路", "建设路", "和平路", "新华路"])
        return replace(order, street=f"{named}{rng.choice(['商场旁', '小学对面', '公园东门附近'])}")
    return replace(order, buyer_name=" ")


def _choice(fault: str) -> Choice:
    options = []
    for name, (field, (text, check)) in zip("abcd", _FIELDS.items(), strict=True):
        right = field == fault
        reason = broken(check) if right else kept(check)
        options.append(Option(name, text, 1.0 if right else 0.0, reason))
    return Choice(tuple(options), several=False)


MODEL = ItemModel("address_fault", {"fault": ("any", *_FIELDS)}, build)
