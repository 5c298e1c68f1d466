"""Reading metric cells: totals, series and histograms of a period, each in a few hundred index seeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from core.context import Context
from core.domain.increments import BLOCK_DAYS
from core.metrics.filters import Filter, cut_of


class Sum(NamedTuple):
    """A count and what goes with it (cents or seconds, see increments)."""

    n: int = 0
    value: int = 0


# One seek per day: a filtered series must not read past what everybody else has in the same days. CROSS JOIN keeps
# SQLite from turning the loop around.
_DAYS = (
    "WITH RECURSIVE day (x) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last)"
    " SELECT {columns} FROM day CROSS JOIN cell c WHERE c.metric = :metric AND c.at = day.x AND c.a = :a AND c.b = :b"
)
_SPAN = (
    "SELECT {columns} FROM cell c WHERE c.metric = :metric AND c.at BETWEEN :first AND :last AND c.a = :a AND c.b = :b"
)
_SUMS = (
    "COALESCE(SUM(CASE WHEN c.at >= :middle THEN c.n END), 0), COALESCE(SUM(CASE WHEN c.at >= :middle THEN c.value"
    " END), 0), COALESCE(SUM(CASE WHEN c.at < :middle THEN c.n END), 0),"
    " COALESCE(SUM(CASE WHEN c.at < :middle THEN c.value END), 0)"
)
_TOTALS = text(_SPAN.format(columns=_SUMS)), text(_DAYS.format(columns=_SUMS))
_SERIES = text(_SPAN.format(columns="c.at, c.n, c.value")), text(_DAYS.format(columns="c.at, c.n, c.value"))


def totals(ctx: Context, question: str, wanted: Filter) -> tuple[Sum, Sum]:
    """What a question comes to in the period, and in the equal period before it."""
    cut = cut_of(wanted)
    values = {
        "metric": question + cut.suffix,
        "first": wanted.before().from_day,
        "middle": wanted.from_day,
        "last": wanted.to_day,
        "a": cut.a,
        "b": cut.b,
    }
    row = ctx.db.execute(_TOTALS[bool(cut.suffix)], values).one()
    return Sum(int(row[0]), int(row[1])), Sum(int(row[2]), int(row[3]))


def series(ctx: Context, question: str, wanted: Filter) -> dict[int, Sum]:
    """A question day by day; days without anything are left out."""
    cut = cut_of(wanted)
    values = {
        "metric": question + cut.suffix,
        "first": wanted.from_day,
        "last": wanted.to_day,
        "a": cut.a,
        "b": cut.b,
    }
    rows = ctx.db.execute(_SERIES[bool(cut.suffix)], values)
    return {at: Sum(n, value) for at, n, value in rows}


_BY_CHANNEL = text(
    "SELECT c.at, c.a, c.n, c.value FROM cell c WHERE c.metric = :metric AND c.at BETWEEN :first AND :last AND c.b = :b"
)
_BY_CHANNEL_OF = text(
    "WITH RECURSIVE day (x) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last)"
    " SELECT c.at, c.a, c.n, c.value FROM day CROSS JOIN channel CROSS JOIN cell c"
    " WHERE c.metric = :metric AND c.at = day.x AND c.a = channel.code AND c.b = :b"
)


def series_by_channel(ctx: Context, question: str, wanted: Filter) -> dict[str, dict[int, Sum]]:
    """A question by channel and day.

    Shape: channel → day → Sum; under the channel "" where warehouse and region are both chosen, since cells know
    two dimensions at most.
    """
    if wanted.channel is not None:
        return {wanted.channel: series(ctx, question, wanted)}
    if wanted.warehouse is not None and wanted.region is not None:
        return {"": series(ctx, question, wanted)}
    suffix, b = ".c", ""
    if wanted.warehouse is not None:
        suffix, b = ".cw", str(wanted.warehouse)
    elif wanted.region is not None:
        suffix, b = ".cr", wanted.region
    statement = _BY_CHANNEL_OF if b else _BY_CHANNEL
    values = {"metric": question + suffix, "first": wanted.from_day, "last": wanted.to_day, "b": b}
    found: dict[str, dict[int, Sum]] = {}
    for at, channel, n, value in ctx.db.execute(statement, values):
        found.setdefault(channel, {})[at] = Sum(n, value)
    return found


def _histogram_statement(filtered: bool) -> TextClause:
    """Counts per bucket over days and blocks of days; a range that is empty has its last before its first."""
    ranges = ((":day_metric", "first", "last"), (":day_metric", "more", "most"), (":block_metric", "block", "blocks"))
    of_range = (
        "SELECT c.b, c.n, c.value FROM ({run}) day CROSS JOIN cell c"
        " WHERE c.metric = {metric} AND c.at = day.x AND c.a = :a"
        if filtered
        else "SELECT c.b, c.n, c.value FROM cell c WHERE c.metric = {metric} AND c.at BETWEEN :{low} AND :{high}"
        " AND c.a = :a"
    )
    found = " UNION ALL ".join(
        of_range.format(run=_RUN.format(low=low, high=high), metric=metric, low=low, high=high)
        for metric, low, high in ranges
    )
    return text(f"SELECT b, SUM(n), SUM(value) FROM ({found}) found GROUP BY b")


_RUN = (
    "WITH RECURSIVE run (x) AS (SELECT CAST(:{low} AS bigint) WHERE :{low} <= :{high}"
    " UNION ALL SELECT x + 1 FROM run WHERE x < :{high}) SELECT x FROM run"
)
_HISTOGRAM = _histogram_statement(False), _histogram_statement(True)


def histogram(ctx: Context, stage: str, wanted: Filter) -> dict[int, Sum]:
    """How long a stage took in the period: bucket → how many, and their seconds. One dimension may be chosen."""
    cut = cut_of(wanted)
    assert cut.is_single, cut
    block = -(-wanted.from_day // BLOCK_DAYS)
    blocks = (wanted.to_day + 1) // BLOCK_DAYS - 1
    whole = blocks >= block
    values: dict[str, Any] = {
        "day_metric": f"lead.{stage}{cut.suffix}",
        "block_metric": f"lead16.{stage}{cut.suffix}",
        "a": cut.a,
        "first": wanted.from_day,
        "last": block * BLOCK_DAYS - 1 if whole else wanted.to_day,
        "more": (blocks + 1) * BLOCK_DAYS if whole else 1,
        "most": wanted.to_day if whole else 0,
        "block": block if whole else 1,
        "blocks": blocks if whole else 0,
    }
    rows = ctx.db.execute(_HISTOGRAM[bool(cut.suffix)], values)
    return {int(bucket): Sum(int(n), int(value)) for bucket, n, value in rows}


_OPEN = text(
    "SELECT c.at, c.n, c.value FROM cell c WHERE c.metric = :metric AND c.at <= :last AND c.a = '' AND c.b = ''"
)
_OPEN_OF = text(
    "SELECT c.at, c.n, c.value FROM cell d CROSS JOIN cell c"
    " WHERE d.metric = :all AND d.at <= :last AND d.a = '' AND d.b = ''"
    " AND c.metric = :metric AND c.at = d.at AND c.a = :a AND c.b = :b"
)


def standing(ctx: Context, statuses: Sequence[str], wanted: Filter) -> dict[str, dict[int, Sum]]:
    """Orders that stand in these statuses now, by the day they were received, however long ago.

    Why: cells of days on which nothing is left are gone, so this reads as many rows as there are days with open work.
    """
    cut = cut_of(wanted)
    found: dict[str, dict[int, Sum]] = {}
    for status in statuses:
        name = f"status.{status}"
        values = {"metric": name + cut.suffix, "all": name, "last": wanted.to_day, "a": cut.a, "b": cut.b}
        if not cut.suffix:
            values = {"metric": name, "last": wanted.to_day}
        rows = ctx.db.execute(_OPEN_OF if cut.suffix else _OPEN, values)
        found[status] = {at: Sum(n, value) for at, n, value in rows}
    return found


_BY_CURRENCY = text(
    "SELECT a, SUM(n), SUM(value) FROM cell WHERE metric = :metric AND at BETWEEN :first AND :last"
    " AND (CAST(:channel AS text) = '' OR b = :channel) GROUP BY a ORDER BY a"
)


def by_currency(ctx: Context, question: str, wanted: Filter) -> dict[str, Sum]:
    """`gross` or `paid` by currency; it knows the channel, but neither warehouse nor region."""
    values = {
        "metric": question,
        "first": wanted.from_day,
        "last": wanted.to_day,
        "channel": wanted.channel or "",
    }
    return {currency: Sum(int(n), int(cents)) for currency, n, cents in ctx.db.execute(_BY_CURRENCY, values)}
