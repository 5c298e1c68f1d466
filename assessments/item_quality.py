"""Quality of an item: rules of good questions, as tests hold the banks to them and as an author reads them as hints."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

from assessments.bank import LEVELS
from assessments.competencies import COMPETENCIES
from assessments.item_drafts import Spot
from assessments.prose import LANGUAGES

Table = Mapping[str, Any]

_EN_NEGATIVE = r"\b(not|never|except|isn't|aren't|doesn't|don't|can't|cannot|mustn't|shouldn't|incorrect|least)\b"
_ZH_NEGATIVE = r"不(?!同)|除外|错误的是"
_COLLECTIVE = r"\b(all|none|both|neither) of (the above|these|them)\b|以上(都|皆|均|全)|(都|均)(不)?正确|上述"

TELLING = 1.2
"""How many times longer than the next an option is before anybody notices."""

HINT_LABELS: Mapping[str, str] = {
    "longest": "The right option is longer than every other one; people guess it by its length.",
    "shortest": "The right option is shorter than every other one; people guess it by its length.",
    "collective": "An option that only points at the others (“all of the above”) says little about what is known.",
    "negative": "The question is turned round by a word that is easily overlooked. Emphasise it: **not**.",
    "emphasis": "A word is emphasised in one language only.",
    "script": "There are Chinese characters in the English text.",
    "same options": "Two options say the same.",
    "reason repeats": "The reason only repeats the option.",
    "few options": "Fewer than three options leave much to chance.",
    "no key": "No option is right yet.",
    "keys": "A single choice has exactly one right option; {count} are.",
    "sum": "The right options add up to {total}, not to 1.",
    "all ticked": "Ticking everything earns marks: let the wrong options cost as much as the right ones bring.",
    "nothing wrong": "Without a wrong option everybody who ticks everything is right.",
    "near overlaps": "A near answer lies within the tolerance of another one or of the right number.",
    "first pattern": "The first accepted answer is shown as the right one; write it without *.",
    "one language": "Accept an answer in each language, since people answer in theirs.",
    "elimination": "With no right side to spare the last pair is found by elimination: add one that fits none.",
    "few pairs": "Fewer than four pairs are quickly guessed.",
    "few steps": "Fewer than four steps are quickly guessed.",
    "same parts": "Two of the texts to choose from are the same.",
    "known stem": "Another question of the bank asks the very same: {item}.",
    "positions": "The profile asks this level of the competency of other positions: {positions}.",
    "source": "Name the section of the handbook it comes from, like “Handbook 3.2”.",
}


@dataclass(frozen=True, slots=True)
class Hint:
    """One thing that could be better about an item: which rule (of HINT_LABELS), and where."""

    rule: str
    spot: Spot | None = None
    params: Mapping[str, Any] = field(default_factory=dict)


# ---- the rules ---------------------------------------------------------------------------------------------------


def proses_of(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every text of an item that a person reads, with its place."""
    if isinstance(value, dict):
        if set(value) & set(LANGUAGES):
            yield path, value
        else:
            for name, part in value.items():
                yield from proses_of(part, f"{path}.{name}")
    elif isinstance(value, list):
        for nth, part in enumerate(value):
            yield from proses_of(part, f"{path}[{nth}]")


def has_chinese(text: str) -> bool:
    """Whether there is a Chinese character in a text."""
    return re.search(r"[\u3400-\u9fff]", text) is not None


def is_complete(prose: Any) -> bool:
    """Whether a text is there in both languages, each of them in its own script."""
    return (
        set(prose) == set(LANGUAGES)
        and all(isinstance(text, str) and text == text.strip() != "" for text in prose.values())
        and not has_chinese(prose["en"])
    )


def places_of_right(item: Table) -> list[bool]:
    """Of each option, whether it is worth something."""
    return [option["fraction"] > 0 for option in item["options"]]


