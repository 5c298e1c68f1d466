"""The item bank and its editor as trainers meet them, under AppTest."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from assessments import item_editing as editing
from assessments.bank_rows import DISCARDED, RETIRED, versions_of
from assessments.banked_items import house_drafts, topics
from assessments.item_drafts import PART, Place
from core.db.engines import Databases
from core.db.portal_tables import person
from core.ui.i18n import in_language, t
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import TOPIC, approved, changed, new_single, version, write_single
from tests.naughty import naughty_strings
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures

ITEM = next(item_id for item_id, item in house_drafts(TOPIC).items() if item["kind"] == "single")


@pytest.fixture
def portal(house: Databases) -> Portal:
    """The demo's people, the trainer and a second one also under the names that items are written by."""
    row = {
        "login": "tom",
        "name": "Tom",
        "role": "trainer",
        "position": None,
        "team": "",
        "created_at": 1,
    }
    with house.portal.begin() as db:
        db.execute(insert(person).values(**row))
    made = portal_of(house)
    made.actors["tess"] = made.actors["trainer"]
    return made


def opened(house: Databases, item_id: str, login: str = "trainer", language: str = "en") -> AppTest:
    tab = visit(house, login, "teach/bank_item", language=language, item=item_id)
    assert not tab.exception
    return tab


# ---- the list ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_bank_is_listed_and_counted(house: Databases, language: str) -> None:
    tab = visit(house, "trainer", "teach/bank", language=language)
    assert not tab.exception
    rows = tab.dataframe[0].value.to_dict("records")
    with in_language(language):
        assert {row["state"] for row in rows} == {t("In use")}
        assert t("Item bank") in said(tab)


