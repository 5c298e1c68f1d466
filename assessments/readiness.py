"""Readiness: who can do what their position requires, from the tests that count, competency by competency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from assessments.attempt_rows import places_line
from assessments.attempt_steps import MARKED, worths_in
from assessments.bank import LEVELS
from assessments.competencies import COMPETENCIES
from assessments.handout import Place, places_of
from assessments.tries import FINISHED, POST
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import person
from core.domain.errors import ContentError
from core.domain.rights import Role
from core.services.parameters import read_policy

READY, NOT_YET, TOO_LITTLE, NOT_REQUIRED = "ready", "not_yet", "too_little", "not_required"

STATE_LABELS: Mapping[str, str] = {
    READY: "Ready",
    NOT_YET: "Not yet",
    TOO_LITTLE: "Too little is known",
    NOT_REQUIRED: "Not required",
}

DAY = 86_400


@dataclass(frozen=True, slots=True)
class ReadinessPolicy:
    """What counts as ready. Units: rate 0..1 of the marks; days."""

    enough_rate: float
    least_questions: int
    valid_days: int


@dataclass(frozen=True, slots=True)
class CompetencyState:
    """Where somebody stands with one competency.

    Units: `required` level 0..3; `rate` 0..1 of the marks on its questions up to that level, None without any.
    """

    code: str
    required: int
    state: str
    rate: float | None
    questions_count: int


@dataclass(frozen=True, slots=True)
class PersonReadiness:
    """Where somebody stands with everything their position requires. Shape: `states` by competency's code."""

    person_id: int
    name: str
    position: str
    team: str
    states: Mapping[str, CompetencyState]

    def count(self, state: str) -> int:
        """How many competencies are in a state."""
        return sum(one.state == state for one in self.states.values())

    @property
    def required_count(self) -> int:
        """How many competencies the position requires."""
        return len(self.states) - self.count(NOT_REQUIRED)

    @property
    def ready_rate(self) -> float:
        """The share of the required competencies that are ready. Units: 0..1."""
        return self.count(READY) / self.required_count if self.required_count else 1.0

    def gaps(self) -> tuple[CompetencyState, ...]:
        """What is required and not ready: the weakest first, then what too little is known of."""
        open_ones = [one for one in self.states.values() if one.state in (NOT_YET, TOO_LITTLE)]
        return tuple(sorted(open_ones, key=lambda one: (one.state == TOO_LITTLE, one.rate or 0.0, one.code)))


@cache
def readiness_policy() -> ReadinessPolicy:
    """The house's rule. Raises: ContentError naming the number that is wrong."""
    raw = read_policy("readiness")
    policy = ReadinessPolicy(float(raw["enough_rate"]), int(raw["least_questions"]), int(raw["valid_days"]))
    if not (0 < policy.enough_rate <= 1 and policy.least_questions >= 1 and policy.valid_days >= 1):
        raise ContentError("Readiness needs a rate of 0 to 1, questions and days of 1 or more", file="readiness.toml")
    return policy


def judged(
    position: str, evidence: Iterable[tuple[Place, float]], policy: ReadinessPolicy
) -> Mapping[str, CompetencyState]:
    """Each competency for somebody in a position, from the questions they answered and what each was worth.

    Why only up to the required level: whoever only has to apply isn't held up by failing to decide.
    """
    marks: dict[str, list[tuple[int, float, float]]] = defaultdict(list)
    for place, fraction in evidence:
        marks[place.competency].append((LEVELS.index(place.level) + 1, place.weight, fraction))
    return {code: _state(code, one.required[position], marks[code], policy) for code, one in COMPETENCIES.items()}


def _state(
    code: str, required: int, marks: Sequence[tuple[int, float, float]], policy: ReadinessPolicy
) -> CompetencyState:
    counted = [(weight, fraction) for level, weight, fraction in marks if level <= required]
    total = sum(weight for weight, _ in counted)
    rate = sum(weight * fraction for weight, fraction in counted) / total if total else None
    if required == 0:
        state = NOT_REQUIRED
    elif rate is None or len(counted) < policy.least_questions:
        state = TOO_LITTLE
    else:
        state = READY if rate >= policy.enough_rate - 1e-9 else NOT_YET
    return CompetencyState(code, required, state, rate, len(counted))


def readiness_in(ctx: Context) -> tuple[PersonReadiness, ...]:
    """Every active employee with a position, by team and name. Raises: NotAllowed without `results.read`."""
    ctx.actor.need("results.read")
    return _readiness(ctx, None)


def own_readiness(ctx: Context) -> PersonReadiness | None:
    """The signed-in person's own; None for those without a position. Raises: NotAllowed without `tests.take`."""
    ctx.actor.need("tests.take")
    return next(iter(_readiness(ctx, ctx.actor.person_id)), None)


def _readiness(ctx: Context, person_id: int | None) -> tuple[PersonReadiness, ...]:
    p = person.c
    people = select(p.id, p.name, p.position, p.team).where(p.active, p.role == Role.EMPLOYEE, p.position.is_not(None))
    if person_id is not None:
        people = people.where(p.id == person_id)
    policy, evidence = readiness_policy(), _evidence(ctx, person_id)
    return tuple(
        PersonReadiness(row.id, row.name, row.position, row.team, judged(row.position, evidence[row.id], policy))
        for row in ctx.db.execute(people.order_by(p.team, p.name, p.id))
    )


def _evidence(ctx: Context, person_id: int | None) -> Mapping[int, list[tuple[Place, float]]]:
    """What each person answered in the newest finished attempt at each test, the post-test where there is one."""
    a = attempt.c
    since = ctx.now - readiness_policy().valid_days * DAY
    line = places_line(ctx).label("line")
    finished = select(a.id, a.person_id, a.test, a.phase, line).where(a.status == FINISHED, a.finished_at >= since)
    if person_id is not None:
        finished = finished.where(a.person_id == person_id)
    newest: dict[tuple[int, str], Any] = {}
    for row in ctx.db.execute(finished.order_by(a.finished_at, a.id)):
        before = newest.get((row.person_id, row.test))
        if before is None or row.phase == POST or before.phase != POST:
            newest[row.person_id, row.test] = row
    worths = _worths(ctx, [row.id for row in newest.values()])
    found: dict[int, list[tuple[Place, float]]] = defaultdict(list)
    for row in newest.values():
        worth = worths.get(row.id, {})
        for place in places_of(row.line):
            fraction = worth.get(place.item_id, 0.0)
            if fraction is not None:  # an answer that waits to be marked by hand says nothing yet
                found[row.person_id].append((place, max(0.0, fraction)))
    return found


def _worths(ctx: Context, attempt_ids: Sequence[int]) -> Mapping[int, Mapping[str, float | None]]:
    """What each answer of some attempts is worth in the end. Shape: attempt → item → fraction."""
    s = attempt_step.c
    steps: dict[int, list[Any]] = defaultdict(list)
    for first in range(0, len(attempt_ids), 500):
        some = attempt_ids[first : first + 500]
        rows = select(s.attempt_id, s.item_id, s.kind, s.fraction).where(s.attempt_id.in_(some), s.kind.in_(MARKED))
        for row in ctx.db.execute(rows.order_by(s.attempt_id, s.number)):
            steps[row.attempt_id].append(row)
    return {attempt_id: worths_in(rows) for attempt_id, rows in steps.items()}
