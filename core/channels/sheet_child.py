"""The child process that opens a workbook: reads it from standard input, writes its rows to standard output as JSON.

It is started by path with nothing but its limits, so it imports nothing of the house. Every cell goes out as text;
a number that has lost digits is marked.
"""

from __future__ import annotations

import io
import json
import sys
from datetime import date, datetime, time, timedelta

_LARGEST_EXACT = 10**15


def as_text(value: object) -> str | list[str]:
    """A cell as text; [text] where the number can't be the one that somebody typed."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        if abs(value) >= _LARGEST_EXACT:
            return [repr(value)]
        # Fifteen digits are what a spreadsheet keeps and shows; more is noise of binary fractions.
        return str(int(value)) if value == int(value) else format(value, ".15g")
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    return str(value)


def limit(memory_bytes: int, cpu_s: int) -> None:
    """Takes memory and time away from this process, where the system can."""
    try:
        import resource
    except ImportError:  # Windows: the parent's clock is the only limit
        return
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def main(memory_bytes: int, cpu_s: int, most_rows: int, wanted: str) -> int:
    """Writes {"sheet": name} and one [line, [cells]] per row of the wanted or the first visible sheet, or why not."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    content = sys.stdin.buffer.read()
    limit(memory_bytes, cpu_s)
    out = io.TextIOWrapper(sys.stdout.buffer, "utf-8", newline="\n")

    def say(what: object) -> None:
        out.write(json.dumps(what, ensure_ascii=True) + "\n")

    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(content))
        visible = [s.name for s in workbook.sheets_metadata if s.visible == SheetVisibleEnum.Visible]
        if wanted and wanted not in workbook.sheet_names:
            say({"absent": wanted})
            out.flush()
            return 0
        sheet = workbook.get_sheet_by_name(wanted or (visible or workbook.sheet_names)[0])
        rows_count = sheet.end[0] + 1 if sheet.end else 0
        if rows_count > most_rows:
            say({"rows": rows_count})
        else:
            say({"sheet": sheet.name})
            for line, row in enumerate(sheet.iter_rows(), start=1):
                say([line, [as_text(value) for value in row]])
    except (CalamineError, IndexError, MemoryError) as error:
        say({"damaged": repr(error)})
    out.flush()
    return 0


if __name__ == "__main__":
    memory, cpu, most = map(int, sys.argv[1:4])
    sys.exit(main(memory, cpu, most, sys.argv[4] if len(sys.argv) > 4 else ""))
