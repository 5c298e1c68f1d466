"""Answers as they were given become the matrix of a form: whose, of which try and version, and what is left out."""

from __future__ import annotations

import json

import numpy as np
import pytest
from sqlalchemy import insert, select, update

from assessments.attempts import POST, PRE
from assessments.effect import effect_of
from assessments.form_conversion import conversion_of
from assessments.forms import forms_of
from assessments.gradebook import gradebook_of
from assessments.questions import Choice
from assessments.sittings import sittings_of
from assessments.statistics.form_report import form_report
from assessments.statistics.verdicts import KEY
from assessments.test_settings import BEST, FIRST, INTERACTIVE, LAST
from assessments.test_statistics import answers_behind, answers_to, forms_taken, newest_of, scores_behind
from assessments.xapi import statements_of
from core.db.assessment_tables import attempt, attempt_step
from core.domain.errors import NotAllowed, NotFound
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.taking import questions_of, take


def _gather(portal: Portal, crowd: Crowd) -> None:
    with portal.engine.begin() as db:
        gather(db, TEST, crowd, portal.now)


def test_one_attempt_is_one_row(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=3)
    (form,) = portal.see("tess", forms_taken, TEST)
    assert (form.form, form.version, form.draw, form.attempts_count) == ("B", 0, 1, 1) or form.form == "A"
    answers = portal.see("tess", answers_to, TEST, form.key)
    asked = portal.see("ann", questions_of, attempt_id)
    assert [item.item_id for item in answers.items] == [question.item_id for question in asked]
    assert answers.attempts == (attempt_id,)
    assert answers.fractions.tolist() == [[1.0] * 3 + [0.0] * 17]
    assert answers.blank.tolist() == [[False] * 3 + [True] * 17]
    assert answers.scores == pytest.approx([0.15])
    assert answers.groups["position"] == ("O",)


def test_only_finished_attempts_and_first_tries_are_counted(portal: Portal) -> None:
    first = take(portal, "ann", PRE, right=3)
    with portal.engine.begin() as db:
        row = db.execute(select(attempt).where(attempt.c.id == first)).one()._asdict()
        again = {**row, "try_number": 2, "score": 1.0}
        again.pop("id")
        db.execute(insert(attempt).values(**again))
        db.execute(insert(attempt).values(**{**again, "person_id": 2, "try_number": 1, "status": "open"}))
    (form,) = portal.see("tess", forms_taken, TEST)
    assert form.attempts_count == 1
    assert portal.see("tess", answers_to, TEST, form.key).attempts == (first,)


def test_a_mark_by_hand_wins_and_what_waits_is_left_out(portal: Portal) -> None:
    first = take(portal, "ann", PRE, right=2)
    (form,) = portal.see("tess", forms_taken, TEST)
    item = form.items[0][0]

    def step(number: int, kind: str, fraction: float | None) -> None:
        row = {"attempt_id": first, "number": number, "kind": kind, "item_id": item, "at": portal.now}
        with portal.engine.begin() as db:
            db.execute(insert(attempt_step).values(**row, fraction=fraction))

    step(50, "manual", 0.5)
    step(51, "remark", 1.0)
    assert portal.see("tess", answers_to, TEST, form.key).fractions[0, :2].tolist() == [0.5, 1.0]
    step(52, "manual", None)
    with pytest.raises(NotFound, match="waits for a mark by hand"):
        portal.see("tess", answers_to, TEST, form.key)


def test_rows_behind_figures_are_those_of_the_people_in_them(portal: Portal) -> None:
    _gather(portal, Crowd(80, post=False))
    (form, _) = portal.see("tess", forms_taken, TEST)
    before, converted = portal.see("tess", answers_to, TEST, form.key), portal.see("tess", conversion_of, TEST)
    waits, item = before.attempts[0], form.items[0][0]
    with portal.engine.begin() as db:
        step = {"attempt_id": waits, "number": 90, "kind": "manual", "item_id": item, "at": portal.now}
        db.execute(insert(attempt_step).values(**step, fraction=None))
    kept = set(before.attempts[1:])
    assert set(portal.see("tess", answers_to, TEST, form.key).attempts) == kept
    assert {one.attempt_id for one in portal.see("tess", scores_behind, TEST, form.key)} == kept
    assert {one.attempt_id for one in portal.see("tess", answers_behind, TEST, form.key, item)} == kept
    again = portal.see("tess", conversion_of, TEST)
    assert converted is not None and (converted.a_count, converted.b_count) == (40, 40)
    assert again is not None and sorted((again.a_count, again.b_count)) == [39, 40]
    with portal.engine.begin() as db:
        db.execute(update(attempt).where(attempt.c.id.in_([*kept][:15])).values(test_version=7))
    assert portal.see("tess", conversion_of, TEST) is None, "another version's forms are others; 24 people are too few"


