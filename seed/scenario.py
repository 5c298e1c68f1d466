"""Named scenarios: how big a world is, how busy it was, and what waits on its desk."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from zoneinfo import ZoneInfo

import numpy as np

from core.domain.errors import NotFound
from core.domain.places import PROVINCES
from core.services.parameters import warehouse_code_for
from seed.streams import stream
from seed.trade import Product, catalogue, depots, geography

HOURS_PER_DAY = 24
# Goods per order, on average, of the draws in seed/goods.py.
UNITS_PER_ORDER = 2.05


@dataclass(frozen=True, slots=True)
class Scenario:
    """One world to be made.

    Units: `orders` arrive over `days` days that end at the world's clock; orders that stopped within the last
    `backlog_hours` still wait for a clerk; `scarce` articles have sold out at one warehouse within that time;
    `fault_share` of the orders stop in the automatic review, and for every reason at least one still waits;
    `held_share` are held for a while; `campaigns` days of the history are campaign days.
    """

    name: str
    orders: int
    days: int
    skus: int = 210
    backlog_hours: float = 26.0
    scarce: int = 5
    fault_share: float = 0.05
    held_share: float = 0.008
    campaigns: int = 2


# A weekday morning with the night's orders on the desk; practice worlds wake up here.
PRACTICE_CLOCK_AT = int(datetime(2026, 9, 15, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai")).timestamp())
# The seeds of the worlds that exercises and generated items use; they are built with the demo, others at first use.
PRACTICE_SEEDS = (11, 12, 13, 21)

SCENARIOS = MappingProxyType(
    {
        scenario.name: scenario
        for scenario in (
            Scenario("demo", orders=20_000, days=90),
            Scenario("desk", orders=300, days=6, skus=60, backlog_hours=20.0, scarce=2, fault_share=0.10, campaigns=0),
            Scenario("busy_desk", orders=2_000, days=14, skus=120, scarce=4, fault_share=0.07, campaigns=1),
        )
    }
)


def get_scenario(name: str) -> Scenario:
    """A scenario by its name. Raises: NotFound."""
    if name not in SCENARIOS:
        raise NotFound("There is no scenario {name}.", name=name)
    return SCENARIOS[name]


def assortment(scenario: Scenario, seed: int) -> tuple[Product, ...]:
    """The articles that a scenario sells, by code; a small one has some of every category."""
    products = catalogue()
    if scenario.skus >= len(products):
        return products
    picks = stream(seed, "assortment").choice(len(products), scenario.skus, replace=False)
    return tuple(products[i] for i in sorted(picks.tolist()))


def popularity(seed: int, count: int) -> np.ndarray:
    """How likely each of `count` articles is to be bought: a few sell much, many sell little.

    Shape: `count` probabilities that sum to 1.
    """
    weights = 1.0 / (np.arange(count) + 4.0) ** 0.75
    return stream(seed, "popularity").permutation(weights / weights.sum())


def warehouse_shares() -> np.ndarray:
    """Share of the orders that each warehouse serves, in the order of depots()."""
    codes = [depot.code for depot in depots()]
    shares = np.zeros(len(codes))
    for province in PROVINCES:
        shares[codes.index(warehouse_code_for(province.code))] += geography().weight[province.code]
    return shares / shares.sum()


def daily_units(scenario: Scenario, seed: int, skus_count: int) -> np.ndarray:
    """Units that are expected to be sold per day.

    Shape: warehouses × articles.
    """
    per_day = scenario.orders / max(scenario.days, 1) * UNITS_PER_ORDER
    return per_day * np.outer(warehouse_shares(), popularity(seed, skus_count))
