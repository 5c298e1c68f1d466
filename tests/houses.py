"""The house that pages are looked at in: one without orders, with the people of the demo."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, transaction
from core.db.fold import fold
from core.db.migrate import migrate
from seed.base import lay_base
from seed.history import write_history
from seed.scenario import Scenario
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


def with_history(var: Path, scenario: Scenario, seed: int) -> Path:
    """A folder of databases whose live world has had a scenario's orders until now, folded."""
    databases = connect("", var)
    with transaction(databases.live) as db:
        ctx = Context(db, ENGINE, int(time.time()), World("live", "live"))
        lay_base(ctx, scenario, seed)
        write_history(ctx, scenario, seed)
    fold(databases.live)
    databases.dispose()
    return var
