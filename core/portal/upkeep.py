"""Throwing away what has served its time: old sessions, counts of wrong passwords, used links and form keys."""

from __future__ import annotations

from sqlalchemy import Connection, delete, or_

from core.db.portal_tables import invite, portal_command_key, session, throttle
from core.security.policy import sign_in_policy

KEEP_DAYS = 30  # how long ended sessions, used links and keys of forms are kept


def tidy_portal(db: Connection, now: int) -> int:
    """Deletes what nobody can use any more and returns how many rows went; the audit log is never touched."""
    policy, old = sign_in_policy(), now - KEEP_DAYS * 86_400
    gone = 0
    for statement in (
        delete(session).where(or_(session.c.expires_at < old, session.c.ended_at < old)),
        delete(throttle).where(throttle.c.last_at < now - policy.forget, throttle.c.blocked_until_at < now),
        delete(invite).where(or_(invite.c.expires_at < old, invite.c.used_at < old)),
        delete(portal_command_key).where(portal_command_key.c.at < old),
    ):
        gone += db.execute(statement).rowcount
    return gone
