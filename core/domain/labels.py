"""Every enum member that people get to read, with its English label."""

from __future__ import annotations

from enum import StrEnum

from core.domain.adjusting import ADJUSTMENT_STATUS_LABELS
from core.domain.alerts import ALERT_KIND_LABELS, ALERT_STATE_LABELS
from core.domain.counting import CAUSE_LABELS, COUNT_KIND_LABELS, COUNT_STATUS_LABELS
from core.domain.orders import FACT_LABELS, REASON_LABELS, STATUS_LABELS
from core.domain.purchasing import PURCHASE_FACT_LABELS, PURCHASE_STATUS_LABELS
from core.domain.returned_goods import RETURNED_STATUS_LABELS
from core.domain.rights import POSITION_LABELS, ROLE_LABELS
from core.domain.stock import ACCOUNT_LABELS
from core.domain.transfers import TRANSFER_STATUS_LABELS

# Looked up by type first: members of two enums that share a value are equal to each other.
_TABLES = (
    STATUS_LABELS,
    REASON_LABELS,
    FACT_LABELS,
    ROLE_LABELS,
    POSITION_LABELS,
    ACCOUNT_LABELS,
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
)
_BY_TYPE = {type(member): table for table in _TABLES for member in table}


def label_of(member: StrEnum) -> str:
    """What a member is called in English; the msgid of its translation."""
    return _BY_TYPE[type(member)][member]  # type: ignore[index]
