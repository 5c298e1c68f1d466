"""Stocktakes: plan, begin, end a count, ask for a recount, say why it differs, approve, and call off."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Row, func, select, text, update

from core.context import Context
from core.db.count_tables import count_entry, count_line, stocktake
from core.db.history import actor_name, dump, record
from core.db.world_tables import warehouse
from core.domain.classes import Abc
from core.domain.counting import (
    CountFact,
    CountKind,
    CountState,
    CountStatus,
    CountTransition,
    decide_count,
    need_cause,
)
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import number_of
from core.domain.texts import typed
from core.services.classing import article_classes, due_for_cycle
from core.services.count_places import Scope, counted_elsewhere, lying_in
from core.services.stock_policies import counting_policy

STOCKTAKE = "ST"
_MOST_TEXT = 500
_LAST_POSTING = text("SELECT COALESCE(MAX(id), 0) FROM stock_posting")
_l = count_line.c


def plan_stocktake(
    ctx: Context,
    warehouse_id: int,
    kind: str,
    *,
    blind: bool,
    skus: Sequence[int] = (),
    categories: Sequence[str] = (),
    zones: Sequence[str] = (),
    classes: Sequence[str] = (),
    note: str = "",
) -> int:
    """Plans a stocktake of a warehouse; gives its id.

    A full one counts everything; a partial one what is named (articles, categories, zones); a cycle count takes the
    articles of these classes that are due.
    Raises: NotAllowed, NotFound, RuleViolation when nothing is to be counted or the scope doesn't fit the kind.
    """
    ctx.actor.need("stock.count")
    known = select(warehouse.c.id).where(warehouse.c.id == warehouse_id, warehouse.c.id != 0)
    if ctx.db.execute(known).one_or_none() is None:
        raise NotFound("Warehouse {warehouse_id} isn't here.", warehouse_id=warehouse_id)
    if kind not in set(CountKind):
        raise RuleViolation("There is no such kind of stocktake.")
    note = typed(note)
    if len(note) > _MOST_TEXT:
        raise RuleViolation("A note may have {most} characters at most.", most=_MOST_TEXT)
    scope = _scope(ctx, warehouse_id, CountKind(kind), Scope(tuple(skus), tuple(categories), tuple(zones)), classes)
    if not lying_in(ctx, warehouse_id, scope):
        raise RuleViolation("Nothing of this lies in the warehouse; there is nothing to count.")
    values = {
        "kind": kind,
        "warehouse_id": warehouse_id,
        "status": CountStatus.PLANNED.value,
        "is_blind": int(blind),
        "scope": dump({"skus": scope.skus, "categories": scope.categories, "zones": scope.zones}),
        "note": note,
        "planned_at": ctx.now,
        "planned_by": actor_name(ctx),
    }
    key = ctx.db.execute(stocktake.insert().values(values)).inserted_primary_key
    assert key is not None
    data = {"warehouse": warehouse_id, "kind": kind, "blind": bool(blind)}
    record(ctx, CountFact.PLANNED, f"stocktake:{key[0]}", data)
    return int(key[0])


def _scope(ctx: Context, warehouse_id: int, kind: CountKind, asked: Scope, classes: Sequence[str]) -> Scope:
    """What a kind of stocktake counts of what was asked for."""
    narrowed = bool(asked.skus or asked.categories or asked.zones)
    match kind:
        case CountKind.FULL if narrowed or classes:
            raise RuleViolation("A full stocktake counts everything; choose a partial one to narrow it.")
        case CountKind.PARTIAL if not narrowed or classes:
            raise RuleViolation("Say what a partial stocktake counts: articles, categories or zones.")
        case CountKind.CYCLE:
            wanted = frozenset(Abc(one) for one in classes if one in set(Abc)) or frozenset(Abc)
            due = due_for_cycle(ctx, warehouse_id, wanted)
            if not due:
                raise RuleViolation("No article of these classes is due for a count in this warehouse.")
            return Scope(skus=tuple(due))
    return asked


def start_count(ctx: Context, stocktake_id: int, *, version: int | None = None) -> int:
    """Begins counting: keeps what the book says lies in every place; gives how many places there are.

    Raises: NotFound, NotAllowed, RuleViolation when one of the articles is being counted by another stocktake.
    """
    ctx.actor.need("stock.count")
    row = load_stocktake(ctx, stocktake_id, version)
    decided = decide_count("start", state_of_stocktake(ctx, row))
    lying = lying_in(ctx, row.warehouse_id, scope_of(row))
    if not lying:
        raise RuleViolation("Nothing of this lies in the warehouse; there is nothing to count.")
    need_nobody_else(ctx, row, {place.spot[1] for place in lying})
    classes = article_classes(ctx)
    last = int(ctx.db.execute(_LAST_POSTING).scalar_one())
    move_stocktake(ctx, row, decided, {"lines": len(lying)}, started_at=ctx.now, last_posting_id=last)
    ctx.db.execute(
        count_line.insert(),
        [
            {
                "stocktake_id": stocktake_id,
                "position": position,
                "bin_id": place.spot[0],
                "sku_id": place.spot[1],
                "lot_id": place.spot[2],
                "abc": classes[place.spot[1]].abc.value,
                "unit_cost_cents": place.unit_cost_cents,
                "book_quantity": place.quantity,
            }
            for position, place in enumerate(lying, start=1)
        ],
    )
    return len(lying)


def need_nobody_else(ctx: Context, row: Row[Any], skus: Iterable[int]) -> None:
    """Refuses to count what another stocktake is counting. Raises: RuleViolation."""
    other = counted_elsewhere(ctx, row.warehouse_id, row.id, sorted(skus))
    if other is not None:
        raise RuleViolation(
            "Stocktake {other} is counting some of these articles in this warehouse; end it first.",
            other=number_of(STOCKTAKE, other),
        )


def finish_count(ctx: Context, stocktake_id: int, *, version: int | None = None) -> CountStatus:
    """Ends a round: what is beyond tolerance has to be counted again, else the stocktake is counted.

    A line that was counted twice stands as it is. Gives the status it then has.
    Raises: NotFound, NotAllowed, RuleViolation while lines are uncounted.
    """
    ctx.actor.need("stock.count")
    row = load_stocktake(ctx, stocktake_id, version)
    decided = decide_count("finish", state_of_stocktake(ctx, row))
    policy = counting_policy()
    beyond = [
        line.id
        for line in ctx.db.execute(
            select(count_line).where(_l.stocktake_id == stocktake_id, _l.rounds == 1).order_by(_l.position)
        )
        if not policy.tolerance[Abc(line.abc)].takes(
            line.counted_quantity - line.expected_quantity, line.expected_quantity, line.unit_cost_cents
        )
    ]
    if beyond:
        _ask_again(ctx, row, beyond, by_tolerance=True)
        return CountStatus.RECOUNT
    off = _differences(ctx, stocktake_id)
    move_stocktake(ctx, row, decided, {"differences": off}, counted_at=ctx.now)
    return CountStatus.COUNTED


def ask_recount(ctx: Context, stocktake_id: int, line_ids: Sequence[int], *, version: int | None = None) -> None:
    """Has lines counted again, whatever they came to; an approval is thereby off.

    Raises: NotFound, NotAllowed, RuleViolation for no lines, or lines of another stocktake.
    """
    ctx.actor.need("stock.count")
    row = load_stocktake(ctx, stocktake_id, version)
    decide_count("recount", state_of_stocktake(ctx, row))
    known = lines_by_id(ctx, stocktake_id, line_ids)
    if not known or any(line.counted_at is None for line in known):
        raise RuleViolation("Choose lines that were counted; only they can be counted again.")
    _ask_again(ctx, row, [line.id for line in known], by_tolerance=False)


def _ask_again(ctx: Context, row: Row[Any], line_ids: list[int], *, by_tolerance: bool) -> None:
    data: dict[str, object] = {"lines": len(line_ids), "by_tolerance": by_tolerance}
    move_stocktake(
        ctx, row, decide_count("recount", state_of_stocktake(ctx, row)), data, approved_at=None, approved_by=None
    )
    for first in range(0, len(line_ids), 500):
        ctx.db.execute(update(count_line).where(_l.id.in_(line_ids[first : first + 500])).values(is_due=1))


def explain_differences(ctx: Context, stocktake_id: int, line_ids: Sequence[int], cause: str, note: str = "") -> None:
    """Says why counts differ from the book.

    Raises: NotFound, NotAllowed, RuleViolation for lines without a difference or an unknown reason.
    """
    ctx.actor.need("stock.count")
    row = load_stocktake(ctx, stocktake_id)
    if row.status != CountStatus.COUNTED:
        raise RuleViolation("Reasons are given when everything is counted.")
    reason, note = need_cause(cause), typed(note)
    if len(note) > _MOST_TEXT:
        raise RuleViolation("A note may have {most} characters at most.", most=_MOST_TEXT)
    known = lines_by_id(ctx, stocktake_id, line_ids)
    if not known or any(line.counted_quantity == line.expected_quantity for line in known):
        raise RuleViolation("Choose lines whose count differs from the book.")
    data = {"lines": [line.id for line in known], "cause": reason.value}
    record(ctx, CountFact.EXPLAINED, f"stocktake:{stocktake_id}", data)
    ids = [line.id for line in known]
    ctx.db.execute(update(count_line).where(_l.id.in_(ids)).values(reason=reason.value, note=note))


def approve_stocktake(ctx: Context, stocktake_id: int, *, version: int | None = None) -> None:
    """Lets the differences of a stocktake be posted; nobody approves what they counted.

    Raises: NotFound, NotAllowed, RuleViolation naming what is open, or to a counter.
    """
    ctx.actor.need("stock.approve")
    row = load_stocktake(ctx, stocktake_id, version)
    decided = decide_count("approve", state_of_stocktake(ctx, row))
    move_stocktake(ctx, row, decided, approved_at=ctx.now, approved_by=actor_name(ctx))


def cancel_stocktake(ctx: Context, stocktake_id: int, reason: str, *, version: int | None = None) -> None:
    """Calls a stocktake off: what was counted is kept, nothing is posted.

    Raises: NotFound, NotAllowed, RuleViolation without a reason, or once it is posted.
    """
    ctx.actor.need("stock.count")
    row = load_stocktake(ctx, stocktake_id, version)
    reason = typed(reason)
    if not reason or len(reason) > _MOST_TEXT:
        raise RuleViolation("Calling off needs a reason of 1 to {most} characters.", most=_MOST_TEXT)
    move_stocktake(ctx, row, decide_count("cancel", state_of_stocktake(ctx, row)), {"reason": reason})


# ---- what the commands of a stocktake share -----------------------------------------------------------------------


def load_stocktake(ctx: Context, stocktake_id: int, version: int | None = None) -> Row[Any]:
    """A stocktake's row, locked against others until the transaction ends.

    Raises: NotFound; RuleViolation when it was changed since the page was drawn.
    """
    row = ctx.db.execute(select(stocktake).where(stocktake.c.id == stocktake_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("Stocktake {stocktake_id} isn't here.", stocktake_id=stocktake_id)
    if version is not None and row.version != version:
        raise RuleViolation(
            "Stocktake {number} was changed by somebody else in the meantime. Look at it again; nothing was written.",
            number=number_of(STOCKTAKE, stocktake_id),
        )
    return row


def scope_of(row: Row[Any]) -> Scope:
    """What a stocktake was planned to count."""
    kept = json.loads(row.scope)
    return Scope(tuple(kept["skus"]), tuple(kept["categories"]), tuple(kept["zones"]))


def state_of_stocktake(ctx: Context, row: Row[Any]) -> CountState:
    """What the machine's guards look at."""
    unexplained = (_l.counted_quantity != _l.expected_quantity) & (_l.reason == "")
    counts = select(func.count().filter(_l.is_due == 1), func.count().filter(unexplained)).where(
        _l.stocktake_id == row.id
    )
    uncounted, open_reasons = ctx.db.execute(counts).one()
    by = select(count_entry.c.actor).join(count_line, _l.id == count_entry.c.line_id).where(_l.stocktake_id == row.id)
    return CountState(
        number=number_of(STOCKTAKE, row.id),
        status=CountStatus(row.status),
        uncounted=int(uncounted),
        unexplained=int(open_reasons),
        counters=frozenset(ctx.db.execute(by.distinct()).scalars()),
        actor=actor_name(ctx),
    )


