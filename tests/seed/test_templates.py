"""Templates: one packed file, built once even when many ask at once, and rebuilt when the generator changes."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from core.db.engines import reader, sqlite_engine
from core.db.worlds import SCHEMA_VERSION, PracticeFiles, read_meta
from core.domain.errors import NotFound
from seed import templates
from seed.scenario import PRACTICE_CLOCK_AT, PRACTICE_SEEDS


def test_a_template_is_one_file_that_can_be_copied(tmp_path: Path) -> None:
    made = templates.template("desk", 31, tmp_path)
    assert list(tmp_path.iterdir()) == [made]
    files = PracticeFiles(tmp_path / "practice")
    with reader(files.engine(files.copy(made))) as db:
        said = read_meta(db)
        assert (said["scenario"], said["seed"], said["schema_version"]) == ("desk", "31", SCHEMA_VERSION)
        assert said["clock_at"] == str(PRACTICE_CLOCK_AT)
        assert db.execute(text("SELECT COUNT(*) FROM sales_order")).scalar_one() == 300
        latest = db.execute(text("SELECT MAX(at) FROM event")).scalar_one()
        assert db.execute(text("PRAGMA foreign_key_check")).all() == [], "written with the lookups off"
    assert PRACTICE_CLOCK_AT - 3_600 < latest <= PRACTICE_CLOCK_AT


def test_many_that_ask_at_once_get_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built: list[str] = []
    build = templates._build

    def count_and_build(scenario: str, seed: int, path: Path) -> None:
        built.append(scenario)
        build(scenario, seed, path)

    monkeypatch.setattr(templates, "_build", count_and_build)
    found: list[Path] = []
    threads = [
        threading.Thread(target=lambda: found.append(templates.template("desk", 32, tmp_path))) for _ in range(6)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert set(found) == {templates.template_path("desk", 32, tmp_path)}
    assert len(found) == 6
    assert built == ["desk"]


def test_another_version_replaces_the_old_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = templates.template("desk", 33, tmp_path)
    monkeypatch.setattr(templates, "seed_version", lambda: "another")
    new = templates.template("desk", 33, tmp_path)
    assert old != new
    assert list(tmp_path.iterdir()) == [new]


def test_half_a_template_is_never_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_args: object) -> None:
        raise RuntimeError("the power went")

    monkeypatch.setattr(templates, "write_history", fail)
    with pytest.raises(RuntimeError):
        templates.template("desk", 34, tmp_path)
    assert list(tmp_path.iterdir()) == []
    monkeypatch.undo()
    engine = sqlite_engine(templates.template("desk", 34, tmp_path))
    engine.dispose()


def test_an_unknown_scenario(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match="no scenario nowhere"):
        templates.template("nowhere", 1, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_what_exercises_and_items_ask_for_is_built_with_the_demo() -> None:
    from assessments import figures
    from assessments.exercises import EXERCISES

    asked = {(exercise.scenario, exercise.seed) for exercise in EXERCISES} | {(figures.SCENARIO, figures.SEED)}
    assert asked == {("desk", seed) for seed in PRACTICE_SEEDS}
