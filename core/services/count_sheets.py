"""Count sheets of a stocktake: what is on them now, and what a filled-in one brings back."""

from __future__ import annotations

from dataclasses import dataclass

from core.channels.count_sheets import read_counts
from core.channels.files import InFile
from core.channels.incoming import Problem
from core.context import Context
from core.db.history import actor_name
from core.domain.count_papers import CountSheet, SheetLine
from core.domain.counting import CountStatus
from core.domain.errors import RuleViolation
from core.services.count_entries import enter_counts
from core.services.count_reads import CountLine, StocktakeFile, get_stocktake


@dataclass(frozen=True, slots=True)
class SheetPreview:
    """What a filled-in sheet would bring: counts by line, how many rows are blank, and what can't be taken.

    Shape: `counts` line's id → units; `same` lines say what was entered already and stay as they are.
    """

    counts: dict[int, int]
    same: int
    blank: int
    problems: tuple[Problem, ...]


def get_count_sheet(ctx: Context, stocktake_id: int, *, with_book: bool = True) -> CountSheet:
    """The sheet of what waits for a count; without the book where the stocktake is blind, or where it is wished so.

    Raises: NotAllowed, NotFound, RuleViolation when there is nothing to count now.
    """
    ctx.actor.need("stock.count")
    file = get_stocktake(ctx, stocktake_id)
    _need_open(file)
    due = [line for line in file.lines if line.is_due]
    if not due:
        raise RuleViolation("Everything is counted; no line waits for a sheet.")
    return _paper(file, due, with_book)


def _need_open(file: StocktakeFile) -> None:
    if not file.takes_counts:
        raise RuleViolation("Stocktake {number} takes no counts now.", number=file.row.number)


def _paper(file: StocktakeFile, lines: list[CountLine], with_book: bool) -> CountSheet:
    shows = with_book and not file.row.is_blind
    return CountSheet(
        number=file.row.number,
        warehouse_code=file.row.warehouse,
        warehouse_en=file.row.warehouse_en,
        warehouse_zh=file.row.warehouse_zh,
        is_recount=file.row.status is CountStatus.RECOUNT,
        shows_book=shows,
        made_at=file.now,
        timezone=file.timezone,
        lines=tuple(
            SheetLine(
                position=line.position,
                bin_code=line.bin_code,
                sku_code=line.sku_code,
                name_en=line.name_en,
                name_zh=line.name_zh,
                lot_id=line.lot_id,
                expires_on=line.expires_on,
                book=line.book if shows else None,
            )
            for line in lines
        ),
    )


def preview_sheet(ctx: Context, stocktake_id: int, upload: InFile) -> SheetPreview:
    """What a filled-in sheet would bring; nothing is written.

    Raises: NotAllowed, NotFound, RuleViolation when no counts are taken now, FileRefused for a changed sheet.
    """
    ctx.actor.need("stock.count")
    file = get_stocktake(ctx, stocktake_id)
    _need_open(file)
    read = read_counts(upload, _paper(file, list(file.lines), with_book=True))
    who = actor_name(ctx)
    by_position = {line.position: line for line in file.lines}
    counts: dict[int, int] = {}
    problems, same = list(read.problems), 0
    for position, units in read.counts.items():
        line = by_position[position]
        if not line.is_due and line.counted == units:
            same += 1
        elif line.is_due or (line.counted_by == who and (line.rounds > 1 or not _recounting(file))):
            counts[line.id] = units
        else:
            problems.append(Problem("counted_already", upload.name, None, "", f"{position}: {units}"))
    return SheetPreview(counts, same, read.blank, tuple(problems))


def _recounting(file: StocktakeFile) -> bool:
    return file.row.status is CountStatus.RECOUNT


def enter_sheet(ctx: Context, stocktake_id: int, upload: InFile, counted_at: int | None = None) -> int:
    """Takes a filled-in sheet's good counts in, all at the moment they were counted; gives how many.

    Raises: as `preview_sheet` and `enter_counts` do.
    """
    return enter_counts(ctx, stocktake_id, preview_sheet(ctx, stocktake_id, upload).counts, counted_at=counted_at)
