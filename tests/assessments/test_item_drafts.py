"""Drafts: what is written is what the files would say, whatever is still missing."""

from __future__ import annotations

from typing import Any

import pytest

from assessments.bank import KINDS
from assessments.banked_items import house_drafts, read_draft, topics
from assessments.draft_values import Change, changes_between, gaps_in
from assessments.item_changes import (
    LONGEST_TEXT,
    with_even_fractions,
    with_part,
    with_part_moved,
    with_value,
    without_part,
)
from assessments.item_drafts import OF, PART, Place, Spot, blank_item, keyed, plain_item
from assessments.item_preview import preview_of
from assessments.questions import MOST_PARTS, Choice
from core.domain.errors import RuleViolation

TOPIC = "order_processing"


def house(kind: str) -> dict[str, Any]:
    return next(item for item in house_drafts(TOPIC).values() if item["kind"] == kind)


def test_every_item_of_the_house_comes_out_of_a_draft_as_it_went_in() -> None:
    for topic in topics():
        for item_id, item in house_drafts(topic).items():
            assert plain_item(keyed(item)) == item, item_id
            assert "case" in item or gaps_in(keyed(item)) == (), item_id


@pytest.mark.parametrize("kind", KINDS)
def test_an_empty_item_lacks_what_it_needs_and_is_shown_all_the_same(kind: str) -> None:
    draft = blank_item(kind)
    fields = {gap.field for gap in gaps_in(draft)}
    assert {"competency", "level", "positions", "source"} <= fields
    preview = preview_of(draft, "new", 1, 0)
    assert preview.refusal is not None
    assert (preview.question is None) == (kind == "generated")


def test_a_unit_is_wanted_in_both_languages_or_in_none() -> None:
    draft = keyed(house("numeric")) | {"unit": {"en": "", "zh": ""}}
    assert gaps_in(draft) == () and "unit" not in plain_item(draft)
    half = with_value(draft, Place("unit", "en"), "pieces")
    assert gaps_in(half) == (Spot("unit", "zh"),)


def test_changes_are_said_field_by_field() -> None:
    before = keyed(house("single"))
    after = with_value(before, Place("text", "en", "options", before["options"][1][PART]), "Another text")
    after = with_value(after, Place("level"), "decide")
    assert changes_between(before, after) == (
        Change(Spot("level"), before["level"], "decide"),
        Change(Spot("text", "en", "options", 2), before["options"][1]["text"]["en"], "Another text"),
    )
    assert changes_between(after, after) == ()


def test_a_part_that_is_gone_is_a_change_too() -> None:
    before = keyed(house("ordering"))
    after = without_part(before, "steps", before["steps"][-1][PART])
    changes = changes_between(before, after)
    assert len(changes) == 4 and all(change.after == "" for change in changes)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (Place("nothing"), "x"),
        (Place("stem", "fr"), "x"),
        (Place("stem", "en", "options", 1), "x"),
        (Place("text", "en", "options", 99), "x"),
        (Place("text", "en", "no group", 1), "x"),
        (Place("weight"), "heavy"),
        (Place("weight"), float("nan")),
        (Place("weight"), True),
        (Place("positions"), "O"),
        (Place("stem", "en"), "x" * (LONGEST_TEXT + 1)),
    ],
)
def test_a_value_that_doesnt_belong_there_is_refused(place: Place, value: Any) -> None:
    draft = keyed(house("single"))
    with pytest.raises(RuleViolation):
        with_value(draft, place, value)


def test_signs_that_cant_be_shown_are_left_out() -> None:
    draft = with_value(keyed(house("single")), Place("stem", "en"), "a\x00b\ud800c\nd\te\x9f")
    assert draft["stem"]["en"] == "abc\nd\te"


def test_there_are_never_more_parts_than_letters_to_name_them() -> None:
    draft = keyed(house("single"))
    while len(draft["options"]) < MOST_PARTS:
        draft = with_part(draft, "options")
    with pytest.raises(RuleViolation):
        with_part(draft, "options")


def test_a_part_moves_no_further_than_the_edge() -> None:
    draft = keyed(house("ordering"))
    first = draft["steps"][0][PART]
    assert with_part_moved(draft, "steps", first, -1) == draft
    assert [step[PART] for step in with_part_moved(draft, "steps", first, 1)["steps"]][:2] == [2, 1]


def test_shared_fractions_add_up_for_the_reader() -> None:
    draft = keyed({name: value for name, value in house("multiple").items() if name != "id"})
    for count in range(1, len(draft["options"])):
        right = tuple(option[PART] for option in draft["options"][:count])
        content = read_draft(with_even_fractions(draft, right), "x", 1).content
        assert isinstance(content, Choice)
        assert sum(option.fraction for option in content.options) == pytest.approx(0)


def test_a_rubric_is_written_beside_its_levels_and_read_with_them() -> None:
    draft = blank_item("open_text")
    (criterion,) = draft["rubric"]
    draft = with_part(draft, "levels", criterion[PART])
    draft = with_value(draft, Place("points", "", "levels", draft["levels"][-1][PART]), 1.0)
    second = with_part(draft, "rubric")
    assert [level[OF] for level in second["levels"]] == [1, 1, 1, 2, 2]
    assert without_part(second, "rubric", 2) == draft
    for spot in gaps_in(draft):
        part = draft[spot.group][spot.number - 1][PART] if spot.group else 0
        text: Any = {"positions": ["O"], "competency": "2.1", "level": "apply"}.get(spot.field, "Some text")
        draft = with_value(draft, Place(spot.field, spot.language, spot.group, part), text)
    item = read_draft(draft, "x", 1)
    assert [level.points for level in item.content.rubric[0].levels] == [0.0, 1.0, 2.0]  # type: ignore[union-attr]
    assert plain_item(keyed(plain_item(draft))) == plain_item(draft)
