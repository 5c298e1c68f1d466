"""Stock as people look at it: by article and warehouse, by lot and bin, and a lot's history from the ledger."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, text

from core.context import Context
from core.domain.errors import NotFound
from core.domain.stock import OUTSIDE, Account
from core.domain.texts import typed
from core.services.purchase_reads import warehouses_in
from core.services.stock import need_sku, need_warehouse, today_of

PER_PAGE = 100
MOST_EXPORTED = 200_000
MOST_MOVES = 200
# Accounts of a house, in the order in which goods go through them.
IN_HOUSE = (
    Account.RECEIVING,
    Account.AVAILABLE,
    Account.RESERVED,
    Account.PICKED,
    Account.QUARANTINE,
    Account.DAMAGED,
    Account.RETURN_INSPECTION,
    Account.IN_TRANSIT,
)
_SUMS = ", ".join(
    f"SUM(CASE WHEN b.account = '{account}' THEN b.quantity ELSE 0 END) AS {account}" for account in IN_HOUSE
)
_STOCK = (
    "SELECT b.sku_id, b.warehouse_id, k.code, k.barcode, k.name_en, k.name_zh, k.issue_rule, w.code AS warehouse,"
    f" w.name_en AS house_en, w.name_zh AS house_zh, {_SUMS}, COUNT(DISTINCT b.lot_id) AS lots,"
    " SUM(b.quantity * l.unit_cost_cents) AS value_cents,"
    " MIN(CASE WHEN b.account = 'available' THEN l.expires_on END) AS next_expiry"
    " FROM stock_balance b JOIN sku k ON k.id = b.sku_id JOIN lot l ON l.id = b.lot_id"
    f" JOIN warehouse w ON w.id = b.warehouse_id WHERE b.quantity > 0 AND b.warehouse_id <> {OUTSIDE}"
    " AND (CAST(:warehouse AS bigint) IS NULL OR b.warehouse_id = :warehouse)"
    " AND (CAST(:account AS text) = '' OR EXISTS (SELECT 1 FROM stock_balance c WHERE c.sku_id = b.sku_id"
    " AND c.warehouse_id = b.warehouse_id AND c.account = :account AND c.quantity > 0))"
    " AND (CAST(:search AS text) = '' OR k.barcode = :search OR UPPER(k.code) LIKE :like ESCAPE '\\'"
    " OR UPPER(k.name_en) LIKE :like ESCAPE '\\' OR k.name_zh LIKE :like ESCAPE '\\' OR EXISTS ("
    " SELECT 1 FROM bin_stock s JOIN bin p ON p.id = s.bin_id WHERE s.sku_id = b.sku_id AND s.quantity > 0"
    " AND p.warehouse_id = b.warehouse_id AND UPPER(p.code) = UPPER(:search)))"
    " GROUP BY b.sku_id, b.warehouse_id, k.code, k.barcode, k.name_en, k.name_zh, k.issue_rule, w.code, w.name_en,"
    " w.name_zh ORDER BY k.code, b.warehouse_id LIMIT :most OFFSET :skip"
)
_LOTS = text(
    "SELECT b.lot_id, b.account, b.quantity, l.received_at, l.unit_cost_cents, l.expires_on FROM stock_balance b"
    " JOIN lot l ON l.id = b.lot_id WHERE b.sku_id = :sku_id AND b.warehouse_id = :warehouse_id AND b.quantity > 0"
    " ORDER BY CASE WHEN :by_date = 1 THEN COALESCE(l.expires_on, '9999') ELSE '' END, l.received_at, l.id"
)
_LYING = text(
    "SELECT s.lot_id, s.bin_id, p.code, p.walk, p.kind, s.quantity FROM bin_stock s JOIN bin p ON p.id = s.bin_id"
    " WHERE s.sku_id = :sku_id AND p.warehouse_id = :warehouse_id AND s.quantity > 0 ORDER BY p.walk, s.lot_id"
)
_MOVES = text(
    "SELECT p.id, p.at, e.kind, e.actor, p.from_account, p.to_account, f.code AS from_code, g.code AS to_code,"
    " p.quantity, o.number FROM stock_posting p JOIN event e ON e.id = p.event_id"
    " JOIN warehouse f ON f.id = p.from_warehouse_id JOIN warehouse g ON g.id = p.to_warehouse_id"
    " LEFT JOIN order_line n ON n.id = p.order_line_id LEFT JOIN sales_order o ON o.id = n.order_id"
    " WHERE p.lot_id = :lot_id ORDER BY p.id DESC LIMIT :most"
)
_RELOCATIONS = text(
    "SELECT p.id, p.at, e.kind, e.actor, f.code AS from_code, g.code AS to_code, p.quantity FROM bin_posting p"
    " JOIN event e ON e.id = p.event_id LEFT JOIN bin f ON f.id = p.from_bin_id LEFT JOIN bin g ON g.id = p.to_bin_id"
    " WHERE p.lot_id = :lot_id ORDER BY p.id DESC LIMIT :most"
)


@dataclass(frozen=True, slots=True)
class StockRow:
    """An article in a warehouse. Shape: `units` is account → units; `value_cents` at the cost of the lots."""

    sku_id: int
    warehouse_id: int
    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    by_date: bool
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    units: Mapping[Account, int]
    lots: int
    value_cents: int
    next_expiry: str | None


@dataclass(frozen=True, slots=True)
class StockList:
    """A page of stock, and whether more follows."""

    rows: tuple[StockRow, ...]
    more: bool
    warehouses: Mapping[int, tuple[str, str, str]]


def stock_in(
    ctx: Context, *, warehouse_id: int | None = None, search: str = "", account: str = "", page: int = 1
) -> StockList:
    """Everything in stock by article and warehouse; a search takes an article, its barcode, its name or a bin."""
    ctx.actor.need("stock.read")
    rows = list(_rows(ctx, warehouse_id, search, account, PER_PAGE + 1, (max(1, page) - 1) * PER_PAGE))
    return StockList(tuple(rows[:PER_PAGE]), len(rows) > PER_PAGE, warehouses_in(ctx))


def stock_for_export(
    ctx: Context, warehouse_id: int | None = None, search: str = "", account: str = ""
) -> tuple[StockRow, ...]:
    """The whole list that a filter shows."""
    ctx.actor.need("stock.read")
    return tuple(_rows(ctx, warehouse_id, search, account, MOST_EXPORTED, 0))


def _rows(
    ctx: Context, warehouse_id: int | None, search: str, account: str, most: int, skip: int
) -> Iterator[StockRow]:
    wanted = typed(search)
    like = wanted.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    values = {"warehouse": warehouse_id, "search": wanted, "like": f"%{like}%", "account": account}
    for row in ctx.db.execute(text(_STOCK), values | {"most": most, "skip": skip}):
        yield _row(row)


def _row(row: Row[Any]) -> StockRow:
    m = row._mapping
    return StockRow(
        sku_id=m["sku_id"],
        warehouse_id=m["warehouse_id"],
        sku_code=m["code"],
        barcode=m["barcode"],
        name_en=m["name_en"],
        name_zh=m["name_zh"],
        by_date=m["issue_rule"] == "fefo",
        warehouse_code=m["warehouse"],
        warehouse_en=m["house_en"],
        warehouse_zh=m["house_zh"],
        units={account: int(m[account.value]) for account in IN_HOUSE},
        lots=int(m["lots"]),
        value_cents=int(m["value_cents"]),
        next_expiry=m["next_expiry"],
    )


@dataclass(frozen=True, slots=True)
class LotFile:
    """A lot of an article in a warehouse, in the order of issue. Shape: account → units; bins: (id, code, units)."""

    id: int
    received_at: int
    unit_cost_cents: int
    expires_on: str | None
    units: Mapping[Account, int]
    bins: tuple[tuple[int, str, int], ...]


@dataclass(frozen=True, slots=True)
class StockFile:
    """Everything about an article in a warehouse; `uses_bins` says whether the warehouse has any."""

    sku_id: int
    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    by_date: bool
    warehouse_id: int
    warehouse: tuple[str, str, str]
    uses_bins: bool
    lots: tuple[LotFile, ...]
    today: str


def get_stock(ctx: Context, sku_id: int, warehouse_id: int) -> StockFile:
    """An article in a warehouse, lot by lot. Raises: NotFound."""
    ctx.actor.need("stock.read")
    article, place = need_sku(ctx, sku_id), need_warehouse(ctx, warehouse_id)
    key = {"sku_id": sku_id, "warehouse_id": warehouse_id}
    lying: dict[int, list[tuple[int, str, int]]] = {}
    for row in ctx.db.execute(_LYING, key):
        lying.setdefault(row.lot_id, []).append((row.bin_id, row.code, int(row.quantity)))
    by_date = article.issue_rule == "fefo"
    heads: dict[int, Row[Any]] = {}
    units: dict[int, dict[Account, int]] = {}
    for row in ctx.db.execute(_LOTS, key | {"by_date": int(by_date)}):
        heads.setdefault(row.lot_id, row)
        units.setdefault(row.lot_id, {})[Account(row.account)] = int(row.quantity)
    uses_bins = ctx.db.execute(
        text("SELECT 1 FROM bin WHERE warehouse_id = :id LIMIT 1"), {"id": warehouse_id}
    ).one_or_none()
    return StockFile(
        sku_id=sku_id,
        sku_code=article.code,
        barcode=article.barcode,
        name_en=article.name_en,
        name_zh=article.name_zh,
        by_date=by_date,
        warehouse_id=warehouse_id,
        warehouse=(place.code, place.name_en, place.name_zh),
        uses_bins=uses_bins is not None,
        lots=tuple(
            LotFile(
                number,
                head.received_at,
                head.unit_cost_cents,
                head.expires_on,
                units[number],
                tuple(lying.get(number, ())),
            )
            for number, head in heads.items()
        ),
        today=today_of(ctx).isoformat(),
    )


@dataclass(frozen=True, slots=True)
class LotMove:
    """One posting of a lot: between accounts, or between bins where both places are bins' codes."""

    at: int
    kind: str
    actor: str
    source: str
    target: str
    units: int
    order_number: str | None
    in_bins: bool


def lot_history(ctx: Context, lot_id: int) -> tuple[LotMove, ...]:
    """What the two ledgers say of a lot, the latest first; at most 200 moves of each.

    Shape: `source` and `target` are `account@warehouse`, or a bin's code (empty: off the shelf). Raises: NotFound.
    """
    ctx.actor.need("stock.read")
    if ctx.db.execute(text("SELECT 1 FROM lot WHERE id = :id"), {"id": lot_id}).one_or_none() is None:
        raise NotFound("Lot {lot_id} isn't here.", lot_id=lot_id)
    values = {"lot_id": lot_id, "most": MOST_MOVES}
    moves = [
        LotMove(
            row.at,
            row.kind,
            row.actor,
            f"{row.from_account}@{row.from_code}",
            f"{row.to_account}@{row.to_code}",
            int(row.quantity),
            row.number,
            False,
        )
        for row in ctx.db.execute(_MOVES, values)
    ]
    within = [
        LotMove(row.at, row.kind, row.actor, row.from_code, row.to_code, int(row.quantity), None, True)
        for row in ctx.db.execute(_RELOCATIONS, values)
        if row.from_code and row.to_code
    ]
    return tuple(sorted([*moves, *within], key=lambda move: -move.at))
