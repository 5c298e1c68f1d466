"""Accommodations: granted with a reason, counted from the next try on, audited without the reason."""

from __future__ import annotations

import json
from typing import Any

import pytest
from sqlalchemy import func, select

from assessments.accommodations import accommodations, grant_accommodation
from assessments.attempts import start_attempt
from assessments.test_definitions import definition_of, publish_definition, save_definition
from assessments.test_settings import Settings
from assessments.tries import accommodation_of
from core.db.assessment_tables import accommodation, attempt
from core.db.portal_tables import audit
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import TEST, Portal

REASON = "Dyslexia, certificate seen"


def grant(portal: Portal, who: str, login: str = "tess", **change: Any) -> None:
    wanted = {"extra_time_rate": 0.5, "larger_text": True, "reason": REASON, **change}
    portal.do(login, grant_accommodation, portal.actors[who].person_id, **wanted)


def rows_count(portal: Portal) -> int:
    with portal.open("tess") as ctx:
        return int(ctx.db.execute(select(func.count()).select_from(accommodation)).scalar_one())


def test_what_is_granted_is_listed_replaced_and_taken_back(portal: Portal) -> None:
    grant(portal, "ann")
    found = {one.name: one for one in portal.see("tess", accommodations)}
    ann, bo = found["Ann"], found["Bo"]
    assert (ann.name, ann.extra_time_rate, ann.larger_text, ann.reason, ann.granted_by, ann.at) == (
        "Ann",
        0.5,
        True,
        REASON,
        "Tess",
        portal.now,
    )
    assert ann.anything and not bo.anything
    grant(portal, "ann", extra_time_rate=0.25, larger_text=False)
    assert portal.see("ann", accommodation_of, portal.actors["ann"].person_id).extra_time_rate == 0.25
    assert rows_count(portal) == 1
    grant(portal, "ann", extra_time_rate=0.0, larger_text=False, reason="")
    assert rows_count(portal) == 0
    with portal.open("tess") as ctx:
        rows = ctx.db.execute(select(audit.c.kind, audit.c.data).order_by(audit.c.id)).all()
    assert [row.kind for row in rows] == [
        "accommodation_granted",
        "accommodation_granted",
        "accommodation_withdrawn",
    ]
    assert json.loads(rows[0].data) == {"extra_time_rate": 0.5, "larger_text": True}


def test_the_next_try_runs_longer(portal: Portal) -> None:
    own = portal.see("tess", definition_of, TEST)
    portal.do("tess", save_definition, TEST, own.blueprint, Settings(time_limit_minutes=40), base=0)
    portal.do("tess", publish_definition, TEST, 1)
    grant(portal, "ann")
    for login, minutes in (("ann", 60), ("bo", 40)):
        attempt_id = portal.do(login, start_attempt, TEST, "pre")
        with portal.open(login) as ctx:
            row = ctx.db.execute(select(attempt).where(attempt.c.id == attempt_id)).one()
        assert row.deadline_at - row.started_at == minutes * 60


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"extra_time_rate": -0.1}, "between 0% and 200%"),
        ({"extra_time_rate": 2.1}, "between 0% and 200%"),
        ({"reason": "  "}, "Say why it is granted"),
        ({"reason": "x" * 501}, "at most 500 characters"),
    ],
)
def test_what_cannot_be_granted_is_refused(portal: Portal, change: dict[str, Any], message: str) -> None:
    with pytest.raises(RuleViolation, match=message):
        grant(portal, "ann", **change)
    assert rows_count(portal) == 0


def test_only_people_who_take_tests_are_granted_anything(portal: Portal) -> None:
    with pytest.raises(NotFound):
        grant(portal, "max")
    with pytest.raises(NotFound):
        portal.do("tess", grant_accommodation, 9_999, extra_time_rate=0.5, larger_text=False, reason=REASON)
    assert rows_count(portal) == 0


def test_trainers_take_tests_too_and_grant_themselves_nothing(portal: Portal) -> None:
    assert "Tess" in {one.name for one in portal.see("tess", accommodations)}
    with pytest.raises(RuleViolation, match="to themselves"):
        grant(portal, "tess")
    assert rows_count(portal) == 0


@pytest.mark.parametrize("login", ["ann", "max"])
def test_nobody_else_grants_or_reads(portal: Portal, login: str) -> None:
    with pytest.raises(NotAllowed):
        grant(portal, "ann", login=login)
    with pytest.raises(NotAllowed):
        portal.see(login, accommodations)
    assert rows_count(portal) == 0
