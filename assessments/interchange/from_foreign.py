"""Turns questions of other systems into drafts of items, and says what became of everything else."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from assessments.bank import LEVELS, POSITIONS
from assessments.interchange import draft_check
from assessments.interchange.foreign import (
    DESCRIPTION,
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    TRUEFALSE,
    Answer,
    ForeignQuestion,
    Worded,
    taken_apart,
)
from assessments.interchange.fractions import ROUNDING, is_known, nearest, plain_number
from assessments.interchange.parsed import Draft, LeftOut, Parsed, Problem, in_order, problem
from assessments.interchange.rubric_text import rubric_from
from assessments.interchange.texts import LONGEST_MARKUP, LONGEST_TEXT, loses_by_plain, plain
from assessments.questions import MOST_PARTS
from core.domain.errors import Label

MOST_QUESTIONS = 20_000
TRUE_FALSE = {"en": ("True", "False"), "zh": ("正确", "错误")}
ITEM_ID = re.compile(r"[a-z]{2,4}-[0-9a-z]{1,20}(-[0-9a-z]{1,20})?")
"""What an id of this house looks like; another system's number is kept beside the item."""

# What a file may say beside the question, in the words of a message.
SAID_LABELS: Mapping[str, str] = {
    "tags": "tags",
    "id_number": "id number",
    "category": "category",
    "general_feedback": "general feedback",
    "pictures": "pictures and files",
    "combined_feedback": "feedback on the whole answer",
    "grader_information": "notes for whoever marks it",
    "units": "further units",
    "case_sensitive": "upper and lower case matter",
    "response_template": "a text to begin with",
    "original": "the text with its formatting",
}


def drafts_from(questions: Iterable[ForeignQuestion | Problem], language: str) -> Parsed:
    """Drafts of all questions that can be taken over, with every problem at its line."""
    drafts: list[Draft] = []
    problems: list[Problem] = []
    ids: Counter[str] = Counter()
    for number, question in enumerate(questions):
        if number == MOST_QUESTIONS:
            line = question.line
            problems.append(problem("too_many_questions", line, most=MOST_QUESTIONS))
            break
        if isinstance(question, Problem):
            problems.append(question)
            continue
        try:
            draft, remarks = _Taking(question, language).draft()
        except LeftOut as left:
            problems.append(left.problem)
            continue
        item_id = draft.table.get("id")
        if item_id:
            ids[item_id] += 1
            if ids[item_id] > 1:
                problems.append(problem("twice", draft.line, draft.name, id=item_id))
                continue
        drafts.append(draft)
        problems += remarks
    return Parsed(tuple(drafts), in_order(problems))


class _Taking:
    """One question on its way to a draft."""

    def __init__(self, question: ForeignQuestion, language: str) -> None:
        self.question, self.language = question, language
        self.remarks: list[Problem] = []
        self.said: dict[str, Any] = {name: value for name, value in question.said.items() if value}
        self.original: dict[str, str] = {}

    def draft(self) -> tuple[Draft, list[Problem]]:
        """The draft and what is to say about it. Raises: LeftOut."""
        question = self.question
        take = _TAKERS.get(question.type)
        if question.type == DESCRIPTION:
            raise LeftOut(problem("description", question.line, question.name, question.text.text))
        if take is None:
            raise LeftOut(self.problem("no_such_type", question.type, type=question.type))
        stem = self.text(question.text, "stem")
        if not stem:
            raise LeftOut(self.problem("no_text"))
        table: dict[str, Any] = {"stem": self.prose(stem)}
        if question.id_number:
            if ITEM_ID.fullmatch(question.id_number):
                table = {"id": question.id_number, **table}
            else:
                self.said["id_number"] = question.id_number
        if question.weight != 1:
            table["weight"] = question.weight
        table |= self.tagged()
        table |= take(self)
        if hints := [text for hint in question.hints if (text := self.text(hint, "hint"))]:
            table["hints"] = [self.prose(text) for text in hints]
        if self.original:
            self.said["original"] = self.original
            self.remark("markup", next(iter(self.original.values())))
        told = {name: value for name, value in self.said.items() if name != "original"}
        if told:
            what = tuple(Label(SAID_LABELS[name]) for name in told)
            self.remark("kept", "; ".join(_listed(value) for value in told.values()), what=what)
        self.remarks += draft_check.problems_in(table, question.line, question.name)
        return Draft(question.name, table, question.line, self.said), self.remarks

    def problem(self, kind: str, found: str = "", **params: object) -> Problem:
        """A problem of this question."""
        return problem(kind, self.question.line, self.question.name, found, **params)

    def remark(self, kind: str, found: str = "", **params: object) -> None:
        """A problem that doesn't keep the question out."""
        self.remarks.append(self.problem(kind, found, **params))

    def text(self, worded: Worded, place: str) -> str:
        """The text without markup; where more than paragraphs is lost the original is kept."""
        text = plain(worded)
        if len(text) > LONGEST_TEXT or len(worded.text) > LONGEST_MARKUP:
            raise LeftOut(self.problem("too_long", text, most=LONGEST_TEXT))
        if loses_by_plain(worded):
            self.original[place] = worded.text
        return text

    def prose(self, text: str) -> dict[str, str]:
        """Prose in the language of the file; nothing where it says nothing."""
        return {self.language: text} if text else {}

    def tagged(self) -> dict[str, Any]:
        """What tags of ours say of an item; all others are kept aside."""
        found: dict[str, Any] = {}
        others = []
        for tag in self.question.tags:
            name, colon, value = (part.strip() for part in tag.partition(":"))
            if not colon or not value:
                others.append(tag)
            elif name in ("competency", "source") or (name == "level" and value in LEVELS):
                found[name] = value
            elif name == "position" and value in POSITIONS:
                found.setdefault("positions", []).append(value)
            elif name == "weight" and (weight := _positive(value)) is not None:
                found[name] = weight
            elif name == "unit" and self.question.type == NUMERICAL:
                found[name] = self.prose(value)
            else:
                others.append(tag)
        if others:
            self.said["tags"] = others
        return found

    def fraction(self, answer: Answer) -> float:
        """An answer's fraction, a rounded third as the third that is meant."""
        fraction = answer.fraction
        if is_known(fraction):
            return nearest(fraction)
        if abs(nearest(fraction) - fraction) <= ROUNDING:
            self.remark("rounded_fraction", answer.text.text, fraction=_said(fraction), read=_said(nearest(fraction)))
            return nearest(fraction)
        self.remark("unknown_fraction", answer.text.text, fraction=_said(fraction))
        return fraction

    def many(self, parts: int) -> None:
        """Refuses more parts than have a letter."""
        if parts > MOST_PARTS:
            raise LeftOut(self.problem("too_many", str(parts), most=MOST_PARTS))

    def general(self) -> str:
        """The feedback that everybody gets."""
        return self.text(self.question.general_feedback, "general_feedback")


