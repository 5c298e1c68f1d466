"""Reading metric cells: totals, series and histograms of a period, each in a few hundred index seeks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from sqlalchemy import TextClause, text

from core.context import Context
from core.domain.increments import BLOCKS
from core.domain.orders import CLOSED, Reason, Status
from core.metrics.cache import cached
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

# What the board asks of every period: these also of the period before, the others of the period alone.
_COMPARED = ("orders", "kept", "promised", "late.time", "late.date", "due", "delivered")
_ASKED = (
    *(f"status.{status}" for status in (Status.DELIVERED, Status.COMPLETED, Status.CANCELLED, Status.EXPIRED)),
    *(f"stopped.{reason}" for reason in Reason),
)
_BOTH = (
    "SUM(CASE WHEN c.at >= :middle THEN c.n ELSE 0 END), SUM(CASE WHEN c.at >= :middle THEN c.value ELSE 0 END),"
    " SUM(CASE WHEN c.at < :middle THEN c.n ELSE 0 END), SUM(CASE WHEN c.at < :middle THEN c.value ELSE 0 END)"
)
_NOW = "SUM(c.n), SUM(c.value), 0, 0"


def _listed(names: Sequence[str]) -> str:
    """Names that are written in this file, as a table of a statement."""
    return "(VALUES " + ", ".join(f"('{name}')" for name in names) + ")"


def _totals_statements(names: Sequence[str], sums: str) -> tuple[TextClause, TextClause]:
    """All questions in one statement: of everything, and narrowed down.

    Why: one branch per question; grouped by question, SQLite would sort every cell first.
    """
    span = " UNION ALL ".join(
        f"SELECT '{name}', {sums} FROM cell c"
        f" WHERE c.metric = '{name}' AND c.at BETWEEN :first AND :last AND c.a = '' AND c.b = ''"
        for name in names
    )
    days = " UNION ALL ".join(
        f"SELECT '{name}', {sums} FROM day CROSS JOIN cell c"
        f" WHERE c.metric = '{name}' || :suffix AND c.at = day.x AND c.a = :a AND c.b = :b"
        for name in names
    )
    run = "SELECT CAST(:first AS bigint) UNION ALL SELECT x + 1 FROM day WHERE x < :last"
    return text(span), text(f"WITH RECURSIVE day (x) AS ({run}) {days}")


_TOTALS = {True: _totals_statements(_COMPARED, _BOTH), False: _totals_statements(_ASKED, _NOW)}
_NOTHING = (Sum(), Sum())


@cached
def _all_totals(ctx: Context, compared: bool, wanted: Filter) -> dict[str, tuple[Sum, Sum]]:
    cut = cut_of(wanted)
    values: dict[str, Any] = {"first": wanted.from_day, "last": wanted.to_day}
    if compared:
        values |= {"first": wanted.before().from_day, "middle": wanted.from_day}
    if cut.suffix:
        values |= {"suffix": cut.suffix, "a": cut.a, "b": cut.b}
    rows = ctx.db.execute(_TOTALS[compared][bool(cut.suffix)], values)
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


_BESIDE = " LEFT JOIN cell {name} ON {name}.metric = :{name} AND {name}.at = c.at AND {name}.a = c.a AND {name}.b = c.b"
_WITH = " ".join(_BESIDE.format(name=name) for name in ("second", "third"))
_TRIPLES = "c.at, c.n, COALESCE(second.n, 0), COALESCE(third.n, 0)"


def _with_two(statement: str) -> TextClause:
    head, where = statement.format(columns=_TRIPLES).rsplit(" WHERE c.metric", 1)
    return text(f"{head}{_WITH} WHERE c.metric{where} ORDER BY c.at")


_SERIES = _with_two(_SPAN), _with_two(_DAYS)


def three_series(ctx: Context, questions: tuple[str, str, str], wanted: Filter) -> list[tuple[int, int, int, int]]:
    """Counts of three questions day by day. Shape: (day, n, n, n); days without the first question are left out."""
    cut = cut_of(wanted)
    first, second, third = (question + cut.suffix for question in questions)
    values = {
        "metric": first,
        "second": second,
        "third": third,
        "first": wanted.from_day,
        "last": wanted.to_day,
        "a": cut.a,
        "b": cut.b,
    }
    return [tuple(row) for row in ctx.db.execute(_SERIES[bool(cut.suffix)], values)]


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
    found: dict[str, dict[int, tuple[int, int]]] = {}
    for at, a, n, cents in ctx.db.execute(statement, values):
        key = channel if statement is _DAILY_OF_ONE else a
        if (days := found.get(key)) is None:
            days = found[key] = {}
        days[at] = (n, cents)
    return found


class Runs(NamedTuple):
    """A period as single days, blocks and big blocks, each from and to, both included; empty where from is past to."""

    early_days: tuple[int, int]
    late_days: tuple[int, int]
    early_blocks: tuple[int, int]
    late_blocks: tuple[int, int]
    big_blocks: tuple[int, int]


_NONE = (1, 0)


def runs_of(first: int, last: int) -> Runs:
    """The fewest cells that make up a period of days."""
    small, big = BLOCKS
    low, high = -(-first // small), (last + 1) // small - 1
    if high < low:
        return Runs((first, last), _NONE, _NONE, _NONE, _NONE)
    days = (first, low * small - 1), ((high + 1) * small, last)
    per = big // small
    low_big, high_big = -(-low // per), (high + 1) // per - 1
    if high_big < low_big:
        return Runs(*days, (low, high), _NONE, _NONE)
    return Runs(*days, (low, low_big * per - 1), ((high_big + 1) * per, high), (low_big, high_big))


_RUN = (
    "WITH RECURSIVE run (x) AS (SELECT CAST(:{low} AS bigint) WHERE :{low} <= :{high}"
    " UNION ALL SELECT x + 1 FROM run WHERE x < :{high}) SELECT x FROM run"
)
_RUN_METRICS = ("days", "days", "blocks", "blocks", "big_blocks")  # in the order of Runs


def _histogram_statement(filtered: bool) -> TextClause:
    of_run = (
        "SELECT c.b, c.n, c.value FROM ({run}) day CROSS JOIN cell c"
        " WHERE c.metric = :{metric} AND c.at = day.x AND c.a = :a"
        if filtered
        else "SELECT c.b, c.n, c.value FROM cell c WHERE c.metric = :{metric} AND c.at BETWEEN :{low} AND :{high}"
        " AND c.a = :a"
    )
    parts = []
    for place, metric in enumerate(_RUN_METRICS):
        low, high = f"low_{place}", f"high_{place}"
        parts.append(of_run.format(run=_RUN.format(low=low, high=high), metric=metric, low=low, high=high))
    return text(f"SELECT b, SUM(n), SUM(value) FROM ({' UNION ALL '.join(parts)}) found GROUP BY b")


_HISTOGRAM = _histogram_statement(False), _histogram_statement(True)


def histogram(ctx: Context, stage: str, wanted: Filter) -> dict[int, Sum]:
    """How long a stage took in the period: bucket → how many, and their seconds. One dimension may be chosen."""
    cut = cut_of(wanted)
    assert cut.is_single, cut
    values: dict[str, Any] = {"a": cut.a, "days": f"lead.{stage}{cut.suffix}"}
    for name, size in zip(("blocks", "big_blocks"), BLOCKS, strict=True):
        values[name] = f"lead{size}.{stage}{cut.suffix}"
    for place, (low, high) in enumerate(runs_of(wanted.from_day, wanted.to_day)):
        values |= {f"low_{place}": low, f"high_{place}": high}
    rows = ctx.db.execute(_HISTOGRAM[bool(cut.suffix)], values)
    return {int(bucket): Sum(int(n), int(value)) for bucket, n, value in rows}


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
