"""Emphasis on its way out and back: bold in every format that knows it, and never asterisks on somebody's screen."""

from __future__ import annotations

import time
from typing import Any

import pytest

from assessments.interchange.emphasis import as_html, pieces, unmarked
from assessments.interchange.foreign import Worded
from assessments.interchange.formats import AIKEN, FORMATS, GIFT, MOODLE_XML
from assessments.interchange.parsed import Written
from assessments.interchange.texts import loses_by_plain, plain
from tests.assessments.interchange.items import house_tables

MATCHING: dict[str, Any] = {
    "id": "xx-1",
    "kind": "matching",
    "stem": {"en": "Match **all** of it, at x < y."},
    "pairs": [
        {"left": {"en": "a **b**"}, "right": {"en": "one **two**"}},
        {"left": {"en": "[c]"}, "right": {"en": "three"}},
    ],
}
WORDING: dict[str, Any] = {
    "id": "xx-2",
    "kind": "short_text",
    "stem": {"en": "Which **word**?"},
    "accept": [{"pattern": "**so**", "fraction": 1.0, "reason": {"en": "It is **so**."}}],
    "reason": {"en": "Nothing **else**."},
}


def written(code: str, item: dict[str, Any]) -> Written:
    return FORMATS[code].write([item], "en")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [("", False)]),
        ("plain", [("plain", False)]),
        ("a **b** c", [("a ", False), ("b", True), (" c", False)]),
        ("**b**", [("b", True)]),
        ("2 ** 3", [("2 ** 3", False)]),
        ("138****1234", [("138****1234", False)]),
        ("**a** of 138****1234", [("a", True), (" of 138****1234", False)]),
    ],
)
def test_pieces(text: str, found: list[tuple[str, bool]]) -> None:
    assert pieces(text) == found
    assert unmarked(text) == "".join(words for words, _ in found)


def test_html_shows_the_same_words() -> None:
    assert as_html("a < b & **c**\nd") == "a &lt; b &amp; <strong>c</strong><br>d"


@pytest.mark.parametrize("code", [GIFT, MOODLE_XML])
@pytest.mark.parametrize("item", [MATCHING, WORDING], ids=["matching", "wording"])
def test_what_is_emphasised_comes_back(code: str, item: dict[str, Any]) -> None:
    made = written(code, item)
    read = FORMATS[code].read
    assert read is not None
    (draft,) = read(made.content, "en", "file").items
    expected = item | {"pairs": [*item["pairs"]]} if "pairs" in item else item
    if "pairs" in item:  # what is chosen from is plain text in Moodle
        expected["pairs"][0] = {"left": {"en": "a **b**"}, "right": {"en": "one two"}}
    assert dict(draft.table) == expected
    assert draft.said == {}


@pytest.mark.parametrize("code", [GIFT, MOODLE_XML, AIKEN])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_file_of_the_house_shows_asterisks(code: str, language: str) -> None:
    items = [item for item in house_tables() if item["kind"] != "short_text"]
    assert any("**" in item["stem"][language] for item in items)
    assert b"**" not in FORMATS[code].write(items, language).content


def test_aiken_says_that_emphasis_is_lost() -> None:
    options = [{"text": {"en": "yes"}, "fraction": 1.0}, {"text": {"en": "no"}, "fraction": 0.0}]
    made = written(AIKEN, {"id": "xx-3", "kind": "single", "stem": {"en": "Really **not**?"}, "options": options})
    assert made.content.startswith(b"Really not?\nA) yes\n")
    assert [one.params["what"] for one in made.problems] == [("emphasis",)]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a <b>b</b></p>", "a **b**"),
        ("a <strong> b </strong>c", "a **b** c"),
        ("<b></b>a<b> </b>", "a"),
        ("<b>a<br>b</b>", "a\nb"),
        ("<b>a <b>b</b></b>", "a **b**"),
        ("2 ** 3 <b>c</b>", "2 ** 3 c"),
        ("never </b>closed <b>at all", "never closed at all"),
    ],
)
def test_bold_words_of_other_systems(html: str, text: str) -> None:
    assert plain(Worded(html, "html")) == text
    assert not loses_by_plain(Worded(html, "html"))


@pytest.mark.parametrize("html", ["<b> " * 9_000, "<b>" + " " * 39_000, "</b><b>" * 5_000])
def test_bold_that_never_ends_is_no_emphasis_and_takes_no_long(html: str) -> None:
    begun = time.process_time()
    assert plain(Worded(html, "html")) == ""
    assert time.process_time() - begun < 5
