"""Turns items into questions as Moodle's formats say them; what these can't hold is reported."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from assessments.interchange.foreign import (
    ESSAY,
    MATCH,
    MULTICHOICE,
    NUMERICAL,
    ORDERING,
    SHORTANSWER,
    Answer,
    ForeignQuestion,
    Worded,
    told_apart,
)
from assessments.interchange.fractions import EXACT, nearest, plain_number
from assessments.interchange.parsed import LeftOut, problem
from assessments.interchange.rubric_text import rubric_text
from assessments.interchange.tables import name_of, said_in
from assessments.interchange.texts import spoilt


def foreign_of(item: Mapping[str, Any], language: str, steps_have_reasons: bool) -> ForeignQuestion:
    """An item in one language as a question of Moodle.

    `steps_have_reasons`: the format has a place for the reason of a step; otherwise they stand in the general feedback,
    as those of pairs always do.
    Raises: LeftOut when Moodle has nothing of the kind, or the item says nothing in this language.
    """
    name = name_of(item)
    if item["kind"] == "generated":
        raise LeftOut(problem("generated", None, name))
    if item["kind"] not in _WRITERS:
        raise LeftOut(problem("cannot_hold_kind", None, name, item["kind"]))
    writing = _Writing(item, language, steps_have_reasons)
    return _WRITERS[item["kind"]](writing)


class _Writing:
    """One item on its way into another system."""

    def __init__(self, item: Mapping[str, Any], language: str, steps_have_reasons: bool) -> None:
        self.item, self.language, self.steps_have_reasons = item, language, steps_have_reasons
        self.name = name_of(item)

    def said(self, prose: Mapping[str, str] | None) -> str:
        """A text that may be missing."""
        text = said_in(prose, self.language).replace("\r\n", "\n").replace("\r", "\n")
        if spoilt(text):
            raise LeftOut(problem("cannot_hold_control", None, self.name, ascii(text)[1:-1]))
        return text

    def text(self, prose: Mapping[str, str]) -> Worded:
        """A text that has to be there."""
        text = self.said(prose)
        if not text:
            raise LeftOut(problem("no_language", None, self.name))
        return Worded(text, "plain")

    def reason(self, part: Mapping[str, Any]) -> Worded:
        """Why a part is right or wrong."""
        return Worded(self.said(part.get("reason")), "plain")

    def fraction(self, part: Mapping[str, Any]) -> float:
        """A part's fraction as Moodle knows it."""
        fraction = float(part.get("fraction", 1.0))
        known = nearest(fraction)
        if abs(known - fraction) > EXACT:
            params = {"fraction": plain_number(fraction), "nearest": plain_number(known)}
            raise LeftOut(problem("cannot_hold_fraction", None, self.name, str(fraction), **params))
        return known

    def question(self, kind: str, **content: Any) -> ForeignQuestion:
        """The question with what belongs to items of any kind."""
        item = self.item
        tags = [f"{name}:{item[name]}" for name in ("competency", "level", "source") if item.get(name)]
        tags += [f"position:{position}" for position in item.get("positions", ())]
        return ForeignQuestion(
            type=kind,
            name=self.name,
            text=self.text(item["stem"]),
            id_number=str(item.get("id", "")),
            tags=tuple(tags),
            weight=float(item.get("weight", 1)),
            hints=tuple(Worded(text, "plain") for hint in item.get("hints", ()) if (text := self.said(hint))),
            **content,
        )


def _choice(writing: _Writing) -> ForeignQuestion:
    answers = tuple(
        Answer(writing.text(option["text"]), writing.fraction(option), writing.reason(option))
        for option in writing.item["options"]
    )
    return writing.question(MULTICHOICE, single=writing.item["kind"] == "single", answers=answers)


def _number(writing: _Writing) -> ForeignQuestion:
    item = writing.item
    key = Answer(Worded(plain_number(item["answer"]), "plain"), 1.0, Worded(), plain_number(item.get("tolerance", 0)))
    near = [
        Answer(
            Worded(plain_number(part["value"]), "plain"),
            writing.fraction(part),
            writing.reason(part),
            plain_number(part.get("tolerance", 0)),
        )
        for part in item.get("near", ())
    ]
    unit = writing.said(item.get("unit"))
    general = writing.reason(item)
    return writing.question(NUMERICAL, answers=(key, *near), general_feedback=general, unit=unit)


def _short_text(writing: _Writing) -> ForeignQuestion:
    answers = []
    for part in writing.item["accept"]:
        pattern = part["pattern"].strip()
        if spoilt(pattern):
            raise LeftOut(problem("cannot_hold_control", None, writing.name, ascii(pattern)[1:-1]))
        answers.append(Answer(Worded(pattern, "plain"), writing.fraction(part), writing.reason(part)))
    return writing.question(SHORTANSWER, answers=tuple(answers), general_feedback=writing.reason(writing.item))


def _matching(writing: _Writing) -> ForeignQuestion:
    item = writing.item
    pairs = [(writing.text(pair["left"]), writing.text(pair["right"])) for pair in item["pairs"]]
    heads = [f"{left.text} → {right.text}" for left, right in pairs]
    told = told_apart(heads, [writing.reason(pair).text for pair in item["pairs"]])
    others = [(Worded("", "plain"), writing.text(one)) for one in item.get("distractors", ())]
    return writing.question(MATCH, pairs=(*pairs, *others), general_feedback=Worded(told, "plain"))


def _ordering(writing: _Writing) -> ForeignQuestion:
    texts = [writing.text(step["text"]) for step in writing.item["steps"]]
    reasons = [writing.reason(step) for step in writing.item["steps"]]
    if writing.steps_have_reasons:
        steps = zip(texts, reasons, strict=True)
        answers = tuple(Answer(text, float(at), reason) for at, (text, reason) in enumerate(steps, start=1))
        return writing.question(ORDERING, answers=answers)
    told = told_apart([text.text for text in texts], [reason.text for reason in reasons])
    answers = tuple(Answer(text, float(at)) for at, text in enumerate(texts, start=1))
    return writing.question(ORDERING, answers=answers, general_feedback=Worded(told, "plain"))


def _essay(writing: _Writing) -> ForeignQuestion:
    return writing.question(
        ESSAY,
        general_feedback=writing.reason(writing.item),
        grader_information=Worded(rubric_text(writing.item.get("rubric", ()), writing.said), "plain"),
    )


_WRITERS: Mapping[str, Callable[[_Writing], ForeignQuestion]] = {
    "single": _choice,
    "multiple": _choice,
    "numeric": _number,
    "short_text": _short_text,
    "matching": _matching,
    "ordering": _ordering,
    "open_text": _essay,
}
