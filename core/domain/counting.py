"""The stocktake's machine: its states and facts, what is within tolerance, and who may approve."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import Label, RuleViolation

MOST_UNITS = 1_000_000  # of a lot in one place; more is a slip of the keyboard


class CountKind(StrEnum):
    """How much of a warehouse a stocktake looks at."""

    FULL = "full"
    PARTIAL = "partial"
    CYCLE = "cycle"


COUNT_KIND_LABELS = MappingProxyType(
    {
        CountKind.FULL: "Full stocktake",
        CountKind.PARTIAL: "Partial stocktake",
        CountKind.CYCLE: "Cycle count",
    }
)


class CountStatus(StrEnum):
    """Where a stocktake stands between the plan and the book."""

    PLANNED = "planned"
    COUNTING = "counting"
    RECOUNT = "recount"
    COUNTED = "counted"
    APPROVED = "approved"
    POSTED = "posted"
    CANCELLED = "cancelled"


COUNT_STATUS_LABELS = MappingProxyType(
    {
        CountStatus.PLANNED: "To be counted",
        CountStatus.COUNTING: "Being counted",
        CountStatus.RECOUNT: "To be recounted",
        CountStatus.COUNTED: "Counted",
        CountStatus.APPROVED: "Differences approved",
        CountStatus.POSTED: "Differences posted",
        CountStatus.CANCELLED: "Called off",
    }
)


class CountFact(StrEnum):
    """What can have happened to a stocktake; the event log's kinds."""

    PLANNED = "StocktakePlanned"
    STARTED = "CountingStarted"
    ENTERED = "CountsEntered"
    FOUND = "GoodsFound"
    FINISHED = "CountingFinished"
    RECOUNT_ASKED = "RecountAsked"
    EXPLAINED = "DifferenceExplained"
    APPROVED = "StocktakeApproved"
    POSTED = "StocktakePosted"
    CANCELLED = "StocktakeCancelled"


class Cause(StrEnum):
    """Why a count differs from the book."""

    BREAKAGE = "breakage"
    MISPLACED = "misplaced"
    MISPICK = "mispick"
    RECEIPT = "receipt"
    RETURN = "return"
    UNITS = "units"
    THEFT = "theft"
    LOT_MIXED = "lot_mixed"
    UNKNOWN = "unknown"


CAUSE_LABELS = MappingProxyType(
    {
        Cause.BREAKAGE: "Broken and not reported",
        Cause.MISPLACED: "Lies in another bin",
        Cause.MISPICK: "Picked wrongly",
        Cause.RECEIPT: "Booked wrongly at receipt",
        Cause.RETURN: "Return not booked",
        Cause.UNITS: "Cartons and pieces mixed up",
        Cause.THEFT: "Theft suspected",
        Cause.LOT_MIXED: "Lots mixed up",
        Cause.UNKNOWN: "Unexplained after recount",
    }
)


@dataclass(frozen=True, slots=True)
class CountTransition:
    """One row of the machine: in these states this command leads there, leaves this fact, under these guards."""

    command: str
    sources: tuple[CountStatus, ...]
    target: CountStatus
    fact: CountFact
    right: str
    guards: tuple[str, ...] = ()


ENTERING = (CountStatus.COUNTING, CountStatus.RECOUNT)
COUNT_TRANSITIONS: tuple[CountTransition, ...] = (
    CountTransition("start", (CountStatus.PLANNED,), CountStatus.COUNTING, CountFact.STARTED, "stock.count"),
    CountTransition("finish", ENTERING, CountStatus.COUNTED, CountFact.FINISHED, "stock.count", ("all_counted",)),
    # Lines beyond tolerance are asked for by the end of a count; others by whoever is to approve.
    CountTransition(
        "recount",
        (CountStatus.COUNTING, CountStatus.RECOUNT, CountStatus.COUNTED, CountStatus.APPROVED),
        CountStatus.RECOUNT,
        CountFact.RECOUNT_ASKED,
        "stock.count",
    ),
    CountTransition(
        "approve",
        (CountStatus.COUNTED,),
        CountStatus.APPROVED,
        CountFact.APPROVED,
        "stock.approve",
        ("all_counted", "explained", "by_another"),
    ),
    CountTransition("post", (CountStatus.APPROVED,), CountStatus.POSTED, CountFact.POSTED, "stock.approve"),
    CountTransition(
        "cancel",
        (
            CountStatus.PLANNED,
            CountStatus.COUNTING,
            CountStatus.RECOUNT,
            CountStatus.COUNTED,
            CountStatus.APPROVED,
        ),
        CountStatus.CANCELLED,
        CountFact.CANCELLED,
        "stock.count",
    ),
)
_BY_COMMAND = MappingProxyType({row.command: row for row in COUNT_TRANSITIONS})


