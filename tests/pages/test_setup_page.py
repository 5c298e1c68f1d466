"""Setting tests up as a trainer meets it, under AppTest."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from assessments.blueprint import TESTS, blueprint_of
from assessments.test_definitions import definition_of, definitions_of
from core.db.assessment_tables import test_definition
from core.db.engines import Databases, reader
from tests.assessments.conftest import TEST, Portal
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def key(name: str, version: int = 0) -> str:
    return f"setup-{TEST}-{version}-{name}"


def bench(house: Databases, language: str = "en") -> AppTest:
    tab = visit(house, "trainer", "teach/test_setup", language=language, test=TEST)
    assert not tab.exception
    return tab


def rows_count(house: Databases) -> int:
    with reader(house.portal) as db:
        return int(db.execute(select(func.count()).select_from(test_definition)).scalar_one())


@pytest.mark.parametrize(("language", "title"), [("en", "Order processing"), ("zh", "订单处理")])
def test_every_test_is_listed_with_how_it_is_given(house: Databases, language: str, title: str) -> None:
    tab = visit(house, "trainer", "teach/test_setup", language=language)
    assert not tab.exception
    rows = tab.dataframe[0].value.to_dict("records")
    assert [row["title"] for row in rows][:1] == [title]
    assert len(rows) == len(TESTS)
    sizes = {row["test"] if "test" in row else row["title"]: row["items"] for row in rows}
    assert next(iter(sizes.values())) == "20"
    assert ("36 and a case" if language == "en" else "36 题和 1 个案例") in sizes.values()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_bench_shows_what_the_bank_has_for_each_cell(house: Databases, language: str) -> None:
    tab = bench(house, language)
    assert tab.text_input(key=key("title-zh")).value == "订单处理"
    cell = next(cell for cell in blueprint_of(TEST).cells if cell.competency == "2.1" and cell.level == "apply")
    assert tab.number_input(key=key("cell-2.1-apply")).value == cell.count
    assert ("bank has" if language == "en" else "题库现有") in said(tab)


def test_a_cell_that_cannot_be_filled_is_said_at_once_and_not_published(house: Databases, portal: Portal) -> None:
    tab = bench(house)
    tab.number_input(key=key("cell-2.5-remember")).set_value(70).run()
    assert "needs 140, bank has" in said(tab)
    assert "Exceptions, refunds and returns (2.5), Remember: two forms need 140 questions" in said(tab)
    tab.number_input(key=key("cell-2.1-apply")).set_value(0).run()
    press(tab, "setup-save")
    assert "Saved as a draft" in said(tab)
    press(tab, "setup-publish")
    assert "Cell 2.5 × Remember needs 140 items for two forms" in said(tab)
    assert portal.see("trainer", definition_of, TEST).version == 0


def test_when_the_answers_are_shown_is_chosen_with_what_it_means(house: Databases, portal: Portal) -> None:
    advice, seen = "one half's pre-test is the other half's post-test", "people see what is right while they take"
    tab = bench(house)
    assert advice in said(tab) and seen not in said(tab)
    tab.radio(key=key("behaviour")).set_value("immediate").run()
    assert advice not in said(tab) and seen in said(tab)
    tab.radio(key=key("behaviour")).set_value("deferred").run()
    tab.selectbox(key=key("keys_shown")).set_value("closed").run()
    assert advice not in said(tab) and "Say when the test closes" in said(tab)
    tab.selectbox(key=key("keys_shown")).set_value("both_taken").run()
    assert "Say when the test closes" not in said(tab)
    press(tab, "setup-save")
    press(tab, "setup-publish")
    assert portal.see("trainer", definition_of, TEST).settings.keys_shown == "both_taken"


def test_a_test_is_changed_saved_and_published(house: Databases, portal: Portal) -> None:
    tab = bench(house)
    tab.text_input(key=key("title-en")).set_value("Orders, the short test").run()
    tab.number_input(key=key("cell-2.1-apply")).set_value(1).run()
    tab.radio(key=key("behaviour")).set_value("interactive").run()
    tab.number_input(key=key("tries_per_item")).set_value(2).run()
    tab.number_input(key=key("penalty")).set_value(25.0).run()
    tab.toggle(key=key("limited")).set_value(True).run()
    tab.number_input(key=key("minutes")).set_value(45).run()
    tab.toggle(key=key("passed")).set_value(True).run()
    tab.number_input(key=key("percent")).set_value(72.5).run()
    tab.toggle(key=key("swapped")).set_value(False).run()
    assert tab.button(key="setup-publish").disabled
    press(tab, "setup-save")
    assert "Version 1 is a draft, saved by" in said(tab)
    assert portal.see("trainer", definition_of, TEST).version == 0
    press(tab, "setup-publish")
    assert not tab.exception
    given = portal.see("trainer", definition_of, TEST)
    assert (given.version, given.blueprint.title.en, given.blueprint.items_count) == (1, "Orders, the short test", 19)
    settings = given.settings
    assert (settings.behaviour, settings.tries_per_item, settings.penalty) == ("interactive", 2, 0.25)
    assert (settings.time_limit_minutes, settings.pass_rate, settings.swapped) == (45, 0.725, False)
    assert "Given now: Version 1: Published" in said(tab) or "Version 1: Published" in said(tab)


def test_a_window_is_kept_as_the_readers_clock_shows_it(house: Databases, portal: Portal) -> None:
    tab = bench(house)
    for name, day, clock in (("opens", date(2031, 3, 4), time(9, 30)), ("closes", date(2031, 3, 5), time(18, 0))):
        tab.toggle(key=key(name)).set_value(True).run()
        tab.date_input(key=key(f"{name}-day")).set_value(day).run()
        tab.time_input(key=key(f"{name}-clock")).set_value(clock).run()
    press(tab, "setup-save")
    settings = portal.see("trainer", definitions_of, TEST)[0].settings
    assert settings.opens_at is not None and settings.closes_at is not None
    assert settings.closes_at - settings.opens_at == 32 * 3_600 + 1_800
    assert settings.opens_at == 1_930_354_200  # 4 March 2031, 09:30 in Shanghai
    again = bench(house)
    assert again.time_input(key=key("opens-clock", 1)).value == time(9, 30)
    assert again.date_input(key=key("opens-day", 1)).value == date(2031, 3, 4)


def test_what_makes_no_sense_is_said_in_its_place_and_nothing_is_kept(house: Databases) -> None:
    tab = bench(house)
    tab.text_input(key=key("title-zh")).set_value("  ").run()
    assert "Say it in both languages." in said(tab)
    tab.multiselect(key=key("topics")).set_value([]).run()
    assert "A test has at least one topic." in said(tab)
    for name in ("opens", "closes"):
        tab.toggle(key=key(name)).set_value(True).run()
    day = tab.date_input(key=key("opens-day")).value
    assert isinstance(day, date)
    tab.date_input(key=key("closes-day")).set_value(day - timedelta(days=1)).run()
    assert "The test would close before it opens." in said(tab)
    press(tab, "setup-save")
    assert not tab.exception
    assert rows_count(house) == 0


def test_both_forms_are_shown_and_drawn_anew(house: Databases) -> None:
    tab = bench(house)
    tab.toggle(key="setup-show").set_value(True).run()
    first = said(tab)
    assert "Form A" in first and "Form B" in first and "op-" in first
    press(tab, "setup-draw")
    assert not tab.exception
    assert tab.number_input(key=key("seed")).value != blueprint_of(TEST).seed
    assert said(tab) != first


def test_a_version_is_taken_up_again(house: Databases, portal: Portal) -> None:
    tab = bench(house)
    tab.text_input(key=key("title-en")).set_value("Renamed").run()
    press(tab, "setup-save")
    assert keys(tab, "setup-again-") == ["setup-again-0"]
    press(tab, "setup-again-0")
    newest = portal.see("trainer", definitions_of, TEST)[0]
    assert (newest.version, newest.blueprint.title.en) == (2, "Order processing")


def test_who_was_overtaken_is_told(house: Databases, portal: Portal) -> None:
    one, other = bench(house), bench(house)
    one.text_input(key=key("title-en")).set_value("Mine").run()
    other.text_input(key=key("title-en")).set_value("Theirs").run()
    press(other, "setup-save")
    press(one, "setup-save")
    assert "Version 1 was saved meanwhile" in said(one)
    assert portal.see("trainer", definitions_of, TEST)[0].blueprint.title.en == "Theirs"


@pytest.mark.parametrize("login", ["clerk", "manager", "admin"])
def test_nobody_else_finds_the_page(house: Databases, login: str) -> None:
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(house, login, "teach/test_setup", test=TEST)


def test_too_long_a_form_is_said_in_its_place(house: Databases) -> None:
    tab = bench(house)
    tab.number_input(key=key("cell-2.5-remember")).set_value(95).run()
    assert "A form has at most 100 questions." in said(tab)
    press(tab, "setup-save")
    assert rows_count(house) == 0


def test_the_way_back_leads_to_the_list(house: Databases) -> None:
    tab = press(bench(house), "setup-all")
    assert not tab.exception
    assert len(tab.dataframe[0].value) == len(TESTS)
