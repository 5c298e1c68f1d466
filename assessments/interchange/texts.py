"""Texts of files from outside: their encoding, their markup taken out, their signs that can't be shown."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from assessments.interchange.foreign import Worded
from core.channels.files import CONTROL_TEXT, InFile, check_size
from core.domain.errors import FileRefused

MOST_BYTES = 20_000_000
LONGEST_TEXT = 4_000
LONGEST_MARKUP = 40_000

# Signs that stand for nothing in any text; the readers use them as marks of their own.
RESERVED = "".join(map(chr, range(0xFDD0, 0xFDDA)))
_SPOILT = CONTROL_TEXT | frozenset(RESERVED + "\ufffe\uffff")
_SURROGATE = re.compile("[\ud800-\udfff]")
_BEGINS, _ENDS = RESERVED[8], RESERVED[9]
_MARKS = re.compile(f"[{_BEGINS}{_ENDS}]")
# Emphasis within one line; what stands between is marked by nothing else.
_EMPHASISED = re.compile(f"{_BEGINS}([^\n{_BEGINS}{_ENDS}]*){_ENDS}")
_MARKED_UP = re.compile(
    r"</?(?:p|br|b|i|u|em|strong|span|div|ul|ol|li|table|t[rdh]|img|a|sub|sup|pre|code|h[1-6])\b", re.I
)
_TAG = re.compile(r"(/?)([A-Za-z][A-Za-z0-9]*)")
_ALT = re.compile(r"\balt\s*=\s*(?:\"([^\"]*)\"|'([^']*)')", re.IGNORECASE)
_BLOCKS = frozenset({"p", "div", "li", "tr", "ul", "ol", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6"})
_BOLD = frozenset({"b", "strong"})
_PLAIN_TAGS = frozenset({"p", "br", "div", "span"}) | _BOLD
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
    if len(worded.text) > LONGEST_MARKUP or not marked_up(worded):
        return worded.text.strip()
    return _seen(worded.text).result()


def marked_up(worded: Worded) -> bool:
    """Whether a text is HTML, or is mixed with it."""
    return worded.markup == "html" or (worded.markup == "moodle" and _MARKED_UP.search(worded.text) is not None)


def loses_by_plain(worded: Worded) -> bool:
    """Whether more than paragraphs goes when the markup is taken out."""
    if not marked_up(worded):
        return worded.markup == "markdown" and re.search(r"[*_`#\[]", worded.text) is not None
    return len(worded.text) <= LONGEST_MARKUP and bool(_seen(worded.text).tags - _PLAIN_TAGS)


@dataclass(slots=True)
class _Seen:
    """What a reader of HTML sees, and the names of the tags it was marked up with."""

    parts: list[str] = field(default_factory=list)
    tags: set[str] = field(default_factory=set)

    def add(self, text: str) -> None:
        """Text between tags."""
        self.parts.append(re.sub(r"\s+", " ", html.unescape(text)))

    def result(self) -> str:
        """The lines that say something."""
        text = "".join(self.parts)
        text = _MARKS.sub("", text if "**" in text else _EMPHASISED.sub(_starred, text))
        lines = (re.sub(r"[ \u00a0]+", " ", line).strip() for line in text.split("\n"))
        return "\n".join(line for line in lines if line)


def _starred(found: re.Match[str]) -> str:
    """Bold words between asterisks, the spaces at their ends outside."""
    words = found[1].strip(" \u00a0")
    return found[1].replace(words, f"**{words}**") if words else found[1]


def _seen(text: str) -> _Seen:
    """Goes through HTML once from start to end; nothing of it is ever shown as HTML.

    Why: the standard library's parser takes time by the square of what is never closed.
    """
    seen, low = _Seen(), text.lower()
    at, end = 0, -1
    while (start := text.find("<", at)) >= 0:
        seen.add(text[at:start])
        if text.startswith("<!--", start):
            close = text.find("-->", start)
            if close < 0:
                return seen
            at = close + 3
            continue
        if end < start and (end := text.find(">", start)) < 0:
            seen.add(text[start:])  # no tag ends any more
            return seen
        tag = _TAG.match(text, start + 1)
        if tag is None or text.find("<", start + 1, end) >= 0:
            seen.parts.append("<")  # a sign like any other
            at = start + 1
            continue
        name, at = tag[2].lower(), end + 1
        seen.tags.add(name)
        if name in _UNSEEN and not tag[1]:
            close = low.find(f"</{name}", at)
            if close < 0:
                return seen
            at = close
        elif name == "img":
            said = _ALT.search(text, start, end)
            words = html.unescape((said[1] or said[2] or "") if said else "").strip()
            seen.parts.append(f"[{words or '…'}]")
        elif name in _BOLD:
            seen.parts.append(_ENDS if tag[1] else _BEGINS)
        elif name == "br" or name in _BLOCKS:
            seen.parts.append("\n")
        elif name in ("td", "th"):
            seen.parts.append(" ")
    seen.add(text[at:])
    return seen
