"""Reading metric cells: totals, series and histograms of a period, each in a few hundred index seeks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from core.context import Context
from core.domain.increments import BLOCKS, in_blocks
from core.domain.orders import CLOSED, Reason, Status
from core.metrics.cache import cached
from core.metrics.filters import Filter, cut_of


class Sum(NamedTuple):
    """A count and what goes with it (cents or seconds, see increments)."""

    n: int = 0
    value: int = 0


class Runs(NamedTuple):
    """A period as single days, blocks and big blocks, each from and to, both included; empty where from is past to."""

    early_days: tuple[int, int]
    late_days: tuple[int, int]
    early_blocks: tuple[int, int]
    late_blocks: tuple[int, int]
    big_blocks: tuple[int, int]


_NONE = (1, 0)
_SMALL, _BIG = BLOCKS
RUN_SIZES = (1, 1, _SMALL, _SMALL, _BIG)  # of Runs, in days


def runs_of(first: int, last: int) -> Runs:
    """The fewest cells that make up a period of days."""
    low, high = -(-first // _SMALL), (last + 1) // _SMALL - 1
    if high < low:
        return Runs((first, last), _NONE, _NONE, _NONE, _NONE)
    days = (first, low * _SMALL - 1), ((high + 1) * _SMALL, last)
    per = _BIG // _SMALL
    low_big, high_big = -(-low // per), (high + 1) // per - 1
    if high_big < low_big:
        return Runs(*days, (low, high), _NONE, _NONE)
    return Runs(*days, (low, low_big * per - 1), ((high_big + 1) * per, high), (low_big, high_big))


# Every day and block that a period is made of, as a table: what the metric's name begins with, the number, and whether
# it belongs to the period itself (1) or to the one before it (0).
_RUNS = " UNION ALL ".join(
    f"SELECT '{in_blocks(size, '')}', CAST(:low_{side}_{place} AS bigint), CAST(:high_{side}_{place} AS bigint), {side}"
    f" WHERE :low_{side}_{place} <= :high_{side}_{place}"
    for side in (1, 0)
    for place, size in enumerate(RUN_SIZES)
)
_PARTS = (
    f"start (prefix, x, last, side) AS ({_RUNS}),"
    " part (prefix, x, last, side) AS (SELECT prefix, x, last, side FROM start"
    " UNION ALL SELECT prefix, x + 1, last, side FROM part WHERE x < last)"
)


def _run_values(wanted: Filter, compared: bool) -> dict[str, int]:
    """The values that _RUNS takes."""
    values: dict[str, int] = {}
    before = wanted.before()
    for side, runs in (
        (1, runs_of(wanted.from_day, wanted.to_day)),
        (0, runs_of(before.from_day, before.to_day) if compared else (_NONE,) * len(RUN_SIZES)),
    ):
        for place, (low, high) in enumerate(runs):
            values |= {f"low_{side}_{place}": low, f"high_{side}_{place}": high}
    return values


# What the board asks of every period: these also of the period before, the others of the period alone.
_COMPARED = ("orders", "kept", "promised", "late.date", "due", "delivered")
_ASKED = (
    *(f"status.{status}" for status in (Status.DELIVERED, Status.COMPLETED, Status.CANCELLED, Status.EXPIRED)),
    *(f"stopped.{reason}" for reason in Reason),
)


def _totals_statement(names: Sequence[str]) -> TextClause:
    """All questions in one statement, a branch for each: grouped by question, SQLite would sort every cell first."""
    branches = " UNION ALL ".join(
        f"SELECT '{name}', SUM(p.side * c.n), SUM(p.side * c.value),"
        " SUM((1 - p.side) * c.n), SUM((1 - p.side) * c.value) FROM part p CROSS JOIN cell c"
        f" WHERE c.metric = p.prefix || '{name}' || :suffix AND c.at = p.x AND c.a = :a AND c.b = :b"
        for name in names
    )
    return text(f"WITH RECURSIVE {_PARTS} {branches}")


_TOTALS = {True: _totals_statement(_COMPARED), False: _totals_statement(_ASKED)}
_NOTHING = (Sum(), Sum())


@cached
def _all_totals(ctx: Context, compared: bool, wanted: Filter) -> dict[str, tuple[Sum, Sum]]:
    cut = cut_of(wanted)
    values = {**_run_values(wanted, compared), "suffix": cut.suffix, "a": cut.a, "b": cut.b}
    rows = ctx.db.execute(_TOTALS[compared], values)
    return {
        name: (Sum(int(n or 0), int(value or 0)), Sum(int(n_before or 0), int(value_before or 0)))
        for name, n, value, n_before, value_before in rows
    }


def totals(ctx: Context, question: str, wanted: Filter) -> tuple[Sum, Sum]:
    """What a question comes to in the period, and (for those that are compared) in the equal period before it.

    Why: the board asks them all, so that they are read together.
    """
    compared = question in _COMPARED
    assert compared or question in _ASKED, question
    return _all_totals(ctx, compared, wanted).get(question, _NOTHING)


def _listed(names: Sequence[str]) -> str:
    """Names that are written in this file, as a table of a statement."""
    return "(VALUES " + ", ".join(f"('{name}')" for name in names) + ")"


_PAIR = "c.at, c.n, c.value, COALESCE(d.n, 0)"
_BESIDE = "LEFT JOIN cell d ON d.metric = :second AND d.at = c.at AND d.a = c.a AND d.b = c.b"
_PAIR_SERIES = (
    text(
        f"SELECT {_PAIR} FROM cell c {_BESIDE}"
        " WHERE c.metric = :metric AND c.at BETWEEN :first AND :last AND c.a = :a AND c.b = :b ORDER BY c.at"
    ),
    text(
        "WITH RECURSIVE day (x) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last)"
        f" SELECT {_PAIR} FROM day CROSS JOIN cell c {_BESIDE}"
        " WHERE c.metric = :metric AND c.at = day.x AND c.a = :a AND c.b = :b ORDER BY c.at"
    ),
)


def pair_series(ctx: Context, question: str, second: str, wanted: Filter) -> Sequence[Sequence[int]]:
    """Two questions day by day. Shape: (day, n, value, n of the second); days without the first are left out."""
    cut = cut_of(wanted)
    values = {
        "metric": question + cut.suffix,
        "second": second + cut.suffix,
        "first": wanted.from_day,
        "last": wanted.to_day,
        "a": cut.a,
        "b": cut.b,
    }
    return ctx.db.execute(_PAIR_SERIES[bool(cut.suffix)], values).all()


# One seek per day: a filtered series must not read past what everybody else has in the same days. CROSS JOIN keeps
# SQLite from turning the loop around.
_DAILY = text(
    "SELECT c.at, c.a, c.n, c.value FROM cell c WHERE c.metric = :metric AND c.at BETWEEN :first AND :last AND c.b = :b"
)
_DAILY_OF_ALL_CHANNELS = text(
    "WITH RECURSIVE day (x) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last)"
    " SELECT c.at, c.a, c.n, c.value FROM day CROSS JOIN channel CROSS JOIN cell c"
    " WHERE c.metric = :metric AND c.at = day.x AND c.a = channel.code AND c.b = :b"
)
_DAILY_OF_ONE = text(
    "WITH RECURSIVE day (x) AS (SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last)"
    " SELECT c.at, c.a, c.n, c.value FROM day CROSS JOIN cell c"
    " WHERE c.metric = :metric AND c.at = day.x AND c.a = :a AND c.b = :b"
)


def daily_by_channel(ctx: Context, wanted: Filter) -> dict[str, dict[int, tuple[int, int]]]:
    """Orders received, and the cents of those that were kept, by channel and day.

    Shape: channel → day → (orders, cents); under the channel "" where warehouse and region are both chosen, since
    cells know two dimensions at most.
    """
    cut = cut_of(wanted)
    channel, suffix = "", cut.suffix
    values: dict[str, Any] = {"first": wanted.from_day, "last": wanted.to_day, "a": cut.a, "b": cut.b}
    if wanted.channel is not None:
        statement, channel = _DAILY_OF_ONE, wanted.channel
    elif len(suffix) == 3:
        statement = _DAILY_OF_ONE
    elif suffix:
        # Narrowed down to a warehouse or region: the pair of it with every channel.
        statement, suffix = _DAILY_OF_ALL_CHANNELS, ".c" + suffix[1:]
        values = {"first": wanted.from_day, "last": wanted.to_day, "b": cut.a}
    else:
        statement, suffix = _DAILY, ".c"
        values = {"first": wanted.from_day, "last": wanted.to_day, "b": ""}
    values |= {"metric": "orders" + suffix}
    # fetchall and one pass: a year of five channels is 1,825 rows.
    rows = ctx.db.execute(statement, values).all()
    if statement is _DAILY_OF_ONE:
        return {channel: {row[0]: (row[2], row[3]) for row in rows}} if rows else {}
    found: defaultdict[str, dict[int, tuple[int, int]]] = defaultdict(dict)
    for at, a, n, cents in rows:
        found[a][at] = (n, cents)
    return dict(found)


_HISTOGRAM = text(
    f"WITH RECURSIVE {_PARTS} SELECT c.b, SUM(c.n), SUM(c.value) FROM part p CROSS JOIN cell c"
    " WHERE c.metric = p.prefix || :metric AND c.at = p.x AND c.a = :a GROUP BY c.b"
)


def histogram(ctx: Context, stage: str, wanted: Filter) -> dict[int, Sum]:
    """How long a stage took in the period: bucket → how many, and their seconds. One dimension may be chosen."""
    cut = cut_of(wanted)
    assert cut.is_single, cut
    values = {**_run_values(wanted, compared=False), "metric": f"lead.{stage}{cut.suffix}", "a": cut.a}
    return {int(bucket): Sum(int(n), int(value)) for bucket, n, value in ctx.db.execute(_HISTOGRAM, values)}


OPEN_STATUSES = tuple(status.value for status in Status if status not in CLOSED)
_OPEN = text(
    f"WITH s (name) AS {_listed(OPEN_STATUSES)} SELECT s.name, c.at, c.n, c.value FROM s CROSS JOIN cell c"
    " WHERE c.metric = 'status.' || s.name AND c.at <= :last AND c.a = '' AND c.b = ''"
)
_OPEN_OF = text(
    f"WITH s (name) AS {_listed(OPEN_STATUSES)} SELECT s.name, c.at, c.n, c.value"
    " FROM s CROSS JOIN cell d CROSS JOIN cell c"
    " WHERE d.metric = 'status.' || s.name AND d.at <= :last AND d.a = '' AND d.b = ''"
    " AND c.metric = 'status.' || s.name || :suffix AND c.at = d.at AND c.a = :a AND c.b = :b"
)


@cached
def standing(ctx: Context, wanted: Filter) -> dict[str, dict[int, Sum]]:
    """Orders that are open now, by status and by the day they were received, however long ago.

    Why: cells of days on which nothing is left are gone, so this reads as many rows as there are days with open work.
    """
    cut = cut_of(wanted)
    values: dict[str, Any] = {"last": wanted.to_day}
    if cut.suffix:
        values |= {"suffix": cut.suffix, "a": cut.a, "b": cut.b}
    found: dict[str, dict[int, Sum]] = {status: {} for status in OPEN_STATUSES}
    for status, at, n, value in ctx.db.execute(_OPEN_OF if cut.suffix else _OPEN, values):
        found[status][at] = Sum(n, value)
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
