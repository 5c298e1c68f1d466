"""Goods from one warehouse of ours to another: sent, arrived in parts or whole, lost on the way, called back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, update

from core.context import Context
from core.db.history import actor_name, need_open_period, post, record
from core.db.inbound_tables import transfer, transfer_line
from core.db.world_tables import lot
from core.domain.adjusting import value_of
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import TRANSFER, number_of
from core.domain.purchasing import check_units
from core.domain.stock import LOSS, Account, Move, Place, take_first_in
from core.domain.texts import typed
from core.domain.transfers import (
    TransferFact,
    TransferProgress,
    TransferStatus,
    TransferTransition,
    decide_transfer,
    transfer_status,
)
from core.services.bins import need_bin
from core.services.goods_policies import adjusting_policy
from core.services.lots import lots_of
from core.services.stock import need_sku, need_warehouse


@dataclass(frozen=True, slots=True)
class Sending:
    """Units of an article that are to travel."""

    sku_id: int
    quantity: int


def send_transfer(
    ctx: Context, from_warehouse_id: int, to_warehouse_id: int, sendings: Sequence[Sending], note: str = ""
) -> int:
    """Sends available units to another warehouse, in the order in which lots are issued; gives the transfer's id.

    Raises: NotAllowed, NotFound, RuleViolation for one warehouse, an article twice, or more than is available.
    """
    ctx.actor.need("stock.move")
    need_warehouse(ctx, from_warehouse_id)
    need_warehouse(ctx, to_warehouse_id)
    if from_warehouse_id == to_warehouse_id:
        raise RuleViolation("A transfer goes to another warehouse; inside one, goods move between bins.")
    if not sendings:
        raise RuleViolation("A transfer needs at least one article.")
    if len({one.sku_id for one in sendings}) < len(sendings):
        raise RuleViolation("An article stands twice on this transfer; put it on one line.")
    source, target = Place(from_warehouse_id, Account.AVAILABLE), Place(to_warehouse_id, Account.IN_TRANSIT)
    moves: list[Move] = []
    for one in sorted(sendings, key=lambda one: one.sku_id):
        code = need_sku(ctx, one.sku_id).code
        check_units(one.quantity)
        taken = take_first_in(lots_of(ctx, one.sku_id, from_warehouse_id), one.quantity)
        if (found := sum(units for _, units in taken)) < one.quantity:
            raise RuleViolation(
                "{wanted} units of {sku} can't be sent: {found} are available.",
                wanted=one.quantity,
                sku=code,
                found=found,
            )
        moves += [Move(one.sku_id, lot_id, source, target, units) for lot_id, units in taken]
    need_open_period(ctx)
    values = {
        "from_warehouse_id": from_warehouse_id,
        "to_warehouse_id": to_warehouse_id,
        "status": TransferStatus.ON_THE_WAY.value,
        "is_open": 1,
        "sent_at": ctx.now,
        "note": typed(note)[:500],
        "actor": actor_name(ctx),
    }
    key = ctx.db.execute(transfer.insert().values(values)).inserted_primary_key
    assert key is not None
    transfer_id = int(key[0])
    rows = [
        {"transfer_id": transfer_id, "sku_id": move.sku_id, "lot_id": move.lot_id, "quantity": move.quantity}
        for move in moves
    ]
    ctx.db.execute(transfer_line.insert(), rows)
    data = {
        "now": TransferStatus.ON_THE_WAY.value,
        "from_warehouse": from_warehouse_id,
        "to_warehouse": to_warehouse_id,
        "units": sum(move.quantity for move in moves),
    }
    post(ctx, record(ctx, TransferFact.SENT, f"transfer:{transfer_id}", data), moves)
    return transfer_id


def receive_transfer(
    ctx: Context, transfer_id: int, arrived: Mapping[int, int], bin_id: int | None = None, *, version: int | None = None
) -> None:
    """Lays what arrived of a transfer on the shelf, in one bin or on the floor. Shape: line → units.

    Raises: NotAllowed, NotFound, RuleViolation for more than is on the way.
    """
    ctx.actor.need("stock.move")
    row, decided = _load(ctx, transfer_id, "arrive", version)
    lines = _checked(ctx, transfer_id, arrived)
    if bin_id is not None:
        need_bin(ctx, bin_id, row.to_warehouse_id)
    need_open_period(ctx)
    source = Place(row.to_warehouse_id, Account.IN_TRANSIT)
    shelf = Place(row.to_warehouse_id, Account.AVAILABLE)
    moves = [Move(line.sku_id, line.lot_id, source, shelf, arrived[line.id], bin_id=bin_id) for line in lines]
    post(ctx, _settle(ctx, row, decided, arrived, "received_quantity", {"bin": bin_id}), moves)


def report_lost(
    ctx: Context, transfer_id: int, lost: Mapping[int, int], note: str, *, version: int | None = None
) -> None:
    """Writes off what won't arrive of a transfer. Shape: line → units.

    Raises: NotAllowed, NotFound, RuleViolation without a note, for more than is on the way, or for goods worth more
    than the limit of corrections, which somebody else than the sender writes off who may approve corrections.
    """
    ctx.actor.need("stock.adjust")
    row, decided = _load(ctx, transfer_id, "lose", version)
    lines = _checked(ctx, transfer_id, lost)
    note = typed(note)[:500]
    if not note:
        raise RuleViolation("Say how the goods got lost.")
    costs = {
        one.id: one.unit_cost_cents
        for one in ctx.db.execute(select(lot).where(lot.c.id.in_({line.lot_id for line in lines})))
    }
    value = value_of([(lost[line.id], costs[line.lot_id]) for line in lines])
    own = actor_name(ctx) == row.actor
    if adjusting_policy().needs_approval(value) and (own or not ctx.actor.may("stock.approve")):
        raise RuleViolation(
            "Goods worth {value} are written off by somebody else than the sender who may approve corrections.",
            value=f"{value / 100:.2f}",
        )
    need_open_period(ctx)
    source = Place(row.to_warehouse_id, Account.IN_TRANSIT)
    moves = [Move(line.sku_id, line.lot_id, source, LOSS, lost[line.id]) for line in lines]
    extra = {"value_cents": value, "note": note}
    post(ctx, _settle(ctx, row, decided, lost, "lost_quantity", extra), moves)


def call_transfer_back(ctx: Context, transfer_id: int, *, version: int | None = None) -> None:
    """Undoes a transfer of which nothing has arrived: its units are available again where they came from.

    Raises: NotAllowed, NotFound, RuleViolation once something arrived or was lost.
    """
    ctx.actor.need("stock.move")
    row, decided = _load(ctx, transfer_id, "call_back", version)
    lines = _lines(ctx, transfer_id)
    need_open_period(ctx)
    source = Place(row.to_warehouse_id, Account.IN_TRANSIT)
    shelf = Place(row.from_warehouse_id, Account.AVAILABLE)
    _write(ctx, row, TransferStatus.CALLED_BACK)
    event_id = record(ctx, decided.fact, f"transfer:{transfer_id}", _head(row, TransferStatus.CALLED_BACK))
    post(ctx, event_id, [Move(line.sku_id, line.lot_id, source, shelf, line.quantity) for line in lines])


def units_on_the_way(ctx: Context) -> int:
    """Units of all transfers that neither arrived nor got lost."""
    line = transfer_line.c
    total = func.coalesce(func.sum(line.quantity - line.received_quantity - line.lost_quantity), 0)
    joined = transfer_line.join(transfer, transfer.c.id == line.transfer_id)
    return int(ctx.db.execute(select(total).select_from(joined).where(transfer.c.is_open == 1)).scalar_one())


def _load(ctx: Context, transfer_id: int, command: str, version: int | None) -> tuple[Row[Any], TransferTransition]:
    number = number_of(TRANSFER, transfer_id)
    row = ctx.db.execute(select(transfer).where(transfer.c.id == transfer_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("Transfer {number} isn't here.", number=number)
    if version is not None and row.version != version:
        raise RuleViolation(
            "Transfer {number} was changed by somebody else in the meantime. Look at it again; nothing was written.",
            number=number,
        )
    return row, decide_transfer(command, number, TransferStatus(row.status))


def _lines(ctx: Context, transfer_id: int) -> list[Row[Any]]:
    query = select(transfer_line).where(transfer_line.c.transfer_id == transfer_id).order_by(transfer_line.c.id)
    return list(ctx.db.execute(query))


def _progress(line: Row[Any]) -> TransferProgress:
    return TransferProgress(line.quantity, line.received_quantity, line.lost_quantity)


def _checked(ctx: Context, transfer_id: int, units: Mapping[int, int]) -> list[Row[Any]]:
    """The lines that are named, with numbers that can be. Raises: NotFound, RuleViolation."""
    lines = {line.id: line for line in _lines(ctx, transfer_id)}
    if not units:
        raise RuleViolation("Say how many units of which line.")
    for line_id, count in units.items():
        if line_id not in lines:
            raise NotFound("Line {id} isn't on this transfer.", id=line_id)
        check_units(count)
        if count > (most := _progress(lines[line_id]).on_the_way):
            raise RuleViolation("{found} units were named, but {most} are on the way.", found=count, most=most)
    return [lines[line_id] for line_id in sorted(units)]


def _settle(
    ctx: Context,
    row: Row[Any],
    decided: TransferTransition,
    units: Mapping[int, int],
    column: str,
    extra: Mapping[str, object],
) -> int:
    m = row._mapping
    for line_id, count in units.items():
        ctx.db.execute(
            update(transfer_line).where(transfer_line.c.id == line_id).values({column: transfer_line.c[column] + count})
        )
    target = transfer_status(tuple(_progress(line) for line in _lines(ctx, m["id"])))
    assert target in decided.targets, (decided.command, m["status"], target)
    _write(ctx, row, target)
    data = _head(row, target) | {"units": sum(units.values())} | dict(extra)
    return record(ctx, decided.fact, f"transfer:{m['id']}", data)


def _head(row: Row[Any], target: TransferStatus) -> dict[str, object]:
    m = row._mapping
    return {
        "was": m["status"],
        "now": target.value,
        "from_warehouse": m["from_warehouse_id"],
        "to_warehouse": m["to_warehouse_id"],
    }


def _write(ctx: Context, row: Row[Any], target: TransferStatus) -> None:
    m = row._mapping
    closed = target in (TransferStatus.ARRIVED, TransferStatus.CALLED_BACK)
    ctx.db.execute(
        update(transfer)
        .where(transfer.c.id == m["id"])
        .values(
            status=target.value,
            is_open=int(not closed),
            closed_at=ctx.now if closed else None,
            version=m["version"] + 1,
        )
    )
