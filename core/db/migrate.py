"""Brings portal and live world to the present schema, through Alembic."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine

from core.db.engines import Databases, create_schema, transaction
from core.db.worlds import DEFAULT_TIMEZONE, SCHEMA_VERSION, read_meta, write_meta

_FOLDER = Path(__file__).resolve().parent / "migrations"


def config_for(name: str) -> Config:
    """Alembic's settings for one of the two databases: `portal` or `live`."""
    config = Config()
    config.set_main_option("script_location", str(_FOLDER / name))
    config.set_main_option("path_separator", "os")
    return config


def _upgrade(engine: Engine, name: str) -> None:
    create_schema(engine)
    config = config_for(name)
    with transaction(engine) as db:
        config.attributes["connection"] = db
        command.upgrade(config, "head")


def migrate(databases: Databases) -> None:
    """Creates or upgrades both databases; does nothing where they are up to date."""
    _upgrade(databases.portal, "portal")
    _upgrade(databases.live, "live")
    with transaction(databases.live) as db:
        known = read_meta(db)
        values = {"schema_version": SCHEMA_VERSION}
        if "timezone" not in known:
            values |= {"timezone": DEFAULT_TIMEZONE, "scenario": "live"}
        write_meta(db, **values)
