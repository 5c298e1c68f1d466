"""What the goods' pages read: lists, files, histories and papers, on each database."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from core.context import Actor
from core.db.inbound_tables import purchase_order
from core.db.world_tables import sku
from core.domain.errors import NotAllowed, NotFound
from core.domain.purchasing import Verdict
from core.domain.rights import rights_of
from core.domain.stock import Account
from core.services import adjustments, bins, goods_reads, purchasing, receiving, stock, stock_reads, transfers
from core.services.lots import lots_of
from core.services.purchase_reads import get_purchase, purchase_choices, purchase_paper, purchases_in
from core.services.purchasing import Wanted
from core.services.receiving import Delivered
from core.services.transfers import Sending
from tests.services.desk import APPROVER, BIN_A, CUP, FLOOR, GUANGZHOU, KETTLE, LAMP, SHANGHAI, SUPPLIER, Desk

NOBODY = Actor(3, "Nobody", "employee", None, rights_of("employee", None))


@pytest.fixture
def busy(desk: Desk) -> Desk:
    """Purchases at every stage: due, later, being inspected, to be put away, done, cancelled."""
    with desk.work() as ctx:
        ctx.db.execute(update(sku).where(sku.c.id == CUP).values(barcode="6901234567892"))
        today = stock.today_of(ctx).isoformat()
        for number, day in ((1, today), (2, "2099-01-01"), (3, today), (4, today), (5, today), (6, today)):
            purchasing.place_purchase(
                ctx, SUPPLIER, 1 + number % 2, day, [Wanted(KETTLE if number % 2 else CUP, 5, 900)]
            )
        for number in (3, 4, 5):
            receiving.receive_goods(ctx, number, [Delivered(number, 5)], "LS-1")
        for line in (2, 3):
            receiving.inspect_goods(ctx, line, Verdict(accepted=5))
        receiving.put_away(ctx, 3, 5)
        purchasing.cancel_purchase(ctx, 6, "too dear")
    return desk


@pytest.mark.parametrize(
    ("segment", "numbers"),
    [
        ("arriving", [1]), ("later", [2]), ("inspect", [3]), ("put_away", [4]), ("open", [1, 3, 4, 2]),
        ("all", [6, 5, 4, 3, 2, 1]),
    ],
)  # fmt: skip
def test_purchases_by_what_is_to_be_done(busy: Desk, segment: str, numbers: list[int]) -> None:
    with busy.look() as ctx:
        found = purchases_in(ctx, segment)
    assert [row.id for row in found.rows] == numbers
    assert found.counts == {"arriving": 1, "later": 1, "inspect": 1, "put_away": 1, "open": 4, "all": 6}
    assert found.warehouses == {SHANGHAI: ("SH", "SH", "SH"), GUANGZHOU: ("GZ", "GZ", "GZ")}


@pytest.mark.parametrize(
    ("search", "place", "count"),
    [("PO-000002", None, 1), ("po2", None, 1), ("acme", None, 6), ("cup", None, 3), ("6901234567892", None, 3),
     ("%", None, 0), ("_", None, 0), ("\\", None, 0), ("", SHANGHAI, 3), ("nothing", None, 0)],
)  # fmt: skip
def test_purchases_are_searched(busy: Desk, search: str, place: int | None, count: int) -> None:
    with busy.look() as ctx:
        assert len(purchases_in(ctx, "all", search=search, warehouse_id=place).rows) == count


def test_a_purchase_with_everything_about_it(busy: Desk) -> None:
    with busy.look() as ctx:
        file = get_purchase(ctx, 3)
        (line,), (goods,) = file.lines, file.received
        assert (line.sku_code, line.progress.rest, line.progress.uninspected) == ("KETTLE", 0, 5)
        assert (goods.receipt, goods.delivery_note, goods.uninspected, goods.to_put_away) == ("GR-000001", "LS-1", 5, 0)
        assert [fact.kind for fact in file.facts] == ["GoodsReceived", "PurchasePlaced"]
        assert file.refusals["inspect"] is None and file.refusals["receive"] is not None
        with pytest.raises(NotFound, match="PO-000099"):
            get_purchase(ctx, 99)
        paper = purchase_paper(ctx, 3)
        assert (paper.number, paper.total_cents, len(paper.lines)) == ("PO-000003", 4_500, 1)


def test_what_is_late_is_marked(busy: Desk) -> None:
    with busy.work() as ctx:
        ctx.db.execute(update(purchase_order).where(purchase_order.c.id.in_([1, 3])).values(expected_on="2020-01-01"))
    with busy.look() as ctx:
        assert [row.id for row in purchases_in(ctx, "all").rows if row.is_late] == [1]


def test_what_may_be_bought(busy: Desk) -> None:
    with busy.look(APPROVER) as ctx:
        choices = purchase_choices(ctx)
    assert [one.code for one in choices.suppliers] == ["ACME"]
    assert choices.articles[LAMP] == ("LAMP", "Lamp", "Lamp")


def test_reading_needs_the_right(busy: Desk) -> None:
    with busy.look(NOBODY) as ctx:
        for read in (
            lambda: purchases_in(ctx, "all"),
            lambda: get_purchase(ctx, 1),
            lambda: purchase_choices(ctx),
            lambda: stock_reads.stock_in(ctx),
            lambda: stock_reads.get_stock(ctx, 1, 1),
            lambda: stock_reads.lot_history(ctx, 1),
            lambda: goods_reads.transfers_in(ctx),
            lambda: goods_reads.adjustments_in(ctx, waiting=True),
            lambda: goods_reads.returned_in(ctx, is_open=True),
            lambda: goods_reads.find_returnable(ctx, "T-1"),
            lambda: bins.bins_in(ctx, 1),
        ):
            with pytest.raises(NotAllowed):
                read()


def test_stock_by_article_and_warehouse(busy: Desk) -> None:
    with busy.look() as ctx:
        found = stock_reads.stock_in(ctx)
        assert [(row.sku_code, row.warehouse_code) for row in found.rows] == [
            (code, house) for code in ("CUP", "KETTLE", "LAMP") for house in ("SH", "GZ")
        ]
        kettles = found.rows[3]
        assert (kettles.units[Account.AVAILABLE], kettles.units[Account.RECEIVING], kettles.lots) == (15, 5, 4)
        assert kettles.value_cents == 10 * 9_950 + 10 * 900
        assert [row.sku_code for row in stock_reads.stock_in(ctx, account="receiving").rows] == ["CUP", "KETTLE"]
        assert len(stock_reads.stock_in(ctx, search="floor").rows) == 3
        assert len(stock_reads.stock_in(ctx, search="A-01").rows) == 0
        assert len(stock_reads.stock_for_export(ctx, SHANGHAI)) == 3


def test_an_article_lot_by_lot_and_bin_by_bin(desk: Desk) -> None:
    with desk.work() as ctx:
        first, second = (one.lot_id for one in lots_of(ctx, KETTLE, SHANGHAI))
        bins.move_between_bins(ctx, KETTLE, first, FLOOR, BIN_A, 2)
    with desk.look() as ctx:
        file = stock_reads.get_stock(ctx, KETTLE, SHANGHAI)
        assert [lot.id for lot in file.lots] == [first, second]
        assert file.lots[0].bins == ((BIN_A, "A-01", 2), (FLOOR, "FLOOR", 3))
        assert file.lots[0].units == {Account.AVAILABLE: 5}
        assert stock_reads.get_stock(ctx, KETTLE, GUANGZHOU).uses_bins is False
        history = stock_reads.lot_history(ctx, first)
        assert [(move.kind, move.source, move.target, move.units) for move in history] == [
            ("UnitsMoved", "FLOOR", "A-01", 2),
            ("StockReceived", "supplier@OUT", "available@SH", 5),
        ]
        with pytest.raises(NotFound, match="Lot 999"):
            stock_reads.lot_history(ctx, 999)
        with pytest.raises(NotFound, match="SKU 99"):
            stock_reads.get_stock(ctx, 99, SHANGHAI)


def test_transfers_and_corrections_are_listed(desk: Desk) -> None:
    with desk.work() as ctx:
        sent = transfers.send_transfer(ctx, GUANGZHOU, SHANGHAI, [Sending(KETTLE, 7)], "refill")
        transfers.receive_transfer(ctx, sent, {1: 2})
        stock.receive_stock(ctx, LAMP, GUANGZHOU, 5, 90_000)
        adjustments.adjust_stock(ctx, LAMP, GUANGZHOU, -15, "missing", "empty rack")
        adjustments.adjust_stock(ctx, CUP, SHANGHAI, -1, "broken", bin_id=FLOOR)
    with desk.look() as ctx:
        (row,) = goods_reads.transfers_in(ctx)
        assert (row.number, row.from_code, row.to_code, row.units, row.came, row.lost) == (
            "TR-000001",
            "GZ",
            "SH",
            7,
            2,
            0,
        )
        head, lines = goods_reads.get_transfer(ctx, sent)
        assert (head.version, [line.progress.on_the_way for line in lines]) == (2, [3, 2])
        with pytest.raises(NotFound, match="TR-000009"):
            goods_reads.get_transfer(ctx, 9)
        (waiting,) = goods_reads.adjustments_in(ctx, waiting=True)
        assert (waiting.number, waiting.change, waiting.now_units, waiting.note) == ("AD-000001", -15, 15, "empty rack")
        (posted,) = goods_reads.adjustments_in(ctx, waiting=False)
        assert (posted.sku_code, posted.bin_code, posted.status) == ("CUP", "FLOOR", "posted")
        assert goods_reads.goods_waiting(ctx) == {"transfers": 1, "corrections": 1, "returns": 0}


def test_an_order_is_found_for_a_return_by_nothing_else(desk: Desk) -> None:
    from tests.services.desk import incoming

    order_id = desk.receive(incoming("T-77"))
    with desk.look() as ctx:
        found = goods_reads.find_returnable(ctx, " T-77 ")
        assert (found.order_id, found.warehouse_id) == (order_id, SHANGHAI)
        assert list(found.lines.values()) == [("KETTLE", "Kettle", 0), ("CUP", "Cup", 0)]
        for scanned in ("", "T-7", "KETTLE", "%"):
            with pytest.raises(NotFound, match="neither an order of ours"):
                goods_reads.find_returnable(ctx, scanned)
        assert goods_reads.returned_in(ctx, is_open=True) == ()
        with pytest.raises(NotFound, match="RT-000001"):
            goods_reads.get_returned(ctx, 1)


def test_nothing_of_it_is_written(desk: Desk) -> None:
    before = desk.everything()
    with desk.work() as ctx:
        purchases_in(ctx, "all")
        stock_reads.stock_in(ctx)
        assert ctx.db.execute(select(purchase_order)).all() == []
    assert desk.everything() == before
