"""The policies of the goods' side: how strict the door is, and which corrections need a second pair of eyes."""

from __future__ import annotations

from functools import cache
from typing import Any

from core.domain.adjusting import AdjustingPolicy, AdjustmentReason
from core.domain.errors import ContentError
from core.domain.purchasing import ReceivingPolicy
from core.services.parameters import read_policy

_WAYS = ("down", "up", "both")


def _number(name: str, key: str) -> float:
    value = read_policy(name).get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ContentError(
            "{key} must be a number of 0 or more, found {found}", file=f"{name}.toml", key=key, found=value
        )
    return value


@cache
def receiving_policy() -> ReceivingPolicy:
    """How strict the door is. Raises: ContentError naming the number that is none."""
    return ReceivingPolicy(
        over_tolerance=float(_number("receiving", "over_tolerance")),
        least_shelf_life_days=int(_number("receiving", "least_shelf_life_days")),
    )


@cache
def adjusting_policy() -> AdjustingPolicy:
    """Which reasons there are, and above which value a correction waits. Raises: ContentError naming the reason."""
    reasons = tuple(_reason(raw) for raw in read_policy("adjusting").get("reason", ()))
    codes = [reason.code for reason in reasons]
    if not codes or len(set(codes)) != len(codes):
        raise ContentError("There must be reasons, each with a code of its own.", file="adjusting.toml")
    return AdjustingPolicy(int(_number("adjusting", "approval_above_cents")), reasons)


def _reason(raw: dict[str, Any]) -> AdjustmentReason:
    fields = [raw.get(key) for key in ("code", "way", "en", "zh")]
    if not all(isinstance(field, str) and field for field in fields) or raw["way"] not in _WAYS:
        raise ContentError(
            "A reason needs a code, a way (down, up or both) and a name in both languages.",
            file="adjusting.toml",
            item=str(raw.get("code")),
        )
    return AdjustmentReason(*map(str, fields))
