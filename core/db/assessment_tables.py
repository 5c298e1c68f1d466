"""The portal database's rows about tests: definitions, bank items, attempts, judges, disputes, certificates."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, Table, Text, UniqueConstraint, false, text

from core.db.columns import Id, Instant
from core.db.portal_tables import portal

_IS_OPEN = text("status = 'open'")

# A test as trainers set it up, one row per saved version; the house's own tests have no row until they are changed.
test_definition = Table(
    "test_definition",
    portal,
    Column("id", Id, primary_key=True),
    Column("test", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("author_id", Id, ForeignKey("person.id"), nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("test", "version"),
)

# An item that was written or changed here, one row per version; items of the house's own files have none.
bank_item = Table(
    "bank_item",
    portal,
    Column("id", Id, primary_key=True),
    Column("item_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("topic", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("competency", Text, nullable=False),
    Column("level", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("data", Text, nullable=False),
    Column("author_id", Id, ForeignKey("person.id"), nullable=False),
    Column("at", Instant, nullable=False),
    Column("reviewer_id", Id, ForeignKey("person.id")),
    Column("reviewed_at", Instant),
    Column("note", Text, nullable=False, server_default=""),
    UniqueConstraint("item_id", "version"),
    Index("bank_item_topic", "topic", "state"),
)

attempt = Table(
    "attempt",
    portal,
    Column("id", Id, primary_key=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("test", Text, nullable=False),
    Column("phase", Text, nullable=False),
    Column("try_number", Integer, nullable=False, server_default="1"),
    Column("test_version", Integer, nullable=False, server_default="0"),
    Column("form", Text, nullable=False),
    Column("seed", Id, nullable=False),
    Column("status", Text, nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("deadline_at", Instant),
    Column("finished_at", Instant),
    Column("score", Float),
    # The long ones come last: a list of attempts then never reads past them.
    Column("settings", Text, nullable=False, server_default="{}"),
    Column("items", Text, nullable=False),
    UniqueConstraint("person_id", "test", "phase", "try_number"),
    Index("attempt_test", "test", "phase", "status"),
    # What runs out is found among the open ones alone.
    Index("attempt_open", "deadline_at", sqlite_where=_IS_OPEN, postgresql_where=_IS_OPEN),
)

attempt_step = Table(
    "attempt_step",
    portal,
    Column("id", Id, primary_key=True),
    Column("attempt_id", Id, ForeignKey("attempt.id"), nullable=False),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("item_id", Text),
    Column("at", Instant, nullable=False),
    Column("response", Text),
    Column("fraction", Float),
    Column("certainty", Integer),
    Column("actor_id", Id),
    Column("data", Text),
    Column("key", Text),
    UniqueConstraint("attempt_id", "number"),
    UniqueConstraint("attempt_id", "key"),
)

# What a person needs to show what they know: more time, larger text.
accommodation = Table(
    "accommodation",
    portal,
    Column("person_id", Id, ForeignKey("person.id"), primary_key=True),
    Column("extra_time_rate", Float, nullable=False, server_default="0"),
    Column("larger_text", Boolean, nullable=False, server_default=false()),
    Column("reason", Text, nullable=False, server_default=""),
    Column("granted_by", Id, ForeignKey("person.id"), nullable=False),
    Column("at", Instant, nullable=False),
)

# A judge's estimate of how many of 100 barely competent people would answer an item right (Angoff).
pass_judgement = Table(
    "pass_judgement",
    portal,
    Column("id", Id, primary_key=True),
    Column("test", Text, nullable=False),
    Column("test_version", Integer, nullable=False),
    Column("round", Integer, nullable=False),
    Column("judge_id", Id, ForeignKey("person.id"), nullable=False),
    Column("item_id", Text, nullable=False),
    Column("rate", Float, nullable=False),
    Column("at", Instant, nullable=False),
    UniqueConstraint("test", "test_version", "round", "judge_id", "item_id"),
)

dispute = Table(
    "dispute",
    portal,
    Column("id", Id, primary_key=True),
    Column("attempt_id", Id, ForeignKey("attempt.id"), nullable=False, index=True),
    Column("item_id", Text, nullable=False),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False),
    Column("reason", Text, nullable=False),
    Column("at", Instant, nullable=False),
    Column("status", Text, nullable=False),
    Column("decision", Text, nullable=False, server_default=""),
    Column("data", Text, nullable=False, server_default="{}"),
    Column("decided_by", Id, ForeignKey("person.id")),
    Column("decided_at", Instant),
    UniqueConstraint("attempt_id", "item_id"),
)

certificate = Table(
    "certificate",
    portal,
    Column("id", Id, primary_key=True),
    Column("code", Text, nullable=False, unique=True),
    Column("attempt_id", Id, ForeignKey("attempt.id"), nullable=False, unique=True),
    Column("person_id", Id, ForeignKey("person.id"), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("test", Text, nullable=False),
    Column("title_en", Text, nullable=False),
    Column("title_zh", Text, nullable=False),
    Column("score", Float, nullable=False),
    Column("pass_rate", Float, nullable=False),
    Column("issued_at", Instant, nullable=False),
    Column("revoked_at", Instant),
    Column("revoked_by", Id, ForeignKey("person.id")),
    Column("revoked_reason", Text, nullable=False, server_default=""),
)
