"""A buyer's app filled in a city from an old entry: find the order, mend what is wrong and only that, tell her."""

from __future__ import annotations

from collections.abc import Iterator

from assessments.evidence import (
    STATUS_PROSE,
    UNDER_WAY,
    messages_since,
    order_row,
    others_untouched,
    status_of,
    stock_untouched,
    units_kept,
    units_wanted,
)
from assessments.exercise import Case, Check, Exercise, Finding, Ids, Limit, Step
from assessments.prose import Prose, same
from assessments.situations import DAY, Bought, Buyer, pick_goods, place_order, stock_up
from core.context import Context
from core.services import orders

_WRONG_CITY, _RIGHT_CITY = "苏州市", "杭州市"
_RIGHT_SPELLINGS = frozenset({"杭州市", "杭州", "hangzhou"})
_KEPT_FIELDS = {
    "buyer_name": Prose("recipient", "收货人"),
    "buyer_phone": Prose("phone", "电话"),
    "region": Prose("province", "省份"),
    "district": Prose("district", "区县"),
    "street": Prose("street", "详细地址"),
    "postcode": Prose("postcode", "邮编"),
}

_SHEN = Buyer("沈嘉宁", "13757162038", "CN-ZJ", _WRONG_CITY, "西湖区", "文三路 398 号东信大厦 12 楼", "310012")
# In the same queue, each with a fault of its own, and in the hands of a colleague.
_NAMESAKE = Buyer("沈佳宁", "13605748821", "CN-ZJ", "宁波市", "鄞州区", "中山东路 1999 号 2 幢 801 室", "351000")
_NO_NUMBER = Buyer("陆思远", "13812906647", "CN-JS", "南京市", "鼓楼区", "中山北路", "210008")
# Also from Zhejiang, with nothing wrong at all.
_FINE = Buyer("沈嘉怡", "13588204417", "CN-ZJ", "杭州市", "滨江区", "江南大道 588 号 1 幢 1602 室", "310051")


def situation(ctx: Context) -> Ids:
    """Lays the order with the contradiction among others that look much like it."""
    goods = pick_goods(ctx, 2, skip=4)
    whole = {"收货地址": "浙江省杭州市西湖区文三路 398 号东信大厦 12 楼（公司前台）"}
    note = "公司前台代收，杭州同城件也可以 / reception of our Hangzhou office will take it"
    for one in goods:
        stock_up(ctx.at(ctx.now - DAY), one, _SHEN.region, 9)
    fine = place_order(ctx, 9_000_211, _FINE, [Bought(goods[1], 1)], minutes_ago=96)
    target = place_order(ctx, 9_000_248, _SHEN, [Bought(goods[0], 3)], minutes_ago=71, note=note, says=whole)
    namesake = place_order(ctx, 9_000_285, _NAMESAKE, [Bought(goods[1], 1)], minutes_ago=58)
    no_number = place_order(ctx, 9_000_322, _NO_NUMBER, [Bought(goods[0], 1)], minutes_ago=44)
    later = ctx.at(ctx.now - 15 * 60)
    orders.hold_order(later, namesake, "邮编与买家核对中 – 林玫 / Postcode: waiting for the buyer's answer – Lin Mei")
    orders.hold_order(later, no_number, "缺门牌号，已去电 – 林玫 / House number missing, called the buyer – Lin Mei")
    return {"target": target, "namesake": namesake, "no_number": no_number, "fine": fine}


def _city(case: Case) -> Finding:
    city = order_row(case.ctx, case.ids["target"]).city
    right = city.strip().lower() in _RIGHT_SPELLINGS
    wanted = Prose(
        "the city that the rest of the order speaks of",
        "与订单其余信息一致的城市",
    )
    return Finding(same(city), wanted, 1.0 if right else 0.0)


def _told(case: Case) -> Finding:
    wanted = Prose("a message that names the right city", "消息中写明正确的城市")
    bodies = messages_since(case, case.ids["target"])
    if not bodies:
        return Finding(Prose("no message", "没有发送消息"), wanted, 0.0)
    last = bodies[-1]
    named = any(word in last.lower() for word in ("杭州", "hangzhou"))
    return Finding(same(f"“{last}”"), wanted, 1.0 if named else 0.4)


def _confirmed(case: Case) -> Finding:
    row = order_row(case.ctx, case.ids["target"])
    status = status_of(case, row.id)
    found = STATUS_PROSE[status]
    wanted = Prose("out of the exceptions, confirmed or further on", "已离开异常队列，已确认或处于其后的状态")
    if status in UNDER_WAY:
        return Finding(found, wanted, 1.0)
    if row.exceptions:
        return Finding(found, wanted, 0.0)
    almost = Prose(f"{found.en}, but no reason is left", f"{found.zh}，但已无拦截原因")
    return Finding(almost, wanted, 0.4)


def _reserved(case: Case) -> Finding:
    order_id = case.ids["target"]
    kept, wanted = units_kept(case.ctx, order_id), units_wanted(case.ctx, order_id)
    return Finding(
        Prose(f"{kept} of {wanted} units reserved", f"已预留 {kept} 件，共 {wanted} 件"),
        Prose(f"all {wanted} units reserved", f"{wanted} 件全部预留"),
        min(kept, wanted) / wanted,
    )


