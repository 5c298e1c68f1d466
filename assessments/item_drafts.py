"""Drafts: an item while it is being written, as a plain table that may still lack things."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.prose import LANGUAGES
from core.domain.errors import Label, RuleViolation

Draft = dict[str, Any]
"""An item as a bank file has it; each part of a list also carries `_`, a number by which the editor knows it."""

PART = "_"

PROSE, MAYBE_PROSE, TEXT, NUMBER, LIST, TABLE = "prose", "maybe prose", "text", "number", "list", "table"
OF = "of"
"""A field that says to which criterion a level belongs, by the number that the criterion carries."""

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
}


@dataclass(frozen=True, slots=True)
class Place:
    """A field of a draft: in the item itself, or in the part of a group that carries the number `part`."""

    field: str
    language: str = ""
    group: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class Spot:
    """A place as a reader finds it. Shape: `number` counts the parts of a group from 1, 0 for the item itself."""

    field: str
    language: str = ""
    group: str = ""
    number: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions, as text; empty where there is none on that side."""

    spot: Spot
    before: str
    after: str


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
    empty: Mapping[str, Any] = {TEXT: "", NUMBER: None, LIST: [], TABLE: {}}
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
    """A draft of an item, each part carrying a number of its own."""
    draft = unnested(item)
    for group in groups_of(draft.get("kind", "")):
        parts = draft.setdefault(group, [])
        taken = max((part.get(PART, 0) for part in parts), default=0)
        for part in parts:
            if PART not in part:
                taken += 1
                part[PART] = taken
    return draft


def unnested(item: Mapping[str, Any]) -> Draft:
    """A copy in which the levels of a rubric stand beside its criteria, each saying to which it belongs.

    Why: so every part of a draft is in a list of the item itself, and is written, moved and compared in one way.
    """
    draft = copy.deepcopy(dict(item))
    if draft.get("kind") == "open_text":
        draft.setdefault("levels", [])
        taken = max((part.get(PART, 0) for part in draft.get("rubric", [])), default=0)
        for part in draft.get("rubric", []):
            if PART not in part:
                taken += 1
                part[PART] = taken
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
    """The item as a bank file has it: without the editor's numbers, empty optional fields and blanks around texts."""
    item: Draft = {}
    fields = FIELDS.get(draft.get("kind", ""), {})
    for name, value in (_nested(draft) if draft.get("kind") == "open_text" else draft).items():
        holds = fields.get("", {}).get(name)
        if name in fields and name:
            if value:
                item[name] = [_stripped(part, fields[name]) for part in value]
        elif not (holds == MAYBE_PROSE and _is_empty_prose(value)) and value is not None and (name, value) != _USUAL:
            item[name] = _trimmed(value)
    return item


def _stripped(part: Mapping[str, Any], fields: Mapping[str, str]) -> Draft:
    kept = {name: _trimmed(value) for name, value in part.items() if name != PART and value is not None}
    return {
        name: value for name, value in kept.items() if fields.get(name) != MAYBE_PROSE or not _is_empty_prose(value)
    }


def _trimmed(value: Any) -> Any:
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, dict):
        return {name: _trimmed(one) for name, one in value.items()}
    return [_trimmed(one) for one in value] if isinstance(value, list) else value


def _is_empty_prose(value: Any) -> bool:
    return isinstance(value, dict) and not any(str(text).strip() for text in value.values())


# ---- what is missing, what is different ---------------------------------------------------------------------------


def values_in(draft: Mapping[str, Any]) -> Iterator[tuple[Spot, str, Any]]:
    """Every field of a draft in its order, with what it holds and its value; prose once per language."""
    fields = FIELDS.get(draft.get("kind", ""), {})
    for name, holds in fields.get("", {}).items():
        yield from _values(draft, name, holds, "", 0)
    for group in groups_of(draft.get("kind", "")):
        for number, part in enumerate(draft.get(group, []), start=1):
            for name, holds in fields[group].items():
                yield from _values(part, name, holds, group, number)


def _values(table: Mapping[str, Any], name: str, holds: str, group: str, number: int) -> Iterator[Any]:
    value = table.get(name) if name else table
    if holds in (PROSE, MAYBE_PROSE):
        for language in LANGUAGES:
            yield Spot(name, language, group, number), holds, (value or {}).get(language, "")
    elif holds != OF:
        yield Spot(name, "", group, number), holds, value


def gaps_in(draft: Mapping[str, Any]) -> tuple[Spot, ...]:
    """What has to be filled in before the item can be reviewed."""
    values = list(values_in(draft))
    units = {spot.language: bool(str(value).strip()) for spot, holds, value in values if holds == MAYBE_PROSE}
    found = []
    for spot, holds, value in values:
        if holds == MAYBE_PROSE:
            missing = any(units.values()) and not units[spot.language]
        elif holds in (PROSE, TEXT):
            missing = not str(value or "").strip()
        elif holds == TABLE:
            missing = False
        else:
            missing = value is None or value == []
        optional = spot.field in ("tolerance", "weight") or (spot.field == "model" and draft.get("case"))
        if missing and not optional:
            found.append(spot)
    return tuple(found)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two versions of an item, field by field."""
    old = {spot: value_words(value) for spot, _, value in values_in(before)}
    new = {spot: value_words(value) for spot, _, value in values_in(after)}
    return tuple(
        Change(spot, old.get(spot, ""), new.get(spot, ""))
        for spot in [*new, *(spot for spot in old if spot not in new)]
        if old.get(spot, "") != new.get(spot, "")
    )


def value_words(value: Any) -> str:
    """A value as it stands in a list of changes."""
    match value:
        case None:
            return ""
        case float():
            return f"{value:.4g}"
        case list():
            return ", ".join(map(str, value))
        case dict():
            return ", ".join(f"{name} = {one}" for name, one in sorted(value.items()))
    return str(value).strip()


def missing_words(gaps: tuple[Spot, ...]) -> tuple[Label, ...]:
    """The fields that are missing, each once, as a message lists them."""
    return tuple(dict.fromkeys(Label(FIELD_LABELS.get(spot.field, "Text")) for spot in gaps))
