"""The formats that items come in and go out by, and how a file is told from another."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

from assessments.interchange.aiken import read_aiken, write_aiken
from assessments.interchange.gift_reading import read_gift
from assessments.interchange.gift_writing import write_gift
from assessments.interchange.moodle_xml_reading import read_moodle_xml
from assessments.interchange.moodle_xml_writing import write_moodle_xml
from assessments.interchange.parsed import Parsed, Written
from assessments.interchange.qti import write_qti
from assessments.interchange.workbook_layout import COLUMNS
from assessments.interchange.workbook_reading import read_workbook
from assessments.interchange.workbook_writing import write_workbook
from core.domain.errors import NotFound

GIFT, MOODLE_XML, AIKEN, WORKBOOK, QTI = "gift", "moodle_xml", "aiken", "workbook", "qti"

WHOLE, EACH = "whole", "each"

FORMAT_LABELS = MappingProxyType(
    {
        GIFT: "GIFT text",
        MOODLE_XML: "Moodle XML file",
        AIKEN: "Aiken text",
        WORKBOOK: "Workbook (XLSX)",
        QTI: "QTI 2.1 package",
    }
)

_SNIFFED = 200_000
_AIKEN = re.compile(r"^ANSWER:\s*[A-Z]\b", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Format:
    """One format.

    Shape: `read` is None where a format is only written; `bilingual` files hold both languages at once; `cases` says
    whether a situation that several items share has a place of its own, be it once (WHOLE) or before each item (EACH).
    """

    code: str
    suffix: str
    mime: str
    read: Callable[[bytes, str, str], Parsed] | None
    write: Callable[[Iterable[Mapping[str, Any]], str], Written]
    bilingual: bool = False
    cases: str = ""


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        GIFT: Format(GIFT, ".gift.txt", "text/plain", read_gift, write_gift),
        MOODLE_XML: Format(MOODLE_XML, ".xml", "application/xml", read_moodle_xml, write_moodle_xml),
        AIKEN: Format(AIKEN, ".aiken.txt", "text/plain", read_aiken, write_aiken),
        WORKBOOK: Format(
            WORKBOOK,
            ".xlsx",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            lambda data, _, name: read_workbook(data, name),
            lambda items, _: write_workbook(items),
            bilingual=True,
            cases=WHOLE,
        ),
        QTI: Format(QTI, ".zip", "application/zip", None, write_qti, cases=EACH),
    }
)
READABLE = tuple(code for code, one in FORMATS.items() if one.read is not None)


def format_of(code: str) -> Format:
    """A format by its code. Raises: NotFound."""
    if code not in FORMATS:
        raise NotFound("There is no format called {code}.", code=code)
    return FORMATS[code]


def recognised(data: bytes, name: str) -> str:
    """The format that a file most likely is in, by what is in it and only then by its name."""
    suffix = PurePath(name).suffix.lower()
    if data.startswith(b"PK\x03\x04") or suffix in (".xlsx", ".csv"):
        return WORKBOOK
    head = data[:_SNIFFED].decode("utf-8-sig", "replace").lstrip()
    if head.startswith("<") or suffix == ".xml":
        return MOODLE_XML
    if next(iter(COLUMNS.values())) in head[:500]:
        return WORKBOOK
    return AIKEN if _AIKEN.search(head.replace("\r", "\n")) and "{" not in head else GIFT
