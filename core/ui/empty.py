"""What a page shows when there is nothing: why, and what to do next."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.ui.safe import safe
from core.ui.targets import page_target


def empty(
    title: str,
    text: str,
    *,
    key: str,
    icon: str = "inbox",
    go_label: str = "",
    go_page: str | None = None,
    on_go: Callable[..., Any] | None = None,
    on_go_args: tuple[Any, ...] = (),
) -> None:
    """Says that there is nothing here and offers the next step: a page of the site map, or a callback.

    All texts are translated already; `key` is unique on the page.
    """
    with st.container(border=True, key=f"empty-{key}", horizontal_alignment="center", gap="small"):
        st.markdown(f":material/{icon}:", width="content", text_alignment="center")
        st.markdown(f"**{safe(title)}**", width="content", text_alignment="center")
        st.caption(safe(text), text_alignment="center")
        if go_page is not None:
            st.page_link(page_target(go_page), label=safe(go_label), icon=":material/arrow_forward:")
        elif on_go is not None:
            st.button(safe(go_label), key=f"empty-go-{key}", on_click=on_go, args=on_go_args, type="primary")
