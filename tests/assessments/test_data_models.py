"""Item and case models of data and reports: each key follows from what the table shows, reckoned here anew."""

from __future__ import annotations

import re
from pathlib import Path
from statistics import mean

import pytest

from assessments.figures import FigureRoom, room_of
from assessments.item_models.answers import number, per_cent
from assessments.prose import same
from assessments.questions import Choice
from tests.assessments.test_case_models import asked as asked_case
from tests.assessments.test_case_models import items_of
from tests.assessments.test_logistics_models import all_asked, cells_of, money, number_of, right_of, rows_of
from tests.assessments.tiny_world import tiny_world

CASES_OF = range(12)


def units(cell: str) -> int:
    """A whole number as a table shows it, thousands marked."""
    return int(cell.replace(",", ""))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def test_missing_orders_are_counted_day_by_day(room: FigureRoom) -> None:
    for question in all_asked(room, "collection_check", ask="missing"):
        counts = [(int(here), int(there)) for _, here, there in rows_of(question)]
        key = sum(here - there for here, there in counts if there < here)
        assert number_of(question) == key > sum(here for here, _ in counts) - sum(there for _, there in counts)


def test_equal_row_count_with_duplicates_is_what_lacks_orders(room: FigureRoom) -> None:
    for question in all_asked(room, "collection_check", ask="source"):
        (lacking,) = [name for name, here, rows, twice in rows_of(question) if int(rows) - int(twice) < int(here)]
        assert right_of(question) == lacking


def test_an_order_is_channel_and_number_together(room: FigureRoom) -> None:
    keys = set()
    for question in all_asked(room, "export_flaws", ask="distinct"):
        key = len({(channel, order) for channel, order, _ in rows_of(question)})
        assert number_of(question) == key < len(rows_of(question))
        keys.add(key)
    assert len(keys) >= 3


def test_mean_leaves_duplicates_and_empty_amounts_out(room: FigureRoom) -> None:
    for question in all_asked(room, "export_flaws", ask="mean"):
        amounts = {(channel, order): cents for channel, order, cents in rows_of(question)}
        assert "" in amounts.values()
        known = [money(cents) for cents in amounts.values() if cents]
        assert number_of(question) == pytest.approx(mean(known), abs=0.006)


def test_what_belongs_to_an_order_counts_once_per_order(room: FigureRoom) -> None:
    for question in all_asked(room, "joined_rows", ask="freight"):
        freights = {order: money(freight) for order, _, _, freight in rows_of(question)}
        assert number_of(question) == pytest.approx(sum(freights.values()), abs=0.001)
        assert number_of(question) < sum(money(row[3]) for row in rows_of(question))
    for question in all_asked(room, "joined_rows", ask="orders"):
        assert number_of(question) == len({row[0] for row in rows_of(question)})
        assert f"shows {len(rows_of(question))}." in question.stem.en
    for question in all_asked(room, "joined_rows", ask="mean"):
        orders = {row[0] for row in rows_of(question)}
        total = sum(money(row[2]) for row in rows_of(question))
        assert number_of(question) == pytest.approx(total / len(orders), abs=0.006)


def test_rate_of_the_whole_comes_from_the_sums(room: FigureRoom) -> None:
    for question in all_asked(room, "whole_rate", ask="overall"):
        rows = [(units(due), int(rate.removesuffix("%"))) for _, due, rate in rows_of(question)]
        right = sum(due * rate for due, rate in rows) / sum(due for due, _ in rows)
        assert number_of(question) == pytest.approx(right, abs=0.006)
        assert abs(right - mean(rate for _, rate in rows)) > 0.2


def test_change_of_a_rate_is_told_in_points(room: FigureRoom) -> None:
    for question in all_asked(room, "whole_rate", ask="points"):
        (_, due, on_time), (_, due_now, on_time_now) = rows_of(question)
        change = 100 * units(on_time_now) / units(due_now) - 100 * units(on_time) / units(due)
        assert number_of(question) == pytest.approx(change, abs=0.011)


def test_a_cut_axis_shows_the_relation_above_it(room: FigureRoom) -> None:
    for question in all_asked(room, "cut_axis", ask="looks"):
        (_, low), (_, high), (_, start) = rows_of(question)
        assert number_of(question) == (units(high) - units(start)) / (units(low) - units(start))


def test_a_chart_that_misleads_cuts_bars_or_distorts(room: FigureRoom) -> None:
    found = {re.sub(r"\d+", "n", right_of(question)) for question in all_asked(room, "cut_axis", ask="chart")}
    assert found == {"Bars on an axis from n", "A pie, one slice per week", "Bars in three dimensions, in perspective"}


def test_month_of_carriers_has_every_due_parcel_in_its_denominator(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "carrier_month", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["overall"].case
        assert case is not None
        table = {row[0]: [units(cell) for cell in row[1:]] for row in cells_of(case.exhibits[0])}
        due, on_time, late, unscanned = (sum(column) for column in zip(*table.values(), strict=True))
        assert due == on_time + late + unscanned
        assert number_of(questions["overall"]) == pytest.approx(100 * on_time / due, abs=0.006)
        too_high = 100 * on_time / (due - unscanned) - 100 * on_time / due
        assert number_of(questions["unscanned"]) == pytest.approx(too_high, abs=0.011)
        most = max(table, key=lambda name: table[name][0] - table[name][1])
        assert right_of(questions["weight"]) == most != min(table, key=lambda name: table[name][1] / table[name][0])
        weeks = [int(rate.removesuffix("%")) for _, rate in cells_of(case.exhibits[1])]
        assert min(weeks) == weeks[2] < weeks[3] < weeks[0] and abs(mean(weeks) - 100 * on_time / due) < 1
        assert f"{weeks[0] - weeks[3]} points below week 1" in right_of(questions["claim"])
        assert isinstance(questions["claim"].content, Choice)


def test_trial_s_gap_is_mostly_mix(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "reminder_trial", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["points"].case
        assert case is not None
        near, far, near_without, far_without = (
            (units(orders), units(complaints)) for *_, orders, complaints in cells_of(case.exhibits[0])
        )

        def rate(*parts: tuple[int, int]) -> float:
            return 100 * sum(complaints for _, complaints in parts) / sum(orders for orders, _ in parts)

        gap = rate(near_without, far_without) - rate(near, far)
        assert number_of(questions["points"]) == pytest.approx(gap, abs=0.011)
        like = (near_without[0] * rate(near) + far_without[0] * rate(far)) / (near_without[0] + far_without[0])
        assert number_of(questions["same_mix"]) == pytest.approx(like, abs=0.011)
        assert 0 < rate(near_without, far_without) - like < gap / 2
        assert rate(near) < rate(near_without) and rate(far) < rate(far_without)
        assert right_of(questions["claim"]).startswith("In both regions the rate was somewhat lower with it")


def test_near_answers_that_fall_together_are_left_out() -> None:
    mistakes = {5.05: same("too near"), 7.0: same("kept"), 7.08: same("like the one before")}
    assert [near.value for near in number(5.0, same("x"), same("why"), mistakes, tolerance=0.06).near] == [7.0]
    assert per_cent(1, 3) == 33.33