def test_the_list_is_narrowed_and_widened_again(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/bank")
    everything = len(tab.dataframe[0].value)
    tab.selectbox(key="bank-kind").set_value("matching").run()
    kinds = {row["kind"] for row in tab.dataframe[0].value.to_dict("records")}
    assert kinds == {"Matching"} and len(tab.dataframe[0].value) < everything
    tab.text_input(key="bank-words").set_value("no such words anywhere").run()
    assert "No question fits" in said(tab)
    press(tab, "empty-go-bank-nothing")
    assert len(tab.dataframe[0].value) == everything


def test_a_long_list_is_turned_page_by_page(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/bank")
    seen = [row["id"] for row in tab.dataframe[0].value.to_dict("records")]
    while not tab.button(key="next").disabled:
        press(tab, "next")
        seen += [row["id"] for row in tab.dataframe[0].value.to_dict("records")]
    assert sorted(seen) == sorted(item_id for topic in topics() for item_id in house_drafts(topic))
    tab.selectbox(key="bank-kind").set_value("matching").run()
    assert keys(tab, "next") == [] and len(tab.dataframe[0].value) > 0


def test_coverage_says_what_is_there_by_level(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/bank")
    tab.segmented_control(key="bank-view").set_value("coverage").run()
    assert not tab.exception
    rows = {row["competency"].split()[0]: row for row in tab.dataframe[0].value.to_dict("records")}
    items = [item for item in house_drafts(TOPIC).values() if item["competency"] == "2.2"]
    assert rows["2.2"]["all"] >= len(items)
    assert rows["2.2"]["all"] == rows["2.2"]["remember"] + rows["2.2"]["apply"] + rows["2.2"]["decide"]


def test_what_waits_for_a_review_is_shown_to_others_only(house: Databases, portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    assert "Waiting for your review" not in said(visit(house, "trainer", "teach/bank"))
    tab = visit(house, "manager", "teach/bank")
    assert "Waiting for your review" in said(tab)
    assert [row["id"] for row in tab.dataframe[0].value.to_dict("records")] == [draft.item_id]
    assert keys(tab, "new-begin") == [], "a manager reviews and doesn't write"


def test_a_new_question_is_begun_and_opened(house: Databases, portal: Portal) -> None:
    tab = visit(house, "trainer", "teach/bank")
    tab.selectbox(key="new-topic").set_value(TOPIC)
    tab.selectbox(key="new-kind").set_value("matching")
    press(tab, "new-begin")
    assert not tab.exception
    assert "New question" in said(tab)
    assert tab.query_params["item"] == "own-1"


# ---- writing -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize(
    "kind", ["single", "multiple", "numeric", "short_text", "matching", "ordering", "open_text", "generated"]
)
def test_every_kind_can_be_begun(house: Databases, portal: Portal, kind: str, language: str) -> None:
    version_id = portal.do("tess", editing.begin_item, TOPIC, kind)
    tab = opened(house, f"own-{version_id}", language=language)
    with in_language(language):
        assert t("New question") in said(tab) or kind == "generated"
        assert t("Everything is saved as soon as you leave a field.") in said(tab)


def test_what_is_typed_is_saved_when_the_field_is_left(house: Databases, portal: Portal) -> None:
    draft = changed(portal, ITEM, Place("stem", "en"), "First wording?")
    tab = opened(house, ITEM)
    first = draft.draft["options"][0][PART]
    tab.text_area(key=f"draft-{draft.id}--0-stem-zh").set_value("换一种问法？").run()
    tab.text_area(key=f"draft-{draft.id}-options-{first}-text-en").set_value("Another option").run()
    tab.selectbox(key=f"draft-{draft.id}--0-level-").set_value("decide").run()
    tab.number_input(key=f"draft-{draft.id}--0-weight-").set_value(2.0).run()
    assert not tab.exception
    kept = version(portal, draft.id).draft
    assert kept["stem"] == {"en": "First wording?", "zh": "换一种问法？"}
    assert (kept["options"][0]["text"]["en"], kept["level"], kept["weight"]) == ("Another option", "decide", 2.0)
    assert "Another option" in tab.radio[0].options, "the preview follows"


def test_parts_are_added_moved_made_right_and_taken_out(house: Databases, portal: Portal) -> None:
    draft = changed(portal, ITEM, Place("stem", "en"), "Which?")
    one, two, three, *_ = (option[PART] for option in draft.draft["options"])
    tab = opened(house, ITEM)
    press(tab, "add-options")
    press(tab, f"down-options-{one}")
    press(tab, f"remove-options-{three}")
    press(tab, "put-back")
    assert three in [option[PART] for option in version(portal, draft.id).draft["options"]]
    press(tab, f"remove-options-{three}")
    wrong = next(option[PART] for option in version(portal, draft.id).draft["options"] if not option["fraction"])
    press(tab, f"key-options-{wrong}")
    assert not tab.exception
    kept = version(portal, draft.id).draft["options"]
    assert [option[PART] for option in kept][:2] == [two, one]
    assert three not in [option[PART] for option in kept] and len(kept) == len(draft.draft["options"])
    assert [option[PART] for option in kept if option["fraction"] == 1] == [wrong]


def test_a_refused_text_is_not_lost(house: Databases, portal: Portal) -> None:
    draft = changed(portal, ITEM, Place("stem", "en"), "Which?")
    tab = opened(house, ITEM)
    portal.do("tess", editing.send_to_review, draft.id)
    tab.text_area(key=f"draft-{draft.id}--0-stem-en").set_value("A long thought").run()
    assert not tab.exception
    portal.do("tess", editing.take_back, draft.id)
    tab.run()
    assert "A long thought" in [code.value for code in tab.code]
    assert version(portal, draft.id).draft["stem"]["en"] == "Which?"
    press(tab, "refused-done")
    assert not tab.code


@pytest.mark.parametrize("language", ["en", "zh"])
def test_hints_and_gaps_are_said_while_writing(house: Databases, portal: Portal, language: str) -> None:
    version_id = portal.do("tess", editing.begin_item, TOPIC, "single")
    portal.do("tess", editing.write_value, version_id, Place("stem", "en"), "Which of these is not a reason?")
    tab = opened(house, f"own-{version_id}", language=language)
    with in_language(language):
        words = said(tab)
        assert t("Name the section of the handbook it comes from, like “Handbook 3.2”.") in words
        assert t("Competency") in words
        # A new question says its stem in one language: the other one, four options with reasons, and four fields lack.
        assert t("Still missing: {n}", n=1 + 16 + 4) in [expander.label for expander in tab.expander]


# ---- trying out --------------------------------------------------------------------------------------------------


def test_a_question_is_tried_out_in_both_languages(house: Databases, portal: Portal) -> None:
    draft = new_single(portal)
    tab = opened(house, draft.item_id)
    tab.radio[0].set_value("b").run()
    assert not tab.exception
    assert "Wrong · 0%" in said(tab) and "It only moves parcels." in said(tab)
    tab.segmented_control(key="preview-language").set_value("zh").run()
    assert "谁解除订单的暂停？" in said(tab) and "只负责运输。" in said(tab)
    assert tab.radio[0].value == "b", "the answer stays"
    press(tab, "another")
    assert tab.radio[0].value is None


def test_a_generated_question_is_tried_out(house: Databases) -> None:
    item_id = next(
        one for one, item in house_drafts(TOPIC).items() if item["kind"] == "generated" and "case" not in item
    )
    tab = opened(house, item_id)
    assert "As the employee sees it" in said(tab)
    assert not tab.error


# ---- review and afterwards ---------------------------------------------------------------------------------------


def test_a_draft_is_sent_reviewed_and_then_in_use(house: Databases, portal: Portal) -> None:
    version_id = portal.do("tess", editing.begin_item, TOPIC, "single")
    tab = opened(house, f"own-{version_id}")
    press(tab, "send")
    assert "Still missing" in said(tab)
    portal.do("tess", write_single, version_id)
    tab = opened(house, f"own-{version_id}")
    press(tab, "send")
    assert "Waiting for review" in said(tab) or keys(tab, "take-back")
    assert keys(tab, "approve") == []
    other = opened(house, f"own-{version_id}", "tom")
    press(other, "approve")
    assert not other.exception
    assert version(portal, version_id).state == "approved"


def test_a_draft_is_sent_back_with_what_is_to_be_mended(house: Databases, portal: Portal) -> None:
    draft = new_single(portal)
    portal.do("tess", editing.send_to_review, draft.id)
    tab = opened(house, draft.item_id, "tom")
    tab.text_area(key="send-back-note").set_value("Say which carrier.")
    press(tab, "send-back-now")
    assert version(portal, draft.id).note == "Say which carrier."
    assert "Say which carrier." in said(opened(house, draft.item_id))


def test_a_question_is_retired_and_put_back(house: Databases, portal: Portal) -> None:
    tab = opened(house, ITEM)
    press(tab, "retire-now")
    assert "Say why" in said(tab)
    tab.text_area(key="retire-note").set_value("Out of date.")
    press(tab, "retire-now")
    assert portal.see("tess", versions_of, ITEM)[0].state == RETIRED
    assert "Out of date." in said(tab)
    press(tab, "restore")
    assert not tab.exception
    assert keys(tab, "begin") == ["begin"]


def test_versions_say_what_changed_and_a_discarded_one_comes_back(house: Databases, portal: Portal) -> None:
    draft = changed(portal, ITEM, Place("stem", "en"), "Said in another way?")
    tab = opened(house, ITEM)
    assert "Said in another way?" in said(tab) and "Question text · English" in said(tab)
    press(tab, "discard")
    assert version(portal, draft.id).state == DISCARDED
    press(tab, f"recover-{draft.id}")
    assert version(portal, draft.id).is_writable


def test_a_copy_is_a_new_question(house: Databases, portal: Portal) -> None:
    tab = opened(house, ITEM)
    press(tab, "copy")
    assert not tab.exception
    assert tab.query_params["item"].startswith("own-")


def test_a_manager_reads_and_decides_but_does_not_write(house: Databases, portal: Portal) -> None:
    approved(portal, new_single(portal).id, reviewer="manager")
    tab = opened(house, ITEM, "manager")
    assert keys(tab, "begin") == keys(tab, "retire-now") == []


@pytest.mark.parametrize("language", ["en", "zh"])
def test_no_question_chosen_or_none_of_that_name(house: Databases, language: str) -> None:
    with in_language(language):
        assert t("No question chosen") in said(visit(house, "trainer", "teach/bank_item", language=language))
        wanted = t("There is no question {item} in the bank.", item="nope")
        assert wanted in said(visit(house, "trainer", "teach/bank_item", language=language, item="nope"))


@pytest.mark.parametrize(("language", "words"), [("en", ("Decide", "Order clerk")), ("zh", ("决策", "订单处理员"))])
def test_changes_are_told_in_the_reader_s_words(
    house: Databases, portal: Portal, language: str, words: tuple[str, ...]
) -> None:
    draft = changed(portal, ITEM, Place("level"), "decide")
    portal.do("tess", editing.write_value, draft.id, Place("positions"), ["O", "X"])
    assert "O" in said(opened(house, ITEM, language=language)), "an unknown position is no stumbling block"
    portal.do("tess", editing.write_value, draft.id, Place("positions"), ["O"])
    portal.do("tess", editing.send_to_review, draft.id)
    told = said(opened(house, ITEM, "tom", language=language))
    assert all(word in told for word in words)
    assert "decide" not in told


def test_whatever_is_typed_stays_text(house: Databases, portal: Portal) -> None:
    draft = new_single(portal)
    texts = naughty_strings()
    for place, option in enumerate(draft.draft["options"]):
        for language in ("en", "zh"):
            text = "\n".join(texts[place :: len(draft.draft["options"])])[:4_000]
            portal.do("tess", editing.write_value, draft.id, Place("text", language, "options", option[PART]), text)
    nasty = (
        "<img src=x onerror=alert(1)> ![x](http://evil.example/x.png) [a](javascript:alert(1)) $x^2$ :material/home:"
    )
    portal.do("tess", editing.write_value, draft.id, Place("stem", "en"), nasty)
    tab = opened(house, draft.item_id)
    assert not [found.value for found in tab.markdown if "![x](" in found.value or "[a](javascript" in found.value]
    portal.do("tess", editing.send_to_review, draft.id)
    other = opened(house, draft.item_id, "tom")
    press(other, "approve")
    assert not other.exception
    tab = visit(house, "trainer", "teach/bank")
    assert not tab.exception
    assert nasty in [row["stem"] for row in tab.dataframe[0].value.to_dict("records")]
