"""Progress and attempts as a trainer meets them, under AppTest."""

from __future__ import annotations

import pytest

from assessments.attempts import POST, PRE, start_attempt
from core.db.engines import Databases
from tests.assessments.conftest import TEST, Portal
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
    assert [clerk[key] for key in ("pre", "exercises", "best", "post", "gain", "normalised")] == [
        "40%",
        "3 of 3",
        "50% · 50% · 50%",
        "70%",
        "+30.0 pp",
        "50%",
    ]
    assert [service[key] for key in ("pre", "exercises", "post", "gain")] == ["under way", "0 of 3", "not begun", "–"]
    assert [metric.value.replace("\\", "") for metric in tab.metric] == ["40%", "70%", "+30.0 pp", "50%"]
    assert "n = 1" in said(tab)
    assert "too few to say more" in said(tab)


def test_nobody_has_begun_and_nothing_is_averaged(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/people_progress")
    assert [metric.value for metric in tab.metric] == ["–"] * 4


def test_every_attempt_is_told_step_by_step(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=3)
    who = portal.actors["clerk"].person_id
    tab = visit(house, "trainer", "teach/attempts", person=str(who))
    assert not tab.exception
    rows = tab.dataframe[0].value.to_dict("records")
    assert [row["kind"] for row in rows] == ["Begun", "Answered", "Answered", "Answered", "Finished"]
    assert [row["worth"] for row in rows] == ["", "100%", "100%", "100%", "15%"]
    assert [row["place"] for row in rows] == ["", "1", "2", "3", ""]
    assert "Not begun yet." in said(tab)


def test_marking_again_is_a_press(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=3)
    who = portal.actors["clerk"].person_id
    tab = visit(house, "trainer", "teach/attempts", person=str(who))
    press(tab, "remark-")
    assert not tab.exception
    assert "marked again" in said(tab)


def test_another_person_is_chosen_with_the_box(house: Databases, portal: Portal) -> None:
    take(portal, "service", PRE, right=1)
    tab = visit(house, "trainer", "teach/attempts")
    tab.selectbox(key="person").set_value(portal.actors["service"].person_id).run()
    assert not tab.exception
    assert tab.query_params["person"] == str(portal.actors["service"].person_id)
    assert "5%" in said(tab)
    assert keys(tab, "remark-") != []
