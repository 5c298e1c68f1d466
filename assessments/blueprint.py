"""Blueprints: what a test consists of, whichever items are drawn for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assessments.bank import KINDS, LEVEL_LABELS, LEVELS
from assessments.competencies import COMPETENCIES, FIELDS
from assessments.content import Fields, Locator, read_toml
from assessments.prose import Prose
from core.domain.errors import ContentError

BLUEPRINTS = Path(__file__).parent / "blueprints"
TESTS = (
    "order_processing",
    "system",
    "warehouse",
    "logistics",
    "customer_service",
    "data_reports",
    "system_use",
    "security",
    "risk",
    "programme",
)
"""Every test there is, in the order in which they are offered."""

MOST_ITEMS = 100
"""More items in a form than anybody answers in one sitting."""


@dataclass(frozen=True, slots=True)
class Cell:
    """How many items of a competency and level each form holds."""

    competency: str
    level: str
    count: int

    def name(self) -> str:
        """What the cell is called in a message."""
        return f"{self.competency} × {LEVEL_LABELS[self.level]}"


@dataclass(frozen=True, slots=True)
class Blueprint:
    """What a test consists of.

    Shape: items come from the banks of `topics`; each form holds the items of all `cells`, and `cases` whole case sets
    besides. `kinds_least` kinds of items and `generated_least` items with figures of their own are in each form.
    `exercises` are checked between pre-test and post-test.
    """

    test: str
    title: Prose
    about: Prose
    topics: tuple[str, ...]
    seed: int
    kinds_least: int
    generated_least: int
    exercises: tuple[str, ...]
    cells: tuple[Cell, ...]
    cases: int = 0

    @property
    def items_count(self) -> int:
        """How many items each form holds, without those of its cases."""
        return sum(cell.count for cell in self.cells)

    @property
    def competencies(self) -> Mapping[str, Prose]:
        """What every competency is called, in the order of the curriculum."""
        return {code: one.name for code, one in COMPETENCIES.items()}


@cache
def blueprint_of(test: str, folder: Path = BLUEPRINTS) -> Blueprint:
    """The house's own blueprint of a test, read once per process.

    Raises: ContentError when there is none or something in it is wrong.
    """
    path = folder / f"{test}.toml"
    if not path.is_file():
        raise ContentError("There is no test of this name.", file=path.name)
    return read_blueprint(path)


def read_blueprint(path: Path) -> Blueprint:
    """Reads and checks a blueprint's file.

    Raises: ContentError naming file and line.
    """
    data, locator = read_toml(path)
    return _read(Fields(data, file=path.name, line=1, item=None, where="blueprint", locator=locator), path.stem)


def blueprint_data(blueprint: Blueprint) -> dict[str, Any]:
    """The blueprint as plain data, as its file has it."""
    return {
        "title": blueprint.title.as_data(),
        "about": blueprint.about.as_data(),
        "topics": list(blueprint.topics),
        "seed": blueprint.seed,
        "kinds_least": blueprint.kinds_least,
        "generated_least": blueprint.generated_least,
        "cases": blueprint.cases,
        "exercises": list(blueprint.exercises),
        "cell": [{"competency": cell.competency, "level": cell.level, "count": cell.count} for cell in blueprint.cells],
    }


def blueprint_from(test: str, data: Mapping[str, Any]) -> Blueprint:
    """A blueprint from its plain data, checked as a file is.

    Raises: ContentError.
    """
    return _read(Fields(dict(data), file=test, line=None, item=None, where="blueprint", locator=Locator("")), test)


def _read(whole: Fields, test: str) -> Blueprint:
    title, about = whole.prose("title"), whole.prose("about")
    topics = whole.texts("topics")
    if unknown := [topic for topic in topics if topic not in FIELDS]:
        raise whole.error("Unknown topic {found}", field="topics", found=", ".join(unknown))
    seed, kinds_least = whole.count("seed"), whole.count("kinds_least")
    generated_least, cases = _none_or_more(whole, "generated_least"), _none_or_more(whole, "cases")
    exercises = _texts(whole, "exercises")
    cells = tuple(_read_cell(part) for part in whole.tables("cell", "cell", least=1))
    whole.done()
    named = [(cell.competency, cell.level) for cell in cells]
    if twice := [cell for cell, place in zip(cells, named, strict=True) if named.count(place) > 1]:
        raise whole.error("Cell {cell} is there twice", cell=twice[0].name())
    if kinds_least > len(KINDS):
        raise whole.error("There are {count} kinds of items", field="kinds_least", count=len(KINDS))
    if sum(cell.count for cell in cells) > MOST_ITEMS:
        raise whole.error("A form has at most {count} items", count=MOST_ITEMS)
    return Blueprint(test, title, about, topics, seed, kinds_least, generated_least, exercises, cells, cases)


def _read_cell(part: Fields) -> Cell:
    competency = part.text("competency")
    if competency not in COMPETENCIES:
        raise part.error("Unknown competency {found}", field="competency", found=competency)
    cell = Cell(competency, part.one_of("level", LEVELS), part.count("count"))
    part.done()
    return cell


def _none_or_more(fields: Fields, name: str) -> int:
    """A whole number; missing or 0 means none."""
    if not fields.has(name):
        return 0
    value = fields.number(name)
    if value != int(value) or value < 0:
        raise fields.wrong("{where}: {field_name} should be a whole number, 0 or more", name)
    return int(value)


def _texts(fields: Fields, name: str) -> tuple[str, ...]:
    """A list of texts; missing or empty means none."""
    value = fields.take(name) if fields.has(name) else []
    if not isinstance(value, list) or not all(isinstance(one, str) for one in value):
        raise fields.wrong("{where}: {field_name} should be a list of texts", name)
    return tuple(value)
