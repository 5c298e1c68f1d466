"""Judging the pass mark as trainers and managers meet it, under AppTest."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from assessments.pass_mark_sheets import COLUMNS, judges_sheet
from assessments.pass_marks import get_judging, judge_items
from assessments.test_definitions import definition_of
from core.db.engines import Databases
from tests.assessments.conftest import TEST, Portal
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def judge_all(portal: Portal, login: str, rate: float) -> None:
    judging = portal.see(login, get_judging, TEST, 1)
    portal.do(login, judge_items, TEST, 0, 1, {item.id: rate for item in judging.items})


@pytest.mark.parametrize(
    ("language", "asked"),
    [("en", "Of 100 barely competent people, how many answer this right?"), ("zh", "100 名刚好合格者")],
)
def test_a_question_is_shown_with_its_key_and_the_field(house: Databases, language: str, asked: str) -> None:
    tab = visit(house, "manager", "teach/pass_mark", language=language)
    assert not tab.exception
    (field,) = tab.number_input
    assert asked in field.label and field.value is None
    assert ("Question 1 of 40" if language == "en" else "40") in said(tab)
    assert keys(tab, "judge-adopt") == []


def test_an_estimate_is_kept_at_once_and_the_next_question_opens(house: Databases, portal: Portal) -> None:
    tab = visit(house, "manager", "teach/pass_mark")
    first, second = portal.see("manager", get_judging, TEST, 1).items[:2]
    tab.number_input[0].set_value(65.0).run()
    assert portal.see("manager", get_judging, TEST, 1).rates == {first.id: 0.65}
    press(tab, "judge-next")
    assert "Question 2 of 40" in said(tab)
    tab.number_input[0].set_value(40.0).run()
    assert portal.see("manager", get_judging, TEST, 1).rates == {first.id: 0.65, second.id: 0.4}
    again = visit(house, "manager", "teach/pass_mark")
    assert "Question 3 of 40" in said(again)
    press(again, "judge-previous")
    assert again.number_input[0].value == 40.0
    assert "You see the result once you have judged every question" in said(again)


def test_the_result_is_shown_and_becomes_the_pass_mark(house: Databases, portal: Portal) -> None:
    judge_all(portal, "manager", 0.6)
    judge_all(portal, "trainer", 0.7)
    tab = visit(house, "trainer", "teach/pass_mark")
    assert not tab.exception
    assert [metric.value.replace("\\", "") for metric in tab.metric] == ["65.0%", "5.0 pp", "60.0% – 70.0%"]
    assert "Fewer than five judges" in said(tab)
    press(tab, "judge-adopt")
    assert not tab.exception
    given = portal.see("trainer", definition_of, TEST)
    assert (given.version, given.settings.pass_rate) == (1, 0.65)
    assert "Pass mark now: 65.0%" in said(tab)


def test_the_second_round_opens_after_the_first_with_its_means(house: Databases, portal: Portal) -> None:
    tab = visit(house, "manager", "teach/pass_mark")
    tab.segmented_control(key=f"judge-round-{TEST}").set_value(2).run()
    assert "Finish the round before first." in said(tab)
    assert list(tab.number_input) == []
    judge_all(portal, "manager", 0.6)
    judge_all(portal, "trainer", 0.8)
    tab = visit(house, "manager", "teach/pass_mark")
    tab.segmented_control(key=f"judge-round-{TEST}").set_value(2).run()
    assert not tab.exception
    assert "All judges in the round before, on average: 70" in said(tab)


@pytest.mark.parametrize("login", ["clerk", "admin"])
def test_nobody_else_finds_the_page(house: Databases, login: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(house, login, "teach/pass_mark")


def test_a_sheet_is_looked_at_and_taken_over(house: Databases, portal: Portal) -> None:
    judging = portal.see("manager", get_judging, TEST, 1)
    book = load_workbook(io.BytesIO(judges_sheet(judging, 7, "en")))
    page = book.active
    assert page is not None
    for row, value in ((2, 80), (3, 55), (4, "lots")):
        page.cell(row, len(COLUMNS)).value = value
    out = io.BytesIO()
    book.save(out)
    tab = visit(house, "manager", "teach/pass_mark")
    tab.file_uploader[0].set_value(("judged.xlsx", out.getvalue(), "application/octet-stream")).run()
    assert not tab.exception
    assert "2 estimates · 37 empty · 1 that can't be taken" in said(tab)
    rows = tab.dataframe[0].value.to_dict("records")
    assert [(row["line"], row["found"], row["wanted"]) for row in rows] == [(4, "lots", "a number from 0 to 100")]
    assert portal.see("manager", get_judging, TEST, 1).rates == {}
    press(tab, "judge-take-over")
    ids = [item.id for item in judging.items]
    assert portal.see("manager", get_judging, TEST, 1).rates == {ids[0]: 0.8, ids[1]: 0.55}


def test_a_file_that_is_no_sheet_is_refused_in_its_place(house: Databases, portal: Portal) -> None:
    tab = visit(house, "manager", "teach/pass_mark")
    tab.file_uploader[0].set_value(("judged.csv", b"a,b\r\n1,2\r\n", "text/csv")).run()
    assert not tab.exception
    assert "The columns of the judges' sheet were changed." in said(tab)
    assert keys(tab, "judge-take-over") == []
