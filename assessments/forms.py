"""Forms: from a blueprint and a seed, two parallel sets of items that share none."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from assessments.bank import KINDS, LEVEL_LABELS, LEVELS, Bank, Generated, Item, bank_of, question_of
from assessments.case_models import CASE_MODELS
from assessments.case_models.model import BuiltCase
from assessments.content import Fields, read_toml
from assessments.exhibits import CaseView
from assessments.item_models import MODELS
from assessments.prose import Prose
from assessments.questions import Question, shuffled
from core.context import Context
from core.domain.errors import ContentError

BLUEPRINTS = Path(__file__).parent / "blueprints"
FORM_NAMES = ("A", "B")
TESTS = ("order_processing",)
"""Every test there is, in the order in which they are taken."""

TRIES = 400
"""Draws compared with each other; the most even pair of forms among them is taken."""


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
    """What a test consists of, whichever items are drawn for it.

    Shape: `competencies` names each competency of the cells for the result page.
    """

    test: str
    title: Prose
    about: Prose
    topic: str
    seed: int
    kinds_least: int
    generated_least: int
    competencies: Mapping[str, Prose]
    exercises: tuple[str, ...]
    cells: tuple[Cell, ...]

    @property
    def items_count(self) -> int:
        """How many items each form holds."""
        return sum(cell.count for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two parallel sets of items of a test."""

    name: str
    items: tuple[Item, ...]

    def kinds(self) -> Counter[str]:
        """How many items of each kind it holds."""
        return Counter(item.kind for item in self.items)


@cache
def blueprint_of(test: str, folder: Path = BLUEPRINTS) -> Blueprint:
    """The blueprint of a test, read once per process.

    Raises: ContentError when there is none or something in it is wrong.
    """
    path = folder / f"{test}.toml"
    if not path.is_file():
        raise ContentError("There is no test of this name.", file=path.name)
    return read_blueprint(path)


def read_blueprint(path: Path) -> Blueprint:
    """Reads and checks a blueprint.

    Raises: ContentError naming file and line.
    """
    data, locator = read_toml(path)
    whole = Fields(data, file=path.name, line=1, item=None, where="blueprint", locator=locator)
    title, about, topic = whole.prose("title"), whole.prose("about"), whole.text("topic")
    seed, kinds_least = whole.count("seed"), whole.count("kinds_least")
    generated_least = whole.count("generated_least")
    exercises = whole.texts("exercises")
    named = whole.within(whole.take("competencies"), "competencies", locator.table("competencies", 0))
    names = {code: named.prose(code) for code in named.left()}
    cells = []
    for part in whole.tables("cell", "cell", least=1):
        cell = Cell(part.text("competency"), part.one_of("level", LEVELS), part.count("count"))
        if cell.competency not in names:
            raise part.error("{competency} has no name", field="competency", competency=cell.competency)
        part.done()
        cells.append(cell)
    whole.done()
    if kinds_least > len(KINDS):
        raise whole.error("There are {count} kinds of items", field="kinds_least", count=len(KINDS))
    return Blueprint(
        test=path.stem,
        title=title,
        about=about,
        topic=topic,
        seed=seed,
        kinds_least=kinds_least,
        generated_least=generated_least,
        competencies=names,
        exercises=exercises,
        cells=tuple(cells),
    )


@cache
def forms_of(test: str) -> Mapping[str, Form]:
    """Both forms of a test as they are given to people, drawn once per process."""
    blueprint = blueprint_of(test)
    return draw_forms(blueprint, bank_of(blueprint.topic), blueprint.seed)


def draw_forms(blueprint: Blueprint, bank: Bank, seed: int) -> Mapping[str, Form]:
    """Two forms of the same cells and as even a mix of kinds as the bank allows; no item is in both.

    Raises: ContentError naming the cell that the bank can't fill, or the mix of kinds it can't give.
    """
    pools = [_pool(blueprint, bank, cell) for cell in blueprint.cells]
    rng = random.Random(f"forms {blueprint.test} {seed}")
    best: tuple[tuple[int, int, int], Mapping[str, Form]] | None = None
    for _ in range(TRIES):
        pair = _draw(blueprint, pools, rng)
        if any(_lacks(blueprint, form) for form in pair.values()):
            continue
        a, b = (pair[name].kinds() for name in FORM_NAMES)
        unevenness = sum(abs(a[kind] - b[kind]) for kind in KINDS)
        # Of equally even pairs, the one with more kinds and fewer plain single choices.
        poorness = (unevenness, -min(len(a), len(b)), a["single"] + b["single"])
        if best is None or poorness < best[0]:
            best = poorness, pair
    if best is None:
        raise ContentError(
            "No draw gives both forms {kinds} kinds of items and {generated} generated ones",
            file=f"{blueprint.test}.toml",
            kinds=blueprint.kinds_least,
            generated=blueprint.generated_least,
        )
    return best[1]


