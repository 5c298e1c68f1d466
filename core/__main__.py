"""The command line: `python -m core import --channel olist DIR` and its options.

Exit codes: 0 everything was taken in (perhaps with warnings), 2 nothing was done because the arguments or the files
were refused, 3 some rows were kept aside.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from core.channels import CHANNELS, olist
from core.channels.export import to_csv
from core.channels.files import InFile
from core.channels.mapping import ColumnMapping
from core.context import Actor, Context, World
from core.db.engines import Databases, connect, reader
from core.db.migrate import migrate
from core.db.worlds import world_of
from core.domain.errors import OrderlyError
from core.domain.rights import rights_of
from core.services.import_reads import KeptProblem, problems_in
from core.services.imports import ImportResult, Preview, Source, import_orders, preview

DONE, REFUSED, KEPT_ASIDE = 0, 2, 3
OPERATOR = Actor(None, "command line", "administrator", None, rights_of("administrator", None))
PROBLEM_HEADER = ("file", "line", "column", "severity", "found", "wanted", "order", "row")
_BAR = 30


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m core", description="Orderly's command line.")
    commands = parser.add_subparsers(dest="command", required=True)
    imports = commands.add_parser(
        "import",
        help="import orders from a channel's files",
        epilog="Exit codes: 0 everything taken in, 2 refused, 3 some rows kept aside.",
    )
    codes = [channel.code for channel in CHANNELS]
    imports.add_argument("--channel", required=True, choices=codes, help="where the orders come from")
    imports.add_argument("files", nargs="+", type=Path, help="the files, or the folder that holds them")
    imports.add_argument("--mapping", type=Path, help="JSON file saying which column says what (channel 'mapped')")
    imports.add_argument("--preview", action="store_true", help="only say what would be done")
    imports.add_argument("--problems", type=Path, metavar="FILE", help="write every problem to a CSV file")
    imports.add_argument("--max-mb", type=int, default=100, metavar="MB", help="refuse larger files (default: 100)")
    return parser


def _source(arguments: argparse.Namespace) -> Source:
    files: list[InFile] = []
    for path in arguments.files:
        files += olist.files_in(path) if path.is_dir() else [InFile.at(path)]
    mapping = None
    if arguments.mapping is not None:
        text = InFile.at(arguments.mapping).content
        assert isinstance(text, Path)
        mapping = ColumnMapping.from_json(text.read_text(encoding="utf-8-sig"))
    return Source(arguments.channel, tuple(files), mapping, arguments.max_mb * 1_000_000)


class _Progress:
    """A bar on a terminal; silent where the output goes into a file."""

    def __init__(self) -> None:
        self.shown = sys.stderr.isatty()
        self.started = time.monotonic()

    def tell(self, read: int, everything: int, result: ImportResult) -> None:
        if not self.shown:
            return
        share = read / everything if everything else 1.0
        bar = "#" * round(share * _BAR)
        rate = (result.imported_count + result.unchanged_count) / max(time.monotonic() - self.started, 1e-3)
        sys.stderr.write(
            f"\r[{bar:-<{_BAR}}] {share:4.0%}  {result.imported_count:,} orders"
            f"  {result.problem_count:,} kept aside  {rate:,.0f}/s "
        )
        sys.stderr.flush()

    def end(self) -> None:
        if self.shown:
            sys.stderr.write("\n")


def _summary(found: ImportResult | Preview, *, would: bool) -> str:
    taken = found.orders_count if isinstance(found, Preview) else found.imported_count
    lines = (
        (f"orders {'to be taken in' if would else 'taken in'}", taken),
        ("here already, unchanged", found.unchanged_count),
        ("problems, rows kept aside", found.problem_count),
        ("warnings", found.warning_count),
    )
    return "\n".join(f"{count:>10,}  {what}" for what, count in lines)


def _row(problem: KeptProblem) -> tuple[object, ...]:
    return (
        problem.file, problem.line, problem.column, problem.severity.value, problem.found, problem.wanted_text,
        problem.order_number, problem.raw,
    )  # fmt: skip


def _write_problems(databases: Databases, batch_id: int, path: Path) -> None:
    with reader(databases.live) as db:
        ctx = Context(db, OPERATOR, int(time.time()), world_of(db, "live", "live"))
        rows: list[tuple[object, ...]] = []
        while page := problems_in(ctx, batch_id, skip=len(rows), most=5_000):
            rows += map(_row, page)
    path.write_bytes(to_csv(PROBLEM_HEADER, rows))


def _preview(databases: Databases, source: Source, problems: Path | None) -> int:
    with reader(databases.live) as db:
        found = preview(Context(db, OPERATOR, int(time.time()), world_of(db, "live", "live")), source)
    print(_summary(found, would=True))
    for problem in found.problems[:20]:
        place = f"{problem.file}:{problem.line}" + (f" {problem.column}" if problem.column else "")
        print(f"  {place}: found {problem.found!r}, wanted {problem.wanted}")
    if problems is not None:
        rows = [
            (p.file, p.line, p.column, p.severity.value, p.found, p.wanted, p.order_number, p.raw)
            for p in found.problems
        ]
        problems.write_bytes(to_csv(PROBLEM_HEADER, rows))
    return KEPT_ASIDE if found.problem_count else DONE


def _import(databases: Databases, source: Source, problems: Path | None) -> int:
    with reader(databases.live) as db:
        world: World = world_of(db, "live", "live")
    progress = _Progress()
    try:
        result = import_orders(databases.live, world, OPERATOR, lambda: int(time.time()), source, progress.tell)
    finally:
        progress.end()
    print(_summary(result, would=False))
    if problems is not None:
        _write_problems(databases, result.batch_id, problems)
    elif result.problem_count:
        print("See them on the imports page, or import again with --problems FILE.")
    return KEPT_ASIDE if result.problem_count else DONE


def main(words: list[str] | None = None) -> int:
    """Carries out what the words on the command line ask for; gives the exit code."""
    arguments = _arguments().parse_args(words)
    databases = connect()
    try:
        source = _source(arguments)
        migrate(databases)
        work = _preview if arguments.preview else _import
        return work(databases, source, arguments.problems)
    except OrderlyError as error:
        print(f"Refused: {error}", file=sys.stderr)
        return REFUSED
    finally:
        databases.dispose()


if __name__ == "__main__":
    sys.exit(main())
