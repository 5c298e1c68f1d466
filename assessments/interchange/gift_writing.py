"""Writing GIFT in such a way that Moodle and our own reader find what stood in the item."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assessments.interchange.emphasis import as_html, is_emphasised, unmarked
from assessments.interchange.foreign import (
    ESSAY,
    MATCH,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    Answer,
    ForeignQuestion,
    Worded,
)
from assessments.interchange.fractions import percent, plain_number
from assessments.interchange.parsed import LeftOut, Written, lost, problem
from assessments.interchange.tables import name_of
from assessments.interchange.to_foreign import foreign_of

# What GIFT has no place for, by its field.
_UNHELD = {"criteria": "rubric", "hints": "hints"}
_CONTROL = re.compile(r"[\\~=#{}:]")


def write_gift(items: Iterable[Mapping[str, Any]], language: str) -> Written:
    """The items in one language; those that GIFT can't hold are reported.

    Shape: id, competency, level, positions, source and weight stand as id and tags in comments before the question.
    """
    blocks, problems = [], []
    for item in items:
        try:
            question = foreign_of(item, language, steps_have_reasons=False)
            blocks.append("\n".join(_lines(question)))
        except LeftOut as left:
            problems.append(left.problem)
            continue
        problems += lost([name for name, field in _UNHELD.items() if item.get(field)], name_of(item))
    return Written(("\n\n".join(blocks) + "\n").encode("utf-8"), len(blocks), tuple(problems))


def _lines(question: ForeignQuestion) -> Iterator[str]:
    if question.id_number:
        yield f"// [id:{_bracketed(question.id_number, question)}]"
    others = [f"unit:{question.unit}"] if question.unit else []
    others += [f"weight:{plain_number(question.weight)}"] if question.weight != 1 else []
    for tag in (*question.tags, *others):
        yield f"// [tag:{_bracketed(tag, question)}]"
    general = f"\n####{_worded(question, question.general_feedback)}" if question.general_feedback.text else ""
    answers = "\n".join(_answers(question))
    inside = f"{answers}{general}"
    yield f"::{_escaped(question.name)}::[{_markup(question)}]{_said(question.text, _markup(question))}{{{inside}}}"


def _bracketed(text: str, question: ForeignQuestion) -> str:
    if "\n" in text:
        raise LeftOut(problem("cannot_hold_sign", None, question.name, text, sign="\\n"))
    return re.sub(r"([][\\])", r"\\\1", text)


def _escaped(text: str) -> str:
    return _CONTROL.sub(lambda found: "\\" + found[0], text).replace("\n", "\\n")


def _markup(question: ForeignQuestion) -> str:
    """How the question is marked up, and with it all that says nothing else of itself."""
    return "html" if is_emphasised(question.text.text) else "plain"


def _said(worded: Worded, markup: str) -> str:
    return _escaped(as_html(worded.text) if markup == "html" else worded.text)


def _worded(question: ForeignQuestion, worded: Worded) -> str:
    """A text that says how it is marked up where it isn't as its question, or its own bracket would be taken for it."""
    markup = "html" if is_emphasised(worded.text) else _markup(question)
    named = f"[{markup}]" if markup != _markup(question) or worded.text.startswith("[") else ""
    return named + _said(worded, markup)


def _pattern(worded: Worded) -> str:
    """A wording to be typed, in which asterisks are no emphasis."""
    return ("[plain]" if worded.text.startswith("[") else "") + _escaped(worded.text)


def _answers(question: ForeignQuestion) -> Iterator[str]:
    if question.type == ESSAY:
        return
    yield from _before(question)
    if question.type == MATCH:
        for left, right in question.pairs:
            if "->" in left.text:
                raise LeftOut(problem("cannot_hold_sign", None, question.name, left.text, sign="->"))
            yield f"={_worded(question, left)} -> {_escaped(unmarked(right.text))}"
        return
    for answer in question.answers:
        if question.type == ORDERING:
            if "\n" in answer.text.text:
                raise LeftOut(problem("cannot_hold_sign", None, question.name, answer.text.text, sign="\\n"))
            yield _worded(question, answer.text)
        elif question.type in (NUMERICAL, SHORTANSWER):
            yield f"={_typed(question, answer)}{_feedback(question, answer)}"
        else:
            yield f"{_chosen(question, answer)}{_feedback(question, answer)}"


def _before(question: ForeignQuestion) -> Iterator[str]:
    """What stands behind the opening brace."""
    if question.type == NUMERICAL:
        yield "#"
    elif question.type == ORDERING:
        yield f">{len(question.answers)} ALL VERTICAL RELATIVE_ALL_PREVIOUS_AND_NEXT"
    else:
        yield ""


def _typed(question: ForeignQuestion, answer: Answer) -> str:
    if question.type == NUMERICAL:
        weight = f"%{percent(answer.fraction)}%" if answer.fraction != 1 else ""
        return f"{weight}{answer.text.text}:{answer.tolerance}"
    if "->" in answer.text.text:
        raise LeftOut(problem("cannot_hold_sign", None, question.name, answer.text.text, sign="->"))
    weight = "" if answer.fraction == 1 and not answer.text.text.startswith("%") else f"%{percent(answer.fraction)}%"
    return weight + _pattern(answer.text)


def _chosen(question: ForeignQuestion, answer: Answer) -> str:
    if question.single and answer.fraction == 1:
        return f"={_worded(question, answer.text)}"
    plain = answer.fraction == 0 and not answer.text.text.startswith("%")
    return "~" + ("" if plain else f"%{percent(answer.fraction)}%") + _worded(question, answer.text)


def _feedback(question: ForeignQuestion, answer: Answer) -> str:
    return f" #{_worded(question, answer.feedback)}" if answer.feedback.text else ""
