"""Names of positions and of what they may do, in both languages, as questions and answers use them.

Why: as for statuses, a question is stored in both languages. A test holds the names against the interface's own.
"""

from __future__ import annotations

from collections.abc import Mapping

from assessments.prose import Prose
from core.domain.rights import POSITION_LABELS, RIGHTS, Position, Role, rights_of

_POSITION_ZH: Mapping[Position, str] = {
    Position.ORDER_CLERK: "订单处理员",
    Position.WAREHOUSE_KEEPER: "仓库管理员",
    Position.SERVICE_AGENT: "客服人员",
    Position.OPERATIONS_SPECIALIST: "运营人员",
    Position.FINANCE_CLERK: "财务人员",
}

# What of the rights is work on orders, stock, purchases and books, by what it is done to.
_ORDER, _GOODS, _PERIOD = "order", "goods", "period"
_WORK_ZH: Mapping[str, tuple[str, str]] = {
    "orders.review": ("审核并确认订单", _ORDER),
    "orders.cancel": ("取消订单", _ORDER),
    "orders.hold": ("挂起与解挂订单", _ORDER),
    "orders.amend": ("更正地址与订单信息", _ORDER),
    "shipping.work": ("下发、拣货、打包与交运", _ORDER),
    "stock.allocate": ("为订单分配库存", _ORDER),
    "stock.receive": ("收货、验收与上架", _GOODS),
    "stock.adjust": ("调整库存", _GOODS),
    "stock.approve": ("审批他人的库存调整", _GOODS),
    "stock.threshold": ("设置库存阈值、确认库存告警", _GOODS),
    "stock.move": ("在货位、状态和仓库之间移动库存", _GOODS),
    "purchasing.work": ("向供应商采购", _GOODS),
    "books.close": ("关闭账期", _PERIOD),
}

POSITION_NAMES: Mapping[Position, Prose] = {
    position: Prose(POSITION_LABELS[position], chinese) for position, chinese in _POSITION_ZH.items()
}
WORK_NAMES: Mapping[str, Prose] = {right: Prose(RIGHTS[right], chinese) for right, (chinese, _) in _WORK_ZH.items()}
DONE_TO: Mapping[str, str] = {right: done_to for right, (_, done_to) in _WORK_ZH.items()}


def may(position: Position, right: str) -> bool:
    """Whether an employee of this position carries a right on the live desk."""
    return right in rights_of(Role.EMPLOYEE, position)


def holders(right: str) -> list[Position]:
    """The positions that carry a right on the live desk."""
    return [position for position in Position if may(position, right)]
