"""Strict reading of CSV files: streamed, field counts exact, every odd row a problem with its place."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice

from core.channels.files import CONTROL_TEXT, MOST_BYTES, InFile, text_kind
from core.channels.incoming import Problem, SourceRow
from core.channels.problems import Severity, shortened
from core.domain.errors import FileRefused

_DELIMITERS = ",;\t"
_MOST_COLUMNS = 1000
_LONGEST_HEADER = 65_536  # characters
Progress = Callable[[int, int], None]


def ignore_progress(done: int, total: int) -> None:
    """For callers that don't show how far reading has come."""


@dataclass(slots=True)
class Meter:
    """How far reading has come, over several files. Units: bytes."""

    total: int
    tell: Progress = ignore_progress
    _before: int = 0

    def at(self, position: int) -> None:
        """Says how far the present file is."""
        self.tell(min(self._before + position, self.total), self.total)

    def finished(self, size: int) -> None:
        """Says that a file is through."""
        self._before += size
        self.at(0)


@dataclass(slots=True)
class Table:
    """A file of rows under one header, CSV or sheet; going through it gives rows, and problems between them.

    Shape: `kind` is how it was read (`utf-8-sig`, `gb18030`, `xlsx`), shown in the preview.
    """

    file: str
    header: tuple[str, ...]
    kind: str
    rows: Iterator[SourceRow | Problem]
    delimiter: str = ","
    _places: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._places = {name: place for place, name in enumerate(self.header) if name}

    def place(self, column: str) -> int | None:
        """Where a column stands, None if the file has none of that name."""
        return self._places.get(column)

    def need(self, columns: Collection[str]) -> None:
        """Refuses a file that lacks columns, naming all of them.

        Raises: FileRefused.
        """
        missing = [name for name in columns if name not in self._places]
        if missing:
            raise FileRefused(
                "Columns are missing: {missing}. The file has: {found}.",
                file=self.file,
                line=1,
                missing=", ".join(missing),
                found=shortened(", ".join(name for name in self.header if name)),
            )

    def damaged_key(self, problem: Problem, column: str) -> str:
        """What a damaged row says in a column, as far as that can be known: the row may be shifted."""
        place = self._places[column]
        try:
            cells = next(csv.reader(io.StringIO(problem.raw, newline=""), delimiter=self.delimiter), [])
        except csv.Error:
            return ""
        return cells[place] if place < len(cells) else ""


def csv_text(cells: Sequence[str], delimiter: str = ",") -> str:
    """A row as it would stand in a CSV file, without the line end."""
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\r\n").writerow(cells)  # so that both are quoted in cells
    return out.getvalue()[:-2]


def raw_text(rows: Sequence[SourceRow]) -> str:
    """Rows kept aside, as CSV text."""
    return "\n".join(csv_text(row.cells) for row in rows)


def check_header(file: str, names: Sequence[str]) -> tuple[str, ...]:
    """Column names without the spaces around them.

    Raises: FileRefused for no names, doubled names, or a nameless column that isn't at the end.
    """
    header = tuple(name.strip(" \t\r\n\ufeff\u00a0\u3000") for name in names)
    named = [name for name in header if name]
    if not named:
        raise FileRefused("The first row must hold the column names, and is empty.", file=file, line=1)
    doubled = sorted({name for name in named if named.count(name) > 1})
    if doubled:
        raise FileRefused("Columns appear twice: {doubled}.", file=file, line=1, doubled=", ".join(doubled))
    if "" in header[: len(named)]:
        place = header.index("") + 1
        raise FileRefused("Column {place} has no name.", file=file, line=1, place=place)
    return header


