"""Kept column mappings: saved by name, replaced, forgotten, and only by who may import."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import insert

from core.channels.mapping import ColumnMapping
from core.context import Actor, Context, World
from core.db.engines import Databases, transaction
from core.db.portal_tables import person
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.portal import import_mappings

ADMIN = Actor(1, "Ada", "administrator", None, rights_of("administrator", None))
CLERK = Actor(2, "Lin", "employee", "O", rights_of("employee", "O"))
MAPPING = ColumnMapping({"number": "单号", "placed_at": "时间"}).to_json()


@pytest.fixture
def ask(each_databases: Databases, clock: int) -> Callable[..., Any]:
    """Carries a command out in a portal with one administrator."""
    with transaction(each_databases.portal) as db:
        values = {"login": "ada", "name": "Ada", "role": "administrator", "team": "", "created_at": clock}
        db.execute(insert(person).values(id=1, **values))

    def carry_out(work: Callable[..., Any], *args: Any, actor: Actor = ADMIN, later: int = 0) -> Any:
        with transaction(each_databases.portal) as db:
            return work(Context(db, actor, clock + later, World("portal", "portal")), *args)

    return carry_out


def test_a_mapping_is_kept_replaced_and_forgotten(ask: Callable[..., Any], clock: int) -> None:
    first = ask(import_mappings.save_mapping, " 月报 ", MAPPING)
    second = ask(import_mappings.save_mapping, "a", MAPPING)
    changed = ColumnMapping({"number": "no", "placed_at": "at"}).to_json()
    assert ask(import_mappings.save_mapping, "月报", changed, later=60) == first
    kept = ask(import_mappings.mappings_in)
    assert [(found.id, found.name) for found in kept] == [(second, "a"), (first, "月报")]
    assert (kept[1].mapping, kept[1].saved_at) == (changed, clock + 60)
    ask(import_mappings.delete_mapping, first)
    assert [found.name for found in ask(import_mappings.mappings_in)] == ["a"]
    with pytest.raises(NotFound):
        ask(import_mappings.delete_mapping, first)


@pytest.mark.parametrize("name", ["", "   ", "x" * 81, None])
def test_a_mapping_needs_a_name(ask: Callable[..., Any], name: str | None) -> None:
    with pytest.raises(RuleViolation, match="needs a name"):
        ask(import_mappings.save_mapping, name, MAPPING)
    assert ask(import_mappings.mappings_in) == []


def test_only_who_may_import_keeps_mappings(ask: Callable[..., Any]) -> None:
    for work, args in (
        (import_mappings.mappings_in, ()),
        (import_mappings.save_mapping, ("x", MAPPING)),
        (import_mappings.delete_mapping, (1,)),
    ):
        with pytest.raises(NotAllowed):
            ask(work, *args, actor=CLERK)
