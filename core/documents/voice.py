"""How a paper speaks: the reader's language, handed in by whoever knows the reader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """A language as a paper needs it.

    Shape: `t(text, **values)` translates an interface text; `instant(at, timezone)`, `day("YYYY-MM-DD")` and
    `integer(n)` write values as the reader does.
    """

    language: str
    t: Callable[..., str]
    instant: Callable[[int, str], str]
    day: Callable[[str], str]
    integer: Callable[[int], str]

    def either(self, english: str, chinese: str) -> str:
        """A name that is kept in both languages, in the reader's."""
        return (chinese if self.language == "zh" else english) or english or chinese
