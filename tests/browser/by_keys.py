"""Taking a test without a mouse: where Tab leads, what has the focus, and what is saved."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from playwright.sync_api import Page

from assessments.attempts import answers_in
from tests.assessments.conftest import Portal
from tests.browser.windows import Window

FOCUSED = "wanted => { const at = document.activeElement; return !!at && at.matches(wanted); }"
WATCH = "() => addEventListener('pointerdown', event => { if (event.isTrusted) window.mouse = true; })"


def until(there: Callable[[], bool]) -> None:
    """Waits for something for ten seconds."""
    for _ in range(100):
        if there():
            return
        time.sleep(0.1)
    raise AssertionError("it didn't come")


@dataclass
class KeyTaker:
    """Somebody at an open test of `count` questions who has nothing but a keyboard."""

    window: Window
    portal: Portal
    login: str
    count: int = 0
    attempt_id: int = 0
    wanted: dict[str, object] = field(default_factory=dict)

    @property
    def page(self) -> Page:
        """The page with the test."""
        return self.window.page

    def watch_the_mouse(self) -> None:
        """From now on any press of a pointer is noticed."""
        self.page.evaluate(WATCH)

    def no_mouse(self) -> bool:
        """Whether no pointer was pressed on this page."""
        return self.page.evaluate("window.mouse") is None

    def tab_to(self, wanted: str) -> None:
        """Presses Tab until what is wanted has the focus."""
        for _ in range(40):
            self.page.keyboard.press("Tab")
            if self.has_focus(wanted):
                return
        raise AssertionError(f"no way to {wanted}")

    def has_focus(self, wanted: str) -> bool:
        """Whether what a selector names has the focus."""
        return bool(self.page.evaluate(FOCUSED, wanted))

    def press_on(self, wanted: str) -> None:
        """Goes somewhere by Tab and presses it."""
        self.tab_to(wanted)
        self.page.keyboard.press("Enter")

    def kept(self) -> dict[str, object]:
        """What the server has saved."""
        return dict(self.portal.see(self.login, answers_in, self.attempt_id))

    def answered(self, item: str, answer: object) -> None:
        """Waits until exactly the answers given so far are saved."""
        self.wanted[item] = answer
        until(lambda: self.kept() == self.wanted)
        self.window.settle()

    def on_to(self, place: int) -> None:
        """To the next question by its button; the focus is then on the question."""
        self.press_on(".st-key-next button")
        self.arrived(place)
        until(lambda: self.has_focus(".st-key-question"))

    def arrived(self, place: int) -> None:
        """Waits for a question."""
        self.page.get_by_text(f"Question {place} of {self.count}").wait_for()
        self.window.settle()

    def choose(self, down: int) -> None:
        """Opens the list that has the focus and takes one of its options."""
        self.page.keyboard.press("ArrowDown")
        self.page.get_by_role("listbox").wait_for()
        for _ in range(down):
            self.page.keyboard.press("ArrowDown")
        self.page.keyboard.press("Enter")
        self.page.get_by_role("listbox").wait_for(state="detached")
        self.window.settle()
