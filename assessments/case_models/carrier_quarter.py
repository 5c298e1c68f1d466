"""A quarter of three carriers: their scorecards, their last month, and a penalty clause."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import contract_penalty
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.carrier_rules import FLOOR, GRADE_B, MEASURES, WEIGHTS, Share, grade_of, score_of
from assessments.item_models.carrier_score import carriers_of, drawn_points, score_number
from assessments.item_models.contract_penalty import Clause, Month, clause_text
from assessments.item_models.model import Built
from assessments.item_models.rate_difference import difference_choice, drawn_shares
from assessments.prose import Prose, same
from assessments.questions import Choice
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Quarter:
    """Three carriers. Shape: `points` by carrier; the third one is C for on time alone, whatever its sum."""

    names: tuple[Prose, ...]
    points: tuple[Mapping[str, int], ...]
    lane: tuple[Share, Share]
    clause: Clause
    month: Month


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Scorecards, a lane that two of them share, and the third one's month under its clause."""
    quarter = _drawn(world, rng)
    first, second, third = quarter.names
    said = clause_text(quarter.clause)
    situation = Prose(
        f"You are preparing the quarterly talk with three carriers. {first.en} and {second.en} both carry the lane to "
        f"Guangdong: of {quarter.lane[0].n:,} parcels of {first.en} {quarter.lane[0].hits:,} came within the standard,"
        f" of {quarter.lane[1].n:,} of {second.en} {quarter.lane[1].hits:,}. {third.en} had "
        f"{quarter.month.due:,} parcels due in the last month, {quarter.month.on_time:,} of them came in time; its "
        "freight was "
        f"{m.amount(quarter.month.freight_cents)} yuan. Its contract says: “{said.en}”",
        f"您在准备与三家承运商的季度会谈。{first.zh}和{second.zh}都承运广东线路：{first.zh} {quarter.lane[0].n:,} 件中"
        f"标准内签收 {quarter.lane[0].hits:,} 件，{second.zh} {quarter.lane[1].n:,} 件中 {quarter.lane[1].hits:,} 件。"
        f"{third.zh}上月应送达 {quarter.month.due:,} 件，准时 {quarter.month.on_time:,} 件，当月运费 "
        f"{m.amount(quarter.month.freight_cents)} 元。其合同约定：“{said.zh}”",
    )
    asked = rng.randrange(2)
    questions = {
        "score": Built(
            "numeric",
            Prose(
                f"What is the total score of {quarter.names[asked].en}, in points with one decimal?",
                f"{quarter.names[asked].zh}的总分是多少（保留一位小数）？",
            ),
            score_number(quarter.points[asked]),
        ),
        "grade": Built("single", *_grade(quarter)),
        "difference": Built(
            "single",
            Prose(
                f"What do the figures of the lane to Guangdong tell us about {first.en} and {second.en}?",
                f"关于{first.zh}和{second.zh}，广东线路的数字可以说明什么？",
            ),
            difference_choice(first, quarter.lane[0], second, quarter.lane[1]),
        ),
        "penalty": Built(
            "numeric",
            Prose(
                f"How much does {third.en} have to credit to us for the last month, in yuan?",
                f"{third.zh}上月的运费应扣减多少元？",
            ),
            contract_penalty.answer(quarter.clause, quarter.month),
        ),
    }
    return BuiltCase(situation, (_weights(), _points(quarter)), questions)


def _drawn(world: Context, rng: random.Random) -> _Quarter:
    names = tuple(rng.sample(carriers_of(world), 3))
    while True:
        points = (drawn_points(rng, (76, 98)), drawn_points(rng, (68, 95)), drawn_points(rng, (46, FLOOR - 1)))
        scores = [score_of(one) for one in points]
        # The third one's sum alone would do; one of the others has the lowest points in some other measure.
        if scores[2] >= GRADE_B + 1 and min(scores[0], scores[1]) >= GRADE_B + 1:
            clause, month = contract_penalty.drawn(rng, rng.random() < 0.4)
            return _Quarter(names, points, drawn_shares(rng, "on_time", rng.random() < 0.5), clause, month)


def _weights() -> Exhibit:
    return Exhibit(
        Prose("Weights", "权重"),
        (Prose("Measure", "项目"), Prose("Weight", "权重")),
        tuple((MEASURES[name], m.percent(str(weight))) for name, weight in WEIGHTS.items()),
    )


def _points(quarter: _Quarter) -> Exhibit:
    return Exhibit(
        Prose("Points of the quarter", "本季度得分"),
        (Prose("Measure", "项目"), *quarter.names),
        tuple((MEASURES[name], *(same(str(points[name])) for points in quarter.points)) for name in WEIGHTS),
        chart=BARS,
    )


def _grade(quarter: _Quarter) -> tuple[Prose, Choice]:
    reasons = []
    for points in quarter.points:
        score, grade = score_of(points), grade_of(points)
        if grade == "C":
            reasons.append(
                Prose(
                    f"Total {score:.1f}, but {points['on_time']} in on time: below {FLOOR} it is C whatever the total "
                    "says.",
                    f"总分 {score:.1f}，但准时只有 {points['on_time']} 分：低于 {FLOOR} 分，不论总分都是 C 级。",
                )
            )
        else:
            reasons.append(
                Prose(
                    f"Total {score:.1f}, {points['on_time']} in on time: grade {grade}.",
                    f"总分 {score:.1f}，准时 {points['on_time']} 分：{grade} 级。",
                )
            )
    none = Prose("No carrier: every total is high enough", "都不需要：各家总分都够高")
    texts = [*quarter.names, none]
    reasons.append(
        Prose(
            "A total can hide what buyers feel most; on time has a floor.",
            "总分会掩盖买家感受最深的一项，准时设有底线。",
        )
    )
    stem = Prose("Which of them gets a 60-day improvement plan?", "哪一家要限期 60 天整改？")
    return stem, pick(texts, 2, reasons)


MODEL = CaseModel("carrier_quarter", ("score", "grade", "difference", "penalty"), {}, build)
