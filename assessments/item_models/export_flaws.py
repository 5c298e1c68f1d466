"""What an exported table still says once duplicates are dropped and gaps set aside."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import ORDERS, number
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose
from assessments.questions import Numeric
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Row:
    """A row of the export. Units: cents, None where the cell is empty."""

    channel: Prose
    number: str
    cents: int | None


_CHANNELS = (Prose("Shop", "商城"), Prose("Marketplace", "平台店"))


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Rows of two channels with a doubled order, two that only look alike, and an empty amount."""
    rows = _rows(world, rng)
    exhibit = Exhibit(
        Prose("Export of paid orders", "已付款订单导出"),
        (Prose("Channel", "渠道"), Prose("Order number", "订单号"), Prose("Amount (CNY)", "金额（元）")),
        tuple((row.channel, *m.words(row.number, "" if row.cents is None else m.amount(row.cents))) for row in rows),
    )
    if params["ask"] == "distinct":
        stem = Prose("How many **different** orders does the table hold?", "表中共有多少张**不同**的订单？")
        return Built("numeric", stem, _distinct(rows), exhibit)
    stem = Prose(
        "Clean the table by the rules of the handbook. What is the mean amount of the orders whose amount is "
        "known (to two decimal places)?",
        "按手册规则清洗该表。金额已知的订单，平均金额是多少（保留两位小数）？",
    )
    return Built("numeric", stem, _mean(rows), exhibit)


def _rows(world: Context, rng: random.Random) -> list[_Row]:
    goods = m.goods_of(world, rng, rng.randint(3, 6))
    amounts = [one.list_price_cents * rng.randint(1, 3) for one in goods]
    numbers = [f"{rng.randrange(10**7, 10**8)}" for _ in goods]
    shop, market = _CHANNELS
    plain = [_Row(rng.choice(_CHANNELS), number, cents) for number, cents in zip(numbers, amounts, strict=True)]
    first = plain[0]
    doubled = plain[1 : 1 + rng.randint(0, 1)]
    rows = [
        *plain,
        first,  # came twice, and so did perhaps another one
        *doubled,
        _Row(market if first.channel is shop else shop, first.number, amounts[1] + 500),  # another channel's number
        _Row(plain[2].channel, f"{rng.randrange(10**7, 10**8)}", amounts[2]),  # only the amount is the same
        _Row(rng.choice(_CHANNELS), f"{rng.randrange(10**7, 10**8)}", None),
    ]
    rng.shuffle(rows)
    return rows


def _kept(rows: Sequence[_Row]) -> list[_Row]:
    """One row of each key, channel and order number together."""
    return list({(row.channel, row.number): row for row in rows}.values())


def _distinct(rows: Sequence[_Row]) -> Numeric:
    key = len(_kept(rows))
    return number(
        key,
        ORDERS,
        Prose(
            f"{len(rows)} rows less {len(rows) - key} that repeat the channel and number of another: {key}. "
            "An equal amount makes no duplicate, nor does an equal number in another channel, and an order without an "
            "amount is an order, too.",
            f"共 {len(rows)} 行，减去渠道和订单号都重复的 {len(rows) - key} 行：{key} 张。金额相同不算重复，"
            "不同渠道的相同号码也不算；没有金额的订单同样是一张订单。",
        ),
        {
            len(rows): Prose(
                "Every row was counted; the same channel and number twice are one order.",
                "按行数计了；渠道和订单号都相同的两行是同一张订单。",
            ),
            len({row.number for row in rows}): Prose(
                "The same number in another channel is another order.", "不同渠道的相同号码是另一张订单。"
            ),
            key - 1: Prose(
                "One too few: an empty amount, an equal amount or another channel's equal number takes no order away.",
                "少算了一张：金额为空、金额相同、不同渠道的号码相同，订单都要计。",
            ),
        },
    )


def _mean(rows: Sequence[_Row]) -> Numeric:
    kept = _kept(rows)
    known = [row.cents for row in kept if row.cents is not None]
    total = sum(known)
    key = round(total / len(known) / 100, 2)
    doubled = [row.cents for row in rows if row.cents is not None]
    return number(
        key,
        YUAN,
        Prose(
            f"Without duplicates, the empty amount set aside: {m.amount(total)} / {len(known)} = {key:,.2f}.",
            f"去掉重复行、搁置金额为空的行：{m.amount(total)} / {len(known)} = {key:,.2f}。",
        ),
        {
            round(total / len(kept) / 100, 2): Prose(
                "The empty amount was counted as zero; empty isn't zero.", "把空值当成零了，空值不等于零。"
            ),
            round(sum(doubled) / len(doubled) / 100, 2): Prose(
                "What stands there twice was counted twice.", "重复的行被算了两次。"
            ),
            round(sum(doubled) / len(rows) / 100, 2): Prose(
                "Duplicates were counted, and the empty amount as zero.", "既算了重复行，又把空值当成零。"
            ),
        },
        tolerance=0.011,
    )


MODEL = ItemModel("export_flaws", {"ask": ("distinct", "mean")}, build)
