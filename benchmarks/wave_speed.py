"""How long planning a wave takes, how far its cost is from the bound, and what the greedy rule would have cost."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

from benchmarks.measures import machine, table
from benchmarks.wave_instances import assignment_optima, assignment_wave, drawn_wave
from core.domain.wave_checks import breaches
from core.domain.waves import WaveProblem
from core.services.wave_solver import Solved, solve

TARGET_GAP, TARGET_SECONDS = 0.01, 10.0
SUPPLIES = (3.0, 2.0, 1.5, 1.0)
SEEDS = (1, 2, 3)
ASSIGNMENTS = Path(os.environ.get("ORDERLY_ACCEPTANCE_DATA") or "../shared/data") / "gap"


def _row(name: str, problem: WaveProblem, solved: Solved) -> list[object]:
    greedy, outcome = solved.greedy, solved.outcome
    return [
        name,
        f"{solved.seconds:.2f}",
        "–" if greedy is None else greedy.total_cents / 100,
        "–" if outcome is None else outcome.total_cents / 100,
        solved.bound_cents / 100,
        "–" if solved.gap is None else f"{solved.gap:.2%}",
        "–" if greedy is None else greedy.unfilled_units,
        "–" if outcome is None else outcome.unfilled_units,
        outcome is not None and not breaches(problem, solved.plan),
    ]


def _drawn() -> tuple[list[list[object]], bool]:
    """Waves of 250 orders, 8 warehouses and 5 carriers, from ample to short supply."""
    rows, good = [], True
    for supply in SUPPLIES:
        for seed in SEEDS:
            problem = drawn_wave(seed, supply=supply)
            solved = solve(problem, time.monotonic, TARGET_SECONDS)
            rows.append(_row(f"supply {supply}, seed {seed}", problem, solved))
            assert solved.greedy is not None
            never_worse = solved.outcome is not None and solved.outcome.total_cents <= solved.greedy.total_cents
            kept = solved.gap is not None and solved.gap <= TARGET_GAP and solved.seconds <= 1.1 * TARGET_SECONDS
            good &= kept and never_worse and not breaches(problem, solved.plan)
    return rows, good


def _assigned() -> tuple[list[list[object]], bool]:
    """The instances with known optima."""
    rows, good = [], True
    for name, optimum in assignment_optima(ASSIGNMENTS).items():
        problem = assignment_wave((ASSIGNMENTS / name).read_text(encoding="ascii"))
        solved = solve(problem, time.monotonic, 60.0, 0.0)
        found = None if solved.outcome is None else solved.outcome.total_cents
        rows.append([name, f"{solved.seconds:.2f}", optimum, found, solved.bound_cents, found == optimum])
        good &= found == optimum == solved.bound_cents and not breaches(problem, solved.plan)
    return rows, good


def main() -> int:
    """Plans drawn waves and, where they are, the instances with known optima; prints both as tables."""
    print(f"Waves of 250 orders, 8 warehouses, 5 carriers; {machine()}")
    rows, good = _drawn()
    heads = ("wave", "seconds", "greedy ¥", "plan ¥", "bound ¥", "gap", "unfilled, greedy", "unfilled", "keeps limits")
    print(table(heads, rows))
    print(f"target: gap ≤ {TARGET_GAP:.0%} within {TARGET_SECONDS:.0f} s, never dearer than greedy\n")
    if not ASSIGNMENTS.is_dir():
        print("The generalized-assignment instances aren't here; they were left out.")
        return int(not good)
    rows, solved = _assigned()
    print(table(("assignment", "seconds", "optimum", "found", "bound", "equal"), rows))
    return int(not (good and solved))


if __name__ == "__main__":
    sys.exit(main())
