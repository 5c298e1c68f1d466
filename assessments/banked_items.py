"""The bank in use: the house's items, replaced and added to by what trainers wrote here and somebody approved."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assessments.bank import BANKS, Bank, Item, bank_of, item_from
from assessments.bank_rows import DECIDED, RETIRED, Version, version_of, versions_of
from assessments.case_drafts import draft_from, is_case, item_id_of, read_case
from assessments.content import read_toml
from assessments.item_drafts import ITEMS, Draft, keyed, plain_item
from assessments.prose import Prose
from core.context import Context
from core.db.assessment_tables import bank_item
from core.domain.errors import ContentError

log = logging.getLogger("orderly")

KEPT_BANKS = 32
"""How many states of banks a process keeps read, since reading hundreds of items takes longer than handing them out."""

_banks: OrderedDict[tuple[object, ...], Bank] = OrderedDict()
_lock = threading.Lock()


@cache
def topics() -> Mapping[str, Prose]:
    """The topics that have a bank, with their titles, in the order of their files."""
    found: dict[str, Prose] = {}
    for data in _tables_in(BANKS):
        head = data["bank"]
        found.setdefault(str(head["topic"]), Prose.from_data(head["title"]))
    return found


@cache
def _tables_in(folder: Path) -> tuple[Mapping[str, Any], ...]:
    return tuple(read_toml(path)[0] for path in sorted(folder.glob("*.toml")))


@cache
def house_drafts(topic: str, folder: Path = BANKS) -> Mapping[str, Draft]:
    """The house's items on a topic as its files have them, by id; nobody may change them in place."""
    found: dict[str, Draft] = {}
    for data in _tables_in(folder):
        if data["bank"]["topic"] == topic:
            found.update({item["id"]: item for item in data.get("item", [])})
    return found


def topic_of(item_id: str) -> str | None:
    """The topic of an item of the house's files; None for an item that isn't in them."""
    return next((topic for topic in topics() if item_id in house_drafts(topic)), None)


@cache
def house_cases(topic: str, folder: Path = BANKS) -> Mapping[str, Draft]:
    """The house's cases on a topic as drafts with all their items, by id; nobody may change them in place."""
    found: dict[str, Draft] = {}
    for data in _tables_in(folder):
        if data["bank"]["topic"] == topic:
            for case in data.get("case", []):
                found[case["id"]] = draft_from(case, [one for one in data["item"] if one.get("case") == case["id"]])
    return found


def house_text(item_id: str) -> tuple[str, Draft, int] | None:
    """Topic, draft and version of an item or a case of the house's files; None for what isn't in them."""
    for topic in topics():
        if item_id in house_cases(topic):
            numbers = (one.get("version", 1) for one in house_drafts(topic).values() if one.get("case") == item_id)
            return topic, keyed(house_cases(topic)[item_id]), max(map(int, numbers))
        if item_id in house_drafts(topic):
            draft = keyed(house_drafts(topic)[item_id])
            number = int(draft.pop("version", 1))
            draft.pop("id")
            return topic, draft, number
    return None


def case_of_item(ctx: Context, item_id: str) -> str:
    """The id of the case that an item belongs to, in any of its versions; empty for one that is asked alone."""
    topic = topic_of(item_id)
    if topic is not None:
        return str(house_drafts(topic)[item_id].get("case", ""))
    case_id, _, number = item_id.rpartition("-")
    if case_id and number.isdecimal():
        for version in versions_of(ctx, case_id):
            if is_case(version.draft) and any(item_id_of(case_id, one) == item_id for one in version.draft[ITEMS]):
                return case_id
    return ""


def read_draft(draft: Mapping[str, Any], item_id: str, version: int) -> Item:
    """A draft as an item, checked by the reader of the house's files.

    Raises: ContentError naming the field that is wrong.
    """
    return item_from(plain_item(draft) | {"id": item_id, "version": version})


def read_items(draft: Mapping[str, Any], item_id: str, version: int) -> tuple[Item, ...]:
    """What a draft asks: one item, or all of a case. Raises: ContentError naming what is wrong."""
    if is_case(draft):
        return read_case(draft, item_id, version)
    return (read_draft(draft, item_id, version),)


def bank_for(ctx: Context, wanted: Sequence[str], *, until: int | None = None) -> Bank:
    """The items in use on some topics, in the order of the files and then of their writing.

    `until` gives the bank as it was then, whatever was approved, retired or restored since; forms are drawn from it,
    so that they stay the same until a test is published anew. Units: epoch seconds.
    Raises: ContentError when a topic has no bank.
    """
    b = bank_item.c
    decided = select(b.id, b.state).where(b.state.in_(DECIDED), b.topic.in_(wanted)).order_by(b.id)
    if until is not None:
        decided = decided.where(b.reviewed_at <= until)
    rows = [(row.id, row.state if until is None else "") for row in ctx.db.execute(decided)]
    key = (str(ctx.db.engine.url), tuple(wanted), until, tuple(rows))
    with _lock:
        known = _banks.get(key)
    if known is not None:
        return known
    whole = select(bank_item).where(b.id.in_([row[0] for row in rows])).order_by(b.id) if rows else None
    versions = [version_of(row) for row in ctx.db.execute(whole)] if whole is not None else []
    bank = _joined(wanted, versions, until)
    with _lock:
        _banks[key] = bank
        while len(_banks) > KEPT_BANKS:
            _banks.popitem(last=False)
    return bank


def _joined(wanted: Sequence[str], versions: Sequence[Version], until: int | None) -> Bank:
    banks = [bank_of(topic) for topic in wanted]
    items = {item.id: item for bank in banks for item in bank.items}
    newest: dict[str, Version] = {}
    for version in versions:
        if version.item_id not in newest or newest[version.item_id].number < version.number:
            newest[version.item_id] = version
    for version in newest.values():
        retired = _was_retired(version, until)
        read = () if retired else _readable(version)
        if not retired and not read:
            continue  # so that what the house has stays
        if is_case(version.draft):
            items = {one.id: one for one in items.values() if one.case is None or one.case.id != version.item_id}
        elif retired:
            items.pop(version.item_id, None)
        items.update({item.id: item for item in read})
    return replace(banks[0], items=tuple(items.values()))


def _was_retired(version: Version, until: int | None) -> bool:
    """Whether a version was out of use at a moment, or is now.

    Why in doubt not: a test published within the same second has to find every item it was drawn from.
    """
    if until is None:
        return version.state == RETIRED
    turns = [
        step.kind
        for step in version.log
        if (step.kind == "retired" and step.at < until) or (step.kind == "restored" and step.at <= until)
    ]
    return turns[-1:] == ["retired"]


def _readable(version: Version) -> tuple[Item, ...]:
    """What a version asks; nothing for one that an upgrade made unreadable, as when its model is gone.

    Why: one item that can't be read must not keep everybody from every test.
    """
    try:
        return read_items(version.draft, version.item_id, version.number)
    except ContentError as error:
        log.warning("Item %s, version %s, can't be read: %s", version.item_id, version.number, error)
        return ()


def approved_items(ctx: Context, item_id: str) -> tuple[Item, ...]:
    """Every version of an item that is or was in use, newest first; none for an item that nobody knows."""
    written = versions_of(ctx, case_of_item(ctx, item_id) or item_id)
    read = [item for version in written if version.state in DECIDED for item in _readable(version)]
    found = [item for item in read if item.id == item_id]
    topic = topic_of(item_id)
    house = bank_of(topic).item(item_id) if topic is not None else None
    if house is not None and all(one.version != house.version for one in found):
        found.append(house)
    return tuple(found)
