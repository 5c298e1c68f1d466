"""Results: what a finished test says of a person, by competency and item, and what was gained between two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import func, select

from assessments.attempt_rows import questions_in, readable_row, settings_in
from assessments.attempt_steps import (
    answers_in,
    certainties_in,
    comments_in,
    fractions_in,
    marked_by_hand,
    waiting_in,
)
from assessments.forms import blueprint_of
from assessments.key_release import Release, release_for
from assessments.marking import BLANK, RIGHT, WAITING, Mark, Response, mark, verdict_of
from assessments.prose import Prose
from assessments.questions import Question
from assessments.test_definitions import definition_of
from assessments.test_settings import is_enough
from assessments.tries import FINISHED, POST, PRE, Try, counting_try, tries_of
from core.context import Context
from core.db.assessment_tables import attempt
from core.db.portal_tables import person, submission
from core.domain.errors import RuleViolation
from core.domain.rights import Role


@dataclass(frozen=True, slots=True)
class ItemResult:
    """One item with what was answered, what was right and why.

    Units: fraction 0..1; it counts, and differs from `mark.fraction` where a person, hints or certainty came in.
    Shape: `verdict` is on the answer itself, whatever hints or certainty made of its mark, unless a person marked it;
    `waiting` until they have; `comment` is theirs; `certainty` is None where none was asked for.
    """

    place: int
    question: Question
    response: Response
    mark: Mark
    fraction: float
    verdict: str
    waiting: bool = False
    comment: str = ""
    certainty: int | None = None


@dataclass(frozen=True, slots=True)
class CompetencyResult:
    """How a person did on the items of one competency. Units: rate 0..1 of the marks."""

    code: str
    name: Prose
    items_count: int
    rate: float


@dataclass(frozen=True, slots=True)
class Result:
    """A finished attempt.

    Units: score 0..1 of all marks, provisional while answers wait to be marked by hand; `pass_rate` 0..1, None where
    nothing is passed or failed.
    Shape: `items` is empty for whoever took the test while its answers aren't shown yet; `release` says when they are.
    """

    attempt_id: int
    person_id: int
    test: str
    phase: str
    form: str
    started_at: int
    finished_at: int
    score: float
    competencies: tuple[CompetencyResult, ...]
    items: tuple[ItemResult, ...]
    items_count: int
    answered_count: int
    right_count: int
    waiting_count: int
    pass_rate: float | None
    time_limit_minutes: int | None
    release: Release

    @property
    def provisional(self) -> bool:
        """Whether an answer still waits to be marked by hand."""
        return self.waiting_count > 0

    @property
    def passed(self) -> bool | None:
        """Whether the pass mark is reached; None while that isn't known, or where there is none."""
        return None if self.provisional else is_enough(self.score, self.pass_rate)


@dataclass(frozen=True, slots=True)
class Gain:
    """What was gained between two tests.

    Units: pre, post and absolute in shares of the marks; `normalised` is the share of what could still be gained,
    None where nothing could.
    """

    pre: float
    post: float
    absolute: float
    normalised: float | None


@dataclass(frozen=True, slots=True)
class AttemptState:
    """Where a person stands with one phase of a test."""

    attempt_id: int
    form: str
    finished: bool
    started_at: int
    finished_at: int | None
    score: float | None


@dataclass(frozen=True, slots=True)
class ExerciseState:
    """Where a person stands with one exercise. Units: best_score 0..1, None before the first check."""

    name: str
    checks_count: int
    best_score: float | None


