"""A call centre is to ring up buyers: who may be called, what goes along, and what it may do with the data."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.case_models.model import BuiltCase, CaseModel
from assessments.exhibits import BARS, Exhibit
from assessments.item_models.answers import number, one_of
from assessments.item_models.model import Built
from assessments.prose import Prose, same
from core.context import Context

_BUYERS = Prose("buyers", "人")


@dataclass(frozen=True, slots=True)
class _Bought:
    """Buyers of a month by what they agreed to. Units: buyers."""

    month: Prose
    buyers: int
    agreed: int
    withdrawn: int

    @property
    def callable(self) -> int:
        return self.agreed - self.withdrawn


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
    """Three months of buyers, of whom some agreed to calls and some took that back; a partner with ideas of its own."""
    months = _months(rng)
    price = rng.randint(4, 9)
    situation = Prose(
        "A call centre is to ring up buyers of the last three months on our behalf, for a survey on how satisfied they "
        "are with the article and its delivery. At the checkout buyers could agree to such calls, and take that back "
        "at any time. The call centre proposes to use the numbers for a survey of its own as well; each call would "
        f"then cost {price} yuan instead of {price + 3}.",
        "我们委托一家呼叫中心，电话回访最近三个月的买家，了解他们对商品和配送是否满意。买家在结算时可以同意接听此类电话，也可以随时撤回。"
        f"呼叫中心提出把这些号码也用于它自己的调研，这样每通电话只收 {price} 元，而不是 {price + 3} 元。",
    )
    questions = {
        "callable": _callable(months),
        "columns": _columns(),
        "own_survey": _own_survey(price),
        "withdrawn": _withdrawn(),
    }
    return BuiltCase(situation, (_table(months), _chart(months)), questions)


def _months(rng: random.Random) -> list[_Bought]:
    names = (
        Prose("Three months ago", "三个月前"),
        Prose("Two months ago", "两个月前"),
        Prose("Last month", "上月"),
    )
    found = []
    for name in names:
        buyers = rng.randint(30, 90) * 100
        agreed = buyers * rng.randint(18, 42) // 100
        found.append(_Bought(name, buyers, agreed, agreed * rng.randint(4, 15) // 100))
    return found


def _table(months: Sequence[_Bought]) -> Exhibit:
    return Exhibit(
        Prose("Buyers and consent to calls", "买家与接听电话的同意情况"),
        (
            Prose("Month", "月份"),
            Prose("Buyers", "买家"),
            Prose("Agreed to calls", "同意接听"),
            Prose("Of these withdrawn since", "其中后来撤回"),
        ),
        tuple(
            (one.month, same(f"{one.buyers:,}"), same(f"{one.agreed:,}"), same(f"{one.withdrawn:,}")) for one in months
        ),
    )


def _chart(months: Sequence[_Bought]) -> Exhibit:
    return Exhibit(
        Prose("Share of buyers who agreed to calls, in per cent", "同意接听的买家所占百分比"),
        (Prose("Month", "月份"), Prose("Per cent", "百分比")),
        tuple((one.month, same(f"{100 * one.agreed / one.buyers:.1f}")) for one in months),
        BARS,
    )


def _callable(months: Sequence[_Bought]) -> Built:
    agreed, withdrawn = sum(one.agreed for one in months), sum(one.withdrawn for one in months)
    key = agreed - withdrawn
    answer = number(
        key,
        _BUYERS,
        Prose(
            f"Those who agreed and haven't taken it back: {agreed:,} − {withdrawn:,} = {key:,}.",
            f"同意且没有撤回的：{agreed:,} − {withdrawn:,} = {key:,}。",
        ),
        {
            agreed: Prose("Consent that was taken back is none any more.", "已撤回的同意不再有效。"),
            sum(one.buyers for one in months): Prose("Buying isn't agreeing to calls.", "下单不等于同意接听电话。"),
            sum(one.buyers for one in months) - withdrawn: Prose(
                "Whoever said nothing hasn't agreed.", "没有表示的不等于同意。"
            ),
            months[-1].callable: Prose("All three months are to be called.", "要回访的是三个月的买家。"),
        },
    )
    stem = Prose("How many buyers may be called?", "可以给多少位买家打电话？")
    return Built("numeric", stem, answer)


def _columns() -> Built:
    right = (
        Prose("Phone, article, delivery date", "电话、商品、签收日期"),
        Prose("To call, and to ask about this delivery; no more is needed.", "用来拨打并询问这次配送，别无所需。"),
    )
    wrong = (
        (
            Prose("Phone, name, address, article, amount paid", "电话、姓名、地址、商品、实付金额"),
            Prose(
                "Address and amount say much about a person and nothing about this delivery.",
                "地址和金额涉及个人，与这次配送的评价无关。",
            ),
        ),
        (
            Prose("Order number, article", "订单号、商品"),
            Prose("Nobody can be called without a number.", "没有电话就无法拨打。"),
        ),
        (
            Prose("Phone, and all orders of the last year", "电话和最近一年的全部订单"),
            Prose(
                "The survey is about one delivery, not about everything that somebody buys.",
                "调研针对一次配送，不需要知道还买过什么。",
            ),
        ),
    )
    stem = Prose("Which columns does the call centre get for **our** survey?", "为**我方**的调研，给呼叫中心哪些列？")
    return Built("single", stem, one_of(right, wrong))


def _own_survey(price: int) -> Built:
    right = (
        Prose(
            f"No: pay {price + 3} yuan, and rule other uses out in the contract",
            f"不同意：按 {price + 3} 元付费，并在合同中排除其他用途",
        ),
        Prose(
            "For ends of its own it would need each buyer's separate consent; saving money is no ground.",
            "用于它自己的目的，须取得每位买家的单独同意；省钱不是依据。",
        ),
    )
    wrong = (
        (
            Prose(
                f"Yes, at {price} yuan, for those buyers who agreed to our calls",
                f"同意，按 {price} 元，仅限同意我们电话的买家",
            ),
            Prose("They agreed to our survey, not to another company's.", "他们同意的是我们的调研，不是别家的。"),
        ),
        (
            Prose(
                "No: stop altogether, since a partner may never get our buyers' phones",
                "不同意：全部停止，因为买家电话一律不得交给合作方",
            ),
            Prose(
                "For our own survey and under a contract it may: then it works for us only.",
                "为我方的调研、签了委托合同就可以，这时它只替我们处理。",
            ),
        ),
        (
            Prose(
                f"Yes, at {price} yuan, if it deletes the numbers afterwards",
                f"同意，按 {price} 元，用后删除号码即可",
            ),
            Prose("Deleting afterwards doesn't make the use before it lawful.", "事后删除，不能让之前的使用变得合法。"),
        ),
    )
    stem = Prose("What do you answer to the **proposal**?", "对于对方的**提议**，您怎么答复？")
    return Built("single", stem, one_of(right, wrong))


def _withdrawn() -> Built:
    right = (
        Prose(
            "Take the number off the list today, here and at the call centre",
            "今天就从我方和呼叫中心的名单中去掉",
        ),
        Prose(
            "Taking consent back has to be as easy as giving it, and binds whoever works for us as well.",
            "撤回要和给出同意一样方便，对受我们委托的公司同样有效。",
        ),
    )
    wrong = (
        (
            Prose(
                "Let this round of calls go on, and take it off for the next one",
                "本轮照常拨打，下一轮再去掉",
            ),
            Prose("A call after the withdrawal has no ground any more.", "撤回之后再打就没有依据了。"),
        ),
        (
            Prose(
                "Ask the buyer for the reason in writing before anything is changed",
                "先请买家书面说明撤回的理由，再作处理",
            ),
            Prose("No reason is owed for taking consent back.", "撤回同意不需要理由。"),
        ),
        (
            Prose("Delete all orders of this buyer from the books", "把该买家的订单从账上全部删除"),
            Prose(
                "The buyer asked for an end to the calls; orders stay, as the law requires, too.",
                "买家要求的是不再接电话；订单仍须保留，法律也有要求。",
            ),
        ),
    )
    stem = Prose(
        "Halfway through, a buyer tells the caller: “No more calls, please.” What happens?",
        "回访进行到一半，一位买家对来电人员说：“请不要再打了。”应当怎么办？",
    )
    return Built("single", stem, one_of(right, wrong))


MODEL = CaseModel("survey_partner", ("callable", "columns", "own_survey", "withdrawn"), {}, build)
