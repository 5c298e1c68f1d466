"""What the pictures of waves show: a plan beside the greedy one, and the tasks that come of it."""

from __future__ import annotations

from sqlalchemy import text

from core.db.engines import connect, reader
from tests.browser.windows import Window

_ACCEPTED = text("SELECT MAX(id) FROM wave WHERE status = 'accepted'")


def at_plan(window: Window) -> None:
    """Plans a wave of everything that waits, and waits until it is solved and drawn."""
    page = window.go("/waves")
    page.locator(".st-key-open-wave button").click()
    page.wait_for_url("**/wave?*")
    page.locator(".st-key-accept-wave button").wait_for(timeout=90_000)
    page.locator(".js-plotly-plot .main-svg").first.wait_for()
    window.settle()


def at_tasks(window: Window) -> None:
    """Opens the tasks of the wave whose plan was accepted last; accepts one where there is none yet."""
    databases = connect("", window.server.var)
    with reader(databases.live) as db:
        wave_id = db.execute(_ACCEPTED).scalar_one_or_none()
    databases.dispose()
    if wave_id is None:
        at_plan(window)
        window.page.locator(".st-key-accept-wave button").click()
    else:
        window.go(f"/wave?id={wave_id}")
    window.page.locator(".st-key-carrier-answers").wait_for()
    window.settle()
