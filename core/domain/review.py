"""The automatic first review: what stops an order, decided from the order, its stock and its neighbours alone."""

from __future__ import annotations

import re
from dataclasses import dataclass

from core.domain.orders import Reason
from core.domain.places import PROVINCE_BY_CODE, province_of_city

# What a clerk may let pass with a note; everything else has to be corrected.
APPROVABLE = frozenset({Reason.PRICE, Reason.QUANTITY, Reason.DUPLICATE, Reason.FRAUD})

_CN_PHONE = re.compile(r"^1[3-9]\d{9}$")
_CN_MASKED_PHONE = re.compile(r"^1[3-9]\d\*{4}\d{4}$")  # marketplaces show buyers' phones like this
_PHONE = re.compile(r"^\+?[\d \-()]{7,20}$")
_HOUSE_NUMBER = re.compile(r"[0-90-9一二三四五六七八九十百]+\s*(?:号|弄|栋|幢|座|室|楼|单元|巷|组|村)|\d")


@dataclass(frozen=True, slots=True)
class ReviewedLine:
    """One line as the review sees it; `list_price_cents` is None for a SKU we don't know.

    `quantity` is what the whole order wants of the SKU: two lines of one article are judged together.
    """

    quantity: int
    unit_price_cents: int
    list_price_cents: int | None
    available: int


@dataclass(frozen=True, slots=True)
class ReviewedOrder:
    """An order with what the review has to know of its surroundings."""

    country: str
    region: str
    city: str
    street: str
    postcode: str
    buyer_name: str
    buyer_phone: str
    total_cents: int
    paid_cents: int
    lines: tuple[ReviewedLine, ...]
    duplicates_count: int
    buyer_is_blocked: bool
    needs_stock: bool  # False once its own units are reserved


@dataclass(frozen=True, slots=True)
class ReviewPolicy:
    """The review's thresholds; see core/policies/review.toml."""

    price_tolerance: float
    duplicate_hours: int
    most_units: int  # of one article in one order


def address_faults(order: ReviewedOrder) -> tuple[str, ...]:
    """Which fields of the address can't be right, by name: region, city, street, postcode, buyer_name."""
    faults = []
    if not order.buyer_name.strip():
        faults.append("buyer_name")
    if order.country == "CN":
        province = PROVINCE_BY_CODE.get(order.region)
        if province is None:
            faults.append("region")
        elif (province_of_city(order.city) or order.region) != order.region:
            faults.append("city")
        if order.postcode and (
            not re.fullmatch(r"\d{6}", order.postcode)
            or (province is not None and order.postcode[:2] not in province.postcode_prefixes)
        ):
            faults.append("postcode")
    if not order.city.strip() and "city" not in faults:
        faults.append("city")
    if len(order.street.strip()) < 4 or not _HOUSE_NUMBER.search(order.street):
        faults.append("street")
    return tuple(faults)


def phone_is_plausible(country: str, phone: str) -> bool:
    """Whether a phone number could be one of its country's; masked marketplace numbers count as plausible."""
    phone = phone.strip()
    if country == "CN":
        digits = re.sub(r"[ \-]", "", phone).removeprefix("+86")
        return bool(_CN_PHONE.match(digits) or _CN_MASKED_PHONE.match(digits))
    return bool(_PHONE.match(phone)) and sum(c.isdigit() for c in phone) >= 7


def price_is_off(line: ReviewedLine, policy: ReviewPolicy) -> bool:
    """Whether a line's price leaves the list price by more than the tolerance; nobody pays for a cancelled line."""
    if not line.quantity:
        return False
    if line.list_price_cents is None:
        return True
    return abs(line.unit_price_cents - line.list_price_cents) > line.list_price_cents * policy.price_tolerance


def quantity_is_off(line: ReviewedLine, policy: ReviewPolicy) -> bool:
    """Whether an order wants more of an article than a household buys: a reseller, or a slip of the finger."""
    return line.quantity > policy.most_units


def review(order: ReviewedOrder, policy: ReviewPolicy) -> tuple[Reason, ...]:
    """Why an order has to be looked at by a person, in the machine's order; empty if it may pass."""
    found = {
        Reason.ADDRESS: bool(address_faults(order)),
        Reason.PHONE: not phone_is_plausible(order.country, order.buyer_phone),
        Reason.PRICE: any(price_is_off(line, policy) for line in order.lines),
        Reason.QUANTITY: any(quantity_is_off(line, policy) for line in order.lines),
        Reason.DUPLICATE: order.duplicates_count > 0,
        Reason.STOCK: order.needs_stock
        and (not order.lines or any(line.available < line.quantity for line in order.lines)),
        Reason.PAYMENT: order.paid_cents not in (0, order.total_cents),
        Reason.FRAUD: order.buyer_is_blocked,
    }
    return tuple(reason for reason in Reason if found[reason])
