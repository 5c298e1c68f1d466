"""Forms under a bank that changes: the same items for a whole class, in their newest versions, none asked twice."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from assessments import item_editing as editing
from assessments.attempts import POST, PRE, finish_attempt, save_answer, start_attempt
from assessments.bank import Item
from assessments.bank_rows import find_version
from assessments.banked_items import bank_for
from assessments.blueprint import blueprint_of
from assessments.forms import FORM_NAMES, Form, forms_of, found_for
from assessments.given_forms import given_forms
from assessments.item_drafts import PART, Place
from assessments.questions import Choice
from assessments.remarking import remark_attempt
from assessments.test_definitions import definition_of, own_definition, publish_definition, save_definition
from assessments.test_settings import Settings
from core.context import Context
from core.domain.errors import RuleViolation
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import give
from tests.assessments.item_writing import approved, changed, new_single, version
from tests.assessments.taking import do_exercises, questions_of, right_answer


@pytest.fixture
def busy(portal: Portal) -> Portal:
    """The portal with a second trainer."""
    portal.admit("tom", role="trainer", position=None)
    return portal


def forms(portal: Portal, seen: tuple[str, ...] = ()) -> Mapping[str, Form]:
    found = portal.see("ann", given_forms, own_definition(TEST), seen)
    assert isinstance(found, dict)
    return found


def ids(found: Mapping[str, Form]) -> dict[str, list[str]]:
    return {name: [item.id for item in form.items] for name, form in found.items()}


def a_single(form: Form) -> Item:
    return next(item for item in form.items if item.kind == "single")


def test_an_untouched_bank_gives_the_forms_of_the_house(busy: Portal) -> None:
    assert ids(forms(busy)) == ids(forms_of(TEST))


def test_a_new_item_changes_no_form(busy: Portal) -> None:
    before = ids(forms(busy))
    approved(busy, new_single(busy).id)
    assert ids(forms(busy)) == before


def test_a_new_version_is_asked_in_the_old_one_s_place(busy: Portal) -> None:
    item, before = a_single(forms(busy)["A"]), ids(forms(busy))
    approved(busy, changed(busy, item.id, Place("stem", "en"), "Said better?").id)
    after = forms(busy)
    assert ids(after) == before
    (current,) = [one for one in after["A"].items if one.id == item.id]
    assert (current.version, current.stem.en if current.stem else "") == (2, "Said better?")


def test_a_retired_item_is_replaced_by_a_spare_of_its_cell(busy: Portal) -> None:
    item, before = a_single(forms(busy)["A"]), forms(busy)
    busy.do("tess", editing.retire_item, item.id, "Wrong key.")
    after = forms(busy)
    place = ids(before)["A"].index(item.id)
    spare = after["A"].items[place]
    assert (spare.competency, spare.level) == (item.competency, item.level) and spare.id != item.id
    assert spare.id not in ids(before)["A"] + ids(before)["B"]
    assert ids(after)["B"] == ids(before)["B"]
    assert [one for at, one in enumerate(ids(after)["A"]) if at != place] == [
        one for at, one in enumerate(ids(before)["A"]) if at != place
    ]
    busy.do("tess", editing.restore_item, item.id)
    assert ids(forms(busy)) == ids(before)


def test_an_item_of_another_level_leaves_its_cell(busy: Portal) -> None:
    item = a_single(forms(busy)["B"])
    other = next(level for level in ("remember", "apply", "decide") if level != item.level)
    approved(busy, changed(busy, item.id, Place("level"), other).id)
    after = forms(busy)
    assert item.id not in ids(after)["B"] and len(after["B"].items) == len(forms_of(TEST)["B"].items)


def test_what_was_seen_in_the_pre_test_is_not_asked_again(busy: Portal) -> None:
    seen = tuple(ids(forms(busy))["A"])
    assert not set(ids(forms(busy, seen))["B"]) & set(seen)
    again = forms(busy, tuple(ids(forms(busy))["B"]))["B"]
    assert len(again.items) == len(seen), "what can't be replaced is asked again rather than left out"


def test_an_open_attempt_is_untouched_by_a_change_of_the_bank(busy: Portal) -> None:
    attempt_id = busy.do("ann", start_attempt, TEST, PRE)
    before = busy.see("ann", questions_of, attempt_id)
    item_id = next(question.item_id for question in before if question.kind == "single")
    busy.do("tess", editing.retire_item, item_id, "Old.")
    assert busy.see("ann", questions_of, attempt_id) == before
    busy.do("ann", save_answer, attempt_id, item_id, right_answer(next(q for q in before if q.item_id == item_id)))


def test_the_two_tests_of_a_person_share_no_item_whatever_changes_between(busy: Portal) -> None:
    first = busy.do("ann", start_attempt, TEST, PRE)
    busy.do("ann", finish_attempt, first)
    do_exercises(busy, "ann")
    asked = {question.item_id for question in busy.see("ann", questions_of, first)}
    other = next(name for name in FORM_NAMES if not set(ids(forms(busy))[name]) & asked)
    for item_id in ids(forms(busy))[other][:4]:
        busy.do("tess", editing.retire_item, item_id, "Old.")
    second = busy.do("ann", start_attempt, TEST, POST)
    assert not asked & {question.item_id for question in busy.see("ann", questions_of, second)}


def test_what_a_further_try_at_the_pre_test_asked_is_not_asked_again(busy: Portal) -> None:
    give(busy, tries=2)
    first = busy.do("ann", start_attempt, TEST, PRE)
    busy.do("ann", finish_attempt, first)
    do_exercises(busy, "ann")
    asked = {question.item_id for question in busy.see("ann", questions_of, first)}
    given, everything = busy.see("ann", forms_given), busy.see("ann", bank_for, [TEST]).items
    mine, other = sorted(given.values(), key=lambda form: not {item.id for item in form.items} <= asked)
    used = {item.id for form in given.values() for item in form.items}
    for gone in mine.items:
        cell = (gone.competency, gone.level)
        twins = [item for item in other.items if (item.competency, item.level) == cell and item.case is None]
        spares = [one for one in everything if (one.competency, one.level) == cell and one.case is None]
        spares = [one for one in spares if one.id not in used]
        if twins and len(spares) > 1 and gone.case is None:
            break
    last, *others = spares
    for one in (gone, *others):
        busy.do("tess", editing.retire_item, one.id, "Old.")
    second = busy.do("ann", start_attempt, TEST, PRE)
    assert last.id in {question.item_id for question in busy.see("ann", questions_of, second)}
    busy.do("ann", finish_attempt, second)
    busy.do("tess", editing.restore_item, gone.id)
    busy.do("tess", editing.retire_item, twins[0].id, "Old.")
    post = busy.do("ann", start_attempt, TEST, POST)
    assert last.id not in {question.item_id for question in busy.see("ann", questions_of, post)}


def forms_given(ctx: Context) -> Mapping[str, Form]:
    return given_forms(ctx, definition_of(ctx, TEST))


def test_a_test_whose_every_question_was_retired_is_not_begun(busy: Portal) -> None:
    cell = next(cell for cell in blueprint_of(TEST).cells)
    small = replace(blueprint_of(TEST), cells=(replace(cell, count=1),), cases=0, kinds_least=1, generated_least=0)
    busy.do("tess", save_definition, TEST, small, Settings(), base=0)
    busy.do("tess", publish_definition, TEST, 1)
    for item in found_for(busy.see("ann", bank_for, [TEST]), cell):
        busy.do("tess", editing.retire_item, item.id, "Old.")
    with pytest.raises(RuleViolation, match="has no questions any more"):
        busy.do("ann", start_attempt, TEST, PRE)


def test_marking_again_takes_the_key_of_the_newest_version_that_asks_the_same(busy: Portal) -> None:
    attempt_id = busy.do("ann", start_attempt, TEST, PRE)
    question = next(one for one in busy.see("ann", questions_of, attempt_id) if one.kind == "single")
    assert isinstance(question.content, Choice)
    wrong = next(option.name for option in question.content.options if option.fraction <= 0)
    busy.do("ann", save_answer, attempt_id, question.item_id, wrong)
    assert busy.do("ann", finish_attempt, attempt_id) == 0
    place = [option.name for option in question.content.options].index(wrong)
    mended = busy.do("tess", editing.begin_version, question.item_id)
    busy.do("tess", editing.choose_key, mended, version(busy, mended).draft["options"][place][PART])
    approved(busy, mended)
    reworded = changed(busy, question.item_id, Place("stem", "zh"), "换一种问法？")
    approved(busy, reworded.id)
    assert busy.see("tess", find_version, reworded.id).number == 3
    assert busy.do("tess", remark_attempt, attempt_id) > 0
    (marked,) = [one for one in busy.see("ann", questions_of, attempt_id) if one.item_id == question.item_id]
    assert (marked.version, marked.stem) == (2, question.stem)
