"""Papers in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from core.documents.voice import Voice
from core.ui.i18n import in_language
from core.ui.voices import voice


@pytest.fixture(params=["en", "zh"])
def speech(request: pytest.FixtureRequest) -> Iterator[Voice]:
    """Both languages, one after the other."""
    with in_language(request.param):
        yield voice()
