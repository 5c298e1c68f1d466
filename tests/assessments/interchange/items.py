"""Items for the tests of formats: those of the house as their files have them, and one made by hand."""

from __future__ import annotations

import copy
import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Any

from assessments.bank import BANKS
from assessments.interchange.tables import in_language

# A third is written 0.3334 once, so that three of them make a whole; other systems know one third only.
ROUNDING = 0.001


@cache
def _house() -> tuple[dict[str, Any], ...]:
    items = (item for path in sorted(BANKS.glob("*.toml")) for item in tomllib.loads(path.read_text("utf-8"))["item"])
    return tuple(item for item in items if item["kind"] != "generated")


def house_tables() -> list[dict[str, Any]]:
    """Every item of the house that is the same for everybody, as its file has it."""
    return list(_house())


def single(stem: str, right: str = "yes", wrong: str = "no", reason: str = "") -> dict[str, Any]:
    """A choice in English of two options, the second one right."""
    options: list[dict[str, Any]] = [{"text": {"en": wrong}, "fraction": 0.0}, {"text": {"en": right}, "fraction": 1.0}]
    if reason:
        options[1]["reason"] = {"en": reason}
    return {"kind": "single", "stem": {"en": stem}, "options": options}


def the_same(read: Mapping[str, Any], item: Mapping[str, Any], language: str | None) -> bool:
    """Whether an item that was read says in one language (or in all) what another says."""
    wanted = in_language(item, language) if language else item
    return equal(_complete(read), _complete(wanted))


def _complete(item: Mapping[str, Any]) -> dict[str, Any]:
    """With what may be left out."""
    full = copy.deepcopy({"weight": 1.0, **item})
    if full["kind"] == "numeric":
        full.setdefault("tolerance", 0.0)
    for part in full.get("near", ()):
        part.setdefault("tolerance", 0.0)
    for part in full.get("accept", ()):
        part.setdefault("fraction", 1.0)
    return full


def equal(one: Any, other: Any) -> bool:
    """Equal in everything but the type of numbers, spaces around texts and the rounding of thirds."""
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return set(one) == set(other) and all(
            abs(one[name] - other[name]) <= ROUNDING if name == "fraction" else equal(one[name], other[name])
            for name in one
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, str) and isinstance(other, str):
        return one.strip() == other.strip()
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == other
    return bool(one == other)
