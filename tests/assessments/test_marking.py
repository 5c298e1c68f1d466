"""Marking: walkthroughs per kind of item, and what holds for every answer."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from itertools import permutations
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assessments.marking import (
    MAX_TEXT_LENGTH,
    checked_response,
    is_blank,
    mark,
    matches,
    normalised,
)
from assessments.prose import Prose, same
from assessments.questions import Numeric, Question, as_data, from_data, shuffled
from core.domain.errors import RuleViolation
from tests.assessments.questions_for_tests import (
    ALL,
    MATCHING,
    MULTIPLE,
    NUMERIC,
    ORDERING,
    SHORT_TEXT,
    SINGLE,
)

# The machine of a colleague may be slow; that isn't what these tests are about.
calm = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])


def fraction(question: Question, response: Any) -> float:
    found = mark(question, response).fraction
    assert found is not None, "only an open text waits for a person"
    return found


def test_single_is_worth_its_option_and_never_less_than_nothing() -> None:
    assert [fraction(SINGLE, name) for name in ("a", "b", "c", None)] == [0.0, 1.0, 0.0, 0.0]
    assert [mark(SINGLE, name).verdict for name in ("a", "b", None)] == ["wrong", "right", "blank"]
    chosen = mark(SINGLE, "a").findings
    assert [(one.chosen, one.right, one.reason) for one in chosen] == [
        (True, False, same("because a")),
        (False, True, same("because b")),
        (False, False, same("because c")),
    ]


@pytest.mark.parametrize(
    ("response", "expected"),
    [
        ([], 0.0),
        (["a"], 0.5),
        (["a", "b"], 1.0),
        (["a", "b", "c"], 0.5),
        (["a", "c"], 0.0),
        (["d"], 0.0),
        (["a", "b", "c", "d"], 0.0),
    ],
)
def test_multiple_adds_fractions_and_clamps(response: list[str], expected: float) -> None:
    assert fraction(MULTIPLE, response) == expected


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("1234.5", 1.0),
        ("1,234.55", 1.0),
        ("1234.45 days", 1.0),
        ("１２３４．５天", 1.0),
        ("1234.56", 0.0),
        ("1243.5", 0.25),
        ("1243.5 d", 0.0),
        ("", 0.0),
        ("a lot", 0.0),
    ],
)
def test_numeric_keeps_to_its_tolerance(typed: str, expected: float) -> None:
    assert fraction(NUMERIC, typed) == expected


def test_a_typical_mistake_is_named_before_the_right_way() -> None:
    near = mark(NUMERIC, "1243.5")
    assert near.verdict == "partly"
    assert [one.reason for one in near.findings] == [same("two digits swapped"), same("because it is so")]
    assert near.findings[0].wanted is not None
    assert near.findings[0].wanted.zh == "1,234.5 ± 0.05 天"
    assert mark(NUMERIC, "7").findings[0].given == same("7")


@pytest.mark.parametrize(
    ("answer", "tolerance", "unit", "wanted"),
    [
        (-1200.0, 0.0, None, "−1,200"),
        (-3.5, 0.0, Prose("days", "天"), "−3.5 days"),
        (1.0, 0.0, Prose("working days", "个工作日"), "1 working day"),
        (-1.0, 0.0, Prose("units", "件"), "−1 unit"),
        (1.0, 0.0, Prose("people", "人"), "1 person"),
        (1.0, 0.0, Prose("CNS", "CNS"), "1 CNS"),
        (1.0, 0.5, Prose("units", "件"), "1 ± 0.5 units"),
        (36.0, 0.0, same("%"), "36%"),
        (36.0, 0.5, same("%"), "(36 ± 0.5)%"),
    ],
)
def test_the_number_wanted_is_written_as_one_reads_it(
    answer: float, tolerance: float, unit: Prose | None, wanted: str
) -> None:
    assert isinstance(NUMERIC.content, Numeric)
    content = replace(NUMERIC.content, answer=answer, tolerance=tolerance, unit=unit)
    found = mark(replace(NUMERIC, content=content), "1").findings[0].wanted
    assert found is not None and found.en == wanted


@pytest.mark.parametrize(
    ("typed", "expected", "reason"),
    [
        ("on hold", 1.0, "the flag"),
        ("  On   HOLD. ", 1.0, "the flag"),
        ("ｏｎ ｈｏｌｄ", 1.0, "the flag"),
        ("「挂起」", 1.0, "the flag, in Chinese"),
        ("it is stopped", 0.5, "about so"),
        ("onhold", 0.0, "the flag is called hold"),
        ("", 0.0, "the flag is called hold"),
    ],
)
def test_short_text_ignores_what_does_not_count(typed: str, expected: float, reason: str) -> None:
    result = mark(SHORT_TEXT, typed)
    assert result.fraction == expected
    assert result.findings[0].reason == same(reason)


@pytest.mark.parametrize(
    ("pattern", "text", "hit"),
    [
        ("hold", "hold", True),
        ("hold", "holds", False),
        ("hold*", "holds", True),
        ("*hold*", "on hold now", True),
        ("a*b*c", "axxbyyc", True),
        ("a*b*c", "acb", False),
        ("ab*ba", "aba", False),
        ("*", "", True),
        ("HOLD", "hold", True),
        ("a.c", "abc", False),
    ],
)
def test_wildcards(pattern: str, text: str, hit: bool) -> None:
    assert matches(pattern, text) is hit


def test_matching_is_the_share_of_right_pairs() -> None:
    assert fraction(MATCHING, {"a": "a", "b": "b", "c": "a", "d": "c"}) == 1.0
    assert fraction(MATCHING, {"a": "a", "b": "a", "c": "a", "d": "d"}) == 0.5
    assert fraction(MATCHING, {"b": "b"}) == 0.25
    found = mark(MATCHING, {"a": "b"}).findings
    assert (found[0].given, found[0].wanted, found[0].right) == (same("white"), same("wet"), False)
    assert (found[1].given, found[1].chosen) == (None, False)


def test_ordering_is_the_agreement_of_pairs() -> None:
    assert fraction(ORDERING, list("abcd")) == 1.0
    assert fraction(ORDERING, list("abdc")) == pytest.approx(4 / 6)
    assert fraction(ORDERING, list("dcba")) == 0.0
    assert fraction(ORDERING, list("bacd")) == pytest.approx(4 / 6)
    assert fraction(ORDERING, ["a", "b"]) == pytest.approx(1 / 6)
    totals = [fraction(ORDERING, list(order)) for order in permutations("abcd")]
    assert totals.count(1.0) == 1


@pytest.mark.parametrize(
    ("question", "response"),
    [
        (SINGLE, "z"),
        (SINGLE, ["a"]),
        (SINGLE, 1),
        (MULTIPLE, "a"),
        (MULTIPLE, ["z"]),
        (MULTIPLE, ["a", "a"]),
        (NUMERIC, 12),
        (NUMERIC, "1" * (MAX_TEXT_LENGTH + 1)),
        (SHORT_TEXT, ["x"]),
        (SHORT_TEXT, "x" * (MAX_TEXT_LENGTH + 1)),
        (MATCHING, {"z": "a"}),
        (MATCHING, {"a": "z"}),
        (MATCHING, ["a"]),
        (ORDERING, ["a", "a"]),
        (ORDERING, ["z"]),
        (ORDERING, "abcd"),
    ],
)
def test_an_answer_that_does_not_fit_is_refused(question: Question, response: Any) -> None:
    with pytest.raises(RuleViolation):
        checked_response(question, response)


def test_answers_are_stored_in_one_form() -> None:
    assert checked_response(MULTIPLE, ["b", "a"]) == ["a", "b"]
    assert checked_response(MATCHING, {"c": "a", "a": "b"}) == {"a": "b", "c": "a"}
    assert checked_response(ORDERING, ("c", "a")) == ["c", "a"]
    assert checked_response(SINGLE, None) is None


def responses(question: Question) -> st.SearchStrategy[Any]:
    names = list("abcd")
    some = {
        "single": st.sampled_from(["a", "b", "c"]),
        "multiple": st.lists(st.sampled_from(names), unique=True),
        "numeric": st.text(max_size=40) | st.floats(allow_nan=False, allow_infinity=False).map(str),
        "short_text": st.text(max_size=60),
        "matching": st.dictionaries(st.sampled_from(names), st.sampled_from(names)),
        "ordering": st.lists(st.sampled_from(names), unique=True),
    }
    return st.none() | some[question.kind]


@calm
@given(st.sampled_from(ALL).flatmap(lambda question: st.tuples(st.just(question), responses(question))))
def test_every_fitting_answer_has_a_fraction_a_verdict_and_reasons(case: tuple[Question, Any]) -> None:
    question, response = case
    stored = checked_response(question, response)
    result = mark(question, stored)
    assert result.fraction is not None and 0.0 <= result.fraction <= 1.0
    assert (result.verdict == "right") is (result.fraction == 1.0)
    assert (result.verdict == "blank") is is_blank(stored)
    assert result.findings
    assert all(one.reason.en and one.reason.zh for one in result.findings)


@calm
@given(
    st.sampled_from(ALL).flatmap(lambda question: st.tuples(st.just(question), responses(question))),
    st.integers(),
)
def test_a_question_marks_the_same_after_shuffling_and_storing(case: tuple[Question, Any], seed: int) -> None:
    question, response = case
    stored = json.loads(json.dumps(as_data(shuffled(question, random.Random(seed)))))
    replayed = json.loads(json.dumps(response))
    assert mark(from_data(stored), replayed) == mark(question, response)


@calm
@given(st.lists(st.sampled_from("abcd"), unique=True, min_size=2))
def test_swapping_neighbours_into_order_never_costs(order: list[str]) -> None:
    for place in range(len(order) - 1):
        if order[place] > order[place + 1]:
            better = [*order[:place], order[place + 1], order[place], *order[place + 2 :]]
            assert fraction(ORDERING, better) >= fraction(ORDERING, order)


def test_normalising_twice_changes_nothing_whatever_the_character() -> None:
    for point in range(0x110000):
        once = normalised(f"x{chr(point)}x")
        assert normalised(once) == once, hex(point)
