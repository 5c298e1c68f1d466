"""Shopify's orders export."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.channels import findings
from core.channels.files import InFile
from core.channels.incoming import IncomingLine, IncomingOrder, Payment, Problem, Terms
from core.domain.errors import FileRefused

HEADER = (
    "Name,Financial Status,Fulfillment Status,Currency,Subtotal,Total,Created at,Cancelled at,"
    "Lineitem quantity,Lineitem name,Lineitem price,Lineitem sku"
)
FIRST = "#1,paid,unfulfilled,EUR,30.00,30.00,2026-03-01 10:00:00 +0100,,1,Cup,10.00,CUP"
SECOND = ",,,,,,,,2,Plate,10.00,PLATE"


def read(content: InFile | str, terms: Terms) -> tuple[list[IncomingOrder], list[Problem]]:
    """Orders and problems of an export."""
    file = InFile("orders.csv", f"{HEADER}\n{content}\n".encode()) if isinstance(content, str) else content
    found = list(findings("shopify", [file], terms))
    return [f for f in found if isinstance(f, IncomingOrder)], [f for f in found if isinstance(f, Problem)]


def test_an_export_with_every_trap(sample: Callable[[str], InFile], terms: Terms) -> None:
    orders, problems = read(sample("shopify.csv"), terms)
    first = orders[0]
    placed = int(datetime(2026, 3, 1, 9, 0, tzinfo=UTC).timestamp())
    assert first == IncomingOrder(
        "shopify", "#1001", "EUR", placed, "shipped", "paid/fulfilled", first.rows,
        paid_at=placed + 5,
        confirmed_at=placed + 5,
        handed_over_at=int(datetime(2026, 3, 2, 15, 30, tzinfo=UTC).timestamp()),
        buyer_name="Ana Lima",
        buyer_phone="+351 1",
        buyer_email="ana@example.com",
        country="PT",
        city="Lisboa",
        street="Rua 1",
        postcode="01234",
        shipping_cents=490,
        discount_cents=600,
        total_cents=5890,
        payments=(Payment("card", 5890),),
        lines=(IncomingLine("CUP-1", "Cup", 2, 2000), IncomingLine("PLATE-1", "Plate", 1, 2000)),
        note="Ring twice, please",
    )  # fmt: skip
    second, third = orders[1:]
    assert (second.number, second.currency, second.status, second.payments) == ("#1002", "USD", "received", ())
    assert len(second.lines) == 1
    assert second.placed_at == int(datetime(2026, 3, 2, 13, 0, tzinfo=UTC).timestamp())
    assert (third.status, third.refunded_cents, third.street) == ("cancelled", 3000, "1 High St, Flat 2")
    assert third.cancelled_at == int(datetime(2026, 3, 4, 10, 0, tzinfo=UTC).timestamp())
    assert [(p.line, p.kind, p.order_number) for p in problems] == [
        (5, "doubled_row", "#1002"),
        (7, "same_number", "#1001"),  # only the first of its two rows comes again, so it says something else
    ]


@pytest.mark.parametrize(
    ("financial", "fulfilment", "status"),
    [
        ("pending", "unfulfilled", "received"),
        ("authorized", "", "received"),
        ("paid", "unfulfilled", "confirmed"),
        ("Paid", "partial", "confirmed"),
        ("partially_refunded", "unfulfilled", "confirmed"),
        ("paid", "fulfilled", "shipped"),
        ("refunded", "fulfilled", "shipped"),
        ("refunded", "unfulfilled", "cancelled"),
        ("voided", "unfulfilled", "cancelled"),
        ("expired", "unfulfilled", "expired"),
    ],
)
def test_states(terms: Terms, financial: str, fulfilment: str, status: str) -> None:
    row = FIRST.replace("paid,unfulfilled", f"{financial},{fulfilment}").replace("30.00", "10.00")
    (order,), problems = read(row, terms)
    assert (order.status, problems) == (status, [])


def test_further_items_may_repeat_the_name(terms: Terms) -> None:
    (order,), problems = read(f"{FIRST}\n#1{SECOND}", terms)
    assert [line.sku_code for line in order.lines] == ["CUP", "PLATE"]
    assert problems == []


def test_copies_that_the_subtotal_asks_for_are_kept(terms: Terms) -> None:
    (order,), problems = read(f"{FIRST.replace('30.00', '50.00')}\n{SECOND}\n{SECOND}", terms)
    assert (len(order.lines), problems) == (3, [])
    (order,), problems = read(f"{FIRST}\n{SECOND}\n{SECOND}", terms)
    assert len(order.lines) == 2
    assert [(p.line, p.kind) for p in problems] == [(4, "doubled_row")]


def test_a_subtotal_that_differs_is_warned_of(terms: Terms) -> None:
    (order,), problems = read(FIRST, terms)
    assert [(p.column, p.kind, p.found, p.wanted) for p in problems] == [
        ("Subtotal", "sum_differs", "30.00", "10.00, the sum of items, freight and discounts")
    ]
    assert order.items_cents == 1000


@pytest.mark.parametrize(
    ("old", "new", "column", "kind"),
    [
        ("EUR", "XBT", "Currency", "currency"),
        (",1,Cup", ",-1,Cup", "Lineitem quantity", "quantity"),
        ("10.00,CUP", "ten,CUP", "Lineitem price", "money"),
        ("2026-03-01 10:00:00 +0100", "", "Created at", "empty"),
        ("2026-03-01 10:00:00 +0100", "2036-03-01 10:00:00 +0100", "Created at", "future"),
        ("paid,", "perhaps,", "Financial Status", "status"),
        ("#1", "1.0E+17", "Name", "damaged_number"),
    ],
)
def test_a_bad_order_is_kept_aside_and_the_others_are_read(
    terms: Terms, old: str, new: str, column: str, kind: str
) -> None:
    other = FIRST.replace("#1", "#2").replace("30.00", "10.00")
    orders, problems = read(f"{FIRST.replace(old, new)}\n{SECOND}\n{other}", terms)
    assert [order.number for order in orders] == ["#2"]
    assert [(p.line, p.column, p.kind) for p in problems] == [(2, column, kind)]
    assert problems[0].raw.splitlines() == [FIRST.replace(old, new), SECOND]


def test_items_of_a_damaged_order_never_fall_to_the_order_before(terms: Terms) -> None:
    other = FIRST.replace("#1", "#2")
    orders, problems = read(f"{FIRST.replace('30.00', '10.00')}\n#2,paid\n{SECOND}\n{SECOND}", terms)
    assert [(order.number, len(order.lines)) for order in orders] == [("#1", 1)]
    assert [(p.line, p.kind) for p in problems] == [(3, "field_count"), (4, "orphan_line")]
    assert problems[1].raw == f"{SECOND}\n{SECOND}"
    orders, problems = read(f"{FIRST}\n,,damaged\n{other}\n{SECOND}", terms)
    assert [order.number for order in orders] == ["#2"]
    assert [(p.line, p.kind) for p in problems if p.severity != "warning"] == [(3, "field_count"), (2, "incomplete")]


def test_one_file_with_the_right_columns_is_wanted(terms: Terms) -> None:
    with pytest.raises(FileRefused) as caught:
        list(findings("shopify", [InFile("x.csv", b"Name,Currency\n#1,EUR\n")], terms))
    assert caught.value.params["missing"] == (
        "Financial Status, Fulfillment Status, Created at, Lineitem quantity, Lineitem name, Lineitem price"
    )
    with pytest.raises(FileRefused) as caught:
        list(findings("shopify", [], terms))
    assert caught.value.params == {"count": 0}


def test_the_messy_excerpt(acceptance: Callable[[str], Path], terms: Terms) -> None:
    orders, problems = read(InFile.at(acceptance("channels/shopify_messy_excerpt.csv")), terms)
    assert [(order.number, order.currency, order.items_cents) for order in orders] == [
        ("#AA10412", "GBP", 54000),
        ("#AA10415", "GBP", 38000),
        ("#AA10418", "GBP", 92000),
        ("#AA10419", "EUR", 54000),
        ("#AA10421", "GBP", 38000),
        ("#AA10422", "EUR", 54000),
        ("#AA10427", "GBP", 42500),
        ("#AA10430", "GBP", 38000),
        ("#AA10437", "EUR", 38000),
    ]
    assert orders[1].buyer_name == "Okafor, Chidi"
    assert [(p.line, p.kind, p.order_number) for p in problems] == [
        (6, "sum_differs", "#AA10419"),
        (11, "doubled_order", "#AA10412"),
    ]
