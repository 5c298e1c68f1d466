"""What the item models, their parameters and the values of these are called, for people who choose among them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from assessments.prose import Prose, same

_Said = tuple[str, str]

# Model → what it is called.
_MODELS: Mapping[str, _Said] = {
    "abc_class": ("ABC classes of articles", "商品的 ABC 分类"),
    "access_review": ("Review of access rights", "账号权限复核"),
    "address_fault": ("A fault in an address", "地址中的问题"),
    "alert_after": ("State of a stock alert", "库存预警的状态"),
    "bin_walk": ("The picker's walk between bins", "货位间的拣货路线"),
    "cancel_effect": ("What a cancellation changes", "取消订单带来的变化"),
    "carrier_score": ("A carrier's quarterly score", "承运商季度评分"),
    "channel_payout": ("What a channel pays out", "渠道结算金额"),
    "collection_check": ("Completeness of collected data", "数据采集的完整性"),
    "complaint_rate": ("Complaint rates by channel", "各渠道投诉率"),
    "contract_penalty": ("A carrier's penalty by contract", "承运商合同扣款"),
    "correction_route": ("Ways of a stock correction", "库存更正的流程"),
    "count_verdict": ("What becomes of a count", "盘点结果的处理"),
    "cut_axis": ("A chart with a cut axis", "截断坐标轴的图表"),
    "data_lost": ("Work lost in a failure", "故障中丢失的工作"),
    "days_of_cover": ("Days of cover", "库存可用天数"),
    "delivery_verdict": ("Goods at the door", "到货验收结论"),
    "expiry_order": ("Order of lots by age and date", "批次先进先出与先到期先出"),
    "export_columns": ("Columns of an export", "导出所需字段"),
    "export_flaws": ("Flaws in exported rows", "导出数据的缺陷"),
    "fault_place": ("Where a fault sits", "故障所在"),
    "first_hour": ("The first hour of an emergency", "突发事件的第一小时"),
    "first_trouble": ("The parcel in trouble", "哪个包裹有异常"),
    "inbound_accounts": ("Stock accounts while goods come in", "入库过程中的库存账户"),
    "joined_rows": ("Figures from joined rows", "关联后的重复行"),
    "lane_warning": ("Where a lane falls behind", "线路时效预警"),
    "late_rate": ("Late rate", "延误率"),
    "lead_time": ("Lead times of orders", "订单时长"),
    "lead_time_split": ("Whose part of a lead time", "时长的责任划分"),
    "masked_value": ("Masked personal data", "个人信息脱敏"),
    "notice_day": ("Notice of a contract", "合同到期通知"),
    "oldest_first": ("Oldest lots first", "先进先出"),
    "order_total": ("Total of an order", "订单金额"),
    "paper_entries": ("Entering what was kept on paper", "纸面记录的补录"),
    "parcel_cost": ("Cost of a parcel", "包裹运费"),
    "part_refund": ("Refund of a part", "部分退款"),
    "period_closing": ("Closing a period", "会计期间关账"),
    "promise_day": ("Last day of a promise", "承诺送达的最后期限"),
    "rate_difference": ("Difference of two rates", "两个比率的差异"),
    "recovery_time": ("Restoring from a backup", "从备份恢复"),
    "refund_limit": ("Limit of a refund", "退款上限"),
    "reorder_point": ("Reorder point", "再订货点"),
    "request_due": ("Requests about personal data", "个人信息请求的期限"),
    "return_request": ("A request to return goods", "退货申请"),
    "returned_units": ("Stock accounts after a return", "退货后的库存账户"),
    "review_verdict": ("Verdict of the automatic review", "自动审核结论"),
    "sample_size": ("Size of a sample", "样本量"),
    "sender_check": ("Who a message really comes from", "辨认真实发件人"),
    "sla_remaining": ("Time left of a target", "时效剩余时间"),
    "statement_gap": ("Gaps in a channel's statement", "渠道账单差异"),
    "status_of": ("Status of an order", "订单状态"),
    "stock_after": ("Stock after a row of orders", "多笔订单后的库存"),
    "stock_value": ("Value of stock", "库存金额"),
    "survey_figures": ("Figures of a survey", "调查指标"),
    "ticket_clock": ("Clocks of a ticket", "工单时限"),
    "upgrade_gain": ("What the upgrade saves", "系统升级的收益"),
    "who_may": ("Who may do what", "谁可以做什么"),
    "whole_rate": ("Rate over all carriers", "总体比率"),
}

# Parameter → what it is called; the same in every model.
_PARAMS: Mapping[str, _Said] = {
    "ask": ("What is asked", "问什么"),
    "fault": ("Fault", "问题所在"),
    "rule": ("Rule", "规则"),
    "parcels": ("Parcels", "包裹数"),
    "measure": ("Measure", "指标"),
    "orders": ("Orders", "订单数"),
    "lines": ("Lines", "行数"),
    "reason": ("Reason", "原因"),
    "short": ("Stock runs short", "库存不足"),
    "of": ("Rate of", "哪种比率"),
    "about": ("About", "调查对象"),
    "cap": ("The cap is reached", "达到上限"),
    "region": ("Regions", "地区"),
}

# Model → value of one of its parameters → what it is called.
_VALUES: Mapping[str, Mapping[Any, _Said]] = {
    "abc_class": {"class": ("An article's class", "某商品的类别"), "count": ("How many are in a class", "某类有几种")},
    "access_review": {
        "first": ("Which goes first", "先处理哪个账号"),
        "count": ("How many need a change", "几个账号需要调整"),
    },
    "address_fault": {
        "any": ("Any", "任意"),
        "city": ("City", "城市"),
        "postcode": ("Postcode", "邮编"),
        "street": ("Street", "街道"),
        "buyer_name": ("Name", "收件人"),
    },
    "alert_after": {"state": ("The alert's state", "预警状态"), "rung": ("How often it rang", "响了几次")},
    "bin_walk": {
        "order": ("The whole walk", "完整路线"),
        "next": ("The next bin", "下一个货位"),
        "place": ("The best place", "最佳存放位"),
    },
    "cancel_effect": {"units": ("Units freed", "释放多少件"), "effect": ("What changes", "有何变化")},
    "carrier_score": {"score": ("The score", "得分"), "grade": ("The grade", "等级")},
    "channel_payout": {"payout": ("The payout", "结算额"), "commission": ("The commission", "佣金")},
    "collection_check": {"missing": ("How many are missing", "缺多少"), "source": ("Which source", "哪个来源")},
    "complaint_rate": {"rate": ("A channel's rate", "某渠道的投诉率"), "worst": ("The worst channel", "最差的渠道")},
    "correction_route": {
        "waits": ("Which one waits", "哪项待审批"),
        "impossible": ("Which one can't be done", "哪项不可行"),
    },
    "count_verdict": {
        "recount": ("Which is counted again", "哪个要复盘"),
        "difference": ("The difference", "差异"),
        "posted": ("What is posted", "入账多少"),
        "places": ("How many places", "几个货位"),
        "units": ("How many units", "多少件"),
    },
    "cut_axis": {"looks": ("How it looks", "看起来差多少"), "chart": ("Which chart misleads", "哪张图误导")},
    "data_lost": {"lost": ("What is lost", "丢失多少"), "down": ("How long it was down", "中断多久")},
    "days_of_cover": {"days": ("Days of cover", "可用天数"), "gap": ("Days without stock", "缺货天数")},
    "delivery_verdict": {
        "most": ("The most that is taken in", "最多收多少"),
        "refused": ("What is refused", "拒收哪种"),
        "status": ("The purchase's status", "采购单状态"),
    },
    "expiry_order": {
        "fefo": ("First expired, first out", "先到期先出"),
        "fifo": ("First in, first out", "先进先出"),
        "lot": ("The first lot", "先出哪批"),
        "order": ("The whole order", "完整顺序"),
    },
    "export_columns": {"file": ("The right file", "哪个文件合适"), "columns": ("The columns", "哪些字段")},
    "export_flaws": {"distinct": ("How many orders there are", "实际多少笔订单"), "mean": ("The mean", "平均值")},
    "fault_place": {"place": ("Where it sits", "问题在哪里"), "help": ("The first help", "首先怎么帮")},
    "first_hour": {"first": ("What comes first", "首先做什么"), "order": ("The whole hour", "完整顺序")},
    "first_trouble": {"near": ("Near", "近距离"), "mixed": ("Near and far", "远近混合")},
    "inbound_accounts": {
        "available": ("Available", "可用"),
        "receiving": ("Receiving", "收货中"),
        "quarantine": ("Quarantine", "待检隔离"),
    },
    "joined_rows": {
        "freight": ("Freight", "运费合计"),
        "orders": ("Number of orders", "订单数"),
        "mean": ("Mean", "平均值"),
    },
    "lane_warning": {"colour": ("The lane's colour", "线路颜色"), "stretch": ("The slow stretch", "哪一段慢")},
    "late_rate": {"timestamp": ("By the minute", "按时间点"), "date": ("By the day", "按日期")},
    "lead_time": {
        "mean": ("Mean", "平均值"),
        "median": ("Median", "中位数"),
        "p90": ("90th percentile", "第 90 百分位"),
    },
    "lead_time_split": {
        "ours": ("Our part", "我方时长"),
        "carrier": ("The carrier's part", "承运商时长"),
        "whose": ("Whose side broke it", "责任在谁"),
    },
    "masked_value": {"form": ("The masked form", "脱敏后的样子"), "seen": ("What somebody sees", "某岗位看到什么")},
    "notice_day": {"last": ("The last day", "最后一天"), "verdict": ("Whether it is in time", "是否及时")},
    "oldest_first": {
        "lot": ("The first lot", "先出哪批"),
        "order": ("The whole order", "完整顺序"),
        "units": ("How many units of a lot", "某批出多少件"),
        "orders": ("How many orders a lot serves", "某批可供几单"),
    },
    "order_total": {"total": ("The total", "总额"), "open": ("What is still open", "未付金额")},
    "paper_entries": {"order": ("The order of entries", "补录顺序"), "stock": ("The stock afterwards", "补录后的库存")},
    "parcel_cost": {
        "cost": ("A carrier's cost", "某承运商的运费"),
        "cheapest": ("The cheapest carrier", "最便宜的承运商"),
        "expected": ("The least expected cost", "预期成本最低"),
    },
    "part_refund": {"part": ("The refund", "退款额"), "exchange": ("The difference of an exchange", "换货差价")},
    "period_closing": {"verdict": ("What the system says", "系统如何回应"), "latest": ("The latest day", "最晚到哪天")},
    "promise_day": {"due": ("The last day", "最后期限"), "late_pickup": ("After a late pickup", "揽收延迟后")},
    "rate_difference": {"on_time": ("Parcels on time", "准时包裹"), "satisfied": ("Satisfied buyers", "满意买家")},
    "recovery_time": {
        "lost": ("What is lost", "丢失多久"),
        "down": ("How long it was down", "中断多久"),
        "kept": ("Whether the targets were kept", "是否达到目标"),
    },
    "refund_limit": {"limit": ("The limit", "上限"), "means": ("By which means", "按哪种方式")},
    "reorder_point": {
        "point": ("The reorder point", "再订货点"),
        "order": ("Whether to order", "是否下单"),
        "safety": ("Safety stock", "安全库存"),
    },
    "request_due": {"left": ("Days left", "还剩几天"), "first": ("Which comes first", "先处理哪个")},
    "return_request": {"last": ("The last day", "最后一天"), "verdict": ("What becomes of it", "如何处理")},
    "returned_units": {
        "available": ("Available", "可用"),
        "return_inspection": ("Being inspected", "退货质检"),
        "damaged": ("Damaged", "残损"),
    },
    "review_verdict": {
        "any": ("Any", "任意"),
        "none": ("No fault", "无问题"),
        "address": ("Address", "地址"),
        "phone": ("Phone", "电话"),
        "price": ("Price", "价格"),
        "quantity": ("Quantity", "数量"),
        "stock": ("Stock", "库存"),
        "payment": ("Payment", "付款"),
    },
    "sample_size": {"answers": ("Answers needed", "需要多少答卷"), "invitations": ("Invitations", "需发多少邀请")},
    "sender_check": {"sender": ("Which sender is ours", "哪个是公司地址"), "owner": ("Whose a link is", "链接属于谁")},
    "sla_remaining": {"hours": ("Hours left", "剩余小时"), "verdict": ("Whether it is kept", "是否超时")},
    "statement_gap": {"net": ("The net difference", "净差额"), "lines": ("How many lines differ", "几行有差异")},
    "status_of": {"single": ("One of four", "四选一"), "text": ("As a word", "填写状态")},
    "stock_after": {"available": ("Available", "可用"), "reserved": ("Reserved", "已预留")},
    "stock_value": {"left": ("What stays", "剩余金额"), "cost": ("What it cost", "出库成本")},
    "survey_figures": {
        "satisfied": ("Satisfied share", "满意占比"),
        "nps": ("Net promoter score", "净推荐值"),
        "margin": ("Margin", "误差范围"),
        "response": ("Response rate", "回收率"),
        "service": ("Service", "客服"),
        "carrier": ("Carriers", "承运商"),
    },
    "ticket_clock": {
        "first": ("First answer", "首次响应"),
        "solved": ("Solution", "解决时长"),
        "verdict": ("Whether it was in time", "是否及时"),
    },
    "upgrade_gain": {"saved": ("Time saved", "节省的时间"), "stopped": ("Orders people look at", "需人工处理的订单")},
    "who_may": {"position": ("Which position", "哪个岗位"), "work": ("Which work", "哪项工作")},
    "whole_rate": {"overall": ("The whole rate", "总体比率"), "points": ("The change in points", "变化多少个百分点")},
}
_ANYWHERE: Mapping[Any, _Said] = {True: ("Yes", "是"), False: ("No", "否")}

MODEL_NAMES: Mapping[str, Prose] = MappingProxyType({name: Prose(*said) for name, said in _MODELS.items()})


def param_name(name: str) -> Prose:
    """What a parameter of a model is called; its code where it has no name."""
    return Prose(*_PARAMS[name]) if name in _PARAMS else same(name)


def value_name(model: str, param: str, value: Any) -> Prose:
    """What a value of a parameter is called: in the model's words, as yes or no, or as the number it is."""
    if isinstance(value, bool):
        return Prose(*_ANYWHERE[value])
    said = _VALUES.get(model, {}).get(value)
    return Prose(*said) if said is not None else same(str(value))
