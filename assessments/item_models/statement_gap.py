"""Our ledger and a channel's statement line by line: what differs, and by how much in all."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose
from assessments.questions import Numeric
from core.channels.incoming import IncomingLine
from core.context import Context

_LINES = Prose("lines", "笔")


@dataclass(frozen=True, slots=True)
class _Line:
    """An order on both sides. Units: cents, None where a side doesn't know it."""

    number: str
    ours: int | None
    theirs: int | None

    @property
    def gap(self) -> int:
        return (self.theirs or 0) - (self.ours or 0)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Seven orders: two whose differences cancel each other out, one to three that a side lacks or has otherwise."""
    lines = _lines(world, rng)
    exhibit = Exhibit(
        Prose("Payments by order", "按订单核对付款"),
        (
            Prose("Order", "订单"),
            Prose("Our ledger (CNY)", "我方账目（元）"),
            Prose("Channel's statement (CNY)", "渠道对账单（元）"),
        ),
        tuple(m.words(one.number, _cell(one.ours), _cell(one.theirs)) for one in lines),
    )
    if params["ask"] == "net":
        stem = Prose(
            "By how much does the sum of the statement exceed that of our ledger? (with a minus if it is smaller)",
            "对账单合计比我方账目合计多多少？（少则填负数）",
        )
        return Built("numeric", stem, _net(lines), exhibit)
    stem = Prose(
        "How many lines have to be **cleared up** before the month is reconciled?",
        "对账完成之前，有几笔差异需要**查明**？",
    )
    return Built("numeric", stem, _count(lines), exhibit)


def _cell(cents: int | None) -> str:
    return "–" if cents is None else m.amount(cents)


def _lines(world: Context, rng: random.Random) -> list[_Line]:
    goods = m.goods_of(world, rng, 7)
    found = []
    for one in goods:
        line = IncomingLine(one.code, one.name.zh, rng.randint(1, 2), one.list_price_cents)
        order = m.order_from(world, rng, m.buyer_of(world, rng), [line], one.currency)
        row = m.received(world, m.paid(order, ("wechat", m.total_of(order))))
        found.append((row.number[-8:], row.paid_cents))
    off, other = rng.randrange(1_000, 8_100, 100), rng.randrange(300, 900, 50)
    (high, high_cents), (low, low_cents), *rest = found
    lines = [_Line(high, high_cents, high_cents + off), _Line(low, low_cents + off, low_cents)]
    # One to three that a side lacks or has otherwise, so that the sums differ; the others agree.
    kinds = rng.sample(("theirs", "ours", "other"), rng.randint(1, 3))
    kinds += ["alike"] * (len(rest) - len(kinds))
    for kind, (name, cents) in zip(kinds, rest, strict=True):
        ours, theirs = {
            "theirs": (None, cents),
            "ours": (cents, None),
            "other": (cents, max(cents - other, 100)),
            "alike": (cents, cents),
        }[kind]
        lines.append(_Line(name, ours, theirs))
    rng.shuffle(lines)
    return lines


def _net(lines: Sequence[_Line]) -> Numeric:
    ours, theirs = sum(one.ours or 0 for one in lines), sum(one.theirs or 0 for one in lines)
    key = theirs - ours
    both = sum(one.gap for one in lines if one.ours is not None and one.theirs is not None)
    return number(
        key / 100,
        YUAN,
        Prose(
            f"{m.amount(theirs)} − {m.amount(ours)} = {m.signed(key)}.",
            f"{m.amount(theirs)} − {m.amount(ours)} = {m.signed(key)}。",
        ),
        {
            -key / 100: Prose("The sign is turned round: statement less ledger.", "正负号反了，应为对账单减账目。"),
            sum(abs(one.gap) for one in lines) / 100: Prose(
                "The differences were added without their signs.", "没有考虑正负，把差额都加起来了。"
            ),
            both / 100: Prose("Lines that one side lacks belong to the difference, too.", "只有一方有的也要计入差额。"),
        },
        tolerance=0.005,
    )


def _count(lines: Sequence[_Line]) -> Numeric:
    key = sum(one.gap != 0 for one in lines)
    return number(
        key,
        _LINES,
        Prose(
            f"Every line on which the two sides differ: {key}. Two of them cancel each other out in the sum, "
            "and are two mistakes all the same.",
            f"凡双方不一致的都要查明：{key} 笔。其中两笔在合计里相互抵消，但仍是两个错误。",
        ),
        {
            key - 2: Prose(
                "Two lines make zero in the sum; each of them is a mistake.", "有两笔合计为零，但每一笔都是错误。"
            ),
            key - 1: Prose("One of them was overlooked.", "漏看了一笔。"),
            sum(one.ours is None or one.theirs is None for one in lines): Prose(
                "Lines of other amounts have to be cleared up as well.", "金额不同的也要查明。"
            ),
            len(lines): Prose("Lines that agree are done.", "一致的不需要再查。"),
        },
    )


MODEL = ItemModel("statement_gap", {"ask": ("net", "lines")}, build)
