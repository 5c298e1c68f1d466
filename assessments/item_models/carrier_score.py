"""What a carrier reaches on the scorecard, and which grade that is."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears
from assessments.item_models.carrier_rules import FLOOR, GRADE_A, GRADE_B, MEASURES, WEIGHTS, grade_of, score_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.db.shipping_tables import carrier

POINTS = Prose("points", "分")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A carrier's points of the quarter; asked is its score, or the grade it gets and why."""
    name = rng.choice(carriers_of(world))
    graded = params["ask"] == "grade"
    points = _points_for(rng, rng.choice(("A", "B", "low", "floor"))) if graded else drawn_points(rng)
    exhibit = Exhibit(
        Prose(f"{name.en}, scorecard of the quarter", f"{name.zh}，本季度评分表"),
        (Prose("Measure", "项目"), Prose("Weight", "权重"), Prose("Points", "得分")),
        tuple((MEASURES[key], m.percent(str(WEIGHTS[key])), same(str(points[key]))) for key in WEIGHTS),
    )
    if graded:
        stem = Prose("Which grade does the carrier get, and why?", "该承运商评为哪一级，为什么？")
        return Built("single", stem, grade_choice(points), exhibit)
    stem = Prose(
        "What is the carrier's total score, in points with one decimal?", "该承运商总分是多少（保留一位小数）？"
    )
    return Built("numeric", stem, score_number(points), exhibit)


def carriers_of(world: Context) -> list[Prose]:
    """Names of the carriers that work for the world."""
    rows = world.db.execute(select(carrier.c.name_en, carrier.c.name_zh).order_by(carrier.c.code))
    return [Prose(row.name_en, row.name_zh) for row in rows]


def drawn_points(rng: random.Random, on_time: tuple[int, int] = (45, 98)) -> dict[str, int]:
    """Points of a quarter, as they come."""
    return {key: rng.randint(*(on_time if key == "on_time" else (50, 100))) for key in WEIGHTS}


def _points_for(rng: random.Random, wanted: str) -> dict[str, int]:
    """Points that lead to a grade, or to C for one of its two reasons."""
    while True:
        points = drawn_points(rng)
        score, low = score_of(points), points["on_time"] < FLOOR
        kind = "floor" if low and score >= GRADE_B else "low" if score < GRADE_B and not low else grade_of(points)
        clear = all(abs(score - limit) >= 0.5 for limit in (GRADE_A, GRADE_B))
        if kind == wanted and clear and not (low and score < GRADE_B):
            return points


def score_number(points: Mapping[str, int]) -> Numeric:
    """The score as an answer to type."""
    key = score_of(points)
    total = " + ".join(f"0.{WEIGHTS[name]} × {points[name]}" for name in WEIGHTS)
    mistakes = (
        (
            sum(points.values()) / len(points),
            0.0,
            Prose("The plain mean; the measures have weights.", "这是简单平均，各项有权重。"),
        ),
        (
            sum(WEIGHTS[name] * points[name] for name in WEIGHTS if name != "scans") / 100,
            0.25,
            Prose("The last measure is missing.", "漏了最后一项。"),
        ),
        (
            points["on_time"],
            0.0,
            Prose("This is the on-time measure alone.", "这只是准时一项。"),
        ),
    )
    return Numeric(
        round(key, 1),
        0.06,
        POINTS,
        Prose(f"Weight × points, added up: {total} = {key:.1f}.", f"各项权重 × 得分之和：{total} = {key:.1f}。"),
        nears(round(key, 1), 0.06, mistakes, places=1),
    )


def grade_choice(points: Mapping[str, int]) -> Choice:
    """The grade as a choice; C has two different reasons."""
    score, on_time, grade = score_of(points), points["on_time"], grade_of(points)
    found = Prose(f"The total is {score:.1f}, on time {on_time}.", f"总分 {score:.1f}，准时 {on_time} 分。")
    by_floor = grade == "C" and score >= GRADE_B
    options = {
        "A": (
            Prose("A: it may get more parcels", "A 级：可以增加份额"),
            Prose(f"A begins at {GRADE_A} points.", f"{GRADE_A} 分起为 A 级。"),
        ),
        "B": (
            Prose("B: its share stays as it is", "B 级：份额维持现状"),
            Prose(
                f"B is from {GRADE_B} to below {GRADE_A}, with at least {FLOOR} in on time.",
                f"{GRADE_B} 分至不足 {GRADE_A} 分且准时不低于 {FLOOR} 分为 B 级。",
            ),
        ),
        "low": (
            Prose("C, since the total is too low", "C 级：总分太低"),
            Prose(f"That is said below {GRADE_B} points.", f"总分不足 {GRADE_B} 分才如此。"),
        ),
        "floor": (
            Prose("C, since on time is too low, whatever the total", "C 级：不论总分，准时一项太低"),
            Prose(f"That is said below {FLOOR} points in on time.", f"准时低于 {FLOOR} 分才如此。"),
        ),
    }
    right = "floor" if by_floor else "low" if grade == "C" else grade
    said = {name: (text, Prose(f"{found.en} {why.en}", f"{found.zh}{why.zh}")) for name, (text, why) in options.items()}
    return choice(said.pop(right), *said.values())


MODEL = ItemModel("carrier_score", {"ask": ("score", "grade")}, build)
