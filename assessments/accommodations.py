"""Accommodations: more time or larger text for people who need it to show what they know; granted with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, select, text

from core.context import Context
from core.db.assessment_tables import accommodation
from core.db.portal_tables import person
from core.domain.errors import NotFound, RuleViolation
from core.domain.rights import Role, rights_of
from core.security.audit import record_deed

MOST_EXTRA_TIME = 2.0
"""Three times as long altogether; whoever needs more needs no clock."""

LONGEST_REASON = 500

TAKERS = tuple(role for role in Role if "tests.take" in rights_of(role, None))
"""Whoever may take tests; trainers try them out and may need more time for it, too."""

_a, _p = accommodation.c, person.c
_GRANT = text(
    "INSERT INTO accommodation (person_id, extra_time_rate, larger_text, reason, granted_by, at)"
    " VALUES (:person_id, :extra_time_rate, :larger_text, :reason, :granted_by, :at)"
    " ON CONFLICT (person_id) DO UPDATE SET extra_time_rate = excluded.extra_time_rate,"
    " larger_text = excluded.larger_text, reason = excluded.reason, granted_by = excluded.granted_by,"
    " at = excluded.at"
)


@dataclass(frozen=True, slots=True)
class Granted:
    """What somebody who takes tests has been granted. Units: `extra_time_rate` in shares of the time limit."""

    person_id: int
    name: str
    team: str
    extra_time_rate: float
    larger_text: bool
    reason: str
    granted_by: str
    at: int | None

    @property
    def anything(self) -> bool:
        """Whether anything is granted at all."""
        return self.at is not None


def accommodations(ctx: Context) -> tuple[Granted, ...]:
    """Everybody who takes tests, with what they were granted; by team and name.

    Raises: NotAllowed without `tests.design`, since a reason may tell of somebody's health.
    """
    ctx.actor.need("tests.design")
    granter = person.alias("granter")
    rows = ctx.db.execute(
        select(
            _p.id, _p.name, _p.team, _a.extra_time_rate, _a.larger_text, _a.reason, _a.at, granter.c.name.label("by")
        )
        .join(accommodation, _a.person_id == _p.id, isouter=True)
        .join(granter, granter.c.id == _a.granted_by, isouter=True)
        .where(_p.role.in_(TAKERS), _p.disabled_at.is_(None))
        .order_by(_p.team, _p.name)
    )
    return tuple(
        Granted(
            person_id=row.id,
            name=row.name,
            team=row.team,
            extra_time_rate=row.extra_time_rate or 0.0,
            larger_text=bool(row.larger_text),
            reason=row.reason or "",
            granted_by=row.by or "",
            at=row.at,
        )
        for row in rows
    )


def grant_accommodation(
    ctx: Context, person_id: int, *, extra_time_rate: float, larger_text: bool, reason: str
) -> None:
    """Grants somebody more time, larger text or both, in place of what they were granted before.

    The extra time counts from their next try on; nothing granted at all takes back what was.
    Raises: NotAllowed; NotFound; RuleViolation when too much time is granted, something without a reason, or to
    oneself.
    """
    ctx.actor.need("tests.design")
    known = ctx.db.execute(select(_p.id).where(_p.id == person_id, _p.role.in_(TAKERS))).one_or_none()
    if known is None:
        raise NotFound("There is nobody of this number who takes tests.")
    if person_id == ctx.actor.person_id:
        raise RuleViolation("Nobody grants anything to themselves. Ask another trainer.")
    reason = reason.strip()
    anything = extra_time_rate > 0 or larger_text
    if not 0 <= extra_time_rate <= MOST_EXTRA_TIME:
        raise RuleViolation("Extra time lies between 0% and {most}% of the limit.", most=round(100 * MOST_EXTRA_TIME))
    if anything and not reason:
        raise RuleViolation("Say why it is granted; the reason is kept with it.")
    if len(reason) > LONGEST_REASON:
        raise RuleViolation("A reason may be at most {limit} characters long.", limit=LONGEST_REASON)
    if anything:
        row = {
            "person_id": person_id,
            "extra_time_rate": extra_time_rate,
            "larger_text": larger_text,
            "reason": reason,
            "granted_by": ctx.actor.person_id,
            "at": ctx.now,
        }
        ctx.db.execute(_GRANT, row)
    else:
        ctx.db.execute(delete(accommodation).where(_a.person_id == person_id))
    # Without the reason: it may tell of somebody's health, and the audit log has other readers.
    record_deed(
        ctx,
        "accommodation_granted" if anything else "accommodation_withdrawn",
        subject=f"person:{person_id}",
        data={"extra_time_rate": extra_time_rate, "larger_text": larger_text},
    )
