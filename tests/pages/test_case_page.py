"""Case sets as an employee meets them: the situation above each of its questions, and again in the result."""

from __future__ import annotations

import pytest

from assessments.attempts import finish_attempt, start_attempt
from assessments.questions import Question
from core.db.engines import Databases
from pages.learn import said as words
from tests.assessments.conftest import Portal
from tests.assessments.taking import questions_of
from tests.pages.learners import portal_of, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures
TEST = "logistics"


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def places_of_case(questions: tuple[Question, ...]) -> list[int]:
    return [place for place, question in enumerate(questions) if question.case is not None]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_situation_stands_above_each_of_its_questions(house: Databases, portal: Portal, language: str) -> None:
    attempt_id = portal.do("clerk", start_attempt, TEST, "pre")
    questions = portal.see("clerk", questions_of, attempt_id)
    places = places_of_case(questions)
    assert len(places) >= 3 and places == list(range(places[0], places[-1] + 1))
    tab = visit(house, "clerk", "learn/tests", language=language, test=TEST)
    for place in places:
        tab.session_state[f"place-{attempt_id}"] = place
        tab.run()
        assert not tab.exception
        case = questions[place].case
        assert case is not None
        assert case.title.in_language(language) in said(tab)
        charts = sum(1 for exhibit in case.exhibits if exhibit.chart)
        assert len(tab.get("plotly_chart")) == charts
    tab.session_state[f"place-{attempt_id}"] = 0
    tab.run()
    assert questions[0].case is None
    case = questions[places[0]].case
    assert case is not None and case.title.in_language(language) not in said(tab)


def test_the_result_shows_the_situation_again(house: Databases, portal: Portal) -> None:
    attempt_id = portal.do("clerk", start_attempt, TEST, "pre")
    questions = portal.see("clerk", questions_of, attempt_id)
    portal.do("clerk", finish_attempt, attempt_id)
    tab = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert not tab.exception
    labels = [expander.label.replace("\\", "") for expander in tab.expander]
    case = next(question.case for question in questions if question.case is not None)
    assert labels.count(words(case.title)) == len(places_of_case(questions))
