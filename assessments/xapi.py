"""xAPI statements: finished attempts as lines of JSON that a learning record store takes in, twice without doubling."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from math import isnan
from typing import Any

from sqlalchemy import select

from assessments.attempt_rows import settings_in
from assessments.blueprint import blueprint_of
from assessments.handout import dumped, places_in
from assessments.prose import Prose
from assessments.questions import Choice, Matching, Numeric, OpenText, Ordering, Question, ShortText, from_data, view_of
from assessments.sittings import item_keys, read_steps, steps_of_attempts
from assessments.test_settings import is_enough
from assessments.tries import FINISHED
from core.context import Context
from core.db.assessment_tables import attempt

VERBS = "http://adlnet.gov/expapi/verbs/"
ASSESSMENT = "http://adlnet.gov/expapi/activities/assessment"
INTERACTION = "http://adlnet.gov/expapi/activities/cmi.interaction"
LOWEST = -2.0  # what a sure mistake costs where people say how sure they are, in shares of the weight

_GENERATED = '"generated":true'
_SPACE = uuid.UUID("6f0c8d0e-5f2a-5b0b-9c60-2f6a4e0d8a11")


def statements_of(ctx: Context, test: str, home: str) -> bytes:
    """Every finished attempt at a test as JSON lines: attempted, answered, completed, and passed or failed.

    `home` is the address of this installation; people are named by their number there, never by name or e-mail.
    Why: a statement's id is made from what it says, so that a store that gets it again keeps it once. What an activity
    is, is said where it is named first; descriptions are no part of what makes two statements equal.
    Raises: NotAllowed without `attempts.read`. Source: xAPI 1.0.3, part two.
    """
    ctx.actor.need("attempts.read")
    rows = ctx.db.execute(
        select(attempt).where(attempt.c.test == test, attempt.c.status == FINISHED).order_by(attempt.c.id)
    ).all()
    steps = steps_of_attempts(ctx, test, (row.id for row in rows))
    defined: set[str] = set()
    lines = [
        dumped(one) for row in rows for one in _of_attempt(_Speaker(row, home.rstrip("/"), defined), steps[row.id])
    ]
    return "".join(line + "\n" for line in lines).encode("ascii")


def _of_attempt(said: _Speaker, steps: Any) -> Iterator[Mapping[str, Any]]:
    row = said.row
    places, keys = places_in(row.items), list(item_keys(row.items))
    read = read_steps(steps, {place.item_id: at for at, place in enumerate(places)})
    yield said.statement("attempted", said.test(), row.started_at)
    answered_at = {step.item_id: step.at for step in steps if step.item_id is not None}
    for at, place in enumerate(places):
        if not read.blank[at]:
            result = _result(read.latest.get(at), read.fractions[at], place.weight, read.seconds[at])
            if place.item_id in read.waits_for:
                result.pop("score")
                result.pop("success")
            when = answered_at[place.item_id]
            yield said.statement("answered", said.item(at, *keys[at]), when, result, in_test=True)
    total = sum(place.weight for place in places)
    overall: dict[str, Any] = {"completion": True, "duration": _duration(row.finished_at - row.started_at)}
    if not read.waiting:
        overall["score"] = {"scaled": row.score, "raw": round(row.score * total, 6), "min": 0, "max": total}
    yield said.statement("completed", said.test(), row.finished_at, overall)
    passed = is_enough(row.score, settings_in(row).pass_rate)
    if passed is not None and not read.waiting:
        verdict = {**overall, "success": passed}
        yield said.statement("passed" if passed else "failed", said.test(), row.finished_at, verdict)


class _Speaker:
    """What all statements about one attempt have in common."""

    def __init__(self, row: Any, home: str, defined: set[str]) -> None:
        self.row, self.home, self.defined = row, home, defined
        self.lines = row.items.split("\n")[1:]
        self.registration = str(uuid.uuid5(_SPACE, f"{home} attempt {row.id}"))
        self.test_id = f"{home}/xapi/tests/{row.test}"

    def test(self) -> Mapping[str, Any]:
        """The test as an activity."""
        name = _words(blueprint_of(self.row.test).title)
        return self._activity(self.test_id, lambda: {"type": ASSESSMENT, "name": name})

    def item(self, place: int, item_id: str, version: int) -> Mapping[str, Any]:
        """An item as an activity, with what could be chosen but not what is right."""
        # The figures of a generated item are one person's own, so it is an activity of its own.
        own = f"/{self.row.id}" if _GENERATED in self.lines[place] else ""
        name = f"{self.home}/xapi/items/{item_id}/{version}{own}"
        return self._activity(name, lambda: _definition(from_data(json.loads(self.lines[place]))))

    def _activity(self, name: str, define: Callable[[], Mapping[str, Any]]) -> Mapping[str, Any]:
        """An activity, described where it is named for the first time."""
        found: dict[str, Any] = {"objectType": "Activity", "id": name}
        if name not in self.defined:
            self.defined.add(name)
            found["definition"] = define()
        return found

    def statement(
        self,
        verb: str,
        activity: Mapping[str, Any],
        at: int,
        result: Mapping[str, Any] | None = None,
        *,
        in_test: bool = False,
    ) -> Mapping[str, Any]:
        """One statement. Its id doesn't depend on whether the activity is described in it."""
        row = self.row
        context: dict[str, Any] = {
            "registration": self.registration,
            "platform": "Orderly",
            "extensions": {f"{self.home}/xapi/phase": row.phase, f"{self.home}/xapi/form": row.form},
        }
        if in_test:
            context["contextActivities"] = {"parent": [{"objectType": "Activity", "id": self.test_id}]}
        body: dict[str, Any] = {
            "actor": {"objectType": "Agent", "account": {"homePage": self.home, "name": str(row.person_id)}},
            "verb": {"id": VERBS + verb, "display": {"en-US": verb}},
            "object": activity,
            "context": context,
            "timestamp": _instant(at),
        }
        if result is not None:
            body["result"] = result
        said = json.dumps({**body, "object": activity["id"]}, sort_keys=True)
        return {"id": str(uuid.uuid5(_SPACE, said)), **body}


