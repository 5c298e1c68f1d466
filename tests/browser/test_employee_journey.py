"""An employee from the pre-test to the gain: a closed tab, another machine, three cases by hand, both tests."""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import select

from assessments.exercise import case_in
from assessments.exercises import exercise_named
from core.context import ENGINE, Context
from core.db.engines import connect, reader, sqlite_engine
from core.db.portal_tables import person, practice_world
from core.db.worlds import world_of
from tests.app_server import AppServer
from tests.browser.answering import Taker, questions_of
from tests.browser.windows import PHONE, Window, Windows

pytestmark = pytest.mark.browser
CLERK = "clerk"


@pytest.mark.slow
def test_from_the_pre_test_to_the_gain(app: AppServer, windows: Windows) -> None:
    take_pre_test_in_two_sittings(app.var, windows)
    window = windows.open(CLERK)
    work_on(app.var, window, "review_and_confirm", review_and_confirm)
    work_on(app.var, window, "wrong_address", correct_the_address)
    work_on(app.var, window, "cancel_and_free", cancel_the_mistaken_one)
    take_post_test(app.var, window)
    read_the_gain(window)


# ---- the tests ------------------------------------------------------------------------------------------------


def take_pre_test_in_two_sittings(var: Path, windows: Windows) -> None:
    """Six questions at the desk, the tab closed, four more on the phone, the rest left open."""
    window = windows.open(CLERK)
    page = window.go("path")
    page.get_by_role("button", name="Take the pre-test").click()
    page.get_by_role("button", name="Begin the Pre-test").click()
    page.get_by_text("Question 1 of 20").wait_for()
    window.settle()
    questions = questions_of(var, CLERK, "pre")
    for place in range(6):
        Taker(window, questions).answer(place)
    assert page.get_by_text("Saved").count() == 1
    page.close()

    phone = windows.open(CLERK, size=PHONE)
    phone.go("tests")
    phone.page.get_by_text("Question 7 of 20").wait_for()
    assert phone.page.get_by_label("check_small icon").count() == 6
    taker = Taker(phone, questions)
    for place in range(6, 10):
        taker.answer(place)
    phone.page.get_by_role("button", name="Finish …").click()
    phone.page.get_by_text("10 of 20 questions are not answered").wait_for()
    assert phone.sideways() == 0
    phone.page.get_by_role("button", name="Finish and see the result").click()
    phone.page.wait_for_url("**/result?attempt=*")
    phone.settle()
    assert phone.page.get_by_test_id("stMetricValue").first.inner_text() == "50%"
    phone.page.get_by_text("By competency").wait_for()
    reasons = [finding for question in questions[10:12] for finding in _reasons(question)]
    for reason in reasons:
        phone.page.get_by_text(reason, exact=True).first.wait_for(state="attached")
    assert phone.sideways() == 0


def _reasons(question: object) -> list[str]:
    content = question.content  # type: ignore[attr-defined]
    groups = [getattr(content, name, ()) for name in ("options", "pairs", "steps")]
    return [part.reason.en for group in groups for part in group]


def take_post_test(var: Path, window: Window) -> None:
    """All questions of the other form, all right."""
    page = window.go("path")
    page.get_by_role("button", name="Take the post-test").click()
    page.get_by_role("button", name="Begin the Post-test").click()
    page.get_by_text("Question 1 of 20").wait_for()
    window.settle()
    questions = questions_of(var, CLERK, "post")
    before = {question.item_id for question in questions_of(var, CLERK, "pre")}
    assert before & {question.item_id for question in questions} == set()
    taker = Taker(window, questions)
    for place in range(20):
        taker.answer(place)
    taker.finish()
    assert page.get_by_test_id("stMetricValue").first.inner_text() == "100%"


def read_the_gain(window: Window) -> None:
    """The path says what it brought, and nothing is left to do."""
    page = window.go("path")
    page.get_by_text("+50.0 percentage points").wait_for()
    assert page.get_by_role("heading", name="50% → 100%").count() == 1
    assert page.locator(".st-key-go-on").count() == 0


# ---- the exercises --------------------------------------------------------------------------------------------


