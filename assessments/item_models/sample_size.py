"""How many answers a survey needs, and how many people have to be asked for them."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

_Z_SQUARED_QUARTER = 0.9604
ANSWERS, PEOPLE = Prose("answers", "份"), Prose("people", "人")


def answers_needed(points: int) -> int:
    """How many answers give a share within so many points at 95%, whatever the share.

    Source: n = 1.96² × 0.25 ÷ e², always rounded up.
    """
    return math.ceil(_Z_SQUARED_QUARTER * 10_000 / points**2)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A planned survey; asked is its number of answers, or of invitations."""
    points = rng.choice((3, 4, 5, 6, 8, 10))
    invited = params["ask"] == "invitations"
    response = rng.choice((8, 12, 15, 18, 22, 24, 28, 32, 35, 45))
    cases = rng.randrange(60_000, 400_000, 500)
    rows = [
        (Prose("Tickets of the quarter", "本季度工单"), same(f"{cases:,}")),
        (
            Prose("Wanted: margin of the share at 95%", "要求：95% 置信度下比例的误差"),
            Prose(f"±{points} points", f"±{points} 个百分点"),
        ),
        (Prose("Response rate so far", "以往回复率"), m.percent(str(response))),
    ]
    exhibit = Exhibit(
        Prose("Plan of a survey", "调查计划"), (Prose("Item", "项目"), Prose("Value", "数值")), tuple(rows)
    )
    if invited:
        stem = Prose("How many people have to be invited? (n = 0.9604 ÷ e²)", "需要邀请多少人？（n = 0.9604 ÷ e²）")
        return Built("numeric", stem, _invitations(points, response), exhibit)
    stem = Prose("How many **answers** are needed? (n = 0.9604 ÷ e²)", "需要多少份**答卷**？（n = 0.9604 ÷ e²）")
    return Built("numeric", stem, _answers(points, response, cases), exhibit)


def _sum(points: int) -> str:
    return f"0.9604 ÷ {points / 100:g}² = {_Z_SQUARED_QUARTER * 10_000 / points**2:,.2f}"


def _answers(points: int, response: int, cases: int) -> Numeric:
    key = answers_needed(points)
    mistakes = (
        (key - 1, 0.5, Prose("Round up, or the margin isn't reached.", "要向上取整，否则达不到精度。")),
        (
            answers_needed(2 * points),
            0.0,
            Prose("The margin goes to either side; it isn't the whole width.", "误差指正负各这么多，不是全宽。"),
        ),
        (math.ceil(key * 100 / response), 0.25, Prose("These are the invitations.", "这是邀请数。")),
        (
            round(cases * points / 100),
            0.0,
            Prose("The size isn't a share of all tickets.", "样本量不是工单总数的一个比例。"),
        ),
    )
    reason = Prose(f"{_sum(points)}, rounded up: {key:,}.", f"{_sum(points)}，向上取整为 {key:,}。")
    return Numeric(key, 0, ANSWERS, reason, nears(key, 0, mistakes, places=0))


def _invitations(points: int, response: int) -> Numeric:
    wanted = answers_needed(points)
    key, exact = -(-wanted * 100 // response), wanted * 100 / response
    mistakes = (
        (wanted, 0.25, Prose("So many must answer; most of those invited don't.", "这是答卷数，多数受邀者不会作答。")),
        (key - 1, 0.75, Prose("Round up, or one answer may be missing.", "要向上取整，否则可能差一份。")),
        (round(wanted * (1 + (100 - response) / 100)), 0.0, Prose("Divide by the response rate.", "应除以回复率。")),
        (
            math.ceil(wanted * response / 100),
            0.0,
            Prose("Divide by the response rate, don't multiply.", "应除以回复率，而不是相乘。"),
        ),
    )
    reason = Prose(
        f"{_sum(points)}, so {wanted:,} answers; {wanted:,} ÷ {response}% = {exact:,.1f}, rounded up: {key:,}.",
        f"{_sum(points)}，即 {wanted:,} 份答卷；{wanted:,} ÷ {response}% = {exact:,.1f}，向上取整为 {key:,}。",
    )
    return Numeric(key, 0, PEOPLE, reason, nears(key, 0, mistakes, places=0))


MODEL = ItemModel("sample_size", {"ask": ("answers", "invitations")}, build)
