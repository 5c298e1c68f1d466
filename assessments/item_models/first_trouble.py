"""Which of several parcels has gone beyond a limit and has to be acted on."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import pick
from assessments.item_models.carrier_rules import ATTEMPT_HOURS, FIRST_SCAN_HOURS, HOUR, REMOTE, silence_limit
from assessments.item_models.model import Built, ItemModel
from assessments.prose import Prose, same
from core.context import Context
from core.db.shipping_tables import carrier
from core.domain.places import PROVINCE_BY_CODE
from core.domain.shipments import waybill_number

_NEAR = ("CN-JS", "CN-ZJ", "CN-GD", "CN-HB", "CN-SD", "CN-SC", "CN-FJ", "CN-HA")

_SAID: Mapping[str, Prose] = {
    "first_scan": Prose("handed over, no scan since", "已交运，此后无扫描"),
    "on_the_way": Prose("scanned at a hub", "分拨中心扫描"),
    "attempt": Prose("attempt failed, nobody at home", "派送失败，家中无人"),
    "out": Prose("out for delivery", "派送中"),
}


@dataclass(frozen=True, slots=True)
class _Parcel:
    """A parcel's last sign of life."""

    waybill: str
    region: str
    last: str
    hours: int

    @property
    def limit(self) -> int:
        """After so many hours it warns."""
        match self.last:
            case "first_scan":
                return FIRST_SCAN_HOURS
            case "attempt":
                return ATTEMPT_HOURS
        return silence_limit(self.region)

    @property
    def warns(self) -> bool:
        return self.hours > self.limit


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Four parcels with their last entries; asked is the only one that warns."""
    now = world.now + rng.randint(0, 9) * HOUR
    parcels = _drawn(world, rng, now, params["region"] == "mixed")
    exhibit = Exhibit(
        Prose(f"Parcels on the way, now {m.moment(world, now)}", f"在途包裹，现在是 {m.moment(world, now)}"),
        (Prose("Waybill", "运单"), Prose("To", "发往"), Prose("Last entry", "最近记录"), Prose("At", "时间")),
        tuple(
            (
                same(one.waybill),
                Prose(PROVINCE_BY_CODE[one.region].name_en, PROVINCE_BY_CODE[one.region].name_zh),
                _SAID[one.last],
                same(m.moment(world, now - one.hours * HOUR)),
            )
            for one in parcels
        ),
    )
    stem = Prose(
        "Which parcel has exceeded its limit and needs attention now?", "哪件包裹已超过预警时限，需要马上处理？"
    )
    key = next(place for place, one in enumerate(parcels) if one.warns)
    return Built(
        "single", stem, pick([same(one.waybill) for one in parcels], key, [_why(one) for one in parcels]), exhibit
    )


def _drawn(world: Context, rng: random.Random, now: int, mixed: bool) -> list[_Parcel]:
    """One parcel beyond its limit; another has waited longer and is still within its own. Couriers knock by day."""
    prefixes = world.db.execute(select(carrier.c.waybill_prefix).order_by(carrier.c.code)).scalars().all()
    while True:
        lasts = rng.sample(sorted(_SAID), 3)
        lasts.append(rng.choice(("on_the_way", "out")))
        regions = rng.sample(_NEAR, 4)
        if mixed:
            regions[-1] = rng.choice(sorted(REMOTE))
        parcels = []
        bad = rng.randrange(3)
        for place, (last, region) in enumerate(zip(lasts, regions, strict=True)):
            limit = _Parcel("", region, last, 0).limit
            hours = limit + rng.randint(2, 10) if place == bad else rng.randint(limit // 2, limit - 2)
            waybill = waybill_number(rng.choice(prefixes), rng.randint(1, 10**6))
            parcels.append(_Parcel(waybill, region, last, hours))
        longest = max(parcels, key=lambda one: one.hours)
        by_day = all(one.last == "on_the_way" or _by_day(world, now - one.hours * HOUR) for one in parcels)
        if by_day and not longest.warns and len({one.hours for one in parcels}) == 4:
            rng.shuffle(parcels)
            return parcels


def _by_day(world: Context, at: int) -> bool:
    return 8 <= int(m.moment(world, at)[11:13]) <= 20


def _why(parcel: _Parcel) -> Prose:
    limit = parcel.limit
    remote = Prose(" in a remote region", "偏远地区") if parcel.region in REMOTE else Prose("", "")
    if parcel.last == "first_scan":
        rule = Prose(f"the limit for the first scan is {limit} h", f"首次扫描的时限是 {limit} 小时")
    elif parcel.last == "attempt":
        rule = Prose(f"the limit for the next attempt is {limit} h", f"再次派送的时限是 {limit} 小时")
    else:
        rule = Prose(f"the limit for silence{remote.en} is {limit} h", f"{remote.zh}无扫描的时限是 {limit} 小时")
    verdict = Prose("exceeded", "已超过") if parcel.warns else Prose("still within it", "仍在时限内")
    return Prose(
        f"{parcel.hours} h have passed; {rule.en}: {verdict.en}.",
        f"已过 {parcel.hours} 小时；{rule.zh}，{verdict.zh}。",
    )


MODEL = ItemModel("first_trouble", {"region": ("near", "mixed")}, build)
