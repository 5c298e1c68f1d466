"""What an exercise is: a case in a practice world, what is checked in it, what must not change, and its solution."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from assessments.prose import Prose
from core.context import ENGINE, Context
from core.db.world_tables import event
from core.db.worlds import read_meta, write_meta
from core.domain.errors import ContentError

Ids = Mapping[str, int]
"""What the situation laid, by the name the exercise gives it: `target` → the order's id."""


@dataclass(frozen=True, slots=True)
class Case:
    """An exercise's situation as it stands now, for checks and limits to look at.

    `mark` is the last event of the world as it was handed out: what comes after it, the person did.
    """

    ctx: Context
    ids: Ids
    mark: int

    @property
    def db(self) -> Any:
        """The world's connection."""
        return self.ctx.db


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check saw. Units: `fraction` is the share of the check's points it is worth, 0..1."""

    found: Prose
    wanted: Prose
    fraction: float

    def __post_init__(self) -> None:
        assert 0.0 <= self.fraction <= 1.0, self.fraction


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that has to be so at the end, by whatever path."""

    key: str
    text: Prose
    points: int
    judge: Callable[[Case], Finding]


@dataclass(frozen=True, slots=True)
class Limit:
    """One thing that must not change; every breach costs `points`.

    `breaches` names each of them; `violate` does what the limit forbids, for the contract test to see it noticed.
    """

    key: str
    text: Prose
    points: int
    breaches: Callable[[Case], Sequence[Prose]]
    violate: Callable[[Case], None]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the guided demonstration, already carried out; `order_id` is the order to look at."""

    caption: Prose
    order_id: int


@dataclass(frozen=True, slots=True)
class Exercise:
    """A case to work on in a practice world of one's own, judged by the state it is left in.

    `situation` lays the case into a fresh world, always the same way, and names what it laid; `solve` works it off
    step by step with the same commands as a person, and is the guided demonstration.
    Units: `minutes` is how long somebody who learns it needs.
    """

    key: str
    title: Prose
    brief: Prose
    positions: tuple[str, ...]
    competencies: tuple[str, ...]
    minutes: int
    scenario: str
    seed: int
    situation: Callable[[Context], Ids]
    checks: tuple[Check, ...]
    limits: tuple[Limit, ...]
    hints: tuple[Prose, ...]
    solve: Callable[[Context, Ids], Iterator[Step]]

    @property
    def points(self) -> int:
        """What all checks together are worth."""
        return sum(check.points for check in self.checks)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """One check of a report: what was found, what was wanted, and the points for it."""

    key: str
    text: Prose
    found: Prose
    wanted: Prose
    points: int
    reached: float

    @property
    def fraction(self) -> float:
        """Share of the check's points that was reached."""
        return self.reached / self.points


@dataclass(frozen=True, slots=True)
class LimitResult:
    """One limit of a report: what was changed that should have stayed, and the points it cost."""

    key: str
    text: Prose
    breaches: tuple[Prose, ...]
    lost: int


@dataclass(frozen=True, slots=True)
class Report:
    """What checking an exercise gave. Units: `score` is a share of all points, 0..1."""

    score: float
    checks: tuple[CheckResult, ...]
    limits: tuple[LimitResult, ...]

    def dumped(self) -> str:
        """The report as a submission keeps it."""
        return json.dumps(
            {
                "score": self.score,
                "checks": [
                    {
                        "key": check.key,
                        "points": check.points,
                        "reached": check.reached,
                        "text": check.text.as_data(),
                        "found": check.found.as_data(),
                        "wanted": check.wanted.as_data(),
                    }
                    for check in self.checks
                ],
                "limits": [
                    {
                        "key": limit.key,
                        "lost": limit.lost,
                        "text": limit.text.as_data(),
                        "breaches": [breach.as_data() for breach in limit.breaches],
                    }
                    for limit in self.limits
                ],
            },
            separators=(",", ":"),
        )

    @classmethod
    def loaded(cls, text: str) -> Report:
        """A report from its stored form."""
        data = json.loads(text)
        prose = Prose.from_data
        return cls(
            score=data["score"],
            checks=tuple(
                CheckResult(
                    key=check["key"],
                    text=prose(check["text"]),
                    found=prose(check["found"]),
                    wanted=prose(check["wanted"]),
                    points=check["points"],
                    reached=check["reached"],
                )
                for check in data["checks"]
            ),
            limits=tuple(
                LimitResult(
                    key=limit["key"],
                    text=prose(limit["text"]),
                    breaches=tuple(prose(breach) for breach in limit["breaches"]),
                    lost=limit["lost"],
                )
                for limit in data["limits"]
            ),
        )


def lay(ctx: Context, exercise: Exercise) -> None:
    """Lays an exercise's case into a fresh world and notes in the world's meta what it laid and where it begins."""
    ids = dict(exercise.situation(ctx.by(ENGINE)))
    mark = ctx.db.execute(select(func.coalesce(func.max(event.c.id), 0))).scalar_one()
    write_meta(ctx.db, exercise=exercise.key, situation=json.dumps(ids), mark=mark)


def case_in(ctx: Context, exercise: Exercise) -> Case:
    """The case that a world holds.

    Raises: ContentError when it was laid for another exercise, or for none.
    """
    meta = read_meta(ctx.db)
    if meta.get("exercise") != exercise.key:
        raise ContentError("This world holds no case of this exercise.", item=exercise.key)
    return Case(ctx, json.loads(meta["situation"]), int(meta["mark"]))


def grade(case: Case, exercise: Exercise) -> Report:
    """Judges the state that a case was left in: points of the checks, less what the breached limits cost."""
    checks = []
    for check in exercise.checks:
        finding = check.judge(case)
        reached = round(check.points * finding.fraction, 6)
        checks.append(CheckResult(check.key, check.text, finding.found, finding.wanted, check.points, reached))
    limits = []
    for limit in exercise.limits:
        breaches = tuple(limit.breaches(case))
        limits.append(LimitResult(limit.key, limit.text, breaches, limit.points * len(breaches)))
    points = sum(check.reached for check in checks) - sum(limit.lost for limit in limits)
    return Report(round(max(0.0, points) / exercise.points, 6), tuple(checks), tuple(limits))
