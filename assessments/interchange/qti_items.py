"""Items as QTI 2.1: what is asked, what is declared about the answer, and how it is marked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any
from xml.etree.ElementTree import Element, SubElement
from zlib import crc32

from assessments.interchange.emphasis import pieces
from assessments.interchange.foreign import told_apart
from assessments.interchange.fractions import plain_number
from assessments.interchange.parsed import LeftOut, problem
from assessments.interchange.qti_rules import (
    FEEDBACK,
    RESPONSE,
    SCORE,
    base,
    counts_declared,
    fits,
    is_all_right,
    mark_order,
    operator,
    set_outcome,
    variable,
    within,
)
from assessments.interchange.tables import exhibits_of, name_of, said_in
from assessments.interchange.texts import spoilt
from assessments.questions import NAMES

QTI = "http://www.imsglobal.org/xsd/imsqti_v2p1"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
SCHEMA = f"{QTI} http://www.imsglobal.org/xsd/qti/qtiv2p1/imsqti_v2p1.xsd"
LETTERS = NAMES.upper()


class QtiItem:
    """One item while its parts are put together; `worth` scales every fraction by the item's weight."""

    def __init__(self, item: Mapping[str, Any], language: str, identifier: str) -> None:
        self.item, self.language, self.name = item, language, name_of(item)
        self.root = Element(
            "assessmentItem",
            {
                "xmlns": QTI,
                "xmlns:xsi": XSI,
                "xsi:schemaLocation": SCHEMA,
                "identifier": identifier,
                "title": self.name,
                "adaptive": "false",
                "timeDependent": "false",
                "xml:lang": language,
                "toolName": "Orderly",
            },
        )
        self.weight = float(item.get("weight", 1))

    def said(self, prose: Mapping[str, str] | None) -> str:
        """A text that may be missing. Raises: LeftOut for signs that no XML holds."""
        text = said_in(prose, self.language).replace("\r\n", "\n").replace("\r", "\n")
        if spoilt(text):
            raise LeftOut(problem("cannot_hold_control", None, self.name, ascii(text)[1:-1]))
        return text

    def text(self, prose: Mapping[str, str]) -> str:
        """A text that has to be there. Raises: LeftOut."""
        text = self.said(prose)
        if not text:
            raise LeftOut(problem("no_language", None, self.name))
        return text

    def worth(self, fraction: float) -> str:
        """What a fraction earns."""
        return plain_number(fraction * self.weight)

    # ---- declarations ----

    def declare(self, cardinality: str, base_type: str, right: Iterable[str] = ()) -> Element:
        """The answer that is asked for, with the right one where there is a single one."""
        declared = SubElement(
            self.root,
            "responseDeclaration",
            {"identifier": "RESPONSE", "cardinality": cardinality, "baseType": base_type},
        )
        values = list(right)
        if values:
            correct = SubElement(declared, "correctResponse")
            for value in values:
                SubElement(correct, "value").text = value
        return declared

    def map(self, declared: Element, fractions: Mapping[str, float]) -> None:
        """What each part of an answer earns or costs; the whole is never below 0 nor above the item's weight."""
        bounds = {"lowerBound": "0", "upperBound": self.worth(1), "defaultValue": "0"}
        mapping = SubElement(declared, "mapping", bounds)
        for key, fraction in fractions.items():
            SubElement(mapping, "mapEntry", {"mapKey": key, "mappedValue": self.worth(fraction)})

    def outcomes(self, feedback: str | None) -> None:
        """The score, and the feedback with its cardinality where there is any."""
        score = {"identifier": "SCORE", "cardinality": "single", "baseType": "float"}
        declared = SubElement(self.root, "outcomeDeclaration", {**score, "normalMaximum": self.worth(1)})
        SubElement(SubElement(declared, "defaultValue"), "value").text = "0"
        if feedback:
            names = {"identifier": "FEEDBACK", "cardinality": feedback, "baseType": "identifier"}
            SubElement(self.root, "outcomeDeclaration", names)

    # ---- body ----

    def body(self) -> Element:
        """The item's body with what the question is about: the situation of its case, and every exhibit as a table."""
        body = SubElement(self.root, "itemBody")
        case, exhibits = self.item.get("case"), exhibits_of(self.item)
        if not case and not exhibits:
            return body
        about = SubElement(body, "div", {"class": "stimulus"})
        if case:
            SubElement(SubElement(about, "p"), "strong").text = self.text(case["title"])
            _fill(SubElement(about, "p"), self.text(case["situation"]))
        for exhibit in exhibits:
            self.exhibit(about, exhibit)
        return body

    def exhibit(self, about: Element, exhibit: Mapping[str, Any]) -> None:
        """A table of facts; one that is drawn for people here is a table all the same."""
        table = SubElement(about, "table")
        if title := self.cell(exhibit["title"]):
            SubElement(table, "caption").text = title
        head = SubElement(SubElement(table, "thead"), "tr")
        for column in exhibit["columns"]:
            SubElement(head, "th").text = self.cell(column)
        body = SubElement(table, "tbody")
        for row in exhibit["rows"]:
            line = SubElement(body, "tr")
            for cell in row:
                SubElement(line, "td").text = self.cell(cell)

    def cell(self, prose: Mapping[str, str]) -> str:
        """A text that says nothing in either language, as cells often do, or else has to be there. Raises: LeftOut."""
        return self.text(prose) if any(prose.values()) else ""

    def prompt(self, interaction: Element) -> None:
        """What is asked, within an interaction."""
        _fill(SubElement(interaction, "prompt"), self.text(self.item["stem"]))

    def asked(self, body: Element) -> None:
        """What is asked, as a paragraph before an interaction."""
        _fill(SubElement(body, "p"), self.text(self.item["stem"]))

    def feedback(self, name: str, text: str) -> None:
        """What is shown once the answer is marked, where there is something to say."""
        if text:
            shown = {"outcomeIdentifier": "FEEDBACK", "identifier": name, "showHide": "show"}
            _fill(SubElement(self.root, "modalFeedback", shown), text)

    # ---- response processing ----

    def processing(self) -> Element:
        """The rules of marking, still empty."""
        return SubElement(self.root, "responseProcessing")

    def score_by_map(self, processing: Element, *, has_parts: bool) -> None:
        """The score is the sum of what the parts earn; all of them earn the whole, however thirds are rounded."""
        condition = SubElement(processing, "responseCondition")
        nothing = SubElement(condition, "responseIf")
        nothing.append(operator("isNull", variable()))
        self.set_score(nothing, 0.0)
        if has_parts:
            everything = SubElement(condition, "responseElseIf")
            everything.append(is_all_right())
            self.set_score(everything, 1.0)
        otherwise = SubElement(condition, "responseElse")
        set_outcome(otherwise, SCORE, Element("mapResponse", {"identifier": RESPONSE}))

    def set_score(self, rule: Element, fraction: float) -> None:
        """A rule that gives a fraction of the mark."""
        set_outcome(rule, SCORE, base("float", self.worth(fraction)))

    def set_feedback(self, rule: Element, name: str) -> None:
        """A rule that shows a feedback."""
        set_outcome(rule, FEEDBACK, base("identifier", name))

    def first_that_fits(self, cases: Sequence[tuple[Element, float, str]]) -> None:
        """The first test that fits decides on score and feedback; none means 0."""
        condition = SubElement(self.processing(), "responseCondition")
        for place, (test, fraction, name) in enumerate(cases):
            rule = SubElement(condition, "responseElseIf" if place else "responseIf")
            rule.append(test)
            self.set_score(rule, fraction)
            self.set_feedback(rule, name)
        otherwise = SubElement(condition, "responseElse")
        self.set_score(otherwise, 0.0)
        self.set_feedback(otherwise, "WRONG")


