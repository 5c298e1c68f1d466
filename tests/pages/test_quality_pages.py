"""The quality of a test and the effect of training as trainers and managers meet them, with few people and many."""

from __future__ import annotations

import csv
import io
import re
import time
from dataclasses import replace

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from assessments.attempts import POST, PRE, finish_attempt, save_answer
from assessments.effect import effect_of
from assessments.forms import forms_of
from assessments.handout import packed, unpacked
from assessments.questions import Choice
from assessments.statistics.form_report import form_report
from assessments.test_definitions import definition_of, publish_definition, save_definition
from assessments.test_statistics import answers_to, finished_tests, newest_of
from core.db.assessment_tables import attempt
from core.db.engines import Databases
from core.db.portal_tables import person
from pages.teach.effect_words import effect_file
from pages.teach.quality import gradebook_file, report_file
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.given import hand_out
from tests.assessments.taking import do_exercises, take
from tests.pages.learners import portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def _first_single() -> str:
    items = forms_of(TEST)["A"].items
    return next(item.id for item in items if isinstance(item.content, Choice) and not item.content.several)


def _crowd(house: Databases, crowd: Crowd) -> None:
    with house.portal.begin() as db:
        gather(db, TEST, crowd, int(time.time()) - 86_400 * 20)


def test_nobody_has_finished_and_the_way_on_is_shown(house: Databases) -> None:
    for language, words in (("en", "Nobody has finished this test yet"), ("zh", "还没有人完成")):
        tab = visit(house, "trainer", "teach/test_quality", language=language)
        assert not tab.exception
        assert words in said(tab)
        assert not tab.dataframe


