"""Which lane warns, and on which stretch of its way a lane loses the most time."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.carrier_rules import ENOUGH, RED, TARGET, YELLOW, Share, colour_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context
from core.domain.places import PROVINCES

_STRETCHES: tuple[Prose, ...] = (
    Prose("pick-up", "揽收"),
    Prose("first hub", "始发分拨"),
    Prose("line haul", "干线"),
    Prose("last hub", "末端分拨"),
    Prose("last mile", "最后一公里"),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Lanes with their shares within the standard, or a lane's stretches; asked is where to look first."""
    return _lanes(world, rng) if params["ask"] == "colour" else _stretch(rng)


def _lanes(world: Context, rng: random.Random) -> Built:
    """One lane is red; one is worse but has too few parcels, one is yellow, one is fine."""
    wanted = ["red", "few", "yellow", "green"]
    rng.shuffle(wanted)
    warehouse = m.warehouse_names(world, rng.choice(m.warehouses_of(world)))
    provinces = rng.sample(PROVINCES, 4)
    lanes = [_lane(rng, colour) for colour in wanted]
    names = [Prose(f"to {place.name_en}", f"发往{place.name_zh}") for place in provinces]
    exhibit = Exhibit(
        Prose(f"{warehouse.en}, last 7 days", f"{warehouse.zh}，最近 7 天"),
        (Prose("Lane", "线路"), Prose("Parcels", "包裹数"), Prose("Within the standard", "标准内签收")),
        tuple((name, same(str(lane.n)), _share(lane)) for name, lane in zip(names, lanes, strict=True)),
    )
    stem = Prose(
        f"The target is {TARGET}%. Which lane does the board show in **red**?",
        f"目标为 {TARGET}%。看板上哪条线路显示为**红色**？",
    )
    return Built("single", stem, pick(names, wanted.index("red"), [_why(lane) for lane in lanes]), exhibit)


def _share(lane: Share) -> Prose:
    rate = f"{100 * lane.rate:.1f}"
    return Prose(f"{lane.hits} ({rate}%)", f"{lane.hits}（{rate}%）")


def _lane(rng: random.Random, colour: str) -> Share:
    while True:
        n = rng.randint(8, ENOUGH - 1) if colour == "few" else rng.randint(ENOUGH, 700)
        lane = Share(round(n * rng.uniform(0.6, 0.85) if colour == "few" else n * rng.uniform(0.84, 0.985)), n)
        gap = TARGET - 100 * lane.rate
        if colour_of(lane) == colour and abs(gap - YELLOW) > 0.3 and abs(gap - RED) > 0.3:
            return lane


def _why(lane: Share) -> Prose:
    below = TARGET - 100 * lane.rate
    match colour_of(lane):
        case "few":
            return Prose(
                f"Low, but {lane.n} parcels say too little: a lane with fewer than {ENOUGH} is looked at over a "
                "longer time.",
                f"比例虽低，但只有 {lane.n} 件；不足 {ENOUGH} 件的，先拉长时间段再看。",
            )
        case "red":
            return Prose(
                f"{below:.1f} points below the target; red begins at {RED}.",
                f"比目标低 {below:.1f} 个百分点；低 {RED} 个起为红色。",
            )
        case "yellow":
            return Prose(
                f"{below:.1f} points below the target: yellow, which begins at {YELLOW}; red begins at {RED}.",
                f"比目标低 {below:.1f} 个百分点：低 {YELLOW} 个起为黄色，低 {RED} 个起为红色。",
            )
    if below <= 0:
        return Prose("The target is reached: no warning.", "已达到目标，不预警。")
    return Prose(
        f"Less than {YELLOW} points below the target: no warning.", f"低于目标不到 {YELLOW} 个百分点，不预警。"
    )


def _stretch(rng: random.Random) -> Built:
    """The stretch with the most hours per late parcel isn't the one that loses the most in all."""
    while True:
        hours = [rng.randint(1, 24) for _ in _STRETCHES]
        shares = [rng.choice((5, 10, 15, 20, 30, 40, 60, 80, 100)) for _ in _STRETCHES]
        lost = [one * share / 100 for one, share in zip(hours, shares, strict=True)]
        ranked = sorted(lost, reverse=True)
        key = lost.index(ranked[0])
        if ranked[0] >= 1.25 * ranked[1] and hours[key] < max(hours) and shares[key] < max(shares):
            break
    exhibit = Exhibit(
        Prose("A lane against its plan", "某线路与计划相比"),
        (
            Prose("Stretch", "路段"),
            Prose("Hours lost per parcel concerned", "受影响包裹每件损失（小时）"),
            Prose("Share of parcels concerned", "受影响包裹占比"),
        ),
        tuple(
            (name, same(str(one)), m.percent(str(share)))
            for name, one, share in zip(_STRETCHES, hours, shares, strict=True)
        ),
    )
    best = Prose("the most of all", "最多")
    less = Prose("less than another stretch", "不及另一段")
    reasons = []
    for one, share, total in zip(hours, shares, lost, strict=True):
        said = best if total == ranked[0] else less
        reasons.append(
            Prose(
                f"{one} h × {share}% = {total:.2f} h per parcel over all: {said.en}.",
                f"{one} 小时 × {share}% = {total:.2f} 小时（全部包裹平均），{said.zh}。",
            )
        )
    stem = Prose(
        "Where should improvement begin, so that the most time is saved in all?",
        "要使总体节省的时间最多，应从哪一段入手？",
    )
    return Built("single", stem, pick(_STRETCHES, key, reasons), exhibit)


MODEL = ItemModel("lane_warning", {"ask": ("colour", "stretch")}, build)
