"""Item models of the warehouse and of emergencies: each key follows from what the table shows, reckoned here anew."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

import pytest

from assessments.figures import FigureRoom, room_of
from assessments.item_models.warehouse_labels import ACCOUNT_NAMES, ALERT_NAMES, PURCHASE_NAMES
from assessments.questions import Choice, Numeric, Ordering, Question
from core.domain.alerts import AlertState
from core.domain.purchasing import PurchaseStatus
from core.domain.stock import Account
from core.ui.i18n import in_language, t
from tests.assessments.test_item_models import asked
from tests.assessments.tiny_world import tiny_world

PEOPLE = range(25)


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


def rows_of(question: Question) -> list[list[str]]:
    assert question.exhibit is not None
    return [[cell.en for cell in row] for row in question.exhibit.rows]


def figures_of(question: Question) -> list[int]:
    """The last column of a table of facts."""
    return [int(row[-1]) for row in rows_of(question)]


def number_of(question: Question) -> float:
    assert isinstance(question.content, Numeric)
    return question.content.answer


def right_of(question: Question) -> str:
    assert isinstance(question.content, Choice)
    (right,) = [option.text.en for option in question.content.options if option.fraction == 1]
    return right


def all_asked(room: FigureRoom, model: str, **params: Any) -> list[Question]:
    return [asked(room, model, params, person) for person in PEOPLE]


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def minutes_between(first: str, last: str) -> float:
    return (moment(last) - moment(first)).total_seconds() / 60


# ----------------------------------------------------------------------------------------- stock, alerts, corrections


def test_reorder_point_is_demand_while_waiting_and_safety_stock(room: FigureRoom) -> None:
    for question in all_asked(room, "reorder_point", ask="point"):
        mean, lead, safety = figures_of(question)
        assert number_of(question) == mean * lead + safety


def test_safety_stock_grows_with_the_root_of_the_days(room: FigureRoom) -> None:
    for question in all_asked(room, "reorder_point", ask="safety"):
        _, deviation, lead, z = (float(row[1]) for row in rows_of(question))
        assert number_of(question) == pytest.approx(math.ceil(z * deviation * math.sqrt(lead)), abs=1)


def test_order_fills_up_to_the_level_and_counts_what_is_coming(room: FigureRoom) -> None:
    keys = set()
    for question in all_asked(room, "reorder_point", ask="order"):
        available, _, coming, low, up_to = figures_of(question)
        keys.add(number_of(question) == 0)
        wanted = up_to - available - coming if available + coming <= low else 0
        assert number_of(question) == wanted
    assert keys == {True, False}


def test_days_of_cover_leave_reserved_and_coming_units_out(room: FigureRoom) -> None:
    for question in all_asked(room, "days_of_cover", ask="days"):
        available, _, _, sold = figures_of(question)
        assert number_of(question) == pytest.approx(available / (sold / 30))
    for question in all_asked(room, "days_of_cover", ask="gap"):
        empty = [row[0] for row in rows_of(question) if int(row[1]) / int(row[2]) < int(row[3])]
        assert [right_of(question)] == empty


def state_after(values: list[int], limit: int) -> tuple[str, int]:
    """The alert by the handbook's words: readings every 5 minutes, 10 to raise, 30 clearly back to end."""
    state, since, rung = "In order", 0, 0
    for minute, value in zip(range(0, 5 * len(values), 5), values, strict=True):
        low, clear = value < limit, value >= limit + limit // 10
        if low and state in ("In order", "Being watched"):
            since = minute if state == "In order" else since
            state = "Being watched"
            if minute - since >= 10:
                state, rung = "Alerting", rung + 1
        elif low:
            state = "Alerting"
        elif state == "Being watched":
            state = "In order"
        elif state == "Alerting" and clear:
            state, since = "Easing", minute
        elif state == "Easing" and clear and minute - since >= 30:
            state = "In order"
    return state, rung


def test_alert_stands_where_the_handbook_says(room: FigureRoom) -> None:
    states, times = set(), set()
    for person in range(60):
        question = asked(room, "alert_after", {"ask": "state"}, person)
        assert question.exhibit is not None
        limit = int(question.exhibit.title.en.split("low limit ")[1].split(",")[0])
        assert state_after(figures_of(question), limit)[0] == right_of(question)
        states.add(right_of(question))
        question = asked(room, "alert_after", {"ask": "rung"}, person)
        assert question.exhibit is not None
        limit = int(question.exhibit.title.en.split("low limit ")[1].split(",")[0])
        assert state_after(figures_of(question), limit)[1] == number_of(question)
        times.add(number_of(question))
    assert states == {"In order", "Being watched", "Alerting", "Easing"} and times == {0, 1, 2}


