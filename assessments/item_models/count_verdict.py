"""A stocktake's figures: what is counted again, how far a late sheet is off, what is posted, how good the book is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.classes import Abc
from core.domain.counting import Tolerance, accuracy_of, expected_at_count
from core.services.stock_policies import counting_policy

_ENOUGH = 300  # tries to draw figures that suit


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Counts beside the book; asked is what the rules of counting make of them."""
    match params["ask"]:
        case "recount":
            return _recount(world, rng)
        case "difference" | "posted" as ask:
            return _moved(world, rng, ask)
        case ask:
            return _accuracy(world, rng, ask)


def most_off(tolerance: Tolerance, expected: int, cost_cents: int) -> int:
    """The largest shortage that is taken without counting again."""
    units = 0
    while tolerance.takes(units + 1, expected, cost_cents):
        units += 1
    return units


def _recount(world: Context, rng: random.Random) -> Built:
    """Four places that differ; exactly one has to be counted again."""
    goods = m.goods_of(world, rng, 4)
    policy = counting_policy().tolerance
    classes = [Abc.A, Abc.B, Abc.C, Abc.C]
    odd = rng.choice((0, 1, 2))
    rows, texts, reasons = [], [], []
    places = rng.sample(range(4), 4)
    for place in places:
        abc = classes[place]
        tolerance = policy[abc]
        cost = rng.randrange(4, 30)
        for _ in range(_ENOUGH):
            book = rng.randint(40, 460)
            most = most_off(tolerance, book, cost * 100)
            off = most + rng.randint(1, 2) if place == odd else rng.randint(min(1, most), most)
            if place == odd or off or abc is Abc.A:
                break
        counted = book + rng.choice((-1, 1)) * off
        assert tolerance.takes(counted - book, book, cost * 100) == (place != odd)
        rows.append((same(goods[place].code), *m.words(abc.value, str(book), str(counted), str(cost))))
        texts.append(same(goods[place].code))
        reasons.append(_verdict(place == odd, abc, off, most))
    exhibit = Exhibit(
        Prose("Counted this evening", "今晚盘点"),
        (
            Prose("Article", "商品"),
            Prose("Class", "类别"),
            Prose("Book", "账面"),
            Prose("Counted", "实盘"),
            Prose("Cost of a unit, CNY", "单位成本（元）"),
        ),
        tuple(rows),
    )
    stem = Prose("Which of these places has to be **counted again**?", "哪一处必须**复盘**？")
    return Built("single", stem, pick(texts, places.index(odd), reasons), exhibit)


def _verdict(again: bool, abc: Abc, off: int, most: int) -> Prose:
    if abc is Abc.A and again:
        return Prose(f"Class A tolerates nothing; it is {off} off.", f"A 类不允许差异，此处差 {off} 件。")
    if off == 0:
        return Prose("Count and book agree.", "账实相符。")
    if again:
        return Prose(
            f"{off} off; class, book and cost allow at most {most}.",
            f"差 {off} 件，按类别、账面和成本最多允许 {most} 件。",
        )
    return Prose(
        f"{off} off; class, book and cost allow up to {most}: it is explained, not counted again.",
        f"差 {off} 件，按类别、账面和成本允许 {most} 件：说明原因即可，不必复盘。",
    )


@dataclass(frozen=True, slots=True)
class _Sheet:
    """A place counted at 9:20 and entered at 11:00. Units: of its article; `book` is that of 11:00."""

    book: int
    out: int
    came: int
    counted: int

    @property
    def expected(self) -> int:
        """The book of the moment of counting."""
        return expected_at_count(self.book, self.came - self.out)

    @property
    def difference(self) -> int:
        """What is explained, approved and posted."""
        return self.counted - self.expected

    @property
    def back(self) -> str:
        """How one reckons back to the book of 9:20."""
        return f"{self.book} + {self.out}" + (f" − {self.came}" if self.came else "") + f" = {self.expected}"

    @property
    def signed(self) -> str:
        """The difference as people write it."""
        return f"{'+' if self.difference > 0 else '−'}{abs(self.difference)}"


def _moved(world: Context, rng: random.Random, ask: str) -> Built:
    """A sheet comes back after goods have moved; asked is its difference, or the book once that is posted."""
    (goods,) = m.goods_of(world, rng, 1)
    book, out, came = rng.randint(60, 240), rng.randint(6, 30), rng.choice((0, rng.randint(8, 40)))
    off = rng.choice((-1, 1)) * rng.randint(2, 5)
    sheet = _Sheet(book, out, came, expected_at_count(book, came - out) + off)
    rows = [
        (Prose("Counted at 9:20", "9:20 实盘"), same(str(sheet.counted))),
        (Prose("Picked at 10:05", "10:05 拣走"), same(str(out))),
    ]
    if came:
        rows.append((Prose("Put away at 10:40", "10:40 上架"), same(str(came))))
    rows.append((Prose("Book at 11:00, when the sheet is entered", "11:00 录入盘点表时的账面"), same(str(book))))
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code}), one bin", f"{goods.name.zh}（{goods.code}），同一货位"),
        (Prose("Fact", "项目"), Prose("Units", "件数")),
        tuple(rows),
    )
    stem, content = _difference(sheet) if ask == "difference" else _posted(sheet)
    return Built("numeric", stem, content, exhibit)


