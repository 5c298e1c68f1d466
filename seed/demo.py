"""Prepares the demo: databases, people, a company with three months behind it, metric cells and practice templates."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from sqlalchemy import func, select

from core.context import ENGINE, Context, World
from core.db.engines import Databases, bulk_transaction, reader, run
from core.db.fold import fold
from core.db.migrate import migrate
from core.db.portal_tables import person
from core.db.world_tables import sales_order
from core.db.worlds import read_meta, world_of, write_meta
from core.domain.errors import RuleViolation
from core.portal.people import ensure_demo_people
from seed.base import lay_base
from seed.counts import CountingPeople, lay_counts
from seed.history import write_history
from seed.inbound import lay_inbound
from seed.rhythm import DAY
from seed.scenario import PRACTICE_SEEDS, get_scenario
from seed.templates import template

SCENARIO = "demo"
SEED = 2_026

Tell = Callable[[str], None]


def prepare_demo(
    databases: Databases, now: int, tell: Tell, *, orders: int | None = None, days: int | None = None
) -> None:
    """Makes whatever of the demo is missing; a second call changes nothing.

    Raises: RuleViolation where the databases hold a real company's people or orders: nothing is put among them.
    """
    tell("Databases")
    migrate(databases)
    _refuse_real_data(databases)
    tell("People")
    run(databases.portal, lambda db: ensure_demo_people(Context(db, ENGINE, now, World("portal", "portal"))))
    scenario = get_scenario(SCENARIO)
    scenario = replace(scenario, orders=orders or scenario.orders, days=days or scenario.days)
    if not _is_demo(databases):
        people = _counting_people(databases)
        tell(f"{scenario.orders:,} orders over {scenario.days} days")
        with bulk_transaction(databases.live) as db:
            ctx = Context(db, ENGINE, now, world_of(db, "live", "live"))
            lay_base(ctx.at(now - scenario.days * DAY), scenario, SEED)
            write_history(ctx, scenario, SEED)
            lay_inbound(ctx, SEED)
            lay_counts(ctx, people, SEED)
            write_meta(db, scenario=SCENARIO, seed=SEED)
    tell("Metric cells")
    fold(databases.live)
    tell("Practice templates")
    for seed in PRACTICE_SEEDS:
        template("desk", seed, databases.var / "templates")


def _counting_people(databases: Databases) -> CountingPeople:
    """The demo's warehouse keeper and operations specialist."""
    with reader(databases.portal) as db:
        ids = {row.login: row.id for row in db.execute(select(person.c.login, person.c.id))}
    return CountingPeople(*(replace(ENGINE, person_id=ids[login]) for login in ("warehouse", "operations")))


def _is_demo(databases: Databases) -> bool:
    with reader(databases.live) as db:
        return read_meta(db).get("scenario") == SCENARIO


def _refuse_real_data(databases: Databases) -> None:
    if _is_demo(databases):
        return
    with reader(databases.portal) as db:
        people = db.execute(select(func.count()).where(person.c.demo.is_(False))).scalar_one()
    with reader(databases.live) as db:
        orders = db.execute(select(func.count()).select_from(sales_order)).scalar_one()
    if people or orders:
        raise RuleViolation(
            "These databases hold a real company ({people} people, {orders} orders); the demo isn't put among them."
            " Name another folder with ORDERLY_VAR, or another database with ORDERLY_DATABASE_URL.",
            people=people,
            orders=orders,
        )
