"""The server's assembly: routes, the gate before everything, and what runs from start to stop."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import TYPE_CHECKING, Any

from starlette.middleware import Middleware
from starlette.routing import BaseRoute

from core.context import ENGINE, Context, World
from core.db.engines import run
from core.portal.people import ensure_demo_people
from core.portal.sign_in import first_administrator_link
from core.portal.upkeep import tidy_portal
from core.ui.databases import databases, wall_clock
from core.ui.server_background import Work, at_work, keep_folded, keep_stock_watched
from core.ui.server_garbage import collect_when_quiet, settle, unsettle
from core.ui.server_gate import Gate
from core.ui.server_routes import ROUTES
from core.ui.server_static import content_security_policy, index_page, streamlit_files
from core.ui.settings import refuse_open_demo, settings
from core.ui.streamlit_sending import send_directly
from core.ui.streamlit_speed import import_early, remember_theme, send_at_once
from core.ui.streamlit_turns import run_by_turns, turns

if TYPE_CHECKING:
    from streamlit.starlette import App

log = logging.getLogger("orderly")


def routes() -> list[BaseRoute]:
    """Everything that is answered beside Streamlit's own routes.

    Raises: SystemExit for a demo that would listen to the network, before anything is opened.
    """
    refuse_open_demo(_configured_address())
    _trust_public_origin()
    return list(ROUTES)


def middleware() -> list[Middleware]:
    """What every request passes first."""
    return [Middleware(Gate)]


def lifespan_with(
    works: Sequence[Work] = (), demo_works: Sequence[Work] = ()
) -> Callable[[App], AbstractAsyncContextManager[dict[str, Any]]]:
    """What happens from start to stop; `works` run beside the pages, `demo_works` in demo mode only."""

    @asynccontextmanager
    async def lifespan(_app: App) -> AsyncIterator[dict[str, Any]]:
        async with _open((*works, *(demo_works if settings().demo else ()))):
            yield {}

    return lifespan


@asynccontextmanager
async def _open(works: Sequence[Work]) -> AsyncIterator[None]:
    """Opens the databases, lets the first administrator in, and tidies up by the clock until the server stops."""
    remember_theme()
    send_at_once()
    send_directly()
    run_by_turns()
    index_page("en", "auto"), content_security_policy()  # fail now if Streamlit's index page has changed
    # Not beside the first pages: Plotly takes a half-imported pandas for a whole one, and breaks on it.
    await asyncio.gather(asyncio.to_thread(open_house), asyncio.to_thread(import_early))
    settle()
    background = [
        asyncio.create_task(collect_when_quiet(turns().is_quiet)),
        asyncio.create_task(asyncio.to_thread(_warm_static)),
    ]
    try:
        with at_work(databases(), (keep_folded, keep_stock_watched, *works)):
            yield
    finally:
        for task in background:
            task.cancel()
        for task in background:
            with contextlib.suppress(asyncio.CancelledError):
                await task
        unsettle()
        databases().dispose()


def open_house() -> None:
    """Brings the databases up to date; makes the demo's people, or the link for the first administrator."""
    from core.db.migrate import migrate

    migrate(databases())
    now = wall_clock()
    run(databases().portal, lambda db: tidy_portal(db, now))
    if settings().demo:
        made = run(
            databases().portal, lambda db: ensure_demo_people(Context(db, ENGINE, now, World("portal", "portal")))
        )
        log.info("Demo mode: anybody on this machine can come in; %d demo people were made.", made)
        return
    token = run(databases().portal, lambda db: first_administrator_link(db, now))
    if token:
        _announce(f"{settings().origin or _own_address()}/welcome/{token}")


def _announce(link: str) -> None:
    """Prints the first administrator's link; it goes to the terminal alone, never to a log that is kept."""
    import sys

    sys.stderr.write(
        "\n  Orderly has no administrator yet. Open this link once, within a day, to become the first:\n"
        f"  {link}\n  (A restart makes a new link.)\n\n"
    )
    sys.stderr.flush()


def _own_address() -> str:
    from streamlit import config

    host = _configured_address() or "127.0.0.1"
    shown = "127.0.0.1" if host in {"0.0.0.0", "::"} else host
    return f"http://{shown}:{config.get_option('server.port')}"


def _trust_public_origin() -> None:
    """Lets Streamlit's own check of a socket's origin know the address people use, where a proxy changes the host."""
    from streamlit import config

    if settings().origin:
        config.set_option("server.corsAllowedOrigins", [settings().origin])


def _configured_address() -> str | None:
    from streamlit import config

    address: str | None = config.get_option("server.address")
    return address


def _warm_static() -> None:
    """Compresses what the first page needs before somebody waits for it."""
    import re

    for name in re.findall(rb'(?:src|href)="\./static/([^"]+)"', index_page("en", "auto")):
        streamlit_files().get(name.decode())