@dataclass(frozen=True, slots=True)
class Standing:
    """What a person has done of a test and its exercises, and what it brought."""

    person_id: int
    name: str
    position: str | None
    team: str
    pre: AttemptState | None
    exercises: tuple[ExerciseState, ...]
    post: AttemptState | None
    gain: Gain | None

    @property
    def exercises_done(self) -> int:
        """How many of the exercises were checked at least once."""
        return sum(exercise.checks_count > 0 for exercise in self.exercises)


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean with the number it rests on; None where there is nothing to average."""

    value: float | None
    n: int


@dataclass(frozen=True, slots=True)
class Overview:
    """How everybody stands, with the means of those who have finished."""

    standings: tuple[Standing, ...]
    pre: Mean
    post: Mean
    gain: Mean
    normalised_gain: Mean


def gain_between(pre: float, post: float) -> Gain:
    """The gain from one test to its parallel form.

    Source: Hake 1998, g = (post − pre) / (1 − pre), for one person.
    """
    absolute = round(post - pre, 9)
    return Gain(pre, post, absolute, None if pre >= 1 else round(absolute / (1 - pre), 9))


def get_result(ctx: Context, attempt_id: int) -> Result:
    """A finished attempt with every reason: one's own, or anybody's with `attempts.read`.

    Whoever took it gets the questions once their answers are released, and the score by competency until then.
    Raises: NotFound; RuleViolation while the test is open, so that no key is seen before.
    """
    row = readable_row(ctx, attempt_id)
    if row.status != FINISHED:
        raise RuleViolation("The result is shown once the test is finished.")
    questions = questions_in(row)
    answers, fractions = answers_in(ctx, attempt_id), fractions_in(ctx, attempt_id)
    waiting, comments, settings = waiting_in(ctx, attempt_id), comments_in(ctx, attempt_id), settings_in(row)
    certainties = certainties_in(ctx, attempt_id)
    by_hand = marked_by_hand(ctx, attempt_id)
    items = []
    for place, question in enumerate(questions):
        item_id, response = question.item_id, answers.get(question.item_id)
        marked, fraction, waits = mark(question, response), fractions.get(item_id, 0.0), item_id in waiting
        items.append(
            ItemResult(
                place=place,
                question=question,
                response=response,
                mark=marked,
                fraction=fraction,
                verdict=WAITING if waits else verdict_of(fraction, response) if item_id in by_hand else marked.verdict,
                waiting=waits,
                comment=comments.get(item_id, ""),
                certainty=certainties.get(item_id),
            )
        )
    release = release_for(ctx, row)
    return Result(
        attempt_id=row.id,
        person_id=row.person_id,
        test=row.test,
        phase=row.phase,
        form=row.form,
        started_at=row.started_at,
        finished_at=row.finished_at,
        score=row.score,
        competencies=_by_competency(row.test, tuple(items)),
        items=tuple(items) if release.shown or ctx.actor.may("attempts.read") else (),
        items_count=len(items),
        answered_count=sum(item.mark.verdict != BLANK for item in items),
        right_count=sum(item.verdict == RIGHT for item in items),
        waiting_count=sum(item.waiting for item in items),
        pass_rate=settings.pass_rate,
        time_limit_minutes=settings.time_limit_minutes,
        release=release,
    )


def _by_competency(test: str, items: tuple[ItemResult, ...]) -> tuple[CompetencyResult, ...]:
    results = []
    for code, name in blueprint_of(test).competencies.items():
        mine = [item for item in items if item.question.competency == code]
        if mine:
            total = sum(item.question.weight for item in mine)
            reached = sum(item.question.weight * item.fraction for item in mine)
            # By certainty, single answers can cost more than nothing; a competency is never below it.
            results.append(CompetencyResult(code, name, len(mine), max(0.0, reached / total)))
    return tuple(results)


@dataclass(frozen=True, slots=True)
class FinishedTest:
    """A test that somebody has finished. Units: score 0..1."""

    attempt_id: int
    test: str
    phase: str
    try_number: int
    finished_at: int
    score: float


def own_finished(ctx: Context) -> tuple[FinishedTest, ...]:
    """The tests that the signed-in person has finished, the newest first. Raises: NotAllowed without `tests.take`."""
    ctx.actor.need("tests.take")
    a = attempt.c
    rows = ctx.db.execute(
        select(a.id, a.test, a.phase, a.try_number, a.finished_at, a.score)
        .where(a.person_id == ctx.actor.person_id, a.status == FINISHED)
        .order_by(a.finished_at.desc(), a.id.desc())
    )
    return tuple(FinishedTest(*row) for row in rows)


def own_standing(ctx: Context, test: str) -> Standing:
    """Where the signed-in person stands with a test. Raises: NotAllowed without `tests.take`."""
    ctx.actor.need("tests.take")
    assert ctx.actor.person_id is not None
    return _standings(ctx, test, ctx.actor.person_id)[0]


def overview_of(ctx: Context, test: str) -> Overview:
    """How all employees, and whoever else has started, stand with a test.

    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    return means_of(
        one for one in _standings(ctx, test, None) if one.position is not None or one.pre or one.exercises_done
    )