def open_csv(file: InFile, meter: Meter | None = None, most_bytes: int = MOST_BYTES) -> Table:
    """Opens a CSV file; its rows are read as one goes through them, in constant memory.

    Raises: FileRefused when the file as a whole can't be read (kind, size, encoding, header).
    """
    kind = text_kind(file, most_bytes)
    delimiter, header, lines = _read_header(file, kind.encoding)
    meter = meter or Meter(file.size)
    rows = _rows(file, kind.encoding, delimiter, lines, meter)
    checked = checked_rows(file.name, header, rows, delimiter, kind.has_controls)
    return Table(file.name, header, kind.encoding, checked, delimiter)


def _read_header(file: InFile, encoding: str) -> tuple[str, tuple[str, ...], int]:
    """The delimiter, the column names, and how many lines the header takes with blank lines before it."""
    with io.TextIOWrapper(file.open(), encoding, newline="") as text:
        for number, line in enumerate(islice(text, 100), start=1):
            if len(line) > _LONGEST_HEADER:
                break
            if not line.strip():
                continue
            if any(char in CONTROL_TEXT for char in line):
                raise FileRefused("There are control characters in the header.", file=file.name, line=number)
            header, delimiter = max(((_split(line, d), d) for d in _DELIMITERS), key=lambda found: len(found[0]))
            if not header or len(header) > _MOST_COLUMNS:
                break
            return delimiter, check_header(file.name, header), number
    raise FileRefused("There is no row of column names at the top.", file=file.name, line=1)


def _split(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return []


def _rows(
    file: InFile, encoding: str, delimiter: str, header_lines: int, meter: Meter
) -> Iterator[tuple[int, int, list[str]] | Problem]:
    """(first line, last line, cells) per row; one problem and the end where quotes are broken."""
    with file.open() as stream, io.TextIOWrapper(stream, encoding, newline="") as text:
        for _ in range(header_lines):
            next(text)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        last = 0
        try:
            for count, cells in enumerate(reader):
                first, last = last + 1, reader.line_num
                if cells:
                    yield first + header_lines, last + header_lines, cells
                if not count & 1023:
                    meter.at(stream.tell())
        except csv.Error:
            line = last + 1 + header_lines
            rest = _rest(file, encoding, line)
            yield Problem("quotes", file.name, line, "", shortened(rest.splitlines()[0]), raw=rest)
    meter.finished(file.size)


def _rest(file: InFile, encoding: str, line: int, most: int = 4000) -> str:
    """The beginning of what could not be read, as it stands in the file."""
    with io.TextIOWrapper(file.open(), encoding, newline="") as text:
        return "".join(islice(text, line - 1, line + 49))[:most]


def checked_rows(
    file: str,
    header: tuple[str, ...],
    rows: Iterator[tuple[int, int, list[str]] | Problem],
    delimiter: str,
    has_controls: bool,
) -> Iterator[SourceRow | Problem]:
    """Rows whose field count and characters are in order; the others as problems."""
    count, named = len(header), sum(map(bool, header))
    for row in rows:
        if isinstance(row, Problem):
            yield row
            if row.severity is Severity.STOPPED:
                return
            continue
        first, last, cells = row
        if len(cells) != count:
            raw = csv_text(cells, delimiter)
            params = {"count": count}
            if last > first:  # a quote in the wrong place has joined rows, and may have joined what follows
                yield Problem("spread", file, first, "", str(len(cells)), raw=raw, params=params)
                return
            if any(cells):
                yield Problem("field_count", file, first, "", str(len(cells)), raw=raw, params=params)
        elif has_controls and (spoilt := _control(cells)) is not None:
            found = shortened(ascii(cells[spoilt])[1:-1])
            yield Problem("control", file, first, header[spoilt], found, raw=csv_text(cells, delimiter))
        elif named < count and any(cells[named:]):
            found = shortened(next(filter(None, cells[named:])))
            yield Problem("unnamed", file, first, "", found, raw=csv_text(cells, delimiter))
        elif any(cells):
            yield SourceRow(file, first, header, cells)


def _control(cells: Sequence[str]) -> int | None:
    """The place of the first cell with a control character."""
    return next((place for place, cell in enumerate(cells) if not CONTROL_TEXT.isdisjoint(cell)), None)
