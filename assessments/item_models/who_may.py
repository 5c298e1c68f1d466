"""Who may do a piece of work on the live desk, told from the product's own table of rights."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import one_of
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.right_names import DONE_TO, POSITION_NAMES, WORK_NAMES, holders, may
from assessments.prose import Prose, same
from core.context import Context
from core.domain.rights import Position

_HEAD = Prose("Work", "工作"), Prose("Concerns", "对象")


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Work that waits; asked is who may do it, or which of it somebody may do."""
    return _position(world, rng) if params["ask"] == "position" else _work(world, rng)


def _position(world: Context, rng: random.Random) -> Built:
    right = rng.choice([one for one in WORK_NAMES if 1 <= len(holders(one)) <= len(Position) - 3])
    able = holders(right)
    key = rng.choice(able)
    others = rng.sample([one for one in Position if one not in able], 3)
    work = WORK_NAMES[right]
    exhibit = Exhibit(Prose("What waits on the live desk", "正式环境中待办的工作"), _HEAD, (_row(world, rng, right),))
    yes = Prose(
        f"“{work.en}” belongs to: {', '.join(POSITION_NAMES[one].en for one in able)}.",
        f"有“{work.zh}”权限的岗位：{'、'.join(POSITION_NAMES[one].zh for one in able)}。",
    )
    no = Prose(
        "This position lacks the right; the system refuses and records it.",
        "该岗位没有这项权限，系统会拒绝并留下记录。",
    )
    stem = Prose("Which of these colleagues may do this work?", "下列哪位同事有权做这项工作？")
    choice = one_of((POSITION_NAMES[key], yes), tuple((POSITION_NAMES[one], no) for one in others))
    return Built("single", stem, choice, exhibit)


def _work(world: Context, rng: random.Random) -> Built:
    who = rng.choice(list(Position))
    mine = [right for right in WORK_NAMES if may(who, right)]
    others = rng.sample([right for right in WORK_NAMES if right not in mine], 3)
    key = rng.choice(mine)
    shown = rng.sample([key, *others], 4)
    name = POSITION_NAMES[who]
    exhibit = Exhibit(
        Prose("What waits on the live desk", "正式环境中待办的工作"),
        _HEAD,
        tuple(_row(world, rng, right) for right in shown),
    )
    stem = Prose(
        f"Which of these tasks can the {name.en.lower()} who has just come in take over?",
        f"刚到岗的{name.zh}可以接手其中哪项工作？",
    )
    wrong = tuple(
        (
            WORK_NAMES[right],
            Prose(
                f"May do this: {', '.join(POSITION_NAMES[one].en for one in holders(right))}.",
                f"可以做这项工作的岗位：{'、'.join(POSITION_NAMES[one].zh for one in holders(right))}。",
            ),
        )
        for right in others
    )
    yes = Prose("The right belongs to this position.", "该岗位有这项权限。")
    return Built("single", stem, one_of((WORK_NAMES[key], yes), wrong), exhibit)


def _row(world: Context, rng: random.Random, right: str) -> tuple[Prose, Prose]:
    """A piece of work with what it is done to."""
    if DONE_TO[right] == "order":
        number = f"{rng.randrange(10**9, 10**10)}"
        return WORK_NAMES[right], Prose(f"order {number}", f"订单 {number}")
    if DONE_TO[right] == "goods":
        (goods,) = m.goods_of(world, rng, 1)
        units = rng.randint(2, 90)
        return WORK_NAMES[right], Prose(f"{goods.code}, {units} units", f"{goods.code}，{units} 件")
    day = m.moment(world, world.now - rng.randint(1, 400) * 86_400)[:10]
    return WORK_NAMES[right], same(day)


MODEL = ItemModel("who_may", {"ask": ("position", "work")}, build)
