"""Stocktakes: planned, counted beside the business, counted again, explained and approved by another."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.count_tables import count_entry, count_line
from core.domain.counting import CountStatus
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from core.domain.rights import rights_of
from core.services import adjustments, count_entries, count_posting, counting
from tests.services.count_story import APPROVER, KEEPER, MINUTE, SECOND, Count, order, ship
from tests.services.desk import CUP, GUANGZHOU, KETTLE, LAMP, SHANGHAI, Desk


def test_a_full_stocktake_lists_every_lot_in_the_order_of_articles(desk: Desk) -> None:
    count = Count(desk)
    assert [(line.sku_id, line.book_quantity) for line in count.lines()] == [
        (CUP, 5), (CUP, 5), (KETTLE, 5), (KETTLE, 5), (LAMP, 5), (LAMP, 5),
    ]  # fmt: skip


def test_a_count_is_judged_by_the_book_of_its_own_moment(desk: Desk) -> None:
    """Counted at 10:01, two picked at 10:02, written up at 10:03: the two were still there."""
    count = Count(desk)
    counted_at = desk.now + MINUTE
    desk.now += 2 * MINUTE
    sold = order(desk, "T-1", 2)
    ship(desk, sold)
    desk.now += MINUTE
    with desk.work(KEEPER) as ctx:
        count_entries.enter_counts(ctx, count.id, {line.id: 5 for line in count.lines()}, counted_at=counted_at)
    assert {(line.expected_quantity, line.counted_quantity) for line in count.lines()} == {(5, 5)}
    assert count.finish() is CountStatus.COUNTED
    line = count.lines(KETTLE)[0]
    with desk.look() as ctx:
        entry = ctx.db.execute(select(count_entry).where(count_entry.c.line_id == line.id)).one()
    assert (entry.at, entry.round, entry.quantity, entry.expected_quantity) == (counted_at, 1, 5, 5)


def test_units_that_are_picked_before_the_count_are_not_missed(desk: Desk) -> None:
    count = Count(desk)
    desk.now += MINUTE
    sold = order(desk, "T-1", 2)
    ship(desk, sold)
    desk.now += MINUTE
    first, second = count.lines(KETTLE)
    with desk.work(KEEPER) as ctx:
        count_entries.enter_count(ctx, count.id, first.id, 3)
    assert [line.expected_quantity for line in count.lines(KETTLE)] == [3, None]
    assert second.book_quantity == 5


def test_reserved_units_lie_on_the_shelf(desk: Desk) -> None:
    order(desk, "T-1", 4)
    count = Count(desk)
    assert [line.book_quantity for line in count.lines(KETTLE)] == [5, 5]


def test_beyond_tolerance_is_counted_again_and_then_stands(desk: Desk) -> None:
    """Nothing was sold yet, so everything is a C: two units off pass, three don't."""
    count = Count(desk)
    two, three = count.lines(CUP)
    count.enter({two.id: -2, three.id: -3})
    assert count.finish() is CountStatus.RECOUNT
    assert [line.id for line in count.lines() if line.is_due] == [three.id]
    with desk.work(SECOND) as ctx, pytest.raises(RuleViolation, match=f"Line {two.position} isn't to be recounted"):
        count_entries.enter_count(ctx, count.id, two.id, 5)
    with desk.work(SECOND) as ctx:
        count_entries.enter_count(ctx, count.id, three.id, 1)
    assert count.finish() is CountStatus.COUNTED
    with desk.look() as ctx:
        rounds = ctx.db.execute(
            select(count_entry.c.round, count_entry.c.quantity).where(count_entry.c.line_id == three.id)
        ).all()
    assert [tuple(one) for one in rounds] == [(1, 2), (2, 1)]


def test_nobody_approves_what_they_counted_in_any_round(desk: Desk) -> None:
    count = Count(desk)
    count.enter()
    count.finish()
    both = Actor(8, "Wu", "employee", "P", rights_of("employee", "P"))
    before = desk.everything()
    with pytest.raises(RuleViolation, match="somebody else has to approve"), desk.work(both) as ctx:
        counting.approve_stocktake(ctx, count.id)
    with pytest.raises(NotAllowed), desk.work(SECOND) as ctx:
        counting.approve_stocktake(ctx, count.id)
    assert desk.everything() == before


