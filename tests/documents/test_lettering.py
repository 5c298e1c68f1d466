"""Text on paper: what the font has, where lines break, and what happens to what can't be printed."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.documents.lettering import MISSING, characters, fitted, printable, width_of, wrapped
from core.domain.places import PROVINCES


def test_the_font_has_both_languages() -> None:
    known = characters()
    assert {ord(char) for char in "AZaz09éüß€£¥✓□×…〓，。（）"} - known == set()
    names = "".join(one.name_zh + "".join(zh for zh, _ in one.cities) for one in PROVINCES)
    assert {char for char in names if ord(char) not in known} == set()
    assert [hex(code) for code in range(0x4E00, 0x9FA6) if code not in known] == []  # every ideograph of GBK


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("南京东路 100 号", "南京东路 100 号"),
        ("two\n\tlines", "two lines"),
        ("gift 🎁 wrap", "gift 〓 wrap"),
        ("𠮷野家", "〓野家"),
        ("a\u202eb\u200bc\x07", "abc"),
        ("e\u0301", "é"),
        ("", ""),
        ("  ", ""),
    ],
)
def test_what_cannot_be_printed_is_seen_or_gone(text: str, shown: str) -> None:
    assert printable(text) == shown


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("Electric kettle, steel", ["Electric kettle,", "steel"]),
        ("一二三四五六七八九十甲乙", ["一二三四五六七八", "九十甲乙"]),
        ("一二三四五六七八，九十", ["一二三四五六七", "八，九十"]),
        ("一二三四五六七（八九）十", ["一二三四五六七", "（八九）十"]),
        ("KETTLE-1234567890-ABCDEF", ["KETTLE-1234567", "890-ABCDEF"]),
    ],
)
def test_lines_break_where_they_may(text: str, lines: list[str]) -> None:
    assert wrapped(text, 10, 81) == lines


@given(st.text(max_size=60), st.integers(30, 200))
def test_no_line_is_too_wide_and_nothing_is_lost(text: str, width: int) -> None:
    lines = wrapped(text, 10, width)
    assert all(width_of(line, 10) <= width or len(line) == 1 for line in lines)
    assert "".join(lines).replace(" ", "") == printable(text).replace(" ", "")
    assert not any(unicodedata.category(char) == "Cc" for line in lines for char in line)


def test_the_last_line_says_that_more_would_follow() -> None:
    lines = wrapped("南京东路" * 20, 10, 100, most=2)
    assert len(lines) == 2
    assert lines[1].endswith("…")
    assert width_of(lines[1], 10) <= 100


def test_one_line_shrinks_before_it_is_cut() -> None:
    assert fitted("short", 12, 100, 8) == ("short", 12)
    text, size = fitted("somewhat longer than this", 12, 120, 8)
    assert (text, 8 <= size < 12) == ("somewhat longer than this", True)
    text, size = fitted("much longer than this " * 3, 12, 120, 8)
    assert (text[-1], size) == ("…", 8)
    assert MISSING not in text
