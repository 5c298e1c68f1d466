"""Questions as one person sees them: what is asked, what is right and why, and the order of what is shown."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from assessments.exhibits import CaseView, Exhibit, case_data, case_from, exhibit_data, exhibit_from
from assessments.prose import Prose

NAMES = "abcdefghijklmnopqrstuvwxyz"
MOST_PARTS = len(NAMES)
"""How many options, pairs, steps or other parts of one kind a question may have: one for each name."""


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose, with what it is worth and why.

    Units: fraction of the item's mark, -1..1.
    """

    name: str
    text: Prose
    fraction: float
    reason: Prose


@dataclass(frozen=True, slots=True)
class Choice:
    """Options to choose one of (single) or several of (multiple)."""

    options: tuple[Option, ...]
    several: bool


@dataclass(frozen=True, slots=True)
class Near:
    """A typical mistake in a numeric answer, what it is still worth and why it is one."""

    value: float
    tolerance: float
    fraction: float
    reason: Prose


@dataclass(frozen=True, slots=True)
class Numeric:
    """A number to be typed, right within a tolerance."""

    answer: float
    tolerance: float
    unit: Prose | None
    reason: Prose
    near: tuple[Near, ...] = ()


@dataclass(frozen=True, slots=True)
class Accept:
    """One wording that is taken as an answer; `*` stands for anything."""

    pattern: str
    fraction: float
    reason: Prose


@dataclass(frozen=True, slots=True)
class ShortText:
    """A word or phrase to be typed, compared with the wordings that are taken."""

    accepts: tuple[Accept, ...]
    reason: Prose


@dataclass(frozen=True, slots=True)
class Right:
    """Something on the right-hand side of a matching item."""

    name: str
    text: Prose


@dataclass(frozen=True, slots=True)
class Pair:
    """A left-hand side and the name of the right-hand side that belongs to it."""

    name: str
    left: Prose
    right: str
    reason: Prose


