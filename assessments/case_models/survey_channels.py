"""A satisfaction survey by channel: what it shows, how surely, and what it doesn't show."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.carrier_rules import Share
from assessments.item_models.complaint_rate import CHANNELS
from assessments.item_models.model import Built
from assessments.item_models.survey_figures import PERCENT, POINTS, Z, margin
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Survey:
    """Answers by channel. Shape: `invited` and `answers` in the order of the channels."""

    invited: Sequence[int]
    answers: Sequence[Share]

    @property
    def whole(self) -> Share:
        """All answers together."""
        return Share(sum(one.hits for one in self.answers), sum(one.n for one in self.answers))


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Four channels of unequal size; asked is the whole, a margin, and which finding holds."""
    survey = _drawn(rng)
    situation = Prose(
        "After every closed ticket of the last month the buyer got a link with six questions. The chart shows what "
        "share "
        "of those who answered gave 4 or 5 of 5. The head of service wants to know where we stand, and which channel "
        "needs help.",
        "上个月每张工单关闭后，买家都会收到一个六道题的问卷链接。图中为作答者打 4 分或 5 分（满分 5 分）的比例。"
        "客服负责人想知道总体情况如何，哪个渠道需要支持。",
    )
    place = rng.randrange(len(CHANNELS))
    questions = {
        "whole": Built("numeric", *_whole(survey)),
        "response": Built("single", *_response(survey)),
        "margin": Built("numeric", *_margin(survey, place)),
        "finding": Built("single", *_finding(survey)),
    }
    return BuiltCase(situation, (_numbers(survey), _shares(survey)), questions)


def _drawn(rng: random.Random) -> _Survey:
    """The last channel is the lowest but small; of the large ones the second is clearly lower than the first."""
    while True:
        sizes = (rng.randint(500, 900), rng.randint(350, 700), rng.randint(90, 240), rng.randint(14, 26))
        rates = [rng.uniform(0.82, 0.9), rng.uniform(0.66, 0.76), rng.uniform(0.7, 0.85), rng.uniform(0.58, 0.68)]
        answers = [Share(round(n * rate), n) for n, rate in zip(sizes, rates, strict=True)]
        invited = [round(n / rng.uniform(0.12, 0.45)) for n in sizes]
        lowest = min(answers, key=lambda one: one.rate)
        apart = answers[0].rate - answers[1].rate
        margins = [margin(one.rate, one.n) / 100 for one in answers]
        clear = apart > 1.4 * (margins[0] + margins[1]) and lowest is answers[3]
        within = answers[0].rate - answers[3].rate < margins[0] + margins[3]
        responses = sorted(one.n / asked for one, asked in zip(answers, invited, strict=True))
        if clear and within and responses[1] > 1.1 * responses[0]:
            return _Survey(invited, answers)


def _numbers(survey: _Survey) -> Exhibit:
    return Exhibit(
        Prose("Answers by channel", "各渠道答卷"),
        (Prose("Channel", "渠道"), Prose("Invited", "邀请"), Prose("Answers", "答卷"), Prose("4 or 5", "4 分或 5 分")),
        tuple(
            (name, *(same(f"{number:,}") for number in (asked, share.n, share.hits)))
            for name, asked, share in zip(CHANNELS, survey.invited, survey.answers, strict=True)
        ),
    )


def _shares(survey: _Survey) -> Exhibit:
    return Exhibit(
        Prose("Satisfied, per cent of the answers", "满意率（占答卷百分比）"),
        (Prose("Channel", "渠道"), Prose("Satisfied", "满意率")),
        tuple(
            (name, m.percent(f"{100 * share.rate:.1f}")) for name, share in zip(CHANNELS, survey.answers, strict=True)
        ),
        chart=BARS,
    )


def _whole(survey: _Survey) -> tuple[Prose, Numeric]:
    whole, invited = survey.whole, sum(survey.invited)
    key = 100 * whole.rate
    mistakes = (
        (
            100 * sum(one.rate for one in survey.answers) / len(survey.answers),
            0.25,
            Prose(
                "The mean of the four shares gives the small channel the weight of the large one.",
                "四个比例直接平均，小渠道就与大渠道同权了。",
            ),
        ),
        (
            100 * whole.hits / invited,
            0.0,
            Prose("The base is the answers, not the invitations.", "分母是答卷，不是邀请。"),
        ),
        (100 * whole.n / invited, 0.0, Prose("This is the response rate.", "这是回复率。")),
    )
    reason = Prose(
        f"All 4 and 5 of all answers: {whole.hits:,} of {whole.n:,} = {key:.1f}%.",
        f"全部 4 分和 5 分占全部答卷：{whole.hits:,} ÷ {whole.n:,} = {key:.1f}%。",
    )
    stem = Prose(
        "What share of all who answered is satisfied, in per cent with one decimal?",
        "全部作答者的满意率是百分之多少（保留一位小数）？",
    )
    return stem, Numeric(round(key, 1), 0.11, PERCENT, reason, nears(round(key, 1), 0.11, mistakes, places=1))


