"""Statistics of tests as they were taken: from finished attempts to the answers of everybody who took a form."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any
from zlib import crc32

import numpy as np
from sqlalchemy import func, select

from assessments.blueprint import TESTS
from assessments.prose import Prose
from assessments.questions import Choice
from assessments.replay import answer_in_words
from assessments.sittings import ItemKey, Sitting, read_steps, sittings_of, steps_by_sitting, waiting_among
from assessments.statistics.form_report import UNKNOWN, AskedItem, FormAnswers
from assessments.test_definitions import definition_of
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import person, preference
from core.domain.errors import NotFound

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class TakenForm:
    """A form as people took it: the very same items in the same versions.

    Shape: `draw` counts from 1 the sets of items that one form of one test version has had over time.
    """

    test: str
    version: int
    form: str
    draw: int
    items: tuple[ItemKey, ...]
    attempts_count: int
    first_at: int
    last_at: int

    @property
    def key(self) -> str:
        """What it is called in an address."""
        return f"{self.form}-{self.version}-{self.draw}"


def newest_of(ctx: Context, test: str) -> tuple[int, int, int]:
    """What changes whenever figures of a test may change: a mark, a further finished attempt, another definition."""
    ctx.actor.need("attempts.read")
    steps = select(func.max(attempt_step.c.id)).join(attempt, attempt.c.id == attempt_step.c.attempt_id)
    finished = select(func.count()).select_from(attempt).where(attempt.c.test == test, attempt.c.status == FINISHED)
    last = ctx.db.execute(steps.where(attempt.c.test == test)).scalar_one()
    return int(last or 0), int(ctx.db.execute(finished).scalar_one()), definition_of(ctx, test).version


def roll_of(ctx: Context) -> int:
    """What changes whenever somebody is renamed, moves to another team or position, or reads another language.

    Why: figures of tests are told by these, too, and are kept as long as nothing they rest on has changed.
    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    language = preference.alias()
    rows = ctx.db.execute(
        select(person.c.id, person.c.name, person.c.team, person.c.position, person.c.active, language.c.value)
        .join(language, (language.c.person_id == person.c.id) & (language.c.key == "language"), isouter=True)
        .order_by(person.c.id)
    )
    return crc32(repr([tuple(row) for row in rows]).encode())


