"""Whether what was collected is complete: rows in a file held against what the system counts."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import ORDERS, number, one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose
from assessments.questions import Choice, Numeric
from core.context import Context


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Row counts of days or warehouses in a file and in the system; asked is what the file lacks."""
    if params["ask"] == "source":
        return _by_warehouse(world, rng)
    return _by_day(world, rng)


def _by_day(world: Context, rng: random.Random) -> Built:
    """Six days: two lack rows, one has rows too many, so that the sums alone mislead."""
    counted = [rng.randint(180, 420) for _ in range(6)]
    off = [-rng.randint(12, 40), -rng.randint(41, 90), rng.randint(5, 11), 0, 0, 0]
    rng.shuffle(off)
    last = datetime.fromtimestamp(world.now, UTC) - timedelta(days=rng.randint(2, 20))
    days = [(last - timedelta(days=back)).strftime("%Y-%m-%d") for back in range(5, -1, -1)]
    exhibit = Exhibit(
        Prose("Orders of six days", "六天的订单"),
        (
            Prose("Day", "日期"),
            Prose("Orders in the system", "系统中的订单数"),
            Prose("Rows in the file, one per order", "文件行数（每单一行）"),
        ),
        tuple(m.words(day, str(here), str(here + gap)) for day, here, gap in zip(days, counted, off, strict=True)),
    )
    stem = Prose(
        "You check a file before counting. On the day with too many rows the extra ones are duplicates; no other day "
        "has any. How many orders are **missing** in the file altogether?",
        "统计之前先检查文件。行数偏多的那天，多出的都是重复行；其余各天没有重复。文件一共**缺少**多少张订单？",
    )
    return Built("numeric", stem, _missing(off), exhibit)


def _missing(off: Sequence[int]) -> Numeric:
    gaps = [-gap for gap in off if gap < 0]
    over = sum(gap for gap in off if gap > 0)
    key = sum(gaps)
    sums = " + ".join(str(gap) for gap in gaps)
    return number(
        key,
        ORDERS,
        Prose(
            f"Day by day: {sums} = {key}. The {over} extra rows are duplicates of their own day and replace nothing "
            "that is missing on another.",
            f"逐日核对：{sums} = {key}。多出的 {over} 行是当天的重复，补不了别的日子缺的订单。",
        ),
        {
            key - over: Prose(
                "The sums were compared; duplicates on one day hid rows missing on others.",
                "只比了合计：一天的重复行掩盖了别的日子的缺失。",
            ),
            key + over: Prose("The duplicate rows were counted as missing.", "把重复的行也算成缺失了。"),
            max(gaps): Prose("Another day lacks rows as well.", "还有一天也缺行。"),
        },
    )


def _by_warehouse(world: Context, rng: random.Random) -> Built:
    """Four warehouses: only the one whose row count agrees although it has duplicates lacks orders."""
    chosen = rng.sample(m.warehouses_of(world), 4)
    names = [m.warehouse_names(world, one) for one in chosen]
    counted = [rng.randint(200, 900) for _ in names]
    doubled = [rng.randint(6, 30), rng.randint(6, 30), 0, 0]
    rows = [counted[0], counted[1] + doubled[1], counted[2], counted[3]]
    order = rng.sample(range(4), 4)
    exhibit = Exhibit(
        Prose("Files of four warehouses", "四个仓库的文件"),
        (
            Prose("Warehouse", "仓库"),
            Prose("Orders in the system", "系统中的订单数"),
            Prose("Rows in the file", "文件行数"),
            Prose("Duplicates among them", "其中重复行"),
        ),
        tuple((names[one], *m.words(str(counted[one]), str(rows[one]), str(doubled[one]))) for one in order),
    )
    stem = Prose("The file of which warehouse is **incomplete**?", "哪个仓库的文件**不完整**？")
    return Built("single", stem, _which(names, counted, rows, doubled), exhibit)


def _which(names: Sequence[Prose], counted: Sequence[int], rows: Sequence[int], doubled: Sequence[int]) -> Choice:
    whole = Prose("As many rows as orders, none of them a duplicate: complete.", "行数与订单数一致，没有重复：完整。")
    over = Prose(
        f"{rows[1]} − {doubled[1]} duplicates = {counted[1]}: complete once the duplicates are dropped.",
        f"{rows[1]} − {doubled[1]} 行重复 = {counted[1]}：去掉重复后是完整的。",
    )
    lacking = Prose(
        f"{rows[0]} rows less {doubled[0]} duplicates are {rows[0] - doubled[0]} orders; {doubled[0]} are missing. "
        "An equal row count proves nothing as long as duplicates are in it.",
        f"{rows[0]} 行减去 {doubled[0]} 行重复，只有 {rows[0] - doubled[0]} 张订单，缺 {doubled[0]} 张。"
        "只要有重复，行数相等就说明不了什么。",
    )
    return one_of((names[0], lacking), ((names[1], over), (names[2], whole), (names[3], whole)))


MODEL = ItemModel("collection_check", {"ask": ("missing", "source")}, build)
