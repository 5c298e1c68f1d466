"""Item and case models of logistics: each key follows from what the table shows, reckoned here anew."""

from __future__ import annotations

import math
import re
from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from assessments.case_models.parcel_trail import STANDARD_HOURS
from assessments.exhibits import Exhibit
from assessments.figures import FigureRoom, room_of
from assessments.item_models import carrier_rules as rules
from assessments.item_models.carrier_rules import Share, grade_of, score_of
from assessments.item_models.contract_penalty import Clause, Month, full_points, penalty_cents
from assessments.questions import Choice, Numeric, Question
from core.domain.places import PROVINCE_BY_CODE
from core.services.carriers import carrier_policy
from tests.assessments.test_case_models import asked as asked_case
from tests.assessments.test_case_models import items_of
from tests.assessments.test_handbook import rows_in, sections_in, text_of
from tests.assessments.test_item_models import asked
from tests.assessments.tiny_world import tiny_world

PEOPLE = range(25)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def rows_of(question: Question) -> list[list[str]]:
    assert question.exhibit is not None
    return cells_of(question.exhibit)


def cells_of(exhibit: Exhibit) -> list[list[str]]:
    return [[cell.en for cell in row] for row in exhibit.rows]


def number_of(question: Question) -> float:
    assert isinstance(question.content, Numeric)
    return question.content.answer


def right_of(question: Question) -> str:
    assert isinstance(question.content, Choice)
    (right,) = [option.text.en for option in question.content.options if option.fraction == 1]
    return right


def all_asked(room: FigureRoom, model: str, **params: Any) -> list[Question]:
    return [asked(room, model, params, person) for person in PEOPLE]


def money(text: str) -> float:
    return float(text.replace(",", "").replace("−", "-"))


def cost(first: str, step: str, kilograms: float) -> float:
    """First kilogram, then every begun one."""
    return money(first) + math.ceil(round(kilograms - 1, 6)) * money(step)


# ------------------------------------------------------------------------------------------------------ carriers


def test_a_parcel_costs_its_first_kilogram_and_every_begun_one(room: FigureRoom) -> None:
    for question in all_asked(room, "parcel_cost", ask="cost"):
        (kilograms,) = re.findall(r"parcel of ([\d.]+) kg", question.stem.en)
        (_, first), (_, step) = rows_of(question)
        assert number_of(question) == pytest.approx(cost(first, step, float(kilograms)), abs=0.001)


def test_the_cheapest_that_may_carry_it_is_never_the_cheapest_by_tariff(room: FigureRoom) -> None:
    for question in all_asked(room, "parcel_cost", ask="cheapest"):
        day, kilograms, goods = re.findall(
            r"Today is (\S+)\. A parcel of ([\d.]+) kg(?: with (\w+))?", question.stem.en
        )[0]
        rated = [row for row in rows_of(question) if row[1] != "doesn't go there"]
        price = {row[0]: cost(row[1], row[2], float(kilograms)) for row in rated}
        may = [
            row[0]
            for row in rated
            if float(kilograms) <= float(row[3].split()[0]) and goods in ("", *row[4].split(", ")) and day <= row[5]
        ]
        assert right_of(question) == min(may, key=price.__getitem__)
        assert min(price, key=price.__getitem__) not in may


def test_expected_cost_decides_neither_by_rate_nor_by_risk_alone(room: FigureRoom) -> None:
    for question in all_asked(room, "parcel_cost", ask="expected"):
        (late,) = re.findall(r"costs us ([\d.]+) yuan", question.stem.en)
        sums = {
            name: money(rate) + float(risk.removesuffix("%")) / 100 * money(late)
            for name, rate, risk in rows_of(question)
        }
        assert right_of(question) == min(sums, key=sums.__getitem__)


