"""A review of access: accounts held against the staff list."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import number, one_of
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.right_names import POSITION_NAMES
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric
from core.context import Context
from core.domain.rights import Position

_DAY = 86_400
_ACCOUNTS = Prose("accounts", "个")
_ACTIVE, _DISABLED = Prose("active", "启用"), Prose("disabled", "已停用")


@dataclass(frozen=True, slots=True)
class _Account:
    """An account beside what the staff list says of its owner, and what is to be said about it."""

    staff: str
    listed: Prose
    position: Position
    active: bool
    signed_in_at: int
    wrong: bool
    why: Prose


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Six to eight accounts, some of leavers and movers; asked is which goes first, or how many need a change."""
    now = world.now - rng.randint(0, 90) * _DAY
    accounts = _accounts(world, rng, now)
    exhibit = Exhibit(
        Prose(
            f"Accounts and staff list on {m.moment(world, now)[:10]}", f"{m.moment(world, now)[:10]} 的账号与在职名单"
        ),
        (
            Prose("Staff number", "工号"),
            Prose("Staff list", "在职名单"),
            Prose("Position in the account", "账号中的岗位"),
            Prose("Account", "账号状态"),
            Prose("Last sign-in", "最近登录"),
        ),
        tuple(
            (
                same(one.staff),
                one.listed,
                POSITION_NAMES[one.position],
                _ACTIVE if one.active else _DISABLED,
                same(m.moment(world, one.signed_in_at)[:10]),
            )
            for one in rng.sample(accounts, len(accounts))
        ),
    )
    if params["ask"] == "first":
        stem = Prose("Which account do you have disabled **first**?", "您应**最先**停用哪个账号？")
        return Built("single", stem, _first(accounts), exhibit)
    stem = Prose(
        "How many of these accounts have to be **changed** (disabled, or given another position)?",
        "这些账号中有几个需要**处理**（停用或调整岗位）？",
    )
    return Built("numeric", stem, _count(accounts), exhibit)


def _left(world: Context, at: int) -> Prose:
    day = m.moment(world, at)[:10]
    return Prose(f"left on {day}", f"{day} 离职")


def _works(position: Position) -> Prose:
    name = POSITION_NAMES[position]
    return Prose(f"works as {name.en.lower()}", f"在职，{name.zh}")


def _accounts(world: Context, rng: random.Random, now: int) -> list[_Account]:
    """The leaver whose account was used afterwards, a mover, somebody on leave, a leaver shut out, and others."""
    staff = [f"E{one}" for one in rng.sample(range(1_000, 9_999), 8)]
    gone = now - rng.randint(8, 40) * _DAY
    shut = now - rng.randint(20, 80) * _DAY
    (old, new), away = rng.sample(list(Position), 2), rng.choice(list(Position))
    somewhere = rng.choice(list(Position))
    back = Prose(f"{_works(away).en}, on leave for a month", f"{_works(away).zh}，休假一个月")
    used = Prose(
        "Left, still open, and used after the person left: somebody is getting in.",
        "已离职、仍启用，而且离职后还有人登录：有人在用。",
    )
    moved = Prose(
        "Moved, and still has the old position's rights: to be changed, but the person is one of us.",
        "已调岗，仍有旧岗位的权限：需要调整，但人还在职。",
    )
    resting = Prose("On leave and coming back; the position fits.", "休假后会回来，岗位也相符。")
    done = Prose("Left and disabled already.", "已离职，账号已停用。")
    seen = (gone + rng.randint(1, 6) * _DAY, now - rng.randint(0, 2) * _DAY, now - rng.randint(9, 28) * _DAY)
    return [
        _Account(staff[0], _left(world, gone), somewhere, True, seen[0], True, used),
        _Account(staff[1], _works(new), old, True, seen[1], True, moved),
        _Account(staff[2], back, away, True, seen[2], False, resting),
        _Account(staff[3], _left(world, shut), somewhere, False, shut - rng.randint(0, 3) * _DAY, False, done),
        *(_other(world, rng, now, one) for one in staff[4 : 4 + rng.randint(2, 4)]),
    ]


def _other(world: Context, rng: random.Random, now: int, staff: str) -> _Account:
    """Somebody who works in the position of the account, or a leaver whose account is open and wasn't used again."""
    position = rng.choice(list(Position))
    if rng.random() < 0.4:
        at = now - rng.randint(5, 30) * _DAY
        why = Prose("Left and still open, but not used since.", "已离职、仍启用，但此后无人登录。")
        return _Account(staff, _left(world, at), position, True, at - rng.randint(1, 4) * _DAY, True, why)
    why = Prose("Works here in this very position.", "在职，岗位相符。")
    return _Account(staff, _works(position), position, True, now - rng.randint(0, 3) * _DAY, False, why)


def _first(accounts: Sequence[_Account]) -> Choice:
    first, *others = accounts
    wrong = tuple((same(one.staff), one.why) for one in others[:3])
    return one_of((same(first.staff), first.why), wrong)


def _count(accounts: Sequence[_Account]) -> Numeric:
    key = sum(one.wrong for one in accounts)
    leavers = key - 1
    theirs = "the leaver whose account is" if leavers == 1 else "the leavers whose accounts are"
    named = ", ".join(one.staff for one in accounts if one.wrong)
    return number(
        key,
        _ACCOUNTS,
        Prose(
            f"{named}: {theirs} still active, and the one that still has an old position.",
            f"{named.replace(', ', '、')}：已离职但账号仍启用的，以及岗位未更新的。",
        ),
        {
            leavers: Prose(
                "Whoever moved still has the old position's rights; that account counts, too.",
                "调岗者仍有旧岗位的权限，也要处理。",
            ),
            key + 1: Prose(
                "One too many: a disabled account, or somebody on leave, needs no change.",
                "多算了一个：已停用的账号和休假人员不需要处理。",
            ),
            key + 2: Prose(
                "A disabled account and somebody on leave need no change.", "已停用的账号和休假人员都不需要处理。"
            ),
        },
    )


MODEL = ItemModel("access_review", {"ask": ("first", "count")}, build)
