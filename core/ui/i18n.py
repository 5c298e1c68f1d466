"""Interface texts, dates, numbers and money in the reader's language."""

from __future__ import annotations

import string
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from zoneinfo import ZoneInfo

from core.domain.errors import Colleague, Label, OrderlyError
from core.domain.labels import label_of

LANGUAGES = ("en", "zh")
LANGUAGE_NAMES = MappingProxyType({"en": "English", "zh": "简体中文"})
LOCALE_DIR = Path(__file__).parent / "locale"
_BABEL = MappingProxyType({"en": "en_US", "zh": "zh_Hans_CN"})

_language: ContextVar[str | None] = ContextVar("orderly_language", default=None)
_source: list[Callable[[], str]] = []
_people: list[Callable[[str], str]] = []


def language() -> str:
    """The language texts are given in now: `en` or `zh`."""
    chosen = _language.get()
    if chosen is None:
        chosen = _source[-1]() if _source else "en"
        if _source:
            _language.set(chosen)
    return chosen


def language_from(source: Callable[[], str]) -> None:
    """Says where a thread that nobody has told a language (a callback, a fragment) finds its person's."""
    _source[:] = [source]


def people_from(source: Callable[[str], str]) -> None:
    """Says who knows the name behind an actor of a log, `person:12`."""
    _people[:] = [source]


def set_language(code: str) -> None:
    """Chooses the language for what follows in this thread (a script run, a callback, a request)."""
    _language.set(code if code in LANGUAGES else "en")


@contextmanager
def in_language(code: str) -> Iterator[None]:
    """Speaks another language for the length of a block."""
    token = _language.set(code)
    try:
        yield
    finally:
        _language.reset(token)


@lru_cache(maxsize=1)
def catalogues() -> MappingProxyType[str, MappingProxyType[str, str]]:
    """Language → English text → its translation, merged from every area's file; the first file that has it wins."""
    from babel.messages.pofile import read_po

    merged: dict[str, MappingProxyType[str, str]] = {"en": MappingProxyType({})}
    for code in LANGUAGES[1:]:
        texts: dict[str, str] = {}
        for file in sorted((LOCALE_DIR / code).glob("*.po")):
            with file.open("rb") as handle:
                catalogue = read_po(handle, locale=_BABEL[code], abort_invalid=True)
            for message in catalogue:
                if not message.id or not message.string:
                    continue
                texts.setdefault(str(message.id), str(message.string))
        merged[code] = MappingProxyType(texts)
    return MappingProxyType(merged)


def t(text: str, /, **params: object) -> str:
    """The text in the reader's language, with its values filled in."""
    template = catalogues()[language()].get(text, text)
    return template.format(**params) if params else template


def mark(text: str) -> str:
    """The text as it is: marks one that is translated later, where it is shown."""
    return text


def translate_error(error: OrderlyError) -> str:
    """What a deliberate error says to the reader, with the place where it is known."""
    params = {name: _said(value) for name, value in error.params.items()}
    said = t(error.template, **params)
    place = error.place() if hasattr(error, "place") else ""
    return f"{place}: {said}" if place else said


def _said(value: object) -> object:
    """A value of a message in the reader's words."""
    if isinstance(value, tuple):
        return join_list(str(_said(part)) for part in value)
    if isinstance(value, StrEnum):
        return t(label_of(value))
    if isinstance(value, Label):
        return t(value)
    if isinstance(value, Colleague):
        return t("Automatic") if value == "engine" else _people[-1](value) if _people else str(value)
    return "" if value is None else value


def placeholders(text: str) -> frozenset[str]:
    """The names of the values a template takes."""
    return frozenset(name for _, name, _, _ in string.Formatter().parse(text) if name)


def negotiate(accept_language: str | None) -> str:
    """The best of our languages for a browser's Accept-Language header; English when it asks for none."""
    best, best_weight = "en", 0.0
    for part in (accept_language or "").split(","):
        tag, _, weight_text = part.strip().partition(";q=")
        try:
            weight = float(weight_text) if weight_text else 1.0
        except ValueError:
            continue
        code = tag.split("-")[0].lower()
        if code in LANGUAGES and weight > best_weight:
            best, best_weight = code, weight
    return best


def _locale() -> str:
    return _BABEL[language()]


def format_money(cents: int, currency: str = "CNY") -> str:
    """An amount with its currency. Units: integer cents."""
    from decimal import Decimal

    from babel.numbers import format_currency

    return format_currency(Decimal(cents) / 100, currency, locale=_locale())


def format_int(value: int) -> str:
    """A whole number with its thousands set apart."""
    return _decimal(value, None, _locale())


def format_number(value: float, digits: int = 1) -> str:
    """A number with a fixed count of decimals."""
    return _decimal(value, "#,##0" + ("." + "0" * digits if digits else ""), _locale())


def _decimal(value: float, pattern: str | None, locale: str) -> str:
    return _decimal_once(value + 0, pattern, locale)  # minus nought is nought


@lru_cache(maxsize=8_192, typed=True)
def _decimal_once(value: float, pattern: str | None, locale: str) -> str:
    """A number written out, remembered: Babel takes as long for it as Streamlit does to draw it (measured)."""
    from babel.numbers import format_decimal

    return format_decimal(value, format=pattern, locale=locale)


def format_rate(rate: float, digits: int = 1) -> str:
    """A share (0..1) as per cent; one that isn't a number reads as a dash."""
    from babel.numbers import format_percent

    if rate != rate:
        return "–"
    pattern = "#,##0" + ("." + "0" * digits if digits else "") + "%"
    return format_percent(rate, format=pattern, locale=_locale())


def format_instant(at: int, timezone: str = "Asia/Shanghai", *, seconds: bool = False) -> str:
    """A moment as the reader's calendar and the world's clock show it. Units: epoch seconds UTC."""
    from babel.dates import format_datetime

    moment = datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(timezone))
    clock = "HH:mm:ss" if seconds else "HH:mm"
    pattern = f"y年M月d日 {clock}" if language() == "zh" else f"d MMM y, {clock}"
    return format_datetime(moment, pattern, locale=_locale())


def format_day_at(at: int, timezone: str = "Asia/Shanghai") -> str:
    """The day on which a moment lies, as the reader writes it. Units: epoch seconds UTC."""
    return format_day(datetime.fromtimestamp(at, UTC).astimezone(ZoneInfo(timezone)).date())


def format_day(day: str | date, *, weekday: bool = False) -> str:
    """A calendar day (`YYYY-MM-DD`) as the reader writes it."""
    from babel.dates import format_date

    value = date.fromisoformat(day) if isinstance(day, str) else day
    pattern = "y年M月d日" if language() == "zh" else "d MMM y"
    if weekday:
        pattern = f"{pattern} EEE" if language() == "zh" else f"EEE {pattern}"
    return format_date(value, pattern, locale=_locale())


def format_duration(seconds: float) -> str:
    """A span in its two largest units: `2 d 4 h`, `3 min 20 s`."""
    units = ((mark("{n} d"), 86400), (mark("{n} h"), 3600), (mark("{n} min"), 60), (mark("{n} s"), 1))
    sign, left = ("-" if seconds < 0 else ""), round(abs(seconds))
    parts: list[str] = []
    for label, size in units:
        count, left = divmod(left, size)
        if count or (size == 1 and not parts):
            parts.append(t(label, n=count))
        elif parts:
            break
        if len(parts) == 2:
            break
    return sign + " ".join(parts)


def join_list(items: Iterable[str]) -> str:
    """Items as a sentence lists them."""
    from babel.lists import format_list

    return format_list(list(items), locale=_locale())
