"""What is wrong with stopped orders in detail, and the words that people leave: notes, reasons, corrections."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.domain.orders import Reason
from core.domain.places import PROVINCES
from seed.plan import Kind, Plan
from seed.streams import stream
from seed.trade import trade

_NOTE_SHARE = 0.07
APPROVALS = {
    Reason.PRICE: "Confirmed by the shop: campaign price / 店铺确认为活动价",
    Reason.DUPLICATE: "Buyer confirmed both orders / 买家确认两单都要",
    Reason.FRAUD: "Checked with risk control / 已与风控核实",
}
CANCELLATIONS = {
    Reason.DUPLICATE: "Ordered twice by mistake / 重复下单",
    Reason.FRAUD: "Refused by risk control / 风控不予放行",
    Reason.PRICE: "Wrong price, agreed with the buyer / 价格有误，已与买家协商",
}
CHANGED_MIND = (
    "Buyer changed their mind / 买家不想要了",
    "Ordered the wrong article / 拍错商品",
    "Found it cheaper / 其他店铺更便宜",
)
HOLDS = (
    "Buyer asks to wait / 买家要求暂缓发货",
    "Invoice data to be clarified / 发票信息待确认",
    "Buyer is travelling / 买家出差，延后发货",
)
CORRECTION = "We corrected your delivery details as you told us. / 已按您提供的信息更正收货信息。"
WRITE_OFF = "Water damage, written off / 受潮报损"


@dataclass(slots=True)
class Oddities:
    """Bad values by order: {order: {column: [bad, good]}}, and texts by order where there are any."""

    bad: dict[int, dict[str, list[str]]]
    short_cents: dict[int, int]
    hold: dict[int, str]
    cancellation: dict[int, str]
    approved: dict[int, dict[str, str]]
    note: dict[int, str]


def draw_oddities(plan: Plan, seed: int) -> Oddities:
    """Decides what exactly is the matter with each odd order of a plan."""
    rng = stream(seed, "oddities")
    found = Oddities({}, {}, {}, {}, {}, {})
    luck = rng.random(len(plan)).tolist()
    for order in np.nonzero(plan.reasons & (BIT_ADDRESS | BIT_PHONE))[0].tolist():
        found.bad[order] = _bad_values(plan, order, luck[order])
    short = np.nonzero(plan.has(Reason.PAYMENT))[0]
    for order, total in zip(short.tolist(), plan.goods.total_cents[short].tolist(), strict=True):
        found.short_cents[order] = max(1, int(total * (0.4 + 0.5 * luck[order])) // 100 * 100 or total // 2)
    for order in np.nonzero(plan.kind == Kind.HELD)[0].tolist():
        found.hold[order] = HOLDS[int(luck[order] * len(HOLDS))]
    for order in np.nonzero(plan.kind == Kind.CHANGED_MIND)[0].tolist():
        found.cancellation[order] = CHANGED_MIND[int(luck[order] * len(CHANGED_MIND))]
    for reason, words in CANCELLATIONS.items():
        for order in np.nonzero(plan.has(reason))[0].tolist():
            found.cancellation[order] = words
            found.approved[order] = {reason.value: APPROVALS[reason]}
    notes = trade().notes
    for order in np.nonzero(rng.random(len(plan)) < _NOTE_SHARE)[0].tolist():
        found.note[order] = notes[int(luck[order] * len(notes))]
    return found


BIT_ADDRESS = 1 << list(Reason).index(Reason.ADDRESS)
BIT_PHONE = 1 << list(Reason).index(Reason.PHONE)


def _bad_values(plan: Plan, order: int, luck: float) -> dict[str, list[str]]:
    """Faults as buyers make them; each is what the review calls a bad address or phone."""
    buyers, buyer, reasons = plan.buyers, int(plan.buyer[order]), int(plan.reasons[order])
    bad: dict[str, list[str]] = {}
    if reasons & BIT_PHONE:
        bad["buyer_phone"] = [bad_phone(buyers.phone[buyer], luck), buyers.phone[buyer]]
    if reasons & BIT_ADDRESS:
        column, value = bad_address(buyers.region[buyer], buyers.street[buyer], luck)
        good = {"street": buyers.street, "postcode": buyers.postcode, "city": buyers.city}[column]
        bad[column] = [value, good[buyer]]
    return bad


def bad_phone(phone: str, luck: float) -> str:
    """A phone number with a digit lost, one too many, or a head that no operator has."""
    return (phone[:-1], phone + phone[-1], "12" + phone[2:])[int(luck * 3)]


def bad_address(region: str, street: str, luck: float) -> tuple[str, str]:
    """A column and a value that can't be right there: no house number, or another province's city or postcode."""
    if luck < 0.5:
        words = street.translate(str.maketrans("", "", "0123456789")).split("号")[0].split("弄")[0]
        if words.startswith("Room"):
            return "street", "near " + words.removeprefix("Room , No. ").strip()
        return "street", words + "附近"
    others = [province for province in PROVINCES if province.code != region]
    other = others[int(luck * 1_000) % len(others)]
    if luck < 0.75:
        return "postcode", other.postcode_prefixes[0] + f"{int(luck * 9_000) + 1_000}"
    return "city", other.cities[0][0]
