"""The reader's language as papers need it."""

from __future__ import annotations

from core.documents.voice import Voice
from core.ui.i18n import format_day, format_instant, format_int, language, t


def voice() -> Voice:
    """Speaks the language of this thread; see `in_language` for work that nobody waits for on a page."""
    return Voice(language(), t, lambda at, timezone: format_instant(at, timezone), format_day, format_int)
