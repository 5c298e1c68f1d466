"""Verdicts: what the figures of an item say about it, in words a trainer can act on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median

from assessments.statistics.classical import ItemFigures
from assessments.statistics.distractors import Suspicion
from assessments.statistics.group_differences import GroupDifference
from assessments.statistics.sampling import correlation_interval
from assessments.statistics.sizes import is_too_few

EASY = 0.95
HARD_ABOVE_GUESSING = 0.05
WEAK = 15.0  # percent
STRONG = 0.40
"""An item that may as well be as good as this isn't called weak. Source: Ebel 1972, very good items."""
BLANK = 0.10
SLOW_TIMES, SLOW_SECONDS = 3.0, 60.0

FEW, KEY, NEGATIVE, TOO_EASY, TOO_HARD = "few", "key", "negative", "too_easy", "too_hard"
WEAK_ITEM, DISTRACTOR, OFTEN_BLANK, TAKES_LONG, UNFAIR, GOOD = "weak", "distractor", "blank", "slow", "unfair", "good"

# The most pressing first.
ITEM_VERDICT_LABELS: Mapping[str, str] = {
    KEY: "Key suspected to be wrong",
    NEGATIVE: "Weaker people do better on it",
    UNFAIR: "Equally good groups differ",
    TOO_HARD: "Too hard",
    WEAK_ITEM: "Hardly tells people apart",
    TOO_EASY: "Too easy",
    DISTRACTOR: "Weak distractor",
    OFTEN_BLANK: "Often left blank",
    TAKES_LONG: "Takes long",
    FEW: "Too few people to say",
    GOOD: "Nothing to object to",
}

ITEM_ADVICE_LABELS: Mapping[str, str] = {
    KEY: "Better people choose another option rather than the key. Check which one is right, then re-mark.",
    NEGATIVE: "People who do well otherwise get it wrong. Look for a trap in the wording or a second right answer.",
    UNFAIR: "Equally good people of two groups do differently. Compare both languages, and what each position knows.",
    TOO_HARD: "Hardly better than guessing. Was it taught? Is the wording clear?",
    WEAK_ITEM: "Who gets it right says little about the rest. Make it ask for one thing, clearly.",
    TOO_EASY: "Nearly everybody knows it. Keep it as a warm-up or replace it.",
    DISTRACTOR: "A wrong option distracts nobody, or draws the better people. Write a mistake that people really make.",
    OFTEN_BLANK: "Many leave it out. Is it at the end of a test that is too long, or hard to answer?",
    TAKES_LONG: "It takes much longer than the others. Shorten what has to be read, or give it more weight.",
    FEW: "Figures of so few people can be anything; wait for more before changing the item.",
    GOOD: "Keep it as it is.",
}


def verdicts_on(
    figures: ItemFigures,
    *,
    guess: float,
    blank_share: float,
    suspicion: Suspicion | None,
    weak_options: Sequence[str],
    differences: Sequence[GroupDifference],
    slow: bool,
) -> tuple[str, ...]:
    """What is to be said of an item, the most pressing first; never nothing.

    Source: thresholds as in item reviews of certification bodies: facility 0.95, guessing + 0.05, item-rest 0.15.
    Why the 95% interval of the correlation is asked, too: of ten people every seventh sound item has one below 0, and
    every fifth one below 0.15. That weaker people do better is said where all of it lies below 0; that an item hardly
    tells people apart where it leaves 0.40 out.
    """
    if is_too_few(figures.n):
        return (FEW,)
    easy, hard = figures.facility >= EASY, figures.facility <= guess + HARD_ABOVE_GUESSING
    told = figures.discrimination
    reach = correlation_interval(None if told is None else told / 100, figures.n)
    negative, weak = (reach is not None and reach.high < limit for limit in (0, STRONG))
    found = {
        KEY: suspicion is not None,
        NEGATIVE: negative and not easy,
        UNFAIR: any(one.size != "none" for one in differences),
        TOO_HARD: hard,
        WEAK_ITEM: told is not None and told < WEAK and weak and not negative and not easy and not hard,
        TOO_EASY: easy,
        DISTRACTOR: bool(weak_options) and not easy,
        OFTEN_BLANK: blank_share > BLANK,
        TAKES_LONG: slow,
    }
    return tuple(name for name, holds in found.items() if holds) or (GOOD,)


def slow_among(seconds: Sequence[float | None]) -> tuple[bool, ...]:
    """Which items take much longer than the others. Units: median seconds per item."""
    known = [one for one in seconds if one is not None]
    limit = max(SLOW_SECONDS, SLOW_TIMES * median(known)) if known else float("inf")
    return tuple(one is not None and one > limit for one in seconds)
