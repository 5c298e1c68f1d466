"""Item banks: TOML files by topic, read into checked, frozen items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assessments.case_models import CASE_MODELS
from assessments.cases import Case, case_asked, read_case, read_model
from assessments.content import Fields, Locator, read_toml
from assessments.item_models import MODELS
from assessments.item_reading import READERS
from assessments.prose import Prose
from assessments.questions import Content, Question
from core.domain.errors import ContentError
from core.domain.rights import Position

BANKS = Path(__file__).parent / "banks"

KINDS = ("single", "multiple", "numeric", "short_text", "matching", "ordering", "open_text", "generated")
LEVELS = ("remember", "apply", "decide")
POSITIONS = tuple(position.value for position in Position)

KIND_LABELS: Mapping[str, str] = {
    "single": "One answer",
    "multiple": "Several answers",
    "numeric": "A number",
    "short_text": "A word or phrase",
    "matching": "Matching",
    "ordering": "Put in order",
    "open_text": "A longer text",
    "generated": "Case from a practice world",
}

LEVEL_LABELS: Mapping[str, str] = {"remember": "Remember", "apply": "Apply", "decide": "Decide"}


@dataclass(frozen=True, slots=True)
class Generated:
    """An item whose figures come from a practice world: the model that builds it and its parameters.

    Shape: an item of a case has the case's model and parameters, and the name of its question in `ask`.
    """

    model: str
    params: Mapping[str, Any]
    ask: str = ""


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a bank, the same for everybody until a form hands it to a person.

    Shape: `case` is the case it belongs to, if it isn't asked alone.
    """

    id: str
    kind: str
    competency: str
    positions: tuple[str, ...]
    level: str
    source: str
    weight: float
    stem: Prose | None
    content: Content | Generated
    file: str
    line: int | None
    version: int = 1
    hints: tuple[Prose, ...] = ()
    case: Case | None = None


@dataclass(frozen=True, slots=True)
class Bank:
    """All items of one topic, or of one file of it."""

    topic: str
    title: Prose
    items: tuple[Item, ...]

    @property
    def case_sets(self) -> Mapping[str, tuple[Item, ...]]:
        """The items of each case by the case's id, in the order of the bank."""
        found: dict[str, tuple[Item, ...]] = {}
        for item in self.items:
            if item.case is not None:
                found[item.case.id] = (*found.get(item.case.id, ()), item)
        return found

    def item(self, item_id: str) -> Item | None:
        """The item of that id, if the bank has it."""
        return next((item for item in self.items if item.id == item_id), None)


def question_of(item: Item) -> Question:
    """A static item as a question; a generated one is built by its model (see `assessments.forms`)."""
    assert not isinstance(item.content, Generated) and item.stem is not None, item.id
    return Question(
        item_id=item.id,
        kind=item.kind,
        competency=item.competency,
        level=item.level,
        weight=item.weight,
        generated=False,
        stem=item.stem,
        content=item.content,
        case=item.case.view if item.case is not None else None,
        version=item.version,
        hints=item.hints,
    )


@cache
def bank_of(topic: str, folder: Path = BANKS) -> Bank:
    """Everything asked about a topic, read once per process from all files that name it.

    Raises: ContentError when there is none, something in it is wrong, or two files use one id.
    """
    parts = [part for part in _parts_in(folder) if part.topic == topic]
    if not parts:
        raise ContentError("There is no item bank on {topic}", file=folder.name, topic=topic)
    items: dict[str, Item] = {}
    for item in (item for part in parts for item in part.items):
        if item.id in items:
            raise _id_taken(item, items[item.id])
        items[item.id] = item
    cases: dict[str, Case] = {}
    for case in (item.case for item in items.values() if item.case is not None):
        if cases.setdefault(case.id, case).file != case.file:
            raise _id_taken(case, cases[case.id])
    return Bank(topic, parts[0].title, tuple(items.values()))


@cache
def _parts_in(folder: Path) -> tuple[Bank, ...]:
    """What each file holds; kept, since every topic looks through all of them."""
    return tuple(read_bank(path) for path in sorted(folder.glob("*.toml")))