def test_guessing_is_told_by_how_the_test_was_given(portal: Portal) -> None:
    take(portal, "ann", PRE, right=3)
    (form,) = portal.see("tess", forms_taken, TEST)
    once = form_report(portal.see("tess", answers_to, TEST, form.key))
    with portal.engine.begin() as db:
        db.execute(update(attempt).values(settings=json.dumps({"behaviour": INTERACTIVE})))
    often = form_report(portal.see("tess", answers_to, TEST, form.key))
    pairs = zip(once.items, often.items, strict=True)
    singles = [(a.guess, b.guess) for a, b in pairs if a.item.kind == "single" and len(a.options) == 4]
    assert singles and singles == [(0.25, pytest.approx(0.5))] * len(singles), "who guesses goes on guessing"
    assert often.guess_score > once.guess_score


def test_of_checked_answers_the_first_tells_of_options_and_the_last_counts(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=0)
    asked = portal.see("ann", questions_of, attempt_id)
    single = next(one for one in asked if one.kind == "single" and not one.generated)
    assert isinstance(single.content, Choice)
    wrong, key = (
        next(option.name for option in single.content.options if (option.fraction == 1) is right)
        for right in (False, True)
    )
    with portal.engine.begin() as db:
        for number, (kind, name, fraction) in enumerate(
            [("answer", wrong, 0.0), ("check", wrong, 0.0), ("answer", key, 0.667), ("check", key, 0.667)], start=60
        ):
            row = {"attempt_id": attempt_id, "number": number, "kind": kind, "item_id": single.item_id}
            db.execute(insert(attempt_step).values(**row, at=portal.now, response=f'"{name}"', fraction=fraction))
    (form,) = portal.see("tess", forms_taken, TEST)
    answers = portal.see("tess", answers_to, TEST, form.key)
    column = next(at for at, (item_id, _) in enumerate(form.items) if item_id == single.item_id)
    assert answers.chosen[column] == (frozenset({wrong}),)
    assert answers.fractions[0, column] == 0.667
    (given,) = portal.see("tess", answers_behind, TEST, form.key, single.item_id)
    text = next(option.text for option in single.content.options if option.name == key)
    assert (given.said, given.fraction, given.name) == (text, 0.667, "Ann")


def test_another_version_of_an_item_is_another_form(portal: Portal) -> None:
    take(portal, "ann", PRE)
    with portal.engine.begin() as db:
        row = db.execute(select(attempt)).one()._asdict()
        row.pop("id")
        newer = row["items"].replace('"version":1', '"version":2', 1)
        assert newer != row["items"]
        db.execute(insert(attempt).values(**{**row, "person_id": 2, "items": newer}))
    later, earlier = portal.see("tess", forms_taken, TEST)
    assert (later.draw, earlier.draw, later.attempts_count) == (2, 1, 1)
    assert sum(one != other for one, other in zip(later.items, earlier.items, strict=True)) == 1


def test_times_belong_to_the_item_that_was_answered(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=3)
    with portal.engine.begin() as db:
        for number, at in ((0, 0), (1, 40), (2, 100), (3, 110)):
            mine = (attempt_step.c.attempt_id == attempt_id) & (attempt_step.c.number == number)
            db.execute(update(attempt_step).where(mine).values(at=portal.now + at))
    (form,) = portal.see("tess", forms_taken, TEST)
    seconds = portal.see("tess", answers_to, TEST, form.key).seconds[0]
    assert seconds[:3].tolist() == [40.0, 60.0, 10.0]
    assert np.isnan(seconds[3:]).all()


