"""Carriers: the policy that names them, and who works for this world."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import select

from core.context import Context
from core.db.shipping_tables import carrier
from core.domain.carriers import CarrierPolicy, CarrierTerms, Zone
from core.domain.errors import ContentError
from core.services.parameters import read_policy

_FILE = "carriers.toml"


@cache
def carrier_policy() -> CarrierPolicy:
    """Carriers and tariffs of the policy.

    Raises: ContentError naming the carrier whose terms can't be.
    """
    raw = read_policy("carriers")
    carriers = tuple(_terms(one) for one in raw["carrier"])
    for name in ("code", "waybill_prefix"):
        values = [getattr(one, name) for one in carriers]
        if len(set(values)) < len(values):
            raise ContentError("Two carriers have the same {name}.", file=_FILE, name=name)
    return CarrierPolicy(int(raw["first_weight_g"]), int(raw["step_weight_g"]), carriers)


def _terms(raw: dict[str, Any]) -> CarrierTerms:
    zones = tuple(Zone(**zone) for zone in raw["zones"])
    distances = [zone.up_to_km for zone in zones]
    if not zones or sorted(distances) != distances or any(z.first_cents <= 0 or z.step_cents <= 0 for z in zones):
        raise ContentError("Zones need growing distances and prices above 0.", file=_FILE, item=raw["code"])
    return CarrierTerms(
        code=raw["code"],
        name_en=raw["en"],
        name_zh=raw["zh"],
        waybill_prefix=raw["waybill_prefix"],
        daily_parcels=int(raw["daily_parcels"]),
        max_weight_g=int(raw["max_weight_g"]),
        carries=tuple(raw["carries"]),
        contract_from_on=raw["contract_from_on"],
        contract_to_on=raw["contract_to_on"],
        pickup_by=raw["pickup_by"],
        not_to=tuple(raw["not_to"]),
        zones=zones,
    )


@dataclass(frozen=True, slots=True)
class CarrierName:
    """A carrier as people choose it."""

    code: str
    name_en: str
    name_zh: str


def carriers_in(ctx: Context) -> tuple[CarrierName, ...]:
    """The carriers that work for this world, by name. Raises: NotAllowed."""
    ctx.actor.need("orders.read")
    c = carrier.c
    rows = ctx.db.execute(select(c.code, c.name_en, c.name_zh).where(c.is_active == 1).order_by(c.name_en))
    return tuple(CarrierName(*row) for row in rows)
