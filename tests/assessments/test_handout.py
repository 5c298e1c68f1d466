"""Handouts: what is packed comes back, whole or line by line."""

from __future__ import annotations

from dataclasses import replace

from assessments.handout import Place, packed, places_in, question_at, replaced, unpacked
from assessments.prose import same
from tests.assessments.questions_for_tests import ALL


def test_a_handout_comes_back_whole_and_by_line() -> None:
    questions = tuple(replace(question, item_id=f"x-{n}") for n, question in enumerate(ALL))
    handout = packed(questions)
    assert unpacked(handout) == questions
    assert [question_at(handout, n) for n in range(len(questions))] == list(questions)
    assert places_in(handout) == [
        Place(one.item_id, parts, one.competency, one.level, one.weight)
        for one, parts in zip(questions, (1, 1, 1, 1, 4, 4), strict=True)
    ]


def test_no_text_in_a_question_breaks_the_lines() -> None:
    odd = replace(ALL[0], stem=same("a\nb\r\u2028c\x00\ud800\x85"))
    handout = packed([odd, ALL[1]])
    assert handout.isascii()
    assert unpacked(handout) == (odd, ALL[1])


def test_other_questions_at_some_places_leave_the_rest_as_it_is() -> None:
    heavier = replace(ALL[1], weight=3.0)
    assert replaced(packed(ALL), {1: heavier}) == packed([ALL[0], heavier, *ALL[2:]])
    assert replaced(packed(ALL), {}) == packed(ALL)
