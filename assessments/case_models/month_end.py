"""The end of a month at the finance desk: a channel's statement, its commission, and what is cleared how."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number, one_of
from assessments.item_models.channel_payout import Settled, Terms, payout_answer, settled_orders, terms_of
from assessments.item_models.model import Built
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose, same
from core.context import Context


@dataclass(frozen=True, slots=True)
class _Line:
    """An order of the month on both sides: net of refunds. Units: cents, None where the statement lacks it."""

    order: Settled
    paid_at: int
    theirs: int | None

    @property
    def ours(self) -> int:
        return self.order.paid_cents - self.order.refunded_cents


@dataclass(frozen=True, slots=True)
class _Month:
    """The month's lines with the odd ones by name, the terms, and what was charged. Units: cents."""

    lines: Sequence[_Line]
    near_midnight: _Line
    unrefunded: _Line
    doubled: _Line
    sound: _Line
    terms: Terms
    charged: int

    @property
    def orders(self) -> list[Settled]:
        return [line.order for line in self.lines]

    @property
    def due(self) -> int:
        """The commission by contract."""
        return self.terms.commission_on(sum(line.ours for line in self.lines))


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Six orders, three odd lines, and a commission taken on payments before refunds."""
    month = _month(world, rng)
    situation = Prose(
        "You reconcile last month with a small channel. By contract it keeps a commission of "
        f"{month.terms.rate}% of payments less refunds and {m.amount(month.terms.fee_cents)} yuan per paid order. "
        f"For the six orders below it charged a commission of {m.amount(month.charged)} yuan. "
        "Our ledger is right in all its lines, and the books are to be closed tomorrow.",
        f"您在与一个小渠道核对上月账目。合同约定佣金为付款减退款后金额的 {month.terms.rate}%，另按已付款订单每单收取 "
        f"{m.amount(month.terms.fee_cents)} 元。下列六张订单，渠道实收佣金 {m.amount(month.charged)} 元。"
        "我方账目逐笔无误，明天要关账。",
    )
    questions = {
        "payout": Built(
            "numeric",
            Prose(
                "What should the channel pay out for all six orders, by our ledger and the contract?",
                "按我方账目和合同，这六张订单渠道应回款多少？",
            ),
            payout_answer(month.orders, month.terms),
        ),
        "net": _net(month),
        "first": _forward(month),
        "settle": _settle(month),
    }
    return BuiltCase(situation, (_statement(world, month), _rates(month, rng)), questions)


def _month(world: Context, rng: random.Random) -> _Month:
    orders = settled_orders(world, rng, 6, refunds=3)
    refunded = [one for one in orders if one.refunded_cents]
    plain = [one for one in orders if not one.refunded_cents]
    midnight = _month_began(world)

    def line(order: Settled, theirs: int | None, *, late: bool = False) -> _Line:
        at = midnight - rng.randint(1, 9) * 60 if late else midnight - rng.randint(30 * 60, 600 * 60) * 60
        return _Line(order, at, theirs)

    net = {one.number: one.paid_cents - one.refunded_cents for one in orders}
    near_midnight = line(plain[0], None, late=True)
    doubled = line(plain[1], 2 * net[plain[1].number])
    unrefunded = line(refunded[0], refunded[0].paid_cents)
    sound = [line(one, net[one.number]) for one in (plain[2], refunded[1], refunded[2])]
    lines = [near_midnight, doubled, unrefunded, *sound]
    rng.shuffle(lines)
    terms = terms_of(rng)
    charged = terms.commission_on(sum(one.paid_cents for one in orders))
    return _Month(lines, near_midnight, unrefunded, doubled, sound[0], terms, charged)


def _month_began(world: Context) -> int:
    """The first second of the world's present month, with which the last one ended."""
    zone = ZoneInfo(world.world.timezone)
    now = datetime.fromtimestamp(world.now, zone)
    return int(datetime(now.year, now.month, 1, tzinfo=zone).timestamp())


def _statement(world: Context, month: _Month) -> Exhibit:
    return Exhibit(
        Prose("Orders of last month", "上月订单"),
        (
            Prose("Order", "订单"),
            Prose("Paid at", "付款时间"),
            Prose("Paid (CNY)", "付款（元）"),
            Prose("Refunded (CNY)", "退款（元）"),
            Prose("Settled by the channel, less refunds (CNY)", "渠道结算，已减退款（元）"),
        ),
        tuple(
            m.words(
                line.order.number,
                m.moment(world, line.paid_at),
                m.amount(line.order.paid_cents),
                m.amount(line.order.refunded_cents),
                "–" if line.theirs is None else m.amount(line.theirs),
            )
            for line in month.lines
        ),
    )


