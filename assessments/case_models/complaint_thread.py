"""A complaint about damaged goods: the messages, the order behind them, and a pattern over the weeks."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice, nears, pick
from assessments.item_models.model import Built
from assessments.item_models.order_total import YUAN
from assessments.item_models.ticket_clock import HOURS, TARGETS, hours_in, summed
from assessments.item_models.working_time import CLOSES, OPENS, WEEKDAYS, Calendar
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.domain.reductions import Sums, reduced, refund_due

_WEEKS = 8


@dataclass(frozen=True, slots=True)
class _Complaint:
    """What happened. Shape: `rates` are complaints per 1,000 orders of the article, week by week; one jump in them."""

    goods: Sequence[m.Goods]
    quantities: Sequence[int]
    sums: Sums
    came: datetime
    answered: datetime
    again: datetime
    rates: Sequence[float]
    jump: int

    @property
    def refund_cents(self) -> int:
        """What goes back for one unit of the first line, by the product's own rule."""
        after, _ = reduced(
            self.sums,
            quantity=self.quantities[0],
            cancelled=1,
            unit_price_cents=self.goods[0].list_price_cents,
            freight_cents=0,
        )
        return refund_due(self.sums.total_cents, self.sums.total_cents, after.total_cents)

    @property
    def calendar(self) -> Calendar:
        """Ordinary weeks around the messages."""
        return Calendar(self.came.date(), 14, frozenset(), frozenset())


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """One unit came damaged and the first answer helped little; asked is the clock, the money, the words, the cause."""
    case = _drawn(world, rng)
    article = case.goods[0].name
    situation = Prose(
        f"You take this complaint over from a colleague. One of {case.quantities[0]} units of “{article.en}” came "
        "damaged; the photographs are clear. The rest of the order is kept. The buyer would rather have the money for "
        "this unit than another one. "
        f"Working hours are {OPENS}:00 to {CLOSES}:00, Monday to Friday. The chart shows complaints about this article "
        "for each week.",
        f"您从同事手里接过这件投诉。“{article.zh}”共 {case.quantities[0]} 件，其中一件送到时已损坏，照片清楚，"
        "其余商品保留。"
        f"买家不要补发，想退这一件的钱。工作时间为周一至周五 {OPENS}:00–{CLOSES}:00。图中为该商品每周的投诉情况。",
    )
    questions = {
        "first": Built("numeric", *_first(case)),
        "refund": Built("numeric", *_refund(case)),
        "reply": Built("single", *_reply()),
        "pattern": Built("single", *_pattern(case)),
    }
    return BuiltCase(situation, (_thread(case), _order(case), _weeks(case)), questions)


