"""A crowd of given abilities that takes tests, written in bulk: for statistics, their pages and their pictures."""

from __future__ import annotations

import json
import math
import random
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, func, insert, select

from assessments import figures
from assessments.attempts import POST, PRE
from assessments.forms import FORM_NAMES, blueprint_of, forms_of, other_form, questions_for
from assessments.handout import dumped, packed
from assessments.marking import mark
from assessments.questions import Choice, Matching, Numeric, Ordering, Question, ShortText
from assessments.statistics.guessing import guess_rate
from core.db.assessment_tables import attempt, attempt_step
from core.db.portal_tables import person, preference
from tests.assessments.taking import right_answer

TEAMS = ("Order desk", "Warehouse North", "Warehouse South", "Service")
SURNAMES = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨"
GIVEN = ("Wei", "Min", "Jie", "Lan", "Tao", "Ying", "Bo", "Xue", "Hao", "Na")
VARIANTS = 6
"""So many different handouts of a form are made, since building the figures of one takes 15 ms."""


@dataclass(frozen=True)
class Crowd:
    """Who comes, what they know and what training does for them.

    Units: abilities in standard deviations; `gain` is what training adds; `seconds` the usual time per item.
    `wrong_keys`: items of which the better people choose the first wrong option.
    """

    count: int
    seed: int = 1
    ability: float = -0.3
    spread: float = 1.0
    gain: float = 1.0
    post: bool = True
    swapped: bool = True
    form_b_ease: float = 0.0
    wrong_keys: frozenset[str] = field(default_factory=frozenset)
    teams: Sequence[str] = TEAMS
    seconds: float = 35.0


def gather(db: Connection, test: str, crowd: Crowd, now: int, again: Sequence[int] = ()) -> list[int]:
    """Lets a crowd take the pre-test and the post-test of a test; gives the ids of its people.

    `again`: the people of a crowd that came before, for a further test; its teams are theirs.
    The figures of generated items come from the world that `figures` reads, as for everybody.
    """
    rng = random.Random(f"crowd {crowd.seed}")
    people = _known(db, again) if again else _admit(db, crowd, now, rng)
    handouts = _handouts(test)
    stored = {name: [packed(questions) for questions in made] for name, made in handouts.items()}
    number = int(db.execute(select(func.max(attempt.c.id))).scalar_one() or 0)
    attempts: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for nth, (who, team) in enumerate(people):
        ability = rng.gauss(crowd.ability + 0.25 * crowd.teams.index(team), crowd.spread)
        first = FORM_NAMES[nth % 2] if crowd.swapped else FORM_NAMES[0]
        for phase, form in ((PRE, first), (POST, other_form(first)))[: 2 if crowd.post else 1]:
            number += 1
            known = ability + (rng.gauss(crowd.gain, 0.35) if phase == POST else 0.0)
            known += crowd.form_b_ease if form == "B" else 0.0
            row: dict[str, Any] = {"id": number, "person_id": who, "test": test, "phase": phase, "form": form}
            row["started_at"] = now + (86_400 * 14 if phase == POST else 0) + 60 * nth
            questions = handouts[form][nth % VARIANTS]
            taken = _take(questions, known, crowd, row["started_at"], rng)
            row |= _ended(row, questions, taken)
            attempts.append({**row, "seed": blueprint_of(test).seed, "items": stored[form][nth % VARIANTS]})
            steps += _numbered(row, taken)
    db.execute(insert(attempt), attempts)
    db.execute(insert(attempt_step), steps)
    return [who for who, _ in people]


def _handouts(test: str) -> dict[str, list[tuple[Question, ...]]]:
    with figures.practice_figures() as world:
        return {
            name: [questions_for(form, blueprint_of(test).seed, one, world) for one in range(VARIANTS)]
            for name, form in forms_of(test).items()
        }


def _ended(
    row: Mapping[str, Any], questions: Sequence[Question], taken: Sequence[dict[str, Any] | None]
) -> dict[str, Any]:
    reached = sum(q.weight * step["fraction"] for q, step in zip(questions, taken, strict=True) if step)
    last = max([row["started_at"], *(step["at"] for step in taken if step)])
    score = round(reached / sum(question.weight for question in questions), 9)
    return {"status": "finished", "finished_at": last + 9, "score": score}


