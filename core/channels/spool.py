"""A temporary file on disk for what must be looked up while a large file streams past."""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from types import TracebackType
from typing import TypeVar

import pysqlite3.dbapi2 as sqlite

from core.channels.incoming import Finding, Findings, IncomingOrder, Problem, SourceRow
from core.channels.problems import Severity
from core.channels.reading import Table, csv_text, raw_text
from core.domain.errors import FileRefused

BATCH = 1000
_PRAGMAS = (
    "page_size=16384",
    "journal_mode=OFF",
    "synchronous=OFF",
    "locking_mode=EXCLUSIVE",
    "cache_size=-16384",
)
T = TypeVar("T")


def batches(items: Iterable[T], size: int = BATCH) -> Iterator[list[T]]:
    """The items in lists of `size`, the last one shorter."""
    iterator = iter(items)
    while batch := list(islice(iterator, size)):
        yield batch


class Spool:
    """A SQLite file that lives as long as the reading of one import, with small fixed memory."""

    def __init__(self) -> None:
        handle, name = tempfile.mkstemp(prefix="orderly-import-", suffix=".db")
        os.close(handle)
        self.path = Path(name)
        self.db = sqlite.connect(name, isolation_level=None)
        # Nobody else sees this file and nothing of it survives, so there is nothing to be safe for: all of it is one
        # transaction that never ends. Large pages make looking up cheaper.
        for pragma in _PRAGMAS:
            self.db.execute(f"PRAGMA {pragma}").close()
        self.db.execute("BEGIN")
        self._tables: dict[str, Table] = {}
        self.damaged: dict[str, set[str]] = {}

    def __enter__(self) -> Spool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.db.close()
        self.path.unlink(missing_ok=True)

    def keep(self, name: str, table: Table, key: str, *, whole: bool = True) -> Iterator[Problem]:
        """Takes in a table, to be looked up or gone through by one column; gives the problems found on the way.

        Shape: `damaged[name]` holds what damaged rows say in that column: their partners aren't whole.
        Raises: FileRefused when the table must be `whole` and can't be read to its end.
        """
        self._tables[name] = table
        damaged = self.damaged[name] = set()
        place = table.place(key)
        assert place is not None, key
        problems: list[Problem] = []

        def rows() -> Iterator[tuple[str, int, str]]:
            for row in table.rows:
                if isinstance(row, Problem):
                    if whole and row.severity is Severity.STOPPED:
                        raise FileRefused(
                            "The quotes are broken here: the file can't be read to its end.",
                            file=row.file,
                            line=row.line,
                        )
                    damaged.add(table.damaged_key(row, key))
                    problems.append(row)
                else:
                    yield row.cells[place], row.line, "\x1f".join(row.cells)

        self.db.execute(f"CREATE TABLE {name} (key TEXT NOT NULL, line INTEGER NOT NULL, cells TEXT NOT NULL)")
        for batch in batches(rows()):
            self.db.executemany(f"INSERT INTO {name} VALUES (?, ?, ?)", batch)
            yield from problems
            problems.clear()
        yield from problems
        self.db.execute(
            f"CREATE INDEX {name}_key ON {name} (key, line, cells)"
        )  # whoever looks up needs the index only

    def count(self, name: str) -> int:
        """How many rows of a table were taken in."""
        with closing(self.db.execute(f"SELECT COUNT(*) FROM {name}")) as cursor:
            return int(cursor.fetchone()[0])

    def in_order(self, name: str) -> Iterator[SourceRow]:
        """Every row of a table, in the order of its key."""
        table = self._tables[name]
        with closing(self.db.execute(f"SELECT line, cells FROM {name} ORDER BY key, line")) as cursor:
            for line, cells in cursor:
                yield SourceRow(table.file, line, table.header, cells.split("\x1f"))

    def find(self, name: str, keys: Sequence[str]) -> dict[str, list[SourceRow]]:
        """The rows of a table under each of the keys that have any, in the file's order."""
        table = self._tables[name]
        found: dict[str, list[SourceRow]] = {}
        wanted = "SELECT value FROM json_each(?)"
        query = f"SELECT key, line, cells FROM {name} WHERE key IN ({wanted}) ORDER BY key, line"
        with closing(self.db.execute(query, (json.dumps(keys),))) as cursor:
            for key, line, cells in cursor:
                row = SourceRow(table.file, line, table.header, cells.split("\x1f"))
                found.setdefault(key, []).append(row)
        return found

    def seen(self, keys: Iterable[str], of: str) -> None:
        """Notes which keys of a kind have come past, for `orphans`."""
        self._make_seen(of)
        self.db.executemany(f"INSERT INTO seen_{of} VALUES (?)", zip(keys, strict=True))

    def _make_seen(self, of: str) -> None:
        self.db.execute(f"CREATE TABLE IF NOT EXISTS seen_{of} (key TEXT NOT NULL)")

    def orphans(self, name: str, of: str, main_file: str) -> Iterator[Problem]:
        """Rows of a table whose key never came past."""
        table = self._tables[name]
        self._make_seen(of)
        self.db.execute(f"CREATE INDEX IF NOT EXISTS seen_{of}_key ON seen_{of} (key)")
        seen = f"SELECT key FROM seen_{of}"
        query = f"SELECT key, line, cells FROM {name} WHERE key NOT IN ({seen}) ORDER BY line"
        with closing(self.db.execute(query)) as cursor:
            for key, line, cells in cursor:
                raw = csv_text(cells.split("\x1f"))
                yield Problem("orphan", table.file, line, "", key, raw=raw, params={"file": main_file})


def without_repeats(findings: Findings) -> Findings:
    """Leaves out orders that a file holds twice: with a warning if equal, kept aside if they differ."""
    with Spool() as spool:
        past = _Past(spool)
        for batch in batches(findings):
            yield from past.first_ones(batch)


class _Past:
    """The orders that have come past already, by number."""

    def __init__(self, spool: Spool) -> None:
        self.db = spool.db
        self.db.execute("CREATE TABLE past (number TEXT PRIMARY KEY, print TEXT NOT NULL) WITHOUT ROWID")
        self.left_out = ""  # number of the order left out last, whose warnings follow it

    def first_ones(self, batch: list[Finding]) -> Findings:
        """A batch without the orders that came before, problems in their place."""
        past = self._known([finding.number for finding in batch if isinstance(finding, IncomingOrder)])
        fresh: list[tuple[str, str]] = []
        for finding in batch:
            if isinstance(finding, IncomingOrder):
                known, found = past.get(finding.number), finding.fingerprint()
                if known is not None:
                    self.left_out = finding.number
                    yield _repeat("doubled_order" if known == found else "same_number", finding)
                    continue
                self.left_out = ""
                past[finding.number] = found
                fresh.append((finding.number, found))
            elif finding.severity is Severity.WARNING and self.left_out and finding.order_number == self.left_out:
                continue
            yield finding
        self.db.executemany("INSERT INTO past VALUES (?, ?)", fresh)

    def _known(self, numbers: list[str]) -> dict[str, str]:
        query = "SELECT number, print FROM past WHERE number IN (SELECT value FROM json_each(?))"
        with closing(self.db.execute(query, (json.dumps(numbers),))) as cursor:
            return dict(cursor.fetchall())


def _repeat(kind: str, order: IncomingOrder) -> Problem:
    return Problem(kind, order.file, order.line, "", order.number, order.number, raw_text(order.rows))
