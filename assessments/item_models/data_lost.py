"""What a breakdown costs: work since the last readable copy, and how long nobody can work."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models.answers import number
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context

_MINUTE = 60
_MINUTES = Prose("minutes", "分钟")
_EVERY = 15  # minutes between two copies of the changes, the house rule
_ALLOWED = 240  # minutes until work must go on, the house rule
_NIGHTLY = 2 * 60  # minutes past midnight


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A failure during the day with what was copied before and what was done after it."""
    midnight = world.now - world.now % 86_400 - rng.randint(0, 200) * 86_400
    fails = rng.randint(9 * 60, 15 * 60)
    copied = fails - fails % _EVERY - (_EVERY if fails % _EVERY == 0 else 0)
    readable = copied - _EVERY * rng.randint(1, 3)
    noticed = fails + rng.randint(6, 25)
    begun = noticed + rng.randint(10, 45)
    resumed = begun + rng.randint(40, 110)
    shown = (
        (Prose("Full copy of the night", "夜间全量备份"), _NIGHTLY),
        (Prose("Last copy of the changes that can be read", "最近一次可读取的变更备份"), readable),
        (Prose("Later copies of the changes, all damaged, up to", "其后的变更备份（均已损坏），截至"), copied),
        (Prose("Database fails", "数据库故障"), fails),
        (Prose("Noticed and reported", "发现并报障"), noticed),
        (Prose("Restoring begins", "开始恢复"), begun),
        (Prose("Work goes on", "恢复作业"), resumed),
    )
    exhibit = Exhibit(
        Prose("Course of a breakdown", "一次故障的经过"),
        (Prose("What", "事项"), Prose("When", "时间")),
        tuple((what, same(_clock(midnight + at * _MINUTE))) for what, at in shown),
    )
    if params["ask"] == "lost":
        return Built("numeric", *_lost(fails, copied, readable), exhibit)
    return Built("numeric", *_left(fails, noticed, begun, resumed), exhibit)


def _clock(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%d %H:%M")


def _lost(fails: int, copied: int, readable: int) -> tuple[Prose, Numeric]:
    stem = Prose("How many minutes of work are **lost** by restoring?", "恢复之后，会**丢失**多少分钟的工作？")
    key = fails - readable
    return stem, number(
        key,
        _MINUTES,
        Prose(
            f"From the last copy that can be read to the failure: {key} minutes; the rule allows {_EVERY}.",
            f"从最近一次可读取的备份到故障发生：{key} 分钟，规定最多 {_EVERY} 分钟。",
        ),
        {
            fails - copied: Prose(
                "The later copies can't be read; a damaged copy saves nothing.",
                "其后的备份已损坏，读不出来就等于没有。",
            ),
            fails - _NIGHTLY: Prose(
                "The readable copies of the changes bring back what came after the night's copy.",
                "可读取的变更备份能补回夜间备份之后的内容。",
            ),
            _EVERY: Prose("That is what the rule allows, not what was lost.", "这是规定的上限，不是实际损失。"),
        },
    )


def _left(fails: int, noticed: int, begun: int, resumed: int) -> tuple[Prose, Numeric]:
    stem = Prose(
        f"Work has to go on within {_ALLOWED} minutes (RTO). How many of these were **left** when it did?",
        f"按规定须在 {_ALLOWED} 分钟内恢复作业（RTO）。恢复时还**剩**多少分钟？",
    )
    key = _ALLOWED - (resumed - fails)
    return stem, number(
        key,
        _MINUTES,
        Prose(
            f"The time runs from the failure: {resumed - fails} minutes; {_ALLOWED} − {resumed - fails} = {key}.",
            f"时间从故障发生算起：用了 {resumed - fails} 分钟，{_ALLOWED} − {resumed - fails} = {key}。",
        ),
        {
            _ALLOWED - (resumed - noticed): Prose(
                "People can't work from the failure on, whenever it is noticed.",
                "从故障发生起就无法作业，与何时发现无关。",
            ),
            _ALLOWED - (resumed - begun): Prose(
                "That counts the restoring alone; finding and deciding take time, too.",
                "只算了恢复本身，发现和决定同样要花时间。",
            ),
            resumed - fails: Prose("That is the time needed.", "这是已用的时间。"),
        },
    )


MODEL = ItemModel("data_lost", {"ask": ("lost", "down")}, build)
