"""Texts to numbers, instants and ids, strictly: what isn't plainly one becomes a problem with its place."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from core.channels.incoming import Problem, SourceRow, Terms
from core.channels.problems import shortened
from core.channels.reading import raw_text

Zone = ZoneInfo | timezone

MOST_CENTS = 10**13
MOST_QUANTITY = 10**6
_EARLIEST_AT = 946_684_800  # 2000-01-01
_CLOCKS_DIFFER_S = 900  # how far a channel's clock may be ahead of ours
_FARTHEST_AHEAD_S = 10 * 366 * 86_400  # a promise later than that is a slip of the pen
_EPOCH_DAY = 719_163  # date.toordinal() of 1970-01-01

_EXAMPLES = {"dmy": "31/12/2026 14:30", "mdy": "12/31/2026 14:30", "epoch_s": "1767225600", "epoch_ms": "1767225600000"}
_MONEY = re.compile(r"(-?)(\d{1,15})(?:\.(\d{1,2})0{0,10})?", re.ASCII)
_GROUPED = {
    ".": re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII),
    ",": re.compile(r"-?\d{1,3}(?:[.  ]\d{3})+(?:,\d+)?", re.ASCII),
}
_WHOLE = re.compile(r"(\d{1,12})(?:\.0{1,10})?", re.ASCII)
_SCIENTIFIC = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+", re.ASCII)
_WRAPPED = re.compile(r'="(.*)"', re.DOTALL)
_ISO = re.compile(
    r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.\d{1,9})?)?"
    r"\s*(?P<offset>Z|UTC|[+-]\d{2}:?\d{2})?)?",
    re.ASCII,
)
_CHINESE = re.compile(
    r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})日?"
    r"(?:\s*(?P<hour>\d{1,2})[:时](?P<minute>\d{1,2})(?:[:分](?P<second>\d{1,2})秒?|分)?)?",
    re.ASCII,
)
_SWAPPABLE = re.compile(
    r"(?P<first>\d{1,2})(?P<mark>[-/.])(?P<second_place>\d{1,2})(?P=mark)(?P<year>\d{4})"
    r"(?:[T ]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2}))?)?",
    re.ASCII,
)


class Instant(NamedTuple):
    """What a text says as a time: the instant if it is one, and the kind of problem with it if there is one."""

    at: int | None
    problem: str = ""


@lru_cache(maxsize=65_536)
def cents(text: str) -> int | None:
    """Cents of an amount with a decimal point and at most two decimals; None if it isn't one."""
    match = _MONEY.fullmatch(text)
    if match is None:
        return None
    sign, whole, part = match.groups()
    value = int(whole) * 100 + int(((part or "") + "00")[:2])
    return -value if sign else value


def ungrouped(text: str, decimal: str) -> str:
    """An amount with a decimal point, no thousands marks, as far as the chosen decimal mark explains it."""
    if _GROUPED[decimal].fullmatch(text):
        text = re.sub(r"[.  ]" if decimal == "," else ",", "", text)
    elif decimal == "," and "." in text:
        return ""
    return text.replace(",", ".") if decimal == "," else text


def unwrapped(text: str) -> str:
    """An id without what spreadsheets wrap around it to keep it text: `="123"`, `'123`."""
    text = text.strip()
    if match := _WRAPPED.fullmatch(text):
        text = match[1].strip()
    return text.removeprefix("'")


def _wall_time(text: str, offset_s: int) -> int | None:
    """The instant of exactly `YYYY-MM-DD HH:MM:SS` at a fixed offset; the fast way for millions of rows."""
    if len(text) != 19 or text[10] != " " or text[4] != "-" or text[7] != "-" or text[13] != ":" or text[16] != ":":
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    seconds = found.hour * 3600 + found.minute * 60 + found.second
    return (found.toordinal() - _EPOCH_DAY) * 86_400 + seconds - offset_s


def _wall(parts: dict[str, str | None], form: str) -> datetime | None:
    """The wall time of a match; None for a day that isn't in the calendar."""
    if parts.get("first"):
        names = ("day", "month") if form == "dmy" else ("month", "day")
        parts = parts | dict(zip(names, (parts["first"], parts["second_place"]), strict=True))
    numbers = [int(parts.get(name) or 0) for name in ("year", "month", "day", "hour", "minute", "second")]
    try:
        return datetime(*numbers)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None


