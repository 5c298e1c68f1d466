"""A wave's rules: what a parcel costs, how likely it is late, which ways are open, what a plan may not do."""

from __future__ import annotations

from dataclasses import replace

import pytest

from core.domain.wave_checks import Breach, breaches, evaluate
from core.domain.wave_greedy import plan_greedily
from core.domain.wave_reasons import why_waiting
from core.domain.waves import (
    LIMIT_LABELS,
    Limit,
    Parcel,
    Rate,
    Terms,
    WaveCarrier,
    WaveLine,
    WaveOrder,
    WaveProblem,
    WaveWarehouse,
    late_risk,
    shipping_cents,
)

RATE = Rate(1000, 800, 500, 150, 24)


@pytest.mark.parametrize(
    ("weight_g", "cents"), [(0, 800), (1, 800), (1000, 800), (1001, 950), (1500, 950), (1501, 1100), (10_000, 3500)]
)
def test_a_parcel_costs_its_first_weight_and_every_begun_step(weight_g: int, cents: int) -> None:
    assert shipping_cents(RATE, weight_g) == cents


@pytest.mark.parametrize(
    ("allowed", "risk"),
    [(None, 0.0), (0.0, 1.0), (-3.0, 1.0), (24.0, 0.5), (24 * 1.6487212707, 0.158655), (24 / 1.6487212707, 0.841345)],
)
def test_the_risk_of_coming_late_follows_a_lognormal_time_on_the_road(allowed: float | None, risk: float) -> None:
    assert late_risk(allowed, 24.0, 0.5) == pytest.approx(risk, abs=1e-6)


def test_every_limit_has_words() -> None:
    assert set(LIMIT_LABELS) == set(Limit)


def small_wave() -> WaveProblem:
    """Two orders, two warehouses, two carriers; one carries no batteries and doesn't go from the second warehouse."""
    first = WaveOrder(1, "A", "CN-SH", (WaveLine(11, 1, 2, 400), WaveLine(12, 2, 1, 900, "battery")), 30.0)
    second = WaveOrder(2, "B", "CN-GD", (WaveLine(21, 1, 3, 400),), 30.0)
    return WaveProblem(
        (first, second),
        (WaveWarehouse(1, "SH", {1: 4, 2: 1}, 6), WaveWarehouse(2, "GZ", {1: 3}, 6, handling_cents={1: 10})),
        (
            WaveCarrier("all", 2, 5000, frozenset({"battery"}), "2026-01-01", "2026-12-31"),
            WaveCarrier("cheap", None, 1500),
        ),
        {
            ("all", 1, "CN-SH"): Rate(1000, 900, 1000, 100, 20),
            ("all", 1, "CN-GD"): Rate(1000, 1200, 1000, 100, 40),
            ("all", 2, "CN-SH"): Rate(1000, 1200, 1000, 100, 40),
            ("all", 2, "CN-GD"): Rate(1000, 900, 1000, 100, 20),
            ("cheap", 1, "CN-SH"): Rate(1000, 500, 1000, 100, 30),
            ("cheap", 1, "CN-GD"): Rate(1000, 600, 1000, 100, 60),
        },
        Terms(late_cents=1000, unfilled_cents=5000),
        "2026-11-02",
        {(2, 2, "all"): 0.25, (1, 1, "all"): 0.1},
    )


WHOLE_A = Parcel(1, 1, "all", {11: 2, 12: 1})
WHOLE_B = Parcel(2, 2, "all", {21: 3})


def test_a_plan_costs_shipping_handling_late_risk_and_what_it_leaves_behind() -> None:
    both = evaluate(small_wave(), (WHOLE_A, WHOLE_B))
    # A weighs 1,700 g: 9.00 + 1.00; B 1,200 g: 9.00 + 1.00, and three units handled at 0.10.
    assert (both.shipping_cents, both.handling_cents, both.late_cents) == (2000, 30, 100 + 250)
    assert both.expected_late == pytest.approx(0.35)
    assert (both.unfilled_units, both.unfilled_orders, both.parcels_count) == (0, 0, 2)
    assert both.total_cents == 2000 + 30 + 350
    one = evaluate(small_wave(), (WHOLE_A,))
    assert (one.unfilled_units, one.unfilled_orders, one.total_cents) == (3, 1, 1000 + 100 + 3 * 5000)


def test_a_plan_that_keeps_every_limit_breaks_none() -> None:
    assert breaches(small_wave(), (WHOLE_A, WHOLE_B)) == []


SHARED = [
    (Parcel(2, 1, "all", {21: 3}), Breach(Limit.STOCK, "SH 1", 5, 4)),
    (Parcel(2, 2, "cheap", {21: 3}), Breach(Limit.RATE, "cheap CN-GD", 1, 0)),
    (Parcel(2, 2, "all", {21: 4}), Breach(Limit.QUANTITY, "B", 4, 3)),
    (Parcel(2, 2, "all", {21: 0}), Breach(Limit.QUANTITY, "B", 0, 3)),
    (Parcel(2, 2, "all", {99: 1}), Breach(Limit.QUANTITY, "B", 1, 3)),
    (Parcel(2, 2, "all", {21: 2}), Breach(Limit.QUANTITY, "B", 2, 3)),
]


