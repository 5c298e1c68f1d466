"""Rules of marking as QTI 2.1 says them, put so that every reader of it comes to the same mark.

Why: players differ in what they know. Some leave out the tolerance of `equal`, some take a pattern that fits anywhere
in the answer; bounds, and saying what must not stand around a wording, mean the same to all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from itertools import combinations, product
from xml.etree.ElementTree import Element, SubElement

from assessments.interchange.fractions import plain_number
from assessments.marking import normalised

RESPONSE, SCORE, FEEDBACK = "RESPONSE", "SCORE", "FEEDBACK"
_PAIRS = "PAIRS"
_REGEX_SIGNS = frozenset("\\|.?*+(){}[]^-")


def operator(name: str, *parts: Element, **attributes: str) -> Element:
    """An expression over others."""
    made = Element(name, attributes)
    made.extend(parts)
    return made


def variable(name: str = RESPONSE) -> Element:
    """What was answered, or an outcome so far."""
    return Element("variable", {"identifier": name})


def base(kind: str, value: str) -> Element:
    """A value that is written out."""
    made = Element("baseValue", {"baseType": kind})
    made.text = value
    return made


def set_outcome(rule: Element, name: str, value: Element) -> None:
    """A rule that gives an outcome its value."""
    SubElement(rule, "setOutcomeValue", {"identifier": name}).append(value)


def is_all_right() -> Element:
    """Whether the answer is the right one as a whole."""
    return operator("match", variable(), Element("correct", {"identifier": RESPONSE}))


def within(value: float, tolerance: float) -> Element:
    """Whether a number was answered, the bounds of its tolerance counting as right."""
    if not tolerance:
        return operator("equal", variable(), base("float", plain_number(value)), toleranceMode="exact")
    middle, margin = Decimal(str(value)), Decimal(str(tolerance))
    lowest, highest = (base("float", plain_number(float(one))) for one in (middle - margin, middle + margin))
    return operator("and", operator("gte", variable(), lowest), operator("lte", variable(), highest))


def fits(wording: str) -> Element:
    """Whether a wording was answered, and nothing else beside it."""
    whole = operator("patternMatch", variable(), pattern=pattern_of(wording))
    words = _signs(wording)
    if "*" in wording or not words:
        return whole
    beside = f".*\\S.*{words}.*|.*{words}.*\\S.*"
    return operator("and", whole, operator("not", operator("patternMatch", variable(), pattern=beside)))


def pattern_of(wording: str) -> str:
    """A wording as a regular expression of XML Schema: case doesn't count, `*` stands for anything."""
    return "\\s*" + _signs(wording) + "\\s*"


def _signs(wording: str) -> str:
    signs = []
    for sign in normalised(wording):
        if sign == "*":
            signs.append(".*")
        elif sign == " ":
            signs.append("\\s+")
        elif sign == "$":
            signs.append("[$]")
        elif sign in _REGEX_SIGNS:
            signs.append("\\" + sign)
        elif len(sign.upper()) == 1 and sign.upper() != sign:
            signs.append(f"[{sign}{sign.upper()}]")
        else:
            signs.append(sign)
    return "".join(signs)


def counts_declared(root: Element, steps: Sequence[str]) -> None:
    """Outcomes that hold where in the answer each step stands, and how many pairs stand as they should."""
    for name in (*map(_place, steps), _PAIRS):
        declared = {"identifier": name, "cardinality": "single", "baseType": "integer"}
        value = SubElement(SubElement(SubElement(root, "outcomeDeclaration", declared), "defaultValue"), "value")
        value.text = "0"


def mark_order(rule: Element, steps: Sequence[str], worth: Callable[[float], str]) -> None:
    """Gives what an order is worth: pairs as they should stand less those that don't, by all pairs, never below 0.

    Why whole numbers are counted: a player that rounds scores rounds once then, not at every pair.
    """
    for place, step in product(range(1, len(steps) + 1), steps):
        stands = operator("match", operator("index", variable(), n=str(place)), base("identifier", step))
        set_outcome(_condition(rule, stands), _place(step), base("integer", str(place)))
    set_outcome(rule, _PAIRS, base("integer", "0"))
    pairs = list(combinations(steps, 2))
    for first, second in pairs:
        kept = operator("lt", variable(_place(first)), variable(_place(second)))
        set_outcome(_condition(rule, kept), _PAIRS, operator("sum", variable(_PAIRS), base("integer", "1")))
    half = base("float", plain_number(len(pairs) / 2))
    better = _condition(rule, operator("gt", variable(_PAIRS), half))
    earned = operator("product", variable(_PAIRS), base("float", worth(2 / len(pairs))))
    set_outcome(better, SCORE, operator("sum", earned, base("float", worth(-1))))


def _condition(rule: Element, test: Element) -> Element:
    """A condition among the rules; what is put in it happens when the test holds."""
    then = SubElement(SubElement(rule, "responseCondition"), "responseIf")
    then.append(test)
    return then


def _place(step: str) -> str:
    return f"PLACE_{step}"
