"""Coming in: with a password, through a demo door, by a one-time link, and the first administrator."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import ENGINE, Context, World
from core.db.engines import Databases, transaction
from core.db.portal_tables import audit, person
from core.domain.errors import RuleViolation
from core.portal import people, sign_in
from core.portal.sign_in import Visitor
from core.security.passwords import hash_password
from core.security.policy import sign_in_policy
from core.security.sessions import find_session
from core.security.tokens import token_hash

VISITOR = Visitor("10.0.0.7", "Browser/1")
PASSWORD = "paper boat morning river"


def _add(databases: Databases, clock: int, login: str = "lin", *, password: str | None = PASSWORD) -> int:
    with transaction(databases.portal) as db:
        ctx = Context(db, ENGINE, clock, World("portal", "portal"))
        who = people.add_person(ctx, login, "林静", "manager").person_id
        if password:
            db.execute(person.update().where(person.c.id == who).values(password_hash=hash_password(password)))
        return who


def _sign_in(databases: Databases, login: str, password: str, now: int) -> tuple[str | None, int]:
    with transaction(databases.portal) as db:
        claimed = sign_in.claim(db, login, now, VISITOR)
    if claimed.wait_seconds:
        return None, claimed.wait_seconds
    token = None
    if sign_in.fits(claimed, password):
        with transaction(databases.portal) as db:
            token = sign_in.admit(db, claimed, login, password, now, VISITOR)
    if token is None:
        with transaction(databases.portal) as db:
            sign_in.refuse(db, login, now, VISITOR)
    return token, 0


def _kinds(databases: Databases) -> list[str]:
    with transaction(databases.portal) as db:
        return list(db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars())


def test_the_right_password_opens_a_session_and_a_wrong_one_does_not(each_databases: Databases, clock: int) -> None:
    who = _add(each_databases, clock)
    before = len(_kinds(each_databases))
    assert _sign_in(each_databases, "lin", PASSWORD + "!", clock) == (None, 0)
    assert _sign_in(each_databases, "nobody", PASSWORD, clock) == (None, 0)
    assert _sign_in(each_databases, "<b>\x00", PASSWORD, clock) == (None, 0)
    token, _ = _sign_in(each_databases, " LIN ", PASSWORD, clock)
    assert token is not None
    with transaction(each_databases.portal) as db:
        found = find_session(db, token_hash(token), clock)
    assert found is not None and found.person_id == who
    assert _kinds(each_databases)[before:] == ["sign_in_failed", "sign_in_failed", "sign_in_failed", "signed_in"]


def test_somebody_without_a_password_or_disabled_is_not_let_in(databases: Databases, clock: int) -> None:
    _add(databases, clock, "fresh", password=None)
    who = _add(databases, clock, "gone")
    with transaction(databases.portal) as db:
        ctx = Context(db, ENGINE, clock, World("portal", "portal"))
        people.disable_person(ctx, who)
    for login, password in (("fresh", ""), ("fresh", "nobody has this password"), ("gone", PASSWORD)):
        assert _sign_in(databases, login, password, clock) == (None, 0)


def test_disabling_between_password_and_session_still_keeps_out(databases: Databases, clock: int) -> None:
    who = _add(databases, clock)
    with transaction(databases.portal) as db:
        claimed = sign_in.claim(db, "lin", clock, VISITOR)
    assert sign_in.fits(claimed, PASSWORD)
    with transaction(databases.portal) as db:
        people.disable_person(Context(db, ENGINE, clock, World("portal", "portal")), who)
    with transaction(databases.portal) as db:
        assert sign_in.admit(db, claimed, "lin", PASSWORD, clock, VISITOR) is None


def test_too_many_wrong_passwords_wait_even_with_the_right_one(databases: Databases, clock: int) -> None:
    _add(databases, clock)
    policy = sign_in_policy()
    for _ in range(policy.free_failures_name + 1):
        assert _sign_in(databases, "lin", "wrong", clock) == (None, 0)
    for _ in range(5):
        assert _sign_in(databases, "lin", PASSWORD, clock) == (None, policy.first_wait)
    assert _kinds(databases).count("sign_in_throttled") == 1, "a flood doesn't fill the log"
    token, _ = _sign_in(databases, "lin", PASSWORD, clock + policy.first_wait)
    assert token is not None
    assert _kinds(databases)[-2:] == ["sign_in_throttled", "signed_in"]


def test_a_demo_door_opens_only_for_demo_people(databases: Databases, clock: int) -> None:
    _add(databases, clock, "real")
    with transaction(databases.portal) as db:
        people.ensure_demo_people(Context(db, ENGINE, clock, World("portal", "portal")))
        doors = [door[0] for door in sign_in.demo_people_in(db)]
        assert doors == [who.login for who in people.DEMO_PEOPLE]
        assert sign_in.enter_demo(db, "real", clock, VISITOR) is None
        token = sign_in.enter_demo(db, "clerk", clock, VISITOR)
        assert token is not None
        assert find_session(db, token_hash(token), clock) is not None


def test_a_one_time_link_works_once_and_not_for_ever(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.portal) as db:
        ctx = Context(db, ENGINE, clock, World("portal", "portal"))
        made = people.add_person(ctx, "lin", "林静", "manager")

    def redeem(password: str, now: int) -> str:
        with transaction(each_databases.portal) as db:
            return sign_in.redeem_link(
                db,
                made.token,
                login="ignored",
                name="ignored",
                password=password,
                password_hash=hash_password(password),
                now=now,
                visitor=VISITOR,
            )

    with transaction(each_databases.portal) as db:
        assert sign_in.find_link(db, made.token, made.expires_at) is None
        link = sign_in.find_link(db, made.token, made.expires_at - 1)
        assert link is not None and (link.kind, link.login) == ("password", "lin")
    with pytest.raises(RuleViolation):
        redeem("lin lin lin lin", clock)
    token = redeem(PASSWORD, clock)  # a refused password doesn't use the link up
    with transaction(each_databases.portal) as db:
        found = find_session(db, token_hash(token), clock)
        assert found is not None and found.login == "lin"
        assert sign_in.find_link(db, made.token, clock) is None
    with pytest.raises(RuleViolation) as refused:
        redeem(PASSWORD, clock)
    assert refused.value.template == "This link has been used or has expired. Ask for a new one."
    assert _sign_in(each_databases, "lin", PASSWORD, clock)[0] is not None


def test_the_first_administrator_comes_once(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        lost = sign_in.first_administrator_link(db, clock)
        token = sign_in.first_administrator_link(db, clock + 1)
        assert lost is not None and token is not None
        assert sign_in.find_link(db, lost, clock + 1) is None, "a restart makes the link printed before useless"
        cookie = sign_in.redeem_link(
            db,
            token,
            login="Zhou.Min",
            name="周敏",
            password=PASSWORD,
            password_hash=hash_password(PASSWORD),
            now=clock + 2,
            visitor=VISITOR,
        )
        found = find_session(db, token_hash(cookie), clock + 2)
        assert found is not None and (found.login, found.name, found.role) == ("zhou.min", "周敏", "administrator")
        assert sign_in.first_administrator_link(db, clock + 3) is None
