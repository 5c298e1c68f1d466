"""Marking: a question and a response give a fraction of its mark and the reason for every part."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations
from typing import Any

from assessments.prose import Prose, same
from assessments.questions import (
    Choice,
    Matching,
    Numeric,
    OpenText,
    Option,
    Ordering,
    Question,
    ShortText,
)
from assessments.typed_numbers import read_number
from core.domain.errors import RuleViolation

MAX_TEXT_LENGTH = 2_000
"""Longest number, word or phrase that is kept as an answer."""

MAX_OPEN_TEXT_LENGTH = 20_000
"""Longest open text that is kept as an answer."""

Response = Any
"""What a person answered, as it is stored: a name, a list of names, a text, or left names to right names."""

BLANK, WAITING, WRONG, PARTLY, RIGHT = "blank", "waiting", "wrong", "partly", "right"

VERDICT_LABELS: Mapping[str, str] = {
    BLANK: "Not answered",
    WAITING: "Waiting for marking",
    WRONG: "Wrong",
    PARTLY: "Partly right",
    RIGHT: "Right",
}

_PLURALS = (  # of units that questions ask for; each loses its "s" beside a one
    "accounts",
    "answers",
    "articles",
    "characters",
    "days",
    "devices",
    "digits",
    "hours",
    "lines",
    "minutes",
    "orders",
    "parcels",
    "places",
    "points",
    "rows",
    "times",
    "units",
)
_SURROUNDING = " \t\r\n.。!！?？,，;；:：'\"“”‘’「」《》()（）"


@dataclass(frozen=True, slots=True)
class Finding:
    """One part of an answer beside what was wanted, with the reason.

    Shape: `given` and `wanted` are None for a plain option; then `chosen` says whether it was taken.
    """

    text: Prose
    given: Prose | None
    wanted: Prose | None
    chosen: bool
    right: bool
    reason: Prose


@dataclass(frozen=True, slots=True)
class Mark:
    """What a response is worth.

    Units: fraction 0..1 of the item's weight; None for an open text that a person has to mark.
    """

    fraction: float | None
    verdict: str
    findings: tuple[Finding, ...]


def mark(question: Question, response: Response) -> Mark:
    """Marks a response; the same two always give the same mark, so an attempt can be replayed."""
    content = question.content
    match content:
        case Choice():
            fraction, findings = _mark_choice(content, response)
        case Numeric():
            fraction, findings = _mark_numeric(content, response)
        case ShortText():
            fraction, findings = _mark_short_text(content, response)
        case Matching():
            fraction, findings = _mark_matching(content, response)
        case Ordering():
            fraction, findings = _mark_ordering(content, response)
        case OpenText():
            given = None if is_blank(response) else same(str(response))
            finding = Finding(question.stem, given, None, given is not None, False, content.reason)
            return Mark(0.0 if given is None else None, BLANK if given is None else WAITING, (finding,))
    fraction = min(1.0, max(0.0, round(fraction, 9)))
    return Mark(fraction, verdict_of(fraction, response), findings)


def is_blank(response: Response) -> bool:
    """Whether nothing has been answered."""
    if isinstance(response, str):
        return not response.strip()
    return response is None or len(response) == 0


def checked_response(question: Question, response: Response) -> Response:
    """The response in the one form in which it is stored.

    Raises: RuleViolation when it doesn't fit the question, as from an old page or a forged message.
    """
    content = question.content
    if response is None:
        return None
    if isinstance(content, Numeric | ShortText | OpenText) and isinstance(response, str):
        limit = MAX_OPEN_TEXT_LENGTH if isinstance(content, OpenText) else MAX_TEXT_LENGTH
        if len(response) > limit:
            raise RuleViolation("An answer may be at most {limit} characters long.", limit=limit)
        return response
    if isinstance(content, Choice):
        names = [option.name for option in content.options]
        if not content.several and response in names:
            return response
        if content.several and _fits(response, names):
            return [name for name in names if name in response]
    if isinstance(content, Ordering) and _fits(response, [step.name for step in content.steps]):
        return list(response)
    if isinstance(content, Matching) and isinstance(response, Mapping):
        rights = {right.name for right in content.rights}
        lefts = [pair.name for pair in content.pairs]
        if set(response) <= set(lefts) and set(response.values()) <= rights:
            return {left: response[left] for left in lefts if left in response}
    raise RuleViolation("This answer doesn't fit the question. Reload the page and answer again.")


def _fits(response: Response, names: list[str]) -> bool:
    return (
        isinstance(response, Sequence)
        and not isinstance(response, str)
        and all(name in names for name in response)
        and len(set(response)) == len(response)
    )


def verdict_of(fraction: float | None, response: Response) -> str:
    """What an answer is called that is worth so much."""
    if is_blank(response):
        return BLANK
    if fraction is None:
        return WAITING
    if fraction >= 1:
        return RIGHT
    return PARTLY if fraction > 0 else WRONG


def _mark_choice(content: Choice, response: Response) -> tuple[float, tuple[Finding, ...]]:
    chosen = set(response or ()) if content.several else {response}

    def finding(option: Option) -> Finding:
        taken = option.name in chosen
        return Finding(option.text, None, None, taken, option.fraction > 0, option.reason)

    fraction = sum(option.fraction for option in content.options if option.name in chosen)
    return fraction, tuple(finding(option) for option in content.options)


def _mark_numeric(content: Numeric, response: Response) -> tuple[float, tuple[Finding, ...]]:
    wanted = _amount(content)
    typed = response if isinstance(response, str) else ""
    value = read_number(typed, content.unit)
    fraction, reasons = 0.0, [content.reason]
    if value is not None and _within(value, content.answer, content.tolerance):
        fraction = 1.0
    elif value is not None:
        for near in content.near:
            if _within(value, near.value, near.tolerance):
                fraction, reasons = near.fraction, [near.reason, content.reason]
                break
    given = same(typed) if typed.strip() else None
    findings = [Finding(wanted, given, wanted, given is not None, fraction >= 1, reasons[0])]
    findings += [Finding(wanted, None, wanted, False, True, reason) for reason in reasons[1:]]
    return fraction, tuple(findings)


def _amount(content: Numeric) -> Prose:
    """The number wanted, as a reader expects it: with a real minus, and a percent sign without a blank."""
    number = f"{content.answer:,.10g}".replace("-", "−")
    if content.tolerance:
        number += f" ± {content.tolerance:,.10g}"
    if content.unit is None:
        return same(number)
    if content.unit.en == "%":
        return same(f"({number})%" if content.tolerance else f"{number}%")
    unit = content.unit.en
    if abs(content.answer) == 1 and not content.tolerance:
        unit = _of_one(unit)
    return Prose(f"{number} {unit}", f"{number} {content.unit.zh}")


def _of_one(unit: str) -> str:
    """An English unit as it stands beside a one; unknown ones stay as they are."""
    *before, last = unit.split(" ")
    if last == "people":
        last = "person"
    elif last in _PLURALS:
        last = last.removesuffix("s")
    return " ".join((*before, last))


def _within(value: Decimal, answer: float, tolerance: float) -> bool:
    return abs(value - Decimal(str(answer))) <= Decimal(str(tolerance))


def normalised(text: str) -> str:
    """A short answer without what doesn't count: width, case, surrounding marks, doubled blanks."""
    plain = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
    return " ".join(plain.split()).strip(_SURROUNDING)


