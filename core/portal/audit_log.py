"""Reading the audit log: the newest rows, filtered, and whether its chain of hashes still holds."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from core.context import Context
from core.db.portal_tables import audit
from core.security.audit import ChainReport, verify_chain


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One thing that happened in the portal."""

    id: int
    at: int
    actor: str
    kind: str
    subject: str
    data: dict[str, Any]


def audit_rows_in(
    ctx: Context, *, kinds: tuple[str, ...] = (), who: str = "", since_at: int = 0, limit: int = 500
) -> list[AuditRow]:
    """The newest rows first. `who` is a part of the actor's name. Raises: NotAllowed without `audit.read`."""
    ctx.actor.need("audit.read")
    query = select(audit).where(audit.c.at >= since_at).order_by(audit.c.id.desc()).limit(limit)
    if kinds:
        query = query.where(audit.c.kind.in_(kinds))
    if who:
        query = query.where(audit.c.actor.icontains(who, autoescape=True))
    return [
        AuditRow(row.id, row.at, row.actor, row.kind, row.subject, json.loads(row.data))
        for row in ctx.db.execute(query)
    ]


def audit_kinds_in(ctx: Context) -> list[str]:
    """The kinds of rows there are. Raises: NotAllowed without `audit.read`."""
    ctx.actor.need("audit.read")
    return list(ctx.db.execute(select(audit.c.kind).distinct().order_by(audit.c.kind)).scalars())


def check_audit(ctx: Context) -> ChainReport:
    """Reads the whole log and says whether anything was changed. Raises: NotAllowed without `audit.read`."""
    ctx.actor.need("audit.read")
    return verify_chain(ctx.db)
