"""What a channel sent, laid beside the order: which of its columns is which field, and where they differ."""

from __future__ import annotations

from collections.abc import Mapping
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


@dataclass(frozen=True, slots=True)
class Compared:
    """One field as the order has it and as the channel sent it; `column` is empty where the channel says nothing."""

    field: str
    ours: str
    theirs: str
    column: str
    differs: bool


def compare(fields: Mapping[str, object], payload: Mapping[str, str]) -> tuple[Compared, ...]:
    """The fields of an order beside the channel's, in the order of FIELD_COLUMNS."""
    found = []
    for field, columns in FIELD_COLUMNS.items():
        column = next((name for name in columns if name in payload), "")
        ours, theirs = str(fields[field] or ""), payload.get(column, "")
        found.append(Compared(field, ours, theirs, column, bool(column) and _told_apart(field, ours, theirs)))
    return tuple(found)


def rest_of(payload: Mapping[str, str]) -> dict[str, str]:
    """What else the channel sent: columns that are none of the order's own fields."""
    known = {name for columns in FIELD_COLUMNS.values() for name in columns}
    return {name: text for name, text in payload.items() if name.split(" #")[0] not in known}


def _told_apart(field: str, ours: str, theirs: str) -> bool:
    """Whether two spellings mean different things: provinces go by any of their names, the rest by letter."""
    if field == "region":
        return (province_code(ours) or ours) != (province_code(theirs) or theirs)
    return ours.split() != theirs.split()
