"""Solving waves: known optima, small waves against trying everything, never worse than greedy, and what stops it."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.wave_instances import assignment_optima, assignment_wave, drawn_wave
from core.domain.wave_checks import breaches, evaluate
from core.domain.waves import Limit, Parcel, Plan, Terms, WaveOrder, WaveProblem
from core.services.wave_shortage import Shortage, shortages
from core.services.wave_solver import SECONDS, Ended, Solved, solve


def planned(problem: WaveProblem, seconds: float = SECONDS, gap: float = 1e-3) -> Solved:
    """A wave solved by the machine's own clock."""
    return solve(problem, time.monotonic, seconds, gap)


def missing(problem: WaveProblem) -> tuple[Shortage, ...]:
    """What a wave lacks, found by the machine's own clock."""
    return shortages(problem, time.monotonic)


ALL = ["gap1-0", "gap1-1", "gap3-0", "gap3-1", "gap5-0", "gap5-1", "gap7-0", "gap7-1", "gap9-0", "gap9-1"]
LARGE = ["gap11-0", "gap11-1"]


@pytest.mark.parametrize("name", ALL + LARGE)
def test_generalized_assignment_problems_are_solved_to_their_optima(
    acceptance: Callable[[str], Path], name: str
) -> None:
    folder = acceptance("gap")
    problem = assignment_wave((folder / name).read_text(encoding="ascii"))
    solved = planned(problem, 60.0, 0.0)
    assert solved.ended is Ended.OPTIMAL
    assert solved.outcome is not None
    assert solved.outcome.total_cents == solved.bound_cents == assignment_optima(folder)[name]
    assert breaches(problem, solved.plan) == []


def every_choice(problem: WaveProblem, order: WaveOrder) -> Iterator[Plan]:
    """Every way of serving one order, good or bad."""
    yield ()
    ways = [(warehouse.id, carrier.code) for warehouse in problem.warehouses for carrier in problem.carriers]
    ways = [way for way in ways if (way[1], way[0], order.region) in problem.rates]
    levels = [range(line.quantity + 1) for line in order.lines]
    full = tuple(line.quantity for line in order.lines)
    for content in product(*levels):
        units = {line.id: n for line, n in zip(order.lines, content, strict=True) if n}
        rest = {line.id: line.quantity - n for line, n in zip(order.lines, content, strict=True) if line.quantity > n}
        for way in ways if units else ():
            yield (Parcel(order.id, *way, units),)
            if content < full and rest:
                for other in ways:
                    yield (Parcel(order.id, *way, units), Parcel(order.id, *other, rest))


def cheapest_of_all(problem: WaveProblem) -> int | None:
    """What the best plan costs, found by trying every one; None where none keeps the limits."""
    lonely = [
        [plan for plan in every_choice(problem, order) if not breaches(replace(problem, orders=(order,)), plan)]
        for order in problem.orders
    ]
    best: int | None = None
    for choice in product(*lonely):
        plan = tuple(parcel for part in choice for parcel in part)
        cost = evaluate(problem, plan).total_cents
        if (best is None or cost < best) and not breaches(problem, plan):
            best = cost
    return best


@given(st.integers(0, 10**9))
@settings(max_examples=25, deadline=None)
def test_small_waves_are_solved_to_what_trying_everything_finds(seed: int) -> None:
    draw = random.Random(seed)
    terms = Terms(
        3_000, draw.choice((400, 2_000, 20_000)), draw.random() < 0.7, draw.random() < 0.5, draw.random() < 0.3
    )
    problem = drawn_wave(seed, orders=3, warehouses=2, carriers=2, skus=3, supply=draw.choice((1, 2, 3)), terms=terms)
    small = tuple(
        replace(order, lines=tuple(replace(line, quantity=min(line.quantity, 2)) for line in order.lines[:2]))
        for order in problem.orders
    )
    problem = replace(problem, orders=small)
    if draw.random() < 0.3:
        problem = replace(problem, orders=(replace(small[0], pinned_warehouse_id=1), *small[1:]))
    best, solved = cheapest_of_all(problem), planned(problem, 20.0, 0.0)
    if best is None:
        assert (solved.ended, solved.outcome, solved.plan) == (Ended.INFEASIBLE, None, ())
        assert missing(problem) != ()
        return
    assert solved.outcome is not None
    assert (solved.outcome.total_cents, solved.bound_cents, solved.ended) == (best, best, Ended.OPTIMAL)
    assert breaches(problem, solved.plan) == []


