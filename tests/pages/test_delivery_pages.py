"""Tests as they are given: each behaviour, the clock, tries, windows and open texts on the page, in both languages."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from assessments.attempts import POST, PRE, answers_in, check_answer, finish_attempt, fractions_in, save_answer
from assessments.forms import TESTS
from assessments.results import get_result
from assessments.test_settings import BEST, CERTAINTY, IMMEDIATE, INTERACTIVE
from core.db.assessment_tables import attempt
from core.db.engines import Databases
from tests.assessments.conftest import TEST, Portal
from tests.assessments.given import give, grant, hand_out, row_in, steps_in
from tests.assessments.taking import questions_of, take
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    found = portal_of(house)
    found.actors |= {"ann": found.actors["clerk"], "tess": found.actors["trainer"]}
    return found


def look(house: Databases, language: str = "en", **query: str) -> AppTest:
    tab = visit(house, "clerk", "learn/tests", language=language, **{"test": TEST, **query})
    assert not tab.exception
    return tab


def go_to(tab: AppTest, attempt_id: int, place: int) -> AppTest:
    return tab.pills(key=f"palette-{attempt_id}").set_value(place).run()


def html(tab: AppTest) -> str:
    return "\n".join(part.proto.body for part in tab.get("html"))


# ---- before ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("settings", "english", "chinese"),
    [
        ({}, ["No time limit", "after you have finished"], ["不限时", "交卷后"]),
        (
            {"behaviour": IMMEDIATE, "time_limit_minutes": 30},
            ["30 minutes from the moment", "check each answer once"],
            ["共 30 分钟", "可核对一次"],
        ),
        (
            {"behaviour": INTERACTIVE, "tries_per_item": 2, "penalty": 0.25},
            ["up to 2 times", "costs 25% of its mark"],
            ["最多可核对 2 次", "25%"],
        ),
        (
            {"behaviour": CERTAINTY},
            ["quite sure +3 / −6 marks", "never worth less"],
            ["很有把握 +3 / −6", "不会低于零"],
        ),
        (
            {"tries": 3, "counting": BEST, "pass_rate": 0.8},
            ["take it 3 times", "The best try counts", "80% of the marks are needed"],
            ["可以参加 3 次", "80% 即为通过"],
        ),
    ],
)
def test_the_intro_says_how_the_test_is_given(
    house: Databases, portal: Portal, settings: dict[str, Any], english: list[str], chinese: list[str]
) -> None:
    give(portal, **settings)
    for language, words in (("en", english), ("zh", chinese)):
        shown = said(look(house, language)).replace("\u2060", "")
        assert [word for word in words if word not in shown] == []


def test_extra_time_is_in_the_intro_and_on_the_clock(house: Databases, portal: Portal) -> None:
    give(portal, time_limit_minutes=40)
    grant(portal, "ann", extra_time_rate=0.5, larger_text=True)
    tab = look(house)
    assert "60 minutes from the moment" in said(tab) and "includes the extra time" in said(tab)
    tab = press(tab, "begin")
    left = re.search(r'data-left="(\d+)"', html(tab))
    assert left is not None and 3_560 <= int(left[1]) <= 3_600
    assert 'data-say-300="5 minutes left."' in html(tab) and 'data-say-60="1 minute left."' in html(tab)


def test_a_window_that_closes_in_days_needs_no_clock(house: Databases, portal: Portal) -> None:
    give(portal, closes_at=portal.now + 5 * 86_400)
    tab = look(house)
    assert "then it closes, finished or not" in said(tab)
    assert "data-left" not in html(press(tab, "begin"))


@pytest.mark.parametrize(
    ("opens", "closes", "english", "chinese"),
    [(3_600, 7_200, "It opens on", "将于"), (-7_200, -3_600, "It closed on", "已于")],
)
def test_outside_its_window_a_test_says_when(
    house: Databases, portal: Portal, opens: int, closes: int, english: str, chinese: str
) -> None:
    give(portal, opens_at=portal.now + opens, closes_at=portal.now + closes)
    for language, words in (("en", english), ("zh", chinese)):
        tab = look(house, language)
        assert words in said(tab) and keys(tab, "begin") == []


@pytest.mark.parametrize(("language", "name", "done"), [("en", "Pre-test", "Done"), ("zh", "前测", "已完成")])
def test_the_list_names_every_test_and_where_one_stands(
    house: Databases, portal: Portal, language: str, name: str, done: str
) -> None:
    portal.do("clerk", finish_attempt, hand_out(portal, "clerk"))
    tab = visit(house, "clerk", "learn/all_tests", language=language)
    assert not tab.exception
    links = [link.proto.label for link in tab.get("page_link")]
    assert links.count(name) == len(TESTS)
    assert done in said(tab) and "**0%**" in said(tab)


# ---- behaviours -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("language", "wrong"), [("en", "Wrong"), ("zh", "错误")])
def test_a_check_shows_the_reasons_and_locks(house: Databases, portal: Portal, language: str, wrong: str) -> None:
    give(portal, behaviour=IMMEDIATE)
    attempt_id = hand_out(portal, "clerk")
    tab = look(house, language)
    tab.radio[0].set_value("a").run()
    assert "because" not in said(tab)
    tab = press(tab, f"check-{attempt_id}-x-1")
    assert not tab.exception
    assert wrong in said(tab) and "because b" in said(tab)
    assert tab.radio[0].disabled and keys(tab, "check-") == []
    assert portal.see("clerk", fractions_in, attempt_id) == {"x-1": 0.0}


@pytest.mark.parametrize(("language", "left"), [("en", "Tries left: 2"), ("zh", "还可尝试 2 次")])
def test_a_hint_comes_with_every_wrong_check(house: Databases, portal: Portal, language: str, left: str) -> None:
    give(portal, behaviour=INTERACTIVE)
    attempt_id = hand_out(portal, "clerk")
    tab = go_to(look(house, language), attempt_id, 2)
    tab.text_input[0].set_value("5").run()
    tab = press(tab, f"check-{attempt_id}-x-3")
    assert "hint 1 of 3" in said(tab) and left in said(tab)
    assert "hint 2" not in said(tab) and "because" not in said(tab)
    tab.text_input[0].set_value("1234.5").run()
    tab = press(tab, f"check-{attempt_id}-x-3")
    assert "because it is so" in said(tab) and "67%" in said(tab).replace("\u2060", "")
    assert tab.text_input[0].disabled


def test_how_sure_one_is_goes_with_the_answer_whichever_comes_first(house: Databases, portal: Portal) -> None:
    give(portal, behaviour=CERTAINTY)
    attempt_id = hand_out(portal, "clerk")
    tab = look(house)
    sure = f"sure-{attempt_id}-x-1"
    tab.segmented_control(key=sure).set_value(2).run()
    assert portal.see("clerk", answers_in, attempt_id) == {}
    tab.radio[0].set_value("b").run()
    tab.segmented_control(key=sure).set_value(3).run()
    assert not tab.exception
    steps = [step for step in steps_in(portal, attempt_id) if step.kind == "answer"]
    assert [(json.loads(step.response), step.certainty) for step in steps] == [("b", 2), ("b", 3)]
    assert go_to(look(house), attempt_id, 0).segmented_control(key=sure).value == 3


@pytest.mark.parametrize(("language", "words"), [("en", "A person marks this answer"), ("zh", "此题由人工评分")])
def test_an_open_text_is_kept_line_by_line(house: Databases, portal: Portal, language: str, words: str) -> None:
    attempt_id = hand_out(portal, "clerk")
    tab = go_to(look(house, language), attempt_id, 6)
    assert words in said(tab)
    text = "First <b>this</b>.\n\n第二行 $a$ :red[x]"
    tab.text_area[0].set_value(text).run()
    assert portal.see("clerk", answers_in, attempt_id) == {"x-7": text}
    assert go_to(look(house, language), attempt_id, 6).text_area[0].value == text


# ---- time and tabs --------------------------------------------------------------------------------------------


def test_when_the_time_is_over_the_page_closes_the_test(house: Databases, portal: Portal) -> None:
    give(portal, time_limit_minutes=30)
    portal.now -= 1_795
    attempt_id = hand_out(portal, "clerk")
    portal.do("clerk", save_answer, attempt_id, "x-1", "b")
    portal.now += 1_795
    tab = go_to(look(house), attempt_id, 0)
    assert keys(tab, "time-up") == ["time-up"]
    with portal.open("clerk") as ctx:
        ctx.db.execute(attempt.update().where(attempt.c.id == attempt_id).values(deadline_at=portal.now - 1))
    tab.radio[0].set_value("a").run()
    assert (row_in(portal, attempt_id).status, row_in(portal, attempt_id).score) == ("finished", round(1 / 7, 9))
    assert portal.see("clerk", answers_in, attempt_id) == {"x-1": "b"}


def test_a_newer_text_from_another_tab_takes_the_place_of_an_older_one(house: Databases, portal: Portal) -> None:
    attempt_id = hand_out(portal, "clerk")
    one, two = go_to(look(house), attempt_id, 3), go_to(look(house), attempt_id, 3)
    one.text_input[0].set_value("on hold").run()
    two.text_input[0].set_value("something else").run()
    assert "answered on another page meanwhile" in said(two)
    assert (two.text_input[0].value, portal.see("clerk", answers_in, attempt_id)) == ("on hold", {"x-4": "on hold"})
    two.text_input[0].set_value("on hold now").run()
    assert portal.see("clerk", answers_in, attempt_id) == {"x-4": "on hold now"}
    one = go_to(go_to(one, attempt_id, 4), attempt_id, 3)
    assert one.text_input[0].value == "on hold now"


def test_several_tries_lead_to_their_results_and_to_the_next(house: Databases, portal: Portal) -> None:
    give(portal, tries=2)
    portal.do("clerk", finish_attempt, hand_out(portal, "clerk"))
    tab = look(house, phase=PRE)
    assert [button.label for button in tab.button if button.key == "begin"] == ["Take the Pre-test again"]
    assert press(tab, "begin").radio is not None
    portal.do("clerk", finish_attempt, hand_out(portal, "clerk"))
    tab = look(house, phase=PRE)
    links = [link.proto.label.replace("\\", "") for link in tab.get("page_link")]
    assert [link for link in links if "Result of try 2" in link and "this one counts" in link]
    assert "You have finished this test" in said(tab)
    assert "once; 3 to go" in said(look(house, phase=POST))


# ---- nothing of the key ---------------------------------------------------------------------------------------


SECRETS = ("because", "digits swapped", "the flag", "water falls", "cause, then remedy", "names the cause", "hint 1")
BESIDE = {1: "option d", 2: "in days", 3: "word or phrase", 4: "sleet", 5: "step d", 6: "Write your answer"}
"""What only the question at that place says."""


def sent(tab: AppTest) -> str:
    """Everything that was sent for every element on the page."""
    return "\n".join(str(node.proto) for node in tab._tree if getattr(node, "proto", None) is not None)


@pytest.mark.parametrize("behaviour", [IMMEDIATE, INTERACTIVE, CERTAINTY])
def test_neither_the_key_nor_another_question_is_ever_sent(house: Databases, portal: Portal, behaviour: str) -> None:
    give(portal, behaviour=behaviour)
    attempt_id = hand_out(portal, "clerk")
    tab = look(house)
    for place in range(7):
        tab = go_to(tab, attempt_id, place)
        assert (BESIDE.get(place, "option c") in sent(tab), [one for one in SECRETS if one in sent(tab)]) == (True, [])
        assert [n for n, beside in BESIDE.items() if n != place and beside in sent(tab)] == []
    portal.do("clerk", save_answer, attempt_id, "x-1", "a")
    if behaviour == INTERACTIVE:
        portal.do("clerk", check_answer, attempt_id, "x-1")
        shown = sent(go_to(tab.run(), attempt_id, 0))
        assert "hint 1 of 1" in shown and "hint 2" not in shown and "because" not in shown


# ---- after ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "held", "offered"),
    [
        ("en", "You can take this test once more, with the same questions", "Take no further try and show the answers"),
        ("zh", "此测试您还可作答 1 次，题目相同", "不再作答，查看答案"),
    ],
)
def test_answers_held_back_are_shown_to_whoever_takes_no_further_try(
    house: Databases, portal: Portal, language: str, held: str, offered: str
) -> None:
    give(portal, tries=2)
    attempt_id = take(portal, "clerk", PRE, right=5)
    tab = visit(house, "clerk", "learn/result", language=language, attempt=str(attempt_id))
    assert not tab.exception
    assert held in said(tab) and "5" in tab.metric[1].value
    question = portal.see("clerk", questions_of, attempt_id)[0]
    assert question.stem.in_language(language) not in said(tab)
    (button,) = (one for one in tab.button if one.label == offered)
    tab = button.click().run()
    assert not tab.exception
    assert held not in said(tab) and len([one for one in tab.button if one.label == offered]) == 0
    assert len(portal.see("clerk", get_result, attempt_id).items) == 20
