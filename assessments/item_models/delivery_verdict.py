"""A delivery at the door: how much of it may be taken, which one is refused, and how far its purchase has come."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS
from assessments.item_models.warehouse_labels import PURCHASE_NAMES
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.errors import RuleViolation
from core.domain.purchasing import LineProgress, PurchaseStatus, check_expiry, check_over, status_of
from core.services.goods_policies import receiving_policy
from core.services.stock import today_of


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Goods of a purchase have come; asked is what the rules of the door say of them."""
    if params["ask"] == "refused":
        return _refused(world, rng)
    if params["ask"] == "status":
        return _status(world, rng)
    return _most(world, rng)


def is_taken(line: LineProgress, quantity: int) -> bool:
    """Whether the door takes so many units without anybody being asked."""
    try:
        check_over("", line, quantity, False, receiving_policy())
    except RuleViolation:
        return False
    return True


def keeps_long_enough(expires_on: str, today: date) -> bool:
    """Whether goods with this date are taken."""
    try:
        check_expiry("", True, expires_on, today, receiving_policy())
    except RuleViolation:
        return False
    return True


def most_taken(line: LineProgress) -> int:
    """The most units of a delivery that may be taken without anybody being asked."""
    units = line.rest
    while is_taken(line, units + 1):
        units += 1
    return units


def _most(world: Context, rng: random.Random) -> Built:
    (goods,) = m.goods_of(world, rng, 1)
    ordered = rng.randrange(50, 400, 10) + rng.choice((0, 5, 8))
    received = rng.choice((0, ordered // 3))
    line = LineProgress(ordered, 0, received, 0, 0)
    key = most_taken(line)
    extra = key - line.rest
    standing = key + rng.randint(4, 30)
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code}) at the door", f"收货口：{goods.name.zh}（{goods.code}）"),
        (Prose("Fact", "项目"), Prose("Units", "件数")),
        (
            (Prose("Ordered", "订购"), same(str(ordered))),
            (Prose("Received before", "此前已收"), same(str(received))),
            (Prose("Standing at the door now", "现在收货口"), same(str(standing))),
        ),
    )
    mistakes = (
        (line.rest, 0.25, Prose("5% of the ordered quantity may come too much.", "允许多收订购数量的 5%。")),
        (standing, 0.0, Prose("That is beyond the tolerance; the receipt is refused.", "超出允差，系统会拒绝登记。")),
        (
            line.rest + extra + 1,
            0.0,
            Prose(
                f"One too many: 5% of {ordered}, rounded down, is {extra}.",
                f"多了一件：{ordered} 的 5% 舍去小数为 {extra}。",
            ),
        ),
        (
            line.rest + int(line.rest * receiving_policy().over_tolerance),
            0.0,
            Prose(
                "The tolerance is reckoned on what was ordered, not on the rest.", "允差按订购数量计算，不按剩余数量。"
            ),
        ),
    )
    reason = Prose(
        f"{line.rest} are waited for, and 5% of {ordered}, rounded down to {extra}, may come on top: "
        f"{line.rest} + {extra} = {key}.",
        f"尚待到货 {line.rest} 件，另允许多收 {ordered} 的 5%（舍去小数为 {extra}）：{line.rest} + {extra} = {key}。",
    )
    stem = Prose(
        "How many units may you book at most without asking anybody?", "不用请示任何人，您最多可以登记多少件？"
    )
    return Built("numeric", stem, Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes)), exhibit)


