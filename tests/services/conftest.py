"""The house that the services' tests work in."""

from __future__ import annotations

import pytest

from core.context import Actor
from core.db.engines import Databases
from core.domain.rights import rights_of
from tests.services.desk import Desk, lay_desk


@pytest.fixture
def desk(each_databases: Databases, clock: int) -> Desk:
    """A small house with ten units of everything in each warehouse, on each database."""
    return lay_desk(each_databases, clock)


@pytest.fixture
def clerk() -> Actor:
    """An order clerk with the rights of one."""
    return Actor(7, "Lin", "employee", "O", rights_of("employee", "O"))
