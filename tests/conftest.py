"""What tests stand on: a fixed moment, fresh databases of both kinds, and what must not be skipped."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings
from sqlalchemy import create_engine, make_url, text

from core.db.engines import Databases, connect
from core.db.migrate import migrate
from tests.browser.windows import launch
from tests.chromium import find_chromium
from tests.house_rules import ROOT
from tests.postgres_server import find_binaries, running_server

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No test asserts how long something takes: a machine that does other work, too, is no fault.
settings.register_profile("orderly", deadline=None)
settings.load_profile("orderly")

_TEMPLATE = "orderly_template"
_numbers = count(1)


def _listed(variable: str) -> set[str]:
    """The parts that an environment variable names, as in ORDERLY_REQUIRE=browser,postgres."""
    names = {name.strip() for name in os.environ.get(variable, "").split(",") if name.strip()}
    if names - {"browser", "postgres"}:
        raise pytest.UsageError(f"{variable} knows browser and postgres, found {sorted(names)}")
    return names


def missing() -> dict[str, str]:
    """What this machine lacks, or is told to do without (ORDERLY_WITHOUT): marker → why it is not run."""
    found = {name: f"left out by ORDERLY_WITHOUT={name}" for name in _listed("ORDERLY_WITHOUT")}
    if find_binaries() is None:
        found["postgres"] = "PostgreSQL's initdb not found; on Debian it comes with: apt install postgresql"
    if find_chromium() is None:
        found["browser"] = "Chromium not found; on Debian it comes with: apt install chromium"
    return found


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where tests run on several cores: files stay together, and all browser tests share one application.

    Browser tests go first, since they take longest.
    """
    items.sort(key=lambda item: item.get_closest_marker("browser") is None)
    if config.pluginmanager.hasplugin("xdist"):
        for item in items:
            name = "browser" if item.get_closest_marker("browser") else item.nodeid.partition("::")[0]
            item.add_marker(pytest.mark.xdist_group(name))


def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skips what this machine can't run and says why; where ORDERLY_REQUIRE names it, fails instead."""
    for marker, reason in missing().items():
        if item.get_closest_marker(marker):
            if marker in _listed("ORDERLY_REQUIRE"):
                pytest.fail(f"required, but {reason}", pytrace=False)
            pytest.skip(reason)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One headless Chromium for the run, since Playwright starts only once in a thread; tests open their own windows.

    Mark its tests with `@pytest.mark.browser`.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = launch(playwright)
        yield browser
        browser.close()


@pytest.fixture
def clock() -> int:
    """The moment that tests happen at: Wednesday 2026-03-18 10:30 in Shanghai. Units: epoch seconds UTC."""
    return int(datetime(2026, 3, 18, 2, 30, tzinfo=UTC).timestamp())


@pytest.fixture
def acceptance() -> Callable[[str], Path]:
    """A file or folder of the acceptance data, no part of the project; where it is missing the test is skipped."""
    folder = Path(os.environ.get("ORDERLY_ACCEPTANCE_DATA") or ROOT.parent / "shared" / "data")

    def find(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"no acceptance data: {name} is not in {folder}")
        return folder / name

    return find


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with an empty portal and live world, made once; tests get copies."""
    folder = tmp_path_factory.mktemp("template")
    databases = connect("", folder)
    migrate(databases)
    databases.dispose()  # the last connection folds the journal into the file
    assert not list(folder.glob("*-wal"))
    return folder


@pytest.fixture
def databases(sqlite_template: Path, tmp_path: Path) -> Iterator[Databases]:
    """A fresh portal and live world in SQLite files of this test's own."""
    var = tmp_path / "var"
    shutil.copytree(sqlite_template, var)
    opened = connect("", var)
    yield opened
    opened.dispose()


@pytest.fixture(scope="session")
def postgres_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server for this run, with a template that has the tables. Gives its maintenance URL."""
    binaries = find_binaries()
    assert binaries is not None, "mark the test with @pytest.mark.postgres"
    with running_server(binaries) as url:
        _admin(url, f'CREATE DATABASE "{_TEMPLATE}"')
        template = connect(_named(url, _TEMPLATE), tmp_path_factory.mktemp("postgres"))
        migrate(template)
        template.dispose()
        yield url


@pytest.fixture
def postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a fresh database with empty tables, dropped afterwards."""
    name = f"orderly_{next(_numbers)}"
    _admin(postgres_server, f'CREATE DATABASE "{name}" TEMPLATE "{_TEMPLATE}"')
    yield _named(postgres_server, name)
    _admin(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def empty_postgres_url(postgres_server: str) -> Iterator[str]:
    """The URL of a database without any table, for migrations."""
    name = f"orderly_{next(_numbers)}"
    _admin(postgres_server, f'CREATE DATABASE "{name}"')
    yield _named(postgres_server, name)
    _admin(postgres_server, f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture
def postgres(postgres_url: str, tmp_path: Path) -> Iterator[Databases]:
    """A fresh portal and live world in PostgreSQL. Mark its tests with `@pytest.mark.postgres`."""
    opened = connect(postgres_url, tmp_path / "var")
    yield opened
    opened.dispose()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def each_databases(request: pytest.FixtureRequest) -> Databases:
    """The same test on SQLite and on PostgreSQL."""
    name = "databases" if request.param == "sqlite" else "postgres"
    found = request.getfixturevalue(name)
    assert isinstance(found, Databases)
    return found


@pytest.fixture
def reopen() -> Iterator[Callable[[Databases], Databases]]:
    """Opens the same databases again, as a second process would; closed after the test."""
    opened: list[Databases] = []

    def again(databases: Databases) -> Databases:
        url = databases.portal.url
        postgres = url.get_backend_name() == "postgresql"
        rendered = url.render_as_string(hide_password=False) if postgres else ""
        opened.append(connect(rendered, databases.var))
        return opened[-1]

    yield again
    for databases in opened:
        databases.dispose()


def _named(url: str, database: str) -> str:
    return make_url(url).set(database=database).render_as_string(hide_password=False)


def _admin(url: str, statement: str) -> None:
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as db:
        db.execute(text(statement))
    engine.dispose()
