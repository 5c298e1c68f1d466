"""The demo's preparation: complete, idempotent, and never among real data."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from sqlalchemy import text

from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, reader, run
from core.db.fold import fold
from core.domain.errors import RuleViolation
from core.portal.people import DEMO_PEOPLE, ensure_demo_people
from core.services.books import imbalances
from seed.__main__ import main
from seed.demo import prepare_demo
from seed.scenario import PRACTICE_SEEDS
from seed.templates import template_path
from tests.seed.worlds import COLOURFUL, fill

NOW = int(time.time())


def rows(databases: Databases) -> dict[str, list[tuple[object, ...]]]:
    found = {}
    for name, engine in (("portal", databases.portal), ("live", databases.live)):
        with reader(engine) as db:
            tables = db.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
            for table in tables:
                found[f"{name}.{table}"] = [tuple(row) for row in db.execute(text(f'SELECT * FROM "{table}"'))]
    return found


@pytest.fixture
def prepared(tmp_path: Path) -> Databases:
    """A small demo in a folder of its own."""
    databases = connect("", tmp_path)
    prepare_demo(databases, NOW, lambda _step: None, orders=250, days=6)
    return databases


def test_everything_is_there(prepared: Databases) -> None:
    found = rows(prepared)
    assert len(found["portal.person"]) == len(DEMO_PEOPLE)
    assert len(found["live.sales_order"]) == 250
    assert len(found["live.cell"]) > 100
    assert fold(prepared.live) == 0
    assert all(template_path("desk", seed, prepared.var / "templates").is_file() for seed in PRACTICE_SEEDS)
    with reader(prepared.live) as db:
        assert imbalances(Context(db, ENGINE, NOW, World("live", "live"))) == []


def test_a_second_time_changes_nothing(prepared: Databases) -> None:
    before = rows(prepared)
    steps: list[str] = []
    prepare_demo(prepared, NOW + 3_600, steps.append)
    assert rows(prepared) == before
    assert steps == ["Databases", "People", "Metric cells", "Practice templates"]


def test_real_orders_keep_the_demo_out(databases: Databases) -> None:
    fill(databases.live, COLOURFUL, 1, NOW)
    before = rows(databases)
    with pytest.raises(RuleViolation, match="hold a real company"):
        prepare_demo(databases, NOW, lambda _step: None)
    changed = {"live.meta", "live.alembic_version", "portal.alembic_version"}  # what the migration says of itself
    assert {name for name, found in rows(databases).items() if found != before.get(name)} <= changed


def test_real_people_keep_the_demo_out(databases: Databases) -> None:
    def add(db: object) -> None:
        ensure_demo_people(Context(db, ENGINE, NOW, World("portal", "portal")))  # type: ignore[arg-type]

    run(databases.portal, add)
    run(databases.portal, lambda db: db.execute(text("UPDATE person SET demo = 0 WHERE login = 'admin'")))
    with pytest.raises(RuleViolation, match="1 people"):
        prepare_demo(databases, NOW, lambda _step: None)


def test_the_command_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("ORDERLY_VAR", str(tmp_path / "var"))
    assert main(["demo", "--orders", "60", "--days", "3"]) == 0
    said = capsys.readouterr().out
    assert "60 orders over 3 days" in said
    assert "The demo is ready" in said
    for wrong in (["demo", "--orders", "0"], ["demo", "--days", "x"], []):
        with pytest.raises(SystemExit) as exit_:
            main(wrong)
        assert exit_.value.code == 2
