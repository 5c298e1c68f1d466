"""Reading Moodle XML: every type of question that has a counterpart here, its texts without markup."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

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
    default_name,
)
from assessments.interchange.from_foreign import drafts_from
from assessments.interchange.parsed import LeftOut, Parsed, Problem, problem
from assessments.interchange.strict_xml import BrokenXml, Element, parse, pieces
from assessments.interchange.texts import decoded, plain
from core.domain.errors import FileRefused

TYPES = {
    "multichoice": MULTICHOICE,
    "truefalse": TRUEFALSE,
    "shortanswer": SHORTANSWER,
    "numerical": NUMERICAL,
    "matching": MATCH,
    "essay": ESSAY,
    "ordering": ORDERING,
    "description": DESCRIPTION,
}
_MARKUPS = {"html": "html", "plain_text": "plain", "markdown": "markdown", "moodle_auto_format": "moodle"}
_COMBINED = ("correctfeedback", "partiallycorrectfeedback", "incorrectfeedback")
# What Moodle writes into every question by itself.
_BY_ITSELF = frozenset({"Your answer is correct.", "Your answer is partially correct.", "Your answer is incorrect."})


def read_moodle_xml(data: bytes, language: str, name: str = "moodle.xml") -> Parsed:
    """The items of a Moodle XML file in the language it is written in.

    Raises: FileRefused when it is another kind of file, or declares a document type or entities.
    """
    text = decoded(data, name)
    return drafts_from(moodle_questions(text, name), language)


def moodle_questions(text: str, name: str = "moodle.xml") -> Iterator[ForeignQuestion | Problem]:
    """Every question of a Moodle XML text as it stands there, and a problem in place of each that can't be read."""
    root = parse(text, name)
    found: Iterator[Element | BrokenXml]
    if isinstance(root, BrokenXml):
        if "<question" not in text:
            raise FileRefused("This isn't a Moodle XML file.", file=name, line=root.line)
        found = pieces(text, "question", name)
    elif root.tag != "quiz":
        raise FileRefused("This isn't a Moodle XML file.", file=name, line=root.line)
    else:
        found = iter(root.all("question"))
    category, broken = "", 0
    for element in found:
        if isinstance(element, BrokenXml):
            broken += 1
            yield problem("xml_broken", element.line, None, element.found, reason=element.reason)
            continue
        if element.attributes.get("type") == "category":
            category = element.said("category", "text")
            continue
        try:
            question = _question(element)
        except LeftOut as left:
            yield left.problem
            continue
        yield replace(question, said={**question.said, "category": category}) if category else question
    if isinstance(root, BrokenXml) and not broken:
        # Every question could be read, so that what is broken stands between them or at the end.
        yield problem("xml_broken", root.line, None, root.found, reason=root.reason)


def _question(element: Element) -> ForeignQuestion:
    text = _worded(element.child("questiontext"))
    name = element.said("name", "text") or default_name(plain(text))
    kind = element.attributes.get("type", "")
    if not kind:
        raise LeftOut(problem("xml_no_type", element.line, name))
    read = ForeignQuestion(
        type=TYPES.get(kind, kind),
        name=name,
        text=text,
        line=element.line,
        general_feedback=_worded(element.child("generalfeedback")),
        id_number=element.said("idnumber"),
        tags=tuple(tag.said("text") for tags in element.all("tags") for tag in tags.all("tag") if tag.said("text")),
        weight=_grade(element),
        hints=tuple(hint for hint in map(_worded, element.all("hint")) if hint.text),
        said=_said(element),
    )
    fill = _FILLERS.get(read.type)
    return fill(read, element) if fill else read


def _worded(element: Element | None) -> Worded:
    if element is None:
        return Worded()
    return Worded(element.said("text"), _MARKUPS.get(element.attributes.get("format", ""), "moodle"))


def _grade(element: Element) -> float:
    try:
        grade = float(element.said("defaultgrade") or 1)
    except ValueError:
        return 1.0
    return grade if 0 < grade < 1000 else 1.0


def _said(element: Element) -> dict[str, Any]:
    """What a question says beside what is asked and answered."""
    combined = {tag: plain(_worded(one)) for tag in _COMBINED if (one := element.child(tag)) is not None}
    template = element.child("responsetemplate")
    return {
        "combined_feedback": {tag: text for tag, text in combined.items() if text and text not in _BY_ITSELF},
        "pictures": sorted(_files(element)),
        "case_sensitive": element.said("usecase") == "1",
        "response_template": plain(_worded(template)),
    }


def _files(element: Element) -> set[str]:
    """The names of all files that are packed into a question."""
    names: set[str] = set()
    for child in element.children:
        names |= {child.attributes.get("name", "")} if child.tag == "file" else _files(child)
    return names - {""}


def _fraction(element: Element, name: str) -> float:
    """Units: the file says percent."""
    said = element.attributes.get("fraction", "0")
    try:
        fraction = float(said) / 100
    except ValueError:
        fraction = float("nan")
    if not abs(fraction) <= 1.000001:
        raise LeftOut(problem("fraction_unreadable", element.line, name, said))
    return fraction


def _answers(read: ForeignQuestion, element: Element) -> Iterator[Answer]:
    for one in element.all("answer"):
        yield Answer(
            _worded(one), _fraction(one, read.name), _worded(one.child("feedback")), one.said("tolerance") or "0"
        )


def _choice(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    several = element.said("single").lower() in ("false", "0")
    return replace(read, single=not several, answers=tuple(_answers(read, element)))


def _true_or_false(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    sides = {answer.text.text.lower(): answer for answer in _answers(read, element)}
    if set(sides) != {"true", "false"} or not any(side.fraction == 1 for side in sides.values()):
        raise LeftOut(problem("no_key", read.line, read.name, ", ".join(sides)))
    true, false = sides["true"], sides["false"]
    return replace(read, true=true.fraction == 1, feedback_true=true.feedback, feedback_false=false.feedback)


def _typed(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    answers = tuple(
        answer._replace(text=Worded(answer.text.text, "plain"))  # a number or a pattern, never markup
        for answer in _answers(read, element)
    )
    named = [unit for units in element.all("units") for unit in units.all("unit")]
    units = [(unit.said("multiplier"), unit.said("unit_name")) for unit in named]
    first = next((name for multiplier, name in units if multiplier in ("1", "1.0", "1.0000000")), "")
    others = [f"{name} ({multiplier})" for multiplier, name in units if name != first]
    return replace(read, answers=answers, unit=first, said={**read.said, "units": others})


def _pairs(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    pairs = [(_worded(one), Worded(one.said("answer", "text"), "plain")) for one in element.all("subquestion")]
    return replace(read, pairs=tuple(pairs))


def _steps(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    """Steps stand in their order; what is called a fraction is their place."""
    steps = enumerate(element.all("answer"), start=1)
    answers = [Answer(_worded(one), float(place), _worded(one.child("feedback"))) for place, one in steps]
    return replace(read, answers=tuple(answers))


def _essay(read: ForeignQuestion, element: Element) -> ForeignQuestion:
    return replace(read, grader_information=_worded(element.child("graderinfo")))


_FILLERS: Mapping[str, Callable[[ForeignQuestion, Element], ForeignQuestion]] = {
    MULTICHOICE: _choice,
    TRUEFALSE: _true_or_false,
    SHORTANSWER: _typed,
    NUMERICAL: _typed,
    MATCH: _pairs,
    ORDERING: _steps,
    ESSAY: _essay,
}
