"""Path, test and result as an employee meets them, under AppTest."""

from __future__ import annotations

import re
import time

import pytest
from streamlit.testing.v1 import AppTest

from assessments.attempts import POST, PRE, answers_in, finish_attempt, save_answer, start_attempt
from assessments.questions import Choice, Matching, Numeric, Ordering, Question, ShortText
from assessments.results import own_standing
from core.db.engines import Databases
from tests.assessments.conftest import EXERCISES, TEST, Portal
from tests.assessments.taking import do_exercises, questions_of, right_answer, take
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, shut_out, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    return portal_of(house)


def open_test(house: Databases, portal: Portal, login: str = "clerk") -> tuple[AppTest, int]:
    """A tab on a test that has just begun, and the attempt's id."""
    attempt_id = portal.do(login, start_attempt, TEST, PRE)
    return visit(house, login, "learn/tests", test=TEST), int(attempt_id)


def place_of(portal: Portal, attempt_id: int, kind: type, *, several: bool = False) -> tuple[int, Question]:
    """The first question of a kind of content."""
    for place, question in enumerate(portal.see("clerk", questions_of, attempt_id)):
        if isinstance(question.content, kind) and getattr(question.content, "several", False) is several:
            return place, question
    raise AssertionError(f"no {kind.__name__} in this form")


def palette(tab: AppTest) -> list[str]:
    """What the palette shows: `done`, `part` or `open` for each question."""
    signs = {"check_small": "done", "more_horiz": "part"}
    (found,) = tab.pills
    return [next((word for sign, word in signs.items() if sign in option), "open") for option in found.options]


def state(tab: AppTest) -> str:
    """The line above the question."""
    return " ".join(re.sub("<[^>]+>", " ", html.proto.body) for html in tab.get("html"))


def go_to(tab: AppTest, attempt_id: int, place: int) -> AppTest:
    return tab.pills(key=f"palette-{attempt_id}").set_value(place).run()


# ---- the path -------------------------------------------------------------------------------------------------


def test_the_path_leads_from_one_thing_to_the_next(house: Databases, portal: Portal) -> None:
    def next_label() -> str:
        tab = visit(house, "clerk", "learn/path")
        assert not tab.exception
        labels = [button.label for button in tab.button if button.key == "go-on"]
        return labels[0] if labels else ""

    assert next_label() == "Take the pre-test"
    attempt_id = portal.do("clerk", start_attempt, TEST, PRE)
    assert next_label() == "Go on with the pre-test"
    portal.do("clerk", finish_attempt, attempt_id)
    assert next_label() == "Go to the exercises"
    do_exercises(portal, "clerk", 0.6)
    assert next_label() == "Take the post-test"
    take(portal, "clerk", POST, right=10)
    assert next_label() == ""
    assert "0% → 50% :gray[+50.0 percentage points]" in said(visit(house, "clerk", "learn/path"))


def test_the_post_test_says_what_is_missing(house: Databases, portal: Portal) -> None:
    tab = visit(house, "clerk", "learn/tests", test=TEST, phase=POST)
    assert "Take the pre-test first" in said(tab)
    take(portal, "clerk", PRE, right=1)
    portal.check_exercise("clerk", EXERCISES[0], 1.0)
    assert "each of them once; 2 to go" in said(visit(house, "clerk", "learn/tests", test=TEST, phase=POST))
    assert keys(tab, "begin") == []


# ---- taking the test ------------------------------------------------------------------------------------------


def test_a_test_begins_with_a_press_and_shows_its_first_question(house: Databases, portal: Portal) -> None:
    tab = press(visit(house, "clerk", "learn/tests", test=TEST), "begin")
    assert not tab.exception
    assert "Question 1 of 20" in state(tab)
    assert "Nothing to save yet" in state(tab)
    assert palette(tab) == ["open"] * 20
    assert portal.see("clerk", own_standing, TEST).pre is not None


def test_a_choice_is_saved_when_it_is_made_and_marked_in_the_palette(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Choice)
    tab = go_to(tab, attempt_id, place)
    tab.radio[0].set_value(right_answer(question)).run()
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: right_answer(question)}
    assert [at for at, state in enumerate(palette(tab)) if state == "done"] == [place]
    assert re.search(r"Saved \d\d:\d\d:\d\d", state(tab))


