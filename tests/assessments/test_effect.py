"""Effect of training: gains of known crowds, with forms that are not equally hard."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import insert, select, update

from assessments.attempts import POST, PRE
from assessments.effect import EQUATED, SWAPPED, UNCORRECTED, Effect, effect_of
from assessments.form_conversion import conversion_of
from core.db.assessment_tables import attempt, attempt_step
from core.domain.errors import NotAllowed
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.taking import do_exercises, take


def _effect(portal: Portal, *crowds: Crowd) -> Effect:
    for crowd in crowds:
        with portal.engine.begin() as db:
            gather(db, TEST, crowd, portal.now)
    found: Effect = portal.see("tess", effect_of, TEST)
    return found


def test_two_people_by_hand(portal: Portal) -> None:
    for login, before, after in (("ann", 4, 12), ("bo", 10, 14)):
        take(portal, login, PRE, right=before)
        do_exercises(portal, login)
        take(portal, login, POST, right=after)
    found = _effect(portal)
    assert found.whole is not None
    assert {one.name: (one.pre, one.post) for one in found.people} == {
        "Ann": pytest.approx((0.2, 0.6)),
        "Bo": pytest.approx((0.5, 0.7)),
    }
    assert found.whole.raw.mean == pytest.approx(0.3)
    assert found.whole.raw.hake_class == pytest.approx(0.3 / 0.65)
    assert found.whole.raw.too_few
    assert found.correction.method == UNCORRECTED
    assert [one.verdict for one in found.people] == [None, None], "the error of the test isn't known from two people"
    assert {one.key: one.raw.n for one in found.teams} == {"Orders": 1, "Warehouse": 1}
    assert {one.key for one in found.positions} == {"O", "W"}


def test_the_first_tries_are_compared_and_what_waits_is_said(portal: Portal) -> None:
    ids = {}
    for login, before, after in (("ann", 4, 12), ("bo", 10, 14)):
        take(portal, login, PRE, right=before)
        do_exercises(portal, login)
        ids[login] = take(portal, login, POST, right=after)
    with portal.engine.begin() as db:
        rows = {row.id: row._asdict() for row in db.execute(select(attempt))}
        again = {**rows[ids["ann"]], "id": 90, "try_number": 2}
        db.execute(insert(attempt).values(**again))
        for row, fraction in ((again, 1.0), (rows[ids["bo"]], None)):
            item = json.loads(row["items"].split("\n")[0])[0][0]
            step = {"attempt_id": row["id"], "number": 90, "kind": "manual", "item_id": item, "at": portal.now}
            db.execute(insert(attempt_step).values(**step, fraction=fraction))
    found = _effect(portal)
    assert [(one.name, one.post_id, one.post) for one in found.people] == [("Ann", ids["ann"], pytest.approx(0.6))]
    assert (found.only_pre, found.only_post, found.waiting) == (0, 0, 1), "Bo has both tests, and waits"


def test_nobody_has_taken_both(portal: Portal) -> None:
    take(portal, "ann", PRE, right=4)
    found = _effect(portal)
    assert (found.people, found.whole, found.teams, found.only_pre, found.only_post) == ((), None, (), 1, 0)


def test_training_is_told_apart_from_an_easier_form(portal: Portal) -> None:
    found = _effect(portal, Crowd(160, gain=0.0, form_b_ease=1.0))
    ab = [one.gain for one in found.people if one.order == "AB"]
    assert sum(ab) / len(ab) > 0.1, "who took the easier form last seems to have learned"
    assert found.whole is not None and found.correction.method == SWAPPED
    assert found.correction.effect is not None and found.correction.effect.interval.low > 0.05
    assert abs(found.whole.freed.mean) < 0.03
    assert found.whole.freed.sd is not None and found.whole.raw.sd is not None
    assert found.whole.freed.sd < found.whole.raw.sd, "what the form did is no longer in the spread"


def test_what_training_brought_is_found_by_group_and_competency(portal: Portal) -> None:
    found = _effect(portal, Crowd(120, gain=1.2))
    assert found.whole is not None and found.whole.freed.interval is not None
    assert found.whole.freed.interval.low > 0.1
    assert found.whole.freed.d_z is not None and found.whole.freed.d_z > 0.8
    assert sum(one.raw.n for one in found.teams) == sum(one.raw.n for one in found.positions) == 120
    assert {one.key for one in found.competencies} == {"1.1", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5"}
    assert all(one.raw.n == 120 and one.name.zh for one in found.competencies)
    verdicts = [one.verdict for one in found.people]
    assert None not in verdicts and verdicts.count("better") > verdicts.count("worse")
    assert set(found.errors) == {"A", "B"} and all(0.05 < error < 0.15 for error in found.errors.values())
    for one in found.people:
        assert all(0 <= before <= 1 and 0 <= after <= 1 for before, after in one.by_competency.values())


def test_one_order_only_is_equated_by_those_who_took_the_other_form_first(portal: Portal) -> None:
    same_order = Crowd(60, gain=0.0, form_b_ease=1.0, swapped=False)
    found = _effect(portal, same_order)
    assert found.correction.method == UNCORRECTED
    assert found.whole is not None and found.whole.raw.mean > 0.1
    found = _effect(portal, Crowd(120, seed=2, post=False, form_b_ease=1.0))
    assert found.correction.method == EQUATED and found.correction.line is not None
    assert found.whole is not None and abs(found.whole.freed.mean) < 0.07
    assert (len(found.people), found.only_pre) == (60, 120)
    assert found.competencies and all(one.uncorrected for one in found.competencies), "two questions draw no line"
    assert not found.whole.uncorrected
    freed, raw = found.whole.freed.interval, found.whole.raw.interval
    assert freed is not None and raw is not None
    assert freed.high - freed.low > 1.5 * (raw.high - raw.low), "the line itself is told from few people"


def test_the_scores_are_those_that_were_given(portal: Portal) -> None:
    found = _effect(portal, Crowd(12))
    with portal.engine.begin() as db:
        scores = dict(db.execute(select(attempt.c.id, attempt.c.score)).all())
    for one in found.people:
        assert (one.pre, one.post) == pytest.approx((scores[one.pre_id], scores[one.post_id]), abs=1e-8)


def test_the_effect_is_for_those_who_may_read_attempts(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.see("ann", effect_of, TEST)
    assert portal.see("max", effect_of, TEST).people == ()


def test_scores_are_converted_three_ways(portal: Portal) -> None:
    _effect(portal, Crowd(40))
    assert portal.see("tess", conversion_of, TEST) is None, "twenty people on either form are too few"
    _effect(portal, Crowd(400, seed=2, form_b_ease=0.8))
    found = portal.see("tess", conversion_of, TEST)
    assert found is not None and (found.a_count, found.b_count) == (220, 220)
    assert [row.score for row in found.rows] == pytest.approx([5.0 * step for step in range(21)])
    middle = found.rows[12]
    assert all(worth < 57 for worth in (middle.by_mean, middle.by_line, middle.by_rank)), "60% on an easier form"
    assert len({round(row.score - row.by_mean, 6) for row in found.rows}) == 1
    ranks = [row.by_rank for row in found.rows[3:]]
    assert ranks == sorted(ranks)
    with pytest.raises(NotAllowed):
        portal.see("ann", conversion_of, TEST)


def test_further_tries_in_another_order_tell_the_same_error(portal: Portal) -> None:
    before = _effect(portal, Crowd(24)).errors
    with portal.engine.begin() as db:
        for row in db.execute(select(attempt.c.id, attempt.c["items"])).all()[::2]:
            places, *lines = row[1].split("\n")
            turned = "\n".join([json.dumps(json.loads(places)[::-1]), *lines[::-1]])
            db.execute(update(attempt).where(attempt.c.id == row.id).values(items=turned))
    assert portal.see("tess", effect_of, TEST).errors == pytest.approx(before)
