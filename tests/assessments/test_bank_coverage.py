"""All banks together: as many items as were promised, and something to ask everybody in every field at every level."""

from __future__ import annotations

from collections import Counter

import pytest

from assessments.competencies import COMPETENCIES, FIELDS
from tests.assessments.test_bank_quality import CASES, ITEMS, LEVELS, POSITIONS, REQUIRED, TOPIC_OF, Item

LEAST_ITEMS, LEAST_GENERATED = 360, 90

# Field, position and level at which some competency of the field is required of the position.
CELLS = [
    (field, position, level)
    for field in "123456789"
    for place, position in enumerate(POSITIONS)
    for nth, level in enumerate(LEVELS, start=1)
    if any(code[0] == field and levels[place] >= nth for code, levels in REQUIRED.items())
]


def in_cell(item: Item, field: str, position: str, level: str) -> bool:
    return item["competency"][0] == field and position in item["positions"] and item["level"] == level


def test_there_are_as_many_items_as_promised() -> None:
    kinds = Counter(item["kind"] for item in ITEMS)
    assert len(ITEMS) >= LEAST_ITEMS and kinds["generated"] >= LEAST_GENERATED
    assert min(kinds[kind] for kind in ("single", "multiple", "numeric", "short_text", "matching", "ordering")) >= 15


@pytest.mark.parametrize(("field", "position", "level"), CELLS)
def test_everybody_can_be_asked_what_is_required_of_them(field: str, position: str, level: str) -> None:
    """Twice, so that each of two forms can ask."""
    assert sum(in_cell(item, field, position, level) for item in ITEMS) >= 2


def test_every_competency_is_asked_about() -> None:
    assert set(REQUIRED) == set(COMPETENCIES) == {item["competency"] for item in ITEMS}


@pytest.mark.parametrize("topic", FIELDS)
def test_every_field_has_a_bank_with_figures_of_its_own(topic: str) -> None:
    items = [item for item in ITEMS if TOPIC_OF[item["id"]] == topic]
    assert len(items) >= 20 and sum(item["kind"] == "generated" for item in items) >= 5


def test_there_are_case_sets_in_most_fields() -> None:
    fields = {item["competency"][0] for item in ITEMS if "case" in item}
    assert len(CASES) >= 8 and len(fields) >= 6
