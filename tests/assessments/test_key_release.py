"""Key release: who took a test sees its answers when the rule says so, and a further try stays fair until then."""

from __future__ import annotations

import pytest

from assessments.attempts import POST, PRE, finish_attempt, start_attempt
from assessments.disputes import dispute_item
from assessments.key_release import Release, give_up_tries, release_for
from assessments.results import get_result
from assessments.test_settings import AT_ONCE, BOTH_TAKEN, CLOSED, TRIES_USED
from assessments.tries import OVER, READY, USED_UP, own_entry
from core.domain.errors import NotFound, RuleViolation
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import give, hand_out, row_in, steps_in
from tests.assessments.taking import do_exercises, take

DAY = 86_400


def release(portal: Portal, attempt_id: int, login: str = "ann") -> Release:
    """When the answers of an attempt are shown."""
    row = row_in(portal, attempt_id)
    return portal.see(login, lambda ctx: release_for(ctx, row))


def shown(portal: Portal, attempt_id: int, login: str = "ann") -> bool:
    """Whether somebody gets the questions with their answers; what the result says of it holds, too."""
    result = portal.see(login, get_result, attempt_id)
    assert (result.items_count, result.answered_count, result.right_count) == (20, 2, 2)
    assert [one.rate for one in result.competencies].count(1.0) == 2 and result.score == 0.1
    assert len(result.items) in (0, 20)
    return bool(result.items)


def test_with_one_try_the_answers_are_shown_at_once(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=2)
    assert shown(portal, attempt_id)
    assert release(portal, attempt_id) == Release(TRIES_USED, True, row_in(portal, attempt_id).finished_at)


def test_a_further_try_holds_the_answers_back_until_it_is_taken(each_portal: Portal) -> None:
    portal = each_portal
    give(portal, tries=2)
    first = take(portal, "ann", PRE, right=2)
    assert not shown(portal, first) and release(portal, first) == Release(TRIES_USED, False, None, 1)
    assert shown(portal, first, "tess")  # who reads attempts reads them whole
    portal.do("ann", start_attempt, TEST, PRE)
    assert not shown(portal, first)  # the second try is open in another tab
    second = take(portal, "ann", PRE, right=2)
    assert shown(portal, first) and shown(portal, second)


def test_whoever_takes_no_further_try_sees_the_answers_and_can_t_go_back(each_portal: Portal) -> None:
    portal = each_portal
    give(portal, tries=3)
    attempt_id = take(portal, "ann", PRE, right=2)
    with pytest.raises(NotFound):
        portal.do("bo", give_up_tries, attempt_id)
    with pytest.raises(NotFound):  # nobody gives them up for somebody else
        portal.do("tess", give_up_tries, attempt_id)
    portal.do("ann", give_up_tries, attempt_id)
    portal.do("ann", give_up_tries, attempt_id)
    assert [step.kind for step in steps_in(portal, attempt_id)].count("last_try") == 1
    assert shown(portal, attempt_id)
    entry = portal.see("ann", own_entry, TEST, PRE)
    assert (entry.state, entry.tries_left) == (USED_UP, 0)
    with pytest.raises(RuleViolation, match="take no further try"):
        portal.do("ann", start_attempt, TEST, PRE)


def test_tries_are_not_given_up_while_one_is_open(portal: Portal) -> None:
    give(portal, tries=3)
    attempt_id = take(portal, "ann", PRE, right=2)
    portal.do("ann", start_attempt, TEST, PRE)
    with pytest.raises(RuleViolation, match="Finish the try that is open"):
        portal.do("ann", give_up_tries, attempt_id)
    assert not shown(portal, attempt_id)


def test_beginning_the_post_test_ends_the_tries_of_the_pre_test(portal: Portal) -> None:
    give(portal, tries=2)
    attempt_id = take(portal, "ann", PRE, right=2)
    do_exercises(portal, "ann")
    assert not shown(portal, attempt_id)
    portal.do("ann", start_attempt, TEST, POST)
    assert shown(portal, attempt_id)


