"""Olist's four files."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.channels import findings, olist
from core.channels.files import InFile
from core.channels.incoming import Finding, IncomingLine, IncomingOrder, Payment, Problem, Terms
from core.domain.errors import FileRefused

SAMPLE = Path(__file__).parent / "samples" / "olist"
DAY = 86_400


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the sample to spoil."""
    return Path(shutil.copytree(SAMPLE, tmp_path / "olist"))


def read(folder: Path, terms: Terms) -> tuple[list[IncomingOrder], list[Problem]]:
    """Orders and problems of a folder."""
    found: list[Finding] = list(findings("olist", olist.files_in(folder), terms))
    return [f for f in found if isinstance(f, IncomingOrder)], [f for f in found if isinstance(f, Problem)]


def change(file: Path, old: str, new: str) -> None:
    """Replaces a text that is there once."""
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, text.count(old)
    file.write_text(text.replace(old, new), encoding="utf-8")


def add(file: Path, *lines: str) -> None:
    """Appends lines."""
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)


def shown(problems: list[Problem]) -> list[tuple[str, int | None, str, str, str, str]]:
    """File, line, column, kind, finding and order of each problem."""
    return [(p.file, p.line, p.column, p.kind, p.found, p.order_number) for p in problems]


def test_an_order_with_everything(terms: Terms) -> None:
    orders, problems = read(SAMPLE, terms)
    first = orders[0]
    at = int(datetime(2026, 3, 2, 13, 0, tzinfo=UTC).timestamp())  # 10:00 three hours west of Greenwich
    assert first == IncomingOrder(
        "olist", "o-0001", "BRL", at, "delivered", "delivered", first.rows,
        paid_at=at + 930,
        confirmed_at=at + 930,
        handed_over_at=int(datetime(2026, 3, 3, 12, 0, tzinfo=UTC).timestamp()),
        delivered_at=int(datetime(2026, 3, 10, 2, 30, tzinfo=UTC).timestamp()),
        promised_at=int(datetime(2026, 3, 9, 3, 0, tzinfo=UTC).timestamp()),
        buyer_code="u-1",
        country="BR",
        region="BR-SP",
        city="são paulo",
        postcode="01310",
        payments=(Payment("voucher", 10_000), Payment("credit_card", 16_815)),
        lines=(IncomingLine("p-chair", "", 1, 19_990, 1520), IncomingLine("p-lamp", "", 1, 4500, 805)),
    )  # fmt: skip
    assert (first.items_cents, first.freight_cents) == (24_490, 2325)
    assert [(row.file, row.line) for row in first.rows] == [
        ("orders.csv", 2),
        ("customers.csv", 2),
        ("items.csv", 2),
        ("items.csv", 3),
        ("payments.csv", 2),
        ("payments.csv", 3),
    ]
    assert first.payload["price"] == "199.9" and first.payload["price #2"] == "45.0"
    assert [order.status for order in orders] == ["delivered", "shipped", "exception", "cancelled", "confirmed"]
    assert [order.reason for order in orders] == ["", "", "stock", "", ""]
    assert shown(problems) == [
        ("orders.csv", 4, "order_id", "no_lines", "o-0003", "o-0003"),
        ("orders.csv", 6, "payment_value", "sum_differs", "219.91", "o-0005"),
    ]
    assert problems[1].wanted == "219.90, the sum of items, freight and discounts"


@pytest.mark.parametrize(
    ("old", "new", "column", "kind", "found"),
    [
        ("2026-03-04 08:20:00", "2026-03-04T25:00", "order_purchase_timestamp", "instant", "2026-03-04T25:00"),
        ("2026-03-04 08:20:00", "", "order_purchase_timestamp", "empty", ""),
        ("2026-03-04 08:20:00", "2031-03-04 08:20:00", "order_purchase_timestamp", "future", "2031-03-04 08:20:00"),
        ("c-0002,shipped", "c-0002,sent", "order_status", "status", "sent"),
        ("c-0002,shipped", "c-9999,shipped", "customer_id", "no_partner", "c-9999"),
        ("o-0002,", ",", "order_id", "empty", ""),
    ],
)
def test_a_bad_order_is_kept_aside_with_its_row(
    folder: Path, terms: Terms, old: str, new: str, column: str, kind: str, found: str
) -> None:
    change(folder / "orders.csv", old, new)
    orders, problems = read(folder, terms)
    assert [order.number for order in orders] == ["o-0001", "o-0003", "o-0004", "o-0005"]
    (problem,) = [p for p in problems if p.severity != "warning"]
    assert (problem.file, problem.line, problem.column) == ("orders.csv", 3, column)
    assert (problem.kind, problem.found, problem.severity) == (kind, found, "kept_aside")
    assert problem.raw.startswith((folder / "orders.csv").read_text(encoding="utf-8").splitlines()[2])


