"""Delivery in the browser: what is typed survives what may break, keys suffice, and the clock ends a test.

How each behaviour meets somebody from start to finish is in `test_behaviours`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page
from sqlalchemy import select, update

from assessments.attempts import answers_in
from assessments.exhibits import CaseView, Exhibit
from assessments.handout import packed
from assessments.prose import same
from assessments.questions import Question
from core.db.assessment_tables import attempt
from core.db.engines import Databases
from tests.app_server import AppServer, running_app
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import EVERY_KIND, row_in
from tests.assessments.questions_for_tests import SINGLE
from tests.browser.by_keys import KeyTaker, until
from tests.browser.conftest import sitting
from tests.browser.windows import PHONE, Window, Windows
from tests.visits import shut_out

pytestmark = [pytest.mark.browser, pytest.mark.slow]
LETTERS = "abcdefghijklmnopqrstuvwxyz"
MAY_BE_LOST = 5.0  # seconds of typing
WIDE = Exhibit(
    same("Orders of last month"),
    tuple(same(name) for name in ("Order", "Paid at", "Paid (CNY)", "Refunded (CNY)", "Settled by the channel (CNY)")),
    tuple(
        tuple(same(cell) for cell in (f"4516375{n}", f"2026-08-0{n} 21:00", "147.90", "0.00", "147.90"))
        for n in range(1, 7)
    ),
)
CASE = replace(SINGLE, item_id="x-8", case=CaseView("case", same("A month's end"), same("Somebody asks why."), (WIDE,)))


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
            until(lambda item=item, wanted=wanted: _kept(portal, attempt_id).get(item) == wanted)  # type: ignore[misc]
            window.settle()
        press("p")
        page.get_by_text("Question 1 of 7").wait_for()
        assert window.sideways() == 0
        assert page.locator(".orderly-clock-left").inner_text().startswith("29:")
        with portal.open("finance") as ctx:  # as if 29 minutes had gone by
            soon = update(attempt).where(attempt.c.id == attempt_id).values(deadline_at=int(time.time()) + 6)
            ctx.db.execute(soon)
        press("3")
        until(lambda: page.locator(".orderly-clock-left.last").count() == 1)
        assert page.get_by_role("alert").filter(has_text="1 minute left.").count() == 1
        page.wait_for_url("**/result?attempt=*")
        row = row_in(portal, attempt_id)
        assert (row.status, row.finished_at) == ("finished", row.deadline_at)
        assert _kept(portal, attempt_id) == {"x-1": "c", "x-2": ["a", "b"]}
        assert window.problems == []


def _kept(portal: Portal, attempt_id: int) -> dict[str, object]:
    return dict(portal.see("finance", answers_in, attempt_id))


# ---- a whole test without a mouse -------------------------------------------------------------------------------


def in_hand(portal: Portal, login: str, questions: tuple[Question, ...]) -> int:
    """Puts questions in the hands of somebody who has begun; gives the attempt's id."""
    with portal.open(login) as ctx:
        mine = attempt.c.person_id == ctx.actor.person_id, attempt.c.status != "finished"
        attempt_id = ctx.db.execute(select(attempt.c.id).where(*mine)).scalar_one()
        ctx.db.execute(update(attempt).where(attempt.c.id == attempt_id).values(items=packed(questions)))
    return int(attempt_id)


def test_every_kind_is_answered_by_keys_alone(var: Path, house: Databases, chromium: Browser) -> None:
    questions = (*EVERY_KIND[:6], CASE, EVERY_KIND[6])
    portal = sitting(house, "warehouse", begin=False)[0]
    with running_app(var) as server, ExitStack() as closing:
        window = Windows(server, chromium, closing).open("warehouse")
        page = window.go(f"tests?test={TEST}&phase=pre")
        taker = KeyTaker(window, portal, "warehouse", len(questions))
        taker.watch_the_mouse()
        taker.press_on(".st-key-begin button")
        page.get_by_text("Question 1 of").wait_for()
        window.settle()
        assert taker.no_mouse()
        taker.attempt_id = in_hand(portal, "warehouse", questions)
        page.reload()
        taker.arrived(1)
        taker.watch_the_mouse()
        choose_by_keys(taker)
        type_by_keys(taker)
        match_by_keys(taker)
        order_by_keys(taker)
        write_by_keys(taker)
        page.get_by_text("All questions are answered.").wait_for()
        window.settle()
        taker.press_on(".st-key-finish button")
        page.wait_for_url("**/result?attempt=*")
        window.settle()
        assert taker.no_mouse() and taker.kept() == taker.wanted
        assert row_in(portal, taker.attempt_id).status == "finished"
        assert window.problems == []