@dataclass(frozen=True, slots=True)
class Matching:
    """Pairs to be put together; `rights` also holds those that belong to none."""

    pairs: tuple[Pair, ...]
    rights: tuple[Right, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a procedure."""

    name: str
    text: Prose
    reason: Prose


@dataclass(frozen=True, slots=True)
class Ordering:
    """Steps to be brought into order; kept in the right one."""

    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Reached:
    """What an answer looks like that earns so many points of a criterion."""

    points: float
    text: Prose


@dataclass(frozen=True, slots=True)
class Criterion:
    """One thing an open text is marked by. Shape: `levels` from the fewest points to the most; `points` is the most."""

    name: str
    text: Prose
    points: float
    levels: tuple[Reached, ...]


@dataclass(frozen=True, slots=True)
class OpenText:
    """A long answer that a person marks by a rubric. Shape: `reason` says what a good answer holds."""

    rubric: tuple[Criterion, ...]
    reason: Prose

    @property
    def points(self) -> float:
        """The points of a perfect answer."""
        return sum(criterion.points for criterion in self.rubric)


Content = Choice | Numeric | ShortText | Matching | Ordering | OpenText


@dataclass(frozen=True, slots=True)
class Question:
    """An item as one person gets it, complete enough to be marked again years later.

    Shape: `shown` holds the names of options, right-hand sides or steps in the order of display; `case` is the
    situation it shares with its neighbours; `hints` are given one after the other, where the test gives any.
    """

    item_id: str
    kind: str
    competency: str
    level: str
    weight: float
    generated: bool
    stem: Prose
    content: Content
    exhibit: Exhibit | None = None
    shown: tuple[str, ...] = ()
    case: CaseView | None = None
    version: int = 1
    hints: tuple[Prose, ...] = ()


@dataclass(frozen=True, slots=True)
class Named:
    """Something that can be chosen, without what it is worth."""

    name: str
    text: Prose


@dataclass(frozen=True, slots=True)
class QuestionView:
    """What the test page may know of a question: everything but the key, the fractions and the reasons."""

    kind: str
    stem: Prose
    exhibit: Exhibit | None
    choices: tuple[Named, ...] = ()
    lefts: tuple[Named, ...] = ()
    unit: Prose | None = None
    case: CaseView | None = None


def names_shown(content: Content) -> tuple[str, ...]:
    """Names of what is displayed in a free order, in the order of the bank."""
    match content:
        case Choice(options=options):
            return tuple(option.name for option in options)
        case Matching(rights=rights):
            return tuple(right.name for right in rights)
        case Ordering(steps=steps):
            return tuple(step.name for step in steps)
    return ()


def shuffled(question: Question, rng: random.Random) -> Question:
    """The question with its options in this person's order; an ordering item is never shown solved."""
    names = list(names_shown(question.content))
    rng.shuffle(names)
    if isinstance(question.content, Ordering) and tuple(names) == names_shown(question.content):
        names.append(names.pop(0))
    return replace(question, shown=tuple(names))


def view_of(question: Question) -> QuestionView:
    """The question without its key, for the page.

    Why: the key never leaves the server, so the page is not even handed it.
    """
    content = question.content
    texts: dict[str, Prose] = {}
    lefts: tuple[Named, ...] = ()
    unit: Prose | None = None
    match content:
        case Choice(options=options):
            texts = {option.name: option.text for option in options}
        case Matching(pairs=pairs, rights=rights):
            texts = {right.name: right.text for right in rights}
            lefts = tuple(Named(pair.name, pair.left) for pair in pairs)
        case Ordering(steps=steps):
            texts = {step.name: step.text for step in steps}
        case Numeric():
            unit = content.unit
    order = question.shown or names_shown(content)
    choices = tuple(Named(name, texts[name]) for name in order)
    return QuestionView(question.kind, question.stem, question.exhibit, choices, lefts, unit, question.case)


def as_data(question: Question) -> dict[str, Any]:
    """The question as plain data, to be stored with the attempt."""
    return {
        "item_id": question.item_id,
        "kind": question.kind,
        "competency": question.competency,
        "level": question.level,
        "weight": question.weight,
        "generated": question.generated,
        "stem": question.stem.as_data(),
        "content": _content_data(question.content),
        "exhibit": exhibit_data(question.exhibit),
        "shown": list(question.shown),
        "version": question.version,
        "case": case_data(question.case),
        "hints": [hint.as_data() for hint in question.hints],
    }


def from_data(data: Mapping[str, Any]) -> Question:
    """The question as it was stored with the attempt."""
    return Question(
        item_id=data["item_id"],
        kind=data["kind"],
        competency=data["competency"],
        level=data["level"],
        weight=float(data["weight"]),
        generated=bool(data["generated"]),
        stem=Prose.from_data(data["stem"]),
        content=_content_from(data["kind"], data["content"]),
        exhibit=exhibit_from(data["exhibit"]),
        shown=tuple(data["shown"]),
        version=int(data.get("version", 1)),
        case=case_from(data.get("case")),
        hints=tuple(Prose.from_data(hint) for hint in data.get("hints", ())),
    )


def _content_data(content: Content) -> dict[str, Any]:
    match content:
        case Choice(options=options):
            return {"options": [[o.name, o.text.as_data(), o.fraction, o.reason.as_data()] for o in options]}
        case Numeric():
            return {
                "answer": content.answer,
                "tolerance": content.tolerance,
                "unit": content.unit.as_data() if content.unit else None,
                "reason": content.reason.as_data(),
                "near": [[n.value, n.tolerance, n.fraction, n.reason.as_data()] for n in content.near],
            }
        case ShortText(accepts=accepts, reason=reason):
            return {
                "accepts": [[a.pattern, a.fraction, a.reason.as_data()] for a in accepts],
                "reason": reason.as_data(),
            }
        case Matching(pairs=pairs, rights=rights):
            return {
                "pairs": [[p.name, p.left.as_data(), p.right, p.reason.as_data()] for p in pairs],
                "rights": [[r.name, r.text.as_data()] for r in rights],
            }
        case Ordering(steps=steps):
            return {"steps": [[s.name, s.text.as_data(), s.reason.as_data()] for s in steps]}
        case OpenText(rubric=rubric, reason=reason):
            criteria = [
                [c.name, c.text.as_data(), c.points, [[one.points, one.text.as_data()] for one in c.levels]]
                for c in rubric
            ]
            return {"rubric": criteria, "reason": reason.as_data()}


def _content_from(kind: str, data: Mapping[str, Any]) -> Content:
    prose = Prose.from_data
    if kind in ("single", "multiple"):
        options = (Option(name, prose(text), float(f), prose(why)) for name, text, f, why in data["options"])
        return Choice(tuple(options), several=kind == "multiple")
    if kind == "numeric":
        unit = prose(data["unit"]) if data["unit"] else None
        near = tuple(Near(float(v), float(tol), float(f), prose(why)) for v, tol, f, why in data["near"])
        return Numeric(float(data["answer"]), float(data["tolerance"]), unit, prose(data["reason"]), near)
    if kind == "short_text":
        accepts = tuple(Accept(pattern, float(f), prose(why)) for pattern, f, why in data["accepts"])
        return ShortText(accepts, prose(data["reason"]))
    if kind == "matching":
        pairs = tuple(Pair(name, prose(left), right, prose(why)) for name, left, right, why in data["pairs"])
        return Matching(pairs, tuple(Right(name, prose(text)) for name, text in data["rights"]))
    if kind == "ordering":
        return Ordering(tuple(Step(name, prose(text), prose(why)) for name, text, why in data["steps"]))
    if kind == "open_text":
        rubric = (
            Criterion(name, prose(text), float(most), tuple(Reached(float(n), prose(said)) for n, said in levels))
            for name, text, most, levels in data["rubric"]
        )
        return OpenText(tuple(rubric), prose(data["reason"]))
    raise ValueError(f"unknown kind of question: {kind}")
