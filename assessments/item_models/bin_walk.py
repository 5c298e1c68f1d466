"""The walk through the bins: in which order stops come, and where goods from receiving are put."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import NAMES, Ordering, Step
from core.context import Context
from core.services.bins import layout

_FLOOR = Prose("FLOOR", "FLOOR（地面）")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Bins as the product lays them out; asked is the walk from one to the next, or the best place for goods."""
    aisles, racks = rng.randint(3, 5), rng.randint(6, 10)
    walk = {row["code"]: int(row["walk"]) for row in layout(["A", "B"], aisles, racks)}
    if params["ask"] == "place":
        return _place(world, rng, walk)
    plan = Prose(
        f"Zones A and B have {aisles} aisles each, with {racks} racks in every aisle. A-02-05 is zone A, aisle 2, rack "
        "5. The walk begins at A-01-01; zone A comes before zone B.",
        f"A、B 两个库区各有 {aisles} 条巷道，每条 {racks} 个货架。A-02-05 表示 A 区 2 巷道 5 号货架。拣货路线从 "
        "A-01-01 开始，先 A 区后 B 区。",
    )
    if params["ask"] == "next":
        return _next(world, rng, walk, plan, racks)
    return _order(world, rng, walk, plan, racks)


def _stops(world: Context, rng: random.Random, codes: Sequence[str]) -> Exhibit:
    """The stops as a list by article names them, which says nothing about the way."""
    goods = sorted(m.goods_of(world, rng, len(codes)), key=lambda one: one.code)
    shown = rng.sample(list(codes), len(codes))
    return Exhibit(
        Prose("To be picked", "待拣商品"),
        (Prose("Article", "商品"), Prose("Units", "件数"), Prose("Bin", "货位")),
        tuple(
            (same(one.code), same(str(rng.randint(1, 9))), _code(code)) for one, code in zip(goods, shown, strict=True)
        ),
    )


def _order(world: Context, rng: random.Random, walk: Mapping[str, int], plan: Prose, racks: int) -> Built:
    # Two stops in aisle 2, where the larger rack comes first; one in aisle 1; one in zone B; sometimes the floor.
    low, high = sorted(rng.sample(range(1, racks + 1), 2))
    codes = [
        f"A-02-{low:02d}",
        f"A-02-{high:02d}",
        f"A-01-{rng.randint(1, racks):02d}",
        f"B-01-{rng.randint(1, racks):02d}",
    ]
    codes.append("FLOOR" if rng.random() < 0.5 else f"A-03-{rng.randint(1, racks):02d}")
    ordered = sorted(codes, key=walk.__getitem__)
    steps = tuple(Step(name, _code(code), _why(code)) for name, code in zip(NAMES, ordered, strict=False))
    stem = Prose(f"{plan.en} Put these stops in the order of the walk.", f"{plan.zh}请按拣货路线的先后排列这些站点。")
    return Built("ordering", stem, Ordering(steps), _stops(world, rng, ordered))


def _code(code: str) -> Prose:
    return _FLOOR if code == "FLOOR" else same(code)


def _why(code: str) -> Prose:
    if code == "FLOOR":
        return Prose("The floor comes last.", "地面暂存区排在最后。")
    if int(code[2:4]) % 2:
        return Prose(
            "Up one aisle: odd aisles from the small rack numbers to the large.", "奇数巷道去程，由小号走向大号。"
        )
    return Prose(
        "Down the next: even aisles from the large rack numbers to the small.", "偶数巷道回程，由大号走回小号。"
    )


