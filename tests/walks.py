"""Every command as a step of a walk through a tiny world, and the walkers that take the steps."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, func, select, text

from core.channels.incoming import IncomingLine, IncomingOrder, Payment
from core.context import ENGINE, Context
from core.db.shipping_tables import shipment
from core.db.wave_tables import wave
from core.db.world_tables import order_line, sales_order
from core.domain.errors import OrderlyError
from core.domain.wave_settings import WaveSettings
from core.services import (
    adjustments,
    allocation,
    blocked_buyers,
    book_closing,
    book_reads,
    bulk_confirmation,
    intake,
    order_lines,
    orders,
    parcelling,
    shipping,
    stock,
    waves,
)
from core.services.books import imbalances
from core.services.wave_reads import waiting_orders
from core.services.wave_solver import solve
from tests.services import parcels
from tests.services.desk import CUP, GUANGZHOU, KETTLE, LIVE, SHANGHAI, incoming

HOUR = 3_600
Command = Callable[[Context], object]

PAID = Payment("alipay", 23_400)
BOTH = (IncomingLine("KETTLE", "Kettle", 1, 19_900), IncomingLine("CUP", "Cup", 1, 3_500))
KETTLES = (IncomingLine("KETTLE", "Kettle", 2, 19_900),)
# What channels send: a good and paid order, an unpaid one, one with a bad address, one paid in part by two means.
INCOMING: dict[str, IncomingOrder] = {
    "good": incoming("T-1", lines=BOTH, payments=(PAID,)),
    "unpaid": incoming("T-2", lines=KETTLES, payments=(), buyer_phone="13900000002"),
    "bad address": incoming("T-3", lines=BOTH, payments=(PAID,), street="南京东路", buyer_phone="13900000003"),
    "divided payment": incoming(
        "T-4", lines=BOTH, payments=(Payment("alipay", 20_000), Payment("voucher", 3_400)), buyer_phone="13900000004"
    ),
    "unknown currency": incoming("T-5", lines=BOTH, payments=(), currency="XYZ"),
}


def per_order(order_id: int) -> dict[str, Command]:
    """Every command that is given to an order."""
    good, bad = {"street": "南京东路 100 号"}, {"street": "某处"}
    commands: dict[str, Command] = {
        "pay the rest": lambda ctx: intake.pay_order(ctx, order_id, "alipay", _owed(ctx, order_id)),
        "pay a part": lambda ctx: intake.pay_order(ctx, order_id, "wechat_pay", 1_000),
        "confirm": lambda ctx: orders.confirm_order(ctx, order_id),
        "approve": lambda ctx: orders.confirm_order(ctx, order_id, approved={"duplicate": "asked", "price": "agreed"}),
        "recheck": lambda ctx: orders.recheck_order(ctx, order_id),
        "correct": lambda ctx: orders.amend_order(ctx, order_id, good, "We corrected your address."),
        "correct wrongly": lambda ctx: orders.amend_order(ctx, order_id, bad, "We corrected your address."),
        "move away": lambda ctx: orders.amend_order(
            ctx, order_id, {"region": "CN-GD", "city": "广州市", "postcode": "510000"}, "Off to Guangzhou."
        ),
        "hold": lambda ctx: orders.hold_order(ctx, order_id, "asks to wait"),
        "release hold": lambda ctx: orders.release_hold(ctx, order_id),
        "cancel": lambda ctx: orders.cancel_order(ctx, order_id, "changed their mind"),
        "split": lambda ctx: parcelling.split_order(ctx, order_id, dict([_line(ctx, order_id)])),
        "cancel a unit": lambda ctx: order_lines.cancel_line(ctx, order_id, *_line(ctx, order_id), "one is enough"),
        "notify": lambda ctx: orders.notify_buyer(ctx, order_id, "Good day."),
        "allocate": lambda ctx: allocation.allocate_order(ctx, order_id),
        "release": lambda ctx: shipping.release_order(ctx, order_id),
        "pick": lambda ctx: parcels.pick(ctx, order_id),
        "pack": lambda ctx: parcels.pack(ctx, order_id),
        "ship": lambda ctx: parcels.hand_over(ctx, order_id),
        "deliver": lambda ctx: parcels.deliver(ctx, order_id),
        "complete": lambda ctx: shipping.complete_order(ctx, order_id),
    }
    return {f"{name} {order_id}": command for name, command in commands.items()}


def beside(order_id: int) -> dict[str, Command]:
    """What is given to an order that stands beside the one that is looked at: all that moves stock or money."""
    names = ("pay the rest", "confirm", "cancel", "allocate", "pick", "ship")
    every = per_order(order_id)
    return {f"{name} {order_id}": every[f"{name} {order_id}"] for name in names}


def _line(ctx: Context, order_id: int) -> tuple[int, int]:
    """One unit of the last line of which any is wanted."""
    line = order_line.c
    found = select(line.id).where(line.order_id == order_id, line.quantity > 0).order_by(line.id.desc()).limit(1)
    return ctx.db.execute(found).scalar_one_or_none() or 0, 1


def _owed(ctx: Context, order_id: int) -> int:
    s = sales_order.c
    row = ctx.db.execute(select(s.total_cents - s.paid_cents).where(s.id == order_id)).scalar_one_or_none()
    return int(row) if row is not None else 1


def plan_wave(ctx: Context) -> None:
    """A wave of everything that waits, with the plan that is there at once."""
    wave_id = waves.open_wave(ctx, [one.id for one in waiting_orders(ctx)], WaveSettings(3_000, 20_000, 0.0))
    case = waves.wave_case(ctx, wave_id)
    waves.keep_plan(ctx, case, solve(case.problem, time.monotonic, 0.0))


def _last_wave(ctx: Context) -> int:
    return int(ctx.db.execute(select(func.max(wave.c.id))).scalar_one() or 0)


def _arrival(order: IncomingOrder) -> Command:
    return lambda ctx: intake.receive_order(ctx, order)


def of_the_house(receipts: tuple[str, ...]) -> dict[str, Command]:
    """Every command that isn't given to one order; `receipts` names the orders that may arrive."""
    commands = {f"receive {name}": _arrival(INCOMING[name]) for name in receipts}
    return commands | {
        "a day later, expire": lambda ctx: intake.expire_unpaid(ctx.at(ctx.now + 25 * HOUR)),
        "block": lambda ctx: blocked_buyers.block_buyer(ctx, "13812345678", "refused parcels"),
        "let off": lambda ctx: blocked_buyers.unblock_buyer(ctx, "13812345678", "paid"),
        "confirm all": lambda ctx: bulk_confirmation.confirm_orders(ctx, [1, 2, 3], approved={"duplicate": "asked"}),
        "look the books through": look_through_books,
        "close yesterday": lambda ctx: book_closing.close_period(ctx, _yesterday(ctx)),
        "receive stock": lambda ctx: stock.receive_stock(ctx, KETTLE, SHANGHAI, 3, 9_000),
        "adjust up": lambda ctx: adjustments.adjust_stock(ctx, CUP, SHANGHAI, 2, "found"),
        "adjust down": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -2, "broken"),
        "plan a wave": plan_wave,
        "pin in the wave": lambda ctx: waves.pin_order(ctx, _last_wave(ctx), 1, GUANGZHOU),
        "accept the wave": lambda ctx: waves.accept_wave(ctx, _last_wave(ctx)),
        "discard the wave": lambda ctx: waves.discard_wave(ctx, _last_wave(ctx)),
        "adjust down too far": lambda ctx: adjustments.adjust_stock(ctx, CUP, GUANGZHOU, -99, "broken"),
    }


