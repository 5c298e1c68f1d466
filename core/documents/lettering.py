"""Text on paper: the font that has both languages, what it lacks, how wide a text is and where it breaks.

The font is Noto Sans SC (SIL Open Font License 1.1, see fonts/OFL.txt): TrueType outlines of 30,890 characters, without
the layout tables that nothing here reads. Each PDF embeds the few characters it shows, so any reader prints it right.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

FONT = "OrderlyHan"
MISSING = "〓"  # what Chinese and Japanese printers set for a character they don't have
_FONT_FILE = Path(__file__).parent / "fonts" / "NotoSansSC-Regular.ttf"
_CLOSING = frozenset(",.;:!?)]}%，。、；：！？）】》〉」』”’…·")
_OPENING = frozenset("([{（【《〈「『“‘¥￥$")


@lru_cache(maxsize=1)
def characters() -> frozenset[int]:
    """The code points that can be printed; registers the font."""
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    font = TTFont(FONT, str(_FONT_FILE))
    pdfmetrics.registerFont(font)
    return frozenset(font.face.charToGlyph)


@lru_cache(maxsize=8_192)
def printable(text: str) -> str:
    """A text as it can be printed: composed, in one line, control characters gone, what the font lacks as 〓."""
    known = characters()
    found = []
    for char in unicodedata.normalize("NFC", text):
        if char.isspace():
            found.append(" ")
        elif ord(char) in known:
            found.append(char)
        elif unicodedata.category(char) not in ("Cc", "Cf", "Mn"):
            found.append(MISSING)
    return " ".join("".join(found).split())


def width_of(text: str, size: float) -> float:
    """How wide a printable text is. Units: points."""
    from reportlab.pdfbase import pdfmetrics

    characters()
    return float(pdfmetrics.stringWidth(text, FONT, size))


def wrapped(text: str, size: float, width: float, most: int = 99) -> list[str]:
    """A text in lines no wider than `width` points; the last of `most` lines ends in … where more would follow.

    Chinese breaks between any two characters, but no line begins with a closing mark or ends with an opening one;
    Latin words and numbers stay whole unless one alone is wider than a line.
    """
    lines = [""]
    for piece in _pieces(printable(text)):
        if width_of(lines[-1] + piece.rstrip(), size) <= width:
            lines[-1] += piece
            continue
        for part in _fitting(piece.lstrip(), size, width):
            lines.append(part)
    lines = [line.strip() for line in lines if line.strip()]
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and width_of(last + "…", size) > width:
        last = last[:-1]
    return [*lines[: most - 1], last + "…"]


def fitted(text: str, size: float, width: float, smallest: float) -> tuple[str, float]:
    """One line and the size it fits in, shrunk to `smallest` at most and cut with … beyond."""
    text = printable(text)
    while size > smallest and width_of(text, size) > width:
        size -= 0.5
    if width_of(text, size) <= width:
        return text, size
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text + "…", size


def _fitting(piece: str, size: float, width: float) -> Iterator[str]:
    """A piece cut into parts that fit, for a word that alone is wider than a line."""
    part = ""
    for char in piece:
        if part and char != " " and width_of(part + char, size) > width:
            yield part
            part = ""
        part += char
    if part:
        yield part


def _pieces(text: str) -> Iterator[str]:
    """The runs between which a line may break."""
    run = ""
    for before, char in zip(" " + text, text, strict=False):
        if run and _may_break(before, char):
            yield run
            run = ""
        run += char
    if run:
        yield run


def _may_break(before: str, char: str) -> bool:
    if char == " " or char in _CLOSING or before in _OPENING:
        return False
    return before == " " or _is_wide(before) or _is_wide(char)


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"