def test_several_ticks_are_one_answer(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Choice, several=True)
    tab = go_to(tab, attempt_id, place)
    wanted = right_answer(question)
    for name in wanted:
        tab.checkbox(f"answer-{attempt_id}-{question.item_id}-{name}").check().run()
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: wanted}
    tab.checkbox(f"answer-{attempt_id}-{question.item_id}-{wanted[0]}").uncheck().run()
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: wanted[1:]}


def test_a_number_is_read_back(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Numeric)
    tab = go_to(tab, attempt_id, place)
    tab.text_input[0].set_value("１，２３４．５").run()
    assert "Read as 1,234.5" in said(tab)
    tab.text_input[0].set_value("a lot").run()
    assert "can't be read as a number yet" in said(tab)
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: "a lot"}


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "![x](http://x/y.png) **b** $$a$$ :red[c]", "田中\u202e"]
)
def test_what_is_typed_comes_back_as_it_was_typed(house: Databases, portal: Portal, text: str) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, ShortText)
    tab = go_to(tab, attempt_id, place)
    tab.text_input[0].set_value(text).run()
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: text}
    tab = go_to(go_to(tab, attempt_id, (place + 1) % 20), attempt_id, place)
    assert tab.text_input[0].value == text
    press(press(tab, "to-review"), "finish")
    shown = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert not shown.exception
    assert "<script>alert" not in "".join(str(part.value) for part in shown.markdown)
    assert "http://x" not in "".join(str(part.value) for part in shown.markdown)


def test_pairs_are_chosen_one_by_one(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Matching)
    tab = go_to(tab, attempt_id, place)
    wanted = right_answer(question)
    first, *others = wanted
    tab.selectbox(f"answer-{attempt_id}-{question.item_id}-{first}").set_value(wanted[first]).run()
    assert palette(tab)[place] == "part"
    for name in others:
        tab.selectbox(f"answer-{attempt_id}-{question.item_id}-{name}").set_value(wanted[name]).run()
    assert palette(tab)[place] == "done"
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: wanted}


def test_steps_are_placed_moved_and_taken_back(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Ordering)
    tab = go_to(tab, attempt_id, place)
    wanted = right_answer(question)
    for name in wanted:
        tab = press(tab, f"place-{question.item_id}-{name}")
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: wanted}
    tab = press(tab, f"move-arrow_downward-{question.item_id}-{wanted[0]}")
    swapped = [wanted[1], wanted[0], *wanted[2:]]
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: swapped}
    tab = press(tab, "restart-")
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: []}
    assert palette(tab) == ["open"] * 20


def test_no_question_shows_its_key_or_a_reason_before_the_end(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    reasons = set()
    for question in portal.see("clerk", questions_of, attempt_id):
        parts = [getattr(question.content, name, ()) for name in ("options", "near", "accepts", "pairs", "steps")]
        reasons |= {part.reason.en for group in parts for part in group}
    for place in range(20):
        tab = go_to(tab, attempt_id, place)
        labels = [widget.label for widget in [*tab.button, *tab.checkbox, *tab.selectbox]]
        options = [option for radio in tab.radio for option in radio.options]
        everything = "\n".join([said(tab), *labels, *options]).replace("\u2060", "")
        assert not [reason for reason in reasons if reason in everything]


def test_a_new_tab_goes_on_where_the_old_one_stopped(house: Databases, portal: Portal) -> None:
    _, attempt_id = open_test(house, portal)
    questions = portal.see("clerk", questions_of, attempt_id)
    for question in questions[:3]:
        portal.do("clerk", save_answer, attempt_id, question.item_id, right_answer(question))
    again = visit(house, "clerk", "learn/tests", test=TEST)
    assert "Question 4 of 20" in state(again)
    assert palette(again) == ["done"] * 3 + ["open"] * 17


def test_two_tabs_at_one_test(house: Databases, portal: Portal) -> None:
    one, attempt_id = open_test(house, portal)
    two = visit(house, "clerk", "learn/tests", test=TEST)
    place, question = place_of(portal, attempt_id, Choice)
    assert isinstance(question.content, Choice)
    names = [option.name for option in question.content.options]
    one, two = go_to(one, attempt_id, place), go_to(two, attempt_id, place)
    one.radio[0].set_value(names[0]).run()
    two.radio[0].set_value(names[1]).run()
    assert "answered on another page meanwhile" in said(two)
    assert (two.radio[0].value, portal.see("clerk", answers_in, attempt_id)) == (names[0], {question.item_id: names[0]})
    two.radio[0].set_value(names[1]).run()
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: names[1]}
    one.run()
    assert one.radio[0].value == names[1]
    portal.do("clerk", finish_attempt, attempt_id)
    two.radio[0].set_value(names[2]).run()
    assert not two.exception
    assert "answers can't be changed any more" in said(two)
    assert portal.see("clerk", answers_in, attempt_id) == {question.item_id: names[1]}