def test_figures_are_for_those_who_may_read_attempts(portal: Portal) -> None:
    for read in (forms_taken, newest_of):
        with pytest.raises(NotAllowed):
            portal.see("ann", read, TEST)
    with pytest.raises(NotAllowed):
        portal.see("ann", answers_to, TEST, "A-0-1")
    for rows in (answers_to, scores_behind):
        with pytest.raises(NotFound):
            portal.see("tess", rows, TEST, "A-0-1")
        with pytest.raises(NotAllowed):
            portal.see("ann", rows, TEST, "A-0-1")
    with pytest.raises(NotFound):
        portal.see("tess", answers_behind, TEST, "A-0-1", "op-001")


def test_a_crowd_s_wrong_key_is_found_and_nobody_else_s(portal: Portal) -> None:
    asked = forms_of(TEST)["A"].items
    miskeyed = next(item.id for item in asked if isinstance(item.content, Choice) and not item.content.several)
    _gather(portal, Crowd(120, ability=0.5, wrong_keys=frozenset({miskeyed})))
    assert {form.form: form.attempts_count for form in portal.see("tess", forms_taken, TEST)} == {"A": 120, "B": 120}
    (pre, _) = portal.see("tess", forms_taken, TEST, PRE)
    assert pre.attempts_count == 60
    answers = portal.see("tess", answers_to, TEST, "A-0-1")
    report = form_report(answers, 0.6)
    assert [one.item.item_id for one in report.items if KEY in one.verdicts] == [miskeyed]
    assert report.figures.cic is not None and 50 < report.figures.cic < 95
    assert answers.scores == pytest.approx(_stored_scores(portal, answers.attempts), abs=1e-9)
    assert set(answers.groups["language"]) == {"en", "zh"}
    assert report.decision is not None and report.decision.kappa is not None
    assert report.model is None, "120 people are too few for a response model"


def test_many_people_are_enough_for_a_response_model(portal: Portal) -> None:
    _gather(portal, Crowd(440, post=False))
    report = form_report(portal.see("tess", answers_to, TEST, "A-0-1"))
    assert report.figures.n == 220 and report.model is not None and report.model.converged
    before = portal.see("tess", newest_of, TEST)
    take(portal, "ann", PRE, right=1)
    assert portal.see("tess", newest_of, TEST) != before
    assert portal.see("tess", forms_taken, TEST, POST) == ()


def _stored_scores(portal: Portal, attempts: tuple[int, ...]) -> list[float]:
    with portal.engine.begin() as db:
        stored = {row.id: row.score for row in db.execute(select(attempt.c.id, attempt.c.score))}
    return [stored[one] for one in attempts]


@pytest.mark.postgres
def test_postgresql_tells_the_same(portal: Portal, postgres_portal: Portal) -> None:
    for one in (portal, postgres_portal):
        _gather(one, Crowd(24))
    told = []
    for one in (portal, postgres_portal):
        answers = one.see("tess", answers_to, TEST, "A-0-1")
        rows = one.see("tess", answers_behind, TEST, "A-0-1", answers.items[0].item_id)
        scores = one.see("tess", scores_behind, TEST, "A-0-1", PRE)
        effect = one.see("tess", effect_of, TEST)
        statements = one.see("tess", statements_of, TEST, "https://orderly.example")
        told.append((form_report(answers), rows, scores, effect, one.see("tess", gradebook_of).rows, statements))
    assert told[0] == told[1]


@pytest.mark.parametrize(("rule", "counted"), [(FIRST, 0.15), (BEST, 0.9), (LAST, 0.5)])
def test_the_try_that_counts_is_chosen_by_the_rule(portal: Portal, rule: str, counted: float) -> None:
    first = take(portal, "ann", PRE, right=3)
    with portal.engine.begin() as db:
        row = db.execute(select(attempt).where(attempt.c.id == first)).one()._asdict()
        row.pop("id")
        for number, score in ((2, 0.9), (3, 0.5)):
            db.execute(insert(attempt).values(**{**row, "try_number": number, "score": score}))
    assert [one.score for one in portal.see("tess", sittings_of, TEST, rule)] == [counted]
