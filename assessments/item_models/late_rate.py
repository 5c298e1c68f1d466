"""What share of parcels was late, by the clock or by the calendar."""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.domain.facts import lateness

_HOUR = 3_600


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Parcels with promise and delivery; asked is the late rate by one of the two definitions."""
    parcels = _parcels(world, rng, params["parcels"])
    rule = params["rule"]
    judged = [
        lateness(delivered, promised, world.world.timezone) for promised, delivered in parcels if delivered is not None
    ]
    late = {
        "timestamp": sum(bool(one["late_by_time"]) for one in judged),
        "date": sum(bool(one["late_by_date"]) for one in judged),
    }
    on_the_way = Prose("on the way", "运输中")
    exhibit = Exhibit(
        Prose("Parcels of one channel", "某渠道的包裹"),
        (Prose("Parcel", "包裹"), Prose("Promised by", "承诺送达"), Prose("Delivered", "实际签收")),
        tuple(
            (
                same(str(place)),
                same(m.moment(world, promised)),
                on_the_way if delivered is None else same(m.moment(world, delivered)),
            )
            for place, (promised, delivered) in enumerate(parcels, start=1)
        ),
    )
    ruled = (
        Prose("after the promised **time**", "晚于承诺**时刻**签收")
        if rule == "timestamp"
        else Prose("on a day after the promised **date**", "签收日期晚于承诺**日期**")
    )
    stem = Prose(
        f"Late means here: delivered {ruled.en}. What is the late rate of the delivered parcels, in per cent to one "
        "decimal place?",
        f"此处“迟到”指：{ruled.zh}。已签收包裹的迟到率是百分之多少（保留一位小数）？",
    )
    return Built("numeric", stem, _answer(rule, late, len(judged), len(parcels)), exhibit)


def _parcels(world: Context, rng: random.Random, count: int) -> list[tuple[int, int | None]]:
    """Promised and delivered instants: one is on the way, one is late on the promised day, one is a day late."""
    midnight = _local_midnight(world)
    parcels: list[tuple[int, int | None]] = []
    for place in range(count):
        promised = midnight - rng.randint(2, 5) * 24 * _HOUR + rng.choice([12, 15, 18]) * _HOUR
        minutes = rng.randint(5, 11 * 60)
        if place == 0:
            delivered = None
        elif place == 1:
            delivered = promised + rng.randint(5, 300) * 60
        elif place == 2 or rng.random() < 0.2:
            delivered = promised + (24 + rng.randint(0, 6)) * _HOUR + rng.randint(1, 59) * 60
        else:
            delivered = promised - minutes * 60
        parcels.append((promised, delivered))
    rng.shuffle(parcels)
    return parcels


def _local_midnight(world: Context) -> int:
    local = datetime.fromtimestamp(world.now, UTC).astimezone(ZoneInfo(world.world.timezone))
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def _answer(rule: str, late: Mapping[str, int], delivered: int, all_parcels: int) -> Numeric:
    key = 100 * late[rule] / delivered
    other = "date" if rule == "timestamp" else "timestamp"
    mistakes = (
        (
            100 * late[other] / delivered,
            0.25,
            Prose("This is the rate by the other definition.", "这是按另一种口径算出的比率。"),
        ),
        (
            100 * late[rule] / all_parcels,
            0.25,
            Prose(
                "This rate is about delivered parcels; the one that is still on the way doesn't count in it.",
                "此比率只看已签收的包裹，仍在运输中的不计入。",
            ),
        ),
        (
            100 - key,
            0.25,
            Prose("This is the share that came in time.", "这是准时签收的比率。"),
        ),
    )
    return Numeric(
        answer=round(key, 2),
        tolerance=0.06,
        unit=same("%"),
        reason=Prose(
            f"{late[rule]} of {delivered} delivered parcels {'was' if late[rule] == 1 else 'were'} late: {key:.1f}%.",
            f"{delivered} 件已签收包裹中有 {late[rule]} 件迟到：{key:.1f}%。",
        ),
        near=nears(round(key, 2), 0.06, mistakes),
    )


MODEL = ItemModel("late_rate", {"rule": ("timestamp", "date"), "parcels": (8, 6, 7, 9, 10)}, build)