def _next(world: Context, rng: random.Random, walk: Mapping[str, int], plan: Prose, racks: int) -> Built:
    here = rng.randint(3, racks - 2)
    stops = {
        f"A-02-{here - rng.randint(1, 2):02d}",  # right: down the aisle
        f"A-02-{here + rng.randint(1, 2):02d}",
        f"A-03-{here:02d}",
        f"B-01-{rng.randint(1, racks):02d}",
    }
    now = f"A-02-{here:02d}"
    open_stops = sorted(stops)
    rng.shuffle(open_stops)
    ahead = [code for code in open_stops if walk[code] > walk[now]]
    key = min(ahead, key=walk.__getitem__)
    reasons = []
    for code in open_stops:
        if code == key:
            reasons.append(
                Prose(
                    "Up one aisle, down the next: in aisle 2 the smaller rack numbers come next.",
                    "1 巷道去、2 巷道回：在 2 巷道里，接着是较小的货架号。",
                )
            )
        elif walk[code] < walk[now]:
            reasons.append(
                Prose("This stop lies behind you: aisle 2 is walked down.", "2 巷道往回走，这一站已经走过了。")
            )
        else:
            reasons.append(Prose("It comes later on the walk.", "它在路线的后面。"))
    passed = Prose(
        f"You have followed it from the beginning and now stand at {now}. One of the stops below is done already. "
        "Which one comes next?",
        f"您沿路线从头走来，现在站在 {now}。下列站点中有一个已经走过。接下来是哪一个？",
    )
    stem = Prose(f"{plan.en} {passed.en}", f"{plan.zh}{passed.zh}")
    content = pick([same(code) for code in open_stops], open_stops.index(key), reasons)
    return Built("single", stem, content, _stops(world, rng, open_stops))


def _place(world: Context, rng: random.Random, walk: Mapping[str, int]) -> Built:
    """Four bins; suggested is the one that holds the article, else the nearest empty one."""
    goods, other = m.goods_of(world, rng, 2)
    codes = sorted(rng.sample([code for code in walk if code != "FLOOR"], 4), key=walk.__getitem__)
    has_own = rng.random() < 0.5
    # From the near to the far end: something else, empty, empty, then the article itself or something else.
    holds = [other, None, None, goods if has_own else other]
    key = 3 if has_own else 1
    rows, reasons = [], []
    for place, (code, one) in enumerate(zip(codes, holds, strict=True)):
        content = (
            Prose("empty", "空")
            if one is None
            else Prose(f"{one.code} ({one.name.en})", f"{one.code}（{one.name.zh}）")
        )
        rows.append((same(code), content, same(str(walk[code]))))
        reasons.append(_place_why(place, key, has_own))
    shown = list(range(4))
    rng.shuffle(shown)
    exhibit = Exhibit(
        Prose("Four bins", "四个货位"),
        (Prose("Bin", "货位"), Prose("Holds", "存放"), Prose("Position on the walk", "路线次序")),
        tuple(rows[place] for place in shown),
    )
    count = rng.randint(8, 60)
    stem = Prose(
        f"{count} accepted units of {goods.code} ({goods.name.en}) are to be put away. Which bin does the "
        "system suggest first?",
        f"有 {count} 件已接收的 {goods.code}（{goods.name.zh}）待上架。系统首先推荐哪个货位？",
    )
    texts = [same(codes[place]) for place in shown]
    return Built("single", stem, pick(texts, shown.index(key), [reasons[place] for place in shown]), exhibit)


def _place_why(place: int, key: int, has_own: bool) -> Prose:
    if place == key:
        if has_own:
            return Prose("It holds the article already: one place to look for it.", "已放有该商品：找货只需看一处。")
        return Prose(
            "No bin holds the article, and of the empty ones it is the nearest.", "没有货位放着该商品，空货位中它最近。"
        )
    if place == 0:
        return Prose("Another article lies there; mixed bins are picked wrongly.", "放着别的商品，混放容易拣错。")
    if place == 3:
        return Prose("Another article lies there, and it is the farthest.", "放着别的商品，而且最远。")
    if has_own:
        return Prose("Empty, but another bin holds the article already.", "虽然空着，但已有货位放着该商品。")
    return Prose("Empty, but another empty bin is nearer.", "虽然空着，但有更近的空货位。")


MODEL = ItemModel("bin_walk", {"ask": ("order", "next", "place")}, build)