def _refused(world: Context, rng: random.Random) -> Built:
    """Four deliveries that all look odd; the door refuses exactly one of them as it stands."""
    today = today_of(world)
    least = receiving_policy().least_shelf_life_days
    goods = m.goods_of(world, rng, 4, dated=True)
    by_date = rng.random() < 0.5
    rows, texts, reasons = [], [], []
    places = rng.sample(range(4), 4)
    for place in places:
        ordered = rng.randrange(40, 320, 20)
        line = LineProgress(ordered, 0, 0, 0, 0)
        most = most_taken(line)
        came, days = (ordered, rng.randint(least + 60, least + 400))
        if place == 0:
            came, days = (ordered, least - rng.randint(1, 12)) if by_date else (most + rng.randint(1, 3), days)
        elif place == 1:
            came = ordered - rng.randint(3, ordered // 3)
        elif place == 2:
            came = most
        else:
            days = least + rng.randint(0, 6)
        expires_on = (today + timedelta(days=days)).isoformat()
        taken = is_taken(line, came) and keeps_long_enough(expires_on, today)
        assert taken == (place != 0)
        rows.append((same(goods[place].code), *m.words(str(ordered), str(came), str(days))))
        texts.append(same(goods[place].code))
        reasons.append(_why(place, by_date, ordered, came, most, days))
    exhibit = Exhibit(
        Prose(
            "Four deliveries this morning, all of articles with an expiry date",
            "今天上午的四批到货，均为按有效期管理的商品",
        ),
        (
            Prose("Article", "商品"),
            Prose("Ordered", "订购"),
            Prose("Came", "到货"),
            Prose("Days until it expires", "距到期天数"),
        ),
        tuple(rows),
    )
    stem = Prose(
        "Which of these deliveries does the system refuse to take in as it came?",
        "哪一批货按实到情况登记会被系统拒绝？",
    )
    return Built("single", stem, pick(texts, places.index(0), reasons), exhibit)


def _why(place: int, by_date: bool, ordered: int, came: int, most: int, days: int) -> Prose:
    least = receiving_policy().least_shelf_life_days
    if place == 0 and by_date:
        return Prose(
            f"It keeps for {days} days only; at least {least} are wanted.", f"距到期只剩 {days} 天，至少要 {least} 天。"
        )
    if place == 0:
        return Prose(
            f"Of {ordered} ordered at most {most} may be taken without asking; {came} came.",
            f"订购 {ordered} 件，不用请示最多收 {most} 件，来了 {came} 件。",
        )
    if place == 1:
        return Prose("Fewer came: that is booked, the rest stays waited for.", "少到：按实到登记，其余继续等待。")
    if place == 2:
        return Prose(
            f"{came} is just within the tolerance: 5% of {ordered}, rounded down, is {most - ordered}.",
            f"{came} 件刚好在允差内：{ordered} 的 5% 舍去小数为 {most - ordered}。",
        )
    return Prose(
        f"{days} days are enough; at least {least} are wanted.", f"距到期还有 {days} 天，达到至少 {least} 天的要求。"
    )


_ASKED = (PurchaseStatus.PARTLY_RECEIVED, PurchaseStatus.RECEIVED, PurchaseStatus.INSPECTED, PurchaseStatus.PUT_AWAY)
_WHY: Mapping[PurchaseStatus, Prose] = {
    PurchaseStatus.PARTLY_RECEIVED: Prose("Something is still waited for.", "还有未到的货。"),
    PurchaseStatus.RECEIVED: Prose(
        "Nothing is waited for any more, but something isn't judged yet.", "货已到齐，但还有未验收的。"
    ),
    PurchaseStatus.INSPECTED: Prose(
        "Everything is judged, but something isn't in its bin yet.", "已全部验收，但还有未上架的。"
    ),
    PurchaseStatus.PUT_AWAY: Prose("Everything lies in its bin.", "全部已放入货位。"),
}


def _line(rng: random.Random, stage: PurchaseStatus) -> LineProgress:
    ordered = rng.randrange(20, 200, 10)
    part = rng.randint(5, 15)
    match stage:
        case PurchaseStatus.PARTLY_RECEIVED:
            return LineProgress(ordered, 0, ordered - part, 0, 0)
        case PurchaseStatus.RECEIVED:
            return LineProgress(ordered, 0, ordered, part, 0)
        case PurchaseStatus.INSPECTED:
            return LineProgress(ordered, 0, ordered, 0, part)
        case _:
            return LineProgress(ordered, 0, ordered, 0, 0)


def _status(world: Context, rng: random.Random) -> Built:
    goods = m.goods_of(world, rng, 4)
    slowest = rng.choice(_ASKED[:3])
    stages = [slowest, *(rng.choice(_ASKED[_ASKED.index(slowest) :]) for _ in range(2)), PurchaseStatus.PUT_AWAY]
    rng.shuffle(stages)
    lines = tuple(_line(rng, stage) for stage in stages)
    key = status_of(lines)
    exhibit = Exhibit(
        Prose("Lines of a purchase order", "采购单明细"),
        (
            Prose("Article", "商品"),
            Prose("Ordered", "订购"),
            Prose("Received", "已收"),
            Prose("Not inspected yet", "待验收"),
            Prose("Accepted, not put away yet", "已接收待上架"),
        ),
        tuple(
            (same(one.code), *m.words(*(str(n) for n in (row.ordered, row.received, row.uninspected, row.to_put_away))))
            for one, row in zip(goods, lines, strict=True)
        ),
    )
    reasons = []
    for status in _ASKED:
        slow = Prose("The slowest line decides.", "以最慢的一行为准。")
        said = _WHY[key]
        right = Prose(f"{slow.en} {said.en}", f"{slow.zh}{said.zh}")
        wrong = Prose(f"Look at the slowest line. {said.en}", f"要看最慢的一行：{said.zh}")
        reasons.append(right if status is key else wrong)
    stem = Prose("Where does this purchase stand?", "这张采购单现在是什么状态？")
    texts = [PURCHASE_NAMES[status] for status in _ASKED]
    return Built("single", stem, pick(texts, _ASKED.index(key), reasons), exhibit)


MODEL = ItemModel("delivery_verdict", {"ask": ("most", "refused", "status")}, build)
