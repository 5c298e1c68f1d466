"""The bare websocket, for what a well-behaved browser would never send."""

from __future__ import annotations

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


def open_socket(url: str, cookie: str = "", *, session: str = "", **headers: str) -> ClientConnection:
    """A websocket to Streamlit's stream; `session` asks to take up an earlier session."""
    sent = {"Origin": url} | {name.replace("_", "-"): value for name, value in headers.items()}
    if cookie:
        sent["Cookie"] = cookie
    protocols = [Subprotocol("streamlit")]
    if session:
        protocols += [Subprotocol("none"), Subprotocol(session)]
    return connect(
        url.replace("http", "ws", 1) + "/_stcore/stream",
        additional_headers={name: value for name, value in sent.items() if value},
        subprotocols=protocols,
        max_size=None,
        proxy=None,
        open_timeout=20,
    )


def rerun(socket: ClientConnection, page: str = "", *, auto: bool = False) -> None:
    """Asks for a run."""
    message = BackMsg()
    message.rerun_script.page_name = page
    message.rerun_script.is_auto_rerun = auto
    socket.send(message.SerializeToString())


def until_finished(socket: ClientConnection, timeout: float = 30) -> list[ForwardMsg]:
    """Everything up to the end of the run."""
    messages = []
    while True:
        message = ForwardMsg.FromString(socket.recv(timeout))
        messages.append(message)
        if message.WhichOneof("type") == "script_finished":
            return messages


def session_of(messages: list[ForwardMsg]) -> str:
    """The session that the server gave to a socket."""
    found = [m.new_session.initialize.session_id for m in messages if m.WhichOneof("type") == "new_session"]
    return found[0]


def words(messages: list[ForwardMsg]) -> str:
    """Everything that a run wrote, as one text."""
    return "\n".join(str(message.delta) for message in messages if message.WhichOneof("type") == "delta")
