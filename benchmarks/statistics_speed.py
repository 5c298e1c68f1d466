"""How long all statistics of a test of 2,000 people and 100 items take."""

from __future__ import annotations

import sys
import time

import numpy as np

from assessments.prose import same
from assessments.questions import Choice, Option
from assessments.statistics.form_report import AskedItem, FormAnswers, FormReport, form_report
from benchmarks.measures import machine, table

PEOPLE, ITEMS, ROUNDS = 2_000, 100, 5
TARGET_SECONDS = 1.0
OPTIONS = "abcd"


def drawn_answers(people: int, items: int, seed: int) -> FormAnswers:
    """People of given abilities at single choices of given difficulty, in two languages and five positions."""
    rng = np.random.default_rng(seed)
    slopes, hard = rng.uniform(0.5, 2.0, items), rng.normal(size=items)
    likely = 1 / (1 + np.exp(-slopes * (rng.normal(size=(people, 1)) - hard)))
    right = rng.random((people, items)) < likely
    wrong = rng.integers(1, len(OPTIONS), (people, items))
    taken = np.where(right, 0, wrong)
    sets = [frozenset(name) for name in OPTIONS]
    content = Choice(tuple(Option(name, same(name), float(name == "a"), same("–")) for name in OPTIONS), several=False)
    asked = tuple(
        AskedItem(f"it-{at:03d}", 1, "single", f"{1 + at % 9}.1", "apply", 1.0, False, same(str(at)), content)
        for at in range(items)
    )
    return FormAnswers(
        items=asked,
        attempts=tuple(range(people)),
        fractions=right.astype(float),
        blank=rng.random((people, items)) < 0.01,
        seconds=rng.gamma(4, 10, (people, items)),
        chosen={at: tuple(sets[place] for place in taken[:, at]) for at in range(items)},
        groups={
            "language": tuple(rng.choice(["en", "zh"], people).tolist()),
            "position": tuple(rng.choice(list("OWSPF"), people).tolist()),
        },
    )


def _round(seed: int, people: int = PEOPLE, items: int = ITEMS) -> tuple[float, FormReport]:
    answers = drawn_answers(people, items, seed)
    began = time.perf_counter()
    report = form_report(answers, pass_rate=0.6)
    return time.perf_counter() - began, report


def main() -> int:
    """Works whole reports out, after a small one that loads the libraries once for the process; prints the times."""
    print(f"All statistics of {PEOPLE:,} people × {ITEMS} items; {machine()}")
    print(f"(the libraries are loaded in {_round(0, 250, 5)[0]:.2f} s)")
    rows, slowest, sound = [], 0.0, True
    for number in range(ROUNDS):
        seconds, report = _round(number)
        assert report.model is not None
        sound &= report.model.converged and len(report.items) == ITEMS
        slowest = max(slowest, seconds)
        rows.append([f"round {number + 1}", f"{seconds:.2f}", f"{report.figures.cic:.1f}", report.model.converged])
    print(table(("round", "seconds", "CIC", "model fitted"), rows))
    print(f"target: ≤ {TARGET_SECONDS:.0f} s each, with options, groups, decision and two-parameter model")
    return int(slowest > TARGET_SECONDS or not sound)


if __name__ == "__main__":
    sys.exit(main())
