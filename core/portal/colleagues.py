"""Colleagues: who is behind the actors of an event log, for anybody who is signed in."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import select

from core.context import Context
from core.db.portal_tables import person

_PREFIX = "person:"


def names_behind(ctx: Context, actors: Iterable[str]) -> dict[str, str]:
    """The names of the people among the actors of a log. Shape: `person:12` → name."""
    ids = {int(actor.removeprefix(_PREFIX)) for actor in actors if actor.startswith(_PREFIX)}
    if not ids:
        return {}
    found = ctx.db.execute(select(person.c.id, person.c.name).where(person.c.id.in_(sorted(ids))))
    return {f"{_PREFIX}{row.id}": row.name for row in found}
