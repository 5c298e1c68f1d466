"""Imports: good rows come in with their history, bad ones are kept, the same files again change nothing."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, text

from core.channels import olist
from core.channels.files import InFile
from core.channels.mapping import ColumnMapping
from core.channels.problems import Severity
from core.context import Actor, Context, World
from core.db.engines import Databases, reader, transaction
from core.db.fold import rebuild
from core.db.world_tables import (
    cell,
    event,
    import_batch,
    import_problem,
    money_posting,
    order_line,
    order_payload,
    sales_order,
)
from core.domain.errors import ContentError, FileRefused, NotAllowed, NotFound
from core.domain.facts import OrderDims, status_fact
from core.domain.orders import Status, status_after
from core.domain.rights import rights_of
from core.services import import_reads, imports
from core.services.books import imbalances
from core.services.imports import ImportResult, Source

LIVE = World("live", "live")
SAMPLES = Path(__file__).resolve().parents[1] / "channels" / "samples"
ADMIN = Actor(1, "Ada", "administrator", None, rights_of("administrator", None))
CLERK = Actor(7, "Lin", "employee", "O", rights_of("employee", "O"))
NOW = 1_790_000_000
MAPPING = ColumnMapping(
    {"number": "no", "placed_at": "at", "sku": "sku", "quantity": "qty", "unit_price": "price", "buyer_name": "name"}
)


def olist_source(folder: Path = SAMPLES / "olist") -> Source:
    """The Olist set in a folder."""
    return Source("olist", tuple(olist.files_in(folder)))


def own_source(*rows: str) -> Source:
    """A file of one's own."""
    content = "\n".join(["no,at,sku,qty,price,name", *rows]).encode()
    return Source("mapped", (InFile("own.csv", content),), MAPPING)


def take_in(databases: Databases, source: Source, now: int = NOW, tell: Any = None) -> ImportResult:
    """Imports as an administrator."""
    extra = (tell,) if tell else ()
    return imports.import_orders(databases.live, LIVE, ADMIN, lambda: now, source, *extra)


def look(databases: Databases, work: Callable[..., Any], *args: Any, actor: Actor = ADMIN, **kwargs: Any) -> Any:
    """Reads through a service."""
    with reader(databases.live) as db:
        return work(Context(db, actor, NOW, LIVE), *args, **kwargs)


def rows(databases: Databases, table: Any) -> list[Any]:
    """A table's rows by id."""
    with reader(databases.live) as db:
        return list(db.execute(select(table).order_by(*table.primary_key)).all())


def counts(result: ImportResult) -> tuple[int, int, int, int]:
    """Taken in, unchanged, problems, warnings."""
    return result.imported_count, result.unchanged_count, result.problem_count, result.warning_count


def test_orders_come_in_with_the_history_their_channel_reports(each_databases: Databases) -> None:
    result = take_in(each_databases, olist_source())
    assert counts(result) == (5, 0, 0, 2)
    orders = rows(each_databases, sales_order)
    assert [(o.number, o.status, o.is_open, o.exceptions) for o in orders] == [
        ("o-0001", "delivered", 0, ""),
        ("o-0002", "shipped", 1, ""),
        ("o-0003", "exception", 1, "stock"),
        ("o-0004", "cancelled", 0, ""),
        ("o-0005", "confirmed", 1, ""),
    ]
    first = orders[0]
    assert (first.fulfilled_by, first.warehouse_id, first.region, first.currency) == ("outside", 0, "BR-SP", "BRL")
    assert (first.items_cents, first.shipping_cents, first.total_cents, first.paid_cents) == (
        24_490,
        2325,
        26_815,
        26_815,
    )
    assert orders[2].total_cents == 1234  # without items, an order is worth what was paid
    assert [
        (line.position, line.sku_id, line.sku_code, line.freight_cents) for line in rows(each_databases, order_line)
    ][:2] == [
        (1, None, "p-chair", 1520),
        (2, None, "p-lamp", 805),
    ]
    facts = [(e.kind, e.at - first.received_at) for e in rows(each_databases, event) if e.order_id == first.id]
    assert facts == [
        ("OrderReceived", 0),
        ("OrderPaid", 930),
        ("OrderPaid", 930),
        ("OrderConfirmed", 930),
        ("OrderShipped", 82_800),
        ("OrderDelivered", 653_400),
    ]
    payload = rows(each_databases, order_payload)[0]
    assert (payload.order_id, payload.batch_id) == (first.id, result.batch_id)
    assert json.loads(payload.payload)["customer_city"] == "são paulo"
    moves = [(m.from_account, m.to_account, m.amount_cents, m.means) for m in rows(each_databases, money_posting)]
    assert moves[:3] == [
        ("buyer", "deposits", 10_000, "voucher"),
        ("buyer", "deposits", 16_815, "credit_card"),
        ("deposits", "revenue", 26_815, ""),
    ]


