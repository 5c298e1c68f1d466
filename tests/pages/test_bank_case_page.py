"""The page of a case and the list of cases as trainers meet them, under AppTest."""

from __future__ import annotations

import pytest
from sqlalchemy import insert
from streamlit.testing.v1 import AppTest

from assessments import item_editing as editing
from assessments.bank_rows import APPROVED, RETIRED, versions_of
from assessments.banked_items import house_cases, topics
from assessments.case_editing import begin_case
from assessments.case_models import CASE_MODELS
from assessments.case_models.names import CASE_NAMES
from assessments.item_drafts import ITEMS, PART
from core.db.engines import Databases
from core.db.portal_tables import person
from core.ui.i18n import in_language, t
from tests.assessments.case_writing import SITUATION, TITLE, changed_case, new_case, new_model_case
from tests.assessments.conftest import Portal
from tests.assessments.item_writing import TOPIC, Place, approved, version
from tests.naughty import naughty_strings
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures
HOUSE = "op-case-1"


@pytest.fixture
def portal(house: Databases) -> Portal:
    """The demo's people, the trainer and a second one also under the names that cases are written by."""
    row = {"login": "tom", "name": "Tom", "role": "trainer", "position": None, "team": "", "created_at": 1}
    with house.portal.begin() as db:
        db.execute(insert(person).values(**row))
    made = portal_of(house)
    made.actors["tess"] = made.actors["trainer"]
    return made


def opened(house: Databases, case_id: str, login: str = "trainer", language: str = "en", **query: str) -> AppTest:
    tab = visit(house, login, "teach/bank_case", language=language, case=case_id, **query)
    assert not tab.exception
    return tab


# ---- the list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_cases_of_a_topic_are_listed_with_their_questions(house: Databases, language: str) -> None:
    with in_language(language):
        tab = visit(house, "trainer", "teach/bank", language=language)
        tab.segmented_control(key="bank-view").set_value("cases").run()
        assert not tab.exception
        rows = {row["id"]: row for row in tab.dataframe[0].value.to_dict("records")}
        assert set(rows) == {case_id for topic in topics() for case_id in house_cases(topic)}
        own = house_cases(TOPIC)[HOUSE]
        assert (rows[HOUSE]["title"], rows[HOUSE]["count"]) == (own["title"][language], len(own[ITEMS]))
        assert rows[HOUSE]["made"] == CASE_NAMES[own["model"]].title.in_language(language)
        tab.selectbox(key="cases-topic").set_value("system").run()
        assert t("No case on this topic") in said(tab)


def test_a_case_is_begun_by_hand_or_from_a_model(house: Databases, portal: Portal) -> None:
    for model in ("", "phishing_wave"):
        tab = visit(house, "trainer", "teach/bank")
        tab.selectbox(key="new-case-topic").set_value("risk")
        tab.selectbox(key="new-case-model").set_value(model).run()
        press(tab, "new-case-begin")
        assert not tab.exception
        (written,) = portal.see("tess", versions_of, tab.query_params["case"])
        assert (written.topic, len(written.draft[ITEMS])) == ("risk", len(CASE_MODELS[model].asks) if model else 0)
    assert keys(visit(house, "manager", "teach/bank"), "new-case-begin") == [], "a manager reviews and doesn't write"


# ---- reading and trying out ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_case_of_the_house_is_read_and_each_question_tried_out(house: Databases, language: str) -> None:
    with in_language(language):
        tab = opened(house, HOUSE, language=language)
        own = house_cases(TOPIC)[HOUSE]
        assert own["title"][language] in said(tab)
        for item in own[ITEMS]:
            assert CASE_NAMES[own["model"]].asks[item["ask"]].in_language(language) in said(tab)
            tab.pills(key="case-part").set_value(item[PART]).run()
            assert not tab.exception
            assert t("Key and reasons") in [one.label for one in tab.expander]


