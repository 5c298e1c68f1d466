"""Which column of somebody's own file says what: chosen by hand, guessed from the names, kept as JSON."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from types import MappingProxyType
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.channels import strict_json
from core.domain.errors import ContentError, Label

# Field → what it is called on the page (a gettext msgid). The order is the page's.
FIELD_LABELS = MappingProxyType(
    {
        "number": "Order number",
        "placed_at": "Ordered at",
        "paid_at": "Paid at",
        "shipped_at": "Shipped at",
        "delivered_at": "Delivered at",
        "promised_at": "Promised for",
        "status": "Status",
        "currency": "Currency",
        "sku": "Article number (SKU)",
        "item": "Article name",
        "quantity": "Quantity",
        "unit_price": "Price of one",
        "line_total": "Amount of the row",
        "order_total": "Amount of the order",
        "paid": "Amount paid",
        "shipping": "Freight",
        "discount": "Discount",
        "buyer_name": "Buyer's name",
        "buyer_phone": "Buyer's phone",
        "buyer_email": "Buyer's e-mail",
        "country": "Country",
        "region": "Province or state",
        "city": "City",
        "district": "District",
        "street": "Street and number",
        "postcode": "Postcode",
        "note": "Note",
    }
)
NEEDED_FIELDS = ("number", "placed_at")
_AMOUNTS = ("unit_price", "line_total", "order_total")
_ITEM_FIELDS = ("sku", "item", "quantity")

TIME_FORM_LABELS = MappingProxyType(
    {
        "auto": "Year first (2026-03-08 14:30, 2026年3月8日)",
        "dmy": "Day first (08/03/2026)",
        "mdy": "Month first (03/08/2026)",
        "epoch_s": "Seconds since 1970",
        "epoch_ms": "Milliseconds since 1970",
    }
)
DECIMAL_LABELS = MappingProxyType({".": "Point (1,234.50)", ",": "Comma (1.234,50)"})

# What columns are called, without case, spaces and marks. The first column that fits a field gets it.
_NAMES = MappingProxyType(
    {
        "number": "orderno ordernumber ordernum orderid order id amazonorderid 订单编号 订单号 订单号码 单号 订单id "
        "交易号",
        "placed_at": "orderedat orderdate createdat created placedat purchasedate saledate date time 订单创建时间 "
        "下单时间 下单日期 创建时间 订单时间 订单日期 日期 时间",
        "paid_at": "paidat datepaid paymentdate paymenttime 订单付款时间 付款时间 支付时间 付款日期",
        "shipped_at": "shippedat dateshipped fulfilledat shipdate 发货时间 发货日期",
        "delivered_at": "deliveredat deliverydate 签收时间 送达时间 收货时间",
        "promised_at": "promisedat promisedate estimateddelivery 承诺时间 预计送达时间 约定送达时间",
        "status": "status orderstatus 订单状态 状态",
        "currency": "currency ordercurrency 币种 货币",
        "sku": "sku skucode lineitemsku itemsku productid productcode articlenumber 商家编码 货号 "
        "商品编码 规格编码 sku编码",
        "item": "item itemname productname product article lineitemname title 商品名称 宝贝标题 商品标题 品名 商品",
        "quantity": "qty quantity pieces units lineitemquantity 数量 购买数量 商品数量 宝贝总数量 件数",
        "unit_price": "unitprice price lineitemprice itemprice 单价 价格 商品单价",
        "line_total": "linetotal rowtotal subtotal 小计 商品金额 商品小计",
        "order_total": "total ordertotal amount totalamount grandtotal 总金额 总额 总价 订单金额 金额 合计 应付金额",
        "paid": "paid amountpaid paidamount payment 实付金额 买家实际支付金额 实付款 支付金额",
        "shipping": "shipping freight postage shippingprice deliveryfee 运费 邮费 买家应付邮费",
        "discount": "discount discountamount 优惠 优惠金额 折扣",
        "buyer_name": "customer customername buyer buyername recipient shippingname shipname 收货人姓名 收货人 顾客 "
        "买家 客户 姓名 买家姓名 客户姓名",
        "buyer_phone": "phone telephone mobile customerphone buyerphone shippingphone 联系手机 手机 电话 "
        "手机号 联系电话 收货人手机",
        "buyer_email": "email emailaddress mail customeremail 邮箱 电子邮件",
        "country": "country shippingcountry shipcountry 国家",
        "region": "region province state shippingprovince shippingstate shipstate 省 省份 省市",
        "city": "city town shippingcity shipcity 市 城市",
        "district": "district county 区 区县 县",
        "street": "address street shippingaddress shippingaddress1 address1 收货地址 地址 详细地址 街道",
        "postcode": "postcode zip zipcode postalcode shippingzip shippostalcode 邮编 邮政编码",
        "note": "note notes remark remarks comment 备注 订单备注 买家留言",
    }
)

# What a status column may say, in lower case, and what that means here.
_STATUS_WORDS = MappingProxyType(
    {
        "received": "received new created open pending unpaid 待付款 未付款 等待买家付款 新订单 待审核",
        "confirmed": "confirmed paid approved processing unfulfilled 已付款 待发货 "
        "买家已付款,等待卖家发货 已确认 已审核",
        "shipped": "shipped fulfilled dispatched intransit 已发货 卖家已发货,等待买家确认 运输中 待收货",
        "delivered": "delivered completed complete done 已签收 已完成 交易成功 已收货",
        "cancelled": "cancelled canceled refunded voided 已取消 交易关闭 已关闭 已退款",
        "expired": "expired 已过期",
    }
)
STATUS_WORDS: Mapping[str, str] = MappingProxyType(
    {word: status for status, words in _STATUS_WORDS.items() for word in words.split()}
)


@dataclass(frozen=True, slots=True)
class ColumnMapping:
    """How to read a file of one's own. `columns` says for each field (see FIELD_LABELS) which column holds it.

    `currency` and `country` hold where no column says them; times without an offset are in `timezone`.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    timezone: str = "Asia/Shanghai"
    time_form: str = "auto"
    decimal: str = "."
    currency: str = "CNY"
    country: str = "CN"

    def check(self) -> None:
        """Refuses a mapping that can't give orders.

        Raises: ContentError naming the field or setting.
        """
        unknown = [name for name in self.columns if name not in FIELD_LABELS]
        if unknown:
            raise ContentError("The mapping names a field that doesn't exist: {field}.", field=unknown[0])
        for name in NEEDED_FIELDS:
            if not self.columns.get(name):
                raise ContentError("Choose the column for: {field}.", field=Label(FIELD_LABELS[name]))
        if any(self.columns.get(name) for name in _ITEM_FIELDS) and not any(self.columns.get(n) for n in _AMOUNTS):
            raise ContentError("Choose a column with a price or an amount.")
        used = [column for column in self.columns.values() if column]
        doubled = next((column for column in used if used.count(column) > 1), None)
        if doubled is not None:
            raise ContentError("The column {column} is chosen twice.", column=doubled)
        if self.time_form not in TIME_FORM_LABELS or self.decimal not in DECIMAL_LABELS:
            raise ContentError("The mapping names a time or number format that doesn't exist.")
        try:
            ZoneInfo(self.timezone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ContentError("There is no time zone {timezone}.", timezone=self.timezone) from None

    def to_json(self) -> str:
        """The mapping as text, for keeping."""
        content = asdict(self) | {"columns": {name: column for name, column in self.columns.items() if column}}
        return json.dumps(content, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> ColumnMapping:
        """A kept mapping.

        Raises: ContentError when it isn't one.
        """
        content = strict_json.loads(text)
        names = {"columns", "timezone", "time_form", "decimal", "currency", "country"}
        if not isinstance(content, dict) or set(content) - names or not isinstance(content.get("columns"), dict):
            raise ContentError("This isn't a column mapping.")
        texts = [*content["columns"].values(), *(content[name] for name in names - {"columns"} if name in content)]
        if not all(isinstance(value, str) for value in texts):
            raise ContentError("This isn't a column mapping.")
        mapping = cls(**content)
        mapping.check()
        return mapping


def _plain(name: str) -> str:
    return re.sub(r"[\s_\-./()（）:：]", "", name).lower()


def guess(header: Iterable[str]) -> ColumnMapping:
    """A first mapping from the names of the columns, English or Chinese; fields that nothing fits are left out."""
    free = {_plain(name): name for name in reversed([name for name in header if name])}
    columns: dict[str, str] = {}
    for field_name, names in _NAMES.items():
        for name in names.split():
            if name in free:
                columns[field_name] = free.pop(name)
                break
    return ColumnMapping(columns)