def test_the_log_explains_every_status_and_says_what_the_services_say(each_databases: Databases) -> None:
    take_in(each_databases, olist_source())
    take_in(each_databases, Source("shopify", (InFile.at(SAMPLES / "shopify.csv"),)))
    take_in(each_databases, Source("taobao", (InFile.at(SAMPLES / "taobao.csv"),)))
    log = rows(each_databases, event)
    for order in rows(each_databases, sales_order):
        facts = tuple(e.kind for e in log if e.order_id == order.id)
        assert status_after(facts) == order.status, (order.number, facts)
        before: str | None = None
        for entry in (e for e in log if e.order_id == order.id and e.kind != "OrderPaid"):
            data = json.loads(entry.data)
            dims = OrderDims(order.channel, order.region, 0, order.received_at, data["value_cents"], True)
            shape = status_fact(dims, before, data["to"])
            assert list(data)[: len(shape)] == list(shape) and {k: data[k] for k in shape} == shape
            before = data["to"]


def test_what_a_channel_does_not_tell_makes_no_duration(each_databases: Databases) -> None:
    take_in(each_databases, Source("taobao", (InFile.at(SAMPLES / "taobao.csv"),)))
    delivered = next(e for e in rows(each_databases, event) if e.kind == "OrderDelivered")
    assert json.loads(delivered.data)["undated"] is True
    found = {c.metric: c.n for c in rows(each_databases, cell)}
    assert found["status.delivered"] == 1
    assert not [metric for metric in found if metric.startswith(("lead.", "delivered", "promised", "lane"))]


def test_the_cells_are_up_to_date_and_the_same_when_built_anew(each_databases: Databases) -> None:
    take_in(each_databases, olist_source())
    folded = [tuple(c) for c in rows(each_databases, cell)]
    values = {c.metric: (c.n, c.value) for c in rows(each_databases, cell) if c.a == "BRL"}
    assert values["paid"][0] >= 1 and sum(c.value for c in rows(each_databases, cell) if c.metric == "paid") == 55_345
    rebuild(each_databases.live)
    assert [tuple(c) for c in rows(each_databases, cell)] == folded


def test_the_same_files_again_change_nothing(each_databases: Databases) -> None:
    take_in(each_databases, olist_source())
    tables = (sales_order, order_line, event, money_posting, order_payload, cell, import_problem)
    before = [[tuple(row) for row in rows(each_databases, table)] for table in tables]
    again = take_in(each_databases, olist_source(), NOW + 86_400)
    assert counts(again) == (0, 5, 0, 0)
    assert [[tuple(row) for row in rows(each_databases, table)] for table in tables] == before


def test_an_order_that_changed_since_is_kept_aside(each_databases: Databases, tmp_path: Path) -> None:
    take_in(each_databases, olist_source())
    folder = Path(shutil.copytree(SAMPLES / "olist", tmp_path / "olist"))
    orders = (folder / "orders.csv").read_text(encoding="utf-8").replace("c-0005,processing", "c-0005,canceled")
    orders += "o-0006,c-0001,created,2026-03-08 12:30:00,,,,2026-03-27 00:00:00\n"
    (folder / "orders.csv").write_text(orders, encoding="utf-8")
    result = take_in(each_databases, olist_source(folder))
    assert counts(result) == (1, 4, 1, 1)
    problems = look(each_databases, import_reads.problems_in, result.batch_id)
    assert [(p.severity, p.order_number, p.line) for p in problems] == [
        (Severity.KEPT_ASIDE, "o-0005", 6),
        (Severity.WARNING, "o-0006", 7),
    ]
    assert problems[0].wanted_text == "the content imported before for this number; the order stays as it was"
    assert problems[0].raw.startswith("o-0005,c-0005,canceled")
    assert [o.status for o in rows(each_databases, sales_order)][4:] == ["confirmed", "received"]
    assert look(each_databases, imbalances) == []


