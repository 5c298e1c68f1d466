"""Until which day a return may be asked for, and whether a request is within the policy."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import choice
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Choice
from core.context import Context

# Days after the delivery within which the request has to come. Source: the handbook's section 25.1.
DAYS: Mapping[str, int] = {"mind": 7, "quality": 15}
_REASONS: Mapping[str, Prose] = {
    "mind": Prose("doesn't like it any more", "不喜欢了"),
    "quality": Prose("faulty when unpacked", "拆开即发现质量问题"),
}
_STATES: Mapping[str, Prose] = {
    "fit": Prose("complete, unopened, as new", "配件齐全，未拆封，完好如新"),
    "used": Prose("opened and used", "已拆封并使用过"),
    "faulty": Prose("fault confirmed, not caused by the user", "质量问题属实，非使用者造成"),
}


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A delivered article and a request; asked is the last day for it, or what becomes of it."""
    (goods,) = m.goods_of(world, rng, 1)
    today = date.fromisoformat(m.moment(world, world.now)[:10])
    delivered = today - timedelta(days=rng.randint(20, 200))
    reason = rng.choice(sorted(DAYS))
    number = f"{rng.randrange(10**17, 10**18)}"
    rows = [
        (Prose("Article", "商品"), goods.name),
        (Prose("Delivered on", "签收日期"), same(delivered.isoformat())),
        (Prose("Reason", "退货理由"), _REASONS[reason]),
    ]
    title = Prose(f"Order {number}", f"订单 {number}")
    columns = (Prose("Fact", "项目"), Prose("Value", "内容"))
    if params["ask"] == "last":
        stem = Prose("By the end of which day must this return be requested?", "最晚哪一天可以提出该退货申请？")
        return Built("single", stem, _last(delivered, reason), Exhibit(title, columns, tuple(rows)))
    last = delivered + timedelta(days=DAYS[reason])
    asked = last + timedelta(days=rng.choice((-4, -2, -1, 0, 1, 2, 5)))
    # One ground for a refusal at most: used goods that were also asked for too late would leave two right answers.
    state = "faulty" if reason == "quality" else rng.choice(("fit", "used")) if asked <= last else "fit"
    back = asked + timedelta(days=rng.randint(3, 6))
    rows += [
        (Prose("Asked on", "申请日期"), same(asked.isoformat())),
        (Prose("Goods back on", "商品到仓日期"), same(back.isoformat())),
        (Prose("Found at the inspection", "质检情况"), _STATES[state]),
    ]
    stem = Prose("How is this request to be decided?", "该申请应如何处理？")
    return Built("single", stem, _verdict(reason, state, asked, last), Exhibit(title, columns, tuple(rows)))


def _last(delivered: date, reason: str) -> Choice:
    days = DAYS[reason]
    other = DAYS["quality" if reason == "mind" else "mind"]
    last = delivered + timedelta(days=days)
    said = Prose(
        f"{days} days for this reason, counted from the day after {delivered}.",
        f"该理由 {days} 天，从 {delivered} 的次日起算。",
    )
    wrong = (
        (last - timedelta(days=1), Prose("The day of the delivery doesn't count.", "签收当天不计。")),
        (delivered + timedelta(days=other), Prose("This is the limit for the other reason.", "这是另一种理由的期限。")),
        (last + timedelta(days=1), Prose("One day too many.", "多算了一天。")),
    )
    return choice(
        (same(last.isoformat()), said),
        *((same(day.isoformat()), Prose(f"{said.en} {why.en}", f"{said.zh}{why.zh}")) for day, why in wrong),
    )


def _verdict(reason: str, state: str, asked: date, last: date) -> Choice:
    in_time = asked <= last
    key = "late" if not in_time else "used" if state == "used" else reason
    found = Prose(f"The last day was {last}, the request came on {asked}.", f"最晚 {last} 提出，实际 {asked} 提出。")
    said = {
        "mind": (
            Prose("Refunded without a reason; the buyer pays the way back", "无理由退货退款，退回运费由买家承担"),
            Prose("For requests within 7 days, with goods fit for sale again.", "适用于 7 天内提出、商品完好的申请。"),
        ),
        "quality": (
            Prose("Refunded as a quality fault; we pay the way back", "按质量问题退款，退回运费由我方承担"),
            Prose(
                "For requests within 15 days, with a fault that is proved.", "适用于 15 天内提出、质量问题属实的申请。"
            ),
        ),
        "used": (
            Prose("Rejected: used goods aren't taken back without a reason", "拒绝：已使用的商品不适用无理由退货"),
            Prose("Trying on and looking is allowed, using isn't.", "可以试穿、查看，不可以使用。"),
        ),
        "late": (
            Prose("Rejected: the request came too late", "拒绝：提出得太晚"),
            Prose("The day of the request decides, not the day the goods are back.", "以申请日为准，不看到仓日期。"),
        ),
    }
    pairs = {name: (text, Prose(f"{found.en} {why.en}", f"{found.zh}{why.zh}")) for name, (text, why) in said.items()}
    return choice(pairs.pop(key), *pairs.values())


MODEL = ItemModel("return_request", {"ask": ("last", "verdict")}, build)
