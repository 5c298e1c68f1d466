"""The frame in a real Chromium: menu, language, theme and the way out, on a desk and on a phone, without complaints."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest
from playwright.sync_api import Browser, Page

from tests.app_server import AppServer
from tests.browser.windows import DESK, PHONE, Window, Windows

pytestmark = pytest.mark.browser


@pytest.fixture
def windows(demo: AppServer, chromium: Browser) -> Iterator[Windows]:
    """Windows onto the application."""
    with ExitStack() as closing:
        yield Windows(demo, chromium, closing)


def _open_menu(window: Window) -> Page:
    window.page.locator(".st-key-account button").click()
    window.page.locator(".orderly-choice").first.wait_for()
    return window.page


def _colour(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.querySelector('.stApp')).backgroundColor"))


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_signing_in_by_a_button_and_out_again(windows: Windows, size: tuple[int, int]) -> None:
    window = windows.open(size=size)
    page = window.page
    page.goto(f"{window.server.url}/audit")
    assert page.url.endswith("/sign-in?next=%2Faudit")
    assert window.sideways() <= 0
    page.locator("button[value=admin]").click()
    window.settle()
    assert page.url.endswith("/audit")
    page.get_by_role("heading", name="Audit log").wait_for()
    assert window.sideways() <= 0
    cookies = page.context.cookies()
    assert [cookie["httpOnly"] for cookie in cookies if cookie["name"] == "orderly"] == [True]
    page.reload()
    window.settle()
    page.get_by_role("heading", name="Audit log").wait_for()
    _open_menu(window)
    page.locator(".orderly-choice button.out").click()
    page.wait_for_url("**/sign-in")
    page.goto(f"{window.server.url}/audit")
    assert page.url.endswith("/sign-in?next=%2Faudit")
    problems = [problem for problem in window.problems if "404" not in problem]
    assert problems == []


def test_language_and_theme_are_chosen_and_kept(windows: Windows) -> None:
    window = windows.open("trainer")
    page = window.go("/")
    page.get_by_role("heading", name="Hello").wait_for()
    light = _colour(page)
    try:
        _open_menu(window).locator("button[name=language][value=zh]").click()
        page.get_by_text("您好").first.wait_for()
        window.settle()
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        _open_menu(window).locator("button[name=theme][value=dark]").click()
        page.locator("html[data-theme=dark]").wait_for(state="attached")
        window.settle()
        dark = _colour(page)
        assert dark != light
        page.reload()
        window.settle()
        assert _colour(page) == dark, "the choice is kept"
        other = windows.open("trainer", language="en")
        other.go("/")
        other.page.get_by_text("您好").first.wait_for()
        assert _colour(other.page) == dark, "it belongs to the person, not to the browser"
    finally:
        window.settle()
        _open_menu(window).locator("button[name=language][value=en]").click()
        page.get_by_role("heading", name="Hello").wait_for()
        window.settle()
        _open_menu(window).locator("button[name=theme][value=auto]").click()
        page.locator("html[data-theme=auto]").wait_for(state="attached")
        window.settle()
    assert _colour(page) == light
    assert window.problems == []


def test_a_window_that_was_signed_out_elsewhere_says_so(windows: Windows) -> None:
    window = windows.open("operations")
    page = window.go("/")
    other = page.context.new_page()
    other.goto(f"{window.server.url}/")
    other.locator(".st-key-account button").click()
    other.locator(".orderly-choice button.out").click()
    other.wait_for_url("**/sign-in")
    page.locator("[data-testid=stSidebarNavLink]").last.click()
    page.get_by_text("You are signed out").wait_for()
    page.get_by_text("Sign in again").click()
    page.wait_for_url("**/sign-in")


def test_a_closed_page_says_whom_to_ask(windows: Windows) -> None:
    window = windows.open("clerk", size=PHONE)
    page = window.go("/people")
    page.get_by_text("This page isn't open to you").wait_for()
    page.get_by_text("ask an administrator").first.wait_for()
    assert window.sideways() <= 0


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_the_administrators_pages_fit(windows: Windows, language: str, dark: bool, size: tuple[int, int]) -> None:
    window = windows.open("admin", language=language, size=size, dark=dark)
    for path in ("/", "/people", "/audit"):
        window.go(path)
        assert window.sideways() <= 0, path
        assert window.page.locator(".st-key-account").is_visible()
    assert [problem for problem in window.problems if "404" not in problem] == []


def test_an_administrator_takes_somebody_in_changes_and_disables_them(windows: Windows, demo: AppServer) -> None:
    window = windows.open("admin")
    page = window.go("/people")
    page.get_by_text("Add a person").click()
    page.locator("[class*=st-key-new-name] input").fill("Ada <b>Lovelace</b>")
    page.locator("[class*=st-key-new-login] input").fill("ada")
    page.get_by_role("button", name="Add and make a link").click()
    link = page.locator(".st-key-one-time-link code").inner_text()
    assert link.startswith(f"{demo.url}/welcome/")
    page.get_by_role("button", name="I have sent it").click()
    page.locator(".st-key-one-time-link").wait_for(state="detached")
    window.settle()
    _click_first_row(page)
    page.get_by_role("heading", name="Ada <b>Lovelace</b>").wait_for()
    page.get_by_role("button", name="Disable").click()
    page.get_by_role("button", name="Enable").wait_for()
    guest = windows.open()
    guest.page.goto(link)
    guest.page.get_by_text("This link no longer works").wait_for()
    page.get_by_role("button", name="Enable").click()
    page.get_by_role("button", name="Disable").wait_for()
    guest.page.goto(link)
    guest.page.locator("#password").fill("paper boat morning river")
    guest.page.locator("#again").fill("paper boat morning river")
    guest.page.locator("button.primary").click()
    guest.settle()
    guest.page.get_by_role("heading", name="Hello, Ada <b>Lovelace</b>").wait_for()
    assert window.problems == []


def _click_first_row(page: Page) -> None:
    """As a hand does it: the table looks where it is when the pointer comes over it, not when it is pressed."""
    page.wait_for_timeout(600)  # the layout above it moves for a moment
    box = page.locator(".st-key-people canvas").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 45, steps=8)
    page.mouse.move(box["x"] + 70, box["y"] + 52, steps=8)
    page.wait_for_timeout(300)
    page.mouse.down()
    page.mouse.up()
