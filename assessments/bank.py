"""Item banks: TOML files by topic, read into checked, frozen items."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from assessments.content import Fields, Locator, read_toml
from assessments.item_models import MODELS
from assessments.prose import Prose
from assessments.questions import (
    NAMES,
    Accept,
    Choice,
    Content,
    Matching,
    Near,
    Numeric,
    Option,
    Ordering,
    Pair,
    Question,
    Right,
    ShortText,
    Step,
)
from core.domain.errors import ContentError
from core.domain.rights import Position

BANKS = Path(__file__).parent / "banks"

KINDS = ("single", "multiple", "numeric", "short_text", "matching", "ordering", "generated")
LEVELS = ("remember", "apply", "decide")
POSITIONS = tuple(position.value for position in Position)

KIND_LABELS: Mapping[str, str] = {
    "single": "One answer",
    "multiple": "Several answers",
    "numeric": "A number",
    "short_text": "A word or phrase",
    "matching": "Matching",
    "ordering": "Put in order",
    "generated": "Case from a practice world",
}

LEVEL_LABELS: Mapping[str, str] = {"remember": "Remember", "apply": "Apply", "decide": "Decide"}


@dataclass(frozen=True, slots=True)
class Generated:
    """An item whose figures come from a practice world: the model that builds it and its parameters."""

    model: str
    params: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Item:
    """One question of a bank, the same for everybody until a form hands it to a person."""

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


@dataclass(frozen=True, slots=True)
class Bank:
    """All items of one topic, or of one file of it."""

    topic: str
    title: Prose
    items: tuple[Item, ...]

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
    )


@cache
def bank_of(topic: str, folder: Path = BANKS) -> Bank:
    """Everything asked about a topic, read once per process from all files that name it.

    Raises: ContentError when there is none, something in it is wrong, or two files use one id.
    """
    parts = [part for path in sorted(folder.glob("*.toml")) if (part := read_bank(path)).topic == topic]
    if not parts:
        raise ContentError("There is no item bank on {topic}", file=folder.name, topic=topic)
    items: dict[str, Item] = {}
    for item in (item for part in parts for item in part.items):
        if item.id in items:
            raise _id_taken(item, items[item.id])
        items[item.id] = item
    return Bank(topic, parts[0].title, tuple(items.values()))


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
    whole.done()
    items: list[Item] = []
    seen: dict[str, Item] = {}
    for nth, raw in enumerate(raw_items):
        item = _read_item(raw, path.name, locator.table("item", nth), locator)
        if item.id in seen:
            raise _id_taken(item, seen[item.id])
        seen[item.id] = item
        items.append(item)
    return Bank(topic, title, tuple(items))


def _id_taken(item: Item, other: Item) -> ContentError:
    return ContentError(
        "This id is already taken in {other_file}, line {other_line}",
        file=item.file,
        line=item.line,
        item=item.id,
        other_file=other.file,
        other_line=other.line,
    )


def _read_item(raw: Any, file: str, line: int | None, locator: Locator) -> Item:
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
    content = _READERS[kind](fields)
    fields.done()
    return Item(item_id, kind, competency, positions, level, source, weight, stem, content, file, line)


def _read_options(fields: Fields) -> tuple[Option, ...]:
    options = []
    for name, part in zip(NAMES, fields.tables("options", "item.options", least=2), strict=False):
        text, fraction, reason = part.prose("text"), part.number("fraction"), part.prose("reason")
        if not -1 <= fraction <= 1:
            raise part.error("A fraction should lie between -1 and 1", field="fraction")
        part.done()
        options.append(Option(name, text, fraction, reason))
    for language in ("en", "zh"):
        texts = [option.text.in_language(language) for option in options]
        if len(set(texts)) < len(texts):
            raise fields.error("Two options say the same")
    return tuple(options)


def _read_single(fields: Fields) -> Content:
    options = _read_options(fields)
    keys = [option for option in options if option.fraction == 1]
    if len(keys) != 1:
        raise fields.error("A single choice has exactly one option with fraction 1, found {count}", count=len(keys))
    if any(0 < option.fraction < 1 for option in options):
        raise fields.error("A single choice has one key; the fractions of the others are 0 or below")
    return Choice(options, several=False)


def _read_multiple(fields: Fields) -> Content:
    options = _read_options(fields)
    total = sum(option.fraction for option in options if option.fraction > 0)
    if abs(total - 1) > 1e-6:
        raise fields.error("The fractions of the right options add up to {total:.3f}, wanted 1", total=total)
    if any(option.fraction == 0 for option in options):
        raise fields.error("Every option of a multiple choice is worth something or costs something")
    return Choice(options, several=True)


def _read_numeric(fields: Fields) -> Content:
    answer, tolerance = fields.number("answer"), fields.number("tolerance", 0.0)
    unit = fields.prose("unit") if fields.has("unit") else None
    reason = fields.prose("reason")
    near = []
    for part in fields.tables("near", "item.near"):
        value, margin = part.number("value"), part.number("tolerance", 0.0)
        fraction, why = part.number("fraction"), part.prose("reason")
        if not 0 <= fraction < 1:
            raise part.error("A near answer is worth less than the right one, 0 or more", field="fraction")
        part.done()
        near.append(Near(value, margin, fraction, why))
    if tolerance < 0 or any(one.tolerance < 0 for one in near):
        raise fields.error("A tolerance can't be below 0", field="tolerance")
    return Numeric(answer, tolerance, unit, reason, tuple(near))


def _read_short_text(fields: Fields) -> Content:
    accepts = []
    for part in fields.tables("accept", "item.accept", least=1):
        pattern, fraction, reason = part.text("pattern"), part.number("fraction", 1.0), part.prose("reason")
        if not 0 <= fraction <= 1:
            raise part.error("A fraction should lie between 0 and 1", field="fraction")
        part.done()
        accepts.append(Accept(pattern, fraction, reason))
    if not any(accept.fraction == 1 for accept in accepts):
        raise fields.error("No wording is worth the full mark")
    return ShortText(tuple(accepts), fields.prose("reason"))


def _read_matching(fields: Fields) -> Content:
    pairs: list[Pair] = []
    rights: dict[tuple[str, str], Right] = {}

    def right_named(text: Prose) -> str:
        return rights.setdefault((text.en, text.zh), Right(NAMES[len(rights)], text)).name

    for name, part in zip(NAMES, fields.tables("pairs", "item.pairs", least=2), strict=False):
        left, right, reason = part.prose("left"), part.prose("right"), part.prose("reason")
        part.done()
        pairs.append(Pair(name, left, right_named(right), reason))
    for text in fields.proses("distractors"):
        right_named(text)
    return Matching(tuple(pairs), tuple(rights.values()))


def _read_ordering(fields: Fields) -> Content:
    steps = []
    for name, part in zip(NAMES, fields.tables("steps", "item.steps", least=3), strict=False):
        text, reason = part.prose("text"), part.prose("reason")
        part.done()
        steps.append(Step(name, text, reason))
    return Ordering(tuple(steps))


def _read_generated(fields: Fields) -> Generated:
    model = fields.text("model")
    if model not in MODELS:
        raise fields.error(
            "There is no item model {found}; there are {wanted}",
            field="model",
            found=model,
            wanted=", ".join(sorted(MODELS)),
        )
    params = dict(fields.mapping("params"))
    problem = MODELS[model].problem_in(params)
    if problem is not None:
        raise fields.error(
            "The item model {model} refuses its parameters: {problem}",
            field="params",
            model=model,
            problem=problem,
        )
    return Generated(model, params)


_READERS: Mapping[str, Any] = {
    "single": _read_single,
    "multiple": _read_multiple,
    "numeric": _read_numeric,
    "short_text": _read_short_text,
    "matching": _read_matching,
    "ordering": _read_ordering,
    "generated": _read_generated,
}
