"""Looks into an .xlsx file as a zip before any reader of spreadsheets may: members, sizes, macros, links, entities."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from core.channels.files import MOST_BYTES, InFile, check_size, looks_like
from core.domain.errors import FileRefused

MOST_MEMBERS = 2000
MOST_UNPACKED = 200_000_000
MOST_RATIO = 200  # real sheets pack 5 to 30 times
_RATIO_FROM = 1_000_000  # small members may pack well without harm
_CHUNK = 1 << 18
_LONGEST_TAG = 4096

# Macros, links to other workbooks, embedded files, controls, connections to databases.
_ACTIVE_PARTS = ("xl/externallinks/", "xl/embeddings/", "xl/activex/", "xl/connections", "xl/querytables/")
_DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_EXTERNAL = re.compile(rb"<Relationship\b[^>]*TargetMode\s*=\s*[\"']External[\"'][^>]*>", re.IGNORECASE)
_MOST_NAMED = 10
_ERROR = re.compile(rb"<c\b(?=[^>]*\bt=\"e\")[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"")
_FORMULA = re.compile(rb"<c\b[^>]*?\br=\"([A-Z]{1,3}\d{1,7})\"[^>]*>\s*<f[\s/>]")


@dataclass(slots=True)
class OddCells:
    """The first few cells of a workbook that hold a formula, and those that hold an error instead of a value."""

    formulas: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def inspect_workbook(file: InFile, most_bytes: int = MOST_BYTES) -> OddCells:
    """Refuses everything in a workbook that isn't plain data; gives the cells that deserve a warning.

    Why: formulas are let in, with a warning, since many honest exports sum a column; what is read is the result that
    was saved with them, and nothing here ever calculates one.
    Raises: FileRefused.
    """
    check_size(file, most_bytes)
    with file.open() as stream:
        head = stream.read(64)
        if not head.startswith(b"PK\x03\x04"):
            raise FileRefused(
                "This isn't an Excel workbook (.xlsx): its content is {kind}.",
                file=file.name,
                kind=looks_like(head) or "TXT",
            )
        try:
            with zipfile.ZipFile(stream) as archive:
                return _inspect_members(file.name, archive)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError):
            raise FileRefused("The workbook is damaged.", file=file.name) from None


def _inspect_members(name: str, archive: zipfile.ZipFile) -> OddCells:
    members = archive.infolist()
    if len(members) > MOST_MEMBERS:
        raise FileRefused(
            "The workbook has {count} parts; at most {most} are read.", file=name, count=len(members), most=MOST_MEMBERS
        )
    names = [member.filename for member in members]
    if "[Content_Types].xml" not in names or not any(part.startswith("xl/workbook.") for part in names):
        raise FileRefused("This zip file isn't an Excel workbook (.xlsx).", file=name)
    for member in members:
        _check_name(name, member, names)
    odd = OddCells()
    unpacked = 0
    for member in members:
        if member.is_dir():
            continue
        unpacked += _inspect_member(name, archive, member, unpacked, odd)
    return odd


def _active(name: str, part: str) -> FileRefused:
    return FileRefused(
        "The workbook holds macros, links or embedded files ({part}). Save a copy with values only.",
        file=name,
        part=part,
    )


def _check_name(name: str, member: zipfile.ZipInfo, names: list[str]) -> None:
    part = member.filename
    path = PurePosixPath(part)
    if path.is_absolute() or ".." in path.parts or "\\" in part or ":" in part or "\0" in member.orig_filename:
        raise FileRefused("The workbook holds a part with a dangerous name: {part}.", file=name, part=part)
    if names.count(part) > 1:
        raise FileRefused("The workbook holds the part {part} twice.", file=name, part=part)
    if member.flag_bits & 1:
        raise FileRefused("The workbook is protected by a password. Save it without one.", file=name)
    if part.endswith(".bin") and part.startswith("xl/workbook"):
        raise FileRefused("This is a binary workbook (.xlsb). Save it as .xlsx or CSV.", file=name)
    if "vbaproject" in part.lower() or part.lower().startswith(_ACTIVE_PARTS):
        raise _active(name, part)
    if member.file_size > _RATIO_FROM and member.file_size > MOST_RATIO * max(member.compress_size, 1):
        raise FileRefused("The workbook unpacks to far more than it should ({part}).", file=name, part=part)


def _inspect_member(name: str, archive: zipfile.ZipFile, member: zipfile.ZipInfo, before: int, odd: OddCells) -> int:
    """Unpacks one part chunk by chunk, looking at its text; gives its real size."""
    part, size, tail = member.filename, 0, b""
    is_text = part.lower().endswith((".xml", ".rels", ".vml"))
    with archive.open(member) as stream:
        while chunk := stream.read(_CHUNK):
            if is_text:
                if size == 0 and chunk.startswith((b"\xff\xfe", b"\xfe\xff", b"\0")):
                    raise FileRefused("The part {part} isn't UTF-8.", file=name, part=part)
                window = tail + chunk
                _inspect_text(name, part, window, odd)
                tail = window[-_LONGEST_TAG:]
            size += len(chunk)
            if before + size > MOST_UNPACKED or (size > _RATIO_FROM and size > MOST_RATIO * member.compress_size):
                raise FileRefused("The workbook unpacks to far more than it should ({part}).", file=name, part=part)
    return size


def _inspect_text(name: str, part: str, text: bytes, odd: OddCells) -> None:
    if _DECLARATION.search(text):
        raise FileRefused("The part {part} declares entities, which no workbook needs.", file=name, part=part)
    if part == "[Content_Types].xml" and b"macroEnabled" in text:
        raise _active(name, part)
    if part.endswith(".rels") and any(b"/hyperlink" not in link[0] for link in _EXTERNAL.finditer(text)):
        # A link behind a cell is harmless: it is never followed, and never shown as one.
        raise _active(name, part)
    if part.startswith("xl/worksheets/"):
        for pattern, cells in ((_FORMULA, odd.formulas), (_ERROR, odd.errors)):
            for match in pattern.finditer(text):
                cell = match[1].decode("ascii")
                if len(cells) < _MOST_NAMED and cell not in cells:
                    cells.append(cell)
