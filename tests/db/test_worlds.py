"""Practice worlds: copied, reset to a new name, restored from a piece of bytes, and never outside their folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from core.db.engines import reader, transaction
from core.db.worlds import PracticeFiles, create_world, pack_world, practice_now, read_meta, world_of, write_meta
from core.domain.errors import NotFound


@pytest.fixture
def template(tmp_path: Path, clock: int) -> Path:
    path = tmp_path / "templates" / "tiny.db"
    engine = create_world(path, scenario="tiny", seed=7, clock_at=clock)
    with transaction(engine) as db:
        write_meta(db, mark="template")
    pack_world(engine, path)
    assert sorted(p.name for p in path.parent.iterdir()) == ["tiny.db"]
    return path


def _mark(files: PracticeFiles, name: str) -> str:
    with reader(files.engine(name)) as db:
        return read_meta(db)["mark"]


def _set_mark(files: PracticeFiles, name: str, mark: str) -> None:
    with transaction(files.engine(name)) as db:
        write_meta(db, mark=mark)


def test_worlds_do_not_see_each_other(template: Path, tmp_path: Path) -> None:
    files = PracticeFiles(tmp_path / "practice")
    one, two = files.copy(template), files.copy(template)
    _set_mark(files, one, "changed")
    assert (_mark(files, one), _mark(files, two)) == ("changed", "template")


def test_a_reset_is_a_new_file_beside_the_open_one(template: Path, tmp_path: Path) -> None:
    files = PracticeFiles(tmp_path / "practice")
    old = files.copy(template)
    with reader(files.engine(old)) as still_open:
        fresh = files.copy(template)
        assert fresh != old
        assert still_open.execute(text("SELECT count(*) FROM meta")).scalar_one() > 0
    files.remove(old)
    assert not files.exists(old) and _mark(files, fresh) == "template"
    with pytest.raises(NotFound):
        files.engine(old)


def test_a_world_survives_as_bytes(template: Path, tmp_path: Path) -> None:
    files = PracticeFiles(tmp_path / "practice")
    name = files.copy(template)
    _set_mark(files, name, "学员的进度")
    piece = files.serialise(name)  # while its engine is open, journal and all
    elsewhere = PracticeFiles(tmp_path / "another_replica")
    assert _mark(elsewhere, elsewhere.restore(piece)) == "学员的进度"


def test_many_worlds_share_few_engines(template: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("core.db.worlds._OPEN_ENGINES", 3)
    files = PracticeFiles(tmp_path / "practice")
    names = [files.copy(template) for _ in range(8)]
    for number, name in enumerate(names):
        _set_mark(files, name, str(number))
    assert [_mark(files, name) for name in names] == [str(number) for number in range(8)]


@pytest.mark.parametrize("name", ["../templates/tiny.db", "/etc/passwd", "nothing.db", ""])
def test_no_name_leads_out_of_the_folder(template: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(NotFound):
        PracticeFiles(tmp_path / "practice").engine(name)


def test_its_clock_goes_on_from_where_the_scenario_stood(template: Path, tmp_path: Path, clock: int) -> None:
    files = PracticeFiles(tmp_path / "practice")
    with reader(files.engine(files.copy(template))) as db:
        assert practice_now(db, started_at=5_000_000, wall_now=5_000_090) == clock + 90
        assert practice_now(db, started_at=5_000_000, wall_now=4_000_000) == clock, "a clock set back stands still"
        assert world_of(db, "practice", "p1").timezone == "Asia/Shanghai"
