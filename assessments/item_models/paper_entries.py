"""Entries written on paper while the system was down: in which order they are made up, and what stock comes to."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS
from assessments.prose import Prose, same
from assessments.questions import NAMES, Numeric, Ordering, Step
from core.context import Context

_MINUTE = 60


@dataclass(frozen=True, slots=True)
class _Entry:
    """A line on paper: when, what, and by how much it changes the units in the bin."""

    at: int
    what: Prose
    change: int


_KINDS: tuple[tuple[Prose, int], ...] = (
    (Prose("picked", "拣走"), -1),
    (Prose("put away", "上架"), 1),
    (Prose("found broken, taken out", "发现破损并取出"), -1),
    (Prose("picked", "拣走"), -1),
    (Prose("returned units shelved", "退货重新上架"), 1),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """The system is down for a time; three sheets of paper hold what happened to one article meanwhile."""
    (goods,) = m.goods_of(world, rng, 1)
    down_at = world.now - world.now % _MINUTE - rng.randint(180, 400) * _MINUTE
    entries = _entries(rng, down_at)
    while sum(one.change for one in entries) == 0:  # or whoever enters nothing would be right
        entries = _entries(rng, down_at)
    shown = entries
    while shown == entries:
        shown = _on_sheets(rng.sample(entries, len(entries)))
    if params["ask"] == "order":
        return _order(world, goods, entries, shown)
    return _stock(world, rng, goods, down_at, shown)


def _entries(rng: random.Random, down_at: int) -> list[_Entry]:
    """Five entries in the order in which they happened, by real time."""
    minutes = sorted(rng.sample(range(6, 150), 5))
    kinds = rng.sample(_KINDS, 5)
    counts = rng.sample(range(3, 15), 5)  # all different, so that no two entries read the same
    entries = []
    for minute, (what, sign), count in zip(minutes, kinds, counts, strict=True):
        units = min(count, 4) if "broken" in what.en else count
        said = Prose(f"{units} {what.en}", f"{what.zh} {units} 件")
        entries.append(_Entry(down_at + minute * _MINUTE, said, sign * units))
    return entries


def _on_sheets(drawn: list[_Entry]) -> list[_Entry]:
    """The entries sheet by sheet; each sheet was written from top to bottom."""
    halves = (drawn[place : place + 2] for place in range(0, len(drawn), 2))
    return [one for half in halves for one in sorted(half, key=lambda one: one.at)]


def _order(world: Context, goods: m.Goods, entries: list[_Entry], shown: list[_Entry]) -> Built:
    exhibit = _table(world, goods, [(_sheet(place), one) for place, one in enumerate(shown)])
    steps = tuple(
        Step(
            name,
            one.what,
            Prose(f"It happened at {m.moment(world, one.at)[-5:]}.", f"发生在 {m.moment(world, one.at)[-5:]}。"),
        )
        for name, one in zip(NAMES, entries, strict=False)
    )
    stem = Prose(
        "The system is back. In which order do you enter what is written on the sheets?",
        "系统已恢复。您按什么顺序补录这些纸面记录？",
    )
    return Built("ordering", stem, Ordering(steps), exhibit)


def _sheet(place: int) -> Prose:
    letter = "ABC"[place // 2]
    return Prose(f"Sheet {letter}", f"登记表 {letter}")


def _stock(world: Context, rng: random.Random, goods: m.Goods, down_at: int, shown: list[_Entry]) -> Built:
    book = rng.randint(60, 150)
    early = _Entry(down_at - rng.randint(4, 15) * _MINUTE, Prose("", ""), -rng.randint(15, 22))
    noted = _Entry(early.at, Prose(f"{-early.change} picked", f"拣走 {-early.change} 件"), early.change)
    lines = [*((_sheet(place), one) for place, one in enumerate(shown))]
    lines.insert(0, (_sheet(0), noted))
    change = sum(one.change for one in shown)
    key = book + change
    downs = sum(one.change for one in shown if one.change < 0)
    mistakes = (
        (
            key + noted.change,
            0.25,
            Prose(
                "The entry from before the failure is in the system already; it would be booked twice.",
                "故障之前的那一笔系统里已经有了，再录就重复了。",
            ),
        ),
        (book, 0.0, Prose("What happened on paper is missing.", "漏了纸面上的记录。")),
        (book + downs, 0.0, Prose("What was put on the shelf counts as well.", "上架的也要计入。")),
        (book - change, 0.0, Prose("Signs are the wrong way round.", "加减弄反了。")),
    )
    signs = "".join(
        f" {'+' if one.change > 0 else '−'} {abs(one.change)}" for one in sorted(shown, key=lambda one: one.at)
    )
    reason = Prose(
        f"Only what happened while the system was down is entered: {book}{signs} = {key}. The pick of "
        f"{m.moment(world, noted.at)[-5:]} is in the book already.",
        f"只补录中断期间发生的：{book}{signs} = {key}。{m.moment(world, noted.at)[-5:]} 的拣货已在账上。",
    )
    stem = Prose(
        f"The system failed at {m.moment(world, down_at)[-5:]}; up to then everything was entered. After it was "
        f"restored without loss, the book says {book} units in this bin. What does it say once the sheets have been "
        "entered rightly?",
        f"系统在 {m.moment(world, down_at)[-5:]} 发生故障，此前的都已录入。恢复后没有丢失数据，该货位账面为 {book} 件。"
        "正确补录这些登记表之后，账面是多少件？",
    )
    return Built("numeric", stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes)), _table(world, goods, lines))


def _table(world: Context, goods: m.Goods, lines: list[tuple[Prose, _Entry]]) -> Exhibit:
    return Exhibit(
        Prose(f"{goods.name.en} ({goods.code}), one bin", f"{goods.name.zh}（{goods.code}），同一货位"),
        (Prose("Paper", "纸面"), Prose("Real time", "实际时间"), Prose("Entry", "记录")),
        tuple((sheet, same(m.moment(world, one.at)), one.what) for sheet, one in lines),
    )


MODEL = ItemModel("paper_entries", {"ask": ("order", "stock")}, build)
