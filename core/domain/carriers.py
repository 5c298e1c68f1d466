"""Carriers as the policy names them: who they are, what they take, and their tariff by distance."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Zone:
    """The tariff up to a distance: the first weight, then every begun step."""

    up_to_km: int
    first_cents: int
    step_cents: int


@dataclass(frozen=True, slots=True)
class CarrierTerms:
    """A carrier's identity and contract.

    `carries` are the hazards it takes; `not_to` the regions it doesn't go to; days are both included.
    """

    code: str
    name_en: str
    name_zh: str
    waybill_prefix: str
    daily_parcels: int
    max_weight_g: int
    carries: tuple[str, ...]
    contract_from_on: str
    contract_to_on: str
    pickup_by: str
    not_to: tuple[str, ...]
    zones: tuple[Zone, ...]

    def zone(self, region: str, km: float) -> Zone | None:
        """The tariff for a region so far away, or None where the carrier doesn't go."""
        if region in self.not_to:
            return None
        return next((zone for zone in self.zones if km <= zone.up_to_km), None)


@dataclass(frozen=True, slots=True)
class CarrierPolicy:
    """All carriers, and the weights that their tariffs count in."""

    first_weight_g: int
    step_weight_g: int
    carriers: tuple[CarrierTerms, ...]
