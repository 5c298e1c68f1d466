"""Cases in the bank's editor: written, reviewed by a second person, asked, retired and put back as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import func, select, update

from assessments import case_editing
from assessments import item_editing as editing
from assessments.attempts import start_attempt
from assessments.bank_rows import APPROVED, RETIRED, versions_of
from assessments.banked_items import approved_items, case_of_item, house_cases
from assessments.blueprint import blueprint_of
from assessments.case_drafts import tables_of
from assessments.forms import Form, draw_forms, questions_for
from assessments.given_forms import given_forms
from assessments.item_drafts import COUNT, ITEMS, PART, Place
from assessments.item_reads import find_case_of, get_item, items_and_cases, waiting_for
from assessments.questions import Question
from assessments.test_definitions import definition_of
from core.context import Context
from core.db.assessment_tables import bank_item
from core.db.portal_tables import audit
from core.domain.errors import NotAllowed, NotFound, RuleViolation
from tests.assessments.case_writing import changed_case, new_case, new_model_case
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import TOPIC, approved, bank, rows, version
from tests.assessments.taking import questions_of

TITLE = Place("title", "en")
HOUSE = "op-case-1"
ITEM = "op-801"
CASED = "warehouse"
"""A test, and the topic of it, whose forms hold a case each."""


@pytest.fixture
def portal(writers: Portal) -> Portal:
    return writers


def test_a_case_is_written_reviewed_by_a_second_person_and_asked_as_a_whole(portal: Portal) -> None:
    before = set(bank(portal).case_sets)
    draft = new_case(portal)
    assert set(bank(portal).case_sets) == before
    portal.do("tess", editing.send_to_review, draft.id)
    with pytest.raises(NotAllowed):
        portal.do("tess", editing.approve_version, draft.id, version(portal, draft.id).mark)
    portal.do("tom", editing.approve_version, draft.id, version(portal, draft.id).mark)
    done = version(portal, draft.id)
    assert (done.state, done.item_id) == (APPROVED, f"own-{draft.id}")
    items = bank(portal).case_sets[done.item_id]
    assert [item.id for item in items] == [f"{done.item_id}-1", f"{done.item_id}-2"]
    (first, second) = questions_for(Form("A", items), 7, 1, None)
    assert first.case == second.case and first.case is not None
    assert first.case.exhibits[0].chart == "bars" and first.case.exhibits[0].rows[0][1].zh == "120"
    kinds = portal.see("tess", lambda ctx: ctx.db.execute(select(audit.c.kind).order_by(audit.c.id)).scalars().all())
    assert kinds == ["case_begun", "case_sent_to_review", "case_approved"]
    subjects = portal.see("tess", lambda ctx: set(ctx.db.execute(select(audit.c.subject)).scalars()))
    assert subjects == {f"case:{done.item_id}"}


def test_what_is_approved_is_the_text_that_was_read_down_to_its_last_cell(portal: Portal) -> None:
    draft = new_case(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    read = version(portal, draft.id).mark
    portal.do("tess", editing.take_back, draft.id)
    cells = version(portal, draft.id).draft["exhibits"][0]["cells"]
    cells[1][1] = {"en": "121", "zh": ""}
    portal.do("tess", editing.write_value, draft.id, Place("cells", "", "exhibits", 1), cells)
    portal.do("tess", editing.send_to_review, draft.id)
    with pytest.raises(RuleViolation, match="was changed since you opened it"):
        portal.do("tom", editing.approve_version, draft.id, read)


COMMANDS: tuple[tuple[str, Callable[..., Any], tuple[Any, ...]], ...] = (
    ("begin", case_editing.begin_case, (TOPIC,)),
    ("begin a model's", case_editing.begin_case, (TOPIC, "desk_queue")),
    ("add", case_editing.add_item, ("row", "single")),
    ("remove", case_editing.remove_item, ("row", 1)),
    ("move", case_editing.move_item, ("row", 1, 1)),
    ("write", editing.write_value, ("row", TITLE, "x")),
    ("write in an item", editing.write_value, ("row", Place("stem", "en", "", 0, 1), "x")),
    ("send", editing.send_to_review, ("row",)),
    ("discard", editing.discard_version, ("row",)),
    ("new version", editing.begin_version, (HOUSE,)),
    ("copy", editing.duplicate_item, (HOUSE,)),
    ("retire", editing.retire_item, (HOUSE, "Old.")),
)


@pytest.mark.parametrize("login", ["max", "ann"])
@pytest.mark.parametrize(("name", "work", "args"), COMMANDS, ids=[name for name, _, _ in COMMANDS])
def test_who_may_not_write_changes_nothing(
    portal: Portal, login: str, name: str, work: Callable[..., Any], args: tuple[Any, ...]
) -> None:
    draft = new_case(portal)
    before = rows(portal)
    with pytest.raises(NotAllowed):
        portal.do(login, work, *(draft.id if one == "row" else one for one in args))
    assert rows(portal) == before


def test_employees_read_no_cases_and_approve_none(portal: Portal) -> None:
    draft = new_case(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    before = rows(portal)
    for read, args in ((items_and_cases, ()), (get_item, (HOUSE,)), (find_case_of, (ITEM,))):
        with pytest.raises(NotAllowed):
            portal.see("ann", read, *args)
    for work, args in ((editing.approve_version, (version(portal, draft.id).mark,)), (editing.send_back, ("No.",))):
        with pytest.raises(NotAllowed):
            portal.do("ann", work, draft.id, *args)
    assert rows(portal) == before


def test_what_isnt_sound_is_refused_and_writes_nothing(portal: Portal) -> None:
    draft = new_case(portal)
    made = new_model_case(portal)
    empty = portal.do("tess", case_editing.begin_case, TOPIC)
    before = rows(portal)
    refused: tuple[tuple[type[Exception], Callable[..., Any], tuple[Any, ...]], ...] = (
        (NotFound, case_editing.begin_case, ("no topic",)),
        (RuleViolation, case_editing.begin_case, (TOPIC, "no model")),
        (RuleViolation, case_editing.add_item, (draft.id, "generated")),
        (RuleViolation, case_editing.add_item, (made.id, "single")),
        (RuleViolation, case_editing.add_item, (made.id, "asked", "stopped")),
        (RuleViolation, case_editing.remove_item, (draft.id, 9)),
        (RuleViolation, case_editing.move_item, (draft.id, 9, 1)),
        (RuleViolation, editing.write_value, (draft.id, Place("stem", "en", "", 0, 9), "x")),
        (RuleViolation, editing.write_value, (draft.id, Place("model"), "x")),
        (RuleViolation, editing.begin_item, (TOPIC, "case")),
        (RuleViolation, editing.begin_item, (TOPIC, "asked")),
        (RuleViolation, editing.send_to_review, (empty,)),
        (RuleViolation, editing.begin_version, (ITEM,)),
        (RuleViolation, editing.duplicate_item, (ITEM,)),
        (RuleViolation, editing.retire_item, (ITEM, "Old.")),
    )
    for error, work, args in refused:
        with pytest.raises(error):
            portal.do("tess", work, *args)
    assert rows(portal) == before
    single = portal.do("tess", editing.begin_item, TOPIC, "single")
    with pytest.raises(RuleViolation, match="Only a case"):
        portal.do("tess", case_editing.add_item, single, "single")


def test_a_question_taken_out_is_put_back_where_it_was(portal: Portal) -> None:
    draft = new_case(portal)
    portal.do("tess", case_editing.remove_item, draft.id, 1)
    assert [item[PART] for item in version(portal, draft.id).draft[ITEMS]] == [2]
    portal.do("tess", editing.put_back, draft.id)
    assert version(portal, draft.id).draft == draft.draft
    portal.do("tess", case_editing.move_item, draft.id, 2, -1)
    assert [item[PART] for item in version(portal, draft.id).draft[ITEMS]] == [2, 1]
    with pytest.raises(RuleViolation, match="nothing can be put back"):
        portal.do("tess", editing.put_back, draft.id)


def test_parts_of_an_item_of_a_case_come_go_and_move(portal: Portal) -> None:
    draft = new_case(portal)
    portal.do("tess", editing.add_part, draft.id, "options", item=1)
    portal.do("tess", editing.choose_key, draft.id, 2, item=1)
    portal.do("tess", editing.move_part, draft.id, "options", 2, -1, item=1)
    portal.do("tess", editing.remove_part, draft.id, "options", 5, item=1)
    single, numeric = version(portal, draft.id).draft[ITEMS]
    assert [(one[PART], one["fraction"]) for one in single["options"]] == [(2, 1.0), (1, 0.0), (3, 0.0), (4, 0.0)]
    assert numeric == draft.draft[ITEMS][1]


def test_a_new_version_takes_the_place_of_the_houses_case_with_all_its_items(portal: Portal) -> None:
    before = bank(portal).case_sets[HOUSE]
    draft = changed_case(portal, HOUSE, TITLE, "Another morning")
    assert [item["id"] for item in draft.draft[ITEMS]] == [item.id for item in before]
    portal.do("tess", case_editing.remove_item, draft.id, 1)
    assert bank(portal).case_sets[HOUSE] == before
    noon = portal.now
    portal.now += 3_600
    approved(portal, draft.id)
    now = bank(portal).case_sets[HOUSE]
    assert [item.id for item in now] == [item.id for item in before[1:]]
    assert {item.version for item in now} == {2}
    assert {item.case.title.en for item in now if item.case} == {"Another morning"}
    assert bank(portal).item(before[0].id) is None
    assert bank(portal, until=noon).case_sets[HOUSE] == before
    known = portal.see("ann", approved_items, before[1].id)
    assert [item.version for item in known] == [2, 1]
    assert [item.version for item in portal.see("ann", approved_items, before[0].id)] == [1]


def test_a_case_is_retired_and_put_back_as_a_whole(portal: Portal) -> None:
    own = approved(portal, new_case(portal).id).item_id
    for case_id in (HOUSE, own):
        whole = bank(portal).case_sets[case_id]
        portal.do("tess", editing.retire_item, case_id, "Out of date.")
        assert case_id not in bank(portal).case_sets
        assert all(bank(portal).item(item.id) is None for item in whole)
        with pytest.raises(RuleViolation, match="retired already"):
            portal.do("tess", editing.retire_item, case_id, "Again.")
        assert portal.see("tess", versions_of, case_id)[0].state == RETIRED
        portal.do("tess", editing.restore_item, case_id)
        assert [item.id for item in bank(portal).case_sets[case_id]] == [item.id for item in whole]


def test_a_copy_of_a_case_has_items_of_its_own(portal: Portal) -> None:
    copy = portal.do("tess", editing.duplicate_item, HOUSE)
    draft = version(portal, copy)
    _, tables = tables_of(draft.draft, draft.item_id, 1)
    assert [table["id"] for table in tables] == [f"own-{copy}-{n}" for n in range(1, draft.draft[COUNT] + 1)]
    assert draft.draft["model"] == house_cases(TOPIC)[HOUSE]["model"]


def test_an_item_is_found_by_its_case(portal: Portal) -> None:
    own = approved(portal, new_case(portal).id).item_id

    def found(ctx: Context, item_id: str) -> str:
        return case_of_item(ctx, item_id)

    asked = {ITEM: HOUSE, f"{own}-1": own, f"{own}-9": "", own: "", "op-201": "", "nobody": "", "x-1": ""}
    assert {item_id: portal.see("ann", found, item_id) for item_id in asked} == asked


def test_cases_and_their_items_are_listed_with_one_state(portal: Portal) -> None:
    draft = new_case(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    items, cases = portal.see("tom", items_and_cases)
    (own,) = [case for case in cases if case.item_id == draft.item_id]
    assert (own.open_state, own.stem_in("zh"), len(own.draft[ITEMS])) == ("review", "一周的包裹", 2)
    mine = [item for item in items if item.case_id == draft.item_id]
    assert [item.item_id for item in mine] == [f"{draft.item_id}-1", f"{draft.item_id}-2"]
    assert [one.item_id for one in portal.see("tom", waiting_for, (*cases, *items))] == [draft.item_id]
    assert portal.see("tess", waiting_for, (*cases, *items)) == ()
    sheet = portal.see("tom", get_item, HOUSE)
    assert sheet.used_version is not None and sheet.used_version.draft["kind"] == "model_case"
    (asked,) = portal.see("tom", get_item, "wh-count").asked
    assert asked.form in ("A", "B")


# ---- in tests ------------------------------------------------------------------------------------------------------


def asked_in(portal: Portal) -> dict[str, list[str]]:
    """The cases of each form as they are given now."""

    def read(ctx: Context) -> dict[str, list[str]]:
        forms = given_forms(ctx, definition_of(ctx, CASED))
        return {
            name: list(dict.fromkeys(item.case.id for item in form.items if item.case)) for name, form in forms.items()
        }

    return dict(portal.see("ann", read))


def test_a_retired_case_gives_way_to_another_as_long_and_comes_back(portal: Portal) -> None:
    before = asked_in(portal)
    (gone,), (other,) = before["A"], before["B"]
    portal.do("tess", editing.retire_item, gone, "Old.")
    assert asked_in(portal) == {"A": [], "B": [other]}, "there is no third case yet"
    own = new_model_case(portal, topic=CASED)
    approved(portal, own.id)
    length = len(house_cases(CASED)[gone][ITEMS])
    assert (length, asked_in(portal)["A"]) == (4, []), "a case of five questions is no spare of one of four"
    shorter = portal.do("tess", editing.begin_version, own.item_id)
    portal.do("tess", case_editing.remove_item, shorter, 1)
    approved(portal, shorter)
    assert asked_in(portal) == {"A": [own.item_id], "B": [other]}
    portal.do("tess", editing.restore_item, gone)
    assert asked_in(portal) == before


def test_a_test_published_anew_draws_from_own_cases_too(portal: Portal) -> None:
    for case_id in house_cases(CASED):
        portal.do("tess", editing.retire_item, case_id, "We have our own.")
    own = set()
    for _ in range(2):
        draft = new_model_case(portal, topic=CASED)
        portal.do("tess", case_editing.remove_item, draft.id, 1)
        own.add(approved(portal, draft.id).item_id)
    found = bank(portal, topic=CASED)
    assert set(found.case_sets) == own
    forms = draw_forms(blueprint_of(CASED), found, 1)
    assert {item.case.id for form in forms.values() for item in form.items if item.case} == own


def test_a_new_version_of_a_case_reaches_who_begins_and_nobody_who_began(portal: Portal) -> None:
    ann = handed(portal, "ann")
    (case_id,) = {one.case.id for one in ann if one.case is not None}
    draft = changed_case(portal, case_id, TITLE, "Another title")
    approved(portal, draft.id)
    assert handed(portal, "ann") == ann
    forms = portal.see("ann", lambda ctx: given_forms(ctx, definition_of(ctx, CASED)))
    held = {item.case.title.en: item.case.id for form in forms.values() for item in form.items if item.case}
    assert held["Another title"] == case_id
    assert "Another title" not in {one.case.title.en for one in ann if one.case is not None}


def handed(portal: Portal, login: str) -> tuple[Question, ...]:
    """The questions that somebody got."""
    attempt_id = portal.do(login, start_attempt, CASED, "pre")
    return tuple(portal.see(login, questions_of, attempt_id))


def test_a_version_that_cant_be_read_leaves_the_houses_case(portal: Portal) -> None:
    before = bank(portal).case_sets[HOUSE]
    done = approved(portal, changed_case(portal, HOUSE, TITLE, "Newer").id)

    gone = update(bank_item).where(bank_item.c.id == done.id)
    gone = gone.values(data=func.replace(bank_item.c.data, "desk_queue", "no_model"))
    portal.do("tess", lambda ctx: ctx.db.execute(gone) and None)
    portal.do("tess", editing.retire_item, "op-case-2", "So that the bank is read anew.")
    assert bank(portal).case_sets[HOUSE] == before
