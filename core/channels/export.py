"""Writing tables that a spreadsheet opens as text, whatever somebody typed into them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

from core.channels.files import CONTROL_TEXT

# What makes a spreadsheet calculate (or an old one start a program), in both widths.
_STARTERS = frozenset("=+-@|\t\r\n＝＋－＠｜")
# What some programs drop in front before they look.
_INVISIBLE = "\ufeff\u200b\u200c\u200d\u2060\u00a0\u3000 " + "".join(sorted(CONTROL_TEXT))


def neutral(value: object) -> object:
    """A value as it may stand in an exported cell: texts that could be a formula get a quote before them.

    Numbers stay numbers, so that they can be summed; None is an empty cell.
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    start = value.lstrip(_INVISIBLE)[:1]
    return f"'{value}" if value[:1] in _STARTERS or start in _STARTERS else value


def to_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table as CSV for Excel: UTF-8 with its mark, every field in quotes, formulas disarmed.

    Why: without quotes a spreadsheet that splits at semicolons finds a formula behind one.
    """
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow([neutral(name) for name in header])
    writer.writerows([neutral(value) for value in row] for row in rows)
    return out.getvalue().encode("utf-8-sig", "replace")