def work_on(var: Path, window: Window, key: str, work: object) -> None:
    """Enters an exercise's world from the path, works the case off, leaves, checks, and finds everything right."""
    page = window.go(f"practice?exercise={key}")
    page.locator(".st-key-enter button").click()
    page.get_by_role("button", name="Leave practice").wait_for()
    window.settle()
    work(window, ids_of(var, key))  # type: ignore[operator]
    page.get_by_role("button", name="Leave practice").click()
    page.get_by_role("button", name="Leave practice").wait_for(state="detached")
    window.go(f"practice?exercise={key}")
    page.locator(".st-key-check button").click()
    page.get_by_text("Solved. Everything is as it should be").wait_for()
    window.settle()


def ids_of(var: Path, key: str) -> dict[str, int]:
    """The orders that the case is about, from the clerk's own practice world."""
    databases = connect("", var)
    with reader(databases.portal) as db:
        mine = select(practice_world.c.file).join(person, person.c.id == practice_world.c.person_id)
        found = mine.where(person.c.login == CLERK, practice_world.c.exercise == key)
        file = db.execute(found).scalar_one()
    databases.dispose()
    engine = sqlite_engine(var / "practice" / file, durable=False)
    with reader(engine) as db:
        case = case_in(Context(db, ENGINE, 0, world_of(db, "practice", key)), exercise_named(key))
        ids = dict(case.ids)
    engine.dispose()
    return ids


def open_order(window: Window, order_id: int, act: str = "") -> None:
    """Opens an order's sheet by its address, and one of its forms."""
    window.go(f"order?id={order_id}")
    assert window.page.get_by_text("Nothing here touches real orders.").count() == 1
    if act:
        window.page.locator(f".st-key-do-{act} button").click()
        window.settle()


def submit(page: Page, form: str) -> None:
    """Sends one of an order's forms."""
    page.locator(f".st-key-order-form-{form}").get_by_test_id("stFormSubmitButton").get_by_role("button").click()


def said(window: Window, text: str) -> None:
    """Waits until the page says that a command was carried out."""
    window.page.get_by_text(text).first.wait_for()
    window.settle()


def review_and_confirm(window: Window, ids: dict[str, int]) -> None:
    """Lets the campaign's price pass with a note, holds the other order with a reason."""
    from assessments.exercises.review_and_confirm import CAMPAIGN

    page = window.page
    open_order(window, ids["campaign_order"], "confirm")
    page.locator(".st-key-order-form-confirm input").fill(f"{CAMPAIGN}, 15% off")
    submit(page, "confirm")
    said(window, "The order is confirmed.")
    open_order(window, ids["wrong_price"], "hold")
    page.locator(".st-key-order-form-hold textarea").fill("51% below list, campaign allows 15%")
    submit(page, "hold")
    said(window, "The order is on hold.")


def correct_the_address(window: Window, ids: dict[str, int]) -> None:
    """Corrects the city, sends the drafted letter along, confirms."""
    page = window.page
    open_order(window, ids["target"], "amend")
    form = page.locator(".st-key-order-form-amend")
    form.get_by_test_id("stSelectbox").nth(1).click()
    page.get_by_role("option", name="杭州市 Hangzhou").click()
    window.settle()
    form.locator("[class*='-send'] button").click()
    said(window, "The order was corrected and the buyer was told.")
    page.locator(".st-key-do-confirm button").click()
    said(window, "The order is confirmed.")


def cancel_the_mistaken_one(window: Window, ids: dict[str, int]) -> None:
    """Cancels the order meant, tells the buyer that the other one ships."""
    page = window.page
    open_order(window, ids["kept"], "notify")
    page.locator(".st-key-order-form-notify textarea").fill(
        "您好，另一单（2 件）照常发货。Your order of 2 ships as planned."
    )
    submit(page, "notify")
    said(window, "The message was sent.")
    open_order(window, ids["mistaken"], "cancel")
    dialog = page.get_by_role("dialog")
    dialog.locator("textarea").fill("拍错数量 / ordered by mistake")
    dialog.locator("textarea").press("Tab")
    dialog.locator("[class*='-yes'] button").click()
    said(window, "The order was cancelled.")
