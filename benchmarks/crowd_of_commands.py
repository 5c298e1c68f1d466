"""Twenty people at once on all commands for two minutes: nothing lost or oversold, no deadlock shown to anybody."""

from __future__ import annotations

import argparse
import json
import random
import sys
import threading
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import count

from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import DBAPIError

from benchmarks.measures import machine, spread, table
from benchmarks.reservation_ground import LIVE, NOW, opened, postgres
from core.context import Actor, Context
from core.db.engines import Databases, reader, run, transaction
from core.db.fold import fold, rebuild
from core.domain.errors import OrderlyError
from core.domain.orders import Fact, Status
from core.domain.rights import ENGINE_RIGHTS
from core.services import intake
from core.services.books import imbalances
from tests.count_walks import of_stocktakes
from tests.services.desk import incoming, lay_desk
from tests.walks import BOTH, KETTLES, PAID, Command, of_the_house, per_order
from tests.walks_of_goods import of_returns, of_the_goods
from tests.walks_of_parcels import of_parcels, of_the_dock

USERS = 20
UNITS = 3_000
FIRST_ORDERS = 40
NEAR = 25  # orders that everybody works on: the newest
# What ends orders or blocks others is seldom wanted.
_RARE = (
    "cancel", "adjust down", "a day later", "correct wrongly", "hold", "move away", "pay a part", "close the books",
    "verify from now on", "refuse", "carrier refuses", "confirm all", "call off", "count all kettles gone",
)  # fmt: skip


@dataclass
class Person:
    """One of the crowd: what they did, what the house said no to, and what went wrong. Units: seconds."""

    actor: Actor
    dice: random.Random
    done: Counter[str] = field(default_factory=Counter)
    refused: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    waits: list[float] = field(default_factory=list)
    facts: int = 0  # of one's own that were committed


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the crowd left behind. `off` says in words what isn't as it must be."""

    people: list[Person]
    seconds: float
    deadlocks: int
    off: list[str]

    @property
    def done(self) -> int:
        """Commands carried out."""
        return sum(sum(one.done.values()) for one in self.people)


class Crowd:
    """People who give commands at random to one world until their time is over."""

    def __init__(self, databases: Databases, users: int, seed: int) -> None:
        self._engine = databases.live
        self._orders: list[int] = []
        self._numbers = count(1)
        self._clock = count(NOW)
        rights = ENGINE_RIGHTS
        self.people = [
            Person(Actor(n, f"person {n}", "employee", None, rights), random.Random(seed * 1_000 + n))
            for n in range(101, 101 + users)  # the walks' keepers have numbers of their own
        ]

    def choose(self, dice: random.Random) -> tuple[str, Command]:
        """A command: half of them to one of the newest orders, so that people meet."""
        kind = dice.random()
        if kind < 0.12:
            return "receive", self.arrival(dice)
        if kind < 0.75:
            order_id = dice.choice(self._orders[-NEAR:])
            commands = per_order(order_id) | of_parcels(order_id)
        else:
            commands = of_the_house(()) | of_the_dock() | of_the_goods() | of_returns() | of_stocktakes()
        names = sorted(commands)
        weights = [1 if name.startswith(_RARE) else 5 for name in names]
        name = dice.choices(names, weights)[0]
        return name.rstrip(" 0123456789"), commands[name]

    def arrival(self, dice: random.Random) -> Command:
        number = next(self._numbers)
        paid = dice.random() < 0.8
        order = incoming(
            f"C-{number}",
            lines=BOTH if paid else KETTLES,
            payments=(PAID,) if paid else (),
            buyer_phone=f"137{number:08d}",
            **({} if dice.random() < 0.85 else {"street": "南京东路"}),
        )
        return lambda ctx: intake.receive_order(ctx, order)

    def work(self, person: Person, until: Callable[[], bool]) -> None:
        """One person's day: command after command."""
        while not until():
            begun = time.perf_counter()
            self.let(person, *self.choose(person.dice))
            person.waits.append(time.perf_counter() - begun)

    def let(self, person: Person, name: str, command: Command) -> None:
        """Lets a person give a command; a refusal is an answer, anything else is wrong."""
        try:
            facts, received = run(self._engine, partial(self.give, person, command))
        except OrderlyError:
            person.refused[name] += 1
            return
        except DBAPIError as error:
            person.wrong.append(f"{name}: {type(error.orig).__name__}: {str(error.orig).strip().splitlines()[0]}")
            return
        except BaseException as error:
            person.wrong.append(f"{name}: {error!r}")
            raise
        person.facts += facts
        person.done[name] += 1
        self._orders += received  # now that they are committed

    def give(self, person: Person, command: Command, db: Connection) -> tuple[int, list[int]]:
        """The command in its transaction; gives how many facts it wrote in this person's name, and the orders it took.

        Why not kept here: it may be rolled back and tried again.
        """
        ctx = Context(db, person.actor, next(self._clock), LIVE)
        last = ctx.db.execute(_LAST_ID).scalar_one()
        command(ctx)
        own = ctx.db.execute(_OWN, {"last": last, "actor": f"person:{person.actor.person_id}"}).one()
        return int(own.facts), [int(own.newest)] if own.newest else []


