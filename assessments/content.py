"""Strict reading of content files: every field is known, typed and complete, or its place is named."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from assessments.prose import Prose
from core.domain.errors import ContentError

_LINE_IN_MESSAGE = re.compile(r"at line (\d+)")


class Locator:
    """Finds the line on which a part of a TOML text begins, to name it in a message."""

    def __init__(self, text: str) -> None:
        self._lines = text.splitlines()

    def table(self, header: str, nth: int, after: int = 0) -> int | None:
        """Line of the nth `[[header]]` or `[header]` below line `after`; counts from 0, lines from 1."""
        wanted = {f"[[{header}]]", f"[{header}]"}
        seen = 0
        for number, line in enumerate(self._lines[after:], start=after + 1):
            if line.split("#", 1)[0].strip() in wanted:
                if seen == nth:
                    return number
                seen += 1
        return None

    def field(self, name: str, after: int) -> int:
        """Line of the first `name = …` below a header, or the header's own line."""
        begins = re.compile(rf"\s*{re.escape(name)}\s*=")
        for number, line in enumerate(self._lines[after:], start=after + 1):
            if line.lstrip().startswith("["):
                break
            if begins.match(line):
                return number
        return after


def read_toml(path: Path) -> tuple[dict[str, Any], Locator]:
    """A content file as plain data, with what finds its lines.

    Raises: ContentError naming file and line when it is not UTF-8 or not TOML.
    """
    try:
        text = path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise ContentError("This file is not UTF-8 text.", file=path.name) from error
    try:
        return tomllib.loads(text), Locator(text)
    except tomllib.TOMLDecodeError as error:
        found = _LINE_IN_MESSAGE.search(str(error))
        line = int(found.group(1)) if found else None
        raise ContentError(
            "This is not valid TOML: {problem}", file=path.name, line=line, problem=str(error)
        ) from error


class Fields:
    """One table of a content file, taken apart field by field.

    Why: a misspelt key would otherwise be silently ignored, and a question lose its key or its Chinese.
    """

    def __init__(
        self, data: Any, *, file: str, line: int | None, item: str | None, where: str, locator: Locator
    ) -> None:
        self.file, self.line, self.item, self.where = file, line, item, where
        self._locator = locator
        if not isinstance(data, dict):
            raise self.error("{where} should be a table", where=where)
        self._left: dict[str, Any] = dict(data)

    def error(self, template: str, *, field: str | None = None, **params: object) -> ContentError:
        """A ContentError at this place, on the field's own line where it has one."""
        line = self.line
        if field is not None and line is not None:
            line = self._locator.field(field, line)
        return ContentError(template, file=self.file, line=line, item=self.item, **params)

    def wrong(self, template: str, name: str, **params: object) -> ContentError:
        """A ContentError about one field of this table."""
        return self.error(template, field=name, where=self.where, field_name=name, **params)

    def within(self, data: Any, where: str, line: int | None) -> Fields:
        """A table inside this one."""
        place = self.line if line is None else line
        return Fields(data, file=self.file, line=place, item=self.item, where=where, locator=self._locator)

    def line_of(self, header: str, nth: int) -> int | None:
        """Line of the nth table of that name below this one."""
        return self._locator.table(header, nth, self.line or 0)

    def has(self, name: str) -> bool:
        """Whether an optional field is given and not yet taken."""
        return name in self._left

    def left(self) -> tuple[str, ...]:
        """Names of the fields not yet taken."""
        return tuple(self._left)

    def take(self, name: str) -> Any:
        """A field that must be there."""
        if name not in self._left:
            raise self.error("{where} lacks {field_name}", where=self.where, field_name=name)
        return self._left.pop(name)

    def text(self, name: str) -> str:
        """A text that must be there and say something."""
        value = self.take(name)
        if not isinstance(value, str) or not value.strip():
            raise self.wrong("{where}: {field_name} should be a text", name)
        return value

    def one_of(self, name: str, allowed: tuple[str, ...]) -> str:
        """A text out of a closed list."""
        value = self.text(name)
        if value not in allowed:
            wanted = ", ".join(allowed)
            raise self.wrong(
                "{where}: {field_name} is {found}, wanted one of {wanted}", name, found=value, wanted=wanted
            )
        return value

    def number(self, name: str, default: float | None = None) -> float:
        """A finite number; a missing one takes the default, if there is one."""
        if default is not None and name not in self._left:
            return default
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e15:
            raise self.wrong("{where}: {field_name} should be a number", name)
        return float(value)

    def count(self, name: str) -> int:
        """A whole number above zero."""
        value = self.take(name)
        if isinstance(value, bool) or not isinstance(value, int) or value < 1:
            raise self.wrong("{where}: {field_name} should be a whole number above 0", name)
        return value

    def prose(self, name: str) -> Prose:
        """A text in both languages, neither of them empty."""
        return self._prose(self.take(name), name)

    def proses(self, name: str) -> tuple[Prose, ...]:
        """A list of texts in both languages; missing means none."""
        values = self._left.pop(name, [])
        return tuple(self._prose(value, name) for value in values)

    def prose_rows(self, name: str) -> tuple[tuple[Prose, ...], ...]:
        """The rows of a table that must be there, each cell in both languages."""
        values = self.take(name)
        if not isinstance(values, list) or not all(isinstance(row, list) for row in values):
            raise self.wrong("{where}: {field_name} should be a list of rows", name)
        return tuple(tuple(self._prose(cell, name) for cell in row) for row in values)

    def tables(self, name: str, header: str, least: int = 0) -> list[Fields]:
        """The tables of an array of tables, each with its line."""
        values = self._left.pop(name, [])
        if not isinstance(values, list) or len(values) < least:
            raise self.wrong("{where} needs at least {least} of {field_name}", name, least=least)
        return [self.within(value, f"{name} {nth + 1}", self.line_of(header, nth)) for nth, value in enumerate(values)]

    def mapping(self, name: str) -> Mapping[str, Any]:
        """A free table, as parameters are; missing means empty."""
        value = self._left.pop(name, {})
        if not isinstance(value, dict):
            raise self.wrong("{where}: {field_name} should be a table", name)
        return value

    def texts(self, name: str) -> tuple[str, ...]:
        """A list of texts that must be there."""
        value = self.take(name)
        if not isinstance(value, list) or not value or not all(isinstance(one, str) for one in value):
            raise self.wrong("{where}: {field_name} should be a list of texts", name)
        return tuple(value)

    def done(self) -> None:
        """Refuses fields that nobody asked for."""
        for name in self._left:
            raise self.wrong("{where}: {field_name} is not a known field", name)

    def _prose(self, value: Any, name: str) -> Prose:
        complete = (
            isinstance(value, dict)
            and set(value) == {"en", "zh"}
            and all(isinstance(text, str) and text.strip() for text in value.values())
        )
        if not complete:
            raise self.wrong("{where}: {field_name} should be said in both languages, en and zh", name)
        return Prose(en=value["en"].strip(), zh=value["zh"].strip())
