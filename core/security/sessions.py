"""Sessions: who is signed in, from where, since when and until when."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, insert, select, update

from core.db.portal_tables import person, session
from core.security.policy import sign_in_policy
from core.security.tokens import new_token, token_hash

TOUCH_EVERY = 60  # seconds between two writes of "seen"; finer would only cost


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A session that stands, with the person it belongs to."""

    id: str  # the token's hash
    person_id: int
    login: str
    name: str
    role: str
    position: str | None
    team: str
    demo: bool
    created_at: int
    seen_at: int
    expires_at: int


def open_session(db: Connection, person_id: int, now: int, *, address: str, user_agent: str) -> str:
    """Signs a person in and returns the token for the cookie; only its hash is kept."""
    token = new_token()
    db.execute(
        insert(session).values(
            token_hash=token_hash(token),
            person_id=person_id,
            created_at=now,
            seen_at=now,
            expires_at=now + sign_in_policy().absolute,
            address=address[:100],
            user_agent=user_agent[:300],
        )
    )
    return token


# Built once: every run of every page asks it, and building it takes longer than the database needs to answer.
_STANDING = (
    select(
        session.c.token_hash.label("id"),
        session.c.person_id,
        person.c.login,
        person.c.name,
        person.c.role,
        person.c.position,
        person.c.team,
        person.c.demo,
        session.c.created_at,
        session.c.seen_at,
        session.c.expires_at,
    )
    .join_from(session, person, session.c.person_id == person.c.id)
    .where(
        session.c.token_hash == bindparam("session"),
        session.c.ended_at.is_(None),
        session.c.expires_at > bindparam("now"),
        session.c.seen_at > bindparam("idle_since"),
        person.c.active.is_(True),
    )
)


def find_session(db: Connection, session_id: str, now: int) -> SignedIn | None:
    """The session with this id if it still stands: not ended, not expired, not idle, the person not disabled."""
    values = {"session": session_id, "now": now, "idle_since": now - sign_in_policy().idle}
    row = db.execute(_STANDING, values).one_or_none()
    return SignedIn(**row._mapping) if row else None


def touch_session(db: Connection, session_id: str, now: int) -> None:
    """Notes that the person did something, which puts off the idle end; never brings back an ended session."""
    db.execute(
        update(session)
        .where(
            session.c.token_hash == session_id,
            session.c.ended_at.is_(None),
            session.c.seen_at > now - sign_in_policy().idle,
            session.c.seen_at < now,
        )
        .values(seen_at=now)
    )


def end_session(db: Connection, session_id: str, now: int) -> bool:
    """Signs a session out; says whether it still stood."""
    done = db.execute(
        update(session).where(session.c.token_hash == session_id, session.c.ended_at.is_(None)).values(ended_at=now)
    )
    return done.rowcount > 0


def end_sessions_of(db: Connection, person_id: int, now: int, *, but: str = "") -> int:
    """Signs a person out everywhere, except from the session `but`, and says how many sessions that ended."""
    s = session.c
    standing = s.person_id == person_id, s.ended_at.is_(None), s.token_hash != but
    return db.execute(update(session).where(*standing).values(ended_at=now)).rowcount


def open_sessions_count(db: Connection, now: int) -> dict[int, int]:
    """How many sessions stand per person. Shape: person id → count."""
    rows = db.execute(
        select(session.c.person_id, func.count())
        .where(
            session.c.ended_at.is_(None),
            session.c.expires_at > now,
            session.c.seen_at > now - sign_in_policy().idle,
        )
        .group_by(session.c.person_id)
    )
    return {row[0]: row[1] for row in rows}
