"""Importing orders from files: a look beforehand, then batch by batch, every problem kept with its row."""

from __future__ import annotations

import gc
import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from sqlalchemy import Connection, Engine, select, update

from core.channels import Channel, findings
from core.channels import channel as channel_of
from core.channels.files import MOST_BYTES, InFile
from core.channels.incoming import Finding, IncomingOrder, Terms
from core.channels.mapping import ColumnMapping
from core.channels.problems import Problem, Severity
from core.channels.reading import raw_text
from core.channels.spool import batches
from core.context import Actor, Context, World
from core.db.bulk import insert_rows, reserve_ids
from core.db.engines import run
from core.db.fold import fold
from core.db.history import actor_name
from core.db.world_tables import (
    channel as channel_table,
)
from core.db.world_tables import (
    import_batch,
    import_problem,
    order_payload,
    sales_order,
    warehouse,
)
from core.domain.errors import ContentError
from core.domain.stock import OUTSIDE
from core.services.imported_orders import write_orders
from core.services.parameters import currency_rates

BATCH = 2_000  # findings per transaction
SHOWN_ORDERS = 20
SHOWN_PROBLEMS = 500
_PROBLEM_COLUMNS = (
    "id", "batch_id", "severity", "file", "line", "column", "found", "wanted", "params", "order_number", "raw",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Source:
    """What is to be imported: a channel's files, and the mapping where the channel wants one."""

    channel: str
    files: tuple[InFile, ...]
    mapping: ColumnMapping | None = None
    most_bytes: int = MOST_BYTES

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)


@dataclass(slots=True)
class Preview:
    """What an import would do, without doing it. `problems` are the first ones; the counts are of all."""

    orders_count: int = 0
    unchanged_count: int = 0
    problem_count: int = 0
    warning_count: int = 0
    orders: list[IncomingOrder] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


@dataclass(slots=True)
class ImportResult:
    """What an import did: orders taken in, orders that were here already, problems and warnings."""

    batch_id: int
    imported_count: int = 0
    unchanged_count: int = 0
    problem_count: int = 0
    warning_count: int = 0

    def add(self, other: ImportResult) -> None:
        """Counts a batch in."""
        self.imported_count += other.imported_count
        self.unchanged_count += other.unchanged_count
        self.problem_count += other.problem_count
        self.warning_count += other.warning_count


Tell = Callable[[int, int, ImportResult], None]  # bytes read, bytes altogether, what was done so far


def _say_nothing(_read: int, _all: int, _result: ImportResult) -> None:
    """For callers that don't show how far an import has come."""


def terms_at(now: int) -> Terms:
    """What files are judged by at a moment."""
    return Terms(now, frozenset(currency_rates()))


def preview(ctx: Context, source: Source) -> Preview:
    """Reads everything and says what an import would do; writes nothing.

    Raises: NotAllowed, FileRefused, ContentError.
    """
    ctx.actor.need("imports.run")
    found = Preview()
    stream = findings(
        source.channel, source.files, terms_at(ctx.now), most_bytes=source.most_bytes, mapping=source.mapping
    )
    for batch in batches(stream, BATCH):
        fresh, unchanged, problems = _sort_out(ctx.db, source.channel, batch)
        found.orders_count += len(fresh)
        found.unchanged_count += unchanged
        warnings = sum(problem.severity is Severity.WARNING for problem in problems)
        found.warning_count += warnings
        found.problem_count += len(problems) - warnings
        found.orders += fresh[: SHOWN_ORDERS - len(found.orders)]
        found.problems += problems[: SHOWN_PROBLEMS - len(found.problems)]
    return found


def _sort_out(db: Connection, code: str, batch: Sequence[Finding]) -> tuple[list[IncomingOrder], int, list[Problem]]:
    """A batch's new orders, how many are here already, and the problems.

    An order that is here with other content is a problem: what was imported stands.
    """
    orders = [finding for finding in batch if isinstance(finding, IncomingOrder)]
    s, p = sales_order.c, order_payload.c
    query = (
        select(s.number, p.content_hash)
        .select_from(sales_order.outerjoin(order_payload, p.order_id == s.id))
        .where(s.channel == code, s.number.in_([order.number for order in orders]))
    )
    known: dict[str, str | None] = dict(db.execute(query).all())
    problems = [finding for finding in batch if isinstance(finding, Problem)]
    fresh: list[IncomingOrder] = []
    unchanged, left_out = 0, set()
    for order in orders:
        if order.number not in known:
            fresh.append(order)
            continue
        left_out.add(order.number)
        if known[order.number] == order.fingerprint():
            unchanged += 1
        else:
            place = (order.file, order.line, "", order.number, order.number)
            problems.append(Problem("already_other", *place, raw_text(order.rows)))
    # What was said of these orders when they came in need not be said again.
    problems = [
        problem
        for problem in problems
        if problem.severity is not Severity.WARNING or problem.order_number not in left_out
    ]
    problems.sort(key=lambda problem: (problem.file, problem.line or 0))
    return fresh, unchanged, problems


def begin_import(ctx: Context, source: Source) -> int:
    """Opens an import's record, so that it is known whatever becomes of it; gives its id.

    Raises: NotAllowed, NotFound for an unknown channel, ContentError for a mapping that gives no orders.
    """
    ctx.actor.need("imports.run")
    wanted = channel_of(source.channel)
    if wanted.needs_mapping:
        if source.mapping is None:
            raise ContentError("Choose which column says what.")
        source.mapping.check()
    _lay_ground(ctx.db, wanted)
    key = ctx.db.execute(
        import_batch.insert().values(
            at=ctx.now,
            seen_at=ctx.now,
            actor=actor_name(ctx),
            channel=source.channel,
            files=", ".join(file.name for file in source.files),
            all_bytes=source.size,
        )
    ).inserted_primary_key
    assert key is not None
    return int(key[0])