def test_another_draw_shows_another_situation(house: Databases) -> None:
    tab = opened(house, HOUSE)
    seen = {tuple(one.proto.body for one in tab.get("html"))}
    for _ in range(3):
        press(tab, "another")
        seen.add(tuple(one.proto.body for one in tab.get("html")))
    assert len(seen) > 1


def test_an_answer_to_a_question_of_a_case_is_marked_at_once(house: Databases, portal: Portal) -> None:
    draft = new_case(portal)
    tab = opened(house, draft.item_id)
    assert keys(tab, "another") == [], "a case written by hand is the same for everybody"
    tab.pills(key="case-part").set_value(2).run()
    (field,) = [one for one in tab.text_input if str(one.key).startswith("answer-")]
    field.set_value("200").run()
    assert not tab.exception
    assert "100" in said(tab) and "120 + 80." in said(tab)


def test_a_question_of_a_case_opens_its_case(house: Databases) -> None:
    tab = visit(house, "trainer", "teach/bank_item", item="op-802")
    assert not tab.exception
    assert house_cases(TOPIC)[HOUSE]["title"]["en"] in said(tab)
    assert tab.pills(key="case-part").value == 2


@pytest.mark.parametrize("language", ["en", "zh"])
def test_what_isnt_there_is_said(house: Databases, language: str) -> None:
    with in_language(language):
        assert t("No case chosen") in said(visit(house, "trainer", "teach/bank_case", language=language))
        for wrong in ("nope", "op-201", "a\x00b"):
            tab = visit(house, "trainer", "teach/bank_case", language=language, case=wrong)
            assert not tab.exception and t("There is no such case.") in said(tab)


# ---- writing -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_case_is_written_field_by_field(house: Databases, portal: Portal, language: str) -> None:
    with in_language(language):
        row = portal.do("tess", begin_case, TOPIC)
        tab = opened(house, f"own-{row}", language=language)
        name = f"draft-{row}"
        for field, (en, zh) in (("title", TITLE), ("situation", SITUATION)):
            tab.text_area(key=f"{name}--0-{field}-en").set_value(en).run()
            tab.text_area(key=f"{name}--0-{field}-zh").set_value(zh).run()
        press(tab, "add-exhibits")
        tab.selectbox(key=f"{name}-exhibits-1-chart").set_value("line").run()
        tab.text_area(key=f"{name}-exhibits-1-cells-en").set_value("Day | Parcels\nMonday\t120\nTuesday\t80").run()
        tab.text_area(key=f"{name}-exhibits-1-cells-zh").set_value("日期 | 包裹\n周一\n周二").run()
        tab.selectbox(key="case-add-what").set_value("single").run()
        press(tab, "case-add-now")
        assert tab.pills(key="case-part").value == 1
        tab.text_area(key=f"{name}-1--0-stem-en").set_value("Which day?").run()
        press(tab, "add-options")
        press(tab, "key-options-2")
        tab.selectbox(key="case-add-what").set_value("numeric").run()
        press(tab, "case-add-now")
        tab.number_input(key=f"{name}-2--0-answer-").set_value(3.0).run()
        press(tab, "case-item-arrow_upward")
        assert not tab.exception
        draft = version(portal, row).draft
        assert (draft["title"]["zh"], draft["situation"]["en"]) == (TITLE[1], SITUATION[0])
        assert draft["exhibits"][0]["chart"] == "line"
        assert draft["exhibits"][0]["cells"][1:] == [
            [{"en": "Monday", "zh": "周一"}, {"en": "120", "zh": ""}],
            [{"en": "Tuesday", "zh": "周二"}, {"en": "80", "zh": ""}],
        ]
        numeric, single = draft[ITEMS]
        assert (numeric["answer"], single["stem"]["en"], len(single["options"])) == (3.0, "Which day?", 5)
        assert [option["fraction"] for option in single["options"]] == [0.0, 1.0, 0.0, 0.0, 0.0]
        press(tab, "case-item-delete")
        assert [item[PART] for item in version(portal, row).draft[ITEMS]] == [1]
        press(tab, "put-back")
        assert [item[PART] for item in version(portal, row).draft[ITEMS]] == [2, 1]


