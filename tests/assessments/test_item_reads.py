"""What the pages of the bank read: all items, one item with its use, what waits, and where the bank is thin."""

from __future__ import annotations

import pytest

from assessments import item_editing as editing
from assessments.attempts import PRE
from assessments.bank_rows import DRAFT, HOUSE, RETIRED, REVIEW
from assessments.banked_items import house_drafts, topics
from assessments.blueprint import blueprint_of
from assessments.forms import forms_of
from assessments.item_drafts import Place
from assessments.item_quality import letters
from assessments.item_reads import (
    Entry,
    Wanted,
    coverage_of,
    entries_in,
    get_item,
    known_stems,
    narrowed,
    waiting_for,
)
from core.domain.errors import NotAllowed, NotFound
from tests.assessments.conftest import TEST, Portal
from tests.assessments.item_writing import TOPIC, approved, changed, new_single
from tests.assessments.taking import take

ITEM = next(item.id for item in forms_of(TEST)["A"].items if item.kind == "single")


@pytest.fixture
def desk(portal: Portal) -> Portal:
    """The portal with a second trainer."""
    portal.admit("tom", role="trainer", position=None)
    return portal


def entries(portal: Portal, login: str = "tess") -> dict[str, Entry]:
    found = portal.see(login, entries_in)
    return {entry.item_id: entry for entry in found}


def test_the_list_holds_the_house_s_items_and_what_was_written(desk: Portal) -> None:
    house = {item_id for topic in topics() for item_id in house_drafts(topic)}
    draft, own = changed(desk, ITEM, Place("stem", "en"), "Other?"), new_single(desk)
    found = entries(desk)
    assert set(found) == house | {own.item_id}
    assert (found[ITEM].state, found[ITEM].open_state, found[ITEM].number) == (HOUSE, DRAFT, 1)
    assert found[ITEM].stem_in("en") != "Other?", "what is in use is shown until the draft is approved"
    assert (found[own.item_id].state, found[own.item_id].open_state, found[own.item_id].in_use) == ("", DRAFT, False)
    assert set(list(found)[:2]) == {ITEM, own.item_id}, "what is being written comes first"
    approved(desk, draft.id)
    assert (entries(desk)[ITEM].number, entries(desk)[ITEM].stem_in("en")) == (2, "Other?")
    desk.do("tess", editing.retire_item, ITEM, "Old.")
    assert entries(desk)[ITEM].state == RETIRED and not entries(desk)[ITEM].in_use


def test_each_filter_narrows(desk: Portal) -> None:
    everything = tuple(entries(desk).values())
    for wanted, fits in (
        (Wanted(topic=TOPIC), lambda entry: entry.topic == TOPIC),
        (Wanted(competency="2.2"), lambda entry: entry.draft["competency"] == "2.2"),
        (Wanted(position="F"), lambda entry: "F" in entry.draft["positions"]),
        (Wanted(level="decide"), lambda entry: entry.draft["level"] == "decide"),
        (Wanted(kind="ordering"), lambda entry: entry.draft["kind"] == "ordering"),
        (Wanted(words=ITEM.upper()), lambda entry: entry.item_id == ITEM),
    ):
        found = narrowed(everything, wanted)
        assert found == tuple(entry for entry in everything if fits(entry)) != ()
    assert narrowed(everything, Wanted(state=RETIRED)) == ()
    words = entries(desk)[ITEM].draft["options"][0]["reason"]["zh"][:6]
    assert ITEM in [entry.item_id for entry in narrowed(everything, Wanted(words=words))]


def test_a_review_waits_for_everybody_who_may_but_its_writers(desk: Portal) -> None:
    draft = new_single(desk)
    desk.do("tess", editing.send_to_review, draft.id)
    found = tuple(entries(desk).values())
    assert desk.see("tess", waiting_for, found) == desk.see("ann", waiting_for, found) == ()
    for login in ("tom", "max"):
        assert [entry.open_state for entry in desk.see(login, waiting_for, found)] == [REVIEW]


def test_coverage_says_which_cell_of_which_test_lacks_items(desk: Portal) -> None:
    cell = next(cell for cell in blueprint_of(TEST).cells if cell.count >= 2)

    def seen() -> tuple[int, str]:
        cells = desk.see("tess", lambda ctx: coverage_of(ctx, entries_in(ctx)))
        (found,) = [one for one in cells if (one.competency, one.level) == (cell.competency, cell.level)]
        return found.lacking_count, found.test

    assert seen() == (0, "")
    fitting = [
        item_id
        for item_id, item in house_drafts(TOPIC).items()
        if (item["competency"], item["level"]) == (cell.competency, cell.level) and "case" not in item
    ]
    for item_id in fitting[: len(fitting) - 2 * cell.count + 1]:
        desk.do("tess", editing.retire_item, item_id, "Old.")
    assert seen() == (1, TEST)


def test_an_item_says_where_it_is_asked_and_how_often_it_was_answered(desk: Portal) -> None:
    title = blueprint_of(TEST).title
    assert (title, "A") in [(one.title, one.form) for one in desk.see("tess", get_item, ITEM).asked]
    assert desk.see("tess", get_item, ITEM).answers_count == 0
    take(desk, "ann", PRE)
    take(desk, "bo", PRE)
    sheet = desk.see("tess", get_item, ITEM)
    assert [(use.test, use.phase, use.answers_count) for use in sheet.uses] == [(TEST, PRE, 1)]
    desk.do("tess", editing.retire_item, ITEM, "Old.")
    assert title not in [one.title for one in desk.see("tess", get_item, ITEM).asked]


def test_stems_are_known_in_both_languages_and_anew_after_an_approval(desk: Portal) -> None:
    stem = house_drafts(TOPIC)[ITEM]["stem"]
    known = desk.see("tess", known_stems)
    assert known[letters(stem["en"])] == known[letters(stem["zh"])] == ITEM
    own = approved(desk, new_single(desk).id)
    assert desk.see("tess", known_stems)[letters("Who releases a held order?")] == own.item_id


def test_nobody_without_a_right_reads_the_bank(desk: Portal) -> None:
    for read in (entries_in, known_stems, lambda ctx: get_item(ctx, ITEM)):
        with pytest.raises(NotAllowed):
            desk.see("ann", read)
    with pytest.raises(NotFound):
        desk.see("tess", get_item, "nope")