def _fixed(offset: str) -> timezone | None:
    """The zone of an offset text."""
    if offset in ("Z", "UTC"):
        return UTC
    hours, minutes = int(offset[1:3]), int(offset[-2:])
    if hours > 14 or minutes > 59:
        return None
    return timezone((-1 if offset[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def parse_instant(text: str, form: str, zone: Zone) -> Instant:
    """The instant that a text names.

    `form`: `auto` (year first, or Chinese; where day and month could be swapped it is refused), `dmy`, `mdy`,
    `epoch_s`, `epoch_ms`. Times without an offset are taken in `zone`.
    """
    if form in ("epoch_s", "epoch_ms"):
        known = re.fullmatch(r"\d{9,14}", text, re.ASCII)
        return Instant(int(text) // (1000 if form == "epoch_ms" else 1)) if known else Instant(None, "instant")
    match = _ISO.fullmatch(text) or _CHINESE.fullmatch(text)
    if match is None and (match := _SWAPPABLE.fullmatch(text)) and form == "auto":
        return Instant(None, "day_order")
    wall = _wall(match.groupdict(), form) if match else None
    if match is None or wall is None:
        return Instant(None, "instant")
    offset = match.groupdict().get("offset")
    if offset:
        fixed = _fixed(offset)
        return Instant(int(wall.replace(tzinfo=fixed).timestamp())) if fixed else Instant(None, "instant")
    return _in_zone(wall, zone)


def _in_zone(wall: datetime, zone: Zone) -> Instant:
    """The instant of a wall time: none where clocks are put forward, the earlier where they are put back."""
    try:
        at = wall.replace(tzinfo=zone).timestamp()
        if datetime.fromtimestamp(at, zone).replace(tzinfo=None) != wall:
            return Instant(None, "no_such_time")
        twice = wall.replace(tzinfo=zone, fold=1).timestamp() != at
    except (ValueError, OverflowError):
        return Instant(None, "instant")
    return Instant(int(at), "ambiguous_time" if twice else "")


class Judge:
    """Judges the rows of one order after the other: gives back values and notes what is wrong with them.

    `begin` starts an order; `row` is the row looked at, which problems name. A wrong value comes back as a harmless
    one, and the order must not be used when `refused` is true.
    """

    __slots__ = ("_number", "_problems", "known", "refused", "row", "rows", "terms")

    def __init__(self, terms: Terms) -> None:
        self.terms = terms
        self.known = ", ".join(sorted(terms.currencies))
        self._problems: list[Problem] = []
        self.rows: tuple[SourceRow, ...] = ()
        self._number = ""
        self.refused = False

    def begin(self, rows: tuple[SourceRow, ...], number: str = "") -> None:
        """Starts with the rows of the next order."""
        self.rows, self._number = rows, number
        self.row = rows[0]
        self.refused = False
        if self._problems:
            self._problems = []

    @property
    def problems(self) -> list[Problem]:
        """What was found wrong with this order."""
        return self._problems

    def note(self, kind: str, column: str = "", found: str = "", **params: object) -> None:
        """Notes a problem at the present row."""
        problem = Problem(
            kind,
            self.row.file,
            self.row.line,
            column,
            shortened(found),
            self._number,
            raw_text(self.rows),
            params,
        )
        self._problems.append(problem)
        if problem.severity != "warning":
            self.refused = True

    def number(self, text: str, column: str) -> str:
        """An order number as text, unwrapped; one that a spreadsheet has turned into 1.2E+17 is refused."""
        number = unwrapped(text)
        self._number = number
        if not number or len(number) > 100 or not number.isprintable():
            self.note("number" if number else "empty", column, number)
        elif _SCIENTIFIC.fullmatch(number):
            self.note("damaged_number", column, number)
        elif 16 <= len(number) <= 19 and number[15:].strip("0") == "" and number.isdecimal():
            self.note("rounded_number", column, number)
        return number

    def money(self, text: str, column: str) -> int:
        """Cents of an amount of 0 or more."""
        return self.amount(text.strip(), column, text)

    def amount(self, amount: str, column: str, found: str) -> int:
        """As `money`, for an amount that was written otherwise (`found`) in the file."""
        value = cents(amount)
        if value is None or abs(value) > MOST_CENTS:
            self.note("money" if found.strip() else "empty", column, found, example="1234.50")
            return 0
        if value < 0:
            self.note("negative_money", column, found)
            return 0
        return value

    def money_or(self, text: str, column: str, default: int | None) -> int | None:
        """Cents of an amount, or the default where the cell is empty."""
        return self.money(text, column) if text.strip() else default

    def quantity(self, text: str, column: str) -> int:
        """Pieces: a whole number of 1 or more."""
        match = _WHOLE.fullmatch(text.strip())
        value = int(match[1]) if match else 0
        if not 1 <= value <= MOST_QUANTITY:
            self.note("quantity" if text.strip() else "empty", column, text)
            return 1
        return value

    def moment(self, text: str, column: str, offset_s: int, *, ahead: bool = False) -> int | None:
        """The instant of `YYYY-MM-DD HH:MM:SS` at a fixed offset; None where the cell is empty.

        `ahead` allows a time in the future, as for a promise.
        """
        if not text:
            return None
        at = _wall_time(text, offset_s)
        if at is None:
            return self.instant(text, column, "auto", timezone(timedelta(seconds=offset_s)), ahead=ahead)
        return self._plausible(at, text, column, ahead)

    def instant(self, text: str, column: str, form: str, zone: Zone, *, ahead: bool = False) -> int | None:
        """The instant of a text in a chosen form and zone; None where the cell is empty."""
        text = text.strip()
        if not text:
            return None
        at, problem = parse_instant(text, form, zone)
        if problem:
            example = _EXAMPLES.get(form, "2026-12-31 14:30:00")
            self.note(problem, column, text, example=example, timezone=str(zone))
        return None if at is None else self._plausible(at, text, column, ahead)

    def _plausible(self, at: int, text: str, column: str, ahead: bool) -> int | None:
        if at > self.terms.now + (_FARTHEST_AHEAD_S if ahead else _CLOCKS_DIFFER_S):
            self.note("future", column, text)
        elif at < _EARLIEST_AT:
            self.note("too_old", column, text)
        else:
            return at
        return None

    def currency(self, text: str, column: str) -> str:
        """A currency that has a rate."""
        code = text.strip().upper()
        if code not in self.terms.currencies:
            self.note("currency" if code else "empty", column, text, known=self.known)
        return code

    def word(self, text: str, column: str, words: Mapping[str, str]) -> str:
        """What a channel's word means in ours."""
        meaning = words.get(text.strip())
        if meaning is None:
            self.note("status" if text.strip() else "empty", column, text, known=", ".join(filter(None, words)))
            return ""
        return meaning
