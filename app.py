"""The server; started by `streamlit run app.py`."""

import threading

import streamlit as st

from core.db.engines import Databases
from core.ui.databases import wall_clock
from core.ui.guard import report_bug
from core.ui.server import lifespan_with, middleware, routes

AFTER_THE_FIRST_PAGES = 5.0  # seconds; what they import is then there


def demo_feed(databases: Databases, stop: threading.Event) -> None:
    """Lets orders come in and move on while a demo is open."""
    from seed.feed import run_feed  # brings Faker along, which nothing else here needs

    run_feed(databases, stop)


def overdue_tests(databases: Databases, stop: threading.Event) -> None:
    """Closes tests whose time is over, also when nobody looks at them any more."""
    if stop.wait(AFTER_THE_FIRST_PAGES):
        return
    from assessments.overdue import close_overdue_tests

    close_overdue_tests(databases, stop, wall_clock)


app = st.App(
    "core/ui/frame.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan_with(works=(overdue_tests,), demo_works=(demo_feed,)),
    on_script_error=report_bug,
    # Any value will do: without one, every look at st.user searches the disk for a secrets file, under one lock.
    secrets={"orderly": {"file": False}},
)
