"""Writing Moodle XML, with the names and numbers that Moodle's own reader asks for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from assessments.interchange.emphasis import as_html, is_emphasised, unmarked
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
)
from assessments.interchange.fractions import percent, plain_number
from assessments.interchange.parsed import LeftOut, Written
from assessments.interchange.to_foreign import foreign_of

_TYPES = {MATCH: "matching"}
_EMPTY = Worded("", "plain")


def write_moodle_xml(items: Iterable[Mapping[str, Any]], language: str) -> Written:
    """The items in one language; those that Moodle can't hold are reported.

    Shape: competency, level, positions and source stand as tags, the weight as default grade.
    """
    questions, problems = [], []
    for item in items:
        try:
            question = foreign_of(item, language, steps_have_reasons=True)
        except LeftOut as left:
            problems.append(left.problem)
            continue
        questions.append("\n".join(_lines(question)))
    text = "\n".join(['<?xml version="1.0" encoding="UTF-8"?>', "<quiz>", *questions, "</quiz>", ""])
    return Written(text.encode("utf-8"), len(questions), tuple(problems))


def _lines(question: ForeignQuestion) -> Iterator[str]:
    yield f'<question type="{_TYPES.get(question.type, question.type)}">'
    yield f"  <name><text>{escape(question.name)}</text></name>"
    yield _worded("questiontext", question.text)
    yield _worded("generalfeedback", question.general_feedback)
    yield f"  <defaultgrade>{plain_number(question.weight)}</defaultgrade>"
    yield "  <penalty>0.3333333</penalty>"
    yield "  <hidden>0</hidden>"
    yield f"  <idnumber>{escape(question.id_number)}</idnumber>"
    yield from _content(question)
    for hint in question.hints:
        yield _worded("hint", hint)
    if question.tags:
        yield "  <tags>"
        yield from (f"    <tag><text>{escape(tag)}</text></tag>" for tag in question.tags)
        yield "  </tags>"
    yield "</question>"


def _worded(tag: str, worded: Worded, inside: str = "", **attributes: str) -> str:
    """A text with its format: plain, or HTML where words of it are emphasised."""
    if is_emphasised(worded.text):
        return _element(tag, "html", as_html(worded.text), inside, attributes)
    return _element(tag, "plain_text", worded.text, inside, attributes)


def _element(tag: str, markup: str, text: str, inside: str, attributes: Mapping[str, str]) -> str:
    said = "".join(f" {name}={quoteattr(value)}" for name, value in attributes.items())
    return f'  <{tag}{said} format="{markup}"><text>{escape(text)}</text>{inside}</{tag}>'


def _content(question: ForeignQuestion) -> Iterator[str]:
    match question.type:
        case kind if kind == MULTICHOICE:
            yield f"  <single>{str(question.single).lower()}</single>"
            yield "  <shuffleanswers>true</shuffleanswers>"
            yield "  <answernumbering>abc</answernumbering>"
            yield from (_worded(tag, _EMPTY) for tag in _FEEDBACKS)
            yield from map(_answer, question.answers)
        case kind if kind == SHORTANSWER:
            yield "  <usecase>0</usecase>"
            yield from map(_typed, question.answers)
        case kind if kind == NUMERICAL:
            yield from _numbers(question)
        case kind if kind == MATCH:
            yield "  <shuffleanswers>true</shuffleanswers>"
            yield from (_worded(tag, _EMPTY) for tag in _FEEDBACKS)
            for left, right in question.pairs:
                yield _worded("subquestion", left, f"<answer><text>{escape(unmarked(right.text))}</text></answer>")
        case kind if kind == ORDERING:
            yield "  <layouttype>VERTICAL</layouttype>"
            yield "  <selecttype>ALL</selecttype>"
            yield f"  <selectcount>{len(question.answers)}</selectcount>"
            yield "  <gradingtype>RELATIVE_ALL_PREVIOUS_AND_NEXT</gradingtype>"
            yield "  <showgrading>SHOW</showgrading>"
            yield "  <numberingstyle>none</numberingstyle>"
            yield from (_worded(tag, _EMPTY) for tag in _FEEDBACKS)
            for step in question.answers:
                feedback = _worded("feedback", step.feedback).strip()
                yield _worded("answer", step.text, feedback, fraction=f"{step.fraction:.7f}")
        case kind if kind == ESSAY:
            yield "  <responseformat>plain</responseformat>"
            yield "  <responserequired>1</responserequired>"
            yield "  <responsefieldlines>10</responsefieldlines>"
            yield "  <attachments>0</attachments>"
            yield "  <attachmentsrequired>0</attachmentsrequired>"
            yield _worded("graderinfo", question.grader_information)
            yield _worded("responsetemplate", _EMPTY)


_FEEDBACKS = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")


def _answer(answer: Answer) -> str:
    feedback = _worded("feedback", answer.feedback).strip()
    return _worded("answer", answer.text, feedback, fraction=percent(answer.fraction))


def _typed(answer: Answer) -> str:
    """A wording or number to be typed, in which asterisks are no emphasis."""
    tolerance = f"<tolerance>{escape(answer.tolerance)}</tolerance>" if answer.tolerance else ""
    feedback = _worded("feedback", answer.feedback).strip()
    worth = {"fraction": percent(answer.fraction)}
    return _element("answer", "plain_text", answer.text.text, feedback + tolerance, worth)


def _numbers(question: ForeignQuestion) -> Iterator[str]:
    yield from map(_typed, question.answers)
    yield "  <unitgradingtype>0</unitgradingtype>"
    yield "  <unitpenalty>0.1000000</unitpenalty>"
    yield f"  <showunits>{0 if question.unit else 3}</showunits>"
    yield "  <unitsleft>0</unitsleft>"
    if question.unit:
        unit = f"<multiplier>1</multiplier><unit_name>{escape(question.unit)}</unit_name>"
        yield f"  <units><unit>{unit}</unit></units>"