def choose_by_keys(taker: KeyTaker) -> None:
    """One of several, then several of several; where the keys are is seen."""
    taker.tab_to(".st-key-question input")
    taker.page.keyboard.press("ArrowDown")
    taker.answered("x-1", "b")
    taker.on_to(2)
    for ticked in (["a"], ["a", "b"]):
        taker.tab_to(".st-key-question input")
        assert taker.page.locator(".st-key-ticks label[data-focus-visible]").count() == 1
        taker.page.keyboard.press("Space")
        taker.answered("x-2", ticked)
    taker.on_to(3)


def type_by_keys(taker: KeyTaker) -> None:
    """A number, saved by Enter; a word, saved by leaving it."""
    taker.tab_to(".st-key-question input")
    taker.page.keyboard.type("1234.5")
    taker.page.keyboard.press("Enter")
    taker.answered("x-3", "1234.5")
    taker.on_to(4)
    taker.tab_to(".st-key-question input")
    taker.page.keyboard.type("on hold")
    taker.on_to(5)
    taker.answered("x-4", "on hold")


def match_by_keys(taker: KeyTaker) -> None:
    """A partner for each line, one of them taken back first."""
    pairs: dict[str, str] = {}
    for left, right in (("a", "a"), ("b", "b"), ("c", "a"), ("d", "c")):
        taker.tab_to(f"[class*=st-key-answer-][class*=x-5-{left}] input")
        taker.choose("abcd".index(right))
        pairs[left] = right
        taker.answered("x-5", dict(pairs))
    taker.press_on("[class*=x-5-d] button[aria-label='Clear value']")
    taker.answered("x-5", {name: right for name, right in pairs.items() if name != "d"})
    until(lambda: taker.has_focus("[class*=x-5-d] input"))
    taker.choose("abcd".index("c"))
    taker.answered("x-5", pairs)
    taker.on_to(6)


def order_by_keys(taker: KeyTaker) -> None:
    """Every step placed, the next one having the focus; then one moved."""
    shown = taker.page.locator(".st-key-unplaced button p").all_inner_texts()
    order = [label.removeprefix("step ") for label in shown]
    taker.tab_to(".st-key-unplaced button")
    for count in range(1, 5):
        until(lambda: taker.has_focus(".st-key-unplaced button"))
        taker.page.keyboard.press("Enter")
        taker.answered("x-6", order[:count])
    taker.press_on("[class*=st-key-move-arrow_downward] button:enabled")
    taker.answered("x-6", [order[1], order[0], *order[2:]])
    taker.on_to(7)


def write_by_keys(taker: KeyTaker) -> None:
    """A question of a case by its number, and the next by its letter; then a text."""
    taker.page.keyboard.press("2")
    taker.answered("x-8", "b")
    taker.page.keyboard.press("n")
    taker.arrived(8)
    taker.tab_to(".st-key-question textarea")
    taker.page.keyboard.type("The label was torn; print it again.")
    taker.tab_to(".st-key-next button")
    taker.answered("x-7", "The label was torn; print it again.")
    taker.page.keyboard.press("Enter")


def test_what_is_read_aloud_names_the_question_without_signs(var: Path, house: Databases, chromium: Browser) -> None:
    portal, attempt_id = sitting(house, "clerk", time_limit_minutes=30)
    multiple = replace(EVERY_KIND[1], stem=same("Which, if any (of these), isn't 'right'?"))
    in_hand(portal, "clerk", (multiple, CASE, *EVERY_KIND[2:]))
    with running_app(var) as server, ExitStack() as closing:
        window = Windows(server, chromium, closing).open("clerk", size=PHONE, dark=True)
        page = window.go(f"tests?test={TEST}")
        page.get_by_text("Question 1 of 7").wait_for()
        assert page.get_by_role("timer").inner_text().startswith("Time left")
        assert page.get_by_role("status").filter(has_text="Question 1 of 7").count() == 1
        until(lambda: page.locator('[aria-label*="\\\\"]').count() == 0)
        assert page.get_by_role("checkbox", name="option a", exact=True).count() == 1
        assert page.get_by_role("link", name="Link to heading").count() == 0
        page.keyboard.press("n")
        page.get_by_role("group", name="Orders of last month").wait_for()
        window.settle()
        table = page.get_by_role("group", name="Orders of last month")
        inside = "e => [e.scrollWidth > e.clientWidth, e.getBoundingClientRect().right <= innerWidth]"
        assert table.evaluate(inside) == [True, True]  # it is wider than a phone, and scrolled in its own place
        assert window.sideways() == 0
        assert window.problems == []
        assert attempt_id