def test_a_models_case_offers_its_parameters_and_the_questions_not_asked_yet(house: Databases, portal: Portal) -> None:
    draft = new_model_case(portal)
    tab = opened(house, draft.item_id)
    assert keys(tab, "case-add-now") == []
    tab.selectbox(key=f"draft-{draft.id}-param-faults").set_value(1).run()
    tab.pills(key="case-part").set_value(1).run()
    press(tab, "case-item-delete")
    assert tab.selectbox(key="case-add-what").options == [CASE_NAMES["desk_queue"].asks["stopped"].en]
    press(tab, "case-add-now")
    assert not tab.exception
    written = version(portal, draft.id).draft
    assert written["params"] == {"faults": 1}
    assert (written[ITEMS][-1]["ask"], written[ITEMS][-1][PART]) == ("stopped", 6)


def test_a_refused_table_is_said_and_not_kept(house: Databases, portal: Portal) -> None:
    draft = new_case(portal)
    tab = opened(house, draft.item_id)
    tab.pills(key="case-part").set_value(1).run()
    portal.do("tess", editing.send_to_review, draft.id)
    tab.text_area(key=f"draft-{draft.id}-1--0-stem-en").set_value("Too late").run()
    assert "can't be changed any more" in said(tab)
    assert version(portal, draft.id).draft == draft.draft


@pytest.mark.parametrize("text", naughty_strings()[:12])
def test_any_text_is_shown_as_text(house: Databases, portal: Portal, text: str) -> None:
    draft = new_case(portal)
    portal.do("tess", editing.write_value, draft.id, Place("title", "en"), text)
    cells = [[{"en": text, "zh": text}, {"en": "n", "zh": "n"}], [{"en": text, "zh": text}, {"en": "1", "zh": "1"}]]
    portal.do("tess", editing.write_value, draft.id, Place("cells", "", "exhibits", 1), cells)
    tab = opened(house, draft.item_id)
    tab.pills(key="case-part").set_value(1).run()
    assert not tab.exception


# ---- review and after ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_case_is_reviewed_by_a_second_person(house: Databases, portal: Portal, language: str) -> None:
    with in_language(language):
        draft = new_case(portal)
        press(opened(house, draft.item_id, language=language), "send")
        assert keys(opened(house, draft.item_id), "approve") == []
        tab = visit(house, "manager", "teach/bank", language=language)
        assert [row["id"] for row in tab.dataframe[0].value.to_dict("records")] == [draft.item_id]
        tab = opened(house, draft.item_id, "manager", language)
        tab.pills(key="case-part").set_value(2).run()
        press(tab, "approve")
        assert not tab.exception
        assert version(portal, draft.id).state == APPROVED


def test_what_is_new_is_said_question_by_question(house: Databases, portal: Portal) -> None:
    draft = changed_case(portal, HOUSE, Place("title", "en"), "Another morning")
    portal.do("tess", editing.write_value, draft.id, Place("source", "", "", 0, 2), "Handbook 9.9")
    portal.do("tess", editing.send_to_review, draft.id)
    words = said(opened(house, HOUSE, "manager"))
    assert "Another morning" in words and "Question 2 · Source" in words and "Handbook 9.9" in words


def test_a_case_is_retired_put_back_and_copied(house: Databases, portal: Portal) -> None:
    done = approved(portal, new_case(portal).id)
    tab = opened(house, done.item_id)
    tab.text_area(key="retire-note").set_value("Old.").run()
    press(tab, "retire-now")
    assert version(portal, done.id).state == RETIRED
    press(opened(house, done.item_id), "restore")
    assert version(portal, done.id).state == APPROVED
    tab = opened(house, done.item_id)
    press(tab, "copy")
    assert not tab.exception
    assert tab.query_params["case"] != done.item_id
    tab = opened(house, HOUSE)
    press(tab, "begin")
    assert portal.see("tess", versions_of, HOUSE)[0].number == 2
