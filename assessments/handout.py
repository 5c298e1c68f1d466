"""Handouts: an attempt's questions as one text, of which a click reads only the line it needs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from assessments.questions import Matching, Ordering, Question, as_data, from_data


def dumped(data: object) -> str:
    """Plain data as it is stored, on one line.

    Why: escaped to ASCII, so that NUL and lone surrogates in an answer survive every database.
    """
    return json.dumps(data, ensure_ascii=True, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Place:
    """What is known of a question without reading it.

    Shape: `parts` is how many pairs or steps a whole answer has, 1 where an answer is whole at once.
    """

    item_id: str
    parts: int
    competency: str
    level: str
    weight: float


def packed(questions: Sequence[Question]) -> str:
    """The questions as they are stored with the attempt: a line of places, then a line for each question.

    Why: twenty questions are 30 KB; reading all of them at every click cost more than drawing the page (measured).
    """
    return "\n".join([dumped([_place(one) for one in questions]), *(dumped(as_data(one)) for one in questions)])


def replaced(handout: str, questions: Mapping[int, Question]) -> str:
    """A handout with other questions at some places, which are counted from 0; the rest isn't read."""
    line, *lines = handout.split("\n")
    places = json.loads(line)
    for at, question in questions.items():
        places[at], lines[at] = _place(question), dumped(as_data(question))
    return "\n".join([dumped(places), *lines])


def unpacked(handout: str) -> tuple[Question, ...]:
    """All questions of a handout."""
    return tuple(from_data(json.loads(line)) for line in handout.split("\n")[1:])


def places_in(handout: str) -> list[Place]:
    """The places of a handout in their order."""
    return [Place(*place) for place in json.loads(handout[: handout.index("\n")])]


@lru_cache(maxsize=512)
def places_of(line: str) -> tuple[Place, ...]:
    """The places that a handout's first line holds; kept, since everybody with the same form has the same line."""
    return tuple(Place(*place) for place in json.loads(line))


def question_at(handout: str, place: int) -> Question:
    """One question of a handout; places count from 0."""
    return from_data(json.loads(handout.split("\n")[place + 1]))


def _place(question: Question) -> list[object]:
    return [question.item_id, _parts(question), question.competency, question.level, question.weight]


def _parts(question: Question) -> int:
    match question.content:
        case Matching(pairs=pairs):
            return len(pairs)
        case Ordering(steps=steps):
            return len(steps)
    return 1
