"""How a test is given: how it behaves, how long it is open and may take, how often, and what is enough."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any

DEFERRED, IMMEDIATE, INTERACTIVE, CERTAINTY = "deferred", "immediate", "interactive", "certainty"
BEHAVIOURS = (DEFERRED, IMMEDIATE, INTERACTIVE, CERTAINTY)

BEHAVIOUR_LABELS: Mapping[str, str] = {
    DEFERRED: "Feedback at the end",
    IMMEDIATE: "Feedback after each question",
    INTERACTIVE: "Hints and further tries",
    CERTAINTY: "Marked by certainty",
}

FIRST, BEST, LAST = "first", "best", "last"
COUNTING = (FIRST, BEST, LAST)

COUNTING_LABELS: Mapping[str, str] = {
    FIRST: "The first try counts",
    BEST: "The best try counts",
    LAST: "The last try counts",
}


AT_ONCE, TRIES_USED, BOTH_TAKEN, CLOSED = "at_once", "tries_used", "both_taken", "closed"
KEYS_SHOWN = (AT_ONCE, TRIES_USED, BOTH_TAKEN, CLOSED)

KEYS_SHOWN_LABELS: Mapping[str, str] = {
    AT_ONCE: "At once, after every try",
    TRIES_USED: "When no further try is left",
    BOTH_TAKEN: "When pre-test and post-test are taken",
    CLOSED: "When the test is closed",
}
"""When whoever took a test sees its answers with their reasons; the score is always shown at once."""


def is_enough(score: float, pass_rate: float | None) -> bool | None:
    """Whether a score passes; None where nothing is passed or failed. Units: both 0..1 of the marks."""
    return None if pass_rate is None else score >= pass_rate - 1e-9


@dataclass(frozen=True, slots=True)
class Settings:
    """How a test is given, kept with every attempt as it was when the attempt began.

    Units: `time_limit_minutes` None for no limit; `opens_at` and `closes_at` None for always; `tries` of the whole
    test per phase; `tries_per_item` and `penalty` (share of the mark per further try) for the interactive behaviour;
    `pass_rate` 0..1 of the marks, None where nothing is passed or failed.
    """

    behaviour: str = DEFERRED
    time_limit_minutes: int | None = None
    opens_at: int | None = None
    closes_at: int | None = None
    tries: int = 1
    counting: str = LAST
    tries_per_item: int = 3
    penalty: float = 1 / 3
    pass_rate: float | None = None
    keys_shown: str = TRIES_USED
    swapped: bool = True

    def as_data(self) -> dict[str, Any]:
        """The settings as plain data, to be stored."""
        return asdict(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Settings:
        """The settings as they were stored; what wasn't known then has its default."""
        known = {one.name for one in fields(cls)}
        return cls(**{name: value for name, value in data.items() if name in known})
