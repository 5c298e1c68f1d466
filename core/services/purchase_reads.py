"""Purchases as the desk and the door read them: lists by what is to be done, and one purchase with all about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from sqlalchemy import Row, select, text

from core.context import Context
from core.db.inbound_tables import supplier, supplier_sku
from core.db.world_tables import event, sku, warehouse
from core.domain.errors import NotFound, RuleViolation
from core.domain.numbering import PURCHASE, RECEIPT, id_in, number_of
from core.domain.purchase_paper import PaperLine, PurchasePaper
from core.domain.purchasing import (
    PURCHASE_TRANSITIONS,
    LineProgress,
    PurchaseState,
    PurchaseStatus,
    purchase_refusal,
)
from core.domain.stock import OUTSIDE
from core.domain.texts import typed
from core.services.stock import today_of

PER_PAGE = 50
# What each segment of a list shows, over the sums of a purchase.
SEGMENTS: Mapping[str, str] = MappingProxyType(
    {
        "arriving": "o.is_open = 1 AND s.rest > 0 AND o.expected_on <= :today",
        "later": "o.is_open = 1 AND s.rest > 0 AND o.expected_on > :today",
        "inspect": "s.uninspected > 0",
        "put_away": "s.to_put_away > 0",
        "open": "o.is_open = 1",
        "all": "1 = 1",
    }
)
_SUMS = (
    "SELECT l.purchase_order_id AS id, COUNT(*) AS lines, SUM(l.quantity) AS ordered, SUM(l.received_quantity) AS came,"
    " SUM(CASE WHEN l.quantity - l.dropped_quantity > l.received_quantity"
    " THEN l.quantity - l.dropped_quantity - l.received_quantity ELSE 0 END) AS rest,"
    " SUM(l.quantity * l.unit_cost_cents) AS value_cents, SUM(COALESCE(r.uninspected, 0)) AS uninspected,"
    " SUM(COALESCE(r.to_put_away, 0)) AS to_put_away FROM purchase_line l LEFT JOIN ("
    " SELECT purchase_line_id,"
    " SUM(quantity - accepted_quantity - quarantined_quantity - rejected_quantity) AS uninspected,"
    " SUM(accepted_quantity - put_away_quantity) AS to_put_away FROM receipt_line GROUP BY purchase_line_id"
    ") AS r ON r.purchase_line_id = l.id GROUP BY l.purchase_order_id"
)
_FROM = (
    f" FROM purchase_order o JOIN ({_SUMS}) AS s ON s.id = o.id JOIN supplier p ON p.id = o.supplier_id"
    " JOIN warehouse w ON w.id = o.warehouse_id"
    " WHERE (CAST(:warehouse AS bigint) IS NULL OR o.warehouse_id = :warehouse) AND (CAST(:search AS text) = ''"
    " OR o.id = :number OR UPPER(p.code) LIKE :like ESCAPE '\\' OR UPPER(p.name_en) LIKE :like ESCAPE '\\'"
    " OR p.name_zh LIKE :like ESCAPE '\\' OR EXISTS (SELECT 1 FROM purchase_line x JOIN sku k ON k.id = x.sku_id"
    " WHERE x.purchase_order_id = o.id AND (UPPER(k.code) LIKE :like ESCAPE '\\' OR k.barcode = :search)))"
)
_LIST = (
    "SELECT o.id, o.status, o.expected_on, o.ordered_at, o.note, p.name_en, p.name_zh, w.code, w.name_en AS house_en,"
    f" w.name_zh AS house_zh, s.lines, s.ordered, s.came, s.rest, s.value_cents, s.uninspected, s.to_put_away{_FROM}"
)
_COUNTS = text(
    "SELECT "
    + ", ".join(f"SUM(CASE WHEN {rule} THEN 1 ELSE 0 END) AS n_{name}" for name, rule in SEGMENTS.items())
    + _FROM
)
_LINES = text(
    "SELECT l.id, l.sku_id, k.code, k.barcode, k.name_en, k.name_zh, k.issue_rule, l.quantity, l.unit_cost_cents,"
    " l.received_quantity, l.dropped_quantity FROM purchase_line l JOIN sku k ON k.id = l.sku_id"
    " WHERE l.purchase_order_id = :id ORDER BY l.position"
)
_RECEIVED = text(
    "SELECT r.id, r.purchase_line_id, r.sku_id, r.lot_id, r.quantity, r.accepted_quantity, r.quarantined_quantity,"
    " r.rejected_quantity, r.put_away_quantity, g.id AS receipt_id, g.at, g.delivery_note, g.actor, k.code, k.name_en,"
    " k.name_zh, t.expires_on FROM receipt_line r JOIN receipt g ON g.id = r.receipt_id JOIN sku k ON k.id = r.sku_id"
    " JOIN lot t ON t.id = r.lot_id WHERE g.purchase_order_id = :id ORDER BY r.id"
)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """One purchase in a list. Units: of its articles; `value_cents` at the ordered costs."""

    id: int
    number: str
    status: PurchaseStatus
    expected_on: str
    is_late: bool
    ordered_at: int
    supplier_en: str
    supplier_zh: str
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    lines: int
    ordered: int
    came: int
    rest: int
    value_cents: int
    uninspected: int
    to_put_away: int
    note: str


@dataclass(frozen=True, slots=True)
class PurchaseList:
    """A page of purchases, how many each segment has, and whether more follow. `today` is the world's day."""

    rows: tuple[PurchaseRow, ...]
    counts: Mapping[str, int]
    more: bool
    today: str
    warehouses: Mapping[int, tuple[str, str, str]]


