"""Published quality: what an employee may know of the test behind their score, and from how many people."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert, select

from assessments.attempts import PRE, start_attempt
from assessments.published_quality import quality_behind
from assessments.statistics.form_report import form_report
from assessments.test_statistics import answers_to
from core.db.assessment_tables import attempt, attempt_step
from core.domain.errors import NotFound
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.taking import take


def test_few_people_tell_nothing_yet(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=8)
    found = portal.see("ann", quality_behind, attempt_id)
    assert (found.n, found.reliability, found.error, found.most) == (1, None, None, 20.0)


def test_while_nobody_has_finished_there_is_nothing_to_tell(portal: Portal) -> None:
    attempt_id = portal.do("ann", start_attempt, TEST, PRE)
    assert portal.see("ann", quality_behind, attempt_id).n == 0


def test_many_people_tell_what_the_trainer_sees_and_more_tell_anew(portal: Portal) -> None:
    with portal.engine.begin() as db:
        gather(db, TEST, Crowd(40), portal.now)
    attempt_id = take(portal, "ann", PRE, right=8)
    found = portal.see("ann", quality_behind, attempt_id)
    assert found.n == 41
    for key in ("A-0-1", "B-0-1"):
        answers = portal.see("tess", answers_to, TEST, key)
        if attempt_id in answers.attempts:
            figures = form_report(answers).figures
            assert found.reliability is not None and figures.cic is not None
            assert found.reliability == pytest.approx(figures.cic / 100)
            assert found.error == pytest.approx(figures.standard_error)
    with portal.engine.begin() as db:
        gather(db, TEST, Crowd(10, seed=2), portal.now)
    assert portal.see("ann", quality_behind, attempt_id).n == 51


def test_marks_by_hand_are_in_the_figures_before_anybody_else_finishes(portal: Portal) -> None:
    with portal.engine.begin() as db:
        gather(db, TEST, Crowd(40, post=False), portal.now)
        one = db.execute(select(attempt)).first()
        assert one is not None
        waits = {"attempt_id": one.id, "kind": "manual", "item_id": json.loads(one.items.split("\n")[0])[0][0]}
        db.execute(insert(attempt_step).values(**waits, number=90, at=portal.now, fraction=None))
    before = portal.see("tess", quality_behind, one.id).n
    with portal.engine.begin() as db:
        db.execute(insert(attempt_step).values(**waits, number=91, at=portal.now, fraction=0.5))
    portal.now += 600
    assert (before, portal.see("tess", quality_behind, one.id).n) == (19, 20)


def test_another_s_attempt_says_nothing(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=8)
    with pytest.raises(NotFound):
        portal.see("bo", quality_behind, attempt_id)
    assert portal.see("max", quality_behind, attempt_id).n == 1
