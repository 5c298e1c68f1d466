"""Taking a test in the browser: answers what is asked, by pressing and typing like a person."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page
from sqlalchemy import select

from assessments.attempts import questions_in
from assessments.marking import Response
from assessments.questions import Choice, Matching, Numeric, Ordering, Question, ShortText
from core.db.assessment_tables import attempt
from core.db.engines import connect, reader
from core.db.portal_tables import person
from tests.assessments.taking import right_answer
from tests.browser.windows import Window


def questions_of(var: Path, login: str, phase: str) -> tuple[Question, ...]:
    """The questions that a person got, with their keys, from the server's own database."""
    databases = connect("", var)
    with reader(databases.portal) as db:
        mine = select(attempt).join(person, person.c.id == attempt.c.person_id)
        questions = questions_in(db.execute(mine.where(person.c.login == login, attempt.c.phase == phase)).one())
    databases.dispose()
    return questions


@dataclass
class Taker:
    """Somebody at an open test, in English."""

    window: Window
    questions: tuple[Question, ...]

    @property
    def page(self) -> Page:
        """The page with the test."""
        return self.window.page

    def open(self, place: int) -> None:
        """Opens a question by its number in the palette."""
        self.palette(place).click()
        self.page.get_by_text(f"Question {place + 1} of {len(self.questions)}").wait_for()
        self.window.settle()

    def answer(self, place: int) -> None:
        """Gives the right answer to a question and waits until the page says that it is saved."""
        self.open(place)
        question = self.questions[place]
        self._give(question, right_answer(question))
        self.palette(place).get_by_label("check_small icon").wait_for()
        self.window.settle()

    def palette(self, place: int) -> Locator:
        """A question's number in the palette."""
        return self.page.locator("[class*=st-key-palette-]").get_by_role("radio").nth(place)

    def _give(self, question: Question, response: Response) -> None:
        asked = self.page.locator(".st-key-question")
        match question.content:
            case Choice(options=options, several=several):
                wanted = response if several else [response]
                for option in options:
                    if option.name in wanted:
                        asked.locator("label").get_by_text(option.text.en, exact=True).click()
                        self.window.settle()
            case Numeric() | ShortText():
                asked.locator("input").fill(response)
                asked.locator("input").press("Enter")
            case Matching(pairs=pairs, rights=rights):
                texts = {right.name: right.text.en for right in rights}
                for number, pair in enumerate(pairs):
                    asked.get_by_test_id("stSelectbox").nth(number).click()
                    self.page.get_by_role("option", name=texts[pair.right], exact=True).click()
                    self.window.settle()
            case Ordering(steps=steps):
                for step in steps:
                    asked.locator(".st-key-unplaced").get_by_role("button", name=step.text.en).first.click()
                    self.window.settle()

    def finish(self) -> None:
        """Goes to the end, confirms, and waits for the result."""
        self.page.get_by_role("button", name="Finish …").click()
        self.page.get_by_role("button", name="Finish and see the result").click()
        self.page.wait_for_url("**/result?attempt=*")
        self.window.settle()
