"""Changes to a draft: every one a pure step from one text to the next."""

from __future__ import annotations

import copy
import math
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from assessments.case_drafts import within
from assessments.cases import MOST_COLUMNS, MOST_EXHIBITS, MOST_ROWS
from assessments.cell_lines import with_lines
from assessments.item_drafts import (
    CELLS,
    FIELDS,
    LIST,
    MAYBE_PROSE,
    NUMBER,
    OF,
    PART,
    PROSE,
    TABLE,
    TEXT,
    Draft,
    Place,
    blank_level,
    blank_part,
    groups_of,
    tabled,
)
from assessments.prose import LANGUAGES
from assessments.questions import MOST_PARTS
from core.domain.errors import RuleViolation

LONGEST_TEXT = 4_000


def with_value(draft: Draft, place: Place, value: Any) -> Draft:
    """The draft with one field changed, be it of one of the items of a case.

    Raises: RuleViolation for a field that such an item doesn't have, or a value that doesn't belong there.
    """
    if place.item:
        own = replace(place, item=0)
        return within(draft, place.item, lambda item: with_value(item, own, value))
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
    elif holds == CELLS and place.language in LANGUAGES:  # one language of a table, as lines of text
        target[place.field] = checked_cells(with_lines(target.get(place.field) or [], place.language, str(value or "")))
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
    if holds == CELLS and isinstance(value, list | tuple):
        return checked_cells(value)
    raise RuleViolation("This question has no field {field}.", field=holds)


def checked_cells(rows: Sequence[Any]) -> list[list[Draft]]:
    """The cells of a table as they are kept. Raises: RuleViolation for a table that is too large, or isn't one."""
    cells = [[{one: cleaned_text(cell.get(one)) for one in LANGUAGES} for cell in row] for row in rows]
    heads, filled = tabled(cells)
    if len(heads) > MOST_COLUMNS or len(filled) > MOST_ROWS:
        raise RuleViolation(
            "A table has at most {columns} columns and {rows} rows: all of it stands above every question.",
            columns=MOST_COLUMNS,
            rows=MOST_ROWS,
        )
    return cells


def cleaned_text(value: Any) -> str:
    """Text as it is kept: without signs that can't be shown. Raises: RuleViolation when it is too long."""
    text = "" if value is None else str(value)
    if len(text) > LONGEST_TEXT:
        raise RuleViolation("A text may be at most {limit} characters long.", limit=LONGEST_TEXT)
    return "".join(sign for sign in text if sign in "\n\t" or unicodedata.category(sign) not in ("Cc", "Cs"))


def with_part(draft: Draft, group: str, of: int = 0) -> Draft:
    """The draft with one more, empty part at the end of a group; `of` is the criterion that a level belongs to.

    Raises: RuleViolation when there are enough.
    """
    _fields_of(draft, group)
    changed = copy.deepcopy(draft)
    beside = [part for part in changed[group] if group != "levels" or part[OF] == of]
    most = MOST_EXHIBITS if group == "exhibits" else MOST_PARTS
    if len(beside) >= most:
        raise RuleViolation("A question has at most {limit} of these.", limit=most)
    if group == "levels":
        _part(changed, "rubric", of)
        changed[group].append(blank_level(0.0) | {"points": None, OF: of, PART: _next_number(changed[group])})
        return changed
    part = blank_part(draft["kind"], group) | {PART: _next_number(changed[group])}
    for level in part.pop("levels", []):
        changed["levels"].append(level | {OF: part[PART], PART: _next_number(changed["levels"])})
    changed[group].append(part)
    return changed


def _next_number(parts: list[Draft]) -> int:
    return 1 + max((part[PART] for part in parts), default=0)


def without_part(draft: Draft, group: str, number: int) -> Draft:
    """The draft without one part."""
    changed = copy.deepcopy(draft)
    gone = _part(changed, group, number)
    changed[group] = [part for part in changed[group] if part is not gone]
    if group == "rubric":
        changed["levels"] = [level for level in changed["levels"] if level[OF] != number]
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
