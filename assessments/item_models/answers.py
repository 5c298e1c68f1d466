"""Answers put together: a choice of one, and a number with the typical mistakes that can't be taken for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from assessments.prose import Prose
from assessments.questions import NAMES, Choice, Near, Numeric, Option

PER_CENT = Prose("%", "%")
POINTS = Prose("percentage points", "个百分点")
ORDERS = Prose("orders", "张")
ROWS = Prose("rows", "行")

Said = tuple[Prose, Prose]
"""An option: what it says, and the reason shown with it."""


def choice(right: Said, *wrong: Said) -> Choice:
    """One right option and several wrong ones; they are shuffled for each person when the question is handed out."""
    options = [Option(NAMES[0], right[0], 1.0, right[1])]
    options += [Option(name, text, 0.0, reason) for name, (text, reason) in zip(NAMES[1:], wrong, strict=False)]
    return Choice(tuple(options), several=False)


def one_of(right: Said, wrong: Sequence[Said]) -> Choice:
    """The same with the wrong options in a row of their own."""
    return choice(right, *wrong)


def pick(texts: Sequence[Prose], right: int, reasons: Sequence[Prose]) -> Choice:
    """Options in a given row of which one is right."""
    rows = zip(NAMES, texts, reasons, strict=False)
    return Choice(
        tuple(Option(name, text, float(place == right), why) for place, (name, text, why) in enumerate(rows)),
        several=False,
    )


def nears(
    key: float, tolerance: float, mistakes: Iterable[tuple[float, float, Prose]], *, places: int = 2
) -> tuple[Near, ...]:
    """Typical mistakes as near answers, without those that fall together with the key or with each other.

    Shape: `mistakes` holds value, fraction and reason. Units: those of the key.
    """
    taken, found = [key], list[Near]()
    for value, fraction, reason in mistakes:
        rounded = round(value, places)
        if all(abs(rounded - other) > 2 * tolerance + 1e-9 for other in taken):
            taken.append(rounded)
            found.append(Near(rounded, tolerance, fraction, reason))
    return tuple(found)


def number(
    answer: float, unit: Prose, reason: Prose, mistakes: Mapping[float, Prose], *, tolerance: float = 0.0
) -> Numeric:
    """A number to be typed; of the typical mistakes those stay that can be told from it and from each other."""
    near = nears(answer, tolerance, ((value, 0.0, why) for value, why in mistakes.items()))
    return Numeric(answer, tolerance, unit, reason, near)


def per_cent(part: float, whole: float) -> float:
    """A share in per cent, to two places, as reasons and keys write it."""
    return round(100 * part / whole, 2)
