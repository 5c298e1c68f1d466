"""Guessing: what somebody who knows nothing and answers at random may expect of a question."""

from __future__ import annotations

from functools import cache
from itertools import combinations, permutations

from assessments.questions import Choice, Content, Matching, Ordering

_LONGEST_WALK = 7  # steps; 5,040 orders


def guess_rate(content: Content) -> float:
    """The fraction that random answers reach on average. Units: 0..1; nothing for what has to be typed.

    A single choice is taken at random; of a multiple choice every combination but the empty one is as likely as any;
    of a matching item every partner; of an ordering item every order.
    """
    match content:
        case Choice(options=options, several=False):
            return sum(max(0.0, option.fraction) for option in options) / len(options)
        case Choice(options=options):
            return _any_ticks(tuple(option.fraction for option in options))
        case Matching(rights=rights):
            return 1 / len(rights)
        case Ordering(steps=steps):
            return _any_order(min(len(steps), _LONGEST_WALK))
    return 0.0


@cache
def _any_ticks(fractions: tuple[float, ...]) -> float:
    worth = [
        min(1.0, max(0.0, sum(chosen)))
        for count in range(1, len(fractions) + 1)
        for chosen in combinations(fractions, count)
    ]
    return sum(worth) / len(worth)


@cache
def _any_order(count: int) -> float:
    """The mean of Kendall's tau over all orders, nothing below 0."""
    pairs = list(combinations(range(count), 2))
    total = orders = 0
    for order in permutations(range(count)):
        agreement = sum(1 if order[a] < order[b] else -1 for a, b in pairs)
        total += max(0, agreement)
        orders += 1
    return total / (orders * len(pairs))