def test_finishing_lists_what_is_open_and_leads_to_the_result(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    for question in portal.see("clerk", questions_of, attempt_id)[:18]:
        portal.do("clerk", save_answer, attempt_id, question.item_id, right_answer(question))
    tab = press(tab.run(), "to-review")
    assert "2 of 20 questions are not answered" in said(tab)
    assert keys(tab, "open-") == ["open-18", "open-19"]
    tab = press(press(tab, "open-18"), "to-review")
    tab = press(tab, "finish")
    assert not tab.exception
    result = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert result.metric[0].value.replace("\\", "") == "90%"
    assert "You have finished this test" in said(visit(house, "clerk", "learn/tests", test=TEST, phase=PRE))


def test_a_session_that_has_ended_saves_nothing(house: Databases, portal: Portal) -> None:
    tab, attempt_id = open_test(house, portal)
    place, question = place_of(portal, attempt_id, Choice)
    tab = go_to(tab, attempt_id, place)
    shut_out(house, "clerk")
    time.sleep(1.1)  # as long as a page trusts what it knows of the person
    tab.radio[0].set_value(right_answer(question)).run()
    assert portal.see("clerk", answers_in, attempt_id) == {}
    assert "You are signed out" in said(tab)


# ---- the result -----------------------------------------------------------------------------------------------


def test_the_result_explains_every_option(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=5)
    for language, right in (("en", "Not answered"), ("zh", "未作答")):
        tab = visit(house, "clerk", "learn/result", language=language, attempt=str(attempt_id))
        assert not tab.exception
        assert right in said(tab)
        shown = said(tab).replace("\u2060", "")
        question = portal.see("clerk", questions_of, attempt_id)[-1]
        parts = [getattr(question.content, name, ()) for name in ("options", "accepts", "pairs", "steps")]
        for part in (part for group in parts for part in group):
            assert part.reason.in_language(language) in shown


def test_nobody_reads_another_s_result_but_the_trainer(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=5)
    assert "There is no attempt" in said(visit(house, "service", "learn/result", attempt=str(attempt_id)))
    assert "By competency" in said(visit(house, "trainer", "learn/result", attempt=str(attempt_id)))
    assert "By competency" in said(visit(house, "manager", "learn/result", attempt=str(attempt_id)))


@pytest.mark.parametrize("asked", ["999999", "x", "-1", "1e3", "٣", "9" * 40])
def test_an_address_that_means_nothing_is_answered_calmly(house: Databases, asked: str) -> None:
    tab = visit(house, "clerk", "learn/result", attempt=asked)
    assert not tab.exception
    assert "There is no attempt" in said(tab) or "No result yet" in said(tab)


def test_the_post_test_s_result_shows_the_gain(house: Databases, portal: Portal) -> None:
    take(portal, "clerk", PRE, right=8)
    do_exercises(portal, "clerk")
    attempt_id = take(portal, "clerk", POST, right=14)
    tab = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert {metric.label: metric.value.replace("\\", "") for metric in tab.metric} == {
        "Score": "70%",
        "Questions right": "14 of 20",
        "Gain": "+30.0 pp",
        "How exact the score is": "–",
    }
    assert "so far there are 1" in said(tab)
    assert "That is 50% of what was left to gain." in said(tab)
