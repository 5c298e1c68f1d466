"""What a parcel costs with each carrier, who may carry it at all, and what the risk of coming late adds."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.order_total import YUAN
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.db.shipping_tables import carrier, carrier_rate
from core.domain.places import PROVINCE_BY_CODE
from core.domain.waves import (
    Limit,
    Rate,
    Terms,
    WaveCarrier,
    WaveLine,
    WaveOrder,
    WaveProblem,
    WaveWarehouse,
    barrier,
    shipping_cents,
    steps_of,
)

HAZARDS: Mapping[str, Prose] = {
    "": Prose("nothing special", "无特殊品类"),
    "battery": Prose("batteries", "电池"),
    "liquid": Prose("liquids", "液体"),
    "aerosol": Prose("aerosols", "喷雾"),
}
_WHY: Mapping[Limit, Prose] = {
    Limit.CONTRACT: Prose("Its contract isn't in force today.", "它的合同今天不在有效期内。"),
    Limit.RATE: Prose("It has no rate for this place: it doesn't go there.", "它在该地没有运价，即不送该地。"),
    Limit.HAZARD: Prose("It doesn't carry such goods.", "它不承运这类商品。"),
    Limit.WEIGHT: Prose("The parcel is too heavy for it.", "包裹超过它的单件限重。"),
}


@dataclass(frozen=True, slots=True)
class Way:
    """A carrier on one lane. Shape: no rate where it doesn't go. Units: risk 0..1, None where it isn't asked."""

    name: Prose
    terms: WaveCarrier
    rate: Rate | None
    forbidden: Limit | None = None
    risk: float | None = None


@dataclass(frozen=True, slots=True)
class Lane:
    """A parcel from a warehouse to a province."""

    warehouse_id: int
    region: str
    weight_g: int
    hazard: str
    day: str


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A parcel and the carriers' tariffs for its lane; asked is its cost, or who should carry it."""
    if params["ask"] == "cost":
        return _cost(world, rng)
    return _cheapest(world, rng) if params["ask"] == "cheapest" else _expected(world, rng)


def lane_of(world: Context, rng: random.Random, hazard: str, least_g: int, most_g: int) -> Lane:
    """A parcel of odd weight from some warehouse to some province."""
    warehouse_id = rng.choice(m.warehouses_of(world))
    regions = world.db.execute(select(carrier_rate.c.region).distinct().order_by(carrier_rate.c.region)).scalars().all()
    weight_g = rng.randrange(least_g, most_g, 100)
    weight_g += 300 if weight_g % 1_000 == 0 else 0
    return Lane(warehouse_id, rng.choice(regions), weight_g, hazard, m.moment(world, world.now)[:10])


def ways_of(world: Context, lane: Lane) -> list[Way]:
    """Every carrier of the world on this lane, and what forbids it by the product's own rule."""
    rows = world.db.execute(select(carrier).where(carrier.c.is_active == 1).order_by(carrier.c.code)).all()
    rates = {
        row.carrier: Rate(row.first_weight_g, row.first_cents, row.step_weight_g, row.step_cents, row.transit_hours)
        for row in world.db.execute(
            select(carrier_rate).where(
                carrier_rate.c.warehouse_id == lane.warehouse_id, carrier_rate.c.region == lane.region
            )
        )
    }
    return [judged(Way(Prose(r.name_en, r.name_zh), _terms(r), rates.get(r.code)), lane) for r in rows]


def _terms(row: Row[Any]) -> WaveCarrier:
    carries = frozenset(row.carries.split(",")) - {""}
    return WaveCarrier(row.code, row.daily_parcels, row.max_weight_g, carries, row.contract_from_on, row.contract_to_on)


def judged(way: Way, lane: Lane) -> Way:
    """The way with what the wave planner would have against it."""
    line = WaveLine(1, 1, 1, lane.weight_g, lane.hazard)
    order = WaveOrder(1, "1", lane.region, (line,))
    warehouse = WaveWarehouse(lane.warehouse_id, "", {1: 1})
    rates = {} if way.rate is None else {(way.terms.code, lane.warehouse_id, lane.region): way.rate}
    problem = WaveProblem((order,), (warehouse,), (way.terms,), rates, Terms(0, 0), lane.day)
    return replace(way, forbidden=barrier(problem, order, (line,), lane.weight_g, warehouse, way.terms))


def cents_of(way: Way, lane: Lane) -> int:
    """What the parcel costs this way, whether or not it may go it."""
    assert way.rate is not None
    return shipping_cents(way.rate, lane.weight_g)


