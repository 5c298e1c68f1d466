"""What the pages of the goods share: names in the reader's language, filters in the address, scanning, and history."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import Any

import streamlit as st

from core.domain.errors import OrderlyError
from core.ui import page
from core.ui.i18n import format_day, language, t, translate_error
from core.ui.page import flash

MOST_TYPED = 1_000_000_000  # what a number field takes; the service says what is possible


def either(english: str, chinese: str) -> str:
    """A name in the reader's language."""
    return (chinese if language() == "zh" else english) or english


def warehouse_words(names: tuple[str, str, str]) -> str:
    """A warehouse by code and name. Shape: code, English name, Chinese name."""
    return f"{names[0]} · {either(names[1], names[2])}"


def day_words(day: str | None) -> str:
    """A calendar day as the reader writes it; nothing where there is none."""
    return format_day(day) if day else ""


def take_from_address(defaults: Mapping[str, str], allowed: Mapping[str, Collection[str]]) -> None:
    """What the address asks for becomes what the filters show, when the page is opened."""
    for name, default in defaults.items():
        if name not in st.session_state:
            asked = st.query_params.get(name, default)
            st.session_state[name] = asked if asked in allowed.get(name, {asked}) else default


def keep_in_address(defaults: Mapping[str, str]) -> None:
    """A filter that was changed stands in the address, and the list begins at its first page."""
    st.query_params.pop("page", None)
    for name, default in defaults.items():
        text = st.session_state.get(name) or default
        if text == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = text


def page_number() -> int:
    """The page of the list that the address names."""
    text = st.query_params.get("page", "1")
    return int(text) if text.isdecimal() and 0 < int(text) < 1_000_000 else 1


def _turn(step: int) -> None:
    st.query_params["page"] = str(max(1, page_number() + step))


def draw_turning(more: bool) -> None:
    """The way to the list's next page and back, where there is one."""
    number = page_number()
    if number == 1 and not more:
        return
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right", gap="small"):
        icon = ":material/chevron_left:"
        st.button(t("Previous page"), icon=icon, disabled=number == 1, on_click=_turn, args=(-1,), key="back")
        icon = ":material/chevron_right:"
        st.button(t("Next page"), icon=icon, disabled=not more, on_click=_turn, args=(1,), key="next")


def id_in_address(name: str = "id") -> int | None:
    """The number that the address names."""
    text = st.query_params.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def draw_warehouse_filter(warehouses: Mapping[int, tuple[str, str, str]], on_change: Callable[[], None]) -> None:
    """All warehouses, or one; the choice is the session's `warehouse`, as text."""
    st.selectbox(
        t("Warehouse"),
        ["", *(str(number) for number in warehouses)],
        format_func=lambda code: warehouse_words(warehouses[int(code)]) if code else t("All warehouses"),
        key="warehouse",
        on_change=on_change,
        label_visibility="collapsed",
    )


def scan_field(label: str, key: str, work: Callable[[str], None], placeholder: str = "") -> None:
    """A field for a scanner, which types and presses Enter, or for a keyboard: it is read, worked on and empty again.

    `work` gets what was scanned, and may refuse it with a deliberate error, which is said; it writes nothing itself.
    """
    st.text_input(
        label,
        key=key,
        placeholder=placeholder,
        icon=":material/barcode_scanner:",
        max_chars=120,
        on_change=_scanned,
        args=(key, work),
    )


def _scanned(key: str, work: Callable[[str], None]) -> None:
    found = str(st.session_state.get(key) or "").strip()
    st.session_state[key] = ""
    if not found:
        return
    try:
        work(found)
    except page.SignedOut:
        return  # the run that follows says so
    except OrderlyError as error:
        flash(translate_error(error), "error")


def number_field(place: Any, label: str, value: int, key: str, *, help: str | None = None) -> None:
    """A whole number, with what is meant most often in it."""
    place.number_input(label, value=value, step=1, key=key, max_value=MOST_TYPED, min_value=-MOST_TYPED, help=help)


def typed_number(key: str) -> int:
    """What a number field holds now; 0 where it is empty."""
    value = st.session_state.get(key)
    return int(value) if value is not None else 0


def carried_out(key: str) -> bool:
    """Whether the form of this key was carried out: it has a new one then."""
    return page.form_key(key.rpartition(":")[0]) != key
