"""What the case models are called, what each is about and what each can ask, for people who choose among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from assessments.prose import Prose


@dataclass(frozen=True, slots=True)
class CaseName:
    """A case model in words. Shape: `asks` by the names of its questions; `params` and their values by name."""

    title: Prose
    about: Prose
    asks: Mapping[str, Prose]
    params: Mapping[str, Prose]
    values: Mapping[tuple[str, Any], Prose]


def _name(
    title: tuple[str, str],
    about: tuple[str, str],
    asks: Mapping[str, tuple[str, str]],
    params: Mapping[str, tuple[str, str]] | None = None,
    values: Mapping[tuple[str, Any], tuple[str, str]] | None = None,
) -> CaseName:
    return CaseName(
        Prose(*title),
        Prose(*about),
        {name: Prose(*said) for name, said in asks.items()},
        {name: Prose(*said) for name, said in (params or {}).items()},
        {name: Prose(*said) for name, said in (values or {}).items()},
    )


CASE_NAMES: Mapping[str, CaseName] = MappingProxyType(
    {
        "carrier_month": _name(
            ("Delivery report of the month", "本月配送报告"),
            (
                "Parcels of the month by carrier; whom to talk to first, and what may be said of them.",
                "按承运商汇总的本月包裹：先与谁谈、数据能说明什么。",
            ),
            {
                "overall": ("The on-time rate over all carriers", "全部承运商的准时率"),
                "weight": ("The carrier whose talk helps most", "与哪家承运商谈收效最大"),
                "claim": ("The sentence that the figures bear out", "数据支持哪一种说法"),
                "unscanned": ("What parcels without a scan do to the rate", "无扫描包裹对准时率的影响"),
            },
        ),
        "carrier_quarter": _name(
            ("Quarterly talk with carriers", "承运商季度会谈"),
            (
                "Three carriers with their points, a shared lane and a penalty of the contract.",
                "三家承运商的评分、共同线路与合同扣款。",
            ),
            {
                "score": ("A carrier's total score", "某家承运商的总分"),
                "grade": ("Who gets an improvement plan", "谁要制定改进计划"),
                "difference": ("What a difference on one lane says", "同一线路上的差异说明什么"),
                "penalty": ("What the contract has credited to us", "按合同应返还多少"),
            },
        ),
        "complaint_thread": _name(
            ("A complaint taken over", "接手的一起投诉"),
            (
                "Messages, clocks and the order behind a complaint that a colleague began.",
                "同事已开始处理的投诉：往来消息、时限与订单。",
            ),
            {
                "first": ("Working hours until the first answer", "首次响应用了多少工作小时"),
                "refund": ("What goes back for the damaged part", "破损部分应退多少"),
                "reply": ("The reply to send", "应发送的回复"),
                "pattern": ("What to do besides answering", "除回复外还要做什么"),
            },
        ),
        "count_evening": _name(
            ("The evening of a cycle count", "循环盘点之夜"),
            (
                "Book and count of seven places, and the differences of the last months by their causes.",
                "七个货位的账面与实盘，以及近几个月按原因的差异。",
            ),
            {
                "recount": ("How many places are counted again", "几个货位需要复盘"),
                "value": ("What the differences come to at cost", "差异按成本计多少"),
                "cause": ("The most likely cause of a difference", "差异最可能的原因"),
                "mend": ("The one thing to change next month", "下月应改的一件事"),
            },
        ),
        "delivery_day": _name(
            ("A lorry at the door", "货车到仓"),
            (
                "A purchase order with expiry dates comes in: what is booked, refused, waited for, put away first.",
                "一张带保质期的采购单到货：入账、拒收、待收与上架先后。",
            ),
            {
                "total": ("How many units are booked", "共入账多少件"),
                "refused": ("The article that isn't taken in at all", "哪种商品整批拒收"),
                "waited": ("How many units are still waited for", "还有多少件待收"),
                "first": ("The article that is put away first", "先上架哪种商品"),
            },
        ),
        "desk_queue": _name(
            ("A morning at the order desk", "订单处理岗的早晨"),
            (
                "Six orders of the night after the automatic review, some of them stopped.",
                "夜间的六笔订单经自动审核后，部分被拦截。",
            ),
            {
                "stopped": ("How many orders the review stopped", "审核拦截了几笔"),
                "why": ("Why the review stopped an order", "某笔订单为何被拦截"),
                "first": ("Which order goes to the warehouse first", "先释放哪笔订单"),
                "available": ("Units available after the review", "审核后可用多少件"),
                "next": ("What to do with a stopped order", "对被拦截的订单怎么办"),
            },
            {"faults": ("Orders with a fault", "有问题的订单数")},
            {("faults", 1): ("One", "一笔"), ("faults", 2): ("Two", "两笔")},
        ),
        "incident_morning": _name(
            ("The log of an incident", "一次故障的记录"),
            (
                "The system was down: the log of what was done, and the parcels due by the hour.",
                "系统曾中断：处置记录与各小时应发包裹。",
            ),
            {
                "mistake": ("The entry that should not have happened", "哪一步不该发生"),
                "lost": ("Minutes whose entries are gone", "丢失了多少分钟的记录"),
                "left": ("Parcels not packed yet at the reopening", "恢复时还有多少包裹未打包"),
                "message": ("What buyers hear meanwhile", "其间如何告知买家"),
            },
        ),
        "lost_file": _name(
            ("A file sent to the wrong address", "文件发错了地址"),
            (
                "An export for a carrier went outside the company; what it held, and what is done.",
                "给承运商的导出文件发到了公司外：含哪些内容、如何处置。",
            ),
            {
                "people": ("How many people it concerns", "涉及多少人"),
                "readable": ("Whose phones can be read in full", "多少人的手机号可完整读出"),
                "first": ("What is done first", "首先做什么"),
                "scope": ("Which other export has to be looked into", "还要排查哪天的导出"),
            },
        ),
        "month_end": _name(
            ("Reconciling a channel's month", "渠道月度对账"),
            (
                "Six orders by our ledger and by the channel's statement, with the contract's commission.",
                "六笔订单：我方账与渠道账单对照，含合同佣金。",
            ),
            {
                "payout": ("What the channel should pay out", "渠道应结算多少"),
                "net": ("By how much the statement exceeds the ledger", "账单比我方账多多少"),
                "first": ("The order that is only carried forward", "哪笔仅结转下期"),
                "settle": ("What is done about the commission", "佣金差异如何处理"),
            },
        ),
        "order_rush": _name(
            ("A rush on one article", "一款商品突然热销"),
            (
                "Orders of one article by the hour until its stock is used up.",
                "同一商品每小时的订单，直到库存用完。",
            ),
            {
                "hour": ("The hour of the first order without stock", "首笔缺货订单出现在哪个小时"),
                "left": ("Units available after the last order", "最后一笔之后可用多少件"),
                "share": ("The share of orders that passed at once", "一次通过的订单占比"),
                "act": ("What to do when not all can be served", "不能全部满足时怎么办"),
            },
        ),
        "outage_morning": _name(
            ("The morning of an outage", "系统中断的早晨"),
            (
                "Saving fails everywhere: what is known by the minute, the backups, and the work to bring back.",
                "各处保存失败：逐分钟的情况、备份与需要补回的工作。",
            ),
            {
                "place": ("Where the fault probably sits", "故障大概在哪里"),
                "lost": ("Minutes of work lost by the restore", "恢复后丢失多少分钟的工作"),
                "missing": ("Imported orders that are missing", "缺少多少笔已导入订单"),
                "back": ("How to bring back what is missing", "如何补回缺失的数据"),
            },
        ),
        "parcel_trail": _name(
            ("The trail of a parcel", "一个包裹的轨迹"),
            (
                "A parcel that the buyer waits for, with its scans, its plan and the board's warnings.",
                "买家在等的包裹：扫描轨迹、计划时间与看板预警。",
            ),
            {
                "left": ("Hours left of the delivery standard", "配送时效还剩多少小时"),
                "warned": ("When the board began to warn", "看板何时开始预警"),
                "stretch": ("The stretch that lost the most time", "哪一段耽误最多"),
                "act": ("What to do now", "现在怎么办"),
            },
        ),
        "phishing_wave": _name(
            ("A wave of phishing messages", "一波钓鱼邮件"),
            (
                "Eight desks got the same message: who did what, and what follows.",
                "八个工位收到同一封邮件：各人做了什么、后续如何处理。",
            ),
            {
                "owner": ("Who owns the page behind the link", "链接页面属于谁"),
                "devices": ("How many devices are taken off the network", "多少台设备要断网检查"),
                "first": ("Which desk is called first", "先给哪个工位打电话"),
                "share": ("The share of desks that reported in time", "及时上报的工位占比"),
            },
        ),
        "reminder_trial": _name(
            ("A trial of a reminder", "提醒短信的试验"),
            (
                "Complaints with and without a message, in groups that aren't mixed alike.",
                "有无提醒的投诉率比较，两组构成并不相同。",
            ),
            {
                "points": ("The difference in percentage points", "相差多少个百分点"),
                "same_mix": ("The rate with the other group's mix", "按另一组构成换算的投诉率"),
                "claim": ("The sentence that the figures bear out", "数据支持哪一种说法"),
                "next": ("The next step to recommend", "建议的下一步"),
            },
        ),
        "survey_channels": _name(
            ("A survey by channel", "分渠道的调查"),
            (
                "Answers after closed tickets by channel, with how many were invited.",
                "工单关闭后的分渠道调查结果与邀请人数。",
            ),
            {
                "whole": ("The satisfied share of all", "总体满意占比"),
                "response": ("The channel whose figure is least certain", "哪个渠道的数据最不可靠"),
                "margin": ("The margin of one channel's share", "某渠道占比的误差范围"),
                "finding": ("The statement that the figures bear out", "数据支持哪一结论"),
            },
        ),
        "survey_partner": _name(
            ("A call centre surveys for us", "委托呼叫中心做调查"),
            (
                "Buyers with their consents, the columns that may go out, and a proposal of the partner.",
                "买家的同意情况、可提供的字段与合作方的提议。",
            ),
            {
                "callable": ("How many buyers may be called", "可以致电多少位买家"),
                "columns": ("The columns that the partner gets", "合作方可得到哪些字段"),
                "own_survey": ("The answer to the partner's proposal", "如何答复对方的提议"),
                "withdrawn": ("A buyer withdraws the consent", "买家撤回同意怎么办"),
            },
        ),
    }
)
