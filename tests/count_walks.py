"""Every command of stocktakes and stock alerts as a step of a walk, beside what else moves stock."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from core.context import Actor, Context
from core.db.alert_tables import stock_alert
from core.db.count_tables import count_line, stocktake
from core.domain.rights import ENGINE_RIGHTS
from core.services import (
    adjustments,
    count_entries,
    count_posting,
    counting,
    demand,
    intake,
    replenishment,
    stock,
    stock_alerts,
    thresholds,
)  # fmt: skip
from tests.services.desk import CUP, KETTLE, SHANGHAI
from tests.walks import INCOMING, Command, per_order

KEEPER = Actor(8, "Wu", "employee", "W", ENGINE_RIGHTS)
SECOND = Actor(9, "Hu", "employee", "W", ENGINE_RIGHTS)
APPROVER = Actor(10, "Qian", "employee", "P", ENGINE_RIGHTS)


def latest(ctx: Context) -> int:
    """The latest stocktake, or one that isn't there."""
    found = ctx.db.execute(select(stocktake.c.id).order_by(stocktake.c.id.desc()).limit(1)).scalar_one_or_none()
    return int(found) if found is not None else 0


def lines_of(ctx: Context, **wanted: Any) -> list[Any]:
    """Lines of the latest stocktake with these values."""
    rows = ctx.db.execute(select(count_line).where(count_line.c.stocktake_id == latest(ctx)).order_by("position"))
    return [row for row in rows if all(row._mapping[name] == value for name, value in wanted.items())]


def _plan(ctx: Context, kind: str, **scope: Any) -> None:
    counting.plan_stocktake(ctx.by(KEEPER), SHANGHAI, kind, blind=kind == "cycle", **scope)


def _count_due(ctx: Context, change: int, sku_id: int) -> None:
    """Counts everything that is due, the first line of an article off by `change`."""
    due = lines_of(ctx, is_due=1)
    off = next((line.id for line in due if line.sku_id == sku_id), None)
    counts = {line.id: max(0, line.book_quantity + (change if line.id == off else 0)) for line in due}
    count_entries.enter_counts(ctx.by(KEEPER), latest(ctx), counts)


def _explain(ctx: Context) -> None:
    off = [line.id for line in lines_of(ctx) if line.counted_quantity != line.expected_quantity]
    counting.explain_differences(ctx.by(KEEPER), latest(ctx), off, "mispick", "seen by Hu")


def _first(ctx: Context) -> int:
    return int(next((line.id for line in lines_of(ctx)), 0))


def of_stocktakes() -> dict[str, Command]:
    """Every command that is given to a stocktake; all speak of the latest one."""
    return {
        "plan a full count": lambda ctx: _plan(ctx, "full"),
        "plan a partial count": lambda ctx: _plan(ctx, "partial", skus=(KETTLE,)),
        "plan a cycle count": lambda ctx: _plan(ctx, "cycle"),
        "start": lambda ctx: counting.start_count(ctx.by(KEEPER), latest(ctx)),
        "count as booked": lambda ctx: _count_due(ctx, 0, CUP),
        "count a cup less": lambda ctx: _count_due(ctx, -1, CUP),
        "count all kettles gone": lambda ctx: _count_due(ctx, -9, KETTLE),
        "count three more": lambda ctx: _count_due(ctx, 3, KETTLE),
        "count minus one": lambda ctx: count_entries.enter_count(ctx.by(KEEPER), latest(ctx), _first(ctx), -1),
        "second counts": lambda ctx: count_entries.enter_count(ctx.by(SECOND), latest(ctx), _first(ctx), 1),
        "find a cup": lambda ctx: count_entries.add_found(ctx.by(KEEPER), latest(ctx), "CUP", 1, bin_code="A-01"),
        "finish": lambda ctx: counting.finish_count(ctx.by(KEEPER), latest(ctx)),
        "recount": lambda ctx: counting.ask_recount(ctx.by(APPROVER), latest(ctx), [_first(ctx)]),
        "explain": _explain,
        "approve": lambda ctx: counting.approve_stocktake(ctx.by(APPROVER), latest(ctx)),
        "approve oneself": lambda ctx: counting.approve_stocktake(ctx.by(KEEPER), latest(ctx)),
        "post": lambda ctx: count_posting.post_stocktake(ctx.by(APPROVER), latest(ctx)),
        "call off": lambda ctx: counting.cancel_stocktake(ctx.by(KEEPER), latest(ctx), "wrong hall"),
    }


def beside_stocktakes() -> dict[str, Command]:
    """What else moves the stock that is counted."""
    orders = {
        name: command
        for name, command in (per_order(1) | per_order(2)).items()
        if name in {"release 1", "pick 1", "cancel 1", "cancel 2"}
    }
    return orders | {
        "receive stock": lambda ctx: stock.receive_stock(ctx, KETTLE, SHANGHAI, 3, 9_000),
        "adjust up": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, 2, "found"),
        "adjust down": lambda ctx: adjustments.adjust_stock(ctx, KETTLE, SHANGHAI, -1, "broken"),
    }


def _alert(ctx: Context) -> int:
    """The first alert there is, or one that isn't there."""
    found = ctx.db.execute(select(stock_alert.c.id).order_by(stock_alert.c.id).limit(1)).scalar_one_or_none()
    return int(found) if found is not None else 0


def of_alerts() -> dict[str, Command]:
    """Every command of thresholds, stock alerts and suggested purchases, for cups in Shanghai."""
    cups = (CUP, SHANGHAI)
    return {
        "set a threshold": lambda ctx: thresholds.set_threshold(ctx, *cups, 100),
        "set an impossible one": lambda ctx: thresholds.set_threshold(ctx, *cups, 5, 5),
        "let the formula set it": lambda ctx: thresholds.use_formula(ctx, [cups]),
        "take the threshold away": lambda ctx: thresholds.forget_threshold(ctx, *cups),
        "renew": thresholds.renew_thresholds,
        "add up demand": demand.bring_demand,
        "look at stock": stock_alerts.evaluate_alerts,
        "acknowledge": lambda ctx: stock_alerts.acknowledge_alert(ctx, _alert(ctx)),
        "order what is suggested": lambda ctx: replenishment.order_suggested(ctx, [cups]),
        "sell": lambda ctx: intake.receive_order(ctx, INCOMING["good"]),
    }
