"""The real gate and routes around a page with everything that a content security policy might break."""

import streamlit as st

from core.ui.guard import report_bug
from core.ui.server import lifespan_with, middleware, routes

app = st.App(
    "sample_widgets.py",
    routes=routes(),
    middleware=middleware(),
    lifespan=lifespan_with(),
    on_script_error=report_bug,
)
