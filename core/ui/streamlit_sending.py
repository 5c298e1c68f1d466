"""How what a script draws gets to the browser: handed over in one go, and sent at once."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from functools import partial
from typing import Any, cast
from weakref import WeakKeyDictionary

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.scriptrunner import RerunData, ScriptRunnerEvent
from streamlit.runtime.session_manager import SessionClientDisconnectedError
from uvicorn.protocols.websockets import websockets_sansio_impl

HAND_OVER_EVERY = 0.04  # seconds after which what a running script has drawn so far is sent
AT_ONCE = 200  # messages put into a socket's queue before it is drained; at 500 Streamlit cuts the socket

Session = app_session.AppSession


def send_directly() -> None:
    """From now on messages go from a script to its browser in one step; doing it twice changes nothing.

    Why: Streamlit wakes the event loop twice for each of the two hundred messages of a board. The loop then looks at
    the sessions of all people, and sends one message in each of its rounds, for one person after the other. Every
    round lets go of the interpreter's lock and waits up to 5 ms until a running script gives it back: with 100 boards
    open, a page that was drawn in 30 ms was sent for seconds (measured). Here a script hands over when it is done, or
    every 40 ms while it is at work, and all of it is written to the socket in one piece.
    """
    Session._on_scriptrunner_event = _note  # type: ignore[method-assign,assignment]
    Session._call_soon_on_event_loop = _queue  # type: ignore[method-assign,assignment]
    Session._create_scriptrunner = _create_when_settled  # type: ignore[method-assign,assignment]
    Session.flush_browser_queue = _nothing_for_the_round  # type: ignore[method-assign,assignment]
    Session._enqueue_forward_msg = _enqueue  # type: ignore[method-assign,assignment]
    websockets_sansio_impl.WebSocketsSansIOProtocol.connection_made = _made  # type: ignore[method-assign,assignment]


# ---- from the script's thread to the loop ---------------------------------------------------------------------


def _note(session: Session, sender: Any, event: ScriptRunnerEvent, **said: Any) -> None:
    """Notes what a script says; wakes the loop when that was its last word, or when the last waking is a while ago."""
    work = partial(session._handle_scriptrunner_event_on_event_loop, sender, event, **said)
    state = session.__dict__
    waiting = state.setdefault("_orderly_waiting", deque())
    waiting.append(work)
    now = time.monotonic()
    if event == ScriptRunnerEvent.SCRIPT_STARTED and not state.get("_orderly_called"):
        state["_orderly_handed_at"] = now
    if event == ScriptRunnerEvent.SHUTDOWN or now - state.get("_orderly_handed_at", 0.0) > HAND_OVER_EVERY:
        _wake(session)


def _queue(session: Session, callback: Callable[[], None]) -> None:
    """Puts a callback behind the session's others and sees to it that the loop comes to carry them out."""
    session.__dict__.setdefault("_orderly_waiting", deque()).append(callback)
    _wake(session)


def _wake(session: Session) -> None:
    if session.__dict__.get("_orderly_called"):
        return
    session.__dict__["_orderly_called"] = True
    try:
        session._event_loop.call_soon_threadsafe(_carry_out, session)
    except RuntimeError:  # as Streamlit does: what comes after the loop has closed is dropped
        if not session._event_loop.is_closed():
            raise


def _carry_out(session: Session) -> None:
    """Carries out, on the loop, what waits in a session, in its order, and sends what came of it.

    One that fails doesn't keep the others.
    """
    state = session.__dict__
    state["_orderly_called"] = False  # before the first, so that whatever comes later calls again
    state["_orderly_handed_at"] = time.monotonic()
    waiting: deque[Callable[[], None]] = state.setdefault("_orderly_waiting", deque())
    state["_orderly_carrying"] = True
    try:
        while waiting:
            callback = waiting.popleft()
            try:
                callback()
            except BaseException:
                if waiting:  # the loop reports this one; the others get a call of their own
                    session._event_loop.call_soon(_carry_out, session)
                raise
    finally:
        state["_orderly_carrying"] = False
        _send(session)