def _lay_ground(db: Connection, wanted: Channel) -> None:
    """The channel and the warehouse outside, where this world doesn't have them yet."""
    c = channel_table.c
    if db.execute(select(c.code).where(c.code == wanted.code)).one_or_none() is None:
        names = {"name_en": wanted.name_en, "name_zh": wanted.name_zh}
        db.execute(channel_table.insert().values(code=wanted.code, timezone=wanted.timezone, **names))
    if db.execute(select(warehouse.c.id).where(warehouse.c.id == OUTSIDE)).one_or_none() is None:
        outside = {"id": OUTSIDE, "code": "OUT", "name_en": "Outside", "name_zh": "外部", "region": ""}
        db.execute(warehouse.insert().values(outside))


def run_import(
    engine: Engine,
    world: World,
    actor: Actor,
    clock: Callable[[], int],
    batch_id: int,
    source: Source,
    tell: Tell = _say_nothing,
) -> ImportResult:
    """Carries an opened import out: one transaction per 2,000 findings, then the cells are brought up to date.

    What is committed stays if it is cut short; importing the same files again takes in the rest.
    Raises: NotAllowed, FileRefused or ContentError, which the record keeps too.
    """
    actor.need("imports.run")
    started_at = clock()
    total = ImportResult(batch_id)
    come = [0]

    def progress(done: int, altogether: int) -> None:
        come[0] = source.size * done // max(altogether, 1)

    def write(batch: list[Finding], db: Connection) -> ImportResult:
        ctx = Context(db, actor, started_at, world)
        return _write_batch(ctx, source.channel, batch_id, batch, come[0], clock())

    stream = findings(source.channel, source.files, terms_at(started_at), progress, source.most_bytes, source.mapping)
    try:
        with _seldom_collecting():
            for batch in batches(stream, BATCH):
                total.add(run(engine, partial(write, batch)))
                tell(come[0], source.size, total)
    except ContentError as error:
        _end(engine, batch_id, clock(), refusal=refusal_text(error))
        raise
    _end(engine, batch_id, clock(), read_bytes=source.size)
    with _seldom_collecting():
        fold(engine)
    tell(source.size, source.size, total)
    return total


@contextmanager
def _seldom_collecting() -> Iterator[None]:
    """Looks for circular garbage less often while rows are made by the hundred thousand: they have no circles.

    Why: it makes an import an eighth faster (measured); garbage of others only waits a moment longer.
    """
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _end(engine: Engine, batch_id: int, now: int, **values: object) -> None:
    change = update(import_batch).where(import_batch.c.id == batch_id).values(finished_at=now, seen_at=now, **values)
    run(engine, lambda db: db.execute(change))


def import_orders(
    engine: Engine, world: World, actor: Actor, clock: Callable[[], int], source: Source, tell: Tell = _say_nothing
) -> ImportResult:
    """Opens an import and carries it out, for callers without a page.

    Raises: as `begin_import` and `run_import`.
    """
    batch_id = run(engine, lambda db: begin_import(Context(db, actor, clock(), world), source))
    return run_import(engine, world, actor, clock, batch_id, source, tell)


def _write_batch(
    ctx: Context, code: str, batch_id: int, batch: Sequence[Finding], read_bytes: int, seen_at: int
) -> ImportResult:
    """One transaction's worth: new orders, problems, and how far the import has come."""
    result = ImportResult(batch_id)
    fresh, result.unchanged_count, problems = _sort_out(ctx.db, code, batch)
    timezone = ctx.db.execute(select(channel_table.c.timezone).where(channel_table.c.code == code)).scalar_one()
    write_orders(ctx, fresh, timezone, batch_id)
    result.imported_count = len(fresh)
    result.warning_count = sum(problem.severity is Severity.WARNING for problem in problems)
    result.problem_count = len(problems) - result.warning_count
    _keep_problems(ctx.db, batch_id, problems)
    b = import_batch.c
    ctx.db.execute(
        update(import_batch)
        .where(b.id == batch_id)
        .values(
            read_bytes=read_bytes,
            seen_at=seen_at,
            imported_count=b.imported_count + result.imported_count,
            unchanged_count=b.unchanged_count + result.unchanged_count,
            problem_count=b.problem_count + result.problem_count,
            warning_count=b.warning_count + result.warning_count,
        )
    )
    return result


def _keep_problems(db: Connection, batch_id: int, problems: Sequence[Problem]) -> None:
    if not problems:
        return
    first = reserve_ids(db, import_problem)
    rows: list[tuple[Any, ...]] = [
        (
            first + n, batch_id, p.severity.value, p.file, p.line, p.column, p.found, p.template,
            json.dumps(dict(p.params), ensure_ascii=False), p.order_number, p.raw,
        )
        for n, p in enumerate(problems)
    ]  # fmt: skip
    insert_rows(db, import_problem, _PROBLEM_COLUMNS, rows)


def refusal_text(error: ContentError) -> str:
    """Why an import ended, so that it can be told again in any language."""
    params = {name: str(value) for name, value in error.params.items()}
    said = {"template": error.template, "params": params, "file": error.file, "line": error.line}
    return json.dumps(said, ensure_ascii=False)