@given(st.integers(0, 10**9), st.sampled_from((0.8, 1.2, 2.0)), st.booleans(), st.booleans())
@settings(max_examples=12, deadline=None)
def test_a_plan_keeps_every_limit_and_is_never_dearer_than_the_greedy_one(
    seed: int, supply: float, may_split: bool, may_part: bool
) -> None:
    terms = Terms(3_000, 20_000, may_split, may_part)
    problem = drawn_wave(seed, orders=40, warehouses=4, carriers=3, skus=20, supply=supply, terms=terms)
    solved = planned(problem, 5.0)
    assert solved.outcome is not None
    assert solved.greedy is not None
    assert breaches(problem, solved.plan) == breaches(problem, solved.greedy_plan) == []
    assert solved.outcome == evaluate(problem, solved.plan)
    assert solved.bound_cents <= solved.outcome.total_cents <= solved.greedy.total_cents
    assert solved.gap == pytest.approx(1 - solved.bound_cents / max(1, solved.outcome.total_cents), abs=1e-9)


@pytest.mark.slow
def test_a_full_wave_is_planned_within_one_percent_of_its_bound() -> None:
    problem = drawn_wave(2)
    assert (len(problem.orders), len(problem.warehouses), len(problem.carriers)) == (250, 8, 5)
    solved = planned(problem)
    assert solved.gap is not None
    assert solved.gap <= 0.01
    assert breaches(problem, solved.plan) == []


def test_without_time_the_greedy_plan_stands_and_says_so() -> None:
    problem = drawn_wave(4, orders=30, warehouses=3, carriers=3, skus=20)
    solved = planned(problem, 0.0)
    assert (solved.ended, solved.from_greedy) == (Ended.NOTHING, True)
    assert solved.plan == solved.greedy_plan != ()
    assert solved.outcome == solved.greedy
    best = planned(problem).outcome
    assert best is not None
    assert 0 < solved.bound_cents <= best.total_cents


def test_a_pinned_order_leaves_its_warehouse_or_waits() -> None:
    problem = drawn_wave(5, orders=20, warehouses=4, carriers=3, skus=20, supply=3.0)
    first = next(parcel for parcel in planned(problem).plan)
    other = next(w.id for w in problem.warehouses if w.id != first.warehouse_id)
    orders = tuple(
        replace(order, pinned_warehouse_id=other if order.id == first.order_id else None) for order in problem.orders
    )
    pinned = planned(replace(problem, orders=orders))
    assert {parcel.warehouse_id for parcel in pinned.plan if parcel.order_id == first.order_id} <= {other}


def ample() -> WaveProblem:
    """A wave in which nothing is short and every unit has to leave."""
    drawn = drawn_wave(6, orders=12, warehouses=2, carriers=1, skus=6, supply=1.0)
    wanted = {line.sku_id: 500 for order in drawn.orders for line in order.lines}
    rate = next(iter(drawn.rates.values()))
    return replace(
        drawn,
        warehouses=tuple(replace(one, stock=wanted, pick_capacity=1000) for one in drawn.warehouses),
        carriers=(
            replace(drawn.carriers[0], parcels_left=100, max_weight_g=None, carries=frozenset({"battery", "liquid"})),
        ),
        rates={("C0", one.id, order.region): rate for one in drawn.warehouses for order in drawn.orders},
        terms=Terms(3_000, 20_000, must_fill=True),
    )


def test_a_wave_that_can_leave_lacks_nothing() -> None:
    assert missing(ample()) == ()
    assert planned(ample()).ended is Ended.OPTIMAL


def lacking(problem: WaveProblem) -> list[Shortage]:
    """What a wave lacks that has no plan."""
    solved = planned(problem)
    assert (solved.ended, solved.plan, solved.outcome) == (Ended.INFEASIBLE, (), None)
    return list(missing(problem))


