"""What a planner sets for a wave, and the numbers it starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from core.domain.errors import RuleViolation

MOST_CENTS = 100_000_00
MOST_UNITS = 1_000_000


class WaveStatus(StrEnum):
    """Where a wave stands."""

    OPEN = "open"
    PLANNED = "planned"
    ACCEPTED = "accepted"
    DISCARDED = "discarded"


WAVE_STATUS_LABELS = MappingProxyType(
    {
        WaveStatus.OPEN: "Not planned yet",
        WaveStatus.PLANNED: "Planned, not accepted",
        WaveStatus.ACCEPTED: "Plan accepted",
        WaveStatus.DISCARDED: "Wave discarded",
    }
)


@dataclass(frozen=True, slots=True)
class WavePolicy:
    """The house's own numbers for waves; see core/policies/waves.toml for their units."""

    late_cents: int
    unfilled_cents: int
    safety_share: float
    preparation_hours: float
    transit_spread: float
    solve_seconds: float
    handling_cents: int
    pick_units: int
    pick_units_at: Mapping[str, int]

    def pick_units_of(self, code: str) -> int:
        """Units that a warehouse can pick for one wave."""
        return self.pick_units_at.get(code, self.pick_units)


@dataclass(frozen=True, slots=True)
class WaveSettings:
    """What the planner sets: prices of late parcels and of units left behind, stock left on the shelf, how orders may
    be cut, and how many units each warehouse can pick (by its id; where it isn't said, the house's own number)."""

    late_cents: int
    unfilled_cents: int
    safety_share: float
    may_split: bool = True
    may_part: bool = False
    must_fill: bool = False
    pick_units: Mapping[int, int] = field(default_factory=dict)


def check_settings(settings: WaveSettings) -> None:
    """Refuses numbers that can't be meant.

    Raises: RuleViolation.
    """
    for cents in (settings.late_cents, settings.unfilled_cents):
        if not 0 <= cents <= MOST_CENTS:
            raise RuleViolation(
                "A price lies between 0 and {most}, found {found}.", most=MOST_CENTS // 100, found=cents / 100
            )
    if not 0 <= settings.safety_share <= 10:
        raise RuleViolation("What stays on the shelf lies between 0% and 1,000% of the threshold.")
    for units in settings.pick_units.values():
        if not 0 <= units <= MOST_UNITS:
            raise RuleViolation(
                "A pick capacity lies between 0 and {most} units, found {found}.", most=MOST_UNITS, found=units
            )


def settings_of(policy: WavePolicy) -> WaveSettings:
    """What a wave starts from."""
    return WaveSettings(policy.late_cents, policy.unfilled_cents, policy.safety_share)
