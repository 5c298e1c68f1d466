"""The audit log: every sign-in, change of people and refusal, each row sealed with the hash of the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, insert, select, text

from core.context import Context
from core.db.portal_tables import audit

FIRST_HASH = "0" * 64
_LOCK = 4_207_113  # the number PostgreSQL's advisory lock of the chain goes by


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What checking the chain found: how many rows were read, and the first row that doesn't fit, if any."""

    rows_count: int
    broken_id: int | None
    head_hash: str


def record_audit(
    db: Connection,
    now: int,
    kind: str,
    *,
    actor_id: int | None,
    actor: str,
    subject: str = "",
    data: Mapping[str, object] | None = None,
) -> int:
    """Writes one row at the end of the chain and returns its id; it stands or falls with the transaction."""
    if db.dialect.name == "postgresql":  # on SQLite the writing transaction is alone already
        db.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
    last = select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)
    previous = db.execute(last).scalar_one_or_none() or FIRST_HASH
    body = json.dumps(dict(data or {}), ensure_ascii=False, sort_keys=True, default=str)
    row = {
        "at": now,
        "actor_id": actor_id,
        "actor": stored_text(actor),
        "kind": kind,
        "subject": stored_text(subject),
        "data": body,
    }
    sealed = insert(audit).values(**row, previous_hash=previous, hash=_seal(previous, row)).returning(audit.c.id)
    return db.execute(sealed).scalar_one()


def record_deed(ctx: Context, kind: str, subject: str = "", data: Mapping[str, object] | None = None) -> int:
    """Writes what the actor of a command has done at the end of the chain; see `record_audit`."""
    who = ctx.actor
    return record_audit(ctx.db, ctx.now, kind, actor_id=who.person_id, actor=who.name, subject=subject, data=data)


def verify_chain(db: Connection) -> ChainReport:
    """Reads the whole log and says whether any row was changed, removed from the middle or slipped in."""
    previous, count = FIRST_HASH, 0
    rows = db.execute(select(audit).order_by(audit.c.id).execution_options(yield_per=1000))
    for row in rows.mappings():
        content = {name: row[name] for name in ("at", "actor_id", "actor", "kind", "subject", "data")}
        if row["previous_hash"] != previous or row["hash"] != _seal(previous, content):
            rows.close()
            return ChainReport(count, row["id"], previous)
        previous, count = row["hash"], count + 1
    return ChainReport(count, None, previous)


def _seal(previous: str, row: Mapping[str, object]) -> str:
    content = json.dumps([previous, *(row[name] for name in sorted(row))], ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(content.encode()).hexdigest()


def stored_text(value: str) -> str:
    """Text that every database can store and hash: without NUL and lone surrogates."""
    return value.encode("utf-8", "replace").decode().replace("\x00", "�")[:500]
