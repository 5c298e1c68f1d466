"""Granting more time and larger text as a trainer does it, under AppTest."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from assessments.tries import accommodation_of
from core.db.engines import Databases
from tests.assessments.conftest import Portal
from tests.pages.learners import portal_of, press
from tests.visits import said, visit


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def fields_of(tab: AppTest, kind: str) -> str:
    """The key of the form's field of this kind."""
    found = [*tab.segmented_control, *tab.toggle, *tab.text_area]
    return next(str(one.key) for one in found if str(one.key).startswith(f"grant-{kind}-"))


@pytest.mark.parametrize(("language", "title"), [("en", "Accommodations"), ("zh", "考试便利")])
def test_nothing_is_granted_at_first(house: Databases, language: str, title: str) -> None:
    tab = visit(house, "trainer", "teach/accommodations", language=language)
    assert not tab.exception
    assert title in said(tab)
    assert len(tab.dataframe) == 0


def test_more_time_is_granted_with_its_reason_and_taken_back(house: Databases, portal: Portal) -> None:
    clerk = portal.actors["clerk"].person_id
    assert clerk is not None
    tab = visit(house, "trainer", "teach/accommodations")
    tab.selectbox(key="grant-person").set_value(clerk).run()
    tab.segmented_control(key=fields_of(tab, "time")).set_value(0.5).run()
    assert "Say why it is granted" in said(tab)
    press(tab, "grant-save")
    assert portal.see("clerk", accommodation_of, clerk).extra_time_rate == 0
    tab.text_area(key=fields_of(tab, "reason")).set_value("Needs a screen reader").run()
    tab.toggle(key=fields_of(tab, "text")).set_value(True).run()
    press(tab, "grant-save")
    assert not tab.exception
    given = portal.see("clerk", accommodation_of, clerk)
    assert (given.extra_time_rate, given.larger_text) == (0.5, True)
    (row,) = tab.dataframe[0].value.to_dict("records")
    assert (row["time"], row["text"], row["reason"]) == ("50% more time", "Larger", "Needs a screen reader")
    tab.segmented_control(key=fields_of(tab, "time")).set_value(0.0).run()
    tab.toggle(key=fields_of(tab, "text")).set_value(False).run()
    press(tab, "grant-save")
    assert "Nobody has been granted anything." in said(tab)
    assert portal.see("clerk", accommodation_of, clerk).extra_time_rate == 0


@pytest.mark.parametrize("login", ["clerk", "manager", "admin"])
def test_nobody_else_finds_the_page(house: Databases, login: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(house, login, "teach/accommodations")
