"""How a loss leaves a lot that is promised: free units, other lots, or nobody's."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.settlement import Promise, Settlement, Trade, settle_loss
from core.domain.stock import LotStock

EARLY, LATE = Promise(1, "T-1", 4), Promise(2, "T-2", 3)


@pytest.mark.parametrize(
    ("loss", "free", "others", "wanted"),
    [
        (3, 5, [], Settlement((), 0)),
        (5, 5, [], Settlement((), 0)),
        (6, 5, [LotStock(9, 1)], Settlement((Trade(2, 9, 1),), 0)),
        (9, 5, [LotStock(9, 9)], Settlement((Trade(2, 9, 3), Trade(1, 9, 1)), 0)),
        (8, 5, [LotStock(8, 1), LotStock(9, 9)], Settlement((Trade(2, 8, 1), Trade(2, 9, 2)), 0)),
        (9, 5, [LotStock(9, 2)], Settlement((Trade(2, 9, 2),), 2, ("T-2", "T-1"))),
        (7, 0, [], Settlement((), 7, ("T-2", "T-1"))),
        (9, 0, [], Settlement((), 9, ("T-2", "T-1"))),  # two more than the book promises
    ],
)
def test_free_units_then_other_lots_then_nobody(
    loss: int, free: int, others: list[LotStock], wanted: Settlement
) -> None:
    assert settle_loss(loss, free, [LATE, EARLY], others) == wanted


@given(
    loss=st.integers(1, 30),
    free=st.integers(0, 30),
    promised=st.lists(st.integers(1, 9), max_size=5),
    stock=st.lists(st.integers(0, 9), max_size=5),
)
def test_units_are_neither_made_nor_lost(loss: int, free: int, promised: list[int], stock: list[int]) -> None:
    promises = [Promise(i, f"T-{i}", units) for i, units in enumerate(promised)]
    found = settle_loss(loss, free, promises, [LotStock(100 + i, units) for i, units in enumerate(stock)])
    traded = sum(trade.quantity for trade in found.trades)
    assert min(loss, free) + traded + found.short == loss
    for i, units in enumerate(promised):
        assert sum(trade.quantity for trade in found.trades if trade.order_line_id == i) <= units
    for i, units in enumerate(stock):
        assert sum(trade.quantity for trade in found.trades if trade.lot_id == 100 + i) <= units
    assert traded == min(loss - min(loss, free), sum(promised), sum(stock))
