"""Drafts of what buyers are written; in the buyer's language first, whatever the clerk reads."""

from __future__ import annotations

from collections.abc import Mapping

from core.domain.places import PROVINCE_BY_CODE


def correction_letter(before: Mapping[str, object], after: Mapping[str, str]) -> str:
    """The draft that tells a buyer where the parcel goes after a correction."""
    changed = {name for name, value in after.items() if value.strip() != before[name]}
    number, name = before["number"], after["buyer_name"].strip()
    place = PROVINCE_BY_CODE.get(after["region"])
    province = place.name_zh if place else after["region"]
    parts = [province, after["city"], after["district"], after["street"], after["postcode"]]
    address = " ".join(dict.fromkeys(part.strip() for part in parts if part.strip()))
    moved = changed & {"region", "city", "district", "street", "postcode"}
    english = f"Your order {number} was corrected. It will be sent to: {address}, {name}."
    if before["country"] != "CN":
        return (
            f"Dear {name}, {english[0].lower()}{english[1:]}"
            if moved
            else f"Dear {name}, your order {number} was corrected."
        )
    if not moved:
        return f"{name}您好，您的订单 {number} 已更正。/ Your order {number} was corrected."
    return f"{name}您好，您的订单 {number} 已更正，将寄往：{address}（{name} 收）。\n{english}"
