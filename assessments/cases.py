"""Cases: one situation that several items ask about, written by hand or made by a model for each person."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.case_models import CASE_MODELS
from assessments.case_models.model import CaseModel
from assessments.content import Fields
from assessments.exhibits import CHARTS, CaseView, Exhibit
from assessments.item_models.model import ItemModel
from assessments.prose import Prose

MOST_COLUMNS, MOST_ROWS, MOST_EXHIBITS = 8, 40, 6
"""How large an exhibit written by hand may be, and how many a case may have: all of it stands above each question."""


@dataclass(frozen=True, slots=True)
class Case:
    """One situation that several items of a bank ask about.

    Shape: `model` and `params` say what builds it; a case written by hand has no model, but says its `situation` and
    its `exhibits` itself.
    """

    id: str
    title: Prose
    model: str
    params: Mapping[str, Any]
    file: str
    line: int | None
    situation: Prose | None = None
    exhibits: tuple[Exhibit, ...] = ()

    @property
    def view(self) -> CaseView | None:
        """What everybody is shown of it; None where a model shows everybody something else."""
        return None if self.situation is None else CaseView(self.id, self.title, self.situation, self.exhibits)


def read_case(fields: Fields) -> Case:
    """One case of a bank file. Raises: ContentError naming what is wrong."""
    fields.item = case_id = fields.text("id")
    title = fields.prose("title")
    if fields.has("model"):
        model, params = read_model(fields, CASE_MODELS, "There is no case model {found}; there are {wanted}")
        fields.done()
        return Case(case_id, title, model, params, fields.file, fields.line)
    situation = fields.prose("situation")
    tables = fields.tables("exhibits", "case.exhibits")
    if len(tables) > MOST_EXHIBITS:
        raise fields.error("A case has at most {most} tables, found {count}", most=MOST_EXHIBITS, count=len(tables))
    exhibits = tuple(_read_exhibit(one) for one in tables)
    fields.done()
    return Case(case_id, title, "", {}, fields.file, fields.line, situation, exhibits)


def _read_exhibit(fields: Fields) -> Exhibit:
    title, columns, rows = fields.prose("title"), fields.proses("columns"), fields.prose_rows("rows")
    chart = fields.one_of("chart", CHARTS[1:]) if fields.has("chart") else ""
    fields.done()
    if not (1 <= len(columns) <= MOST_COLUMNS and 1 <= len(rows) <= MOST_ROWS):
        raise fields.error(
            "A table has 1 to {most_columns} columns and 1 to {most_rows} rows",
            most_columns=MOST_COLUMNS,
            most_rows=MOST_ROWS,
        )
    if any(len(row) != len(columns) for row in rows):
        raise fields.error("Every row of a table has as many cells as there are columns", field="rows")
    try:
        return Exhibit(title, columns, rows, chart)
    except (ValueError, IndexError) as error:
        raise fields.error(
            "A chart needs a first column of names, and numbers in every other column", field="chart"
        ) from error


def read_model(
    fields: Fields, models: Mapping[str, ItemModel] | Mapping[str, CaseModel], unknown: str
) -> tuple[str, Mapping[str, Any]]:
    """A model and its parameters. Raises: ContentError for one that isn't there, or that refuses them."""
    model = fields.text("model")
    if model not in models:
        raise fields.error(unknown, field="model", found=model, wanted=", ".join(sorted(models)))
    params = dict(fields.mapping("params"))
    problem = models[model].problem_in(params)
    if problem is not None:
        raise fields.error(
            "The item model {model} refuses its parameters: {problem}", field="params", model=model, problem=problem
        )
    return model, params


def case_asked(fields: Fields, kind: str, cases: Mapping[str, Case]) -> Case | None:
    """The case that an item asks about, if any.

    Why a model's case takes no fixed question: what it shows is different for everybody, and so is what is right.
    Raises: ContentError for a case that isn't there, or that can't be asked about in this way.
    """
    if not fields.has("case"):
        return None
    case = cases.get(fields.text("case"))
    if case is None:
        raise fields.error("There is no such case in this file", field="case")
    if case.model and kind != "generated":
        raise fields.error(
            "A model shows everybody other figures, so a question with a fixed key can't be asked about them;"
            " write a case by hand for it",
            field="kind",
        )
    if not case.model and kind == "generated":
        raise fields.error("Only a case of a model has questions that the model makes", field="kind")
    return case
