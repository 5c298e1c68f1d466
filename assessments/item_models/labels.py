"""Names of statuses, reasons and facts in both languages, as questions and answers use them.

Why: a question is stored with the attempt in both languages; the interface's own catalogues only speak the
reader's. A test holds the two against each other.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessments.prose import Prose
from core.domain.orders import FACT_LABELS, REASON_LABELS, STATUS_LABELS, Fact, Reason, Status

_STATUS_ZH: Mapping[Status, str] = {
    Status.RECEIVED: "已接收",
    Status.EXCEPTION: "异常",
    Status.CONFIRMED: "已确认",
    Status.BACKORDERED: "缺货待补",
    Status.PARTLY_ALLOCATED: "部分已分配",
    Status.ALLOCATED: "已分配",
    Status.RELEASED: "已下发",
    Status.PICKING: "拣货中",
    Status.PACKED: "已打包",
    Status.PARTLY_SHIPPED: "部分已发货",
    Status.SHIPPED: "已发货",
    Status.PARTLY_DELIVERED: "部分已签收",
    Status.DELIVERED: "已签收",
    Status.COMPLETED: "已完成",
    Status.CANCELLED: "已取消",
    Status.EXPIRED: "已过期",
}

_REASON_ZH: Mapping[Reason, str] = {
    Reason.ADDRESS: "地址不完整或前后矛盾",
    Reason.PHONE: "电话号码不合理",
    Reason.PRICE: "价格与价目表不符",
    Reason.QUANTITY: "数量异常偏大",
    Reason.DUPLICATE: "疑似重复下单",
    Reason.STOCK: "库存不足",
    Reason.PAYMENT: "未付款或金额不符",
    Reason.FRAUD: "买家在黑名单中",
}

_FACT_ZH: Mapping[Fact, str] = {
    Fact.RECEIVED: "订单已接收",
    Fact.PAID: "已收到付款",
    Fact.STOPPED: "自动审核拦截",
    Fact.CONFIRMED: "订单已确认",
    Fact.AMENDED: "订单信息已更正",
    Fact.LINE_CANCELLED: "已取消部分商品",
    Fact.HELD: "已挂起",
    Fact.HOLD_RELEASED: "已解除挂起",
    Fact.BUYER_NOTIFIED: "已通知买家",
    Fact.ALLOCATED: "已预留库存",
    Fact.PARTLY_ALLOCATED: "已预留部分库存",
    Fact.BACKORDERED: "缺货待补：库存不足",
    Fact.REPLANNED: "已退回待分配",
    Fact.RESERVED: "已补充预留库存",
    Fact.RELEASED: "已下发仓库",
    Fact.PICKING_STARTED: "开始拣货",
    Fact.PACKED: "已打包",
    Fact.PARTLY_SHIPPED: "部分已交承运商",
    Fact.SHIPPED: "已交承运商",
    Fact.PARTLY_DELIVERED: "部分已签收",
    Fact.DELIVERED: "已签收",
    Fact.COMPLETED: "已完成",
    Fact.CANCELLED: "已取消",
    Fact.EXPIRED: "逾期未付款，已过期",
}

STATUS_NAMES: Mapping[Status, Prose] = {
    status: Prose(STATUS_LABELS[status], chinese) for status, chinese in _STATUS_ZH.items()
}
REASON_NAMES: Mapping[Reason, Prose] = {
    reason: Prose(REASON_LABELS[reason], chinese) for reason, chinese in _REASON_ZH.items()
}
FACT_NAMES: Mapping[Fact, Prose] = {fact: Prose(FACT_LABELS[fact], chinese) for fact, chinese in _FACT_ZH.items()}