def test_bad_rows_are_kept_with_their_place_and_good_ones_come_in(each_databases: Databases) -> None:
    source = own_source(
        "1,2026-03-08,A,1,1.00,李雷",
        "2,2026-03-08,A,-1,1.00,x",
        "3,2026-03-08,A",
        '4,2026-03-08,A,1,1.00,"=HYPERLINK(""x"")"',
        "1,2026-03-08,A,1,1.00,李雷",
        "5,2036-03-08,A,1,1.00,x",
    )
    result = take_in(each_databases, source)
    assert counts(result) == (2, 0, 3, 1)
    assert [o.buyer_name for o in rows(each_databases, sales_order)] == ["李雷", '=HYPERLINK("x")']
    problems = look(each_databases, import_reads.problems_in, result.batch_id)
    assert [(p.file, p.line, p.column, p.found, p.wanted_text, p.raw) for p in problems] == [
        ("own.csv", 3, "qty", "-1", "a whole number of 1 or more", "2,2026-03-08,A,-1,1.00,x"),
        ("own.csv", 4, "", "3", "6 fields, as in the header", "3,2026-03-08,A"),
        ("own.csv", 6, "", "1", "each order once; the second one is left out", "1,2026-03-08,A,1,1.00,李雷"),
        ("own.csv", 7, "at", "2036-03-08", "a time that isn't in the future", "5,2036-03-08,A,1,1.00,x"),
    ]
    warnings = look(each_databases, import_reads.problems_in, result.batch_id, severity=Severity.WARNING)
    assert [p.line for p in warnings] == [6]
    assert look(each_databases, import_reads.problems_in, result.batch_id, skip=2) == problems[2:]
    assert sum(look(each_databases, import_reads.problem_counts, result.batch_id).values()) == 4


def test_a_file_cut_in_half_gives_its_whole_rows_and_the_rest_later(databases: Databases) -> None:
    content = "\n".join(["no,at,sku,qty,price,name", *(f'{n},2026-03-08,A,1,1.00,"name {n}"' for n in range(100))])
    half = content[: content.index('"name 50"') + 4].encode()
    first = take_in(databases, Source("mapped", (InFile("own.csv", half),), MAPPING))
    assert counts(first) == (50, 0, 1, 0)
    second = take_in(databases, Source("mapped", (InFile("own.csv", content.encode()),), MAPPING))
    assert counts(second) == (50, 50, 0, 0)


