"""Entering counts: line by line, a whole sheet at once, and goods that nobody expected."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Row, exists, func, or_, select, update

from core.context import Context
from core.db.count_tables import count_entry, count_line
from core.db.history import actor_name, record
from core.db.warehouse_tables import bin_place
from core.db.world_tables import lot, sku, stock_balance
from core.domain.counting import (
    ENTERING,
    CountFact,
    CountStatus,
    expected_at_count,
    need_count,
    need_counted_at,
)
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import number_of
from core.domain.texts import typed
from core.services.classing import article_classes
from core.services.count_places import Spot, book_of, has_bins, moved_since
from core.services.counting import STOCKTAKE, lines_by_id, load_stocktake, need_nobody_else

_l = count_line.c


def enter_count(ctx: Context, stocktake_id: int, line_id: int, quantity: int, *, counted_at: int | None = None) -> None:
    """Enters what lies in one place; the book of that moment is kept beside it.

    `counted_at` is when somebody counted, where that was before it is entered.
    Raises: NotFound, NotAllowed, RuleViolation for what can't be, or where somebody else has counted already.
    """
    enter_counts(ctx, stocktake_id, {line_id: quantity}, counted_at=counted_at)


def enter_counts(ctx: Context, stocktake_id: int, counts: Mapping[int, int], *, counted_at: int | None = None) -> int:
    """Enters what lies in several places, all or none of it; gives how many. Shape: line → units. See `enter_count`."""
    ctx.actor.need("stock.count")
    row = _load_open(ctx, stocktake_id)
    at = ctx.now if counted_at is None else counted_at
    if not counts:
        raise RuleViolation("There is no count to enter.")
    need_counted_at(at, row.started_at, ctx.now)
    lines = [line for part in _parts(list(counts)) for line in lines_by_id(ctx, stocktake_id, part)]
    for line in lines:
        need_count(counts[line.id])
        _need_turn(ctx, row, line)
    expected = {line.id: _expected(ctx, row, (line.bin_id, line.sku_id, line.lot_id), at) for line in lines}
    event_id = record(
        ctx, CountFact.ENTERED, f"stocktake:{stocktake_id}", {"warehouse": row.warehouse_id, "lines": len(lines)}
    )
    for line in lines:
        _write(ctx, event_id, line.id, line.rounds + line.is_due, counts[line.id], expected[line.id], at)
    return len(lines)


def _parts(ids: list[int]) -> list[list[int]]:
    return [ids[first : first + 500] for first in range(0, len(ids), 500)]


def add_found(
    ctx: Context,
    stocktake_id: int,
    article: str,
    quantity: int,
    *,
    bin_code: str = "",
    lot_id: int | None = None,
    counted_at: int | None = None,
) -> int:
    """Adds goods that lie where the book knows of none; gives the new line's id.

    `article` is a code or a bar code. Without a lot it is the article's latest in this warehouse.
    Raises: NotFound, NotAllowed, RuleViolation when the place is on the list, or the article was never received.
    """
    ctx.actor.need("stock.count")
    row = _load_open(ctx, stocktake_id)
    at = ctx.now if counted_at is None else counted_at
    need_counted_at(at, row.started_at, ctx.now)
    need_count(quantity)
    found = _article(ctx, article)
    bin_id = _bin(ctx, row, bin_code)
    lot_row = _lot(ctx, row, found.id, lot_id)
    spot = (bin_id, found.id, lot_row.id)
    known = ctx.db.execute(
        select(_l.position).where(
            _l.stocktake_id == stocktake_id,
            _l.sku_id == found.id,
            _l.lot_id == lot_row.id,
            _l.bin_id.is_(None) if bin_id is None else _l.bin_id == bin_id,
        )
    ).scalar_one_or_none()
    if known is not None:
        raise RuleViolation("{sku} is on the list already, as line {position}.", sku=found.code, position=known)
    need_nobody_else(ctx, row, {found.id})
    expected = _expected(ctx, row, spot, at)
    last = ctx.db.execute(select(func.max(_l.position)).where(_l.stocktake_id == stocktake_id)).scalar_one()
    data = {"warehouse": row.warehouse_id, "sku": found.id, "bin": bin_id, "lot": lot_row.id, "quantity": quantity}
    event_id = record(ctx, CountFact.FOUND, f"stocktake:{stocktake_id}", data)
    key = ctx.db.execute(
        count_line.insert().values(
            stocktake_id=stocktake_id,
            position=(last or 0) + 1,
            bin_id=bin_id,
            sku_id=found.id,
            lot_id=lot_row.id,
            abc=article_classes(ctx)[found.id].abc.value,
            unit_cost_cents=lot_row.unit_cost_cents,
            book_quantity=expected,
        )
    ).inserted_primary_key
    assert key is not None
    _write(ctx, event_id, int(key[0]), 1, quantity, expected, at)
    return int(key[0])


def _load_open(ctx: Context, stocktake_id: int) -> Row[Any]:
    """A stocktake that takes counts. Raises: NotFound, RuleViolation."""
    row = load_stocktake(ctx, stocktake_id)
    if row.status not in ENTERING:
        raise RuleViolation(
            "Stocktake {number} is {status}; this needs one of: {wanted}.",
            number=number_of(STOCKTAKE, stocktake_id),
            status=CountStatus(row.status),
            wanted=ENTERING,
        )
    return row


def _need_turn(ctx: Context, row: Row[Any], line: Row[Any]) -> None:
    """Refuses a line that isn't to be counted now, or that somebody else counted in this round."""
    if line.is_due:
        return
    if row.status == CountStatus.RECOUNT and line.rounds < 2:
        raise RuleViolation("Line {position} isn't to be recounted.", position=line.position)
    if line.counted_by != actor_name(ctx):
        raise RuleViolation(
            "Line {position} was counted by somebody else already. If you doubt it, have it recounted.",
            position=line.position,
        )


