"""Where a fault sits, told from what works and what doesn't, and what is done first."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import one_of
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context

# Why None: where nobody can open a page, nobody can say whether it would be saved.
_FOUND = {True: Prose("yes", "是"), False: Prose("no", "否"), None: Prose("can't be said", "无从判断")}


@dataclass(frozen=True, slots=True)
class _Place:
    """A place where a fault can sit: what is seen, its name, and the first help.

    Shape: `seen` answers the five checks in their order.
    """

    name: Prose
    seen: tuple[bool | None, ...]
    why: Prose
    help: Prose


_CHECKS = (
    Prose("Other websites open on this device", "这台设备能打开其他网站"),
    Prose("Colleagues at this site can open the system", "本办公点的同事能打开系统"),
    Prose("Colleagues at another site can open the system", "其他办公点的同事能打开系统"),
    Prose("Whoever can open pages can also save", "能打开页面的人也能保存"),
    Prose("In another browser of this device everything works", "在这台设备的另一个浏览器里一切正常"),
)

_PLACES = (
    _Place(
        Prose("Network at this desk", "本工位的网络"),
        (False, True, True, True, False),
        Prose(
            "Only this device has no way out; for all others everything works.", "只有这台设备连不出去，其他人都正常。"
        ),
        Prose("Check cable or Wi-Fi, try another device", "检查网线或 Wi-Fi，换台设备试试"),
    ),
    _Place(
        Prose("Network of this site", "本办公点的网络"),
        (False, False, True, True, False),
        Prose("The whole site is cut off, other sites work.", "整个办公点断网，其他办公点正常。"),
        Prose("Call the keeper of the site's network", "联系本办公点的网络管理员"),
    ),
    _Place(
        Prose("Server of the system", "系统服务器"),
        (True, False, False, None, False),
        Prose("The internet works, but the system opens for nobody anywhere.", "上网正常，但任何地方都打不开系统。"),
        Prose("Call the administrator at once, don't reload again and again", "立即联系系统管理员，不要反复刷新"),
    ),
    _Place(
        Prose("Database", "数据库"),
        (True, True, True, False, False),
        Prose("Pages open everywhere, but nobody can save.", "各处都能打开页面，但谁都保存不了。"),
        Prose("Stop bulk work and call the administrator at once", "停下批量操作，立即联系系统管理员"),
    ),
    _Place(
        Prose("Browser of this device", "这台设备的浏览器"),
        (True, True, True, True, True),
        Prose(
            "Everything works for everybody else, and here in another browser.",
            "其他人都正常，这台设备换个浏览器也正常。",
        ),
        Prose("Reload once, then report which browser it is", "刷新一次，然后报障并注明浏览器"),
    ),
)


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A colleague's page is out of order; five checks were made, and asked is the place or the first help."""
    place = rng.choice(_PLACES)
    since = world.now - rng.randint(2, 90) * 60
    exhibit = Exhibit(
        Prose("A colleague's page doesn't work: what was checked", "同事的页面不正常，已做的检查"),
        (Prose("Check", "检查项"), Prose("Found", "结果")),
        (
            (Prose("Since", "开始时间"), same(m.moment(world, since))),
            (Prose("Station", "工位"), same(f"{rng.choice('ABCDEF')}-{rng.randint(1, 40):02d}")),
            *((check, _FOUND[found]) for check, found in zip(_CHECKS, place.seen, strict=True)),
        ),
    )
    others = rng.sample([one for one in _PLACES if one is not place], 3)
    if params["ask"] == "place":
        stem = Prose("Where does the fault probably sit?", "故障最可能出在哪里？")
        wrong = tuple((one.name, _against(one, place)) for one in others)
        return Built("single", stem, one_of((place.name, place.why), wrong), exhibit)
    stem = Prose("What is the right first help?", "首先应当怎么做？")
    wrong = tuple((one.help, _helps(one, _against(one, place))) for one in others)
    return Built("single", stem, one_of((place.help, place.why), wrong), exhibit)


def _against(one: _Place, place: _Place) -> Prose:
    """Why a place is out: the first check that would have come out otherwise."""
    at = next(at for at in range(len(_CHECKS)) if one.seen[at] is not place.seen[at])
    check, found, wanted = _CHECKS[at], _FOUND[place.seen[at]], _FOUND[one.seen[at]]
    return Prose(
        f"But then “{check.en}” would be {wanted.en}; it is {found.en}.",
        f"但如果是那样，“{check.zh}”应为“{wanted.zh}”，而结果是“{found.zh}”。",
    )


def _helps(one: _Place, against: Prose) -> Prose:
    """Why a first help is out: the place that it is meant for, and what speaks against that."""
    return Prose(f"First help for “{one.name.en}”. {against.en}", f"这适用于“{one.name.zh}”。{against.zh}")


MODEL = ItemModel("fault_place", {"ask": ("place", "help")}, build)
