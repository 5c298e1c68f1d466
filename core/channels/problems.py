"""What can be wrong with a row from outside: the place, what was found there and what was wanted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Severity(StrEnum):
    """What a problem means for its order; `stopped` means that the rest of the file could not be read."""

    KEPT_ASIDE = "kept_aside"
    WARNING = "warning"
    STOPPED = "stopped"


SEVERITY_LABELS = MappingProxyType(
    {
        Severity.KEPT_ASIDE: "Kept aside",
        Severity.WARNING: "Taken in",
        Severity.STOPPED: "Reading stopped here",
    }
)

# Kind of problem → what was wanted instead (a gettext msgid). The finding itself is data, not translated.
WANTED_LABELS = MappingProxyType(
    {
        # the row as such
        "field_count": "{count} fields, as in the header",
        "control": "text without control characters",
        "unnamed": "nothing in a column without a name",
        "spread": "a row of {count} fields in one line; after this broken row the rest can't be trusted",
        "quotes": "closed quotes; after this broken row the rest can't be trusted",
        "orphan_line": "a continuation row after the row of its order",
        "incomplete": "an order whose rows can all be read; one of them is damaged",
        "orphan": "a row that belongs to an order in {file}",
        "no_partner": "a row with the same {key} in {file}",
        # values
        "empty": "a value",
        "number": "an order number of at most 100 characters, kept as text",
        "damaged_number": "the order number as text; a spreadsheet has rounded this one",
        "money": "an amount like {example}, at most two decimals",
        "negative_money": "an amount of 0 or more",
        "quantity": "a whole number of 1 or more",
        "instant": "a time like {example}",
        "day_order": "a date whose order of day and month is chosen in the mapping",
        "no_such_time": "a time that exists in {timezone}",
        "future": "a time that isn't in the future",
        "too_old": "a time after 2000-01-01",
        "currency": "a currency with a rate: {known}",
        "status": "one of the channel's states: {known}",
        "precision": "a number of at most 15 digits, or the number as text",
        # the order as a whole
        "same_number": "each order once, its rows together; this number came before with other content",
        "already_other": "the content imported before for this number; the order stays as it was",
        # count sheets
        "other_stocktake": "a line of stocktake {number}",
        "unknown_line": "the number of a line of this stocktake",
        "other_place": "{wanted}, as the list has it for this line",
        "count": "a whole number of 0 to {most}",
        "counted_twice": "each line once; none of these counts is taken",
        "counted_already": "a line that waits for a count; this one was counted already",
        # warnings: the order is imported
        "doubled_row": "each row once; the second one is left out",
        "doubled_order": "each order once; the second one is left out",
        "no_lines": "at least one item",
        "no_lines_in_report": "items; this kind of report has none, so its orders have none",
        "no_payment": "at least one payment",
        "sum_differs": "{sum}, the sum of items, freight and discounts",
        "rounded_number": "a number that doesn't end in zeros; a spreadsheet may have rounded it",
        "before_placed": "a time after the order was placed",
        "ambiguous_time": "a time that exists once in {timezone}; the earlier one is taken",
        "cell_error": "values; these cells hold a spreadsheet's error and are read as empty",
        "formula": "plain values; the results saved with these formulas are taken",
    }
)

WARNINGS = frozenset(
    {
        "doubled_row",
        "doubled_order",
        "orphan",
        "no_lines",
        "no_lines_in_report",
        "no_payment",
        "sum_differs",
        "rounded_number",
        "before_placed",
        "ambiguous_time",
        "cell_error",
        "formula",
    }
)
STOPS = frozenset({"quotes", "spread"})
_LONGEST_FOUND = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in a file: where it is, what stands there, what was wanted, and the row as it came.

    `line` counts from 1 with the header; `raw` holds the order's rows as CSV text, so that nothing is lost.
    """

    kind: str
    file: str
    line: int | None
    column: str
    found: str
    order_number: str = ""
    raw: str = ""
    params: Mapping[str, object] = field(default_factory=dict)

    @property
    def severity(self) -> Severity:
        """Whether the order is kept aside, imported with a warning, or reading ended here."""
        if self.kind in WARNINGS:
            return Severity.WARNING
        return Severity.STOPPED if self.kind in STOPS else Severity.KEPT_ASIDE

    @property
    def template(self) -> str:
        """What was wanted, as the msgid that the surface translates with `params`."""
        return WANTED_LABELS[self.kind]

    @property
    def wanted(self) -> str:
        """What was wanted, in English."""
        return self.template.format(**self.params)


def shortened(text: str) -> str:
    """A finding short enough for a table; the whole text is in the raw row."""
    return text if len(text) <= _LONGEST_FOUND else text[: _LONGEST_FOUND - 1] + "…"
