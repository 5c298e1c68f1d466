"""Items in and out: what a file holds before anybody keeps it, and the items in use as a file for other systems."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

from assessments import figures
from assessments.bank import Generated, Item
from assessments.banked_items import bank_for, topics
from assessments.case_models.model import BuiltCase
from assessments.forms import question_for
from assessments.interchange.formats import EACH, format_of
from assessments.interchange.parsed import Draft, Parsed, Problem, Written, problem
from assessments.interchange.tables import table_of, table_of_drawing, told
from assessments.item_imports import Taken, save_drafts
from assessments.prose import LANGUAGES
from core.context import Context
from core.domain.errors import NotFound, RuleViolation

NOBODY = 0
"""The person whom an item of a file is drawn for."""


def read_items(ctx: Context, data: bytes, name: str, code: str, language: str) -> Parsed:
    """What a file holds, and everything that is wrong in it; nothing is written.

    Raises: NotAllowed without `bank.write`; FileRefused; NotFound for a format that isn't read.
    """
    ctx.actor.need("bank.write")
    read = format_of(code).read
    if read is None:
        raise NotFound("Files of this format can't be read, only written.")
    _known(language)
    return read(data, language, name)


def keep_items(
    ctx: Context,
    drafts: Sequence[Draft],
    topic: str,
    origin: str,
    competency: str,
    level: str,
    positions: Sequence[str],
    source: str,
) -> tuple[Taken, ...]:
    """Keeps the items of a file as drafts; what a file doesn't say of an item is taken from the other arguments.

    Raises: NotAllowed without `bank.write`; NotFound for an unknown topic; RuleViolation where there is nothing.
    """
    ctx.actor.need("bank.write")
    if not drafts:
        raise RuleViolation("There is nothing to keep in this file.")
    given = {"competency": competency, "level": level, "positions": list(positions), "source": source.strip()}
    defaults = {name: value for name, value in given.items() if value}
    return save_drafts(ctx, drafts, topic, origin=origin, defaults=defaults)


def write_items(
    ctx: Context, topic: str, competency: str, kind: str, code: str, language: str, *, drawings: bool
) -> Written:
    """The items in use as a file, with what it can't hold; empty arguments let everything pass.

    `drawings`: items that are made anew for everybody are written as they are drawn once; otherwise they are
    reported.
    Raises: NotAllowed without `bank.write`; NotFound for an unknown topic, format or language.
    """
    ctx.actor.need("bank.write")
    made = format_of(code)
    _known(language)
    if topic and topic not in topics():
        raise NotFound("There is no item bank on {topic}.", topic=topic)
    items = [
        item
        for item in bank_for(ctx, [topic] if topic else list(topics())).items
        if competency in ("", item.competency) and kind in ("", item.kind)
    ]
    remarks: list[Problem] = []
    if drawings and any(isinstance(item.content, Generated) for item in items):
        tables = list(_drawn(items, ctx.now, made.cases, remarks))
    else:
        tables = [_fitting(table_of(item), made.cases, remarks) for item in items]
    written = made.write(tables, language)
    return replace(written, problems=(*written.problems, *remarks))


def _drawn(items: Sequence[Item], seed: int, cases: str, remarks: list[Problem]) -> Iterator[dict[str, Any]]:
    """Items as tables, those that are made anew as one person would get them.

    Why a drawn case isn't a case of a workbook: its figures are right for one drawing only, and never those here again.
    """
    situations: dict[str, BuiltCase] = {}
    with figures.practice_figures() as world:
        for item in items:
            if not isinstance(item.content, Generated):
                yield _fitting(table_of(item), cases, remarks)
                continue
            table = table_of_drawing(item, question_for(item, seed, NOBODY, world, situations))
            remarks.append(problem("one_drawing", None, str(table["id"])))
            yield table if cases == EACH else told(table)


def _fitting(table: dict[str, Any], cases: str, remarks: list[Problem]) -> dict[str, Any]:
    """A table as a format holds it: the situation of its case in the question where it has no other place."""
    if cases or "case" not in table:
        return table
    remarks.append(problem("case_in_stem", None, str(table["id"])))
    return told(table)


def _known(language: str) -> None:
    if language not in LANGUAGES:
        raise NotFound("There is no language called {language}.", language=language)
