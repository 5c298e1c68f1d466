"""The house that pages are looked at in: one without orders, with the people of the demo."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from core.db.engines import Databases, connect
from core.db.migrate import migrate
from tests.visits import copy_databases, process_databases


@pytest.fixture(scope="session")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of databases as a first start leaves it."""
    var = tmp_path_factory.mktemp("migrated") / "var"
    var.mkdir()
    databases = connect("", var)
    migrate(databases)
    databases.dispose()
    return var


@pytest.fixture
def house(migrated: Path, tmp_path: Path) -> Iterator[Databases]:
    """Fresh databases without orders, spoken to by this process's pages."""
    with process_databases(copy_databases(migrated, tmp_path / "var")) as databases:
        yield databases
