"""Guessing: what somebody who knows nothing and answers at random may expect of a question."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import cache
from itertools import combinations, permutations
from math import comb

from assessments.behaviours import BEST_CERTAINTY_MARK, LOW, MARK_WHEN_RIGHT, tries_in
from assessments.questions import Choice, Content, Matching, Ordering
from assessments.test_settings import CERTAINTY, INTERACTIVE, Settings

_LONGEST_WALK = 7  # steps; 5,040 orders

Chances = Mapping[float, float]
"""How likely a random answer is to be worth each fraction of the mark."""


def guess_rate(content: Content, settings: Settings | None = None) -> float:
    """The fraction that random answers reach on average. Units: 0..1; nothing for what has to be typed.

    A single choice is taken at random; of a multiple choice every combination but the empty one is as likely as any;
    of a matching item every partner; of an ordering item every order. With hints and further tries one goes on until
    all is right or no try is left, never taking an option of a single choice twice; by certainty one says that one
    isn't sure.
    """
    chances = _chances(content)
    once = sum(worth * likely for worth, likely in chances.items())
    if settings is None or settings.behaviour not in (INTERACTIVE, CERTAINTY):
        return once
    if settings.behaviour == CERTAINTY:
        return once * MARK_WHEN_RIGHT[LOW] / BEST_CERTAINTY_MARK
    options = len(content.options) if isinstance(content, Choice) and not content.several else None
    return _in_tries(chances, tries_in(settings), settings.penalty, options)


def _in_tries(chances: Chances, tries: int, penalty: float, options: int | None) -> float:
    """What goes on being guessed is worth in the end. Shape: `options` of a single choice, of which each goes once."""
    right = chances.get(1.0, 0.0)
    found, going_on = 0.0, 1.0
    for number in range(tries):
        left = 1 if options is None else max(1, options - number) / options
        now = min(1.0, right / left)
        found += going_on * now * max(0.0, 1 - penalty * number)
        if number == tries - 1 or (options is not None and number >= options - 1):
            partly = sum(max(0.0, worth - penalty * number) * likely for worth, likely in chances.items() if worth < 1)
            found += going_on * (1 - now) * partly / (1 - right) if right < 1 else 0.0
            break
        going_on *= 1 - now
    return found


def _chances(content: Content) -> Chances:
    match content:
        case Choice(options=options, several=False):
            return _even([min(1.0, max(0.0, option.fraction)) for option in options])
        case Choice(options=options):
            return _any_ticks(tuple(option.fraction for option in options))
        case Matching(pairs=pairs, rights=rights):
            n, hit = len(pairs), 1 / len(rights)
            return {k / n: comb(n, k) * hit**k * (1 - hit) ** (n - k) for k in range(n + 1)}
        case Ordering(steps=steps):
            return _any_order(min(len(steps), _LONGEST_WALK))
    return {0.0: 1.0}


def _even(worths: list[float]) -> Chances:
    return {worth: count / len(worths) for worth, count in Counter(worths).items()}


@cache
def _any_ticks(fractions: tuple[float, ...]) -> Chances:
    return _even(
        [
            round(min(1.0, max(0.0, sum(chosen))), 9)
            for count in range(1, len(fractions) + 1)
            for chosen in combinations(fractions, count)
        ]
    )


@cache
def _any_order(count: int) -> Chances:
    """Kendall's tau of every order, nothing below 0."""
    pairs = list(combinations(range(count), 2))
    return _even(
        [
            max(0, sum(1 if order[a] < order[b] else -1 for a, b in pairs)) / len(pairs)
            for order in permutations(range(count))
        ]
    )
