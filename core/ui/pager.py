"""Shows a long list in parts, and turns them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st

from core.ui.i18n import format_int, t
from core.ui.safe import safe

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Pager:
    """A list of `count` rows in parts of `size`; which part is open is kept for the session under `name`."""

    name: str
    count: int
    size: int

    @property
    def last(self) -> int:
        """The number of the last part; they count from 1."""
        return max(1, -(-self.count // self.size))

    @property
    def number(self) -> int:
        """The part that is open."""
        return min(int(st.session_state.get(_key(self.name), 1)), self.last)

    def part(self, rows: Sequence[T]) -> Sequence[T]:
        """The rows of the open part."""
        return rows[(self.number - 1) * self.size : self.number * self.size]

    def draw(self) -> None:
        """The way to the other parts, where there are any."""
        number, last = self.number, self.last
        if last == 1:
            return
        with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"{self.name}-pages"):
            self._button(t("Previous page"), "back", "chevron_left", number - 1)
            words = t("Page {n} of {last}", n=format_int(number), last=format_int(last))
            st.caption(safe(words), width="content")
            self._button(t("Next page"), "next", "chevron_right", number + 1)

    def _button(self, label: str, key: str, icon: str, to: int) -> None:
        off = not 1 <= to <= self.last
        st.button(label, key=key, icon=f":material/{icon}:", disabled=off, on_click=_turn_to, args=(self.name, to))


def to_first(name: str) -> None:
    """Opens the first part again, as when other rows are wanted."""
    st.session_state.pop(_key(name), None)


def _turn_to(name: str, number: int) -> None:
    st.session_state[_key(name)] = number


def _key(name: str) -> str:
    return f"_page-of-{name}"
