"""Banks: what is wrong in a file is named with its file, line and item."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.bank import Generated, bank_of, question_of, read_bank
from assessments.marking import mark
from assessments.prose import Prose
from assessments.questions import Matching, OpenText
from core.domain.errors import ContentError

HEAD = """[bank]
topic = "demo"
title = {en = "Demo", zh = "演示"}
"""

ITEM = """
[[item]]
id = "d-1"
kind = "KIND"
competency = "2.1"
positions = ["O", "S"]
level = "apply"
source = "CURRICULUM 2.1"
stem = {en = "Which?", zh = "哪个？"}
"""

SINGLE = """[[item.options]]
text = {en = "this", zh = "这个"}
fraction = 1.0
reason = {en = "so", zh = "因为"}
[[item.options]]
text = {en = "that", zh = "那个"}
fraction = 0.0
reason = {en = "no", zh = "不是"}
"""

MATCHING = """distractors = [{en = "dry", zh = "干"}]
[[item.pairs]]
left = {en = "rain", zh = "雨"}
right = {en = "wet", zh = "湿"}
reason = {en = "water", zh = "水"}
[[item.pairs]]
left = {en = "drizzle", zh = "毛毛雨"}
right = {en = "wet", zh = "湿"}
reason = {en = "water too", zh = "也是水"}
"""


OPEN_TEXT = """hints = [{en = "Think of the buyer.", zh = "想想买家。"}]
reason = {en = "Cause and remedy.", zh = "原因和对策。"}
[[item.rubric]]
text = {en = "Names the cause", zh = "指出原因"}
points = 2
levels = [
  {points = 0, text = {en = "not named", zh = "未指出"}},
  {points = 1, text = {en = "hinted at", zh = "有所提及"}},
  {points = 2, text = {en = "named", zh = "明确指出"}},
]
"""


def written(folder: Path, text: str, name: str = "demo.toml") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def item(kind: str, body: str) -> str:
    return ITEM.replace("KIND", kind) + body


def test_a_good_item_is_read_whole(tmp_path: Path) -> None:
    bank = read_bank(written(tmp_path, HEAD + item("single", SINGLE)))
    assert (bank.topic, bank.title, len(bank.items)) == ("demo", Prose("Demo", "演示"), 1)
    read = bank.items[0]
    assert (read.id, read.positions, read.level, read.line) == ("d-1", ("O", "S"), "apply", 5)
    assert mark(question_of(read), "a").fraction == 1.0


def test_a_topic_may_lie_in_several_files(tmp_path: Path) -> None:
    written(tmp_path, HEAD + item("single", SINGLE), "a.toml")
    written(tmp_path, HEAD + item("single", SINGLE).replace("d-1", "d-2"), "b.toml")
    written(tmp_path, HEAD.replace("demo", "other") + item("single", SINGLE), "c.toml")
    assert [one.id for one in bank_of("demo", tmp_path).items] == ["d-1", "d-2"]


def test_an_id_in_two_files_of_a_topic_is_refused(tmp_path: Path) -> None:
    written(tmp_path, HEAD + item("single", SINGLE), "a.toml")
    written(tmp_path, HEAD + item("single", SINGLE), "b.toml")
    with pytest.raises(ContentError, match=r"b\.toml:5 \[d-1\]: This id is already taken in a\.toml, line 5"):
        bank_of("demo", tmp_path)


def test_a_missing_topic_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ContentError, match="There is no item bank on nothing"):
        bank_of("nothing", tmp_path)


def test_the_same_right_hand_side_may_serve_several_pairs(tmp_path: Path) -> None:
    content = read_bank(written(tmp_path, HEAD + item("matching", MATCHING))).items[0].content
    assert isinstance(content, Matching)
    assert [(right.name, right.text.en) for right in content.rights] == [("a", "wet"), ("b", "dry")]
    assert [pair.right for pair in content.pairs] == ["a", "a"]


def test_a_generated_item_names_model_and_parameters(tmp_path: Path) -> None:
    text = HEAD + item("generated", 'model = "order_total"\n').replace("stem", "# stem")
    content = read_bank(written(tmp_path, text)).items[0].content
    assert content == Generated("order_total", {})


def test_an_open_text_has_a_rubric_and_no_mark_of_its_own(tmp_path: Path) -> None:
    read = read_bank(written(tmp_path, HEAD + item("open_text", OPEN_TEXT))).items[0]
    question = question_of(read)
    assert isinstance(question.content, OpenText)
    assert (question.content.points, [one.points for one in question.content.rubric[0].levels]) == (2, [0, 1, 2])
    assert question.hints == (Prose("Think of the buyer.", "想想买家。"),)
    assert [mark(question, answer).fraction for answer in ("The carrier was late.", " ", None)] == [None, 0.0, 0.0]


@pytest.mark.parametrize("points", ["1", "0", "3", "-1"])
def test_a_rubric_whose_levels_don_t_reach_their_points_is_refused(tmp_path: Path, points: str) -> None:
    body = OPEN_TEXT.replace("points = 2\nlevels", f"points = {points}\nlevels")
    with pytest.raises(ContentError, match="levels of a criterion rise"):
        read_bank(written(tmp_path, HEAD + item("open_text", body)))


WRONG = [
    ("not toml", HEAD + "[[item]\n", 4, None, "This is not valid TOML"),
    (
        "unknown field",
        HEAD + item("single", "hint = 1\n" + SINGLE),
        13,
        "d-1",
        "item: hint is not a known field",
    ),
    ("unknown kind", HEAD + item("essay", SINGLE), 7, "d-1", "item: kind is essay, wanted one of single"),
    (
        "no Chinese",
        HEAD + item("single", SINGLE.replace('text = {en = "that", zh = "那个"}', 'text = {en = "that"}')),
        18,
        "d-1",
        "options 2: text should be said in both languages, en and zh",
    ),
    (
        "empty Chinese",
        HEAD + item("single", SINGLE).replace("哪个？", " "),
        12,
        "d-1",
        "item: stem should be said in both languages",
    ),
    (
        "no key",
        HEAD + item("single", SINGLE.replace("1.0", "0.0")),
        5,
        "d-1",
        "A single choice has exactly one option with fraction 1, found 0",
    ),
    (
        "two half keys",
        HEAD + item("single", SINGLE.replace("fraction = 0.0", "fraction = 0.5")),
        5,
        "d-1",
        "A single choice has one key",
    ),
    (
        "fractions that don't add up",
        HEAD + item("multiple", SINGLE.replace("fraction = 0.0", "fraction = 0.5")),
        5,
        "d-1",
        "The fractions of the right options add up to 1.500, wanted 1",
    ),
    (
        "an idle option",
        HEAD + item("multiple", SINGLE),
        5,
        "d-1",
        "Every option of a multiple choice is worth something or costs something",
    ),
    (
        "a fraction out of bounds",
        HEAD + item("single", SINGLE.replace("fraction = 0.0", "fraction = -3")),
        19,
        "d-1",
        "A fraction should lie between -1 and 1",
    ),
    (
        "twins",
        HEAD + item("single", SINGLE.replace('en = "that"', 'en = "this"')),
        5,
        "d-1",
        "Two options say the same",
    ),
    (
        "one option",
        HEAD + item("single", SINGLE[: SINGLE.rindex("[[")]),
        5,
        "d-1",
        "item needs at least 2 of options",
    ),
    (
        "a text for a number",
        HEAD + item("numeric", 'answer = "3"\nreason = {en = "so", zh = "因为"}\n'),
        13,
        "d-1",
        "item: answer should be a number",
    ),
    (
        "an endless number",
        HEAD + item("numeric", 'answer = inf\nreason = {en = "so", zh = "因为"}\n'),
        13,
        "d-1",
        "item: answer should be a number",
    ),
    (
        "no full mark",
        HEAD
        + item(
            "short_text",
            'reason = {en = "so", zh = "因为"}\n[[item.accept]]\npattern = "x"\nfraction = 0.5\n'
            'reason = {en = "so", zh = "因为"}\n',
        ),
        5,
        "d-1",
        "No wording is worth the full mark",
    ),
    ("unknown position", HEAD + item("single", SINGLE).replace('"S"', '"Z"'), 9, "d-1", "Unknown position Z"),
    (
        "unknown model",
        HEAD + item("generated", 'model = "weather"\n'),
        13,
        "d-1",
        "There is no item model weather; there are ",
    ),
    (
        "unknown parameter",
        HEAD + item("generated", 'model = "order_total"\nparams = {colour = "red"}\n'),
        14,
        "d-1",
        "The item model order_total refuses its parameters: unknown parameter colour",
    ),
    (
        "missing field",
        HEAD + item("single", SINGLE).replace("source", "# source"),
        5,
        "d-1",
        "item lacks source",
    ),
    (
        "an id twice",
        HEAD + item("single", SINGLE) + item("single", SINGLE),
        22,
        "d-1",
        "This id is already taken in demo.toml, line 5",
    ),
]


@pytest.mark.parametrize(
    ("text", "line", "item_id", "message"), [case[1:] for case in WRONG], ids=[case[0] for case in WRONG]
)
def test_what_is_wrong_is_named(tmp_path: Path, text: str, line: int, item_id: str | None, message: str) -> None:
    with pytest.raises(ContentError) as caught:
        read_bank(written(tmp_path, text))
    assert (caught.value.file, caught.value.line, caught.value.item) == ("demo.toml", line, item_id)
    assert message in str(caught.value)


def test_a_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "demo.toml"
    path.write_bytes((HEAD + item("single", SINGLE)).encode("gb18030"))
    with pytest.raises(ContentError, match=r"demo\.toml: This file is not UTF-8 text\."):
        read_bank(path)
