"""Waves to plan, for measurements and tests: drawn from a seed, or read from generalized assignment problems."""

from __future__ import annotations

import csv
import random
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from core.domain.places import PROVINCES
from core.domain.waves import (
    Rate,
    Terms,
    WaveCarrier,
    WaveLine,
    WaveOrder,
    WaveProblem,
    WaveWarehouse,
    late_risk,
)

_HAZARDS = ("", "", "", "", "", "", "", "", "battery", "liquid")
_WEIGHTS_G = (200, 350, 800, 1500, 4000, 9000)
_CARRIED = (("battery", "liquid"), ("battery",), (), ("liquid", "battery"), ())
_MOST_G = (30_000, 20_000, 50_000, 10_000, 30_000)


def drawn_wave(
    seed: int,
    *,
    orders: int = 250,
    warehouses: int = 8,
    carriers: int = 5,
    skus: int = 60,
    supply: float = 1.5,
    terms: Terms | None = None,
) -> WaveProblem:
    """A wave in which stock, pick work and parcels are short in places.

    `supply` scales what there is against what is wanted: at 1.5 a few units can't leave, at 1.0 one in twenty.
    """
    draw = random.Random(seed)
    ordered = tuple(_orders(draw, orders, skus))
    wanted = sum((order.wanted_by_sku() for order in ordered), Counter[int]())
    work = sum(wanted.values())
    houses = tuple(
        WaveWarehouse(
            number,
            f"W{number}",
            {sku: int(units * supply * draw.choice((0, 0.1, 0.2, 0.4, 0.6))) for sku, units in wanted.items()},
            int(work / warehouses * 1.25 * supply),
            handling_cents=dict.fromkeys(wanted, 20 * number % 50),
        )
        for number in range(1, warehouses + 1)
    )
    fleet = tuple(
        WaveCarrier(
            f"C{number}", int(orders / carriers * 1.4 * supply), _MOST_G[number % 5], frozenset(_CARRIED[number % 5])
        )
        for number in range(carriers)
    )
    rates = _rates(draw, warehouses, carriers)
    risks = {
        (order.id, warehouse_id, carrier): late_risk(order.allowed_hours, rate.transit_hours, 0.35)
        for (carrier, warehouse_id, region), rate in rates.items()
        for order in ordered
        if order.region == region
    }
    return WaveProblem(ordered, houses, fleet, rates, terms or Terms(3_000, 20_000), "2026-11-02", risks)


def _orders(draw: random.Random, count: int, skus: int) -> Iterator[WaveOrder]:
    goods = {sku: (draw.choice(_WEIGHTS_G), draw.choice(_HAZARDS)) for sku in range(1, skus + 1)}
    line_id = 0
    for number in range(1, count + 1):
        lines = []
        for sku in draw.sample(range(1, skus + 1), min(skus, draw.choices((1, 2, 3, 4), (50, 30, 15, 5))[0])):
            line_id += 1
            lines.append(WaveLine(line_id, sku, draw.choices((1, 2, 3, 6), (60, 25, 10, 5))[0], *goods[sku]))
        region = draw.choice(PROVINCES).code
        yield WaveOrder(number, f"N{number}", region, tuple(lines), draw.uniform(20, 96))


def _rates(draw: random.Random, warehouses: int, carriers: int) -> dict[tuple[str, int, str], Rate]:
    """What carriers take by distance on a square map; one rate in ten is missing."""
    houses = {number: (draw.random(), draw.random()) for number in range(1, warehouses + 1)}
    places = {province.code: (draw.random(), draw.random()) for province in PROVINCES}
    rates = {}
    for carrier in range(carriers):
        for warehouse_id, (x, y) in houses.items():
            for region, (to_x, to_y) in places.items():
                if draw.random() < 0.1:
                    continue
                far = ((x - to_x) ** 2 + (y - to_y) ** 2) ** 0.5
                first = int(500 + 150 * carrier + 800 * far + draw.randint(0, 99))
                rates[f"C{carrier}", warehouse_id, region] = Rate(
                    1000, first, 1000, int(100 + 40 * carrier + 500 * far), 12 + (60 - 8 * carrier) * far
                )
    return rates


def assignment_wave(text: str) -> WaveProblem:
    """A generalized assignment problem as a wave: jobs are orders of one unit, agents warehouses; what a job takes of
    an agent is the work of picking it there, what it costs its handling. Every job has to be done.

    Shape of the text: agents, jobs, a row of costs per agent, a row of resources per agent, a capacity per agent.
    """
    numbers = [int(word) for word in text.split()]
    agents, jobs = numbers[:2]
    rows = [numbers[2 + row * jobs : 2 + (row + 1) * jobs] for row in range(2 * agents)]
    capacities = numbers[2 + 2 * agents * jobs :]
    warehouses = tuple(
        WaveWarehouse(
            agent + 1,
            f"agent {agent + 1}",
            dict.fromkeys(range(1, jobs + 1), 1),
            capacities[agent],
            work=dict(enumerate(rows[agents + agent], 1)),
            handling_cents=dict(enumerate(rows[agent], 1)),
        )
        for agent in range(agents)
    )
    orders = tuple(WaveOrder(job, f"job {job}", "", (WaveLine(job, job, 1, 0),)) for job in range(1, jobs + 1))
    free = {("own", warehouse.id, ""): Rate(1, 0, 1, 0, 1) for warehouse in warehouses}
    return WaveProblem(orders, warehouses, (WaveCarrier("own"),), free, Terms(0, 0, must_fill=True), "2026-01-01")


def assignment_optima(folder: Path) -> dict[str, int]:
    """The instances of a folder with their known optima, by file name."""
    with (folder / "optima.csv").open(encoding="utf-8", newline="") as file:
        return {row["Path"].rpartition("/")[2]: int(row["Optimum"]) for row in csv.DictReader(file)}
