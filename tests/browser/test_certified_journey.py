"""A timed test in a real browser, from its first minute to the certificate, a disputed question and its decision."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from assessments.attempts import questions_in, save_answer
from assessments.disputes import CREDITED, STATUS_LABELS
from assessments.test_definitions import definition_of, publish_definition, save_definition
from assessments.test_settings import Settings
from core.context import ENGINE, Context, World
from core.db.assessment_tables import attempt
from core.db.engines import Databases, run
from core.db.portal_tables import person
from core.domain.rights import rights_of
from core.portal.people import actor_of, get_person
from tests.assessments.taking import right_answer
from tests.browser.windows import PHONE, Window, Windows

pytestmark = pytest.mark.browser
TEST, PORTAL = "system", World("portal", "portal")


def do(databases: Databases, login: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Carries something out as somebody, beside the browser."""

    def carry_out(db: Any) -> Any:
        engine = Context(db, replace(ENGINE, rights=rights_of("administrator", None)), int(time.time()), PORTAL)
        who = db.execute(select(person.c.id).where(person.c.login == login)).scalar_one()
        return work(engine.by(actor_of(get_person(engine, who))), *args, **kwargs)

    return run(databases.portal, carry_out)


def publish(ctx: Context) -> None:
    """The trainer gives the test half an hour and a pass mark."""
    settings = Settings(time_limit_minutes=30, pass_rate=0.5)
    blueprint = definition_of(ctx, TEST).blueprint
    publish_definition(ctx, TEST, save_definition(ctx, TEST, blueprint, settings, base=0))


def answer_all_but_one(ctx: Context) -> None:
    """The right answer to every question but the last."""
    mine = select(attempt).where(attempt.c.person_id == ctx.actor.person_id, attempt.c.test == TEST)
    row = ctx.db.execute(mine).one()
    for question in questions_in(row)[:-1]:
        save_answer(ctx, row.id, question.item_id, right_answer(question))


def test_a_timed_test_is_passed_certified_disputed_and_decided(windows: Windows, databases: Databases) -> None:
    do(databases, "trainer", publish)
    taker = windows.open("finance", size=PHONE)
    page = taker.go(f"tests?test={TEST}&phase=pre")
    page.get_by_text("30 minutes").first.wait_for()
    page.locator(".st-key-begin button").click()
    page.get_by_text(re.compile(r"Question 1 of \d+")).wait_for()
    page.get_by_text(re.compile(r"2\d:\d\d")).first.wait_for()  # the time that is left
    assert taker.sideways() == 0
    do(databases, "finance", answer_all_but_one)
    page.reload()
    taker.settle()
    page.get_by_role("button", name="Finish …").click()
    page.get_by_text("1 of").first.wait_for()
    taker.settle()
    page.locator(".st-key-finish button").click()
    page.wait_for_url("**/result?attempt=*")
    taker.settle()
    page.get_by_text("Passed: 50% was needed.").first.wait_for()
    certify(taker, windows)
    dispute(taker)
    decide(windows.open("trainer"))
    page = taker.go(page.url.removeprefix(taker.server.url))
    page.get_by_text("100%").first.wait_for()
    assert taker.sideways() == 0


def certify(taker: Window, windows: Windows) -> None:
    """The certificate is asked for, and checked by somebody who isn't signed in."""
    page = taker.page
    page.locator(".st-key-get-certificate button").click()
    link = page.get_by_role("link", name="The page that checks it")
    link.wait_for()
    taker.settle()
    address = link.get_attribute("href")
    assert address is not None and address.startswith(taker.server.url)
    with page.expect_download() as started:
        page.locator(".st-key-certificate-pdf button").click()
    assert started.value.suggested_filename.endswith(".pdf")
    stranger = windows.open(size=PHONE, language="zh")
    stranger.page.goto(address)
    stranger.page.get_by_text("证书有效").wait_for()
    assert stranger.sideways() == 0


def dispute(taker: Window) -> None:
    """The question that was left blank is disputed where its reasons stand."""
    page = taker.page
    page.get_by_role("button", name="Something is wrong with this question").first.click()
    field = page.get_by_label("What is wrong with it?")
    field.fill("Neither answer is **right**")
    field.press("Tab")
    taker.settle()
    page.get_by_role("button", name="Dispute the question").click()
    page.get_by_text("A trainer will decide; you read it here.").wait_for()
    taker.settle()


def decide(trainer: Window) -> None:
    """The trainer reads it and gives everybody the mark."""
    page = trainer.go("marking")
    page.get_by_text("Neither answer is **right**").first.wait_for()
    page.get_by_text(STATUS_LABELS[CREDITED]).first.click()
    trainer.settle()
    why = page.get_by_label("Why you decide so")
    why.fill("You are right.")
    why.press("Tab")
    trainer.settle()
    page.get_by_role("button", name="Give the decision").click()
    page.get_by_text("Tests marked anew: 1; scores changed: 1").wait_for()
    trainer.settle()
