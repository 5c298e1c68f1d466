"""Work in a practice world reaches the portal by itself, once, and a world that is gone is no error."""

from __future__ import annotations

from assessments.snapshots import snapshot_soon
from tests.assessments.test_practice import CANCEL, House, house, start, template

__all__ = ["house", "template"]


def test_a_snapshot_comes_by_itself(house: House) -> None:
    practice_id = start(house)
    house.solve(practice_id, CANCEL)
    house.now += 1
    timer = snapshot_soon(house.databases, house.room, practice_id, lambda: house.now, after=0.05)
    assert timer is not None
    timer.join()
    assert house.snapshots() == ["command:0"]
    assert house.row(practice_id).snapshot_at == house.now


def test_several_commands_share_one_snapshot(house: House) -> None:
    practice_id = start(house)
    house.solve(practice_id, CANCEL)
    first = snapshot_soon(house.databases, house.room, practice_id, lambda: house.now + 1, after=0.2)
    assert snapshot_soon(house.databases, house.room, practice_id, lambda: house.now + 1, after=0.2) is None
    assert first is not None
    first.join()
    again = snapshot_soon(house.databases, house.room, practice_id, lambda: house.now + 2, after=0.0)
    assert again is not None
    again.join()
    assert house.snapshots() == ["command:0"]


def test_a_world_that_is_gone_by_then_is_no_error(house: House) -> None:
    practice_id = start(house)
    house.solve(practice_id, CANCEL)
    house.room.files.remove(house.row(practice_id).file)
    timer = snapshot_soon(house.databases, house.room, practice_id, lambda: house.now + 1, after=0.0)
    assert timer is not None
    timer.join()
    assert house.snapshots() == []
