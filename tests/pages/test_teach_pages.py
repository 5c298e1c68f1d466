"""Progress and attempts as a trainer meets them, under AppTest."""

from __future__ import annotations

import re
import time
from dataclasses import replace
from math import isnan

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from assessments import practice
from assessments.attempts import POST, PRE, start_attempt
from assessments.exercises import EXERCISES
from assessments.test_definitions import definition_of, publish_definition, save_definition
from core.db.engines import Databases, reader
from core.db.portal_tables import submission
from core.ui.databases import practice_files
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.taking import do_exercises, take
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def test_progress_shows_everybody_with_pre_post_and_gain(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    do_exercises(portal, "clerk", 0.5)
    take(portal, "clerk", POST, right=14)
    portal.do("service", start_attempt, TEST, PRE)
    tab = visit(house, "trainer", "teach/people_progress")
    assert not tab.exception
    rows = {row["name"]: row for row in tab.dataframe[0].value.to_dict("records")}
    assert len(rows) == 5
    clerk, service = rows["陈晓 Chen Xiao"], rows["王芳 Wang Fang"]
    assert [clerk[key] for key in ("stage", "pre", "exercises", "best", "post", "gain", "normalised")] == [
        "Both tests done",
        40.0,
        "3 of 3",
        "50% · 50% · 50%",
        70.0,
        30.0,
        50.0,
    ]
    assert [service[key] for key in ("stage", "exercises", "best")] == ["In the pre-test", "0 of 3", "–"]
    assert isnan(service["pre"]) and isnan(service["gain"])
    assert [metric.value.replace("\\", "") for metric in tab.metric] == ["40%", "70%", "+30.0 pp", "50%"]
    assert "n = 1" in said(tab)
    assert "too few to say more" in said(tab)


def test_nobody_has_begun_and_nothing_is_averaged(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/people_progress")
    assert [metric.value for metric in tab.metric] == ["–"] * 4


def _names(tab: AppTest) -> list[str]:
    return [row["name"] for row in tab.dataframe[0].value.to_dict("records")]


def test_very_many_are_searched_narrowed_and_paged(house: Databases) -> None:
    with house.portal.begin() as db:
        gather(db, TEST, Crowd(220, post=False), int(time.time()) - 86_400 * 20)
    tab = visit(house, "trainer", "teach/people_progress")
    assert not tab.exception
    assert len(_names(tab)) == 100
    first = _names(tab)
    press(tab, "next")
    assert len(_names(tab)) == 100 and not set(first) & set(_names(tab))
    tab.selectbox(key="progress-team").set_value("Service").run()
    assert len(_names(tab)) == 54, "on its first page again; 220 people are in four teams by pairs"
    tab.selectbox(key="progress-position").set_value("F").run()
    assert {row["team"] for row in tab.dataframe[0].value.to_dict("records")} == {"Service"}
    tab.text_input(key="progress-q").set_value(f"{_names(tab)[0]} service").run()
    assert len(_names(tab)) == 1
    assert [metric.value for metric in tab.metric][1] == "–", "the figures are those of the people shown"
    tab.selectbox(key="progress-stage").set_value("both").run()
    assert not tab.dataframe and not tab.exception
    press(tab, "empty-go-progress-nobody")
    assert len(_names(tab)) == 100


def test_who_needs_help_comes_first_where_it_is_asked_for(house: Databases, portal: Portal) -> None:
    for login, before, after in (("clerk", 8, 14), ("warehouse", 10, 12), ("service", 9, None)):
        take(portal, login, PRE, right=before)
        if after is not None:
            do_exercises(portal, login)
            take(portal, login, POST, right=after)
    tab = visit(house, "trainer", "teach/people_progress")
    figures: dict[str, tuple[str, list[object]]] = {
        "gain": ("gain", [10.0, 30.0]),
        "post": ("post", [60.0, 70.0]),
        "stage": ("stage", ["Not begun", "Not begun", "Pre-test done", "Both tests done", "Both tests done"]),
    }
    for order, (column, wanted) in figures.items():
        tab.selectbox(key="progress-order").set_value(order).run()
        assert not tab.exception
        rows = tab.dataframe[0].value.to_dict("records")
        assert [row[column] for row in rows if row[column] == row[column]] == wanted, "who has no figure comes last"


def test_whoever_has_not_begun_has_no_steps_and_the_page_says_so(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/attempts")
    assert not tab.exception
    assert "hasn't begun this test" in said(tab)


def test_an_odd_filter_in_the_address_is_forgiven(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/people_progress", team="nowhere", position="²", stage="", q="%", order="x")
    assert not tab.exception
    assert "Nobody fits" in said(tab)


def test_progress_is_read_in_chinese_too(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    tab = visit(house, "trainer", "teach/people_progress", language="zh")
    assert not tab.exception
    assert [row["stage"] for row in tab.dataframe[0].value.to_dict("records")].count("前测已完成") == 1


def test_all_tries_are_told_and_which_of_them_counts(house: Databases, portal: Portal) -> None:
    own = portal.see("trainer", definition_of, TEST)
    settings = replace(own.settings, tries=2)
    version = portal.do("trainer", save_definition, TEST, own.blueprint, settings, base=own.version)
    portal.do("trainer", publish_definition, TEST, version)
    take(portal, "clerk", PRE, right=3)
    take(portal, "clerk", PRE, right=2)
    tab = visit(house, "trainer", "teach/attempts")
    assert not tab.exception
    assert tab.selectbox(key="person").value == portal.actors["clerk"].person_id, "the first who has begun"
    assert len(tab.dataframe) == 2
    assert "try 1" in said(tab) and "try 2" in said(tab)
    assert said(tab).count("this one counts") == 1


def test_every_attempt_is_told_step_by_step(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=3)
    who = portal.actors["clerk"].person_id
    tab = visit(house, "trainer", "teach/attempts", person=str(who))
    assert not tab.exception
    rows = tab.dataframe[0].value.to_dict("records")
    assert [row["kind"] for row in rows] == ["Begun", "Answered", "Answered", "Answered", "Finished"]
    assert [row["worth"] for row in rows][1:] == [100.0, 100.0, 100.0, 15.0]
    assert [row["place"] for row in rows][1:4] == [1, 2, 3]
    assert all(re.fullmatch(r"\d\d:\d\d:\d\d", row["at"]) for row in rows), "the day stands above"
    assert "Not begun yet." in said(tab)


def test_marking_again_is_a_press(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=3)
    who = portal.actors["clerk"].person_id
    tab = visit(house, "trainer", "teach/attempts", person=str(who))
    press(tab, "remark-")
    assert not tab.exception
    assert "marked again" in said(tab)


@pytest.mark.parametrize("asked", ["9" * 5_000, "nobody", "²", "-1"])
@pytest.mark.parametrize("page", ["teach/attempts", "teach/handed_in"])
def test_an_address_that_names_nobody_shows_somebody(house: Databases, page: str, asked: str) -> None:
    tab = visit(house, "trainer", page, person=asked)
    assert not tab.exception
    assert tab.selectbox(key="person").value is not None


def test_a_manager_reads_an_attempt_and_marks_nothing(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=3)
    tab = visit(house, "manager", "teach/attempts", person=str(portal.actors["clerk"].person_id))
    assert not tab.exception
    assert "15%" in said(tab)
    assert keys(tab, "remark-") == []


def test_another_person_is_chosen_with_the_box(house: Databases, portal: Portal) -> None:
    take(portal, "service", PRE, right=1)
    tab = visit(house, "trainer", "teach/attempts")
    tab.selectbox(key="person").set_value(portal.actors["service"].person_id).run()
    assert not tab.exception
    assert tab.query_params["person"] == str(portal.actors["service"].person_id)
    assert "5%" in said(tab)
    assert keys(tab, "remark-") != []


def test_what_was_handed_in_is_read_and_judged_again(house: Databases, portal: Portal) -> None:
    clerk, room = portal.actors["clerk"], practice.PracticeRoom(practice_files())
    key = EXERCISES[0].key
    stay = portal.do("clerk", practice.open_practice, room, key)
    report = portal.do("clerk", practice.check_practice, room, stay.practice_id)
    tab = visit(house, "trainer", "teach/handed_in", person=str(clerk.person_id))
    assert not tab.exception
    assert "Click a check to read it." in said(tab)
    rows = tab.dataframe[0].value.to_dict("records")
    assert [(row["score"], row["resets"]) for row in rows] == [(100 * report.score, 0)]
    with reader(house.portal) as db:
        submission_id = db.execute(select(submission.c.id)).scalar_one()
    tab = visit(house, "trainer", "teach/handed_in", person=str(clerk.person_id), check=str(submission_id))
    assert not tab.exception
    assert "Nothing was changed that should have stayed." in said(tab)
    assert "Nothing yet." in said(tab)
    press(tab, f"again-{submission_id}")
    assert not tab.exception
    assert "it comes out the same" in said(tab)


def test_nothing_was_handed_in_yet(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/handed_in")
    assert not tab.exception
    assert "Nothing handed in yet" in said(tab)
