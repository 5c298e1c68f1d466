"""A breakdown in figures: how much data is lost, how long the service was down, and which promise was kept."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

_MINUTE, _HOUR = 60, 3_600
MINUTES = Prose("minutes", "分钟")


@dataclass(frozen=True, slots=True)
class _Breakdown:
    """Instants of a breakdown. Units: epoch seconds; promises in minutes."""

    backups: tuple[int, int, int]
    failed_at: int
    noticed_at: int
    back_at: int
    most_down: int
    most_lost: int

    @property
    def down(self) -> int:
        """How long nobody could work. Units: minutes."""
        return (self.back_at - self.failed_at) // _MINUTE

    @property
    def lost(self) -> int:
        """The time whose entries are gone: since the last backup that could be restored. Units: minutes."""
        return (self.failed_at - self.backups[1]) // _MINUTE


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A database fails and is restored from the last backup but one, since the last can't be read."""
    found = _drawn(world, rng)
    asked = params["ask"]
    if asked == "kept":
        return Built("single", _KEPT, _promises(found), _table(world, found, promised=True))
    if asked == "down":
        stem = Prose("For how many minutes was the service down?", "服务一共中断了多少分钟？")
        return Built("numeric", stem, _down(found), _table(world, found, promised=False))
    stem = Prose(
        "The entries of how many minutes are gone and have to be made up from channels, carriers and printed lists?",
        "有多少分钟的录入丢失，需要根据渠道、承运商数据和打印单据补录？",
    )
    return Built("numeric", stem, _lost(found), _table(world, found, promised=False))


def _drawn(world: Context, rng: random.Random) -> _Breakdown:
    every = rng.choice((2, 3, 4, 6)) * _HOUR
    last = world.now - world.now % _HOUR - rng.randint(20, 200) * _HOUR
    failed_at = last + rng.randint(12, every // _MINUTE - 20) * _MINUTE
    noticed_at = failed_at + rng.randint(3, 25) * _MINUTE
    back_at = noticed_at + rng.randint(40, 190) * _MINUTE
    found = _Breakdown((last - 2 * every, last - every, last), failed_at, noticed_at, back_at, 0, 0)
    keeps_down, keeps_lost = rng.random() < 0.5, rng.random() < 0.5
    most_down = _promise(found.down, keeps_down, rng)
    most_lost = _promise(found.lost, keeps_lost, rng)
    return _Breakdown(found.backups, failed_at, noticed_at, back_at, most_down, most_lost)


def _promise(minutes: int, kept: bool, rng: random.Random) -> int:
    """A promise in half hours that is kept or broken by these minutes."""
    halves = minutes // 30
    return 30 * (halves + rng.randint(1, 2)) if kept else max(15, 30 * (halves - rng.randint(0, 1)) - 5)


def _table(world: Context, found: _Breakdown, *, promised: bool) -> Exhibit:
    rows = [
        (Prose("Backup made, can be read", "备份完成，可读取"), same(m.moment(world, found.backups[0]))),
        (Prose("Backup made, can be read", "备份完成，可读取"), same(m.moment(world, found.backups[1]))),
        (
            Prose("Backup made, can't be read when restoring", "备份完成，但恢复时无法读取"),
            same(m.moment(world, found.backups[2])),
        ),
        (Prose("The database fails", "数据库故障"), same(m.moment(world, found.failed_at))),
        (Prose("Somebody notices", "有人发现"), same(m.moment(world, found.noticed_at))),
        (Prose("Restored, checked and opened", "恢复、检查完毕并开放"), same(m.moment(world, found.back_at))),
    ]
    if promised:
        rows += [
            (
                Prose("Agreed: down at most", "约定：最多中断"),
                Prose(f"{found.most_down} minutes", f"{found.most_down} 分钟"),
            ),
            (
                Prose("Agreed: data lost at most", "约定：最多丢失"),
                Prose(f"{found.most_lost} minutes", f"{found.most_lost} 分钟的数据"),
            ),
        ]
    return Exhibit(Prose("A breakdown", "一次故障"), (Prose("What", "事项"), Prose("When", "时间")), tuple(rows))


def _down(found: _Breakdown) -> Numeric:
    mistakes = (
        (
            (found.back_at - found.noticed_at) / _MINUTE,
            0.25,
            Prose("It was down before somebody noticed.", "有人发现之前就已经中断了。"),
        ),
        (
            (found.noticed_at - found.failed_at) / _MINUTE,
            0.0,
            Prose("This is how long nobody noticed.", "这是没人发现的时间。"),
        ),
        (
            (found.back_at - found.backups[1]) / _MINUTE,
            0.0,
            Prose("Between the backup and the failure it worked.", "备份之后到故障之前是正常的。"),
        ),
    )
    reason = Prose(
        f"From the failure until it is open again, noticed or not: {found.down} minutes.",
        f"从故障发生到重新开放，不论是否有人发现：{found.down} 分钟。",
    )
    return Numeric(found.down, 0, MINUTES, reason, nears(found.down, 0, mistakes))


def _lost(found: _Breakdown) -> Numeric:
    mistakes = (
        (
            (found.failed_at - found.backups[2]) / _MINUTE,
            0.25,
            Prose("The last backup can't be read; the one before it counts.", "最后一份备份无法读取，要看前一份。"),
        ),
        (
            found.down,
            0.0,
            Prose("This is how long it was down; nothing was entered then.", "这是中断的时间，那时没有录入。"),
        ),
        (
            (found.back_at - found.backups[1]) / _MINUTE,
            0.0,
            Prose("After the failure nothing was entered that could be lost.", "故障之后没有录入，谈不上丢失。"),
        ),
    )
    reason = Prose(
        f"From the last backup that can be read until the failure: {found.lost} minutes.",
        f"从最后一份可读取的备份到故障发生：{found.lost} 分钟。",
    )
    return Numeric(found.lost, 0, MINUTES, reason, nears(found.lost, 0, mistakes))


_KEPT = Prose("Which of the two agreed limits was kept?", "两项约定中，哪些做到了？")


def _promises(found: _Breakdown) -> Any:
    verdict = (found.down <= found.most_down, found.lost <= found.most_lost)
    texts = {
        (True, True): Prose("Both of them", "两项都做到了"),
        (True, False): Prose("Only the one on time down", "只做到了中断时间这一项"),
        (False, True): Prose("Only the one on data lost", "只做到了数据丢失这一项"),
        (False, False): Prose("Neither of them", "两项都没有做到"),
    }
    why = Prose(
        f"Down for {found.down} minutes ({found.most_down} agreed); entries of {found.lost} minutes lost "
        f"({found.most_lost} agreed), since the last backup can't be read.",
        f"中断 {found.down} 分钟（约定 {found.most_down} 分钟）；最后一份备份无法读取，丢失 {found.lost} 分钟的数据"
        f"（约定 {found.most_lost} 分钟）。",
    )
    return pick(list(texts.values()), list(texts).index(verdict), [why] * len(texts))


MODEL = ItemModel("recovery_time", {"ask": ("lost", "down", "kept")}, build)
