"""Rows of what was found when the books were looked through."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, Table, Text

from core.db.columns import Id, Instant
from core.db.world_metadata import world

# Kept with the last event that was looked at; nothing is ever changed in a row.
book_check = Table(
    "book_check",
    world,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("event_id", Id, nullable=False),  # the last one of the view that was looked at
    Column("actor", Text, nullable=False),
    Column("took_ms", Integer, nullable=False),
    Column("off_count", Integer, nullable=False),
    Column("found", Text, nullable=False),  # findings and values, as JSON
    Index("book_check_at", "at"),
)
