"""Trails: steps, activities, variants and deviations of a few orders, with the answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from core.domain.deviations import Deviation, Kind, deviations_in, judged, orders_deviating
from core.domain.orders import TRANSITIONS, Fact, Status
from core.domain.trail_variants import orders_of_variant, variants_in
from core.domain.trails import (
    KINDS,
    Activity,
    Step,
    Trails,
    activities_in,
    ended,
    moving,
    orders_on_step,
    orders_with,
    steps_in,
    trails_of,
)

R, P, C, S, AM, A = (
    Fact.RECEIVED.value,
    Fact.PAID.value,
    Fact.CONFIRMED.value,
    Fact.STOPPED.value,
    Fact.AMENDED.value,
    Fact.ALLOCATED.value,
)
X, SH, D = Fact.CANCELLED.value, Fact.SHIPPED.value, Fact.DELIVERED.value
MAIN = tuple(
    str(fact)
    for fact in (
        Fact.RECEIVED,
        Fact.CONFIRMED,
        Fact.ALLOCATED,
        Fact.RELEASED,
        Fact.PICKING_STARTED,
        Fact.PACKED,
        Fact.SHIPPED,
        Fact.DELIVERED,
    )
)


def trails(*orders: tuple[int, list[tuple[str, int]]]) -> Trails:
    """Orders with their facts and instants; a negative number is an order that another house fulfils."""
    return trails_of(
        ",".join(f"{number},{at},{KINDS.index(kind) + 1}" for number, facts in orders for kind, at in facts)
    )


FOUR = trails(
    (11, [(R, 0), (P, 10), (C, 20), (A, 20)]),
    (12, [(R, 5), (P, 35), (C, 45), (A, 45)]),
    (13, [(R, 6), (S, 6), (P, 26), (AM, 100), (C, 110), (X, 200)]),
    (14, [(R, 7)]),
)


def test_steps_are_counted_within_an_order_only() -> None:
    assert steps_in(FOUR)[:3] == (
        Step(C, A, 2, 2, 0.0, 0.0),
        Step(P, C, 2, 2, 10.0, 10.0),
        Step(R, P, 2, 2, 20.0, 28.0),
    )
    assert {(step.source, step.target) for step in steps_in(FOUR)[3:]} == {
        (R, S), (S, P), (P, AM), (AM, C), (C, X)
    }  # fmt: skip


def test_a_step_taken_twice_by_an_order_counts_one_order() -> None:
    twice = trails((1, [(R, 0), (S, 0), (C, 4), (S, 5), (C, 15)]), (2, [(R, 0), (S, 1), (C, 7)]))
    (found,) = (step for step in steps_in(twice) if (step.source, step.target) == (S, C))
    assert (found.orders_count, found.times_count, found.p50_seconds) == (2, 3, 6.0)
    assert found.p90_seconds == pytest.approx(9.2)
    assert orders_on_step(twice, S, C) == [(1, 10), (2, 6), (1, 4)]


def test_the_spread_is_numpys() -> None:
    waits = [3, 100, 8, 41, 5, 77, 12]
    found = steps_in(trails(*((n, [(R, 0), (P, wait)]) for n, wait in enumerate(waits, 1))))
    assert (found[0].p50_seconds, found[0].p90_seconds) == (np.median(waits), pytest.approx(np.percentile(waits, 90)))


def test_activities_say_where_orders_begin_and_stand() -> None:
    found = {one.kind: one for one in activities_in(FOUR)}
    assert found[R] == Activity(R, 4, 4, 4, 1)
    assert found[A] == Activity(A, 2, 2, 0, 2)
    assert found[X] == Activity(X, 1, 1, 0, 1)
    assert list(found) == [kind for kind in KINDS if kind in found]
    assert orders_with(FOUR, P) == [13, 12, 11]
    assert orders_with(FOUR, "Nothing") == orders_on_step(FOUR, "Nothing", P) == []


def test_nothing_has_no_trail() -> None:
    nothing = trails_of("")
    assert (steps_in(nothing), activities_in(nothing), deviations_in(nothing)) == ((), (), ())
    assert variants_in(nothing, 5) == ((), 0)
    assert moving(nothing).orders_count == ended(nothing).orders_count == 0
    assert orders_of_variant(nothing, (R,)) == []


def test_a_fact_of_an_unknown_kind_is_left_out() -> None:
    known = trails_of(f"7,100,{KINDS.index(R) + 1},7,150,0,7,200,{KINDS.index(C) + 1}")
    assert steps_in(known) == (Step(R, C, 1, 1, 100.0, 100.0),)


def test_only_moves_and_only_the_ended() -> None:
    assert [KINDS[code] for code in moving(FOUR).kind if KINDS[code] in (P, AM)] == []
    assert set(ended(FOUR).order.tolist()) == {13}
    letter = trails((1, [(R, 0), (X, 5), (Fact.BUYER_NOTIFIED.value, 5)]), (2, [(R, 0), (C, 1)]))
    assert set(ended(letter).order.tolist()) == {1}


def test_variants_by_their_number_of_orders() -> None:
    found, count = variants_in(FOUR, 2)
    assert count == 3
    assert [(one.number, one.path, one.orders_count, one.share, one.example_order_id) for one in found] == [
        (1, (R, P, C, A), 2, 0.5, 12),
        (2, (R, S, P, AM, C, X), 1, 0.25, 13),
    ]
    assert found[0].p50_seconds == 30.0
    assert orders_of_variant(FOUR, found[0].path) == [12, 11]
    assert orders_of_variant(FOUR, (R, P, C)) == []


def test_the_sequence_makes_the_variant() -> None:
    """The same facts in another sequence, and the same fact more often, are other ways."""
    orders = trails((1, [(R, 0), (P, 1), (S, 2)]), (2, [(R, 0), (S, 1), (P, 2)]), (3, [(R, 0), (S, 1), (P, 2), (P, 3)]))
    assert variants_in(orders, 9)[1] == 3


def test_every_transition_of_the_machine_is_allowed_after_what_leads_there() -> None:
    for row in TRANSITIONS:
        outside = "outside" in row.guards
        for before in TRANSITIONS:
            other = "ours" if outside else "outside"
            if before.target in row.sources and other not in before.guards:
                assert judged(before.fact, row.fact, outside) is None, (before.fact, row.fact)
        if Status.RECEIVED in row.sources:
            assert judged(Fact.RECEIVED, row.fact, outside) is None


def test_what_the_machine_forbids_is_told_apart() -> None:
    assert judged(C, SH, False) == (
        Kind.SKIPPED,
        (A, Fact.RELEASED.value, Fact.PICKING_STARTED.value, Fact.PACKED.value),
    )
    assert judged(C, SH, True) is None, "another house ships without telling us of its work"
    assert judged(D, C, False) == (Kind.NOT_FORESEEN, ())
    assert judged(X, C, False) == (Kind.AFTER_END, ())


def test_deviations_with_their_orders() -> None:
    straight = [(fact, at) for at, fact in enumerate(MAIN)]
    orders = trails(
        (1, straight),
        (2, [(R, 0), (C, 1), (SH, 2), (D, 3)]),
        (-3, [(R, 0), (C, 1), (SH, 2), (D, 3)]),
        (4, [(C, 0), (A, 1)]),
        (5, [(R, 0), (S, 1), (AM, 1), (C, 2), (S, 3), (AM, 4), (C, 5)]),
        (6, [(R, 0), (X, 2), (P, 3), (C, 4)]),
    )
    found = deviations_in(orders)
    left_out = (A, Fact.RELEASED.value, Fact.PICKING_STARTED.value, Fact.PACKED.value)
    assert set(found) == {
        Deviation(Kind.SKIPPED, C, SH, left_out, 1, 2),
        Deviation(Kind.BEGINNING, "", C, (), 1, 4),
        Deviation(Kind.AGAIN, "", S, (), 1, 5),
        Deviation(Kind.AGAIN, "", AM, (), 1, 5),
        Deviation(Kind.AGAIN, "", C, (), 1, 5),
        Deviation(Kind.AFTER_END, X, C, (), 1, 6),
    }
    assert {one: orders_deviating(orders, one) for one in found} == {one: [one.example_order_id] for one in found}
