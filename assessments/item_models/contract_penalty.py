"""What a carrier owes under the penalty clause of its contract."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.carrier_score import carriers_of
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context


@dataclass(frozen=True, slots=True)
class Clause:
    """So much of the freight for every full point below the target, up to a cap. Units: per cent."""

    target: int
    per_point: int
    cap: int


@dataclass(frozen=True, slots=True)
class Month:
    """What was due and what came in time. Units: cents."""

    due: int
    on_time: int
    freight_cents: int

    @property
    def rate(self) -> float:
        """On time in per cent of what was due."""
        return 100 * self.on_time / self.due


def full_points(clause: Clause, month: Month) -> int:
    """Full points by which the month falls short, in whole numbers so that nothing is lost to rounding."""
    return max(0, clause.target * month.due - 100 * month.on_time) // month.due


def penalty_cents(clause: Clause, month: Month) -> int:
    """What the clause gives for the month, to the cent."""
    per_cent = min(clause.cap, full_points(clause, month) * clause.per_point)
    return round(month.freight_cents * per_cent / 100)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A month below its target; asked is what is credited, with or without the cap being reached."""
    name = rng.choice(carriers_of(world))
    clause, month = drawn(rng, params["cap"])
    exhibit = Exhibit(
        Prose(f"{name.en}, one month", f"{name.zh}，某月"),
        (Prose("Figure", "项目"), Prose("Value", "数值")),
        (
            (Prose("Parcels due", "应送达包裹"), same(f"{month.due:,}")),
            (Prose("Of these on time", "其中准时"), same(f"{month.on_time:,}")),
            (Prose("Freight of the month (yuan)", "当月运费（元）"), same(m.amount(month.freight_cents))),
        ),
    )
    said = clause_text(clause)
    stem = Prose(
        f"The contract says: “{said.en}” How much is credited to us for this month, in yuan?",
        f"合同约定：“{said.zh}”本月应扣减多少元？",
    )
    return Built("numeric", stem, answer(clause, month), exhibit)


def clause_text(clause: Clause) -> Prose:
    """The clause as the contract words it."""
    return Prose(
        f"For every full percentage point by which the on-time rate of the parcels due falls below {clause.target}%, "
        f"{clause.per_point}% of the month's freight is credited, at most {clause.cap}%.",
        f"应送达包裹的准时率每低于 {clause.target}% 满一个百分点，扣减当月运费的 {clause.per_point}%，"
        f"最多 {clause.cap}%。",
    )


def drawn(rng: random.Random, capped: bool) -> tuple[Clause, Month]:
    """A clause and a month that falls short by some points and a bit."""
    while True:
        clause = Clause(rng.choice((94, 95, 96)), rng.choice((1, 2, 3)), rng.choice((6, 8, 10)))
        due = rng.randrange(1_500, 9_000, 10)
        on_time = round(due * rng.uniform(0.85, 0.94))
        month = Month(due, on_time, due * rng.randint(480, 1_300))
        points, short = full_points(clause, month), clause.target - month.rate
        reached = points * clause.per_point
        right_side = reached > clause.cap if capped else reached < clause.cap
        if points >= 2 and 0.15 < short - points < 0.85 and right_side:
            return clause, month


def answer(clause: Clause, month: Month) -> Numeric:
    """The sum as an answer to type, with what goes wrong."""
    points, short = full_points(clause, month), clause.target - month.rate
    key, freight = penalty_cents(clause, month), month.freight_cents / 10_000
    mistakes = (
        (freight * clause.per_point * short, 0.25, Prose("Part of a point doesn't count.", "不满一个百分点的不计。")),
        (
            freight * clause.per_point * (points + 1),
            0.25,
            Prose("The last point isn't a full one.", "最后一个百分点没有满。"),
        ),
        (freight * clause.per_point * points, 0.25, Prose("This is more than the cap allows.", "已超过上限。")),
        (freight * clause.cap, 0.0, Prose("This is the cap, which isn't reached.", "这是上限，尚未达到。")),
        (freight * clause.per_point, 0.0, Prose("This is the credit for one point only.", "这只是一个百分点的扣减。")),
    )
    counted = Prose(
        f"On time {month.rate:.2f}%: {points} full points short, {points} × {clause.per_point}% = "
        f"{points * clause.per_point}%",
        f"准时率 {month.rate:.2f}%，低了 {points} 个满的百分点，{points} × {clause.per_point}% = "
        f"{points * clause.per_point}%",
    )
    if points * clause.per_point > clause.cap:
        counted = Prose(f"{counted.en}, capped at {clause.cap}%", f"{counted.zh}，封顶 {clause.cap}%")
    return Numeric(
        key / 100,
        0.51,
        YUAN,
        Prose(f"{counted.en}: {m.amount(key)}.", f"{counted.zh}：{m.amount(key)}。"),
        nears(key / 100, 0.51, mistakes),
    )


MODEL = ItemModel("contract_penalty", {"cap": (False, True)}, build)