def test_tariffs_shown_are_those_of_the_policy(room: FigureRoom) -> None:
    prices = {
        (terms.name_en, f"{zone.first_cents / 100:.2f}", f"{zone.step_cents / 100:.2f}")
        for terms in carrier_policy().carriers
        for zone in terms.zones
    }
    for question in all_asked(room, "parcel_cost", ask="cost"):
        assert question.exhibit is not None
        (_, first), (_, step) = rows_of(question)
        assert (question.exhibit.title.en.split(":")[0], first, step) in prices


def test_the_score_is_the_weighted_sum_of_the_table(room: FigureRoom) -> None:
    for question in all_asked(room, "carrier_score", ask="score"):
        total = sum(int(weight.removesuffix("%")) * int(points) for _, weight, points in rows_of(question)) / 100
        assert number_of(question) == pytest.approx(total, abs=0.051)


def test_every_grade_comes_up_with_its_reason(room: FigureRoom) -> None:
    found = set()
    for person in range(60):
        question = asked(room, "carrier_score", {"ask": "grade"}, person)
        points = dict(zip(rules.WEIGHTS, (int(row[2]) for row in rows_of(question)), strict=True))
        right = right_of(question)
        found.add(right)
        assert right[0] == grade_of(points)
        assert ("whatever the total" in right) == (points["on_time"] < 60 and score_of(points) >= 70)
    assert len(found) == 4


@pytest.mark.parametrize("of", ["on_time", "satisfied"])
def test_only_differences_beyond_chance_are_called_real(room: FigureRoom, of: str) -> None:
    found = set()
    for question in all_asked(room, "rate_difference", of=of):
        (one, *counts), (other, *more_counts) = rows_of(question)
        n, hits, m, more = (text.replace(",", "") for text in (*counts, *more_counts))
        p, q = int(hits) / int(n), int(more) / int(m)
        spread = math.sqrt(p * (1 - p) / int(n) + q * (1 - q) / int(m))
        if abs(p - q) > 2 * spread:
            assert right_of(question).startswith(one if p > q else other)
        else:
            assert right_of(question).startswith("The difference may be chance")
        found.add(abs(p - q) > 2 * spread)
    assert found == {True, False}


# ----------------------------------------------------------------------------------------------------- contracts


def test_notice_counts_back_from_the_last_day(room: FigureRoom) -> None:
    for question in all_asked(room, "notice_day", ask="last"):
        facts = dict(rows_of(question))
        days = int(facts["Notice must arrive before the last day by at least"].split()[0])
        last = date.fromisoformat(facts["Last day of the term"]) - timedelta(days=days)
        assert right_of(question) == last.isoformat()


def test_a_notice_on_the_very_last_day_is_in_time(room: FigureRoom) -> None:
    found = set()
    for person in range(40):
        question = asked(room, "notice_day", {"ask": "verdict"}, person)
        facts = dict(rows_of(question))
        days = int(facts["Notice must arrive before the last day by at least"].split()[0])
        last = date.fromisoformat(facts["Last day of the term"]) - timedelta(days=days)
        early = (last - date.fromisoformat(facts["Our notice arrives on"])).days
        assert right_of(question).startswith("It came in time" if early >= 0 else "It came too late")
        found.add(early)
    assert 0 in found and min(found) < 0 < max(found)


@pytest.mark.parametrize("capped", [True, False])
def test_penalty_counts_full_points_up_to_the_cap(room: FigureRoom, capped: bool) -> None:
    for question in all_asked(room, "contract_penalty", cap=capped):
        target, per_point, cap = map(int, re.findall(r"below (\d+)%, (\d+)% of .* at most (\d+)%", question.stem.en)[0])
        due, on_time, freight = (money(row[1]) for row in rows_of(question))
        points = math.floor(target - 100 * on_time / due)
        assert points * per_point > cap if capped else points * per_point < cap
        assert number_of(question) == pytest.approx(freight * min(cap, points * per_point) / 100, abs=0.006)


