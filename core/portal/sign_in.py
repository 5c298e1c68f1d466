"""Coming in and going out: passwords, one-time links, the demo's doors, and the first administrator."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Connection, func, insert, select, update

from core.db.portal_tables import audit, invite, person
from core.domain.errors import RuleViolation
from core.domain.rights import Role
from core.portal.people import clean_line, clean_login
from core.security import throttle
from core.security.audit import record_audit, stored_text
from core.security.passwords import check_password_strength, hash_password, needs_rehash, verify_password
from core.security.policy import sign_in_policy
from core.security.sessions import end_session, end_sessions_of, open_session
from core.security.tokens import new_token, token_hash


@dataclass(frozen=True, slots=True)
class Visitor:
    """Where somebody who wants to come in comes from."""

    address: str
    user_agent: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What an attempt to sign in found before the password is looked at: whom it names and their hash."""

    person_id: int | None
    name: str
    stored: str | None
    wait_seconds: int = 0


@dataclass(frozen=True, slots=True)
class OneTimeLink:
    """A link that still works: for whom it is, or that it makes the first administrator."""

    kind: str
    person_id: int | None
    login: str
    name: str


def claim(db: Connection, login: str, now: int, visitor: Visitor) -> Claim:
    """First half of signing in, in a transaction of its own: counts the attempt and finds the person.

    Why: the slow hash must not be computed while the database is locked, and the attempt must be counted
    before the answer is known.
    """
    wait = throttle.admit(db, throttle.keys_of(login, visitor.address), now)
    if wait:
        if not _said_lately(db, login, now):
            _audit(db, now, "sign_in_throttled", None, login, visitor, wait_seconds=wait)
        return Claim(None, login, None, wait)
    try:
        cleaned = clean_login(login)
    except RuleViolation:
        return Claim(None, login, None)
    found = select(person.c.id, person.c.name, person.c.password_hash)
    row = db.execute(found.where(person.c.login == cleaned, person.c.active.is_(True))).one_or_none()
    return Claim(row.id, row.name, row.password_hash) if row else Claim(None, login, None)


def fits(claimed: Claim, password: str) -> bool:
    """The slow part, without a database: whether the password is the claimed person's."""
    return verify_password(claimed.stored, password[: sign_in_policy().longest_password + 1])


def admit(db: Connection, claimed: Claim, login: str, password: str, now: int, visitor: Visitor) -> str | None:
    """Second half of signing in with a password that fits; returns the cookie's token.

    None when the person was disabled or got another password in between.
    """
    row = db.execute(
        select(person.c.password_hash).where(
            person.c.id == claimed.person_id,
            person.c.active.is_(True),
            person.c.password_hash == claimed.stored,
        )
    ).one_or_none()
    if row is None or claimed.person_id is None:
        return None
    if needs_rehash(row.password_hash):
        db.execute(update(person).where(person.c.id == claimed.person_id).values(password_hash=hash_password(password)))
    throttle.forgive(db, throttle.keys_of(login, visitor.address))
    return _enter(db, claimed.person_id, claimed.name, now, visitor, "password")


def refuse(db: Connection, login: str, now: int, visitor: Visitor) -> None:
    """Notes an attempt that failed."""
    _audit(db, now, "sign_in_failed", None, login, visitor)


def change_password(
    db: Connection, claimed: Claim, login: str, session_id: str, password_hash: str, now: int, visitor: Visitor
) -> int:
    """Gives a person who proved their password a new one; other sessions end, and it says how many.

    `claimed` is what `claim` found, after `fits` said yes. Raises: RuleViolation when somebody else was quicker.
    """
    p = person.c
    same = p.id == claimed.person_id, p.active.is_(True), p.password_hash == claimed.stored
    changed = db.execute(update(person).where(*same).values(password_hash=password_hash))
    if changed.rowcount != 1 or claimed.person_id is None:
        raise RuleViolation("The password was changed elsewhere in the meantime. Sign in again.")
    throttle.forgive(db, throttle.keys_of(login, visitor.address))
    ended = end_sessions_of(db, claimed.person_id, now, but=session_id)
    _audit(db, now, "password_changed", claimed.person_id, claimed.name, visitor, sessions_ended=ended)
    return ended


def demo_people_in(db: Connection) -> list[tuple[str, str, str, str | None]]:
    """Whom the demo lets you be. Shape: (login, name, role, position)."""
    columns = person.c.login, person.c.name, person.c.role, person.c.position
    rows = db.execute(select(*columns).where(person.c.demo.is_(True), person.c.active.is_(True)).order_by(person.c.id))
    return [tuple(row) for row in rows]


def enter_demo(db: Connection, login: str, now: int, visitor: Visitor) -> str | None:
    """Signs in as a demo person, without a password; None when there is no such demo person."""
    row = db.execute(
        select(person.c.id, person.c.name).where(
            person.c.login == login, person.c.demo.is_(True), person.c.active.is_(True)
        )
    ).one_or_none()
    return _enter(db, row.id, row.name, now, visitor, "demo") if row else None


