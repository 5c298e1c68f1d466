"""Strict JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels import strict_json
from core.domain.errors import ContentError

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NUMBER = st.integers() | st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBER | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=20,
)


@given(JSON)
def test_what_is_written_reads_back_equal(value: object) -> None:
    assert strict_json.loads(json.dumps(value)) == value
    assert strict_json.loads(json.dumps(value, ensure_ascii=False).encode()) == value


@pytest.mark.parametrize(
    ("text", "template"),
    [
        ('{"a": 1, "a": 2}', "The key {key} appears twice in one object."),
        ('{"x": {"a": 1, "a": 1}}', "The key {key} appears twice in one object."),
        ("NaN", "{found} isn't a number that JSON knows."),
        ("[-Infinity]", "{found} isn't a number that JSON knows."),
        ("1e999", "The number {found} is too large."),
        ("1" * 101, "The number {found} is too large."),
        ("[" * 33 + "]" * 33, "The JSON text is nested deeper than {most} levels."),
        ("[" * 200_000, "The JSON text is nested deeper than {most} levels."),
        ('"\\u0000"', "A text holds a character that can't be stored: {found}."),
        ('{"\\ud800": 1}', "A text holds a character that can't be stored: {found}."),
        ("{", "This isn't JSON: {reason}."),
        ("", "This isn't JSON: {reason}."),
        ("[1,]", "This isn't JSON: {reason}."),
        ("[1] x", "This isn't JSON: {reason}."),
    ],
)
def test_refusals(text: str, template: str) -> None:
    with pytest.raises(ContentError) as caught:
        strict_json.loads(text, file="a.json")
    assert caught.value.template == template
    assert str(caught.value).startswith("a.json")


def test_brackets_in_texts_are_no_depth() -> None:
    assert strict_json.loads('"' + "[" * 100 + '\\""') == "[" * 100 + '"'


def test_other_encodings_and_lengths_are_refused() -> None:
    assert strict_json.loads(b"\xef\xbb\xbf[1]") == [1]
    with pytest.raises(ContentError, match="UTF-8"):
        strict_json.loads("[1]".encode("utf-16"))
    with pytest.raises(ContentError, match="longer"):
        strict_json.loads("[1]", most_bytes=2)


@pytest.mark.parametrize("name", ["nan.json", "dup_keys.json"])
def test_hostile_files_are_refused(acceptance: Callable[[str], Path], name: str) -> None:
    with pytest.raises(ContentError):
        strict_json.loads(acceptance(f"hostile/{name}").read_bytes())
