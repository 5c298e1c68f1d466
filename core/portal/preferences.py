"""What a person likes: language, theme, and whatever a page wants to remember for them."""

from __future__ import annotations

from sqlalchemy import delete, insert, select

from core.context import Context
from core.db.portal_tables import preference
from core.domain.errors import RuleViolation

CHOICES = {"language": ("en", "zh", "auto"), "theme": ("light", "dark", "auto")}


def preferences_of(ctx: Context) -> dict[str, str]:
    """The signed-in person's own preferences. Shape: key → value."""
    rows = ctx.db.execute(
        select(preference.c.key, preference.c.value).where(preference.c.person_id == ctx.actor.person_id)
    )
    return {row.key: row.value for row in rows}


def set_preference(ctx: Context, key: str, value: str) -> None:
    """Remembers one preference of the signed-in person.

    Raises: RuleViolation for a language or theme that doesn't exist, or a value that is far too long.
    """
    if (key in CHOICES and value not in CHOICES[key]) or not 0 < len(key) <= 60 or len(value) > 4000:
        raise RuleViolation("{value} can't be chosen here.", value=value[:40])
    mine = preference.c.person_id == ctx.actor.person_id
    ctx.db.execute(delete(preference).where(mine, preference.c.key == key))
    ctx.db.execute(insert(preference).values(person_id=ctx.actor.person_id, key=key, value=value))
