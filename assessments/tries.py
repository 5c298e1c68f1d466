"""Tries: how often somebody has taken a phase of a test, which try counts, and whether another may begin."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from assessments.attempt_steps import LAST_TRY, newest_moment
from assessments.deadlines import CLOSED, NOT_YET, is_over, limit_seconds, window_at
from assessments.test_definitions import Definition, definition_of
from assessments.test_settings import BEST, FIRST, Settings
from core.context import Context
from core.db.assessment_tables import accommodation, attempt, attempt_step
from core.db.portal_tables import submission
from core.domain.errors import NotFound

PRE, POST = "pre", "post"
PHASES = (PRE, POST)
PHASE_LABELS: Mapping[str, str] = {PRE: "Pre-test", POST: "Post-test"}

OPEN, FINISHED = "open", "finished"
"""States of an attempt."""

GOING_ON, TIME_IS_UP, READY, NOT_OPEN_YET, OVER, BARRED, USED_UP = (
    "going_on",
    "time_is_up",
    "ready",
    "not_open_yet",
    "over",
    "barred",
    "used_up",
)
"""States of a phase for one person: an attempt is open, or its time has run out; another may begin, or why not."""

_a, _s = attempt.c, attempt_step.c


@dataclass(frozen=True, slots=True)
class Missing:
    """What has to be done before a phase opens: the pre-test finished, the exercises checked at least once."""

    pre_test: bool
    exercises: tuple[str, ...]

    def __bool__(self) -> bool:
        return self.pre_test or bool(self.exercises)


@dataclass(frozen=True, slots=True)
class Try:
    """One attempt at a phase of a test, without its questions. Units: score 0..1, None while it is open."""

    id: int
    phase: str
    number: int
    form: str
    finished: bool
    started_at: int
    deadline_at: int | None
    finished_at: int | None
    score: float | None


@dataclass(frozen=True, slots=True)
class Accommodation:
    """What is granted to a person who needs it. Units: `extra_time_rate` in shares of the time limit."""

    extra_time_rate: float = 0.0
    larger_text: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """Where a person stands before one phase of a test, and how it is given to them.

    Shape: `tries` oldest first; `counting` is the finished one that counts; `given_up` where the person takes no
    further one. Units: limit in seconds.
    """

    definition: Definition
    phase: str
    state: str
    tries: tuple[Try, ...]
    counting: Try | None
    missing: Missing
    limit_seconds: int | None
    given_up: bool = False

    @property
    def settings(self) -> Settings:
        """How the test is given."""
        return self.definition.settings

    @property
    def latest(self) -> Try | None:
        """The try begun last."""
        return self.tries[-1] if self.tries else None

    @property
    def tries_left(self) -> int:
        """How many more can be begun."""
        return 0 if self.given_up else max(0, self.settings.tries - len(self.tries))


def tries_of(ctx: Context, person_id: int, test: str) -> Mapping[str, tuple[Try, ...]]:
    """A person's tries at each phase of a test, oldest first."""
    rows = ctx.db.execute(
        select(
            _a.id, _a.phase, _a.try_number, _a.form, _a.status, _a.started_at, _a.deadline_at, _a.finished_at, _a.score
        )
        .where(_a.person_id == person_id, _a.test == test)
        .order_by(_a.try_number)
    )
    found: dict[str, tuple[Try, ...]] = dict.fromkeys(PHASES, ())
    for one_id, phase, number, form, status, started_at, deadline_at, finished_at, score in rows:
        one = Try(one_id, phase, number, form, status == FINISHED, started_at, deadline_at, finished_at, score)
        found[phase] = (*found[phase], one)
    return found


def counting_try(tries: Sequence[Try], rule: str) -> Try | None:
    """The finished try that counts: the first, the best (the earlier of equals) or the last."""
    finished = [one for one in tries if one.finished]
    if not finished:
        return None
    if rule == FIRST:
        return finished[0]
    if rule == BEST:
        return max(finished, key=lambda one: (one.score or 0.0, -one.number))
    return finished[-1]


def gave_up_tries_at(ctx: Context, attempt_ids: Collection[int]) -> int | None:
    """When a person said after one of these attempts that they take no further try; None where they didn't."""
    if not attempt_ids:
        return None
    said = select(func.min(_s.at)).where(_s.attempt_id.in_(attempt_ids), _s.kind == LAST_TRY)
    found = ctx.db.execute(said).scalar_one()
    return None if found is None else int(found)


def accommodation_of(ctx: Context, person_id: int) -> Accommodation:
    """What is granted to a person; nothing where nobody asked."""
    granted = select(accommodation.c.extra_time_rate, accommodation.c.larger_text)
    row = ctx.db.execute(granted.where(accommodation.c.person_id == person_id)).one_or_none()
    return Accommodation() if row is None else Accommodation(float(row[0]), bool(row[1]))


def missing_before(ctx: Context, person_id: int, test: str, phase: str) -> Missing:
    """What a person still has to do before a phase of a test opens; nothing for the pre-test."""
    return _missing(ctx, person_id, definition_of(ctx, test), phase, tries_of(ctx, person_id, test))


def _missing(
    ctx: Context, person_id: int, definition: Definition, phase: str, tries: Mapping[str, tuple[Try, ...]]
) -> Missing:
    if phase == PRE:
        return Missing(False, ())
    checked = set(
        ctx.db.execute(select(submission.c.exercise).where(submission.c.person_id == person_id).distinct()).scalars()
    )
    left = tuple(name for name in definition.blueprint.exercises if name not in checked)
    return Missing(not any(one.finished for one in tries[PRE]), left)


def own_entry(ctx: Context, test: str, phase: str) -> Entry:
    """Where the signed-in person stands before a phase of a test.

    Raises: NotAllowed; NotFound when there is no such phase; ContentError when there is no such test.
    """
    if phase not in PHASES:
        raise NotFound("There is no phase {phase} of this test.", phase=phase)
    return own_entries(ctx, test)[phase]


def own_entries(ctx: Context, test: str) -> Mapping[str, Entry]:
    """Where the signed-in person stands before each phase of a test. Raises: NotAllowed; ContentError."""
    ctx.actor.need("tests.take")
    person_id = ctx.actor.person_id
    assert person_id is not None
    definition, tries = definition_of(ctx, test), tries_of(ctx, person_id, test)
    settings, now = definition.settings, newest_moment(ctx)
    limit = limit_seconds(settings, accommodation_of(ctx, person_id).extra_time_rate)
    entries = {}
    for phase in PHASES:
        missing = _missing(ctx, person_id, definition, phase, tries)
        given_up = settings.tries > 1 and gave_up_tries_at(ctx, [one.id for one in tries[phase]]) is not None
        state = _state(settings, phase, tries, missing, now, given_up)
        counting = counting_try(tries[phase], settings.counting)
        entries[phase] = Entry(definition, phase, state, tries[phase], counting, missing, limit, given_up)
    return entries


def _state(
    settings: Settings,
    phase: str,
    tries: Mapping[str, tuple[Try, ...]],
    missing: Missing,
    now: int,
    given_up: bool,
) -> str:
    mine = tries[phase]
    if mine and not mine[-1].finished:
        return TIME_IS_UP if is_over(mine[-1].deadline_at, now) else GOING_ON
    # Whoever has begun the post-test has seen what the pre-test is compared with.
    if mine and (len(mine) >= settings.tries or given_up or (phase == PRE and tries[POST])):
        return USED_UP
    if missing:
        return BARRED
    return {NOT_YET: NOT_OPEN_YET, CLOSED: OVER}.get(window_at(settings, now), READY)
