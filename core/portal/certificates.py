"""Certificates: what a person has passed, under a code that anybody who is shown it can check."""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from sqlalchemy import Connection, Row, select, text, update

from core.context import Context
from core.db.assessment_tables import certificate
from core.domain.errors import NotFound, RuleViolation
from core.security.audit import record_deed

# No 0, 1, I, L, O, U: a code is read out over the telephone.
_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
_LETTERS = 16  # of 30: 78 bits, more than anybody can try

_c = certificate.c
_INSERT = text(
    "INSERT INTO certificate (code, attempt_id, person_id, name, test, title_en, title_zh, score, pass_rate, issued_at)"
    " VALUES (:code, :attempt_id, :person_id, :name, :test, :title_en, :title_zh, :score, :pass_rate, :issued_at)"
    " ON CONFLICT (attempt_id) DO NOTHING"
)


@dataclass(frozen=True, slots=True)
class Certificate:
    """A test passed by a person. Units: score and pass_rate 0..1 of the marks."""

    id: int
    code: str
    attempt_id: int
    person_id: int
    name: str
    test: str
    title_en: str
    title_zh: str
    score: float
    pass_rate: float
    issued_at: int
    revoked_at: int | None
    revoked_reason: str


@dataclass(frozen=True, slots=True)
class Passed:
    """What a certificate is about to say. Units: score and pass_rate 0..1 of the marks."""

    attempt_id: int
    person_id: int
    name: str
    test: str
    title_en: str
    title_zh: str
    score: float
    pass_rate: float


def write_certificate(ctx: Context, passed: Passed) -> Certificate:
    """Keeps a certificate under a new code; an attempt has one, and asking again gives the same.

    Whoever calls has made sure that the test was passed. Raises: NotAllowed for another's without `attempts.mark`.
    """
    if passed.person_id != ctx.actor.person_id:
        ctx.actor.need("attempts.mark")
    existing = certificate_of_attempt(ctx.db, passed.attempt_id)
    if existing is not None:
        return existing
    code = "".join(secrets.choice(_ALPHABET) for _ in range(_LETTERS))
    row = {
        "code": code,
        "attempt_id": passed.attempt_id,
        "person_id": passed.person_id,
        "name": passed.name,
        "test": passed.test,
        "title_en": passed.title_en,
        "title_zh": passed.title_zh,
        "score": passed.score,
        "pass_rate": passed.pass_rate,
        "issued_at": ctx.now,
    }
    if ctx.db.execute(_INSERT, row).rowcount == 1:  # else another tab was a moment faster, and its code stands
        _note(ctx, "certificate_issued", code, test=passed.test, person_id=passed.person_id)
    kept = certificate_of_attempt(ctx.db, passed.attempt_id)
    assert kept is not None
    return kept


def revoke_certificate(ctx: Context, certificate_id: int, reason: str) -> None:
    """Takes a certificate back, with its reason; its page says so from then on. Twice changes nothing.

    Raises: NotAllowed without `attempts.mark`; NotFound; RuleViolation without a reason.
    """
    ctx.actor.need("attempts.mark")
    row = ctx.db.execute(select(certificate).where(_c.id == certificate_id)).one_or_none()
    if row is None:
        raise NotFound("There is no certificate {id}.", id=certificate_id)
    reason = reason.strip()
    if not reason:
        raise RuleViolation("Taking a certificate back needs a reason.")
    if row.revoked_at is not None:
        return
    values = {"revoked_at": ctx.now, "revoked_by": ctx.actor.person_id, "revoked_reason": reason[:500]}
    ctx.db.execute(update(certificate).where(_c.id == certificate_id).values(values))
    _note(ctx, "certificate_revoked", row.code, reason=reason[:500])


def certificate_of_attempt(db: Connection, attempt_id: int) -> Certificate | None:
    """The certificate of an attempt, if one was issued."""
    return _one(db.execute(select(certificate).where(_c.attempt_id == attempt_id)).one_or_none())


def certificate_of(ctx: Context, attempt_id: int) -> Certificate | None:
    """The certificate of an attempt: one's own, or anybody's with `attempts.read`; None where there is none."""
    found = certificate_of_attempt(ctx.db, attempt_id)
    if found is not None and found.person_id != ctx.actor.person_id:
        ctx.actor.need("attempts.read")
    return found


def certificate_by_code(db: Connection, typed: str) -> Certificate | None:
    """The certificate of a code as somebody typed it: with or without its dashes, in any case.

    Why no actor: whoever holds the code was shown the certificate, and may check that it is real.
    """
    code = "".join(letter for letter in typed.upper()[:64] if letter in _ALPHABET)
    return _one(db.execute(select(certificate).where(_c.code == code)).one_or_none())


def certificate_of_test(db: Connection, test: str) -> Certificate | None:
    """The latest certificate of a test, for what its badge is called; None where nobody has passed it.

    Why the sign: PostgreSQL takes no NUL, not even to look for it, and anybody may ask.
    """
    if "\x00" in test:
        return None
    latest = select(certificate).where(_c.test == test).order_by(_c.id.desc()).limit(1)
    return _one(db.execute(latest).one_or_none())


def certificates_of(ctx: Context, person_id: int) -> tuple[Certificate, ...]:
    """A person's certificates, the newest first: one's own, or anybody's with `attempts.read`."""
    if person_id != ctx.actor.person_id:
        ctx.actor.need("attempts.read")
    rows = ctx.db.execute(select(certificate).where(_c.person_id == person_id).order_by(_c.issued_at.desc(), _c.id))
    return tuple(one for row in rows if (one := _one(row)) is not None)


def spelled(code: str) -> str:
    """A code in groups of four, as it is printed and read out."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def _one(row: Row[tuple[object, ...]] | None) -> Certificate | None:
    if row is None:
        return None
    named = row._mapping
    return Certificate(**{name: named[name] for name in Certificate.__slots__})


def _note(ctx: Context, kind: str, code: str, **data: object) -> None:
    record_deed(
        ctx,
        kind,
        subject=f"certificate:{spelled(code)}",
        data=data,
    )