def _fill(element: Element, text: str) -> None:
    """Text with its lines and what is emphasised in it."""
    for words, emphasised in pieces(text):
        _say(SubElement(element, "strong") if emphasised else element, words)


def _say(element: Element, text: str) -> None:
    for number, line in enumerate(text.split("\n")):
        if number:
            SubElement(element, "br")
        if len(element):
            element[-1].tail = (element[-1].tail or "") + line
        else:
            element.text = (element.text or "") + line


def build(item: Mapping[str, Any], language: str, identifier: str) -> tuple[Element, list[str]]:
    """An item as an `assessmentItem`, and what QTI has no place for (of LOST_LABELS).

    Raises: LeftOut when it can't be written.
    """
    if item["kind"] == "generated":
        raise LeftOut(problem("generated", None, name_of(item)))
    if item["kind"] not in _BUILDERS:
        raise LeftOut(problem("cannot_hold_kind", None, name_of(item), item["kind"]))
    making = QtiItem(item, language, identifier)
    lost = _BUILDERS[item["kind"]](making)
    return making.root, [*lost, *(["hints"] if item.get("hints") else [])]


def _choice(making: QtiItem) -> list[str]:
    several = making.item["kind"] == "multiple"
    options = dict(zip(LETTERS, making.item["options"], strict=False))
    right = [letter for letter, option in options.items() if option["fraction"] > 0]
    cardinality = "multiple" if several else "single"
    declared = making.declare(cardinality, "identifier", right if several else right[:1])
    making.map(declared, {letter: option["fraction"] for letter, option in options.items()})
    making.outcomes(cardinality)
    choice = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxChoices": "0" if several else "1"}
    interaction = SubElement(making.body(), "choiceInteraction", choice)
    making.prompt(interaction)
    for letter, option in options.items():
        _fill(SubElement(interaction, "simpleChoice", {"identifier": letter}), making.text(option["text"]))
    processing = making.processing()
    making.score_by_map(processing, has_parts=several)
    set_outcome(processing, FEEDBACK, variable())
    for letter, option in options.items():
        making.feedback(letter, making.said(option.get("reason")))
    return []


