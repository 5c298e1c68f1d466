"""Numbers as people type them: full-width digits, thousands, a percent sign, a currency, the unit."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from assessments.prose import Prose

MAX_LENGTH = 60
"""Longer than any number a question asks for; what is longer is not read."""

_NUMBER = re.compile(r"([+-]?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?|\.[0-9]+)(.*)", re.DOTALL)
_CURRENCIES = ("cny", "rmb", "usd", "eur", "brl", "r$", "$", "¥", "€")
_MINUS_SIGNS = str.maketrans({"−": "-", "–": "-", "\u2010": "-", "、": ","})


def read_number(typed: str, unit: Prose | None = None) -> Decimal | None:
    """What number a person meant, or None when it can't be told without guessing.

    The unit may follow in either language or be left out; 12.5% is 12.5 when the question asks in percent and
    0.125 when it doesn't. A comma is taken only where thousands are.
    """
    if len(typed) > MAX_LENGTH:
        return None
    text = unicodedata.normalize("NFKC", typed).translate(_MINUS_SIGNS).strip().casefold()
    sign = ""
    if text[:1] in ("+", "-"):
        sign, text = text[0], text[1:].lstrip()
    units = _unit_words(unit)
    for mark in sorted({*_CURRENCIES, *units} - {"%"}, key=len, reverse=True):
        if text.startswith(mark):
            text = text[len(mark) :].lstrip()
            break
    found = _NUMBER.fullmatch(text)
    if found is None or (sign and found[1]):
        return None
    rest = found[3].strip()
    value = Decimal(found[2].replace(",", ""))
    if sign == "-" or found[1] == "-":
        value = -value
    if rest == "%" and "%" not in units:
        return value / 100
    return value if rest == "" or rest in units or rest in _CURRENCIES else None


def _unit_words(unit: Prose | None) -> set[str]:
    if unit is None:
        return set()
    words: set[str] = set()
    for text in (unit.en, unit.zh):
        word = unicodedata.normalize("NFKC", text).strip().casefold()
        words |= {word, word.removesuffix("s"), word + "s"} if word.isascii() and word.isalpha() else {word}
    if words & {"元", "yuan", *_CURRENCIES}:
        words |= {"元", "yuan"}
    return words - {""}
