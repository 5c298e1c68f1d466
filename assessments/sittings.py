"""Sittings: finished attempts read in bulk, with the marks and times that count, for statistics and reports."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isnan, nan
from typing import Any

from sqlalchemy import select

from assessments.attempt_steps import ANSWER, CHECK, MANUAL, MARKED
from assessments.handout import places_in, question_at
from assessments.marking import is_blank
from assessments.questions import Question
from assessments.test_settings import BEST, FIRST, Settings
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step

_VERSION = '"version":'

ItemKey = tuple[str, int]
"""An item and its version."""


@dataclass(frozen=True, slots=True)
class Sitting:
    """One finished attempt, without its answers.

    Units: score 0..1. Shape: `handout` and `settings` as they are stored.
    """

    id: int
    person_id: int
    phase: str
    version: int
    form: str
    started_at: int
    finished_at: int
    score: float
    settings: str
    handout: str
    items: tuple[ItemKey, ...]

    @property
    def pass_rate(self) -> float | None:
        """What was enough to pass when it was begun. Units: 0..1 of the marks."""
        return self.given.pass_rate

    @property
    def given(self) -> Settings:
        """How it was given."""
        return Settings.from_data(json.loads(self.settings))

    def question(self, place: int) -> Question:
        """One of its questions; places count from 0."""
        return question_at(self.handout, place)


@dataclass(slots=True)
class Reading:
    """What the steps of one attempt come to, column by column; `responses` are the first ones where answers were
    checked at once, `latest` those that count.

    Units: fractions of each item's weight; seconds NaN where nothing was answered. Shape: `waits_for` items that
    have to be marked by hand.
    """

    fractions: list[float]
    blank: list[bool]
    seconds: list[float]
    responses: dict[int, Any]
    latest: dict[int, Any]
    waits_for: frozenset[str] = frozenset()

    @property
    def waiting(self) -> bool:
        """Whether a mark by hand is due."""
        return bool(self.waits_for)


def sittings_of(ctx: Context, test: str, rule: str = FIRST) -> tuple[Sitting, ...]:
    """Of everybody and each phase the one finished try that counts by the rule, oldest first.

    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    return every_sitting(ctx, test, rule)


def every_sitting(ctx: Context, test: str, rule: str = FIRST) -> tuple[Sitting, ...]:
    """The same for figures that tell nobody's answers; whoever asks has seen to the rights."""
    a = attempt.c
    rows = ctx.db.execute(
        select(
            a.id,
            a.person_id,
            a.phase,
            a.test_version,
            a.form,
            a.started_at,
            a.finished_at,
            a.score,
            a.settings,
            a["items"],
        )
        .where(a.test == test, a.status == FINISHED)
        .order_by(a.try_number, a.id)
    )
    kept: dict[tuple[int, str], Any] = {}
    for row in rows:
        key = row.person_id, row.phase
        if key not in kept or (row.score > kept[key].score if rule == BEST else rule != FIRST):
            kept[key] = row
    return tuple(
        Sitting(
            id=row.id,
            person_id=row.person_id,
            phase=row.phase,
            version=row.test_version,
            form=row.form,
            started_at=row.started_at,
            finished_at=row.finished_at,
            score=row.score,
            settings=row.settings,
            handout=row[-1],
            items=tuple(item_keys(row[-1])),
        )
        for row in sorted(kept.values(), key=lambda row: int(row.id))
    )


def item_keys(handout: str) -> Iterator[ItemKey]:
    """Which items in which versions a handout holds, told without reading the questions."""
    for place, line in zip(places_in(handout), handout.split("\n")[1:], strict=True):
        at = line.rfind(_VERSION)
        yield place.item_id, 1 if at < 0 else int(line[at + len(_VERSION) :].partition(",")[0].rstrip("}"))


def steps_by_sitting(ctx: Context, test: str, sittings: Iterable[Sitting]) -> Mapping[int, Sequence[Any]]:
    """The steps of sittings in their order."""
    return steps_of_attempts(ctx, test, (one.id for one in sittings))


def steps_of_attempts(ctx: Context, test: str, attempts: Iterable[int]) -> Mapping[int, Sequence[Any]]:
    """The steps of finished attempts at a test in their order, by attempt."""
    wanted = set(attempts)
    s, a = attempt_step.c, attempt.c
    rows = ctx.db.execute(
        select(s.attempt_id, s.kind, s.item_id, s.at, s.response, s.fraction)
        .join(attempt, a.id == s.attempt_id)
        .where(a.test == test, a.status == FINISHED)
        .order_by(s.attempt_id, s.number)
    )
    steps: dict[int, list[Any]] = {one: [] for one in wanted}
    for row in rows:
        if row.attempt_id in wanted:
            steps[row.attempt_id].append(row)
    return steps


def read_steps(steps: Sequence[Any], columns: Mapping[str, int]) -> Reading:
    """Marks as they count at the end, and for options what was chosen first where answers were checked at once.

    The time since the step before belongs to the item that was answered.
    """
    count = len(columns)
    read = Reading([0.0] * count, [True] * count, [nan] * count, {}, {})
    worths: dict[int, float | None] = {}
    by_hand: set[int] = set()
    checked: set[int] = set()
    before: int | None = None
    for step in steps:
        column = columns.get(step.item_id)
        if column is not None and step.kind in (ANSWER, CHECK):
            response = None if step.response is None else json.loads(step.response)
            read.blank[column] = is_blank(response)
            read.latest[column] = response
            if column not in checked:
                read.responses[column] = response
            if step.kind == CHECK:
                checked.add(column)
            if before is not None:
                spent = read.seconds[column]
                read.seconds[column] = max(0, step.at - before) + (0.0 if isnan(spent) else spent)
        if column is not None and step.kind in MARKED:
            if step.kind == MANUAL:
                by_hand.add(column)
            if step.kind == MANUAL or column not in by_hand:
                worths[column] = step.fraction
        before = step.at
    for column, worth in worths.items():
        read.fractions[column] = worth or 0.0
    read.waits_for = frozenset(item_id for item_id, column in columns.items() if worths.get(column, 0.0) is None)
    return read


def waiting_among(ctx: Context, test: str, sittings: Iterable[Sitting]) -> frozenset[int]:
    """The attempts of which an answer still waits for a mark by hand."""
    s = attempt_step.c
    unmarked = ctx.db.execute(
        select(s.attempt_id)
        .join(attempt, attempt.c.id == s.attempt_id)
        .where(attempt.c.test == test, s.kind.in_(MARKED), s.fraction.is_(None))
        .distinct()
    )
    doubtful = set(unmarked.scalars())
    those = [one for one in sittings if one.id in doubtful]
    if not those:
        return frozenset()
    steps = steps_by_sitting(ctx, test, those)
    return frozenset(
        one.id for one in those if read_steps(steps[one.id], {item[0]: at for at, item in enumerate(one.items)}).waiting
    )
