"""Alembic's entry for the portal database; the connection comes from core.db.migrate."""

from alembic import context

from core.db.assessment_tables import portal

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=portal, render_as_batch=True)
context.run_migrations()