def _rates(month: _Month, rng: random.Random) -> Exhibit:
    """What the channel's commission came to in per cent of payments less refunds, month by month."""
    base = sum(line.ours for line in month.lines)
    rates = [month.terms.commission / 10] * 3 + [100 * month.charged / base]
    names = (
        Prose("Four months ago", "四个月前"),
        Prose("Three months ago", "三个月前"),
        Prose("Two months ago", "两个月前"),
        Prose("Last month", "上月"),
    )
    return Exhibit(
        Prose("Commission charged, in per cent of payments less refunds", "实收佣金占付款减退款的百分比"),
        (Prose("Month", "月份"), Prose("Per cent", "百分比")),
        tuple((name, same(f"{rate:.2f}")) for name, rate in zip(names, rates, strict=True)),
        BARS,
    )


def _net(month: _Month) -> Built:
    ours, theirs = sum(line.ours for line in month.lines), sum(line.theirs or 0 for line in month.lines)
    key = theirs - ours
    paid = sum(line.order.paid_cents for line in month.lines)
    answer = number(
        key / 100,
        YUAN,
        Prose(
            f"Settled less our net amounts: {m.amount(theirs)} − {m.amount(ours)} = {m.signed(key)}.",
            f"渠道结算合计减我方净额合计：{m.amount(theirs)} − {m.amount(ours)} = {m.signed(key)}。",
        ),
        {
            -key / 100: Prose(
                "The sign is turned round: settled less our net amounts.", "正负号反了，应为渠道结算减我方净额。"
            ),
            (theirs - paid) / 100: Prose("Our refunds weren't taken off.", "我方没有减去退款。"),
            (key + month.near_midnight.ours) / 100: Prose(
                "The order that the channel lacks belongs to the difference, too.", "渠道没有的那张订单也要计入差额。"
            ),
        },
        tolerance=0.005,
    )
    stem = Prose(
        "Over all six orders, by how much does what the channel settled exceed our payments less refunds? (with a "
        "minus if it is less)",
        "六张订单合计，渠道结算额比我方付款减退款多多少？（少则填负数）",
    )
    return Built("numeric", stem, answer)


def _forward(month: _Month) -> Built:
    stem = Prose(
        "Which order is only **carried forward** and cleared against the next statement?",
        "哪张订单只需**结转**，用下一期对账单核销？",
    )
    right = Prose(
        "Paid minutes before midnight on the last day and not settled yet: a matter of time.",
        "月末最后一天临近午夜付款，尚未结算：只是时间差。",
    )
    wrong = (
        (month.doubled, Prose("Settled twice: the channel has to take the second back.", "重复结算：渠道要冲回一笔。")),
        (
            month.unrefunded,
            Prose("The channel lacks the refund; its line has to be corrected.", "渠道漏记了退款，需要更正。"),
        ),
        (month.sound, Prose("Both sides agree; there is nothing to carry forward.", "双方一致，没有需要结转的。")),
    )
    choice = one_of(
        (same(month.near_midnight.order.number), right), tuple((same(line.order.number), why) for line, why in wrong)
    )
    return Built("single", stem, choice)


def _settle(month: _Month) -> Built:
    over, whole, rate = m.amount(month.charged - month.due), m.amount(month.charged), month.terms.rate
    right = (
        Prose(
            f"Claim {over} yuan back: it was taken on payments before refunds",
            f"要求退回 {over} 元：佣金按退款前的付款计收了",
        ),
        Prose(
            f"{rate}% of payments less refunds is {m.amount(month.due)}; {rate}% of all payments is {whole}. "
            "The line is listed as open with owner and date, and the closing goes ahead.",
            f"付款减退款的 {rate}% 是 {m.amount(month.due)}；全部付款的 {rate}% 正好是 {whole}。"
            "列为未结清差异，写明负责人和日期，照常关账。",
        ),
    )
    wrong = (
        (
            Prose("Accept it: the bars show a higher rate since last month", "接受：从图上看，上月起费率提高了"),
            Prose(
                "No contract says so; the sum is exactly the old rate on another base.",
                "合同没有这样约定；金额正好是原费率乘以另一个基数。",
            ),
        ),
        (
            Prose(f"Claim all {whole} yuan back, since the statement is wrong", f"对账单有误，要求退回全部 {whole} 元"),
            Prose("The commission on payments less refunds is owed.", "付款减退款部分的佣金是应付的。"),
        ),
        (
            Prose("Put off the closing until the channel has answered", "推迟关账，等渠道答复"),
            Prose(
                "Open lines may be listed with owner and date; the books needn't wait for others.",
                "未结清的差异可以列明负责人和日期，不必等别人。",
            ),
        ),
    )
    stem = Prose("What do you do about the **commission**?", "对于这笔**佣金**，您怎么处理？")
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("month_end", ("payout", "net", "first", "settle"), {}, build)
