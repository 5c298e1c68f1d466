"""Hints to authors: each rule speaks where it is broken, and is silent about the house's own good items."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from assessments.banked_items import house_drafts, topics
from assessments.item_drafts import FIELDS, Spot, blank_item, keyed
from assessments.item_quality import HINT_LABELS, hints_about, letters


def prose(en: str, zh: str = "") -> dict[str, str]:
    return {"en": en, "zh": zh or f"{en}的中文"}


def choice(kind: str, *options: tuple[str, float], stem: str = "What happens?") -> dict[str, Any]:
    return keyed(
        {
            "kind": kind,
            "stem": prose(stem, "会怎样？"),
            "source": "Handbook 2.1",
            "options": [
                {"text": prose(text), "fraction": worth, "reason": prose(f"Because {text}")} for text, worth in options
            ],
        }
    )


def rules(draft: dict[str, Any], **known: str) -> list[str]:
    return sorted(hint.rule for hint in hints_about(draft, known))


GOOD = (("aaaa", 1.0), ("bbbb", 0.0), ("cccc", 0.0))


def test_a_good_item_gets_no_hint() -> None:
    assert rules(choice("single", *GOOD)) == []
    assert rules(choice("multiple", ("aaaa", 0.5), ("bbbb", 0.5), ("cccc", -1.0))) == []


@pytest.mark.parametrize(
    ("draft", "rule"),
    [
        (choice("single", ("aaaa bbbb", 1.0), ("bbbb", 0.0), ("cccc", 0.0)), "longest"),
        (choice("single", ("aa", 1.0), ("bbbb bbb", 0.0), ("cccc ccc", 0.0)), "shortest"),
        (choice("single", *GOOD, ("All of the above", 0.0)), "collective"),
        (choice("single", *GOOD, stem="Which of these is not a reason?"), "negative"),
        (choice("single", *GOOD, stem="What **never** happens?"), "emphasis"),
        (choice("single", *GOOD, stem="What is 订单?"), "script"),
        (choice("single", *GOOD, ("BBBB.", 0.0)), "same options"),
        (choice("single", *GOOD[:2]), "few options"),
        (choice("single", *((text, 0.0) for text, _ in GOOD)), "no key"),
        (choice("single", *((text, 1.0) for text, _ in GOOD)), "keys"),
        (choice("multiple", ("aaaa", 0.5), ("bbbb", 0.4), ("cccc", -1.0)), "sum"),
        (choice("multiple", ("aaaa", 0.5), ("bbbb", 0.5), ("cccc", -0.2)), "all ticked"),
        (choice("multiple", ("aaaa", 0.4), ("bbbb", 0.3), ("cccc", 0.3)), "nothing wrong"),
        (choice("single", *GOOD) | {"source": "my head"}, "source"),
    ],
)
def test_each_rule_of_choices_speaks(draft: dict[str, Any], rule: str) -> None:
    found = set(rules(draft))
    assert rule in found and found <= {rule, "longest"}


def test_a_reason_that_repeats_its_option_is_named_with_its_place() -> None:
    draft = choice("single", *GOOD)
    draft["options"][1]["reason"] = prose("Bbbb!", "另有原因")
    (hint,) = hints_about(draft)
    assert (hint.rule, hint.spot) == ("reason repeats", Spot("reason", "en", "options", 2))


def test_the_profile_says_for_whom_an_item_is() -> None:
    draft = choice("single", *GOOD) | {"competency": "2.3", "level": "decide", "positions": ["O"]}
    (hint,) = hints_about(draft)
    assert (hint.rule, dict(hint.params)) == ("positions", {"positions": ("P",)})
    assert rules(draft | {"positions": ["P"]}) == rules(draft | {"competency": "9.9"}) == []


def test_a_stem_that_is_asked_already_is_named() -> None:
    (hint,) = hints_about(choice("single", *GOOD), {letters("WHAT happens"): "op-7"})
    assert (hint.rule, dict(hint.params)) == ("known stem", {"item": "op-7"})


@pytest.mark.parametrize(
    ("parts", "rule"),
    [
        (
            {"kind": "numeric", "answer": 5.0, "tolerance": 1.0, "near": [{"value": 6.5, "tolerance": 0.5}]},
            "near overlaps",
        ),
        (
            {"kind": "short_text", "accept": [{"pattern": "ABC*", "fraction": 1}, {"pattern": "甲", "fraction": 1}]},
            "first pattern",
        ),
        ({"kind": "short_text", "accept": [{"pattern": "ABC", "fraction": 1}]}, "one language"),
        (
            {"kind": "matching", "pairs": [{"left": prose(one), "right": prose(one * 2)} for one in "abcd"]},
            "elimination",
        ),
        ({"kind": "ordering", "steps": [{"text": prose(one)} for one in "abc"]}, "few steps"),
        ({"kind": "ordering", "steps": [{"text": prose(one)} for one in "abca"]}, "same parts"),
        (
            {"kind": "matching", "pairs": [{"left": prose(one), "right": prose("same")} for one in "abc"]},
            "few pairs",
        ),
    ],
)
def test_each_rule_of_other_kinds_speaks(parts: dict[str, Any], rule: str) -> None:
    draft = keyed({"stem": prose("What?"), "source": "Handbook 2.1", **parts})
    assert set(rules(draft)) == {rule}


@pytest.mark.parametrize("kind", sorted(FIELDS))
def test_an_empty_draft_is_looked_at_without_stumbling(kind: str) -> None:
    assert all(hint.rule in HINT_LABELS for hint in hints_about(blank_item(kind)))


def test_every_rule_has_its_words_and_the_house_keeps_nearly_all_of_them() -> None:
    found = Counter(
        hint.rule for topic in topics() for draft in house_drafts(topic).values() for hint in hints_about(keyed(draft))
    )
    assert set(found) <= {"longest", "shortest"}, "length is a matter of chance, all else is mended"
