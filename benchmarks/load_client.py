"""A client that speaks Streamlit's own websocket protocol, as a browser does, for measuring under load.

Why: a load test that does not run scripts measures nothing. One `Visitor` is one open tab: it opens the
websocket with the cookie of a signed-in person, keeps the elements and widget values of the page, sends
reruns as the browser does (fragments and automatic reruns included) and knows when the run that it asked for
has finished. It only ever connects to this machine.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ClientState_pb2 import ClientState
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from benchmarks.page_elements import PageElements, Widget

_LONGEST_WAIT_SECONDS = 60.0
_FULL = ForwardMsg.FINISHED_SUCCESSFULLY
_FRAGMENT = ForwardMsg.FINISHED_FRAGMENT_RUN_SUCCESSFULLY


class LoadClientError(Exception):
    """The server did not do what a browser could have lived with."""


@dataclass(frozen=True, slots=True)
class Run:
    """One finished script run, as the tab saw it.

    Units: `seconds` from sending the request to the last message of the run; `received_bytes` on the socket.
    """

    seconds: float
    messages: int
    received_bytes: int
    fragment: bool


@dataclass(slots=True)
class _Waiting:
    """A request whose run has not finished; `run_id` is known once its run has begun."""

    sent: float
    fragment_id: str
    done: asyncio.Future[Run]
    run_id: str = ""
    messages: int = 0
    received_bytes: int = 0


def only_this_machine(url: str) -> str:
    """Gives the URL back if it points at the loopback.

    Raises: LoadClientError for any other address.
    """
    host = urlsplit(url).hostname or ""
    try:
        local = host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        local = False
    if not local:
        raise LoadClientError(f"The load client only measures this machine; found {url!r}")
    return url.rstrip("/")


@dataclass
class Visitor:
    """One person's open tab. Use `open`, then `click`, `choose`, `fill`, `rerun`; `close` at the end."""

    base_url: str
    cookie: str = ""
    locale: str = "en-US"
    page: PageElements = field(default_factory=PageElements)
    path: str = ""
    query: str = ""
    session_id: str = ""
    follow_auto_reruns: bool = True
    auto_runs: int = 0
    _socket: ClientConnection | None = None
    _reader: asyncio.Task[None] | None = None
    _page_script_hash: str = ""
    _current_run_id: str = ""
    _waiting: list[_Waiting] = field(default_factory=list)
    _timers: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _remembered: dict[str, tuple[ForwardMsg, int]] = field(default_factory=dict)
    _runs_seen: int = 0
    _lost: str = ""

    async def open(self, path: str = "", query: str = "") -> Run:
        """Opens a page in a new tab: the socket, then the first run of the page."""
        only_this_machine(self.base_url)
        self.path, self.query = path.strip("/"), query
        headers = {"Origin": self.base_url, "User-Agent": "orderly-load-client"}
        if self.cookie:
            headers["Cookie"] = self.cookie
        address = self.base_url.replace("http", "ws", 1) + "/_stcore/stream"
        self._socket = await connect(
            address,
            subprotocols=[Subprotocol("streamlit")],
            additional_headers=headers,
            user_agent_header=None,
            max_size=None,
            open_timeout=30,
            ping_interval=None,
            proxy=None,
        )
        self._reader = asyncio.create_task(self._read())
        return await self._send()

    async def close(self) -> None:
        """Closes the tab."""
        self._stop_timers()
        if self._reader:
            self._reader.cancel()
        if self._socket:
            await self._socket.close()

    # What a person does

    async def rerun(self, fragment_id: str = "") -> Run:
        """Runs the page, or one fragment of it, again with the values as they are."""
        return await self._send(fragment_id=fragment_id)

    async def click(self, label: str = "", key: str = "") -> Run:
        """Presses a button (also of a form, or a download's)."""
        widget = self.page.find("button", label=label, key=key)
        if widget.form_id:
            self.page.submit_form(widget.form_id)
        return await self._send(WidgetState(id=widget.id, trigger_value=True), widget.fragment_id)

    async def choose(self, option: str, label: str = "", key: str = "") -> Run | None:
        """Sets a radio, select box, pills or segmented control to an option, by the text it shows.

        Gives None when nothing is sent: inside a form, or where the widget ignores changes.
        """
        widget = self.page.find("choice", label=label, key=key)
        if option not in widget.options:
            raise LoadClientError(f"{widget.label!r} has no option {option!r}; it has {widget.options!r}")
        state = WidgetState(id=widget.id)
        if widget.kind == "button_group":
            state.string_array_value.data.append(option)
        else:
            state.string_value = option
        return await self._set(widget, state)

    async def fill(self, text: str, label: str = "", key: str = "") -> Run | None:
        """Types a text or a number into its field and leaves it."""
        widget = self.page.find("field", label=label, key=key)
        state = WidgetState(id=widget.id)
        if widget.kind == "number_input":
            state.double_value = float(text)
        else:
            state.string_value = text
        return await self._set(widget, state)

    async def tick(self, on: bool = True, label: str = "", key: str = "") -> Run | None:
        """Sets a check box or a toggle."""
        widget = self.page.find("checkbox", label=label, key=key)
        return await self._set(widget, WidgetState(id=widget.id, bool_value=on))

    async def go(self, path: str, query: str = "") -> Run:
        """Follows a link of the navigation within the tab."""
        known = self.page.navigation
        if path not in known:
            raise LoadClientError(f"The navigation has no page {path!r}; it has {sorted(known)!r}")
        self.path, self.query = path, query
        return await self._send(page_script_hash=known[path])

    # The protocol

    async def _set(self, widget: Widget, state: WidgetState) -> Run | None:
        if widget.form_id:
            self.page.keep_in_form(widget.form_id, state)
            return None
        self.page.values[widget.id] = state
        return None if widget.silent else await self._send(fragment_id=widget.fragment_id)

    async def _send(self, trigger: WidgetState | None = None, fragment_id: str = "", page_script_hash: str = "") -> Run:
        waiting = _Waiting(time.perf_counter(), fragment_id, asyncio.get_running_loop().create_future())
        self._waiting.append(waiting)
        try:
            await self._post(trigger, fragment_id, page_script_hash)
            return await asyncio.wait_for(waiting.done, _LONGEST_WAIT_SECONDS)
        except TimeoutError as error:
            raise LoadClientError(f"No answer in {_LONGEST_WAIT_SECONDS:.0f} s on {self.path!r}") from error
        finally:
            if waiting in self._waiting:
                self._waiting.remove(waiting)

    async def _post(
        self, trigger: WidgetState | None, fragment_id: str, page_hash: str = "", auto: bool = False
    ) -> None:
        if self._lost or self._socket is None:
            raise LoadClientError(self._lost or "The tab is not open")
        state = ClientState(
            query_string=self.query,
            page_script_hash=page_hash or self._page_script_hash,
            page_name=self.path if not self._page_script_hash else "",
            fragment_id=fragment_id,
            is_auto_rerun=auto,
        )
        state.cached_message_hashes.extend(self._remembered)
        state.context_info.timezone = "Asia/Shanghai"
        state.context_info.timezone_offset = -480
        state.context_info.locale = self.locale
        state.context_info.url = f"{self.base_url}/{self.path}"
        state.context_info.color_scheme = "light"
        state.widget_states.widgets.extend(self.page.values.values())
        if trigger is not None:
            state.widget_states.widgets.append(trigger)
        try:
            await self._socket.send(BackMsg(rerun_script=state).SerializeToString())
        except ConnectionClosed as error:
            raise LoadClientError(f"The server closed the socket: {error}") from error

    async def _read(self) -> None:
        """Takes in messages until the socket closes; then nobody waits any longer."""
        assert self._socket is not None
        reason = "The server closed the socket"
        try:
            async for data in self._socket:
                if isinstance(data, bytes):
                    self._take(ForwardMsg.FromString(data), len(data))
        except (OSError, ConnectionClosed, LoadClientError) as error:
            reason = str(error)
        self._lost = f"{reason} (code {self._socket.close_code})"
        self._stop_timers()
        for waiting in self._waiting:
            if not waiting.done.done():
                waiting.done.set_exception(LoadClientError(self._lost))

    def _take(self, message: ForwardMsg, size: int) -> None:
        """Carries out one message; only the first and the last of a run name it."""
        message = self._recall(message)
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self._begin(message)
        for waiting in self._waiting:
            if waiting.run_id and waiting.run_id == self._current_run_id:
                waiting.messages += 1
                waiting.received_bytes += size
        if kind == "delta":
            self.page.apply(message, self._current_run_id)
        elif kind == "navigation":
            self._page_script_hash = message.navigation.page_script_hash
            links = message.navigation.app_pages
            self.page.navigation = {link.url_pathname: link.page_script_hash for link in links}
        elif kind == "auto_rerun" and self.follow_auto_reruns:
            self._start_timer(message.auto_rerun.fragment_id, message.auto_rerun.interval)
        elif kind == "stop_auto_rerun":
            self._stop_timers(set(message.stop_auto_rerun.fragment_ids))
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "page_not_found":
            self.page.not_found = True
        elif kind == "script_finished":
            self._finish(message)

    def _recall(self, message: ForwardMsg) -> ForwardMsg:
        """Keeps what the server may later name by its hash only, and puts it in place of such a name."""
        if message.WhichOneof("type") == "ref_hash":
            if message.ref_hash not in self._remembered:
                raise LoadClientError("The server named a message that this tab does not have")
            full = ForwardMsg()
            full.CopyFrom(self._remembered[message.ref_hash][0])
            full.metadata.CopyFrom(message.metadata)
            self._remembered[message.ref_hash] = (full, self._runs_seen)
            return full
        if message.metadata.cacheable and message.hash:
            self._remembered[message.hash] = (message, self._runs_seen)
        return message

    def _begin(self, message: ForwardMsg) -> None:
        session, run = message.new_session, message.metadata.run
        self.session_id = session.initialize.session_id
        self._current_run_id = run.script_run_id
        self._runs_seen += 1
        if all(waiting.run_id or waiting.done.done() for waiting in self._waiting):
            # Not while a request is on its way: it told the server of everything that is remembered now.
            self._remembered = {key: kept for key, kept in self._remembered.items() if self._runs_seen - kept[1] <= 2}
        if not run.fragment_ids:
            self._page_script_hash = session.page_script_hash
            self._stop_timers()
            self.page.not_found = False
        for waiting in self._waiting:
            if not run.fragment_ids or waiting.fragment_id in run.fragment_ids:
                waiting.run_id = run.script_run_id

    def _finish(self, message: ForwardMsg) -> None:
        run, status = message.metadata.run, message.script_finished
        if status not in (_FULL, _FRAGMENT):
            return  # interrupted; the run that took its place will finish
        self.page.forget_stale(run.script_run_id, set(run.fragment_ids))
        now = time.perf_counter()
        for waiting in self._waiting:
            if waiting.run_id == run.script_run_id and not waiting.done.done():
                took = now - waiting.sent
                fragment = bool(run.fragment_ids)
                waiting.done.set_result(Run(took, waiting.messages, waiting.received_bytes, fragment))

    def _start_timer(self, fragment_id: str, interval: float) -> None:
        self._stop_timers({fragment_id})
        self._timers[fragment_id] = asyncio.create_task(self._tick(fragment_id, max(interval, 0.5)))

    async def _tick(self, fragment_id: str, interval: float) -> None:
        while not self._lost:
            await asyncio.sleep(interval)
            with suppress(LoadClientError):  # the reader notes a lost socket
                await self._post(None, fragment_id, auto=True)
                self.auto_runs += 1

    def _stop_timers(self, fragment_ids: set[str] | None = None) -> None:
        for fragment_id in list(self._timers) if fragment_ids is None else fragment_ids & set(self._timers):
            self._timers.pop(fragment_id).cancel()

    @property
    def is_lost(self) -> bool:
        """Whether the server has closed the tab's socket."""
        return bool(self._lost)

    def texts(self) -> list[str]:
        """The words on the page, for telling whether it is the right one."""
        return self.page.texts()
