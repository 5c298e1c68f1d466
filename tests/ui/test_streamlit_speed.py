"""The seams of Streamlit and asyncio that make clicks quick: still there, and doing what they promise."""

from __future__ import annotations

import asyncio
import inspect
import socket
import subprocess
import sys
from asyncio import base_events
from collections.abc import Iterator

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session
from streamlit.runtime.secrets import Secrets
from streamlit.web.server.starlette.starlette_server import _bind_socket

from core.ui.streamlit_speed import remember_theme, send_at_once
from tests.house_rules import ROOT
from tests.loops import run_async

_SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Puts Streamlit's own function back, before the test and after it."""
    own = inspect.unwrap(app_session._populate_theme_msg)
    monkeypatch.setattr(app_session, "_populate_theme_msg", own)
    monkeypatch.setattr("asyncio.base_events._set_nodelay", inspect.getattr_static(base_events, "_set_nodelay"))
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


async def _delay_is_off() -> bool:
    """Whether a connection that is accepted on a socket bound by Streamlit sends at once."""
    seen: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def accepted(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ours = writer.get_extra_info("socket")
        seen.set_result(bool(ours.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)))
        writer.close()

    bound = _bind_socket("127.0.0.1", 0, 5)
    async with await asyncio.start_server(accepted, sock=bound):
        _, caller = await asyncio.open_connection(*bound.getsockname())
        found = await asyncio.wait_for(seen, 10)
        caller.close()
        await caller.wait_closed()
    return found


def test_answers_are_sent_at_once() -> None:
    assert run_async(_delay_is_off()) is False  # if this fails, Streamlit or Python has mended it: drop our part
    send_at_once()
    assert run_async(_delay_is_off()) is True


def test_looking_at_the_user_does_not_search_the_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    from app import app

    searched: list[str] = []

    def _search(_self: Secrets, path: str) -> tuple[dict[str, object], bool]:
        searched.append(path)
        return {}, False

    monkeypatch.setattr(Secrets, "_parse_file_path", _search)
    store = Secrets()
    assert store.load_if_toml_exists() is False
    assert searched  # so it does without a value of our own; if this fails, Streamlit has mended it
    store.merge_programmatic_secrets(app._programmatic_secrets or {})
    searched.clear()
    assert store.load_if_toml_exists() is True
    assert searched == []


def test_pandas_is_there_before_somebody_needs_it() -> None:
    look = "import sys; from core.ui.streamlit_speed import import_early; a = 'pandas' in sys.modules; import_early();"
    done = subprocess.run(
        [sys.executable, "-c", f"{look} print(a, 'pandas' in sys.modules, 'pyarrow' in sys.modules)"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert done.stdout.split() == ["False", "True", "True"]
