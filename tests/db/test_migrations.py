"""Migrations lead to the same tables that the code declares, on both databases, and change nothing twice."""

from __future__ import annotations

import warnings
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import MetaData, inspect, text
from sqlalchemy.exc import SAWarning

from core.db.assessment_tables import portal
from core.db.engines import Databases, connect, reader, transaction
from core.db.migrate import migrate
from core.db.world_tables import world
from core.db.worlds import SCHEMA_VERSION, read_meta, write_meta


def _differences(databases: Databases) -> list[object]:
    found: list[object] = []
    for engine, metadata in ((databases.portal, portal), (databases.live, world)):
        assert isinstance(metadata, MetaData)
        # SQLAlchemy's reflection doesn't know PostgreSQL's transaction ids as a type.
        with reader(engine) as db, warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Did not recognize type 'xid8'", SAWarning)
            schema = MigrationContext.configure(db, opts={"compare_type": True, "compare_server_default": False})
            found += [
                change
                for change in compare_metadata(schema, metadata)
                # They exist on PostgreSQL alone and are declared as DDL beside the table.
                if not (change[0] == "remove_column" and change[3].name == "xid")
                if not (change[0] == "remove_index" and change[1].name == "event_xid")
            ]
    return found


def test_migrated_sqlite_is_what_the_code_declares(tmp_path: Path) -> None:
    databases = connect("", tmp_path)
    migrate(databases)
    assert _differences(databases) == []
    databases.dispose()


@pytest.mark.postgres
def test_migrated_postgres_is_what_the_code_declares(empty_postgres_url: str, tmp_path: Path) -> None:
    databases = connect(empty_postgres_url, tmp_path)
    migrate(databases)
    assert _differences(databases) == []
    with reader(databases.live) as db:
        assert db.execute(text("SELECT count(xid) FROM event")).scalar_one() == 0
        assert not inspect(db).has_table("person"), "the live world's connection must not see the portal"
    databases.dispose()


def test_migrating_twice_keeps_what_is_there(tmp_path: Path) -> None:
    databases = connect("", tmp_path)
    migrate(databases)
    with transaction(databases.live) as db:
        assert read_meta(db)["schema_version"] == SCHEMA_VERSION
        write_meta(db, timezone="Europe/Berlin")
    migrate(databases)
    with reader(databases.live) as db:
        assert read_meta(db)["timezone"] == "Europe/Berlin"
        assert db.execute(text("SELECT version_num FROM alembic_version")).scalar_one() == "0001"
    databases.dispose()
