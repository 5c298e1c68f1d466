"""Bins: laid out, found by scan, suggested, and goods moved between them."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from core.context import Actor
from core.db.warehouse_tables import bin_posting, bin_stock
from core.domain.errors import NotAllowed, NotFound, OrderlyError, RuleViolation
from core.domain.rights import rights_of
from core.services import bins
from core.services.books import imbalances
from core.services.lots import lots_of
from tests.services.desk import APPROVER, BIN_A, BIN_B, FLOOR, GUANGZHOU, KETTLE, SHANGHAI, Desk

KEEPER = Actor(8, "Wu", "employee", "W", rights_of("employee", "W"))


def lot_of(desk: Desk) -> int:
    with desk.work() as ctx:
        return lots_of(ctx, KETTLE, SHANGHAI)[0].lot_id


def books(desk: Desk) -> list[str]:
    with desk.look() as ctx:
        return [str(one) for one in imbalances(ctx)]


def test_units_move_to_another_bin(desk: Desk) -> None:
    lot_id = lot_of(desk)
    with desk.work(KEEPER) as ctx:
        bins.move_between_bins(ctx, KETTLE, lot_id, FLOOR, BIN_B, 3)
        assert (bins.units_in_bin(ctx, KETTLE, lot_id, FLOOR), bins.units_in_bin(ctx, KETTLE, lot_id, BIN_B)) == (2, 3)
        last = ctx.db.execute(select(bin_posting).order_by(bin_posting.c.id.desc()).limit(1)).one()
    assert (last.from_bin_id, last.to_bin_id, last.quantity, books(desk)) == (FLOOR, BIN_B, 3, [])


@pytest.mark.parametrize(
    ("source", "target", "units", "message"),
    [
        (FLOOR, BIN_A, 6, "FLOOR holds 5 units of KETTLE"),
        (FLOOR, FLOOR, 1, "lie in FLOOR already"),
        (FLOOR, 99, 1, "Bin 99 isn't here"),
        (FLOOR, BIN_A, 0, "A quantity of 1"),
        (FLOOR, BIN_A, -1, "A quantity of 1"),
        (FLOOR, BIN_A, 10**9, "A quantity of 1"),
    ],
)
def test_moves_that_cannot_be(desk: Desk, source: int, target: int, units: int, message: str) -> None:
    lot_id = lot_of(desk)
    before = desk.everything()
    with pytest.raises(OrderlyError, match=message), desk.work(KEEPER) as ctx:
        bins.move_between_bins(ctx, KETTLE, lot_id, source, target, units)
    with pytest.raises(NotAllowed), desk.work(APPROVER) as ctx:
        bins.move_between_bins(ctx, KETTLE, lot_id, FLOOR, BIN_A, 1)
    assert desk.everything() == before


def test_a_bin_is_found_by_its_label_and_nothing_else_is(desk: Desk) -> None:
    with desk.look(KEEPER) as ctx:
        assert bins.find_bin(ctx, SHANGHAI, " a-01\n").id == BIN_A
        for scanned in ("KETTLE", "", "A-99"):
            with pytest.raises(NotFound, match="is no bin of warehouse SH"):
                bins.find_bin(ctx, SHANGHAI, scanned)


def test_the_article_s_own_bin_is_suggested_before_an_empty_one(desk: Desk) -> None:
    """On the walk B comes before A."""
    lot_id = lot_of(desk)
    with desk.look(KEEPER) as ctx:
        assert [one.id for one in bins.suggested_bins(ctx, KETTLE, SHANGHAI)] == [BIN_B, BIN_A]
    with desk.work(KEEPER) as ctx:
        bins.move_between_bins(ctx, KETTLE, lot_id, FLOOR, BIN_A, 1)
    with desk.look(KEEPER) as ctx:
        assert [(one.id, one.own) for one in bins.suggested_bins(ctx, KETTLE, SHANGHAI)] == [(BIN_A, 1), (BIN_B, 0)]
        assert [one.id for one in bins.suggested_bins(ctx, 2, SHANGHAI)] == [BIN_B]


def test_a_warehouse_gets_bins_and_its_stock_lies_on_the_floor(desk: Desk) -> None:
    with pytest.raises(NotAllowed), desk.work(KEEPER) as ctx:
        bins.lay_bins(ctx, GUANGZHOU, "AB", 2, 3)
    with desk.work(APPROVER) as ctx:
        assert bins.lay_bins(ctx, GUANGZHOU, "ab", 2, 3) == 13
    with desk.look(KEEPER) as ctx:
        found = bins.bins_in(ctx, GUANGZHOU)
        assert [one.code for one in found] == [
            "A-01-01", "A-01-02", "A-01-03", "A-02-03", "A-02-02", "A-02-01",
            "B-01-01", "B-01-02", "B-01-03", "B-02-03", "B-02-02", "B-02-01", "FLOOR",
        ]  # fmt: skip
        assert found[-1].units == 30
        lying = ctx.db.execute(select(bin_stock).where(bin_stock.c.bin_id == found[-1].id)).all()
    assert (len(lying), books(desk)) == (6, [])
    with pytest.raises(RuleViolation, match="has its bins already"), desk.work(APPROVER) as ctx:
        bins.lay_bins(ctx, GUANGZHOU, "C", 1, 1)


@pytest.mark.parametrize(
    ("zones", "aisles", "racks"), [("", 1, 1), ("12", 1, 1), ("A", 0, 1), ("A", 1, 100), ("A", -1, 5)]
)
def test_layouts_that_cannot_be(desk: Desk, zones: str, aisles: int, racks: int) -> None:
    before = desk.everything()
    with pytest.raises(RuleViolation, match="Bins need zones"), desk.work(APPROVER) as ctx:
        bins.lay_bins(ctx, GUANGZHOU, zones, aisles, racks)
    assert desk.everything() == before
