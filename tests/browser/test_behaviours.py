"""Each behaviour of a test on a phone, as somebody meets it from the first answer to the result."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from assessments.test_settings import CERTAINTY, DEFERRED, IMMEDIATE, INTERACTIVE
from core.db.engines import Databases
from tests.app_server import AppServer, running_app
from tests.assessments.conftest import TEST
from tests.browser.conftest import sitting
from tests.browser.windows import PHONE, Window, Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[AppServer]:
    """The application, once for all behaviours."""
    with running_app(var) as running:
        yield running


@pytest.fixture
def window(server: AppServer, chromium: Browser) -> Iterator[Window]:
    """The clerk's phone; nothing on it may complain or lie outside it."""
    with ExitStack() as closing:
        opened = Windows(server, chromium, closing).open("clerk", size=PHONE)
        yield opened
        assert opened.sideways() == 0
        assert opened.problems == []


def begin(house: Databases, window: Window, behaviour: str) -> Page:
    """The test as the trainer gives it, at its first question."""
    sitting(house, "clerk", behaviour=behaviour, keys_shown="at_once")
    page = window.go(f"tests?test={TEST}&phase=pre")
    page.get_by_text("Question 1 of 7").wait_for()
    return window.settle()


def take_option(window: Window, name: str) -> None:
    """Chooses an option, and waits until it is saved."""
    page = window.page
    page.locator(".st-key-question label").get_by_text(f"option {name}", exact=True).click()
    page.get_by_text("1 answered").wait_for()
    window.settle()
    assert window.sideways() == 0


def check(window: Window, label: str = "Check the answer") -> None:
    """Has the answer checked."""
    window.page.get_by_role("button", name=label).click()
    window.page.locator("[class*=st-key-feedback-]").wait_for()
    window.settle()
    assert window.sideways() == 0


def finish(window: Window) -> Page:
    """To the result."""
    page = window.page
    page.get_by_role("button", name="Finish …").click()
    page.get_by_text("6 of 7 questions are not answered").wait_for()
    window.settle()
    assert window.sideways() == 0
    page.get_by_role("button", name="Finish and see the result").click()
    page.wait_for_url("**/result?attempt=*")
    page.get_by_text("Question by question").wait_for()
    return window.settle()


def test_deferred_says_nothing_until_the_end(house: Databases, window: Window) -> None:
    page = begin(house, window, DEFERRED)
    take_option(window, "a")
    assert page.get_by_text("because").count() == 0
    assert page.get_by_role("button", name="Check the answer").count() == 0
    take_option(window, "c")  # an answer can be changed
    finish(window)
    first = page.locator(".st-key-item-0")
    first.get_by_text("because b").wait_for()
    assert "Wrong" in first.inner_text()
    assert first.locator("li", has_text="option c").get_by_text("your answer").count() == 1


def test_immediate_says_at_once_and_locks(house: Databases, window: Window) -> None:
    page = begin(house, window, IMMEDIATE)
    take_option(window, "a")
    check(window)
    feedback = page.locator(".st-key-feedback-wrong")
    shown = [text.split("\n")[0] for text in feedback.locator("li").all_inner_texts()]
    options = page.locator(".st-key-question [data-testid=stRadioOption]").all_inner_texts()
    assert [next(name for name in options if name in line) for line in shown] == options  # in the options' own order
    assert feedback.locator("li", has_text="option b").locator("strong").count() == 1
    assert page.get_by_role("status").filter(has_text="Wrong").count() == 1  # said aloud as well
    assert page.get_by_role("radio", name="option a").is_disabled()
    assert page.get_by_role("button", name="Check the answer").count() == 0
    finish(window)
    page.locator(".st-key-item-0 .stMarkdownBadge", has_text="Wrong").wait_for()


def test_interactive_gives_hints_and_takes_a_share_for_each_try(house: Databases, window: Window) -> None:
    page = begin(house, window, INTERACTIVE)
    take_option(window, "a")
    check(window)
    page.get_by_text("hint 1 of 1").wait_for()
    page.get_by_text("Tries left: 2.").wait_for()
    again = page.get_by_role("button", name="Check it again")
    assert again.is_disabled()  # nothing was changed yet
    take_option(window, "c")
    again.click()
    page.get_by_text("hint 2 of 1").wait_for()
    window.settle()
    assert page.get_by_text("because").count() == 0  # the reasons would give the key away
    take_option(window, "b")
    again.click()
    page.locator(".st-key-feedback-right").get_by_text("Worth 33%").wait_for()
    window.settle()
    assert page.get_by_text("because b").count() == 1
    finish(window)
    page.get_by_text("All (7)").click()
    page.locator(".st-key-item-0").get_by_text("33%").wait_for()
    window.settle()


def test_by_certainty_one_says_how_sure_one_is(house: Databases, window: Window) -> None:
    page = begin(house, window, CERTAINTY)
    take_option(window, "a")
    sure = page.get_by_role("radio", name="Quite sure (+3 / −6)")
    sure.click()
    page.locator("button[aria-checked=true]", has_text="Quite sure").wait_for()
    window.settle()
    inside = "e => e.getBoundingClientRect().right <= innerWidth && e.getBoundingClientRect().left >= 0"
    assert sure.evaluate(inside)
    page.reload()
    page.get_by_text("1 answered").wait_for()
    window.settle()
    page.locator("[class*=st-key-palette-]").get_by_role("radio").first.click()
    page.locator("button[aria-checked=true]", has_text="Quite sure").wait_for()
    window.settle()
    finish(window)
    page.locator(".st-key-item-0").get_by_text("Quite sure").wait_for()
    assert "Wrong" in page.locator(".st-key-item-0").inner_text()
    page.get_by_test_id("stMetricValue").filter(has_text="0%").first.wait_for()
