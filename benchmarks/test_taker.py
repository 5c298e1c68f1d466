"""Somebody who takes a test through the page: answers whatever kind of question is there, and remembers the answer."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

from benchmarks.load_client import LoadClientError, Run, Visitor
from benchmarks.page_elements import Widget


@dataclass
class TestTaker:
    """One person at a test.

    Shape: `answers` maps the item to what was answered last, as the page shows it: a place among the options
    (`single`), a text (`typed`), names (`multiple`, `ordering`), or a place for each left-hand side (`matching`).
    """

    __test__ = False  # no test of pytest's

    visitor: Visitor
    dice: random.Random
    attempt_id: int = 0
    answered: int = 0
    answers: dict[str, tuple[str, Any]] = field(default_factory=dict)

    async def begin(self) -> None:
        """Presses the button that begins the test, and learns the attempt's number from the page."""
        await self.visitor.click(key="begin")
        going = [widget.key for widget in self.visitor.page.widgets() if widget.key.startswith("to-review-")]
        if not going:
            raise LoadClientError(f"The test did not begin: {self.visitor.texts()}")
        self.attempt_id = int(going[0].removeprefix("to-review-"))

    async def answer(self) -> Run:
        """Gives the question on the page another answer than it has."""
        prefix = f"answer-{self.attempt_id}-"
        widgets = [widget for widget in self.visitor.page.widgets() if not widget.disabled]
        asked = [widget for widget in widgets if widget.key.startswith(prefix)]
        if not asked:
            run: Run | None = await self._order(widgets)
        elif asked[0].kind == "checkbox":
            run = await self._tick(self.dice.choice(asked), prefix)
        elif asked[0].kind == "selectbox":
            run = await self._match(self.dice.choice(asked), prefix)
        elif asked[0].kind == "radio":
            run = await self._pick(asked[0], prefix)
        else:
            text = str(self.dice.randint(1, 99_999))
            self.answers[asked[0].key.removeprefix(prefix)] = ("typed", text)
            run = await self.visitor.fill(text, key=asked[0].key)
        if run is None:
            raise LoadClientError("The page took the answer without sending it")
        self.answered += 1
        return run

    async def move_on(self) -> Run:
        """Goes to the next question; from the last one, over the review back to a question."""
        run = await self.visitor.click(key="next")
        if any(widget.key == "back" for widget in self.visitor.page.widgets()):
            await self.visitor.click(key="back")
        return run

    async def _pick(self, widget: Widget, prefix: str) -> Run | None:
        option = self.dice.choice([text for text in widget.options if text != self._value(widget)])
        self.answers[widget.key.removeprefix(prefix)] = ("single", widget.options.index(option))
        return await self.visitor.choose(option, key=widget.key)

    async def _tick(self, widget: Widget, prefix: str) -> Run | None:
        item, _, name = widget.key.removeprefix(prefix).rpartition("-")
        on = not self.visitor.page.values[widget.id].bool_value
        ticked: set[str] = set(self.answers.get(item, ("multiple", set()))[1])
        self.answers[item] = ("multiple", ticked | {name} if on else ticked - {name})
        return await self.visitor.tick(on, key=widget.key)

    async def _match(self, widget: Widget, prefix: str) -> Run | None:
        item, _, name = widget.key.removeprefix(prefix).rpartition("-")
        option = self.dice.choice([text for text in widget.options if text != self._value(widget)])
        pairs = dict(self.answers.get(item, ("matching", {}))[1])
        self.answers[item] = ("matching", pairs | {name: widget.options.index(option)})
        return await self.visitor.choose(option, key=widget.key)

    async def _order(self, widgets: list[Widget]) -> Run:
        steps = [widget for widget in widgets if widget.kind == "button" and widget.key.startswith("place-")]
        if not steps:
            (again,) = [widget for widget in widgets if widget.key.startswith("restart-")]
            self.answers[again.key.removeprefix("restart-")] = ("ordering", [])
            return await self.visitor.click(key=again.key)
        widget = self.dice.choice(steps)
        item, _, name = widget.key.removeprefix("place-").rpartition("-")
        placed = list(self.answers.get(item, ("ordering", []))[1])
        self.answers[item] = ("ordering", [*placed, name])
        return await self.visitor.click(key=widget.key)

    def _value(self, widget: Widget) -> str:
        state = self.visitor.page.values.get(widget.id)
        return state.string_value if state is not None else ""