_LAST_ID = text("SELECT COALESCE(MAX(id), 0) FROM event")
_OWN = text(
    "SELECT COUNT(*) AS facts, MAX(CASE kind WHEN 'OrderReceived' THEN order_id END) AS newest FROM event"
    " WHERE id > :last AND actor = :actor"
)


def let_loose(databases: Databases, seconds: float, users: int = USERS, seed: int = 1) -> Outcome:
    """Lays a world, lets the crowd work on it for so long, and looks at what it left."""
    lay_desk(databases, NOW - 10_000, units=UNITS)
    _watch_versions(databases.live)
    crowd = Crowd(databases, users, seed)
    first = crowd.people[0]
    for _ in range(FIRST_ORDERS):
        crowd.let(first, "receive", crowd.arrival(first.dice))
    stop, start = threading.Event(), threading.Barrier(users + 1)

    def body(person: Person) -> None:
        start.wait()
        crowd.work(person, stop.is_set)

    threads = [threading.Thread(target=body, args=(person,)) for person in crowd.people]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    stop.wait(seconds)
    stop.set()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    return Outcome(crowd.people, took, _deadlocks(databases.live), everything_off(databases.live, crowd.people))


def _watch_versions(engine: Engine) -> None:
    """Keeps, beside the world, every change of an order's version: who overwrites another's change shows twice."""
    with transaction(engine) as db:
        db.execute(text("CREATE TABLE version_change (order_id BIGINT, was INTEGER, became INTEGER)"))
        if engine.dialect.name == "sqlite":
            db.execute(
                text(
                    "CREATE TRIGGER version_changes AFTER UPDATE ON sales_order BEGIN"
                    " INSERT INTO version_change VALUES (NEW.id, OLD.version, NEW.version); END"
                )
            )
            return
        db.execute(
            text(
                "CREATE FUNCTION keep_version() RETURNS trigger AS $$ BEGIN"
                " INSERT INTO version_change VALUES (NEW.id, OLD.version, NEW.version); RETURN NEW; END $$"
                " LANGUAGE plpgsql"
            )
        )
        db.execute(
            text(
                "CREATE TRIGGER version_changes AFTER UPDATE ON sales_order"
                " FOR EACH ROW EXECUTE FUNCTION keep_version()"
            )
        )


