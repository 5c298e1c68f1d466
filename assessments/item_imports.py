"""Taking items in from a file: each becomes a draft that is completed and reviewed like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.bank_rows import DRAFT, OPEN_STATES, insert_version, versions_of
from assessments.banked_items import house_text, topics
from assessments.case_drafts import blank_case, tables_of
from assessments.cases import MOST_EXHIBITS
from assessments.draft_values import gaps_in
from assessments.interchange.parsed import Draft as ReadItem
from assessments.item_changes import checked_value, cleaned_text
from assessments.item_drafts import (
    CASE,
    COUNT,
    FIELDS,
    ITEMS,
    MAYBE_PROSE,
    OF,
    PART,
    PROSE,
    Draft,
    blank_item,
    blank_part,
    groups_of,
    keyed,
    plain_item,
    unnested,
)
from assessments.item_editing import newest_text
from assessments.prose import LANGUAGES
from assessments.questions import MOST_PARTS
from core.context import Context
from core.domain.errors import NotFound, OrderlyError, RuleViolation
from core.security.audit import record_deed

NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"

TAKEN_LABELS: Mapping[str, str] = {
    NEW: "New draft",
    CHANGED: "New version of a question of the bank",
    SAME: "As in the bank already",
    REFUSED: "Not taken in",
}


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one item of a file.

    Shape: `outcome` is of TAKEN_LABELS; `version_id` is None where nothing was written, `error` says why then;
    `missing` counts the fields that are still to be filled in.
    """

    name: str
    outcome: str
    item_id: str
    version_id: int | None
    missing: int
    error: OrderlyError | None = None


def save_drafts(
    ctx: Context, drafts: Iterable[ReadItem], topic: str, *, origin: str, defaults: Mapping[str, Any] | None = None
) -> tuple[Taken, ...]:
    """Takes the items of a file in as drafts: new ones, or new versions of those whose id the bank knows.

    One that can't be taken in is said and doesn't stop the others. `defaults` fills what the file doesn't say
    (competency, level, positions, source); `origin` names the file.
    Raises: NotAllowed without `bank.write`; NotFound for an unknown topic.
    """
    ctx.actor.need("bank.write")
    if topic not in topics():
        raise NotFound("There is no item bank on {topic}.", topic=topic)
    taken, origin = [], cleaned_text(origin)
    for read in drafts:
        try:
            taken.append(_taken(ctx, read, topic, origin, defaults or {}))
        except OrderlyError as error:
            taken.append(Taken(read.name, REFUSED, str(read.table.get("id") or ""), None, 0, error))
    counts = {outcome: sum(one.outcome == outcome for one in taken) for outcome in TAKEN_LABELS}
    record_deed(
        ctx,
        "items_imported",
        subject=f"topic:{topic}",
        data={"origin": origin, **counts},
    )
    return tuple(taken)


def _taken(ctx: Context, read: ReadItem, topic: str, origin: str, defaults: Mapping[str, Any]) -> Taken:
    item_id = str(read.table.get("id") or "")
    written = versions_of(ctx, item_id) if item_id else ()
    shape = shaped_case if read.table.get("kind") == CASE else shaped
    if not written and (not item_id or house_text(item_id) is None):
        draft = shape({**defaults, **read.table})
        version_id = insert_version(ctx, "", 1, topic, draft, DRAFT, step="imported", note=read.name, origin=origin)
        return Taken(read.name, NEW, f"own-{version_id}", version_id, len(gaps_in(draft)))
    own_topic, current, number = newest_text(item_id, written)
    if (read.table.get("kind") == CASE) != (current["kind"] == CASE):
        raise RuleViolation("A new version can't be of another kind; take the id out to make it a new question.")
    draft = shape({**defaults, **read.table}, current)
    if plain_item(draft) == plain_item(current):
        return Taken(read.name, SAME, item_id, None, 0)
    if any(one.state in OPEN_STATES for one in written):
        raise RuleViolation("There is a draft of this question already; finish or discard it first.")
    if draft["kind"] != current["kind"]:
        raise RuleViolation("A new version can't be of another kind; take the id out to make it a new question.")
    version_id = insert_version(
        ctx, item_id, number + 1, own_topic, draft, DRAFT, step="imported", note=read.name, origin=origin
    )
    return Taken(read.name, CHANGED, item_id, version_id, len(gaps_in(draft)))


