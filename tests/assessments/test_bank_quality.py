"""The item banks keep the rules of good items: balanced keys, complete languages, a reason for everything."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from assessments.item_models import MODELS
from assessments.item_quality import (
    collective_option,
    hidden_negative,
    is_complete,
    key_stands_out,
    places_of_right,
    proses_of,
)
from assessments.item_quality import letters as plain

BANKS = Path(__file__).parents[2] / "assessments" / "banks"
LANGUAGES = ("en", "zh")
LEVELS = ("remember", "apply", "decide")
KINDS = ("single", "multiple", "numeric", "short_text", "matching", "ordering", "generated")
POSITIONS = "OWSPF"
TAIL = 0.005  # a rule of balance fails where chance alone would go as far in one of 200 banks

# Competency and the level it requires of O, W, S, P, F: 1 remember, 2 apply, 3 decide, 0 none.
# Source: CURRICULUM, first table.
_CURRICULUM = """
    1.1 11121  1.2 11121  1.3 22222
    2.1 31221  2.2 31221  2.3 22130  2.4 31320  2.5 32322
    3.1 13131  3.2 03021  3.3 13020  3.4 13211  3.5 03022
    4.1 01132  4.2 00032  4.3 01130  4.4 22230  4.5 32320
    5.1 20310  5.2 20321  5.3 22322  5.4 00330
    6.1 11132  6.2 11132  6.3 11133  6.4 11233
    7.1 22222  7.2 11121  7.3 11121  7.4 11123
    8.1 22222  8.2 22333  8.3 11132
    9.1 22222  9.2 22232
