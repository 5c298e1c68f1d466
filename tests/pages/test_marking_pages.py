"""Marking, disputes, certificates and readiness, as those who need them meet their pages."""

from __future__ import annotations

import json
import time

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest

from assessments.attempts import PRE, finish_attempt, save_answer
from assessments.certificates import issue_certificate
from assessments.disputes import CREDITED, dispute_item, disputes_of
from assessments.manual_marks import get_answer, mark_by_hand
from assessments.test_settings import Settings
from core.db.assessment_tables import attempt
from core.db.engines import Databases
from core.portal.certificates import certificate_of, spelled
from core.ui.i18n import in_language, t
from tests.assessments.conftest import TEST, Portal
from tests.assessments.crowd import Crowd, gather
from tests.assessments.given import hand_out
from tests.assessments.taking import questions_of, take
from tests.pages.learners import keys, portal_of, press, tiny_figures
from tests.visits import said, visit

pytestmark = pytest.mark.usefixtures("tiny_figures")
assert tiny_figures


@pytest.fixture
def portal(house: Databases) -> Portal:
    portal = portal_of(house)
    portal.actors["tess"] = portal.actors["trainer"]
    return portal


def _with_pass_mark(portal: Portal, attempt_id: int, pass_rate: float) -> None:
    with portal.open("clerk") as ctx:
        settings = json.dumps(Settings(pass_rate=pass_rate).as_data())
        ctx.db.execute(update(attempt).where(attempt.c.id == attempt_id).values(settings=settings))


def _everything(tab: AppTest, attempt_id: int) -> AppTest:
    """The result with all its questions shown."""
    tab.session_state[f"shown-{attempt_id}"] = "all"
    return tab.run()


def test_an_open_text_is_marked_on_the_page(house: Databases, portal: Portal) -> None:
    attempt_id = hand_out(portal, "clerk")
    portal.do("clerk", save_answer, attempt_id, "x-7", "Call <b>the carrier</b> & [reship](http://evil.example)")
    portal.do("clerk", finish_attempt, attempt_id)
    own = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert "Provisional" in said(own) and "Waiting for marking" in said(own)
    tab = visit(house, "trainer", "teach/marking")
    assert not tab.exception
    assert "Call <b>the carrier</b> & [reship](http://evil.example)" in [one.value for one in tab.text]
    for radio in tab.radio:
        radio.set_value(radio.options and float(radio.options[-1].split()[0]))
    tab.text_area[0].set_value("well seen")
    (keep,) = [button for button in tab.button if button.label == "Keep the mark"]
    keep.click().run()
    assert not tab.exception
    assert "Nothing waits to be marked" in said(tab)
    assert portal.see("trainer", get_answer, attempt_id, "x-7").fraction == 1.0
    own = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert "Provisional" not in said(own)
    whole = _everything(own, attempt_id)
    assert "Call <b>the carrier</b> & [reship](http://evil.example)" in [one.value for one in whole.text]
    assert "→ ****" not in said(whole), "an open text has no other side"
    assert "well seen" in [one.value for one in _everything(own, attempt_id).info]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_question_is_disputed_on_the_result_and_decided_on_the_page(
    house: Databases, portal: Portal, language: str
) -> None:
    attempt_id = take(portal, "clerk", PRE, right=19)
    own = visit(house, "clerk", "learn/result", language=language, attempt=str(attempt_id))
    (reason,) = own.text_area  # only the question that was left blank is shown
    reason.set_value("Both **A** and B are right")
    (send,) = [button for button in own.button if (button.key or "").startswith(f"dispute-{attempt_id}")]
    send.click().run()
    assert not own.exception
    (found,) = portal.see("clerk", disputes_of, attempt_id).values()
    tab = visit(house, "trainer", "teach/marking", language=language)
    assert not tab.exception
    with in_language(language):
        tab.radio[0].set_value(CREDITED).run()
        tab.text_area(key=f"decide-{found.id}-why").set_value("You are right.")
        press(tab, f"decide-{found.id}-go")
        assert not tab.exception
        assert {"en": "Tests marked anew: 1; scores changed: 1", "zh": "重新评分 1 份"}[language] in said(tab)
        assert t("No dispute waits") in said(tab) or t("Nothing waits to be marked") in said(tab)
        own = visit(house, "clerk", "learn/result", language=language, attempt=str(attempt_id))
        shown = said(_everything(own, attempt_id))
    assert "You are right." in shown and "Both **A** and B are right" in shown


def test_a_decision_that_has_to_wait_is_shown_and_made_once(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=19)
    item_id = portal.see("trainer", questions_of, attempt_id)[19].item_id
    found = portal.do("clerk", dispute_item, attempt_id, item_id, "Wrong.")
    tab = visit(house, "trainer", "teach/marking")
    tab.radio[0].set_value(CREDITED).run()
    press(tab, f"decide-{found}-go")
    assert "Say why you decide so" in said(tab), "refused behind the page, said on it"
    tab.text_area(key=f"decide-{found}-why").set_value("You are right.")
    with house.portal.begin() as db:  # somebody else writes, and goes on writing
        db.execute(update(attempt).where(attempt.c.id == attempt_id).values(form="B"))
        press(tab, f"decide-{found}-go")
        assert not tab.exception
        assert keys(tab, "decide-") == [], "there is nothing to press a second time"
        assert "The decision is being carried out" in json.dumps([one.proto.text for one in tab.get("progress")])
    job = tab.session_state["_jobs"]["decide-dispute"]
    assert job.ended.wait(20)
    tab.run()
    assert not tab.exception
    assert "scores changed: 1" in said(tab)
    assert portal.see("clerk", disputes_of, attempt_id)[item_id].status == CREDITED


