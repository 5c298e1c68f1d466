"""What a channel sent, laid beside the order: which of its columns is which field, and where they differ."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from core.domain.places import province_code

# Our field → the columns that channels send it in, the first one found counts.
FIELD_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "buyer_name": ("收货人姓名", "收货人", "Shipping Name", "Billing Name", "买家会员名"),
        "buyer_phone": ("联系手机", "联系电话", "Shipping Phone", "Billing Phone", "Phone"),
        "region": ("省份", "省份代码", "收货省份", "Shipping Province", "customer_state"),
        "city": ("城市", "收货城市", "Shipping City", "customer_city"),
        "district": ("区县", "Shipping District"),
        "street": ("详细地址", "Shipping Street", "Shipping Address1"),
        "postcode": ("邮编", "Shipping Zip", "customer_zip_code_prefix"),
        "note": ("买家留言", "Notes", "Note"),
    }
)
LINE_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "sku_code": ("商家编码", "外部系统编号", "Lineitem sku", "product_id"),
        "name": ("商品名称", "宝贝标题", "Lineitem name"),
        "quantity": ("数量", "宝贝总数量", "宝贝数量", "Lineitem quantity"),
        "unit_price_cents": ("单价", "Lineitem price", "price"),
    }
)
SUM_COLUMNS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "shipping_cents": ("运费", "买家应付邮费", "Shipping"),
        "discount_cents": ("优惠", "Discount Amount"),
        "total_cents": ("总金额", "Total"),
    }
)
# Our field → what the mapping of somebody's own file calls it.
MAPPED_AS: Mapping[str, str] = MappingProxyType(
    {name: name for name in FIELD_COLUMNS}
    | {"sku_code": "sku", "name": "item", "quantity": "quantity", "unit_price_cents": "unit_price"}
    | {"shipping_cents": "shipping", "discount_cents": "discount", "total_cents": "order_total"}
)
_ALL = MappingProxyType(dict(FIELD_COLUMNS) | dict(LINE_COLUMNS) | dict(SUM_COLUMNS))
WHOLE_ADDRESS = frozenset({"收货地址"})  # where a channel writes everything into one column
_NUMBERED = re.compile(r" #(\d+)$")
_AMOUNT = re.compile(r"^[^\d\-−.,]*([\-−]?)([\d,]*)(?:\.(\d{1,2}))?[^\d.,]*$")
_WITH_COMMA = re.compile(r"^[^,]*,\d{1,2}\D*$")  # 1.234,50


@dataclass(frozen=True, slots=True)
class Compared:
    """One field as the order has it and as the channel sent it; `column` is empty where the channel says nothing."""

    field: str
    ours: str
    theirs: str
    column: str
    differs: bool


@dataclass(frozen=True, slots=True)
class Ordered:
    """A line of the order as it stands. Units: cents of the order."""

    sku_code: str
    name: str
    quantity: int
    unit_price_cents: int


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """A line and the row it came from, field by field; one that only one side has compares with empty texts."""

    position: int
    fields: tuple[Compared, ...]

    @property
    def differs(self) -> bool:
        """Whether anything of the line is told apart."""
        return any(one.differs for one in self.fields)


def columns_in(payload: Mapping[str, str], mapped: Mapping[str, str] | None = None) -> dict[str, str]:
    """Which column of a payload is which of our fields.

    `mapped` helps out where no known channel's column is there. Shape: field → column; fields nobody says are left out.
    """
    there = {_NUMBERED.sub("", name) for name in payload}
    found: dict[str, str] = {}
    for field, names in _ALL.items():
        column = next((name for name in names if name in there), (mapped or {}).get(MAPPED_AS[field], ""))
        if column in there:
            found[field] = column
    return found


def compare(
    fields: Mapping[str, object], payload: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[Compared, ...]:
    """The buyer and the address of an order beside the channel's, in the order of FIELD_COLUMNS."""
    found = []
    for field in FIELD_COLUMNS:
        column = columns.get(field, "")
        ours, theirs = str(fields[field] or ""), _first(payload, column)
        found.append(Compared(field, ours, theirs, column, bool(column) and _told_apart(field, ours, theirs, column)))
    return tuple(found)