def key_stands_out(item: Table, language: str, longest: bool) -> bool:
    """Whether the key can be told by being longer (or shorter) than every other option."""
    lengths = [len(option["text"][language]) for option in item["options"]]
    key = places_of_right(item).index(True)
    others = lengths[:key] + lengths[key + 1 :]
    return lengths[key] > max(others) if longest else lengths[key] < min(others)


def collective_option(text: str) -> bool:
    """Whether an option only points at the others."""
    return re.search(_COLLECTIVE, text, re.IGNORECASE) is not None


def asking_sentence(stem: str) -> str:
    """The sentence of a stem that asks, where a negative turns the question round; empty if none asks for a pick."""
    sentences = [part for part in re.split(r"(?<=[.?!。？！:：])\s*", stem) if part]
    asking = [part for part in sentences if re.search(r"\b[Ww]hich\b|哪|下列", part)]
    return asking[-1] if asking else ""


def hidden_negative(stem: str, language: str) -> bool:
    """Whether the question of a stem is turned round by a word that isn't emphasised."""
    asked = re.sub(r"\*\*.+?\*\*", "", asking_sentence(stem))
    return re.search(_EN_NEGATIVE if language == "en" else _ZH_NEGATIVE, asked, re.IGNORECASE) is not None


def positions_for(competency: str, level: str) -> tuple[str, ...]:
    """The positions that have to reach a level of a competency; none where either isn't known."""
    known = COMPETENCIES.get(competency)
    if known is None or level not in LEVELS:
        return ()
    return tuple(position for position, required in known.required.items() if required > LEVELS.index(level))


def letters(text: str) -> str:
    """A text without what doesn't count when two are compared: signs, blanks, case."""
    return re.sub(r"[\W_]+", "", text).casefold()


# ---- the hints ---------------------------------------------------------------------------------------------------


def hints_about(draft: Table, known_stems: Mapping[str, str] | None = None, item_id: str = "") -> tuple[Hint, ...]:
    """What could be better about a draft of an item, however incomplete it is.

    Shape: `known_stems` maps the letters of the stems of the bank's items, in either language, to their ids.
    """
    found = [*_about_texts(draft, known_stems or {}, item_id)]
    match draft.get("kind"):
        case "single" | "multiple":
            found += _about_options(draft)
        case "numeric":
            found += _about_numbers(draft)
        case "short_text":
            found += _about_wordings(draft)
        case "matching":
            found += _about_pairs(draft)
        case "ordering":
            found += _about_steps(draft)
    return tuple(found)


def _text(prose: Any, language: str) -> str:
    return str((prose or {}).get(language) or "").strip()


def _repeated(texts: Collection[str]) -> bool:
    said = [letters(text) for text in texts if text.strip()]
    return len(set(said)) < len(said)


def _about_texts(draft: Table, known_stems: Mapping[str, str], item_id: str) -> Iterator[Hint]:
    stem = draft.get("stem")
    stems = {language: _text(stem, language) for language in LANGUAGES}
    for language, said in stems.items():
        if hidden_negative(said, language):
            yield Hint("negative", Spot("stem", language))
    if all(stems.values()) and ("**" in stems["en"]) != ("**" in stems["zh"]):
        yield Hint("emphasis", Spot("stem"))
    if any(has_chinese(prose.get("en") or "") for _, prose in proses_of(dict(draft))):
        yield Hint("script")
    same = {known_stems[letters(said)] for said in stems.values() if letters(said) in known_stems}
    for other in sorted(same - {item_id}):
        yield Hint("known stem", Spot("stem"), {"item": other})
    wanted = positions_for(str(draft.get("competency") or ""), str(draft.get("level") or ""))
    if wanted and draft.get("positions") and set(draft["positions"]) != set(wanted):
        yield Hint("positions", Spot("positions"), {"positions": wanted})
    if not re.match(r"Handbook \d+\.\d+", str(draft.get("source") or "")):
        yield Hint("source", Spot("source"))


