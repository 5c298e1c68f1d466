"""Gives a demo a few days of training for the pictures: tests and exercises, through the product's own verbs."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from sqlalchemy import select

from assessments.attempts import POST, PRE, finish_attempt, questions_in, readable_row, save_answer, start_attempt
from assessments.exercise import case_in
from assessments.exercises import EXERCISES
from assessments.forms import TESTS
from assessments.practice import PracticeRoom, check_practice, open_practice
from core.context import ENGINE, Context, World
from core.db.engines import Databases, connect, transaction
from core.db.portal_tables import person, practice_world
from core.db.worlds import PracticeFiles, practice_now, world_of
from core.domain.rights import PRACTICE_RIGHTS
from core.portal.people import actor_of, get_person
from tests.assessments.taking import right_answer

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Story:
    """How far somebody has come. `post` is None for who is still on the way; shares are of right answers."""

    login: str
    pre: float
    exercises_count: int
    post: float | None


STORIES = (
    Story("warehouse", 0.45, 3, 0.85),
    Story("service", 0.60, 3, 0.95),
    Story("operations", 0.75, 3, 0.90),
    Story("finance", 0.35, 2, None),
)


class Telling:
    """One person's training, some days ago."""

    def __init__(self, databases: Databases, story: Story, now: int) -> None:
        self._databases, self._story, self._now = databases, story, now
        self._room = PracticeRoom(PracticeFiles(databases.var / "practice"))
        self._dice = random.Random(story.login)
        with transaction(databases.portal) as db:
            person_id = db.execute(select(person.c.id).where(person.c.login == story.login)).scalar_one()
            self._actor = actor_of(get_person(Context(db, ENGINE, now, World("portal", "portal")), person_id))

    def tell(self) -> None:
        """Pre-test, exercises, and the post-test of whoever came that far."""
        self._take(PRE, self._story.pre, self._now - 5 * DAY)
        for number, exercise in enumerate(EXERCISES[: self._story.exercises_count]):
            self._practise(exercise.key, self._now - (4 - number) * DAY)
        if self._story.post is not None:
            self._take(POST, self._story.post, self._now - DAY)

    def _do(self, at: int, work: Any, *args: Any) -> Any:
        with transaction(self._databases.portal) as db:
            return work(Context(db, self._actor, at, World("portal", "portal")), *args)

    def _take(self, phase: str, share: float, at: int) -> None:
        attempt_id = self._do(at, start_attempt, TESTS[0], phase)
        questions = self._do(at, lambda ctx: questions_in(readable_row(ctx, attempt_id)))
        known = set(self._dice.sample(range(len(questions)), round(share * len(questions))))
        for number, question in enumerate(questions):
            if number in known:
                self._do(at + 40 * number, save_answer, attempt_id, question.item_id, right_answer(question))
        self._do(at + 40 * len(questions), finish_attempt, attempt_id)

    def _practise(self, key: str, at: int) -> None:
        stay = self._do(at, open_practice, self._room, key)
        self._do(at + 60, check_practice, self._room, stay.practice_id)  # too early: it is looked at before it is done
        with transaction(self._databases.portal) as db:
            row = db.execute(select(practice_world).where(practice_world.c.id == stay.practice_id)).one()
        exercise = next(one for one in EXERCISES if one.key == key)
        with transaction(self._room.files.engine(row.file)) as db:
            now = practice_now(db, row.started_at, at + 600)
            world = world_of(db, "practice", stay.practice_id)
            ctx = Context(db, replace(self._actor, rights=PRACTICE_RIGHTS), now, world)
            for _ in exercise.solve(ctx, case_in(ctx, exercise).ids):
                pass
        self._do(at + 660, check_practice, self._room, stay.practice_id)


def tell_training(var: Path) -> None:
    """Gives the demo in `var` its training."""
    databases = connect("", var)
    for story in STORIES:
        Telling(databases, story, int(time.time())).tell()
    databases.dispose()