@pytest.mark.parametrize(
    ("on_time", "points", "cents"),
    [(950, 0, 0), (941, 0, 0), (940, 1, 2_000), (931, 1, 2_000), (930, 2, 4_000), (880, 7, 10_000), (1_000, 0, 0)],
)
def test_begun_points_cost_nothing(on_time: int, points: int, cents: int) -> None:
    clause, month = Clause(95, 2, 10), Month(1_000, on_time, 100_000)
    assert (full_points(clause, month), penalty_cents(clause, month)) == (points, cents)


# -------------------------------------------------------------------------------------------------- on the way


@pytest.mark.parametrize("ask", ["due", "late_pickup"])
def test_working_days_are_counted_by_the_calendar_shown(room: FigureRoom, ask: str) -> None:
    for question in all_asked(room, "promise_day", ask=ask):
        count, day, at, pickup = re.findall(
            r"in (\d) working days.*?, (\d{4}-\S+), at (\d\d:\d\d)\. .* last pick-up at (\d\d:\d\d)\.", question.stem.en
        )[0]
        assert (at > pickup) == (ask == "late_pickup")
        start = date.fromisoformat(day) + timedelta(days=int(at > pickup))
        worked = [row[0] for row in rows_of(question) if row[2] in ("working day", "make-up working day")]
        after = [one for one in worked if one > start.isoformat()]
        assert right_of(question).split()[0] == after[int(count) - 1]
        kinds = {row[2] for row in rows_of(question)}
        assert kinds == {"working day", "make-up working day", "public holiday", "day off"}


def test_only_a_lane_with_enough_parcels_is_red(room: FigureRoom) -> None:
    for question in all_asked(room, "lane_warning", ask="colour"):
        red = [
            name
            for name, n, within in rows_of(question)
            if int(n) >= 50 and 95 - 100 * int(within.split()[0]) / int(n) >= 5
        ]
        assert red == [right_of(question)]
        assert any(int(n) < 50 and 95 - 100 * int(w.split()[0]) / int(n) >= 5 for _, n, w in rows_of(question))


def test_improving_begins_where_most_hours_are_lost(room: FigureRoom) -> None:
    for question in all_asked(room, "lane_warning", ask="stretch"):
        lost = {name: int(hours) * int(share.removesuffix("%")) for name, hours, share in rows_of(question)}
        assert right_of(question) == max(lost, key=lost.__getitem__)


@pytest.mark.parametrize("region", ["near", "mixed"])
def test_the_parcel_that_warns_isn_t_the_one_that_waited_longest(room: FigureRoom, region: str) -> None:
    remote = {"Xinjiang", "Xizang", "Qinghai", "Inner Mongolia", "Hainan"}
    places = set()
    for question in all_asked(room, "first_trouble", region=region):
        assert question.exhibit is not None
        now = datetime.fromisoformat(question.exhibit.title.en.split("now ")[1])
        waited, beyond = {}, []
        for waybill, to, last, at in rows_of(question):
            waited[waybill] = (now - datetime.fromisoformat(at)).total_seconds() / 3_600
            limit = 72 if to in remote else 48
            limit = {"handed over, no scan since": 12, "attempt failed, nobody at home": 24}.get(last, limit)
            beyond += [waybill] if waited[waybill] > limit else []
            places.add(to)
        assert beyond == [right_of(question)]
        assert max(waited, key=waited.__getitem__) not in beyond
    assert bool(places & remote) == (region == "mixed")


# --------------------------------------------------------------------------------------- rules and the handbook