def _place(world: Context, lane: Lane) -> Prose:
    house, province = m.warehouse_names(world, lane.warehouse_id), PROVINCE_BY_CODE[lane.region]
    return Prose(f"the {house.en} to {province.name_en}", f"{house.zh}发往{province.name_zh}")


def _kilograms(grams: int) -> str:
    return f"{grams / 1000:g}"


# ---- what it costs --------------------------------------------------------------------------------------------


def _cost(world: Context, rng: random.Random) -> Built:
    lane = lane_of(world, rng, "", 2_100, 14_000)
    way = rng.choice([one for one in ways_of(world, lane) if one.rate is not None])
    assert way.rate is not None
    where, rate, steps = _place(world, lane), way.rate, steps_of(way.rate, lane.weight_g)
    exhibit = Exhibit(
        Prose(f"{way.name.en}: {where.en.removeprefix('the ')}", f"{way.name.zh}：{where.zh}"),
        (Prose("Tariff", "项目"), Prose("Yuan", "元")),
        (
            (Prose("first kilogram", "首重 1 千克"), same(m.amount(rate.first_cents))),
            (
                Prose("each further kilogram or part of one", "续重每千克（不足 1 千克按 1 千克）"),
                same(m.amount(rate.step_cents)),
            ),
        ),
    )
    key = shipping_cents(rate, lane.weight_g)
    weight = _kilograms(lane.weight_g)
    mistakes = (
        (
            key - rate.step_cents,
            0.25,
            Prose("Part of a kilogram is charged as a whole one.", "不足 1 千克的部分按 1 千克计。"),
        ),
        (
            rate.first_cents + (lane.weight_g - 1_000) * rate.step_cents / 1_000,
            0.25,
            Prose("Steps aren't charged in proportion.", "续重不按比例折算。"),
        ),
        (
            key + rate.step_cents,
            0.0,
            Prose(
                "The first kilogram has its own price and is no step.",
                "首重单独计价，不再计一次续重。",
            ),
        ),
        (
            rate.first_cents * (steps + 1),
            0.0,
            Prose("Further kilograms have a price of their own.", "续重另有单价，不按首重计。"),
        ),
    )
    sum_text = f"{m.amount(rate.first_cents)} + {steps} × {m.amount(rate.step_cents)} = {m.amount(key)}"
    content = Numeric(
        key / 100,
        0.005,
        YUAN,
        Prose(
            f"{weight} kg are charged as the first kilogram and {steps} further: {sum_text}.",
            f"{weight} 千克是首重加 {steps} 个续重：{sum_text}。",
        ),
        nears(key / 100, 0.005, [(value / 100, worth, why) for value, worth, why in mistakes]),
    )
    stem = Prose(
        f"What does a parcel of {weight} kg cost on this lane?", f"一件 {weight} 千克的包裹走这条线路，运费是多少？"
    )
    return Built("numeric", stem, content, exhibit)


# ---- who carries it -------------------------------------------------------------------------------------------


def _cheapest(world: Context, rng: random.Random) -> Built:
    """The cheapest by tariff is always one that may not carry it."""
    while True:
        lane = lane_of(world, rng, rng.choice(["battery", "aerosol", "liquid", ""]), 2_100, 34_000)
        ways = ways_of(world, lane)
        ended = rng.randrange(len(ways))
        ways[ended] = judged(_ended(ways[ended], world, rng), lane)
        rated = sorted((one for one in ways if one.rate is not None), key=lambda one: cents_of(one, lane))
        possible = [one for one in rated if one.forbidden is None]
        costs = {cents_of(one, lane) for one in rated}
        if len(possible) >= 2 and rated[0].forbidden is not None and len(costs) == len(rated):
            break
    key = ways.index(possible[0])
    reasons = []
    for way in ways:
        if way.forbidden is not None:
            reasons.append(_WHY[way.forbidden])
            continue
        cost = m.amount(cents_of(way, lane))
        reasons.append(
            Prose(f"The cheapest of those that may carry it: {cost}.", f"在可承运的各家中最便宜：{cost}。")
            if way is possible[0]
            else Prose(f"It may carry it, but costs {cost}.", f"它可以承运，但要 {cost}。")
        )
    goods, weight, where = HAZARDS[lane.hazard], _kilograms(lane.weight_g), _place(world, lane)
    content_of = Prose("" if not lane.hazard else f" with {goods.en}", "" if not lane.hazard else f"、含{goods.zh}")
    stem = Prose(
        f"Today is {lane.day}. A parcel of {weight} kg{content_of.en} goes from {where.en}. Which of the carriers "
        "that may carry it is the cheapest?",
        f"今天是 {lane.day}。一件 {weight} 千克{content_of.zh}的包裹由{where.zh}。可承运的各家中，哪家最便宜？",
    )
    return Built("single", stem, pick([one.name for one in ways], key, reasons), _table(ways, lane))


