"""A file from outside before anybody trusts it: its size, what it really is and which encoding it speaks."""

from __future__ import annotations

import codecs
import hashlib
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from core.domain.errors import FileRefused

MOST_BYTES = 100_000_000
_CHUNK = 1 << 20
_SNIFF = 4096
# NUL, DEL and the C0 controls except tab, line feed and carriage return: the same bytes in UTF-8 and GB18030.
CONTROLS = bytes([*range(0x09), 0x0B, 0x0C, *range(0x0E, 0x20), 0x7F])
CONTROL_TEXT = frozenset(CONTROLS.decode("ascii"))

_SIGNATURES = (
    (b"PK\x03\x04", "ZIP/XLSX"),
    (b"PK\x05\x06", "ZIP"),
    (b"\xd0\xcf\x11\xe0", "XLS/DOC"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "GZIP"),
    (b"7z\xbc\xaf", "7Z"),
    (b"Rar!", "RAR"),
    (b"SQLite format 3", "SQLite"),
)
_MARKUP = (
    (b"<!doctype html", "HTML"),
    (b"<html", "HTML"),
    (b"<table", "HTML"),
    (b"<?xml", "XML"),
    (b"{", "JSON"),
    (b"[", "JSON"),
)


@dataclass(frozen=True, slots=True)
class InFile:
    """A file handed in: a path on this machine or the bytes of an upload; messages show its `name` only."""

    name: str
    content: Path | bytes = field(repr=False)

    @classmethod
    def at(cls, path: Path) -> InFile:
        """A file on this machine.

        Raises: FileRefused when there is none.
        """
        if not path.is_file():
            raise FileRefused("There is no such file.", file=path.name)
        return cls(path.name, path)

    @property
    def size(self) -> int:
        """Bytes."""
        return len(self.content) if isinstance(self.content, bytes) else self.content.stat().st_size

    def open(self) -> BinaryIO:
        """The bytes as a stream; the caller closes it."""
        return io.BytesIO(self.content) if isinstance(self.content, bytes) else self.content.open("rb")

    def sha256(self) -> str:
        """Hash of the content."""
        digest = hashlib.sha256()
        with self.open() as stream:
            while chunk := stream.read(_CHUNK):
                digest.update(chunk)
        return digest.hexdigest()


@dataclass(frozen=True, slots=True)
class TextKind:
    """How a text file is to be read; `has_controls` says whether its rows must be searched for such characters."""

    encoding: str
    has_controls: bool


def check_size(file: InFile, most_bytes: int = MOST_BYTES) -> None:
    """Refuses a file that is empty or too large, before a byte of it is read.

    Raises: FileRefused.
    """
    if file.size == 0:
        raise FileRefused("The file is empty (0 bytes).", file=file.name)
    if file.size > most_bytes:
        raise FileRefused(
            "The file has {found} MB; at most {most} MB are read. Split it, or use the command line.",
            file=file.name,
            found=round(file.size / 1_000_000),
            most=round(most_bytes / 1_000_000),
        )


def looks_like(head: bytes) -> str | None:
    """What a file that isn't plain text gives itself away as, by its first bytes."""
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()[:64].lower()
    return next((kind for signature, kind in _MARKUP if start.startswith(signature)), None)


def is_workbook(file: InFile) -> bool:
    """Whether the content (not the name) is a zip, as every .xlsx is."""
    with file.open() as stream:
        return stream.read(4) == b"PK\x03\x04"


def text_kind(file: InFile, most_bytes: int = MOST_BYTES) -> TextKind:
    """Reads the whole file once and decides its encoding: UTF-8 (with or without a mark), else GB18030.

    Raises: FileRefused for another kind of file, UTF-16, a mixture of encodings, or bytes that are neither.
    """
    check_size(file, most_bytes)
    with file.open() as stream:
        _refuse_other_kinds(file, stream.read(_SNIFF))
        stream.seek(0)
        has_controls, is_utf8 = _scan(stream)
        if is_utf8:
            return TextKind("utf-8-sig", has_controls)
        stream.seek(0)
        _check_gb18030(file, stream)
    return TextKind("gb18030", has_controls)


def _refuse_other_kinds(file: InFile, head: bytes) -> None:
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head.count(0) > len(head) // 4:
        raise FileRefused(
            "This is a UTF-16 file (Excel calls it 'Unicode text'). Save it as 'CSV UTF-8' and try again.",
            file=file.name,
        )
    kind = looks_like(head)
    if kind is not None:
        raise FileRefused("This isn't a CSV file: its content is {kind}.", file=file.name, kind=kind)


def _scan(stream: BinaryIO) -> tuple[bool, bool]:
    """Whether there are control characters, and whether all of it is UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    has_controls, is_utf8 = False, True
    while True:
        chunk = stream.read(_CHUNK)
        has_controls = has_controls or len(chunk.translate(None, CONTROLS)) != len(chunk)
        if is_utf8:
            try:
                decoder.decode(chunk, final=not chunk)
            except UnicodeDecodeError:
                is_utf8 = False
        if not chunk:
            return has_controls, is_utf8


def _check_gb18030(file: InFile, stream: BinaryIO) -> None:
    """Every line must be GB18030, and none may be plainly UTF-8: two encodings in one file mean lost text.

    Why: GB18030 takes most UTF-8 bytes for other characters, so a mixed file would silently become nonsense.
    """
    utf8_line = gb_line = None
    for number, line in enumerate(stream, start=1):
        if line.isascii():
            continue
        if _is_plainly_utf8(line):
            utf8_line = utf8_line or number
        else:
            gb_line = gb_line or number
            try:
                line.decode("gb18030")
            except UnicodeDecodeError as error:
                raise FileRefused(
                    "The text is neither UTF-8 nor GB18030 (byte {byte} of the line).",
                    file=file.name,
                    line=number,
                    byte=error.start + 1,
                ) from None
        if utf8_line and gb_line:
            raise FileRefused(
                "Two encodings in one file: line {utf8} is UTF-8, line {gb} isn't. Save it anew as 'CSV UTF-8'.",
                file=file.name,
                line=max(utf8_line, gb_line),
                utf8=utf8_line,
                gb=gb_line,
            )


def _is_plainly_utf8(line: bytes) -> bool:
    """UTF-8 by more than chance: valid, with two characters of three bytes, as GB18030 hardly ever looks."""
    try:
        text = line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return sum(char >= "\u0800" for char in text) >= 2
