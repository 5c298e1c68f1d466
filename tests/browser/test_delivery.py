"""Delivery in the browser: what is typed survives what may break, keys suffice, and the clock ends a test."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import update

from assessments.attempts import answers_in
from core.db.assessment_tables import attempt
from core.db.engines import Databases, connect
from tests.app_server import AppServer, run_module, running_app
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import give, hand_out, row_in
from tests.browser.windows import PHONE, Window, Windows
from tests.pages.learners import portal_of
from tests.visits import shut_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MAY_BE_LOST = 5.0  # seconds of typing


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("delivery")
    run_module(["seed", "demo", "--orders", "60", "--days", "2"], folder)
    with running_app(folder):
        pass  # the demo's people are made at the first start
    return folder


@pytest.fixture
def house(var: Path) -> Iterator[Databases]:
    opened = connect("", var)
    yield opened
    opened.dispose()


def sitting(house: Databases, login: str, **settings: object) -> tuple[Portal, int]:
    """Puts a question of each kind in somebody's hands; gives the attempt's id."""
    portal = portal_of(house)
    portal.actors |= {"ann": portal.actors[login], "tess": portal.actors["trainer"]}
    give(portal, **settings)  # type: ignore[arg-type]
    return portal, hand_out(portal, login)


def opened(window: Window, place: int) -> Page:
    """The test at one of its questions."""
    page = window.go(f"tests?test={TEST}")
    page.locator("[class*=st-key-palette-]").get_by_role("radio").nth(place).click()
    page.get_by_text(f"Question {place + 1} of 7").wait_for()
    return window.settle()


def typed(page: Page, seconds: float) -> list[tuple[float, str]]:
    """Types without a pause; gives what stood there at which moment."""
    page.locator(".st-key-question textarea").click()
    page.keyboard.press("Control+End")
    text, begun = page.locator(".st-key-question textarea").input_value(), time.monotonic()
    stood = [(begun, text)]
    while time.monotonic() - begun < seconds:
        letter = LETTERS[len(text) % 26]
        page.keyboard.type(letter)
        text += letter
        stood.append((time.monotonic(), text))
        page.wait_for_timeout(90)
    return stood


def lost_seconds(stood: list[tuple[float, str]], kept: str) -> float:
    """How long one had typed since what is kept was all there was."""
    cut_at, whole = stood[-1]
    assert whole.startswith(kept)
    since = [at for at, text in stood if len(text) > len(kept)]
    return cut_at - since[0] if since else 0.0


def test_what_is_typed_survives_server_connection_and_session(var: Path, house: Databases, chromium: Browser) -> None:
    portal, attempt_id = sitting(house, "service")

    def kept() -> str:
        return str(portal.see("service", answers_in, attempt_id).get("x-7", ""))

    def cut(way: Callable[[AppServer, Page], None], seconds: float) -> None:
        with running_app(var) as server, ExitStack() as closing:
            page = opened(Windows(server, chromium, closing).open("service"), 6)
            assert page.locator(".st-key-question textarea").input_value() == kept()
            stood = typed(page, seconds)
            way(server, page)
            time.sleep(0.5)
            assert lost_seconds(stood, kept()) <= MAY_BE_LOST
            assert len(kept()) > 10

    cut(lambda server, _: server.process.kill(), 8.3)
    cut(lambda _, page: page.context.set_offline(True), 6.1)
    cut(lambda _, __: shut_out(house, "service"), 4.4)
    cut(lambda _, page: page.close(), 5.0)


def test_a_whole_test_by_keys_alone_and_the_clock_ends_it(var: Path, house: Databases, chromium: Browser) -> None:
    portal, attempt_id = sitting(house, "finance", time_limit_minutes=30)
    with running_app(var) as server, ExitStack() as closing:
        window = Windows(server, chromium, closing).open("finance", size=PHONE)
        page = window.go(f"tests?test={TEST}")
        page.get_by_text("Question 1 of 7").wait_for()
        press = page.keyboard.press
        steps = (("2", "x-1", "b"), ("a", "x-2", ["a"]), ("b", "x-2", ["a", "b"]))
        for key, item, wanted in steps:
            if item == "x-2" and wanted == ["a"]:
                press("n")
                page.get_by_text("Question 2 of 7").wait_for()
                window.settle()
            press(key)
            _until(lambda item=item, wanted=wanted: _kept(portal, attempt_id).get(item) == wanted)  # type: ignore[misc]
            window.settle()
        press("p")
        page.get_by_text("Question 1 of 7").wait_for()
        assert window.sideways() == 0
        assert page.locator(".orderly-clock-left").inner_text().startswith("29:")
        with portal.open("finance") as ctx:  # as if 29 minutes had gone by
            soon = update(attempt).where(attempt.c.id == attempt_id).values(deadline_at=int(time.time()) + 6)
            ctx.db.execute(soon)
        press("3")
        _until(lambda: page.locator(".orderly-clock-left.last").count() == 1)
        assert page.get_by_role("alert").filter(has_text="1 minute left.").count() == 1
        page.wait_for_url("**/result?attempt=*")
        row = row_in(portal, attempt_id)
        assert (row.status, row.finished_at) == ("finished", row.deadline_at)
        assert _kept(portal, attempt_id) == {"x-1": "c", "x-2": ["a", "b"]}
        assert window.problems == []


def _kept(portal: Portal, attempt_id: int) -> dict[str, object]:
    return dict(portal.see("finance", answers_in, attempt_id))


def _until(there: Callable[[], bool]) -> None:
    for _ in range(100):
        if there():
            return
        time.sleep(0.1)
    raise AssertionError("it didn't come")
