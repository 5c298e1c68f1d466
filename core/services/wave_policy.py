"""The policy of waves, checked when it is read."""

from __future__ import annotations

from functools import cache
from types import MappingProxyType

from core.domain.errors import ContentError
from core.domain.wave_settings import WavePolicy
from core.services.parameters import read_policy

_FILE = "waves.toml"


@cache
def wave_policy() -> WavePolicy:
    """What waves are planned with. Raises: ContentError naming the number that is none."""
    places = {code: int(_number(units, code)) for code, units in read_policy("waves").get("pick_units_at", {}).items()}
    return WavePolicy(
        late_cents=int(_named("late_cents")),
        unfilled_cents=int(_named("unfilled_cents")),
        safety_share=float(_named("safety_share")),
        preparation_hours=float(_named("preparation_hours")),
        transit_spread=float(_named("transit_spread", above=True)),
        solve_seconds=float(_named("solve_seconds")),
        handling_cents=int(_named("handling_cents")),
        pick_units=int(_named("pick_units")),
        pick_units_at=MappingProxyType(places),
    )


def _named(key: str, *, above: bool = False) -> float:
    return _number(read_policy("waves").get(key), key, above=above)


def _number(value: object, key: str, *, above: bool = False) -> float:
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0 or (above and value == 0):
        template = (
            "{key} must be a number above 0, found {found}"
            if above
            else "{key} must be a number of 0 or more, found {found}"
        )
        raise ContentError(template, file=_FILE, key=key, found=value)
    return value
