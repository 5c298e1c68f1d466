"""A test cut off at a thousand random points: what is lost, what counts twice, what comes too late?

Somebody types a long answer, which the page saves as `delivery.js` does. Each round they are cut off at a random
moment, in one of three ways: the server dies inside a command, at a random statement or just after its commit (a
process of its own that really ends); the connection breaks before the command arrives or before its answer does; or
the session ends. They come back, and the page sends again what it doesn't know to be saved, with the same key. Some
rounds run across the deadline, which nothing may pass.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import event, insert, select, update

from assessments.attempts import (
    FINISH,
    answers_in,
    finish_overdue,
    save_answer,
    start_attempt,
)
from assessments.handout import packed
from assessments.overdue import sweep
from assessments.prose import same
from assessments.questions import Criterion, OpenText, Question, Reached
from benchmarks.measures import machine
from core.context import Actor, Context, World
from core.db.assessment_tables import attempt, attempt_step
from core.db.engines import Databases, connect, reader, run, transaction
from core.db.migrate import migrate
from core.db.portal_tables import person
from core.domain.errors import NotAllowed, RuleViolation
from core.domain.rights import rights_of
from core.ui.server_static import OWN_STATIC

NOW = 1_773_800_000
LIMIT_SECONDS = 1_200
MOST_LOST_SECONDS = 5.0
LETTERS_PER_SECOND = 6
SERVER, CONNECTION, SESSION = "server", "connection", "session"
SCRIPT = (OWN_STATIC / "delivery.js").read_text("utf-8")
LONGEST = int(re.findall(r"var LONGEST = (\d+);", SCRIPT)[0]) / 1000  # seconds typed text waits at most on the page
ESSAY = Question(
    "essay", "open_text", "2.1", "decide", 1.0, False, same("Why?"),
    OpenText((Criterion("a", same("a"), 1.0, (Reached(0, same("0")), Reached(1, same("1")))),), same("because")),
)  # fmt: skip


@dataclass
class Findings:
    """What the cut-offs have shown. Units: `most_lost` in seconds of typing."""

    cuts: Counter[str] = field(default_factory=Counter)
    most_lost: float = 0.0
    refused_late: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class Desk:
    """One attempt, and how commands reach it; `now` is the server's clock."""

    var: Path
    databases: Databases
    actor: Actor
    attempt_id: int
    deadline_at: int
    now: float = NOW

    def context(self, db: Any, rights: frozenset[str] | None = None) -> Context:
        """The taker's context now."""
        who = self.actor if rights is None else Actor(self.actor.person_id, "T", "employee", "O", rights)
        return Context(db, who, int(self.now), World("portal", "portal"))

    def save(self, text: str, key: str) -> None:
        """The command as the page sends it."""
        run(
            self.databases.portal,
            lambda db: save_answer(self.context(db), self.attempt_id, ESSAY.item_id, text, key=key),
        )

    def kept(self) -> str:
        """The answer in the database."""
        with reader(self.databases.portal) as db:
            return str(answers_in(self.context(db), self.attempt_id).get(ESSAY.item_id, ""))

    def steps(self) -> list[Any]:
        """Every step of the attempt."""
        query = select(attempt_step).where(attempt_step.c.attempt_id == self.attempt_id).order_by(attempt_step.c.number)
        with reader(self.databases.portal) as db:
            return list(db.execute(query).all())


def opened(var: Path) -> tuple[Databases, Actor]:
    """A portal with one taker."""
    databases = connect("", var)
    migrate(databases)
    row = {"login": "t", "name": "T", "role": "employee", "position": "O", "created_at": NOW}
    with transaction(databases.portal) as db:
        key = db.execute(insert(person).values(**row)).inserted_primary_key
    assert key is not None
    return databases, Actor(key[0], "T", "employee", "O", rights_of("employee", "O"))


def desk_with(var: Path, databases: Databases, actor: Actor, phase_number: int) -> Desk:
    """An attempt at an essay that has just begun."""
    world = World("portal", "portal")
    with transaction(databases.portal) as db:
        attempt_id = start_attempt(Context(db, actor, NOW, world), "order_processing", "pre")
        deadline_at = NOW + LIMIT_SECONDS
        changed = {"items": packed([ESSAY]), "deadline_at": deadline_at, "test": f"essay {phase_number}"}
        db.execute(update(attempt).where(attempt.c.id == attempt_id).values(**changed))
    return Desk(var, databases, actor, attempt_id, deadline_at)


def die_at(desk: Desk, work: Callable[[Desk], None], point: int) -> bool:
    """Does something in a process that ends at its nth statement or commit; says whether it came to its end."""
    desk.databases.dispose()
    child = os.fork()
    if child == 0:
        count = 0

        def step(*_: Any) -> None:
            nonlocal count
            count += 1
            if count >= point:
                os._exit(9)

        databases = connect("", desk.var)
        for moment in ("before_cursor_execute", "commit"):
            event.listen(databases.portal, moment, step)
        try:
            work(Desk(desk.var, databases, desk.actor, desk.attempt_id, desk.deadline_at, desk.now))
        except RuleViolation:
            os._exit(3)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.waitstatus_to_exitcode(status) == 0


