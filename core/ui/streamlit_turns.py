"""Script runs by turns: few at a time and in the order they were asked for, with callbacks that nothing cuts short."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import Context, ContextVar
from typing import Any

from streamlit.proto.WidgetStates_pb2 import WidgetStates
from streamlit.runtime import app_session
from streamlit.runtime.scriptrunner import RerunData, ScriptRunner
from streamlit.runtime.scriptrunner_utils.script_run_context import SCRIPT_RUN_CONTEXT_ATTR_NAME
from streamlit.runtime.state import SafeSessionState

AT_ONCE = 2  # of those that don't wait for the disk: one computes while the other reads or sends
PATIENCE = 0.25  # seconds after which a run doesn't count any more: an import doesn't keep clicks waiting
HANDICAP = 1.0  # seconds that somebody may click later than a page wanted to refresh itself, and still goes first
QUIET_SECONDS = 1.0  # without a run, after which it is quiet
IDLE_SECONDS = 30.0  # how long a thread waits for more work before it ends


class Turns:
    """Who runs next: clicks in their order, then pages that refresh themselves; of one person one at a time.

    Why: Streamlit starts a thread for each run. All of them share one interpreter, so twenty at once take twenty times
    as long, each, and the loop that sends their pages waits behind all of them: with 100 boards open a click took up
    to 4 s where alone it takes 30 ms (measured). One after the other, most are done long before.
    """

    def __init__(self, at_once: int = AT_ONCE, clock: Callable[[], float] = time.monotonic) -> None:
        self._at_once = at_once
        self._clock = clock
        self._changed = threading.Condition()
        self._asked: deque[OrderlyRunner] = deque()
        self._by_itself: deque[OrderlyRunner] = deque()
        self._under_way: dict[OrderlyRunner, float] = {}  # since when
        self._aside: dict[OrderlyRunner, float] = {}  # those under way that wait for a disk
        self._idle = 0
        self._last_at = 0.0
        self._watched = False  # whether an idle thread looks again when somebody's patience ends

    def ask(self, runner: OrderlyRunner) -> None:
        """Puts a script in line."""
        with self._changed:
            runner.asked_at = self._clock()
            (self._by_itself if runner.is_by_itself else self._asked).append(runner)
            self._call()

    def promote(self, runner: OrderlyRunner) -> None:
        """Somebody clicked on a page that waited to refresh itself: it waits among the clicks from now on."""
        with self._changed:
            if runner in self._by_itself:
                self._by_itself.remove(runner)
                self._asked.append(runner)
                runner.is_by_itself = False
                self._call()

    def note_callbacks_done(self) -> None:
        """A run has its callbacks behind it: the same person's next run may begin."""
        with self._changed:
            if self._asked or self._by_itself:
                self._call()

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Lets somebody else take this run's turn for the length of a block: it waits for the disk, or for a lock."""
        runner = _mine.get()
        if runner is None:
            yield
            return
        with self._changed:
            began = self._under_way.pop(runner, None)
            if began is not None:
                self._aside[runner] = began
                if self._asked or self._by_itself:
                    self._call()
        try:
            yield
        finally:
            if began is not None:  # else the run was aside already
                with self._changed:
                    del self._aside[runner]
                    self._under_way[runner] = began

    def is_quiet(self) -> bool:
        """Whether nothing has run for a moment."""
        with self._changed:
            busy = self._under_way or self._aside or self._asked or self._by_itself
            return not busy and self._clock() - self._last_at > QUIET_SECONDS

    def _call(self) -> None:
        """Sees to it that somebody looks at the line: at once where a turn is free, else when patience ends."""
        if self._room() <= 0 and self._watched:
            return
        if self._idle:
            self._changed.notify()
        else:
            self._idle += 1  # counted from now on, so that two calls don't count on the same thread
            threading.Thread(target=self._work, name="orderly-script", daemon=True).start()

    def _room(self) -> int:
        now = self._clock()
        return self._at_once - sum(now - began < PATIENCE for began in self._under_way.values())

    def _next(self) -> OrderlyRunner | None:
        if self._room() <= 0:
            return None
        lines = [self._asked, self._by_itself]
        if all(lines) and self._by_itself[0].asked_at + HANDICAP < self._asked[0].asked_at:
            lines.reverse()
        for line in lines:
            held = {runner.session_id for runner in (*self._under_way, *self._aside) if not runner.callbacks_done}
            for runner in line:
                if runner.session_id not in held:
                    line.remove(runner)
                    return runner
                held.add(runner.session_id)
        return None

    def _work(self) -> None:
        while runner := self._wait():
            done = False
            try:
                # A context of its own, as a new thread has: the last person's language is not the next one's.
                Context().run(runner.run_here)
                done = True
            finally:
                with self._changed:
                    del self._under_way[runner]
                    self._last_at = self._clock()
                    self._idle += done
                    if not done and (self._asked or self._by_itself):  # this thread ends; another takes its place
                        self._call()

    def _wait(self) -> OrderlyRunner | None:
        """The next script, which is under way from now on; None when there was none for a while."""
        with self._changed:
            until = self._clock() + IDLE_SECONDS
            while (runner := self._next()) is None:
                waiting = bool(self._asked or self._by_itself)
                if not waiting and self._clock() >= until:
                    self._idle -= 1
                    return None
                watches = waiting and not self._watched
                self._watched = self._watched or watches
                idle = IDLE_SECONDS if waiting else max(until - self._clock(), 0.0)
                self._changed.wait(self._until_patience_ends() if watches else idle)
                if watches:
                    self._watched = False
            self._idle -= 1
            self._under_way[runner] = self._clock()
            if self._asked or self._by_itself:
                self._call()
            return runner

    def _until_patience_ends(self) -> float:
        now = self._clock()
        left = (began + PATIENCE - now for began in self._under_way.values())
        return max(min((wait for wait in left if wait > 0), default=PATIENCE), 0.005)


