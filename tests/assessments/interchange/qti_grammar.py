"""What QTI 2.1 allows of the elements that we write: their attributes, their parts and the order of these.

Source: IMS Question and Test Interoperability 2.1, XSD Binding (Final, 2.1.1); said here for these elements only.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from typing import NamedTuple

QTI = "{http://www.imsglobal.org/xsd/imsqti_v2p1}"
XML = "{http://www.w3.org/XML/1998/namespace}"
XSI = "{http://www.w3.org/2001/XMLSchema-instance}"

NAME = re.compile(r"[^\W\d][\w.\-]*")  # a letter or underscore, no colon anywhere
DOUBLE = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
COUNT = re.compile(r"\d+")
CARDINALITY = re.compile("single|multiple|ordered|record")
BASE_TYPE = re.compile(
    "identifier|boolean|integer|float|string|point|pair|directedPair|duration|file|uri",
)
TRUTH = re.compile("true|false")
LINE = re.compile(r"[^\n\r\t]*")
VIEWS = re.compile(
    r"(author|candidate|proctor|scorer|testConstructor|tutor)( (author|candidate|proctor|scorer|tutor))*"
)

_INLINE = "(strong |br )*"
_EXPRESSION = (
    "(variable|correct|baseValue|mapResponse|isNull|match|equal|and|not|gte|lte|gt|lt|sum|product|index|patternMatch) "
)
_RULES = "((setOutcomeValue|responseCondition) )*"
_TEXT = re.compile(r"\s*")


class Allowed(NamedTuple):
    """Attributes with what their values look like (those with `?` may be missing), and the parts as a pattern."""

    attributes: dict[str, re.Pattern[str]]
    parts: str
    has_text: bool = False


_RESPONSE = {"responseIdentifier": NAME}
_CHOICES = {**_RESPONSE, "shuffle?": TRUTH}
_DECLARED = {"identifier": NAME, "cardinality": CARDINALITY, "baseType?": BASE_TYPE}
_ANY_TEXT = re.compile(r".*", re.DOTALL)
GRAMMAR: dict[str, Allowed] = {
    "assessmentItem": Allowed(
        {"identifier": LINE, "title": LINE, "adaptive?": TRUTH, "timeDependent": TRUTH, "toolName?": LINE},
        "(responseDeclaration )*(outcomeDeclaration )*(itemBody )?(responseProcessing )?(modalFeedback )*",
    ),
    "responseDeclaration": Allowed(_DECLARED, "(correctResponse )?(mapping )?"),
    "outcomeDeclaration": Allowed({**_DECLARED, "normalMaximum?": DOUBLE}, "(defaultValue )?"),
    "correctResponse": Allowed({}, "(value )+"),
    "defaultValue": Allowed({}, "(value )+"),
    "value": Allowed({}, "", True),
    "mapping": Allowed({"lowerBound?": DOUBLE, "upperBound?": DOUBLE, "defaultValue?": DOUBLE}, "(mapEntry )+"),
    "mapEntry": Allowed({"mapKey": LINE, "mappedValue": DOUBLE}, ""),
    "itemBody": Allowed(
        {},
        "((p|div|rubricBlock|choiceInteraction|orderInteraction|matchInteraction|extendedTextInteraction) )*",
    ),
    "p": Allowed({}, "((strong|br|textEntryInteraction) )*", True),
    "div": Allowed({"class?": LINE}, "((p|table) )*"),
    "table": Allowed({}, "(caption )?(thead )?(tbody )+"),
    "caption": Allowed({}, _INLINE, True),
    **dict.fromkeys(("thead", "tbody"), Allowed({}, "(tr )+")),
    "tr": Allowed({}, "((th|td) )+"),
    **dict.fromkeys(("th", "td"), Allowed({}, _INLINE, True)),
    "strong": Allowed({}, _INLINE, True),
    "br": Allowed({}, ""),
    "prompt": Allowed({}, _INLINE, True),
    "choiceInteraction": Allowed({**_CHOICES, "maxChoices?": COUNT}, "(prompt )?(simpleChoice )+"),
    "orderInteraction": Allowed(_CHOICES, "(prompt )?(simpleChoice )+"),
    "matchInteraction": Allowed({**_CHOICES, "maxAssociations?": COUNT}, "(prompt )?(simpleMatchSet ){2}"),
    "simpleMatchSet": Allowed({}, "(simpleAssociableChoice )*"),
    "simpleChoice": Allowed({"identifier": NAME}, _INLINE, True),
    "simpleAssociableChoice": Allowed({"identifier": NAME, "matchMax": COUNT}, _INLINE, True),
    "textEntryInteraction": Allowed({**_RESPONSE, "expectedLength?": COUNT}, ""),
    "extendedTextInteraction": Allowed({**_RESPONSE, "expectedLines?": COUNT}, "(prompt )?"),
    "rubricBlock": Allowed({"view": VIEWS}, "(p )*"),
    "modalFeedback": Allowed(
        {"outcomeIdentifier": NAME, "identifier": NAME, "showHide": re.compile("show|hide")}, _INLINE, True
    ),
    "responseProcessing": Allowed({}, _RULES),
    "responseCondition": Allowed({}, "responseIf (responseElseIf )*(responseElse )?"),
    "responseIf": Allowed({}, _EXPRESSION + _RULES),
    "responseElseIf": Allowed({}, _EXPRESSION + _RULES),
    "responseElse": Allowed({}, _RULES),
    "setOutcomeValue": Allowed({"identifier": NAME}, _EXPRESSION),
    **dict.fromkeys(("variable", "correct", "mapResponse"), Allowed({"identifier": NAME}, "")),
    "baseValue": Allowed({"baseType": BASE_TYPE}, "", True),
    **dict.fromkeys(("isNull", "not"), Allowed({}, _EXPRESSION)),
    **dict.fromkeys(("match", "gte", "lte", "gt", "lt"), Allowed({}, f"({_EXPRESSION}){{2}}")),
    **dict.fromkeys(("and", "sum", "product"), Allowed({}, f"({_EXPRESSION})+")),
    "equal": Allowed({"toleranceMode": re.compile("exact")}, f"({_EXPRESSION}){{2}}"),
    "index": Allowed({"n": COUNT}, _EXPRESSION),
    "patternMatch": Allowed({"pattern": _ANY_TEXT}, _EXPRESSION),
}


def problems_of_grammar(root: ET.Element) -> Iterator[str]:
    """Everything in an item that QTI 2.1 doesn't allow."""
    for element in root.iter():
        name = element.tag.removeprefix(QTI)
        allowed = GRAMMAR.get(name)
        if allowed is None:
            yield f"no element {element.tag}"
            continue
        parts = "".join(f"{child.tag.removeprefix(QTI)} " for child in element)
        if not re.fullmatch(allowed.parts, parts):
            yield f"{name} holds {parts}"
        texts = [element.text or "", *(child.tail or "" for child in element)]
        if not allowed.has_text and not all(map(_TEXT.fullmatch, texts)):
            yield f"{name} holds text"
        yield from _problems_of_attributes(element, name, allowed)


def _problems_of_attributes(element: ET.Element, name: str, allowed: Allowed) -> Iterator[str]:
    found = {key: value for key, value in element.attrib.items() if not key.startswith((XML, XSI))}
    for key, shape in allowed.attributes.items():
        value = found.pop(key.rstrip("?"), None)
        if value is None and not key.endswith("?"):
            yield f"{name} has no {key}"
        if value is not None and not shape.fullmatch(value):
            yield f"{name} has {key}={value!r}"
    if found:
        yield f"{name} has {found}"
