"""Waves for looking at: the list of them, and one with its orders, parcels, figures and answers."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, func, select, text

from core.context import Context
from core.db.shipping_tables import carrier, shipment
from core.db.wave_tables import wave, wave_order, wave_parcel, wave_parcel_line
from core.db.world_tables import order_line, sales_order, sku
from core.domain.errors import RuleViolation
from core.domain.orders import Status
from core.domain.shipments import ShipmentStatus
from core.domain.wave_checks import Outcome
from core.domain.wave_settings import WaveSettings, WaveStatus
from core.domain.waves import Limit
from core.services.wave_reads import Place, places_in
from core.services.wave_shortage import Shortage
from core.services.wave_solver import Ended
from core.services.waves import find_wave, read_settings

_w, _o, _p, _pl, _s = wave.c, wave_order.c, wave_parcel.c, wave_parcel_line.c, shipment.c
_LISTED = 20


@dataclass(frozen=True, slots=True)
class WaveRow:
    """A wave as the list shows it; `unanswered` and `refused` count its parcels by what was said of them."""

    id: int
    status: WaveStatus
    actor: str
    opened_at: int
    orders_count: int
    unanswered: int
    refused: int


@dataclass(frozen=True, slots=True)
class Figures:
    """What a plan came to beside the greedy one; see the solver for their meaning."""

    ended: Ended
    from_greedy: bool
    bound_cents: int
    gap: float | None
    seconds: float
    greedy: Outcome | None
    plan: Outcome | None
    lacking: tuple[Shortage, ...]


@dataclass(frozen=True, slots=True)
class ParcelView:
    """A parcel of a plan and, once accepted, what was answered. Shape: `units` SKU code → units."""

    id: int
    order_id: int
    warehouse_id: int
    carrier: str
    weight_g: int
    cost_cents: int
    late_permille: int
    units: Mapping[str, int]
    shipment_id: int | None
    shipment_number: str
    shipment_status: ShipmentStatus | None
    warehouse_answer: str
    carrier_answer: str
    refusal: str


@dataclass(frozen=True, slots=True)
class MemberView:
    """An order of a wave: what it is now, where it is pinned to, its parcels, or what it waits for."""

    order_id: int
    number: str
    status: Status
    region: str
    city: str
    ship_by_at: int | None
    promised_at: int | None
    pinned_warehouse_id: int | None
    waits_for: tuple[Limit, ...]
    refusal: RuleViolation | None
    parcels: tuple[ParcelView, ...]


@dataclass(frozen=True, slots=True)
class WaveView:
    """A wave with everything its page shows. Shape: `carriers` code → (English, Chinese) name, `skus` id → code."""

    id: int
    status: WaveStatus
    actor: str
    opened_at: int
    planned_at: int | None
    accepted_at: int | None
    settings: WaveSettings
    figures: Figures | None
    members: tuple[MemberView, ...]
    places: tuple[Place, ...]
    carriers: Mapping[str, tuple[str, str]]
    skus: Mapping[int, str]
    now: int
    timezone: str

    @property
    def parcels(self) -> tuple[ParcelView, ...]:
        """All parcels of the plan."""
        return tuple(parcel for member in self.members for parcel in member.parcels)

    @property
    def refused(self) -> tuple[MemberView, ...]:
        """The orders of which a parcel was refused and that are back in planning, or that the plan couldn't serve."""
        return tuple(
            member
            for member in self.members
            if member.refusal is not None or any(parcel.refusal for parcel in member.parcels)
        )


_COUNTS = text(
    "SELECT p.wave_id, SUM(CASE WHEN s.status = 'planned' AND s.warehouse_answer = 'offered' THEN 1 ELSE 0 END)"
    " AS unanswered, SUM(CASE WHEN s.refusal <> '' THEN 1 ELSE 0 END) AS refused FROM wave_parcel p"
    " JOIN shipment s ON s.id = p.shipment_id WHERE p.wave_id >= :first GROUP BY p.wave_id"
)


def waves_in(ctx: Context) -> tuple[WaveRow, ...]:
    """The last waves that weren't discarded, the newest first. Raises: NotAllowed."""
    ctx.actor.need("stock.allocate")
    orders = select(func.count()).where(_o.wave_id == _w.id).scalar_subquery()
    rows = ctx.db.execute(
        select(_w.id, _w.status, _w.actor, _w.opened_at, orders.label("orders_count"))
        .where(_w.status != WaveStatus.DISCARDED.value)
        .order_by(_w.id.desc())
        .limit(_LISTED)
    ).all()
    first = min((row.id for row in rows), default=0)
    counts = {row.wave_id: row for row in ctx.db.execute(_COUNTS, {"first": first})}
    return tuple(
        WaveRow(
            row.id,
            WaveStatus(row.status),
            row.actor,
            row.opened_at,
            row.orders_count,
            int(counts[row.id].unanswered) if row.id in counts else 0,
            int(counts[row.id].refused) if row.id in counts else 0,
        )
        for row in rows
    )


