"""Makes the tables of a portal and a live world for tests."""

from __future__ import annotations

from core.db.engines import Databases, create_schema
from core.db.portal_tables import portal
from core.db.world_tables import world


def make_tables(databases: Databases) -> None:
    """Creates every table of the portal and the live world, empty."""
    for engine, tables in ((databases.portal, portal), (databases.live, world)):
        create_schema(engine)
        tables.create_all(engine)
