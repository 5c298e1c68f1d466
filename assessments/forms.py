"""Forms: from a blueprint and a seed, two parallel sets of items that share none."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache

from assessments.bank import KINDS, Bank, Generated, Item, bank_of, question_of
from assessments.blueprint import TESTS, Blueprint, Cell, blueprint_of
from assessments.case_models import CASE_MODELS
from assessments.case_models.model import BuiltCase
from assessments.cases import Case
from assessments.exhibits import CaseView
from assessments.item_models import MODELS
from assessments.questions import Question, shuffled
from core.context import Context
from core.domain.errors import ContentError

__all__ = [
    "FORM_NAMES", "TESTS", "Blueprint", "Cell", "Form", "blueprint_of", "draw_forms", "form_for", "forms_of",
    "found_for", "joined_bank", "other_form", "question_for", "questions_for",
]  # fmt: skip

FORM_NAMES = ("A", "B")

TRIES = 400
"""Draws compared with each other; the most even pair of forms among them is taken."""

Sets = Mapping[str, tuple[Item, ...]]


@dataclass(frozen=True, slots=True)
class Form:
    """One of the two parallel sets of items of a test."""

    name: str
    items: tuple[Item, ...]

    def kinds(self) -> Counter[str]:
        """How many items of each kind it holds."""
        return Counter(item.kind for item in self.items)


@cache
def forms_of(test: str) -> Mapping[str, Form]:
    """Both forms of a test as the house has it, drawn once per process."""
    blueprint = blueprint_of(test)
    return draw_forms(blueprint, joined_bank(blueprint.topics), blueprint.seed)


def draw_forms(blueprint: Blueprint, bank: Bank, seed: int) -> Mapping[str, Form]:
    """Two forms of the same cells and as even a mix of kinds as the bank allows; no item and no case is in both.

    Raises: ContentError naming the cell that the bank can't fill, or the mix of kinds it can't give.
    """
    pools = [_pool(blueprint, bank, cell) for cell in blueprint.cells]
    sets = _sets(blueprint, bank)
    rng = random.Random(f"forms {blueprint.test} {seed}")
    best: tuple[tuple[int, ...], Mapping[str, Form]] | None = None
    for _ in range(TRIES):
        pair = _draw(blueprint, pools, sets, rng)
        if any(_lacks(blueprint, form) for form in pair.values()):
            continue
        a, b = (pair[name] for name in FORM_NAMES)
        if len(a.items) != len(b.items):
            continue
        kinds, others = a.kinds(), b.kinds()
        unevenness = sum(abs(kinds[kind] - others[kind]) for kind in KINDS)
        # Of equally even pairs, the one with more kinds and fewer plain single choices.
        poorness = (unevenness, _apart(a, b), -min(len(kinds), len(others)), kinds["single"] + others["single"])
        if best is None or poorness < best[0]:
            best = poorness, pair
    if best is None:
        raise ContentError(
            "No draw gives both forms {kinds} kinds of items, {generated} generated ones and cases of equal length",
            file=f"{blueprint.test}.toml",
            kinds=blueprint.kinds_least,
            generated=blueprint.generated_least,
        )
    return best[1]


def joined_bank(topics: Sequence[str]) -> Bank:
    """The house's items on several topics.

    Raises: ContentError when a topic has no bank.
    """
    banks = [bank_of(topic) for topic in topics]
    return Bank(topics[0], banks[0].title, tuple(item for bank in banks for item in bank.items))


def found_for(bank: Bank, cell: Cell) -> tuple[Item, ...]:
    """The items that may fill a cell; those of a case come only with their case."""
    wanted = (cell.competency, cell.level)
    return tuple(item for item in bank.items if (item.competency, item.level) == wanted and item.case is None)


def _pool(blueprint: Blueprint, bank: Bank, cell: Cell) -> list[Item]:
    items = list(found_for(bank, cell))
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


def _sets(blueprint: Blueprint, bank: Bank) -> Sets:
    if blueprint.cases == 0:
        return {}
    sets, wanted = bank.case_sets, len(FORM_NAMES) * blueprint.cases
    if len(sets) < wanted:
        raise ContentError(
            "Two forms need {wanted} cases, the bank has {found}",
            file=f"{blueprint.test}.toml",
            wanted=wanted,
            found=len(sets),
        )
    return sets


def _draw(blueprint: Blueprint, pools: list[list[Item]], sets: Sets, rng: random.Random) -> Mapping[str, Form]:
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
    cases = rng.sample(sorted(sets), len(FORM_NAMES) * blueprint.cases)
    for place, case in enumerate(cases):
        chosen[FORM_NAMES[place % len(FORM_NAMES)]].extend(sets[case])
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


def _apart(a: Form, b: Form) -> int:
    """How far the forms are apart in what they ask about; only their cases can make a difference."""
    asked = [Counter((item.competency, item.level) for item in form.items) for form in (a, b)]
    return sum(((asked[0] - asked[1]) + (asked[1] - asked[0])).values())


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
    case, view = item.case, None
    if case is None:
        with _as_it_was(world):
            built = MODELS[item.content.model].built(world, rng, item.content.params)
    else:
        known = {} if situations is None else situations
        if case.id not in known:
            known[case.id] = situation_of(case, seed, person_id, world)
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
        hints=item.hints,
    )
    return shuffled(question, rng)


def situation_of(case: Case, seed: int, person_id: int, world: Context) -> BuiltCase:
    """What the model of a case makes for one person: the situation, and every question about it."""
    own = random.Random(f"{seed} {case.id} {person_id}")
    with _as_it_was(world):
        return CASE_MODELS[case.model].built(world, own, case.params)


@contextmanager
def _as_it_was(world: Context) -> Iterator[None]:
    """Takes back what is done in a world meanwhile.

    Why: a model may carry out commands to find its key; the next question has to find the world that everybody's does.
    """
    trial = world.db.begin_nested()
    try:
        yield
    finally:
        trial.rollback()
