"""Moodle XML: every type of question, markup made text, everything dangerous refused, and every item of ours."""

from __future__ import annotations

import time
import xml.etree.ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.interchange.moodle_xml_reading import read_moodle_xml
from assessments.interchange.moodle_xml_writing import write_moodle_xml
from assessments.interchange.parsed import Parsed, Severity
from core.domain.errors import FileRefused
from tests.assessments.interchange.items import house_tables, single, the_same
from tests.naughty import naughty_strings


def read(*questions: str, language: str = "en") -> Parsed:
    return read_moodle_xml(("<quiz>\n" + "\n".join(questions) + "\n</quiz>").encode(), language)


def question(kind: str, inside: str = "", text: str = "What?", extra: str = "") -> str:
    return (
        f'<question type="{kind}"><name><text>N</text></name>'
        f'<questiontext format="html"><text><![CDATA[{text}]]></text></questiontext>{extra}{inside}</question>'
    )


def answer(text: str, fraction: str, feedback: str = "", more: str = "") -> str:
    said = f"<feedback><text>{feedback}</text></feedback>" if feedback else ""
    return f'<answer fraction="{fraction}"><text>{text}</text>{said}{more}</answer>'


def test_choices_of_one_and_of_several() -> None:
    one = question("multichoice", "<single>true</single>" + answer("a", "100", "yes") + answer("b", "-50"))
    many = question(
        "multichoice", "<single>false</single>" + answer("a", "50") + answer("b", "50") + answer("c", "-100")
    )
    parsed = read(one, many)
    assert [draft.table for draft in parsed.items] == [
        {
            "kind": "single",
            "stem": {"en": "What?"},
            "options": [
                {"text": {"en": "a"}, "fraction": 1.0, "reason": {"en": "yes"}},
                {"text": {"en": "b"}, "fraction": -0.5},
            ],
        },
        {
            "kind": "multiple",
            "stem": {"en": "What?"},
            "options": [
                {"text": {"en": "a"}, "fraction": 0.5},
                {"text": {"en": "b"}, "fraction": 0.5},
                {"text": {"en": "c"}, "fraction": -1.0},
            ],
        },
    ]
    assert [(draft.name, draft.line) for draft in parsed.items] == [("N", 2), ("N", 3)]
    assert parsed.problems == ()


def test_true_false_short_answers_and_numbers() -> None:
    units = (
        "<units><unit><multiplier>1</multiplier><unit_name>h</unit_name></unit>"
        "<unit><multiplier>60</multiplier><unit_name>min</unit_name></unit></units>"
    )
    parsed = read(
        question("truefalse", answer("true", "0", "no") + answer("false", "100", "yes")),
        question("shortanswer", "<usecase>1</usecase>" + answer("pack*", "100") + answer("wrap", "50", "close")),
        question(
            "numerical", answer("12", "100", "", "<tolerance>0.5</tolerance>") + answer("*", "0", "Count.") + units
        ),
    )
    assert [draft.table for draft in parsed.items] == [
        {
            "kind": "single",
            "stem": {"en": "What?"},
            "options": [
                {"text": {"en": "True"}, "fraction": 0.0, "reason": {"en": "no"}},
                {"text": {"en": "False"}, "fraction": 1.0, "reason": {"en": "yes"}},
            ],
        },
        {
            "kind": "short_text",
            "stem": {"en": "What?"},
            "accept": [
                {"pattern": "pack*", "fraction": 1.0},
                {"pattern": "wrap", "fraction": 0.5, "reason": {"en": "close"}},
            ],
        },
        {
            "kind": "numeric",
            "stem": {"en": "What?"},
            "answer": 12.0,
            "tolerance": 0.5,
            "unit": {"en": "h"},
            "reason": {"en": "Count."},
        },
    ]
    assert [draft.said for draft in parsed.items] == [{}, {"case_sensitive": True}, {"units": ["min (60)"]}]
    assert [(one.kind, one.line) for one in parsed.problems] == [("kept", 3), ("kept", 4)]