def compare_lines(
    lines: Sequence[Ordered], payload: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[ComparedLine, ...]:
    """The lines of an order beside the rows they came from, one by one; none where the channel names no goods."""
    known = [field for field in LINE_COLUMNS if field in columns]
    if not known:
        return ()
    rows = max([len(lines), *(_number(name) for name in payload if _NUMBERED.sub("", name) in columns.values())])
    found = []
    for position in range(1, rows + 1):
        line = lines[position - 1] if position <= len(lines) else None
        parts = []
        for field in known:
            column = columns[field]
            ours = "" if line is None else _shown(line, field)
            theirs = _in_row(payload, column, position)
            if line is not None and not ours and position > 1 and f"{column} #{position}" not in payload:
                theirs = ""  # a blank in a later row isn't kept either
            differs = _differ(field, ours, theirs) and not (field == "quantity" and _sums_up(line, lines, theirs))
            parts.append(Compared(field, ours, theirs, column, differs))
        found.append(ComparedLine(position, tuple(parts)))
    return tuple(found)


def compare_sums(
    fields: Mapping[str, object], payload: Mapping[str, str], columns: Mapping[str, str]
) -> tuple[Compared, ...]:
    """Freight, discount and total beside the channel's, as far as it names them. `ours` is an amount with a point."""
    found = []
    for field in SUM_COLUMNS:
        if column := columns.get(field, ""):
            ours, theirs = amount_text(int(str(fields[field]))), _first(payload, column)
            found.append(Compared(field, ours, theirs, column, _differ(field, ours, theirs)))
    return tuple(found)


def rest_of(payload: Mapping[str, str], columns: Mapping[str, str] | None = None) -> dict[str, str]:
    """What else the channel sent: columns that are none of the order's own fields."""
    known = {name for names in FIELD_COLUMNS.values() for name in names} | set((columns or {}).values())
    return {name: text for name, text in payload.items() if _NUMBERED.sub("", name) not in known}


def amount_text(cents: int) -> str:
    """An amount as channels write it: 1234.50."""
    sign = "-" if cents < 0 else ""
    return f"{sign}{abs(cents) // 100}.{abs(cents) % 100:02d}"


def amount_of(text: str) -> int | None:
    """What an amount in a channel's spelling comes to in cents, None for anything that isn't one."""
    if _WITH_COMMA.match(text):
        text = text.replace(".", "").replace(",", ".")
    match = _AMOUNT.match(text.strip())
    if match is None or not (match[2] or match[3]):
        return None
    cents = int(match[2].replace(",", "") or 0) * 100 + int((match[3] or "0").ljust(2, "0"))
    return -cents if match[1] else cents


def _number(column: str) -> int:
    """The row that a column of a payload speaks of."""
    match = _NUMBERED.search(column)
    return int(match[1]) if match else 1


def _first(payload: Mapping[str, str], column: str) -> str:
    """What a channel says of the order in a column: in its first row, else in the first that says anything."""
    if not column or column in payload:
        return payload.get(column, "")
    later = sorted((_number(name), text) for name, text in payload.items() if _NUMBERED.sub("", name) == column)
    return later[0][1] if later else ""


def _in_row(payload: Mapping[str, str], column: str, position: int) -> str:
    """What the row of a line says in a column; a row that repeats the first one's text isn't kept for itself."""
    return payload.get(column if position == 1 else f"{column} #{position}", payload.get(column, ""))


def _sums_up(line: Ordered | None, lines: Sequence[Ordered], theirs: str) -> bool:
    """Whether a channel's one row became several lines, since its amount can't be divided by its units."""
    same = [one.quantity for one in lines if line and (one.sku_code, one.name) == (line.sku_code, line.name)]
    return len(same) > 1 and not _differ("quantity", str(sum(same)), theirs)


def _shown(line: Ordered, field: str) -> str:
    value = getattr(line, field)
    return amount_text(value) if field == "unit_price_cents" else str(value)


def _differ(field: str, ours: str, theirs: str) -> bool:
    """Whether a figure or a code is another one; how an amount is spelled makes no difference."""
    if field.endswith("_cents"):
        return amount_of(theirs) != amount_of(ours)
    if field == "quantity":
        return theirs.strip().removesuffix(".0") != ours
    return ours.split() != theirs.split()


def _told_apart(field: str, ours: str, theirs: str, column: str) -> bool:
    """Whether two spellings mean different things.

    Provinces go by any of their names and codes, postcodes with or without the zeros that a spreadsheet took, and a
    column with the whole address only has to contain the street; the rest goes by letter.
    """
    theirs = theirs.removeprefix("'")  # how spreadsheets mark a number as text
    if field == "region":
        return (province_code(ours) or ours.rpartition("-")[2]) != (province_code(theirs) or theirs.rpartition("-")[2])
    if field == "postcode":
        return ours.lstrip("0").split() != theirs.lstrip("0").split()
    if column in WHOLE_ADDRESS:
        return "".join(ours.split()) not in "".join(theirs.split())
    if column == "Shipping Address1":  # a second column holds the flat
        return not " ".join(ours.split()).startswith(" ".join(theirs.split()))
    return ours.split() != theirs.split()
