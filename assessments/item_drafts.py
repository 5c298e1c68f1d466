"""Drafts: an item while it is being written, as a plain table that may still lack things."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.prose import LANGUAGES
from core.domain.errors import RuleViolation

Draft = dict[str, Any]
"""An item, or a case with its items, as a bank file has it; each part of a list also carries `_`, a number by which
the editor knows it."""

PART = "_"

PROSE, MAYBE_PROSE, TEXT, NUMBER, LIST, TABLE = "prose", "maybe prose", "text", "number", "list", "table"
CELLS = "cells"
"""A small table of texts in both languages; its first row holds the headings of the columns."""
OF = "of"
"""A field that says to which criterion a level belongs, by the number that the criterion carries."""

CASE, MODEL_CASE = "case", "model_case"
CASE_KINDS = (CASE, MODEL_CASE)
"""A case written by hand and one that a model makes; the draft of a case holds its items in `items`."""
ASKED = "asked"
"""The kind of an item that asks one of the questions of its case's model."""
ITEMS, COUNT = "items", "count"
"""The items of a case, and the highest number that one of them ever had: an item taken out leaves its id to nobody."""

_HEAD = {"stem": PROSE, "competency": TEXT, "level": TEXT, "positions": LIST, "source": TEXT, "weight": NUMBER}
_OPTION = {"text": PROSE, "fraction": NUMBER, "reason": PROSE}
_HINTS = {"": PROSE}

# Kind → group of parts ("" is the item itself) → field → what it holds. A part that is one text has the field "".
FIELDS: Mapping[str, Mapping[str, Mapping[str, str]]] = {
    "single": {"": _HEAD, "options": _OPTION, "hints": _HINTS},
    "multiple": {"": _HEAD, "options": _OPTION, "hints": _HINTS},
    "numeric": {
        "": {**_HEAD, "answer": NUMBER, "tolerance": NUMBER, "unit": MAYBE_PROSE, "reason": PROSE},
        "near": {"value": NUMBER, "tolerance": NUMBER, "fraction": NUMBER, "reason": PROSE},
        "hints": _HINTS,
    },
    "short_text": {
        "": {**_HEAD, "reason": PROSE},
        "accept": {"pattern": TEXT, "fraction": NUMBER, "reason": PROSE},
        "hints": _HINTS,
    },
    "matching": {
        "": _HEAD,
        "pairs": {"left": PROSE, "right": PROSE, "reason": PROSE},
        "distractors": {"": PROSE},
        "hints": _HINTS,
    },
    "ordering": {"": _HEAD, "steps": {"text": PROSE, "reason": PROSE}, "hints": _HINTS},
    "open_text": {
        "": {**_HEAD, "reason": PROSE},
        "rubric": {"text": PROSE, "points": NUMBER},
        "levels": {OF: OF, "points": NUMBER, "text": PROSE},
        "hints": _HINTS,
    },
    "generated": {
        "": {name: of for name, of in _HEAD.items() if name != "stem"} | {"model": TEXT, "params": TABLE},
        "hints": _HINTS,
    },
    ASKED: {"": {"ask": TEXT} | {name: of for name, of in _HEAD.items() if name != "stem"}, "hints": _HINTS},
    CASE: {
        "": {"title": PROSE, "situation": PROSE},
        "exhibits": {"title": PROSE, "chart": TEXT, "cells": CELLS},
    },
    MODEL_CASE: {"": {"title": PROSE, "model": TEXT, "params": TABLE}},
}

# How many parts a new item of a kind begins with.
_FIRST_PARTS: Mapping[str, int] = {
    "options": 4,
    "accept": 2,
    "pairs": 4,
    "distractors": 1,
    "steps": 4,
    "rubric": 1,
}
_USUAL = ("weight", 1.0)
_DEFAULTS: Mapping[str, float] = {"fraction": 0.0, "tolerance": 0.0, "weight": 1.0}

