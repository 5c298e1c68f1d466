"""Previews: a draft as the employee would get it, however incomplete it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random
from typing import Any

from assessments import figures
from assessments.bank import Generated
from assessments.banked_items import read_draft
from assessments.forms import question_for
from assessments.item_drafts import plain_item
from assessments.marking import Response, checked_response, is_blank
from assessments.prose import LANGUAGES, Prose
from assessments.questions import (
    NAMES,
    Accept,
    Choice,
    Content,
    Matching,
    Near,
    Numeric,
    OpenText,
    Option,
    Ordering,
    Pair,
    Question,
    Right,
    ShortText,
    Step,
    shuffled,
    view_of,
)
from assessments.sheets import Sheet
from assessments.test_settings import Settings
from core.domain.errors import ContentError, OrderlyError, RuleViolation

NOBODY = 0
"""The person a preview is made for."""
MISSING = "…"


@dataclass(frozen=True, slots=True)
class Preview:
    """A draft as a question.

    Shape: `question` is None where nothing can be shown yet; `refusal` says what the reader has against the draft,
    None for one that could be asked as it is. Only such a one is marked.
    """

    question: Question | None
    refusal: OrderlyError | None


def preview_of(draft: Mapping[str, Any], item_id: str, version: int, seed: int) -> Preview:
    """A draft as the employee sees it; another seed gives other figures and another order."""
    try:
        item = read_draft(draft, item_id, version)
    except ContentError as error:
        return Preview(_sketched(draft, item_id, seed), RuleViolation(error.template, **error.params))
    if isinstance(item.content, Generated):
        with figures.practice_figures() as world:
            return Preview(question_for(item, seed, NOBODY, world), None)
    return Preview(question_for(item, seed, NOBODY, None), None)


def trial_sheet(question: Question, attempt_id: int, response: Response) -> Sheet:
    """A question as the test page draws it, for trying it out; an answer that doesn't fit any more is none."""
    try:
        answer = checked_response(question, response)
    except RuleViolation:
        answer = None
    return Sheet(
        attempt_id=attempt_id,
        test="",
        phase="",
        finished=False,
        overdue=False,
        seconds_left=None,
        settings=Settings(),
        place=0,
        states=(),
        item_id=question.item_id,
        question=view_of(question),
        response=None if is_blank(answer) else answer,
        certainty=None,
        number=0,
        saved_at=None,
        checkable=False,
        asks_certainty=False,
        tries_left=0,
        feedback=None,
        larger_text=False,
    )


def _sketched(draft: Mapping[str, Any], item_id: str, seed: int) -> Question | None:
    """What is there of a draft, with a sign in place of what is missing; None for one that a model would make."""
    plain = plain_item(draft)
    content = _content(plain)
    if content is None:
        return None
    question = Question(
        item_id=item_id,
        kind=str(plain["kind"]),
        competency=str(plain.get("competency", "")),
        level=str(plain.get("level", "")),
        weight=1.0,
        generated=False,
        stem=shown_prose(plain.get("stem")),
        content=content,
    )
    return shuffled(question, Random(seed))


def shown_prose(value: Any) -> Prose:
    said = [str((value or {}).get(language) or MISSING) for language in LANGUAGES]
    return Prose(*said)


def _content(plain: Mapping[str, Any]) -> Content | None:
    def parts(group: str) -> list[tuple[str, Mapping[str, Any]]]:
        return list(zip(NAMES, plain.get(group, []), strict=False))

    match plain.get("kind"):
        case "single" | "multiple" as kind:
            options = [
                Option(name, shown_prose(one.get("text")), one.get("fraction") or 0.0, shown_prose(one.get("reason")))
                for name, one in parts("options")
            ]
            return Choice(tuple(options), several=kind == "multiple")
        case "numeric":
            near = [
                Near(one.get("value") or 0.0, one.get("tolerance") or 0.0, 0.0, shown_prose(one.get("reason")))
                for _, one in parts("near")
            ]
            unit = shown_prose(plain["unit"]) if plain.get("unit") else None
            return Numeric(plain.get("answer") or 0.0, 0.0, unit, shown_prose(plain.get("reason")), tuple(near))
        case "short_text":
            return ShortText((Accept(MISSING, 1.0, Prose(MISSING, MISSING)),), shown_prose(plain.get("reason")))
        case "matching":
            return _matching(parts("pairs"), plain.get("distractors", []))
        case "open_text":
            return OpenText((), shown_prose(plain.get("reason")))
        case "ordering":
            steps = [
                Step(name, shown_prose(one.get("text")), shown_prose(one.get("reason"))) for name, one in parts("steps")
            ]
            return Ordering(tuple(steps)) if steps else None
    return None


def _matching(pairs: list[tuple[str, Mapping[str, Any]]], distractors: list[Any]) -> Matching:
    rights = [shown_prose(one.get("right")) for _, one in pairs] + [shown_prose(one) for one in distractors]
    named = tuple(Right(name, text) for name, text in zip(NAMES, dict.fromkeys(rights), strict=False))
    names = {right.text: right.name for right in named}
    return Matching(
        tuple(
            Pair(
                name,
                shown_prose(one.get("left")),
                names.get(shown_prose(one.get("right")), ""),
                shown_prose(one.get("reason")),
            )
            for name, one in pairs
        ),
        named,
    )
