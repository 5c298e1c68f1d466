"""Seams of Streamlit 1.67 where clicks waited for nothing; tests hold each, since a new version may move them."""

from __future__ import annotations

import asyncio
import socket
from asyncio import base_events
from collections import deque
from collections.abc import Callable
from functools import wraps

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import Runtime, app_session
from streamlit.runtime.scriptrunner import RerunData


def remember_theme() -> None:
    """From now on the theme's sections are read once and copied; doing it twice changes nothing.

    Why: each run begins with a message that carries the whole theme, read option by option from the configuration;
    that was a tenth of the processor time of a click on a test page (measured).
    """
    read = app_session._populate_theme_msg
    if hasattr(read, "__wrapped__"):
        return
    kept: dict[str, CustomThemeConfig] = {}

    @wraps(read)
    def copied(msg: CustomThemeConfig, section: str = "theme") -> None:
        if section not in kept:
            fresh = CustomThemeConfig()
            read(fresh, section)
            kept[section] = fresh
        if kept[section].ByteSize():  # merging nothing would still say that the section is there
            msg.MergeFrom(kept[section])

    app_session._populate_theme_msg = copied


def send_at_once() -> None:
    """From now on answers leave the server when they are written; doing it twice changes nothing.

    Why: Streamlit binds a socket that doesn't name TCP as its protocol, and asyncio switches Nagle's algorithm off
    only where it is named. A click within 40 ms of the last message then waited 40 ms for the other side's
    acknowledgement (48 ms instead of 10; measured).
    """
    base_events._set_nodelay = _without_delay  # type: ignore[attr-defined]


def _without_delay(connection: socket.socket) -> None:
    if connection.family in {socket.AF_INET, socket.AF_INET6} and connection.type == socket.SOCK_STREAM:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)


def hand_over_in_batches() -> None:
    """From now on a script hands its messages to the event loop many at a time; doing it twice changes nothing.

    Why: Streamlit wakes the loop twice for each of the two hundred messages of a board, and every waking lets go of
    the interpreter's lock; with several scripts at work each waits for all others every time (measured).
    """
    app_session.AppSession._call_soon_on_event_loop = _queue  # type: ignore[method-assign,assignment]
    app_session.AppSession._create_scriptrunner = _create_when_settled  # type: ignore[method-assign,assignment]
    Runtime._enqueued_some_message = _wake  # type: ignore[method-assign,assignment]


def _queue(session: app_session.AppSession, callback: Callable[[], None]) -> None:
    """Puts a callback behind the session's others and sees to it that the loop comes to carry them out."""
    waiting: deque[Callable[[], None]] = session.__dict__.setdefault("_orderly_waiting", deque())
    waiting.append(callback)
    if session.__dict__.get("_orderly_called"):
        return
    session.__dict__["_orderly_called"] = True
    try:
        session._event_loop.call_soon_threadsafe(_carry_out, session)
    except RuntimeError:  # as Streamlit does: what comes after the loop has closed is dropped
        if not session._event_loop.is_closed():
            raise


_create = app_session.AppSession._create_scriptrunner


def _create_when_settled(session: app_session.AppSession, initial_rerun_data: RerunData) -> None:
    """Carries out what the last script still has waiting before another takes its place.

    Why: Streamlit drops what comes from a script that isn't the current one any more. On a busy server a page that
    refreshed itself just after a click then never showed what the click had done (seen with 90 boards open).
    """
    if "_orderly_waiting" in session.__dict__:
        _carry_out(session)
    _create(session, initial_rerun_data)


def _wake(runtime: Runtime) -> None:
    """Tells the loop that there is something to send; from the loop itself without the detour through its socket."""
    parts = runtime._get_async_objs()
    try:
        here = asyncio.get_running_loop() is parts.eventloop
    except RuntimeError:
        here = False
    if here:
        parts.need_send_data.set()
    else:
        parts.eventloop.call_soon_threadsafe(parts.need_send_data.set)


def _carry_out(session: app_session.AppSession) -> None:
    """Carries out, on the loop, what waits in a session, in its order; one that fails doesn't keep the others."""
    session.__dict__["_orderly_called"] = False  # before the first, so that whatever comes later calls again
    waiting: deque[Callable[[], None]] = session.__dict__["_orderly_waiting"]
    while waiting:
        callback = waiting.popleft()
        try:
            callback()
        except BaseException:
            if waiting:  # the loop reports this one; the others get a call of their own
                session._event_loop.call_soon(_carry_out, session)
            raise


def import_early() -> None:
    """Brings in what Streamlit would import at the first table or text field that somebody opens.

    Why: that somebody, and everybody who clicked meanwhile, would wait half a second for it.
    """
    import pandas as pd

    pd.array([1])  # and with it pyarrow
