"""Reading an .xlsx workbook: inspected as a zip, opened in a child process with limits, its first sheet as rows."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import weakref
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from core.channels.files import MOST_BYTES, InFile
from core.channels.incoming import Problem
from core.channels.problems import shortened
from core.channels.reading import Meter, Table, check_header, checked_rows, csv_text, open_csv
from core.channels.workbook_inspection import OddCells, inspect_workbook
from core.domain.errors import FileRefused

_CHILD = Path(__file__).with_name("sheet_child.py")
_KEPT_ENVIRONMENT = ("PATH", "SYSTEMROOT", "LD_LIBRARY_PATH", "TMPDIR")
_IN_MEMORY = 4_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a workbook may cost. Units: bytes, seconds of processor and of the clock, rows."""

    memory_bytes: int = 1_500_000_000
    cpu_s: int = 60
    wall_s: int = 90
    most_rows: int = 300_000
    most_output_bytes: int = 500_000_000


def open_table(file: InFile, meter: Meter | None = None, most_bytes: int = MOST_BYTES) -> Table:
    """Opens a workbook or a CSV file, whichever the name says; a content that is something else is refused.

    Raises: FileRefused.
    """
    if Path(file.name).suffix.lower() == ".xlsx":
        return open_sheet(file, meter, most_bytes)
    return open_csv(file, meter, most_bytes)


def open_sheet(
    file: InFile, meter: Meter | None = None, most_bytes: int = MOST_BYTES, limits: Limits | None = None
) -> Table:
    """Opens the first visible sheet of a workbook; the first row that isn't empty names the columns.

    Raises: FileRefused when the workbook is damaged, dangerous, too large or has no header.
    """
    odd = inspect_workbook(file, most_bytes)
    output = _converted(file, limits or Limits(), "")
    assert output is not None
    return _table(file, output, odd, meter)


def open_named_sheet(file: InFile, sheet: str, most_bytes: int = MOST_BYTES) -> Table | None:
    """Opens the sheet of that name; None where the workbook has none, or the file isn't a workbook.

    Raises: FileRefused as `open_sheet`.
    """
    if Path(file.name).suffix.lower() != ".xlsx":
        return None
    odd = inspect_workbook(file, most_bytes)
    output = _converted(file, Limits(), sheet)
    return _table(file, output, odd, None) if output is not None else None


def _table(file: InFile, output: IO[bytes], odd: OddCells, meter: Meter | None) -> Table:
    lines = _lines(output)
    weakref.finalize(lines, output.close)  # whether or not anybody goes through the rows
    header_line, names = next(((line, cells) for line, cells in lines if any(cells)), (1, []))
    header = check_header(file.name, [name if isinstance(name, str) else name[0] for name in names])
    rows = _rows(file, lines, odd, header_line, meter or Meter(file.size))
    return Table(file.name, header, "xlsx", checked_rows(file.name, header, rows, ",", has_controls=True))


def _converted(file: InFile, limits: Limits, sheet: str) -> IO[bytes] | None:
    """The child's whole output, so that nothing of a workbook is used that can't be read to its end.

    None where there is no sheet of the name that is asked for.
    """
    numbers = map(str, (limits.memory_bytes, limits.cpu_s, limits.most_rows))
    command = [sys.executable, "-I", str(_CHILD), *numbers, sheet]
    environment = {name: os.environ[name] for name in _KEPT_ENVIRONMENT if name in os.environ}
    output: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115  (closed by whoever reads it)
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=environment
    ) as child:
        watchdog = threading.Timer(limits.wall_s, child.kill)
        watchdog.start()
        try:
            assert child.stdin is not None and child.stdout is not None
            try:
                with file.open() as stream:
                    while chunk := stream.read(1 << 20):
                        child.stdin.write(chunk)
                child.stdin.close()
            except BrokenPipeError:
                pass  # the child has ended early; its exit code says why
            size = 0
            while size <= limits.most_output_bytes and (chunk := child.stdout.read(1 << 20)):
                size += len(chunk)
                output.write(chunk)
            child.stdout.close()  # ends a child that would say more
            code = child.wait()
        finally:
            watchdog.cancel()
    if code != 0 or size > limits.most_output_bytes:
        output.close()
        raise FileRefused("Reading the workbook took too much time or memory, and was stopped.", file=file.name)
    output.seek(0)
    said = json.loads(output.readline())
    if "sheet" in said:
        return output
    output.close()
    if "absent" in said:
        return None
    if "rows" in said:
        raise FileRefused(
            "The sheet has {found} rows; at most {most} are read. Save it as CSV.",
            file=file.name,
            found=said["rows"],
            most=limits.most_rows,
        )
    raise FileRefused("The workbook is damaged.", file=file.name)


def _lines(output: IO[bytes]) -> Iterator[tuple[int, list[str | list[str]]]]:
    for text in output:
        line, cells = json.loads(text)
        yield line, cells


def _rows(
    file: InFile,
    lines: Iterator[tuple[int, list[str | list[str]]]],
    odd: OddCells,
    header_line: int,
    meter: Meter,
) -> Iterator[tuple[int, int, list[str]] | Problem]:
    for kind, cells in (("formula", odd.formulas), ("cell_error", odd.errors)):
        if cells:
            yield Problem(kind, file.name, header_line, "", ", ".join(cells))
    for line, cells_read in lines:
        texts = [cell if isinstance(cell, str) else cell[0] for cell in cells_read]
        if lost := [cell[0] for cell in cells_read if isinstance(cell, list)]:
            yield Problem("precision", file.name, line, "", shortened(", ".join(lost)), raw=csv_text(texts))
        else:
            yield line, line, texts
    meter.finished(file.size)