def read_bank(path: Path) -> Bank:
    """Reads and checks one bank.

    Raises: ContentError naming file, line and item of the first thing that is wrong.
    """
    data, locator = read_toml(path)
    whole = Fields(data, file=path.name, line=None, item=None, where="bank", locator=locator)
    head = whole.within(whole.take("bank"), "bank", locator.table("bank", 0))
    topic, title = head.text("topic"), head.prose("title")
    head.done()
    raw_items = whole.take("item") if whole.has("item") else []
    cases = _read_cases(whole.tables("case", "case"))
    whole.done()
    items: list[Item] = []
    seen: dict[str, Item] = {}
    for nth, raw in enumerate(raw_items):
        item = _read_item(raw, path.name, locator.table("item", nth), locator, cases)
        if item.id in seen:
            raise _id_taken(item, seen[item.id])
        seen[item.id] = item
        items.append(item)
    _check_cases(cases, items)
    return Bank(topic, title, tuple(items))


def _read_cases(tables: list[Fields]) -> dict[str, Case]:
    cases: dict[str, Case] = {}
    for fields in tables:
        case = read_case(fields)
        if case.id in cases:
            raise _id_taken(case, cases[case.id])
        cases[case.id] = case
    return cases


def _check_cases(cases: Mapping[str, Case], items: list[Item]) -> None:
    """Refuses a case that is not asked about at least twice, and a question of it that is asked twice."""
    asked: dict[tuple[str, str], Item] = {}
    for item in items:
        if isinstance(item.content, Generated) and item.case is not None:
            place = (item.case.id, item.content.ask)
            if place in asked:
                raise ContentError(
                    "{other} already asks {ask} of this case",
                    file=item.file,
                    line=item.line,
                    item=item.id,
                    other=asked[place].id,
                    ask=item.content.ask,
                )
            asked[place] = item
    counts = Counter(item.case.id for item in items if item.case is not None)
    for case in cases.values():
        if counts[case.id] < 2:
            raise ContentError(
                "A case has at least 2 items, found {count}",
                file=case.file,
                line=case.line,
                item=case.id,
                count=counts[case.id],
            )


def _id_taken(item: Item | Case, other: Item | Case) -> ContentError:
    return ContentError(
        "This id is already taken in {other_file}, line {other_line}",
        file=item.file,
        line=item.line,
        item=item.id,
        other_file=other.file,
        other_line=other.line,
    )


def item_from(raw: Mapping[str, Any]) -> Item:
    """One item as a bank file would have it, checked like every item of a file.

    Raises: ContentError naming the field that is wrong.
    """
    return _read_item(dict(raw), "", None, Locator(""), {})


def case_items_from(raw: Mapping[str, Any], raw_items: Sequence[Mapping[str, Any]]) -> tuple[Item, ...]:
    """The items of one case as a bank file would have them, checked like every case of a file.

    Raises: ContentError naming what is wrong.
    """
    locator = Locator("")
    fields = Fields(dict(raw), file="", line=None, item=None, where="case", locator=locator)
    cases = _read_cases([fields])
    items = [_read_item(dict(one), "", None, locator, cases) for one in raw_items]
    _check_cases(cases, items)
    return tuple(items)


def _read_item(raw: Any, file: str, line: int | None, locator: Locator, cases: Mapping[str, Case]) -> Item:
    item_id = str(raw["id"]) if isinstance(raw, dict) and "id" in raw else None
    fields = Fields(raw, file=file, line=line, item=item_id, where="item", locator=locator)
    item_id = fields.text("id")
    kind = fields.one_of("kind", KINDS)
    competency = fields.text("competency")
    positions = fields.texts("positions")
    if unknown := set(positions) - set(POSITIONS):
        raise fields.error("Unknown position {found}", field="positions", found=", ".join(sorted(unknown)))
    level = fields.one_of("level", LEVELS)
    source = fields.text("source")
    weight = fields.number("weight", 1.0)
    if weight <= 0:
        raise fields.error("A weight should be above 0", field="weight")
    stem = None if kind == "generated" and not fields.has("stem") else fields.prose("stem")
    case = case_asked(fields, kind, cases)
    content = READERS[kind](fields) if kind in READERS else _read_generated(fields, case)
    version = fields.count("version") if fields.has("version") else 1
    hints = fields.proses("hints")
    fields.done()
    return Item(
        item_id, kind, competency, positions, level, source, weight, stem, content, file, line, version, hints, case
    )


def _read_generated(fields: Fields, case: Case | None) -> Generated:
    """Which model makes the item's figures; an item of a case only says what it asks of it."""
    if case is None:
        return Generated(*read_model(fields, MODELS, "There is no item model {found}; there are {wanted}"))
    return Generated(case.model, case.params, fields.one_of("ask", CASE_MODELS[case.model].asks))
