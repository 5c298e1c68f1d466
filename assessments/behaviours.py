"""Behaviours: how one deals with a question of a test, as rules over the answers and checks made so far.

Deferred: answers are saved, feedback comes at the end. Immediate: a check gives feedback and locks the question.
Interactive: a wrong check gives a hint and a further try, which costs a penalty. By certainty: one says with the
answer how sure one is, and being surely wrong costs marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.marking import is_blank, mark
from assessments.questions import OpenText, Question
from assessments.test_settings import CERTAINTY, IMMEDIATE, INTERACTIVE, Settings

LOW, MIDDLE, HIGH = 1, 2, 3
CERTAINTIES = (LOW, MIDDLE, HIGH)

CERTAINTY_LABELS: Mapping[int, str] = {LOW: "Not sure", MIDDLE: "Fairly sure", HIGH: "Quite sure"}

MARK_WHEN_RIGHT: Mapping[int, int] = {LOW: 1, MIDDLE: 2, HIGH: 3}
MARK_WHEN_WRONG: Mapping[int, int] = {LOW: 0, MIDDLE: -2, HIGH: -6}
"""Marks by certainty. Source: Gardner-Medwin 2006, confidence-based marking, the three-point scale."""

BEST_CERTAINTY_MARK = MARK_WHEN_RIGHT[HIGH]


@dataclass(frozen=True, slots=True)
class Act:
    """One answer that was saved, or one check of it. Shape: `response` as it was given, not as it is stored."""

    checked: bool
    response: Any
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """Where one stands with a question.

    Shape: `worth` is None where nothing is marked yet: unanswered, or an open text that waits for its marking;
    `checked_response` is what was checked last. Units: `worth` in shares of the question's weight.
    """

    checks: int = 0
    locked: bool = False
    right: bool = False
    worth: float | None = None
    checked_response: Any = None


def can_check(settings: Settings, question: Question) -> bool:
    """Whether a question can be checked before the end; an open text is marked by people, so it can't."""
    return settings.behaviour in (IMMEDIATE, INTERACTIVE) and not isinstance(question.content, OpenText)


def asks_certainty(settings: Settings, question: Question) -> bool:
    """Whether one says with the answer how sure one is."""
    return settings.behaviour == CERTAINTY and not isinstance(question.content, OpenText)


def certainty_mark(fraction: float, certainty: int) -> float:
    """The mark that a fraction earns at a certainty, from -6 to 3; what is partly right earns its share.

    Source: the table of Gardner-Medwin; for partly right answers as Moodle's certainty-based behaviour.
    """
    return MARK_WHEN_RIGHT[certainty] * fraction if fraction > 0 else float(MARK_WHEN_WRONG[certainty])


def worth_of(settings: Settings, question: Question, response: Any, checks_before: int, certainty: int | None) -> float:
    """What an answer is worth after so many checks that were not enough.

    Units: share of the question's weight, 0..1; by certainty -2..1, since three marks are the whole weight.
    """
    fraction = mark(question, response).fraction
    assert fraction is not None, question.item_id
    if settings.behaviour == INTERACTIVE:
        fraction = max(0.0, fraction - settings.penalty * checks_before)
    elif settings.behaviour == CERTAINTY:
        # Saying nothing costs nothing; an answer without a certainty counts as one that isn't sure.
        fraction = 0.0 if is_blank(response) else certainty_mark(fraction, certainty or LOW) / BEST_CERTAINTY_MARK
    return round(fraction, 9)


def is_marked(question: Question, response: Any) -> bool:
    """Whether a response has a mark by itself; an open text has none, unless nothing was written."""
    return not isinstance(question.content, OpenText) or is_blank(response)


def progress_of(settings: Settings, question: Question, acts: Iterable[Act]) -> Progress:
    """Where the acts so far lead; the same acts always lead there, so an attempt can be marked again by replay.

    Nothing after the act that locks a question counts.
    """
    now = Progress()
    for act in acts:
        if now.locked:
            break
        if not is_marked(question, act.response):
            now = Progress()
            continue
        worth = worth_of(settings, question, act.response, now.checks, act.certainty)
        if not act.checked:
            now = Progress(now.checks, False, False, worth, now.checked_response)
            continue
        right = mark(question, act.response).fraction == 1.0
        checks = now.checks + 1
        locked = right or checks >= tries_in(settings)
        now = Progress(checks, locked, right, worth, act.response)
    return now


def tries_in(settings: Settings) -> int:
    """How often a question can be checked."""
    return settings.tries_per_item if settings.behaviour == INTERACTIVE else 1


def hints_due(settings: Settings, progress: Progress) -> int:
    """How many hints one has earned: one per check that was not enough, none once the question is locked."""
    return 0 if progress.locked or settings.behaviour != INTERACTIVE else progress.checks
