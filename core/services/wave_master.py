"""The integer program over the patterns of a wave's orders: one pattern per order, within the limits they share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.domain.waves import Plan
from core.services.wave_patterns import WAITS, Bools, Floats, OrderPatterns, Pattern, Rows

if TYPE_CHECKING:
    from scipy.sparse import csc_array

_A_ROUND = 4  # patterns that one order may bring in one round
_CLOSE = 1e-6  # relative distance at which the relaxation counts as solved


Clock = Callable[[], float]  # seconds that pass, from anywhere on


class Deadline(NamedTuple):
    """Until when a search may go on, by the clock it was given."""

    clock: Clock
    until: float

    def left(self) -> float:
        """Seconds that are left, below 0 when it is over."""
        return self.until - self.clock()


class Relaxed(NamedTuple):
    """The relaxation: a bound for every plan, the prices of the shared limits and of the orders it was found with.

    `done`: no pattern is missing that would make it lower.
    """

    bound: float
    prices: Floats
    orders: Floats
    done: bool


class Chosen(NamedTuple):
    """What a search among patterns found: one pattern per order (or none found), slack, a bound, and if it ended."""

    patterns: list[Pattern] | None
    slack: Floats
    bound: float
    done: bool


class Master:
    """The program: its columns are patterns, its rows the orders and the limits they share.

    `slack_costs`: what exceeding each shared limit by one costs, where limits may be exceeded.
    """

    def __init__(self, orders: Sequence[OrderPatterns], rows: Rows, slack_costs: Floats | None = None) -> None:
        self.orders = orders
        self.limits = np.array([row.limit for row in rows.rows], dtype=np.float64)
        self.slack_costs = slack_costs
        self.columns: list[tuple[int, Pattern]] = []
        self._known: dict[tuple[int, Pattern], int] = {}
        self._cost: list[float] = []
        self._row: list[int] = []
        self._column: list[int] = []
        self._value: list[float] = []
        for number in range(len(orders)):
            self.add(number, WAITS)

    def add(self, order: int, pattern: Pattern) -> int:
        """Takes a pattern in, unless it is in already; gives its column."""
        key = (order, pattern)
        if key in self._known:
            return self._known[key]
        self._known[key] = len(self.columns)
        patterns = self.orders[order]
        for row, amount in patterns.uses(pattern).items():
            self._row.append(row)
            self._column.append(len(self.columns))
            self._value.append(amount)
        self._cost.append(patterns.price_of(pattern))
        self.columns.append(key)
        return self._known[key]

    def _shared(self) -> csc_array[Any, Any]:
        """What each column uses of each shared limit, with the slack columns at the end."""
        from scipy.sparse import csc_array, eye_array, hstack

        shape = (len(self.limits), len(self.columns))
        used = csc_array((self._value, (self._row, self._column)), shape=shape)
        return used if self.slack_costs is None else csc_array(hstack([used, -eye_array(len(self.limits))]))

    def _choices(self, width: int) -> csc_array[Any, Any]:
        """Which order each column serves."""
        from scipy.sparse import csc_array

        at = [order for order, _ in self.columns]
        return csc_array((np.ones(len(at)), (at, np.arange(len(at)))), shape=(len(self.orders), width))

    def _costs(self) -> Floats:
        costs = np.array(self._cost, dtype=np.float64)
        return costs if self.slack_costs is None else np.concatenate([costs, self.slack_costs])

    # ---- the relaxation ---------------------------------------------------------------------------------------

    def relax(self, deadline: Deadline) -> Relaxed:
        """Solves the relaxation by bringing in, round by round, the patterns that would make it lower.

        Source: column generation, L. A. Wolsey, Integer Programming (2nd ed. 2020), 11; the bound of a round is
        Lagrange's.
        """
        zero = np.zeros(len(self.limits) + 1)
        best = Relaxed(self._bound(zero, self._bring_in(zero, np.full(len(self.orders), np.inf))[0]), zero, zero, False)
        while (left := deadline.left()) > 0:
            solved = self._relaxation(left)
            if solved is None:
                return best
            value, prices, orders = solved
            lowest, brought = self._bring_in(prices, orders)
            bound = self._bound(prices, lowest)
            done = not brought or bound >= value - _CLOSE * max(1.0, abs(value))
            if bound >= best.bound or done:
                best = Relaxed(max(bound, best.bound), prices, lowest, done)
            if done:
                return best
        return best

    def _bound(self, prices: Floats, lowest: Floats) -> float:
        """No plan costs less: every order at its cheapest, with the shared limits paid for and given back once."""
        return float(lowest.sum() + prices[:-1] @ self.limits)

    def _bring_in(self, prices: Floats, orders: Floats) -> tuple[Floats, bool]:
        """Takes in each order's best patterns at these prices. Gives the lowest reduced costs, and if any was new."""
        lowest, before = np.zeros(len(self.orders)), len(self.columns)
        for number, patterns in enumerate(self.orders):
            lowest[number], found = patterns.best(prices, orders[number] - 1e-7, _A_ROUND)
            for pattern in found:
                self.add(number, pattern)
        return lowest, len(self.columns) > before

    def _relaxation(self, seconds: float) -> tuple[float, Floats, Floats] | None:
        """Value, prices of the limits and prices of the orders, over the patterns that are in."""
        from scipy.optimize import linprog

        costs = self._costs()
        limits = self._shared() if len(self.limits) else None
        solved = linprog(
            costs,
            A_ub=limits,
            b_ub=self.limits if limits is not None else None,
            A_eq=self._choices(len(costs)),
            b_eq=np.ones(len(self.orders)),
            method="highs",
            options={"time_limit": max(seconds, 0.01)},
        )
        if solved.status != 0:
            return None
        prices = np.minimum(np.asarray(solved.ineqlin.marginals), 0.0) if limits is not None else np.zeros(0)
        return float(solved.fun), np.append(prices, 0.0), np.asarray(solved.eqlin.marginals)

    def bring_near(self, relaxed: Relaxed, window: float, loose: Bools, most: int) -> tuple[list[int], float]:
        """Takes in the patterns in a window above the bound; gives all columns, and how wide a window not many more
        than so many patterns fill. For `loose` see OrderPatterns.within.

        The patterns that the relaxation was solved with stay wherever they lie: they help to find a plan.
        """
        lowest = relaxed.orders.tolist()
        near = [one.nearness(relaxed.prices, low, loose) for one, low in zip(self.orders, lowest, strict=True)]
        distances = np.concatenate(near)
        fill = most
        while fill > 0:
            if np.count_nonzero(distances <= window) > fill:
                window = float(np.partition(distances, fill)[fill])
            found: list[tuple[int, Pattern]] = []
            for number, order in enumerate(self.orders):
                mine = order.within(relaxed.prices, lowest[number] + window, loose, most)
                found += [(number, one) for one in mine or ()]
                if mine is None or len(found) > 1.5 * most:
                    break
            else:
                for number, pattern in found:
                    self.add(number, pattern)
                return list(range(len(self.columns))), window
            # The same pair of warehouses may mean many pairs of carriers.
            fill = fill * number // (2 * len(self.orders))
        return list(range(len(self.columns))), 0.0

    # ---- whole numbers ----------------------------------------------------------------------------------------

    def choose(self, kept: Sequence[int], seconds: float, gap: float, loose: Bools | None = None) -> Chosen:
        """The best choice of one pattern per order among the columns kept; loose rows don't limit it."""
        from scipy.optimize import Bounds, LinearConstraint, milp

        costs = self._costs()
        columns = np.array([*kept, *range(len(self.columns), len(costs))], dtype=np.int64)
        constraints = [LinearConstraint(self._choices(len(costs))[:, columns], 1, 1)]
        if len(self.limits):
            limits = self.limits if loose is None else np.where(loose[:-1], np.inf, self.limits)
            constraints.append(LinearConstraint(self._shared()[:, columns], -np.inf, limits))
        upper = np.where(columns < len(self.columns), 1.0, np.inf)
        solved = milp(
            costs[columns],
            integrality=np.ones(len(columns)),
            bounds=Bounds(np.zeros(len(columns)), upper),
            constraints=constraints,
            options={"time_limit": max(seconds, 0.01), "mip_rel_gap": gap},
        )
        bound = -np.inf if solved.mip_dual_bound is None else float(solved.mip_dual_bound)
        if solved.x is None:
            return Chosen(None, np.zeros(len(self.limits)), bound, solved.status == 2)
        chosen = [WAITS] * len(self.orders)
        for column in columns[: len(kept)][np.asarray(solved.x[: len(kept)]) > 0.5].tolist():
            order, pattern = self.columns[column]
            chosen[order] = pattern
        slack = np.rint(solved.x[len(kept) :]) if self.slack_costs is not None else np.zeros(len(self.limits))
        return Chosen(chosen, slack, bound, solved.status == 0)

    def broken(self, patterns: Sequence[Pattern] | None) -> list[int]:
        """Which shared limits a choice of patterns exceeds."""
        used = np.zeros(len(self.limits))
        for order, pattern in zip(self.orders, patterns or (), strict=patterns is not None):
            for row, amount in order.uses(pattern).items():
                used[row] += amount
        return np.nonzero(used > self.limits + 0.5)[0].tolist()

    def plan_of(self, patterns: Sequence[Pattern]) -> Plan:
        """The plan that a choice of patterns means."""
        return tuple(
            parcel for order, pattern in zip(self.orders, patterns, strict=True) for parcel in order.parcels(pattern)
        )