FIELD_LABELS: Mapping[str, str] = {
    "stem": "Question text",
    "competency": "Competency",
    "level": "Level",
    "positions": "Positions",
    "source": "Source",
    "weight": "Weight",
    "text": "Text",
    "fraction": "Worth",
    "reason": "Reason",
    "answer": "Right number",
    "tolerance": "Tolerance",
    "unit": "Unit",
    "value": "Number",
    "points": "Points",
    "pattern": "Wording",
    "left": "Left side",
    "right": "Right side",
    "model": "Model",
    "params": "Parameters",
    "title": "Title",
    "situation": "Situation",
    "chart": "Shown as",
    "cells": "Table",
    "ask": "Question of the model",
}

GROUP_LABELS: Mapping[str, str] = {
    "options": "Option {n}",
    "near": "Near answer {n}",
    "accept": "Accepted answer {n}",
    "pairs": "Pair {n}",
    "distractors": "Belongs to none {n}",
    "steps": "Step {n}",
    "hints": "Hint {n}",
    "rubric": "Criterion {n}",
    "levels": "Level {n} of the rubric",
    "exhibits": "Table {n}",
    "items": "Question {n}",
}


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a draft: in the item itself, or in the part of a group that carries the number `part`.

    Shape: `item` is the number that an item of a case carries, 0 for the case itself.
    """

    field: str
    language: str = ""
    group: str = ""
    part: int = 0
    item: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a reader finds it.

    Shape: `number` counts the parts of a group from 1, 0 for the item itself; `item` the items of a case.
    """

    field: str
    language: str = ""
    group: str = ""
    number: int = 0
    item: int = 0


def blank_item(kind: str) -> Draft:
    """A new item of a kind, with as many empty parts as such an item usually has.

    Raises: RuleViolation for a kind that isn't written by hand.
    """
    if kind not in FIELDS:
        raise RuleViolation("There is no kind of question called {kind}.", kind=kind)
    item: Draft = {"kind": kind, **_blank(FIELDS[kind][""])}
    for group in groups_of(kind):
        item[group] = [blank_part(kind, group) for _ in range(_FIRST_PARTS.get(group, 0))]
    if kind == "single":
        item["options"][0]["fraction"] = 1.0
    return keyed(item)


def _blank(fields: Mapping[str, str]) -> Draft:
    empty: Mapping[str, Any] = {TEXT: "", NUMBER: None, LIST: [], TABLE: {}, CELLS: []}
    made: Draft = {}
    for name, holds in fields.items():
        if not name:
            made.update(en="", zh="")
        elif holds in (PROSE, MAYBE_PROSE):
            made[name] = {"en": "", "zh": ""}
        elif holds != OF:
            made[name] = _DEFAULTS.get(name, copy.copy(empty[holds]))
    return made


def blank_part(kind: str, group: str) -> Draft:
    """A part of a group with nothing in it; a criterion comes with a level for none and one for all of its points."""
    part = _blank(FIELDS[kind][group])
    if group == "accept":
        part["fraction"] = 1.0
    if group == "rubric":
        part |= {"points": 2.0, "levels": [blank_level(0.0), blank_level(2.0)]}
    return part


def blank_level(points: float) -> Draft:
    """A level of a criterion with nothing said of it yet."""
    return {"points": points, "text": {"en": "", "zh": ""}}


def groups_of(kind: str) -> tuple[str, ...]:
    """The groups of parts that items of a kind have."""
    return tuple(group for group in FIELDS.get(kind, {}) if group)


def keyed(item: Mapping[str, Any]) -> Draft:
    """A draft of an item or of a case, each part carrying a number of its own."""
    draft = unnested(item)
    for group in groups_of(draft.get("kind", "")):
        _number(draft.setdefault(group, []))
    if draft.get("kind") in CASE_KINDS:
        for exhibit in draft.get("exhibits", ()):
            if "cells" not in exhibit:
                exhibit["cells"] = [exhibit.pop("columns", []), *exhibit.pop("rows", [])]
        draft[ITEMS] = [keyed(one) for one in draft.get(ITEMS, ())]
        draft[COUNT] = _number(draft[ITEMS], draft.get(COUNT, 0))
    return draft


