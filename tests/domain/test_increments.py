"""What facts add to the cells, and that adding up leaves nothing behind."""

from __future__ import annotations

import gc
import weakref
from typing import Any

from core.domain.facts import OrderDims, status_fact
from core.domain.increments import Tally, increments

ZONE = "Asia/Shanghai"
DAY = 20_530  # 2026-03-18
AT = DAY * 86_400  # 08:00 in Shanghai


def _received(**other: Any) -> dict[str, Any]:
    dims = OrderDims("tmall", "CN-SH", 1, AT, 1_000, False)
    return (
        status_fact(dims, None, "received", {"units": 1, "lines": 1, "currency": "CNY", "total_cents": 1_000}) | other
    )


def test_a_receipt_counts_once_for_everything_it_belongs_to_and_in_blocks() -> None:
    found = increments(AT, "OrderReceived", _received(), ZONE)
    assert list(found) == sorted(found)
    orders = {(metric, at, a, b): (n, value) for metric, at, a, b, n, value in found if "orders" in metric}
    words = (("", "", ""), (".c", "tmall", ""), (".w", "1", ""), (".r", "CN-SH", ""))
    pairs = ((".cw", "tmall", "1"), (".cr", "tmall", "CN-SH"), (".wr", "1", "CN-SH"))
    assert orders == {
        (f"{prefix}orders{suffix}", DAY // size, a, b): (1, 1_000)
        for prefix, size in (("", 1), ("8:", 8), ("64:", 64))
        for suffix, a, b in (*words, *pairs)
    }
    assert ("gross", DAY, "CNY", "tmall", 1, 1_000) in found and ("regions", 0, "CN-SH", "", 1, 0) in found
    # Where open orders stand isn't added up over periods.
    assert {metric.split(":")[0] for metric, *_ in found if "status" in metric} == {
        f"status.received{suffix}" for suffix in ("", ".c", ".w", ".r", ".cw", ".cr", ".wr")
    }


def test_facts_without_a_meaning_for_the_cells_add_nothing() -> None:
    assert increments(AT, "StockReceived", {"warehouse": 1, "quantity": 5}, ZONE) == ()


def test_steps_that_lead_back_add_nothing_but_what_they_took() -> None:
    dims = OrderDims("tmall", "CN-SH", 1, AT, 1_000, False)
    tally = Tally(ZONE)
    tally.add([(AT, "X", status_fact(dims, "packed", "picking")), (AT, "Y", status_fact(dims, "picking", "packed"))])
    assert tally.increments() == []


def test_a_tally_is_gone_at_once_when_nobody_needs_it() -> None:
    """Folds run without the garbage collector: what only that could free would pile up, batch upon batch."""
    gc.disable()
    try:
        tally = Tally(ZONE)
        left = weakref.ref(tally)
        tally.add([(AT, "OrderReceived", _received())])
        assert tally.increments()
        del tally
        assert left() is None
    finally:
        gc.enable()