"""
_CELLS = _CURRICULUM.split()
REQUIRED = {code: tuple(int(level) for level in levels) for code, levels in zip(_CELLS[::2], _CELLS[1::2], strict=True)}
ORDER_PROCESSING = ("1.1", "1.3", "2.1", "2.2", "2.3", "2.4", "2.5", "3.1", "8.1")
CORE = ("2.1", "2.2", "2.3", "2.4", "2.5")
LEAST_OF_TOPIC = {"order_processing": 96}
FORM_LEAST = 40  # a pre-test and a post-test of 20 items each, without an item in common

Item = dict[str, Any]

FILES = [tomllib.loads(path.read_text(encoding="utf-8")) for path in sorted(BANKS.glob("*.toml"))]
ITEMS: list[Item] = [item for data in FILES for item in data.get("item", [])]
CASES: list[Item] = [case for data in FILES for case in data.get("case", [])]
TOPIC_OF = {item["id"]: data["bank"]["topic"] for data in FILES for item in data.get("item", [])}
TOPICS = sorted(set(TOPIC_OF.values()))
STATIC = [item for item in ITEMS if item["kind"] != "generated"]
SINGLES = [item for item in ITEMS if item["kind"] == "single"]
CHOICES = [item for item in ITEMS if item["kind"] in ("single", "multiple")]


def _ids(items: Iterable[Item]) -> list[str]:
    return [item["id"] for item in items]


def _every(items: list[Item]) -> Any:
    return pytest.mark.parametrize("item", items, ids=_ids(items))


# ------------------------------------------------------------------------------------------- the rules themselves


def distribution(chances: Iterable[float]) -> list[float]:
    """Chance of each number of hits in independent trials of unequal chance (Poisson binomial)."""
    spread = [1.0]
    for chance in chances:
        missed = [share * (1 - chance) for share in spread] + [0.0]
        hit = [0.0] + [share * chance for share in spread]
        spread = [one + other for one, other in zip(missed, hit, strict=True)]
    return spread


def bounds(chances: list[float]) -> tuple[int, int]:
    """The least and the most hits that chance explains."""
    spread = distribution(chances)
    lowest, below = 0, spread[0]
    while below < TAIL:
        lowest += 1
        below += spread[lowest]
    highest, above = len(spread) - 1, spread[-1]
    while above < TAIL:
        highest -= 1
        above += spread[highest]
    return lowest, highest


# ------------------------------------------------------------------ rules tried on items that break them


def _choice(texts: list[str], right: int) -> Item:
    return {
        "options": [
            {"text": {"en": text, "zh": text}, "fraction": float(place == right)} for place, text in enumerate(texts)
        ]
    }


def test_rules_notice_what_breaks_them() -> None:
    assert key_stands_out(_choice(["a", "bbb", "cc"], 1), "en", longest=True)
    assert not key_stands_out(_choice(["aaa", "bbb", "cc"], 1), "en", longest=True)
    assert key_stands_out(_choice(["aa", "b", "cc"], 1), "zh", longest=False)
    assert collective_option("All of the above") and collective_option("以上都是")
    assert not collective_option("All lines are reserved")
    assert hidden_negative("An order stops. Which of these is not a reason?", "en")
    assert not hidden_negative("It does not fit. Which of these is **not** a reason?", "en")
    assert hidden_negative("下列哪项不是原因？", "zh")
    assert not hidden_negative("下列哪项**不**是原因？", "zh")
    assert not is_complete({"en": "Order"}) and not is_complete({"en": "订单", "zh": "订单"})
    assert not is_complete({"en": "Order", "zh": " "})


def test_bounds_of_chance_follow_the_binomial() -> None:
    assert distribution([0.5, 0.5]) == [0.25, 0.5, 0.25]
    # 20 items of four options: P(X = 0) = 0.0032, P(X <= 1) = 0.0243, P(X >= 11) = 0.0039, P(X >= 10) = 0.0139
    assert bounds([0.25] * 20) == (1, 10)


# ------------------------------------------------------------------------------------------------- the whole bank


def test_ids_are_unique() -> None:
    assert [one for one, count in Counter(_ids(ITEMS)).items() if count > 1] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_stem_is_asked_twice(language: str) -> None:
    stems = Counter(plain(item["stem"][language]) for item in STATIC)
    assert [stem for stem, count in stems.items() if count > 1] == []


def test_every_file_names_its_topic_in_both_languages() -> None:
    heads = [data["bank"] for data in FILES]
    assert heads and all(head["topic"] and is_complete(head["title"]) for head in heads)
    titles = {(head["topic"], tuple(sorted(head["title"].items()))) for head in heads}
    assert len(titles) == len({head["topic"] for head in heads})


def test_keys_are_spread_over_the_places() -> None:
    for place in range(4):
        at_place = [item for item in SINGLES if len(item["options"]) > place]
        low, high = bounds([1 / len(item["options"]) for item in at_place])
        hits = sum(places_of_right(item)[place] for item in at_place)
        assert low <= hits <= high, f"the key is option {place + 1} in {hits} of {len(at_place)} ({low} to {high})"


def test_right_options_of_multiples_are_spread_over_the_places() -> None:
    multiples = [item for item in ITEMS if item["kind"] == "multiple"]
    for place in range(5):
        at_place = [item for item in multiples if len(item["options"]) > place]
        low, high = bounds([sum(places_of_right(item)) / len(item["options"]) for item in at_place])
        hits = sum(places_of_right(item)[place] for item in at_place)
        assert low <= hits <= high, f"option {place + 1} is right in {hits} of {len(at_place)} ({low} to {high})"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("longest", [True, False], ids=["longest", "shortest"])
def test_key_cannot_be_told_by_its_length(language: str, longest: bool) -> None:
    _, high = bounds([1 / len(item["options"]) for item in SINGLES])
    found = _ids(item for item in SINGLES if key_stands_out(item, language, longest))
    assert len(found) <= high, f"{len(found)} of {len(SINGLES)} keys, at most {high}: {found}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_right_and_wrong_options_of_multiples_are_equally_long(language: str) -> None:
    lengths: dict[bool, list[int]] = {True: [], False: []}
    for item in (item for item in ITEMS if item["kind"] == "multiple"):
        for option in item["options"]:
            lengths[option["fraction"] > 0].append(len(option["text"][language]))
    right, wrong = (sum(lengths[side]) / len(lengths[side]) for side in (True, False))
    assert 0.8 <= right / wrong <= 1.25, f"right {right:.1f}, wrong {wrong:.1f} characters"


# ------------------------------------------------------------------------------------------------------ each item


@_every(ITEMS)
def test_item_has_its_place_in_the_curriculum(item: Item) -> None:
    assert item["kind"] in KINDS and item["level"] in LEVELS
    required = dict(zip(POSITIONS, REQUIRED[item["competency"]], strict=True))
    level = LEVELS.index(item["level"]) + 1
    assert item["positions"] == [position for position in POSITIONS if required[position] >= level]
    assert re.fullmatch(r"Handbook \d+\.\d+(; \d+\.\d+)*", item["source"]), "test_handbook.py looks the sections up"


@_every(ITEMS)
def test_item_says_everything_in_both_languages(item: Item) -> None:
    proses = list(proses_of(item))
    assert [place for place, prose in proses if not is_complete(prose)] == []
    assert item["kind"] == "generated" or len(proses) >= 5


@_every(STATIC)
def test_negative_question_is_emphasised_in_both_languages(item: Item) -> None:
    assert [language for language in LANGUAGES if hidden_negative(item["stem"][language], language)] == []
    assert ("**" in item["stem"]["en"]) == ("**" in item["stem"]["zh"])


@_every(CHOICES)
def test_options_are_distinct_and_each_has_its_reason(item: Item) -> None:
    options = item["options"]
    assert 3 <= len(options) <= 6
    for language in LANGUAGES:
        texts = [plain(option["text"][language]) for option in options]
        assert len(set(texts)) == len(texts)
        assert [text for text in texts if len(text) == 0] == []
        assert [option for option in options if collective_option(option["text"][language])] == []
        reasons = [plain(option["reason"][language]) for option in options]
        assert [text for text, reason in zip(texts, reasons, strict=True) if text == reason] == []
    assert [option for option in options if set(option) != {"text", "fraction", "reason"}] == []


@_every(CHOICES)
def test_fractions_reward_knowing_and_not_ticking_everything(item: Item) -> None:
    fractions = [option["fraction"] for option in item["options"]]
    if item["kind"] == "single":
        assert fractions.count(1.0) == 1
        assert [one for one in fractions if one != 1.0 and one > 0] == []
    else:
        right = [one for one in fractions if one > 0]
        wrong = [one for one in fractions if one <= 0]
        assert len(right) >= 2 and len(wrong) >= 1 and all(one < 0 for one in wrong)
        assert sum(right) == pytest.approx(1.0, abs=1e-9)
        assert sum(fractions) <= 1e-9, "ticking everything must earn nothing"


@_every([item for item in ITEMS if item["kind"] == "numeric"])
def test_numeric_item_tells_near_answers_from_the_right_one(item: Item) -> None:
    assert item["tolerance"] >= 0 and item["reason"] and is_complete(item["unit"])
    values = [item["answer"]] + [near["value"] for near in item["near"]]
    margins = [item["tolerance"]] + [near["tolerance"] for near in item["near"]]
    for first in range(len(values)):
        for second in range(first):
            assert abs(values[first] - values[second]) > margins[first] + margins[second]
    assert [near for near in item["near"] if not 0 <= near["fraction"] < 1 or not near["reason"]] == []


@_every([item for item in ITEMS if item["kind"] == "short_text"])
def test_short_text_is_accepted_in_both_languages(item: Item) -> None:
    full = [accept["pattern"] for accept in item["accept"] if accept["fraction"] == 1.0]
    assert "*" not in full[0], "the first pattern is shown as the wanted answer"
    assert any(pattern.isascii() for pattern in full) and not all(pattern.isascii() for pattern in full)
    assert [accept for accept in item["accept"] if not accept["reason"] or not 0 <= accept["fraction"] <= 1] == []
    patterns = [accept["pattern"] for accept in item["accept"]]
    assert len(set(patterns)) == len(patterns) and item["reason"]


@_every([item for item in ITEMS if item["kind"] == "matching"])
def test_matching_cannot_be_finished_by_elimination(item: Item) -> None:
    assert len(item["pairs"]) >= 4 and len(item["distractors"]) >= 1
    for language in LANGUAGES:
        rights = [pair["right"][language] for pair in item["pairs"]]
        rights += [text[language] for text in item["distractors"]]
        lefts = [pair["left"][language] for pair in item["pairs"]]
        assert len(set(rights)) == len(rights) and len(set(lefts)) == len(lefts)
    assert all(pair["reason"] for pair in item["pairs"])


@_every([item for item in ITEMS if item["kind"] == "ordering"])
def test_ordering_has_distinct_steps_with_reasons(item: Item) -> None:
    assert 4 <= len(item["steps"]) <= 7 and all(step["reason"] for step in item["steps"])
    for language in LANGUAGES:
        steps = [step["text"][language] for step in item["steps"]]
        assert len(set(steps)) == len(steps)


@_every([item for item in ITEMS if item["kind"] == "generated" and "case" not in item])
def test_generated_item_names_a_model_and_few_parameters(item: Item) -> None:
    assert item["model"] in MODELS and 1 <= len(item["params"]) <= 2
    assert [value for value in item["params"].values() if not isinstance(value, bool | int | str)] == []
    assert not _SAID_BY_MODEL & set(item)


_SAID_BY_MODEL = {"stem", "options", "answer", "reason"}


@_every([item for item in ITEMS if "case" in item])
def test_item_of_a_case_asks_one_of_its_questions(item: Item) -> None:
    assert item["kind"] == "generated" and item["ask"]
    assert not (_SAID_BY_MODEL | {"model", "params"}) & set(item), "the case says these"


@_every(CASES)
def test_case_is_asked_about_several_times_in_its_own_file(item: Item) -> None:
    (data,) = [data for data in FILES if item in data.get("case", [])]
    asked = [one["ask"] for one in data["item"] if one.get("case") == item["id"]]
    assert 3 <= len(asked) <= 5 and len(set(asked)) == len(asked)
    assert is_complete(item["title"])


def test_every_case_has_an_id_of_its_own_and_none_is_missing() -> None:
    ids = _ids(CASES)
    assert len(set(ids)) == len(ids)
    assert {item["case"] for item in ITEMS if "case" in item} == set(ids)


def test_every_item_model_is_used_more_than_once() -> None:
    used = Counter(item["model"] for item in ITEMS if "model" in item)
    assert [name for name in sorted(MODELS) if used[name] < 2] == []


def test_nothing_is_generated_twice_for_one_competency() -> None:
    """The same model with the same parameters is the same question again, unless it belongs to another competency."""
    cases = Counter(
        (item["competency"], item["model"], str(sorted(item["params"].items()))) for item in ITEMS if "model" in item
    )
    assert [case for case, count in cases.items() if count > 1] == []


# ----------------------------------------------------------------------------------------------------- each topic


def of_topic(topic: str) -> list[Item]:
    return [item for item in ITEMS if TOPIC_OF[item["id"]] == topic]


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_has_enough_items_of_several_kinds(topic: str) -> None:
    items = of_topic(topic)
    assert len(items) >= LEAST_OF_TOPIC.get(topic, 12)
    kinds = Counter(item["kind"] for item in items)
    assert len(kinds) >= 4 and kinds["single"] <= 0.6 * len(items)


@pytest.mark.parametrize("topic", TOPICS)
def test_topic_covers_each_of_its_competencies_at_every_level_that_somebody_needs(topic: str) -> None:
    """Twice, so that each of two forms can ask; the side topics of the order desk are exempt."""
    items = of_topic(topic)
    covered = Counter((item["competency"], item["level"]) for item in items)
    codes = CORE if topic == "order_processing" else sorted({item["competency"] for item in items})
    wanted = [(code, level) for code in codes for level in LEVELS[: max(REQUIRED[code])]]
    assert [cell for cell in wanted if covered[cell] < 2] == []


# ----------------------------------------------------------------------------------------------- order processing


def _order_processing() -> list[Item]:
    return of_topic("order_processing")


def test_order_processing_has_enough_items_of_every_kind() -> None:
    counts = Counter(item["kind"] for item in _order_processing())
    wanted = {"single": 40, "multiple": 12, "numeric": 6, "short_text": 5, "matching": 6, "ordering": 5}
    assert {kind: counts[kind] for kind, least in wanted.items() if counts[kind] < least} == {}
    assert sum(counts.values()) - counts["generated"] >= 72 and counts["generated"] >= 20


def test_order_processing_covers_its_competencies_at_every_level() -> None:
    items = _order_processing()
    covered = Counter((item["competency"], item["level"]) for item in items)
    assert {item["competency"] for item in items} == set(ORDER_PROCESSING)
    missing = [(code, level) for code in CORE for level in LEVELS if covered[code, level] < 3]
    assert missing == []
    in_core = sum(count for (code, _), count in covered.items() if code in CORE)
    assert in_core >= 0.75 * len(items)


@pytest.mark.parametrize("position", POSITIONS)
def test_order_processing_fills_two_forms_for_every_position(position: str) -> None:
    assert sum(position in item["positions"] for item in _order_processing()) >= FORM_LEAST
