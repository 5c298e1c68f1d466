"""Item and case models of customer service: each key follows from what the table shows, reckoned here anew."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from assessments.figures import FigureRoom, room_of
from assessments.item_models.return_request import DAYS
from assessments.item_models.sample_size import answers_needed
from assessments.item_models.survey_figures import margin, nps, satisfied_share
from assessments.item_models.ticket_clock import TARGETS
from assessments.item_models.working_time import Calendar
from assessments.questions import Question
from tests.assessments.test_case_models import asked as asked_case
from tests.assessments.test_case_models import items_of
from tests.assessments.test_handbook import rows_in, sections_in, text_of
from tests.assessments.test_item_models import asked
from tests.assessments.test_logistics_models import all_asked, cells_of, money, number_of, right_of, rows_of
from tests.assessments.tiny_world import tiny_world

YEAR = 2_000  # any; titles name days without one


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


# ----------------------------------------------------------------------------------------------------- the clock


def worked_hours(first: str, last: str, off: set[str]) -> float:
    """Quarter by quarter, from 9:00 to 18:00, without the days named."""
    at, end, total = datetime.fromisoformat(first), datetime.fromisoformat(last), 0
    while at < end:
        total += 9 <= at.hour < 18 and at.strftime("%m-%d") not in off
        at += timedelta(minutes=15)
    return total / 4


def clocks_of(question: Question) -> tuple[float, float, float]:
    """First answer; solved; and how long we waited for the customer. Units: working hours."""
    assert question.exhibit is not None
    off = set(question.exhibit.title.en.split(": ")[1].split(", "))
    came, answered, asked_at, replied, _, _, solved = (row[0] for row in rows_of(question))
    waited = worked_hours(asked_at, replied, off)
    return worked_hours(came, answered, off), worked_hours(came, solved, off) - waited, waited


def test_first_answer_counts_working_time_only(room: FigureRoom) -> None:
    for question in all_asked(room, "ticket_clock", ask="first"):
        assert number_of(question) == clocks_of(question)[0] > 0


def test_waiting_for_the_customer_pauses_and_waiting_for_the_carrier_does_not(room: FigureRoom) -> None:
    for question in all_asked(room, "ticket_clock", ask="solved"):
        _, solved, waited = clocks_of(question)
        assert number_of(question) == solved and waited >= 1


def test_verdict_compares_both_clocks_with_their_targets(room: FigureRoom) -> None:
    found = set()
    for person in range(60):
        question = asked(room, "ticket_clock", {"ask": "verdict"}, person)
        first, solved, _ = clocks_of(question)
        targets = TARGETS["complaint" if "complaint" in question.stem.en else "enquiry"]
        in_time = (first <= targets[0], solved <= targets[1])
        right = right_of(question)
        said = {
            (True, True): "First answer and solution both in time",
            (True, False): "First answer in time, solution too late",
            (False, True): "First answer too late, solution in time",
            (False, False): "First answer and solution both too late",
        }
        assert right == said[in_time]
        found.add(right)
    assert len(found) >= 3


def test_targets_are_those_of_the_handbook() -> None:
    rows = rows_in(sections_in(text_of("en"))["24.3"])
    said = {row[0]: tuple(int(cell.split()[0]) for cell in row[1:]) for row in rows}
    assert said == TARGETS


def test_make_up_days_are_worked_and_holidays_are_not() -> None:
    saturday, sunday, monday = (date(2_026, 5, day) for day in (9, 10, 11))
    calendar = Calendar(date(2_026, 5, 7), 7, frozenset({monday}), frozenset({saturday}))
    assert [calendar.worked(day) for day in (saturday, sunday, monday)] == [True, False, False]
    start, end = datetime(2_026, 5, 8, 16, tzinfo=UTC), datetime(2_026, 5, 12, 11, tzinfo=UTC)
    assert calendar.working_minutes(start, end) == (2 + 9 + 2) * 60
    assert calendar.nth_working_day(date(2_026, 5, 8), 2) == date(2_026, 5, 12)


# ------------------------------------------------------------------------------------------------ complaints, returns


def test_complaint_rate_takes_the_orders_shipped_as_its_base(room: FigureRoom) -> None:
    for question in all_asked(room, "complaint_rate", ask="rate"):
        rates = {row[0]: 1_000 * money(row[3]) / money(row[2]) for row in rows_of(question)}
        (name,) = [name for name in rates if name in question.stem.en]
        assert number_of(question) == pytest.approx(rates[name], abs=0.051)


def test_most_complaints_are_not_the_highest_rate(room: FigureRoom) -> None:
    for question in all_asked(room, "complaint_rate", ask="worst"):
        rates = {row[0]: money(row[3]) / money(row[2]) for row in rows_of(question)}
        counts = {row[0]: money(row[3]) for row in rows_of(question)}
        assert right_of(question) == max(rates, key=rates.__getitem__) != max(counts, key=counts.__getitem__)


def test_days_of_a_return_begin_the_day_after_the_delivery(room: FigureRoom) -> None:
    for question in all_asked(room, "return_request", ask="last"):
        facts = dict(rows_of(question))
        days = 15 if facts["Reason"] == "faulty when unpacked" else 7
        assert right_of(question) == str(date.fromisoformat(facts["Delivered on"]) + timedelta(days=days))


def test_every_verdict_on_a_return_comes_up_and_follows_the_facts(room: FigureRoom) -> None:
    found = set()
    for person in range(60):
        question = asked(room, "return_request", {"ask": "verdict"}, person)
        facts = dict(rows_of(question))
        fault = facts["Reason"] == "faulty when unpacked"
        elapsed = (date.fromisoformat(facts["Asked on"]) - date.fromisoformat(facts["Delivered on"])).days
        wanted = "Refunded as a quality fault" if fault else "Refunded without a reason"
        if facts["Found at the inspection"] == "opened and used":
            wanted = "Rejected: used goods"
        if elapsed > (15 if fault else 7):
            wanted = "Rejected: the request came too late"
        assert right_of(question).startswith(wanted)
        found.add(wanted)
    assert len(found) == 4


def test_days_of_a_return_are_those_of_the_handbook() -> None:
    rows = rows_in(sections_in(text_of("en"))["25.1"])
    assert [row[1] for row in rows[:2]] == [f"{DAYS['mind']} days", f"{DAYS['quality']} days"]


def test_a_part_goes_back_less_its_share_of_the_discount(room: FigureRoom) -> None:
    for question in all_asked(room, "part_refund", ask="part"):
        rows = rows_of(question)
        items = sum(int(count) * money(price) for _, count, price in rows[:2])
        discount = -money(rows[3][2])
        (back,) = re.findall(r"”, (\d+) comes? back", question.stem.en)
        worth = int(back) * money(rows[0][2])
        assert number_of(question) == pytest.approx(worth - discount * worth / items, abs=0.0051)
        assert money(rows[4][2]) == pytest.approx(items + money(rows[2][2]) - discount, abs=0.001)


def test_an_exchange_costs_the_new_price_less_what_was_paid_for_the_old_one(room: FigureRoom) -> None:
    signs = set()
    for question in all_asked(room, "part_refund", ask="exchange"):
        rows = rows_of(question)
        items = sum(int(count) * money(price) for _, count, price in rows[:2])
        old, discount = money(rows[0][2]), -money(rows[3][2])
        (new,) = re.findall(r"which costs ([\d.,]+\d) yuan\.", question.stem.en)
        assert number_of(question) == pytest.approx(money(new) - old + discount * old / items, abs=0.0051)
        signs.add(number_of(question) > 0)
    assert signs == {True, False}


# --------------------------------------------------------------------------------------------------------- surveys


def test_figures_of_a_survey_by_hand() -> None:
    assert satisfied_share([5, 5, 10, 30, 50]) == 80.0
    assert nps([1] * 7 + [9, 14, 35, 35]) == pytest.approx(63.0)
    assert margin(0.5, 100) == pytest.approx(9.8)


@pytest.mark.parametrize(("points", "answers"), [(10, 97), (8, 151), (5, 385), (4, 601), (3, 1_068)])
def test_answers_needed_are_rounded_up(points: int, answers: int) -> None:
    assert answers_needed(points) == answers == math.ceil(round(1.96**2 / 4 / (points / 100) ** 2, 6))


def test_invitations_are_answers_by_response_rate(room: FigureRoom) -> None:
    for question in all_asked(room, "sample_size", ask="invitations"):
        _, (_, points), (_, response) = rows_of(question)
        wanted = answers_needed(int(re.findall(r"\d+", points)[0]))
        assert number_of(question) == math.ceil(wanted * 100 / int(response.removesuffix("%")))


def test_survey_answers_follow_the_table(room: FigureRoom) -> None:
    for question in all_asked(room, "survey_figures", ask="satisfied"):
        counts = [int(row[1]) for row in rows_of(question)]
        assert number_of(question) == pytest.approx(100 * sum(counts[3:]) / sum(counts), abs=0.006)
    for question in all_asked(room, "survey_figures", ask="nps"):
        low, middle, high = (int(row[1]) for row in rows_of(question))
        assert number_of(question) == pytest.approx(100 * (high - low) / (low + middle + high), abs=0.006)
    for question in all_asked(room, "survey_figures", ask="response"):
        assert question.exhibit is not None
        (invited,) = re.findall(r"([\d,]+) invited", question.exhibit.title.en)
        answered = sum(int(row[1]) for row in rows_of(question))
        assert number_of(question) == pytest.approx(100 * answered / money(invited), abs=0.006)


# ----------------------------------------------------------------------------------------------------------- cases


def test_the_survey_s_lowest_channel_is_within_its_margin(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "survey_channels", {})
    for person in range(15):
        questions = asked_case(room, items, person)
        case = questions["whole"].case
        assert case is not None
        rows = [[money(cell) for cell in row[1:]] for row in cells_of(case.exhibits[0])]
        n, good = sum(row[1] for row in rows), sum(row[2] for row in rows)
        assert number_of(questions["whole"]) == pytest.approx(100 * good / n, abs=0.051)
        shares = [row[2] / row[1] for row in rows]
        width = [1.96 * math.sqrt(share * (1 - share) / row[1]) for share, row in zip(shares, rows, strict=True)]
        assert min(shares) == shares[3] and shares[0] - shares[3] < width[0] + width[3]
        assert shares[0] - shares[1] > width[0] + width[1]
        assert right_of(questions["finding"]) == "Buyers of JD.com are really less satisfied than those of Tmall"


def test_the_complaint_s_refund_is_the_price_less_its_share(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "complaint_thread", {})
    for person in range(15):
        questions = asked_case(room, items, person)
        case = questions["refund"].case
        assert case is not None
        messages, order, weeks = (cells_of(exhibit) for exhibit in case.exhibits)
        items_total = sum(int(count) * money(price) for _, count, price in order[:2])
        price, discount = money(order[0][2]), -money(order[3][2])
        assert number_of(questions["refund"]) == pytest.approx(price - discount * price / items_total, abs=0.0051)
        (came, came_on), (answered, _) = (messages[at][0].rsplit(" ", 1) for at in (0, 2))
        assert came_on in ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
        first, last = (datetime.strptime(f"{YEAR}-{at} +0000", "%Y-%m-%d %H:%M %z") for at in (came, answered))
        on_first = max(0.0, 18 - first.hour - first.minute / 60)
        assert number_of(questions["first"]) == on_first + last.hour + last.minute / 60 - 9
        (week,) = re.findall(r"changed in week (\d)", right_of(questions["pattern"]))
        rates = [money(row[1]) for row in weeks]
        assert max(rates[: int(week) - 1]) < min(rates[int(week) - 1 :]) / 1.5
