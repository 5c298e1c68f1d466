"""The policies in force: numbers from core/policies, checked when they are read."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.domain.errors import ContentError, RuleViolation
from core.domain.review import ReviewPolicy

_FOLDER = Path(__file__).resolve().parents[1] / "policies"


@cache
def read_policy(name: str) -> MappingProxyType[str, Any]:
    """A policy file as it stands, without its checks.

    Raises: ContentError naming the file when it is missing or no TOML.
    """
    path = _FOLDER / f"{name}.toml"
    try:
        return MappingProxyType(tomllib.loads(path.read_text(encoding="utf-8")))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise ContentError("Policy can't be read: {reason}", file=path.name, reason=error) from error


def _number(name: str, key: str) -> float:
    value = read_policy(name).get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or value < 0:
        raise ContentError(
            "{key} must be a number of 0 or more, found {found}", file=f"{name}.toml", key=key, found=value
        )
    return value


@cache
def review_policy() -> ReviewPolicy:
    """Thresholds of the automatic review."""
    return ReviewPolicy(
        price_tolerance=float(_number("review", "price_tolerance")),
        duplicate_hours=int(_number("review", "duplicate_hours")),
        most_units=int(_number("review", "most_units")),
    )


@dataclass(frozen=True, slots=True)
class Promises:
    """What is promised to buyers where the channel says nothing. Units: hours since the order was received."""

    ship_by_hours: int
    deliver_by_hours: int
    unpaid_expires_hours: int


@cache
def promises() -> Promises:
    """The house's own delivery promises."""
    keys = ("ship_by_hours", "deliver_by_hours", "unpaid_expires_hours")
    return Promises(*(int(_number("promises", key)) for key in keys))


@cache
def warehouse_code_for(region: str) -> str:
    """The code of the warehouse that orders of a region are planned for."""
    policy = read_policy("routing")
    for code, regions in policy["warehouse"].items():
        if region in regions:
            return str(code)
    return str(policy["default"])


@cache
def currency_rates() -> MappingProxyType[str, float]:
    """What a unit of each known currency is worth in the base currency.

    Raises: ContentError naming the currency whose rate isn't a positive number.
    """
    rates = read_policy("currencies")["rate"]
    for code, rate in rates.items():
        if not isinstance(rate, int | float) or isinstance(rate, bool) or rate <= 0:
            raise ContentError(
                "{key} must be a number above 0, found {found}", file="currencies.toml", key=code, found=rate
            )
    return MappingProxyType({code: float(rate) for code, rate in rates.items()})


def base_cents(amount_cents: int, currency: str) -> int:
    """An amount in the world's base currency, rounded half to even.

    Raises: RuleViolation for a currency without a rate.
    """
    rate = currency_rates().get(currency)
    if rate is None:
        raise RuleViolation("There is no rate for the currency {currency}.", currency=currency)
    return round(amount_cents * rate)
