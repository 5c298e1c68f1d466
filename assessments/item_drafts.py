"""Drafts: an item while it is being written, as a plain table that may still lack things, and every change to it."""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.prose import LANGUAGES
from core.domain.errors import Label, RuleViolation

Draft = dict[str, Any]
"""An item as a bank file has it; each part of a list also carries `_`, a number by which the editor knows it."""

PART = "_"
LONGEST_TEXT = 4_000
MOST_PARTS = 12

PROSE, MAYBE_PROSE, TEXT, NUMBER, LIST, TABLE = "prose", "maybe prose", "text", "number", "list", "table"

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
    "near": 0,
    "hints": 0,
}
_DEFAULTS: Mapping[str, float] = {"fraction": 0.0, "tolerance": 0.0, "weight": 1.0}

FIELD_LABELS: Mapping[str, str] = {
    "stem": "Question",
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
    for group, fields in FIELDS[kind].items():
        if group:
            item[group] = [_blank(fields) for _ in range(_FIRST_PARTS[group])]
    if kind == "single":
        item["options"][0]["fraction"] = 1.0
    if kind == "short_text":
        item["accept"][0]["fraction"] = item["accept"][1]["fraction"] = 1.0
    return keyed(item)


def _blank(fields: Mapping[str, str]) -> Draft:
    empty: Mapping[str, Any] = {TEXT: "", NUMBER: None, LIST: [], TABLE: {}}
    made: Draft = {}
    for name, holds in fields.items():
        if not name:
            made.update(en="", zh="")
        elif holds in (PROSE, MAYBE_PROSE):
            made[name] = {"en": "", "zh": ""}
        else:
            made[name] = _DEFAULTS.get(name, copy.copy(empty[holds]))
    return made


def blank_part(kind: str, group: str) -> Draft:
    """A part of a group with nothing in it."""
    return _blank(FIELDS[kind][group])


def groups_of(kind: str) -> tuple[str, ...]:
    """The groups of parts that items of a kind have."""
    return tuple(group for group in FIELDS.get(kind, {}) if group)


def keyed(item: Mapping[str, Any]) -> Draft:
    """A draft of an item, each part carrying a number of its own."""
    draft = copy.deepcopy(dict(item))
    for group in groups_of(draft.get("kind", "")):
        parts = draft.setdefault(group, [])
        taken = max((part.get(PART, 0) for part in parts), default=0)
        for part in parts:
            if PART not in part:
                taken += 1
                part[PART] = taken
    return draft


def plain_item(draft: Mapping[str, Any]) -> Draft:
    """The item as a bank file has it: without the editor's numbers, empty optional fields and blanks around texts."""
    item: Draft = {}
    fields = FIELDS.get(draft.get("kind", ""), {})
    for name, value in draft.items():
        holds = fields.get("", {}).get(name)
        if name in fields and name:
            if value:
                item[name] = [_stripped(part, fields[name]) for part in value]
        elif not (holds == MAYBE_PROSE and _is_empty_prose(value)) and value is not None:
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
    return value


def _is_empty_prose(value: Any) -> bool:
    return isinstance(value, dict) and not any(str(text).strip() for text in value.values())


# ---- changes ----------------------------------------------------------------------------------------------------


def with_value(draft: Draft, place: Place, value: Any) -> Draft:
    """The draft with one field changed.

    Raises: RuleViolation for a field that such an item doesn't have, or a value that doesn't belong there.
    """
    holds = FIELDS.get(draft["kind"], {}).get(place.group, {}).get(place.field)
    if holds is None:
        raise RuleViolation("This question has no field {field}.", field=place.field)
    changed = copy.deepcopy(draft)
    target = _part(changed, place.group, place.part) if place.group else changed
    if holds in (PROSE, MAYBE_PROSE):
        if place.language not in LANGUAGES:
            raise RuleViolation("This question has no field {field}.", field=place.field)
        prose = target if not place.field else target.setdefault(place.field, {"en": "", "zh": ""})
        prose[place.language] = cleaned_text(value)
    else:
        target[place.field] = checked_value(holds, value)
    return changed


def checked_value(holds: str, value: Any) -> Any:
    """A value as a field of this kind keeps it. Raises: RuleViolation when it doesn't belong there."""
    if holds == TEXT:
        return cleaned_text(value)
    if holds == NUMBER:
        right = value is None or (isinstance(value, int | float) and not isinstance(value, bool))
        if not right or (value is not None and not (math.isfinite(value) and abs(value) < 1e15)):
            raise RuleViolation("This is not a number that can be used.")
        return value
    if holds == LIST and isinstance(value, list | tuple):
        return [cleaned_text(one) for one in value]
    if holds == TABLE and isinstance(value, Mapping):
        return {cleaned_text(name): one for name, one in value.items() if isinstance(one, str | int | float | bool)}
    raise RuleViolation("This question has no field {field}.", field=holds)


def cleaned_text(value: Any) -> str:
    """Text as it is kept: without signs that can't be shown. Raises: RuleViolation when it is too long."""
    text = "" if value is None else str(value)
    if len(text) > LONGEST_TEXT:
        raise RuleViolation("A text may be at most {limit} characters long.", limit=LONGEST_TEXT)
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def with_part(draft: Draft, group: str) -> Draft:
    """The draft with one more, empty part at the end of a group. Raises: RuleViolation when there are enough."""
    fields = _fields_of(draft, group)
    if len(draft[group]) >= MOST_PARTS:
        raise RuleViolation("A question has at most {limit} of these.", limit=MOST_PARTS)
    changed = copy.deepcopy(draft)
    number = 1 + max((part[PART] for part in changed[group]), default=0)
    part = _blank(fields) | {PART: number}
    if group == "accept":
        part["fraction"] = 1.0
    changed[group].append(part)
    return changed


def without_part(draft: Draft, group: str, number: int) -> Draft:
    """The draft without one part."""
    changed = copy.deepcopy(draft)
    gone = _part(changed, group, number)
    changed[group] = [part for part in changed[group] if part is not gone]
    return changed


def with_part_moved(draft: Draft, group: str, number: int, by: int) -> Draft:
    """The draft with one part moved up (-1) or down (1); at the edge it stays."""
    changed = copy.deepcopy(draft)
    parts = changed[group]
    at = parts.index(_part(changed, group, number))
    to = min(max(at + by, 0), len(parts) - 1)
    parts.insert(to, parts.pop(at))
    return changed


def with_key(draft: Draft, number: int) -> Draft:
    """A single choice with this option right and every other worth nothing, or what it costs."""
    changed = copy.deepcopy(draft)
    key = _part(changed, "options", number)
    for option in changed["options"]:
        option["fraction"] = 1.0 if option is key else min(0.0, option["fraction"] or 0.0)
    return changed


def with_even_fractions(draft: Draft, right: tuple[int, ...]) -> Draft:
    """A multiple choice whose right options share the mark and whose wrong ones together cost as much."""
    changed = copy.deepcopy(draft)
    _fields_of(changed, "options")
    wrong = len(changed["options"]) - len(right)
    for option in changed["options"]:
        option["fraction"] = 1 / len(right) if option[PART] in right else -1 / wrong
    return changed


def _fields_of(draft: Draft, group: str) -> Mapping[str, str]:
    if group not in groups_of(draft["kind"]):
        raise RuleViolation("This question has no field {field}.", field=group)
    return FIELDS[draft["kind"]][group]


def _part(draft: Draft, group: str, number: int) -> Draft:
    _fields_of(draft, group)
    found = next((part for part in draft[group] if part[PART] == number), None)
    if found is None:
        raise RuleViolation("This part was taken out in another window.")
    return found


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
    else:
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
    old = {spot: _said(value) for spot, _, value in values_in(before)}
    new = {spot: _said(value) for spot, _, value in values_in(after)}
    return tuple(
        Change(spot, old.get(spot, ""), new.get(spot, ""))
        for spot in [*new, *(spot for spot in old if spot not in new)]
        if old.get(spot, "") != new.get(spot, "")
    )


def _said(value: Any) -> str:
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
