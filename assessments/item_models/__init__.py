"""Item models: questions whose figures, key and reasons come from a seeded practice world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessments.item_models import (
    address_fault,
    cancel_effect,
    channel_payout,
    collection_check,
    cut_axis,
    data_lost,
    export_flaws,
    fault_place,
    joined_rows,
    late_rate,
    lead_time,
    oldest_first,
    order_total,
    period_closing,
    refund_limit,
    review_verdict,
    sla_remaining,
    statement_gap,
    status_of,
    stock_after,
    stock_value,
    who_may,
    whole_rate,
)
from assessments.item_models.model import ItemModel

MODELS: Mapping[str, ItemModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            address_fault.MODEL,
            cancel_effect.MODEL,
            channel_payout.MODEL,
            collection_check.MODEL,
            cut_axis.MODEL,
            data_lost.MODEL,
            export_flaws.MODEL,
            fault_place.MODEL,
            joined_rows.MODEL,
            late_rate.MODEL,
            lead_time.MODEL,
            oldest_first.MODEL,
            order_total.MODEL,
            period_closing.MODEL,
            refund_limit.MODEL,
            review_verdict.MODEL,
            sla_remaining.MODEL,
            statement_gap.MODEL,
            status_of.MODEL,
            stock_after.MODEL,
            stock_value.MODEL,
            who_may.MODEL,
            whole_rate.MODEL,
        )
    }
)
