"""Pages as Streamlit takes them: for the menu, and as the targets of links."""

from __future__ import annotations

from functools import lru_cache

import streamlit as st

from core.ui.i18n import language, t
from core.ui.site import SITE, SitePage, page_named


def page_target(name: str) -> st.Page:
    """The page of this file name, for `st.page_link` and `st.switch_page`.

    Why not its path: Streamlit looks every path up on the disk, and each look lets other people's scripts go first;
    a board with forty links did it three hundred times (measured).
    """
    return prototype(page_named(name), language())


@lru_cache(maxsize=256)
def prototype(site_page: SitePage, _language: str) -> st.Page:
    """A page as the menu takes it, made once per language: making it reads the disk and a list of 3,000 icons."""
    return st.Page(
        site_page.path,
        title=t(site_page.title),
        icon=f":material/{site_page.icon}:",
        default=site_page is SITE[0],
        visibility="visible" if site_page.listed else "hidden",
        help=t(site_page.purpose),
    )