def purchases_in(
    ctx: Context, segment: str, *, warehouse_id: int | None = None, search: str = "", page: int = 1
) -> PurchaseList:
    """The purchases of a segment, those that are expected soonest first."""
    ctx.actor.need("stock.read")
    wanted = typed(search)
    like = wanted.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    today = today_of(ctx).isoformat()
    values: dict[str, Any] = {
        "today": today,
        "warehouse": warehouse_id,
        "search": wanted,
        "number": id_in(PURCHASE, wanted) or -1,
        "like": f"%{like}%",
    }
    order = "o.id DESC" if segment == "all" else "o.expected_on, o.id"
    statement = text(f"{_LIST} AND ({SEGMENTS[segment]}) ORDER BY {order} LIMIT :most OFFSET :skip")
    paging = {"most": PER_PAGE + 1, "skip": (max(1, page) - 1) * PER_PAGE}
    used = values if ":today" in statement.text else {k: v for k, v in values.items() if k != "today"}
    found = ctx.db.execute(statement, used | paging).all()
    counted = ctx.db.execute(_COUNTS, values).one()._mapping
    return PurchaseList(
        tuple(_row(row, today) for row in found[:PER_PAGE]),
        {name: int(counted[f"n_{name}"] or 0) for name in SEGMENTS},
        len(found) > PER_PAGE,
        today,
        warehouses_in(ctx),
    )


def _row(row: Row[Any], today: str) -> PurchaseRow:
    m = row._mapping
    return PurchaseRow(
        id=m["id"],
        number=number_of(PURCHASE, m["id"]),
        status=PurchaseStatus(m["status"]),
        expected_on=m["expected_on"],
        is_late=int(m["rest"]) > 0 and m["status"] != PurchaseStatus.CANCELLED and m["expected_on"] < today,
        ordered_at=m["ordered_at"],
        supplier_en=m["name_en"],
        supplier_zh=m["name_zh"],
        warehouse_code=m["code"],
        warehouse_en=m["house_en"],
        warehouse_zh=m["house_zh"],
        lines=int(m["lines"]),
        ordered=int(m["ordered"]),
        came=int(m["came"]),
        rest=int(m["rest"]),
        value_cents=int(m["value_cents"]),
        uninspected=int(m["uninspected"]),
        to_put_away=int(m["to_put_away"]),
        note=m["note"],
    )


