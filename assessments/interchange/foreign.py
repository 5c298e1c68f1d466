"""Questions as Moodle's formats say them, before they are items of ours and after they were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

MULTICHOICE, TRUEFALSE, SHORTANSWER, NUMERICAL = "multichoice", "truefalse", "shortanswer", "numerical"
MATCH, ESSAY, ORDERING, DESCRIPTION = "match", "essay", "ordering", "description"
LONGEST_NAME = 80


class Worded(NamedTuple):
    """A text and how it is marked up: `moodle` (its own mixture), `html`, `plain` or `markdown`."""

    text: str = ""
    markup: str = "moodle"


NOTHING = Worded()


class Answer(NamedTuple):
    """One answer. Units: fraction of the mark, -1..1; tolerance as the file writes it."""

    text: Worded
    fraction: float
    feedback: Worded = NOTHING
    tolerance: str = ""


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """One question of a GIFT, Aiken or Moodle XML file, nothing interpreted.

    Shape: `pairs` are left and right of a matching question, an empty left for a right that belongs to none; of a
    true or false question `true` is the key, and the two feedbacks belong to those who answer true and false.
    """

    type: str
    name: str
    text: Worded
    line: int | None = None
    general_feedback: Worded = NOTHING
    id_number: str = ""
    tags: tuple[str, ...] = ()
    single: bool = True
    answers: tuple[Answer, ...] = ()
    pairs: tuple[tuple[Worded, Worded], ...] = ()
    true: bool = False
    feedback_true: Worded = NOTHING
    feedback_false: Worded = NOTHING
    unit: str = ""
    weight: float = 1.0
    hints: tuple[Worded, ...] = ()
    grader_information: Worded = NOTHING
    said: Mapping[str, Any] = field(default_factory=dict)


def default_name(text: str) -> str:
    """A name for a question that has none: the beginning of what it asks."""
    return text if len(text) <= LONGEST_NAME else text[: LONGEST_NAME - 3] + "..."


def told_apart(heads: list[str], reasons: list[str]) -> str:
    """Reasons of single parts as one text, each behind what it belongs to."""
    return "\n".join(f"{head}: {reason}" for head, reason in zip(heads, reasons, strict=True) if reason)


def taken_apart(heads: list[str], text: str) -> list[str] | None:
    """The reasons of single parts, if this is a text that `told_apart` made for these parts."""
    starts: list[tuple[int, int, int]] = []
    at = 0
    for number, head in enumerate(heads):
        mark = f"{head}: "
        if not starts and text.startswith(mark):
            starts.append((number, 0, len(mark)))
        elif starts and (found := text.find(f"\n{mark}", at)) >= 0:
            starts.append((number, found, found + len(mark) + 1))
        if starts:
            at = starts[-1][2]
    if not starts:
        return None
    reasons = [""] * len(heads)
    for (number, _, begin), end in zip(starts, [start for _, start, _ in starts[1:]] + [len(text)], strict=True):
        reasons[number] = text[begin:end]
    return reasons
