"""Item models: questions whose figures, key and reasons come from a seeded practice world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessments.item_models import (
    address_fault,
    cancel_effect,
    collection_check,
    cut_axis,
    export_flaws,
    joined_rows,
    late_rate,
    lead_time,
    oldest_first,
    order_total,
    refund_limit,
    review_verdict,
    sla_remaining,
    status_of,
    stock_after,
    whole_rate,
)
from assessments.item_models.model import ItemModel

MODELS: Mapping[str, ItemModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            address_fault.MODEL,
            cancel_effect.MODEL,
            collection_check.MODEL,
            cut_axis.MODEL,
            export_flaws.MODEL,
            joined_rows.MODEL,
            late_rate.MODEL,
            lead_time.MODEL,
            oldest_first.MODEL,
            order_total.MODEL,
            refund_limit.MODEL,
            review_verdict.MODEL,
            sla_remaining.MODEL,
            status_of.MODEL,
            stock_after.MODEL,
            whole_rate.MODEL,
        )
    }
)