# ---- the last minutes, and another machine ----------------------------------------------------------------------


def ends_in(portal: Portal, attempt_id: int, seconds: int) -> None:
    """As if all but so many seconds had gone by."""
    with portal.open("ann") as ctx:
        soon = update(attempt).where(attempt.c.id == attempt_id).values(deadline_at=int(time.time()) + seconds)
        ctx.db.execute(soon)


def test_somebody_who_writes_to_the_very_end_is_told_and_loses_nothing(
    var: Path, house: Databases, chromium: Browser
) -> None:
    portal, attempt_id = sitting(house, "operations", time_limit_minutes=30)
    with running_app(var) as server, ExitStack() as closing:
        window = Windows(server, chromium, closing).open("operations", size=PHONE)
        page = opened(window, 6)
        alert, clock = page.get_by_role("alert"), page.locator(".orderly-clock-left")
        for seconds, words, look in ((301, "5 minutes left.", "soon"), (61, "1 minute left.", "last")):
            ends_in(portal, attempt_id, seconds)
            typed(page, 2.0)  # what is saved brings the time along
            alert.filter(has_text=words).wait_for()
            until(lambda look=look: look in str(clock.get_attribute("class")))  # type: ignore[misc]
            assert clock.is_visible() and window.sideways() == 0
        ends_in(portal, attempt_id, 7)
        stood: list[tuple[float, str]] = []
        while "/result" not in page.url and len(stood) < 200:
            page.keyboard.type(LETTERS[len(stood) % 26])
            stood.append((time.time(), LETTERS[len(stood) % 26]))
            page.wait_for_timeout(80)
        page.wait_for_url(f"**/result?attempt={attempt_id}")
        window.settle()
        page.get_by_text("The time is over. What was saved until then counts.").first.wait_for()
        row = row_in(portal, attempt_id)
        assert (row.status, row.finished_at) == ("finished", row.deadline_at)
        kept = str(portal.see("operations", answers_in, attempt_id)["x-7"])
        in_time = [letter for at, letter in stood if at < row.deadline_at - 1]
        assert "".join(in_time[-8:]) in kept, "what was typed until a second before the end is there"
        page = window.go(f"tests?test={TEST}&phase=pre")
        assert page.locator(".st-key-question").count() == 0
        assert window.problems == []


def test_a_test_goes_on_in_a_second_browser(var: Path, house: Databases, chromium: Browser) -> None:
    portal, attempt_id = sitting(house, "clerk")
    with running_app(var) as server, ExitStack() as closing:
        windows = Windows(server, chromium, closing)
        desk = windows.open("clerk")
        page = opened(desk, 0)
        page.locator("label").get_by_text("option a", exact=True).click()
        until(lambda: portal.see("clerk", answers_in, attempt_id) == {"x-1": "a"})
        desk.settle()
        phone = windows.open("clerk", size=PHONE, language="zh")
        there = phone.go("tests")
        there.get_by_text("第 2 题，共 7 题").wait_for()  # the first that isn't answered
        assert there.locator("[class*=st-key-palette-]").get_by_label("check_small icon").count() == 1
        there.keyboard.press("p")
        there.get_by_text("第 1 题，共 7 题").wait_for()
        phone.settle()
        assert there.get_by_role("radio", checked=True).count() == 2  # the option, and the question's number
        there.locator("label").get_by_text("option b", exact=True).click()
        until(lambda: portal.see("clerk", answers_in, attempt_id) == {"x-1": "b"})
        page.locator("label").get_by_text("option c", exact=True).click()
        page.get_by_text("This question was answered on another page meanwhile.").first.wait_for()
        desk.settle()
        assert page.locator("[data-testid=stRadioOption]:has(input:checked)").inner_text() == "option b"
        assert portal.see("clerk", answers_in, attempt_id) == {"x-1": "b"}
        assert phone.sideways() == 0
        assert desk.problems == phone.problems == []
