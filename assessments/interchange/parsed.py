"""What reading or writing a file of questions gives: drafts or bytes, and every problem beside them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from core.domain.errors import ContentError, Label, OrderlyError

LONGEST_FOUND = 200


class Severity(StrEnum):
    """What a problem means for its item; `stopped` means that the rest of the file could not be read."""

    STOPPED = "stopped"
    LEFT_OUT = "left_out"
    TO_MEND = "to_mend"
    KEPT_ASIDE = "kept_aside"


INTERCHANGE_SEVERITY_LABELS = MappingProxyType(
    {
        Severity.STOPPED: "Reading stopped here",
        Severity.LEFT_OUT: "Not taken over",
        Severity.TO_MEND: "Taken over, to be mended",
        Severity.KEPT_ASIDE: "Taken over, with a remark",
    }
)

# Kind of problem → what is wrong (a gettext msgid). What was found there is data, not translated.
INTERCHANGE_PROBLEM_LABELS = MappingProxyType(
    {
        # reading
        "control": "There are control characters in this question.",
        "brace": "Answers stand between a pair of curly braces; one of the two is missing.",
        "few_answers": "A question has at least {least} answers to choose from.",
        "no_answer": "There is no answer.",
        "no_pair": "Every pair needs -> between its two sides.",
        "not_a_number": "This is not a number, or not a number with its tolerance.",
        "no_key": "No answer is right.",
        "sum": "The fractions of the right answers add up to {total}, wanted 1.",
        "two_numbers": "Two numbers are right here; an item holds one number with its tolerance.",
        "no_text": "The question says nothing.",
        "no_such_type": "Questions of the type {type} have no counterpart here.",
        "description": "This is a text without a question.",
        "twice": "The id {id} came before in this file.",
        "too_many": "A question has at most {most} parts of one kind.",
        "too_long": "A text may have at most {most} characters.",
        "aiken_not_started": "An answer stands here before any question.",
        "aiken_not_complete": "The question before this line has no ANSWER line.",
        "aiken_letter": "The ANSWER line names none of the answers.",
        "xml_broken": "The XML is broken here: {reason}.",
        "xml_no_type": "This question doesn't say its type.",
        "fraction_unreadable": "This is not a fraction in percent.",
        "sheet_row": "This row can't be read: wanted {wanted}.",
        "sheet_remark": "The sheet should hold {wanted}.",
        "sheet_part": "There is no part called {part}; wanted one of {wanted}.",
        "sheet_no_item": "This row belongs to no item: no row of the part “item” carries its id.",
        "sheet_no_id": "This row has no id in the first column.",
        "sheet_number": "The column {column} needs a number.",
        "sheet_kind": "There is no kind of item called {name}; wanted one of {wanted}.",
        "sheet_level": "There is no level called {name}; wanted one of {wanted}.",
        "sheet_wrong_part": "An item of the kind {name} has no part {part}.",
        "sheet_extra": "The column {column} says nothing in this row and should be empty.",
        "sheet_no_case": "This row belongs to no case: no row of the part “case” carries its id.",
        "sheet_no_table": "This row isn't in its place: below a “table” come its headings, then its rows.",
        "sheet_unknown_case": "There is no case {case} on the sheet of cases.",
        "sheet_chart": "A table is drawn as one of {wanted}, or not at all.",
        "too_many_questions": "A file is read up to {most} questions; the rest was left out.",
        # taken over, to be mended
        "below_zero": "A wrong answer costs nothing here; the fraction is read as 0.",
        # taken over, with a remark
        "unknown_fraction": "Moodle doesn't know the fraction {fraction}; it is kept as it is.",
        "rounded_fraction": "The fraction {fraction} is read as {read}.",
        "kept": "Kept beside the item, since an item here has no place for it: {what}.",
        "markup": "Formatting was taken out of the text; the original is kept beside the item.",
        # writing
        "generated": "This item is made anew for every person; a file can only hold one drawing of it.",
        "cannot_hold_kind": "This format has no questions of this kind.",
        "cannot_hold_fraction": "Moodle doesn't know the fraction {fraction}; the nearest one is {nearest}.",
        "cannot_hold_sign": "This format can't hold “{sign}” in this place.",
        "cannot_hold_control": "This format can't hold control characters.",
        "no_language": "The item says nothing in this language.",
        "loses": "This format has no place for: {what}.",
        "case_in_stem": "The situation of its case stands before the question as text; this format knows no cases.",
        "one_drawing": "The file holds one drawing of an item that is made anew for every person.",
    }
)

# What an item has and a format may have no place for.
LOST_LABELS = MappingProxyType(
    {
        "reasons": "reasons",
        "costs": "what a wrong answer costs",
        "criteria": "criteria for marking",
        "hints": "hints",
        "emphasis": "emphasis",
    }
)

_SEVERITIES = MappingProxyType(
    {
        **dict.fromkeys(("below_zero", "rule"), Severity.TO_MEND),
        "too_many_questions": Severity.STOPPED,
        **dict.fromkeys(
            (
                "unknown_fraction",
                "rounded_fraction",
                "kept",
                "markup",
                "loses",
                "one_drawing",
                "case_in_stem",
                "sheet_remark",
            ),
            Severity.KEPT_ASIDE,
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding: the line (from 1), the item by its name or id, what is wrong and what stands there.

    `template` is a gettext msgid with `params`, as errors have them.
    """

    kind: str
    template: str
    line: int | None = None
    item: str | None = None
    found: str = ""
    severity: Severity = Severity.LEFT_OUT
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """What is wrong, in English."""
        return str(self.as_error())

    def as_error(self) -> OrderlyError:
        """The problem as the surface translates it."""
        return OrderlyError(self.template, **self.params)


def problem(kind: str, line: int | None = None, item: str | None = None, found: str = "", **params: object) -> Problem:
    """A problem of a known kind."""
    template, severity = INTERCHANGE_PROBLEM_LABELS[kind], _SEVERITIES.get(kind, Severity.LEFT_OUT)
    return Problem(kind, template, line, item, shortened(found), severity, params)


def lost(names: Iterable[str], item: str) -> list[Problem]:
    """What an item had to leave behind, if anything; names are of LOST_LABELS."""
    what = tuple(Label(LOST_LABELS[name]) for name in names)
    return [problem("loses", None, item, what=what)] if what else []


def rule_problem(error: ContentError, line: int | None, item: str | None) -> Problem:
    """What the bank's own rules have against a draft; it is taken over, to be mended in the editor."""
    return Problem("rule", error.template, line, item, "", Severity.TO_MEND, error.params)


def shortened(text: str) -> str:
    """A finding short enough for a table."""
    return text if len(text) <= LONGEST_FOUND else text[: LONGEST_FOUND - 1] + "…"


@dataclass(frozen=True, slots=True)
class Draft:
    """An item as it was read.

    Shape: `table` is an item as a bank file has it, with its texts in the languages that the file speaks; what a file
    doesn't say is missing. `said` is what the file says and an item here doesn't hold.
    """

    name: str
    table: Mapping[str, Any]
    line: int | None
    said: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A file that was read: the items that can be taken over, and everything that is to say about it."""

    items: tuple[Draft, ...]
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A file to hand out, how many items it holds, and what it can't hold."""

    content: bytes
    items_count: int
    problems: tuple[Problem, ...]


class LeftOut(Exception):
    """The item at hand can't be taken over or written; `problem` says why. It never leaves the reader or writer."""

    def __init__(self, found: Problem) -> None:
        super().__init__(found.kind)
        self.problem = found


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems by their line."""
    return tuple(sorted(problems, key=lambda one: one.line or 0))
