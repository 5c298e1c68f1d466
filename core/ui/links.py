"""Addresses of this installation, as people outside the page can use them."""

from __future__ import annotations

from urllib.parse import urlsplit

import streamlit as st

from core.ui.settings import settings


def own_link(path: str) -> str:
    """The whole address of one of our paths: under the public origin where one is set, else as this browser sees us."""
    if settings().origin:
        return settings().origin + path
    here = urlsplit(st.context.url or "")
    return f"{here.scheme}://{here.netloc}{path}" if here.netloc else path