def test_differences_need_reasons_before_they_are_approved(desk: Desk) -> None:
    count = Count(desk)
    line = count.lines(CUP)[0]
    count.enter({line.id: -1})
    count.finish()
    with pytest.raises(RuleViolation, match="1 differences without a reason"), desk.work(APPROVER) as ctx:
        counting.approve_stocktake(ctx, count.id)
    with pytest.raises(RuleViolation, match="needs one of these reasons"), desk.work(KEEPER) as ctx:
        counting.explain_differences(ctx, count.id, [line.id], "gremlins")
    with pytest.raises(RuleViolation, match="whose count differs"), desk.work(KEEPER) as ctx:
        counting.explain_differences(ctx, count.id, [count.lines(LAMP)[0].id], "breakage")
    with desk.work(KEEPER) as ctx:
        counting.explain_differences(ctx, count.id, [line.id], "breakage", "fell off the fork-lift")
    with desk.work(APPROVER) as ctx:
        counting.approve_stocktake(ctx, count.id)
    assert count.status() == "approved"


def test_asking_for_a_recount_takes_approval_and_reason_back(desk: Desk) -> None:
    count = Count(desk)
    line = count.lines(CUP)[0]
    count.settle({line.id: -1})
    with desk.work(APPROVER) as ctx:
        counting.ask_recount(ctx, count.id, [line.id])
    assert count.status() == "recount"
    with desk.work(SECOND) as ctx:
        count_entries.enter_count(ctx, count.id, line.id, 5)
    assert count.finish() is CountStatus.COUNTED
    found = count.lines(CUP)[0]
    assert (found.counted_quantity, found.reason, found.rounds) == (5, "", 2)


@pytest.mark.parametrize("quantity", [-1, 10**9])
def test_a_count_that_cannot_be_is_refused(desk: Desk, quantity: int) -> None:
    count = Count(desk)
    before = desk.everything()
    good, bad = count.lines()[:2]
    with pytest.raises(RuleViolation, match="A count is 0 to 1000000 units"), desk.work(KEEPER) as ctx:
        count_entries.enter_counts(ctx, count.id, {good.id: 5, bad.id: quantity})
    with pytest.raises(RuleViolation, match="A count is 0 to 1000000 units"), desk.work(KEEPER) as ctx:
        count_entries.add_found(ctx, count.id, "CUP", quantity)
    assert desk.everything() == before


def test_somebody_elses_count_is_not_overwritten_but_ones_own_is_corrected(desk: Desk) -> None:
    count = Count(desk)
    line = count.lines()[0]
    with desk.work(KEEPER) as ctx:
        count_entries.enter_count(ctx, count.id, line.id, 50)
        count_entries.enter_count(ctx, count.id, line.id, 5)
    with pytest.raises(RuleViolation, match="counted by somebody else"), desk.work(SECOND) as ctx:
        count_entries.enter_count(ctx, count.id, line.id, 4)
    assert (count.lines()[0].counted_quantity, count.lines()[0].rounds) == (5, 1)


def test_a_line_of_another_stocktake_and_a_time_that_cannot_be(desk: Desk) -> None:
    count = Count(desk, kind="partial", skus=(CUP,))
    other = Count(desk, kind="partial", skus=(KETTLE,))
    desk.now += MINUTE
    with pytest.raises(RuleViolation, match="don't belong to stocktake ST-000001"), desk.work(KEEPER) as ctx:
        count_entries.enter_count(ctx, count.id, other.lines()[0].id, 5)
    for at, message in ((desk.now + 1, "in the future"), (desk.now - 2 * MINUTE, "before counting began")):
        with pytest.raises(RuleViolation, match=message), desk.work(KEEPER) as ctx:
            count_entries.enter_count(ctx, count.id, count.lines()[0].id, 5, counted_at=at)


def test_two_stocktakes_do_not_count_the_same_article(desk: Desk) -> None:
    count = Count(desk, kind="partial", skus=(CUP,))
    with desk.work(KEEPER) as ctx:
        full = counting.plan_stocktake(ctx, SHANGHAI, "full", blind=False)
        elsewhere = counting.plan_stocktake(ctx, GUANGZHOU, "full", blind=False)
        counting.start_count(ctx, elsewhere)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="ST-000001 is counting some of these"), desk.work(KEEPER) as ctx:
        counting.start_count(ctx, full)
    assert desk.everything() == before
    with desk.work(KEEPER) as ctx:
        counting.cancel_stocktake(ctx, count.id, "counted with the rest")
        counting.start_count(ctx, full)


