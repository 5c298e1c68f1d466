"""Texts of files from outside: their encoding, their markup taken out, their signs that can't be shown."""

from __future__ import annotations

import re
from html.parser import HTMLParser

from assessments.interchange.foreign import Worded
from core.channels.files import CONTROL_TEXT, InFile, check_size
from core.domain.errors import FileRefused

MOST_BYTES = 10_000_000
LONGEST_TEXT = 4_000
MOST_PARTS = 26

# Signs that stand for nothing in any text; the readers use them as marks of their own.
RESERVED = "".join(map(chr, range(0xFDD0, 0xFDD8)))
_SPOILT = CONTROL_TEXT | frozenset(RESERVED + "\ufffe\uffff")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MARKED_UP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|ul|ol|li|table|t[rdh]|img|a|sub|sup|pre|code|h[1-6])\b", re.I
)
_BLOCKS = frozenset({"p", "div", "li", "tr", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_PLAIN_TAGS = frozenset({"p", "br", "div", "span"})
_UNSEEN = frozenset({"script", "style", "head", "title", "template", "noscript", "object", "iframe"})


def decoded(data: bytes, name: str, most_bytes: int = MOST_BYTES) -> str:
    """A text file as text with plain line ends: UTF-8, or GB18030 as older Chinese programs write it.

    Raises: FileRefused when it is empty, too large, neither of the two, or a file of another kind.
    """
    check_size(InFile(name, data), most_bytes)
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = _strictly(data, "utf-16", name)
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if data.startswith((b"PK", b"\x89PNG", b"\xff\xd8\xff", b"%PDF", b"\xd0\xcf\x11\xe0", b"\x1f\x8b")):
                raise FileRefused("This isn't a text file.", file=name) from None
            text = _strictly(data, "gb18030", name, data[: error.start].count(b"\n") + 1)
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _strictly(data: bytes, encoding: str, name: str, line: int | None = None) -> str:
    """A text in another encoding than UTF-8; a line that is UTF-8 nevertheless means two encodings in one file."""
    if encoding == "gb18030":
        for number, part in enumerate(data.split(b"\n"), start=1):
            if _plainly_utf8(part):
                raise FileRefused(
                    "Two encodings in one file: line {utf8} is UTF-8, line {gb} isn't. Save it anew as 'CSV UTF-8'.",
                    file=name,
                    line=max(number, line or 0),
                    utf8=number,
                    gb=line,
                )
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused("The text is neither UTF-8 nor GB18030.", file=name, line=line) from None


def _plainly_utf8(line: bytes) -> bool:
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(sign >= "\u0800" for sign in text) >= 2


def spoilt(text: str) -> bool:
    """Whether a text holds control characters, or signs that stand for nothing."""
    return not _SPOILT.isdisjoint(text) or _SURROGATE.search(text) is not None


def plain(worded: Worded) -> str:
    """What a reader sees of a text: tags taken out, entities resolved, pictures as their description."""
    if not marked_up(worded):
        return worded.text.strip()
    reader = _Reader()
    reader.feed(worded.text)
    reader.close()
    return reader.result()


def marked_up(worded: Worded) -> bool:
    """Whether a text is HTML, or is mixed with it."""
    return worded.markup == "html" or (worded.markup == "moodle" and _MARKED_UP.search(worded.text) is not None)


def loses_by_plain(worded: Worded) -> bool:
    """Whether more than paragraphs goes when the markup is taken out."""
    if not marked_up(worded):
        return worded.markup == "markdown" and re.search(r"[*_`#\[]", worded.text) is not None
    reader = _Reader()
    reader.feed(worded.text)
    reader.close()
    return bool(reader.tags - _PLAIN_TAGS)


class _Reader(HTMLParser):
    """Collects the text of HTML; nothing of it is ever shown as HTML."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self._parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag in _UNSEEN:
            self._unseen += 1
        elif tag == "img":
            said = dict(attrs).get("alt") or ""
            self._parts.append(f"[{said.strip()}]" if said.strip() else "[…]")
        elif tag == "br" or tag in _BLOCKS:
            self._parts.append("\n")
        elif tag in ("td", "th"):
            self._parts.append(" ")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in _UNSEEN:
            self.handle_starttag(tag, attrs)

    def handle_endtag(self, tag: str) -> None:
        if tag in _UNSEEN:
            self._unseen = max(0, self._unseen - 1)
        elif tag in _BLOCKS:
            self._parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self._parts.append(re.sub(r"\s+", " ", data))

    def result(self) -> str:
        """The lines that say something."""
        lines = (re.sub(r"[ \u00a0]+", " ", line).strip() for line in "".join(self._parts).split("\n"))
        return "\n".join(line for line in lines if line)
