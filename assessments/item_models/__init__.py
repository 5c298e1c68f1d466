"""Item models: questions whose figures, key and reasons come from a seeded practice world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessments.item_models import (
    address_fault,
    cancel_effect,
    late_rate,
    lead_time,
    oldest_first,
    order_total,
    refund_limit,
    review_verdict,
    sla_remaining,
    status_of,
    stock_after,
)
from assessments.item_models.model import ItemModel

MODELS: Mapping[str, ItemModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            address_fault.MODEL,
            cancel_effect.MODEL,
            late_rate.MODEL,
            lead_time.MODEL,
            oldest_first.MODEL,
            order_total.MODEL,
            refund_limit.MODEL,
            review_verdict.MODEL,
            sla_remaining.MODEL,
            status_of.MODEL,
            stock_after.MODEL,
        )
    }
)
