"""The server; started by `streamlit run app.py`."""

import streamlit as st

from core.ui.guard import report_bug
from core.ui.server import lifespan, middleware, routes

app = st.App(
    "core/ui/frame.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan,
    on_script_error=report_bug,
)