def _expected(ctx: Context, row: Row[Any], spot: Spot, at: int) -> int:
    moved = moved_since(ctx, row.warehouse_id, spot, at, row.last_posting_id)
    return expected_at_count(book_of(ctx, row.warehouse_id, spot), moved)


def _write(ctx: Context, event_id: int, line_id: int, round_: int, quantity: int, expected: int, at: int) -> None:
    who = actor_name(ctx)
    ctx.db.execute(
        count_entry.insert().values(
            line_id=line_id,
            event_id=event_id,
            at=at,
            round=round_,
            quantity=quantity,
            expected_quantity=expected,
            actor=who,
        )
    )
    ctx.db.execute(
        update(count_line)
        .where(_l.id == line_id)
        .values(
            counted_quantity=quantity,
            expected_quantity=expected,
            counted_at=at,
            counted_by=who,
            rounds=round_,
            is_due=0,
            reason="",
            note="",
        )
    )


def _article(ctx: Context, code: str) -> Any:
    code = typed(code)
    found = ctx.db.execute(
        select(sku.c.id, sku.c.code).where(or_(sku.c.code == code, (sku.c.barcode == code) & (sku.c.barcode != "")))
    ).first()
    if found is None:
        raise NotFound("There is no article {code}.", code=code)
    return found


def _bin(ctx: Context, row: Row[Any], code: str) -> int | None:
    """The bin of the warehouse that a code names; None where it has no bins."""
    code = typed(code)
    if not has_bins(ctx, row.warehouse_id):
        if code:
            raise RuleViolation("This warehouse has no bins.")
        return None
    found = select(bin_place.c.id).where(bin_place.c.warehouse_id == row.warehouse_id, bin_place.c.code == code)
    bin_id = ctx.db.execute(found).scalar_one_or_none()
    if bin_id is None:
        raise NotFound("There is no bin {code} in this warehouse.", code=code)
    return int(bin_id)


def _lot(ctx: Context, row: Row[Any], sku_id: int, lot_id: int | None) -> Any:
    """A lot of an article: the one that is named, else the latest that this warehouse ever had, else the latest."""
    found = select(lot.c.id, lot.c.unit_cost_cents).where(lot.c.sku_id == sku_id)
    if lot_id is not None:
        found = found.where(lot.c.id == lot_id)
    b = stock_balance.c
    here = exists().where(b.sku_id == sku_id, b.lot_id == lot.c.id, b.warehouse_id == row.warehouse_id)
    known = ctx.db.execute(
        found.order_by(here.desc(), lot.c.received_at.desc(), lot.c.id.desc()).limit(1)
    ).one_or_none()
    if known is None and lot_id is not None:
        raise NotFound("Lot {lot_id} of this article isn't here.", lot_id=lot_id)
    if known is None:
        raise RuleViolation("This SKU was never received; receive it as a lot first.")
    return known


def enter_typed(ctx: Context, stocktake_id: int, line_id: int, typed_units: str) -> None:
    """Enters a count as somebody typed it. Raises: RuleViolation for what is no number of units; see `enter_count`."""
    units = typed(typed_units).replace(",", "").replace(" ", "")
    if not units.isascii() or not units.lstrip("-").isdigit() or len(units) > 15:
        raise RuleViolation("“{found}” is no number of units.", found=typed_units[:40])
    enter_count(ctx, stocktake_id, line_id, int(units))


def found_typed(ctx: Context, stocktake_id: int, bin_code: str, article: str, lot_text: str, typed_units: str) -> int:
    """Adds goods that nobody expected, as somebody typed them; gives the line's id. Raises: see `add_found`."""
    units, lot_number = typed(typed_units), typed(lot_text)
    for found in (units, lot_number or "0"):
        if not found.isascii() or not found.lstrip("-").isdigit() or len(found) > 15:
            raise RuleViolation("“{found}” is no number of units.", found=found[:40])
    lot_id = int(lot_number) if lot_number else None
    return add_found(ctx, stocktake_id, article, int(units), bin_code=bin_code, lot_id=lot_id)
