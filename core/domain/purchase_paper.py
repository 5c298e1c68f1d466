"""What stands on a printed purchase order, for the supplier and for the door."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PaperLine:
    """One article that is ordered. Units: cost in cents."""

    sku_code: str
    barcode: str
    name_en: str
    name_zh: str
    quantity: int
    unit_cost_cents: int


@dataclass(frozen=True, slots=True)
class PurchasePaper:
    """A purchase order, ready to be printed."""

    number: str
    supplier_en: str
    supplier_zh: str
    warehouse_code: str
    warehouse_en: str
    warehouse_zh: str
    ordered_at: int
    expected_on: str
    note: str
    made_at: int
    timezone: str
    lines: tuple[PaperLine, ...]

    @property
    def total_cents(self) -> int:
        """The value of all lines."""
        return sum(line.quantity * line.unit_cost_cents for line in self.lines)