def _response(survey: _Survey) -> tuple[Prose, Choice]:
    rates = [100 * share.n / asked for share, asked in zip(survey.answers, survey.invited, strict=True)]
    key = rates.index(min(rates))
    reasons = [
        Prose(f"{share.n:,} of {asked:,} answered: {rate:.1f}%.", f"{asked:,} 人中 {share.n:,} 人作答：{rate:.1f}%。")
        for share, asked, rate in zip(survey.answers, survey.invited, rates, strict=True)
    ]
    stem = Prose(
        "In which channel did the largest share of those invited not answer, so that its figure is the least "
        "certain to speak for all?",
        "哪个渠道未作答的比例最高，因而其数字最难代表全体？",
    )
    return stem, pick(CHANNELS, key, reasons)


def _margin(survey: _Survey, place: int) -> tuple[Prose, Numeric]:
    share, name = survey.answers[place], CHANNELS[place]
    key = margin(share.rate, share.n)
    mistakes = (
        (
            key / Z,
            0.25,
            Prose("This is one standard error; 95% takes 1.96 of them.", "这是一个标准误，95% 要乘 1.96。"),
        ),
        (2 * key, 0.25, Prose("This is the whole width; the margin is half of it.", "这是区间全宽，误差是它的一半。")),
        (
            margin(share.rate, survey.invited[place]),
            0.0,
            Prose("n is the answers, not the invitations.", "n 是答卷数，不是邀请数。"),
        ),
    )
    reason = Prose(
        f"1.96 × √({share.rate:.3f} × {1 - share.rate:.3f} ÷ {share.n}) = ±{key:.1f} points.",
        f"1.96 × √({share.rate:.3f} × {1 - share.rate:.3f} ÷ {share.n}) = ±{key:.1f} 个百分点。",
    )
    gap = " " if name.zh[-1].isascii() else ""  # after Latin letters
    stem = Prose(
        f"What is the margin of the satisfied share of {name.en} at 95%, in points with one decimal (plus or minus)?",
        f"在 95% 置信度下，{name.zh}{gap}满意率的误差是正负多少个百分点（保留一位小数）？",
    )
    return stem, Numeric(round(key, 2), 0.11, POINTS, reason, nears(key, 0.11, mistakes))


def _finding(survey: _Survey) -> tuple[Prose, Choice]:
    first, second, _, last = survey.answers
    large, small = CHANNELS[0], CHANNELS[3]
    widths = [margin(one.rate, one.n) for one in survey.answers]
    texts = (
        Prose(
            f"Buyers of {CHANNELS[1].en} are really less satisfied than those of {large.en}",
            f"满意率有真实差距：{CHANNELS[1].zh}低于{large.zh}",
        ),
        Prose(f"{small.en} needs help first: it has the lowest share", f"最需要支持的是{small.zh}，它的比例最低"),
        Prose("All channels really differ, since all figures differ", "各渠道的数字都不同，说明确实各不相同"),
        Prose("Nothing at all, since most of those invited kept silent", "什么都不能说，因为多数受邀者没有作答"),
    )
    gap = round(100 * first.rate, 1) - round(100 * second.rate, 1)  # as the table shows them
    reasons = (
        Prose(
            f"{gap:.1f} points apart, far more than both margins (±{widths[0]:.1f} and ±{widths[1]:.1f}) together.",
            f"相差 {gap:.1f} 个百分点，远大于两者误差（±{widths[0]:.1f} 和 ±{widths[1]:.1f}）之和。",
        ),
        Prose(
            f"{last.n} answers have a margin of ±{widths[3]:.1f} points: it may be as good as the others.",
            f"{last.n} 份答卷的误差为 ±{widths[3]:.1f} 个百分点，实际可能与其他渠道一样好。",
        ),
        Prose("A difference within the margins isn't a finding.", "误差之内的差异不算发现。"),
        Prose(
            "Silence calls for caution and for the response rate beside the figure; a large difference still stands.",
            "沉默提醒我们谨慎，并注明回复率；很大的差异依然成立。",
        ),
    )
    stem = Prose("Which statement do the figures bear out?", "这些数字支持哪种说法？")
    return stem, pick(texts, 0, reasons)


MODEL = CaseModel("survey_channels", ("whole", "response", "margin", "finding"), {}, build)
