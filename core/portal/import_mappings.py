"""Column mappings that people keep, so that the next file of the same kind needs no choosing."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select

from core.context import Context
from core.db.portal_tables import import_mapping
from core.domain.errors import NotFound, RuleViolation

_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True)
class KeptMapping:
    """A mapping under its name; `mapping` is its JSON text."""

    id: int
    name: str
    mapping: str
    saved_at: int


def mappings_in(ctx: Context) -> list[KeptMapping]:
    """Every kept mapping by name.

    Raises: NotAllowed.
    """
    ctx.actor.need("imports.run")
    m = import_mapping.c
    rows = ctx.db.execute(select(m.id, m.name, m.mapping, m.saved_at).order_by(m.name))
    return [KeptMapping(*row) for row in rows]


def save_mapping(ctx: Context, name: str, mapping: str) -> int:
    """Keeps a mapping; one of the same name is replaced. Gives its id.

    Raises: NotAllowed, RuleViolation without a fitting name.
    """
    ctx.actor.need("imports.run")
    name = (name or "").strip()
    if not name or len(name) > _LONGEST_NAME:
        raise RuleViolation("A mapping needs a name of 1 to {most} characters.", most=_LONGEST_NAME)
    assert ctx.actor.person_id is not None
    values = {"mapping": mapping, "person_id": ctx.actor.person_id, "saved_at": ctx.now}
    m = import_mapping.c
    known = ctx.db.execute(select(m.id).where(m.name == name)).scalar_one_or_none()
    if known is not None:
        ctx.db.execute(import_mapping.update().where(m.id == known).values(values))
        return int(known)
    key = ctx.db.execute(import_mapping.insert().values(name=name, **values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def delete_mapping(ctx: Context, mapping_id: int) -> None:
    """Forgets a mapping.

    Raises: NotAllowed, NotFound.
    """
    ctx.actor.need("imports.run")
    if ctx.db.execute(delete(import_mapping).where(import_mapping.c.id == mapping_id)).rowcount != 1:
        raise NotFound("This mapping isn't here any more.")
