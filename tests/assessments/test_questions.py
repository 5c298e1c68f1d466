"""Questions: what the page may see, and how they are kept."""

from __future__ import annotations

import dataclasses
import json
import random

import pytest

from assessments.prose import Prose
from assessments.questions import Question, as_data, from_data, names_shown, shuffled, view_of
from tests.assessments.questions_for_tests import ALL, MATCHING, NUMERIC, OPEN_TEXT, ORDERING, SHORT_TEXT


@pytest.mark.parametrize("question", [*ALL, OPEN_TEXT], ids=lambda question: question.kind)
def test_a_question_comes_back_from_storage(question: Question) -> None:
    hints = (Prose("Look again", "再看看"), Prose("Look closer", "看仔细些"))
    kept = dataclasses.replace(shuffled(question, random.Random(1)), hints=hints, version=3)
    assert from_data(json.loads(json.dumps(as_data(kept)))) == kept


@pytest.mark.parametrize("question", [*ALL, OPEN_TEXT], ids=lambda question: question.kind)
def test_the_view_holds_no_key_no_fraction_and_no_reason(question: Question) -> None:
    view = view_of(question)
    assert [field.name for field in dataclasses.fields(view)] == [
        "kind",
        "stem",
        "exhibit",
        "choices",
        "lefts",
        "unit",
        "case",
    ]
    said = repr(view)
    assert "because" not in said
    assert "fraction" not in said
    assert "1234.5" not in said
    assert all([field.name for field in dataclasses.fields(one)] == ["name", "text"] for one in view.choices)


def test_the_view_of_typed_answers_shows_nothing_to_choose() -> None:
    assert view_of(SHORT_TEXT).choices == ()
    assert view_of(NUMERIC).choices == ()


def test_matching_shows_its_distractors_too() -> None:
    assert [one.name for one in view_of(MATCHING).choices] == ["a", "b", "c", "d"]
    assert [one.name for one in view_of(MATCHING).lefts] == ["a", "b", "c", "d"]


def test_everybody_has_an_order_of_their_own_and_no_ordering_item_comes_solved() -> None:
    orders = {shuffled(ORDERING, random.Random(seed)).shown for seed in range(200)}
    assert names_shown(ORDERING.content) not in orders
    assert len(orders) == 23