@pytest.mark.parametrize(("parcel", "breach"), SHARED)
def test_the_check_finds_what_a_parcel_breaks(parcel: Parcel, breach: Breach) -> None:
    assert breach in breaches(small_wave(), (WHOLE_A, parcel))


def test_the_check_finds_goods_and_weights_that_a_carrier_does_not_take() -> None:
    found = breaches(small_wave(), (Parcel(1, 1, "cheap", {11: 2, 12: 1}),))
    assert found == [Breach(Limit.WEIGHT, "A", 1700, 1500), Breach(Limit.HAZARD, "A", 1, 0)]


def test_the_check_finds_work_parcels_contracts_pins_and_parts_beyond_their_limit() -> None:
    problem = small_wave()
    plan = (WHOLE_A, WHOLE_B)
    tight = replace(problem.warehouses[0], pick_capacity=2), problem.warehouses[1]
    assert breaches(replace(problem, warehouses=tight), plan) == [Breach(Limit.PICK_CAPACITY, "SH", 3, 2)]
    few = replace(problem.carriers[0], parcels_left=1), problem.carriers[1]
    assert breaches(replace(problem, carriers=few), plan) == [Breach(Limit.CARRIER_PARCELS, "all", 2, 1)]
    assert breaches(replace(problem, ships_on="2027-01-01"), plan) == [Breach(Limit.CONTRACT, "all", 1, 0)] * 2
    pinned = replace(problem.orders[0], pinned_warehouse_id=2), problem.orders[1]
    assert breaches(replace(problem, orders=pinned), plan) == [Breach(Limit.PIN, "A", 1, 2)]
    cut = (Parcel(1, 1, "all", {12: 1}), Parcel(1, 2, "all", {11: 2}))
    assert breaches(problem, cut) == []
    whole = replace(problem, terms=replace(problem.terms, may_split=False))
    assert breaches(whole, cut) == [Breach(Limit.PARTS, "A", 2, 1)]
    twice = (Parcel(1, 1, "all", {12: 1}), Parcel(1, 1, "all", {11: 2}))
    assert breaches(problem, twice) == [Breach(Limit.PARTS, "A", 2, 2)]
    everything = replace(problem, terms=replace(problem.terms, must_fill=True))
    assert breaches(everything, (WHOLE_A,)) == [Breach(Limit.QUANTITY, "B", 0, 3)]
    part = replace(problem, terms=replace(problem.terms, may_part=True))
    assert breaches(part, (Parcel(2, 2, "all", {21: 2}),)) == []


def test_greedy_serves_the_most_urgent_first_the_cheapest_way() -> None:
    assert plan_greedily(small_wave()) == (WHOLE_A, WHOLE_B)


def test_greedy_cuts_an_order_where_no_warehouse_has_all_of_it() -> None:
    problem = small_wave()
    short = replace(problem.warehouses[0], stock={1: 1, 2: 1}), problem.warehouses[1]
    plan = plan_greedily(replace(problem, warehouses=short, orders=problem.orders[:1]))
    assert plan == (Parcel(1, 1, "all", {11: 1, 12: 1}), Parcel(1, 2, "all", {11: 1}))


def test_greedy_leaves_behind_what_costs_more_than_waiting() -> None:
    problem = small_wave()
    assert plan_greedily(replace(problem, terms=replace(problem.terms, unfilled_cents=100))) == ()


def test_greedy_sends_what_there_is_where_it_may() -> None:
    problem = small_wave()
    bare = replace(problem.warehouses[0], stock={}), replace(problem.warehouses[1], stock={1: 2})
    orders = problem.orders[1:]
    assert plan_greedily(replace(problem, warehouses=bare, orders=orders)) == ()
    may = replace(problem.terms, may_part=True)
    plan = plan_greedily(replace(problem, warehouses=bare, orders=orders, terms=may))
    assert plan == (Parcel(2, 2, "all", {21: 2}),)


def waiting_for(**changes: object) -> tuple[Limit, ...]:
    """Why order A waits when the wave is changed so."""
    return why_waiting(replace(small_wave(), **changes), ())[1]  # type: ignore[arg-type]


def test_an_order_that_waits_says_why() -> None:
    problem = small_wave()
    sh, gz = problem.warehouses
    fast, cheap = problem.carriers
    assert waiting_for(warehouses=(replace(sh, stock={1: 4}), gz)) == (Limit.STOCK,)
    assert waiting_for(warehouses=(replace(sh, pick_capacity=2),)) == (Limit.PICK_CAPACITY,)
    assert waiting_for(carriers=(replace(fast, parcels_left=0), cheap)) == (Limit.CARRIER_PARCELS,)
    assert waiting_for(ships_on="2027-01-01", carriers=(fast,)) == (Limit.CONTRACT,)
    assert waiting_for(carriers=(cheap,)) == (Limit.HAZARD, Limit.RATE)
    assert waiting_for(rates={}) == (Limit.RATE,)
    assert waiting_for(carriers=(replace(fast, max_weight_g=1000),)) == (Limit.WEIGHT,)
    pinned = replace(problem.orders[0], pinned_warehouse_id=2)
    assert waiting_for(orders=(pinned,), warehouses=(sh,)) == (Limit.PIN,)
    assert waiting_for() == (Limit.COST,)


def test_a_served_order_does_not_wait() -> None:
    assert why_waiting(small_wave(), (WHOLE_A, WHOLE_B)) == {}
