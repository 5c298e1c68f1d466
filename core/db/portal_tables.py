"""The portal database's rows: people, sessions, audit, practice worlds and submissions."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    UniqueConstraint,
    false,
    true,
)

from core.db.columns import Id, Instant

portal = MetaData()

person = Table(
    "person",
    portal,
    Column("id", Id, primary_key=True),
    Column("login", Text, nullable=False, unique=True),
    Column("name", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("position", Text),
    Column("team", Text, nullable=False, server_default=""),
    Column("password_hash", Text),
    Column("active", Boolean, nullable=False, server_default=true()),
    Column("demo", Boolean, nullable=False, server_default=false()),
    Column("created_at", Instant, nullable=False),
    Column("disabled_at", Instant),
)

session = Table(
    "session",
    portal,
    Column("token_hash", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("created_at", Instant, nullable=False),
    Column("seen_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("ended_at", Instant),
    Column("address", Text, nullable=False, server_default=""),
    Column("user_agent", Text, nullable=False, server_default=""),
)

throttle = Table(
    "throttle",
    portal,
    Column("key", Text, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", Instant, nullable=False),
    Column("blocked_until_at", Instant, nullable=False),
)

invite = Table(
    "invite",
    portal,
    Column("token_hash", Text, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id")),
    Column("created_at", Instant, nullable=False),
    Column("expires_at", Instant, nullable=False),
    Column("used_at", Instant),
)

audit = Table(
    "audit",
    portal,
    Column("id", Id, primary_key=True),
    Column("at", Instant, nullable=False, index=True),
    Column("actor_id", Id),
    Column("actor", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False, server_default=""),
    Column("data", Text, nullable=False, server_default="{}"),
    Column("previous_hash", Text, nullable=False),
    Column("hash", Text, nullable=False),
)

portal_command_key = Table(
    "command_key",
    portal,
    Column("key", Text, primary_key=True),
    Column("at", Instant, nullable=False),
    Column("actor", Text, nullable=False),
    Column("result", Text, nullable=False, server_default=""),
)

preference = Table(
    "preference",
    portal,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("key", Text, primary_key=True),
    Column("value", Text, nullable=False),
)

import_mapping = Table(
    "import_mapping",
    portal,
    Column("id", Id, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
    Column("mapping", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("saved_at", Instant, nullable=False),
)

practice_world = Table(
    "practice_world",
    portal,
    Column("id", Text, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("exercise", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("scenario", Text, nullable=False),
    Column("seed", Id, nullable=False),
    Column("schema_version", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("reset_count", Integer, nullable=False, server_default="0"),
    Column("command_at", Instant),
    Column("snapshot_at", Instant),
    UniqueConstraint("person_id", "exercise"),
)

snapshot = Table(
    "snapshot",
    portal,
    Column("id", Id, primary_key=True),
    Column("practice_id", Text, ForeignKey("practice_world.id"), nullable=False, index=True),
    Column("at", Instant, nullable=False),
    Column("reason", Text, nullable=False),
    Column("schema_version", Text, nullable=False),
    Column("data", LargeBinary, nullable=False),
)

submission = Table(
    "submission",
    portal,
    Column("id", Id, primary_key=True),
    Column("practice_id", Text, ForeignKey("practice_world.id"), nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("exercise", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("reset_count", Integer, nullable=False),
    Column("score", Float, nullable=False),
    Column("report", Text, nullable=False),
    Column("snapshot_id", Id, ForeignKey("snapshot.id")),
    Index("submission_person", "person_id", "exercise", "at"),
)
