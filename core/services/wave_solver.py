"""Solves a wave: the greedy plan, the best one that integer programming finds in time, and what they are worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from core.domain.wave_checks import Outcome, breaches, evaluate
from core.domain.wave_greedy import plan_greedily
from core.domain.waves import Parcel, Plan, WaveProblem
from core.services.wave_master import Chosen, Clock, Deadline, Master
from core.services.wave_patterns import OrderPatterns, Rows

SECONDS = 20.0
GAP = 2e-3  # relative distance from the bound at which the search may stop
_FEW_PATTERNS, _MOST_PATTERNS = 4_000, 20_000  # looked at together, at first and then; a window with more is narrowed
_LEAST_SECONDS = 0.05


class Ended(StrEnum):
    """How a search ended."""

    OPTIMAL = "optimal"
    TIME = "time"
    NOTHING = "nothing"
    INFEASIBLE = "infeasible"


ENDED_LABELS = MappingProxyType(
    {
        Ended.OPTIMAL: "Solved to the optimum",
        Ended.TIME: "Stopped before the optimum was proved",
        Ended.NOTHING: "No better plan found in time",
        Ended.INFEASIBLE: "No plan serves every unit",
    }
)


@dataclass(frozen=True, slots=True)
class Solved:
    """What came of planning a wave.

    `plan` is the better one of both; `from_greedy` says whose it is. `bound_cents`: no plan costs less. `gap` is the
    share of the plan's cost that lies above the bound, None where there is no plan. `greedy` and `outcome` are None
    where such a plan breaks a limit, as the greedy one may where every unit has to leave.
    """

    plan: Plan
    outcome: Outcome | None
    greedy_plan: Plan
    greedy: Outcome | None
    from_greedy: bool
    ended: Ended
    bound_cents: int
    gap: float | None
    seconds: float


class _Found(NamedTuple):
    """The best plan of a search, if any, a bound for all plans, and whether the search came to its end."""

    plan: Plan | None
    bound: float
    done: bool


def solve(problem: WaveProblem, clock: Clock, seconds: float = SECONDS, gap: float = GAP) -> Solved:
    """Plans a wave in at most about `seconds`, until the plan is within `gap` of the bound; what is given is never
    worse than the greedy plan.

    `clock` is what the seconds are counted by, such as time.monotonic.
    """
    began = clock()
    greedy_plan = plan_greedily(problem)
    greedy = None if breaches(problem, greedy_plan) else evaluate(problem, greedy_plan)
    deadline = Deadline(clock, began + seconds)
    found = _search(problem, greedy_plan, math.inf if greedy is None else greedy.total_cents, gap, deadline)
    best = evaluate(problem, found.plan) if found.plan is not None else None
    from_greedy = greedy is not None and (best is None or greedy.total_cents <= best.total_cents)
    plan, outcome = (greedy_plan, greedy) if from_greedy else (found.plan or (), best)
    bound = round(found.bound)
    if outcome is not None:
        bound = min(bound, outcome.total_cents)
        ended = Ended.OPTIMAL if found.done else Ended.NOTHING if found.plan is None else Ended.TIME
    else:
        ended = Ended.INFEASIBLE if found.done else Ended.NOTHING
    return Solved(
        plan=plan,
        outcome=outcome,
        greedy_plan=greedy_plan,
        greedy=greedy,
        from_greedy=from_greedy,
        ended=ended,
        bound_cents=bound,
        gap=None if outcome is None else (outcome.total_cents - bound) / max(1, outcome.total_cents),
        seconds=clock() - began,
    )


def _search(problem: WaveProblem, greedy_plan: Plan, best_cents: float, gap: float, deadline: Deadline) -> _Found:
    """Looks for a plan cheaper than `best_cents`: the relaxation first, then whole numbers among the patterns that may
    be in one.

    Why: a pattern whose reduced cost lies above the window can't be in any plan inside it, so that it is left out
    without losing one. Limits that cost nothing in the relaxation are left out at first, too: then few patterns are
    needed, what is found bounds every plan all the same, and a limit that it breaks comes back.
    Source: reduced-cost fixing, L. A. Wolsey, Integer Programming (2nd ed. 2020), 7.
    """
    master, forbidden = _master(problem, greedy_plan)
    relaxed = master.relax(deadline)
    impossible = relaxed.bound >= forbidden
    if impossible or not relaxed.done:
        return _Found(None, _whole(relaxed.bound), impossible)
    best, bound = _Best(None, min(best_cents, forbidden)), _whole(relaxed.bound)
    loose = relaxed.prices > -1e-6
    kept, _ = master.bring_near(relaxed, best.cents - relaxed.bound, loose, _FEW_PATTERNS)
    best = _better(master, best, master.choose(kept, deadline.left() / 2, gap / 4))
    while best.cents - bound > gap * best.cents and (left := deadline.left()) > _LEAST_SECONDS:
        kept, held = master.bring_near(relaxed, best.cents - relaxed.bound, loose, _MOST_PATTERNS)
        chosen = master.choose(kept, left, gap / 4, loose)
        bound = max(bound, _whole(min(relaxed.bound + held, chosen.bound)))
        if bound >= forbidden:
            return _Found(None, bound, True)
        broken = master.broken(chosen.patterns)
        if not broken:
            best = _better(master, best, chosen)
            break
        loose[broken] = False
        if best.cents - bound > gap * best.cents and (left := deadline.left()) > _LEAST_SECONDS:
            best = _better(master, best, master.choose(kept, left / 2, gap / 4))
    return _Found(best.plan, bound, best.cents < forbidden and best.cents - bound <= gap * best.cents)


def _whole(bound: float) -> float:
    """A bound in cents: every plan costs a whole number of them."""
    return math.ceil(bound - 1e-6 * max(1.0, abs(bound))) if math.isfinite(bound) else bound


class _Best(NamedTuple):
    """The cheapest plan that a search found, or what it has to cost less than."""

    plan: Plan | None
    cents: float


def _better(master: Master, best: _Best, chosen: Chosen) -> _Best:
    """The better one of a plan and a choice of patterns that keeps every limit."""
    if chosen.patterns is None:
        return best
    cents = sum(one.price_of(pattern) for one, pattern in zip(master.orders, chosen.patterns, strict=True))
    return _Best(master.plan_of(chosen.patterns), cents) if cents < best.cents else best


def _master(problem: WaveProblem, greedy_plan: Plan) -> tuple[Master, float]:
    """The program with the greedy plan's patterns in it, and what only a plan that leaves orders behind although none
    may be costs."""
    rows = Rows(problem)
    orders = [
        OrderPatterns(problem, order, rows, order.units * problem.terms.unfilled_cents) for order in problem.orders
    ]
    forbidden = math.inf
    if problem.terms.must_fill:
        forbidden = 1.0 + sum(order.highest_cents for order in orders)
        for order in orders:
            order.waiting_cents = forbidden
    master = Master(orders, rows)
    numbers = {order.id: number for number, order in enumerate(problem.orders)}
    by_order: dict[int, list[Parcel]] = {}
    for parcel in greedy_plan:
        by_order.setdefault(numbers[parcel.order_id], []).append(parcel)
    for number, parcels in by_order.items():
        if (pattern := orders[number].pattern_of(parcels)) is not None:
            master.add(number, pattern)
    return master, forbidden