def _pool(blueprint: Blueprint, bank: Bank, cell: Cell) -> list[Item]:
    items = [item for item in bank.items if (item.competency, item.level) == (cell.competency, cell.level)]
    wanted = len(FORM_NAMES) * cell.count
    if len(items) < wanted:
        raise ContentError(
            "Cell {cell} needs {wanted} items for two forms, the bank has {found}",
            file=f"{blueprint.test}.toml",
            cell=cell.name(),
            wanted=wanted,
            found=len(items),
        )
    return items


def _draw(blueprint: Blueprint, pools: list[list[Item]], rng: random.Random) -> Mapping[str, Form]:
    chosen: dict[str, list[Item]] = {name: [] for name in FORM_NAMES}
    used: Counter[str] = Counter()
    for cell, pool in zip(blueprint.cells, pools, strict=True):
        drawn = _varied(pool, len(FORM_NAMES) * cell.count, used, rng)
        # Neighbours of one kind go to different forms, so that both get as many of it as they can.
        drawn.sort(key=lambda item: KINDS.index(item.kind))
        names = list(FORM_NAMES)
        for place, item in enumerate(drawn):
            if place % len(names) == 0:
                rng.shuffle(names)
            chosen[names[place % len(names)]].append(item)
    return {name: Form(name, tuple(items)) for name, items in chosen.items()}


def _varied(pool: list[Item], count: int, used: Counter[str], rng: random.Random) -> list[Item]:
    """Items drawn from a pool, a kind being the less likely the more of it are in the forms already."""
    left, drawn = list(pool), []
    for _ in range(count):
        weights = [1 / (1 + used[item.kind]) ** 2 for item in left]
        item = rng.choices(left, weights)[0]
        left.remove(item)
        drawn.append(item)
        used[item.kind] += 1
    return drawn


def _lacks(blueprint: Blueprint, form: Form) -> bool:
    kinds = form.kinds()
    return len(kinds) < blueprint.kinds_least or kinds["generated"] < blueprint.generated_least


def form_for(first_forms: Counter[str], person_id: int) -> str:
    """The form that a person gets first: the one that fewer got first so far, by turns where they are even.

    Why: half of the people take A then B, half B then A, so that a harder form cancels out of the gain.
    """
    a, b = (first_forms[name] for name in FORM_NAMES)
    if a != b:
        return FORM_NAMES[0] if a < b else FORM_NAMES[1]
    return FORM_NAMES[person_id % 2]


def other_form(name: str) -> str:
    """The parallel form."""
    return FORM_NAMES[1 - FORM_NAMES.index(name)]


def questions_for(form: Form, seed: int, person_id: int, world: Context | None) -> tuple[Question, ...]:
    """The form's items as one person gets them: own figures, own order of options, one situation per case.

    `world` is the practice world that generated items read; a form without any needs none.
    """
    situations: dict[str, BuiltCase] = {}
    return tuple(question_for(item, seed, person_id, world, situations) for item in form.items)


def question_for(
    item: Item, seed: int, person_id: int, world: Context | None, situations: dict[str, BuiltCase] | None = None
) -> Question:
    """One item as one person gets it; the same seed, item, person and world always give the same question.

    Shape: `situations` keeps the cases built so far, by id, for the items that share them.
    """
    rng = random.Random(f"{seed} {item.id} {person_id}")
    if not isinstance(item.content, Generated):
        return shuffled(question_of(item), rng)
    assert world is not None, item.id
    case, view = item.content.case, None
    if case is None:
        built = MODELS[item.content.model].built(world, rng, item.content.params)
    else:
        known = {} if situations is None else situations
        if case.id not in known:
            own = random.Random(f"{seed} {case.id} {person_id}")
            known[case.id] = CASE_MODELS[case.model].built(world, own, case.params)
        situation = known[case.id]
        built = situation.questions[item.content.ask]
        view = CaseView(case.id, case.title, situation.situation, situation.exhibits)
    question = Question(
        item_id=item.id,
        kind=built.kind,
        competency=item.competency,
        level=item.level,
        weight=item.weight,
        generated=True,
        stem=built.stem,
        content=built.content,
        exhibit=built.exhibit,
        case=view,
        version=item.version,
    )
    return shuffled(question, rng)
