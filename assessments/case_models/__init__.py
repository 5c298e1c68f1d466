"""Case models: situations at work, made in a seeded practice world, that several questions are asked about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from assessments.case_models import (
    carrier_month,
    carrier_quarter,
    complaint_thread,
    count_evening,
    delivery_day,
    desk_queue,
    incident_morning,
    lost_file,
    month_end,
    order_rush,
    outage_morning,
    parcel_trail,
    phishing_wave,
    reminder_trial,
    survey_channels,
    survey_partner,
)
from assessments.case_models.model import CaseModel

CASE_MODELS: Mapping[str, CaseModel] = MappingProxyType(
    {
        model.name: model
        for model in (
            carrier_month.MODEL,
            carrier_quarter.MODEL,
            complaint_thread.MODEL,
            count_evening.MODEL,
            delivery_day.MODEL,
            desk_queue.MODEL,
            incident_morning.MODEL,
            lost_file.MODEL,
            month_end.MODEL,
            order_rush.MODEL,
            outage_morning.MODEL,
            parcel_trail.MODEL,
            phishing_wave.MODEL,
            reminder_trial.MODEL,
            survey_channels.MODEL,
            survey_partner.MODEL,
        )
    }
)
