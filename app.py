"""The server; started by `streamlit run app.py`."""

import threading

import streamlit as st

from core.db.engines import Databases
from core.ui.guard import report_bug
from core.ui.server import lifespan_with, middleware, routes


def demo_feed(databases: Databases, stop: threading.Event) -> None:
    """Lets orders come in and move on while a demo is open."""
    from seed.feed import run_feed  # brings Faker along, which nothing else here needs

    run_feed(databases, stop)


app = st.App(
    "core/ui/frame.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan_with(demo_feed),
    on_script_error=report_bug,
    # Any value will do: without one, every look at st.user searches the disk for a secrets file, under one lock.
    secrets={"orderly": {"file": False}},
)
