"""Readiness: who can do what their position requires, from the tests that count, competency by competency."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from math import ceil, comb
from typing import Any, NamedTuple

from sqlalchemy import func, select

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


def ready_by_chance(policy: ReadinessPolicy, known_rate: float) -> float:
    """How likely somebody who knows such a share of what may be asked is called ready on the fewest questions.

    Units: both 0..1. Source: binomial, questions of equal weight that are right or wrong.
    """
    n = policy.least_questions
    enough = range(ceil(policy.enough_rate * n - 1e-9), n + 1)
    return sum(comb(n, right) * known_rate**right * (1 - known_rate) ** (n - right) for right in enough)


class Tally(NamedTuple):
    """What the answers to an attempt's questions of one competency and level come to.

    Units: `level` 1..3; `weight` what the questions weigh together, `reached` the marks reached of it.
    """

    competency: str
    level: int
    questions_count: int
    weight: float
    reached: float


def tallied(evidence: Iterable[tuple[Place, float]]) -> tuple[Tally, ...]:
    """Questions with what each answer was worth, summed up. Shape: fractions 0..1."""
    found: dict[tuple[str, str], list[float]] = {}
    for place, fraction in evidence:
        sums = found.setdefault((place.competency, place.level), [0, 0.0, 0.0])
        sums[0] += 1
        sums[1] += place.weight
        sums[2] += place.weight * fraction
    return tuple(
        Tally(code, LEVELS.index(level) + 1, int(count), weight, reached)
        for (code, level), (count, weight, reached) in found.items()
    )


def judged(position: str, tallies: Iterable[Tally], policy: ReadinessPolicy) -> Mapping[str, CompetencyState]:
    """Each competency for somebody in a position, from what their answers came to.

    Why only up to the required level: whoever only has to apply isn't held up by failing to decide.
    """
    counted: dict[str, list[float]] = {}
    for tally in tallies:
        if tally.level <= COMPETENCIES[tally.competency].required[position]:
            sums = counted.setdefault(tally.competency, [0, 0.0, 0.0])
            sums[0] += tally.questions_count
            sums[1] += tally.weight
            sums[2] += tally.reached
    return {code: _state(code, one.required[position], counted.get(code), policy) for code, one in COMPETENCIES.items()}


def _state(code: str, required: int, sums: list[float] | None, policy: ReadinessPolicy) -> CompetencyState:
    count, weight, reached = sums or (0, 0.0, 0.0)
    rate = reached / weight if weight else None
    if required == 0:
        state = NOT_REQUIRED
    elif rate is None or count < policy.least_questions:
        state = TOO_LITTLE
    else:
        state = READY if rate >= policy.enough_rate - 1e-9 else NOT_YET
    return CompetencyState(code, required, state, rate, int(count))


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


def _evidence(ctx: Context, person_id: int | None) -> Mapping[int, list[Tally]]:
    """What each person's newest finished attempt at each test came to, the post-test where there is one."""
    a = attempt.c
    since = ctx.now - readiness_policy().valid_days * DAY
    finished = select(a.id, a.person_id, a.test, a.phase).where(a.status == FINISHED, a.finished_at >= since)
    if person_id is not None:
        finished = finished.where(a.person_id == person_id)
    newest: dict[tuple[int, str], tuple[int, str]] = {}
    for attempt_id, who, test, phase in ctx.db.execute(finished.order_by(a.finished_at, a.id)).all():
        before = newest.get((who, test))
        if before is None or phase == POST or before[1] != POST:
            newest[who, test] = attempt_id, phase
    tallies = _tallies(ctx, [attempt_id for attempt_id, _ in newest.values()])
    found: dict[int, list[Tally]] = defaultdict(list)
    for (who, _), (attempt_id, _) in newest.items():
        found[who].extend(tallies[attempt_id])
    return found


MOST_KEPT = 20_000  # attempts
_KEPT: dict[tuple[str, int], tuple[int, tuple[Tally, ...]]] = {}


def _tallies(ctx: Context, attempt_ids: Sequence[int]) -> Mapping[int, tuple[Tally, ...]]:
    """What finished attempts came to; each is kept until another step is added to it, as by marking it again.

    Why kept: six thousand attempts are a hundred thousand answers, which take a second to read.
    """
    url, found = str(ctx.db.engine.url), {}
    numbers = _last_numbers(ctx, attempt_ids)
    unknown = []
    for attempt_id in attempt_ids:
        kept = _KEPT.get((url, attempt_id))
        if kept is not None and kept[0] == numbers[attempt_id]:
            found[attempt_id] = kept[1]
        else:
            unknown.append(attempt_id)
    for some in _few_at_a_time(unknown):
        for attempt_id, tallies in _read(ctx, some).items():
            found[attempt_id] = tallies
            _KEPT[url, attempt_id] = numbers[attempt_id], tallies
    while len(_KEPT) > MOST_KEPT:
        _KEPT.pop(next(iter(_KEPT)), None)
    return found


def _last_numbers(ctx: Context, attempt_ids: Sequence[int]) -> Mapping[int, int]:
    s, found = attempt_step.c, dict[int, int]()
    for some in _few_at_a_time(attempt_ids):
        rows = select(s.attempt_id, func.max(s.number)).where(s.attempt_id.in_(some)).group_by(s.attempt_id)
        found.update((attempt_id, number) for attempt_id, number in ctx.db.execute(rows).all())
    return found


def _read(ctx: Context, attempt_ids: Sequence[int]) -> Mapping[int, tuple[Tally, ...]]:
    a, s = attempt.c, attempt_step.c
    steps: dict[int, list[Any]] = defaultdict(list)
    rows = select(s.attempt_id, s.item_id, s.kind, s.fraction).where(s.attempt_id.in_(attempt_ids), s.kind.in_(MARKED))
    for row in ctx.db.execute(rows.order_by(s.attempt_id, s.number)).all():
        steps[row[0]].append(row)
    found = {}
    for attempt_id, line in ctx.db.execute(select(a.id, places_line(ctx)).where(a.id.in_(attempt_ids))):
        worth = worths_in(steps[attempt_id])
        evidence = ((place, worth.get(place.item_id, 0.0)) for place in places_of(line))
        # An answer that waits to be marked by hand says nothing yet.
        found[attempt_id] = tallied((place, max(0.0, said)) for place, said in evidence if said is not None)
    return found


def _few_at_a_time(attempt_ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (attempt_ids[first : first + 500] for first in range(0, len(attempt_ids), 500))