def _changed_besides(case: Case) -> list[Prose]:
    row = order_row(case.ctx, case.ids["target"])._mapping
    breaches = []
    for field, name in _KEPT_FIELDS.items():
        before, now = getattr(_SHEN, field.removeprefix("buyer_")), row[field]
        if now != before:
            breaches.append(
                Prose(
                    f"The {name.en} was right and is now “{now}” (was “{before}”).",
                    f"{name.zh}原本正确，现为“{now}”（原为“{before}”）。",
                )
            )
    return breaches


def _change_postcode(case: Case) -> None:
    orders.amend_order(case.ctx, case.ids["target"], {"postcode": "215000"}, "?")


def solve(ctx: Context, ids: Ids) -> Iterator[Step]:
    """Finds the contradiction, corrects the city, tells the buyer, confirms."""
    target = ids["target"]
    yield Step(
        Prose(
            "Search the queue for 沈. Two are stopped for their address; one of them is on hold by a colleague. "
            "This one is "
            "free, and its city contradicts its province.",
            "在队列中搜索“沈”。两单因地址被拦截，其中一单已由同事挂起。这一单无人处理，城市与省份矛盾。",
        ),
        target,
    )
    yield Step(
        Prose(
            "Which of the two is wrong? Postcode 310012, the district 西湖区, the full address line of the "
            "channel and the "
            "buyer's note all say Hangzhou. So the province is right and the city is wrong.",
            "到底哪个错了？邮编 310012、区县“西湖区”、渠道的完整地址和买家留言都指向杭州。所以省份正确，城市错误。",
        ),
        target,
    )
    order_number = order_row(ctx, target).number
    orders.amend_order(
        ctx,
        target,
        {"city": _RIGHT_CITY},
        f"沈女士您好，订单 {order_number} 的城市已更正为杭州市，其余地址不变。/ The city of your order was "
        f"corrected to Hangzhou.",
    )
    yield Step(
        Prose(
            "Correct the city and nothing else, and send the buyer a message that names it. The review finds "
            "nothing more.",
            "只更正城市，并给买家发送写明更正内容的消息。系统重新审核，已无问题。",
        ),
        target,
    )
    orders.confirm_order(ctx, target)
    yield Step(
        Prose(
            "Confirm: correcting alone leaves an order in the queue. Now its units are reserved.",
            "确认订单：仅更正不会让订单离开队列。确认后库存已预留。",
        ),
        target,
    )


EXERCISE = Exercise(
    key="wrong_address",
    title=Prose("Find the wrong address, correct it, tell the buyer", "找出错误地址，更正并告知买家"),
    brief=Prose(
        "A note from the hotline: “Ms **沈** (Shen), company address in Zhejiang, ordered this morning. Her app "
        "filled in "
        "the city from an old entry of her address book. She was in a hurry and had no order number.”\n\n"
        "- Find her order. More than one buyer is called Shen, and orders on hold are being worked on by a "
        "colleague.\n"
        "- Correct exactly what is wrong. The rest of the address is what the courier goes by, and it is right.\n"
        "- Tell the buyer where the parcel will go now.\n"
        "- See to it that the order goes on: confirmed, with its units reserved.",
        "热线同事留言：“**沈**女士，浙江的公司地址，今天早上下的单。App 从旧地址簿里带出了错误的城市。她很着急，"
        "没有报订单号。”\n\n"
        "- 找到她的订单。姓沈的买家不止一位；已挂起的订单正由同事处理。\n"
        "- 只更正错误之处。地址的其余部分是正确的，快递员要靠它送货。\n"
        "- 告知买家包裹现在寄往哪里。\n"
        "- 让订单继续往下走：确认订单，库存预留到位。",
    ),
    positions=("O", "S"),
    competencies=("2.1", "2.5"),
    minutes=12,
    scenario="desk",
    seed=12,
    situation=situation,
    checks=(
        Check("city", Prose("The city is right", "城市正确"), 35, _city),
        Check("told", Prose("The buyer was told the right city", "已告知买家正确的城市"), 20, _told),
        Check("confirmed", Prose("The order goes on", "订单继续处理"), 25, _confirmed),
        Check("reserved", Prose("Its units are reserved", "库存已预留"), 20, _reserved),
    ),
    limits=(
        Limit(
            "rest_of_address",
            Prose("The rest of the address stays as it was", "地址其余部分保持不变"),
            15,
            _changed_besides,
            _change_postcode,
        ),
        others_untouched("target"),
        stock_untouched("target"),
    ),
    hints=(
        Prose(
            "Search the desk for 沈 and open those that stopped because of the address. The page marks the "
            "field at fault.",
            "在订单台搜索“沈”，打开因地址被拦截的订单。页面会标出有问题的字段。",
        ),
        Prose(
            "City and province contradict each other, so one of them is wrong. Which one? Look at the postcode, "
            "the "
            "district, the buyer's note and the full address line in the channel's data.",
            "城市与省份互相矛盾，必有一个错误。是哪一个？看看邮编、区县、买家留言和渠道数据里的完整地址。",
        ),
        Prose(
            "Only the city is wrong: it must read 杭州市 (Hangzhou). Correct it, name it in the message, then "
            "confirm the order.",
            "只有城市错了，应为杭州市。更正城市，在消息中写明，然后确认订单。",
        ),
    ),
    solve=solve,
)
