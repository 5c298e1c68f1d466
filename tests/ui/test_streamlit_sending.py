"""From a script to its browser: in order, in one go, and with nothing left behind."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import Iterator
from functools import partial

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.forward_msg_queue import ForwardMsgQueue
from streamlit.runtime.scriptrunner import ScriptRunnerEvent
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from core.ui import streamlit_sending
from core.ui.streamlit_sending import Gathering, send_directly
from tests.loops import run_async

_TAKEN_OVER = (
    "_on_scriptrunner_event", "_call_soon_on_event_loop", "_create_scriptrunner", "flush_browser_queue",
    "_enqueue_forward_msg",
)  # fmt: skip
_STREAMLITS_OWN = {name: getattr(app_session.AppSession, name) for name in _TAKEN_OVER}


@pytest.fixture(autouse=True)
def _as_it_was(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, own in _STREAMLITS_OWN.items():
        monkeypatch.setattr(app_session.AppSession, name, own)
    monkeypatch.setattr(WebSocketsSansIOProtocol, "connection_made", streamlit_sending._made_before)
    yield


class _Session:
    """As much of a session as the hand-over knows: its loop, its script, and a place to keep things."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._event_loop = loop
        self._scriptrunner: object = None
        self._browser_queue = ForwardMsgQueue()
        self.done: list[object] = []

    def _create_session_status_changed_message(self) -> ForwardMsg:
        return ForwardMsg()

    def _handle_scriptrunner_event_on_event_loop(self, _sender: object, event: object, said: object = None) -> None:
        self.done.append(event if said is None else said)


def _say(session: _Session, event: ScriptRunnerEvent, said: object = None) -> None:
    more = {} if said is None else {"said": said}
    streamlit_sending._note(session, None, event, **more)  # type: ignore[arg-type]


def _count_wakings(loop: asyncio.AbstractEventLoop, monkeypatch: pytest.MonkeyPatch) -> list[object]:
    wakings: list[object] = []
    call = loop.call_soon_threadsafe

    def counted(*args: object) -> object:
        wakings.append(args)
        return call(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(loop, "call_soon_threadsafe", counted)
    return wakings


def test_a_script_wakes_the_loop_once_at_its_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_sending, "HAND_OVER_EVERY", 10.0)

    async def story() -> tuple[list[object], int]:
        session = _Session(asyncio.get_running_loop())
        wakings = _count_wakings(session._event_loop, monkeypatch)

        def script() -> None:
            _say(session, ScriptRunnerEvent.SCRIPT_STARTED)
            for number in range(200):
                _say(session, ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, number)
            _say(session, ScriptRunnerEvent.SHUTDOWN)

        busy = threading.Thread(target=script)
        busy.start()
        busy.join()
        while len(session.done) < 202:
            await asyncio.sleep(0.01)
        return session.done, len(wakings)

    done, wakings = run_async(asyncio.wait_for(story(), 20))
    assert done == [ScriptRunnerEvent.SCRIPT_STARTED, *range(200), ScriptRunnerEvent.SHUTDOWN]
    assert wakings == 1


def test_a_script_that_goes_on_hands_over_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_sending, "HAND_OVER_EVERY", 0.01)

    async def story() -> list[object]:
        session = _Session(asyncio.get_running_loop())
        _say(session, ScriptRunnerEvent.SCRIPT_STARTED)
        await asyncio.sleep(0.05)
        assert session.done == []
        _say(session, ScriptRunnerEvent.ENQUEUE_FORWARD_MSG, "drawn")
        await asyncio.sleep(0.05)
        return session.done

    assert run_async(story()) == [ScriptRunnerEvent.SCRIPT_STARTED, "drawn"]


def test_what_a_quiet_script_has_drawn_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_sending, "HAND_OVER_EVERY", 0.02)

    async def story() -> list[object]:
        session = _Session(asyncio.get_running_loop())
        session._scriptrunner = "one that waits"
        streamlit_sending._look_later(session)  # type: ignore[arg-type]
        _say(session, ScriptRunnerEvent.SCRIPT_STARTED)
        await asyncio.sleep(0.2)
        said = list(session.done)
        session._scriptrunner = None
        await asyncio.sleep(0.1)
        assert not streamlit_sending._looking[session._event_loop]
        return said

    assert run_async(story()) == [ScriptRunnerEvent.SCRIPT_STARTED]


