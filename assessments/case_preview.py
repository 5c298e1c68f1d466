"""Previews of cases: the situation with its exhibits, and each of its items, as the employee would get them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Any

from assessments import figures
from assessments.case_drafts import item_id_of, read_case
from assessments.case_models import CASE_MODELS
from assessments.case_models.model import BuiltCase
from assessments.cases import Case
from assessments.exhibits import CaseView, Exhibit
from assessments.forms import situation_of
from assessments.item_drafts import ITEMS, MODEL_CASE, PART, tabled
from assessments.item_preview import NOBODY, Preview, preview_of, shown_prose
from assessments.questions import Question, shuffled
from core.domain.errors import ContentError, OrderlyError, RuleViolation


@dataclass(frozen=True, slots=True)
class CasePreview:
    """A draft of a case as the employee sees it.

    Shape: `view` is None where nothing can be shown yet; `items` are the previews of its items by the number each
    carries; `refusal` says what the reader has against the case as a whole, None for one that could be used as it is.
    """

    view: CaseView | None
    items: Mapping[int, Preview]
    refusal: OrderlyError | None


def case_preview_of(draft: Mapping[str, Any], case_id: str, version: int, seed: int) -> CasePreview:
    """A case as the employee sees it, however incomplete it is; another seed gives other figures and another order."""
    refusal: OrderlyError | None = None
    try:
        read_case(draft, case_id, version)
    except ContentError as error:
        refusal = RuleViolation(error.template, **error.params)
    if draft["kind"] == MODEL_CASE:
        return _made(draft, case_id, version, seed, refusal)
    view = CaseView(case_id, shown_prose(draft["title"]), shown_prose(draft["situation"]), _exhibits(draft))
    items = {}
    for item in draft[ITEMS]:
        own = {name: value for name, value in item.items() if name != "id"}
        found = preview_of(own, item_id_of(case_id, item), version, seed)
        question = None if found.question is None else replace(found.question, case=view)
        items[item[PART]] = replace(found, question=question)
    return CasePreview(view, items, refusal)


def _made(draft: Mapping[str, Any], case_id: str, version: int, seed: int, refusal: OrderlyError | None) -> CasePreview:
    """A case that its model makes, with those of its questions that are asked."""
    model, params = CASE_MODELS.get(str(draft.get("model") or "")), dict(draft.get("params") or {})
    if model is None or model.problem_in(params) is not None:
        return CasePreview(None, {item[PART]: Preview(None, refusal) for item in draft[ITEMS]}, refusal)
    case = Case(case_id, shown_prose(draft["title"]), model.name, params, "", None)
    with figures.practice_figures() as world:
        built = situation_of(case, seed, NOBODY, world)
    view = CaseView(case_id, case.title, built.situation, built.exhibits)
    items = {
        item[PART]: Preview(_question(item, item_id_of(case_id, item), version, built, view, seed), None)
        for item in draft[ITEMS]
    }
    return CasePreview(view, items, refusal)


def _question(
    item: Mapping[str, Any], item_id: str, version: int, built: BuiltCase, view: CaseView, seed: int
) -> Question | None:
    asked = built.questions.get(str(item.get("ask") or ""))
    if asked is None:
        return None
    question = Question(
        item_id=item_id,
        kind=asked.kind,
        competency=str(item.get("competency") or ""),
        level=str(item.get("level") or ""),
        weight=float(item.get("weight") or 1.0),
        generated=True,
        stem=asked.stem,
        content=asked.content,
        exhibit=asked.exhibit,
        case=view,
        version=version,
    )
    return shuffled(question, Random(f"{seed} {item_id} {NOBODY}"))


def _exhibits(draft: Mapping[str, Any]) -> tuple[Exhibit, ...]:
    """The tables that hold something yet; a chart that can't be drawn is shown as a table."""
    found = []
    for one in draft.get("exhibits", ()):
        heads, rows = tabled(one.get("cells") or [])
        if not heads:
            continue
        title, columns = shown_prose(one["title"]), tuple(map(shown_prose, heads))
        cells = tuple(tuple(map(shown_prose, row)) for row in rows)
        try:
            found.append(Exhibit(title, columns, cells, str(one.get("chart") or "") if len(heads) > 1 else ""))
        except (ValueError, IndexError):
            found.append(Exhibit(title, columns, cells))
    return tuple(found)