def warehouses_in(ctx: Context) -> dict[int, tuple[str, str, str]]:
    """Warehouses of ours. Shape: id → code, English name, Chinese name."""
    ctx.actor.need("stock.read")
    w = warehouse.c
    rows = ctx.db.execute(select(w.id, w.code, w.name_en, w.name_zh).where(w.id != OUTSIDE).order_by(w.id))
    return {row.id: (row.code, row.name_en, row.name_zh) for row in rows}


@dataclass(frozen=True, slots=True)
class OrderedLine:
    """One line of a purchase with its progress; `needs_date` where the article goes out by its expiry date."""

    id: int
    sku_id: int
    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    unit_cost_cents: int
    needs_date: bool
    progress: LineProgress


@dataclass(frozen=True, slots=True)
class ReceivedGoods:
    """One line of a receipt: its lot, and what became of the units."""

    id: int
    purchase_line_id: int
    receipt: str
    at: int
    delivery_note: str
    actor: str
    sku_id: int
    sku_code: str
    name_en: str
    name_zh: str
    lot_id: int
    expires_on: str | None
    quantity: int
    accepted: int
    quarantined: int
    rejected: int
    put_away: int

    @property
    def uninspected(self) -> int:
        return self.quantity - self.accepted - self.quarantined - self.rejected

    @property
    def to_put_away(self) -> int:
        return self.accepted - self.put_away


@dataclass(frozen=True, slots=True)
class PurchaseFact:
    """Something that happened to a purchase."""

    at: int
    kind: str
    actor: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class PurchaseFile:
    """Everything about one purchase; `refusals` says per command why it can't be given now, or None."""

    row: PurchaseRow
    warehouse_id: int
    supplier_id: int
    version: int
    lines: tuple[OrderedLine, ...]
    received: tuple[ReceivedGoods, ...]
    facts: tuple[PurchaseFact, ...]
    refusals: Mapping[str, RuleViolation | None]
    today: str


def get_purchase(ctx: Context, purchase_id: int) -> PurchaseFile:
    """One purchase with everything about it. Raises: NotFound."""
    ctx.actor.need("stock.read")
    values = {"id": purchase_id, "warehouse": None, "search": "", "number": -1, "like": "%"}
    head = ctx.db.execute(text(f"{_LIST} AND o.id = :id"), values).one_or_none()
    if head is None:
        raise NotFound("Purchase order {number} isn't here.", number=number_of(PURCHASE, purchase_id))
    today = today_of(ctx).isoformat()
    received = tuple(_received(row) for row in ctx.db.execute(_RECEIVED, {"id": purchase_id}))
    lines = tuple(_line(row, received) for row in ctx.db.execute(_LINES, {"id": purchase_id}))
    row = _row(head, today)
    state = PurchaseState(row.number, row.status, tuple(line.progress for line in lines))
    own = ctx.db.execute(
        text("SELECT warehouse_id, supplier_id, version FROM purchase_order WHERE id = :id"), {"id": purchase_id}
    ).one()
    e = event.c
    facts = ctx.db.execute(
        select(e.at, e.kind, e.actor, e.data)
        .where(e.subject == f"purchase:{purchase_id}", e.order_id.is_(None))
        .order_by(e.id.desc())
    )
    return PurchaseFile(
        row=row,
        warehouse_id=own.warehouse_id,
        supplier_id=own.supplier_id,
        version=own.version,
        lines=lines,
        received=received,
        facts=tuple(PurchaseFact(f.at, f.kind, f.actor, json.loads(f.data)) for f in facts),
        refusals={one.command: purchase_refusal(one.command, state) for one in PURCHASE_TRANSITIONS},
        today=today,
    )


