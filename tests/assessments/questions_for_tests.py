"""Small questions of every kind, for the tests of marking, attempts and results."""

from __future__ import annotations

from typing import Any

from assessments.prose import Prose, same
from assessments.questions import (
    Accept,
    Choice,
    Content,
    Criterion,
    Matching,
    Near,
    Numeric,
    OpenText,
    Option,
    Ordering,
    Pair,
    Question,
    Reached,
    Right,
    ShortText,
    Step,
)


def ask(kind: str, content: Content, item_id: str = "x-1") -> Question:
    """A question around a content."""
    return Question(item_id, kind, "2.1", "apply", 1.0, False, Prose("What?", "什么？"), content)


def option(name: str, fraction: float) -> Option:
    """An option whose reason can be recognised."""
    return Option(name, same(f"option {name}"), fraction, same(f"because {name}"))


SINGLE = ask("single", Choice((option("a", 0.0), option("b", 1.0), option("c", -0.5)), several=False))

MULTIPLE = ask(
    "multiple",
    Choice((option("a", 0.5), option("b", 0.5), option("c", -0.5), option("d", -1.0)), several=True),
)

NUMERIC = ask(
    "numeric",
    Numeric(
        answer=1234.5,
        tolerance=0.05,
        unit=Prose("days", "天"),
        reason=same("because it is so"),
        near=(Near(1243.5, 0.0, 0.25, same("two digits swapped")),),
    ),
)

SHORT_TEXT = ask(
    "short_text",
    ShortText(
        (
            Accept("on hold", 1.0, same("the flag")),
            Accept("挂起", 1.0, same("the flag, in Chinese")),
            Accept("*stop*", 0.5, same("about so")),
        ),
        same("the flag is called hold"),
    ),
)

MATCHING = ask(
    "matching",
    Matching(
        (
            Pair("a", same("rain"), "a", same("water falls")),
            Pair("b", same("snow"), "b", same("ice falls")),
            Pair("c", same("sleet"), "a", same("water, mostly")),
            Pair("d", same("sun"), "c", same("nothing falls")),
        ),
        (
            Right("a", same("wet")),
            Right("b", same("white")),
            Right("c", same("dry")),
            Right("d", same("loud")),
        ),
    ),
)

ORDERING = ask(
    "ordering",
    Ordering(tuple(Step(name, same(f"step {name}"), same(f"because {name}")) for name in "abcd")),
)

OPEN_TEXT = ask(
    "open_text",
    OpenText(
        (
            Criterion("a", same("names the cause"), 2.0, (Reached(0, same("no")), Reached(2, same("yes")))),
            Criterion("b", same("says what to do"), 1.0, (Reached(0, same("no")), Reached(1, same("yes")))),
        ),
        same("cause, then remedy"),
    ),
)

ALL = (SINGLE, MULTIPLE, NUMERIC, SHORT_TEXT, MATCHING, ORDERING)


def proses(value: Any) -> list[Prose]:
    """Every text that a question, or a part of one, says."""
    if isinstance(value, Prose):
        return [value]
    if isinstance(value, tuple):
        return [prose for part in value for prose in proses(part)]
    if hasattr(value, "__dataclass_fields__"):
        return [prose for name in value.__dataclass_fields__ for prose in proses(getattr(value, name))]
    return []
