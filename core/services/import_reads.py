"""Past imports and what they found: the lists behind the imports page."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from core.channels.problems import Severity
from core.context import Context
from core.db.world_tables import import_batch, import_problem
from core.domain.errors import ContentError, NotFound

_SILENT_FOR_S = 120  # an import that gave no sign of life for so long was cut off


@dataclass(frozen=True, slots=True)
class PastImport:
    """One import, finished or under way. `refusal` is the error that ended it."""

    id: int
    at: int
    finished_at: int | None
    actor: str
    channel: str
    files: str
    read_bytes: int
    all_bytes: int
    imported_count: int
    unchanged_count: int
    problem_count: int
    warning_count: int
    refusal: ContentError | None
    state: str  # running | done | refused | cut_off

    @property
    def share(self) -> float:
        """How far it has come, 0..1."""
        return 1.0 if self.state == "done" else self.read_bytes / self.all_bytes if self.all_bytes else 0.0


@dataclass(frozen=True, slots=True)
class KeptProblem:
    """One problem of an import; `wanted` is a msgid with its values in `params`."""

    id: int
    severity: Severity
    file: str
    line: int | None
    column: str
    found: str
    wanted: str
    params: Mapping[str, object]
    order_number: str
    raw: str

    @property
    def wanted_text(self) -> str:
        """What was wanted, in English."""
        return self.wanted.format(**self.params)


def imports_in(ctx: Context, most: int = 50) -> list[PastImport]:
    """The latest imports, newest first.

    Raises: NotAllowed.
    """
    ctx.actor.need("imports.read")
    rows = ctx.db.execute(select(import_batch).order_by(import_batch.c.id.desc()).limit(most))
    return [_past(ctx, dict(row._mapping)) for row in rows]


def get_import(ctx: Context, batch_id: int) -> PastImport:
    """One import.

    Raises: NotAllowed, NotFound.
    """
    ctx.actor.need("imports.read")
    row = ctx.db.execute(select(import_batch).where(import_batch.c.id == batch_id)).one_or_none()
    if row is None:
        raise NotFound("There is no import {batch_id}.", batch_id=batch_id)
    return _past(ctx, dict(row._mapping))


def _past(ctx: Context, row: dict[str, Any]) -> PastImport:
    seen_at, said = row.pop("seen_at"), row.pop("refusal")
    refusal = None
    if said:
        kept = json.loads(said)
        refusal = ContentError(kept["template"], file=kept["file"], line=kept["line"], **kept["params"])
    if refusal is not None:
        state = "refused"
    elif row["finished_at"] is not None:
        state = "done"
    else:
        state = "running" if ctx.now - seen_at < _SILENT_FOR_S else "cut_off"
    return PastImport(**row, refusal=refusal, state=state)


def problems_in(
    ctx: Context, batch_id: int, *, severity: Severity | None = None, skip: int = 0, most: int = 500
) -> list[KeptProblem]:
    """An import's problems by file and line, without the first `skip`.

    Raises: NotAllowed.
    """
    ctx.actor.need("imports.read")
    p = import_problem.c
    query = select(import_problem).where(p.batch_id == batch_id).order_by(p.file, p.line, p.id)
    query = query.offset(skip).limit(most)
    if severity is not None:
        query = query.where(p.severity == severity.value)
    return [_problem(dict(row._mapping)) for row in ctx.db.execute(query)]


def _problem(row: dict[str, Any]) -> KeptProblem:
    row.pop("batch_id")
    row["severity"] = Severity(row["severity"])
    row["params"] = json.loads(row["params"])
    return KeptProblem(**row)


def problem_counts(ctx: Context, batch_id: int) -> dict[str, int]:
    """How many problems of each kind an import has: msgid → count, the most frequent first.

    Raises: NotAllowed.
    """
    ctx.actor.need("imports.read")
    p = import_problem.c
    n = func.count().label("n")
    query = select(p.wanted, n).where(p.batch_id == batch_id).group_by(p.wanted).order_by(n.desc(), p.wanted)
    return {wanted: int(count) for wanted, count in ctx.db.execute(query)}
