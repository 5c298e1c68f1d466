"""First in first out over lots."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from core.domain.stock import LotStock, take_first_in


def test_the_oldest_lot_goes_first() -> None:
    assert take_first_in([LotStock(4, 3), LotStock(1, 5)], 4) == [(4, 3), (1, 1)]


def test_short_stock_gives_what_there_is() -> None:
    assert take_first_in([LotStock(1, 2), LotStock(2, 0), LotStock(3, 1)], 9) == [(1, 2), (3, 1)]
    assert take_first_in([], 3) == []


@given(st.lists(st.integers(0, 20), max_size=8), st.integers(0, 60))
def test_never_more_than_asked_or_there(available: list[int], wanted: int) -> None:
    lots = [LotStock(number, units) for number, units in enumerate(available)]
    taken = take_first_in(lots, wanted)
    assert sum(units for _, units in taken) == min(wanted, sum(available))
    assert all(0 < units <= available[lot] for lot, units in taken)
    # a later lot is only touched once every earlier one is used up
    assert all(units == available[lot] for lot, units in taken[:-1])
