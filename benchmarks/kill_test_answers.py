"""The server killed under people who take a test: is every answer there that was acknowledged?

People answer at a steady pace. At random moments the server is killed as a power cut would (SIGKILL), started again on
the same files, and everybody comes back to it. Each time, before anybody goes on, the database is read: every answer
that the page acknowledged must be there; one that was under way may be there or not, as a whole. At the end every
attempt's steps are counted: numbered without a gap, no answer twice in a row.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assessments.attempts import ANSWER, answers_in, questions_in, readable_row
from assessments.questions import view_of
from benchmarks.company import add_people, cookies_of
from benchmarks.crowd import few_at_a_time
from benchmarks.load_client import LoadClientError, Visitor
from benchmarks.load_test_answers import TEST, expected_response, same
from benchmarks.measures import machine
from benchmarks.page_elements import ElementNotFound
from benchmarks.test_taker import TestTaker
from core.context import ENGINE, Context, World
from core.db.assessment_tables import attempt_step
from core.db.engines import connect, reader
from core.domain.rights import Position, Role
from tests.app_server import AppServer, run_module, running_app


@dataclass
class Sitter:
    """Somebody at a test through every outage.

    Shape: `under_way` maps an item to what it was before an answer that nobody acknowledged.
    """

    cookie: str
    dice: random.Random
    taker: TestTaker | None = None
    under_way: dict[str, Any] = field(default_factory=dict)
    acknowledged: int = 0

    async def come(self, url: str) -> None:
        """Opens the test: begins it, or goes on where it was."""
        visitor = Visitor(url, self.cookie)
        await visitor.open("tests", f"test={TEST}")
        if self.taker is None:
            self.taker = TestTaker(visitor, self.dice)
            await self.taker.begin()
        else:
            self.taker.visitor = visitor

    async def answer(self, every: float) -> None:
        """Answers and goes on, until the server is gone."""
        assert self.taker is not None
        await asyncio.sleep(self.dice.uniform(0, every))
        with suppress(LoadClientError, ElementNotFound):  # the server is gone; the page tells what it can
            while not self.taker.visitor.is_lost:
                await self._once(self.taker)
                await asyncio.sleep(every)

    async def _once(self, taker: TestTaker) -> None:
        before = dict(taker.answers)
        try:
            await taker.answer()
        except (LoadClientError, ElementNotFound):
            changed = {item for item, given in taker.answers.items() if before.get(item) != given}
            self.under_way |= {item: before.get(item) for item in changed}
            raise
        self.acknowledged += 1
        await taker.move_on()

    async def leave(self) -> None:
        """Closes the tab."""
        if self.taker is not None:
            await self.taker.visitor.close()


@dataclass
class Tally:
    """What a campaign has found. Units: `seconds` from a kill until everybody was back."""

    kills: int = 0
    checked: int = 0
    under_way: int = 0
    arrived: int = 0
    lost: list[str] = field(default_factory=list)
    seconds: list[float] = field(default_factory=list)


def look(var: Path, sitters: Sequence[Sitter], tally: Tally) -> None:
    """Compares the database with what was acknowledged; what was under way is settled by what is there."""
    databases = connect("", var)
    with reader(databases.portal) as db:
        ctx = Context(db, ENGINE, 0, World("portal", "portal"))
        for sitter in sitters:
            if sitter.taker is not None and sitter.taker.attempt_id:
                _look_at(ctx, sitter, sitter.taker, tally)
    databases.dispose()


def _look_at(ctx: Context, sitter: Sitter, taker: TestTaker, tally: Tally) -> None:
    questions = {question.item_id: question for question in questions_in(readable_row(ctx, taker.attempt_id))}
    kept = answers_in(ctx, taker.attempt_id)

    def says(item: str, answer: Any) -> bool:
        names = [choice.name for choice in view_of(questions[item]).choices]
        return same(kept.get(item), None if answer is None else expected_response(answer[0], answer[1], names))

    for item, given in list(taker.answers.items()):
        tally.checked += 1
        if item in sitter.under_way:
            tally.under_way += 1
            before = sitter.under_way[item]
            if says(item, given):
                tally.arrived += 1
                continue
            if before is None:
                del taker.answers[item]
            else:
                taker.answers[item] = before
            given = before
        if not says(item, given):
            tally.lost.append(f"attempt {taker.attempt_id}, {item}: acknowledged {given!r}, kept {kept.get(item)!r}")
    sitter.under_way.clear()


def twice_in(var: Path) -> list[str]:
    """Steps of attempts that are numbered with gaps, or say the same twice in a row."""
    databases = connect("", var)
    s = attempt_step.c
    query = select(s.attempt_id, s.number, s.item_id, s.response).where(s.kind == ANSWER)
    found: list[str] = []
    answers: dict[tuple[int, str], list[Any]] = {}
    with reader(databases.portal) as db:
        numbers: dict[int, list[int]] = {}
        for attempt_id, number in db.execute(select(s.attempt_id, s.number).order_by(s.attempt_id, s.number)):
            numbers.setdefault(attempt_id, []).append(number)
        for row in db.execute(query.order_by(s.attempt_id, s.number)):
            answers.setdefault((row.attempt_id, row.item_id), []).append(row.response)
    databases.dispose()
    found += [f"attempt {one}: {has}" for one, has in numbers.items() if has != list(range(len(has)))]
    found += [f"{one}: {a} twice" for one, has in answers.items() for a, b in pairwise(has) if a == b]
    return found


async def until_killed(server: AppServer, sitters: Sequence[Sitter], every: float, lives: float) -> float:
    """Lets everybody in, lets them answer, and kills the server; gives how long it took to let them in."""
    began = time.perf_counter()
    await few_at_a_time([sitter.come(server.url) for sitter in sitters], 6)
    took = time.perf_counter() - began
    working = [asyncio.create_task(sitter.answer(every)) for sitter in sitters]
    await asyncio.sleep(lives)
    server.process.kill()
    await asyncio.gather(*working)
    await asyncio.gather(*(sitter.leave() for sitter in sitters))
    server.process.wait()
    return took


def campaign(var: Path, people: int, every: float, kills: int, longest: float, seed: int) -> tuple[Tally, int]:
    """Kills the server so many times; gives what was found, and how many answers were acknowledged."""
    dice, tally = random.Random(seed), Tally()
    sitters: list[Sitter] = []
    for turn in range(kills):
        with running_app(var) as server:
            if not sitters:
                cookies = cookies_of(server, add_people(var, people, Role.EMPLOYEE, Position.ORDER_CLERK))
                sitters = [Sitter(cookie, random.Random(f"{seed} {n}")) for n, cookie in enumerate(cookies)]
            tally.seconds.append(asyncio.run(until_killed(server, sitters, every, dice.uniform(0.3, longest))))
        tally.kills += 1
        look(var, sitters, tally)
        done = sum(sitter.acknowledged for sitter in sitters)
        print(f"kill {turn + 1}: {done} answers acknowledged so far, {len(tally.lost)} lost", flush=True)
    return tally, sum(sitter.acknowledged for sitter in sitters)


def main(arguments: list[str] | None = None) -> int:
    """Carries the campaign out and says whether anything acknowledged was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.kill_test_answers", description=__doc__)
    parser.add_argument("--people", type=int, default=600)
    parser.add_argument("--every", type=float, default=8.0, help="seconds between two answers of one person")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--longest", type=float, default=12.0, help="most seconds that a server lives once all are in")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{options.people} people, an answer every {options.every:g} s each, {options.kills} kills; {machine()}")
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        var = Path(folder)
        run_module(["seed", "demo", "--orders", "500", "--days", "10"], var)
        tally, acknowledged = campaign(var, options.people, options.every, options.kills, options.longest, options.seed)
        twice = twice_in(var)
    print(f"Kills {tally.kills}, answers acknowledged {acknowledged}, compared {tally.checked}")
    print(f"Under way at a kill {tally.under_way}, of which had arrived {tally.arrived}")
    print(f"Everybody back after {max(tally.seconds):.1f} s at the longest")
    print(f"Lost {len(tally.lost)}, counted twice {len(twice)}")
    for line in [*tally.lost[:5], *twice[:5]]:
        print(f"  {line}")
    good = not tally.lost and not twice and acknowledged > 0
    print(f"Target every acknowledged answer is there, none twice: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
