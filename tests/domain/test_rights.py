"""Rights: who may do what, written out, so that a widened right is a visible change."""

from __future__ import annotations

import pytest

from core.context import ENGINE, Actor
from core.domain.errors import NotAllowed
from core.domain.rights import POSITION_LABELS, PRACTICE_RIGHTS, RIGHTS, ROLE_LABELS, Position, Role, rights_of

LEARNS = {"tests.take", "practice.use"}


@pytest.mark.parametrize(
    ("role", "position", "rights"),
    [
        (
            "administrator",
            None,
            {
                "audit.read",
                "board.read",
                "books.read",
                "imports.read",
                "imports.run",
                "orders.read",
                "people.manage",
                "people.read",
                "stock.read",
            },
        ),
        (
            "manager",
            None,
            {
                "attempts.read",
                "results.read",
                "bank.review",
                "tests.judge",
                "board.read",
                "books.read",
                "imports.read",
                "orders.read",
                "people.read",
                "stock.approve",
                "stock.read",
            },
        ),
        (
            "trainer",
            None,
            {
                "attempts.read",
                "attempts.mark",
                "results.read",
                "bank.review",
                "tests.judge",
                "tests.design",
                "bank.write",
                "board.read",
                "books.read",
                "orders.read",
                "people.read",
                "stock.read",
            }
            | LEARNS,
        ),
        (
            "employee",
            "O",
            {
                "orders.amend",
                "orders.cancel",
                "orders.hold",
                "orders.notify",
                "buyers.block",
                "orders.read",
                "orders.review",
                "shipping.arrange",
                "stock.read",
            }
            | LEARNS,
        ),
        (
            "employee",
            "W",
            {
                "orders.read",
                "shipping.arrange",
                "shipping.work",
                "stock.adjust",
                "stock.count",
                "stock.move",
                "stock.read",
                "stock.receive",
            }
            | LEARNS,
        ),
        ("employee", "S", {"orders.amend", "orders.hold", "orders.notify", "orders.read", "stock.read"} | LEARNS),
        (
            "employee",
            "P",
            {
                "board.read",
                "books.read",
                "imports.read",
                "orders.amend",
                "orders.cancel",
                "orders.hold",
                "orders.notify",
                "buyers.block",
                "orders.read",
                "orders.review",
                "purchasing.work",
                "shipping.arrange",
                "stock.allocate",
                "stock.approve",
                "stock.count",
                "stock.layout",
                "stock.read",
                "stock.receive",
                "stock.receive_over",
                "stock.threshold",
            }
            | LEARNS,
        ),
        (
            "employee",
            "F",
            {"board.read", "books.close", "books.read", "orders.read", "stock.approve", "stock.read"} | LEARNS,
        ),
        ("employee", None, LEARNS),
    ],
)
def test_rights_by_role_and_position(role: str, position: str | None, rights: set[str]) -> None:
    assert rights_of(role, position) == rights


def test_a_position_gives_nothing_to_other_roles() -> None:
    assert rights_of("manager", "O") == rights_of("manager", None)


def test_nobody_is_the_engine() -> None:
    people = {right for role in Role for position in Position for right in rights_of(role, position)}
    assert "engine.run" not in people | PRACTICE_RIGHTS
    assert ENGINE.may("engine.run")


def test_practice_gives_no_right_over_people_or_the_live_world() -> None:
    assert not {"people.manage", "imports.run", "audit.read", "attempts.read", "orders.receive"} & PRACTICE_RIGHTS


def test_only_declared_rights_are_given_and_all_are_labelled() -> None:
    for role in Role:
        for position in Position:
            assert rights_of(role, position) <= set(RIGHTS)
    assert set(RIGHTS) >= PRACTICE_RIGHTS
    assert set(ROLE_LABELS) == set(Role) and set(POSITION_LABELS) == set(Position)


def test_a_missing_right_is_named() -> None:
    clerk = Actor(7, "Lin", "employee", "O", rights_of("employee", "O"))
    clerk.need("orders.cancel")
    with pytest.raises(NotAllowed) as refused:
        clerk.need("shipping.work")
    assert refused.value.right == "shipping.work"
    assert str(refused.value) == "You don't have the right to do this (shipping.work). Ask an administrator."


def test_an_undeclared_right_is_a_bug() -> None:
    with pytest.raises(AssertionError):
        ENGINE.may("orders.destroy")