def test_many_batches_add_up(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(imports, "BATCH", 7)
    source = own_source(*(f"{n},2026-03-08,A,{n % 5 or -1},1.00,x" for n in range(100)))
    told: list[tuple[int, int, int]] = []
    result = take_in(
        databases, source, tell=lambda read, all_, so_far: told.append((read, all_, so_far.imported_count))
    )
    assert counts(result) == (80, 0, 20, 0)
    assert [o.number for o in rows(databases, sales_order)] == [str(n) for n in range(100) if n % 5]
    assert len(told) == 16 and told[-1] == (source.size, source.size, 80)
    (past,) = look(databases, import_reads.imports_in)
    assert (past.state, past.share, past.imported_count, past.problem_count) == ("done", 1.0, 80, 20)
    assert (past.files, past.actor, past.channel, past.finished_at) == ("own.csv", "person:1", "mapped", NOW)


def test_a_look_beforehand_writes_nothing(each_databases: Databases, tmp_path: Path) -> None:
    take_in(each_databases, own_source("1,2026-03-08,A,1,1.00,x", "2,2026-03-08,A,1,1.00,x"))
    with reader(each_databases.live) as db:
        before = {
            name: db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()
            for name in ("sales_order", "event", "import_batch")
        }
    source = own_source(
        "1,2026-03-08,A,1,1.00,x",
        "2,2026-03-08,A,9,1.00,x",
        *(f"{n},2026-03-08,A,1,1.00,x" for n in range(10, 40)),
        "bad",
    )
    found = look(each_databases, imports.preview, source)
    assert (found.orders_count, found.unchanged_count, found.problem_count, found.warning_count) == (30, 1, 2, 0)
    assert [order.number for order in found.orders] == [str(n) for n in range(10, 30)]
    assert [(p.kind, p.line) for p in found.problems] == [("already_other", 3), ("field_count", 34)]
    with reader(each_databases.live) as db:
        assert before == {name: db.execute(text(f"SELECT count(*) FROM {name}")).scalar_one() for name in before}


def test_only_who_may_import_does(databases: Databases) -> None:
    with pytest.raises(NotAllowed):
        look(databases, imports.preview, olist_source(), actor=CLERK)
    with pytest.raises(NotAllowed):
        imports.import_orders(databases.live, LIVE, CLERK, lambda: NOW, olist_source())
    with pytest.raises(NotAllowed):
        imports.run_import(databases.live, LIVE, CLERK, lambda: NOW, 1, olist_source())
    for work in (
        import_reads.imports_in,
        lambda ctx: import_reads.problems_in(ctx, 1),
        lambda ctx: import_reads.get_import(ctx, 1),
    ):
        with pytest.raises(NotAllowed):
            look(databases, work, actor=CLERK)
    assert rows(databases, sales_order) == [] and rows(databases, import_batch) == []


def test_a_refused_file_is_remembered_with_its_reason(databases: Databases) -> None:
    source = Source("mapped", (InFile("own.csv", b"\x89PNG\r\n"),), MAPPING)
    with pytest.raises(FileRefused):
        take_in(databases, source)
    (past,) = look(databases, import_reads.imports_in)
    assert past.state == "refused"
    assert past.refusal is not None and str(past.refusal) == "own.csv: This isn't a CSV file: its content is PNG."
    assert look(databases, import_reads.get_import, past.id).files == "own.csv"
    with pytest.raises(NotFound):
        look(databases, import_reads.get_import, 99)


def test_an_import_that_gives_no_sign_of_life_was_cut_off(databases: Databases) -> None:
    with transaction(databases.live) as db:
        batch_id = imports.begin_import(Context(db, ADMIN, NOW, LIVE), olist_source())
    assert look(databases, import_reads.get_import, batch_id).state == "running"
    with transaction(databases.live) as db:
        db.execute(import_batch.update().values(seen_at=NOW - 300))
    assert look(databases, import_reads.get_import, batch_id).state == "cut_off"


def test_an_unknown_channel_and_a_missing_mapping_are_refused(databases: Databases) -> None:
    with pytest.raises(NotFound):
        take_in(databases, Source("ebay", olist_source().files))
    with pytest.raises(ContentError, match="Choose which column"):
        take_in(databases, Source("mapped", olist_source().files[:1]))
    with pytest.raises(ContentError, match="Choose the column"):
        take_in(databases, Source("mapped", olist_source().files[:1], ColumnMapping({})))
    assert rows(databases, import_batch) == []


@pytest.mark.parametrize("name", ["shopify", "taobao"])
def test_the_money_of_every_channel_lies_where_its_status_says(each_databases: Databases, name: str) -> None:
    result = take_in(each_databases, Source(name, (InFile.at(SAMPLES / f"{name}.csv"),)))
    assert result.imported_count == len(rows(each_databases, sales_order)) > 2
    money: Counter[str] = Counter()
    for move in rows(each_databases, money_posting):
        money[move.from_account] -= move.amount_cents
        money[move.to_account] += move.amount_cents
    open_paid = sum(o.paid_cents for o in rows(each_databases, sales_order) if o.status == Status.CONFIRMED)
    shipped = sum(o.paid_cents for o in rows(each_databases, sales_order) if o.status in ("shipped", "delivered"))
    assert (money["deposits"], money["revenue"]) == (open_paid, shipped)
    assert look(each_databases, imbalances) == []


@pytest.mark.slow
def test_the_published_olist_figures_come_out_of_orderly(
    acceptance: Callable[[str], Path], databases: Databases
) -> None:
    result = take_in(databases, olist_source(acceptance("olist")))
    assert counts(result) == (8000, 0, 0, 131)
    with reader(databases.live) as db:
        cells = {
            row.metric: (row.n, row.value)
            for row in db.execute(
                text("SELECT metric, SUM(n) AS n, SUM(value) AS value FROM cell WHERE a = '' GROUP BY metric")
            )
        }
        paid = db.execute(text("SELECT SUM(n), SUM(value) FROM cell WHERE metric = 'paid' AND a = 'BRL'")).one()
        reconciled = db.execute(
            text(
                "SELECT COUNT(*), SUM(CASE WHEN owed = paid_cents THEN 1 ELSE 0 END) FROM (SELECT o.paid_cents,"
                " SUM(l.quantity * l.unit_price_cents + l.freight_cents) AS owed FROM sales_order o"
                " JOIN order_line l ON l.order_id = o.id WHERE o.paid_cents > 0 GROUP BY o.id)"
            )
        ).one()
    assert cells["promised"] == (7773, 596)  # late by timestamp stands beside its denominator
    assert (cells["delivered"][0], cells["late.date"][0]) == (7773, 499)
    assert round(cells["delivered"][1] / 7773 / 86_400, 4) == 12.5240
    assert tuple(paid) == (8349, 128_633_090)
    assert tuple(reconciled) == (7931, 7888)
    found = look(databases, import_reads.problem_counts, result.batch_id)
    assert found["at least one item"] == 68
    assert counts(take_in(databases, olist_source(acceptance("olist")))) == (0, 8000, 0, 0)