def _admit(db: Connection, crowd: Crowd, now: int, rng: random.Random) -> list[tuple[int, str]]:
    last = int(db.execute(select(func.max(person.c.id))).scalar_one() or 0)
    rows = []
    for nth in range(crowd.count):
        name = f"{rng.choice(SURNAMES)}{rng.choice(GIVEN)} {nth + 1:03d}"
        rows.append(
            {
                "id": last + nth + 1,
                "login": f"crowd-{crowd.seed}-{nth}",
                "name": name,
                "role": "employee",
                "position": "OWSPF"[nth % 5],
                "team": crowd.teams[nth // 2 % len(crowd.teams)],
                "created_at": now,
            }
        )
    db.execute(insert(person), rows)
    languages = [
        {"person_id": row["id"], "key": "language", "value": "zh" if rng.random() < 0.6 else "en"} for row in rows
    ]
    db.execute(insert(preference), languages)
    return [(int(str(row["id"])), str(row["team"])) for row in rows]


def _known(db: Connection, ids: Sequence[int]) -> list[tuple[int, str]]:
    rows = db.execute(select(person.c.id, person.c.team).where(person.c.id.in_(ids)).order_by(person.c.id))
    return [(row.id, row.team) for row in rows]


def _numbered(row: Mapping[str, Any], taken: Sequence[dict[str, Any] | None]) -> list[dict[str, Any]]:
    blank = {"item_id": None, "response": None, "fraction": None}
    steps = [
        {**blank, "kind": "start", "at": row["started_at"]},
        *(step for step in taken if step),
        {**blank, "kind": "finish", "at": row["finished_at"], "fraction": row["score"]},
    ]
    return [{**step, "attempt_id": row["id"], "number": place} for place, step in enumerate(steps)]


def _take(
    questions: Sequence[Question], ability: float, crowd: Crowd, at: int, rng: random.Random
) -> list[dict[str, Any] | None]:
    """One step per question, none where it was left blank."""
    steps: list[dict[str, Any] | None] = []
    for place, question in enumerate(questions):
        if rng.random() < 0.01 + 0.04 * (place == len(questions) - 1):
            steps.append(None)
            continue
        at += 1 + round(crowd.seconds * rng.gammavariate(4, 0.25))
        response = _answer(question, ability, crowd, rng)
        steps.append(
            {
                "kind": "answer",
                "item_id": question.item_id,
                "at": at,
                "response": dumped(response),
                "fraction": mark(question, response).fraction,
            }
        )
    return steps


def hardness(item_id: str) -> float:
    """How hard an item is: always the same, drawn from its id. Units: standard deviations."""
    return 2.6 * (zlib.crc32(item_id.encode()) % 1000) / 1000 - 1.6


def _answer(question: Question, ability: float, crowd: Crowd, rng: random.Random) -> Any:
    guess = guess_rate(question.content)
    knows = guess + (1 - guess) / (1 + math.exp(-1.3 * (ability - hardness(question.item_id))))
    right = rng.random() < knows
    if question.item_id in crowd.wrong_keys and isinstance(question.content, Choice) and right:
        return next(option.name for option in question.content.options if option.fraction <= 0)
    return json.loads(dumped(right_answer(question) if right else _wrong(question, rng)))


def _wrong(question: Question, rng: random.Random) -> Any:
    """A mistake of the kind that people make."""
    match question.content:
        case Choice(options=options, several=False):
            wrong = [option.name for option in options if option.fraction <= 0]
            return rng.choices(wrong, [3, 2, *[1] * len(wrong)][: len(wrong)])[0]
        case Choice(options=options):
            return [option.name for option in options if rng.random() < 0.5]
        case Numeric(answer=answer):
            return f"{answer * 2 + 1:.10g}"
        case ShortText():
            return "不知道"
        case Matching(pairs=pairs, rights=rights):
            return {pair.name: rng.choice(rights).name for pair in pairs}
        case Ordering(steps=steps):
            return rng.sample([step.name for step in steps], len(steps))
    return ""