def test_answers_are_shown_from_the_end_of_a_try_that_was_open_when_the_post_test_began(portal: Portal) -> None:
    give(portal, tries=2)
    first = take(portal, "ann", PRE, right=2)
    do_exercises(portal, "ann")
    second = portal.do("ann", start_attempt, TEST, PRE)
    portal.do("ann", start_attempt, TEST, POST)
    assert not shown(portal, first)
    portal.now += DAY
    portal.do("ann", finish_attempt, second)
    assert shown(portal, first)
    assert release(portal, first).since == row_in(portal, second).finished_at == portal.now


def test_after_both_tests_only(portal: Portal) -> None:
    give(portal, keys_shown=BOTH_TAKEN)
    before = take(portal, "ann", PRE, right=2)
    assert release(portal, before) == Release(BOTH_TAKEN, False, None)
    do_exercises(portal, "ann")
    portal.do("ann", start_attempt, TEST, POST)
    assert not shown(portal, before)
    after = take(portal, "ann", POST, right=2)
    assert shown(portal, before) and shown(portal, after)
    assert release(portal, before).since == row_in(portal, after).finished_at


def test_after_the_test_is_closed_only(portal: Portal) -> None:
    closes_at = portal.now + 40 * DAY
    give(portal, keys_shown=CLOSED, closes_at=closes_at)
    attempt_id = take(portal, "ann", PRE, right=2)
    assert release(portal, attempt_id) == Release(CLOSED, False, closes_at)
    item, other = (one.question.item_id for one in portal.see("tess", get_result, attempt_id).items[:2])
    with pytest.raises(RuleViolation, match="once its answer is shown"):
        portal.do("ann", dispute_item, attempt_id, item, "two are right")
    portal.now = closes_at
    assert shown(portal, attempt_id)
    # The days in which one can dispute begin when one can read what there is to dispute.
    portal.now = closes_at + 30 * DAY
    portal.do("ann", dispute_item, attempt_id, item, "two are right")
    portal.now += 1
    with pytest.raises(RuleViolation, match="within 30 days"):
        portal.do("ann", dispute_item, attempt_id, other, "two are right")


def test_a_closed_test_shows_them_to_whoever_has_tries_left(portal: Portal) -> None:
    closes_at = portal.now + DAY
    give(portal, tries=3, closes_at=closes_at)
    attempt_id = take(portal, "ann", PRE, right=2)
    assert release(portal, attempt_id) == Release(TRIES_USED, False, closes_at, 2)
    portal.now = closes_at
    assert portal.see("ann", own_entry, TEST, PRE).state == OVER and shown(portal, attempt_id)


def test_a_clock_set_back_takes_nothing_back_and_shows_nothing_early(portal: Portal) -> None:
    closes_at = portal.now + DAY
    give(portal, keys_shown=CLOSED, closes_at=closes_at)
    attempt_id = take(portal, "ann", PRE, right=2)
    portal.now -= 400 * DAY
    assert not shown(portal, attempt_id)


def test_at_once_means_at_once(portal: Portal) -> None:
    give(portal, tries=3, keys_shown=AT_ONCE)
    attempt_id = take(portal, "ann", PRE, right=2)
    assert shown(portal, attempt_id) and portal.see("ann", own_entry, TEST, PRE).state == READY


def test_a_further_try_granted_later_holds_back_what_it_will_ask(portal: Portal) -> None:
    attempt_id = take(portal, "ann", PRE, right=2)
    assert shown(portal, attempt_id)
    give(portal, tries=2)
    assert not shown(portal, attempt_id)


def test_an_attempt_that_waits_for_a_mark_says_so_without_its_questions(portal: Portal) -> None:
    give(portal, tries=2)
    attempt_id = hand_out(portal, "ann")
    portal.do("ann", finish_attempt, attempt_id)
    result = portal.see("ann", get_result, attempt_id)
    assert (result.items, result.items_count, result.right_count) == ((), 7, 0)
