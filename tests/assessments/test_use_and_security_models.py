"""Item and case models of system use and security: each key follows from what is shown, reckoned here anew."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from assessments.figures import FigureRoom, room_of
from assessments.item_models.request_due import LIMIT_DAYS
from assessments.item_models.right_names import POSITION_NAMES, WORK_NAMES, holders
from assessments.questions import Choice, Question
from core.domain.rights import Position
from core.ui.i18n import in_language, t
from tests.assessments.test_case_models import asked as asked_case
from tests.assessments.test_case_models import items_of
from tests.assessments.test_handbook import sections_in, text_of
from tests.assessments.test_item_models import asked
from tests.assessments.test_logistics_models import all_asked, cells_of, money, number_of, right_of, rows_of
from tests.assessments.tiny_world import tiny_world

CASES_OF = range(12)
SEES_PHONES = {"Order clerk", "Customer service agent", "Operations specialist"}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def options_of(question: Question) -> list[str]:
    assert isinstance(question.content, Choice)
    return [option.text.en for option in question.content.options]


# -------------------------------------------------------------------------------------------- rights and contacts


def test_names_are_those_of_the_interface() -> None:
    with in_language("zh"):
        for name in (*POSITION_NAMES.values(), *WORK_NAMES.values()):
            assert name.zh == t(name.en)


def test_exactly_one_of_the_colleagues_shown_may_do_the_work(room: FigureRoom) -> None:
    rights = {name.en: right for right, name in WORK_NAMES.items()}
    for question in all_asked(room, "who_may", ask="position"):
        ((work, _),) = rows_of(question)
        able = {POSITION_NAMES[one].en for one in holders(rights[work])}
        assert able & set(options_of(question)) == {right_of(question)}


def test_exactly_one_piece_of_the_work_shown_may_be_taken_over(room: FigureRoom) -> None:
    rights = {name.en: right for right, name in WORK_NAMES.items()}
    for question in all_asked(room, "who_may", ask="work"):
        (who,) = [one for one in Position if f"can the {POSITION_NAMES[one].en.lower()} who" in question.stem.en]
        works = [row[0] for row in rows_of(question)]
        assert sorted(works) == sorted(options_of(question))
        assert [work for work in works if who in holders(rights[work])] == [right_of(question)]


def test_masked_number_keeps_three_and_four_digits(room: FigureRoom) -> None:
    for question in all_asked(room, "masked_value", ask="form"):
        ((_, phone),) = rows_of(question)
        assert right_of(question) == f"{phone[:3]}****{phone[7:]}"


def test_only_those_who_correct_orders_find_the_number_in_full(room: FigureRoom) -> None:
    seen = set()
    for person in range(40):
        question = asked(room, "masked_value", {"ask": "seen"}, person)
        phone = rows_of(question)[1][1]
        (name,) = [one.en for one in POSITION_NAMES.values() if f"the {one.en.lower()} find" in question.stem.en]
        assert right_of(question) == (phone if name in SEES_PHONES else f"{phone[:3]}****{phone[7:]}")
        assert {phone, f"{phone[:3]}****{phone[7:]}"} <= set(options_of(question))
        seen.add(name)
    assert len(seen) == len(Position)


def test_a_file_carries_nobody_unless_its_purpose_is_to_call_them(room: FigureRoom) -> None:
    personal = {"Recipient", "Phone", "Street and number", "E-mail", "Means of payment", "Remark of the buyer"}
    for ask in ("file", "columns"):
        for question in all_asked(room, "export_columns", ask=ask):
            assert isinstance(question.content, Choice)
            allowed = {"Phone"} if rows_of(question)[0][1].startswith("Have our own staff ring up") else set()
            for option in question.content.options:
                carried = set(option.text.en.split(", ")) & personal
                if option.fraction > 0:
                    assert carried <= allowed
                else:
                    assert not carried <= allowed


# ------------------------------------------------------------------------------------------------ backups and faults


def instants(question: Question) -> list[datetime]:
    return [datetime.fromisoformat(row[1]) for row in rows_of(question)]


def test_what_is_lost_reaches_back_to_the_last_readable_copy(room: FigureRoom) -> None:
    for question in all_asked(room, "data_lost", ask="lost"):
        _, readable, _, fails, *_ = instants(question)
        assert timedelta(minutes=number_of(question)) == fails - readable


def test_time_to_recover_runs_from_the_failure(room: FigureRoom) -> None:
    for question in all_asked(room, "data_lost", ask="down"):
        *_, fails, _, _, resumed = instants(question)
        assert timedelta(minutes=240 - number_of(question)) == resumed - fails
    section = sections_in(text_of("en"))["32.2"]
    assert "here 15 minutes" in section and "here 4 hours" in section


def test_each_pattern_of_checks_means_one_place(room: FigureRoom) -> None:
    found: dict[tuple[str, ...], str] = {}
    for person in range(60):
        question = asked(room, "fault_place", {"ask": "place"}, person)
        checks = tuple(row[1] for row in rows_of(question)[2:])
        assert found.setdefault(checks, right_of(question)) == right_of(question)
    assert len(found) == 5
    assert found["no", "yes", "yes", "yes", "no"] == "Network at this desk"
    assert found["yes", "yes", "yes", "no", "no"] == "Database"


# ----------------------------------------------------------------------------------------------------------- finance


def test_stock_is_worth_what_its_newest_lots_cost(room: FigureRoom) -> None:
    for ask in ("left", "cost"):
        for question in all_asked(room, "stock_value", ask=ask):
            oldest_first = sorted(rows_of(question), key=lambda row: row[1])
            units = [money(each) for _, _, count, each in oldest_first for _ in range(int(count))]
            (wanted,) = re.findall(r"order for (\d+) units", question.stem.en)
            gone, left = units[: int(wanted)], units[int(wanted) :]
            assert number_of(question) == pytest.approx(sum(left if ask == "left" else gone), abs=0.001)


def test_commission_is_on_payments_less_refunds(room: FigureRoom) -> None:
    for ask in ("payout", "commission"):
        for question in all_asked(room, "channel_payout", ask=ask):
            rate, fee = re.findall(
                r"keeps ([\d.]+)% of payments less refunds, and ([\d.]+) yuan per", question.stem.en
            )[0]
            paid = sum(money(row[1]) for row in rows_of(question))
            net = paid - sum(money(row[2]) for row in rows_of(question))
            commission = net * float(rate) / 100
            payout = net - commission - float(fee) * len(rows_of(question))
            assert number_of(question) == pytest.approx(payout if ask == "payout" else commission, abs=0.006)


def test_every_line_that_differs_is_cleared_up(room: FigureRoom) -> None:
    def sum_of(column: list[str]) -> float:
        return sum(money(cell) for cell in column if cell != "–")

    counts = set()
    for question in all_asked(room, "statement_gap", ask="lines"):
        counts.add(number_of(question))
        assert number_of(question) == sum(ours != theirs for _, ours, theirs in rows_of(question))
    assert len(counts) == 3
    for question in all_asked(room, "statement_gap", ask="net"):
        _, ours, theirs = (list(column) for column in zip(*rows_of(question), strict=True))
        assert number_of(question) == pytest.approx(sum_of(theirs) - sum_of(ours), abs=0.001)


def test_closing_is_judged_by_the_day_the_clock_and_the_last_look(room: FigureRoom) -> None:
    found = set()
    for person in range(60):
        question = asked(room, "period_closing", {"ask": "verdict"}, person)
        now, closed, looked, off, wanted = (row[1] for row in rows_of(question))
        over = f"{date.fromisoformat(wanted) + timedelta(days=1)} 00:05"
        if now < over:
            right = "Refused: it is too early for this day"
            assert "Refused: look the books through first" not in options_of(question)
        elif wanted <= closed:
            right = "Refused: it is closed already"
        elif looked < over:
            right = "Refused: look the books through first"
        else:
            right = "Refused: things were off" if off != "0" else "It is closed"
        assert right_of(question) == right
        found.add(right)
    assert len(found) == 5


def test_books_close_up_to_the_last_day_that_was_looked_at(room: FigureRoom) -> None:
    for question in all_asked(room, "period_closing", ask="latest"):
        _, closed, looked, off = (row[1] for row in rows_of(question))
        right = date.fromisoformat(right_of(question))
        assert off == "0" and closed < right.isoformat()
        assert f"{right + timedelta(days=1)} 00:05" <= looked < f"{right + timedelta(days=2)} 00:05"


def test_month_s_end_is_reckoned_by_contract_and_line_by_line(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "month_end", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["net"].case
        assert case is not None
        rate, fee, charged = re.findall(
            r"commission of ([\d.]+)% .* and ([\d.]+) yuan per paid order\..* commission of ([\d,.]+) yuan\. Our",
            case.situation.en,
        )[0]
        rows = cells_of(case.exhibits[0])
        paid, refunded = (sum(money(row[at]) for row in rows) for at in (2, 3))
        settled = sum(money(row[4]) for row in rows if row[4] != "–")
        net = paid - refunded
        payout = net * (1 - float(rate) / 100) - float(fee) * len(rows)
        assert number_of(questions["payout"]) == pytest.approx(payout, abs=0.006)
        assert number_of(questions["net"]) == pytest.approx(settled - net, abs=0.001)
        assert money(charged) == pytest.approx(paid * float(rate) / 100, abs=0.006)
        (missing,) = [row for row in rows if row[4] == "–"]
        assert right_of(questions["first"]) == missing[0] and "23:5" in missing[1]
        over = re.findall(r"Claim ([\d,.]+) yuan back", right_of(questions["settle"]))[0]
        assert money(over) == pytest.approx(refunded * float(rate) / 100, abs=0.011)
        assert money(cells_of(case.exhibits[1])[-1][1]) == pytest.approx(100 * money(charged) / net, abs=0.006)


# ------------------------------------------------------------------------------------------------- requests, reviews


def test_days_left_are_counted_from_the_day_after_receipt(room: FigureRoom) -> None:
    assert f"**{LIMIT_DAYS} calendar days**" in sections_in(text_of("en"))["35.6"]
    for question in all_asked(room, "request_due", ask="left"):
        assert question.exhibit is not None
        today = date.fromisoformat(question.exhibit.title.en[-10:])
        (row,) = [row for row in rows_of(question) if row[0] in question.stem.en]
        assert today + timedelta(days=number_of(question)) == date.fromisoformat(row[1]) + timedelta(days=LIMIT_DAYS)


def test_first_due_is_the_oldest_that_is_open(room: FigureRoom) -> None:
    for question in all_asked(room, "request_due", ask="first"):
        still = [row for row in rows_of(question) if row[3] == "open"]
        assert right_of(question) == min(still, key=lambda row: row[1])[0]
        assert min(rows_of(question), key=lambda row: row[1])[3] != "open"


def needs_change(row: list[str]) -> bool:
    _, listed, position, state, _ = row
    return state == "active" and (listed.startswith("left") or position.lower() not in listed)


def test_accounts_are_held_against_the_staff_list(room: FigureRoom) -> None:
    counts = set()
    for question in all_asked(room, "access_review", ask="count"):
        counts.add(number_of(question))
        assert number_of(question) == sum(needs_change(row) for row in rows_of(question))
    assert len(counts) >= 3
    for question in all_asked(room, "access_review", ask="first"):
        used = [row for row in rows_of(question) if row[1].startswith("left") and row[4] > row[1][-10:]]
        assert [row[0] for row in used if row[3] == "active"] == [right_of(question)]


def test_lost_file_concerns_people_not_rows(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "lost_file", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["people"].case
        assert case is not None
        rows = cells_of(case.exhibits[0])
        phones = {re.sub(r"^\+86|\s", "", row[1]) for row in rows}
        assert number_of(questions["people"]) == len(phones) == len({row[0] for row in rows}) < len(rows)
        assert number_of(questions["readable"]) == sum("*" not in phone for phone in phones)
        days = {day: int(count.replace(",", "")) for day, count in cells_of(case.exhibits[1])}
        assert right_of(questions["scope"]) == max(days, key=lambda day: days[day])
        assert sum(count > 90 for count in days.values()) == 1
        assert right_of(questions["first"]).startswith("Tell the data protection officer now")


def test_outage_loses_what_came_after_the_copy(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "outage_morning", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["lost"].case
        assert case is not None
        _, broke, copied, _ = re.findall(r"\d\d:\d\d", case.situation.en)
        gap = datetime.strptime(broke, "%H:%M") - datetime.strptime(copied, "%H:%M")  # noqa: DTZ007
        assert timedelta(minutes=number_of(questions["lost"])) == gap
        files = cells_of(case.exhibits[1])
        assert number_of(questions["missing"]) == sum(int(count) for _, at, count in files if at > copied)
        assert sum(at > copied for _, at, _ in files) >= 2 and all(at < broke for _, at, _ in files)
        assert right_of(questions["place"]) == "In the database"
        assert right_of(questions["back"]).startswith("Import all of the morning's files again")


def test_only_consent_that_stands_lets_somebody_be_called(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "survey_partner", {})
    for person in CASES_OF:
        questions = asked_case(room, items, person)
        case = questions["callable"].case
        assert case is not None
        rows = [[int(cell.replace(",", "")) for cell in row[1:]] for row in cells_of(case.exhibits[0])]
        assert number_of(questions["callable"]) == sum(agreed - back for _, agreed, back in rows)
        shares = [float(share) for _, share in cells_of(case.exhibits[1])]
        assert shares == [round(100 * agreed / buyers, 1) for buyers, agreed, _ in rows]
        cheap, dear = re.findall(r"cost (\d+) yuan instead of (\d+)", case.situation.en)[0]
        assert right_of(questions["own_survey"]).startswith(f"No: pay {dear} yuan") and int(cheap) < int(dear)
