"""Who may do what: roles, positions and the rights each of them carries."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType


class Role(StrEnum):
    """What a person is in the portal."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    TRAINER = "trainer"
    EMPLOYEE = "employee"


class Position(StrEnum):
    """What an employee works as; the value is the letter used by the curriculum."""

    ORDER_CLERK = "O"
    WAREHOUSE_KEEPER = "W"
    SERVICE_AGENT = "S"
    OPERATIONS_SPECIALIST = "P"
    FINANCE_CLERK = "F"


ROLE_LABELS = MappingProxyType(
    {
        Role.ADMINISTRATOR: "Administrator",
        Role.MANAGER: "Manager",
        Role.TRAINER: "Trainer",
        Role.EMPLOYEE: "Employee",
    }
)

POSITION_LABELS = MappingProxyType(
    {
        Position.ORDER_CLERK: "Order clerk",
        Position.WAREHOUSE_KEEPER: "Warehouse keeper",
        Position.SERVICE_AGENT: "Customer service agent",
        Position.OPERATIONS_SPECIALIST: "Operations specialist",
        Position.FINANCE_CLERK: "Finance clerk",
    }
)

# What each right allows, as a person who grants it reads it.
RIGHTS = MappingProxyType(
    {
        "board.read": "See the live board and the rows behind its figures",
        "orders.read": "See orders",
        "orders.review": "Review and confirm orders",
        "orders.amend": "Correct addresses and order data",
        "orders.hold": "Hold and release orders",
        "orders.cancel": "Cancel orders",
        "orders.notify": "Write to buyers",
        "buyers.block": "Block buyers and let them off again",
        "orders.receive": "Take in orders from channels",
        "books.read": "Look through the books, and see what stock is worth",
        "books.close": "Close periods of the books",
        "stock.read": "See stock",
        "stock.receive": "Receive, inspect and put away goods",
        "stock.receive_over": "Keep deliveries beyond what was ordered",
        "stock.move": "Move stock between bins, conditions and warehouses",
        "stock.adjust": "Correct stock",
        "stock.approve": "Approve stock corrections of others",
        "stock.layout": "Lay out the bins of a warehouse",
        "purchasing.work": "Order from suppliers",
        "stock.count": "Plan and count stocktakes",
        "stock.threshold": "Set stock thresholds and acknowledge stock alerts",
        "stock.allocate": "Allocate orders to stock",
        "shipping.work": "Release, pick, pack and hand over orders",
        "shipping.arrange": "Split and merge parcels",
        "imports.run": "Import orders",
        "imports.read": "See imports and their problems",
        "tests.take": "Take tests",
        "practice.use": "Practise in one's own world",
        "attempts.read": "See everybody's attempts and exercises",
        "attempts.mark": "Mark by hand, decide disputes and take certificates back",
        "results.read": "See who is ready for their work",
        "bank.write": "Write questions for the item bank, and retire them",
        "bank.review": "Review questions that others wrote",
        "tests.design": "Set up tests, and grant more time or larger text",
        "tests.judge": "Judge what is enough to pass a test",
        "people.read": "See people",
        "people.manage": "Add people and change their rights",
        "audit.read": "Read the audit log",
        "engine.run": "Run background work",
    }
)

_OWN_LEARNING = frozenset({"tests.take", "practice.use"})

_POSITION_RIGHTS: dict[Position, frozenset[str]] = {
    Position.ORDER_CLERK: frozenset(
        {
            "orders.read",
            "orders.review",
            "orders.amend",
            "orders.hold",
            "orders.cancel",
            "orders.notify",
            "buyers.block",
            "stock.read",
            "shipping.arrange",
        }
    ),
    Position.WAREHOUSE_KEEPER: frozenset(
        {
            "orders.read",
            "stock.read",
            "stock.count",
            "stock.receive",
            "stock.move",
            "stock.adjust",
            "shipping.work",
            "shipping.arrange",
        }
    ),
    Position.SERVICE_AGENT: frozenset({"orders.read", "orders.amend", "orders.hold", "orders.notify", "stock.read"}),
    Position.OPERATIONS_SPECIALIST: frozenset(
        {
            "board.read",
            "books.read",
            "orders.read",
            "orders.review",
            "orders.amend",
            "orders.hold",
            "orders.cancel",
            "orders.notify",
            "buyers.block",
            "stock.read",
            "stock.count",
            "stock.threshold",
            "stock.allocate",
            "shipping.arrange",
            "stock.receive",
            "stock.receive_over",
            "stock.approve",
            "stock.layout",
            "purchasing.work",
            "imports.read",
        }
    ),
    Position.FINANCE_CLERK: frozenset(
        {"orders.read", "stock.read", "stock.approve", "board.read", "books.read", "books.close"}
    ),
}

_ROLE_RIGHTS: dict[Role, frozenset[str]] = {
    Role.ADMINISTRATOR: frozenset(
        {
            "board.read",
            "books.read",
            "orders.read",
            "stock.read",
            "imports.run",
            "imports.read",
            "people.read",
            "people.manage",
            "audit.read",
        }
    ),
    Role.MANAGER: frozenset(
        {
            "board.read",
            "books.read",
            "orders.read",
            "stock.read",
            "stock.approve",
            "imports.read",
            "attempts.read",
            "results.read",
            "people.read",
            # Where there is one trainer only, somebody has to be the second person who reads a question.
            "bank.review",
            "tests.judge",
        }
    ),
    Role.TRAINER: frozenset(
        {
            "board.read",
            "books.read",
            "orders.read",
            "stock.read",
            "attempts.read",
            "attempts.mark",
            "results.read",
            "people.read",
            "bank.write",
            "bank.review",
            "tests.design",
            "tests.judge",
        }
    )
    | _OWN_LEARNING,
    Role.EMPLOYEE: _OWN_LEARNING,
}

# A practice world is the trainee's own: whatever the position, every work command may be tried there.
PRACTICE_RIGHTS: frozenset[str] = frozenset(
    {
        "orders.read",
        "orders.review",
        "orders.amend",
        "orders.hold",
        "orders.cancel",
        "orders.notify",
        "buyers.block",
        "books.read",
        "books.close",
        "stock.read",
        "stock.count",
        "stock.threshold",
        "stock.receive",
        "stock.receive_over",
        "stock.move",
        "stock.adjust",
        "stock.approve",
        "stock.layout",
        "stock.allocate",
        "purchasing.work",
        "shipping.work",
        "shipping.arrange",
    }
)

# The engine itself: simulation, seeds, imports started from the command line, background folds.
ENGINE_RIGHTS: frozenset[str] = frozenset(RIGHTS)


def rights_of(role: str, position: str | None) -> frozenset[str]:
    """The rights a person carries in the portal and the live world, from role and, for employees, position."""
    rights = _ROLE_RIGHTS[Role(role)]
    if Role(role) is Role.EMPLOYEE and position is not None:
        rights = rights | _POSITION_RIGHTS[Position(position)]
    return rights
