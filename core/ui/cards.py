"""Headings, figures with their definition beside them, and status chips."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from html import escape
from types import MappingProxyType
from typing import Any, Literal

import streamlit as st

from core.ui.i18n import format_rate, t
from core.ui.safe import safe
from core.ui.targets import page_target

Tone = Literal["plain", "good", "warn", "bad", "info", "quiet"]
_COLOURS: Mapping[str, Any] = MappingProxyType(
    {"plain": "gray", "good": "green", "warn": "orange", "bad": "red", "info": "blue", "quiet": "gray"}
)


def heading(title: str, lead: str = "", icon: str = "") -> None:
    """A page's title and, in one line, what the page is for. Both are translated already."""
    with st.container(key="heading", gap=None):
        mark = f":material/{icon}: " if icon else ""
        st.title(mark + safe(title), anchor=False)
        if lead:
            st.caption(safe(lead))


def section(title: str, lead: str = "") -> None:
    """The title of a part of a page."""
    st.subheader(safe(title), anchor=False)
    if lead:
        st.caption(safe(lead))


def panel(key: str, *, stretch: bool = False) -> Any:
    """A bordered sheet for things that belong together; `key` is unique on the page."""
    return st.container(border=True, key=f"panel-{key}", height="stretch" if stretch else "content")


def metric_card(
    label: str,
    value: str,
    *,
    definition: str,
    key: str,
    delta: str | None = None,
    delta_good: bool | None = None,
    tone: Tone = "plain",
    rows: str | None = None,
    rows_params: Mapping[str, str] | None = None,
    on_rows: Callable[..., None] | None = None,
) -> None:
    """One figure with what it means printed beneath it, and the way to the rows behind it.

    `rows` names a page of the site map (with `rows_params` in its address); `on_rows` is a callback instead.
    `delta_good` says whether the change is welcome; None leaves it grey.
    """
    with st.container(border=True, key=f"card-{tone}-{key}", gap="small"):
        colour = "off" if delta_good is None else ("green" if delta_good else "red")
        # Escaped, the sign isn't found any more, so that the arrow has to be said.
        arrow = "off" if not delta else "up" if delta[0] == "+" else "down" if delta[0] in "-−" else "off"
        shown = None if delta is None else safe(delta)
        st.metric(safe(label), safe(value), shown, delta_color=colour, delta_arrow=arrow)  # type: ignore[arg-type]
        st.caption(safe(definition))
        if rows is not None:
            target = page_target(rows)
            st.page_link(
                target,
                label=t("See the rows"),
                icon=":material/table_rows:",
                query_params=dict(rows_params) if rows_params else None,
            )
        elif on_rows is not None:
            st.button(
                t("See the rows"), key=f"rows-{key}", on_click=on_rows, type="tertiary", icon=":material/table_rows:"
            )


def card_row(count: int) -> list[Any]:
    """Places for so many cards side by side; on a phone they stand below each other."""
    return list(st.columns(count, gap="small"))


def chip(text: str, tone: Tone = "quiet", icon: str = "") -> None:
    """A small label in the colour of what it says."""
    st.badge(safe(text), color=_COLOURS[tone], icon=f":material/{icon}:" if icon else None)


def chips(items: Mapping[str, Tone]) -> None:
    """Several small labels in one line. Shape: text → tone."""
    with st.container(horizontal=True, gap="small"):
        for text, tone in items.items():
            chip(text, tone)


def facts(items: Mapping[str, str]) -> None:
    """Names with their values, as an order's head shows them; values may be anybody's text. Shape: name → value."""
    with st.container(key=None, horizontal=True, gap="medium"):
        for name, value in items.items():
            with st.container(width="content", gap=None):
                st.caption(safe(name))
                st.text(value)


def score_bar(score: float, about: str) -> str:
    """A share of all points in large figures, as HTML; `about` says what of. Units: `score` 0..1."""
    tone = "good" if score >= 1 else "warn" if score >= 0.5 else "bad"
    width = round(100 * score)
    return (
        f'<div class="od-score {tone}"><b>{escape(format_rate(score, 0))}</b><span>{escape(about)}</span></div>'
        f'<div class="od-bar {tone}"><i style="width:{width}%"></i></div>'
    )
