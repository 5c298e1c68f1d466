"""What the answers of a satisfaction survey come to: share of satisfied, NPS, margin, response rate."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models.answers import nears
from assessments.item_models.carrier_score import carriers_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

PERCENT = same("%")
POINTS = Prose("points", "个百分点")
SCORE = Prose("points", "分")
Z = 1.96  # of the normal distribution, for 95%


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """The marks of a survey; asked is one of its figures."""
    ask = params["ask"]
    steps = 11 if ask == "nps" else 5
    invited, marks = _drawn(rng, steps, params["about"] == "carrier")
    while ask == "nps" and abs(nps(marks)) < 2:  # about 0 there is nothing to reckon
        invited, marks = _drawn(rng, steps, False)
    about = _about(world, rng, params["about"])
    if ask == "nps":
        rows = tuple((same(f"{name}"), same(str(sum(marks[low : high + 1])))) for name, low, high in _GROUPS)
        head = Prose("Would recommend us (0 to 10)", "推荐意愿（0–10 分）")
    else:
        rows = tuple((same(str(mark)), same(str(count))) for mark, count in enumerate(marks, start=1))
        head = Prose("Mark (5 is best)", "评分（5 分最高）")
    exhibit = Exhibit(
        Prose(f"{about.en}; {invited:,} invited", f"{about.zh}；邀请 {invited:,} 人"),
        (head, Prose("Answers", "答卷数")),
        rows,
    )
    stem, content = _QUESTIONS[ask](marks, invited)
    return Built("numeric", stem, content, exhibit)


_GROUPS = (("0–6", 0, 6), ("7–8", 7, 8), ("9–10", 9, 10))


def _about(world: Context, rng: random.Random, about: str) -> Prose:
    if about == "carrier":
        name = rng.choice(carriers_of(world))
        return Prose(f"In-house survey on {name.en}", f"关于{name.zh}的内部调查")
    return rng.choice(
        (
            Prose("Buyers after an enquiry", "咨询后的买家调查"),
            Prose("Buyers after a return", "退货后的买家调查"),
            Prose("Buyers after a complaint", "投诉后的买家调查"),
        )
    )


def _drawn(rng: random.Random, steps: int, small: bool) -> tuple[int, list[int]]:
    weights = [rng.uniform(0.3, 1) * (1 + 3 * (place / (steps - 1)) ** 2) for place in range(steps)]
    if steps > 5:  # of eleven marks the two best get about as many as the seven worst, and often more
        weights[-2:] = [rng.uniform(1.5, 3) * one for one in weights[-2:]]
    n = rng.randint(24, 60) if small else rng.randint(110, 480)
    counts = [max(1, round(n * one / sum(weights))) for one in weights]
    return round(sum(counts) / rng.uniform(0.15, 0.6)), counts


def satisfied_share(marks: Sequence[int]) -> float:
    """The share of 4 and 5, in per cent of the answers."""
    return 100 * sum(marks[-2:]) / sum(marks)


def nps(marks: Sequence[int]) -> float:
    """Promoters less detractors, in points. Shape: answers by mark, 0 to 10."""
    return 100 * (sum(marks[9:]) - sum(marks[:7])) / sum(marks)


def margin(rate: float, n: int) -> float:
    """Half the width of the 95% interval of a share, in points. Source: the normal approximation."""
    return 100 * Z * math.sqrt(rate * (1 - rate) / n)


def satisfied_number(marks: Sequence[int], invited: int) -> tuple[Prose, Numeric]:
    """Asks for the share of satisfied among those who answered."""
    n, good = sum(marks), sum(marks[-2:])
    key = satisfied_share(marks)
    mean = sum(mark * count for mark, count in enumerate(marks, start=1)) / n
    mistakes = (
        (100 * good / invited, 0.0, Prose("The base is the answers, not the invitations.", "分母是答卷，不是邀请。")),
        (100 * marks[-1] / n, 0.25, Prose("A 4 counts as satisfied, too.", "4 分也算满意。")),
        (100 * sum(marks[-3:]) / n, 0.0, Prose("A 3 is neither satisfied nor dissatisfied.", "3 分不算满意。")),
        (20 * mean, 0.0, Prose("This is the mean mark, not a share.", "这是平均分，不是比例。")),
    )
    reason = Prose(
        f"4 and 5 of all answers: {good} of {n} = {key:.1f}%.", f"4 分和 5 分占全部答卷：{good} ÷ {n} = {key:.1f}%。"
    )
    stem = Prose("What share is satisfied, in per cent with one decimal?", "满意率是百分之多少（保留一位小数）？")
    return stem, Numeric(round(key, 2), 0.06, PERCENT, reason, nears(key, 0.06, mistakes))


def nps_number(marks: Sequence[int], invited: int) -> tuple[Prose, Numeric]:
    """Asks for the net promoter score."""
    n, best, worst = sum(marks), sum(marks[9:]), sum(marks[:7])
    key = nps(marks)
    mistakes = (
        (100 * best / n, 0.25, Prose("The share of 0 to 6 still has to come off.", "还要减去 0 至 6 分的比例。")),
        (
            100 * (best - worst) / max(1, best + worst),
            0.25,
            Prose("7 and 8 count in the denominator.", "7、8 分要计入分母。"),
        ),
        (-key, 0.0, Prose("Subtracted the wrong way round.", "减反了。")),
        (
            100 * (sum(marks[7:]) - worst) / n,
            0.0,
            Prose("7 and 8 aren't promoters.", "7、8 分不是推荐者。"),
        ),
    )
    reason = Prose(
        f"9 and 10: {best}, 0 to 6: {worst}, of {n} answers: ({best} − {worst}) ÷ {n} = {key:.1f} points.",
        f"9、10 分 {best} 份，0 至 6 分 {worst} 份，共 {n} 份：({best} − {worst}) ÷ {n} = {key:.1f}。",
    )
    stem = Prose(
        "What is the net promoter score (NPS), in points with one decimal?", "NPS（净推荐值）是多少（保留一位小数）？"
    )
    return stem, Numeric(round(key, 2), 0.06, SCORE, reason, nears(key, 0.06, mistakes))


def margin_number(marks: Sequence[int], invited: int) -> tuple[Prose, Numeric]:
    """Asks for the margin of the share of satisfied."""
    n, rate = sum(marks), satisfied_share(marks) / 100
    key = margin(rate, n)
    mistakes = (
        (
            key / Z,
            0.25,
            Prose("This is one standard error; 95% takes 1.96 of them.", "这是一个标准误，95% 要乘 1.96。"),
        ),
        (2 * key, 0.25, Prose("This is the whole width; the margin is half of it.", "这是区间全宽，误差是它的一半。")),
        (margin(rate, invited), 0.0, Prose("n is the answers, not the invitations.", "n 是答卷数，不是邀请数。")),
    )
    reason = Prose(
        f"1.96 × √({rate:.3f} × {1 - rate:.3f} ÷ {n}) = ±{key:.1f} points.",
        f"1.96 × √({rate:.3f} × {1 - rate:.3f} ÷ {n}) = ±{key:.1f} 个百分点。",
    )
    stem = Prose(
        f"{100 * rate:.1f}% of those who answered are satisfied. What is the margin of this share at 95%, in points "
        "with one decimal (plus or minus)?",
        f"答卷中满意率为 {100 * rate:.1f}%。在 95% 置信度下，误差是正负多少个百分点（保留一位小数）？",
    )
    return stem, Numeric(round(key, 2), 0.11, POINTS, reason, nears(key, 0.11, mistakes))


def response_number(marks: Sequence[int], invited: int) -> tuple[Prose, Numeric]:
    """Asks for the response rate."""
    n = sum(marks)
    key = 100 * n / invited
    mistakes = (
        (
            100 * sum(marks[-2:]) / invited,
            0.0,
            Prose("Every answer counts, not only the good ones.", "所有答卷都算，不只是好评。"),
        ),
        (100 - key, 0.0, Prose("This is the share that kept silent.", "这是没有回答的比例。")),
        (satisfied_share(marks), 0.0, Prose("This is the share of the satisfied.", "这是满意率。")),
    )
    reason = Prose(
        f"{n} answers from {invited:,} invited = {key:.1f}%.", f"{n} 份答卷 ÷ {invited:,} 份邀请 = {key:.1f}%。"
    )
    stem = Prose("What is the response rate, in per cent with one decimal?", "回复率是百分之多少（保留一位小数）？")
    return stem, Numeric(round(key, 2), 0.06, PERCENT, reason, nears(key, 0.06, mistakes))


_QUESTIONS = {
    "satisfied": satisfied_number,
    "nps": nps_number,
    "margin": margin_number,
    "response": response_number,
}

MODEL = ItemModel("survey_figures", {"ask": tuple(_QUESTIONS), "about": ("service", "carrier")}, build)