def _differences(ctx: Context, stocktake_id: int) -> int:
    off = select(func.count()).where(_l.stocktake_id == stocktake_id, _l.counted_quantity != _l.expected_quantity)
    return int(ctx.db.execute(off).scalar_one())


def lines_by_id(ctx: Context, stocktake_id: int, line_ids: Sequence[int]) -> Sequence[Row[Any]]:
    """These lines of a stocktake. Raises: RuleViolation where one belongs to another."""
    wanted = sorted(set(line_ids))
    found = ctx.db.execute(
        select(count_line).where(_l.stocktake_id == stocktake_id, _l.id.in_(wanted)).order_by(_l.position)
    ).all()
    if len(found) != len(wanted):
        raise RuleViolation("Some of these lines don't belong to stocktake {n}.", n=number_of(STOCKTAKE, stocktake_id))
    return found


def move_stocktake(
    ctx: Context, row: Row[Any], decided: CountTransition, data: dict[str, object] | None = None, **columns: object
) -> int:
    """Writes a decided transition: the fact, the status and what goes with it; gives the event's id."""
    event_id = record(ctx, decided.fact, f"stocktake:{row.id}", {"warehouse": row.warehouse_id} | (data or {}))
    ctx.db.execute(
        update(stocktake)
        .where(stocktake.c.id == row.id)
        .values(status=decided.target.value, version=stocktake.c.version + 1, **columns)
    )
    return event_id
