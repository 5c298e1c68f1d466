"""Drafts of cases: a situation with all its items in one text, so that it is reviewed and kept as a whole."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from assessments.bank import Item, case_items_from
from assessments.case_models import CASE_MODELS
from assessments.item_drafts import (
    ASKED,
    CASE,
    CASE_KINDS,
    COUNT,
    FIELDS,
    ITEMS,
    MODEL_CASE,
    PART,
    Draft,
    blank_item,
    keyed,
    plain_item,
)
from assessments.questions import MOST_PARTS
from core.domain.errors import RuleViolation

OWN_KINDS = tuple(kind for kind in FIELDS if kind not in (ASKED, "generated", *CASE_KINDS))
"""The kinds of items that a case written by hand may have."""


def is_case(draft: Mapping[str, Any]) -> bool:
    """Whether a draft is that of a case."""
    return draft.get("kind") in CASE_KINDS


def blank_case(model: str = "") -> Draft:
    """A new case: one written by hand, or one of a model with all the questions that its model has.

    Raises: RuleViolation for a model that isn't there.
    """
    if not model:
        return blank_item(CASE)
    if model not in CASE_MODELS:
        raise RuleViolation("There is no model of cases called {model}.", model=model)
    items = [blank_item(ASKED) | {"ask": ask} for ask in CASE_MODELS[model].asks]
    return keyed(blank_item(MODEL_CASE) | {"model": model, ITEMS: items})


def draft_from(case: Mapping[str, Any], items: Sequence[Mapping[str, Any]]) -> Draft:
    """A case of a bank file, and its items there, as one draft."""
    own = {name: value for name, value in case.items() if name != "id"}
    own["kind"] = MODEL_CASE if "model" in case else CASE
    own[ITEMS] = [_item_draft(item) for item in items]
    return keyed(own)


def _item_draft(item: Mapping[str, Any]) -> Draft:
    kept = {name: value for name, value in item.items() if name not in ("case", "version")}
    return kept | {"kind": ASKED} if "ask" in item else kept


def tables_of(draft: Mapping[str, Any], case_id: str, version: int) -> tuple[Draft, list[Draft]]:
    """The case and its items as the tables of a bank file."""
    case = plain_item(draft) | {"id": case_id}
    items = []
    for item, table in zip(draft[ITEMS], case.pop(ITEMS), strict=True):
        kind = "generated" if table["kind"] == ASKED else table["kind"]
        items.append(table | {"id": item_id_of(case_id, item), "kind": kind, "case": case_id, "version": version})
    del case["kind"]
    return case, items


def item_id_of(case_id: str, item: Mapping[str, Any]) -> str:
    """The id of an item of a case: its own where the house gave it one, else that of the case with its number."""
    return str(item.get("id") or f"{case_id}-{item[PART]}")


def read_case(draft: Mapping[str, Any], case_id: str, version: int) -> tuple[Item, ...]:
    """The items of a draft of a case, checked by the reader of the house's files.

    Raises: ContentError naming what is wrong.
    """
    return case_items_from(*tables_of(draft, case_id, version))


def copied(draft: Draft) -> Draft:
    """The draft for a new case that begins with what another one says."""
    fresh = copy.deepcopy(draft)
    for item in fresh[ITEMS]:
        item.pop("id", None)
    return fresh


# ---- the items of a case -----------------------------------------------------------------------------------------


def within(draft: Draft, item: int, change: Callable[[Draft], Draft]) -> Draft:
    """The draft with a change of one of its items; 0 changes the draft itself.

    Raises: RuleViolation when the item isn't there any more.
    """
    if not item:
        return change(draft)
    at = draft[ITEMS].index(item_in(draft, item))
    changed = copy.deepcopy(draft)
    changed[ITEMS][at] = change(changed[ITEMS][at])
    return changed


def item_in(draft: Mapping[str, Any], number: int) -> Draft:
    """The item that carries a number. Raises: RuleViolation when it isn't there any more."""
    found = next((item for item in draft.get(ITEMS, ()) if item[PART] == number), None)
    if found is None:
        raise RuleViolation("This part was taken out in another window.")
    return dict(found)


def unasked(draft: Mapping[str, Any]) -> tuple[str, ...]:
    """The questions of a case's model that none of its items asks yet."""
    model = CASE_MODELS.get(str(draft.get("model") or ""))
    taken = {item.get("ask") for item in draft.get(ITEMS, ())}
    return tuple(ask for ask in model.asks if ask not in taken) if model is not None else ()


def with_item(draft: Draft, kind: str, ask: str = "") -> Draft:
    """The case with one more, empty item at its end; `ask` is the question of its model that the item asks.

    Raises: RuleViolation for a kind or a question that such a case doesn't have, or when there are enough.
    """
    if not is_case(draft):
        raise RuleViolation("Only a case has questions of its own.")
    if draft["kind"] == MODEL_CASE and kind != ASKED:
        raise RuleViolation(
            "What a model shows is different for everybody, so a question with a fixed key can't be asked about it."
            " Write a case by hand for such a question."
        )
    if kind not in OWN_KINDS and not (kind == ASKED and ask in unasked(draft)):
        raise RuleViolation("There is no kind of question called {kind}.", kind=ask or kind)
    if len(draft[ITEMS]) >= MOST_PARTS:
        raise RuleViolation("A case has at most {limit} questions.", limit=MOST_PARTS)
    changed = copy.deepcopy(draft)
    number = 1 + int(changed[COUNT])
    item = blank_item(kind) | {PART: number} | ({"ask": ask} if kind == ASKED else {})
    changed[ITEMS].append(item)
    changed[COUNT] = number
    return changed


def without_item(draft: Draft, number: int) -> Draft:
    """The case without one of its items."""
    gone = item_in(draft, number)
    changed = copy.deepcopy(draft)
    changed[ITEMS] = [item for item in changed[ITEMS] if item[PART] != gone[PART]]
    return changed


def with_item_moved(draft: Draft, number: int, by: int) -> Draft:
    """The case with one item moved up (-1) or down (1); at the edge it stays."""
    at = draft[ITEMS].index(item_in(draft, number))
    changed = copy.deepcopy(draft)
    items = changed[ITEMS]
    items.insert(min(max(at + by, 0), len(items) - 1), items.pop(at))
    return changed
