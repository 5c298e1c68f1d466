"""What the automatic review saves: orders that people still look at, and minutes of a day."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import ORDERS, nears
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

MINUTES = Prose("minutes", "分钟")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A desk before and after the upgrade; asked is how many orders people look at, or how much time is saved."""
    orders = rng.randrange(160, 900, 20)
    share = rng.choice((5, 10, 15, 20))
    before, now = rng.choice((1, 1.5, 2, 2.5)), rng.choice((3, 4, 6))
    place = m.warehouse_names(world, rng.choice(m.warehouses_of(world)))
    exhibit = Exhibit(
        Prose(f"A day at the order desk for the {place.en}", f"{place.zh}订单处理岗的一天"),
        (Prose("Fact", "项目"), Prose("Value", "数值")),
        (
            (Prose("Orders a day", "每天订单数"), same(str(orders))),
            (
                Prose(
                    "Before: minutes to read an order, all of them read",
                    "升级前：每张人工查看（分钟），全部查看",
                ),
                same(f"{before:g}"),
            ),
            (Prose("Now: share that the automatic review stops", "现在：被自动审核拦截的比例"), m.percent(f"{share}")),
            (
                Prose(
                    "Now: minutes to deal with an order that stopped",
                    "现在：每张被拦截订单的处理时间（分钟）",
                ),
                same(f"{now:g}"),
            ),
        ),
    )
    if params["ask"] == "stopped":
        stem = Prose("How many orders a day do people still deal with?", "现在每天还有多少张订单需要人工处理？")
        return Built("numeric", stem, _stopped(orders, share), exhibit)
    stem = Prose(
        "How many minutes of work does the shorter order flow save a day? Write a loss with a minus.",
        "订单流程缩短后，每天节省多少分钟工作？若反而增加，用负数表示。",
    )
    return Built("numeric", stem, _saved(orders, share, before, now), exhibit)


def _stopped(orders: int, share: int) -> Numeric:
    stopped = orders * share // 100
    mistakes = (
        (orders - stopped, 0.0, Prose("These pass without a person.", "这些无须人工，自动通过。")),
        (
            orders,
            0.0,
            Prose("That was before; now only those that stop are dealt with.", "那是升级前，现在只处理被拦截的。"),
        ),
    )
    reason = Prose(f"{share}% of {orders}: {stopped}.", f"{orders} 的 {share}%：{stopped}。")
    return Numeric(stopped, 0, ORDERS, reason, nears(stopped, 0, mistakes))


def _saved(orders: int, share: int, before: float, now: int) -> Numeric:
    stopped = orders * share // 100
    then, today = orders * before, stopped * now
    key = then - today
    mistakes = (
        (today, 0.0, Prose("This is what the stopped orders take now.", "这是现在处理拦截订单的时间。")),
        (then, 0.0, Prose("Somebody still works on the orders that stop.", "被拦截的订单仍要人来处理。")),
        (
            then - stopped * before,
            0.0,
            Prose("An order that stops takes longer than reading one did.", "被拦下的订单，处理起来比原来看一张更久。"),
        ),
    )
    was, saved = f"{then:,.10g}", f"{key:,.10g}".replace("-", "−")
    reason = Prose(
        f"{orders} × {before:g} = {was} minutes before; {stopped} × {now:g} = {today:,g} now: saved {saved}.",
        f"升级前 {orders} × {before:g} = {was} 分钟；现在 {stopped} × {now:g} = {today:,g} 分钟：节省 {saved} 分钟。",
    )
    return Numeric(key, 0, MINUTES, reason, nears(key, 0, mistakes))


MODEL = ItemModel("upgrade_gain", {"ask": ("saved", "stopped")}, build)