def test_matching_ordering_and_essays() -> None:
    def pair(left: str, right: str) -> str:
        return f"<subquestion><text>{left}</text><answer><text>{right}</text></answer></subquestion>"

    parsed = read(
        question("matching", pair("a", "1") + pair("b", "2") + pair("", "3")),
        question("ordering", answer("one", "1.0", "first") + answer("two", "2.0") + answer("three", "3.0")),
        question("essay", "<graderinfo><text># 2: Names it\n- 0: no\n- 2: yes</text></graderinfo>"),
        question("essay", "<graderinfo><text>Be kind.</text></graderinfo>"),
    )
    matching, ordering, rubric, free = (draft.table for draft in parsed.items)
    assert matching["pairs"] == [
        {"left": {"en": "a"}, "right": {"en": "1"}},
        {"left": {"en": "b"}, "right": {"en": "2"}},
    ]
    assert matching["distractors"] == [{"en": "3"}]
    assert ordering["steps"] == [
        {"text": {"en": "one"}, "reason": {"en": "first"}},
        {"text": {"en": "two"}},
        {"text": {"en": "three"}},
    ]
    levels = [{"text": {"en": "no"}, "points": 0.0}, {"text": {"en": "yes"}, "points": 2.0}]
    assert rubric["rubric"] == [{"text": {"en": "Names it"}, "points": 2.0, "levels": levels}]
    assert "rubric" not in free
    assert parsed.items[3].said == {"grader_information": "Be kind."}


def test_markup_becomes_text_and_scripts_disappear() -> None:
    html = (
        "<p>One &amp; two &lt;three&gt;</p><script>alert(1)</script><p>four<br>five "
        '<img src="http://evil.example/x.png" alt="a shelf" onerror="alert(1)"> <b>six</b>&nbsp;!</p>'
    )
    parsed = read(question("truefalse", answer("true", "100") + answer("false", "0"), text=html))
    (draft,) = parsed.items
    assert draft.table["stem"] == {"en": "One & two <three>\nfour\nfive [a shelf] **six** !"}
    assert draft.said == {"original": {"stem": html}}
    assert [one.kind for one in parsed.problems] == ["markup"]


def test_what_has_no_place_is_kept_and_said() -> None:
    extra = (
        "<idnumber>77</idnumber><tags><tag><text>hard</text></tag><tag><text>competency:2.1</text></tag></tags>"
        "<defaultgrade>2</defaultgrade><hint><text>Think.</text></hint>"
        "<correctfeedback><text>Bravo</text></correctfeedback>"
        '<generalfeedback><text>Why</text><file name="a.png" encoding="base64">AAAA</file></generalfeedback>'
    )
    category = '<question type="category"><category><text>top/x</text></category></question>'
    parsed = read(category, question("truefalse", answer("true", "100", "k") + answer("false", "0"), extra=extra))
    (draft,) = parsed.items
    assert draft.table["competency"] == "2.1"
    assert draft.table["weight"] == 2.0
    assert draft.table["hints"] == [{"en": "Think."}]
    assert draft.said == {
        "category": "top/x",
        "id_number": "77",
        "tags": ["hard"],
        "combined_feedback": {"correctfeedback": "Bravo"},
        "pictures": ["a.png"],
        "general_feedback": "Why",
    }
    assert [(one.kind, one.severity) for one in parsed.problems] == [("kept", Severity.KEPT_ASIDE)]


GOOD = question("truefalse", answer("true", "100") + answer("false", "0"), text="Good?")


@pytest.mark.parametrize(
    ("bad", "kind", "line"),
    [
        (question("cloze"), "no_such_type", 2),
        (question("description"), "description", 2),
        ("<question><questiontext><text>x</text></questiontext></question>", "xml_no_type", 2),
        (question("multichoice", answer("a", "33") + answer("b", "x")), "fraction_unreadable", 2),
        (question("multichoice", answer("a", "1000") + answer("b", "0")), "fraction_unreadable", 2),
        (question("multichoice", "<single>false</single>" + answer("a", "30") + answer("b", "30")), "sum", 2),
        (question("multichoice", answer("a", "0") + answer("b", "0")), "no_key", 2),
        (question("multichoice", answer("a", "100")), "few_answers", 2),
        (question("truefalse", answer("true", "0") + answer("false", "0")), "no_key", 2),
        (question("truefalse", answer("true", "100")), "no_key", 2),
        (question("numerical", answer("twelve", "100")), "not_a_number", 2),
        (question("truefalse", answer("true", "100") + answer("false", "0"), text=" "), "no_text", 2),
        ("\n" + question("matching"), "few_answers", 3),
        ("<question type='truefalse'>\n<name></question>", "xml_broken", 3),
        ("<question type='truefalse'>\n<name>", "xml_broken", 2),
        ("<question type='truefalse'>\n&nbsp;</question>", "xml_broken", 3),
        ("<question type='truefalse'>\n\x01</question>", "xml_broken", 3),
        ("<other></othr>", "xml_broken", 2),
    ],
)
def test_what_is_wrong_is_said_and_the_rest_is_read(bad: str, kind: str, line: int) -> None:
    parsed = read(bad, GOOD)
    assert [draft.table["stem"] for draft in parsed.items] == [{"en": "Good?"}]
    assert [(one.kind, one.line) for one in parsed.problems if one.severity is Severity.LEFT_OUT] == [(kind, line)]


