"""Prose from content files and worlds, shown as text; the one sign that is kept is **emphasis**."""

from __future__ import annotations

from collections.abc import Sequence

from core.ui.safe import safe


def emphasised(text: str) -> str:
    """Text for a place that reads markdown: everything literal but words between double asterisks, which are bold."""
    parts = text.split("**")
    if len(parts) % 2 == 0:  # an asterisk pair without its partner is just text
        return safe(text)
    shown = [safe(part) for part in parts]
    return "".join(f"**{part}**" if place % 2 and part else part for place, part in enumerate(shown))


def grid(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A small table as markdown, its cells shown literally.

    Why: it is a real table for screen readers and costs a tenth of what a data frame does.
    """
    lines = ["| " + " | ".join(safe(column) or " " for column in columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(safe(cell) or " " for cell in row) + " |" for row in rows]
    return "\n".join(lines)