def test_a_warehouse_without_bins_is_counted_by_lot(desk: Desk) -> None:
    with desk.work(KEEPER) as ctx:
        count_id = counting.plan_stocktake(ctx, GUANGZHOU, "full", blind=True)
        assert counting.start_count(ctx, count_id) == 6
    with desk.look() as ctx:
        lines = ctx.db.execute(select(count_line).where(count_line.c.stocktake_id == count_id)).all()
    assert {line.bin_id for line in lines} == {None}
    with pytest.raises(RuleViolation, match="has no bins"), desk.work(KEEPER) as ctx:
        count_entries.add_found(ctx, count_id, "CUP", 1, bin_code="A-01")
    at = desk.now + MINUTE
    desk.now += 2 * MINUTE
    with desk.work() as ctx:
        adjustments.adjust_stock(ctx, CUP, GUANGZHOU, -2, "broken")
    desk.now += MINUTE
    with desk.work(KEEPER) as ctx:
        count_entries.enter_counts(ctx, count_id, {line.id: 5 for line in lines}, counted_at=at)
    with desk.look() as ctx:
        found = ctx.db.execute(select(count_line).where(count_line.c.stocktake_id == count_id)).all()
    assert {line.expected_quantity for line in found} == {5}


@pytest.mark.parametrize(
    ("kind", "scope", "message"),
    [
        ("full", {"skus": (CUP,)}, "counts everything"),
        ("partial", {}, "Say what a partial stocktake counts"),
        ("partial", {"categories": ("garden",)}, "nothing to count"),
        ("partial", {"zones": ("A",)}, "nothing to count"),
        ("sideways", {}, "no such kind"),
    ],
)
def test_a_plan_has_something_to_count(desk: Desk, kind: str, scope: dict[str, Any], message: str) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match=message), desk.work(KEEPER) as ctx:
        counting.plan_stocktake(ctx, SHANGHAI, kind, blind=False, **scope)
    for place in (0, 77):
        with pytest.raises(NotFound), desk.work(KEEPER) as ctx:
            counting.plan_stocktake(ctx, place, "full", blind=False)
    assert desk.everything() == before


def test_a_cycle_count_takes_what_is_due_the_dearest_first(desk: Desk) -> None:
    """Kettles sell, so they are an A and due after 30 days; the rest are C and due after 180."""
    for number in range(1, 4):
        ship(desk, order(desk, f"T-{number}", 1))
    desk.now += 86_400
    a_only = Count(desk, kind="cycle", classes=("A",))
    assert {line.sku_id for line in a_only.lines()} == {KETTLE}
    assert {line.abc for line in a_only.lines()} == {"A"}
    a_only.settle({})
    a_only.post()
    with pytest.raises(RuleViolation, match="No article of these classes is due"), desk.work(KEEPER) as ctx:
        counting.plan_stocktake(ctx, SHANGHAI, "cycle", blind=True, classes=("A",))
    rest = Count(desk, kind="cycle")
    assert {line.sku_id for line in rest.lines()} == {CUP, LAMP}
    rest.settle({})
    rest.post()
    desk.now += 31 * 86_400
    # What was sold a month ago is still within the 90 days that classes look at.
    assert {line.sku_id for line in Count(desk, kind="cycle").lines()} == {KETTLE}


def test_who_may_only_look_does_nothing(desk: Desk, clerk: Actor) -> None:
    count = Count(desk)
    before = desk.everything()
    line = count.lines()[0]

    def refused(work: Any) -> None:
        with pytest.raises(NotAllowed), desk.work(clerk) as ctx:
            work(ctx)

    refused(lambda ctx: counting.plan_stocktake(ctx, SHANGHAI, "full", blind=False))
    refused(lambda ctx: count_entries.enter_count(ctx, count.id, line.id, 5))
    refused(lambda ctx: count_entries.add_found(ctx, count.id, "CUP", 5))
    refused(lambda ctx: counting.finish_count(ctx, count.id))
    refused(lambda ctx: counting.ask_recount(ctx, count.id, [line.id]))
    refused(lambda ctx: counting.explain_differences(ctx, count.id, [line.id], "theft"))
    refused(lambda ctx: counting.approve_stocktake(ctx, count.id))
    refused(lambda ctx: count_posting.post_stocktake(ctx, count.id))
    refused(lambda ctx: counting.cancel_stocktake(ctx, count.id, "x"))
    assert desk.everything() == before


def test_two_who_decide_at_once(desk: Desk) -> None:
    """The second one's page is older than the stocktake: it is told so, and nothing is written."""
    count = Count(desk)
    count.enter()
    with desk.work(KEEPER) as ctx:
        counting.finish_count(ctx, count.id, version=2)
    before = desk.everything()
    with pytest.raises(RuleViolation, match="changed by somebody else"), desk.work(APPROVER) as ctx:
        counting.approve_stocktake(ctx, count.id, version=2)
    assert desk.everything() == before
