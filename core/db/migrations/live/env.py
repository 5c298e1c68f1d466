"""Alembic's entry for the live database; the connection comes from core.db.migrate."""

from alembic import context

from core.db.world_tables import world

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=world, render_as_batch=True)
context.run_migrations()
