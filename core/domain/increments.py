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
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

from core.domain.buckets import bucket_of
from core.domain.facts import local_day
from core.domain.orders import CLOSED, Fact, Status

VERSION = "4"  # raised with every change of what is counted: the cells of another version are made anew
BLOCKS = (8, 64)  # days
SPAN_DAYS = 30
COARSE = 4  # lanes keep four buckets as one
STAGES = ("total", "confirm", "handover", "transit")

Increment = tuple[str, int, str, str, int, int]  # metric, at, a, b, n, value
Event = tuple[int, str, Mapping[str, Any]]
_Handler = Callable[[int, Mapping[str, Any]], None]

_SUFFIXES = ("", ".c", ".w", ".r", ".cw", ".cr", ".wr")
_SINGLE = 4  # the suffixes that lead times are kept for
_OPEN = frozenset(f"status.{status}" for status in Status if status not in CLOSED)
_LOST = frozenset({Status.CANCELLED.value, Status.EXPIRED.value})
_QUARTER_HOUR = 900  # no calendar's days begin between two of them

# While it adds up, a tally keeps a count and its value in one integer, n + value * 2**40: a plain number in a
# dictionary is half the work of a list of two, and the garbage collector has nothing to walk through.
_VALUE = 40
_HALF = 1 << (_VALUE - 1)
_MASK = (1 << _VALUE) - 1


def _packed(n: int, value: int) -> int:
    return n + (value << _VALUE)


def _unpacked(packed: int) -> tuple[int, int]:
    n = ((packed + _HALF) & _MASK) - _HALF
    return n, (packed - n) >> _VALUE