def _ended(way: Way, world: Context, rng: random.Random) -> Way:
    """The same carrier, had its contract ended some weeks ago."""
    last = m.moment(world, world.now - rng.randint(3, 40) * 86_400)[:10]
    return replace(way, terms=replace(way.terms, contract_to_on=last))


def _table(ways: Sequence[Way], lane: Lane) -> Exhibit:
    def takes(way: Way) -> Prose:
        named = [HAZARDS[one] for one in sorted(way.terms.carries)]
        if not named:
            return HAZARDS[""]
        return Prose(", ".join(one.en for one in named), "、".join(one.zh for one in named))

    def heaviest(way: Way) -> Prose:
        most = _kilograms(way.terms.max_weight_g or 0)
        return Prose(f"{most} kg", f"{most} 千克")

    def price(way: Way, cents: int) -> Prose:
        return Prose("doesn't go there", "不送该地") if way.rate is None else same(m.amount(cents))

    return Exhibit(
        Prose("Carriers on this lane (yuan)", "该线路各承运商（元）"),
        (
            Prose("Carrier", "承运商"),
            Prose("First kg", "首重 1 千克"),
            Prose("Each further kg or part", "续重每千克（不足按 1 千克）"),
            Prose("Heaviest parcel", "单件限重"),
            Prose("Special goods it takes", "可承运的特殊商品"),
            Prose("Contract until", "合同至"),
        ),
        tuple(
            (
                way.name,
                price(way, way.rate.first_cents if way.rate else 0),
                price(way, way.rate.step_cents if way.rate else 0),
                heaviest(way),
                takes(way),
                same(way.terms.contract_to_on or "–"),
            )
            for way in ways
        ),
    )


def _expected(world: Context, rng: random.Random) -> Built:
    """Neither the cheapest rate nor the smallest risk has the lowest expected cost."""
    while True:
        late_cents = rng.randrange(1_500, 5_001, 500)
        lane = lane_of(world, rng, "", 1_100, 8_000)
        ways = [one for one in ways_of(world, lane) if one.forbidden is None]
        if len(ways) < 4:
            continue
        ways = [replace(one, risk=rng.randint(2, 40) / 100) for one in rng.sample(ways, 4)]
        sums = [cents_of(one, lane) + round((one.risk or 0) * late_cents) for one in ways]
        key = sums.index(min(sums))
        by_rate = min(range(4), key=lambda place: cents_of(ways[place], lane))
        by_risk = min(range(4), key=lambda place: ways[place].risk or 0)
        if key not in (by_rate, by_risk) and by_rate != by_risk and sorted(sums)[1] - sums[key] >= 20:
            break
    return _expected_question(world, lane, ways, sums, late_cents)


def _expected_question(world: Context, lane: Lane, ways: list[Way], sums: list[int], late_cents: int) -> Built:
    where, weight = _place(world, lane), _kilograms(lane.weight_g)
    exhibit = Exhibit(
        Prose(f"{where.en.removeprefix('the ')}, {weight} kg", f"{where.zh}，{weight} 千克"),
        (
            Prose("Carrier", "承运商"),
            Prose("Cost of the parcel", "运费"),
            Prose("Probability of being late", "延误概率"),
        ),
        tuple(
            (way.name, same(m.amount(cents_of(way, lane))), m.percent(f"{100 * (way.risk or 0):.0f}")) for way in ways
        ),
    )
    reasons = []
    for way, total in zip(ways, sums, strict=True):
        risk = f"{m.amount(cents_of(way, lane))} + {way.risk:.2f} × {m.amount(late_cents)} = {m.amount(total)}"
        best = total == min(sums)
        reasons.append(
            Prose(f"{risk}: the lowest expected cost.", f"{risk}，期望成本最低。")
            if best
            else Prose(f"{risk}: another carrier comes to less.", f"{risk}，另有更低的。")
        )
    stem = Prose(
        f"An order that comes late costs us {m.amount(late_cents)} yuan on average. Which carrier do you choose?",
        f"晚到一单平均损失 {m.amount(late_cents)} 元。您选哪家承运商？",
    )
    return Built("single", stem, pick([one.name for one in ways], sums.index(min(sums)), reasons), exhibit)


MODEL = ItemModel("parcel_cost", {"ask": ("cost", "cheapest", "expected")}, build)
