"""Exports of attempts: statements for a learning record store, and the gradebook."""

from __future__ import annotations

import json
import re
import uuid
from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import insert, update

from assessments.attempts import POST, PRE, finish_attempt, start_attempt
from assessments.gradebook import gradebook_of
from assessments.results import get_result
from assessments.test_settings import Settings
from assessments.xapi import statements_of
from core.db.assessment_tables import attempt, attempt_step
from core.domain.errors import NotAllowed
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.given import give
from tests.assessments.taking import do_exercises, questions_of, take

HOME = "https://orderly.example"


def _statements(portal: Portal) -> list[dict[str, Any]]:
    return [json.loads(line) for line in portal.see("tess", statements_of, TEST, HOME).decode("ascii").splitlines()]


def _verb(one: dict[str, Any]) -> str:
    return str(one["verb"]["id"]).rsplit("/", 1)[1]


def test_an_attempt_is_told_from_begin_to_end(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=20)
    said = _statements(portal)
    assert [_verb(one) for one in said] == ["attempted", *["answered"] * 20, "completed"]
    who = portal.actors["ann"].person_id
    for one in said:
        assert one["actor"] == {"objectType": "Agent", "account": {"homePage": HOME, "name": str(who)}}
        assert datetime.fromisoformat(one["timestamp"]).tzinfo is not None
        assert uuid.UUID(one["id"]).version == uuid.UUID(one["context"]["registration"]).version == 5
        assert re.match(r"https?://", one["object"]["id"])
    for one in said[:-1]:
        assert one["object"]["definition"]["name"]["zh-CN"]
    assert said[-1]["object"] == {"objectType": "Activity", "id": f"{HOME}/xapi/tests/{TEST}"}, "described before"
    assert len({one["id"] for one in said}) == len(said)
    assert len({one["context"]["registration"] for one in said}) == 1
    asked = {question.item_id: question for question in portal.see("ann", questions_of, attempt_id)}
    for one in said[1:-1]:
        item_id = one["object"]["id"].split("/items/")[1].split("/")[0]
        assert one["result"]["success"] is True
        weight = asked[item_id].weight
        assert one["result"]["score"] == {"scaled": 1.0, "raw": weight, "min": 0, "max": weight}
        assert re.fullmatch(r"PT\d+S", one["result"]["duration"])
        assert "correctResponsesPattern" not in one["object"]["definition"], "a key is no part of an export"
        assert one["context"]["contextActivities"]["parent"] == [
            {"objectType": "Activity", "id": f"{HOME}/xapi/tests/{TEST}"}
        ]
    assert said[-1]["result"]["score"] == {"scaled": 1.0, "raw": 20.0, "min": 0, "max": 20.0}


def test_the_same_attempt_gives_the_same_statements_again(portal: Portal) -> None:
    early = portal.do("bo", start_attempt, TEST, PRE)
    take(portal, "ann", PRE, right=5)
    first = _statements(portal)
    portal.do("bo", finish_attempt, early)
    again = _statements(portal)
    assert {one["id"] for one in first} < {one["id"] for one in again}, "whoever comes before, the ids stay"
    assert len(again) == len(first) + 2


def test_every_kind_of_answer_is_written_as_the_specification_says(portal: Portal) -> None:
    with portal.engine.begin() as db:
        gather(db, TEST, Crowd(4), portal.now)
    forms = {
        "choice": r"[a-z](\[,\][a-z])*|",
        "matching": r"[a-z]\[\.\][a-z](\[,\][a-z]\[\.\][a-z])*",
        "sequencing": r"[a-z](\[,\][a-z])+",
        "numeric": r".+",
        "fill-in": r".+",
    }
    seen: set[str] = set()
    kinds: dict[str, str] = {}
    for one in _statements(portal):
        if _verb(one) == "answered":
            kind = kinds.setdefault(one["object"]["id"], one["object"].get("definition", {}).get("interactionType"))
            assert re.fullmatch(forms[kind], one["result"]["response"], re.DOTALL), one
            assert -1 <= one["result"]["score"]["scaled"] <= 1
            seen.add(kind)
    assert {"choice", "matching", "numeric"} <= seen


@pytest.mark.parametrize(("right", "verb"), [(12, "passed"), (11, "failed")])
def test_a_pass_mark_passes_or_fails(portal: Portal, right: int, verb: str) -> None:
    attempt_id = take(portal, "ann", PRE, right=right)
    with portal.engine.begin() as db:
        settings = json.dumps(Settings(pass_rate=0.6).as_data())
        db.execute(update(attempt).where(attempt.c.id == attempt_id).values(settings=settings))
    last = _statements(portal)[-1]
    assert (_verb(last), last["result"]["success"]) == (verb, verb == "passed")


def test_the_gradebook_passes_by_the_mark_of_the_day_and_as_the_result_does(portal: Portal) -> None:
    """A pass mark published later fails nobody, and 14 of 20 are enough for 0.8 - 0.1 (0.7000000000000001)."""
    give(portal, pass_rate=0.8 - 0.1)
    attempt_id = take(portal, "ann", PRE, right=14)
    give(portal, pass_rate=0.9)
    (grade,) = [row.grades[TEST, PRE] for row in portal.see("tess", gradebook_of).rows if row.grades]
    assert portal.see("ann", get_result, attempt_id).passed is True
    assert (grade.score, grade.passed) == (0.7, True)
    assert _verb(_statements(portal)[-1]) == "passed"


def test_what_waits_for_a_mark_has_no_score_yet(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=2)
    item = portal.see("ann", questions_of, attempt_id)[0].item_id
    row = {"attempt_id": attempt_id, "number": 60, "kind": "manual", "item_id": item, "at": portal.now}
    with portal.engine.begin() as db:
        db.execute(insert(attempt_step).values(**row, fraction=None))
    first, second, completed = _statements(portal)[1:]
    assert "score" not in first["result"] and "success" not in first["result"]
    assert second["result"]["score"]["scaled"] == 1.0
    assert "score" not in completed["result"]
    (grade,) = [row.grades for row in portal.see("tess", gradebook_of).rows if row.grades]
    assert grade[TEST, PRE].score is None


def test_text_of_any_kind_survives(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=0)
    odd = "\u202e=1+1 \udcff \x00 “好” 😀\n"
    item = portal.see("ann", questions_of, attempt_id)[0].item_id
    step = {"attempt_id": attempt_id, "number": 60, "kind": "answer", "item_id": item, "at": portal.now}
    with portal.engine.begin() as db:
        db.execute(insert(attempt_step).values(**step, fraction=0.0, response=json.dumps(odd)))
    assert _statements(portal)[1]["result"]["response"] == odd


def test_the_gradebook_has_a_line_per_person_and_a_column_per_test(portal: Portal) -> None:
    take(portal, "ann", PRE, right=8)
    do_exercises(portal, "ann")
    take(portal, "ann", POST, right=16)
    book = portal.see("tess", gradebook_of)
    assert book.columns == ((TEST, PRE), (TEST, POST))
    rows = {row.login: row for row in book.rows}
    assert set(rows) == {"ann", "bo"}
    assert {key: grade.score for key, grade in rows["ann"].grades.items()} == {(TEST, PRE): 0.4, (TEST, POST): 0.8}
    assert rows["ann"].grades[TEST, POST].passed is None
    assert rows["bo"].grades == {}


def test_exports_are_for_those_who_may_read_attempts(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.see("ann", statements_of, TEST, HOME)
    with pytest.raises(NotAllowed):
        portal.see("ann", gradebook_of)