def finished_tests(ctx: Context) -> tuple[str, ...]:
    """The tests that anybody has finished, those finished most often first.

    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    finished = select(attempt.c.test, func.count().label("n")).where(attempt.c.status == FINISHED)
    rows = ctx.db.execute(finished.group_by(attempt.c.test)).all()
    return tuple(row.test for row in sorted(rows, key=lambda row: (-row.n, row.test)) if row.test in TESTS)


def forms_taken(ctx: Context, test: str, phase: str | None = None) -> tuple[TakenForm, ...]:
    """Every form of a test that anybody has finished, those taken last first.

    Of a person who took a phase several times only the first try is counted, since later ones know the questions.
    Raises: NotAllowed without `attempts.read`.
    """
    ctx.actor.need("attempts.read")
    return tuple(found for found, _ in _forms(ctx, test, phase))


def answers_to(ctx: Context, test: str, key: str, phase: str | None = None) -> FormAnswers:
    """The answers of all who took a form; attempts that still wait for a mark by hand are left out.

    Raises: NotAllowed without `attempts.read`; NotFound when nobody took it.
    """
    return _answers(ctx, *_form(ctx, test, key, phase))


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    """What one person answered to one item. Units: fraction of its weight; seconds None where nothing was answered."""

    person_id: int
    name: str
    attempt_id: int
    phase: str
    said: Prose
    fraction: float
    seconds: float | None


@dataclass(frozen=True, slots=True)
class TakenScore:
    """One person's score behind a form's figures. Units: score 0..1; seconds from begin to end."""

    person_id: int
    name: str
    team: str
    attempt_id: int
    phase: str
    finished_at: int
    score: float
    seconds: int


def answers_behind(
    ctx: Context, test: str, key: str, item_id: str, phase: str | None = None
) -> tuple[GivenAnswer, ...]:
    """Everybody's answer to an item behind a form's figures, the worst first.

    Raises: NotAllowed without `attempts.read`; NotFound when the form or the item isn't there.
    """
    form, sittings = _in_figures(ctx, test, key, phase)
    if item_id not in {name for name, _ in form.items}:
        raise NotFound("This test has no question {item}.", item=item_id)
    steps, names = steps_by_sitting(ctx, test, sittings), _names(ctx, sittings)
    found = []
    for one in sittings:
        place = next(at for at, (name, _) in enumerate(one.items) if name == item_id)
        read = read_steps(steps[one.id], {item_id: 0})
        said = answer_in_words(one.question(place), read.latest.get(0))
        seconds = None if isnan(read.seconds[0]) else read.seconds[0]
        name = names[one.person_id][0]
        found.append(GivenAnswer(one.person_id, name, one.id, one.phase, said, read.fractions[0], seconds))
    return tuple(sorted(found, key=lambda one: (one.fraction, one.name)))


def scores_behind(ctx: Context, test: str, key: str, phase: str | None = None) -> tuple[TakenScore, ...]:
    """Everybody's score behind a form's figures, the best first.

    Raises: NotAllowed without `attempts.read`; NotFound when nobody took it.
    """
    _, sittings = _in_figures(ctx, test, key, phase)
    names = _names(ctx, sittings)
    scores = (
        TakenScore(
            one.person_id,
            *names[one.person_id],
            one.id,
            one.phase,
            one.finished_at,
            one.score,
            one.finished_at - one.started_at,
        )
        for one in sittings
    )
    return tuple(sorted(scores, key=lambda one: (-one.score, one.name)))


def _names(ctx: Context, sittings: Sequence[Sitting]) -> Mapping[int, tuple[str, str]]:
    ids = {one.person_id for one in sittings}
    rows = ctx.db.execute(select(person.c.id, person.c.name, person.c.team).where(person.c.id.in_(ids)))
    return {row.id: (row.name, row.team) for row in rows}


def _form(ctx: Context, test: str, key: str, phase: str | None) -> tuple[TakenForm, list[Sitting]]:
    for found in _forms(ctx, test, phase):
        if found[0].key == key:
            return found
    raise NotFound("Nobody has finished this form yet.")


def _in_figures(ctx: Context, test: str, key: str, phase: str | None) -> tuple[TakenForm, list[Sitting]]:
    """A form with those who are in its figures: nobody of whom an answer waits for a mark by hand."""
    form, sittings = _form(ctx, test, key, phase)
    waiting = waiting_among(ctx, test, sittings)
    return form, [one for one in sittings if one.id not in waiting]


def _forms(ctx: Context, test: str, phase: str | None) -> list[tuple[TakenForm, list[Sitting]]]:
    together: dict[tuple[int, str, frozenset[ItemKey]], list[Sitting]] = {}
    for sitting in sittings_of(ctx, test):
        if phase is None or sitting.phase == phase:
            together.setdefault((sitting.version, sitting.form, frozenset(sitting.items)), []).append(sitting)
    draws: Counter[tuple[int, str]] = Counter()
    forms = []
    for (version, form, _), sittings in together.items():
        draws[version, form] += 1
        first, last = min(one.finished_at for one in sittings), max(one.finished_at for one in sittings)
        draw, items = draws[version, form], sittings[0].items
        forms.append((TakenForm(test, version, form, draw, items, len(sittings), first, last), sittings))
    return sorted(forms, key=lambda one: (-one[0].version, one[0].form, -one[0].draw))


def _answers(ctx: Context, form: TakenForm, sittings: list[Sitting]) -> FormAnswers:
    columns = {item_id: at for at, (item_id, _) in enumerate(form.items)}
    questions = [_asked(sittings[0], item_id) for item_id, _ in form.items]
    steps = steps_by_sitting(ctx, form.test, sittings)
    read = [read_steps(steps.get(one.id, ()), columns) for one in sittings]
    kept = [at for at, one in enumerate(read) if not one.waiting]
    if not kept:
        raise NotFound("Every attempt at this form still waits for a mark by hand.")
    people = [sittings[at].person_id for at in kept]
    final = [read[at] for at in kept]
    chosen = {
        column: tuple(_chosen(one.responses.get(column)) for one in final)
        for column, question in enumerate(questions)
        if isinstance(question.content, Choice) and not question.generated
    }
    return FormAnswers(
        items=tuple(questions),
        attempts=tuple(sittings[at].id for at in kept),
        fractions=np.array([one.fractions for one in final]),
        blank=np.array([one.blank for one in final]),
        seconds=np.array([one.seconds for one in final]),
        chosen=chosen,
        groups=_groups(ctx, people),
        settings=sittings[0].given,
    )


def _asked(sitting: Sitting, item_id: str) -> AskedItem:
    place = next(at for at, (name, _) in enumerate(sitting.items) if name == item_id)
    question = sitting.question(place)
    return AskedItem(
        item_id=item_id,
        version=sitting.items[place][1],
        kind=question.kind,
        competency=question.competency,
        level=question.level,
        weight=question.weight,
        generated=question.generated,
        stem=question.stem,
        content=question.content,
    )


def _chosen(response: Any) -> frozenset[str]:
    if response is None:
        return frozenset()
    return frozenset([response]) if isinstance(response, str) else frozenset(response)


def _groups(ctx: Context, people: Sequence[int]) -> Mapping[str, tuple[str, ...]]:
    """By what the people can be compared: the language they read, the position they hold."""
    language = preference.alias()
    rows = ctx.db.execute(
        select(person.c.id, person.c.position, language.c.value)
        .join(language, (language.c.person_id == person.c.id) & (language.c.key == "language"), isouter=True)
        .where(person.c.id.in_(set(people)))
    )
    known = {row.id: (row.value if row.value in LANGUAGES else UNKNOWN, row.position or UNKNOWN) for row in rows}
    return {
        "language": tuple(known[one][0] for one in people),
        "position": tuple(known[one][1] for one in people),
    }