class _Scopes:
    """Numbers the (channel, warehouse, region) that occur, and knows the dimension values each of them counts for."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, int, str], int] = {}
        self.values: list[tuple[tuple[str, str], ...]] = []
        self.lanes: list[str] = []

    def number(self, channel: str, warehouse: int, region: str) -> int:
        found = self._numbers.get((channel, warehouse, region))
        if found is None:
            found = self._numbers[(channel, warehouse, region)] = len(self.values)
            c, w, r = channel, str(warehouse), region
            self.values.append((("", ""), (c, ""), (w, ""), (r, ""), (c, w), (c, r), (w, r)))
            self.lanes.append(lane(warehouse, region))
        return found


def lane(warehouse: int, region: str) -> str:
    """How cells name the way from a warehouse to a region."""
    return f"{warehouse}>{region}"


@lru_cache(maxsize=256)
def _names(question: str) -> tuple[str, ...]:
    return tuple(question + suffix for suffix in _SUFFIXES)


_Sums = defaultdict[str, defaultdict[tuple[Any, ...], int]]


def _sums() -> _Sums:
    return defaultdict(lambda: defaultdict(int))


def in_blocks(size: int, question: str) -> str:
    """How a question is called in blocks of so many days; single days have its plain name."""
    return f"{size}:{question}" if size > 1 else question


def _summed(sums: Mapping[tuple[Any, ...], int], size: int) -> Mapping[tuple[Any, ...], int]:
    """Sums by day as sums by block."""
    if size == 1:
        return sums
    found: defaultdict[tuple[Any, ...], int] = defaultdict(int)
    for key, packed in sums.items():
        found[(key[0] // size, *key[1:])] += packed
    return found


class Tally:
    """Adds up events. Counts are kept per question, day and scope first and spread over the dimensions at the end."""

    def __init__(self, timezone: str) -> None:
        self._timezone = timezone
        self._days: dict[int, int] = {}
        self._scopes = _Scopes()
        self._counts = _sums()  # question → (day, scope)
        self._leads = _sums()  # stage → (day, scope, bucket)
        self._cells = _sums()  # metric → (at, a, b)
        self._handlers: dict[str, _Handler] = {
            Fact.RECEIVED.value: self._received,
            Fact.PAID.value: self._paid,
            Fact.CONFIRMED.value: self._confirmed,
            Fact.STOPPED.value: self._stopped,
            Fact.SHIPPED.value: self._shipped,
            Fact.DELIVERED.value: self._delivered,
            Fact.AMENDED.value: self._amended,
        }

    def add(self, events: Iterable[Event]) -> None:
        """Counts events in, whatever their order. Shape: (at, kind, data)."""
        handlers = self._handlers
        for at, kind, data in events:
            handler = handlers.get(kind)
            if handler is not None:
                handler(at, data)
            elif "to" in data:
                self._moved(data)

    def increments(self) -> Iterator[Increment]:
        """What everything added so far comes to, in the order of the table, without what cancels out."""
        cells = _sums()
        for metric, sums in self._cells.items():
            cells[metric].update(sums)
        self._spread_counts(cells)
        self._spread_leads(cells)
        for metric in sorted(cells):
            for (at, a, b), packed in sorted(cells[metric].items()):
                if packed:
                    n = ((packed + _HALF) & _MASK) - _HALF  # _unpacked, without the call
                    yield metric, at, a, b, n, (packed - n) >> _VALUE

    def _spread_counts(self, cells: _Sums) -> None:
        values = self._scopes.values
        for question, sums in self._counts.items():
            for size in (1,) if question in _OPEN else (1, *BLOCKS):
                targets = [cells[name] for name in _names(in_blocks(size, question))]
                for (at, scope), packed in _summed(sums, size).items():
                    if packed:
                        for target, (a, b) in zip(targets, values[scope], strict=True):
                            target[(at, a, b)] += packed

    def _spread_leads(self, cells: _Sums) -> None:
        values = self._scopes.values
        for stage, sums in self._leads.items():
            for size in (1, *BLOCKS):
                targets = [cells[name] for name in _names(in_blocks(size, f"lead.{stage}"))[:_SINGLE]]
                for (at, scope, bucket), packed in _summed(sums, size).items():
                    text = str(bucket)
                    for target, (a, _) in zip(targets, values[scope], strict=False):
                        target[(at, a, text)] += packed

    def _day(self, at: int) -> int:
        quarter = at // _QUARTER_HOUR
        found = self._days.get(quarter)
        if found is None:
            found = self._days[quarter] = local_day(at, self._timezone)
        return found

    def _scope(self, data: Mapping[str, Any]) -> int:
        return self._scopes.number(data["channel"], data["warehouse"], data["region"])

    def _received(self, _at: int, data: Mapping[str, Any]) -> None:
        day = self._day(data["received_at"])
        key, packed = (day, self._scope(data)), _packed(1, data["value_cents"])
        self._counts["orders"][key] += packed
        self._counts["kept"][key] += packed
        self._counts["status." + data["to"]][key] += packed
        self._cells["gross"][(day, data["currency"], data["channel"])] += _packed(1, data["total_cents"])
        self._cells["regions"][(0, data["region"], "")] += 1

    def _moved(self, data: Mapping[str, Any]) -> int:
        """A step of the order machine; gives the order's scope."""
        scope, packed = self._scope(data), _packed(1, data["value_cents"])
        key, target = (self._day(data["received_at"]), scope), data["to"]
        self._counts["status." + data["from"]][key] -= packed
        self._counts["status." + target][key] += packed
        if target in _LOST:
            self._counts["kept"][key] -= packed
            self._counts["orders"][key] -= packed - 1  # it was received all the same
        return scope

    def _paid(self, at: int, data: Mapping[str, Any]) -> None:
        key = (self._day(at), data["currency"], data["channel"])
        self._cells["paid"][key] += _packed(1, data["amount_cents"])

    def _confirmed(self, at: int, data: Mapping[str, Any]) -> None:
        scope = self._moved(data)
        if (paid_at := data.get("paid_at")) is not None:
            self._lead("confirm", self._day(at), scope, at - paid_at)

    def _stopped(self, at: int, data: Mapping[str, Any]) -> None:
        key = (self._day(at), self._moved(data))
        for reason in data["reasons"]:
            self._counts["stopped." + reason][key] += 1

    def _shipped(self, at: int, data: Mapping[str, Any]) -> None:
        scope = self._moved(data)
        if (confirmed_at := data.get("confirmed_at")) is not None:
            self._lead("handover", self._day(at), scope, at - confirmed_at)

    def _delivered(self, at: int, data: Mapping[str, Any]) -> None:
        scope, day, received_at = self._moved(data), self._day(at), data["received_at"]
        if data.get("undated"):
            return  # delivered, but nobody knows when: it counts for no day and no lead time
        key, counts = (day, scope), self._counts
        handed_over_at, promised_at = data.get("handed_over_at"), data.get("promised_at")
        counts["delivered"][key] += _packed(1, at - received_at)
        self._lead("total", day, scope, at - received_at)
        self._travelled("total", at, scope, received_at, promised_at)
        if handed_over_at is not None:
            self._lead("transit", day, scope, at - handed_over_at)
            self._travelled("transit", at, scope, handed_over_at, promised_at)
        if promised_at is not None:
            late = data["late_by_time"]
            counts["promised"][key] += _packed(1, int(late))
            counts["due"][(self._day(promised_at), scope)] += _packed(1, int(late))
            if data["late_by_date"]:
                counts["late.date"][key] += 1

    def _lead(self, stage: str, day: int, scope: int, seconds: int) -> None:
        self._leads[stage][(day, scope, bucket_of(seconds))] += _packed(1, seconds)

    def _travelled(self, model: str, at: int, scope: int, start: int, promised_at: int | None) -> None:
        """One more parcel for the risk to learn from, and to be tried on."""
        way = self._scopes.lanes[scope]
        coarse = bucket_of(at - start) // COARSE
        self._cells["lane." + model][(self._day(at) // SPAN_DAYS, way, str(coarse))] += 1
        if promised_at is not None:
            key = (self._day(start) // SPAN_DAYS, way, str(bucket_of(promised_at - start)))
            self._cells["case." + model][key] += _packed(1, int(at > promised_at))

    def _amended(self, _at: int, data: Mapping[str, Any]) -> None:
        """An order whose address was wrong is counted where it really goes."""
        if (moved := data.get("moved")) is None:
            return
        day, packed = self._day(moved["received_at"]), _packed(1, moved["value_cents"])
        old = self._scope(moved)
        new = self._scopes.number(moved["channel"], moved["to_warehouse"], moved["to_region"])
        for question in ("orders", "kept", "status." + moved["to"]):
            self._counts[question][(day, old)] -= packed
            self._counts[question][(day, new)] += packed
        self._cells["regions"][(0, moved["region"], "")] -= 1
        self._cells["regions"][(0, moved["to_region"], "")] += 1


def increments(at: int, kind: str, data: Mapping[str, Any], timezone: str) -> tuple[Increment, ...]:
    """What one event adds to the cells."""
    tally = Tally(timezone)
    tally.add([(at, kind, data)])
    return tuple(tally.increments())