@pytest.mark.parametrize(
    ("file", "old", "new", "line", "column", "kind"),
    [
        ("items.csv", "2026-03-08 08:20:01,45.0", "x,-45", 4, "price", "negative_money"),
        ("items.csv", "o-0002,1,p-lamp,s-1,2026-03-08 08:20:01,45.0", "o-0002,1,,s-1,x,45", 4, "product_id", "empty"),
        ("payments.csv", "boleto,1,53.05", "boleto,1,53.055", 4, "payment_value", "money"),
    ],
)  # fmt: skip
def test_a_bad_part_keeps_its_order_aside(
    folder: Path, terms: Terms, file: str, old: str, new: str, line: int, column: str, kind: str
) -> None:
    change(folder / file, old, new)
    orders, problems = read(folder, terms)
    assert "o-0002" not in [order.number for order in orders]
    assert shown([p for p in problems if p.severity != "warning"])[0][:4] == (file, line, column, kind)


def test_an_order_with_an_unreadable_part_is_not_taken_for_whole(folder: Path, terms: Terms) -> None:
    change(folder / "items.csv", "o-0001,2,p-lamp,s-1,2026-03-06 10:15:30,45.0,8.05", "o-0001,2,p-lamp")
    orders, problems = read(folder, terms)
    assert [order.number for order in orders] == ["o-0002", "o-0003", "o-0004", "o-0005"]
    assert [(p.file, p.line, p.kind) for p in problems][:2] == [
        ("items.csv", 3, "field_count"),
        ("orders.csv", 2, "incomplete"),
    ]


def test_parts_that_cannot_be_read_to_their_end_refuse_the_set(folder: Path, terms: Terms) -> None:
    change(folder / "items.csv", "o-0002,1,", 'o-0002,1,"')
    with pytest.raises(FileRefused) as caught:
        read(folder, terms)
    assert (caught.value.file, caught.value.line) == ("items.csv", 4)