def test_correction_waits_above_two_thousand(room: FigureRoom) -> None:
    for question in all_asked(room, "correction_route", ask="waits"):
        value = {row[0]: int(row[1][1:]) * int(row[3].replace(",", "")) for row in rows_of(question)}
        assert [code for code, worth in value.items() if worth > 2_000] == [right_of(question)]


def test_reason_explains_only_its_direction(room: FigureRoom) -> None:
    down = "Broken in the warehouse|Water damage|Expired|Not found at its place|Scrapped"
    down += "|Used as a sample or inside the house"
    for question in all_asked(room, "correction_route", ask="impossible"):
        odd = [
            code
            for code, change, reason, _ in rows_of(question)
            if (reason in down.split("|") and change[0] == "+") or (reason == "Found again" and change[0] == "−")
        ]
        assert odd == [right_of(question)]
        signs = {change[0] for code, change, _, _ in rows_of(question) if code not in odd}
        assert signs == {"+", "−"}, "the odd one can't be told by its sign"


# ------------------------------------------------------------------------------------------------- goods in and out


def test_door_takes_five_per_cent_of_the_order_too_much(room: FigureRoom) -> None:
    for question in all_asked(room, "delivery_verdict", ask="most"):
        ordered, received, _ = figures_of(question)
        assert number_of(question) == ordered - received + ordered * 5 // 100


def test_door_refuses_exactly_one_delivery(room: FigureRoom) -> None:
    for question in all_asked(room, "delivery_verdict", ask="refused"):
        refused = [
            code
            for code, ordered, came, days in rows_of(question)
            if int(came) > int(ordered) + int(ordered) * 5 // 100 or int(days) < 90
        ]
        assert refused == [right_of(question)]


def test_slowest_line_says_where_a_purchase_stands(room: FigureRoom) -> None:
    keys = set()
    for question in all_asked(room, "delivery_verdict", ask="status"):
        lines = [[int(cell) for cell in row[1:]] for row in rows_of(question)]
        if any(line[1] < line[0] for line in lines):
            wanted = PurchaseStatus.PARTLY_RECEIVED
        elif any(line[2] for line in lines):
            wanted = PurchaseStatus.RECEIVED
        else:
            wanted = PurchaseStatus.INSPECTED
        keys.add(wanted)
        assert right_of(question) == PURCHASE_NAMES[wanted].en
    assert len(keys) == 3


@pytest.mark.parametrize("account", ["available", "receiving", "quarantine"])
def test_accounts_after_a_delivery_add_up(room: FigureRoom, account: str) -> None:
    for question in all_asked(room, "inbound_accounts", ask=account):
        receiving, available, quarantine, _, came, _, isolated, rejected, shelved = figures_of(question)
        wanted = {
            "available": available + shelved,
            "receiving": receiving + came - isolated - rejected - shelved,
            "quarantine": quarantine + isolated,
        }
        assert number_of(question) == wanted[account]


@pytest.mark.parametrize("account", ["available", "return_inspection", "damaged"])
def test_only_judged_units_leave_return_inspection(room: FigureRoom, account: str) -> None:
    for question in all_asked(room, "returned_units", ask=account):
        available, waiting, damaged, _, came, as_new, broken = figures_of(question)
        wanted = {
            "available": available + as_new,
            "return_inspection": waiting + came - as_new - broken,
            "damaged": damaged + broken,
        }
        assert number_of(question) == wanted[account]


@pytest.mark.parametrize(("rule", "column"), [("fifo", 1), ("fefo", 2)])
def test_lots_go_out_by_the_rule_of_the_article(room: FigureRoom, rule: str, column: int) -> None:
    for question in all_asked(room, "expiry_order", rule=rule, ask="lot"):
        rows = rows_of(question)
        assert right_of(question) == min(rows, key=lambda row: row[column])[0]
        other = min(rows, key=lambda row: row[3 - column])[0]
        assert other != right_of(question), "the other rule gives another lot"
    for question in all_asked(room, "expiry_order", rule=rule, ask="order"):
        assert isinstance(question.content, Ordering)
        wanted = [row[0] for row in sorted(rows_of(question), key=lambda row: row[column])]
        assert [step.text.en for step in question.content.steps] == wanted