def test_a_passed_test_gives_a_certificate(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE)
    _with_pass_mark(portal, attempt_id, 0.8)
    tab = press(visit(house, "clerk", "learn/result", attempt=str(attempt_id)), "get-certificate")
    assert not tab.exception
    found = portal.see("clerk", certificate_of, attempt_id)
    assert found is not None
    assert "Anybody can check it with the code" in said(tab)
    assert not [button for button in tab.button if button.key == "get-certificate"]


def test_a_certificate_that_outlived_its_score_is_pointed_out(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=16)
    _with_pass_mark(portal, attempt_id, 0.8)
    portal.do("clerk", issue_certificate, attempt_id)
    assert "still holds" not in said(visit(house, "trainer", "learn/result", attempt=str(attempt_id)))
    item_id = portal.see("trainer", questions_of, attempt_id)[0].item_id
    number = portal.see("trainer", get_answer, attempt_id, item_id).number
    portal.do("trainer", mark_by_hand, attempt_id, item_id, 0.0, "Copied.", number=number)
    tab = visit(house, "trainer", "learn/result", attempt=str(attempt_id))
    assert "Not passed: 80% was needed." in said(tab) and "still holds" in said(tab)


@pytest.mark.parametrize(("language", "title"), [("en", "Your certificates"), ("zh", "您的证书")])
def test_everybody_finds_their_certificates_with_the_tests(
    house: Databases, portal: Portal, language: str, title: str
) -> None:
    assert title not in said(visit(house, "clerk", "learn/all_tests", language=language))
    attempt_id = take(portal, "clerk", PRE)
    _with_pass_mark(portal, attempt_id, 0.8)
    found = portal.do("clerk", issue_certificate, attempt_id)
    tab = visit(house, "clerk", "learn/all_tests", language=language)
    assert not tab.exception
    assert title in said(tab) and spelled(found.code) in said(tab).replace("\\", "")
    assert title not in said(visit(house, "service", "learn/all_tests", language=language))


def test_a_trainer_takes_a_certificate_back_with_a_reason(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE)
    _with_pass_mark(portal, attempt_id, 0.8)
    found = portal.do("clerk", issue_certificate, attempt_id)
    key = f"take-back-{found.id}-go"
    for login in ("clerk", "manager"):
        tab = visit(house, login, "learn/result", attempt=str(attempt_id))
        assert not [button for button in tab.button if button.key == key]
    tab = press(visit(house, "trainer", "learn/result", attempt=str(attempt_id)), key)
    assert "needs a reason" in said(tab)
    tab.text_area(key=f"take-back-{found.id}-reason").set_value("Somebody else sat it.")
    press(tab, key)
    assert not tab.exception
    assert "This certificate was taken back: Somebody else sat it." in said(tab)


def test_a_failed_test_says_what_was_needed_and_gives_none(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=4)
    _with_pass_mark(portal, attempt_id, 0.8)
    tab = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert "Not passed: 80% was needed." in said(tab)
    assert not [button for button in tab.button if button.key == "get-certificate"]


def test_whoever_just_failed_sees_by_how_much(house: Databases, portal: Portal) -> None:
    attempt_id = take(portal, "clerk", PRE, right=14)
    _with_pass_mark(portal, attempt_id, 0.703)
    tab = visit(house, "clerk", "learn/result", attempt=str(attempt_id))
    assert "Not passed: 70.3% was needed." in said(tab)
    assert r"70\.0\%" in [metric.value for metric in tab.metric]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_readiness_shows_everybody_by_team_and_position(house: Databases, language: str) -> None:
    with house.portal.begin() as db:
        gather(db, TEST, Crowd(40, ability=1.5), int(time.time()) - 86_400 * 20)
    tab = visit(house, "manager", "monitor/readiness", language=language)
    assert not tab.exception
    html = "".join(one.proto.body for one in tab.get("html"))
    assert html.count('<th scope="row">') == 40
    with in_language(language):
        assert f'aria-label="{t("By team and position")}"' in html
        tab.button[[button.label for button in tab.button].index(t("Next page"))].click().run()
        assert "".join(one.proto.body for one in tab.get("html")).count('<th scope="row">') == 5
    assert {"od-ready-ready", "od-ready-not_yet", "od-ready-too_little", "od-ready-not_required"} <= {
        word for word in html.replace('"', " ").split() if word.startswith("od-ready-")
    }
    with in_language(language):
        tab.selectbox(key="position").set_value("W").run()
    assert "".join(one.proto.body for one in tab.get("html")).count('<th scope="row">') == 9
    assert tab.query_params["position"] in ("W", ["W"])
    with in_language(language):
        tab.selectbox(key="one-person").select_index(0).run()
        assert not tab.exception
        assert "**2.5**" in said(tab) and t("Too little is known") in said(tab)


def test_readiness_before_any_test(house: Databases) -> None:
    tab = visit(house, "manager", "monitor/readiness")
    assert not tab.exception
    assert {metric.label: metric.value for metric in tab.metric}["Ready"].startswith("0")