def sign_out(db: Connection, session_id: str, person_id: int, name: str, now: int, visitor: Visitor) -> None:
    """Ends one session."""
    if end_session(db, session_id, now):
        _audit(db, now, "signed_out", person_id, name, visitor)


def first_administrator_link(db: Connection, now: int) -> str | None:
    """The one-time link's secret while nobody can administer yet; None once somebody can.

    A link from an earlier start stops working, since only its hash was kept and nobody can print it again.
    """
    administrators = select(func.count()).where(
        person.c.role == Role.ADMINISTRATOR, person.c.active.is_(True), person.c.password_hash.is_not(None)
    )
    if db.execute(administrators).scalar_one():
        return None
    db.execute(update(invite).where(invite.c.kind == "administrator", invite.c.used_at.is_(None)).values(used_at=now))
    token = new_token()
    expires_at = now + sign_in_policy().administrator_invite
    row = {"kind": "administrator", "created_at": now, "expires_at": expires_at}
    db.execute(insert(invite).values(token_hash=token_hash(token), **row))
    _audit(db, now, "administrator_link_made", None, "server", Visitor("", ""), expires_at=expires_at)
    return token


def find_link(db: Connection, token: str, now: int) -> OneTimeLink | None:
    """What a one-time link stands for, while it works."""
    row = db.execute(
        select(invite.c.kind, invite.c.person_id, person.c.login, person.c.name)
        .join_from(invite, person, invite.c.person_id == person.c.id, isouter=True)
        .where(
            invite.c.token_hash == token_hash(token),
            invite.c.used_at.is_(None),
            invite.c.expires_at > now,
            (invite.c.person_id.is_(None)) | (person.c.active.is_(True)),
        )
    ).one_or_none()
    return OneTimeLink(row.kind, row.person_id, row.login or "", row.name or "") if row else None


def redeem_link(
    db: Connection,
    token: str,
    *,
    login: str,
    name: str,
    password: str,
    password_hash: str,
    now: int,
    visitor: Visitor,
) -> str:
    """Uses a one-time link up: sets the password (and makes the first administrator), and signs in.

    Raises: RuleViolation when the link no longer works, or the name or password won't do.
    """
    link = find_link(db, token, now)
    used = update(invite).where(invite.c.token_hash == token_hash(token), invite.c.used_at.is_(None))
    if link is None or db.execute(used.values(used_at=now)).rowcount != 1:
        raise RuleViolation("This link has been used or has expired. Ask for a new one.")
    if link.kind == "administrator":
        person_id, name = _first_administrator(db, login, name, password, password_hash, now, visitor)
    else:
        assert link.person_id is not None
        person_id, name = link.person_id, link.name
        check_password_strength(password, link.login, link.name)
        db.execute(update(person).where(person.c.id == person_id).values(password_hash=password_hash))
        end_sessions_of(db, person_id, now)
        _audit(db, now, "password_chosen", person_id, name, visitor)
    return _enter(db, person_id, name, now, visitor, "link")


def _said_lately(db: Connection, login: str, now: int) -> bool:
    """Whether the log says already that this name is held back; a flood of attempts must not fill it."""
    said = select(audit.c.id).where(
        audit.c.at > now - sign_in_policy().longest_wait,
        audit.c.kind == "sign_in_throttled",
        audit.c.actor == stored_text(login),
    )
    return db.execute(said.limit(1)).first() is not None


def _first_administrator(
    db: Connection, login: str, name: str, password: str, password_hash: str, now: int, visitor: Visitor
) -> tuple[int, str]:
    login, name = clean_login(login), clean_line(name) or clean_login(login)
    check_password_strength(password, login, name)
    if db.execute(select(person.c.id).where(person.c.login == login)).first():
        raise RuleViolation("The sign-in name {login} is taken.", login=login)
    values = {"login": login, "name": name, "role": str(Role.ADMINISTRATOR), "password_hash": password_hash}
    row = insert(person).values(created_at=now, **values).returning(person.c.id)
    person_id = db.execute(row).scalar_one()
    _audit(db, now, "administrator_made", person_id, name, visitor, login=login)
    return person_id, name


def _enter(db: Connection, person_id: int, name: str, now: int, visitor: Visitor, how: str) -> str:
    token = open_session(db, person_id, now, address=visitor.address, user_agent=visitor.user_agent)
    _audit(db, now, "signed_in", person_id, name, visitor, how=how)
    return token


def _audit(
    db: Connection, now: int, kind: str, person_id: int | None, name: str, visitor: Visitor, **data: object
) -> None:
    subject = f"person:{person_id}" if person_id is not None else ""
    record_audit(
        db,
        now,
        kind,
        actor_id=person_id,
        actor=name,
        subject=subject,
        data={"address": visitor.address, **data},
    )
