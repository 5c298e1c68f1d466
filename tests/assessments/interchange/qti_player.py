"""Carries out the rules of marking that an item of QTI 2.1 brings along."""

from __future__ import annotations

import math
import operator
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from typing import Any

from assessments.interchange.qti_items import QTI

Q = f"{{{QTI}}}"


def name_of(element: ET.Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.removeprefix(Q)


def carried_out(root: ET.Element, response: Any) -> tuple[float, Any]:
    """Score and feedback by the item's own response processing."""
    outcomes = _outcomes(root)
    for rule in root.find(f"{Q}responseProcessing") or ():
        _carry_out(root, rule, {"RESPONSE": response, **outcomes}, outcomes)
    return outcomes["SCORE"], outcomes["FEEDBACK"]


def _outcomes(root: ET.Element) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for declared in root.findall(f"{Q}outcomeDeclaration"):
        value = declared.findtext(f"{Q}defaultValue/{Q}value")
        found[declared.get("identifier", "")] = None if value is None else float(value)
    return found


def _carry_out(root: ET.Element, rule: ET.Element, known: dict[str, Any], outcomes: dict[str, Any]) -> None:
    known |= outcomes
    if name_of(rule) == "setOutcomeValue":
        outcomes[rule.get("identifier", "")] = _value(root, rule[0], known)
        return
    assert name_of(rule) == "responseCondition"
    for branch in rule:
        test, *actions = list(branch) if name_of(branch) != "responseElse" else [None, *branch]
        if test is None or _value(root, test, known):
            for action in actions:
                assert action is not None
                _carry_out(root, action, known, outcomes)
            return


_COMPARED: dict[str, Callable[[Any, Any], bool]] = {
    "match": lambda one, other: (sorted(one) == sorted(other)) if isinstance(one, list) else one == other,
    "equal": operator.eq,
    "gte": operator.ge,
    "lte": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
}


def _value(root: ET.Element, element: ET.Element, known: dict[str, Any]) -> Any:
    declaration = root.find(f"{Q}responseDeclaration")
    assert declaration is not None
    name, values = name_of(element), [_value(root, part, known) for part in element]
    match name:
        case "variable":
            return known[element.get("identifier", "")]
        case "correct":
            return [value.text for value in declaration.iterfind(f"{Q}correctResponse/{Q}value")]
        case "baseValue":
            return float(element.text or "") if element.get("baseType") in ("float", "integer") else element.text
        case "isNull":
            return values[0] in (None, [], "")
        case "and":
            return all(values)
        case "not":
            return not values[0]
        case "sum":
            return sum(values)
        case "product":
            return math.prod(values)
        case "index":
            return values[0][int(element.get("n", "")) - 1]
        case "match" if declaration.get("cardinality") == "ordered":
            return values[0] == values[1]
        case "match" | "equal" | "gte" | "lte" | "gt" | "lt":
            return None not in values and _COMPARED[name](*values)
        case "patternMatch":
            return re.fullmatch(element.get("pattern", ""), values[0] or "", re.DOTALL) is not None
        case "mapResponse":
            return _mapped(declaration, known["RESPONSE"])
    raise AssertionError(element.tag)


def _mapped(declaration: ET.Element, response: Any) -> float:
    mapping = declaration.find(f"{Q}mapping")
    assert mapping is not None
    worth = {entry.get("mapKey"): float(entry.get("mappedValue", "")) for entry in mapping}
    parts = response if isinstance(response, list) else [response]
    total = sum(worth.get(part, 0.0) for part in parts)
    return min(max(total, float(mapping.get("lowerBound", ""))), float(mapping.get("upperBound", "")))
