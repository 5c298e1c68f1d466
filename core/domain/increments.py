"""What each fact adds to the metric cells: a pure function from events to increments.

A cell answers one question for one day and at most two dimensions, `cell(metric, at, a, b, n, value)`. A metric is a
question and the dimensions it is cut by: `orders` (all), `orders.c` (a = channel), `.w` (warehouse), `.r` (region),
and `.cw`, `.cr`, `.wr` for pairs. `at` is a day (days since 1970-01-01 in the world's calendar) unless said otherwise.

    orders              received, by the day received; value: cents, in the base currency, of those that are kept
    kept                of these, those that weren't cancelled and didn't expire; value: their cents
    status.<status>     where the orders of a day received stand now; value: their cents
    delivered           by the day delivered; value: seconds since receipt
    promised            of these, those with a promise; value: how many were late by timestamp
    late.date           of these, those late by calendar day
    due                 delivered orders by the day they were promised for; value: how many were late
    stopped.<reason>    stops of the automatic review, by the day of the stop
    lead.<stage>        a = dimension, b = bucket of the duration; value: seconds; all, .c, .w, .r only
    gross, paid         a = currency, b = channel; order value, and payments by the day paid; value: cents of it
    regions             at 0, a = region: every region there ever was an order from
    lane.<model>        at = span of 30 days, a = lane, b = coarse bucket: how long past parcels took
    case.<model>        at = span in which the parcel set out, a = lane, b = bucket of the time it had;
                        value: how many were late; the back-test of the risk

Whatever is added up over periods (all but the statuses of open orders, gross and paid) is also kept in blocks of 8 and
of 64 days, as `8:orders.c` and the like with the number of the block in `at`: a long period reads few cells.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import compress, pairwise
from typing import Any, NamedTuple

import numpy as np

from core.domain.buckets import bucket_of
from core.domain.facts import local_day
from core.domain.orders import CLOSED, Fact, Status
from core.domain.sums import Codes, Columns, Ints, columns, ints, joined, summed

VERSION = "5"  # raised with every change of what is counted: the cells of another version are made anew
BLOCKS = (8, 64)  # days; each a multiple of the one before
SPAN_DAYS = 30
COARSE = 4  # lanes keep four buckets as one
STAGES = ("total", "confirm", "handover", "transit")

Increment = tuple[str, int, str, str, int, int]  # metric, at, a, b, n, value
Event = tuple[int, str, Mapping[str, Any]]

_SUFFIXES = ("", ".c", ".w", ".r", ".cw", ".cr", ".wr")
_SINGLE = _SUFFIXES[:4]  # the suffixes that lead times are kept for
_OPEN = frozenset(f"status.{status}" for status in Status if status not in CLOSED)
_LOST = (f"status.{Status.CANCELLED}", f"status.{Status.EXPIRED}")
_QUARTER_HOUR = 900  # no calendar's days begin between two of them
_UNKNOWN = -(1 << 62)  # instead of an instant that a fact doesn't tell


class _Facts(NamedTuple):
    """Facts of one kind: when they happened, and what they say."""

    at: Ints
    data: Sequence[Mapping[str, Any]]

    def ints(self, name: str) -> Ints:
        """What every one of them says under a name."""
        return ints([data[name] for data in self.data])

    def instants(self, name: str) -> Ints:
        """The same where some don't tell it."""
        return ints([_UNKNOWN if (at := data.get(name)) is None else at for data in self.data])

    def those(self, wanted: Sequence[bool]) -> _Facts:
        """The facts that are wanted."""
        return _Facts(self.at[np.array(wanted, dtype=np.bool_)], list(compress(self.data, wanted)))


class _Days(dict[int, int]):
    """The day in a calendar that a quarter of an hour belongs to."""

    def __init__(self, timezone: str) -> None:
        super().__init__()
        self._timezone = timezone

    def __missing__(self, quarter: int) -> int:
        day = self[quarter] = local_day(quarter * _QUARTER_HOUR, self._timezone)
        return day