def typed_until(seconds: float) -> str:
    """What has been typed after so long."""
    return "".join(chr(97 + n % 26) for n in range(int(seconds * LETTERS_PER_SECOND)))


def one_cut(desk: Desk, dice: random.Random, turn: int, typing: float, found: Findings) -> float:
    """Types on for a while, is cut off, comes back; gives how long has been typed by then."""
    way = dice.choice((SERVER, CONNECTION, SESSION))
    found.cuts[way] += 1
    before = desk.kept()
    # Everything up to the last save that the page made in peace is there; since then it may have typed on.
    since = dice.uniform(0.0, LONGEST)
    desk.now += since
    typing += since
    text, key = typed_until(typing), f"{turn}"
    done = False
    if way == SERVER:
        done = die_at(desk, lambda at: at.save(text, key), dice.randint(1, 16))
    elif way == CONNECTION and dice.random() < 0.5:  # it arrives, and its answer doesn't
        done = _quietly(lambda: desk.save(text, key))
    elif way == SESSION:
        try:
            run(
                desk.databases.portal,
                lambda db: save_answer(desk.context(db, frozenset()), desk.attempt_id, ESSAY.item_id, text, key=key),
            )
            found.faults.append(f"cut {turn}: an ended session saved an answer")
        except NotAllowed:
            pass
    after, late = desk.kept(), desk.now >= desk.deadline_at
    if after not in (before, text):
        found.faults.append(f"cut {turn} by {way}: kept {after!r}, neither {before!r} nor {text!r}")
    if done and after != text and not late:
        found.faults.append(f"cut {turn} by {way}: acknowledged and lost")
    found.most_lost = max(found.most_lost, (len(text) - len(after)) / LETTERS_PER_SECOND if not late else 0.0)
    desk.now += dice.uniform(0.5, 8.0)  # until everything is back
    again = _quietly(lambda: desk.save(text, key)) and _quietly(lambda: desk.save(text, key))
    if desk.now >= desk.deadline_at:
        found.refused_late += not again
    elif not again or desk.kept() != text:
        found.faults.append(f"cut {turn} by {way}: not saved when it was sent again")
    return typing


def _quietly(work: Callable[[], None]) -> bool:
    try:
        work()
    except RuleViolation:
        return False
    return True


def look_at_the_end(desk: Desk, dice: random.Random, found: Findings) -> None:
    """The sweep dies somewhere, too; afterwards the test is closed once, with what was saved in time."""
    desk.now = desk.deadline_at + 60
    before = desk.kept()
    die_at(desk, lambda at: _close(at), dice.randint(1, 14))
    sweep(desk.databases, int(desk.now))
    sweep(desk.databases, int(desk.now))
    steps = desk.steps()
    if [step.number for step in steps] != list(range(len(steps))):
        found.faults.append(f"attempt {desk.attempt_id}: steps {[step.number for step in steps]}")
    keys = Counter(step.key for step in steps if step.key is not None)
    found.faults += [f"attempt {desk.attempt_id}: key {key} counted {n} times" for key, n in keys.items() if n > 1]
    if [step.kind for step in steps].count(FINISH) != 1 or steps[-1].kind != FINISH:
        found.faults.append(f"attempt {desk.attempt_id}: closed otherwise than once and at the end")
    if any(step.at >= desk.deadline_at for step in steps[:-1]):
        found.faults.append(f"attempt {desk.attempt_id}: an answer after the deadline")
    if desk.kept() != before or json.loads(steps[-1].data) != {"overdue": True}:
        found.faults.append(f"attempt {desk.attempt_id}: closing changed the answer")


def _close(desk: Desk) -> None:
    run(desk.databases.portal, lambda db: finish_overdue(desk.context(db), desk.attempt_id))


def cut_off(cuts: int, seed: int) -> Findings:
    """Cuts so many times, with a new test whenever the time of one is over."""
    dice, found, turn, tests = random.Random(seed), Findings(), 0, 0
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        var = Path(folder)
        databases, actor = opened(var)
        while turn < cuts:
            desk, typing = desk_with(var, databases, actor, tests), 0.0
            tests += 1
            while turn < cuts and desk.now < desk.deadline_at + 30:
                typing = one_cut(desk, dice, turn, typing, found)
                turn += 1
            look_at_the_end(desk, dice, found)
        databases.dispose()
    return found


def main(arguments: list[str] | None = None) -> int:
    """Cuts off, and says what was lost."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.cut_off_answers", description=__doc__)
    parser.add_argument("--cuts", type=int, default=1_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args(arguments)
    print(f"{options.cuts} cut-offs; {machine()}")
    found = cut_off(options.cuts, options.seed)
    print("Cut off by " + ", ".join(f"{way} {count}" for way, count in sorted(found.cuts.items())))
    print(f"Most lost {found.most_lost:.1f} s of typing; answers refused after the deadline {found.refused_late}")
    print(f"Faults {len(found.faults)}")
    for line in found.faults[:5]:
        print(f"  {line}")
    good = not found.faults and found.most_lost <= MOST_LOST_SECONDS
    print(f"Target ≤ {MOST_LOST_SECONDS:g} s lost, nothing twice, nothing too late: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
