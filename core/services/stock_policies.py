"""The policies of stocktakes, thresholds and stock alerts, checked when they are read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from core.domain.alerts import AlertPolicy
from core.domain.classes import Abc, ClassPolicy
from core.domain.counting import Tolerance
from core.domain.errors import ContentError
from core.domain.thresholds import LeadTime
from core.services.parameters import read_policy


@dataclass(frozen=True, slots=True)
class CountingPolicy:
    """How stocktakes are done. Units: days; `most_articles` of one cycle count."""

    demand_days: int
    classes: ClassPolicy
    tolerance: Mapping[Abc, Tolerance]
    cycle_days: Mapping[Abc, int]
    most_articles: int


@dataclass(frozen=True, slots=True)
class StockPolicy:
    """How thresholds are reckoned and when stock alerts. Units: days, shares 0..1."""

    service_level: float
    demand_days: int
    least_days: int
    review_days: int
    most_cover_days: int
    lead: LeadTime
    least_purchases: int
    expiring_days: int
    stock_out_probability: float
    patience: AlertPolicy


def _number(file: str, table: Mapping[str, Any], key: str, most: float = 1e12) -> float:
    value = table.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= most:
        raise ContentError(
            "{key} must be a number of 0 to {most}, found {found}", file=file, key=key, most=f"{most:g}", found=value
        )
    return value


@cache
def counting_policy() -> CountingPolicy:
    """Classes, tolerances and cycles in force. Raises: ContentError naming the number that can't be."""
    file, policy = "counting.toml", read_policy("counting")
    classes, cycle = policy["classes"], policy["cycle"]
    return CountingPolicy(
        demand_days=int(_number(file, classes, "days")),
        classes=ClassPolicy(
            a_share=_number(file, classes, "a_share", 1),
            b_share=_number(file, classes, "b_share", 1),
            x_variation=_number(file, classes, "x_variation"),
            y_variation=_number(file, classes, "y_variation"),
            least_weeks=int(_number(file, classes, "least_weeks")),
        ),
        tolerance=MappingProxyType(
            {
                abc: Tolerance(
                    units=int(_number(file, policy["tolerance"][abc], "units")),
                    rate=_number(file, policy["tolerance"][abc], "rate", 1),
                    value_cents=int(_number(file, policy["tolerance"][abc], "value_cents")),
                )
                for abc in Abc
            }
        ),
        cycle_days=MappingProxyType({abc: int(_number(file, cycle, abc)) for abc in Abc}),
        most_articles=int(_number(file, cycle, "most_articles")),
    )


@cache
def stock_policy() -> StockPolicy:
    """Thresholds and alerts in force. Raises: ContentError naming the number that can't be."""
    file, policy = "alerts.toml", read_policy("alerts")

    def number(key: str, most: float = 1e12) -> float:
        return _number(file, policy, key, most)

    if number("service_level", 0.9999) <= 0.5:
        raise ContentError("{key} must be above one half", file=file, key="service_level")
    return StockPolicy(
        service_level=number("service_level"),
        demand_days=int(number("demand_days")),
        least_days=int(number("least_days")),
        review_days=int(number("review_days")),
        most_cover_days=int(number("most_cover_days")),
        lead=LeadTime(number("lead_days"), number("lead_deviation_days")),
        least_purchases=int(number("least_purchases")),
        expiring_days=int(number("expiring_days")),
        stock_out_probability=number("stock_out_probability", 1),
        patience=AlertPolicy(
            pending_s=int(number("pending_minutes") * 60),
            recovering_s=int(number("recovering_minutes") * 60),
            hysteresis=number("hysteresis", 1),
        ),
    )