def on_the_walk(code: str) -> tuple[bool, str, int, int]:
    """Zone, aisle, and up an odd aisle but down an even one; the floor last."""
    if code == "FLOOR":
        return (True, "", 0, 0)
    zone, aisle, rack = code.split("-")
    return (False, zone, int(aisle), int(rack) if int(aisle) % 2 else -int(rack))


def test_walk_goes_up_one_aisle_and_down_the_next(room: FigureRoom) -> None:
    for question in all_asked(room, "bin_walk", ask="order"):
        assert isinstance(question.content, Ordering)
        codes = [step.text.en for step in question.content.steps]
        assert codes == sorted(codes, key=on_the_walk) and sorted(codes) == sorted(row[2] for row in rows_of(question))
    for question in all_asked(room, "bin_walk", ask="next"):
        here = question.stem.en.split("stand at ")[1].split(".")[0]
        ahead = [row[2] for row in rows_of(question) if on_the_walk(row[2]) > on_the_walk(here)]
        assert right_of(question) == min(ahead, key=on_the_walk) and len(ahead) == 3


def test_goods_are_put_where_they_lie_already_or_into_the_nearest_empty_bin(room: FigureRoom) -> None:
    own = set()
    for question in all_asked(room, "bin_walk", ask="place"):
        code = question.stem.en.split(" units of ")[1].split(" ")[0]
        rows = rows_of(question)
        same_article = [row for row in rows if row[1].split(" ")[0] == code]
        fitting = same_article or [row for row in rows if row[1] == "empty"]
        assert right_of(question) == min(fitting, key=lambda row: int(row[2]))[0]
        own.add(bool(same_article))
    assert own == {True, False}


# ------------------------------------------------------------------------------------------------------- stocktakes


