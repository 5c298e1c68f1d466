"""GIFT: Moodle's own examples read as Moodle reads them, and every item of ours written and read back."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.interchange.aiken import aiken_questions
from assessments.interchange.foreign import ForeignQuestion
from assessments.interchange.gift_reading import gift_questions, read_gift
from assessments.interchange.gift_writing import write_gift
from assessments.interchange.parsed import Parsed, Problem, Severity
from assessments.interchange.texts import decoded
from core.domain.errors import FileRefused
from tests.assessments.interchange.items import house_tables, single, the_same
from tests.naughty import naughty_strings

# Moodle's name of an error → our kind of problem.
ERRORS = {
    "braceerror": "brace",
    "questionmissinganswers": "few_answers",
    "questionnotstarted": "aiken_not_started",
    "questionnotcomplete": "aiken_not_complete",
}
FORMATS = {"moodle": "0", "html": "1", "plain": "2", "markdown": "4"}
FILES = (
    "TFTwoFeedback", "broken_unclosed_brace", "escapeAll", "essay1", "giftFormatPhpExamples", "matching1", "mc1", "mc5",
    "multipleAnswersFloat", "numerical1", "shortAnswer1", "tag_id_and_two_tags", "tf1",
)  # fmt: skip


def as_moodle_says(question: ForeignQuestion) -> dict[str, Any]:
    """A question in the words of the oracle files."""
    said: dict[str, Any] = {
        "type": question.type,
        "name": question.name,
        "text": question.text.text,
        "format": FORMATS[question.text.markup],
        "general_feedback": question.general_feedback.text,
        "idnumber": question.id_number,
    }
    if question.tags:
        said["tags"] = list(question.tags)
    if question.type == "truefalse":
        said |= {"correctanswer": int(question.true), "feedbacktrue": question.feedback_true.text}
        said["feedbackfalse"] = question.feedback_false.text
    if question.type == "match":
        said["subquestions"] = [left.text for left, _ in question.pairs]
        said["subanswers"] = [right.text for _, right in question.pairs]
    if question.type == "multichoice":
        said["single"] = int(question.single)
    if question.answers:
        numeric = question.type == "numerical"
        said["answer"] = [float(one.text.text) if numeric else one.text.text for one in question.answers]
        said["fraction"] = [pytest.approx(one.fraction, abs=1e-9) for one in question.answers]
        said["feedback"] = [one.feedback.text for one in question.answers]
    if question.type == "numerical":
        said["tolerance"] = [pytest.approx(float(one.tolerance), rel=1e-9) for one in question.answers]
        said["answer"] = [pytest.approx(number, rel=1e-12) for number in said["answer"]]
    return said


def with_numbers(expected: dict[str, Any]) -> dict[str, Any]:
    """The oracle writes some numbers as text."""
    if expected["type"] == "numerical":
        return expected | {name: [float(one) for one in expected[name]] for name in ("answer", "tolerance")}
    return expected


@pytest.mark.parametrize("name", FILES)
def test_moodles_examples_are_read_as_moodle_reads_them(name: str, acceptance: Callable[[str], Path]) -> None:
    text = decoded(acceptance(f"gift/{name}.gift").read_bytes(), name)
    expected = json.loads(acceptance(f"gift/{name}.expected.json").read_text("utf-8"))
    found = list(gift_questions(text))
    questions = [one for one in found if isinstance(one, ForeignQuestion)]
    problems = [one for one in found if isinstance(one, Problem)]
    assert [as_moodle_says(one) for one in questions] == [with_numbers(one) for one in expected["questions"]]
    assert [(one.kind, one.found) for one in problems] == [
        (ERRORS[one["code"]], one["text"]) for one in expected["errors"]
    ]
    drafts = read_gift(text.encode(), "en")
    assert len(drafts.items) == expected["n_questions"]


def test_the_aiken_example_with_its_errors(acceptance: Callable[[str], Path]) -> None:
    expected = json.loads(acceptance("gift/aiken_errors.expected.json").read_text("utf-8"))
    found = list(aiken_questions(acceptance("gift/aiken_errors.txt").read_text("utf-8")))
    questions = [as_moodle_says(one) for one in found if isinstance(one, ForeignQuestion)]
    # Moodle keeps these texts as HTML; here they stay what they say.
    wanted = [
        {
            "name": one["name"],
            "single": one["single"],
            "fraction": one["fraction"],
            "feedback": one["feedback"],
            "text": one["name"],
            "answer": [text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") for text in one["answer"]],
        }
        for one in expected["questions"]
    ]
    assert [{name: one[name] for name in wanted[0]} for one in questions] == wanted
    problems = [(one.kind, one.line) for one in found if isinstance(one, Problem)]
    assert problems == [
        ("few_answers", 3),
        ("aiken_not_started", 5),
        ("aiken_not_started", 7),
        ("aiken_not_complete", 18),
    ]
    assert [kind for kind, _ in problems] == [ERRORS[one["code"]] for one in expected["errors"]]


def read(text: str, language: str = "en") -> Parsed:
    return read_gift(text.encode(), language)


def test_a_choice_with_reasons() -> None:
    parsed = read("::Tomb::Who's buried there?{\n~Jefferson#No.\n=Grant#Yes.\n~%-50%Lincoln\n}")
    (draft,) = parsed.items
    assert draft.name == "Tomb"
    assert draft.table == {
        "kind": "single",
        "stem": {"en": "Who's buried there?"},
        "options": [
            {"text": {"en": "Jefferson"}, "fraction": 0.0, "reason": {"en": "No."}},
            {"text": {"en": "Grant"}, "fraction": 1.0, "reason": {"en": "Yes."}},
            {"text": {"en": "Lincoln"}, "fraction": -0.5},
        ],
    }
    assert parsed.problems == ()


def test_true_or_false_becomes_a_choice_of_two_in_the_language_of_the_file() -> None:
    (draft,) = read("发货后可以取消吗？{F#已经发货，只能退货。#正确。}", "zh").items
    assert draft.table["options"] == [
        {"text": {"zh": "正确"}, "fraction": 0.0, "reason": {"zh": "已经发货，只能退货。"}},
        {"text": {"zh": "错误"}, "fraction": 1.0, "reason": {"zh": "正确。"}},
    ]


def test_the_general_feedback_explains_the_key() -> None:
    (draft,) = read("Which?{=a ~b#no\n####Because of a.}").items
    assert [option.get("reason") for option in draft.table["options"]] == [{"en": "Because of a."}, {"en": "no"}]
    (draft,) = read("Which?{=a#yes ~b ####More.}").items
    assert draft.said == {"general_feedback": "More."}


def test_numbers_with_typical_mistakes_and_feedback_for_all_others() -> None:
    (draft,) = read("How many?{#\n=12:0.5#Right.\n=%50%10:1#Forgot two.\n~#Count again.\n}").items
    assert draft.table == {
        "kind": "numeric",
        "stem": {"en": "How many?"},
        "answer": 12.0,
        "tolerance": 0.5,
        "reason": {"en": "Right.\nCount again."},
        "near": [{"value": 10.0, "tolerance": 1.0, "fraction": 0.5, "reason": {"en": "Forgot two."}}],
    }


def test_a_right_side_without_a_left_one_belongs_to_none() -> None:
    (draft,) = read("Match. {=a -> 1 =b -> 2 = -> 3}").items
    assert draft.table["pairs"] == [
        {"left": {"en": "a"}, "right": {"en": "1"}},
        {"left": {"en": "b"}, "right": {"en": "2"}},
    ]
    assert draft.table["distractors"] == [{"en": "3"}]


def test_what_has_no_place_is_kept_and_said() -> None:
    parsed = read(
        "$CATEGORY: a/b\n\n// [id:393] [tag:x] [tag:level:apply] [tag:position:O]\n[html]A <i>big</i> one?{T}"
    )
    (draft,) = parsed.items
    assert draft.table["level"] == "apply"
    assert draft.table["positions"] == ["O"]
    assert draft.table["stem"] == {"en": "A big one?"}
    assert draft.said == {
        "category": "a/b",
        "id_number": "393",
        "tags": ["x"],
        "original": {"stem": "A <i>big</i> one?"},
    }
    assert [(one.kind, one.severity, one.line) for one in parsed.problems] == [
        ("markup", Severity.KEPT_ASIDE, 4),
        ("kept", Severity.KEPT_ASIDE, 4),
    ]


@pytest.mark.parametrize(
    ("text", "kind", "line"),
    [
        ("One?{=a ~b", "brace", 1),
        ("\n\nOne?}=a ~b{", "brace", 3),
        ("One?{~a}", "few_answers", 1),
        ("One?{~a ~b}", "no_key", 1),
        ("One?{~%50%a ~%20%b ~%-50%c}", "sum", 1),
        ("One?{#twelve}", "not_a_number", 1),
        ("One?{#1e400}", "not_a_number", 1),
        ("One?{#nan}", "not_a_number", 1),
        ("One?{#5:-1}", "not_a_number", 1),
        ("One?{#=5 =7}", "two_numbers", 1),
        ("One?{#=%50%5}", "no_key", 1),
        ("One?{=%50%half}", "no_key", 1),
        ("One?{=a->1 =b}", "no_pair", 1),
        ("One?{=a-> =b->2}", "no_pair", 1),
        ("::x::{T}", "no_text", 1),
        ("Only a text.", "description", 1),
        ("A \x01 sign?{T}", "control", 1),
        ("A \ufdd0 sign?{T}", "control", 1),
        ("Many?{" + "".join(f"~{n} " for n in range(26)) + "=z}", "too_many", 1),
        ("Long " + "x" * 4001 + "{T}", "too_long", 1),
        ("[html]Long <p>" + " " * 40_000 + "</p>x{T}", "too_long", 1),
        ("Many?{=a" + "~b" * 1_001 + "}", "too_many", 1),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_read(text: str, kind: str, line: int) -> None:
    parsed = read(f"{text}\n\nA good one?{{T}}")
    assert [draft.table["stem"] for draft in parsed.items] == [{"en": "A good one?"}]
    assert [(one.kind, one.line, one.severity) for one in parsed.problems] == [(kind, line, Severity.LEFT_OUT)]
    assert parsed.problems[0].text


def test_an_item_that_the_bank_would_refuse_is_taken_over_to_be_mended() -> None:
    parsed = read("One?{~%50%half =whole}\n\nTwo?{=a =b ~c}")
    assert len(parsed.items) == 2
    assert [(one.kind, one.severity, one.text) for one in parsed.problems] == [
        ("rule", Severity.TO_MEND, "A single choice has one key; the fractions of the others are 0 or below"),
        ("rule", Severity.TO_MEND, "A single choice has exactly one option with fraction 1, found 2"),
    ]


def test_rounded_thirds_are_thirds_and_odd_fractions_are_said() -> None:
    parsed = read("Which?{~%33.3%a ~%33.3%b ~%33.3%c ~%-15%d}")
    (draft,) = parsed.items
    assert [option["fraction"] for option in draft.table["options"]] == [0.3333333, 0.3333333, 0.3333333, -0.15]
    assert [one.kind for one in parsed.problems] == ["rounded_fraction"] * 3 + ["unknown_fraction"]
    assert parsed.problems[3].text == "Moodle doesn't know the fraction -0.15; it is kept as it is."


def test_an_ordering_as_moodle_writes_it() -> None:
    parsed = read("::Moodle::[html]Put these words in order.{>2     none\nModular\nObject\nOriented\n}")
    assert parsed.items[0].table["steps"] == [{"text": {"en": text}} for text in ("Modular", "Object", "Oriented")]


def test_a_file_ends_after_very_many_questions() -> None:
    parsed = read("x{T}\n\n" * 20_001)
    assert len(parsed.items) == 20_000
    assert [(one.kind, one.severity, one.line) for one in parsed.problems] == [
        ("too_many_questions", Severity.STOPPED, 40_001)
    ]


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("// " + "[id:" * 500_000 + "\nx{T}", 1),
        ("x{>" + " " * 2_000_000 + "y}", 0),
        ("x{=" + "~a " * 700_000 + "}", 0),
        ("[html]" + "<a " * 13_000 + "{T}", 0),
        ("[html]" + "<!--" * 9_000 + "{T}", 0),
        ("x\n\n" * 700_000, 0),
    ],
)
def test_what_is_made_to_take_long_doesnt(text: str, count: int) -> None:
    begun = time.process_time()
    assert len(read(text).items) == count
    assert time.process_time() - begun < 5


def test_an_id_comes_once() -> None:
    parsed = read("// [id:op-1]\nOne?{T}\n\n// [id:op-1]\nTwo?{T}")
    assert [draft.table["id"] for draft in parsed.items] == ["op-1"]
    assert [(one.kind, one.line) for one in parsed.problems] == [("twice", 5)]


def test_older_encodings() -> None:
    text = "哪一步在拣货之后？{=打包 ~开票}"
    for encoding in ("utf-8", "utf-8-sig", "gb18030", "utf-16"):
        (draft,) = read_gift(text.encode(encoding), "zh").items
        assert draft.table["stem"] == {"zh": "哪一步在拣货之后？"}
    with pytest.raises(FileRefused, match="Two encodings"):
        read_gift(text.encode() + b"\n\n" + text.encode("gb18030"), "zh")
    with pytest.raises(FileRefused, match="neither"):
        read_gift(b"What?{T} \xff\xff", "en")


@pytest.mark.parametrize(
    ("data", "said"), [(b"", "empty"), (b"x" * 20_000_001, "at most"), (b"PK\x03\x04\xff\xfe", "text file")]
)
def test_other_files_are_refused(data: bytes, said: str) -> None:
    with pytest.raises(FileRefused, match=said):
        read_gift(data, "en")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_of_the_house_comes_back(language: str) -> None:
    items = house_tables()
    written = write_gift(items, language)
    assert [one for one in written.problems if one.severity is Severity.LEFT_OUT] == []
    parsed = read_gift(written.content, language)
    assert [one.text for one in parsed.problems] == []
    assert written.items_count == len(items)
    for item, draft in zip(items, parsed.items, strict=True):
        assert the_same(draft.table, item, language), item["id"]


def test_items_that_gift_cannot_hold() -> None:
    arrows = single("a") | {"id": "xx-1", "kind": "matching"}
    arrows["pairs"] = [{"left": {"en": "a -> b"}, "right": {"en": "1"}}, {"left": {"en": "c"}, "right": {"en": "2"}}]
    odd = single("a") | {"id": "xx-2"}
    odd["options"][1]["fraction"] = -0.15
    made = {"id": "xx-3", "kind": "generated"}
    foreign = single("a") | {"id": "xx-4", "stem": {"zh": "只有中文"}}
    written = write_gift([arrows, odd, made, foreign], "en")
    assert [(one.item, one.kind) for one in written.problems] == [
        ("xx-1", "cannot_hold_sign"),
        ("xx-2", "cannot_hold_fraction"),
        ("xx-3", "generated"),
        ("xx-4", "no_language"),
    ]
    assert written.items_count == 0


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\n~=#{}:\\[]%/->"),
    max_size=30,
)


@given(stem=TEXT, right=TEXT, wrong=TEXT, reason=TEXT)
def test_any_text_comes_back(stem: str, right: str, wrong: str, reason: str) -> None:
    stem, right, wrong, reason = (text.strip() for text in (stem, right, wrong, reason))
    if not (stem and right and wrong and right != wrong):
        return
    item = single(stem, right, wrong, reason)
    parsed = read_gift(write_gift([item], "en").content, "en")
    assert [one.text for one in parsed.problems] == []
    assert the_same(parsed.items[0].table, item, "en")


@pytest.mark.parametrize("text", naughty_strings())
def test_texts_that_break_programs(text: str) -> None:
    item = single(f"a {text} b", f"c {text}", f"d {text}")
    written = write_gift([item], "en")
    parsed = read_gift(written.content, "en")
    if written.items_count:
        assert the_same(parsed.items[0].table, item, "en")
    else:
        assert [one.kind for one in written.problems] == ["cannot_hold_control"]
    read_gift(f"{text}\n\n{text}{{{text}}}".encode("utf-8", "replace"), "en")