def _difference(sheet: _Sheet) -> tuple[Prose, Numeric]:
    key = sheet.difference
    stem = Prose(
        "What is the difference at this place (count less book of the same moment)? Write a shortage with a minus.",
        "此处的差异是多少件（实盘减去同一时刻的账面）？短少用负数表示。",
    )
    reason = Prose(
        f"At 9:20 the book said {sheet.back}; {sheet.counted} were counted: {sheet.signed}.",
        f"9:20 的账面为 {sheet.back}，实盘 {sheet.counted}：差异 {sheet.signed}。",
    )
    mistakes = (
        (
            sheet.counted - sheet.book,
            0.0,
            Prose("That is the book of 11:00; goods have moved since 9:20.", "这是 11:00 的账面，9:20 之后货已移动。"),
        ),
        (-key, 0.25, Prose("Count less book, not the other way round.", "是实盘减账面，方向反了。")),
        (
            sheet.counted - sheet.book - sheet.out,
            0.0,
            Prose("What was put away since wasn't there at 9:20.", "9:20 之后上架的货，盘点时还不在。"),
        ),
    )
    return stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes))


def _posted(sheet: _Sheet) -> tuple[Prose, Numeric]:
    key = sheet.book + sheet.difference
    stem = Prose(
        "The difference is approved and posted at 11:05; nothing has moved since 11:00. How many units does the book "
        "say then?",
        "差异于 11:05 审批并过账，11:00 之后没有移动。过账后账面是多少件？",
    )
    reason = Prose(
        f"At 9:20 the book said {sheet.back}, so {sheet.signed} is posted on the present book: "
        f"{sheet.book} {sheet.signed[0]} {abs(sheet.difference)} = {key}.",
        f"9:20 的账面为 {sheet.back}，差异 {sheet.signed} 记在当前账面上：{sheet.book} {sheet.signed[0]} "
        f"{abs(sheet.difference)} = {key}。",
    )
    mistakes = (
        (
            sheet.counted,
            0.0,
            Prose("The count isn't posted: goods have moved since.", "过账的不是实盘数，之后货已移动。"),
        ),
        (sheet.book, 0.0, Prose("The difference is missing.", "漏了差异。")),
        (sheet.book - sheet.difference, 0.0, Prose("The sign is the wrong way round.", "符号弄反了。")),
    )
    return stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes))


def _accuracy(world: Context, rng: random.Random, ask: str) -> Built:
    """Places counted, some short and some over; asked is the accuracy by places or by units."""
    goods = m.goods_of(world, rng, 8)
    wrong = rng.sample(range(8), rng.choice((2, 3, 4)))
    pairs = []
    for place in range(8):
        book = rng.randrange(20, 120, 5)
        off = rng.choice((-1, 1)) * rng.randint(1, 8) if place in wrong else 0
        pairs.append((book, book + off))
    pairs[wrong[0]] = (pairs[wrong[0]][0], pairs[wrong[0]][0] - 6)
    pairs[wrong[1]] = (pairs[wrong[1]][0], pairs[wrong[1]][0] + 5)
    found = accuracy_of(pairs)
    assert found.record_rate is not None and found.unit_rate is not None
    net = 1 - abs(sum(counted - book for book, counted in pairs)) / found.book_units
    exhibit = Exhibit(
        Prose("Eight places, counted", "八个位置的盘点结果"),
        (Prose("Article", "商品"), Prose("Book", "账面"), Prose("Counted", "实盘")),
        tuple(
            (same(one.code), *m.words(str(book), str(count))) for one, (book, count) in zip(goods, pairs, strict=True)
        ),
    )
    rate = found.record_rate if ask == "places" else found.unit_rate
    other = found.unit_rate if ask == "places" else found.record_rate
    key = round(100 * rate, 1)
    if ask == "places":
        stem = Prose(
            "What is the **stock accuracy** (by places), in per cent?", "**库存准确率**（按位置）是百分之多少？"
        )
        reason = Prose(
            f"{found.lines_right} of {found.lines} places agree: {key:.1f}%.",
            f"{found.lines} 处中有 {found.lines_right} 处相符：{key:.1f}%。",
        )
    else:
        stem = Prose(
            "What is the accuracy **by units**, in per cent, to one decimal place?",
            "**按件**准确率是百分之多少（保留一位小数）？",
        )
        reason = Prose(
            f"{found.units_off} units off of {found.book_units}: 100 − "
            f"{100 * found.units_off / found.book_units:.1f} = {key:.1f}%.",
            f"{found.book_units} 件共差 {found.units_off} 件：100 − "
            f"{100 * found.units_off / found.book_units:.1f} = {key:.1f}%。",
        )
    mistakes = (
        (100 * other, 0.0, Prose("This is the other measure.", "这是另一种口径。")),
        (100 * net, 0.0, Prose("Shortage and surplus don't cancel out.", "盘盈与盘亏不相互抵消。")),
        (100 * (1 - rate), 0.0, Prose("This is the share that was wrong.", "这是出错的比例。")),
    )
    return Built("numeric", stem, Numeric(key, 0.1, same("%"), reason, nears(key, 0.1, mistakes, places=1)), exhibit)


MODEL = ItemModel("count_verdict", {"ask": ("recount", "difference", "posted", "places", "units")}, build)