def _deadlocks(engine: Engine) -> int:
    """How often PostgreSQL broke a ring of waiting transactions up; whoever was chosen tried again."""
    if engine.dialect.name == "sqlite":
        return 0
    with reader(engine) as db:
        found = db.execute(text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"))
        return int(found.scalar_one())


def everything_off(engine: Engine, people: list[Person]) -> list[str]:
    """What isn't as it must be: the books, lost updates, facts that were acknowledged and aren't there, cells."""
    with reader(engine) as db:
        ctx = Context(db, people[0].actor, NOW, LIVE)
        off = [str(one) for one in imbalances(ctx)]
        off += _lost_versions(ctx) + _torn_chains(ctx) + _lost_facts(ctx, people)
    fold(engine)
    folded = _cells(engine)
    rebuild(engine)
    if _cells(engine) != folded:
        off.append("the cells that were folded differ from those counted anew")
    return off


def _lost_versions(ctx: Context) -> list[str]:
    """Changes of one version by two, and orders whose version isn't one more than their changes."""
    changed: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for order_id, was, became in ctx.db.execute(text("SELECT order_id, was, became FROM version_change")):
        changed[order_id].append((was, became))
    off = []
    for order_id, version in ctx.db.execute(text("SELECT id, version FROM sales_order")):
        steps = sorted(step for step in changed[order_id] if step[0] != step[1])
        if steps != [(n, n + 1) for n in range(1, version)]:
            off.append(f"order {order_id}: version {version} after the changes {steps}")
    return off


_ENDED = (Status.CANCELLED, Status.EXPIRED)


def _torn_chains(ctx: Context) -> list[str]:
    """Facts that moved an order from a status which it didn't have by the fact before."""
    stands: dict[int, str] = {}
    off = []
    query = text("SELECT id, order_id, kind, data FROM event WHERE order_id IS NOT NULL ORDER BY order_id, id")
    for event_id, order_id, kind, data in ctx.db.execute(query):
        said = json.loads(data)
        if "to" not in said:
            continue
        was = stands.get(order_id)
        # A fact that changes what an order is worth says where it stands, and no other status.
        if was != said.get("from", said["to"] if kind != Fact.RECEIVED else None):
            off.append(f"event {event_id} ({kind}): from {said.get('from')}, but order {order_id} was {was}")
        elif was in _ENDED and said["to"] != was:
            off.append(f"event {event_id} ({kind}): order {order_id} was {was}, and is {said['to']} again")
        stands[order_id] = said["to"]
    return off


def _lost_facts(ctx: Context, people: list[Person]) -> list[str]:
    """Facts that a person's commands wrote and committed, but that the log doesn't hold, or more than they wrote."""
    counted = ctx.db.execute(text("SELECT actor, COUNT(*) FROM event GROUP BY actor"))
    kept = {str(actor): int(n) for actor, n in counted}
    told = {f"person:{one.actor.person_id}": one.facts for one in people}
    return [
        f"{actor} wrote {n} facts, {kept.get(actor, 0)} are there"
        for actor, n in told.items()
        if kept.get(actor, 0) != n
    ]


def _cells(engine: Engine) -> list[tuple[object, ...]]:
    with reader(engine) as db:
        rows = db.execute(text("SELECT metric, at, a, b, n, value FROM cell ORDER BY 1, 2, 3, 4"))
        return [tuple(row) for row in rows]


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark on each kind of database; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=120.0, help="how long the crowd works on each database")
    parser.add_argument("--users", type=int, default=USERS)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("sqlite", "postgresql"))
    asked = parser.parse_args(arguments)
    print(f"{asked.users} people on all commands for {asked.seconds:.0f} s; {machine()}")
    rows, wrong = [], []
    with postgres() as server:
        for kind in ("sqlite", "postgresql"):
            if asked.only not in (None, kind) or (kind == "postgresql" and server is None):
                continue
            with opened(kind, server) as databases:
                outcome = let_loose(databases, asked.seconds, asked.users, asked.seed)
            waits = spread([wait for one in outcome.people for wait in one.waits])
            errors = [error for one in outcome.people for error in one.wrong]
            names = set().union(*(one.done for one in outcome.people))
            refused = sum(sum(one.refused.values()) for one in outcome.people)
            rows.append(
                (
                    kind, outcome.done, round(outcome.done / outcome.seconds), len(names), refused,
                    round(waits.p50_ms), round(waits.p95_ms), round(waits.max_ms), outcome.deadlocks, len(errors),
                    len(outcome.off),
                )
            )  # fmt: skip
            wrong += [f"{kind}: {said}" for said, _ in Counter(errors + outcome.off).most_common(20)]
    heads = [
        "database", "done", "a second", "kinds", "refused", "p50, ms", "p95, ms", "longest, ms",
        "rings broken up", "errors shown", "off afterwards",
    ]  # fmt: skip
    print(table(heads, rows))
    for said in wrong:
        print(said)
    print(f"No error shown, nothing lost, books straight: {'MISSED' if wrong else 'met'}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