def test_scorecard_and_grades_are_those_of_the_handbook() -> None:
    section = sections_in(text_of("en"))["20.3"]
    assert [int(row[1].removesuffix("%")) for row in rows_in(section)] == list(rules.WEIGHTS.values())
    assert sum(rules.WEIGHTS.values()) == 100
    said = [
        int(found) for found in re.findall(r"A: (\d+) and above.*B: (\d+) to below \d+.*fewer than (\d+)", section)[0]
    ]
    assert said == [rules.GRADE_A, rules.GRADE_B, rules.FLOOR]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_limits_of_warnings_are_those_of_the_handbook(language: str) -> None:
    section = sections_in(text_of(language))["23.3"]
    numbers = [[int(one) for one in re.findall(r"\d+", " ".join(row))] for row in rows_in(section)[:4]]
    share, scan, silence, attempt = numbers
    assert share == [7, rules.TARGET, rules.YELLOW, rules.RED, rules.ENOUGH]
    assert scan == [rules.FIRST_SCAN_HOURS]
    assert silence == [rules.SILENCE_HOURS, rules.REMOTE_SILENCE_HOURS]
    assert attempt == [rules.ATTEMPT_HOURS]
    lost = [int(one) for one in re.findall(r"\d+", sections_in(text_of(language))["23.7"])][:2]
    assert lost == [rules.LOST_DAYS, rules.REMOTE_LOST_DAYS]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_remote_regions_and_standards_are_those_of_the_handbook(language: str) -> None:
    rows = rows_in(sections_in(text_of(language))["23.1"])
    (row,) = [row for row in rows if str(STANDARD_HOURS) in row[1]]
    named = [PROVINCE_BY_CODE[code] for code in rules.REMOTE]
    names = [one.name_en if language == "en" else one.name_zh[: 3 if one.code == "CN-NM" else 2] for one in named]
    assert [name for name in names if name not in row[0]] == []
    assert len(re.split(", |、", row[0])) == len(rules.REMOTE)


@pytest.mark.parametrize(
    ("hits", "n", "colour"),
    [
        (49, 49, "few"),
        (94, 100, "green"),
        (93, 100, "yellow"),
        (91, 100, "yellow"),
        (90, 100, "red"),
        (95, 100, "green"),
    ],
)
def test_colours_begin_at_their_limits(hits: int, n: int, colour: str) -> None:
    assert rules.colour_of(Share(hits, n)) == colour


# -------------------------------------------------------------------------------------------------------- cases


def test_the_quarter_s_third_carrier_is_c_though_its_sum_is_high(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "carrier_quarter", {})
    for person in range(15):
        questions = asked_case(room, items, person)
        case = questions["score"].case
        assert case is not None
        weights, points = (cells_of(exhibit) for exhibit in case.exhibits)
        names = [column.en for column in case.exhibits[1].columns[1:]]
        sums = [
            sum(
                int(weight[1].removesuffix("%")) * int(row[1 + at]) for weight, row in zip(weights, points, strict=True)
            )
            / 100
            for at in range(3)
        ]
        (asked_name,) = [name for name in names if name in questions["score"].stem.en]
        assert number_of(questions["score"]) == pytest.approx(sums[names.index(asked_name)], abs=0.051)
        low = [name for name, first in zip(names, points[0][1:], strict=True) if int(first) < 60]
        assert [right_of(questions["grade"])] == low and min(sums) >= 70


def test_the_trail_lost_most_where_it_stands_still(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "parcel_trail", {})
    found = set()
    for person in range(25):
        questions = asked_case(room, items, person)
        case = questions["left"].case
        assert case is not None
        history, plan = (cells_of(exhibit) for exhibit in case.exhibits)
        gone = [row for row in plan if row[2] != "0"]
        taken = [int(row[2]) for row in gone]
        assert number_of(questions["left"]) == 168 - sum(taken) > 0
        scans = [datetime.fromisoformat(row[0]) for row in history]
        gaps = [(last - first).total_seconds() / 3_600 for first, last in pairwise(scans)]
        assert gaps == taken[:-1]
        assert datetime.fromisoformat(right_of(questions["warned"])) == scans[-1] + timedelta(hours=72)
        lost = {name: int(took) - int(planned) for name, planned, took in gone}
        assert right_of(questions["stretch"]) == max(lost, key=lost.__getitem__) == gone[-1][0]
        found.add(gone[-1][0])
    assert found == {row[0] for row in plan[1:]}