def test_missing_stock_is_named_with_its_sku_and_what_is_held_back() -> None:
    problem = ample()
    sku = problem.orders[0].lines[0].sku_id
    wanted = sum(order.wanted_by_sku()[sku] for order in problem.orders)
    houses = tuple(
        replace(
            one, stock={**one.stock, sku: wanted - 2 if one.id == 1 else 0}, held_back={sku: 1} if one.id == 1 else {}
        )
        for one in problem.warehouses
    )
    found = lacking(replace(problem, warehouses=houses))
    assert [one.limit for one in found] == [Limit.STOCK] * len(found)
    assert (sum(one.missing for one in found), {one.sku_id for one in found}) == (2, {sku})
    for one in found:
        assert (one.there, one.held_back) == ((wanted - 2, 1) if one.warehouse_id == 1 else (0, 0))


def test_a_full_warehouse_is_named_with_the_work_it_lacks() -> None:
    problem = ample()
    work = sum(order.units for order in problem.orders)
    houses = (replace(problem.warehouses[0], pick_capacity=work - 3), replace(problem.warehouses[1], pick_capacity=0))
    found = lacking(replace(problem, warehouses=houses))
    assert {one.limit for one in found} == {Limit.PICK_CAPACITY}
    assert sum(one.missing for one in found) == 3


def test_a_full_carrier_is_named_with_the_parcels_it_lacks() -> None:
    problem = ample()
    carriers = (replace(problem.carriers[0], parcels_left=len(problem.orders) - 2),)
    assert lacking(replace(problem, carriers=carriers)) == [
        Shortage(Limit.CARRIER_PARCELS, 2, len(problem.orders) - 2, carrier="C0")
    ]


@pytest.mark.parametrize("limit", [Limit.RATE, Limit.CONTRACT, Limit.WEIGHT, Limit.HAZARD])
def test_an_order_that_nobody_may_take_is_named_with_its_reason(limit: Limit) -> None:
    problem = ample()
    order = problem.orders[0]
    carrier = problem.carriers[0]
    if limit is Limit.RATE:
        orders = (replace(order, region="CN-XX"), *problem.orders[1:])
    elif limit is Limit.WEIGHT:
        heavy = tuple(replace(line, quantity=1, unit_weight_g=90_000) for line in order.lines[:1])
        orders, carrier = (replace(order, lines=heavy), *problem.orders[1:]), replace(carrier, max_weight_g=80_000)
    elif limit is Limit.HAZARD:
        odd = tuple(replace(line, hazard="aerosol") for line in order.lines)
        orders = (replace(order, lines=odd), *problem.orders[1:])
    else:
        orders, carrier = problem.orders[:1], replace(carrier, contract_to_on="2026-11-01")
    found = lacking(replace(problem, orders=orders, carriers=(carrier,)))
    assert found == [Shortage(limit, 1, order_id=order.id)]


def test_a_pin_that_cannot_be_kept_is_named() -> None:
    problem = ample()
    order = problem.orders[0]
    sku = order.lines[0].sku_id
    houses = tuple(
        replace(one, stock={**one.stock, sku: 0} if one.id == 2 else one.stock) for one in problem.warehouses
    )
    small = replace(order, lines=(replace(order.lines[0], quantity=1),), pinned_warehouse_id=2)
    found = lacking(replace(problem, warehouses=houses, orders=(small, *problem.orders[1:])))
    assert found == [Shortage(Limit.PIN, 1, warehouse_id=2, order_id=order.id)]


def test_many_ways_that_are_as_good_do_not_keep_the_explanation_from_its_end() -> None:
    """Every way of lifting the only limit that is short costs the same, in any order."""
    drawn = drawn_wave(7, orders=120, warehouses=4, carriers=5, skus=30, supply=3.0)
    work = sum(order.units for order in drawn.orders)
    houses = tuple(replace(one, pick_capacity=work // 8) for one in drawn.warehouses)
    # Two seconds are enough on a quiet machine; thirty leave room on a busy one.
    found = shortages(replace(drawn, warehouses=houses), time.monotonic, seconds=30.0)
    short = sum(one.missing for one in found if one.limit is Limit.PICK_CAPACITY)
    helpless = {one.order_id for one in found} - {0}
    able = sum(order.units for order in drawn.orders if order.id not in helpless)
    assert short == able - 4 * (work // 8)


def test_an_order_all_of_whose_lines_were_cancelled_leaves_nothing_behind() -> None:
    problem = ample()
    emptied = replace(problem.orders[0], lines=())
    solved = planned(replace(problem, orders=(emptied, *problem.orders[1:])))
    assert solved.plan is not None
    assert {parcel.order_id for parcel in solved.plan} == {order.id for order in problem.orders[1:]}
