"""How often customers complain: per thousand orders, by channel, and which cause stands behind most of it."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

CHANNELS: tuple[Prose, ...] = (
    Prose("Tmall", "天猫"),
    Prose("JD.com", "京东"),
    Prose("WeChat mini program", "微信小程序"),
    Prose("Own app", "自营 App"),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Orders and complaints of a month by channel; asked is a rate, or the channel with the highest one."""
    shipped, complaints = _drawn(rng)
    exhibit = Exhibit(
        Prose("Last month", "上个月"),
        (
            Prose("Channel", "渠道"),
            Prose("Orders received", "接收订单"),
            Prose("Orders shipped", "发货订单"),
            Prose("Complaints about them", "相关投诉"),
        ),
        tuple(
            (name, *(same(f"{number:,}") for number in (round(orders * 1.07), orders, count)))
            for name, orders, count in zip(CHANNELS, shipped, complaints, strict=True)
        ),
    )
    if params["ask"] == "worst":
        stem = Prose("Which channel has the highest complaint rate?", "哪个渠道的投诉率最高？")
        rates = [1_000 * count / orders for orders, count in zip(shipped, complaints, strict=True)]
        key = rates.index(max(rates))
        return Built(
            "single",
            stem,
            pick(CHANNELS, key, [_why(rate, complaints, at, rates) for at, rate in enumerate(rates)]),
            exhibit,
        )
    place = rng.randrange(len(CHANNELS))
    name = CHANNELS[place]
    stem = Prose(
        f"What is the complaint rate of the channel “{name.en}” per 1,000 orders, to one decimal place?",
        f"“{name.zh}”渠道的千单投诉率是多少（保留一位小数）？",
    )
    return Built("numeric", stem, _rate(shipped, complaints, place), exhibit)


def _drawn(rng: random.Random) -> tuple[list[int], list[int]]:
    """The channel with most complaints isn't the one with the highest rate."""
    while True:
        shipped = [rng.randrange(8_000, 40_000, 10), rng.randrange(5_000, 20_000, 10)]
        shipped += [rng.randrange(900, 5_000, 10) for _ in range(2)]
        complaints = [max(4, round(one * rng.uniform(0.002, 0.02))) for one in shipped]
        rates = sorted((count / orders for orders, count in zip(shipped, complaints, strict=True)), reverse=True)
        most = complaints.index(max(complaints))
        if complaints[most] / shipped[most] < rates[0] and rates[0] > 1.2 * rates[1]:
            return shipped, complaints


def _why(rate: float, complaints: list[int], place: int, rates: list[float]) -> Prose:
    said = Prose(f"{rate:.1f} per 1,000 orders shipped.", f"每千张发货订单 {rate:.1f} 件投诉。")
    if rate == max(rates):
        return said
    if complaints[place] == max(complaints):
        return Prose(
            f"{said.en} It has the most complaints because it has many orders.", f"{said.zh}投诉件数最多是因为订单多。"
        )
    return Prose(f"{said.en} Another channel has more.", f"{said.zh}另有更高的渠道。")


def _rate(shipped: list[int], complaints: list[int], place: int) -> Numeric:
    orders, count = shipped[place], complaints[place]
    key = 1_000 * count / orders
    mistakes = (
        (key / 10, 0.25, Prose("This is in per cent, not per thousand.", "这是百分比，不是千单投诉率。")),
        (
            1_000 * count / round(orders * 1.07),
            0.25,
            Prose("The base is the orders shipped.", "分母应为发货订单。"),
        ),
        (
            1_000 * sum(complaints) / sum(shipped),
            0.0,
            Prose("This is the rate of all channels together.", "这是所有渠道合计的比率。"),
        ),
        (
            100 * count / sum(complaints),
            0.0,
            Prose("This is the channel's share of all complaints.", "这是该渠道占全部投诉的比例。"),
        ),
    )
    return Numeric(
        round(key, 1),
        0.051,
        Prose("per 1,000", "件/千单"),
        Prose(f"{count:,} ÷ {orders:,} × 1,000 = {key:.1f}.", f"{count:,} ÷ {orders:,} × 1000 = {key:.1f}。"),
        nears(round(key, 1), 0.051, mistakes, places=1),
    )


MODEL = ItemModel("complaint_rate", {"ask": ("rate", "worst")}, build)