def means_of(standings: Iterable[Standing]) -> Overview:
    """How some people stand, with the means of those among them who have finished."""
    those = tuple(standings)
    gains = [one.gain for one in those if one.gain is not None]
    return Overview(
        standings=those,
        pre=_mean([one.pre.score for one in those if one.pre and one.pre.score is not None]),
        post=_mean([one.post.score for one in those if one.post and one.post.score is not None]),
        gain=_mean([gain.absolute for gain in gains]),
        normalised_gain=_mean([gain.normalised for gain in gains if gain.normalised is not None]),
    )


def tries_by(ctx: Context, person_id: int, test: str) -> Mapping[str, tuple[Try, ...]]:
    """All tries of somebody at each phase of a test, whichever counts. Raises: NotAllowed without `attempts.read`."""
    ctx.actor.need("attempts.read")
    return tries_of(ctx, person_id, test)


def _mean(values: list[float]) -> Mean:
    return Mean(sum(values) / len(values) if values else None, len(values))


def _standings(ctx: Context, test: str, person_id: int | None) -> list[Standing]:
    people = select(person.c.id, person.c.name, person.c.position, person.c.team).where(
        person.c.active, person.c.role.in_((Role.EMPLOYEE, Role.TRAINER))
    )
    a = attempt.c
    attempts = (
        select(
            a.person_id,
            a.id,
            a.phase,
            a.try_number,
            a.form,
            a.status,
            a.started_at,
            a.deadline_at,
            a.finished_at,
            a.score,
        )
        .where(a.test == test)
        .order_by(a.try_number)
    )
    s = submission.c
    checks = select(s.person_id, s.exercise, func.count().label("checks"), func.max(s.score).label("best")).group_by(
        s.person_id, s.exercise
    )
    if person_id is not None:
        people = people.where(person.c.id == person_id)
        attempts = attempts.where(a.person_id == person_id)
        checks = checks.where(s.person_id == person_id)
    tries: dict[tuple[int, str], list[Try]] = {}
    for who, one, phase, number, form, status, *rest in ctx.db.execute(attempts):
        tries.setdefault((who, phase), []).append(Try(one, phase, number, form, status == FINISHED, *rest))
    rule = definition_of(ctx, test).settings.counting
    states = {key: _attempt_state(counting_try(mine, rule) or mine[-1]) for key, mine in tries.items()}
    checked = {(row.person_id, row.exercise): (row.checks, row.best) for row in ctx.db.execute(checks)}
    names = blueprint_of(test).exercises
    return [
        _standing(row, states.get((row.id, PRE)), states.get((row.id, POST)), _exercises(row.id, names, checked))
        for row in ctx.db.execute(people.order_by(person.c.team, person.c.name, person.c.id))
    ]


def _attempt_state(one: Try) -> AttemptState:
    return AttemptState(one.id, one.form, one.finished, one.started_at, one.finished_at, one.score)


def _exercises(
    person_id: int, names: tuple[str, ...], checked: dict[tuple[int, str], tuple[int, float]]
) -> tuple[ExerciseState, ...]:
    return tuple(ExerciseState(name, *checked.get((person_id, name), (0, None))) for name in names)


def _standing(
    who: object, pre: AttemptState | None, post: AttemptState | None, exercises: tuple[ExerciseState, ...]
) -> Standing:
    gain = None
    if pre and post and pre.score is not None and post.score is not None:
        gain = gain_between(pre.score, post.score)
    row = who._mapping  # type: ignore[attr-defined]
    return Standing(row["id"], row["name"], row["position"], row["team"], pre, exercises, post, gain)
