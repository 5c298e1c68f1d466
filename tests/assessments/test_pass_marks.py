"""Pass marks by Angoff: what judges' estimates come to, rounds that don't lean on each other, and sheets."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook
from sqlalchemy import func, select

from assessments.accommodations import accommodations, grant_accommodation
from assessments.pass_mark_sheets import COLUMNS, ESTIMATE, ITEM, SHEET, judges_sheet, read_judges_sheet
from assessments.pass_marks import (
    adopt_pass_mark,
    get_judging,
    judge_items,
    may_see_result,
    pass_mark_in,
    pass_mark_of,
)
from assessments.test_definitions import definition_of, publish_definition, save_definition
from core.channels.files import InFile
from core.db.assessment_tables import pass_judgement
from core.db.portal_tables import audit
from core.domain.errors import FileRefused, NotAllowed, RuleViolation
from tests.assessments.conftest import TEST, Portal


def rows_count(portal: Portal) -> int:
    with portal.open("tess") as ctx:
        return int(ctx.db.execute(select(func.count()).select_from(pass_judgement)).scalar_one())


def judge_all(portal: Portal, login: str, rate: float, round_number: int = 1) -> list[str]:
    judging = portal.see(login, get_judging, TEST, round_number)
    rates = {item.id: rate for item in judging.items}
    portal.do(login, judge_items, TEST, judging.version, round_number, rates)
    return list(rates)


# ---- the reckoning --------------------------------------------------------------------------------------------


def test_the_mark_is_the_mean_of_the_judges_expected_scores() -> None:
    rates = {
        1: {"a": 0.9, "b": 0.5, "c": 0.4, "d": 0.6},  # 0.60
        2: {"a": 0.8, "b": 0.7, "c": 0.6, "d": 0.7},  # 0.70
        3: {"a": 1.0, "b": 0.9, "c": 0.2, "d": 0.9},  # 0.75
        4: {"a": 0.1},  # not finished, doesn't count
    }
    forms = {"a": "A", "b": "A", "c": "B", "d": "B"}
    found = pass_mark_in(list("abcd"), {}, rates, 1, forms, {1: "One", 2: "Two", 3: "Three"})
    assert found is not None
    assert [(one.name, round(one.mark, 9)) for one in found.judges] == [("One", 0.6), ("Two", 0.7), ("Three", 0.75)]
    assert found.mark == pytest.approx(2.05 / 3)
    assert found.standard_error == pytest.approx(math.sqrt(7 / 1200) / math.sqrt(3))
    assert found.by_form == {"A": pytest.approx(4.8 / 6), "B": pytest.approx(3.4 / 6)}
    assert [one.item_id for one in found.items][:2] == ["b", "c"] and found.items[-1].item_id == "a"
    by_id = {one.item_id: one for one in found.items}
    assert (by_id["c"].mean, by_id["c"].lowest, by_id["c"].highest) == (pytest.approx(0.4), 0.2, 0.6)
    assert by_id["c"].spread == pytest.approx(0.2)
    assert found.few


def test_items_count_by_their_weight() -> None:
    found = pass_mark_in(["a", "b"], {"a": 3.0, "b": 1.0}, {1: {"a": 1.0, "b": 0.0}}, 1, {"a": "A", "b": "B"})
    assert found is not None
    assert (found.mark, found.standard_error, found.items[0].spread) == (0.75, None, None)


def test_without_a_finished_judge_there_is_no_mark() -> None:
    assert pass_mark_in(["a", "b"], {}, {1: {"a": 0.5}}, 1, {}) is None
    assert pass_mark_in([], {}, {}, 1, {}) is None


# ---- judging --------------------------------------------------------------------------------------------------


def test_estimates_are_kept_changed_and_counted(portal: Portal) -> None:
    judging = portal.see("max", get_judging, TEST, 1)
    assert len(judging.items) == 40 and judging.open and not judging.complete
    first, second = (item.id for item in judging.items[:2])
    assert portal.do("max", judge_items, TEST, 0, 1, {first: 0.6, second: 0.5}) == 2
    assert portal.do("max", judge_items, TEST, 0, 1, {first: 0.6, second: 0.55}) == 1
    assert portal.see("max", get_judging, TEST, 1).rates == {first: 0.6, second: 0.55}
    assert portal.see("tess", get_judging, TEST, 1).rates == {}
    assert [(one.name, one.judged) for one in portal.see("tess", get_judging, TEST, 1).judges] == [("Max", 2)]
    assert rows_count(portal) == 2


def test_no_judge_sees_the_others_before_finishing(portal: Portal) -> None:
    judge_all(portal, "max", 0.6)
    first = portal.see("tess", get_judging, TEST, 1).items[0].id
    assert portal.see("tess", may_see_result, portal.see("tess", get_judging, TEST, 1))  # only looks on
    portal.do("tess", judge_items, TEST, 0, 1, {first: 0.9})
    with pytest.raises(RuleViolation, match="Judge every question of this round first"):
        portal.see("tess", pass_mark_of, TEST, 1)
    judge_all(portal, "tess", 0.8)
    found = portal.see("tess", pass_mark_of, TEST, 1)
    assert (found.mark, found.standard_error) == (pytest.approx(0.7), pytest.approx(0.1))
    assert found == portal.see("max", pass_mark_of, TEST, 1)


def test_the_next_round_shows_the_means_and_closes_the_one_before(portal: Portal) -> None:
    portal.admit("mia", role="manager", position=None)
    with pytest.raises(RuleViolation, match="Finish the round before first"):
        portal.do("max", judge_items, TEST, 0, 2, {"op-001": 0.5})
    ids = judge_all(portal, "max", 0.6)
    judge_all(portal, "mia", 0.8)
    second = portal.see("max", get_judging, TEST, 2)
    assert second.open and second.earlier == {item_id: pytest.approx(0.7) for item_id in ids}
    assert portal.see("tess", get_judging, TEST, 2).earlier == {}
    portal.do("max", judge_items, TEST, 0, 2, {ids[0]: 0.65})
    with pytest.raises(RuleViolation, match="You have begun the next round"):
        portal.do("max", judge_items, TEST, 0, 1, {ids[0]: 0.1})
    assert portal.see("max", get_judging, TEST, 1).locked
    assert portal.see("mia", pass_mark_of, TEST, 1).mark == pytest.approx(0.7)


@pytest.mark.parametrize(
    ("rates", "message"),
    [({"nothing": 0.5}, "no question nothing"), ({"first": 1.01}, "between 0 and 100"), ({"first": -0.1}, "between 0")],
)
def test_what_cannot_be_is_refused_whole(portal: Portal, rates: dict[str, float], message: str) -> None:
    items = portal.see("max", get_judging, TEST, 1).items
    named = {items[0].id if key == "first" else key: rate for key, rate in rates.items()}
    with pytest.raises(RuleViolation, match=message):
        portal.do("max", judge_items, TEST, 0, 1, {items[1].id: 0.5, **named})
    assert rows_count(portal) == 0


def test_a_version_published_meanwhile_is_said(portal: Portal) -> None:
    first = portal.see("max", get_judging, TEST, 1).items[0].id
    own = portal.see("tess", definition_of, TEST)
    timed = replace(own.settings, time_limit_minutes=30)
    portal.do("tess", save_definition, TEST, own.blueprint, timed, base=0)
    portal.do("tess", publish_definition, TEST, 1)
    assert portal.do("max", judge_items, TEST, 0, 1, {first: 0.5}) == 1  # a time limit changes no question
    portal.do("tess", save_definition, TEST, replace(own.blueprint, seed=5), timed, base=1)
    portal.do("tess", publish_definition, TEST, 2)
    assert portal.see("max", get_judging, TEST, 1).version == 2
    with pytest.raises(RuleViolation, match="Another version of this test has been published"):
        portal.do("max", judge_items, TEST, 0, 1, {first: 0.5})
    with pytest.raises(RuleViolation, match="Finish the round before first"):
        portal.do("max", judge_items, TEST, 2, 4, {first: 0.5})
    assert rows_count(portal) == 1


def test_employees_judge_nothing(portal: Portal) -> None:
    for work, args in (
        (get_judging, (TEST, 1)),
        (judge_items, (TEST, 0, 1, {"op-001": 0.5})),
        (pass_mark_of, (TEST, 1)),
        (adopt_pass_mark, (TEST, 0, 1)),
    ):
        with pytest.raises(NotAllowed):
            portal.do("ann", work, *args)
    judge_all(portal, "max", 0.6)
    with pytest.raises(NotAllowed):
        portal.do("max", adopt_pass_mark, TEST, 0, 1)
    assert portal.see("tess", definition_of, TEST).version == 0


# ---- adopting -------------------------------------------------------------------------------------------------


def test_a_round_becomes_the_pass_mark_of_a_new_version(portal: Portal) -> None:
    with pytest.raises(RuleViolation, match="Nobody has judged every question"):
        portal.do("tess", adopt_pass_mark, TEST, 0, 1)
    judge_all(portal, "max", 0.6123)
    assert portal.do("tess", adopt_pass_mark, TEST, 0, 1) == 1
    given = portal.see("ann", definition_of, TEST)
    assert (given.version, given.settings.pass_rate) == (1, 0.612)
    with portal.open("tess") as ctx:
        kinds = ctx.db.execute(select(audit.c.kind).order_by(audit.c.id.desc()).limit(1))
        assert kinds.scalar_one() == "pass_mark_adopted"
    assert portal.see("tess", pass_mark_of, TEST, 1).mark == pytest.approx(0.6123)
    with pytest.raises(RuleViolation, match="The test has this pass mark already"):
        portal.do("tess", adopt_pass_mark, TEST, 0, 1)


def test_a_waiting_draft_is_not_passed_over(portal: Portal) -> None:
    judge_all(portal, "max", 0.6)
    own = portal.see("tess", definition_of, TEST)
    portal.do("tess", save_definition, TEST, own.blueprint, own.settings, base=0)
    with pytest.raises(RuleViolation, match="Version 1 is a draft"):
        portal.do("tess", adopt_pass_mark, TEST, 0, 1)
    assert portal.see("tess", definition_of, TEST).version == 0


# ---- sheets ---------------------------------------------------------------------------------------------------


def filled(content: bytes, fill: dict[int, Any], column: str = ESTIMATE) -> bytes:
    """A sheet with values put into rows, counted from 1 below the header."""
    book = load_workbook(io.BytesIO(content))
    page = book.active
    assert page is not None
    for row, value in fill.items():
        page.cell(row + 1, COLUMNS.index(column) + 1).value = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def test_a_sheet_goes_out_and_comes_back(portal: Portal) -> None:
    judging = portal.see("max", get_judging, TEST, 1)
    sheet = judges_sheet(judging, 7, "zh")
    page = load_workbook(io.BytesIO(sheet)).active
    assert page is not None
    rows = list(page.iter_rows(values_only=True))
    assert rows[0] == COLUMNS and len(rows) == 41
    assert {row[0] for row in rows[1:]} == {f"{TEST} / 0 / 1"}
    assert [row[2] for row in rows[1:]] == ["A"] * 20 + ["B"] * 20
    assert all(row[5] and row[6] for row in rows[1:])
    shown = [str(row[5]) for row, item in zip(rows[1:], judging.items, strict=True) if item.kind == "generated"]
    assert len(shown) >= 6 and all(" | " in text for text in shown)  # the tables come along
    found = read_judges_sheet(InFile("x.xlsx", filled(sheet, {1: 65, 2: "70.5", 40: 0})), judging)
    ids = [item.id for item in judging.items]
    assert found.rates == {ids[0]: 0.65, ids[1]: 0.705, ids[39]: 0.0}
    assert (found.blank, found.problems) == (37, ())
    assert portal.do("max", judge_items, TEST, 0, 1, found.rates) == 3
    again = judges_sheet(portal.see("max", get_judging, TEST, 1), 7, "en")
    assert read_judges_sheet(InFile("x.xlsx", again), judging).rates == found.rates


def test_every_row_that_cannot_be_taken_is_named_and_the_rest_is(portal: Portal) -> None:
    judging = portal.see("max", get_judging, TEST, 1)
    sheet = filled(judges_sheet(judging, 7, "en"), {1: 50, 2: 101, 3: "many", 4: -1, 5: 60, 6: 70})
    sheet = filled(sheet, {5: "x-1", 6: judging.items[0].id}, ITEM)
    found = read_judges_sheet(InFile("x.xlsx", sheet), judging)
    assert [(one.line, one.found, one.template) for one in found.problems] == [
        (3, "101", "a number from 0 to 100"),
        (4, "many", "a number from 0 to 100"),
        (5, "-1", "a number from 0 to 100"),
        (6, "x-1", "a question of this test"),
        (7, judging.items[0].id, "each question once"),
    ]
    assert found.rates == {}  # the first row's question stands there twice


def test_a_sheet_of_something_else_is_refused(portal: Portal) -> None:
    judging = portal.see("max", get_judging, TEST, 1)
    other = filled(judges_sheet(judging, 7, "en"), {1: f"{TEST} / 3 / 1"}, SHEET)
    with pytest.raises(
        FileRefused, match="This sheet is for order_processing / 3 / 1; open is order_processing / 0 / 1"
    ):
        read_judges_sheet(InFile("x.xlsx", other), judging)
    book = Workbook()
    assert book.active is not None
    book.active.append(["a", "b"])
    book.active.append([1, 2])
    out = io.BytesIO()
    book.save(out)
    with pytest.raises(FileRefused, match="columns of the judges' sheet were changed"):
        read_judges_sheet(InFile("x.xlsx", out.getvalue()), judging)
    with pytest.raises(FileRefused):
        read_judges_sheet(InFile("x.xlsx", b"PK no workbook"), judging)


# ---- on PostgreSQL --------------------------------------------------------------------------------------------


@pytest.mark.postgres
def test_judging_and_adopting_work_on_postgresql(postgres_portal: Portal) -> None:
    portal = postgres_portal
    ids = judge_all(portal, "max", 0.6)
    portal.do("max", judge_items, TEST, 0, 1, {ids[0]: 0.64})
    assert portal.see("max", get_judging, TEST, 1).rates[ids[0]] == 0.64
    portal.do(
        "tess",
        grant_accommodation,
        portal.actors["ann"].person_id,
        extra_time_rate=0.5,
        larger_text=True,
        reason="seen",
    )
    portal.do(
        "tess", grant_accommodation, portal.actors["ann"].person_id, extra_time_rate=1, larger_text=False, reason="seen"
    )
    assert portal.see("tess", accommodations)[0].extra_time_rate == 1.0
    assert portal.do("tess", adopt_pass_mark, TEST, 0, 1) == 1
    assert portal.see("ann", definition_of, TEST).settings.pass_rate == 0.601
    with pytest.raises(RuleViolation, match="Version 1 was saved meanwhile"):
        own = portal.see("tess", definition_of, TEST)
        portal.do("tess", save_definition, TEST, own.blueprint, own.settings, base=0)
