"""Published examples of test theory: a famous answer matrix, paired nights of sleep, two forms made comparable."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from assessments.statistics.classical import Marks, alpha_of, item_figures, test_figures
from assessments.statistics.equating import equipercentile, linear, mean_shift
from assessments.statistics.paired import paired_gain
from assessments.statistics.response_model import fit_two_parameters, information


@pytest.fixture
def folder(acceptance: Callable[[str], Path]) -> Path:
    return acceptance("psychometrics")


@pytest.fixture
def expected(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "expected.json").read_text(encoding="utf-8"))
    return found


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def answers(folder: Path) -> Marks:
    """Five items of a law school's test, a thousand people."""
    rows = _rows(folder / "lsat7_patterns.csv")
    patterns = np.array([[float(row[f"Item.{number}"]) for number in range(1, 6)] for row in rows])
    return np.repeat(patterns, [int(row["freq"]) for row in rows], axis=0)


def test_classical_figures_of_the_answer_matrix(answers: Marks, expected: dict[str, Any]) -> None:
    wanted = expected["lsat7"]
    whole, items = test_figures(answers, np.ones(5)), item_figures(answers, np.ones(5))
    assert (whole.n, round(alpha_of(answers) or 0, 5)) == (1000, wanted["alpha_kr20"])
    assert whole.mean == pytest.approx(wanted["mean"])
    assert whole.sd == pytest.approx(wanted["sd_n_minus_1"], abs=1e-7)
    assert [one.facility for one in items] == pytest.approx(wanted["proportion_correct"])
    assert [(one.discrimination or 0) / 100 for one in items] == pytest.approx(
        wanted["point_biserial_excluded"], abs=5e-6
    )
    assert [one.alpha_without for one in items] == pytest.approx(wanted["alpha_if_deleted"], abs=5e-6)
    assert np.bincount(answers.sum(axis=1).astype(int)).tolist() == wanted["score_frequencies_0_5"]


def test_the_two_parameter_model_is_the_published_one(answers: Marks, expected: dict[str, Any]) -> None:
    model = fit_two_parameters(answers > 0)
    slopes = expected["lsat7"]["irt_2pl_slope_intercept(mirt)"]
    finer = expected["lsat7"]["irt_2pl(ltm, 61 points)"]
    assert model.converged
    assert model.a == pytest.approx(slopes["a"], abs=1e-2)
    assert model.d == pytest.approx(slopes["d"], abs=1e-2)
    assert model.a == pytest.approx(finer["discrimination"], abs=1e-3)
    assert model.b == pytest.approx(finer["difficulty"], abs=1e-3)
    assert model.log_likelihood == pytest.approx(finer["loglik"], abs=1e-4)


def test_the_test_tells_most_of_those_it_was_made_for(answers: Marks) -> None:
    model = fit_two_parameters(answers > 0)
    abilities = np.linspace(-3, 3, 25)
    told = information(model, abilities)
    likely = 1 / (1 + np.exp(-(model.a[:, None] * abilities + model.d[:, None])))
    assert told == pytest.approx((model.a[:, None] ** 2 * likely * (1 - likely)).sum(axis=0))
    assert abilities[told.argmax()] < 0, "an easy test tells weak people apart"


def test_paired_nights_of_sleep(folder: Path, expected: dict[str, Any]) -> None:
    wanted = expected["cushny_sleep"]
    rows = _rows(folder / "cushny_sleep_paired.csv")
    found = paired_gain([float(row["drug1"]) for row in rows], [float(row["drug2L"]) for row in rows], maximum=24)
    assert found is not None and found.t is not None and found.interval is not None and found.d_z is not None
    assert -found.t == pytest.approx(wanted["paired_t_drug1_vs_drug2L"], abs=wanted["tolerance"])
    assert found.p == pytest.approx(wanted["p"], abs=wanted["tolerance"])
    assert found.n - 1 == wanted["df"]
    # Student's own example, as every textbook prints it.
    assert (found.interval.low, found.interval.high) == pytest.approx((0.7001142, 2.4598858), abs=1e-7)
    assert found.mean == pytest.approx(1.58)
    assert found.d_z == pytest.approx(found.t / 10**0.5)
    assert found.small and not found.too_few


def test_two_forms_made_comparable(folder: Path, expected: dict[str, Any]) -> None:
    counts, wanted = _rows(folder / "actmath_freq.csv"), _rows(folder / "actmath_equated.csv")
    one, other = ([int(row[name]) for row in counts] for name in ("xcount", "ycount"))
    scores, others = (np.repeat(np.arange(41.0), people) for people in (one, other))
    line, tolerance = linear(scores, others), expected["actmath"]["tolerance"]
    assert line is not None
    assert (line.slope, line.intercept) == pytest.approx(tuple(expected["actmath"]["linear"].values()), abs=tolerance)
    for name, found in (
        ("mean", [mean_shift(scores, others).on(score) for score in range(41)]),
        ("linear", [line.on(score) for score in range(41)]),
        ("equipercentile", equipercentile(one, other).tolist()),
    ):
        assert found == pytest.approx([float(row[name]) for row in wanted], abs=tolerance), name