def matches(pattern: str, text: str) -> bool:
    """Whether a normalised text is the pattern, `*` standing for anything.

    Why: searched part by part, so that no answer can make it slow, as one can with a regular expression.
    """
    first, *middle = normalised(pattern).split("*")
    if not middle:
        return first == text
    *middle, last = middle
    if not text.startswith(first) or len(text) < len(first) + len(last) or not text.endswith(last):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _mark_short_text(content: ShortText, response: Response) -> tuple[float, tuple[Finding, ...]]:
    typed = response if isinstance(response, str) else ""
    wanted = same(next(accept.pattern for accept in content.accepts if accept.fraction == 1))
    given = same(typed) if typed.strip() else None
    text = normalised(typed)
    for accept in sorted(content.accepts, key=lambda one: -one.fraction):
        if given is not None and matches(accept.pattern, text):
            right = accept.fraction >= 1
            return accept.fraction, (Finding(wanted, given, wanted, True, right, accept.reason),)
    return 0.0, (Finding(wanted, given, wanted, given is not None, False, content.reason),)


def _mark_matching(content: Matching, response: Response) -> tuple[float, tuple[Finding, ...]]:
    chosen: Mapping[str, str] = response if isinstance(response, Mapping) else {}
    texts = {right.name: right.text for right in content.rights}
    findings = []
    for pair in content.pairs:
        taken = chosen.get(pair.name)
        findings.append(
            Finding(
                text=pair.left,
                given=texts.get(taken) if taken else None,
                wanted=texts[pair.right],
                chosen=taken is not None,
                right=taken == pair.right,
                reason=pair.reason,
            )
        )
    return sum(finding.right for finding in findings) / len(content.pairs), tuple(findings)


def _mark_ordering(content: Ordering, response: Response) -> tuple[float, tuple[Finding, ...]]:
    """Share of pairs of steps in the right order less the share in the wrong one.

    Source: Kendall's tau on the steps placed, over all pairs, not below 0.
    """
    names = [step.name for step in content.steps]
    places = {name: place for place, name in enumerate(response or ())}
    agreement = 0
    for earlier, later in combinations(names, 2):
        if earlier in places and later in places:
            agreement += 1 if places[earlier] < places[later] else -1
    findings = tuple(
        Finding(
            text=step.text,
            given=same(str(places[step.name] + 1)) if step.name in places else None,
            wanted=same(str(place + 1)),
            chosen=step.name in places,
            right=places.get(step.name) == place,
            reason=step.reason,
        )
        for place, step in enumerate(content.steps)
    )
    return agreement / (len(names) * (len(names) - 1) / 2), findings