def test_a_file_that_ends_in_the_middle() -> None:
    whole = f"<quiz>\n{GOOD}\n{GOOD}\n</quiz>"
    parsed = read_moodle_xml(whole[: len(whole) - 40].encode(), "en")
    assert len(parsed.items) == 1
    assert [(one.kind, one.line) for one in parsed.problems] == [("xml_broken", 3)]


LAUGHS = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))


@pytest.mark.parametrize(
    "text",
    [
        f'<!DOCTYPE quiz [<!ENTITY a0 "ha">{LAUGHS}]><quiz>&a9;</quiz>',
        '<!DOCTYPE quiz [<!ENTITY x SYSTEM "file:///etc/passwd">]><quiz><question type="essay">&x;</question></quiz>',
        '<!DOCTYPE quiz SYSTEM "http://evil.example/quiz.dtd"><quiz/>',
        '<!DOCTYPE quiz [<!ENTITY % p SYSTEM "http://evil.example/p">%p;]><quiz/>',
        "<!DOCTYPE quiz><quiz/>",
        "<a>" * 60,
        "<html><body/></html>",
        "no xml at all",
        '{"json": 1}',
        "",
    ],
)
def test_dangerous_and_other_files_are_refused(text: str) -> None:
    with pytest.raises(FileRefused):
        read_moodle_xml(text.encode(), "en")


def test_a_broken_file_with_masses_of_openings_is_read_in_no_time() -> None:
    text = "<quiz></x>" + "<question type='essay'>\n" * 100_000 + "</question></quiz>"
    begun = time.process_time()
    parsed = read_moodle_xml(text.encode(), "en")
    assert time.process_time() - begun < 10
    assert parsed.items == ()
    assert {one.kind for one in parsed.problems} == {"xml_broken", "too_many_questions"}


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_item_of_the_house_comes_back(language: str) -> None:
    items = house_tables()
    written = write_moodle_xml(items, language)
    assert written.problems == ()
    assert len(ET.fromstring(written.content).findall("question")) == len(items)
    parsed = read_moodle_xml(written.content, language)
    assert [one.text for one in parsed.problems] == []
    for item, draft in zip(items, parsed.items, strict=True):
        assert the_same(draft.table, item, language), item["id"]


def test_a_long_answer_with_its_rubric_comes_back() -> None:
    levels = [{"text": {"en": "no"}, "points": 0.0}, {"text": {"en": "yes"}, "points": 2.5}]
    item = {
        "id": "op-9",
        "kind": "open_text",
        "stem": {"en": "Explain."},
        "hints": [{"en": "Begin with the buyer."}],
        "weight": 3.0,
        "reason": {"en": "It should name the buyer."},
        "rubric": [{"text": {"en": "Names the buyer"}, "points": 2.5, "levels": levels}],
    }
    (draft,) = read_moodle_xml(write_moodle_xml([item], "en").content, "en").items
    assert the_same(draft.table, item, "en")


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cn")) | st.sampled_from("\n<>&]'\""), max_size=30
)


@given(stem=TEXT, right=TEXT, wrong=TEXT, reason=TEXT)
def test_any_text_comes_back(stem: str, right: str, wrong: str, reason: str) -> None:
    stem, right, wrong, reason = (text.strip() for text in (stem, right, wrong, reason))
    if not (stem and right and wrong and right != wrong):
        return
    item = single(stem, right, wrong, reason)
    parsed = read_moodle_xml(write_moodle_xml([item], "en").content, "en")
    assert [one.text for one in parsed.problems] == []
    assert the_same(parsed.items[0].table, item, "en")


@pytest.mark.parametrize("text", naughty_strings())
def test_texts_that_break_programs(text: str) -> None:
    item = single(f"a {text} b", f"c {text}", f"d {text}")
    written = write_moodle_xml([item], "en")
    parsed = read_moodle_xml(written.content, "en")
    if written.items_count:
        assert the_same(parsed.items[0].table, item, "en")
    else:
        assert [one.kind for one in written.problems] == ["cannot_hold_control"]
