"""Guessing: what random answers reach, told beforehand and by answering at random."""

from __future__ import annotations

import random

import pytest

from assessments.behaviours import Act, progress_of
from assessments.prose import same
from assessments.questions import Choice, Content, Matching, Numeric, Option, Ordering, Pair, Question, Right, Step
from assessments.statistics.guessing import guess_rate
from assessments.test_settings import CERTAINTY, IMMEDIATE, INTERACTIVE, Settings

WHY = same("–")


def _options(*fractions: float) -> tuple[Option, ...]:
    return tuple(Option("abcdef"[at], same(str(at)), one, WHY) for at, one in enumerate(fractions))


def test_guessing_at_every_kind() -> None:
    assert guess_rate(Choice(_options(1.0, 0.0, 0.0, 0.0), several=False)) == 0.25
    # of 15 combinations: right alone 1/2 twice, both 1, one wrong takes 1/2 off …
    assert guess_rate(Choice(_options(0.5, 0.5, -0.5, -0.5), several=True)) == pytest.approx((0.5 * 4 + 1) / 15)
    rights = tuple(Right(name, same(name)) for name in "abcd")
    assert guess_rate(Matching((Pair("x", same("x"), "a", WHY), Pair("y", same("y"), "b", WHY)), rights)) == 0.25
    # six orders of three: tau 1, 1/3, 1/3, and three not above 0
    assert guess_rate(Ordering(tuple(Step(name, same(name), WHY) for name in "abc"))) == pytest.approx(5 / 18)
    assert guess_rate(Numeric(3.0, 0.0, None, WHY)) == 0.0


FOUR = Choice(_options(1.0, 0.0, 0.0, 0.0), several=False)


def test_further_tries_are_guessed_as_well() -> None:
    # A quarter at once, a quarter at the second try for two thirds, a quarter at the third for one third.
    assert guess_rate(FOUR, Settings(behaviour=INTERACTIVE)) == pytest.approx((1 + 2 / 3 + 1 / 3) / 4)
    assert guess_rate(FOUR, Settings(behaviour=INTERACTIVE, tries_per_item=1)) == 0.25
    assert guess_rate(FOUR, Settings(behaviour=INTERACTIVE, tries_per_item=5, penalty=0.1)) == pytest.approx(0.85)
    assert guess_rate(FOUR, Settings(behaviour=IMMEDIATE)) == 0.25
    assert guess_rate(Numeric(3.0, 0.0, None, WHY), Settings(behaviour=INTERACTIVE)) == 0.0


def test_who_guesses_says_so_where_certainty_counts() -> None:
    assert guess_rate(FOUR, Settings(behaviour=CERTAINTY)) == pytest.approx(0.25 / 3)


@pytest.mark.parametrize("kind", ["multiple", "matching"])
def test_answering_at_random_comes_to_that(kind: str) -> None:
    rng = random.Random(kind)
    settings = Settings(behaviour=INTERACTIVE, tries_per_item=3, penalty=0.2)
    content: Content = Choice(_options(0.5, 0.5, -0.5), several=True)
    if kind == "matching":
        rights = tuple(Right(name, same(name)) for name in "ab")
        content = Matching((Pair("x", same("x"), "a", WHY), Pair("y", same("y"), "b", WHY)), rights)
    question = Question("it-1", kind, "1.1", "apply", 1.0, False, same("?"), content)

    def response() -> object:
        if kind == "matching":
            return {left: rng.choice("ab") for left in "xy"}
        ticks: list[str] = []
        while not ticks:
            ticks = [name for name in "abc" if rng.random() < 0.5]
        return ticks

    worths = [progress_of(settings, question, [Act(True, response()) for _ in range(3)]).worth for _ in range(4000)]
    assert sum(worth or 0.0 for worth in worths) / 4000 == pytest.approx(guess_rate(content, settings), abs=0.02)
