"""The books as files: what is off, stock by layers, cost of goods."""

from __future__ import annotations

from core.channels.export import to_csv
from core.context import Context
from core.services import book_reads
from core.services.book_reads import Look


def findings_file(_ctx: Context, look: Look) -> bytes:
    """What is off, as a file."""
    return to_csv(
        ("check", "subject", "found", "wanted"), ((o.check, o.subject, o.found, o.wanted) for o in look.findings)
    )


def layers_file(ctx: Context) -> bytes:
    """Every lot in the house with what it cost, as a file."""
    head = (
        "warehouse", "sku", "lot", "received_at", "expires_on", "account", "units", "unit_cost_cents", "value_cents",
    )  # fmt: skip
    return to_csv(head, (tuple(row) for row in book_reads.layers(ctx)))


def costs_file(_ctx: Context, look: Look) -> bytes:
    """What goods cost by month, as a file."""
    rows = ((o.month, o.sold_cents, o.returned_cents, o.sold_cents - o.returned_cents) for o in look.costs)
    return to_csv(("month", "cost_of_goods_out_cents", "returned_cents", "net_cents"), rows)
