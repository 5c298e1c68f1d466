"""A list of orders as a file that a spreadsheet opens as text."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from core.channels.export import to_csv
from core.context import Context
from core.metrics.rows import Wanted, order_page

MOST_EXPORTED = 100_000  # orders in one file
EXPORTED = (
    "number",
    "channel",
    "status",
    "exceptions",
    "region",
    "city",
    "warehouse_id",
    "received_at",
    "promised_at",
    "handed_over_at",
    "delivered_at",
    "currency",
    "total_cents",
    "paid_cents",
)


def file_of(ctx: Context, wanted: Wanted) -> bytes:
    """The whole list as a file: codes and seconds as they are stored, instants also as text."""
    found = order_page(ctx, wanted, 0, MOST_EXPORTED)
    instants = [name for name in EXPORTED if name.endswith("_at")]
    header = [*EXPORTED, *(name.removesuffix("_at") for name in instants)]
    zone = ZoneInfo(ctx.world.timezone)
    rows = (
        [
            *(getattr(row, name) for name in EXPORTED),
            *("" if getattr(row, name) is None else _written(getattr(row, name), zone) for name in instants),
        ]
        for row in found.rows
    )
    return to_csv(header, rows)


def _written(at: int, zone: ZoneInfo) -> str:
    """An instant by the world's clock, as spreadsheets of any language read it."""
    return datetime.fromtimestamp(at, zone).replace(tzinfo=None).isoformat(" ", "seconds")
