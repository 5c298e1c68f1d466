"""Reading the content of items: what each kind of question has to say, and what is refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from assessments.content import Fields
from assessments.prose import Prose
from assessments.questions import (
    MOST_PARTS,
    NAMES,
    Accept,
    Choice,
    Content,
    Criterion,
    Matching,
    Near,
    Numeric,
    OpenText,
    Option,
    Ordering,
    Pair,
    Reached,
    Right,
    ShortText,
    Step,
)


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
        said = (text.en, text.zh)
        if said not in rights:
            rights[said] = Right(NAMES[len(rights)], text)
        return rights[said].name

    for name, part in zip(NAMES, fields.tables("pairs", "item.pairs", least=2), strict=False):
        left, right, reason = part.prose("left"), part.prose("right"), part.prose("reason")
        part.done()
        pairs.append(Pair(name, left, right_named(right), reason))
    others = fields.proses("distractors")
    if len({(text.en, text.zh) for text in others} | set(rights)) > MOST_PARTS:
        raise fields.error("There are at most {most} right sides to choose from", most=MOST_PARTS)
    for text in others:
        right_named(text)
    return Matching(tuple(pairs), tuple(rights.values()))


def _read_ordering(fields: Fields) -> Content:
    steps = []
    for name, part in zip(NAMES, fields.tables("steps", "item.steps", least=3), strict=False):
        text, reason = part.prose("text"), part.prose("reason")
        part.done()
        steps.append(Step(name, text, reason))
    return Ordering(tuple(steps))


def _read_open_text(fields: Fields) -> Content:
    rubric = []
    for name, part in zip(NAMES, fields.tables("rubric", "item.rubric", least=1), strict=False):
        text, points = part.prose("text"), part.number("points")
        levels = []
        for level in part.tables("levels", "item.rubric.levels", least=2):
            levels.append(Reached(level.number("points"), level.prose("text")))
            level.done()
        reached = [level.points for level in levels]
        if points <= 0 or reached != sorted(set(reached)) or reached[0] < 0 or reached[-1] != points:
            raise part.error("The levels of a criterion rise from 0 points or more to all of its points")
        part.done()
        rubric.append(Criterion(name, text, points, tuple(levels)))
    return OpenText(tuple(rubric), fields.prose("reason"))


READERS: Mapping[str, Callable[[Fields], Content]] = {
    "single": _read_single,
    "multiple": _read_multiple,
    "numeric": _read_numeric,
    "short_text": _read_short_text,
    "matching": _read_matching,
    "ordering": _read_ordering,
    "open_text": _read_open_text,
}
"""How the content of an item is read, by its kind; generated items are read by the bank."""