def shaped_case(table: Mapping[str, Any], current: Draft | None = None) -> Draft:
    """A case from outside as a draft, with all its items; those that `current` has keep the number that they carry.

    What the table says beside the case (competency, level, positions, source) fills what its items don't say.
    Raises: RuleViolation as `shaped`.
    """
    draft = blank_case()
    _fill(draft, table, FIELDS[CASE][""], None)
    exhibits, items = table.get("exhibits") or [], table.get(ITEMS) or []
    if len(exhibits) > MOST_EXHIBITS or len(items) > MOST_PARTS:
        raise RuleViolation("A question has at most {limit} of these.", limit=MOST_PARTS)
    for exhibit in exhibits:
        made = blank_part(CASE, "exhibits")
        cells = {} if "cells" in exhibit else {"cells": [exhibit.get("columns", []), *exhibit.get("rows", [])]}
        _fill(made, {**exhibit, **cells}, FIELDS[CASE]["exhibits"], None)
        draft["exhibits"].append(made)
    known: dict[str, Draft] = {}
    if current is not None:
        draft[COUNT] = current[COUNT]
        known = {one["id"]: one for one in tables_of(current, str(table["id"]), 1)[1]}
        for number, item in zip((one[PART] for one in current[ITEMS]), known.values(), strict=True):
            item[PART] = number
    defaults = {name: table[name] for name in ("competency", "level", "positions", "source") if name in table}
    for item in items:
        own = shaped({**defaults, **item})
        before = known.pop(str(item.get("id")), None)
        if before is not None:
            own |= {PART: before[PART]}
            kept = next(one for one in (current or {})[ITEMS] if one[PART] == before[PART])
            own |= {"id": kept["id"]} if "id" in kept else {}
        draft[ITEMS].append(own)
    return keyed(draft)


def shaped(table: Mapping[str, Any], current: Draft | None = None) -> Draft:
    """A table from outside as a draft: every field that such an item has, what isn't said left empty.

    `current` gives the texts in a language that the table doesn't speak, where both have as many parts.
    Raises: RuleViolation for an unknown kind, too many parts, or a value that doesn't belong there.
    """
    kind = str(table.get("kind") or "")
    draft, table = blank_item(kind), unnested(table)
    same_kind = current is not None and current["kind"] == kind
    _fill(draft, table, FIELDS[kind][""], current if same_kind else None)
    for group in groups_of(kind):
        parts = table.get(group) or []
        if not isinstance(parts, list) or len(parts) > MOST_PARTS:
            raise RuleViolation("A question has at most {limit} of these.", limit=MOST_PARTS)
        old = current[group] if same_kind and current is not None and len(current[group]) == len(parts) else None
        draft[group] = []
        for place, part in enumerate(parts):
            made = blank_part(kind, group)
            _fill(made, part, FIELDS[kind][group], old[place] if old else None)
            made.pop("levels", None)
            made |= {name: part[name] for name in (PART, OF) if name in part}
            draft[group].append(made)
    return keyed(draft)


def _fill(target: Draft, source: Any, fields: Mapping[str, str], current: Mapping[str, Any] | None) -> None:
    if not isinstance(source, Mapping):
        raise RuleViolation("This question has no field {field}.", field=str(source)[:40])
    for name, holds in fields.items():
        if holds in (PROSE, MAYBE_PROSE):
            said = source if not name else source.get(name) or {}
            before = {} if current is None else current if not name else current.get(name) or {}
            prose = target if not name else target[name]
            for language in LANGUAGES:
                prose[language] = cleaned_text(said.get(language) or before.get(language) or "")
        elif holds != OF and source.get(name) is not None:
            target[name] = checked_value(holds, source[name])