class OrderlyRunner(ScriptRunner):
    """A script that waits for its turn, in a thread that others used before, and whose callbacks are carried out whole.

    Why whole: a click that has to wait must not be lost because another follows it. Streamlit stops the first script,
    which then never begins, or stops between two lines of its callback.
    """

    def __init__(self, **parts: Any) -> None:
        super().__init__(**parts)
        data: RerunData = parts["initial_rerun_data"]
        state = parts["session_state"]
        self._session_state = _WholeCallbacks(state, self)
        self.session_id: str = parts["session_id"]
        self.is_by_itself = bool(data.is_auto_rerun)
        self.asked_at = 0.0
        self.callbacks_done = False
        self.in_callbacks = False
        self._began = False
        self._stop_later = False
        self._beginning = threading.Lock()

    def start(self) -> None:
        """Puts the script in line. Raises: RuntimeError when it is done twice."""
        if self._script_thread is not None or self.asked_at:
            raise RuntimeError("ScriptRunner was already started")
        turns().ask(self)

    def run_here(self) -> None:
        """Runs the script in this thread, to its end."""
        thread = self._script_thread = threading.current_thread()
        _mine.set(self)
        try:
            self._run_script_thread()
        finally:
            self.callbacks_done = True
            if hasattr(thread, SCRIPT_RUN_CONTEXT_ATTR_NAME):
                delattr(thread, SCRIPT_RUN_CONTEXT_ATTR_NAME)

    def request_stop(self) -> None:
        """Stops the script; one that waits with a click carries the click out first."""
        with self._beginning:
            if not self._began and not self.is_by_itself:
                self._stop_later = True
                return
        super().request_stop()

    def request_rerun(self, rerun_data: RerunData) -> bool:
        """Adds to what the script shall do; a click moves a waiting refresh up."""
        accepted = super().request_rerun(rerun_data)
        if accepted and self.is_by_itself and not rerun_data.is_auto_rerun:
            turns().promote(self)
        return accepted

    def _run_script(self, rerun_data: RerunData) -> None:
        with self._beginning:
            self._began = True
            stop = self._stop_later
        if stop:
            super().request_stop()
        if rerun_data.widget_states is None:
            self.note_callbacks_done()
        super()._run_script(rerun_data)

    def note_callbacks_done(self) -> None:
        """From here on the script only draws."""
        if not self.callbacks_done:
            self.callbacks_done = True
            turns().note_callbacks_done()

    def _maybe_handle_execution_control_request(self) -> None:
        if not self.in_callbacks:
            super()._maybe_handle_execution_control_request()


class _WholeCallbacks(SafeSessionState):
    """A session's state, whose callbacks are carried out to their end before the script can be stopped."""

    _runner: OrderlyRunner

    def __init__(self, state: Any, runner: OrderlyRunner) -> None:
        super().__init__(state, yield_callback=runner._maybe_handle_execution_control_request)
        object.__setattr__(self, "_runner", runner)

    def on_script_will_rerun(self, fresh_widget_states: WidgetStates | None, **more: Any) -> None:
        """Carries the callbacks out."""
        self._runner.in_callbacks = True
        try:
            super().on_script_will_rerun(fresh_widget_states, **more)
        finally:
            self._runner.in_callbacks = False
            self._runner.note_callbacks_done()


_mine: ContextVar[OrderlyRunner | None] = ContextVar("orderly_runner", default=None)
_turns: list[Turns] = []


def turns() -> Turns:
    """The one line of this process."""
    if not _turns:
        _turns.append(Turns())
    return _turns[0]


def run_by_turns() -> None:
    """From now on scripts wait for their turn; doing it twice changes nothing."""
    turns()
    app_session.ScriptRunner = OrderlyRunner  # type: ignore[misc,assignment]
