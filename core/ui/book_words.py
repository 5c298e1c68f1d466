"""Findings of the books in the reader's words, and where each of them leads."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from core.context import Context
from core.domain.labels import label_of
from core.domain.orders import Status
from core.domain.stock import Account
from core.services import book_reads
from core.services.books import CHECK_LABELS, Imbalance
from core.ui.i18n import format_money, language, t

# How a finding's subject is written, part by part; what fits none of these is shown as it is.
_ORDER = re.compile(r"order (\S+)(?: \((\w+)\))?")
_SKU = re.compile(r"SKU (\d+)")
_LOT = re.compile(r"lot (\d+)")
_LINE = re.compile(r"line (\d+)")
_PLACE = re.compile(r"(\w+) in warehouse (\d+)")
_BINS = re.compile(r"bins of warehouse (\d+)")
_SHIPMENT = re.compile(r"shipment (\S+)")
_POSTING = re.compile(r"posting (\d+)")
PART_LABELS = {
    "lot": "lot {number}",
    "line": "line {number}",
    "shipment": "shipment {number}",
    "posting": "posting {number}",
}
_IN_CENTS = frozenset({"layers", "paid", "deposit"})


@dataclass(frozen=True, slots=True)
class Names:
    """What findings speak of.

    Shape: number of an order or shipment → id, SKU → code, warehouse → (English, Chinese) name.
    """

    orders: dict[str, int] = field(default_factory=dict)
    shipments: dict[str, int] = field(default_factory=dict)
    skus: dict[int, str] = field(default_factory=dict)
    warehouses: dict[int, tuple[str, str]] = field(default_factory=dict)

    def warehouse(self, number: int) -> str:
        """A warehouse in the reader's language."""
        names = self.warehouses.get(number)
        return str(number) if names is None else names[1] if language() == "zh" else names[0]


def names_for(ctx: Context, findings: Iterable[Imbalance]) -> Names:
    """The names behind what findings speak of. Raises: NotAllowed."""
    subjects = [one.subject for one in findings]
    orders = [match[1] for subject in subjects if (match := _ORDER.match(subject))]
    shipments = [match[1].rstrip(",") for subject in subjects if (match := _SHIPMENT.match(subject))]
    return Names(
        book_reads.order_ids(ctx, [number.rstrip(",") for number in orders]),
        book_reads.shipment_ids(ctx, shipments),
        book_reads.sku_codes(ctx),
        book_reads.warehouse_names(ctx),
    )


def check_name(check: str) -> str:
    """What a check holds."""
    return t(CHECK_LABELS[check]) if check in CHECK_LABELS else check


def subject_words(subject: str, names: Names) -> str:
    """What a finding is about."""
    return ", ".join(_part(part, names) for part in subject.split(", "))


def _part(part: str, names: Names) -> str:
    if match := _ORDER.fullmatch(part):
        status = f" ({status_words(match[2])})" if match[2] else ""
        return t("order {number}", number=match[1]) + status
    if match := _SKU.fullmatch(part):
        return t("article {code}", code=names.skus.get(int(match[1]), match[1]))
    if match := _PLACE.fullmatch(part):
        place = t(label_of(Account(match[1]))) if match[1] in set(Account) else match[1]
        return t("{account} in {warehouse}", account=place, warehouse=names.warehouse(int(match[2])))
    if match := _BINS.fullmatch(part):
        return t("bins of {warehouse}", warehouse=names.warehouse(int(match[1])))
    for pattern, said in zip((_LOT, _LINE, _SHIPMENT, _POSTING), PART_LABELS.values(), strict=True):
        if match := pattern.fullmatch(part):
            return t(said, number=match[1])
    return t(label_of(Account(part))) if part in set(Account) else part


def status_words(code: str) -> str:
    """A status in words, where it is one of an order."""
    return t(label_of(Status(code))) if code in set(Status) else code


def value_words(check: str, value: str) -> str:
    """What was found or wanted."""
    if check in _IN_CENTS and value.lstrip("-").isdecimal():
        return format_money(int(value))
    number, _, account = value.partition(" ")
    if number.lstrip("-").isdecimal() and account in set(Account):
        return f"{number} {t(label_of(Account(account)))}"
    return status_words(value)


def leads_to(one: Imbalance, names: Names) -> tuple[str, dict[str, str]] | None:
    """The page where a finding can be looked into, with its address; None where there is none."""
    if (match := _ORDER.match(one.subject)) and (order_id := names.orders.get(match[1].rstrip(","))):
        return "order", {"id": str(order_id)}
    if (match := _SKU.match(one.subject)) and (code := names.skus.get(int(match[1]))):
        return "stock", {"q": code}
    return None
