"""Asks the bank's own rules about a draft, as if everything that is still missing had been written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assessments.content import Fields, Locator
from assessments.interchange.fractions import plain_number
from assessments.interchange.parsed import LeftOut, Problem, problem, rule_problem
from assessments.item_reading import READERS
from assessments.prose import LANGUAGES
from core.domain.errors import ContentError

_HEAD = frozenset({"id", "kind", "competency", "positions", "level", "source", "weight", "stem", "hints"})
_PROSE = frozenset({"text", "reason", "left", "right", "unit"})
_WITH_REASON = frozenset({"options", "near", "accept", "pairs", "steps"})
_ITEM_REASON = frozenset({"numeric", "short_text", "open_text"})
_YET_TO_WRITE = "…"
_NEARLY_WHOLE = 1e-4


def problems_in(table: Mapping[str, Any], line: int | None, name: str) -> list[Problem]:
    """What the bank would refuse in this draft once it is complete; texts that are missing are not counted."""
    kind = table.get("kind", "")
    if kind not in READERS or (kind == "open_text" and "rubric" not in table):
        return []
    content = {field: _complete(field, value) for field, value in table.items() if field not in _HEAD}
    if kind in _ITEM_REASON:
        content.setdefault("reason", _prose(None))
    try:
        fields = Fields(content, file="", line=None, item=None, where="item", locator=Locator(""))
        READERS[kind](fields)
        fields.done()
    except ContentError as error:
        return [rule_problem(error, line, name)]
    return []


def refuse_without_key(table: Mapping[str, Any], line: int | None, name: str) -> None:
    """Refuses a choice with no right option, or with right ones that don't make a whole.

    Raises: LeftOut.
    """
    fractions = [option.get("fraction") or 0.0 for option in table.get("options", ())]
    total = sum(fraction for fraction in fractions if fraction > 0)
    several = table.get("kind") == "multiple"
    if total <= 0 or (not several and 1 not in fractions):
        raise LeftOut(problem("no_key", line, name))
    if several and abs(total - 1) > _NEARLY_WHOLE:
        raise LeftOut(problem("sum", line, name, total=plain_number(round(total, 7))))


def _complete(field: str, value: Any) -> Any:
    if field in _PROSE:
        return _prose(value)
    if field == "distractors":
        return [_prose(one) for one in value]
    if isinstance(value, list):
        parts = [{name: _complete(name, one) for name, one in part.items()} for part in value]
        return [{"reason": _prose(None)} | part for part in parts] if field in _WITH_REASON else parts
    return value


def _prose(value: Any) -> dict[str, str]:
    said = dict(value or {})
    for language in LANGUAGES:
        said.setdefault(language, next(iter(said.values()), _YET_TO_WRITE))
    return said
