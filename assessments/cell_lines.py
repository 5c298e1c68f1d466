"""A small table as lines of text, one language at a time: how it is typed, and how a spreadsheet pastes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assessments.prose import LANGUAGES

Cells = list[list[dict[str, str]]]
SPLIT = re.compile(r"[\t|]")
BETWEEN = " | "


def lines_in(cells: Sequence[Sequence[Mapping[str, str]]], language: str) -> str:
    """What a table says in a language: a line for each row, signs between its cells; a bar in a cell is a wide one."""
    rows = ([str(cell.get(language) or "").replace("|", "｜").strip() for cell in row] for row in cells)
    return "\n".join(BETWEEN.join(" ".join(text.split()) for text in row).rstrip(" |") for row in rows).rstrip("\n")


def with_lines(cells: Sequence[Sequence[Mapping[str, str]]], language: str, text: str) -> Cells:
    """The table with what it says in one language; line by line and cell by cell the others stay beside it."""
    lines = text.replace("\r\n", "\n").replace("\r", "\n").rstrip("\n").split("\n") if text.strip() else []
    said = [[cell.strip() for cell in SPLIT.split(line)] for line in lines]
    height = max(len(said), len(cells))
    width = max((len(row) for row in [*said, *cells]), default=0)
    made: Cells = []
    for at in range(height):
        row: list[dict[str, str]] = []
        for place in range(width):
            known = cells[at][place] if at < len(cells) and place < len(cells[at]) else {}
            own = said[at][place] if at < len(said) and place < len(said[at]) else ""
            row.append({one: own if one == language else str(known.get(one) or "") for one in LANGUAGES})
        made.append(row)
    return _trimmed(made)


def _trimmed(cells: Cells) -> Cells:
    """Without empty rows at the end and empty columns on the right."""
    while cells and not any(text for cell in cells[-1] for text in cell.values()):
        cells = cells[:-1]
    while cells and cells[0] and not any(text for row in cells for text in row[-1].values()):
        cells = [row[:-1] for row in cells]
    return cells
