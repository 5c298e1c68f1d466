"""What a draft says field by field: what is still missing in it, and what differs between two versions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from assessments.item_drafts import (
    CELLS,
    FIELD_LABELS,
    FIELDS,
    ITEMS,
    MAYBE_PROSE,
    OF,
    PART,
    PROSE,
    TABLE,
    TEXT,
    Spot,
    groups_of,
    tabled,
)
from assessments.prose import LANGUAGES
from core.domain.errors import Label


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between two versions, as text; empty where there is none on that side."""

    spot: Spot
    before: str
    after: str


def values_in(draft: Mapping[str, Any]) -> Iterator[tuple[Spot, str, Any]]:
    """Every field of a draft in its order, with what it holds and its value; prose once per language."""
    fields = FIELDS.get(draft.get("kind", ""), {})
    for name, holds in fields.get("", {}).items():
        yield from _values(draft, name, holds, "", 0)
    for group in groups_of(draft.get("kind", "")):
        for number, part in enumerate(draft.get(group, []), start=1):
            for name, holds in fields[group].items():
                yield from _values(part, name, holds, group, number)
    for number, item in enumerate(draft.get(ITEMS, ()), start=1):
        for spot, holds, value in values_in(item):
            yield replace(spot, item=number), holds, value


def _values(table: Mapping[str, Any], name: str, holds: str, group: str, number: int) -> Iterator[Any]:
    value = table.get(name) if name else table
    if holds in (PROSE, MAYBE_PROSE):
        for language in LANGUAGES:
            yield Spot(name, language, group, number), holds, (value or {}).get(language, "")
    elif holds == CELLS:
        heads, rows = tabled(value if isinstance(value, list) else [])
        for language in LANGUAGES:
            lines = [" | ".join(cell[language] for cell in row) for row in (heads, *rows)]
            whole = bool(rows) and all(head[language] for head in heads)
            yield Spot(name, language, group, number), holds, "\n".join(lines) if whole else ""
    elif holds != OF:
        yield Spot(name, "", group, number), holds, value


def gaps_in(draft: Mapping[str, Any]) -> tuple[Spot, ...]:
    """What has to be filled in before the item, or the case with its items, can be reviewed."""
    if ITEMS in draft:
        own = gaps_in({name: value for name, value in draft.items() if name != ITEMS})
        of_items = (
            replace(gap, item=number) for number, one in enumerate(draft[ITEMS], start=1) for gap in gaps_in(one)
        )
        return (*own, *of_items)
    values = list(values_in(draft))
    units = {spot.language: bool(str(value).strip()) for spot, holds, value in values if holds == MAYBE_PROSE}
    found = []
    for spot, holds, value in values:
        if holds == MAYBE_PROSE:
            missing = any(units.values()) and not units[spot.language]
        elif holds in (PROSE, TEXT, CELLS):
            missing = not str(value or "").strip()
        elif holds == TABLE:
            missing = False
        else:
            missing = value is None or value == []
        if missing and spot.field not in ("tolerance", "weight", "chart"):
            found.append(spot)
    return tuple(found)


def changes_between(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[Change, ...]:
    """What differs between two versions of an item, field by field; those of a case are compared item by item."""
    if ITEMS in before or ITEMS in after:
        return tuple(_case_changes(before, after))
    old = {spot: value_words(value) for spot, _, value in values_in(before)}
    new = {spot: value_words(value) for spot, _, value in values_in(after)}
    return tuple(
        Change(spot, old.get(spot, ""), new.get(spot, ""))
        for spot in [*new, *(spot for spot in old if spot not in new)]
        if old.get(spot, "") != new.get(spot, "")
    )


def _case_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterator[Change]:
    """Its own fields, then each item beside what it was before, wherever it stood."""
    own = [{name: value for name, value in one.items() if name != ITEMS} for one in (before, after)]
    yield from changes_between(*own)
    old = {item[PART]: item for item in before.get(ITEMS, ())}
    for number, item in enumerate(after.get(ITEMS, ()), start=1):
        for change in changes_between(old.pop(item[PART], {}), item):
            yield replace(change, spot=replace(change.spot, item=number))
    for item in old.values():
        number = 1 + before[ITEMS].index(item)
        for change in changes_between(item, {}):
            yield replace(change, spot=replace(change.spot, item=number))


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
