"""Scripts take turns: few at once, in order, clicks before refreshes, and no click is lost."""

from __future__ import annotations

import asyncio
import inspect
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

import pytest
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.state import SafeSessionState

from benchmarks.load_client import Visitor
from core.ui import streamlit_turns
from core.ui.streamlit_turns import OrderlyRunner, Turns
from tests.house_rules import ROOT
from tests.loops import run_async
from tests.ui.servers import running_script

T = TypeVar("T")
_said: ContextVar[str] = ContextVar("said", default="nothing")


class Script:
    """As much of a runner as the line knows, doing what the test tells it."""

    def __init__(
        self, work: Callable[[], object] = lambda: None, *, session: str = "", is_by_itself: bool = False
    ) -> None:
        self._work = work
        self.session_id = session or f"session-{id(self)}"
        self.is_by_itself = is_by_itself
        self.asked_at = 0.0
        self.callbacks_done = False
        self.done = threading.Event()

    def run_here(self) -> None:
        """Does it."""
        streamlit_turns._mine.set(self)  # type: ignore[arg-type]
        try:
            self._work()
        finally:
            self.done.set()


def ask(turns: Turns, *scripts: Script) -> None:
    """Puts scripts in line."""
    for script in scripts:
        turns.ask(script)  # type: ignore[arg-type]


def wait_for(*scripts: Script) -> None:
    """Waits until all have run."""
    for script in scripts:
        assert script.done.wait(10)


def wait_until(condition: Callable[[], bool]) -> None:
    """Waits until something is so."""
    end = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.005)


@pytest.fixture
def door() -> Iterator[threading.Event]:
    """What scripts wait for in a test; open at its end, so that none is left behind."""
    event = threading.Event()
    yield event
    event.set()


@pytest.fixture
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's patience ends during a test."""
    monkeypatch.setattr(streamlit_turns, "PATIENCE", 60.0)


@pytest.mark.usefixtures("patience")
def test_few_run_at_once_and_in_the_order_they_were_asked_for(door: threading.Event) -> None:
    turns, began = Turns(at_once=2), []

    def work(number: int) -> Script:
        def run() -> None:
            began.append(number)
            door.wait(10)

        return Script(run)

    scripts = [work(number) for number in range(8)]
    for script in scripts[:2]:
        ask(turns, script)
        wait_until(lambda script=script: scripts.index(script) + 1 == len(began))  # type: ignore[misc]
    ask(turns, *scripts[2:])
    time.sleep(0.1)
    assert began == [0, 1]
    door.set()
    wait_for(*scripts)
    assert sorted(began) == list(range(8))


@pytest.mark.usefixtures("patience")
def test_one_after_the_other_keeps_the_order(door: threading.Event) -> None:
    turns, began = Turns(at_once=1), []
    first = Script(partial(door.wait, 10))
    others = [Script(lambda number=number: began.append(number)) for number in range(20)]  # type: ignore[misc]
    ask(turns, first, *others)
    door.set()
    wait_for(*others)
    assert began == list(range(20))


def test_a_long_run_does_not_keep_others_waiting(door: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_turns, "PATIENCE", 0.05)
    turns = Turns(at_once=1)
    long, next_one, last = Script(partial(door.wait, 10)), Script(), Script()
    ask(turns, long, next_one, last)
    wait_for(next_one, last)
    assert not long.done.is_set()


@pytest.mark.usefixtures("patience")
def test_clicks_come_before_refreshes_but_not_for_ever(door: threading.Event, monkeypatch: pytest.MonkeyPatch) -> None:
    turns, began = Turns(at_once=1), []
    ask(turns, Script(partial(door.wait, 10)))
    refresh = Script(lambda: began.append("refresh"), is_by_itself=True)
    click = Script(lambda: began.append("click"))
    ask(turns, refresh, click)
    door.set()
    wait_for(refresh, click)
    assert began == ["click", "refresh"]

    again = threading.Event()
    monkeypatch.setattr(streamlit_turns, "HANDICAP", 0.05)
    ask(turns, Script(partial(again.wait, 10)))
    early = Script(lambda: began.append("early click"))
    refresh = Script(lambda: began.append("overdue refresh"), is_by_itself=True)
    late = Script(lambda: began.append("late click"))
    ask(turns, early, refresh)
    time.sleep(0.1)
    ask(turns, late)
    again.set()
    wait_for(refresh, late)
    assert began[2:] == ["early click", "overdue refresh", "late click"]


@pytest.mark.usefixtures("patience")
def test_a_click_on_a_waiting_refresh_moves_it_up(door: threading.Event) -> None:
    turns, began = Turns(at_once=1), []
    ask(turns, Script(partial(door.wait, 10)))
    early, late = (Script(lambda n=n: began.append(n), is_by_itself=True) for n in (1, 2))  # type: ignore[misc]
    ask(turns, early, late)
    turns.promote(late)  # type: ignore[arg-type]
    door.set()
    wait_for(early, late)
    assert began == [2, 1]
    assert not late.is_by_itself


@pytest.mark.usefixtures("patience")
def test_whoever_waits_for_the_disk_lets_others_compute(door: threading.Event) -> None:
    turns = Turns(at_once=1)

    def write() -> None:
        with turns.aside(), turns.aside():
            door.wait(10)

    writer, reader = Script(write), Script()
    ask(turns, writer, reader)
    wait_for(reader)
    assert not writer.done.is_set()
    assert not turns.is_quiet()


def test_outside_a_script_nobody_steps_aside() -> None:
    with Turns().aside():
        pass


