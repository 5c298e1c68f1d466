"""Reading XML from outside: no document types, no entities, the line of everything; broken parts are stepped over."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from core.domain.errors import FileRefused

MOST_ELEMENTS = 300_000
DEEPEST = 50


@dataclass(slots=True)
class Element:
    """One element with its line, from 1."""

    tag: str
    attributes: dict[str, str]
    line: int
    children: list[Element] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The text of the element itself."""
        return "".join(self.parts)

    def child(self, tag: str) -> Element | None:
        """The first child of that name."""
        return next((one for one in self.children if one.tag == tag), None)

    def all(self, tag: str) -> list[Element]:
        """Every child of that name."""
        return [one for one in self.children if one.tag == tag]

    def said(self, *path: str) -> str:
        """The text of a descendant, nothing where there is none."""
        found: Element | None = self
        for tag in path:
            found = found.child(tag) if found is not None else None
        return found.text.strip() if found is not None else ""


@dataclass(frozen=True, slots=True)
class BrokenXml:
    """A place where XML is broken, and why."""

    line: int
    reason: str
    found: str


class _Builder:
    def __init__(self, name: str, line: int) -> None:
        self.name, self.first_line = name, line
        self.root: Element | None = None
        self.parser = expat.ParserCreate()
        self.parser.buffer_text = True
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._text
        self.parser.StartDoctypeDeclHandler = self._refuse
        self.parser.EntityDeclHandler = self._refuse
        self._open: list[Element] = []
        self._count = 0

    def line(self) -> int:
        return self.first_line + self.parser.CurrentLineNumber - 1

    def _refuse(self, *_: object) -> NoReturn:
        raise FileRefused(
            "The file declares a document type or entities, which no file of questions needs.",
            file=self.name,
            line=self.line(),
        )

    def _start(self, tag: str, attributes: dict[str, str]) -> None:
        self._count += 1
        if self._count > MOST_ELEMENTS or len(self._open) >= DEEPEST:
            raise FileRefused(
                "The file nests deeper or holds more elements than any file of questions.",
                file=self.name,
                line=self.line(),
            )
        element = Element(tag, attributes, self.line())
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)

    def _end(self, _: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        if self._open:
            self._open[-1].parts.append(text)


def parse(text: str, name: str, line: int = 1) -> Element | BrokenXml:
    """The root of an XML text, or where it is broken; `line` is that of its beginning.

    Raises: FileRefused for document types, entities and what is far too deep or large.
    """
    builder = _Builder(name, line)
    try:
        builder.parser.Parse(text, True)
    except expat.ExpatError as error:
        lines = text.split("\n")
        found = lines[error.lineno - 1].strip() if error.lineno <= len(lines) else ""
        return BrokenXml(line + error.lineno - 1, expat.ErrorString(error.code) or "", found)
    assert builder.root is not None  # expat has no document without a root
    return builder.root


def pieces(text: str, tag: str, name: str) -> Iterator[Element | BrokenXml]:
    """The elements of one name in a text that is broken as a whole, each read by itself."""
    opening, closing = re.compile(rf"<{tag}[\s>]"), f"</{tag}>"
    line, counted = 1, 0
    at, end = _found(opening, text, 0), -1
    while at >= 0:
        line += text.count("\n", counted, at)
        counted = at
        following = _found(opening, text, at + 1)
        if end < at:
            end = text.find(closing, at)
        if end < 0 or (0 <= following < end):
            yield BrokenXml(line, f"</{tag}>?", text[at : at + 80].split("\n")[0])
            if end < 0:
                return
        else:
            yield parse(text[at : end + len(closing)], name, line)
            following = _found(opening, text, end)
        at = following


def _found(pattern: re.Pattern[str], text: str, start: int) -> int:
    found = pattern.search(text, start)
    return found.start() if found else -1
