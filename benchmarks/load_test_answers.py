"""Many people take a test at once: is each answer kept, and how long does it take?

Each person answers a question and goes on to the next every few seconds. Afterwards the database is read: every
answer that the page acknowledged must be there, the last one of each question as it was given.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from pathlib import Path
from typing import Any

from assessments.attempts import answers_in, questions_in, readable_row
from assessments.questions import view_of
from benchmarks.company import add_people, cookies_of, running_company
from benchmarks.crowd import HEADS, Outcome, close_tabs, few_at_a_time, let_act, open_tabs, outcome_row
from benchmarks.load_client import Visitor
from benchmarks.measures import machine, spread, table
from benchmarks.test_taker import TestTaker
from core.context import Actor, Context, World
from core.db.engines import connect, reader
from core.domain.rights import Position, Role, rights_of
from tests.app_server import AppServer

TARGET_P95_MS = 200.0
TEST = "order_processing"


def lost_answers(var: Path, takers: list[TestTaker]) -> list[str]:
    """What the database does not hold as the page acknowledged it."""
    lost = []
    trainer = Actor(None, "benchmark", str(Role.TRAINER), None, rights_of(Role.TRAINER, None))
    databases = connect("", var)
    with reader(databases.portal) as db:
        ctx = Context(db, trainer, 0, World("portal", "portal"))
        for taker in takers:
            questions = {question.item_id: question for question in questions_in(readable_row(ctx, taker.attempt_id))}
            kept = answers_in(ctx, taker.attempt_id)
            for item, (kind, given) in taker.answers.items():
                names = [choice.name for choice in view_of(questions[item]).choices]
                wanted = expected_response(kind, given, names)
                if not same(kept.get(item), wanted):
                    lost.append(f"attempt {taker.attempt_id}, {item}: gave {wanted!r}, kept {kept.get(item)!r}")
    databases.dispose()
    return lost


def expected_response(kind: str, given: Any, names: list[str]) -> Any:
    """What was answered on the page, in the words of the database."""
    if kind == "single":
        return names[given]
    if kind == "matching":
        return {left: names[place] for left, place in given.items()}
    return given


def same(kept: Any, wanted: Any) -> bool:
    """Whether two responses say the same; ticks have no order, and nothing chosen is no answer."""
    if isinstance(wanted, set):
        return sorted(kept or []) == sorted(wanted)
    return (kept or None) == (wanted or None)


async def measure(
    server: AppServer, people: int, every: float, seconds: float
) -> tuple[Outcome, list[float], list[TestTaker]]:
    """Lets people in, lets them begin, and times their answers and their steps to the next question."""
    cookies = cookies_of(server, add_people(server.var, people, Role.EMPLOYEE, Position.ORDER_CLERK))
    visitors = await open_tabs(server.url, cookies, "tests", f"test={TEST}")
    takers = {id(visitor): TestTaker(visitor, random.Random(number)) for number, visitor in enumerate(visitors)}
    steps: list[float] = []

    async def answer(visitor: Visitor, turn: int) -> float:
        taker = takers[id(visitor)]
        took = (await taker.answer()).seconds
        steps.append((await taker.move_on()).seconds)
        return took

    try:
        await few_at_a_time([taker.begin() for taker in takers.values()], 4)
        outcome = await let_act(visitors, answer, every=every, seconds=seconds, server_pid=server.process.pid)
    finally:
        await close_tabs(visitors)
    return outcome, steps, list(takers.values())


def main(arguments: list[str] | None = None) -> int:
    """Measures, prints the table, and says whether the target is met."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load_test_answers", description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--every", type=float, default=8.0, help="seconds between two answers of one person")
    parser.add_argument("--seconds", type=float, default=60.0)
    options = parser.parse_args(arguments)
    print(f"{options.people} people, an answer every {options.every:g} s each, {options.seconds:g} s; {machine()}")
    with running_company(orders_count=2_000, days=30) as server:
        outcome, steps, takers = asyncio.run(measure(server, options.people, options.every, options.seconds))
        lost = lost_answers(server.var, takers)
    next_step = spread(steps)
    print(table(HEADS, [outcome_row(outcome)]))
    print(f"The step to the next question: p50 {next_step.p50_ms:.1f} ms, p95 {next_step.p95_ms:.1f} ms")
    given = sum(taker.answered for taker in takers)
    print(f"Answers given {given}, lost {len(lost)}")
    for line in [*outcome.failures[:5], *lost[:5]]:
        print(f"  {line}")
    good = spread(outcome.seconds).p95_ms <= TARGET_P95_MS and not lost and not outcome.failures
    print(f"Target p95 ≤ {TARGET_P95_MS:.0f} ms and nothing lost: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
