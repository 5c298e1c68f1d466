"""What people type is kept as it is, but for what no database keeps."""

from __future__ import annotations

import pytest

from core.domain.texts import typed


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  文三路 398 号 ", "文三路 398 号"),
        ("a\x00b", "a\ufffdb"),
        ("half \ud800 pair", "half ? pair"),
        ("<b>&amp;</b> 😀 \u202e", "<b>&amp;</b> 😀 \u202e"),
        ("line\nline", "line\nline"),
        ("", ""),
    ],
)
def test_typed(text: str, kept: str) -> None:
    assert typed(text) == kept
    assert typed(kept) == kept
