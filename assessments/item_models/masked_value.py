"""How much of a buyer's contact somebody gets to see: the product's own masking, by the rights of a position."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import one_of
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.right_names import POSITION_NAMES, may
from assessments.prose import Prose, same
from core.channels.incoming import IncomingLine
from core.context import Actor, Context
from core.domain.masking import mask_phone
from core.domain.rights import Position, Role, rights_of
from core.services.order_file import get_order

_STARS = "*"


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A buyer's phone; asked is its masked form, or what a colleague of some position finds in the order."""
    return _form(rng) if params["ask"] == "form" else _seen(world, rng)


def _variants(phone: str) -> dict[str, Prose]:
    """Other ways of hiding a number, each with what is wrong about it."""
    return {
        phone[:3] + _STARS * 8: Prose(
            "The last four digits stay, too: two buyers can be told apart by them.",
            "后四位也要保留，用来区分两位买家。",
        ),
        _STARS * 7 + phone[-4:]: Prose("The first three digits stay as well.", "前三位也要保留。"),
        phone[:7] + _STARS * 4: Prose(
            "Seven digits in a row are too many to give away, and the last four are those that tell buyers apart.",
            "连续露出七位太多，而且区分买家靠的是后四位。",
        ),
        _STARS * 11: Prose("Nothing would be left to tell two orders apart by.", "全部隐藏，就无法区分订单了。"),
        phone[:5] + _STARS * 2 + phone[-4:]: Prose(
            "Two stars leave a hundred numbers to try.", "只藏两位，试一百次就能猜中。"
        ),
    }


def _form(rng: random.Random) -> Built:
    phone = m.fresh_phone(rng)
    exhibit = Exhibit(
        Prose("Order", "订单"),
        (Prose("Field", "字段"), Prose("Value", "内容")),
        ((Prose("Phone", "电话"), same(phone)),),
    )
    wrong = [(same(text), why) for text, why in rng.sample(list(_variants(phone).items()), 3)]
    right = Prose(
        "The first three and the last four digits stay, the middle is hidden.", "保留前三位和后四位，隐藏中间四位。"
    )
    stem = Prose(
        "How does the number look to somebody who doesn't need it for their work?",
        "对于工作上用不到该号码的人，它显示成什么样？",
    )
    return Built("single", stem, one_of((same(mask_phone(phone)), right), wrong), exhibit)


def _seen(world: Context, rng: random.Random) -> Built:
    (goods,) = m.goods_of(world, rng, 1)
    line = IncomingLine(goods.code, goods.name.zh, 1, goods.list_price_cents)
    order = m.order_from(world, rng, m.buyer_of(world, rng), [line], goods.currency)
    row = m.received(world, order)
    position = rng.choice(list(Position))
    actor = Actor(0, "somebody", Role.EMPLOYEE, position, rights_of(Role.EMPLOYEE, position))
    seen = get_order(world.by(actor), row.id).fields["buyer_phone"]
    in_full, hidden = row.buyer_phone, mask_phone(row.buyer_phone)
    name = POSITION_NAMES[position]
    exhibit = Exhibit(
        Prose(f"Order {row.number} as the channel sent it", f"渠道发来的订单 {row.number}"),
        (Prose("Field", "字段"), Prose("Value", "内容")),
        (
            (Prose("Recipient", "收件人"), same(row.buyer_name)),
            (Prose("Phone", "电话"), same(in_full)),
            (Prose("City", "城市"), same(row.city)),
        ),
    )
    sees = may(position, "orders.amend")
    why = (
        Prose(
            "This position may correct orders, and so sees the number in full.",
            "该岗位有权更正订单，因此能看到完整号码。",
        )
        if sees
        else Prose(
            "This position doesn't correct orders, so the middle of the number is hidden.",
            "该岗位不更正订单，因此隐藏中间几位。",
        )
    )
    other = in_full if seen == hidden else hidden
    against = (
        Prose("It is hidden only from those who don't correct orders.", "只对不更正订单的岗位隐藏。")
        if sees
        else Prose("It is shown in full only to those who may correct orders.", "只对有权更正订单的岗位完整显示。")
    )
    wrong = [(same(other), against)]
    beside = Prose(
        "Here nothing is hidden; and for others the first three and the last four digits stay.",
        "对该岗位什么都不隐藏；对其他人则保留前三位和后四位。",
    )
    drawn = rng.sample(list(_variants(in_full).items()), 2)
    wrong += [(same(text), beside if sees else say) for text, say in drawn]
    stem = Prose(
        f"What does the {name.en.lower()} find in the phone field of this order on the live desk?",
        f"在正式环境里，{name.zh}打开这张订单，电话一栏显示什么？",
    )
    return Built("single", stem, one_of((same(seen), why), wrong), exhibit)


MODEL = ItemModel("masked_value", {"ask": ("form", "seen")}, build)