@dataclass(frozen=True, slots=True)
class CountState:
    """What the guards look at: how many lines wait for a count or a reason, and who counted."""

    number: str
    status: CountStatus
    uncounted: int = 0
    unexplained: int = 0
    counters: frozenset[str] = frozenset()
    actor: str = ""


def count_transition(command: str) -> CountTransition:
    """The machine's row for a command."""
    return _BY_COMMAND[command]


def _guard(name: str, state: CountState) -> RuleViolation | None:
    match name:
        case "all_counted" if state.uncounted:
            return RuleViolation(
                "Stocktake {number} has {n} lines that nobody has counted yet.",
                number=state.number,
                n=state.uncounted,
            )
        case "explained" if state.unexplained:
            return RuleViolation(
                "Stocktake {number} has {n} differences without a reason. Say why they differ first.",
                number=state.number,
                n=state.unexplained,
            )
        case "by_another" if state.actor in state.counters:
            return RuleViolation(
                "You counted in stocktake {number}; somebody else has to approve it.", number=state.number
            )
        case _:
            return None


def count_refusal(command: str, state: CountState) -> RuleViolation | None:
    """Why the machine refuses a command on a stocktake as it stands, or None if it may go."""
    row = _BY_COMMAND[command]
    if state.status not in row.sources:
        return RuleViolation(
            "Stocktake {number} is {status}; this needs one of: {wanted}.",
            number=state.number,
            status=state.status,
            wanted=row.sources,
        )
    return next((found for name in row.guards if (found := _guard(name, state))), None)


def decide_count(command: str, state: CountState) -> CountTransition:
    """The machine's answer to a command.

    Raises: RuleViolation that names the state or the guard.
    """
    if violation := count_refusal(command, state):
        raise violation
    return _BY_COMMAND[command]


# ---- what a count may be, and what it comes to ------------------------------------------------------------------


def need_count(quantity: int) -> None:
    """Refuses what can't lie on a shelf. Raises: RuleViolation."""
    if not 0 <= quantity <= MOST_UNITS:
        raise RuleViolation("A count is 0 to {most} units, found {quantity}.", most=MOST_UNITS, quantity=quantity)


def need_counted_at(counted_at: int, started_at: int, now: int) -> None:
    """Refuses a count of before counting began, or of a time that is still to come. Raises: RuleViolation."""
    if counted_at > now:
        raise RuleViolation("The count is dated in the future.")
    if counted_at < started_at:
        raise RuleViolation("The count is dated before counting began; the book of that time isn't known.")


def expected_at_count(book_now: int, moved_since: int) -> int:
    """What the book said when somebody counted: what it says now, less what has moved since.

    Units: `moved_since` is what came in less what went out after the count. Below zero where more was booked off
    than the book held then.
    """
    return book_now - moved_since


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a count may be off before it is counted again: units or a share of the book, and never above a value.

    Units: `rate` 0..1.
    """

    units: int
    rate: float
    value_cents: int

    def takes(self, difference: int, expected: int, unit_cost_cents: int) -> bool:
        """Whether a difference is small enough to be taken as it is."""
        most = max(self.units, int(self.rate * max(expected, 0)))
        return abs(difference) <= most and abs(difference) * unit_cost_cents <= self.value_cents


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How well the book knew the shelf. Units: counts of lines and units; rates 0..1, None where nothing was counted.

    Source: record accuracy is the share of places whose count equals the book; unit accuracy is one less the sum of
    the absolute differences over the units in the book. Shortages and surpluses don't cancel out.
    """

    lines: int
    lines_right: int
    book_units: int
    units_off: int

    @property
    def record_rate(self) -> float | None:
        """Places counted that were exactly right."""
        return self.lines_right / self.lines if self.lines else None

    @property
    def unit_rate(self) -> float | None:
        """Units in the book that were there, surpluses held against it, too."""
        return max(0.0, 1 - self.units_off / self.book_units) if self.book_units else None


def accuracy_of(pairs: Collection[tuple[int, int]]) -> Accuracy:
    """The accuracy of counted places. Shape: (expected, counted)."""
    return Accuracy(
        lines=len(pairs),
        lines_right=sum(expected == counted for expected, counted in pairs),
        book_units=sum(max(expected, 0) for expected, _ in pairs),
        units_off=sum(abs(counted - expected) for expected, counted in pairs),
    )


def need_cause(reason: str) -> Cause:
    """The cause that a code names. Raises: RuleViolation."""
    if reason not in set(Cause):
        raise RuleViolation("A difference needs one of these reasons: {known}.", known=_all_causes())
    return Cause(reason)


def _all_causes() -> tuple[Label, ...]:
    return tuple(Label(label) for label in CAUSE_LABELS.values())