def _number(parts: list[Draft], taken: int = 0) -> int:
    """Gives every part a number that no other has; says the highest ever given."""
    taken = max((taken, *(part.get(PART, 0) for part in parts)))
    for part in parts:
        if PART not in part:
            taken += 1
            part[PART] = taken
    return taken


def unnested(item: Mapping[str, Any]) -> Draft:
    """A copy in which the levels of a rubric stand beside its criteria, each saying to which it belongs.

    Why: so every part of a draft is in a list of the item itself, and is written, moved and compared in one way.
    """
    draft = copy.deepcopy(dict(item))
    if draft.get("kind") == "open_text":
        draft.setdefault("levels", [])
        _number(draft.get("rubric", []))
        for part in draft.get("rubric", []):
            draft["levels"] += [{**level, OF: part[PART]} for level in part.pop("levels", [])]
    return draft


def _nested(draft: Mapping[str, Any]) -> Draft:
    """A copy in which each criterion of a rubric holds its levels again, from the fewest points to the most."""
    item = copy.deepcopy(dict(draft))
    levels = item.pop("levels", [])
    for part in item.get("rubric", []):
        mine = [level for level in levels if level[OF] == part[PART]]
        mine.sort(key=lambda level: (level["points"] is None, level["points"]))
        part["levels"] = [{name: value for name, value in one.items() if name not in (OF, PART)} for one in mine]
    return item


def plain_item(draft: Mapping[str, Any]) -> Draft:
    """The item as a bank file has it: without the editor's numbers, empty optional fields and blanks around texts.

    Shape: that of a case has its items in it; `case_drafts.tables_of` takes them apart as a file does.
    """
    item: Draft = {}
    fields = FIELDS.get(draft.get("kind", ""), {})
    for name, value in (_nested(draft) if draft.get("kind") == "open_text" else draft).items():
        holds = fields.get("", {}).get(name)
        if name in (PART, COUNT):
            continue
        if name == ITEMS:
            item[name] = [plain_item(one) for one in value]
        elif name in fields and name:
            if value:
                item[name] = [_stripped(part, fields[name]) for part in value]
        elif not (holds == MAYBE_PROSE and is_empty_prose(value)) and value is not None and (name, value) != _USUAL:
            item[name] = _trimmed(value)
    return item


def _stripped(part: Mapping[str, Any], fields: Mapping[str, str]) -> Draft:
    kept = {name: _trimmed(value) for name, value in part.items() if name != PART and value is not None}
    if fields.get(CELLS) == CELLS:
        kept["columns"], kept["rows"] = tabled(kept.pop(CELLS))
        if not kept.get("chart"):
            kept.pop("chart", None)
    return {name: value for name, value in kept.items() if fields.get(name) != MAYBE_PROSE or not is_empty_prose(value)}


def tabled(cells: list[list[Draft]]) -> tuple[list[Draft], list[list[Draft]]]:
    """The headings and the rows of a table without what is empty.

    What a cell says in one language only is the same in the other: an order number, a figure. A cell that says
    nothing in a row that does is a dash.
    """
    heads, *rows = cells or [[]]
    width = max((len(row) for row in cells), default=0)
    padded = [[*row, *({} for _ in range(width - len(row)))] for row in (heads, *rows)]
    used = [at for at in range(width) if not all(is_empty_prose(row[at]) for row in padded)]
    heads, *rows = ([row[at] for at in used] for row in padded)
    said = [{one: str(head.get(one) or "").strip() for one in LANGUAGES} for head in heads]
    return said, [[_same_in_both(cell) for cell in row] for row in rows if not all(map(is_empty_prose, row))]


def _same_in_both(cell: Draft) -> Draft:
    texts = {one: str(cell.get(one) or "").strip() for one in LANGUAGES}
    other = next((text for text in texts.values() if text), "–")
    return {one: text or other for one, text in texts.items()}


def _trimmed(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {name: _trimmed(one) for name, one in value.items()}
    return [_trimmed(one) for one in value] if isinstance(value, list) else value


def is_empty_prose(value: Any) -> bool:
    """Whether a text says nothing in any language."""
    return isinstance(value, dict) and not any(str(text).strip() for text in value.values())