def test_of_one_person_one_at_a_time_until_the_callbacks_are_done(door: threading.Event) -> None:
    turns = Turns(at_once=2)
    first = Script(partial(door.wait, 10), session="a")
    second, other = Script(session="a"), Script(session="b")
    ask(turns, first, second, other)
    wait_for(other)
    assert not second.done.is_set()
    first.callbacks_done = True
    turns.note_callbacks_done()
    wait_for(second)
    assert not first.done.is_set()


def test_a_run_that_breaks_costs_no_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(threading, "excepthook", lambda args: told.append(str(args.exc_value)))
    turns = Turns(at_once=1)

    def fail() -> None:
        raise ValueError("broken")

    scripts = [Script(fail), Script(fail), Script()]
    ask(turns, *scripts)
    wait_for(*scripts)
    wait_until(lambda: told == ["broken", "broken"])


def test_it_is_quiet_when_nothing_has_run_for_a_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_turns, "QUIET_SECONDS", 0.2)
    turns, script = Turns(), Script()
    ask(turns, script)
    wait_for(script)
    assert not turns.is_quiet()
    wait_until(turns.is_quiet)


def test_nothing_of_the_last_person_is_left_in_the_thread() -> None:
    turns, heard = Turns(at_once=1), []

    def speak() -> None:
        heard.append(_said.get())
        _said.set("something")

    scripts = [Script(speak) for _ in range(5)]
    ask(turns, *scripts)
    wait_for(*scripts)
    assert heard == ["nothing"] * 5


def test_threads_end_when_there_is_nothing_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streamlit_turns, "IDLE_SECONDS", 0.05)
    turns, threads = Turns(), []
    for _ in range(2):
        script = Script(lambda: threads.append(threading.current_thread()))
        ask(turns, script)
        wait_for(script)
        wait_until(lambda: not threads[-1].is_alive())
    assert turns._idle == 0


# ---- on a real server -----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample's address."""
    with running_script(ROOT / "tests" / "ui" / "sample_turns.py", tmp_path_factory.mktemp("turns")) as server:
        yield server.url


def visit(url: str, story: Callable[[Visitor], Awaitable[T]]) -> T:
    """Opens the page, and tells a story on it."""

    async def told() -> T:
        visitor = Visitor(url)
        try:
            await visitor.open()
            return await story(visitor)
        finally:
            await visitor.close()

    return run_async(asyncio.wait_for(told(), 60))


def test_no_click_is_cut_short_by_the_next(sample: str) -> None:
    async def story(visitor: Visitor) -> None:
        await asyncio.gather(*(visitor.click("count") for _ in range(4)))
        assert "clicks 4" in visitor.texts()

    visit(sample, story)


def test_a_click_is_carried_out_though_the_tab_is_closed(sample: str) -> None:
    async def everybody(visitor: Visitor) -> int:
        return int(next(text for text in visitor.texts() if text.startswith("everybody ")).split()[1])

    async def leave(visitor: Visitor) -> int:
        sent = asyncio.create_task(visitor.click("count"))
        await asyncio.sleep(0.1)
        assert not sent.done()
        sent.cancel()
        return await everybody(visitor)

    before = visit(sample, leave)
    wait_until(lambda: visit(sample, everybody) == before + 1)


def test_more_messages_than_a_socket_takes_at_once_arrive_in_order(sample: str) -> None:
    async def story(visitor: Visitor) -> None:
        await visitor.click("many")
        lines = [text for text in visitor.texts() if text.startswith("line ")]
        assert lines == [f"line {number}" for number in range(1_200)]

    visit(sample, story)


def test_what_is_drawn_before_a_script_goes_quiet_is_shown(sample: str) -> None:
    async def story(visitor: Visitor) -> None:
        sent = asyncio.create_task(visitor.click("quiet"))
        for _ in range(100):
            await asyncio.sleep(0.01)
            if "half of it" in visitor.texts():
                break
        assert not sent.done()
        assert "the other half" not in visitor.texts()
        await sent
        assert "the other half" in visitor.texts()

    visit(sample, story)


@dataclass
class Listener(Visitor):
    """A tab that notes the kinds of messages it gets, in their order."""

    heard: list[str] = field(default_factory=list)

    def _take(self, message: ForwardMsg, size: int) -> None:
        self.heard.append(str(message.WhichOneof("type")))
        super()._take(message, size)


def test_the_browser_hears_at_once_that_its_click_has_come(sample: str) -> None:
    async def told() -> None:
        visitor = Listener(sample)
        await visitor.open()
        visitor.heard.clear()
        sent = asyncio.create_task(visitor.click("count"))
        while not visitor.heard:
            await asyncio.sleep(0.005)
        assert visitor.heard[0] == "session_status_changed"
        await sent
        await visitor.close()

    run_async(asyncio.wait_for(told(), 60))


def test_streamlit_still_runs_scripts_like_this() -> None:
    source = inspect.getsource(app_session.AppSession._create_scriptrunner)
    assert "self._scriptrunner = ScriptRunner(" in source
    assert "self._scriptrunner.start()" in source
    assert "self._session_state.on_script_will_rerun(" in inspect.getsource(ScriptRunner._run_script)
    assert "self._session_state = SafeSessionState(" in inspect.getsource(ScriptRunner.__init__)
    assert "self._yield_callback()" in inspect.getsource(SafeSessionState.on_script_will_rerun)
    assert "self._run_script(request.rerun_data)" in inspect.getsource(ScriptRunner._run_script_thread)
    before = app_session.ScriptRunner
    streamlit_turns.run_by_turns()
    assert app_session.ScriptRunner is OrderlyRunner
    app_session.ScriptRunner = before  # type: ignore[misc]
