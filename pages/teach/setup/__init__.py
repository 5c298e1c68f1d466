"""What a trainer is changing about a test: kept between clicks, read back as blueprint and settings."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo

import streamlit as st

from assessments.bank import LEVELS
from assessments.blueprint import Blueprint, Cell
from assessments.competencies import COMPETENCIES
from assessments.prose import Prose
from assessments.test_definitions import Definition
from assessments.test_settings import Settings
from core.ui.i18n import language

CellCounts = dict[tuple[str, str], int]
DEFAULT_MINUTES, DEFAULT_PASS = 60, 70
NOON = time(12, 0)


def said(prose: Prose) -> str:
    """Prose in the reader's language."""
    return prose.in_language(language())


def zone() -> ZoneInfo:
    """The time zone on the reader's wall."""
    return ZoneInfo(st.context.timezone or "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class Workbench:
    """One test on the bench, with the version that is being changed. Widget keys carry both."""

    base: Definition

    def key(self, name: str) -> str:
        """The key of the widget of this name."""
        return f"setup-{self.base.test}-{self.base.version}-{name}"

    def set_up(self, name: str, value: Any) -> str:
        """A widget's key, its value put in when the version is opened first."""
        key = self.key(name)
        if key not in st.session_state:
            st.session_state[key] = value
        return key

    def typed(self, name: str, otherwise: Any) -> Any:
        """What the widget holds, or what the version says where it hasn't been drawn."""
        return st.session_state.get(self.key(name), otherwise)

    @property
    def counts(self) -> CellCounts:
        """How many items each cell asks for, as it stands on the bench."""
        key = self.key("counts")
        if key not in st.session_state:
            blueprint = self.base.blueprint
            st.session_state[key] = {(cell.competency, cell.level): cell.count for cell in blueprint.cells}
        counts: CellCounts = st.session_state[key]
        return counts

    def blueprint(self) -> Blueprint:
        """The blueprint as it stands on the bench; titles may still be empty."""
        old = self.base.blueprint
        topics = tuple(self.typed("topics", list(old.topics)))
        return Blueprint(
            test=old.test,
            title=self._prose("title", old.title),
            about=self._prose("about", old.about),
            topics=topics,
            seed=int(self.typed("seed", old.seed) or 1),
            kinds_least=int(self.typed("kinds", old.kinds_least) or 1),
            generated_least=int(self.typed("generated", old.generated_least) or 0),
            exercises=tuple(self.typed("exercises", list(old.exercises))),
            cells=cells_of(self.counts, topics),
            cases=int(self.typed("cases", old.cases) or 0),
        )

    def settings(self) -> Settings:
        """How the test is given, as it stands on the bench."""
        old = self.base.settings
        minutes = self.typed("minutes", old.time_limit_minutes)
        percent = self.typed("percent", None if old.pass_rate is None else 100 * old.pass_rate)
        passed = self.typed("passed", old.pass_rate is not None) and percent
        return Settings(
            behaviour=self.typed("behaviour", old.behaviour),
            time_limit_minutes=int(minutes) if self.typed("limited", old.time_limit_minutes is not None) else None,
            opens_at=self._moment("opens", old.opens_at),
            closes_at=self._moment("closes", old.closes_at),
            tries=int(self.typed("tries", old.tries) or 1),
            counting=self.typed("counting", old.counting),
            tries_per_item=int(self.typed("tries_per_item", old.tries_per_item) or 1),
            penalty=share(self.typed("penalty", 100 * old.penalty), old.penalty),
            pass_rate=share(percent, old.pass_rate) if passed else None,
            swapped=bool(self.typed("swapped", old.swapped)),
            keys_shown=self.typed("keys_shown", old.keys_shown),
        )

    def _prose(self, name: str, old: Prose) -> Prose:
        return Prose(str(self.typed(f"{name}-en", old.en)).strip(), str(self.typed(f"{name}-zh", old.zh)).strip())

    def _moment(self, name: str, old: int | None) -> int | None:
        """A moment typed on the reader's clock. Units: epoch seconds."""
        if not self.typed(name, old is not None):
            return None
        day, clock = self.typed(f"{name}-day", None), self.typed(f"{name}-clock", None)
        if not isinstance(day, date) or not isinstance(clock, time):
            return old
        return int(datetime.combine(day, clock, zone()).timestamp())


def share(percent: float | None, old: float | None) -> float:
    """Per cent as a share; what still reads the same in the field is left as exact as it was."""
    if old is not None and percent is not None and abs(percent - 100 * old) < 0.05:
        return old
    return round(float(percent or 0) / 100, 6)


def local(at: int) -> datetime:
    """A moment on the reader's clock."""
    return datetime.fromtimestamp(at, UTC).astimezone(zone())


def cells_of(counts: Mapping[tuple[str, str], int], topics: tuple[str, ...]) -> tuple[Cell, ...]:
    """The cells that ask for something, in the order of the curriculum.

    Why all fields: a test on one topic may ask about a competency of another, as its bank does.
    """
    return tuple(
        Cell(code, level, counts[code, level])
        for code in COMPETENCIES
        for level in LEVELS
        if counts.get((code, level), 0) > 0
    )


def another_seed(key: str) -> None:
    """Draws other forms of the same blueprint."""
    st.session_state[key] = random.SystemRandom().randrange(1, 1_000_000)
