"""The gradebook: everybody's counting score in every test, one row per person, as a table for a spreadsheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from assessments.blueprint import TESTS
from assessments.sittings import sittings_of, waiting_among
from assessments.test_definitions import definition_of
from assessments.test_settings import is_enough
from assessments.tries import PHASES
from core.context import Context
from core.db.portal_tables import person
from core.domain.rights import Role


@dataclass(frozen=True, slots=True)
class Grade:
    """What a person reached in one phase of a test.

    Units: score 0..1; None where answers still wait for a mark by hand. `passed` None where nothing is passed; the mark
    that counts is that of the day the test was begun.
    """

    score: float | None
    passed: bool | None
    finished_at: int


@dataclass(frozen=True, slots=True)
class GradeRow:
    """One person's line. Shape: (test, phase) → grade; what they haven't finished is missing."""

    person_id: int
    login: str
    name: str
    team: str
    position: str | None
    grades: Mapping[tuple[str, str], Grade]


@dataclass(frozen=True, slots=True)
class Gradebook:
    """Everybody, and the tests and phases that anybody has finished, in their order."""

    columns: tuple[tuple[str, str], ...]
    rows: tuple[GradeRow, ...]


def gradebook_of(ctx: Context, tests: Sequence[str] = TESTS) -> Gradebook:
    """Everybody's grades: all employees who are active, and whoever has finished anything.

    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    grades: dict[int, dict[tuple[str, str], Grade]] = {}
    for test in tests:
        sittings = sittings_of(ctx, test, definition_of(ctx, test).settings.counting)
        waiting = waiting_among(ctx, test, sittings)
        for one in sittings:
            score = None if one.id in waiting else one.score
            passed = None if score is None else is_enough(score, one.pass_rate)
            grades.setdefault(one.person_id, {})[test, one.phase] = Grade(score, passed, one.finished_at)
    people = ctx.db.execute(
        select(person.c.id, person.c.login, person.c.name, person.c.team, person.c.position)
        .where((person.c.active & (person.c.role == Role.EMPLOYEE)) | person.c.id.in_(grades))
        .order_by(person.c.team, person.c.name, person.c.id)
    )
    rows = tuple(GradeRow(*row, grades=grades.get(row.id, {})) for row in people)
    taken = {key for row in rows for key in row.grades}
    columns = tuple((test, phase) for test in tests for phase in PHASES if (test, phase) in taken)
    return Gradebook(columns, rows)
