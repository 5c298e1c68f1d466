"""Upkeep: only what nobody can use any more goes."""

from __future__ import annotations

from sqlalchemy import func, insert, select

from core.context import ENGINE, Context, World
from core.db.engines import Databases, transaction
from core.db.portal_tables import audit, invite, portal_command_key, session, throttle
from core.portal import people
from core.portal.upkeep import KEEP_DAYS, tidy_portal
from core.security.policy import sign_in_policy
from core.security.sessions import find_session, open_session
from core.security.throttle import admit, keys_of
from core.security.tokens import token_hash

OLD = KEEP_DAYS * 86_400 + 1


def test_only_what_has_served_its_time_goes(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.portal) as db:
        for at in (clock - OLD - sign_in_policy().absolute - sign_in_policy().password_invite, clock):
            ctx = Context(db, ENGINE, at, World("portal", "portal"))
            who = people.add_person(ctx, f"p{at}", "P", "manager").person_id
            token = open_session(db, who, at, address="", user_agent="")
            admit(db, keys_of(f"p{at}", f"10.0.0.{at % 200}"), at)
            db.execute(insert(portal_command_key).values(key=f"k:{at}", at=at, actor="P"))
        tables = (session, throttle, invite, portal_command_key)
        assert [db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables] == [2, 4, 2, 2]
        rows = db.execute(select(func.count()).select_from(audit)).scalar_one()
        assert tidy_portal(db, clock) == 5
        assert [db.execute(select(func.count()).select_from(table)).scalar_one() for table in tables] == [1, 2, 1, 1]
        assert db.execute(select(func.count()).select_from(audit)).scalar_one() == rows
        assert find_session(db, token_hash(token), clock) is not None
        assert tidy_portal(db, clock) == 0
