"""Published quiz statistics: answers are marked, marks make figures, and both equal what was published."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assessments.marking import mark
from assessments.prose import same
from assessments.questions import (
    Accept,
    Choice,
    Content,
    Matching,
    Near,
    Numeric,
    Option,
    Pair,
    Question,
    Right,
    ShortText,
)
from assessments.statistics.classical import (
    ItemFigures,
    Marks,
    item_figures,
    pooled_item_figures,
    test_figures,
)

Row = dict[str, str]
WHY = same("–")
ONES = np.ones(7)
# Their names in the published file, and how close they have to be.
FIGURES = {
    "facility": ("facility", 1e-6),
    "sd": ("sd", 1e-6),
    "effectiveweight": ("effective_weight", 1e-6),
    "covariance": ("covariance", 1e-5),
    "markvariance": ("mark_variance", 1e-6),
    "othermarkvariance": ("rest_variance", 1e-6),
    "discriminationindex": ("discrimination", 1e-5),
    "covariancemax": ("covariance_max", 1e-5),
    "discriminativeefficiency": ("efficiency", 1e-5),
    "maxmark": ("maximum", 1e-6),
}


def _question(kind: str, content: Content) -> Question:
    return Question("q", kind, "1.1", "apply", 1.0, False, same("?"), content)


def _choice(fractions: dict[str, float], *, several: bool) -> Question:
    options = tuple(Option(name, same(name), fraction, WHY) for name, fraction in fractions.items())
    return _question("multiple" if several else "single", Choice(options, several))


def _text(accepts: list[Any]) -> Question:
    return _question("short_text", ShortText(tuple(Accept(wording, worth, WHY) for wording, worth in accepts), WHY))


def _number(answers: list[Any]) -> Question:
    (right, _, margin), *others = [answer for answer in answers if answer[0] != "*"]
    near = tuple(Near(float(value), tolerance, worth, WHY) for value, worth, tolerance in others)
    return _question("numeric", Numeric(float(right), margin, None, WHY, near))


def _matching(pairs: dict[str, str], distractors: list[str]) -> Question:
    names = {text: text for text in [*pairs.values(), *distractors]}
    rights = tuple(Right(name, same(name)) for name in names)
    return _question("matching", Matching(tuple(Pair(k, same(k), v, WHY) for k, v in pairs.items()), rights))


def _slots(row: Row, known: dict[str, Any]) -> list[Any]:
    """The marks of one person, told from what they answered."""
    pool = {"shortanswer": _text(known["shortanswer"]["answers"]), "numerical": _number(known["numerical"]["answers"])}
    a, b = known["calculatedsimple"]["variants_a_b"][row["variants.2"]]
    total = _number([[a + b, 1.0, known["calculatedsimple"]["tolerance"] * (a + b)]])
    animals = {name: row[f"responses.3.{name}"] for name in ("cat", "frog", "newt")}
    ticked = [name for name in ("One", "Two", "Three", "Four") if row[f"responses.5.{name}"] == "1"]
    parts = known["multianswer"]["parts"]
    bird = _text(list(parts["1"]["fractions"].items()))
    beast = _choice(parts["2"]["fractions"], several=False)
    asked: list[tuple[Question, Any]] = [
        (pool[row["randqs.1"]], row["responses.1.answer"]),
        (total, row["responses.2.answer"]),
        (_matching(known["match"]["pairs"], known["match"]["distractors"]), animals),
        (_choice({"1": 1.0, "0": 0.0}, several=False), row["responses.4.answer"]),
        (_choice(known["multichoice:two_of_four"]["fractions"], several=True), ticked),
        (_choice(known["multichoice:one_of_four"]["fractions"], several=False), row["responses.6.answer"]),
    ]
    marks = [mark(question, response).fraction for question, response in asked]
    both = [mark(bird, row["responses.7.1.answer"]), mark(beast, row["responses.7.2.answer"])]
    return [*marks, sum(one.fraction or 0.0 for one in both) / 2]


def _rows(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def folder(acceptance: Callable[[str], Path]) -> Path:
    return acceptance("moodle")


@pytest.fixture
def people(folder: Path) -> list[Row]:
    return _rows(folder / "steps00.csv")


@pytest.fixture
def marks(folder: Path, people: list[Row]) -> Marks:
    known = json.loads((folder / "moodle_question_definitions.json").read_text(encoding="utf-8"))
    return np.array([_slots(row, known) for row in people])


def test_answers_give_the_published_marks(folder: Path, marks: Marks) -> None:
    published = _rows(folder / "results00.csv")
    wanted = [[float(row[f"slots.{slot}.mark"]) for slot in range(1, 8)] for row in published]
    assert marks == pytest.approx(np.array(wanted), abs=5e-7)
    assert marks.sum(axis=1) == pytest.approx([float(row["summarks"]) for row in published], abs=5e-6)


def test_every_published_figure_of_an_item_is_ours(folder: Path, people: list[Row], marks: Marks) -> None:
    whole = item_figures(marks, ONES)
    drawn = np.array([row["randqs.1"] == "numerical" for row in people])
    variants = np.array([int(row["variants.2"]) for row in people])
    totals = marks.sum(axis=1)
    compared = 0
    for row in _rows(folder / "qstats00.csv"):
        slot = int(row["slot"]) - 1
        found: ItemFigures = whole[slot]
        if row["subqname"]:  # drawn from a pool: nothing is subtracted from the total
            found = pooled_item_figures(marks[drawn, slot], totals[drawn], 1.0)
        elif row["variant"]:
            these = variants == int(row["variant"])
            found = pooled_item_figures(marks[these, slot], totals[these] - marks[these, slot], 1.0)
        assert found.n == int(row["s"])
        for name, (ours, tolerance) in FIGURES.items():
            if row[name] == "**NULL**":
                assert getattr(found, ours) is None, (row["slot"], name)
            elif row[name]:
                assert getattr(found, ours) == pytest.approx(float(row[name]), rel=tolerance), (row["slot"], name)
                compared += 1
    assert compared == 7 * len(FIGURES) + 3 * 5


def test_every_published_figure_of_the_quiz_is_ours(folder: Path, marks: Marks) -> None:
    wanted = json.loads((folder / "moodle_quiz00_teststats.json").read_text(encoding="utf-8"))["expected"]
    found = test_figures(marks, ONES)
    close = partial(pytest.approx, rel=1e-6)
    assert found.n == wanted["allattemptscount"]
    assert found.median == close(wanted["median"])
    assert found.mean == close(wanted["allattemptsavg"])
    assert found.sd == close(wanted["standarddeviation"])
    assert found.skewness == close(wanted["skewness"])
    assert found.kurtosis == close(wanted["kurtosis"])
    assert found.cic == close(wanted["cic"])
    assert found.cic is not None and found.cic < 0
    assert found.error_ratio == close(wanted["errorratio"])
    assert found.standard_error == close(wanted["standarderror"])


def test_the_smaller_figures_of_the_quiz_hang_together(marks: Marks) -> None:
    found = item_figures(marks, ONES)
    assert sum(one.effective_weight or 0 for one in found) == pytest.approx(100)
    assert sum(one.intended_weight for one in found) == pytest.approx(100)
