"""Strict reading of JSON from outside: no doubled keys, no NaN, no deep nesting, no text that can't be stored."""

from __future__ import annotations

import json
import math
from typing import Any

from core.domain.errors import ContentError

MOST_DEPTH = 32
MOST_BYTES = 10_000_000
_LONGEST_NUMBER = 100  # digits


def loads(content: bytes | str, *, file: str = "", most_depth: int = MOST_DEPTH, most_bytes: int = MOST_BYTES) -> Any:
    """What a JSON text says, if it says one thing only.

    Raises: ContentError naming what is wrong, with the line where the text isn't JSON at all.
    """
    if len(content) > most_bytes:
        raise ContentError("The JSON text is longer than {most} bytes.", file=file, most=most_bytes)
    try:
        text = content.decode("utf-8-sig") if isinstance(content, bytes) else content
    except UnicodeDecodeError as error:
        raise ContentError("The JSON text isn't UTF-8 (byte {byte}).", file=file, byte=error.start + 1) from None
    _check_depth(text, file, most_depth)
    try:
        value = json.loads(
            text,
            object_pairs_hook=lambda pairs: _single_keys(pairs, file),
            parse_constant=lambda name: _refuse_constant(name, file),
            parse_float=lambda digits: _finite(digits, file),
            parse_int=lambda digits: _whole(digits, file),
        )
    except json.JSONDecodeError as error:
        raise ContentError("This isn't JSON: {reason}.", file=file, line=error.lineno, reason=error.msg) from None
    _check_texts(value, file)
    return value


def _check_depth(text: str, file: str, most_depth: int) -> None:
    """Counts brackets outside of texts, before a recursive parser sees them."""
    depth, in_text, escaped = 0, False, False
    for char in text:
        if in_text:
            if escaped:
                escaped = False
            elif char == "\\":
                escaped = True
            elif char == '"':
                in_text = False
        elif char == '"':
            in_text = True
        elif char in "[{":
            depth += 1
            if depth > most_depth:
                raise ContentError("The JSON text is nested deeper than {most} levels.", file=file, most=most_depth)
        elif char in "]}":
            depth -= 1


def _single_keys(pairs: list[tuple[str, Any]], file: str) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        keys = [key for key, _ in pairs]
        doubled = next(key for key in keys if keys.count(key) > 1)
        raise ContentError("The key {key} appears twice in one object.", file=file, key=doubled)
    return found


def _refuse_constant(name: str, file: str) -> float:
    raise ContentError("{found} isn't a number that JSON knows.", file=file, found=name)


def _finite(digits: str, file: str) -> float:
    value = float(digits)
    if math.isinf(value) or len(digits) > _LONGEST_NUMBER:
        raise ContentError("The number {found} is too large.", file=file, found=digits[:_LONGEST_NUMBER])
    return value


def _whole(digits: str, file: str) -> int:
    if len(digits) > _LONGEST_NUMBER:
        raise ContentError("The number {found} is too large.", file=file, found=digits[:_LONGEST_NUMBER])
    return int(digits)


def _check_texts(value: Any, file: str) -> None:
    """Texts must be storable: no NUL, no half of a surrogate pair."""
    if isinstance(value, str):
        if "\0" in value or any("\ud800" <= char <= "\udfff" for char in value):
            raise ContentError(
                "A text holds a character that can't be stored: {found}.", file=file, found=ascii(value)[:80]
            )
    elif isinstance(value, dict):
        for key, inner in value.items():
            _check_texts(key, file)
            _check_texts(inner, file)
    elif isinstance(value, list):
        for inner in value:
            _check_texts(inner, file)
