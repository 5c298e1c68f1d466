"""The page `sample_turns_page.py` on a server whose scripts take turns and send directly, and nothing else of ours."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import streamlit as st

from core.ui.streamlit_sending import send_directly
from core.ui.streamlit_turns import run_by_turns


@asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[dict[str, Any]]:
    """Puts our parts in."""
    send_directly()
    run_by_turns()
    yield {}


app = st.App("sample_turns_page.py", lifespan=lifespan)
