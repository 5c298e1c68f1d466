"""People: who may come in, as what, and since when."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update

from core.context import Actor, Context
from core.db.portal_tables import invite, person
from core.domain.errors import NotFound, RuleViolation
from core.domain.rights import Position, Role, rights_of
from core.security.audit import record_deed
from core.security.policy import sign_in_policy
from core.security.sessions import end_sessions_of, open_sessions_count
from core.security.tokens import new_token, token_hash

_LOGIN = re.compile(r"[\w.@+-]{2,60}")


@dataclass(frozen=True, slots=True)
class Person:
    """One person as the portal knows them."""

    id: int
    login: str
    name: str
    role: str
    position: str | None
    team: str
    active: bool
    demo: bool
    created_at: int
    disabled_at: int | None
    has_password: bool
    sessions_count: int = 0


@dataclass(frozen=True, slots=True)
class Invitation:
    """A one-time link's secret, shown once to whoever asked for it."""

    person_id: int
    token: str
    expires_at: int


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody the demo mode lets you be."""

    login: str
    name: str
    role: Role
    position: Position | None
    team: str


DEMO_PEOPLE = (
    DemoPerson("admin", "周敏 Zhou Min", Role.ADMINISTRATOR, None, "信息部 IT"),
    DemoPerson("manager", "林静 Lin Jing", Role.MANAGER, None, "电商部 E-commerce"),
    DemoPerson("trainer", "何伟 He Wei", Role.TRAINER, None, "培训部 Training"),
    DemoPerson("clerk", "陈晓 Chen Xiao", Role.EMPLOYEE, Position.ORDER_CLERK, "订单组 Orders"),
    DemoPerson("warehouse", "刘强 Liu Qiang", Role.EMPLOYEE, Position.WAREHOUSE_KEEPER, "仓储组 Warehouse"),
    DemoPerson("service", "王芳 Wang Fang", Role.EMPLOYEE, Position.SERVICE_AGENT, "客服组 Service"),
    DemoPerson("operations", "赵磊 Zhao Lei", Role.EMPLOYEE, Position.OPERATIONS_SPECIALIST, "运营组 Operations"),
    DemoPerson("finance", "孙丽 Sun Li", Role.EMPLOYEE, Position.FINANCE_CLERK, "财务组 Finance"),
)


def actor_of(who: Person) -> Actor:
    """A person as the one who asks, with the rights of role and position."""
    return Actor(who.id, who.name, who.role, who.position, rights_of(who.role, who.position))


def people_in(ctx: Context) -> list[Person]:
    """Everybody, by name. Raises: NotAllowed without `people.read`."""
    ctx.actor.need("people.read")
    counts = open_sessions_count(ctx.db, ctx.now)
    rows = ctx.db.execute(select(person).order_by(person.c.name, person.c.id))
    return [_person(row, counts.get(row.id, 0)) for row in rows]


def get_person(ctx: Context, person_id: int) -> Person:
    """One person. Raises: NotFound; NotAllowed unless it is oneself or with `people.read`."""
    if ctx.actor.person_id != person_id:
        ctx.actor.need("people.read")
    row = ctx.db.execute(select(person).where(person.c.id == person_id)).one_or_none()
    if row is None:
        raise NotFound("There is no person {id}.", id=person_id)
    return _person(row, open_sessions_count(ctx.db, ctx.now).get(person_id, 0))


def add_person(
    ctx: Context, login: str, name: str, role: str, position: str | None = None, team: str = ""
) -> Invitation:
    """Takes a person in and returns the one-time link with which they choose their password.

    Raises: NotAllowed; RuleViolation when the sign-in name is taken or something is filled in wrongly.
    """
    ctx.actor.need("people.manage")
    login = clean_login(login)
    values = _checked(name, role, position, team)
    if ctx.db.execute(select(person.c.id).where(person.c.login == login)).first():
        raise RuleViolation("The sign-in name {login} is taken.", login=login)
    row = insert(person).values(login=login, created_at=ctx.now, **values).returning(person.c.id)
    person_id = ctx.db.execute(row).scalar_one()
    _audit(ctx, "person_added", person_id, login=login, **values)
    return _invite(ctx, person_id)


def change_person(ctx: Context, person_id: int, *, name: str, role: str, position: str | None, team: str) -> Person:
    """Changes what a person is called and may do; it takes effect at their next click.

    Raises: NotAllowed; NotFound; RuleViolation when nobody would be left to administer.
    """
    ctx.actor.need("people.manage")
    before = get_person(ctx, person_id)
    values = _checked(name, role, position, team)
    if before.role == Role.ADMINISTRATOR and role != Role.ADMINISTRATOR:
        _need_another_administrator(ctx, person_id)
    ctx.db.execute(update(person).where(person.c.id == person_id).values(**values))
    changed = {key: [getattr(before, key), value] for key, value in values.items() if getattr(before, key) != value}
    if changed:
        _audit(ctx, "person_changed", person_id, **changed)
    return get_person(ctx, person_id)


def disable_person(ctx: Context, person_id: int) -> int:
    """Shuts a person out everywhere at once and returns how many sessions that ended.

    Raises: NotAllowed; NotFound; RuleViolation for oneself and for the last administrator.
    """
    ctx.actor.need("people.manage")
    who = get_person(ctx, person_id)
    if person_id == ctx.actor.person_id:
        raise RuleViolation("You can't disable yourself. Another administrator can.")
    if not who.active:
        raise RuleViolation("{name} is disabled already.", name=who.name)
    if who.role == Role.ADMINISTRATOR:
        _need_another_administrator(ctx, person_id)
    ctx.db.execute(update(person).where(person.c.id == person_id).values(active=False, disabled_at=ctx.now))
    ended = end_sessions_of(ctx.db, person_id, ctx.now)
    _audit(ctx, "person_disabled", person_id, sessions_count=ended)
    return ended


def enable_person(ctx: Context, person_id: int) -> None:
    """Lets a disabled person in again. Raises: NotAllowed; NotFound; RuleViolation when not disabled."""
    ctx.actor.need("people.manage")
    who = get_person(ctx, person_id)
    if who.active:
        raise RuleViolation("{name} isn't disabled.", name=who.name)
    ctx.db.execute(update(person).where(person.c.id == person_id).values(active=True, disabled_at=None))
    _audit(ctx, "person_enabled", person_id)


def end_sessions(ctx: Context, person_id: int) -> int:
    """Signs a person out everywhere and returns from how many sessions. Raises: NotAllowed; NotFound."""
    ctx.actor.need("people.manage")
    who = get_person(ctx, person_id)
    ended = end_sessions_of(ctx.db, who.id, ctx.now)
    _audit(ctx, "sessions_ended", person_id, sessions_count=ended)
    return ended


def new_password_link(ctx: Context, person_id: int) -> Invitation:
    """A fresh one-time link to choose a password; older ones stop working, the old password holds until then.

    Raises: NotAllowed; NotFound; RuleViolation for somebody disabled.
    """
    ctx.actor.need("people.manage")
    who = get_person(ctx, person_id)
    if not who.active:
        raise RuleViolation("{name} is disabled; enable them first.", name=who.name)
    return _invite(ctx, person_id)


def ensure_demo_people(ctx: Context) -> int:
    """Makes the people of the demo mode where they are missing and returns how many were made."""
    ctx.actor.need("people.manage")
    known = set(ctx.db.execute(select(person.c.login)).scalars())
    missing = [who for who in DEMO_PEOPLE if who.login not in known]
    for who in missing:
        values = _checked(who.name, who.role, who.position, who.team)
        made = insert(person).values(login=who.login, created_at=ctx.now, demo=True, **values)
        person_id = ctx.db.execute(made.returning(person.c.id)).scalar_one()
        _audit(ctx, "person_added", person_id, login=who.login, demo=True, **values)
    return len(missing)


def clean_login(login: str) -> str:
    """A sign-in name as it is stored: without blanks around it, in small letters, in one normal form.

    Raises: RuleViolation when it holds anything but letters, digits and . _ @ + -
    """
    cleaned = unicodedata.normalize("NFKC", login).strip().casefold()
    if not _LOGIN.fullmatch(cleaned):
        raise RuleViolation("A sign-in name has 2 to 60 letters, digits, dots, dashes or @.")
    return cleaned


def clean_line(text: str, longest: int = 80) -> str:
    """One line of text fit for a name: trimmed, without control characters and lone surrogates."""
    shown = "".join(" " if unicodedata.category(char) in {"Cc", "Cs"} else char for char in text)
    return unicodedata.normalize("NFC", " ".join(shown.split()))[:longest]


def _checked(name: str, role: str, position: str | None, team: str) -> dict[str, str | None]:
    name = clean_line(name)
    if not name:
        raise RuleViolation("A person needs a name.")
    if role not in set(Role):
        raise RuleViolation("There is no role {role}.", role=role)
    if role == Role.EMPLOYEE:
        if position not in set(Position):
            raise RuleViolation("An employee needs a position.")
    else:
        position = None
    return {
        "name": name,
        "role": str(role),
        "position": None if position is None else str(position),
        "team": clean_line(team),
    }


def _need_another_administrator(ctx: Context, person_id: int) -> None:
    others = select(func.count()).where(
        person.c.role == Role.ADMINISTRATOR, person.c.active.is_(True), person.c.id != person_id
    )
    if not ctx.db.execute(others).scalar_one():
        raise RuleViolation("This is the last administrator. Make somebody else one first.")


def _invite(ctx: Context, person_id: int) -> Invitation:
    ctx.db.execute(
        update(invite).where(invite.c.person_id == person_id, invite.c.used_at.is_(None)).values(used_at=ctx.now)
    )
    token, expires_at = new_token(), ctx.now + sign_in_policy().password_invite
    row = {"kind": "password", "person_id": person_id, "created_at": ctx.now, "expires_at": expires_at}
    ctx.db.execute(insert(invite).values(token_hash=token_hash(token), **row))
    _audit(ctx, "password_link_made", person_id, expires_at=expires_at)
    return Invitation(person_id, token, expires_at)


def _audit(ctx: Context, kind: str, person_id: int, **data: object) -> None:
    subject = f"person:{person_id}"
    record_deed(ctx, kind, subject=subject, data=data)


def _person(row: object, sessions_count: int) -> Person:
    values = dict(row._mapping)  # type: ignore[attr-defined]
    values["has_password"] = values.pop("password_hash") is not None
    return Person(**values, sessions_count=sessions_count)