def get_wave(ctx: Context, wave_id: int) -> WaveView:
    """Everything about a wave. Raises: NotFound, NotAllowed."""
    ctx.actor.need("stock.allocate")
    row = find_wave(ctx, wave_id)
    parcels = _parcels(ctx, wave_id)
    s = sales_order.c
    members = ctx.db.execute(
        select(s.id, s.number, s.status, s.region, s.city, s.ship_by_at, s.promised_at, wave_order)
        .join(wave_order, _o.order_id == s.id)
        .where(_o.wave_id == wave_id)
        .order_by(_o.position)
    )
    figures = _figures(row.figures)
    lacking = {one.sku_id for one in figures.lacking} if figures else set()
    c = carrier.c
    return WaveView(
        id=row.id,
        status=WaveStatus(row.status),
        actor=row.actor,
        opened_at=row.opened_at,
        planned_at=row.planned_at,
        accepted_at=row.accepted_at,
        settings=read_settings(row.settings),
        figures=figures,
        members=tuple(_member(member, parcels.get(member.id, [])) for member in members),
        places=places_in(ctx),
        carriers={one.code: (one.name_en, one.name_zh) for one in ctx.db.execute(select(c.code, c.name_en, c.name_zh))},
        skus={one.id: one.code for one in ctx.db.execute(select(sku.c.id, sku.c.code).where(sku.c.id.in_(lacking)))},
        now=ctx.now,
        timezone=ctx.world.timezone,
    )


def _member(row: Row[Any], parcels: list[ParcelView]) -> MemberView:
    return MemberView(
        order_id=row.id,
        number=row.number,
        status=Status(row.status),
        region=row.region,
        city=row.city,
        ship_by_at=row.ship_by_at,
        promised_at=row.promised_at,
        pinned_warehouse_id=row.pinned_warehouse_id,
        waits_for=tuple(Limit(limit) for limit in row.waits_for.split(",") if limit),
        refusal=_refusal(row.refusal),
        parcels=tuple(parcels),
    )


def _refusal(stored: str) -> RuleViolation | None:
    if not stored:
        return None
    raw = json.loads(stored)
    return RuleViolation(raw["template"], **raw["params"])


def _parcels(ctx: Context, wave_id: int) -> dict[int, list[ParcelView]]:
    """A wave's parcels with what is in them, by order."""
    units: dict[int, dict[str, int]] = {}
    held = (
        select(_pl.parcel_id, order_line.c.sku_code, _pl.quantity)
        .join(wave_parcel, _p.id == _pl.parcel_id)
        .join(order_line, order_line.c.id == _pl.order_line_id)
        .where(_p.wave_id == wave_id)
        .order_by(_pl.order_line_id)
    )
    for row in ctx.db.execute(held):
        mine = units.setdefault(row.parcel_id, {})
        mine[row.sku_code] = mine.get(row.sku_code, 0) + row.quantity
    answers = (_s.number, _s.status, _s.warehouse_answer, _s.carrier_answer, _s.refusal)
    rows = ctx.db.execute(
        select(wave_parcel, *answers)
        .outerjoin(shipment, _s.id == _p.shipment_id)
        .where(_p.wave_id == wave_id)
        .order_by(_p.id)
    )
    found: dict[int, list[ParcelView]] = {}
    for row in rows:
        found.setdefault(row.order_id, []).append(
            ParcelView(
                id=row.id,
                order_id=row.order_id,
                warehouse_id=row.warehouse_id,
                carrier=row.carrier,
                weight_g=row.weight_g,
                cost_cents=row.cost_cents,
                late_permille=row.late_permille,
                units=units.get(row.id, {}),
                shipment_id=row.shipment_id,
                shipment_number=row.number or "",
                shipment_status=ShipmentStatus(row.status) if row.status else None,
                warehouse_answer=row.warehouse_answer or "",
                carrier_answer=row.carrier_answer or "",
                refusal=row.refusal or "",
            )
        )
    return found


def _figures(stored: str) -> Figures | None:
    if not stored:
        return None
    raw = json.loads(stored)
    lacking = tuple(Shortage(**{**one, "limit": Limit(one["limit"])}) for one in raw.pop("lacking"))
    greedy, plan = (None if one is None else Outcome(**one) for one in (raw.pop("greedy"), raw.pop("plan")))
    return Figures(**{**raw, "ended": Ended(raw["ended"])}, greedy=greedy, plan=plan, lacking=lacking)