def _received(row: Row[Any]) -> ReceivedGoods:
    return ReceivedGoods(
        id=row.id,
        purchase_line_id=row.purchase_line_id,
        receipt=number_of(RECEIPT, row.receipt_id),
        at=row.at,
        delivery_note=row.delivery_note,
        actor=row.actor,
        sku_id=row.sku_id,
        sku_code=row.code,
        name_en=row.name_en,
        name_zh=row.name_zh,
        lot_id=row.lot_id,
        expires_on=row.expires_on,
        quantity=row.quantity,
        accepted=row.accepted_quantity,
        quarantined=row.quarantined_quantity,
        rejected=row.rejected_quantity,
        put_away=row.put_away_quantity,
    )


def _line(row: Row[Any], received: tuple[ReceivedGoods, ...]) -> OrderedLine:
    mine = [one for one in received if one.purchase_line_id == row.id]
    progress = LineProgress(
        row.quantity,
        row.dropped_quantity,
        row.received_quantity,
        sum(one.uninspected for one in mine),
        sum(one.to_put_away for one in mine),
    )
    return OrderedLine(
        id=row.id,
        sku_id=row.sku_id,
        sku_code=row.code,
        barcode=row.barcode,
        name_en=row.name_en,
        name_zh=row.name_zh,
        unit_cost_cents=row.unit_cost_cents,
        needs_date=row.issue_rule == "fefo",
        progress=progress,
    )


@dataclass(frozen=True, slots=True)
class Supplier:
    """Who sells what to us. Shape: `offers` is article id → unit cost in cents and smallest quantity."""

    id: int
    code: str
    name_en: str
    name_zh: str
    lead_days: int
    offers: Mapping[int, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class PurchaseChoices:
    """What a new purchase may be made of. Shape: articles: id → number, English name, Chinese name."""

    suppliers: tuple[Supplier, ...]
    warehouses: Mapping[int, tuple[str, str, str]]
    articles: Mapping[int, tuple[str, str, str]]
    today: str


def purchase_choices(ctx: Context) -> PurchaseChoices:
    """Suppliers with what they sell, warehouses and articles."""
    ctx.actor.need("purchasing.work")
    offers: dict[int, dict[int, tuple[int, int]]] = {}
    for row in ctx.db.execute(select(supplier_sku)):
        offers.setdefault(row.supplier_id, {})[row.sku_id] = (row.unit_cost_cents, row.least_quantity)
    rows = ctx.db.execute(select(supplier).where(supplier.c.is_active == 1).order_by(supplier.c.code))
    suppliers = tuple(
        Supplier(row.id, row.code, row.name_en, row.name_zh, row.lead_days, offers.get(row.id, {})) for row in rows
    )
    articles = ctx.db.execute(select(sku.c.id, sku.c.code, sku.c.name_en, sku.c.name_zh).order_by(sku.c.code))
    named = {row.id: (row.code, row.name_en, row.name_zh) for row in articles}
    return PurchaseChoices(suppliers, warehouses_in(ctx), named, today_of(ctx).isoformat())


def purchase_paper(ctx: Context, purchase_id: int) -> PurchasePaper:
    """What stands on the printed purchase order. Raises: NotFound."""
    file = get_purchase(ctx, purchase_id)
    row = file.row
    return PurchasePaper(
        number=row.number,
        supplier_en=row.supplier_en,
        supplier_zh=row.supplier_zh,
        warehouse_code=row.warehouse_code,
        warehouse_en=row.warehouse_en,
        warehouse_zh=row.warehouse_zh,
        ordered_at=row.ordered_at,
        expected_on=row.expected_on,
        note=row.note,
        made_at=ctx.now,
        timezone=ctx.world.timezone,
        lines=tuple(
            PaperLine(one.sku_code, one.barcode, one.name_en, one.name_zh, one.progress.ordered, one.unit_cost_cents)
            for one in file.lines
        ),
    )
