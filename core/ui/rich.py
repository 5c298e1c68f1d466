"""Prose from content files and worlds, shown as text; the one sign that is kept is **emphasis**."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from core.ui.safe import plain, safe

_STARS = safe("****")
_FIGURE = re.compile(r"[-+±−]?[0-9][0-9,]*(\.[0-9]+)?%?")
_NOTHING = ("–", "—", "-")  # said instead of a figure
_SHORT = 18  # letters; a cell that is no longer, such as a day with its time, stays on one line
_LONG = 24  # letters; a heading that is longer gets room, so that it doesn't become a tower


def emphasised(text: str) -> str:
    """Text for a place that reads markdown: everything literal but words between double asterisks, which are bold."""
    parts = text.split("**")
    if len(parts) % 2 == 0:  # an asterisk pair without its partner is just text
        return safe(text)
    # A space after a bold word is no indentation, which `safe` would keep from collapsing.
    shown = [
        (" " if place and part[:1] == " " else "") + safe(part.lstrip(" ") if place else part)
        for place, part in enumerate(parts)
    ]
    # Nothing between two pairs is no emphasis but the middle of a masked number: 138****1234.
    return "".join((f"**{part}**" if part else _STARS) if place % 2 else part for place, part in enumerate(shown))


def paragraphs(text: str) -> str:
    """Prose of several paragraphs, and points that begin with a dash, for a place that reads markdown."""
    lines = []
    for line in text.split("\n"):
        point, words = ("- ", line[2:]) if line.startswith("- ") else ("", line)
        lines.append(point + emphasised(words) if words else "")
    return "\n".join(lines)


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A small table as markdown, its cells shown literally, columns of figures to the right.

    Why: it is a real table for screen readers and costs a tenth of what a data frame does.
    """
    sides = [" ---: |" if _is_figures([row[at] for row in rows]) else " --- |" for at in range(len(columns))]
    lines = ["| " + " | ".join(safe(column) or " " for column in columns) + " |", "|" + "".join(sides)]
    lines += ["| " + " | ".join(safe(cell) or " " for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def facts_table(columns: Sequence[str], rows: Sequence[Sequence[str]], title: str) -> str:
    """A table of facts as HTML, its cells shown literally; what is too wide for a phone is scrolled inside it.

    Why not `grid`: days and order numbers stay whole, and the table has a name for screen readers.
    """
    right = [_is_figures([row[at] for row in rows if row[at] not in _NOTHING]) for at in range(len(columns))]
    heads = "".join(
        f'<th scope="col"{_classes(right[at], long=_letters(column) > _LONG)}>{escape(plain(column))}</th>'
        for at, column in enumerate(columns)
    )
    body = "".join(
        "<tr>"
        + "".join(
            f"<td{_classes(right[at], _letters(cell) <= _SHORT)}>{escape(plain(cell))}</td>"
            for at, cell in enumerate(row)
        )
        + "</tr>"
        for row in rows
    )
    label = escape(plain(title))
    return (
        f'<div class="od-facts" role="group" aria-label="{label}"><table>'
        f"<thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def _letters(text: str) -> int:
    return sum(2 if ord(sign) > 0x2E7F else 1 for sign in text)  # a Chinese character is as wide as two letters


def _classes(right: bool, short: bool = False, long: bool = False) -> str:
    names = " ".join(name for name, is_so in (("r", right), ("s", short), ("l", long)) if is_so)
    return f' class="{names}"' if names else ""


def _is_figures(cells: Sequence[str]) -> bool:
    """Whether a column holds numbers only, of a length that isn't an order's."""
    return any(cells) and all(not cell or (len(cell) < 14 and _FIGURE.fullmatch(cell)) for cell in cells)