def test_without_orders_every_other_row_is_an_orphan(folder: Path, terms: Terms) -> None:
    lines = (folder / "orders.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (folder / "orders.csv").write_text(lines[0], encoding="utf-8")
    orders, problems = read(folder, terms)
    rows_count = sum(
        len((folder / f"{name}.csv").read_text(encoding="utf-8").splitlines()) - 1
        for name in ("items", "payments", "customers")
    )
    assert not orders
    assert [problem.kind for problem in problems] == ["orphan"] * rows_count


def test_repeated_and_orphaned_rows(folder: Path, terms: Terms) -> None:
    lines = (folder / "items.csv").read_text(encoding="utf-8").splitlines()
    add(folder / "items.csv", lines[1], lines[3].replace("45.0", "46.0"), "o-9999,1,p-lamp,s-1,x,1.0,0.0")
    add(folder / "payments.csv", "o-9998,1,boleto,1,5.00")
    add(folder / "customers.csv", "c-9997,u-9,1,x,SP")
    orders, problems = read(folder, terms)
    assert [order.number for order in orders] == ["o-0001", "o-0003", "o-0004", "o-0005"]
    assert len(orders[0].lines) == 2
    assert [
        (p.file, p.line, p.kind, str(p.severity)) for p in problems if p.kind not in ("no_lines", "sum_differs")
    ] == [
        ("items.csv", 7, "doubled_row", "warning"),
        ("items.csv", 8, "same_number", "kept_aside"),
        ("items.csv", 9, "orphan", "warning"),
        ("payments.csv", 7, "orphan", "warning"),
        ("customers.csv", 7, "orphan", "warning"),
    ]


def test_orders_that_come_twice(folder: Path, terms: Terms) -> None:
    lines = (folder / "orders.csv").read_text(encoding="utf-8").splitlines()
    add(folder / "orders.csv", lines[1], lines[2].replace("shipped", "delivered"))
    orders, problems = read(folder, terms)
    assert len(orders) == 5
    assert [(p.line, p.kind, str(p.severity)) for p in problems if p.kind not in ("no_lines", "sum_differs")] == [
        (7, "doubled_order", "warning"),
        (8, "same_number", "kept_aside"),
    ]


def test_times_before_the_order_are_warned_of(folder: Path, terms: Terms) -> None:
    change(folder / "orders.csv", "2026-03-05 12:00:00", "2026-03-01 12:00:00")
    orders, problems = read(folder, terms)
    assert len(orders) == 5
    assert ("orders.csv", 3, "order_delivered_carrier_date", "before_placed", "2026-03-01 12:00:00", "o-0002") in shown(
        problems
    )


def test_without_a_rate_for_the_currency_nothing_is_taken() -> None:
    orders, problems = read(SAMPLE, Terms(1_790_000_000, frozenset({"CNY"})))
    assert orders == []
    assert {(p.kind, p.found, p.wanted) for p in problems if p.severity != "warning"} == {
        ("currency", "BRL", "a currency with a rate: CNY")
    }


def test_the_set_must_be_whole(folder: Path, terms: Terms) -> None:
    (folder / "payments.csv").unlink()
    with pytest.raises(FileRefused) as caught:
        read(folder, terms)
    assert caught.value.params["part"] == "payments"
    shutil.copy(folder / "items.csv", folder / "more.csv")
    with pytest.raises(FileRefused) as caught:
        read(folder, terms)
    assert caught.value.params == {"part": "items", "first": "items.csv", "second": "more.csv"}
    with pytest.raises(FileRefused, match="no CSV files"):
        olist.files_in(folder / "nothing")


def test_files_are_told_by_their_columns_and_others_left_alone(folder: Path, terms: Terms) -> None:
    for number, path in enumerate(sorted(folder.glob("*.csv"))):
        path.rename(folder / f"{9 - number}.csv")
    (folder / "zz_sellers.csv").write_text("seller_id,seller_city\n1,x\n", encoding="utf-8")
    assert len(read(folder, terms)[0]) == 5


def test_progress_reaches_the_end(terms: Terms) -> None:
    files = olist.files_in(SAMPLE)
    told: list[tuple[int, int]] = []
    list(findings("olist", files, terms, lambda done, total: told.append((done, total))))
    total = 2 * sum(file.size for file in files)
    assert told[-1] == (total, total) and told == sorted(told)


def test_uploads_read_like_files(terms: Terms) -> None:
    uploads = [InFile(path.name, path.read_bytes()) for path in sorted(SAMPLE.glob("*.csv"))]
    assert len([f for f in findings("olist", uploads, terms) if isinstance(f, IncomingOrder)]) == 5


def test_published_figures(acceptance: Callable[[str], Path], terms: Terms) -> None:
    """Definitions: over orders with a delivery time; reconciled = items + freight equals payments, where both exist."""
    orders, problems = read(acceptance("olist"), terms)
    assert len(orders) == 8000
    assert Counter(order.status for order in orders) == {
        "delivered": 7773, "shipped": 80, "cancelled": 60, "exception": 47, "confirmed": 40,
    }  # fmt: skip
    delivered = [
        (o.placed_at, o.delivered_at, o.promised_at) for o in orders if o.delivered_at is not None and o.promised_at
    ]
    days = sorted((arrived - placed) / DAY for placed, arrived, _ in delivered)
    assert len(delivered) == 7773
    assert sum(arrived > promised for _, arrived, promised in delivered) == 596
    local = [[(at + olist.OFFSET_S) // DAY for at in pair] for _, *pair in delivered]
    assert sum(arrived > promised for arrived, promised in local) == 499
    assert round(sum(days) / len(days), 4) == 12.5240

    def percentile(share: float) -> float:
        place = (len(days) - 1) * share
        low = int(place)
        return round(days[low] + (days[low + 1] - days[low]) * (place - low), 4)

    assert (percentile(0.5), percentile(0.9), percentile(0.95)) == (10.2364, 23.0431, 29.0321)
    assert sum(p.amount_cents for o in orders for p in o.payments) == 128_633_090
    both = [o for o in orders if o.lines and o.payments]
    assert len(both) == 7931
    assert sum(o.items_cents + o.freight_cents == sum(p.amount_cents for p in o.payments) for o in both) == 7888
    assert Counter(p.kind for p in problems) == {
        "no_lines": 68, "sum_differs": 7931 - 7888, "before_placed": 19, "no_payment": 1,
    }  # fmt: skip