def test_exactly_one_place_is_beyond_tolerance(room: FigureRoom) -> None:
    share, units = {"A": 0, "B": 1, "C": 2}, {"A": 0, "B": 1, "C": 2}
    for question in all_asked(room, "count_verdict", ask="recount"):
        again = []
        for code, abc, book, counted, cost in rows_of(question):
            off = abs(int(counted) - int(book))
            most = max(units[abc], int(book) * share[abc] // 100)
            if off > most or (off * int(cost) > 200 and off):
                again.append(code)
        assert again == [right_of(question)]


def test_late_sheet_is_compared_with_the_book_of_its_own_moment(room: FigureRoom) -> None:
    for ask in ("difference", "posted"):
        for question in all_asked(room, "count_verdict", ask=ask):
            counted, out, *came, book = figures_of(question)
            difference = counted - (book + out - sum(came))
            assert number_of(question) == (difference if ask == "difference" else book + difference)


def test_shortage_and_surplus_do_not_cancel_out(room: FigureRoom) -> None:
    for question in all_asked(room, "count_verdict", ask="places"):
        pairs = [(int(row[1]), int(row[2])) for row in rows_of(question)]
        assert number_of(question) == pytest.approx(100 * sum(a == b for a, b in pairs) / 8, abs=0.06)
        units = asked(room, "count_verdict", {"ask": "units"}, 3)
        pairs = [(int(row[1]), int(row[2])) for row in rows_of(units)]
        off, book = sum(abs(a - b) for a, b in pairs), sum(a for a, _ in pairs)
        assert number_of(units) == pytest.approx(100 - 100 * off / book, abs=0.06)


def test_class_is_the_one_in_which_the_value_begins(room: FigureRoom) -> None:
    keys = set()
    for person in range(60):
        question = asked(room, "abc_class", {"ask": "class"}, person)
        shares = {row[0]: int(row[1]) for row in rows_of(question)}
        assert sum(shares.values()) == 100
        code = question.stem.en.split("does ")[1].split(" ")[0]
        begins = sum(share for share in shares.values() if share > shares[code])
        keys.add(right_of(question))
        assert right_of(question) == ("A" if begins < 80 else "B" if begins < 95 else "C")
        question = asked(room, "abc_class", {"ask": "count"}, person)
        listed = [int(row[1]) for row in rows_of(question)]
        assert number_of(question) == sum(sum(one for one in listed if one > share) < 80 for share in listed)
    assert keys == {"A", "B", "C"}


# ------------------------------------------------------------------------------------------ prevention and emergency


def test_only_one_sender_belongs_to_the_domain(room: FigureRoom) -> None:
    for question in all_asked(room, "sender_check", ask="sender"):
        domain = question.stem.en.split("whose domain is ")[1].split(". ")[0]
        hosts = {row[1]: row[1].split("@")[1] for row in rows_of(question)}
        ours = [address for address, host in hosts.items() if host == domain or host.endswith("." + domain)]
        assert ours == [right_of(question)]
    for question in all_asked(room, "sender_check", ask="owner"):
        host = question.stem.en.split("https://")[1].split("/")[0]
        assert host.endswith("." + right_of(question)) and right_of(question).count(".") == 1


def test_only_examples_names_are_used(room: FigureRoom) -> None:
    """Endings that nobody can register."""
    for ask in ("sender", "owner"):
        for question in all_asked(room, "sender_check", ask=ask):
            assert isinstance(question.content, Choice)
            endings = {option.text.en.rsplit(".", 1)[1] for option in question.content.options}
            assert endings <= {"example", "test"}


def test_first_hour_is_asked_of_every_event_and_begins_with_the_first_step(room: FigureRoom) -> None:
    begins = {}
    for person in range(60):
        question = asked(room, "first_hour", {"ask": "order"}, person)
        assert isinstance(question.content, Ordering) and len(question.content.steps) == 5
        begins[rows_of(question)[-1][1]] = question.content.steps[0].text.en
    assert len(begins) == 5
    for person in range(60):
        question = asked(room, "first_hour", {"ask": "first"}, person)
        assert right_of(question) == begins[rows_of(question)[-1][1]]


def test_breakdown_is_reckoned_from_what_can_be_restored(room: FigureRoom) -> None:
    verdicts = set()
    for person in PEOPLE:
        question = asked(room, "recovery_time", {"ask": "lost"}, person)
        _, readable, _, failed, _, back = (row[1] for row in rows_of(question))
        assert number_of(question) == minutes_between(readable, failed)
        question = asked(room, "recovery_time", {"ask": "down"}, person)
        _, _, _, failed, _, back = (row[1] for row in rows_of(question))
        assert number_of(question) == minutes_between(failed, back)
        question = asked(room, "recovery_time", {"ask": "kept"}, person)
        _, readable, _, failed, _, back, down, lost = (row[1] for row in rows_of(question))
        kept = (
            minutes_between(failed, back) <= int(down.split()[0]),
            minutes_between(readable, failed) <= int(lost.split()[0]),
        )
        names = {
            (True, True): "Both of them",
            (True, False): "Only the one on time down",
            (False, True): "Only the one on data lost",
            (False, False): "Neither of them",
        }
        assert right_of(question) == names[kept]
        verdicts.add(kept)
    assert len(verdicts) == 4


def test_paper_is_made_up_by_real_time_and_only_once(room: FigureRoom) -> None:
    for question in all_asked(room, "paper_entries", ask="order"):
        assert isinstance(question.content, Ordering)
        rows = rows_of(question)
        assert [step.text.en for step in question.content.steps] == [
            row[2] for row in sorted(rows, key=lambda row: row[1])
        ]
        assert [row[2] for row in rows] != [step.text.en for step in question.content.steps]
    for question in all_asked(room, "paper_entries", ask="stock"):
        failed = question.stem.en.split("failed at ")[1][:5]
        book = int(question.stem.en.split("the book says ")[1].split(" ")[0])
        for _, at, what in rows_of(question):
            units = int(what.split()[0])
            if at[-5:] > failed:
                book += -units if what.endswith(("picked", "taken out")) else units
        assert number_of(question) == book


def test_names_are_those_of_the_interface() -> None:
    assert set(ALERT_NAMES) == set(AlertState) and set(PURCHASE_NAMES) == set(PurchaseStatus)
    assert set(ACCOUNT_NAMES) == set(Account)
    with in_language("zh"):
        for names in (ALERT_NAMES, PURCHASE_NAMES, ACCOUNT_NAMES):
            assert [name.en for name in names.values() if t(name.en) != name.zh] == []
