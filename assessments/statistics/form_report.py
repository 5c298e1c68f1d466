"""The report on a form: everything that the answers of those who took it say about it, item by item."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assessments.prose import Prose
from assessments.questions import Choice, Content
from assessments.statistics.classical import ItemFigures, TestFigures, item_figures, test_figures
from assessments.statistics.decisions import Consistency, consistency
from assessments.statistics.distractors import (
    OptionFigures,
    Suspicion,
    option_figures,
    suspicion_in,
    thirds_of,
    weak_among,
)
from assessments.statistics.group_differences import GroupDifference, group_differences, told_apart
from assessments.statistics.guessing import guess_rate
from assessments.statistics.one_thread import one_thread
from assessments.statistics.response_model import TwoParameters, fit_two_parameters
from assessments.statistics.sizes import MODEL_LEAST
from assessments.statistics.verdicts import slow_among, verdicts_on
from assessments.test_settings import Settings

NOBODY = np.zeros(0, dtype=int)
HALF = 0.5
"""From this fraction on an item counts as right where only right and wrong are told apart (the response model)."""


UNKNOWN = "–"
"""The group of somebody of whom it isn't known; nobody is compared with them."""


@dataclass(frozen=True, slots=True)
class AskedItem:
    """An item as people got it.

    Shape: `content` is one person's where the figures are generated, everybody's otherwise.
    """

    item_id: str
    version: int
    kind: str
    competency: str
    level: str
    weight: float
    generated: bool
    stem: Prose
    content: Content


@dataclass(frozen=True, slots=True)
class FormAnswers:
    """All finished attempts at one form.

    Shape: rows are people, columns items; `chosen` has, for items whose options are the same for everybody, what each
    person chose; `groups` says by what people can be compared (language, position): name → one value per person.
    Units: fractions 0..1; `seconds` NaN where nothing is known. `settings`: how the test was given, where known.
    """

    items: tuple[AskedItem, ...]
    attempts: tuple[int, ...]
    fractions: NDArray[np.float64]
    blank: NDArray[np.bool_]
    seconds: NDArray[np.float64]
    chosen: Mapping[int, tuple[frozenset[str], ...]]
    groups: Mapping[str, tuple[str, ...]]
    settings: Settings | None = None

    @property
    def weights(self) -> NDArray[np.float64]:
        """What each item is worth."""
        return np.array([item.weight for item in self.items])

    @property
    def scores(self) -> NDArray[np.float64]:
        """Each person's share of all marks."""
        reached: NDArray[np.float64] = self.fractions @ self.weights / self.weights.sum()
        return reached


@dataclass(frozen=True, slots=True)
class ItemReport:
    """One item with everything there is to say of it.

    Units: `seconds` median and nine tenths. `left_out` and `not_reached` are people: blank with, or without, a later
    answer.
    """

    item: AskedItem
    figures: ItemFigures
    guess: float
    left_out: int
    not_reached: int
    seconds: tuple[float, float] | None
    options: tuple[OptionFigures, ...]
    suspicion: Suspicion | None
    weak_options: tuple[str, ...]
    differences: tuple[GroupDifference, ...]
    verdicts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FormReport:
    """What a form is worth.

    Units: `guess_score` share of the marks that random answers reach. Shape: `tenths` counts people by tenths of the
    marks, from 0–10% to 90–100%.
    """

    figures: TestFigures
    items: tuple[ItemReport, ...]
    tenths: tuple[int, ...]
    guess_score: float
    decision: Consistency | None
    model: TwoParameters | None


def form_report(answers: FormAnswers, pass_rate: float | None = None) -> FormReport:
    """Works out all figures of a form.

    `pass_rate` is the pass mark as a share of the marks, where there is one. Raises: ValueError without any person.
    """
    if not answers.attempts:
        raise ValueError("nobody took this form")
    with one_thread():
        return _report(answers, pass_rate)


def _report(answers: FormAnswers, pass_rate: float | None) -> FormReport:
    weights = answers.weights
    marks = answers.fractions * weights
    whole = test_figures(marks, weights)
    items = _items(answers, marks, weights)
    decision = None
    if pass_rate is not None and whole.sd is not None and whole.cic is not None:
        decision = consistency(whole.mean, whole.sd, whole.cic / 100, pass_rate * whole.maximum)
    model = fit_two_parameters(answers.fractions >= HALF) if len(marks) >= MODEL_LEAST else None
    guess = float(sum(one.guess * one.item.weight for one in items) / weights.sum())
    # A score of exactly three tenths may be a hair less in floating point.
    places = np.clip((answers.scores * 10 + 1e-9).astype(int), 0, 9)
    tenths = tuple(np.bincount(places, minlength=10).tolist())
    return FormReport(whole, items, tenths, guess, decision, model)


def _items(answers: FormAnswers, marks: NDArray[np.float64], weights: NDArray[np.float64]) -> tuple[ItemReport, ...]:
    n = len(marks)
    totals = marks.sum(axis=1)
    reached = np.flip(np.maximum.accumulate(np.flip(~answers.blank, axis=1), axis=1), axis=1)
    times = [_times(answers.seconds[:, at]) for at in range(len(weights))]
    compared = _compared(answers, totals)
    slow = slow_among([None if one is None else one[0] for one in times])
    reports = []
    for at, (item, figures) in enumerate(zip(answers.items, item_figures(marks, weights), strict=True)):
        options: tuple[OptionFigures, ...] = ()
        thirds = NOBODY
        if at in answers.chosen and isinstance(item.content, Choice):
            worth = {option.name: option.fraction for option in item.content.options}
            rest = totals - marks[:, at]
            thirds = thirds_of(rest)
            options = option_figures(worth, answers.chosen[at], rest, thirds)
        single = isinstance(item.content, Choice) and not item.content.several
        suspicion = suspicion_in(options, np.bincount(thirds, minlength=3)) if single and options else None
        weak = weak_among(options, n)
        differences = tuple(group[at] for group in compared)
        blank, guess = answers.blank[:, at], guess_rate(item.content, answers.settings)
        reports.append(
            ItemReport(
                item=item,
                figures=figures,
                guess=guess,
                left_out=int((blank & reached[:, at]).sum()),
                not_reached=int((blank & ~reached[:, at]).sum()),
                seconds=times[at],
                options=options,
                suspicion=suspicion,
                weak_options=weak,
                differences=differences,
                verdicts=verdicts_on(
                    figures,
                    guess=guess,
                    blank_share=float(blank.mean()),
                    suspicion=suspicion,
                    weak_options=weak,
                    differences=differences,
                    slow=slow[at],
                ),
            )
        )
    return tuple(reports)


def _times(seconds: NDArray[np.float64]) -> tuple[float, float] | None:
    known = seconds[~np.isnan(seconds)]
    if not len(known):
        return None
    p50, p90 = np.quantile(known, (0.5, 0.9))
    return float(p50), float(p90)


def _compared(answers: FormAnswers, totals: NDArray[np.float64]) -> tuple[tuple[GroupDifference, ...], ...]:
    """Every group that is large enough, item by item, against everybody else; of two groups only the first is told."""
    found = []
    for values in answers.groups.values():
        belongs = np.array(values)
        known = belongs != UNKNOWN
        names = sorted(set(values) - {UNKNOWN})
        for name in names[:1] if len(names) == 2 else names:
            found.append(group_differences(name, answers.fractions[known], belongs[known] == name, totals[known]))
    return told_apart([group for group in found if group])
