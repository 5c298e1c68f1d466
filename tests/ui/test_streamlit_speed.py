"""The theme that is read once is the theme that Streamlit would have read each time."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session

from core.ui.streamlit_speed import remember_theme

_SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Puts Streamlit's own function back, before the test and after it."""
    own = inspect.unwrap(app_session._populate_theme_msg)
    monkeypatch.setattr(app_session, "_populate_theme_msg", own)
    yield


def _whole_theme() -> CustomThemeConfig:
    """The theme as a run's first message carries it."""
    theme = CustomThemeConfig()
    places = (theme, theme.light, theme.dark, theme.sidebar, theme.light.sidebar, theme.dark.sidebar)
    for place, section in zip(places, _SECTIONS, strict=True):
        app_session._populate_theme_msg(place, section)
    return theme


def test_the_remembered_theme_is_the_same_every_time() -> None:
    wanted = _whole_theme()
    assert wanted.light.primary_color == config.get_option("theme.light.primaryColor") != ""
    remember_theme()
    assert _whole_theme() == wanted
    assert _whole_theme() == wanted
    assert _whole_theme().HasField("sidebar") is wanted.HasField("sidebar")


def test_it_is_read_once() -> None:
    remember_theme()
    first = _whole_theme()
    calls = []
    kept = config.get_options_for_section
    config.get_options_for_section = lambda section: calls.append(section) or kept(section)  # type: ignore[func-returns-value]
    try:
        assert _whole_theme() == first
    finally:
        config.get_options_for_section = kept
    assert calls == []


def test_twice_is_once() -> None:
    remember_theme()
    once = app_session._populate_theme_msg
    remember_theme()
    assert app_session._populate_theme_msg is once


def test_streamlit_still_has_the_seam() -> None:
    assert str(inspect.signature(inspect.unwrap(app_session._populate_theme_msg))) == (
        "(msg: 'CustomThemeConfig', section: 'str' = 'theme') -> 'None'"
    )
    source = inspect.getsource(app_session.AppSession._create_new_session_message)
    assert source.count("_populate_theme_msg(") == len(_SECTIONS)