def _about_options(draft: Table) -> Iterator[Hint]:
    options = [
        {
            **option,
            "fraction": option.get("fraction") or 0.0,
            "text": {one: _text(option.get("text"), one) for one in LANGUAGES},
        }
        for option in draft.get("options", [])
    ]
    if len(options) < 3:
        yield Hint("few options")
    for language in LANGUAGES:
        texts = [option["text"][language] for option in options]
        if _repeated(texts):
            yield Hint("same options", Spot("text", language, "options", 0))
        for number, (option, text) in enumerate(zip(options, texts, strict=True), start=1):
            if collective_option(text):
                yield Hint("collective", Spot("text", language, "options", number))
            if text and letters(text) == letters(_text(option.get("reason"), language)):
                yield Hint("reason repeats", Spot("reason", language, "options", number))
    yield from (_about_single(options) if draft.get("kind") == "single" else _about_multiple(options))


def _about_single(options: list[dict[str, Any]]) -> Iterator[Hint]:
    count = sum(option["fraction"] > 0 for option in options)
    if count != 1:
        yield Hint("keys", None, {"count": count}) if count else Hint("no key")
        return
    for language in LANGUAGES:
        if len(options) > 1 and all(option["text"][language] for option in options):
            lengths = sorted(len(option["text"][language]) for option in options)
            table = {"options": options}
            if key_stands_out(table, language, longest=True) and lengths[-1] > TELLING * lengths[-2]:
                yield Hint("longest", Spot("text", language, "options", 0))
            if key_stands_out(table, language, longest=False) and TELLING * lengths[0] < lengths[1]:
                yield Hint("shortest", Spot("text", language, "options", 0))


def _about_multiple(options: list[dict[str, Any]]) -> Iterator[Hint]:
    fractions = [option["fraction"] for option in options]
    total = sum(one for one in fractions if one > 0)
    if total == 0:
        yield Hint("no key")
    elif abs(total - 1) > 1e-6:
        yield Hint("sum", None, {"total": f"{total:.4g}"})
    if not any(one < 0 for one in fractions):
        yield Hint("nothing wrong")
    elif sum(fractions) > 1e-9:
        yield Hint("all ticked")


def _about_numbers(draft: Table) -> Iterator[Hint]:
    ranges = [(draft.get("answer"), draft.get("tolerance"))]
    ranges += [(near.get("value"), near.get("tolerance")) for near in draft.get("near", [])]
    known = [(value, margin or 0.0) for value, margin in ranges if value is not None]
    for (value, margin), (other, other_margin) in combinations(known, 2):
        if abs(value - other) <= margin + other_margin:
            yield Hint("near overlaps")
            return


def _about_wordings(draft: Table) -> Iterator[Hint]:
    full = [
        str(accept.get("pattern") or "").strip() for accept in draft.get("accept", []) if accept.get("fraction") == 1
    ]
    full = [pattern for pattern in full if pattern]
    if full and "*" in full[0]:
        yield Hint("first pattern", Spot("pattern", "", "accept", 1))
    if full and (all(pattern.isascii() for pattern in full) or not any(pattern.isascii() for pattern in full)):
        yield Hint("one language")


def _about_pairs(draft: Table) -> Iterator[Hint]:
    pairs, distractors = draft.get("pairs", []), draft.get("distractors", [])
    if len(pairs) < 4:
        yield Hint("few pairs")
    for language in LANGUAGES:
        rights = [_text(pair.get("right"), language) for pair in pairs]
        lefts = [_text(pair.get("left"), language) for pair in pairs]
        if _repeated(lefts) or _repeated([_text(one, language) for one in distractors] + list(dict.fromkeys(rights))):
            yield Hint("same parts", Spot("left", language, "pairs", 0))
    rights = [_text(pair.get("right"), "en") for pair in pairs]
    if len(set(rights)) == len(pairs) and not any(_text(one, "en") for one in distractors):
        yield Hint("elimination")


def _about_steps(draft: Table) -> Iterator[Hint]:
    steps = draft.get("steps", [])
    if len(steps) < 4:
        yield Hint("few steps")
    for language in LANGUAGES:
        if _repeated([_text(step.get("text"), language) for step in steps]):
            yield Hint("same parts", Spot("text", language, "steps", 0))
