"""What the pictures of tests show: an open case, a decided dispute, the judges' result, figures that are drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import Select, select

from assessments.attempts import questions_in
from core.db.assessment_tables import attempt, dispute
from core.db.engines import connect, reader
from tests.browser.answering import Taker
from tests.browser.windows import Window


def drawn(path: str) -> Callable[[Window], None]:
    """Opens a page, and waits until its figures are drawn."""

    def prepare(window: Window) -> None:
        window.go(path)
        window.page.locator(".js-plotly-plot .main-svg").first.wait_for()
        window.settle()

    return prepare


def at_case_question(window: Window) -> None:
    """Begins a test with a time limit, or goes on with it, and opens the first question of its case."""
    page = window.go("/tests?test=logistics&phase=pre")
    begin = page.locator(".st-key-begin button")
    if begin.count():
        begin.click()
    page.locator("[class*=st-key-palette-]").first.wait_for()
    window.settle()
    databases = connect("", window.server.var)
    with reader(databases.portal) as db:
        begun_last = select(attempt).order_by(attempt.c.id.desc()).limit(1)
        questions = questions_in(db.execute(begun_last).one())
    databases.dispose()
    place = next(number for number, question in enumerate(questions) if question.case is not None)
    Taker(window, questions).palette(place).click()
    page.locator(".st-key-case .js-plotly-plot .main-svg").first.wait_for()
    window.settle()


def at_passed(window: Window) -> None:
    """Opens the result of a test that was passed, with its certificate."""
    window.go(f"/result?attempt={_found(window, select(dispute.c.attempt_id).order_by(dispute.c.id))}")
    window.page.locator(".st-key-certificate").wait_for()
    window.settle()


def at_dispute(window: Window) -> None:
    """Scrolls on the same result to the first question that was disputed."""
    at_passed(window)
    decided = _found(window, select(dispute.c.id).order_by(dispute.c.id))
    shown = window.page.locator(f".st-key-dispute-{decided}")
    shown.evaluate("element => element.scrollIntoView({block: 'end'})")
    window.settle()


def _found(window: Window, query: Select[Any]) -> int:
    """The first number that a query of the portal finds."""
    databases = connect("", window.server.var)
    with reader(databases.portal) as db:
        found = int(db.execute(query.limit(1)).scalar_one())
    databases.dispose()
    return found


def with_forms(window: Window) -> None:
    """Opens what a test asks."""
    window.go("/test_setup?test=warehouse")
    window.page.locator(".st-key-setup-cells").wait_for()
    window.settle()


def at_judges(window: Window) -> None:
    """Opens the pass mark of a test, and scrolls to what the judges say."""
    page = window.go("/pass_mark?test=warehouse")
    page.locator(".st-key-judge-adopt").wait_for()
    page.locator("[class*=-angoff-mark]").first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.locator("[data-testid=stMain]").evaluate("element => element.scrollBy(0, -70)")
    window.settle()


def at_marking(window: Window) -> None:
    """Opens the first answer that waits to be marked."""
    window.go("/marking")
    window.page.locator(".st-key-answer-sheet").wait_for()
    window.settle()


def at_readiness(window: Window) -> None:
    """Opens the readiness of one team."""
    window.go("/readiness?team=Warehouse North")
    window.page.locator(".od-ready").wait_for()
    window.settle()
