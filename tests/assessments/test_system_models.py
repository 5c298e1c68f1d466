"""Item models about the system and its upgrade: each key follows from what the table shows, reckoned here anew."""

from __future__ import annotations

from datetime import datetime

import pytest

from assessments.figures import FigureRoom, room_of
from tests.assessments.test_warehouse_models import all_asked, number_of, right_of, rows_of
from tests.assessments.tiny_world import tiny_world


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def hours_between(first: str, last: str) -> float:
    return (datetime.fromisoformat(last) - datetime.fromisoformat(first)).total_seconds() / 3_600


def means_of(rows: list[list[str]]) -> tuple[float, float]:
    ours = [hours_between(confirmed, handed) for _, confirmed, handed, _ in rows]
    carriers = [hours_between(handed, delivered) for _, _, handed, delivered in rows]
    return sum(ours) / len(ours), sum(carriers) / len(carriers)


def test_each_part_of_the_way_has_its_own_mean(room: FigureRoom) -> None:
    for nth, ask in enumerate(("ours", "carrier")):
        for question in all_asked(room, "lead_time_split", ask=ask):
            assert number_of(question) == pytest.approx(means_of(rows_of(question))[nth])


def test_the_part_above_its_aim_is_named(room: FigureRoom) -> None:
    verdicts = set()
    for question in all_asked(room, "lead_time_split", ask="whose"):
        most = [int(word) for word in question.stem.en.split() if word.isdigit()]
        ours, carriers = (mean > limit for mean, limit in zip(means_of(rows_of(question)), most, strict=True))
        names = {
            (True, False): "Only ours",
            (False, True): "Only the carrier's",
            (True, True): "Ours and the carrier's",
            (False, False): "Neither of the two",
        }
        assert right_of(question) == names[ours, carriers]
        verdicts.add((ours, carriers))
    assert len(verdicts) == 4


def test_review_saves_reading_and_costs_dealing_with_what_stops(room: FigureRoom) -> None:
    for question in all_asked(room, "upgrade_gain", ask="saved"):
        orders, before, share, now = (float(row[1].rstrip("%")) for row in rows_of(question))
        assert number_of(question) == orders * before - orders * share / 100 * now
    for question in all_asked(room, "upgrade_gain", ask="stopped"):
        orders, _, share, _ = (float(row[1].rstrip("%")) for row in rows_of(question))
        assert number_of(question) == orders * share / 100 == int(number_of(question))
