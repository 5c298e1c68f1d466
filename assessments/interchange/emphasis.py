"""Emphasis in prose: words between double asterisks, for formats that have a way of their own to say it, or none."""

from __future__ import annotations

from html import escape

_MARK = "**"


def pieces(text: str) -> list[tuple[str, bool]]:
    """A text in pieces, each with whether it is emphasised; what shows on the page as literal asterisks stays text."""
    parts = text.split(_MARK)
    if len(parts) % 2 == 0:  # a pair of asterisks without its partner
        return [(text, False)]
    found: list[tuple[str, bool]] = []
    for place, part in enumerate(parts):
        emphasised = place % 2 == 1 and part != ""
        words = part if part or place % 2 == 0 else _MARK * 2  # the middle of a masked number: 138****1234
        if found and not found[-1][1] and not emphasised:
            found[-1] = (found[-1][0] + words, False)
        elif words:
            found.append((words, emphasised))
    return found or [("", False)]


def is_emphasised(text: str) -> bool:
    """Whether any word of a text is emphasised."""
    return any(emphasised for _, emphasised in pieces(text))


def unmarked(text: str) -> str:
    """A text without the marks, for a format that knows no emphasis."""
    return "".join(words for words, _ in pieces(text))


def as_html(text: str) -> str:
    """A text as HTML that shows the same words, lines and emphasis."""
    shown = (
        f"<strong>{escape(words, quote=False)}</strong>" if emphasised else escape(words, quote=False)
        for words, emphasised in pieces(text)
    )
    return "".join(shown).replace("\n", "<br>")
