"""Case sets of the warehouse and of an incident: every key is reckoned anew from the tables and pictures shown."""

from __future__ import annotations

import random
from typing import Any

import pytest

from assessments.case_models import CASE_MODELS
from assessments.case_models.model import BuiltCase
from assessments.figures import FigureRoom, room_of
from assessments.item_models.model import Built
from assessments.questions import Choice, Numeric
from tests.assessments.tiny_world import tiny_world

PEOPLE = range(30)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def cases_of(room: FigureRoom, model: str) -> list[BuiltCase]:
    found = []
    for person in PEOPLE:
        with room.opened() as world:
            found.append(CASE_MODELS[model].built(world, random.Random(f"{model} {person}"), {}))
    return found


def rows_of(case: BuiltCase, nth: int) -> list[list[str]]:
    return [[cell.en for cell in row] for row in case.exhibits[nth].rows]


def number_of(built: Built) -> float:
    assert isinstance(built.content, Numeric)
    return built.content.answer


def right_of(built: Built) -> str:
    assert isinstance(built.content, Choice)
    (right,) = [option.text.en for option in built.content.options if option.fraction == 1]
    return right


def reason_of(built: Built) -> str:
    assert isinstance(built.content, Choice)
    (reason,) = [option.reason.en for option in built.content.options if option.fraction == 1]
    return reason


def taken(row: list[str]) -> int:
    """What the door takes of a line: at most 5% too much, and nothing that expires within 90 days."""
    ordered, _, counted, life = map(int, row[2:])
    return 0 if life < 90 else min(counted, ordered + ordered * 5 // 100)


def test_delivery_is_booked_as_the_door_allows(room: FigureRoom) -> None:
    for case in cases_of(room, "delivery_day"):
        lines, waiting = rows_of(case, 0), {code: int(units) for code, units in rows_of(case, 1)}
        assert number_of(case.questions["total"]) == sum(taken(row) for row in lines)
        assert [row[0] for row in lines if not taken(row)] == [right_of(case.questions["refused"])]
        missing = sum(max(0, int(row[2]) - taken(row)) for row in lines)
        assert number_of(case.questions["waited"]) == missing
        here = [row[0] for row in lines if taken(row)]
        assert right_of(case.questions["first"]) == max(here, key=waiting.__getitem__)
        assert max(waiting.values()) > waiting[right_of(case.questions["first"])], "most wait for what can't be taken"


def again(row: list[str]) -> bool:
    abc, book, counted, cost = row[2], *map(int, row[4:])
    off = abs(counted - book)
    most = {"A": 0, "B": max(1, book // 100), "C": max(2, 2 * book // 100)}[abc]
    return off > most or (off > 0 and off * cost > 200)


def pattern_of(lines: list[list[str]], row: list[str]) -> str:
    """What the shortage of a place looks like, by the handbook's words."""
    missing = int(row[4]) - int(row[5])
    partners = [one for one in lines if int(one[5]) - int(one[4]) == missing]
    if any(one[1] == row[1] for one in partners):
        return "Lies in another bin"
    return "Picked wrongly" if partners else "Cartons and pieces mixed up" if missing % int(row[3]) == 0 else ""


def test_count_is_judged_by_tolerance_and_pattern(room: FigureRoom) -> None:
    causes = set()
    for case in cases_of(room, "count_evening"):
        lines = rows_of(case, 0)
        assert number_of(case.questions["recount"]) == sum(again(row) for row in lines)
        value = sum((int(row[5]) - int(row[4])) * int(row[6]) for row in lines)
        assert number_of(case.questions["value"]) == value
        named = case.questions["cause"].stem.en.split(" short in ")[1].split(",")[0]
        (odd,) = [row for row in lines if row[0] == named]
        assert right_of(case.questions["cause"]) == pattern_of(lines, odd)
        causes.add(right_of(case.questions["cause"]))
        of_one_article: dict[str, set[tuple[str, ...]]] = {}
        for row in lines:
            of_one_article.setdefault(row[1], set()).add((row[2], row[3], row[6]))
        assert all(len(facts) == 1 for facts in of_one_article.values()), "an article has one class, carton and cost"
    assert len(causes) == 3


def test_largest_cause_that_one_can_mend_comes_first(room: FigureRoom) -> None:
    for case in cases_of(room, "count_evening"):
        units = {reason: int(count) for reason, count in rows_of(case, 1)}
        unknown = units.pop("Unexplained after recount")
        assert unknown > max(units.values())
        assert f"With {max(units.values())} units" in reason_of(case.questions["mend"])


def minute_of(text: str) -> int:
    hours, minutes = text.split(":")
    return 60 * int(hours) + int(minutes)


def entry(case: BuiltCase, beginning: str) -> int:
    (at,) = [minute_of(row[0]) for row in rows_of(case, 0) if row[1].startswith(beginning)]
    return at


def test_incident_is_reckoned_from_its_log(room: FigureRoom) -> None:
    mistakes = set()
    for case in cases_of(room, "incident_morning"):
        failed, paper, opened = (
            entry(case, words) for words in ("The system fails", "Packing on paper", "All is entered")
        )
        lost = (failed - entry(case, "Last backup")) % (24 * 60)
        assert number_of(case.questions["lost"]) == lost
        due = sum(int(count) for hour, count in rows_of(case, 1) if paper <= minute_of(hour) < opened)
        rate = int(case.situation.en.split("On paper ")[1].split(" ")[0])
        assert number_of(case.questions["left"]) == due - rate * (opened - paper) // 60
        assert right_of(case.questions["mistake"]) in [row[1] for row in rows_of(case, 0)]
        mistakes.add(right_of(case.questions["mistake"]))
        assert [row[0] for row in rows_of(case, 0)] == sorted(row[0] for row in rows_of(case, 0))
    assert len(mistakes) == 4


def test_wave_of_phishing_is_dealt_with_by_what_was_done(room: FigureRoom) -> None:
    shares = set()
    for case in cases_of(room, "phishing_wave"):
        desks = rows_of(case, 0)
        assert number_of(case.questions["devices"]) == sum(row[1] == "yes" for row in desks)
        urgent = [row[0] for row in desks if row[2] == "yes" and row[3] == "no"]
        assert urgent == [right_of(case.questions["first"])]
        came = minute_of(case.situation.en.split(" at ")[1].split(" eight")[0])
        after = [(minute_of(row[4]) - came) % (24 * 60) for row in desks if row[4] != "–"]
        assert number_of(case.questions["share"]) == 100 * sum(minute < 15 for minute in after) / len(desks)
        assert [int(count) for _, count in rows_of(case, 1)] == [
            sum(minute // 15 == nth for minute in after) for nth in range(4)
        ]
        shares.add(number_of(case.questions["share"]))
        host = case.situation.en.split("https://")[1].split("/")[0]
        assert host.endswith("." + right_of(case.questions["owner"]))
    assert len(shares) >= 3


@pytest.mark.parametrize("model", ["delivery_day", "count_evening", "incident_morning", "phishing_wave"])
def test_no_two_people_share_a_situation(room: FigureRoom, model: str) -> None:
    shown: set[Any] = {(case.situation, case.exhibits) for case in cases_of(room, model)}
    assert len(shown) == len(PEOPLE)