def test_one_person_is_said_to_be_few_and_no_verdict_is_given(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    tab = visit(house, "trainer", "teach/test_quality")
    assert not tab.exception
    assert "Few people (n = 1)" in said(tab)
    rows = tab.dataframe[0].value.to_dict("records")
    assert len(rows) == 20
    assert {row["verdict"] for row in rows} == {"Too few people to say"}
    values = {metric.label: metric.value for metric in tab.metric}
    assert values["People"] == "1" and values["Internal consistency"] == "–"
    assert "Not on the map, since nobody differs on them: op-" in said(tab)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_suspected_key_comes_first_and_is_explained(house: Databases, language: str) -> None:
    miskeyed = _first_single()
    _crowd(house, Crowd(120, ability=0.5, wrong_keys=frozenset({miskeyed})))
    tab = visit(house, "trainer", "teach/test_quality", language=language, form="A-0-1", item=miskeyed)
    assert not tab.exception
    rows = tab.dataframe[0].value.to_dict("records")
    suspected = {"en": "Key suspected to be wrong", "zh": "疑似答案有误"}[language]
    assert [row["item"] for row in rows if suspected in row["verdict"]] == [miskeyed]
    options, groups, answers = (frame.value for frame in tab.dataframe[1:])
    doubt = {"en": "Better people choose this: is it the key?", "zh": "水平高的人选它：它才是正确答案吗？"}[language]
    assert list(options["remark"]).count(doubt) == 1
    assert len(options) >= 3 and len(groups) >= 1 and len(answers) == 120
    assert {"en": "Few people", "zh": "人数较少"}[language] not in said(tab)
    assert len(tab.get("plotly_chart")) == 3


def test_the_people_behind_the_figures_are_shown_and_hidden(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    tab = visit(house, "trainer", "teach/test_quality")
    press(tab, "rows-cic")
    assert not tab.exception
    assert tab.query_params["rows"] in ("people", ["people"])
    people = tab.dataframe[0].value.to_dict("records")
    assert [(row["score"], row["phase"]) for row in people] == [(40.0, "Pre-test")]
    press(tab, "close-people")
    assert len(tab.dataframe[0].value) == 20


def test_an_address_that_names_nothing_is_forgiven(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    tab = visit(house, "trainer", "teach/test_quality", test="no", form="no", phase="no", item="no", rows="no")
    assert not tab.exception
    assert len(tab.dataframe) == 1


@pytest.mark.parametrize(("language", "words"), [("en", "items as of "), ("zh", "起的题目")])
def test_forms_of_other_items_are_told_apart_by_their_day(house: Databases, language: str, words: str) -> None:
    _crowd(house, Crowd(12, post=False))
    with house.portal.begin() as db:
        rows = db.execute(select(attempt.c.id, attempt.c["items"]).where(attempt.c.form == "A")).all()
        for row in rows[:3]:
            fewer = packed(unpacked(row.items)[:-1])
            db.execute(attempt.update().where(attempt.c.id == row.id).values(items=fewer))
    tab = visit(house, "trainer", "teach/test_quality", language=language)
    assert not tab.exception
    options = [one for one in tab.selectbox(key="quality-form").options if "Form A" in one or "A 卷" in one]
    assert len(options) == 2 and all(words in one for one in options)


@pytest.mark.parametrize(("login", "ways_on"), [("trainer", 1), ("manager", 0)])
def test_a_form_that_waits_for_its_marks_says_where_they_are_given(
    house: Databases, portal: Portal, login: str, ways_on: int
) -> None:
    portal.actors["tess"] = portal.actors["trainer"]
    attempt_id = hand_out(portal, "clerk")
    portal.do("clerk", save_answer, attempt_id, "x-7", "First I call the buyer.")
    portal.do("clerk", finish_attempt, attempt_id)
    tab = visit(house, login, "teach/test_quality")
    assert not tab.exception and not tab.warning
    assert "Every attempt at this form still waits for a mark by hand" in said(tab)
    assert len([one for one in tab.get("page_link") if one.proto.label == "Marking"]) == ways_on


def test_many_people_bring_a_response_model(house: Databases) -> None:
    _crowd(house, Crowd(220))
    tab = visit(house, "manager", "teach/test_quality", form="B-0-1", item=forms_of(TEST)["B"].items[0].id)
    assert not tab.exception
    assert "Where the test measures best" in said(tab)
    assert "Difficulty b" in said(tab)
    assert "Mantel" in said(tab), "groups of 40 and more are compared"


def test_a_pass_mark_brings_how_far_decisions_can_be_trusted(house: Databases, portal: Portal) -> None:
    _crowd(house, Crowd(60))
    before = said(visit(house, "trainer", "teach/test_quality"))
    assert "Kappa of the decision" not in before
    own = portal.see("trainer", definition_of, TEST)
    settings = replace(own.settings, pass_rate=0.6)
    version = portal.do("trainer", save_definition, TEST, own.blueprint, settings, base=own.version)
    portal.do("trainer", publish_definition, TEST, version)
    tab = visit(house, "trainer", "teach/test_quality")
    assert not tab.exception
    assert "Kappa of the decision" in said(tab)
    take(portal, "clerk", PRE, right=8)
    tab = visit(house, "trainer", "teach/test_quality")
    assert not tab.exception
    newest, *older = tab.selectbox(key="quality-form").options
    assert f"version {version}" in newest and all("version 0" in one for one in older)


def test_the_report_is_a_workbook_of_three_sheets(house: Databases, portal: Portal) -> None:
    _crowd(house, Crowd(60, wrong_keys=frozenset({_first_single()})))
    answers = portal.see("trainer", answers_to, TEST, "A-0-1")
    report = form_report(answers, 0.6)
    book = load_workbook(io.BytesIO(report_file(answers, report, "=Order processing")))
    test, items, options = (book[name] for name in book.sheetnames)
    cells = {row[0]: row[1] for row in test.iter_rows(values_only=True)}
    assert cells["Test"] == "'=Order processing"
    assert cells["Internal consistency"] == pytest.approx(report.figures.cic)
    assert items.max_row == 21 and items.freeze_panes == "A2"
    heads = [cell.value for cell in items[1]]
    assert [row[heads.index("Facility")] for row in items.iter_rows(min_row=2, values_only=True)] == pytest.approx(
        [one.figures.facility for one in report.items]
    )
    remarks = [row[-1] for row in options.iter_rows(min_row=2, values_only=True)]
    assert remarks.count("Better people choose this: is it the key?") == 1
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


def test_three_files_can_be_taken_along(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    with house.portal.begin() as db:
        db.execute(person.update().where(person.c.login == "service").values(name="=HYPERLINK(1)"))
    tab = visit(house, "trainer", "teach/test_quality")
    assert [button.proto.label for button in tab.get("download_button")] == [
        "Report as workbook",
        "xAPI statements",
        "Gradebook",
    ]
    lines = list(csv.reader(io.StringIO(portal.see("trainer", gradebook_file).decode("utf-8-sig"))))
    assert lines[0][5:] == ["Order processing, Pre-test (%)", "Order processing, Pre-test: passed"]
    rows = {row[1]: row for row in lines[1:]}
    assert len(rows) == 5
    assert rows["clerk"][5:] == ["40.0", ""]
    assert rows["service"][2] == "'=HYPERLINK(1)"
    assert rows["service"][5:] == ["", ""]


# ---- effect of training ---------------------------------------------------------------------------------------


def test_nobody_has_taken_both_tests(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    for language, words in (("en", "Nobody has taken both tests yet"), ("zh", "还没有人做完")):
        tab = visit(house, "manager", "teach/effect", language=language)
        assert not tab.exception
        assert words in said(tab)


def test_two_people_are_no_proof_and_the_page_says_so(house: Databases, portal: Portal) -> None:
    for login, before, after in (("clerk", 8, 14), ("warehouse", 10, 12)):
        take(portal, login, PRE, right=before)
        do_exercises(portal, login)
        take(portal, login, POST, right=after)
    tab = visit(house, "trainer", "teach/effect")
    assert not tab.exception
    values = {metric.label: metric.value.replace("\\", "") for metric in tab.metric}
    assert values["Gain"] == "+20.0 pp"
    assert values["Reliably better"] == "–"
    assert "too few to say more than how these did" in said(tab)
    assert "can't be told from less learning" in said(tab)
    groups, people = (frame.value.to_dict("records") for frame in tab.dataframe)
    assert [row["remark"] for row in groups] == ["too few"] * len(groups)
    assert sorted(row["gain"] for row in people) == [10.0, 30.0]
    assert {row["verdict"] for row in people} == {"–"}
    assert {row["interval"] for row in groups} == {"–"}, "one person in each team"
    tab.segmented_control(key="effect-grouping").set_value("competencies").run()
    intervals = [row["interval"] for row in tab.dataframe[0].value.to_dict("records")]
    assert any("100.0" in one for one in intervals), "of two people one can't say more than that"
    assert not [one for one in intervals for n in re.findall(r"[\d.]+", one) if n != "…" and float(n) > 100]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_trained_crowd_is_told_apart_from_an_easier_form(house: Databases, language: str) -> None:
    _crowd(house, Crowd(80, gain=1.2, form_b_ease=0.8))
    tab = visit(house, "manager", "teach/effect", language=language)
    assert not tab.exception
    words = {"en": "Forms swapped for half of the people: measured gain", "zh": "一半人调换了卷别顺序：实测提升"}
    assert words[language] in said(tab)
    assert len(tab.get("plotly_chart")) == 4
    groups, conversion, people = (frame.value for frame in tab.dataframe)
    assert (len(groups), len(conversion), len(people)) == (4, 21, 80)
    assert set(groups["n"]) == {20}
    assert set(groups["remark"]) == {{"en": "small group", "zh": "小样本"}[language]}
    tab.segmented_control(key="effect-grouping").set_value("competencies").run()
    assert not tab.exception
    assert len(tab.dataframe[0].value) == 7


def test_kept_figures_follow_whatever_they_rest_on(house: Databases, portal: Portal) -> None:
    _crowd(house, Crowd(12))
    tab = visit(house, "manager", "teach/effect")
    teams = [row["name"] for row in tab.dataframe[0].value.to_dict("records")]
    assert "Service" in teams
    with house.portal.begin() as db:
        db.execute(person.update().where(person.c.team == "Service").values(team="Night shift"))
    tab.run()
    assert [row["name"] for row in tab.dataframe[0].value.to_dict("records")] == sorted(
        "Night shift" if name == "Service" else name for name in teams
    )
    own = portal.see("trainer", definition_of, TEST)
    version = portal.do("trainer", save_definition, TEST, own.blueprint, own.settings, base=own.version)
    before = portal.see("trainer", newest_of, TEST)
    portal.do("trainer", publish_definition, TEST, version)
    assert portal.see("trainer", newest_of, TEST) != before, "another definition may count another try"


def test_the_people_behind_the_effect_come_to_the_front(house: Databases) -> None:
    _crowd(house, Crowd(12))
    tab = visit(house, "trainer", "teach/effect")
    assert len(tab.dataframe[0].value) == 4
    press(tab, "rows-effect-mean")
    assert not tab.exception
    assert len(tab.dataframe[0].value) == 12
    press(tab, "close-effect-people")
    assert len(tab.dataframe[0].value) == 4


def test_tests_stand_side_by_side(house: Databases, portal: Portal) -> None:
    _crowd(house, Crowd(12, gain=1.5))
    with house.portal.begin() as db:
        people = list(db.execute(select(person.c.id).where(person.c.login.like("crowd-%"))).scalars())
        gather(db, "programme", Crowd(12, gain=0.0), int(time.time()) - 86_400 * 20, again=people[:10])
    assert portal.see("manager", finished_tests) == (TEST, "programme")
    tab = visit(house, "manager", "teach/effect")
    assert not tab.exception
    assert "Test by test" in said(tab)
    rows = tab.dataframe[1].value.to_dict("records")
    assert [row["n"] for row in rows] == [10, 12] or [row["n"] for row in rows] == [12, 10]
    tab = visit(house, "manager", "teach/effect", test="programme")
    assert not tab.exception
    assert len(tab.dataframe[-1].value) == 10


def test_the_effect_is_a_workbook_of_three_sheets(house: Databases, portal: Portal) -> None:
    _crowd(house, Crowd(40))
    effect = portal.see("manager", effect_of, TEST)
    book = load_workbook(io.BytesIO(effect_file(effect, "Order processing")))
    whole, groups, people = (book[name] for name in book.sheetnames)
    cells = {row[0]: row[1] for row in whole.iter_rows(values_only=True)}
    assert cells["Gain"] == pytest.approx(effect.whole.freed.mean)
    assert groups.max_row == 1 + 4 + 5 + 7
    assert people.max_row == 41
    assert sum(row[6] for row in people.iter_rows(min_row=2, values_only=True)) / 40 == pytest.approx(
        effect.whole.raw.mean
    )