def _numeric(making: QtiItem) -> list[str]:
    item = making.item
    making.declare("single", "float", [plain_number(item["answer"])])
    making.outcomes("single")
    paragraph = _entry(making, 12)
    if unit := making.said(item.get("unit")):
        paragraph[-1].tail = f" {unit}"
    near = item.get("near", ())
    cases = [(within(item["answer"], item.get("tolerance", 0)), 1.0, "RIGHT")]
    cases += [
        (within(part["value"], part.get("tolerance", 0)), part["fraction"], f"NEAR{number}")
        for number, part in enumerate(near, start=1)
    ]
    making.first_that_fits(cases)
    for name in ("RIGHT", "WRONG"):
        making.feedback(name, making.said(item.get("reason")))
    for number, part in enumerate(near, start=1):
        making.feedback(f"NEAR{number}", making.said(part.get("reason")))
    return []


def _entry(making: QtiItem, length: int) -> Element:
    """What is asked, and a paragraph with a field to type into."""
    body = making.body()
    making.asked(body)
    paragraph = SubElement(body, "p")
    field = {"responseIdentifier": "RESPONSE", "expectedLength": str(length)}
    SubElement(paragraph, "textEntryInteraction", field)
    return paragraph


def _short_text(making: QtiItem) -> list[str]:
    item = making.item
    accepts = sorted(enumerate(item["accept"], start=1), key=lambda one: -one[1].get("fraction", 1.0))
    making.declare("single", "string", [accepts[0][1]["pattern"]] if "*" not in accepts[0][1]["pattern"] else [])
    making.outcomes("single")
    _entry(making, 40)
    cases = []
    for number, part in accepts:
        if spoilt(part["pattern"]):
            raise LeftOut(problem("cannot_hold_control", None, making.name, ascii(part["pattern"])[1:-1]))
        cases.append((fits(part["pattern"]), part.get("fraction", 1.0), f"ACCEPT{number}"))
    making.first_that_fits(cases)
    for number, part in accepts:
        making.feedback(f"ACCEPT{number}", making.said(part.get("reason")))
    making.feedback("WRONG", making.said(item.get("reason")))
    return []


