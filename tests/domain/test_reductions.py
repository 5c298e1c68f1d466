"""Cancelling units of a line: sums that stay exact to the cent, over any discounts, freights and means of payment."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.domain.reductions import Sums, divided, reduced, refund_due

HELD = st.dictionaries(
    st.sampled_from(["alipay", "wechat_pay", "gift_card", "voucher"]), st.integers(1, 10**9), min_size=1
)


@pytest.mark.parametrize(
    ("sums", "line", "wanted"),
    [
        # two of three cups at 35.00, nothing else
        (Sums(10_500, 0, 0), (3, 2, 3_500, 0), (3_500, 0, 0)),
        # the order's own freight stays
        (Sums(10_500, 800, 0), (3, 1, 3_500, 0), (7_000, 800, 0)),
        # a third of the line's freight goes, rounded half up: 100 / 3 = 33.3
        (Sums(10_500, 100, 0), (3, 1, 3_500, 100), (7_000, 67, 0)),
        # a third of the discount goes: 10.00 / 3 = 3.33
        (Sums(10_500, 0, 1_000), (3, 1, 3_500, 0), (7_000, 0, 667)),
        # a discount beyond the goods never makes the rest negative
        (Sums(10_000, 500, 10_500), (2, 1, 5_000, 500), (5_000, 250, 5_250)),
        # nor does one that pays for the freight make the buyer owe something
        (Sums(10_000, 5_000, 15_000), (2, 1, 5_000, 0), (5_000, 5_000, 10_000)),
        # free goods take no share of the discount along
        (Sums(0, 500, 500), (2, 1, 0, 0), (0, 500, 500)),
    ],
)
def test_sums_by_hand(sums: Sums, line: tuple[int, int, int, int], wanted: tuple[int, int, int]) -> None:
    quantity, cancelled, price, freight = line
    after, _ = reduced(sums, quantity=quantity, cancelled=cancelled, unit_price_cents=price, freight_cents=freight)
    assert after == Sums(*wanted)


@given(
    items=st.lists(st.tuples(st.integers(1, 50), st.integers(0, 10**7), st.integers(0, 10**5)), min_size=1, max_size=6),
    own_freight=st.integers(0, 10**6),
    discount=st.integers(0, 10**7),
    order=st.randoms(use_true_random=False),
)
def test_unit_by_unit_an_order_comes_down_to_its_own_freight(
    items: list[tuple[int, int, int]], own_freight: int, discount: int, order: object
) -> None:
    left = [list(item) for item in items]
    goods, freight = sum(q * p for q, p, _ in items), own_freight + sum(f for _, _, f in items)
    sums = Sums(goods, freight, min(discount, goods + freight))
    given_back = 0
    begun = sums.total_cents
    while any(quantity for quantity, _, _ in left):
        number = order.choice([i for i, (quantity, _, _) in enumerate(left) if quantity])  # type: ignore[attr-defined]
        quantity, price, line_freight = left[number]
        cancelled = order.randint(1, quantity)  # type: ignore[attr-defined]
        after, off = reduced(
            sums, quantity=quantity, cancelled=cancelled, unit_price_cents=price, freight_cents=line_freight
        )
        assert 0 <= after.total_cents <= sums.total_cents
        assert (after.items_cents, after.discount_cents >= 0, 0 <= off <= line_freight) == (
            sums.items_cents - cancelled * price,
            True,
            True,
        )
        given_back += sums.total_cents - after.total_cents
        left[number], sums = [quantity - cancelled, price, line_freight - off], after
    assert (sums.items_cents, sums.shipping_cents) == (0, own_freight)
    assert sums.total_cents + given_back == begun


@given(HELD, st.integers(0, 10**9))
def test_a_refund_is_divided_to_the_cent_and_no_means_gets_more_than_it_holds(held: dict[str, int], cents: int) -> None:
    cents = min(cents, sum(held.values()))
    shares = divided(cents, held)
    assert sum(shares.values()) == cents
    assert all(0 < share <= held[means] for means, share in shares.items())
    exact = {means: cents * amount / sum(held.values()) for means, amount in held.items()}
    assert all(abs(shares.get(means, 0) - exact[means]) < 1.0001 for means in held)


def test_a_refund_by_hand() -> None:
    assert divided(100, {"alipay": 100, "gift_card": 200}) == {"alipay": 33, "gift_card": 67}
    assert divided(1, {"alipay": 50, "gift_card": 50}) == {"alipay": 1}
    assert divided(0, {"alipay": 50}) == {}
    with pytest.raises(ValueError, match="can't divide 51 over 50"):
        divided(51, {"alipay": 50})


@pytest.mark.parametrize(
    ("paid", "before", "after", "due"),
    [
        (10_000, 10_000, 6_500, 3_500),  # paid in full: the difference
        (0, 10_000, 6_500, 0),  # nothing was paid
        (5_000, 10_000, 6_500, 0),  # a part was paid that the rest still needs
        (8_000, 10_000, 6_500, 1_500),  # a part was paid, more than the rest needs
        (12_000, 10_000, 6_500, 3_500),  # overpaid before: that stays another matter
    ],
)
def test_only_what_was_paid_goes_back(paid: int, before: int, after: int, due: int) -> None:
    assert refund_due(paid, before, after) == due
