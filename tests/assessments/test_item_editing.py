"""The item bank's editor: drafts, review by a second person, versions that never change, retirement and its undoing."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select, update

from assessments import item_editing as editing
from assessments.bank_rows import APPROVED, DISCARDED, DRAFT, RETIRED, REVIEW, SENT_BACK, find_version, versions_of
from assessments.banked_items import approved_items, house_drafts
from assessments.item_drafts import PART, Place, plain_item
from assessments.questions import Choice
from core.db.assessment_tables import bank_item
from core.db.engines import Databases
from core.db.portal_tables import audit
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import TOPIC, approved, bank, changed, new_single, rows, version

STEM = Place("stem", "en")


@pytest.fixture
def portal(writers: Portal) -> Portal:
    return writers


# ---- writing and reviewing ---------------------------------------------------------------------------------------


def test_an_item_is_written_reviewed_by_a_second_person_and_then_asked(portal: Portal) -> None:
    before = len(bank(portal).items)
    draft = new_single(portal)
    assert (draft.state, draft.number, draft.item_id) == (DRAFT, 1, f"own-{draft.id}")
    assert len(bank(portal).items) == before
    portal.now += 60
    done = approved(portal, draft.id)
    assert (done.state, done.reviewer_id, done.reviewed_at) == (APPROVED, portal.actors["tom"].person_id, portal.now)
    item = bank(portal).item(draft.item_id)
    assert item is not None and isinstance(item.content, Choice)
    assert (len(bank(portal).items), item.version, item.stem.zh if item.stem else "") == (
        before + 1,
        1,
        "谁解除订单的暂停？",
    )
    assert [option.fraction for option in item.content.options] == [1.0, 0.0, 0.0, 0.0]
    assert [step.kind for step in done.log] == ["begun", "sent", "approved"]
    kinds = portal.see("tess", lambda ctx: ctx.db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars().all())
    assert kinds == ["item_begun", "item_sent_to_review", "item_approved"]


@pytest.mark.parametrize("writer_first", [True, False])
def test_nobody_reviews_what_they_wrote_on(portal: Portal, writer_first: bool) -> None:
    draft = new_single(portal)
    portal.do("tom", editing.write_value, draft.id, STEM, "Who may release a held order?")
    portal.do("tess" if writer_first else "tom", editing.send_to_review, draft.id)
    before = rows(portal)
    for login in ("tess", "tom"):
        with pytest.raises(NotAllowed):
            portal.do(login, editing.approve_version, draft.id, version(portal, draft.id).mark)
        with pytest.raises(NotAllowed):
            portal.do(login, editing.send_back, draft.id, "No.")
    assert rows(portal) == before
    portal.do("max", editing.approve_version, draft.id, version(portal, draft.id).mark)
    assert version(portal, draft.id).state == APPROVED


def test_what_is_approved_is_what_was_read(portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    read = version(portal, draft.id).mark
    portal.do("tess", editing.take_back, draft.id)
    portal.do("tess", editing.write_value, draft.id, STEM, "Something else?")
    portal.do("tess", editing.send_to_review, draft.id)
    with pytest.raises(RuleViolation, match="was changed since you opened it"):
        portal.do("tom", editing.approve_version, draft.id, read)
    portal.do("tom", editing.approve_version, draft.id, version(portal, draft.id).mark)
    item = bank(portal).item(draft.item_id)
    assert item is not None and item.stem is not None and item.stem.en == "Something else?"


def test_a_draft_goes_back_with_a_note_and_comes_again(portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    with pytest.raises(RuleViolation, match="Say why"):
        portal.do("tom", editing.send_back, draft.id, "  ")
    portal.do("tom", editing.send_back, draft.id, "The third option is right, too.")
    returned = version(portal, draft.id)
    assert (returned.state, returned.note) == (SENT_BACK, "The third option is right, too.")
    portal.do("tess", editing.write_value, draft.id, STEM, "Who releases it?")
    assert version(portal, draft.id).note == "The third option is right, too."
    assert approved(portal, draft.id).state == APPROVED
    assert [step.kind for step in version(portal, draft.id).log] == [
        "begun",
        "sent",
        "sent_back",
        "changed",
        "sent",
        "approved",
    ]


def test_a_draft_may_lack_things_but_a_review_says_which(portal: Portal) -> None:
    version_id = portal.do("tess", editing.begin_item, TOPIC, "numeric")
    portal.do("tess", editing.write_value, version_id, STEM, "How many?")
    with pytest.raises(RuleViolation) as refused:
        portal.do("tess", editing.send_to_review, version_id)
    assert refused.value.params["fields"] == (
        "Question text",
        "Competency",
        "Level",
        "Positions",
        "Source",
        "Right number",
        "Reason",
    )
    assert version(portal, version_id).state == DRAFT


def test_the_reader_of_the_files_has_the_last_word(portal: Portal) -> None:
    draft = new_single(portal)
    first, second, *_ = draft.draft["options"]
    portal.do("tess", editing.write_value, draft.id, Place("fraction", "", "options", second[PART]), 1.0)
    with pytest.raises(RuleViolation, match="exactly one option with fraction 1, found 2"):
        portal.do("tess", editing.send_to_review, draft.id)
    portal.do("tess", editing.choose_key, draft.id, second[PART])
    assert [one["fraction"] for one in version(portal, draft.id).draft["options"]] == [0.0, 1.0, 0.0, 0.0]
    assert first[PART] != second[PART]
    assert approved(portal, draft.id).state == APPROVED


@pytest.mark.parametrize(
    ("work", "arguments"),
    [
        (editing.begin_item, (TOPIC, "single")),
        (editing.begin_version, ("op-1",)),
        (editing.duplicate_item, ("op-1",)),
        (editing.write_value, (1, STEM, "x")),
        (editing.add_part, (1, "options")),
        (editing.remove_part, (1, "options", 1)),
        (editing.move_part, (1, "options", 1, 1)),
        (editing.put_back, (1,)),
        (editing.choose_key, (1, 2)),
        (editing.share_fractions, (1, (1, 2))),
        (editing.send_to_review, (1,)),
        (editing.take_back, (1,)),
        (editing.approve_version, (1, "")),
        (editing.send_back, (1, "no")),
        (editing.discard_version, (1,)),
        (editing.recover_version, (1,)),
        (editing.retire_item, ("op-1", "old")),
        (editing.restore_item, ("op-1",)),
    ],
)
def test_without_the_right_nothing_is_written(
    portal: Portal, work: Callable[..., Any], arguments: tuple[Any, ...]
) -> None:
    new_single(portal)
    before = rows(portal)
    with pytest.raises(NotAllowed):
        portal.do("ann", work, *arguments)
    assert rows(portal) == before


# ---- versions ----------------------------------------------------------------------------------------------------


def first_of_the_house(kind: str = "single") -> str:
    return next(item_id for item_id, item in house_drafts(TOPIC).items() if item["kind"] == kind)


def test_a_new_version_of_a_house_item_takes_its_place(portal: Portal) -> None:
    item_id = first_of_the_house()
    before = bank(portal)
    place = [item.id for item in before.items].index(item_id)
    draft = changed(portal, item_id, STEM, "A better wording?")
    assert (draft.number, draft.state) == (2, DRAFT)
    assert bank(portal) is before, "a draft changes nothing"
    assert portal.do("tom", editing.begin_version, item_id) == draft.id, "there is one draft of an item"
    approved(portal, draft.id)
    after = bank(portal)
    assert [item.id for item in after.items] == [item.id for item in before.items]
    assert (after.items[place].version, after.items[place].stem.en) == (2, "A better wording?")  # type: ignore[union-attr]
    assert [item for item in after.items if item.id != item_id] == [item for item in before.items if item.id != item_id]
    assert [item.version for item in portal.see("ann", approved_items, item_id)] == [2, 1]


def test_a_decided_version_never_changes(portal: Portal) -> None:
    draft = approved(portal, new_single(portal).id)
    before = rows(portal)
    for work, arguments in (
        (editing.write_value, (STEM, "Other?")),
        (editing.add_part, ("options",)),
        (editing.send_to_review, ()),
        (editing.take_back, ()),
        (editing.discard_version, ()),
        (editing.recover_version, ()),
    ):
        with pytest.raises(RuleViolation):
            portal.do("tess", work, draft.id, *arguments)
    assert rows(portal) == before
    second = changed(portal, draft.item_id, STEM, "Other?")
    assert (second.number, second.item_id) == (2, draft.item_id)
    approved(portal, second.id)
    assert version(portal, draft.id).draft == draft.draft
    item = bank(portal).item(draft.item_id)
    assert item is not None and item.version == 2


def test_what_is_under_review_stays_as_it_is(portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    with pytest.raises(RuleViolation, match="can't be changed"):
        portal.do("tom", editing.write_value, draft.id, STEM, "Mine?")
    assert version(portal, draft.id).draft["stem"]["en"] == "Who releases a held order?"


def test_a_duplicate_is_a_new_item(portal: Portal) -> None:
    item_id = first_of_the_house("matching")
    copy = version(portal, portal.do("tess", editing.duplicate_item, item_id))
    assert copy.item_id == f"own-{copy.id}" and copy.number == 1
    house = {name: value for name, value in house_drafts(TOPIC)[item_id].items() if name != "id"}
    assert plain_item(copy.draft) == house


# ---- putting away and bringing back ------------------------------------------------------------------------------


def test_a_discarded_draft_is_recovered(portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.discard_version, draft.id)
    assert version(portal, draft.id).state == DISCARDED
    portal.do("tess", editing.recover_version, draft.id)
    assert (version(portal, draft.id).state, version(portal, draft.id).draft) == (DRAFT, draft.draft)


def test_a_discarded_draft_stays_away_when_there_is_another(portal: Portal) -> None:
    first = changed(portal, first_of_the_house(), STEM, "One?")
    portal.do("tess", editing.discard_version, first.id)
    second = changed(portal, first.item_id, STEM, "Two?")
    assert second.number == first.number + 1
    with pytest.raises(RuleViolation, match="another draft"):
        portal.do("tess", editing.recover_version, first.id)


def test_a_retired_item_is_not_asked_until_it_is_put_back(portal: Portal) -> None:
    item_id = first_of_the_house()
    whole = bank(portal)
    portal.do("tess", editing.retire_item, item_id, "The process was changed.")
    assert bank(portal).item(item_id) is None and len(bank(portal).items) == len(whole.items) - 1
    with pytest.raises(RuleViolation, match="retired already"):
        portal.do("tess", editing.retire_item, item_id, "Again.")
    (row,) = portal.see("tess", versions_of, item_id)
    assert (row.state, row.note, row.number) == (RETIRED, "The process was changed.", 1)
    portal.do("tess", editing.restore_item, item_id)
    restored = bank(portal).item(item_id)
    assert restored is not None and whole.item(item_id) is not None
    assert restored.content == whole.item(item_id).content  # type: ignore[union-attr]
    with pytest.raises(RuleViolation, match="isn't retired"):
        portal.do("tess", editing.restore_item, item_id)


def test_an_own_item_is_retired_and_comes_back_with_its_next_version(portal: Portal) -> None:
    draft = approved(portal, new_single(portal).id)
    portal.do("tess", editing.retire_item, draft.item_id, "Out of date.")
    assert bank(portal).item(draft.item_id) is None
    approved(portal, changed(portal, draft.item_id, STEM, "Up to date?").id)
    item = bank(portal).item(draft.item_id)
    assert item is not None and item.version == 2


def test_nobody_retires_what_isnt_there(portal: Portal) -> None:
    with pytest.raises(NotFound):
        portal.do("tess", editing.retire_item, "nope", "Why not.")
    draft = new_single(portal)
    with pytest.raises(NotFound):
        portal.do("tess", editing.retire_item, draft.item_id, "It was never in use.")


def test_the_bank_of_an_earlier_day_is_still_known(portal: Portal) -> None:
    noon, item_id = portal.now, first_of_the_house()
    portal.now += 3_600
    draft = approved(portal, new_single(portal).id)
    portal.do("tess", editing.retire_item, item_id, "Old.")
    one = portal.now
    assert bank(portal, until=noon).item(draft.item_id) is None
    assert bank(portal, until=noon).item(item_id) is not None
    assert bank(portal, until=one).item(draft.item_id) is not None
    assert bank(portal, until=one).item(item_id) is not None, "a test published in that second may rest on it"
    assert bank(portal, until=one + 1).item(item_id) is None
    portal.now += 3_600
    portal.do("tess", editing.restore_item, item_id)
    assert bank(portal, until=one + 1).item(item_id) is None, "what comes back changes no form drawn without it"
    assert bank(portal, until=portal.now).item(item_id) is not None


def test_an_item_that_cant_be_read_any_more_stops_nobody(portal: Portal, caplog: pytest.LogCaptureFixture) -> None:
    own = approved(portal, new_single(portal).id)
    house = approved(portal, changed(portal, first_of_the_house(), STEM, "Newer?").id)
    for row in (own, house):
        gone = update(bank_item).where(bank_item.c.id == row.id).values(data=func.replace(bank_item.c.data, "O", "X"))
        portal.do("tess", lambda ctx, gone=gone: ctx.db.execute(gone) and None)
    portal.do("tess", editing.retire_item, first_of_the_house("matching"), "So that the bank is read anew.")
    assert bank(portal).item(own.item_id) is None
    kept = bank(portal).item(house.item_id)
    assert kept is not None and kept.version == 1
    assert [item.version for item in portal.see("ann", approved_items, house.item_id)] == [1]
    assert "can't be read" in caplog.text


# ---- many hands --------------------------------------------------------------------------------------------------


def test_two_windows_on_one_draft_lose_nothing(portal: Portal) -> None:
    draft = new_single(portal)
    first, second, third, _ = (option[PART] for option in draft.draft["options"])
    portal.do("tess", editing.remove_part, draft.id, "options", first)
    portal.do("tess", editing.write_value, draft.id, Place("text", "en", "options", third), "A buyer")
    portal.do("tess", editing.move_part, draft.id, "options", third, -1)
    portal.do("tess", editing.write_value, draft.id, Place("text", "en", "options", second), "A carrier")
    with pytest.raises(RuleViolation, match="taken out in another window"):
        portal.do("tess", editing.write_value, draft.id, Place("text", "en", "options", first), "A clerk")
    texts = [option["text"]["en"] for option in version(portal, draft.id).draft["options"]]
    assert texts == ["A buyer", "A carrier", "Nobody at all"]


@pytest.mark.postgres
@pytest.mark.parametrize("begin", [editing.begin_version, partial(editing.retire_item, note="Old.")])
def test_two_who_begin_a_version_at_once_on_postgresql(
    postgres: Databases, clock: int, begin: Callable[..., object]
) -> None:
    portal = Portal(postgres.portal, clock)
    portal.admit("tess", role="trainer", position=None)
    item_id = first_of_the_house()
    with ThreadPoolExecutor(1) as pool:
        with portal.open("tess") as ctx:
            begin(ctx, item_id)
            second = pool.submit(portal.do, "tess", begin, item_id)
            with pytest.raises(TimeoutError):
                second.result(timeout=0.5)  # it waits for the first
        with pytest.raises(RuleViolation, match="just now"):
            second.result(timeout=20)
    assert len(portal.see("tess", versions_of, item_id)) == 1


def test_a_part_taken_out_is_put_back_as_long_as_nothing_else_was_changed(portal: Portal) -> None:
    draft = new_single(portal)
    first = draft.draft["options"][0][PART]
    portal.do("tess", editing.remove_part, draft.id, "options", first)
    assert len(version(portal, draft.id).draft["options"]) == 3
    portal.do("tess", editing.put_back, draft.id)
    assert version(portal, draft.id).draft == draft.draft
    portal.do("tess", editing.remove_part, draft.id, "options", first)
    portal.do("tess", editing.write_value, draft.id, STEM, "And now?")
    with pytest.raises(RuleViolation, match="nothing can be put back"):
        portal.do("tess", editing.put_back, draft.id)


def test_a_row_that_isnt_there_is_not_found(portal: Portal) -> None:
    with pytest.raises(NotFound):
        portal.see("tess", find_version, 99)
    with pytest.raises(NotFound):
        portal.do("tess", editing.begin_version, "nope")
    with pytest.raises(NotFound):
        portal.do("tess", editing.begin_item, "no topic", "single")
    with pytest.raises(RuleViolation):
        portal.do("tess", editing.begin_item, TOPIC, "riddle")


def test_a_review_is_only_of_what_waits_for_it(portal: Portal) -> None:
    draft = new_single(portal)
    for work, arguments in ((editing.approve_version, (draft.mark,)), (editing.send_back, ("No.",))):
        with pytest.raises(RuleViolation, match="isn't waiting"):
            portal.do("tom", work, draft.id, *arguments)
    portal.do("tess", editing.send_to_review, draft.id)
    assert version(portal, draft.id).state == REVIEW