def test_messages_are_handed_over_in_order_whatever_happens_to_one() -> None:
    done: list[int] = []
    complaints: list[str] = []

    def fail() -> None:
        raise ValueError("one of many")

    async def story() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(str(context["exception"])))
        session = _Session(loop)

        def script() -> None:
            for number in range(200):
                streamlit_sending._queue(session, fail if number == 100 else partial(done.append, number))  # type: ignore[arg-type]

        busy = threading.Thread(target=script)
        busy.start()
        busy.join()  # the loop is busy with this meanwhile, as it is with other people's messages
        while len(done) < 199:
            await asyncio.sleep(0.01)

    run_async(asyncio.wait_for(story(), 20))
    assert done == [number for number in range(200) if number != 100]
    assert complaints == ["one of many"]


def test_a_new_script_waits_for_what_the_last_one_said(monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    monkeypatch.setattr(streamlit_sending, "_create", lambda _session, data: said.append(data))

    async def story() -> None:
        session = _Session(asyncio.get_running_loop())
        streamlit_sending._create_when_settled(session, "the first script")  # type: ignore[arg-type]
        for word in ("drawn", "finished"):
            streamlit_sending._queue(session, partial(said.append, word))  # type: ignore[arg-type]
        streamlit_sending._create_when_settled(session, "another script")  # type: ignore[arg-type]
        await asyncio.sleep(0.05)
        assert [message.session_status_changed.script_is_running for message in session._browser_queue.flush()] == [
            True,
            True,
        ]

    run_async(story())
    assert said == ["the first script", "drawn", "finished", "another script"]


def test_what_comes_after_the_loop_has_closed_is_dropped() -> None:
    loop = asyncio.new_event_loop()
    loop.close()
    streamlit_sending._queue(_Session(loop), lambda: None)  # type: ignore[arg-type]


class _Pipe:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[object] = []

    def write(self, data: bytes) -> None:
        """Notes what is written."""
        self.told.append(data)

    def close(self) -> None:
        """Notes that it is closed."""
        self.told.append("closed")

    def is_closing(self) -> bool:
        """Whether it was closed."""
        return "closed" in self.told


def test_what_is_written_in_one_round_goes_out_in_one_piece() -> None:
    async def story() -> list[object]:
        pipe = _Pipe()
        gathering = Gathering(pipe)  # type: ignore[arg-type]
        for part in (b"a", b"b", b"c"):
            gathering.write(part)
        assert pipe.told == []
        await asyncio.sleep(0)
        gathering.write(b"d")
        await asyncio.sleep(0)
        gathering.write(b"last")
        gathering.close()
        assert gathering.is_closing()
        await asyncio.sleep(0)
        return pipe.told

    assert run_async(story()) == [b"abc", b"d", b"last", "closed"]


def test_streamlit_still_hands_over_and_sends_here() -> None:
    own = {name: inspect.getsource(function) for name, function in _STREAMLITS_OWN.items()}
    assert "self._call_soon_on_event_loop(" in own["_on_scriptrunner_event"]
    assert "call_soon_threadsafe(callback)" in own["_call_soon_on_event_loop"]
    assert "self._browser_queue.enqueue(msg)" in own["_enqueue_forward_msg"]
    assert "self._browser_queue.flush()" in own["flush_browser_queue"]
    rounds = inspect.getsource(Runtime._loop_coroutine)
    for step in (".flush_browser_queue()", "self._send_message(", "asyncio.sleep(0)", ".on_flushed_messages_sent()"):
        assert step in rounds
    assert "self._create_scriptrunner(" in inspect.getsource(app_session.AppSession.request_rerun)
    assert "sender is not self._scriptrunner" in inspect.getsource(
        app_session.AppSession._handle_scriptrunner_event_on_event_loop
    )
    assert "self.transport.write(" in inspect.getsource(WebSocketsSansIOProtocol.send)
    send_directly()
    assert app_session.AppSession._on_scriptrunner_event is streamlit_sending._note
    assert WebSocketsSansIOProtocol.connection_made is streamlit_sending._made
