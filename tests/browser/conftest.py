"""The application, a browser and windows for browser tests; a window that complains fails its test."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from core.db.engines import Databases, connect, reader
from tests.app_server import AppServer, run_module, running_app
from tests.browser.windows import Windows


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
