"""Translations: every interface text has its Chinese, with the same values in it, and none is left over."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.pofile import read_po

from core.domain.errors import ContentError, RuleViolation
from core.ui.i18n import LOCALE_DIR, catalogues, in_language, placeholders, t, translate_error
from tests.ui.texts import all_texts, texts_in

ZH = sorted((LOCALE_DIR / "zh").glob("*.po"))
# Texts that are the same in both languages.
SAME = frozenset({"Orderly"})


def _messages() -> Iterator[tuple[Path, str, str]]:
    for file in ZH:
        with file.open("rb") as handle:
            for message in read_po(handle, locale="zh_Hans_CN", abort_invalid=True):
                if message.id:
                    yield file, str(message.id), str(message.string)


def test_every_text_has_its_chinese() -> None:
    known = catalogues()["zh"]
    missing = {text: places[0] for text, places in all_texts().items() if text not in known and text not in SAME}
    assert missing == {}


def test_the_chinese_takes_the_same_values() -> None:
    wrong = {
        text: (file.name, sorted(placeholders(text) ^ placeholders(chinese)))
        for file, text, chinese in _messages()
        if chinese and placeholders(text) != placeholders(chinese)
    }
    assert wrong == {}


def test_the_chinese_is_chinese() -> None:
    """A text without a single Chinese character is a forgotten one, unless it has no letters to translate."""
    forgotten = [
        (file.name, text)
        for file, text, chinese in _messages()
        if chinese == text and text not in SAME and any(char.isalpha() for char in text)
    ]
    assert forgotten == []


def test_no_text_is_translated_in_two_ways() -> None:
    seen: dict[str, tuple[str, str]] = {}
    twice = []
    for file, text, chinese in _messages():
        first = seen.setdefault(text, (file.name, chinese))
        if first[1] != chinese:
            twice.append((text, first, (file.name, chinese)))
    assert twice == []


def test_no_translation_is_left_over() -> None:
    wanted = set(all_texts())
    assert sorted((file.name, text) for file, text, _ in _messages() if text not in wanted) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('t("One {n}", n=1)', ["One {n}"]),
        ('i18n.t("Two")', ["Two"]),
        ('t("Yes") if a else t("No")', ["No", "Yes"]),
        ('t("Yes" if a else "No")', ["No", "Yes"]),
        ('mark("Later")', ["Later"]),
        ('raise RuleViolation("No {x}", x=1)', ["No {x}"]),
        ('errors.ContentError("Bad {x}", file="a", x=1)', ["Bad {x}"]),
        ('ROLE_LABELS = MappingProxyType({Role.A: "A name"})', ["A name"]),
        ('ROLE_LABELS: dict[str, str] = {"a": "B name"}', ["B name"]),
        ('SitePage("a/b.py", "Title", "icon", "What for")', ["Title", "What for"]),
        ("t(name)", []),
        ('print("not a text")', []),
    ],
)
def test_the_finder_finds(source: str, found: list[str]) -> None:
    assert sorted(text for text, _ in texts_in(ast.parse(source))) == found


def test_an_error_speaks_the_readers_language_and_names_its_place() -> None:
    error = RuleViolation("A password needs at least {n} characters.", n=12)
    placed = ContentError("There is no such file.", file="orders.csv", line=3)
    with in_language("zh"):
        assert translate_error(error) == "密码至少需要 12 个字符。"
        assert translate_error(placed).startswith("orders.csv:3: ")
        assert t("Sign in") == "登录"
    with in_language("en"):
        assert translate_error(error) == "A password needs at least 12 characters."