def _said(fraction: float) -> str:
    return plain_number(round(fraction, 7))


def _listed(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {_listed(one)}" for name, one in value.items())
    return ", ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)


def _positive(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if 0 < number < 1000 else None


def _multichoice(taking: _Taking) -> dict[str, Any]:
    question = taking.question
    taking.many(len(question.answers))
    if len(question.answers) < 2:
        raise LeftOut(taking.problem("few_answers", least=2))
    options: list[dict[str, Any]] = []
    for number, answer in enumerate(question.answers, start=1):
        option: dict[str, Any] = {"text": taking.prose(taking.text(answer.text, f"options {number}"))}
        option["fraction"] = taking.fraction(answer)
        if reason := taking.text(answer.feedback, f"options {number} feedback"):
            option["reason"] = taking.prose(reason)
        options.append(option)
    table = {"kind": "single" if question.single else "multiple", "options": options}
    draft_check.refuse_without_key(table, question.line, question.name)
    _explain_key(taking, options)
    return table


def _explain_key(taking: _Taking, options: list[dict[str, Any]]) -> None:
    """The general feedback becomes the key's reason where it has none of its own."""
    if general := taking.general():
        key = max(options, key=lambda option: option["fraction"])
        if "reason" in key:
            taking.said["general_feedback"] = general
        else:
            key["reason"] = taking.prose(general)


def _truefalse(taking: _Taking) -> dict[str, Any]:
    question = taking.question
    options: list[dict[str, Any]] = []
    sides = ((question.true, question.feedback_true), (not question.true, question.feedback_false))
    for text, (right, feedback) in zip(TRUE_FALSE[taking.language], sides, strict=True):
        option: dict[str, Any] = {"text": taking.prose(text), "fraction": 1.0 if right else 0.0}
        if reason := taking.text(feedback, f"feedback {text}"):
            option["reason"] = taking.prose(reason)
        options.append(option)
    _explain_key(taking, options)
    return {"kind": "single", "options": options}


def _weighed_parts(taking: _Taking, name: str) -> list[dict[str, Any]]:
    """Answers to be typed, each with what it is worth and why; what costs marks elsewhere costs none here."""
    taking.many(len(taking.question.answers))
    parts = []
    for number, answer in enumerate(taking.question.answers, start=1):
        fraction = taking.fraction(answer)
        if fraction < 0:
            taking.remark("below_zero", answer.text.text)
        part: dict[str, Any] = {name: taking.text(answer.text, f"answer {number}"), "fraction": max(0.0, fraction)}
        if reason := taking.text(answer.feedback, f"answer {number} feedback"):
            part["reason"] = taking.prose(reason)
        parts.append(part)
    return parts


def _shortanswer(taking: _Taking) -> dict[str, Any]:
    accepts = _weighed_parts(taking, "pattern")
    if any(not part["pattern"] for part in accepts):
        raise LeftOut(taking.problem("no_answer"))
    if not any(part["fraction"] == 1 for part in accepts):
        raise LeftOut(taking.problem("no_key"))
    table: dict[str, Any] = {"kind": "short_text", "accept": accepts}
    if general := taking.general():
        table["reason"] = taking.prose(general)
    return table


def _numerical(taking: _Taking) -> dict[str, Any]:
    parts = _weighed_parts(taking, "value")
    reasons = [general] if (general := taking.general()) else []
    keys: list[dict[str, Any]] = []
    near: list[dict[str, Any]] = []
    for part, answer in zip(parts, taking.question.answers, strict=True):
        if part["value"] == "*":
            reasons += [part["reason"][taking.language]] if "reason" in part and part["fraction"] == 0 else []
            continue
        part["value"] = _number(taking, part["value"])
        tolerance = _number(taking, answer.tolerance or "0")
        if tolerance < 0:
            raise LeftOut(taking.problem("not_a_number", answer.tolerance))
        part["tolerance"] = tolerance
        (keys if part["fraction"] == 1 else near).append(part)
    if not keys:
        raise LeftOut(taking.problem("no_key"))
    if len({(key["value"], key["tolerance"]) for key in keys}) > 1:
        raise LeftOut(taking.problem("two_numbers", ", ".join(plain_number(key["value"]) for key in keys)))
    key = keys[0]
    if "reason" in key:
        reasons.insert(0, key["reason"][taking.language])
    table: dict[str, Any] = {"kind": "numeric", "answer": key["value"], "tolerance": key["tolerance"]}
    if taking.question.unit:
        table["unit"] = taking.prose(taking.question.unit)
    if reasons:
        table["reason"] = taking.prose("\n".join(dict.fromkeys(reasons)))
    return table | ({"near": near} if near else {})


def _number(taking: _Taking, text: str) -> float:
    try:
        number = float(text)
    except ValueError:
        number = float("nan")
    if not abs(number) < 1e15:
        raise LeftOut(taking.problem("not_a_number", text))
    return number


def _match(taking: _Taking) -> dict[str, Any]:
    taking.many(len(taking.question.pairs))
    pairs: list[dict[str, Any]] = []
    distractors = []
    for number, (left, right) in enumerate(taking.question.pairs, start=1):
        left_text = taking.text(left, f"pair {number} left")
        right_text = taking.text(right, f"pair {number} right")
        if not right_text:
            raise LeftOut(taking.problem("no_pair", left_text))
        if left_text:
            pairs.append({"left": taking.prose(left_text), "right": taking.prose(right_text)})
        else:
            distractors.append(taking.prose(right_text))
    if len(pairs) < 2:
        raise LeftOut(taking.problem("few_answers", least=2))
    _reasons_of_parts(taking, pairs, [_pair_head(pair, taking.language) for pair in pairs])
    return {"kind": "matching", "pairs": pairs} | ({"distractors": distractors} if distractors else {})


def _pair_head(pair: Mapping[str, Any], language: str) -> str:
    return f"{pair['left'][language]} → {pair['right'][language]}"


def _ordering(taking: _Taking) -> dict[str, Any]:
    taking.many(len(taking.question.answers))
    steps: list[dict[str, Any]] = []
    for number, answer in enumerate(sorted(taking.question.answers, key=lambda one: one.fraction), start=1):
        step = {"text": taking.prose(taking.text(answer.text, f"step {number}"))}
        if reason := taking.text(answer.feedback, f"step {number} feedback"):
            step["reason"] = taking.prose(reason)
        steps.append(step)
    if len(steps) < 3:
        raise LeftOut(taking.problem("few_answers", least=3))
    _reasons_of_parts(taking, steps, [step["text"].get(taking.language, "") for step in steps])
    return {"kind": "ordering", "steps": steps}


def _reasons_of_parts(taking: _Taking, parts: list[dict[str, Any]], heads: list[str]) -> None:
    """The general feedback holds the reasons of the parts where a file of ours had no other place for them."""
    general = taking.general()
    if not general:
        return
    reasons = taken_apart(heads, general)
    if reasons is None:
        taking.said["general_feedback"] = general
        return
    for part, reason in zip(parts, reasons, strict=True):
        if reason and "reason" not in part:
            part["reason"] = taking.prose(reason)


def _essay(taking: _Taking) -> dict[str, Any]:
    general = taking.general()
    table: dict[str, Any] = {"kind": "open_text"}
    if general:
        table["reason"] = taking.prose(general)
    if notes := taking.text(taking.question.grader_information, "grader_information"):
        rubric = rubric_from(notes, taking.prose)
        if rubric:
            table["rubric"] = rubric
        else:
            taking.said["grader_information"] = notes
    return table


_TAKERS: Mapping[str, Callable[[_Taking], dict[str, Any]]] = {
    MULTICHOICE: _multichoice,
    TRUEFALSE: _truefalse,
    SHORTANSWER: _shortanswer,
    NUMERICAL: _numerical,
    MATCH: _match,
    ORDERING: _ordering,
    ESSAY: _essay,
}