def _definition(question: Question) -> Mapping[str, Any]:
    found: dict[str, Any] = {
        "type": INTERACTION,
        "name": _words(question.stem),
        "interactionType": _interaction(question),
    }
    shown = view_of(question)
    if isinstance(question.content, Choice | Ordering):
        found["choices"] = [{"id": one.name, "description": _words(one.text)} for one in shown.choices]
    elif isinstance(question.content, Matching):
        found["source"] = [{"id": one.name, "description": _words(one.text)} for one in shown.lefts]
        found["target"] = [{"id": one.name, "description": _words(one.text)} for one in shown.choices]
    return found


def _result(response: Any, fraction: float, weight: float, seconds: float) -> dict[str, Any]:
    """What an answer was and what it is worth. A scaled score may not be below -1, whatever a sure mistake costs."""
    result: dict[str, Any] = {
        "response": _response(response),
        "success": fraction >= 1,
        "score": {
            "scaled": max(-1.0, round(fraction, 6)),
            "raw": round(fraction * weight, 6),
            "min": 0 if fraction >= 0 else LOWEST * weight,
            "max": weight,
        },
    }
    if not isnan(seconds):
        result["duration"] = _duration(seconds)
    return result


def _interaction(question: Question) -> str:
    match question.content:
        case Choice():
            return "choice"
        case Numeric():
            return "numeric"
        case ShortText():
            return "fill-in"
        case Matching():
            return "matching"
        case Ordering():
            return "sequencing"
        case OpenText():
            return "long-fill-in"


def _response(response: Any) -> str:
    """An answer as xAPI writes it: parts between [,], pairs between [.]."""
    if isinstance(response, Mapping):
        return "[,]".join(f"{left}[.]{right}" for left, right in response.items())
    if isinstance(response, list):
        return "[,]".join(response)
    return "" if response is None else str(response)


def _words(prose: Prose) -> Mapping[str, str]:
    return {"en-US": prose.en.replace("**", ""), "zh-CN": prose.zh.replace("**", "")}


def _instant(at: int) -> str:
    return datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _duration(seconds: float) -> str:
    return f"PT{round(seconds)}S"
