"""Every enum member that people get to read, with its English label."""

from __future__ import annotations

from enum import StrEnum

from core.domain.adjusting import ADJUSTMENT_STATUS_LABELS
from core.domain.alerts import ALERT_KIND_LABELS, ALERT_STATE_LABELS
from core.domain.counting import CAUSE_LABELS, COUNT_KIND_LABELS, COUNT_STATUS_LABELS
from core.domain.orders import FACT_LABELS, REASON_LABELS, STATUS_LABELS, Fact
from core.domain.purchasing import PURCHASE_FACT_LABELS, PURCHASE_STATUS_LABELS
from core.domain.returned_goods import RETURNED_STATUS_LABELS
from core.domain.rights import POSITION_LABELS, ROLE_LABELS
from core.domain.shipments import (
    MANIFEST_STATUS_LABELS,
    SHIPMENT_FACT_LABELS,
    SHIPMENT_STATUS_LABELS,
    ShipmentFact,
)
from core.domain.stock import ACCOUNT_LABELS
from core.domain.transfers import TRANSFER_STATUS_LABELS
from core.domain.wave_settings import WAVE_STATUS_LABELS
from core.domain.waves import LIMIT_LABELS

# Looked up by type first: members of two enums that share a value are equal to each other.
_TABLES = (
    STATUS_LABELS,
    REASON_LABELS,
    FACT_LABELS,
    ROLE_LABELS,
    POSITION_LABELS,
    ACCOUNT_LABELS,
    SHIPMENT_STATUS_LABELS,
    SHIPMENT_FACT_LABELS,
    MANIFEST_STATUS_LABELS,
    COUNT_STATUS_LABELS,
    COUNT_KIND_LABELS,
    CAUSE_LABELS,
    ALERT_KIND_LABELS,
    ALERT_STATE_LABELS,
    PURCHASE_STATUS_LABELS,
    PURCHASE_FACT_LABELS,
    ADJUSTMENT_STATUS_LABELS,
    TRANSFER_STATUS_LABELS,
    RETURNED_STATUS_LABELS,
    WAVE_STATUS_LABELS,
    LIMIT_LABELS,
)
_FACTS = (Fact, ShipmentFact)
_BY_TYPE = {type(member): table for table in _TABLES for member in table}


def label_of(member: StrEnum) -> str:
    """What a member is called in English; the msgid of its translation."""
    return _BY_TYPE[type(member)][member]  # type: ignore[index]


def fact_of(kind: str) -> StrEnum | str:
    """The fact that a kind of the event log stands for, or the kind itself where it has no label."""
    return next((table_type(kind) for table_type in _FACTS if kind in set(table_type)), kind)
