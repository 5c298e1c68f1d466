"""A buyer ordered twice by mistake: cancel the right one, so that its stock is free and its money goes back."""

from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from assessments.evidence import (
    STATUS_PROSE,
    UNDER_WAY,
    messages_since,
    money,
    order_row,
    others_untouched,
    paid_back,
    status_of,
    stock_untouched,
    units_kept,
    units_wanted,
)
from assessments.exercise import Case, Check, Exercise, Finding, Ids, Limit, Step
from assessments.prose import Prose, same
from assessments.situations import DAY, Bought, Buyer, pick_goods, place_order, stock_up
from core.context import Context
from core.db.world_tables import sku
from core.domain.orders import Status
from core.services import orders, packing, picking, shipping
from core.services.carriers import carrier_policy

_MEANS = {"alipay": Prose("Alipay", "支付宝"), "gift_card": Prose("gift card", "礼品卡")}
_GU = Buyer("顾明轩", "13817730652", "CN-SH", "上海市", "徐汇区", "漕溪北路 398 号 2 幢 1901 室", "200030")
_OTHER_GU = Buyer("顾明轩", "13764419083", "CN-SH", "上海市", "杨浦区", "国权路 525 号 6 幢 302 室", "200433")


def situation(ctx: Context) -> Ids:
    """Lays three orders of the buyer (one of them days old and packed) and one of a man of the same name."""
    goods, other = pick_goods(ctx, 2, skip=6)
    early = ctx.at(ctx.now - 3 * DAY)
    for one in (goods, other):
        stock_up(early, one, _GU.region, 14)
    old = place_order(ctx, 9_000_359, _GU, [Bought(other, 1)], minutes_ago=2 * DAY // 60)
    _bring_on(ctx.at(ctx.now - DAY), old)
    namesake = place_order(ctx, 9_000_396, _OTHER_GU, [Bought(goods, 2)], minutes_ago=83)
    mistaken = place_order(ctx, 9_000_433, _GU, [Bought(goods, 5)], minutes_ago=52, gift_card_cents=5_000)
    note = (
        "刚才那单数量点错了，拍成 5 件了，请帮我取消；这单 2 件照发，谢谢 / "
        "I tapped 5 by mistake a moment ago, please cancel that one and send these 2, thanks"
    )
    kept = place_order(ctx, 9_000_470, _GU, [Bought(goods, 2)], minutes_ago=47, note=note)
    return {"mistaken": mistaken, "kept": kept, "old": old, "namesake": namesake, "goods": goods.id}


def _bring_on(ctx: Context, order_id: int) -> None:
    """Works an order off as far as the packing table."""
    (parcel,) = shipping.release_order(ctx, order_id)
    picking.pick_shipment(ctx, parcel)
    packing.pack_shipment(ctx, parcel, carrier_code=carrier_policy().carriers[0].code)


def _cancelled(case: Case) -> Finding:
    status = status_of(case, case.ids["mistaken"])
    return Finding(
        STATUS_PROSE[status],
        STATUS_PROSE[Status.CANCELLED],
        1.0 if status is Status.CANCELLED else 0.0,
    )


def _free(case: Case) -> Finding:
    order_id = case.ids["mistaken"]
    wanted, kept = units_wanted(case.ctx, order_id), units_kept(case.ctx, order_id)
    free = max(0, wanted - kept)
    code = case.ctx.db.execute(select(sku.c.code).where(sku.c.id == case.ids["goods"])).scalar_one()
    return Finding(
        Prose(f"{free} of {wanted} units of {code} free again", f"{code}：{wanted} 件中已释放 {free} 件"),
        Prose(f"all {wanted} units free again", f"{wanted} 件全部释放"),
        free / wanted,
    )


def _refunded(case: Case) -> Finding:
    sums = paid_back(case, case.ids["mistaken"])
    paid, back = sum(p for p, _ in sums.values()), sum(min(p, b) for p, b in sums.values())

    def said(language: str, place: int) -> str:
        parts = [f"{_MEANS[means].in_language(language)} {money(pair[place])}" for means, pair in sorted(sums.items())]
        return ("、" if language == "zh" else ", ").join(parts)

    return Finding(
        Prose(f"paid back: {said('en', 1)}", f"已退款：{said('zh', 1)}"),
        Prose(f"by the means it came: {said('en', 0)}", f"原路退回：{said('zh', 0)}"),
        back / paid,
    )


def _told(case: Case) -> Finding:
    wanted = Prose(
        "a message that the other order is still coming",
        "告知买家另一单照常发货的消息",
    )
    number = order_row(case.ctx, case.ids["kept"]).number
    about_kept = messages_since(case, case.ids["kept"])
    naming_it = [body for body in messages_since(case, case.ids["mistaken"]) if number in body]
    if said := about_kept or naming_it:
        return Finding(same(f"“{said[-1]}”"), wanted, 1.0)
    return Finding(Prose("no word about it", "未提及另一单"), wanted, 0.0)


def _harmed(case: Case) -> list[Prose]:
    breaches = []
    for name in ("kept", "old"):
        row = order_row(case.ctx, case.ids[name])
        status = Status(row.status)
        if status not in UNDER_WAY or row.hold_reason is not None:
            now = STATUS_PROSE[status]
            held = Prose(" and on hold", "且被挂起") if row.hold_reason is not None else Prose("", "")
            breaches.append(
                Prose(
                    f"Order {row.number} is {now.en}{held.en}; the buyer wants it.",
                    f"订单 {row.number} {now.zh}{held.zh}；买家需要这一单。",
                )
            )
    return breaches


def _cancel_the_other(case: Case) -> None:
    orders.cancel_order(case.ctx, case.ids["kept"], "?")


def solve(ctx: Context, ids: Ids) -> Iterator[Step]:
    """Reads the note, tells the orders apart, cancels the one meant, tells the buyer of the other."""
    mistaken, kept = ids["mistaken"], ids["kept"]
    yield Step(
        Prose(
            "Search for 顾明轩. The note on his latest order says which one is meant: the one with 5 units, "
            "placed just "
            "before. The phone number tells him from another buyer of the same name.",
            "搜索“顾明轩”。他最新一单的留言说明了要取消哪一单：紧接在前、数量 5 件的那一单。凭手机号可与同名买家区分。",
        ),
        kept,
    )
    yield Step(
        Prose(
            "This is the one: same phone, 5 units, five minutes earlier. It is allocated, so cancelling is "
            "still possible "
            "and will free its units.",
            "就是这一单：同一手机号，5 件，早五分钟。已分配库存但尚未交接，仍可取消，库存会释放。",
        ),
        mistaken,
    )
    number = order_row(ctx, kept).number
    orders.cancel_order(ctx, mistaken, "买家拍错数量，要求取消 / Ordered by mistake, cancelled at the buyer's request")
    yield Step(
        Prose(
            "Cancel with a reason. Units are free again, and the money goes back by the means it came: Alipay "
            "and gift card.",
            "填写原因并取消。库存释放，款项按原支付方式退回：支付宝与礼品卡。",
        ),
        mistaken,
    )
    orders.notify_buyer(
        ctx,
        kept,
        f"顾先生您好，5 件的订单已取消并退款，订单 {number}（2 件）照常发货。/ Your order of 2 ships as planned.",
    )
    yield Step(
        Prose(
            "Write to the buyer that the other order ships as planned, so that he needn't ask.",
            "告知买家另一单照常发货，免得他再来询问。",
        ),
        kept,
    )


EXERCISE = Exercise(
    key="cancel_and_free",
    title=Prose("Cancel the right order and free its stock", "取消正确的订单，释放库存"),
    brief=Prose(
        "Customer service passes on a case: the buyer **顾明轩** (Gu Mingxuan) ordered an article twice this "
        "morning and "
        "wants one of the two cancelled. Which one he means, he wrote in the note to the seller. Other "
        "customers are "
        "waiting for these units, so they should be free again before the noon wave.\n\n"
        "- Cancel the order that he means. His money goes back the way it came.\n"
        "- The goods he wants stay on their way, and so does everything of other buyers, whatever they are "
        "called.\n"
        "- Write to him that his other order of this morning ships as planned.",
        "客服转来一单：买家**顾明轩**今天早上把同一商品下了两单，要求取消其中一单。要取消哪一单，"
        "他写在了买家留言里。"
        "其他顾客正等着这些货，请在午间波次之前释放库存。\n\n"
        "- 取消他所指的那一单，款项原路退回。\n"
        "- 他要的商品照常发货；其他买家的订单，无论姓名是否相同，都不受影响。\n"
        "- 告知他今天早上的另一单照常发货。",
    ),
    positions=("O",),
    competencies=("2.5",),
    minutes=8,
    scenario="desk",
    seed=13,
    situation=situation,
    checks=(
        Check("cancelled", Prose("The mistaken order is cancelled", "拍错的订单已取消"), 40, _cancelled),
        Check("free", Prose("Its units are free again", "其库存已释放"), 20, _free),
        Check("refunded", Prose("The money went back the way it came", "款项已原路退回"), 20, _refunded),
        Check("told", Prose("The buyer knows the other one is coming", "买家知道另一单照常发货"), 20, _told),
    ),
    limits=(
        Limit(
            "others_of_the_buyer",
            Prose("What the buyer wants stays on its way", "买家要的商品照常发货"),
            40,
            _harmed,
            _cancel_the_other,
        ),
        others_untouched("mistaken", "kept"),
        stock_untouched("mistaken", "kept"),
    ),
    hints=(
        Prose(
            "Search the desk for the buyer's name. Compare phone numbers: not every 顾明轩 is the same man.",
            "在订单台搜索买家姓名，并核对手机号：同名的不一定是同一个人。",
        ),
        Prose(
            "Read the note on his latest order, and compare quantities and times of his other orders.",
            "阅读他最新一单的留言，再对照他其他订单的数量和下单时间。",
        ),
        Prose(
            "Cancel the order of 5 units. Then open the one of 2 units and write to the buyer that it is coming.",
            "取消 5 件的那一单，然后打开 2 件的那一单，告知买家照常发货。",
        ),
    ),
    solve=solve,
)
