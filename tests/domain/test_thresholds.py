"""Safety stock and reorder point against published examples; how long stock lasts against exact sums."""

from __future__ import annotations

import math

import pytest

from core.domain.thresholds import (
    Demand,
    LeadTime,
    days_of_cover,
    days_until,
    demand_from_sums,
    levels,
    reorder_point,
    safety_stock,
    stock_out_probability,
    suggested_quantity,
    z_of,
)

# Source: textbooks' worked examples; z as printed there, results as printed there.
PUBLISHED = {
    # Russell and Taylor, Operations Management: carpet, 30 yards a day, s = 5, 10 days, 95%: 26.1 and 326.1.
    "carpet": (1.65, Demand(30, 5, 90), LeadTime(10, 0), 26.1, 326.1, 0.05),
    # Stevenson, Operations Management: jars of sauce, 50 a week, s = 3, two weeks, 10% risk: 5.43 and 105.43.
    "sauce": (1.28, Demand(50, 3, 90), LeadTime(2, 0), 5.43, 105.43, 0.01),
    # Heizer and Render, Operations Management: cameras, 10 a day, lead time 6 days, s = 1, 98%: 80.55.
    "cameras": (2.055, Demand(10, 0, 90), LeadTime(6, 1), 20.55, 80.55, 0.01),
    # The same: batteries, 150 a day, s = 16, lead time 5 days, s = 1, 95%: 254 and 1,004.
    "batteries": (1.65, Demand(150, 16, 90), LeadTime(5, 1), 254, 1_004, 0.5),
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_published_examples(name: str) -> None:
    z, demand, lead, safety, point, exact = PUBLISHED[name]
    assert safety_stock(z, demand, lead) == pytest.approx(safety, abs=exact)
    assert reorder_point(z, demand, lead) == pytest.approx(point, abs=exact)


@pytest.mark.parametrize(("level", "z"), [(0.5, 0), (0.90, 1.2816), (0.95, 1.6449), (0.98, 2.0537), (0.99, 2.3263)])
def test_z_is_that_of_the_table(level: float, z: float) -> None:
    assert z_of(level) == pytest.approx(z, abs=5e-5)


def test_levels_are_whole_units_rounded_up() -> None:
    found = levels(0.95, Demand(30, 5, 90), LeadTime(10, 0), review_days=14)
    assert (found.safety, found.reorder_point, found.order_up_to) == (27, 327, 747)
    still = levels(0.95, Demand(2, 0, 90), LeadTime(5, 0), review_days=7)
    assert (still.safety, still.reorder_point, still.order_up_to) == (0, 10, 24)


def test_demand_from_sums_is_the_samples() -> None:
    """2, 4, 4, 4, 5, 5, 7, 9: mean 5, variance 32/7."""
    daily = [2, 4, 4, 4, 5, 5, 7, 9]
    found = demand_from_sums(sum(daily), sum(d * d for d in daily), len(daily))
    assert found.mean == 5
    assert found.deviation == pytest.approx(math.sqrt(32 / 7))
    assert demand_from_sums(0, 0, 0) == Demand(0, 0, 0)
    assert demand_from_sums(3, 9, 1) == Demand(3, 0, 1)
    assert (found.enough(8), found.enough(9)) == (True, False)


@pytest.mark.parametrize(
    ("available", "on_order", "wanted"), [(10, 0, 20), (4, 0, 26), (4, 6, 20), (11, 0, 0), (4, 7, 0), (4, 40, 0)]
)
def test_what_to_order(available: int, on_order: int, wanted: int) -> None:
    assert suggested_quantity(available, on_order, low=10, up_to=30) == wanted


def test_a_chance_is_the_exact_sum_where_demand_is_small() -> None:
    """Poisson with mean 6: 1 − Σ e⁻⁶ 6ⁱ / i!."""
    demand = Demand(2, math.sqrt(2), 90)
    for stock in (0, 3, 8):
        exact = 1 - sum(math.exp(-6) * 6**i / math.factorial(i) for i in range(stock + 1))
        assert stock_out_probability(stock, demand, 3) == pytest.approx(exact, abs=1e-12)


def test_a_chance_knows_of_heaps() -> None:
    """Mean 20 over ten days: where demand varies more than it averages, running out of 26 is likelier."""
    even, heaps = Demand(2, math.sqrt(2), 90), Demand(2, 4, 90)
    assert stock_out_probability(26, heaps, 10) > 2 * stock_out_probability(26, even, 10)
    # Normal with continuity: P(Z > 6.5 / (4·√10)).
    z = 6.5 / (4 * math.sqrt(10))
    assert stock_out_probability(26, heaps, 10) == pytest.approx(0.5 * math.erfc(z / math.sqrt(2)))


@pytest.mark.parametrize(
    ("available", "demand", "chance"), [(5, Demand(0, 0, 90), 0), (-1, Demand(1, 1, 90), 1), (0, Demand(50, 1, 90), 1)]
)
def test_sure_things(available: int, demand: Demand, chance: float) -> None:
    assert stock_out_probability(available, demand, 30) == chance


def test_cover_and_the_day_it_ends() -> None:
    demand = Demand(4, 2, 90)
    assert days_of_cover(40, demand) == 10
    assert days_of_cover(40, Demand(0, 0, 90)) is None
    day = days_until(40, demand, 0.5)
    assert day is not None
    assert stock_out_probability(40, demand, day) >= 0.5 > stock_out_probability(40, demand, day - 1)
    assert 9 <= day <= 11
    assert days_until(10_000, demand, 0.5) is None
    early = days_until(40, demand, 0.1)
    assert early is not None
    assert early < day
