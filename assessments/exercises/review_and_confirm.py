"""Two orders stopped for their price: a campaign explains one of them, the other is a slip of the pen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from assessments.evidence import (
    STATUS_PROSE,
    UNDER_WAY,
    facts_since,
    order_row,
    others_untouched,
    status_of,
    stock_untouched,
    units_kept,
    units_wanted,
)
from assessments.exercise import Case, Check, Exercise, Finding, Ids, Limit, Step
from assessments.prose import Prose, same
from assessments.situations import DAY, Bought, Buyer, local_time, pick_goods, place_order, stock_up
from core.context import Context
from core.domain.orders import Fact, Status
from core.services import orders

CAMPAIGN = "HD-1103"
_RIGHT, _WRONG = 85, 49  # per cent of the list price: 15% off, and the same digits turned round
_NAMES_CAMPAIGN = re.compile(r"hd\W{0,2}1103", re.IGNORECASE)
_SPEAKS_OF_IT = re.compile(r"campaign|discount|promo|% ?off|活动|促销|折|优惠", re.IGNORECASE)
_SPEAKS_OF_PRICE = re.compile(r"price|discount|campaign|hd\W{0,2}1103|%|价|折|活动|优惠|金额", re.IGNORECASE)

_ZHOU = Buyer("周逸然", "13862107345", "CN-JS", "苏州市", "姑苏区", "人民路 1188 号 3 幢 502 室", "215000")
_XU = Buyer("许文博", "13957184026", "CN-ZJ", "杭州市", "拱墅区", "湖墅南路 260 号 7 幢 1103 室", "310005")


def situation(ctx: Context) -> Ids:
    """Lays both orders, minutes apart, for the same article and with the same campaign in the channel's row."""
    (goods,) = pick_goods(ctx, 1, skip=2)
    stock_up(ctx.at(ctx.now - DAY), goods, _ZHOU.region, 12)
    first, last = (local_time(ctx, ctx.now + days * DAY).strftime("%m-%d") for days in (-2, 4))
    says = {"优惠信息": f"{CAMPAIGN} 指定商品 85 折 / 15% off this article ({first} – {last})"}
    lines = [[Bought(goods, 2, goods.list_price_cents * share // 100)] for share in (_RIGHT, _WRONG)]
    zhou = place_order(ctx, 9_000_137, _ZHOU, lines[0], minutes_ago=34, says=says)
    xu = place_order(ctx, 9_000_174, _XU, lines[1], minutes_ago=21, says=says)
    return {"campaign_order": zhou, "wrong_price": xu, "goods": goods.id}


def _confirmed(case: Case) -> Finding:
    status = status_of(case, case.ids["campaign_order"])
    wanted = Prose("confirmed or further on", "已确认，或处于其后的状态")
    return Finding(STATUS_PROSE[status], wanted, 1.0 if status in UNDER_WAY else 0.0)


def _noted(case: Case) -> Finding:
    wanted = Prose("a note that names the campaign by its number", "备注写明活动编号")
    facts = facts_since(case, case.ids["campaign_order"], Fact.CONFIRMED)
    note = str((facts[-1].get("approved") or {}).get("price", "")) if facts else ""
    if not note:
        return Finding(Prose("no note", "没有备注"), wanted, 0.0)
    fraction = 1.0 if _NAMES_CAMPAIGN.search(note) else 0.6 if _SPEAKS_OF_IT.search(note) else 0.3
    return Finding(same(f"“{note}”"), wanted, fraction)


def _reserved(case: Case) -> Finding:
    order_id = case.ids["campaign_order"]
    kept, wanted = units_kept(case.ctx, order_id), units_wanted(case.ctx, order_id)
    return Finding(
        Prose(f"{kept} of {wanted} units reserved", f"已预留 {kept} 件，共 {wanted} 件"),
        Prose(f"all {wanted} units reserved", f"{wanted} 件全部预留"),
        min(kept, wanted) / wanted,
    )


def _held(case: Case) -> Finding:
    wanted = Prose("on hold, with a reason that speaks of the price", "已挂起，原因写明价格问题")
    reason = order_row(case.ctx, case.ids["wrong_price"]).hold_reason
    if reason is None:
        return Finding(Prose("not on hold", "未挂起"), wanted, 0.0)
    return Finding(same(f"“{reason}”"), wanted, 1.0 if _SPEAKS_OF_PRICE.search(reason) else 0.6)


def _let_through(case: Case) -> list[Prose]:
    row = order_row(case.ctx, case.ids["wrong_price"])
    if row.status == Status.EXCEPTION:
        return []
    now = STATUS_PROSE[Status(row.status)]
    return [Prose(f"Order {row.number} is {now.en}.", f"订单 {row.number} {now.zh}。")]


def _let_it_pass(case: Case) -> None:
    orders.confirm_order(case.ctx, case.ids["wrong_price"], approved={"price": "?"})


def solve(ctx: Context, ids: Ids) -> Iterator[Step]:
    """Compares, confirms the one with a note, holds the other."""
    right, wrong = ids["campaign_order"], ids["wrong_price"]
    yield Step(
        Prose(
            f"Both orders stopped because of the price. The channel's row says {CAMPAIGN}, 15% off. This one "
            "is 15% "
            "below the list: the campaign explains it.",
            f"两单都因价格被拦截。渠道数据写明活动 {CAMPAIGN}，85 折。这一单低于标价 15%，活动可以解释。",
        ),
        right,
    )
    orders.confirm_order(ctx, right, approved={"price": f"{CAMPAIGN}: 85 折 / 15% off, verified with the list price"})
    yield Step(
        Prose(
            "Let the price pass with a note that names the campaign, and confirm. The units are reserved at once.",
            "填写注明活动编号的备注，放行价格并确认。系统立即预留库存。",
        ),
        right,
    )
    yield Step(
        Prose(
            "The other one carries the same campaign, but is 51% below the list: 15 became 51. No campaign "
            "allows that.",
            "另一单写着同一活动，却低于标价 51%：15 错成了 51，没有任何活动允许这样的价格。",
        ),
        wrong,
    )
    orders.hold_order(
        ctx, wrong, f"价格低于标价 51%，{CAMPAIGN} 只允许 15% / Price 51% below list, {CAMPAIGN} allows 15%"
    )
    yield Step(
        Prose(
            "Put it on hold with a reason, so that nobody confirms it before merchandising has decided.",
            "写明原因并挂起，商品部决定之前任何人都不会误确认。",
        ),
        wrong,
    )


EXERCISE = Exercise(
    key="review_and_confirm",
    title=Prose("Review stopped orders and confirm the right one", "复核被拦截的订单，确认该确认的"),
    brief=Prose(
        "It is shortly before the noon wave. The automatic review has stopped two orders for the same article, "
        "from "
        "**周逸然** and from **许文博**, because their prices differ from the list. Merchandising runs a "
        "campaign on this "
        "article; whether it explains a price shows when you compare the order with the list and with what the "
        "channel sent.\n\n"
        "- Let the order pass whose price the campaign explains. Say in the note which campaign it is, so that "
        "audit can "
        "follow. It has to catch the wave: confirmed, with its units reserved.\n"
        "- The other one must not leave the house at that price. Put it on hold, with a reason that tells "
        "merchandising "
        "what is wrong. Deciding about it is up to them.\n"
        "- Leave everything else as it is.",
        "午间波次即将开始。自动审核拦下了同一商品的两个订单，买家分别是**周逸然**和**许文博**，"
        "原因是成交价与标价不符。"
        "商品部正在对该商品做活动；价格能否由活动解释，要把订单、标价和渠道原始数据对照后才知道。\n\n"
        "- 放行活动可以解释的那一单，并在备注中写明是哪个活动，便于日后审计。它要赶上本波次：确认订单，"
        "库存预留到位。\n"
        "- 另一单不能按这个价格出库。请将其挂起，并写明原因，让商品部知道问题在哪里；如何处理由商品部决定。\n"
        "- 其余一切保持原样。",
    ),
    positions=("O",),
    competencies=("2.1", "2.2"),
    minutes=10,
    scenario="desk",
    seed=11,
    situation=situation,
    checks=(
        Check("confirmed", Prose("The campaign order is confirmed", "活动订单已确认"), 30, _confirmed),
        Check("noted", Prose("The note says why its price may pass", "备注说明了放行价格的依据"), 20, _noted),
        Check("reserved", Prose("Its units are reserved", "活动订单的库存已预留"), 20, _reserved),
        Check("held", Prose("The wrongly priced order is on hold", "价格错误的订单已挂起"), 30, _held),
    ),
    limits=(
        Limit(
            "not_let_through",
            Prose("The wrongly priced order stays stopped", "价格错误的订单保持拦截"),
            30,
            _let_through,
            _let_it_pass,
        ),
        others_untouched("campaign_order", "wrong_price"),
        stock_untouched("campaign_order", "wrong_price"),
    ),
    hints=(
        Prose(
            "Both orders are in the queue under “Needs a decision”. Open each and compare per line: list price, "
            "price "
            "paid, and what the channel says about a discount.",
            "两单都在队列的“待处理”里。逐一打开，按行对照：标价、成交价，以及渠道数据里关于优惠的说明。",
        ),
        Prose(
            "The channel says 15% off for both. Work it out: list price × 0.85. Only one of them is there.",
            "渠道数据里两单都写着 85 折。算一算：标价 × 0.85，只有一单对得上。",
        ),
        Prose(
            f"周逸然: confirm, let the price pass with a note that names {CAMPAIGN}. 许文博: hold, reason “51% "
            "below list, "
            "campaign allows 15%”.",
            f"周逸然：确认订单，放行价格，备注写明 {CAMPAIGN}。许文博：挂起，原因写“低于标价 51%，活动只允许 15%”。",
        ),
    ),
    solve=solve,
)
