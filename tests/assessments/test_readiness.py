"""Readiness: what counts as evidence, and what it says of a position's competencies."""

from __future__ import annotations

import pytest

from assessments.attempt_rows import attempt_row
from assessments.handout import Place, places_in
from assessments.readiness import (
    NOT_REQUIRED,
    NOT_YET,
    READY,
    TOO_LITTLE,
    ReadinessPolicy,
    judged,
    own_readiness,
    readiness_in,
    readiness_policy,
    ready_by_chance,
    tallied,
)
from core.domain.errors import NotAllowed
from tests.assessments.conftest import Portal
from tests.assessments.given import mark_by_hand
from tests.assessments.taking import do_exercises, take

RULE = ReadinessPolicy(enough_rate=0.7, least_questions=3, valid_days=365)


def places(level: str, *fractions: float, competency: str = "2.2", weight: float = 1.0) -> list[tuple[Place, float]]:
    return [(Place(f"i{n}", 1, competency, level, weight), fraction) for n, fraction in enumerate(fractions)]


@pytest.mark.parametrize(
    ("position", "evidence", "state", "rate"),
    [
        ("O", places("remember", 1, 1, 0.1), READY, 0.7),
        ("O", places("remember", 1, 1, 0.09), NOT_YET, 0.69666667),
        ("O", places("remember", 1, 1), TOO_LITTLE, 1.0),
        ("O", [], TOO_LITTLE, None),
        # A keeper has to remember (1) how orders are confirmed: what they fail to decide holds nobody up.
        ("W", [*places("remember", 1, 1, 1), *places("decide", 0, 0, 0)], READY, 1.0),
        ("O", [*places("remember", 1, 1, 1), *places("decide", 0, 0, 0)], NOT_YET, 0.5),
        ("O", [*places("apply", 1, weight=4.0), *places("apply", 0, 0)], NOT_YET, 2 / 3),
    ],
)
def test_a_competency_is_judged_up_to_the_required_level(
    position: str, evidence: list[tuple[Place, float]], state: str, rate: float | None
) -> None:
    found = judged(position, tallied(evidence), RULE)["2.2"]
    assert found.state == state
    assert found.rate == (None if rate is None else pytest.approx(rate))


def test_what_is_not_required_is_said_so() -> None:
    assert judged("F", tallied(places("apply", 0, 0, 0, competency="2.3")), RULE)["2.3"].state == NOT_REQUIRED


def test_the_houses_rule_is_read() -> None:
    assert readiness_policy() == ReadinessPolicy(0.7, 2, 365)


def test_two_questions_are_said_to_tell_little() -> None:
    two = ReadinessPolicy(enough_rate=0.7, least_questions=2, valid_days=365)
    assert ready_by_chance(two, 0.5) == pytest.approx(0.25), "both right"
    assert ready_by_chance(two, 0.8) == pytest.approx(0.64)
    ten = ReadinessPolicy(enough_rate=0.7, least_questions=10, valid_days=365)
    assert ready_by_chance(ten, 0.5) == pytest.approx((120 + 45 + 10 + 1) / 1024), "seven, eight, nine or ten of ten"


def test_the_post_test_takes_the_place_of_the_pre_test(portal: Portal) -> None:
    take(portal, "ann", "pre", right=0)
    before = portal.see("ann", own_readiness)
    assert before is not None
    assert before.count(READY) == 0
    assert before.count(NOT_YET) > 0
    do_exercises(portal, "ann")
    take(portal, "ann", "post")
    after = portal.see("ann", own_readiness)
    assert after is not None
    assert after.count(NOT_YET) == 0
    assert after.count(READY) == before.count(NOT_YET)
    assert after.gaps()[0].state == TOO_LITTLE
    everybody = portal.see("tess", readiness_in)
    assert {one.person_id: one for one in everybody}[after.person_id] == after


def test_a_mark_given_later_is_seen_at_once(portal: Portal) -> None:
    attempt_id = take(portal, "ann", "pre", right=0)
    before = portal.see("ann", own_readiness)
    assert before is not None
    gap = next(gap for gap in before.gaps() if gap.state == NOT_YET)
    with portal.open("ann") as ctx:
        items = [
            place.item_id for place in places_in(attempt_row(ctx, attempt_id).items) if place.competency == gap.code
        ]
    for item_id in items:
        mark_by_hand(portal, attempt_id, item_id, 1.0)
    after = portal.see("ann", own_readiness)
    assert after is not None
    assert after.states[gap.code].rate == 1.0
    assert before.states[gap.code].rate == 0.0


def test_an_old_test_says_nothing(portal: Portal) -> None:
    take(portal, "ann", "pre")
    portal.now += 366 * 86_400
    found = portal.see("ann", own_readiness)
    assert found is not None
    assert found.count(READY) == found.count(NOT_YET) == 0


def test_others_readiness_is_for_those_who_lead_and_train(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.see("ann", readiness_in)
    assert portal.see("max", readiness_in)