def look_through_books(ctx: Context) -> None:
    """Looks the books through and keeps what was found, as the page does."""
    book_reads.keep_look(ctx, book_reads.look_through(ctx, lambda: 0.0, lambda done, parts: None))


def _yesterday(ctx: Context) -> str:
    return (datetime.fromtimestamp(ctx.now, ZoneInfo(ctx.world.timezone)) - timedelta(days=1)).date().isoformat()


@dataclass
class Walker:
    """Takes steps in one open transaction and looks at the books after each; counts what it did.

    A refused command must not have written a row; the walk doesn't go on behind it, since the world is as before.
    """

    db: Connection
    commands: dict[str, Command]
    taken: int = 0
    refused: int = 0
    reached: set[str] = field(default_factory=set)
    parcels_reached: set[str] = field(default_factory=set)
    moves: set[tuple[str, str]] = field(default_factory=set)  # from which status by which fact
    carried_out: set[str] = field(default_factory=set)

    def explore(self, now: int, depth: int, trail: tuple[str, ...] = ()) -> None:
        """Every walk of `depth` steps from here."""
        for name, command in self.commands.items():
            walk = (*trail, name)
            self.db.exec_driver_sql("SAVEPOINT step")
            if self.step(now, walk, command) and depth > 1:
                self.explore(now + HOUR, depth - 1, walk)
            self.db.exec_driver_sql("ROLLBACK TO step")
            self.db.exec_driver_sql("RELEASE step")

    def step(self, now: int, walk: tuple[str, ...], command: Command) -> bool:
        """One command; gives whether it was carried out."""
        ctx = Context(self.db, ENGINE, now, LIVE)
        before = written(self.db)
        try:
            command(ctx)
        except OrderlyError as refusal:
            self.refused += 1
            changed = written(self.db) - before
            assert changed == 0, f"{' → '.join(walk)} was refused ({refusal}) after {changed} rows were written"
            return False
        self.taken += 1
        self.carried_out.add(walk[-1])
        found = imbalances(ctx)
        assert not found, f"after {' → '.join(walk)}:\n" + "\n".join(map(str, found))
        self.reached.update(self.db.execute(select(sales_order.c.status).distinct()).scalars())
        self.moves.update((row.source, row.kind) for row in self.db.execute(_MOVES))
        self.parcels_reached.update(self.db.execute(select(shipment.c.status).distinct()).scalars())
        return True


_MOVES = text(
    "SELECT DISTINCT kind, json_extract(data, '$.from') AS source FROM event"
    " WHERE id > (SELECT MAX(id) - 8 FROM event) AND json_extract(data, '$.from') IS NOT NULL"
)
_WRITTEN = text("SELECT total_changes()")


def written(db: Connection) -> int:
    """Rows that this SQLite connection has inserted, changed or deleted so far."""
    return int(db.execute(_WRITTEN).scalar_one())
