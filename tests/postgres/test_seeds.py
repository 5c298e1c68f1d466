"""The seeds on PostgreSQL: the same history through COPY, and the whole demo."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, reader
from core.services.books import imbalances
from seed.demo import prepare_demo
from seed.scenario import PRACTICE_CLOCK_AT
from tests.seed.worlds import COLOURFUL, empty_world, fill

pytestmark = pytest.mark.postgres
NOW = PRACTICE_CLOCK_AT
TABLES = (
    "channel", "warehouse", "sku", "lot", "stock_threshold", "blocked_buyer", "sales_order", "order_line",
    "order_payload", "shipment", "stock_balance", "stock_posting", "money_posting", "message",
)  # fmt: skip
EVENTS = "SELECT id, at, kind, subject, order_id, actor, data FROM event ORDER BY id"


def rows(engine: Engine, statement: str) -> list[tuple[object, ...]]:
    with reader(engine) as db:
        return [tuple(row) for row in db.execute(text(statement))]


def test_the_same_history_as_on_sqlite(postgres: Databases, tmp_path: Path) -> None:
    sqlite = empty_world(tmp_path / "world.db", NOW)
    for engine in (postgres.live, sqlite):
        fill(engine, COLOURFUL, 1, NOW)
    for table in TABLES:
        there, here = (sorted(rows(e, f"SELECT * FROM {table}"), key=repr) for e in (postgres.live, sqlite))
        assert there == here, table
        assert there, table
    assert rows(postgres.live, EVENTS) == rows(sqlite, EVENTS)
    with reader(postgres.live) as db:
        assert imbalances(Context(db, ENGINE, NOW, World("live", "live"))) == []


def test_a_second_history_and_hand_made_rows_find_free_ids(postgres: Databases) -> None:
    fill(postgres.live, COLOURFUL, 1, NOW - 30 * 86_400)
    fill(postgres.live, COLOURFUL, 2, NOW)
    assert rows(postgres.live, "SELECT COUNT(*), COUNT(DISTINCT id) FROM sales_order") == [(340, 340)]
    with postgres.live.begin() as db:
        db.execute(text("INSERT INTO event (at, kind, subject, actor, data) VALUES (1, 'x', 'x', 'x', '{}')"))


def test_the_demo(empty_postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    databases = connect(empty_postgres_url, tmp_path_factory.mktemp("var"))
    prepare_demo(databases, NOW, lambda _step: None, orders=6_000, days=20)
    assert rows(databases.live, "SELECT COUNT(*) FROM sales_order") == [(6_000,)]
    assert rows(databases.live, "SELECT COUNT(*) > 100 FROM cell") == [(True,)]
    indexes = rows(
        databases.live, "SELECT COUNT(*) FROM pg_indexes WHERE schemaname = 'live' AND indexname = 'event_order'"
    )
    assert indexes == [(1,)]
    steps: list[str] = []
    prepare_demo(databases, NOW + 60, steps.append)
    assert steps == ["Databases", "People", "Metric cells", "Practice templates"]
    databases.dispose()
