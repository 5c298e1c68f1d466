"""What people type, made fit to be kept: every database takes it, and nothing else about it changes."""

from __future__ import annotations


def typed(text: str) -> str:
    """A text as somebody typed it, without blanks around it.

    NUL and halves of surrogate pairs, which no database keeps, become the replacement sign.
    """
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode().strip()
