"""Numbers of the house's own papers: what stands on a purchase order and is scanned from it."""

from __future__ import annotations

import re

PURCHASE, RECEIPT, TRANSFER, ADJUSTMENT, RETURNED = "PO", "GR", "TR", "AD", "RT"
_NUMBER = re.compile(r"([A-Z]{2})-?0*([1-9][0-9]{0,14})")


def number_of(kind: str, row_id: int) -> str:
    """A paper's number.

    Why: made from the row's id, so that two who write at once can't get the same one.
    """
    return f"{kind}-{row_id:06d}"


def id_in(kind: str, text: str) -> int | None:
    """The row that a typed or scanned number names, or None when it is no number of this kind."""
    found = _NUMBER.fullmatch(text.strip().upper())
    return int(found[2]) if found and found[1] == kind else None