class _Scopes(dict[tuple[str, int, str], int]):
    """Numbers the (channel, warehouse, region) that occur, and knows the words that each of them counts for.

    Shape: `pairs` holds the words of (a, b) for each suffix, `lanes` the lane, both by scope.
    """

    def __init__(self, words: Codes) -> None:
        super().__init__()
        self._words = words
        self.pairs: list[list[tuple[int, int]]] = []
        self.lanes: list[int] = []

    def __missing__(self, key: tuple[str, int, str]) -> int:
        channel, warehouse, region = key
        c, w, r, none = (self._words[word] for word in (channel, str(warehouse), region, ""))
        self.pairs.append([(none, none), (c, none), (w, none), (r, none), (c, w), (c, r), (w, r)])
        self.lanes.append(self._words[lane(warehouse, region)])
        number = self[key] = len(self)
        return number


def lane(warehouse: int, region: str) -> str:
    """How cells name the way from a warehouse to a region."""
    return f"{warehouse}>{region}"


def in_blocks(size: int, question: str) -> str:
    """How a question is called in blocks of so many days; single days have its plain name."""
    return f"{size}:{question}" if size > 1 else question


class Tally:
    """Adds up events, all of a kind at once.

    Counts are kept per question, day and scope first, and spread over the dimensions at the end. The words that cells
    say in a and b are numbers until then.
    """

    def __init__(self, timezone: str) -> None:
        self._days = _Days(timezone)
        self._words, self._questions, self._metrics = Codes(), Codes(), Codes()
        self._scopes = _Scopes(self._words)
        self._counts: list[Columns] = []  # question, day, scope, the empty word
        self._leads: list[Columns] = []  # question, day, scope, bucket
        self._cells: list[Columns] = []  # metric, at, a, b

    def add(self, events: Iterable[Event]) -> None:
        """Counts events in, whatever their order. Shape: (at, kind, data)."""
        by_kind: defaultdict[str, tuple[list[int], list[Mapping[str, Any]]]] = defaultdict(lambda: ([], []))
        for at, kind, data in events:
            instants, said = by_kind[kind]
            instants.append(at)
            said.append(data)
        handlers = self._handlers()
        for kind, (instants, said) in by_kind.items():
            facts, handler = _Facts(ints(instants), said), handlers.get(kind)
            if handler is None:
                facts, handler = facts.those(["to" in data for data in said]), self._moved
            if facts.data:
                handler(facts)

    def _handlers(self) -> dict[str, Callable[[_Facts], object]]:
        """What is done with facts of each kind. Not kept: a tally that holds its own methods outlives its use."""
        return {
            Fact.RECEIVED.value: self._received,
            Fact.PAID.value: self._paid,
            Fact.CONFIRMED.value: self._confirmed,
            Fact.STOPPED.value: self._stopped,
            Fact.SHIPPED.value: self._shipped,
            Fact.DELIVERED.value: self._delivered,
            Fact.AMENDED.value: self._amended,
            Fact.LINE_CANCELLED.value: self._reduced,
        }

    def increments(self) -> list[Increment]:
        """What everything added so far comes to, in the order of the table, without what cancels out."""
        rows = joined([*self._cells, *self._spread(self._counts, _SUFFIXES), *self._spread(self._leads, _SINGLE)])
        added_up = self._added_up()
        (metric_rank, metrics), (word_rank, words) = self._metrics.ranks(), self._words.ranks()
        rows = rows._replace(metric=metric_rank[rows.metric], a=word_rank[rows.a], b=word_rank[rows.b])
        found = {1: summed(rows)}
        blocked = np.zeros(len(metrics), dtype=np.bool_)
        blocked[metric_rank[added_up]] = True
        rows = found[1].those(blocked[found[1].metric])
        for smaller, size in pairwise((1, *BLOCKS)):
            rows = found[size] = summed(rows._replace(at=rows.at // (size // smaller)))
        # Digits come before letters: the names of blocks before those of days.
        return [
            increment
            for size in (*sorted(BLOCKS, key=str), 1)
            for increment in found[size].named([in_blocks(size, metric) for metric in metrics], words)
        ]

    def _added_up(self) -> list[int]:
        """The metrics that are added up over periods, and so kept in blocks of days, too."""
        asked = [question for question in self._questions if question not in _OPEN]
        return [self._metrics[question + suffix] for question in asked for suffix in _SUFFIXES]

    def _spread(self, parts: list[Columns], suffixes: Sequence[str]) -> Iterator[Columns]:
        """Counts by scope as cells: all, and cut by each dimension and pair."""
        rows = summed(joined(parts))
        pairs = np.array(self._scopes.pairs, dtype=np.int64).reshape(-1, len(_SUFFIXES), 2)
        for place, suffix in enumerate(suffixes):
            metric = ints([self._metrics[question + suffix] for question in self._questions])[rows.metric]
            a, b = pairs[rows.a, place].T
            yield rows._replace(metric=metric, a=a, b=rows.b if suffix in _SINGLE else b)

    def _day(self, at: Ints) -> Ints:
        days = self._days
        return ints([days[quarter] for quarter in (at // _QUARTER_HOUR).tolist()])

    def _scope(self, facts: _Facts) -> Ints:
        scopes = self._scopes
        return ints([scopes[data["channel"], data["warehouse"], data["region"]] for data in facts.data])

    def _asked(self, facts: _Facts, name: str) -> Ints:
        """The question that counts the orders of a status, which facts say under a name."""
        questions = self._questions
        return ints([questions["status." + data[name]] for data in facts.data])

    def _word(self, facts: _Facts, name: str) -> Ints:
        words = self._words
        return ints([words[data[name]] for data in facts.data])

    def _count(self, question: str | Ints, day: Ints, scope: Ints, n: int, value: Ints | int) -> None:
        asked = self._questions[question] if isinstance(question, str) else question
        self._counts.append(columns(asked, day, scope, self._words[""], n, value))

    def _cell(self, metric: str, at: Ints | int, a: Ints, b: Ints | int, n: int, value: Ints | int) -> None:
        self._cells.append(columns(self._metrics[metric], at, a, b, n, value))

    def _received(self, facts: _Facts) -> None:
        self._stand(facts, 1)
        day, currency = self._day(facts.ints("received_at")), self._word(facts, "currency")
        self._cell("gross", day, currency, self._word(facts, "channel"), 1, facts.ints("total_cents"))

    def _stand(self, facts: _Facts, sign: int) -> None:
        """Orders that are there now, or no longer are, with the status that they have."""
        day, scope, cents = self._day(facts.ints("received_at")), self._scope(facts), facts.ints("value_cents")
        for question in ("orders", "kept", self._asked(facts, "to")):
            self._count(question, day, scope, sign, sign * cents)
        self._cell("regions", 0, self._word(facts, "region"), self._words[""], sign, 0)

    def _moved(self, facts: _Facts) -> Ints:
        """Steps of the order machine; gives the orders' scopes."""
        day, scope, cents = self._day(facts.ints("received_at")), self._scope(facts), facts.ints("value_cents")
        target = self._asked(facts, "to")
        self._count(self._asked(facts, "from"), day, scope, -1, -cents)
        self._count(target, day, scope, 1, cents)
        cancelled, expired = (self._questions[status] for status in _LOST)
        lost = (target == cancelled) | (target == expired)
        if lost.any():
            self._count("kept", day[lost], scope[lost], -1, -cents[lost])
            self._count("orders", day[lost], scope[lost], 0, -cents[lost])  # it was received all the same
        return scope

    def _paid(self, facts: _Facts) -> None:
        day, currency = self._day(facts.at), self._word(facts, "currency")
        self._cell("paid", day, currency, self._word(facts, "channel"), 1, facts.ints("amount_cents"))

    def _confirmed(self, facts: _Facts) -> None:
        self._lead("confirm", facts.at, self._moved(facts), facts.instants("paid_at"))

    def _stopped(self, facts: _Facts) -> None:
        day, scope = self._day(facts.at), self._moved(facts)
        reasons = [(place, reason) for place, data in enumerate(facts.data) for reason in data["reasons"]]
        place = ints([place for place, _ in reasons])
        asked = ints([self._questions["stopped." + reason] for _, reason in reasons])
        self._count(asked, day[place], scope[place], 1, 0)

    def _shipped(self, facts: _Facts) -> None:
        self._lead("handover", facts.at, self._moved(facts), facts.instants("confirmed_at"))

    def _delivered(self, facts: _Facts) -> None:
        self._moved(facts)
        # Where nobody knows when, a delivery counts for no day and no lead time.
        facts = facts.those([not data.get("undated") for data in facts.data])
        scope, received, handed_over = self._scope(facts), facts.ints("received_at"), facts.instants("handed_over_at")
        self._count("delivered", self._day(facts.at), scope, 1, facts.at - received)
        promised = facts.instants("promised_at")
        for stage, start in (("total", received), ("transit", handed_over)):
            self._lead(stage, facts.at, scope, start)
            self._travelled(stage, facts.at, scope, start, promised)
        self._judged(facts.those((promised != _UNKNOWN).tolist()))

    def _judged(self, facts: _Facts) -> None:
        """Deliveries that had a promise, held against it."""
        day, scope, late = self._day(facts.at), self._scope(facts), facts.ints("late_by_time")
        self._count("promised", day, scope, 1, late)
        self._count("due", self._day(facts.ints("promised_at")), scope, 1, late)
        by_date = facts.ints("late_by_date") != 0
        self._count("late.date", day[by_date], scope[by_date], 1, 0)

    def _buckets(self, durations: Ints, width: int = 1) -> Ints:
        words = self._words
        return ints([words[str(bucket_of(seconds) // width)] for seconds in durations.tolist()])

    def _lead(self, stage: str, at: Ints, scope: Ints, start: Ints) -> None:
        """How long a stage took, for those whose start is known."""
        known = start != _UNKNOWN
        at, took = at[known], (at - start)[known]
        asked = self._questions["lead." + stage]
        self._leads.append(columns(asked, self._day(at), scope[known], self._buckets(took), 1, took))

    def _travelled(self, model: str, at: Ints, scope: Ints, start: Ints, promised: Ints) -> None:
        """Parcels for the risk to learn from, and to be tried on."""
        way = ints(self._scopes.lanes)[scope]
        known = start != _UNKNOWN
        span = self._day(at[known]) // SPAN_DAYS
        self._cell("lane." + model, span, way[known], self._buckets((at - start)[known], COARSE), 1, 0)
        known &= promised != _UNKNOWN
        span, allowed, late = self._day(start[known]) // SPAN_DAYS, promised - start, (at > promised).astype(np.int64)
        self._cell("case." + model, span, way[known], self._buckets(allowed[known]), 1, late[known])

    def _amended(self, facts: _Facts) -> None:
        """An order whose address was wrong is counted where it really goes."""
        facts = facts.those([data.get("moved") is not None for data in facts.data])
        moved = [data["moved"] for data in facts.data]
        corrected = [data | {"region": data["to_region"], "warehouse": data["to_warehouse"]} for data in moved]
        self._stand(facts._replace(data=moved), -1)
        self._stand(facts._replace(data=corrected), 1)

    def _reduced(self, facts: _Facts) -> None:
        """An order of which a part was cancelled is worth less."""
        self._stand(facts, -1)
        self._stand(facts._replace(data=[{**data, "value_cents": data["kept_cents"]} for data in facts.data]), 1)


def increments(at: int, kind: str, data: Mapping[str, Any], timezone: str) -> tuple[Increment, ...]:
    """What one event adds to the cells."""
    tally = Tally(timezone)
    tally.add([(at, kind, data)])
    return tuple(tally.increments())
