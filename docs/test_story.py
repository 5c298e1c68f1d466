"""Gives a demo everything around tests for the pictures: a class that took them, disputes, marking, judges, drafts."""

from __future__ import annotations

import random
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy import insert, select

from assessments.attempts import POST, PRE, finish_attempt, questions_in, readable_row, save_answer, start_attempt
from assessments.bank_rows import find_version
from assessments.blueprint import Cell
from assessments.certificates import issue_certificate
from assessments.disputes import REJECTED, decide_dispute, dispute_item
from assessments.interchange.parsed import Draft
from assessments.item_drafts import PART, Place
from assessments.item_editing import approve_version, begin_version, send_to_review, write_value
from assessments.item_imports import save_drafts
from assessments.pass_marks import get_judging, judge_items
from assessments.questions import Choice, OpenText
from assessments.test_definitions import definition_of, publish_definition, save_definition
from assessments.test_settings import INTERACTIVE, Settings
from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, transaction
from core.db.portal_tables import person
from core.portal.people import actor_of, get_person
from docs.open_texts import ANSWERS, OPEN_TEXTS
from docs.own_case import OWN_CASE
from tests.assessments.crowd import Crowd, gather, hardness
from tests.assessments.taking import right_answer

DAY = 86_400
CLASS = Crowd(48, seed=7, ability=-0.1, gain=1.0, form_b_ease=-0.45)
CLASS_TESTS = (
    "warehouse", "order_processing", "logistics", "customer_service", "data_reports", "system", "system_use",
    "security", "risk",
)  # fmt: skip
SECOND_TRAINER = "du.min"
COLLEAGUES = (
    (SECOND_TRAINER, "杜敏 Du Min", "trainer"),
    ("ma.jun", "马俊 Ma Jun", "manager"),
    ("he.yan", "何燕 He Yan", "manager"),
    ("xu.lei", "徐磊 Xu Lei", "manager"),
    ("gao.xin", "高欣 Gao Xin", "manager"),
)
NEW_VERSION, OWN_DRAFT = "wh-101", "wh-105"
CASE_ID = f"own-{len(OPEN_TEXTS) + 3}"
"""The case that is written after the open texts and the two new versions."""
LAST_OPTIONS = {
    NEW_VERSION: "All units that lie in the house, whatever their state",
    OWN_DRAFT: "It is right: the first alert hasn't ended, since 42 isn't clearly back above 40 yet",
}
DISPUTE = (
    "I think that my answer can be defended as well: the question doesn't say how exact it has to be.",
    "The figures are beside the question, and only one answer follows from them; its reason says how. The key stays.",
)


