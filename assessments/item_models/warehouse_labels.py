"""Names of the warehouse's states in both languages, as questions and answers use them.

Why: see `labels`; a test holds them against the interface's own catalogues.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessments.prose import Prose
from core.domain.alerts import ALERT_STATE_LABELS, AlertState
from core.domain.purchasing import PURCHASE_STATUS_LABELS, PurchaseStatus
from core.domain.stock import ACCOUNT_LABELS, Account

_ALERT_ZH: Mapping[AlertState, str] = {
    AlertState.NORMAL: "正常",
    AlertState.PENDING: "观察中",
    AlertState.ALERTING: "告警中",
    AlertState.RECOVERING: "恢复中",
    AlertState.NO_DATA: "无数据",
}

_PURCHASE_ZH: Mapping[PurchaseStatus, str] = {
    PurchaseStatus.ORDERED: "已下单，待到货",
    PurchaseStatus.PARTLY_RECEIVED: "部分到货",
    PurchaseStatus.RECEIVED: "已到货，验收中",
    PurchaseStatus.INSPECTED: "已验收，待上架",
    PurchaseStatus.PUT_AWAY: "已上架",
    PurchaseStatus.CANCELLED: "采购已取消",
}

_ACCOUNT_ZH: Mapping[Account, str] = {
    Account.SUPPLIER: "供应商",
    Account.RECEIVING: "收货区",
    Account.AVAILABLE: "可用",
    Account.RESERVED: "已预留",
    Account.QUARANTINE: "待检隔离",
    Account.DAMAGED: "残损",
    Account.PICKED: "已拣出",
    Account.IN_TRANSIT: "运输途中",
    Account.CUSTOMER: "客户处",
    Account.LOSS: "损失",
    Account.RETURN_INSPECTION: "退货待检",
}

ALERT_NAMES: Mapping[AlertState, Prose] = {
    state: Prose(ALERT_STATE_LABELS[state], chinese) for state, chinese in _ALERT_ZH.items()
}
PURCHASE_NAMES: Mapping[PurchaseStatus, Prose] = {
    status: Prose(PURCHASE_STATUS_LABELS[status], chinese) for status, chinese in _PURCHASE_ZH.items()
}
ACCOUNT_NAMES: Mapping[Account, Prose] = {
    account: Prose(ACCOUNT_LABELS[account], chinese) for account, chinese in _ACCOUNT_ZH.items()
}
