"""The seams of Streamlit and asyncio that make clicks quick: still there, and doing what they promise."""

from __future__ import annotations

import asyncio
import inspect
import socket
import subprocess
import sys
import threading
from asyncio import base_events
from collections.abc import Iterator
from functools import partial

import pytest
from streamlit import config
from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.secrets import Secrets
from streamlit.web.server.starlette.starlette_server import _bind_socket

from core.ui import streamlit_speed
from core.ui.streamlit_speed import hand_over_in_batches, remember_theme, send_at_once
from tests.house_rules import ROOT
from tests.loops import run_async

_STREAMLITS_OWN = Runtime._enqueued_some_message
_SECTIONS = ("theme", "theme.light", "theme.dark", "theme.sidebar", "theme.light.sidebar", "theme.dark.sidebar")


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Puts Streamlit's own function back, before the test and after it."""
    own = inspect.unwrap(app_session._populate_theme_msg)
    monkeypatch.setattr(app_session, "_populate_theme_msg", own)
    hand_over = app_session.AppSession._call_soon_on_event_loop
    monkeypatch.setattr(app_session.AppSession, "_call_soon_on_event_loop", hand_over)
    monkeypatch.setattr(app_session.AppSession, "_create_scriptrunner", streamlit_speed._create)
    monkeypatch.setattr(Runtime, "_enqueued_some_message", _STREAMLITS_OWN)
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


class _Session:
    """As much of a session as the hand-over knows: its loop, and a place to keep things."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop


def test_messages_are_handed_over_in_order_whatever_happens_to_one() -> None:
    done: list[int] = []
    complaints: list[str] = []
    wakings = 0

    def fail() -> None:
        raise ValueError("one of many")

    async def story() -> None:
        nonlocal wakings
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(str(context["exception"])))
        session = _Session(loop)
        call = loop.call_soon_threadsafe

        def counted(*args: object) -> object:
            nonlocal wakings
            wakings += 1
            return call(*args)  # type: ignore[arg-type]

        loop.call_soon_threadsafe = counted  # type: ignore[assignment,method-assign]

        def script() -> None:
            for number in range(200):
                streamlit_speed._queue(session, fail if number == 100 else partial(done.append, number))  # type: ignore[arg-type]

        busy = threading.Thread(target=script)
        busy.start()
        busy.join()  # the loop is busy with this meanwhile, as it is with other people's messages
        while len(done) < 199:
            await asyncio.sleep(0.01)

    run_async(asyncio.wait_for(story(), 20))
    assert done == [number for number in range(200) if number != 100]
    assert complaints == ["one of many"]
    assert wakings == 1


def test_a_new_script_waits_for_what_the_last_one_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(streamlit_speed, "_create", lambda _session, data: said.append(data))

    async def story() -> None:
        session = _Session(asyncio.get_running_loop())
        streamlit_speed._create_when_settled(session, "the first script")  # type: ignore[arg-type]
        for word in ("drawn", "finished"):
            streamlit_speed._queue(session, partial(said.append, word))  # type: ignore[arg-type]
        streamlit_speed._create_when_settled(session, "another script")  # type: ignore[arg-type]
        await asyncio.sleep(0.05)

    run_async(story())
    assert said == ["the first script", "drawn", "finished", "another script"]


def test_what_comes_after_the_loop_has_closed_is_dropped() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    streamlit_speed._queue(_Session(loop), lambda: None)  # type: ignore[arg-type]


def test_streamlit_still_hands_over_here() -> None:
    source = inspect.getsource(app_session.AppSession._on_scriptrunner_event)
    assert "self._call_soon_on_event_loop(" in source
    assert "call_soon_threadsafe(async_objs.need_send_data.set)" in inspect.getsource(_STREAMLITS_OWN)
    assert "self._create_scriptrunner(" in inspect.getsource(app_session.AppSession.request_rerun)
    assert "sender is not self._scriptrunner" in inspect.getsource(
        app_session.AppSession._handle_scriptrunner_event_on_event_loop
    )
    hand_over_in_batches()
    assert app_session.AppSession._create_scriptrunner is streamlit_speed._create_when_settled
    assert app_session.AppSession._call_soon_on_event_loop is streamlit_speed._queue
    assert Runtime._enqueued_some_message is streamlit_speed._wake
