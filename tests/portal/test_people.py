"""People: added, changed, disabled and let in again, only by who may, and always with a row in the audit log."""

from __future__ import annotations

import json

import pytest
from sqlalchemy import select, update

from core.context import ENGINE, Actor, Context, World
from core.db.engines import Databases, transaction
from core.db.portal_tables import audit, invite, person
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import Position, Role, rights_of
from core.portal import people
from core.security.sessions import find_session, open_session
from core.security.tokens import token_hash

PORTAL = World("portal", "portal")


def _ctx(db: object, clock: int, actor: Actor = ENGINE) -> Context:
    return Context(db, actor, clock, PORTAL)  # type: ignore[arg-type]


def _kinds(ctx: Context) -> list[str]:
    return list(ctx.db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars())


def test_the_demo_has_somebody_for_every_role_and_position_and_is_made_once(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        assert people.ensure_demo_people(ctx) == 8
        assert people.ensure_demo_people(ctx) == 0
        everybody = people.people_in(ctx)
        assert {who.role for who in everybody} == set(Role)
        assert {who.position for who in everybody} == {None, *Position}
        assert {who.has_password for who in everybody} == {False}
        assert _kinds(ctx) == ["person_added"] * 8


def test_adding_somebody_gives_a_one_time_link_and_no_password(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.portal) as db:
        ctx = _ctx(db, clock)
        made = people.add_person(ctx, " Chen.Xiao ", "陈  晓\n", "employee", "O", "Orders")
        who = people.get_person(ctx, made.person_id)
        assert (who.login, who.name, who.role, who.position, who.team) == (
            "chen.xiao",
            "陈 晓",
            "employee",
            "O",
            "Orders",
        )
        assert (who.active, who.has_password, who.demo) == (True, False, False)
        kept = db.execute(select(invite.c.token_hash, invite.c.kind, invite.c.person_id)).one()
        assert tuple(kept) == (token_hash(made.token), "password", who.id)
        assert _kinds(ctx) == ["person_added", "password_link_made"]


@pytest.mark.parametrize(
    ("login", "name", "role", "position", "template"),
    [
        ("a", "Lin", "manager", None, "A sign-in name has 2 to 60 letters, digits, dots, dashes or @."),
        ("lin lin", "Lin", "manager", None, "A sign-in name has 2 to 60 letters, digits, dots, dashes or @."),
        ("<script>", "Lin", "manager", None, "A sign-in name has 2 to 60 letters, digits, dots, dashes or @."),
        ("TAKEN", "Lin", "manager", None, "The sign-in name {login} is taken."),
        ("lin", " \u0000\n ", "manager", None, "A person needs a name."),
        ("lin", "Lin", "emperor", None, "There is no role {role}."),
        ("lin", "Lin", "employee", None, "An employee needs a position."),
        ("lin", "Lin", "employee", "X", "An employee needs a position."),
    ],
)
def test_wrong_entries_are_refused_and_write_nothing(
    databases: Databases, clock: int, login: str, name: str, role: str, position: str | None, template: str
) -> None:
    with transaction(databases.portal) as db:
        people.add_person(_ctx(db, clock), "taken", "Taken", "manager")
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        before = _kinds(ctx)
        with pytest.raises(RuleViolation) as refused:
            people.add_person(ctx, login, name, role, position)
        assert refused.value.template == template
        assert [who.login for who in people.people_in(ctx)] == ["taken"]
        assert _kinds(ctx) == before


def test_a_change_is_audited_with_before_and_after(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        who = people.add_person(ctx, "lin", "Lin", "employee", "O", "Orders").person_id
        after = people.change_person(ctx, who, name="Lin Jing", role="manager", position="O", team="Orders")
        assert (after.name, after.role, after.position) == ("Lin Jing", "manager", None)
        row = db.execute(select(audit).order_by(audit.c.id.desc()).limit(1)).one()
        assert row.kind == "person_changed"
        assert json.loads(row.data) == {
            "name": ["Lin", "Lin Jing"],
            "role": ["employee", "manager"],
            "position": ["O", None],
        }
        people.change_person(ctx, who, name="Lin Jing", role="manager", position=None, team="Orders")
        assert _kinds(ctx)[-1:] == ["person_changed"]
        assert len(_kinds(ctx)) == 3, "a change that changes nothing leaves no row"


def test_disabling_ends_sessions_at_once_and_enabling_does_not_bring_them_back(
    databases: Databases, clock: int
) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        who = people.add_person(ctx, "lin", "Lin", "employee", "O").person_id
        token = open_session(db, who, clock, address="", user_agent="")
        assert people.get_person(ctx, who).sessions_count == 1
        assert people.disable_person(ctx, who) == 1
        assert find_session(db, token_hash(token), clock) is None
        with pytest.raises(RuleViolation):
            people.disable_person(ctx, who)
        with pytest.raises(RuleViolation):
            people.new_password_link(ctx, who)
        people.enable_person(ctx, who)
        assert find_session(db, token_hash(token), clock) is None
        with pytest.raises(RuleViolation):
            people.enable_person(ctx, who)


def test_somebody_must_be_left_to_administer(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        first = people.add_person(ctx, "first", "First", "administrator").person_id
        for attempt in (
            lambda: people.disable_person(ctx, first),
            lambda: people.change_person(ctx, first, name="First", role="manager", position=None, team=""),
        ):
            with pytest.raises(RuleViolation) as refused:
                attempt()
            assert refused.value.template == "This is the last administrator. Make somebody else one first."
        second = people.add_person(ctx, "second", "Second", "administrator").person_id
        own = ctx.by(people.actor_of(people.get_person(ctx, second)))
        with pytest.raises(RuleViolation) as refused:
            people.disable_person(own, second)
        assert refused.value.template == "You can't disable yourself. Another administrator can."
        people.disable_person(own, first)


def test_a_new_link_makes_the_old_ones_useless(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        made = people.add_person(ctx, "lin", "Lin", "employee", "O")
        people.new_password_link(ctx, made.person_id)
        used = db.execute(select(invite.c.used_at).where(invite.c.token_hash == token_hash(made.token))).scalar_one()
        assert used == clock


@pytest.mark.parametrize(("role", "position"), [("manager", None), ("trainer", None), ("employee", "O")])
def test_only_administrators_manage_people(databases: Databases, clock: int, role: str, position: str | None) -> None:
    asker = Actor(99, "Asker", role, position, rights_of(role, position))
    with transaction(databases.portal) as db:
        who = people.add_person(_ctx(db, clock), "lin", "Lin", "employee", "O").person_id
        ctx = _ctx(db, clock, asker)
        for attempt in (
            lambda: people.add_person(ctx, "new", "New", "manager"),
            lambda: people.change_person(ctx, who, name="X", role="administrator", position=None, team=""),
            lambda: people.disable_person(ctx, who),
            lambda: people.enable_person(ctx, who),
            lambda: people.end_sessions(ctx, who),
            lambda: people.new_password_link(ctx, who),
            lambda: people.ensure_demo_people(ctx),
        ):
            with pytest.raises(NotAllowed) as refused:
                attempt()
            assert refused.value.right == "people.manage"
        if "people.read" not in asker.rights:
            with pytest.raises(NotAllowed):
                people.people_in(ctx)
            with pytest.raises(NotAllowed):
                people.get_person(ctx, who)
        row = db.execute(select(person.c.role, person.c.active).where(person.c.id == who)).one()
        assert tuple(row) == ("employee", True)


def test_everybody_may_look_at_themselves_and_nobody_finds_who_is_not_there(databases: Databases, clock: int) -> None:
    with transaction(databases.portal) as db:
        ctx = _ctx(db, clock)
        who = people.add_person(ctx, "lin", "Lin", "employee", "O").person_id
        own = ctx.by(Actor(who, "Lin", "employee", "O", frozenset()))
        assert people.get_person(own, who).name == "Lin"
        with pytest.raises(NotFound):
            people.get_person(ctx, who + 1)
        db.execute(update(person).values(name="Lin"))
