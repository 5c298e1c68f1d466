"""Prose in both languages of the house, kept beside the content it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

LANGUAGES = ("en", "zh")


@dataclass(frozen=True, slots=True)
class Prose:
    """One sentence or paragraph, said in English and in 简体中文."""

    en: str
    zh: str

    def in_language(self, language: str) -> str:
        """The text a reader of this language gets; anything that is not Chinese reads English."""
        return self.zh if language.startswith("zh") else self.en

    def as_data(self) -> dict[str, str]:
        """The form in which prose is stored with an attempt."""
        return {"en": self.en, "zh": self.zh}

    @classmethod
    def from_data(cls, data: Any) -> Prose:
        """Prose from its stored form."""
        return cls(en=str(data["en"]), zh=str(data["zh"]))


def same(text: str) -> Prose:
    """Text that reads the same in both languages: an order number, a SKU, a figure."""
    return Prose(en=text, zh=text)


def both(say: Callable[[str], str]) -> Prose:
    """Prose made by asking once per language."""
    return Prose(en=say("en"), zh=say("zh"))
