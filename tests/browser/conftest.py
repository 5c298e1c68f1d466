"""The application, a browser and windows for browser tests; a window that complains fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser
from sqlalchemy import select

from assessments.attempts import finish_attempt
from core.db.assessment_tables import attempt
from core.db.engines import Databases, connect, reader
from tests.app_server import AppServer, run_module, running_app
from tests.assessments.conftest import Portal
from tests.assessments.given import give, hand_out
from tests.browser.windows import Windows
from tests.pages.learners import portal_of


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AppServer]:
    """The application in demo mode with a small company, in a process of its own."""
    var = tmp_path_factory.mktemp("demo")
    run_module(["seed", "demo", "--orders", "600", "--days", "30"], var)
    with running_app(var) as server:
        yield server


@pytest.fixture
def databases(app: AppServer) -> Iterator[Databases]:
    """The databases behind the application."""
    opened = connect("", app.var)
    yield opened
    opened.dispose()


@pytest.fixture
def windows(app: AppServer, chromium: Browser, tmp_path: Path) -> Iterator[Windows]:
    """Opens windows for the test; afterwards none may have complained, and the server may not have failed.

    A failed test leaves a screenshot of each window in its temporary folder.
    """
    before = len(app.said())
    with ExitStack() as closing:
        opened = Windows(app, chromium, closing)
        yield opened
        for number, window in enumerate(opened.opened, 1):
            if not window.page.is_closed():
                window.page.screenshot(path=tmp_path / f"window-{number}.png")
    assert [problem for window in opened.opened for problem in window.problems] == []
    assert "Traceback" not in app.said()[before:]


def ask(databases: Databases, statement: Any, **values: object) -> Any:
    """The first row that the live world answers with; None where there is none."""
    with reader(databases.live) as db:
        return db.execute(statement, values).first()


@pytest.fixture(scope="module")
def var(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files of a small demo whose server the tests start, and stop, themselves."""
    folder = tmp_path_factory.mktemp("delivery")
    run_module(["seed", "demo", "--orders", "60", "--days", "2"], folder)
    with running_app(folder):
        pass  # the demo's people are made at the first start
    return folder


@pytest.fixture
def house(var: Path) -> Iterator[Databases]:
    """The databases of that demo."""
    opened = connect("", var)
    yield opened
    opened.dispose()


def sitting(house: Databases, login: str, *, begin: bool = True, **settings: Any) -> tuple[Portal, int]:
    """Puts a question of each kind in somebody's hands, whatever they took before; gives the attempt's id.

    Without `begin` the test is only given, as often as one likes.
    """
    portal = portal_of(house)
    portal.actors |= {"ann": portal.actors[login], "tess": portal.actors["trainer"]}
    mine = attempt.c.person_id == portal.actors[login].person_id
    with portal.open(login) as ctx:
        left = ctx.db.execute(select(attempt.c.id).where(mine, attempt.c.status != "finished")).scalars().all()
    for attempt_id in left:
        portal.do(login, finish_attempt, attempt_id)
    give(portal, **{"tries": 20} | settings)
    return portal, hand_out(portal, login) if begin else 0
