"""Rows of the item bank: versions of items that were written or changed here, as they are stored."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from assessments.handout import dumped
from assessments.item_drafts import Draft, keyed
from core.context import Context
from core.db.assessment_tables import bank_item
from core.domain.errors import NotFound, RuleViolation

DRAFT, REVIEW, SENT_BACK, APPROVED, RETIRED, DISCARDED = (
    "draft",
    "review",
    "sent_back",
    "approved",
    "retired",
    "discarded",
)
OPEN_STATES = (DRAFT, REVIEW, SENT_BACK)
"""States of a version that isn't decided yet; an item has at most one such version."""
WRITABLE = (DRAFT, SENT_BACK)
DECIDED = (APPROVED, RETIRED)
"""States of a version that is or was in use; its text never changes again."""
HOUSE = "house"
"""The state of an item of the house's own files that nobody has changed."""

STATE_LABELS: Mapping[str, str] = {
    HOUSE: "In use",
    DRAFT: "Draft",
    REVIEW: "Waiting for review",
    SENT_BACK: "Sent back",
    APPROVED: "In use",
    RETIRED: "Retired",
    DISCARDED: "Discarded",
}

STEP_LABELS: Mapping[str, str] = {
    "begun": "Begun",
    "imported": "Imported",
    "changed": "Changed",
    "sent": "Sent to review",
    "taken_back": "Taken back from review",
    "sent_back": "Sent back",
    "approved": "Approved",
    "retired": "Retired",
    "restored": "Put back into use",
    "discarded": "Discarded",
    "recovered": "Recovered",
}


@dataclass(frozen=True, slots=True)
class LogStep:
    """One thing that happened to a version: what, when, by whom, and what they said about it."""

    kind: str
    at: int
    by: int
    name: str
    note: str


@dataclass(frozen=True, slots=True)
class Version:
    """One version of an item.

    Shape: `writers` are all who changed it, none of whom may review it; `origin` says where an import came from;
    `mark` changes with every change of the text, so that what is approved is what was read; `undo` is the text before
    a part was taken out, as long as nothing else was changed since.
    """

    id: int
    item_id: str
    number: int
    topic: str
    state: str
    draft: Draft
    author_id: int
    at: int
    writers: tuple[int, ...]
    reviewer_id: int | None
    reviewed_at: int | None
    note: str
    origin: str
    log: tuple[LogStep, ...]
    undo: Draft | None = None

    @property
    def mark(self) -> str:
        """A short sign of the text as it is."""
        return mark_of(self.draft)

    @property
    def is_writable(self) -> bool:
        """Whether its text may still change."""
        return self.state in WRITABLE


def mark_of(draft: Mapping[str, Any]) -> str:
    """A short sign that differs for different texts."""
    return f"{zlib.crc32(json.dumps(draft, sort_keys=True).encode()):08x}"


def version_of(row: Row[Any]) -> Version:
    """A version as it was stored."""
    data = json.loads(row.data)
    return Version(
        id=row.id,
        item_id=row.item_id,
        number=row.version,
        topic=row.topic,
        state=row.state,
        draft=keyed(data["item"]),
        author_id=row.author_id,
        at=row.at,
        writers=tuple(data["writers"]),
        reviewer_id=row.reviewer_id,
        reviewed_at=row.reviewed_at,
        note=row.note,
        origin=data.get("origin", ""),
        log=tuple(LogStep(**step) for step in data["log"]),
        undo=data.get("undo"),
    )


def find_version(ctx: Context, version_id: int, *, lock: bool = False) -> Version:
    """One version; `lock` keeps others from changing it until the transaction ends. Raises: NotFound."""
    query = select(bank_item).where(bank_item.c.id == version_id)
    row = ctx.db.execute(query.with_for_update() if lock else query).one_or_none()
    if row is None:
        raise NotFound("There is no such version of a question.")
    return version_of(row)


def versions_of(ctx: Context, item_id: str) -> tuple[Version, ...]:
    """All versions of an item that were written here, newest first; none for an id that no item can have.

    Why looked at first: addresses and files name items, and PostgreSQL takes no NUL, not even to look for it.
    """
    if not item_id.isprintable():
        return ()
    query = select(bank_item).where(bank_item.c.item_id == item_id).order_by(bank_item.c.version.desc())
    return tuple(version_of(row) for row in ctx.db.execute(query))


def insert_version(
    ctx: Context,
    item_id: str,
    number: int,
    topic: str,
    draft: Draft,
    state: str,
    *,
    step: str,
    note: str = "",
    origin: str = "",
) -> int:
    """Writes a version down and gives its row's id; the actor is its author.

    `item_id` empty: the item is new and is named after its row.
    Raises: RuleViolation when the item has a version of this number by now.
    """
    author = person_id(ctx)
    data = {
        "item": draft,
        "writers": [author],
        "log": [_step(ctx, step, note)],
        "origin": origin,
    }
    row = {
        "item_id": item_id or uuid.uuid4().hex,
        "version": number,
        "topic": topic,
        "state": state,
        "data": dumped(data),
        "author_id": author,
        "at": ctx.now,
        **_columns(draft),
    }
    try:
        with ctx.db.begin_nested():
            made = ctx.db.execute(insert(bank_item).values(**row)).inserted_primary_key
    except IntegrityError as error:  # on PostgreSQL, where somebody else's transaction was a moment faster
        raise RuleViolation("Somebody else has begun this version just now. Reload the page.") from error
    assert made is not None
    if not item_id:
        named = update(bank_item).where(bank_item.c.id == made[0]).values(item_id=f"own-{made[0]}")
        ctx.db.execute(named)
    return int(made[0])


def update_version(
    ctx: Context,
    version: Version,
    *,
    state: str,
    step: str,
    note: str = "",
    draft: Draft | None = None,
    undo: Draft | None = None,
    **columns: Any,
) -> None:
    """Writes a version's next state down, with a step of its log; a run of changes by one person is one step."""
    text = version.draft if draft is None else draft
    writers = list(version.writers)
    if draft is not None and person_id(ctx) not in writers:
        writers.append(person_id(ctx))
    log = [_as_data(one) for one in version.log]
    if step == "changed" and log[-1]["kind"] in ("changed", "begun") and log[-1]["by"] == person_id(ctx):
        log[-1]["at"] = ctx.now
    else:
        log.append(_step(ctx, step, note))
    data: dict[str, Any] = {"item": text, "writers": writers, "log": log, "origin": version.origin}
    if undo is not None:
        data["undo"] = undo
    changed = {"state": state, "data": dumped(data), "at": ctx.now, **_columns(text), **columns}
    if step != "changed":
        changed["note"] = note
    ctx.db.execute(update(bank_item).where(bank_item.c.id == version.id).values(**changed))


def _columns(draft: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(draft.get(name) or "") for name in ("kind", "competency", "level")}


def _step(ctx: Context, kind: str, note: str) -> dict[str, Any]:
    return {"kind": kind, "at": ctx.now, "by": person_id(ctx), "name": ctx.actor.name, "note": note}


def _as_data(step: LogStep) -> dict[str, Any]:
    return {"kind": step.kind, "at": step.at, "by": step.by, "name": step.name, "note": step.note}


def person_id(ctx: Context) -> int:
    """Who asks, as the bank keeps them."""
    assert ctx.actor.person_id is not None
    return ctx.actor.person_id
