"""Anybody's own file, read by a mapping."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest

from core.channels import findings, mapped
from core.channels.files import InFile
from core.channels.incoming import IncomingLine, IncomingOrder, Payment, Problem, Terms
from core.channels.mapping import FIELD_LABELS, STATUS_WORDS, TIME_FORM_LABELS, ColumnMapping, guess
from core.domain.errors import ContentError, FileRefused
from core.domain.orders import Status

PLAIN = ColumnMapping(
    {
        "number": "no",
        "placed_at": "at",
        "sku": "sku",
        "quantity": "qty",
        "unit_price": "price",
        "buyer_name": "name",
    }
)
HEADER = "no,at,sku,qty,price,name"


def read(file: InFile | str, terms: Terms, mapping: ColumnMapping = PLAIN) -> tuple[list[IncomingOrder], list[Problem]]:
    """Orders and problems of a file."""
    if isinstance(file, str):
        file = InFile("own.csv", f"{HEADER}\n{file}".encode())
    found = list(findings("mapped", [file], terms, mapping=mapping))
    return [f for f in found if isinstance(f, IncomingOrder)], [f for f in found if isinstance(f, Problem)]


def workbook(*rows: list[object]) -> InFile:
    """A workbook of one sheet."""
    book = openpyxl.Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return InFile("own.xlsx", out.getvalue())


def test_a_german_file_with_chinese_names(sample: Callable[[str], InFile], terms: Terms) -> None:
    file = sample("own.csv")
    guessed = guess(mapped.header_of(file))
    assert dict(guessed.columns) == {
        "number": "order_no",
        "placed_at": "下单时间",
        "status": "状态",
        "currency": "币种",
        "sku": "货号",
        "item": "商品",
        "quantity": "数量",
        "unit_price": "单价",
        "shipping": "运费",
        "buyer_name": "收货人",
        "buyer_phone": "手机",
        "region": "省份",
        "city": "城市",
        "street": "地址",
    }
    mapping = ColumnMapping(guessed.columns, timezone="Europe/Berlin", time_form="dmy", decimal=",", country="DE")
    orders, problems = read(file, terms, mapping)
    assert problems == []
    first, second = orders
    assert first == IncomingOrder(
        "mapped", "00042", "EUR", int(datetime(2026, 3, 8, 13, 30, tzinfo=UTC).timestamp()), "confirmed", "已付款",
        first.rows,
        buyer_name="Ida",
        buyer_phone="0151 1",
        country="DE",
        region="BW",
        city="Ulm",
        street="Gasse 1",
        shipping_cents=490,
        lines=(IncomingLine("CUP-1", "Tasse", 2, 123_450), IncomingLine("", "Teller", 1, 900)),
    )  # fmt: skip
    assert (second.number, second.status, second.currency, second.items_cents) == ("00043", "shipped", "CNY", 8800)


def test_one_row_with_the_amount_of_the_order(terms: Terms) -> None:
    mapping = ColumnMapping(
        {"number": "no", "placed_at": "at", "sku": "sku", "quantity": "qty", "order_total": "price", "paid": "name"}
    )
    (order,), problems = read("7,2026-03-08,A,3,100.00,100", terms, mapping)
    assert order.lines == (IncomingLine("A", "", 2, 3333), IncomingLine("A", "", 1, 3334))
    assert (order.total_cents, order.payments, problems) == (10_000, (Payment("", 10_000),), [])


def test_a_file_without_items_lists_its_orders(terms: Terms) -> None:
    mapping = ColumnMapping({"number": "no", "placed_at": "at", "order_total": "price"})
    (order,), problems = read("7,2026-03-08,,,100.00,", terms, mapping)
    assert (order.lines, order.total_cents) == ((), 10_000)
    assert [p.kind for p in problems] == ["no_lines"]


@pytest.mark.parametrize(
    ("row", "column", "kind", "found"),
    [
        ("7,8/3/2026,A,1,1.00,x", "at", "day_order", "8/3/2026"),
        ("7,,A,1,1.00,x", "at", "empty", ""),
        ("7,2033-01-01,A,1,1.00,x", "at", "future", "2033-01-01"),
        ("7,2026-03-08,A,-1,1.00,x", "qty", "quantity", "-1"),
        ("7,2026-03-08,A,1,-1.00,x", "price", "negative_money", "-1.00"),
        ("7,2026-03-08,A,1,1.005,x", "price", "money", "1.005"),
        ("7,2026-03-08,A,1,,x", "price", "empty", ""),
        (",2026-03-08,A,1,1.00,x", "no", "empty", ""),
        ("1.2E+17,2026-03-08,A,1,1.00,x", "no", "damaged_number", "1.2E+17"),
    ],
)
def test_a_bad_row_is_kept_aside(terms: Terms, row: str, column: str, kind: str, found: str) -> None:
    good = "8,2026-03-09,B,1,2.00,y"
    orders, problems = read(f"{row}\n{good}\n", terms)
    assert [order.number for order in orders] == ["8"]
    assert [(p.line, p.column, p.kind, p.found, p.raw) for p in problems] == [(2, column, kind, found, row)]


def test_all_faults_of_an_order_are_named(terms: Terms) -> None:
    _, problems = read("7,yesterday,A,-1,x,n", terms)
    assert {(p.column, p.kind) for p in problems} == {("at", "instant"), ("qty", "quantity"), ("price", "money")}


def test_an_order_with_a_damaged_row_is_not_taken_for_whole(terms: Terms) -> None:
    good = "8,2026-03-09,B,1,2.00,y"
    for text in (f"7,2026-03-08,A,1,1.00,x\n7,2026\n{good}", f"7,2026\n7,2026-03-08,A,1,1.00,x\n{good}"):
        orders, problems = read(text, terms)
        assert [order.number for order in orders] == ["8"]
        assert sorted(p.kind for p in problems) == ["field_count", "incomplete"]


def test_rows_of_an_order_must_stand_together(terms: Terms) -> None:
    rows = ["7,2026-03-08,A,1,1.00,x", "8,2026-03-09,B,1,2.00,y", "7,2026-03-08,C,1,3.00,x"]
    orders, problems = read("\n".join(rows), terms)
    assert [(order.number, len(order.lines)) for order in orders] == [("7", 1), ("8", 1)]
    assert [(p.line, p.kind, p.raw) for p in problems] == [(4, "same_number", rows[2])]


def test_a_total_that_differs_is_warned_of(terms: Terms) -> None:
    mapping = ColumnMapping({**PLAIN.columns, "buyer_name": "", "order_total": "name"})
    (order,), problems = read("7,2026-03-08,A,2,1.00,2.50", terms, mapping)
    assert [(p.kind, p.found, p.params) for p in problems] == [("sum_differs", "2.50", {"sum": "2.00"})]
    assert order.total_cents == 250


def test_a_workbook_reads_like_a_file(terms: Terms) -> None:
    file = workbook(
        [],
        ["no", "at", "sku", "qty", "price", "name"],
        ["0007", datetime(2026, 3, 8, 14, 30, tzinfo=UTC).replace(tzinfo=None), "A", 2, 9.9, "李雷"],
        ["0008", "2026-03-09", "B", 1, "12.00", "=1+1 is text"],
        [123456789012345678, "2026-03-10", "C", 1, 1, "lost digits"],
        ["0009", "2026-03-11", "D", 1.5, 1, "halves"],
    )
    orders, problems = read(file, terms)
    assert (orders[0].number, orders[0].items_cents, orders[0].buyer_name) == ("0007", 1980, "李雷")
    assert orders[0].placed_at == int(datetime(2026, 3, 8, 6, 30, tzinfo=UTC).timestamp())
    assert [(p.line, p.column, p.kind) for p in problems if p.severity != "warning"] == [
        (5, "", "precision"),
        (6, "qty", "quantity"),
    ]


def test_naughty_strings_come_back_unharmed(acceptance: Callable[[str], Path], terms: Terms) -> None:
    lines = acceptance("naughty-strings.txt").read_text(encoding="utf-8").split("\n")
    texts = [line for line in lines if line and not line.startswith("#")]
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(HEADER.split(","))
    writer.writerows([f"N-{n}", "2026-03-08", text, "1", "1.00", text] for n, text in enumerate(texts))
    mapping = ColumnMapping({**PLAIN.columns, "sku": "", "item": "sku"})
    orders, problems = read(InFile("own.csv", out.getvalue().encode()), terms, mapping)
    assert [p.kind for p in problems] == ["control"] * len(problems)
    assert len(problems) == 5 and len(orders) == len(texts) - 5 > 450  # terminal codes are kept aside, with their rows
    by_number = {f"N-{n}": text for n, text in enumerate(texts)}
    for order in orders:
        assert order.buyer_name == order.lines[0].name == by_number[order.number]


def test_mappings_are_kept_as_json() -> None:
    mapping = ColumnMapping({"number": "订单号", "placed_at": "at", "note": ""}, "UTC", "mdy", ",", "EUR", "FR")
    kept = ColumnMapping.from_json(mapping.to_json())
    assert kept == ColumnMapping({"number": "订单号", "placed_at": "at"}, "UTC", "mdy", ",", "EUR", "FR")


@pytest.mark.parametrize(
    ("mapping", "template"),
    [
        (ColumnMapping({"number": "a"}), "Choose the column for: {field}."),
        (ColumnMapping({"placed_at": "a"}), "Choose the column for: {field}."),
        (ColumnMapping({"number": "a", "placed_at": "a"}), "The column {column} is chosen twice."),
        (ColumnMapping({"number": "a", "placed_at": "b", "sku": "c"}), "Choose a column with a price or an amount."),
        (
            ColumnMapping({"number": "a", "placed_at": "b", "x": "c"}),
            "The mapping names a field that doesn't exist: {field}.",
        ),
        (ColumnMapping({"number": "a", "placed_at": "b"}, timezone="Mars/Base"), "There is no time zone {timezone}."),
        (ColumnMapping({"number": "a", "placed_at": "b"}, timezone="../etc"), "There is no time zone {timezone}."),
        (
            ColumnMapping({"number": "a", "placed_at": "b"}, time_form="guess"),
            "The mapping names a time or number format that doesn't exist.",
        ),
    ],
)
def test_mappings_that_give_no_orders_are_refused(mapping: ColumnMapping, template: str) -> None:
    with pytest.raises(ContentError) as caught:
        mapping.check()
    assert caught.value.template == template


@pytest.mark.parametrize(
    "text", ["[]", "{}", '{"columns": 1}', '{"columns": {"number": 1}}', '{"columns": {}, "x": "y"}']
)
def test_what_is_no_kept_mapping(text: str) -> None:
    with pytest.raises(ContentError, match="isn't a column mapping"):
        ColumnMapping.from_json(text)


def test_a_column_that_the_file_lacks_is_named(terms: Terms) -> None:
    with pytest.raises(FileRefused) as caught:
        read(InFile("own.csv", b"no,at\n1,2\n"), terms)
    assert caught.value.params["missing"] == "sku, qty, price, name"


def test_a_mapping_is_wanted(terms: Terms) -> None:
    with pytest.raises(ContentError, match="Choose which column"):
        list(findings("mapped", [InFile("own.csv", b"no,at\n1,2\n")], terms))


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        (
            "order_no,customer,phone,address,sku,qty,amount,ordered_at",
            "number buyer_name buyer_phone street sku quantity order_total placed_at",
        ),
        ("订单编号,总金额,收货地址 ,订单创建时间", "number order_total street placed_at"),
        ("Order ID;Order Date;Status;Total", ""),
        ("a,b,c", ""),
    ],
)  # fmt: skip
def test_guesses(header: str, wanted: str) -> None:
    guessed = guess(name.strip() for name in header.split(","))
    assert set(guessed.columns) == set(wanted.split())


def test_every_status_word_means_a_state_of_the_machine() -> None:
    assert set(STATUS_WORDS.values()) <= set(Status)
    assert set(TIME_FORM_LABELS) == {"auto", "dmy", "mdy", "epoch_s", "epoch_ms"}
    assert len(FIELD_LABELS) == len(set(FIELD_LABELS.values()))
