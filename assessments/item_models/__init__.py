"""Item models: questions whose figures, key and reasons come from a seeded practice world."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessments.item_models import (
    abc_class,
    address_fault,
    alert_after,
    bin_walk,
    cancel_effect,
    channel_payout,
    collection_check,
    correction_route,
    count_verdict,
    cut_axis,
    data_lost,
    days_of_cover,
    delivery_verdict,
    expiry_order,
    export_flaws,
    fault_place,
    first_hour,
    inbound_accounts,
    joined_rows,
    late_rate,
    lead_time,
    oldest_first,
    order_total,
    paper_entries,
    period_closing,
    recovery_time,
    refund_limit,
    reorder_point,
    review_verdict,
    sender_check,
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
            abc_class.MODEL,
            address_fault.MODEL,
            alert_after.MODEL,
            bin_walk.MODEL,
            cancel_effect.MODEL,
            channel_payout.MODEL,
            collection_check.MODEL,
            correction_route.MODEL,
            count_verdict.MODEL,
            cut_axis.MODEL,
            data_lost.MODEL,
            days_of_cover.MODEL,
            delivery_verdict.MODEL,
            expiry_order.MODEL,
            export_flaws.MODEL,
            fault_place.MODEL,
            first_hour.MODEL,
            inbound_accounts.MODEL,
            joined_rows.MODEL,
            late_rate.MODEL,
            lead_time.MODEL,
            oldest_first.MODEL,
            order_total.MODEL,
            paper_entries.MODEL,
            period_closing.MODEL,
            recovery_time.MODEL,
            refund_limit.MODEL,
            reorder_point.MODEL,
            review_verdict.MODEL,
            sender_check.MODEL,
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