class Story:
    """What people of the demo did around tests, through the product's own verbs."""

    def __init__(self, databases: Databases, now: int) -> None:
        self._databases, self._now = databases, now

    def tell(self) -> None:
        """Everything, in the order in which it happened."""
        with transaction(self._databases.portal) as db:
            self._admit(db)
            began = self._now - 24 * DAY
            people = gather(db, CLASS_TESTS[0], CLASS, began)
            for nth, test in enumerate(CLASS_TESTS[1:], start=1):
                gather(db, test, replace(CLASS, seed=CLASS.seed + nth), began + nth * DAY // 2, again=people)
        self._write_open_texts()
        self._set_up()
        self._begin()
        self._dispute()
        self._answer_open_texts()
        self._judge()
        self._draft()

    def _do(self, login: str, at: int, work: Any, *args: Any, **kwargs: Any) -> Any:
        """One command of one person at one moment."""
        portal = World("portal", "portal")
        with transaction(self._databases.portal) as db:
            person_id = db.execute(select(person.c.id).where(person.c.login == login)).scalar_one()
            actor = actor_of(get_person(Context(db, ENGINE, at, portal), person_id))
            return work(Context(db, actor, at, portal), *args, **kwargs)

    def _admit(self, db: Any) -> None:
        rows = [
            {"login": login, "name": name, "role": role, "team": "Training", "created_at": self._now - 40 * DAY}
            for login, name, role in COLLEAGUES
        ]
        db.execute(insert(person), rows)

    # ---- what is set up ---------------------------------------------------------------------------------------

    def _write_open_texts(self) -> None:
        """Two open texts, written by one trainer and approved by the other."""
        drafts = [Draft(f"open {nth}", table, None) for nth, table in enumerate(OPEN_TEXTS, start=1)]
        at = self._now - 6 * DAY
        for taken in self._do(SECOND_TRAINER, at, save_drafts, drafts, "risk", origin="open texts.xlsx"):
            self._do(SECOND_TRAINER, at + 600, send_to_review, taken.version_id)
            mark = self._do("trainer", at + 1_200, find_version, taken.version_id).mark
            self._do("trainer", at + 1_200, approve_version, taken.version_id, mark)

    def _set_up(self) -> None:
        """A time limit with hints, a pass mark, a window, and an open text in the test on emergencies."""
        at = self._now - 5 * DAY
        self._publish(at, "logistics", Settings(behaviour=INTERACTIVE, time_limit_minutes=45, tries=2))
        self._publish(at, "customer_service", Settings(pass_rate=0.64, time_limit_minutes=40))
        opens_at = self._now - self._now % DAY + 3 * DAY + DAY // 24
        self._publish(at, "security", Settings(opens_at=opens_at, closes_at=opens_at + 7 * DAY, time_limit_minutes=30))
        self._publish(at, "risk", Settings(), Cell("9.1", "decide", 1))

    def _publish(self, at: int, test: str, settings: Settings, *cells: Cell) -> None:
        old = self._do("trainer", at, definition_of, test)
        blueprint = replace(old.blueprint, cells=(*old.blueprint.cells, *cells))
        version = self._do("trainer", at, save_definition, test, blueprint, settings, base=old.version)
        self._do("trainer", at + 60, publish_definition, test, version)

    # ---- what was taken ---------------------------------------------------------------------------------------

    def _take(self, login: str, test: str, phase: str, share: float, at: int) -> int:
        """A finished test of somebody who knows a share of it; open texts are answered as people do."""
        dice = random.Random(f"{login} {test} {phase}")
        attempt_id = int(self._do(login, at, start_attempt, test, phase))
        questions = self._do(login, at, lambda ctx: questions_in(readable_row(ctx, attempt_id)))
        for number, question in enumerate(questions):
            answer: Any = None
            if isinstance(question.content, OpenText):
                answer = ANSWERS[login]
            elif dice.random() < share:
                answer = right_answer(question)
            elif isinstance(question.content, Choice) and not question.content.several:
                answer = next(one.name for one in question.content.options if one.fraction <= 0)
            if answer is not None:
                self._do(login, at + 45 * number, save_answer, attempt_id, question.item_id, answer)
        self._do(login, at + 45 * len(questions), finish_attempt, attempt_id)
        return attempt_id

    def _begin(self) -> None:
        """An employee who has taken some of the tests."""
        for nth, (test, phase, share) in enumerate(
            (("system", PRE, 0.6), ("system", POST, 0.9), ("warehouse", PRE, 0.5))
        ):
            self._take("clerk", test, phase, share, self._now - (6 - nth) * DAY)

    def _dispute(self) -> None:
        """A post-test that was passed, with a certificate, and questions of it that were disputed."""
        self._take("service", "customer_service", PRE, 0.5, self._now - 4 * DAY)
        attempt_id = self._take("service", "customer_service", POST, 0.78, self._now - 2 * DAY)
        self._do("service", self._now - 2 * DAY + 3_600, issue_certificate, attempt_id)
        wrong = self._not_right("service", attempt_id)
        reason, decision = DISPUTE
        first = self._do("service", self._now - 2 * DAY + 4_000, dispute_item, attempt_id, wrong[0], reason)
        self._do("trainer", self._now - DAY, decide_dispute, first, REJECTED, decision)
        if len(wrong) > 1:
            second = "Two of the answers say nearly the same to me. Please look at them again."
            self._do("service", self._now - 2 * DAY + 4_200, dispute_item, attempt_id, wrong[1], second)

    def _not_right(self, login: str, attempt_id: int) -> list[str]:
        from assessments.results import get_result

        result = self._do(login, self._now, get_result, attempt_id)
        return [item.question.item_id for item in result.items if item.verdict == "wrong"]

    def _answer_open_texts(self) -> None:
        """Three people have answered the open text; nobody has marked it yet."""
        for nth, login in enumerate(ANSWERS):
            self._take(login, "risk", PRE, 0.7, self._now - DAY + 3_000 * nth)

    # ---- what trainers do -------------------------------------------------------------------------------------

    def _judge(self) -> None:
        """Everybody who may judge but the trainer has judged the first round."""
        test = CLASS_TESTS[0]
        for nth, login in enumerate(["manager", *(login for login, _, _ in COLLEAGUES)]):
            judging = self._do(login, self._now - DAY, get_judging, test, 1)
            dice = random.Random(f"judge {login}")
            rates: dict[str, float] = {}
            for item in judging.items:
                estimate = 59 - 13 * hardness(item.id) + 2 * nth + dice.gauss(0, 11)
                rates[item.id] = min(95, max(25, 5 * round(estimate / 5))) / 100
            self._do(login, self._now - DAY + 60, judge_items, test, judging.definition.version, 1, rates)

    def _draft(self) -> None:
        """A new version that waits for its review, and one that the trainer is writing."""
        at = self._now - DAY // 2
        for login, item_id in ((SECOND_TRAINER, NEW_VERSION), ("trainer", OWN_DRAFT)):
            version_id = self._do(login, at, begin_version, item_id)
            options = self._do(login, at, find_version, version_id).draft["options"]
            place = Place("text", "en", "options", options[-1][PART])
            self._do(login, at + 300, write_value, version_id, place, LAST_OPTIONS[item_id])
            if login == SECOND_TRAINER:
                self._do(login, at + 400, send_to_review, version_id)
        own = [Draft("own case", OWN_CASE, None)]
        (taken,) = self._do("trainer", at + 500, save_drafts, own, "warehouse", origin="cases.xlsx")
        assert taken.item_id == CASE_ID


def tell_tests(var: Path) -> None:
    """Gives the demo in `var` its class."""
    databases = connect("", var)
    Story(databases, int(time.time())).tell()
    databases.dispose()
