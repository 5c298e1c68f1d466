"""Stock accuracy: how well the book knew the shelf, by the stocktakes that were posted."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from core.context import Context
from core.domain.counting import Accuracy
from core.metrics.filters import Filter
from core.metrics.kpi import Figure, Kpi

_EPOCH = date(1970, 1, 1)
_COUNTED = text(
    "SELECT COUNT(*) AS lines, COALESCE(SUM(CASE WHEN l.counted_quantity = l.expected_quantity THEN 1 ELSE 0 END), 0)"
    " AS lines_right, COALESCE(SUM(CASE WHEN l.expected_quantity > 0 THEN l.expected_quantity ELSE 0 END), 0) AS book,"
    " COALESCE(SUM(ABS(l.counted_quantity - l.expected_quantity)), 0) AS off"
    " FROM stocktake s JOIN count_line l ON l.stocktake_id = s.id WHERE s.status = 'posted'"
    " AND s.posted_at >= :begins_at AND s.posted_at < :ends_at"
    " AND (CAST(:warehouse AS bigint) < 0 OR s.warehouse_id = :warehouse)"
)


def accuracy_in(ctx: Context, wanted: Filter) -> Accuracy:
    """How accurate the book was in stocktakes posted in a period; only the filter's warehouse narrows it.

    Raises: NotAllowed.
    """
    ctx.actor.need("stock.read")
    values = {
        "begins_at": _midnight(ctx, wanted.from_day),
        "ends_at": _midnight(ctx, wanted.to_day + 1),
        "warehouse": -1 if wanted.warehouse is None else wanted.warehouse,
    }
    row = ctx.db.execute(_COUNTED, values).one()
    return Accuracy(int(row.lines), int(row.lines_right), int(row.book), int(row.off))


def _midnight(ctx: Context, day: int) -> int:
    on = _EPOCH + timedelta(days=day)
    return int(datetime(on.year, on.month, on.day, tzinfo=ZoneInfo(ctx.world.timezone)).timestamp())


def stock_accuracy(ctx: Context, wanted: Filter) -> Figure:
    """The share of counted places whose count equals the book, and what it was in the equal period before."""
    now, before = accuracy_in(ctx, wanted), accuracy_in(ctx, wanted.before())
    return Figure(now.record_rate, now.lines, before.record_rate, before.lines)


STOCK_ACCURACY = Kpi(
    key="stock_accuracy",
    label="Stock accuracy",
    definition="Places counted whose count equals the book, in stocktakes posted in the period; the recount stands.",
    unit="rate",
    read=stock_accuracy,
    rows="stocktakes",
    better="up",
)
