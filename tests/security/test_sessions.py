"""Sessions: they stand until they are ended, idle, too old, or the person is shut out."""

from __future__ import annotations

import pytest
from sqlalchemy import insert, select, update

from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import person, session
from core.security.policy import sign_in_policy
from core.security.sessions import (
    end_session,
    end_sessions_of,
    find_session,
    open_session,
    open_sessions_count,
    touch_session,
)
from core.security.tokens import token_hash


@pytest.fixture
def somebody(each_databases: Databases, clock: int) -> int:
    """A person who can have sessions."""
    values = {"login": "lin", "name": "Lin", "role": "employee", "position": "O", "created_at": clock}
    with transaction(each_databases.portal) as db:
        return int(db.execute(insert(person).values(**values).returning(person.c.id)).scalar_one())


def _open(databases: Databases, who: int, now: int) -> str:
    with transaction(databases.portal) as db:
        return open_session(db, who, now, address="10.0.0.7", user_agent="Browser/1")


def _stands(databases: Databases, token: str, now: int) -> bool:
    with reader(databases.portal) as db:
        return find_session(db, token_hash(token), now) is not None


def test_a_session_knows_its_person_and_keeps_no_token(each_databases: Databases, somebody: int, clock: int) -> None:
    token = _open(each_databases, somebody, clock)
    with reader(each_databases.portal) as db:
        found = find_session(db, token_hash(token), clock + 1)
        kept = [str(value) for row in db.execute(select(session)) for value in row]
    assert found is not None
    assert (found.person_id, found.login, found.role, found.position) == (somebody, "lin", "employee", "O")
    assert token not in kept
    assert not _stands(each_databases, "another", clock)
    assert not _stands(each_databases, token_hash(token), clock), "the hash itself opens nothing"


def test_idle_time_ends_a_session_and_being_there_puts_it_off(
    each_databases: Databases, somebody: int, clock: int
) -> None:
    idle = sign_in_policy().idle
    token = _open(each_databases, somebody, clock)
    assert _stands(each_databases, token, clock + idle - 1)
    assert not _stands(each_databases, token, clock + idle)
    with transaction(each_databases.portal) as db:
        touch_session(db, token_hash(token), clock + idle - 1)
    assert _stands(each_databases, token, clock + 2 * idle - 2)
    with transaction(each_databases.portal) as db:
        touch_session(db, token_hash(token), clock + 5 * idle)
    assert not _stands(each_databases, token, clock + 5 * idle), "a touch must not bring back an idle session"


def test_a_session_ends_for_good_whatever_is_done(each_databases: Databases, somebody: int, clock: int) -> None:
    policy = sign_in_policy()
    token = _open(each_databases, somebody, clock)
    for at in range(clock, clock + policy.absolute, policy.idle // 2):
        with transaction(each_databases.portal) as db:
            touch_session(db, token_hash(token), at)
    assert _stands(each_databases, token, clock + policy.absolute - 1)
    assert not _stands(each_databases, token, clock + policy.absolute)


def test_signing_out_ends_one_and_shutting_out_ends_all(each_databases: Databases, somebody: int, clock: int) -> None:
    first, second, third = (_open(each_databases, somebody, clock) for _ in range(3))
    with transaction(each_databases.portal) as db:
        assert open_sessions_count(db, clock) == {somebody: 3}
        assert end_session(db, token_hash(first), clock) is True
        assert end_session(db, token_hash(first), clock) is False
        assert open_sessions_count(db, clock) == {somebody: 2}
    assert [_stands(each_databases, token, clock) for token in (first, second, third)] == [False, True, True]
    with transaction(each_databases.portal) as db:
        assert end_sessions_of(db, somebody, clock) == 2
        assert end_sessions_of(db, somebody, clock) == 0
    assert not _stands(each_databases, second, clock)


def test_a_disabled_person_has_no_session(each_databases: Databases, somebody: int, clock: int) -> None:
    token = _open(each_databases, somebody, clock)
    with transaction(each_databases.portal) as db:
        db.execute(update(person).values(active=False))
    assert not _stands(each_databases, token, clock)