def _matching(making: QtiItem) -> list[str]:
    pairs = making.item["pairs"]
    texts = [making.text(prose) for prose in (*(pair["right"] for pair in pairs), *making.item.get("distractors", ()))]
    different = list(dict.fromkeys(texts))
    rights = {different[at]: f"R{number}" for number, at in enumerate(_mixed(different), start=1)}
    keys = [f"L{number} {rights[making.text(pair['right'])]}" for number, pair in enumerate(pairs, start=1)]
    declared = making.declare("multiple", "directedPair", keys)
    making.map(declared, dict.fromkeys(keys, 1 / len(pairs)))
    making.outcomes("single")
    match = {"responseIdentifier": "RESPONSE", "shuffle": "true", "maxAssociations": str(len(pairs))}
    interaction = SubElement(making.body(), "matchInteraction", match)
    making.prompt(interaction)
    lefts, others = SubElement(interaction, "simpleMatchSet"), SubElement(interaction, "simpleMatchSet")
    for number, pair in enumerate(pairs, start=1):
        one = {"identifier": f"L{number}", "matchMax": "1"}
        _fill(SubElement(lefts, "simpleAssociableChoice", one), making.text(pair["left"]))
    for text, name in rights.items():
        many = {"identifier": name, "matchMax": str(len(pairs))}
        _fill(SubElement(others, "simpleAssociableChoice", many), text)
    processing = making.processing()
    making.score_by_map(processing, has_parts=True)
    making.set_feedback(processing, "REASONS")
    heads = [f"{making.text(pair['left'])} → {making.text(pair['right'])}" for pair in pairs]
    _reasons(making, heads, pairs)
    return []


def _ordering(making: QtiItem) -> list[str]:
    texts = [making.text(step["text"]) for step in making.item["steps"]]
    shown = dict(zip(_mixed(texts), LETTERS, strict=False))
    steps = [shown[at] for at in range(len(texts))]
    making.declare("ordered", "identifier", steps)
    making.outcomes("single")
    counts_declared(making.root, steps)
    order = {"responseIdentifier": RESPONSE, "shuffle": "true"}
    interaction = SubElement(making.body(), "orderInteraction", order)
    making.prompt(interaction)
    for at, letter in shown.items():
        _fill(SubElement(interaction, "simpleChoice", {"identifier": letter}), texts[at])
    processing = making.processing()
    condition = SubElement(processing, "responseCondition")
    right = SubElement(condition, "responseIf")
    right.append(is_all_right())
    making.set_score(right, 1.0)
    otherwise = SubElement(condition, "responseElse")
    making.set_score(otherwise, 0.0)
    mark_order(otherwise, steps, making.worth)
    making.set_feedback(processing, "REASONS")
    _reasons(making, texts, making.item["steps"])
    return []


def _mixed(texts: Sequence[str]) -> list[int]:
    """The places of texts in an order that tells nothing, the same at every writing.

    Why: a player need not shuffle what it shows, and then shows it as it is written.
    """
    places = list(range(len(texts)))
    mixed = sorted(places, key=lambda at: crc32(texts[at].encode()))
    return mixed[::-1] if mixed == places else mixed


def _reasons(making: QtiItem, heads: list[str], parts: Sequence[Mapping[str, Any]]) -> None:
    making.feedback("REASONS", told_apart(heads, [making.said(part.get("reason")) for part in parts]))


def _open_text(making: QtiItem) -> list[str]:
    making.declare("single", "string")
    making.outcomes(None)
    body = making.body()
    making.asked(body)
    SubElement(body, "extendedTextInteraction", {"responseIdentifier": "RESPONSE", "expectedLines": "10"})
    lines = [making.said(making.item.get("reason"))]
    for criterion in making.item.get("rubric", ()):
        lines.append(f"{making.text(criterion['text'])} ({plain_number(criterion['points'])})")
        lines += [f"{plain_number(one['points'])}: {making.text(one['text'])}" for one in criterion["levels"]]
    if any(lines):
        rubric = SubElement(body, "rubricBlock", {"view": "scorer"})
        for line in filter(None, lines):
            _fill(SubElement(rubric, "p"), line)
    return []


_BUILDERS: Mapping[str, Callable[[QtiItem], list[str]]] = {
    "single": _choice,
    "multiple": _choice,
    "numeric": _numeric,
    "short_text": _short_text,
    "matching": _matching,
    "ordering": _ordering,
    "open_text": _open_text,
}
