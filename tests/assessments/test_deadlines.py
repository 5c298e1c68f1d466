"""Deadlines, windows, tries and tabs: nothing is taken too late, no saved answer lost, none overwritten unseen."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from app import overdue_tests
from assessments.attempts import (
    POST,
    PRE,
    StaleAnswer,
    answers_in,
    check_answer,
    finish_attempt,
    finish_overdue,
    fractions_in,
    save_answer,
    start_attempt,
)
from assessments.deadlines import CLOSED, NOT_YET, OPEN, deadline_of, is_over, limit_seconds, seconds_left, window_at
from assessments.overdue import close_overdue_tests, sweep
from assessments.results import own_standing
from assessments.sheets import get_sheet
from assessments.test_settings import BEST, FIRST, IMMEDIATE, LAST, Settings
from assessments.tries import (
    BARRED,
    GOING_ON,
    NOT_OPEN_YET,
    OVER,
    READY,
    TIME_IS_UP,
    USED_UP,
    Try,
    counting_try,
    own_entry,
)
from core.db.engines import Databases
from core.db.portal_tables import audit
from core.domain.errors import RuleViolation
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import EVERY_KIND, give, grant, hand_out, row_in, steps_in
from tests.assessments.taking import do_exercises, right_answer

LATE = "The time is over"


def refused(portal: Portal, attempt_id: int, match: str, work: Callable[..., Any], *args: Any, **kwargs: Any) -> None:
    """A command is refused and leaves the attempt as it was."""
    before, row = steps_in(portal, attempt_id), row_in(portal, attempt_id)
    with pytest.raises(RuleViolation, match=match):
        portal.do("ann", work, attempt_id, *args, **kwargs)
    assert (steps_in(portal, attempt_id), row_in(portal, attempt_id)) == (before, row)


def state(portal: Portal, phase: str = PRE) -> str:
    return str(portal.see("ann", own_entry, TEST, phase).state)


# ---- the rules ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limit", "rate", "closes_at", "wanted"),
    [
        (None, 0.0, None, None),
        (20, 0.0, None, 1_000 + 1_200),
        (20, 0.25, None, 1_000 + 1_500),
        (1, 1 / 3, None, 1_000 + 80),
        (20, 0.25, 2_000, 2_000),
        (None, 0.5, 5_000, 5_000),
    ],
)
def test_the_deadline(limit: int | None, rate: float, closes_at: int | None, wanted: int | None) -> None:
    assert deadline_of(Settings(time_limit_minutes=limit, closes_at=closes_at), 1_000, rate) == wanted


def test_the_moment_of_the_deadline_is_too_late_and_no_time_is_ever_negative() -> None:
    assert [is_over(100, now) for now in (99, 100, 101)] == [False, True, True]
    assert [seconds_left(100, now) for now in (0, 99, 100, 500)] == [100, 1, 0, 0]
    assert (is_over(None, 10**12), seconds_left(None, 10**12), limit_seconds(Settings())) == (False, None, None)


def test_the_window() -> None:
    settings = Settings(opens_at=100, closes_at=200)
    assert [window_at(settings, now) for now in (99, 100, 199, 200)] == [NOT_YET, OPEN, OPEN, CLOSED]
    assert window_at(Settings(), 0) == OPEN


def test_which_try_counts() -> None:
    def tried(number: int, score: float | None) -> Try:
        return Try(number, PRE, number, "A", score is not None, 0, None, None, score)

    tries = [tried(1, 0.4), tried(2, 0.9), tried(3, 0.9), tried(4, 0.6), tried(5, None)]
    found = {rule: counting_try(tries, rule) for rule in (FIRST, BEST, LAST)}
    assert {rule: one.number for rule, one in found.items() if one} == {FIRST: 1, BEST: 2, LAST: 4}
    assert counting_try(tries[-1:], LAST) is None


# ---- the clock ------------------------------------------------------------------------------------------------


def test_an_answer_in_time_counts_and_one_too_late_is_refused(each_portal: Portal) -> None:
    portal = each_portal
    give(portal, time_limit_minutes=10)
    attempt_id = hand_out(portal, "ann")
    began = portal.now
    portal.now = began + 599
    portal.do("ann", save_answer, attempt_id, "x-1", "b")
    assert portal.see("ann", get_sheet, attempt_id).seconds_left == 1
    portal.now = began + 600
    refused(portal, attempt_id, LATE, save_answer, "x-2", ["a"])
    assert portal.see("ann", get_sheet, attempt_id).overdue
    assert state(portal) == TIME_IS_UP
    portal.now = began + 5_000
    assert portal.do("ann", finish_overdue, attempt_id) is True
    assert portal.do("ann", finish_overdue, attempt_id) is False
    row, steps = row_in(portal, attempt_id), steps_in(portal, attempt_id)
    assert (row.status, row.finished_at, row.score) == ("finished", began + 600, round(1 / 7, 9))
    assert (steps[-1].kind, steps[-1].at, json.loads(steps[-1].data)) == ("finish", began + 5_000, {"overdue": True})
    refused(portal, attempt_id, "is finished", save_answer, "x-2", ["a"])


def test_a_check_too_late_is_refused_and_finishing_too_late_ends_at_the_deadline(portal: Portal) -> None:
    give(portal, behaviour=IMMEDIATE, time_limit_minutes=1)
    attempt_id, began = hand_out(portal, "ann"), portal.now
    portal.do("ann", save_answer, attempt_id, "x-1", "b")
    portal.now += 61
    refused(portal, attempt_id, LATE, check_answer, "x-1")
    assert portal.do("ann", finish_attempt, attempt_id) == round(1 / 7, 9)
    assert row_in(portal, attempt_id).finished_at == began + 60


def test_before_the_deadline_nobody_closes_a_test_for_somebody(portal: Portal) -> None:
    give(portal, time_limit_minutes=1)
    attempt_id = hand_out(portal, "ann")
    portal.now += 59
    assert portal.do("bo", finish_overdue, attempt_id) is False
    assert row_in(portal, attempt_id).status == "open"


def test_the_sweep_closes_what_is_overdue_and_nothing_else(each_portal: Portal, each_databases: Databases) -> None:
    portal = each_portal
    give(portal, time_limit_minutes=10)
    overdue = hand_out(portal, "ann")
    portal.do("ann", save_answer, overdue, "x-1", "b")
    portal.now += 300
    going_on = hand_out(portal, "bo")
    portal.now += 300
    assert sweep(each_databases, portal.now - 1) == 0
    assert sweep(each_databases, portal.now) == 1
    assert sweep(each_databases, portal.now) == 0
    assert [row_in(portal, one).status for one in (overdue, going_on)] == ["finished", "open"]
    assert row_in(portal, overdue).score == round(1 / 7, 9)
    last = select(audit.c.actor, audit.c.kind, audit.c.data).order_by(audit.c.id.desc()).limit(1)
    who, kind, data = portal.see("ann", lambda ctx: ctx.db.execute(last).one())
    assert (who, kind, json.loads(data)["overdue"]) == ("engine", "test_finished", True)


def test_the_server_sweeps_by_itself_until_it_stops(portal: Portal, databases: Databases) -> None:
    give(portal, time_limit_minutes=10)
    attempt_id, stop = hand_out(portal, "ann"), threading.Event()
    worker = threading.Thread(target=close_overdue_tests, args=(databases, stop, lambda: portal.now + 600))
    worker.start()
    try:
        for _ in range(200):
            if row_in(portal, attempt_id).status == "finished":
                break
            stop.wait(0.02)
        assert row_in(portal, attempt_id).status == "finished"
    finally:
        stop.set()
        worker.join(20)
    assert not worker.is_alive()
    overdue_tests(databases, stop)  # a server that stops at once has nothing to wait for


def test_a_clock_set_back_gives_no_second_chance(each_portal: Portal, each_databases: Databases) -> None:
    portal = each_portal
    opened = portal.now
    give(portal, time_limit_minutes=10, closes_at=opened + 3_600)
    attempt_id = hand_out(portal, "ann")
    portal.now = opened + 590
    portal.do("ann", save_answer, attempt_id, "x-1", "a")
    portal.now = opened - 86_400
    portal.do("ann", save_answer, attempt_id, "x-1", "b")
    steps = steps_in(portal, attempt_id)
    assert [step.at for step in steps] == [opened, opened + 590, opened + 590]
    assert portal.see("ann", get_sheet, attempt_id).seconds_left == 10
    portal.now = opened + 4_000
    assert sweep(each_databases, portal.now) == 1
    portal.now = opened + 10
    refused(portal, attempt_id, "is finished", save_answer, "x-2", ["a"])
    assert portal.see("bo", own_entry, TEST, PRE).state == OVER
    with pytest.raises(RuleViolation, match="is closed"):
        portal.do("bo", start_attempt, TEST, PRE)


# ---- windows and tries ----------------------------------------------------------------------------------------


def test_a_test_is_begun_only_while_it_is_open(each_portal: Portal) -> None:
    portal = each_portal
    now = portal.now
    give(portal, opens_at=now + 100, closes_at=now + 200)
    assert state(portal) == NOT_OPEN_YET
    with pytest.raises(RuleViolation, match="isn't open yet"):
        portal.do("ann", start_attempt, TEST, PRE)
    portal.now = now + 100
    assert state(portal) == READY
    attempt_id = hand_out(portal, "ann")
    assert row_in(portal, attempt_id).deadline_at == now + 200
    portal.now = now + 200
    refused(portal, attempt_id, LATE, save_answer, "x-1", "b")
    with pytest.raises(RuleViolation, match="is closed"):
        portal.do("bo", start_attempt, TEST, PRE)
    assert portal.see("bo", own_entry, TEST, PRE).state == OVER


def test_who_needs_more_time_gets_it(portal: Portal) -> None:
    give(portal, time_limit_minutes=60)
    grant(portal, "ann", extra_time_rate=0.25, larger_text=True)
    attempt_id, other = hand_out(portal, "ann"), hand_out(portal, "bo")
    assert portal.see("ann", own_entry, TEST, PRE).limit_seconds == 4_500
    assert (row_in(portal, attempt_id).deadline_at, row_in(portal, other).deadline_at) == (
        portal.now + 4_500,
        portal.now + 3_600,
    )
    assert [portal.see(who, get_sheet, one).larger_text for who, one in (("ann", attempt_id), ("bo", other))] == [
        True,
        False,
    ]


def test_several_tries_have_the_same_items_with_other_figures_and_one_counts(portal: Portal) -> None:
    give(portal, tries=3, counting=BEST)
    ids = []
    for right in (0, 2, 1):
        attempt_id = hand_out(portal, "ann")
        assert portal.do("ann", start_attempt, TEST, PRE) == attempt_id  # resumed, not begun again
        for question in EVERY_KIND[:right]:
            portal.do("ann", save_answer, attempt_id, question.item_id, right_answer(question))
        portal.do("ann", finish_attempt, attempt_id)
        ids.append(attempt_id)
    rows = [row_in(portal, one) for one in ids]
    assert [row.try_number for row in rows] == [1, 2, 3]
    assert len({row.form for row in rows}) == 1 and len({row.seed for row in rows}) == 3
    entry = portal.see("ann", own_entry, TEST, PRE)
    assert (entry.state, entry.tries_left, entry.counting.id) == (USED_UP, 0, ids[1])
    standing = portal.see("ann", own_standing, TEST)
    assert standing.pre.attempt_id == ids[1]
    with pytest.raises(RuleViolation, match=r"as often as it may be taken \(3\)"):
        portal.do("ann", start_attempt, TEST, PRE)


def test_after_the_post_test_has_begun_the_pre_test_is_not_tried_again(portal: Portal) -> None:
    give(portal, tries=2)
    portal.do("ann", finish_attempt, hand_out(portal, "ann"))
    assert (state(portal, PRE), state(portal, POST)) == (READY, BARRED)
    do_exercises(portal, "ann")
    assert state(portal, POST) == READY
    portal.do("ann", start_attempt, TEST, POST)
    assert (state(portal, PRE), state(portal, POST)) == (USED_UP, GOING_ON)


# ---- two tabs -------------------------------------------------------------------------------------------------


def test_a_later_save_of_an_older_page_is_told_and_changes_nothing(each_portal: Portal) -> None:
    portal = each_portal
    attempt_id = hand_out(portal, "ann")
    here = there = portal.see("ann", get_sheet, attempt_id, 0).number
    saved = portal.do("ann", save_answer, attempt_id, "x-1", "b", seen=here)
    with pytest.raises(StaleAnswer, match="on another page"):
        portal.do("ann", save_answer, attempt_id, "x-1", "a", seen=there)
    assert portal.see("ann", answers_in, attempt_id) == {"x-1": "b"}
    # The same answer is no conflict, nor is one to another question, nor one that has seen the newer answer.
    assert portal.do("ann", save_answer, attempt_id, "x-1", "b", seen=there) == saved
    portal.do("ann", save_answer, attempt_id, "x-3", "7", seen=there)
    portal.do("ann", save_answer, attempt_id, "x-1", "a", seen=saved.number)
    assert portal.see("ann", answers_in, attempt_id) == {"x-1": "a", "x-3": "7"}


def test_an_older_page_checks_nothing_that_it_hasn_t_seen(portal: Portal) -> None:
    give(portal, behaviour=IMMEDIATE)
    attempt_id = hand_out(portal, "ann")
    first = portal.do("ann", save_answer, attempt_id, "x-1", "a", seen=0)
    portal.do("ann", save_answer, attempt_id, "x-1", "b", seen=first.number)
    refused(portal, attempt_id, "on another page", check_answer, "x-1", seen=first.number)


def test_a_key_is_carried_out_once_whatever_came_between(each_portal: Portal) -> None:
    portal = each_portal
    give(portal, behaviour=IMMEDIATE, time_limit_minutes=10)
    attempt_id = hand_out(portal, "ann")
    saved = portal.do("ann", save_answer, attempt_id, "x-1", "b", key="k1")
    portal.do("ann", check_answer, attempt_id, "x-1", key="k2")
    portal.do("ann", save_answer, attempt_id, "x-3", "7", key="k3")
    before = steps_in(portal, attempt_id)
    portal.now += 601
    assert portal.do("ann", save_answer, attempt_id, "x-1", "b", key="k1") == saved
    portal.do("ann", check_answer, attempt_id, "x-1", key="k2")
    assert steps_in(portal, attempt_id) == before


# ---- cut off anywhere -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(8))
def test_cut_off_anywhere_nothing_acknowledged_is_lost_and_nothing_counts_twice(portal: Portal, seed: int) -> None:
    """A taker whose commands die before or after they were committed, and who sends them again as a page does."""
    dice = random.Random(seed)
    give(portal, behaviour=IMMEDIATE, time_limit_minutes=30)
    attempt_id = hand_out(portal, "ann")
    deadline = row_in(portal, attempt_id).deadline_at
    acknowledged: dict[str, Any] = {}
    checked: set[str] = set()
    for turn in range(60):
        portal.now += dice.randint(0, 45)
        question = dice.choice(EVERY_KIND[:3])
        answer = {"x-1": "abc", "x-3": ["1", "2", "1234.5"]}.get(question.item_id, [["a"], ["a", "b"], ["c"]])
        given = dice.choice(list(answer))
        for sent in range(dice.randint(1, 3)):  # again after a lost connection
            try:
                portal.do("ann", save_answer, attempt_id, question.item_id, given, key=f"{turn}")
            except RuleViolation as refusal:
                assert portal.now >= deadline or question.item_id in checked, (sent, refusal)
                continue
            acknowledged[question.item_id] = given
        if dice.random() < 0.1 and question.item_id in acknowledged and portal.now < deadline:
            for _ in range(2):
                portal.do("ann", check_answer, attempt_id, question.item_id, key=f"check {question.item_id}")
            checked.add(question.item_id)
    steps = steps_in(portal, attempt_id)
    assert portal.see("ann", answers_in, attempt_id) == acknowledged
    assert max(step.at for step in steps) < deadline
    assert [step.number for step in steps] == list(range(len(steps)))
    assert sorted(step.item_id for step in steps if step.kind == "check") == sorted(checked)
    worth = sum(portal.see("ann", fractions_in, attempt_id).values())
    assert portal.do("ann", finish_attempt, attempt_id) == round(worth / 7, 9)
