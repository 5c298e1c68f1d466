"""Seams of Streamlit 1.67 where clicks waited for nothing; tests hold each, since a new version may move them."""

from __future__ import annotations

import socket
from asyncio import base_events
from functools import wraps

from streamlit.proto.NewSession_pb2 import CustomThemeConfig
from streamlit.runtime import app_session


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


def import_early() -> None:
    """Brings in what Streamlit would import at the first table or text field that somebody opens.

    Why: that somebody, and everybody who clicked meanwhile, would wait half a second for it.
    """
    import pandas as pd

    pd.array([1])  # and with it pyarrow