_create = Session._create_scriptrunner


def _create_when_settled(session: Session, initial_rerun_data: RerunData) -> None:
    """Carries out what the last script still has waiting before another takes its place.

    Why: Streamlit drops what comes from a script that isn't the current one any more. On a busy server a page that
    refreshed itself just after a click then never showed what the click had done (seen with 90 boards open).
    """
    if session.__dict__.get("_orderly_waiting"):
        _carry_out(session)
    _create(session, initial_rerun_data)
    _look_later(session)
    _tell_that_it_runs(session)


def _tell_that_it_runs(session: Session) -> None:
    """Shows the browser at once that its click has come, though the script may still have to wait for its turn.

    Why: what was drawn before the click is out of date from now on, and the page says so.
    """
    message = session._create_session_status_changed_message()
    message.session_status_changed.script_is_running = True
    session._browser_queue.enqueue(message)
    _send(session)


_looking: WeakKeyDictionary[asyncio.AbstractEventLoop, set[Session]] = WeakKeyDictionary()


def _look_later(session: Session) -> None:
    """Comes back for what a script drew before it went quiet, as one does that waits for a database."""
    looked_at = _looking.setdefault(session._event_loop, set())
    if not looked_at:
        session._event_loop.call_later(HAND_OVER_EVERY, _look, session._event_loop)
    looked_at.add(session)


def _look(loop: asyncio.AbstractEventLoop) -> None:
    looked_at = _looking[loop]
    for session in list(looked_at):
        if session._scriptrunner is None:
            looked_at.discard(session)
        elif session.__dict__.get("_orderly_waiting"):
            _carry_out(session)
    if looked_at:
        loop.call_later(HAND_OVER_EVERY, _look, loop)


# ---- from the loop to the socket ------------------------------------------------------------------------------


def _nothing_for_the_round(_session: Session) -> list[ForwardMsg]:
    """What is left for Streamlit's own round through all sessions: nothing, so that the order is kept."""
    return []


def _enqueue(session: Session, msg: ForwardMsg) -> None:
    """Takes a message; one that no script said (a file's address, say) is sent in the loop's next round."""
    session._browser_queue.enqueue(msg)
    if not session.__dict__.get("_orderly_carrying"):
        session._event_loop.call_soon_threadsafe(_send, session)


def _send(session: Session) -> None:
    """Sends a session's messages to its browser; one that has gone is let go, and keeps its messages."""
    if not Runtime.exists():
        return
    runtime = Runtime.instance()
    info = runtime._session_mgr.get_active_session_info(session.id)
    if info is None or info.session is not session:
        return
    unsent: deque[ForwardMsg] = session.__dict__.setdefault("_orderly_unsent", deque())
    unsent.extend(session._browser_queue.flush())
    for _ in range(min(len(unsent), AT_ONCE)):
        try:
            runtime._send_message(info, unsent.popleft())
        except SessionClientDisconnectedError:
            runtime.disconnect_session(session.id, client=info.client)
            return
    if unsent:
        session._event_loop.call_soon(_send, session)
    else:
        session.on_flushed_messages_sent()


_made_before = websockets_sansio_impl.WebSocketsSansIOProtocol.connection_made


def _made(protocol: websockets_sansio_impl.WebSocketsSansIOProtocol, transport: asyncio.BaseTransport) -> None:
    _made_before(protocol, cast("asyncio.BaseTransport", Gathering(cast("asyncio.Transport", transport))))


class Gathering:
    """A connection that writes what it is given within one round of the loop in one piece.

    Why: each write lets go of the interpreter's lock, and waits for it afterwards.
    """

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._parts: list[bytes] = []

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Takes something to be written in this round."""
        if not self._parts:
            asyncio.get_running_loop().call_soon(self.flush)
        self._parts.append(data)

    def flush(self) -> None:
        """Writes what was taken."""
        if self._parts:
            whole = b"".join(self._parts)
            self._parts.clear()
            self._transport.write(whole)

    def close(self) -> None:
        """Writes what was taken, and closes."""
        self.flush()
        self._transport.close()
