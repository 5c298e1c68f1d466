"""Aiken: choices with one right answer, and nothing else, as plain lines."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from assessments.interchange.emphasis import is_emphasised, unmarked
from assessments.interchange.foreign import MULTICHOICE, Answer, ForeignQuestion, Worded, default_name
from assessments.interchange.from_foreign import drafts_from
from assessments.interchange.parsed import LeftOut, Parsed, Problem, Written, lost, problem
from assessments.interchange.tables import name_of, said_in
from assessments.interchange.texts import decoded, spoilt
from assessments.questions import NAMES

_OPTION = re.compile(r"([A-Z])[).]\s*(.*)")
_ANSWER = re.compile(r"ANSWER:\s*(.?)")
LETTERS = NAMES.upper()


def read_aiken(data: bytes, language: str, name: str = "aiken.txt") -> Parsed:
    """The items of an Aiken file.

    Raises: FileRefused when it is no text at all.
    """
    return drafts_from(aiken_questions(decoded(data, name)), language)


def aiken_questions(text: str) -> Iterator[ForeignQuestion | Problem]:
    """Every question of an Aiken text, and a problem in place of each that can't be read."""
    asked, options, first = "", list[str](), 0
    number = 0
    for number, raw in enumerate(text.split("\n"), start=1):
        line = raw.strip()
        option, answer = _OPTION.fullmatch(line), _ANSWER.match(line)
        if len(line) < 2:
            continue
        if option or answer:
            if not asked:
                yield problem("aiken_not_started", number, None, line)
            elif option:
                options.append(option[2])
            elif answer:
                yield _question(asked, options, answer[1], first, number)
                asked, options = "", []
            continue
        if asked:
            yield problem("aiken_not_complete", number, default_name(asked), asked)
        asked, options, first = line, [], number
    if asked:
        yield problem("aiken_not_complete", number, default_name(asked), asked)


def _question(asked: str, options: list[str], letter: str, first: int, line: int) -> ForeignQuestion | Problem:
    name = default_name(asked)
    if any(map(spoilt, (asked, *options))):
        return problem("control", first, ascii(name)[1:-1])
    if len(options) < 2:
        return problem("few_answers", line, name, ", ".join(options), least=2)
    if letter not in LETTERS[: len(options)] or not letter:
        return problem("aiken_letter", line, name, letter)
    right = LETTERS.index(letter)
    answers = tuple(Answer(Worded(text, "plain"), float(at == right)) for at, text in enumerate(options))
    return ForeignQuestion(MULTICHOICE, name, Worded(asked, "plain"), first, answers=answers)


def write_aiken(items: Iterable[Mapping[str, Any]], language: str) -> Written:
    """The single choices among the items, in one language; everything else is reported."""
    blocks, problems = [], []
    for item in items:
        try:
            blocks.append(_block(item, language))
        except LeftOut as stopped:
            problems.append(stopped.problem)
            continue
        options = item["options"]
        left = ["reasons"] if any(said_in(option.get("reason"), language) for option in options) else []
        left += ["costs"] if any(option["fraction"] < 0 for option in options) else []
        texts = [item["stem"], *(option["text"] for option in options)]
        left += ["emphasis"] if any(is_emphasised(said_in(text, language)) for text in texts) else []
        problems += lost(left, name_of(item))
    return Written("\n".join(blocks).encode("utf-8"), len(blocks), tuple(problems))


def _block(item: Mapping[str, Any], language: str) -> str:
    name = name_of(item)
    if item["kind"] == "generated":
        raise LeftOut(problem("generated", None, name))
    if item["kind"] != "single":
        raise LeftOut(problem("cannot_hold_kind", None, name, item["kind"]))
    asked = _line(said_in(item["stem"], language), name)
    if _OPTION.fullmatch(asked) or _ANSWER.match(asked):
        raise LeftOut(problem("cannot_hold_sign", None, name, asked, sign=asked[:7]))
    lines, right = [asked], ""
    if len(asked) < 2:
        raise LeftOut(problem("no_language", None, name))
    for letter, option in zip(LETTERS, item["options"], strict=False):
        lines.append(f"{letter}) {_line(said_in(option['text'], language), name)}")
        right = letter if option["fraction"] == 1 else right
    return "\n".join([*lines, f"ANSWER: {right}", ""])


def _line(text: str, name: str) -> str:
    if not text:
        raise LeftOut(problem("no_language", None, name))
    if spoilt(text):
        raise LeftOut(problem("cannot_hold_control", None, name, ascii(text)[1:-1]))
    return " ".join(unmarked(text).split())
