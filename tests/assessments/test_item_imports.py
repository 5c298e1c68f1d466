"""Items of a file taken in: new drafts, new versions of what the bank knows, and a word on everything else."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select

from assessments import item_editing as editing
from assessments.banked_items import house_drafts
from assessments.interchange.parsed import Draft as ReadItem
from assessments.item_changes import cleaned_text
from assessments.item_drafts import plain_item
from assessments.item_imports import CHANGED, NEW, REFUSED, SAME, Taken, save_drafts
from assessments.item_reads import get_item
from core.db.assessment_tables import bank_item
from core.domain.errors import NotAllowed, NotFound
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import TOPIC, version
from tests.naughty import naughty_strings

HOUSE = {item_id: item for item_id, item in house_drafts(TOPIC).items() if item["kind"] == "single"}
KNOWN = next(iter(HOUSE))
OPTIONS: list[dict[str, Any]] = [
    {"text": {"en": "The keeper"}, "fraction": 1, "reason": {"en": "Yes."}},
    {"text": {"en": "The buyer"}, "fraction": 0},
]
ENGLISH = {
    "kind": "single",
    "stem": {"en": "Who packs?"},
    "options": OPTIONS,
}


@pytest.fixture
def portal(writers: Portal) -> Portal:
    return writers


def take_in(portal: Portal, *tables: dict[str, Any], **defaults: Any) -> tuple[Taken, ...]:
    drafts = [ReadItem(f"q{place}", table, place) for place, table in enumerate(tables, start=1)]
    found = portal.do("tess", save_drafts, drafts, TOPIC, origin="week 12.gift", defaults=defaults)
    assert isinstance(found, tuple)
    return found


def test_an_item_in_one_language_becomes_a_draft_that_says_what_is_missing(portal: Portal) -> None:
    (taken,) = take_in(portal, ENGLISH, source="Handbook 3.1", positions=["W"])
    assert (taken.outcome, taken.item_id) == (NEW, f"own-{taken.version_id}")
    assert taken.version_id is not None
    draft = version(portal, taken.version_id)
    assert (draft.origin, draft.log[0].kind, draft.log[0].note) == ("week 12.gift", "imported", "q1")
    assert draft.draft["stem"] == {"en": "Who packs?", "zh": ""}
    assert (draft.draft["source"], draft.draft["positions"]) == ("Handbook 3.1", ["W"])
    # Chinese of stem, two texts and a reason; the whole second reason; competency and level.
    assert taken.missing == 1 + 2 + 1 + 2 + 2


def test_a_known_item_gets_a_new_version_and_the_other_language_stays(portal: Portal) -> None:
    stem = {"en": "Said better?"}
    (taken,) = take_in(portal, {**HOUSE[KNOWN], "id": KNOWN, "stem": stem})
    assert (taken.outcome, taken.item_id, taken.missing) == (CHANGED, KNOWN, 0)
    assert taken.version_id is not None
    draft = version(portal, taken.version_id)
    assert draft.number == 2
    assert draft.draft["stem"] == {"en": "Said better?", "zh": HOUSE[KNOWN]["stem"]["zh"]}
    assert plain_item(draft.draft)["options"] == HOUSE[KNOWN]["options"]


def test_what_is_the_same_is_said_and_nothing_is_written(portal: Portal) -> None:
    taken = take_in(portal, *({**item, "id": item_id} for item_id, item in HOUSE.items()))
    assert {one.outcome for one in taken} == {SAME}
    assert portal.see("tess", lambda ctx: ctx.db.execute(select(func.count()).select_from(bank_item)).scalar_one()) == 0


def test_what_cant_be_taken_in_is_said_and_the_rest_goes_on(portal: Portal) -> None:
    portal.do("tess", editing.begin_version, KNOWN)
    many = {**ENGLISH, "options": [option for option in OPTIONS for _ in range(14)]}
    taken = take_in(
        portal,
        {"kind": "riddle"},
        many,
        {**HOUSE[KNOWN], "id": KNOWN, "stem": {"en": "x", "zh": "y"}},
        {**ENGLISH, "options": "not a list"},
        {**ENGLISH, "options": ["not a table"]},
        {**ENGLISH, "weight": "heavy"},
        ENGLISH,
    )
    assert [one.outcome for one in taken] == [REFUSED] * 6 + [NEW]
    assert all(one.error is not None for one in taken[:6]) and taken[6].error is None


def test_another_kind_is_no_version_of_an_item(portal: Portal) -> None:
    (taken,) = take_in(portal, {**ENGLISH, "id": KNOWN, "kind": "multiple"})
    assert taken.outcome == REFUSED and "another kind" in str(taken.error)


def test_an_import_needs_the_right_and_a_topic(portal: Portal) -> None:
    with pytest.raises(NotAllowed):
        portal.do("ann", save_drafts, [], TOPIC, origin="x")
    with pytest.raises(NotFound):
        portal.do("tess", save_drafts, [], "no topic", origin="x")


def test_a_naughty_id_is_a_new_item_and_stops_nothing(portal: Portal) -> None:
    for odd in [*naughty_strings()[::25], "a\x00b", "\ud800", "x" * 3_000]:
        drafts = [ReadItem(odd, {**ENGLISH, "id": odd}, 1), ReadItem("q2", ENGLISH, 2)]
        taken = portal.do("tess", save_drafts, drafts, TOPIC, origin=odd)
        assert [one.outcome for one in taken] == [NEW, NEW], odd
        for one in taken:
            assert portal.see("tess", get_item, one.item_id).versions[0].origin == cleaned_text(odd)
        with pytest.raises(NotFound):
            portal.see("tess", get_item, odd or "nothing")