def _drawn(world: Context, rng: random.Random) -> _Complaint:
    goods = m.goods_of(world, rng, 2)
    quantities = (rng.randint(2, 4), rng.randint(1, 2))
    items = sum(one.list_price_cents * count for one, count in zip(goods, quantities, strict=True))
    sums = Sums(items, rng.choice((800, 1_000, 1_200)), items * rng.randint(6, 16) // 100 // 100 * 100)
    today = date.fromisoformat(m.moment(world, world.now)[:10])
    # It arrives in the evening of a Monday to Thursday, or on a Friday afternoon before the week's end.
    day = today - timedelta(days=today.weekday() + 7 - rng.choice((0, 1, 2, 3, 4)))
    hour = rng.choice((15, 16, 17)) if day.weekday() == 4 else rng.choice((17, 19, 20, 21))
    came = datetime(day.year, day.month, day.day, hour, rng.choice((0, 15, 30, 45)), tzinfo=UTC)
    next_day = Calendar(day, 14, frozenset(), frozenset()).nth_working_day(day, 1)
    answered = datetime(next_day.year, next_day.month, next_day.day, rng.choice((10, 11, 13)), 30, tzinfo=UTC)
    again = answered + timedelta(minutes=rng.randrange(15, 90, 15))
    jump = rng.randint(4, 6)
    low, high = rng.uniform(1.5, 3), rng.uniform(7, 11)
    rates = [round((low if week < jump else high) * rng.uniform(0.85, 1.15), 1) for week in range(_WEEKS)]
    return _Complaint(goods, quantities, sums, came, answered, again, rates, jump)


def _at(moment: datetime) -> Prose:
    said, weekday = moment.strftime("%m-%d %H:%M"), WEEKDAYS[moment.weekday()]
    return Prose(f"{said} {weekday.en}", f"{said} {weekday.zh}")


def _thread(case: _Complaint) -> Exhibit:
    automatic = case.came + timedelta(minutes=1)
    rows = (
        (
            case.came,
            Prose("Buyer", "买家"),
            Prose(
                "One of them is damaged! It was meant as a present for tomorrow.",
                "有一件是坏的！明天要送人的！",
            ),
        ),
        (
            automatic,
            Prose("System", "系统"),
            Prose("We have received your message.", "我们已收到您的消息。"),
        ),
        (
            case.answered,
            Prose("Colleague", "同事"),
            Prose(
                "The carrier did that. We'll look into it and get back to you as soon as possible.",
                "这是快递弄坏的，我们先查一下，尽快回复您。",
            ),
        ),
        (
            case.again,
            Prose("Buyer", "买家"),
            Prose(
                "I don't care who did it. I want my money back for it!",
                "我不管是谁弄的，这一件给我退钱！",
            ),
        ),
    )
    return Exhibit(
        Prose("Messages", "消息记录"),
        (Prose("Time", "时间"), Prose("Who", "谁"), Prose("Message", "内容")),
        tuple((_at(moment), who, text) for moment, who, text in rows),
    )


def _order(case: _Complaint) -> Exhibit:
    rows = [
        (one.name, same(str(count)), same(m.amount(one.list_price_cents)))
        for one, count in zip(case.goods, case.quantities, strict=True)
    ]
    rows += [
        (Prose("Freight of the whole order", "整单运费"), same(""), same(m.amount(case.sums.shipping_cents))),
        (Prose("Discount of the whole order", "整单优惠"), same(""), same("−" + m.amount(case.sums.discount_cents))),
        (Prose("Paid", "实付"), same(""), same(m.amount(case.sums.total_cents))),
    ]
    columns = (Prose("Line", "明细"), Prose("Quantity", "数量"), Prose("Price or amount", "单价或金额"))
    return Exhibit(Prose("The order (CNY)", "订单（元）"), columns, tuple(rows))


def _week(place: int) -> Prose:
    return Prose(f"week {place + 1}", f"第 {place + 1} 周")


def _weeks(case: _Complaint) -> Exhibit:
    return Exhibit(
        Prose("Complaints about the article per 1,000 orders", "该商品千单投诉率"),
        (Prose("Week", "周"), Prose("Complaints", "投诉")),
        tuple((_week(place), same(f"{rate:.1f}")) for place, rate in enumerate(case.rates)),
        chart=BARS,
    )


def _first(case: _Complaint) -> tuple[Prose, Numeric]:
    key = case.calendar.working_minutes(case.came, case.answered) / 60
    whole = (case.answered - case.came).total_seconds() / 3_600
    target, counted = TARGETS["complaint"][0], summed(case.calendar, case.came, case.answered)
    mistakes = (
        (whole, 0.0, Prose("This is clock time; nights and days off don't count.", "这是自然时间，夜间和休息日不计。")),
        (0.0, 0.0, Prose("An automatic confirmation is no answer.", "自动确认不算答复。")),
        (
            (case.answered - case.answered.replace(hour=OPENS, minute=0)).total_seconds() / 3_600,
            0.25,
            Prose("Working time of the day it arrived counts, too.", "到达当天的工作时间也要计。"),
        ),
    )
    verdict = Prose("in time", "及时") if key <= target else Prose("too late", "超时")
    reason = Prose(
        f"From the message (or the next opening) to the colleague's answer: {counted} {hours_in(key)}; the target of a "
        f"complaint is {target}: {verdict.en}.",
        f"从收到消息（或下一次上班）到同事答复：{counted} 个工作小时；投诉的目标是 {target} 个，{verdict.zh}。",
    )
    stem = Prose(
        "After how many working hours did the buyer get the first answer? (15 minutes = 0.25)",
        "买家过了多少工作小时才得到首次答复？（15 分钟记作 0.25）",
    )
    return stem, Numeric(key, 0.01, HOURS, reason, nears(key, 0.01, mistakes))


def _refund(case: _Complaint) -> tuple[Prose, Numeric]:
    price, sums, key = case.goods[0].list_price_cents, case.sums, case.refund_cents
    mistakes = (
        (price, 0.25, Prose("Its share of the discount comes off.", "要扣除应分摊的优惠。")),
        (key + sums.shipping_cents, 0.25, Prose("The rest is kept: freight stays.", "其余保留，整单运费不退。")),
        (price - sums.discount_cents, 0.0, Prose("Only its share of the discount comes off.", "只扣应分摊的部分。")),
        (sums.total_cents, 0.0, Prose("The rest of the order is kept.", "其余商品保留。")),
    )
    share = m.amount(price - key)
    sum_text = f"{m.amount(price)} − {m.amount(sums.discount_cents)} × {m.amount(price)} ÷ {m.amount(sums.items_cents)}"
    reason = Prose(
        f"Price less its share of the discount ({share}): {sum_text} = {m.amount(key)}.",
        f"单价减应分摊的优惠（{share}）：{sum_text} = {m.amount(key)}。",
    )
    stem = Prose("How much goes back for the damaged unit?", "损坏的这一件应退多少？")
    near = nears(key / 100, 0.011, [(value / 100, worth, why) for value, worth, why in mistakes])
    return stem, Numeric(key / 100, 0.011, YUAN, reason, near)


def _reply() -> tuple[Prose, Choice]:
    return (
        Prose("Which reply do you send?", "您发哪条回复？"),
        choice(
            (
                Prose(
                    "“I'm sorry it spoiled your present. The money for this one goes back today, the way you paid; "
                    "you needn't send it back. I'll write again tomorrow by 11:00 to see that it has arrived.”",
                    "“很抱歉扫了您送礼的兴。这一件的款今天原路退回，坏的那件不用寄回。"
                    "明天 11:00 前我再联系您确认到账。”",
                ),
                Prose(
                    "Names what went wrong for the buyer, what is done, and when the next word comes.",
                    "说出了对买家的影响、怎么办、下次何时联系。",
                ),
            ),
            (
                Prose(
                    "“As my colleague said, the carrier damaged it. As soon as it has paid our claim, which takes "
                    "about three "
                    "weeks, we transfer the money for this one to you; until then I must ask you to be patient.”",
                    "“正如同事所说，是承运商弄坏的。我们已经索赔，大约三周，等对方赔付之后，就把这一件的钱退给您，在此之前请您耐心等待。”",
                ),
                Prose(
                    "Blames the carrier and makes the buyer wait for our affairs.",
                    "推责给承运商，还让买家等我方与它的处理结果。",
                ),
            ),
            (
                Prose(
                    "“I'm sorry. You get all your money back and keep everything, and 50 yuan on top, if you leave "
                    "us five "
                    "stars for the way we settled it.”",
                    "“非常抱歉。全款退给您，商品都归您，另外补偿 50 元，麻烦您为我们的处理给个五星好评。”",
                ),
                Prose(
                    "Far beyond what an agent may give, and money for a review is forbidden.",
                    "远超客服权限，而且以钱换好评是禁止的。",
                ),
            ),
            (
                Prose(
                    "“We are sorry for any inconvenience. Your request has been passed on to the department in "
                    "charge, which "
                    "will deal with it as soon as possible.”",
                    "“给您带来不便，敬请谅解。您的诉求已转交相关部门，会尽快为您处理。”",
                ),
                Prose(
                    "No date, no solution, and the policy lets you decide it yourself.",
                    "没有时间，没有方案，而这本来就在您的权限之内。",
                ),
            ),
        ),
    )


def _pattern(case: _Complaint) -> tuple[Prose, Choice]:
    jump = _week(case.jump)
    texts = (
        Prose(
            f"Send operations the chart, and ask what changed in {jump.en}",
            f"把图发给运营，查{jump.zh}起有什么变化",
        ),
        Prose(
            "Nothing beyond this buyer; each complaint is settled by itself",
            "不必做别的，投诉本来就是一件一件处理的",
        ),
        Prose(
            "Take the article off sale for good, since it is damaged too easily",
            "永久下架该商品，因为它太容易损坏",
        ),
        Prose(
            "Change the carrier, whose drivers handle it badly",
            "更换承运商，因为它的司机装卸太粗暴了",
        ),
    )
    before = sum(case.rates[: case.jump]) / case.jump
    after = sum(case.rates[case.jump :]) / (_WEEKS - case.jump)
    found = Prose(
        f"From about {before:.1f} to about {after:.1f} per 1,000 orders since {jump.en}.",
        f"从{jump.zh}起，千单投诉率由约 {before:.1f} 升到约 {after:.1f}。",
    )
    why = (
        Prose(
            "A jump has a cause that somebody can remove: packing, supplier, route.",
            "突然升高必有可消除的成因：包装、供应商或线路。",
        ),
        Prose("Then the same happens to the next buyers.", "那么下一批买家还会遇到同样的事。"),
        Prose("It wasn't so before; find the change first.", "此前并不这样，应先找出变化。"),
        Prose("That is one possible cause; nothing here shows it.", "这只是一种可能，这里没有依据。"),
    )
    reasons = [Prose(f"{found.en} {one.en}", f"{found.zh}{one.zh}") for one in why]
    stem = Prose("What do you do besides answering this buyer?", "除了答复这位买家，您还要做什么？")
    return stem, pick(texts, 0, reasons)


MODEL = CaseModel("complaint_thread", ("first", "refund", "reply", "pattern"), {}, build)
