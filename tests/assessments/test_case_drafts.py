"""Drafts of cases: what is written is what a bank file would say, and what is wrong is refused."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.banked_items import house_cases, topics
from assessments.case_drafts import (
    OWN_KINDS,
    blank_case,
    draft_from,
    read_case,
    tables_of,
    with_item,
    with_item_moved,
    without_item,
)
from assessments.case_models import CASE_MODELS
from assessments.case_models.names import CASE_NAMES
from assessments.cases import MOST_COLUMNS, MOST_EXHIBITS, MOST_ROWS
from assessments.cell_lines import lines_in
from assessments.draft_values import changes_between, gaps_in
from assessments.item_changes import with_part, with_value, without_part
from assessments.item_drafts import ASKED, CASE, COUNT, ITEMS, PART, Draft, Place, Spot, keyed, plain_item, tabled
from assessments.item_models import MODELS
from assessments.item_models.names import MODEL_NAMES, param_name, value_name
from assessments.questions import MOST_PARTS
from core.domain.errors import ContentError, RuleViolation

TEXT = st.text("abcdefgh 表格单元,|\"'\\\n{}=#", min_size=1, max_size=12).map(lambda text: f"x{text}y")
PROSE = st.builds(lambda en, zh: {"en": en, "zh": zh}, TEXT, TEXT)
NUMBER = st.integers(-99_999, 99_999).map(lambda number: {"en": f"{number:,}", "zh": f"{number:,}"})
HEAD = {"competency": "2.1", "level": "apply", "positions": ["O", "P"], "source": "Handbook 5.1"}


@st.composite
def exhibits(draw: st.DrawFn) -> Draft:
    """A table of texts, or one of numbers that is drawn."""
    width, height = draw(st.integers(2, 4)), draw(st.integers(1, 4))
    chart = draw(st.sampled_from(["", "bars", "line"]))
    cell = NUMBER if chart else PROSE
    rows = [[draw(PROSE), *(draw(cell) for _ in range(width - 1))] for _ in range(height)]
    made: Draft = {"title": draw(PROSE), "columns": [draw(PROSE) for _ in range(width)], "rows": rows}
    return made | ({"chart": chart} if chart else {})


@st.composite
def items(draw: st.DrawFn) -> Draft:
    """A number, a single choice or an ordering."""
    kind = draw(st.sampled_from(["numeric", "single", "ordering"]))
    made: Draft = {"kind": kind, **HEAD, "stem": draw(PROSE)}
    if kind == "numeric":
        return made | {"answer": draw(st.integers(0, 9)), "tolerance": 0.5, "reason": draw(PROSE)}
    parts = draw(st.lists(PROSE, min_size=3, max_size=5, unique_by=(lambda p: p["en"], lambda p: p["zh"])))
    if kind == "ordering":
        return made | {"steps": [{"text": one, "reason": draw(PROSE)} for one in parts]}
    fractions = [1.0, *(0.0 for _ in parts[1:])]
    return made | {
        "options": [
            {"text": one, "fraction": worth, "reason": draw(PROSE)} for one, worth in zip(parts, fractions, strict=True)
        ]
    }


@st.composite
def written_cases(draw: st.DrawFn) -> Draft:
    """A whole case as somebody wrote it."""
    made: Draft = {"kind": CASE, "title": draw(PROSE), "situation": draw(PROSE)}
    tables = draw(st.lists(exhibits(), max_size=3))
    return made | ({"exhibits": tables} if tables else {}) | {ITEMS: draw(st.lists(items(), min_size=2, max_size=4))}


def as_toml(value: Any) -> str:
    """A value as TOML writes it, every table inline."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name} = {as_toml(one)}" for name, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(as_toml, value)) + "]"
    return json.dumps(value)


@settings(max_examples=60, deadline=None)
@given(written_cases())
def test_a_case_goes_from_draft_to_file_to_case_and_back(plain: Draft) -> None:
    draft = keyed(plain)
    assert gaps_in(draft) == () and plain_item(draft) == plain
    case, tables = tables_of(draft, "own-7", 2)
    read = tomllib.loads(as_toml({"case": [case], "item": tables})[1:-1].replace("], item", "]\nitem"))
    assert draft_from(read["case"][0], read["item"])[ITEMS][0]["id"] == "own-7-1"
    found = read_case(draft, "own-7", 2)
    assert [item.id for item in found] == [f"own-7-{n}" for n in range(1, len(found) + 1)]
    assert {item.version for item in found} == {2}
    view = found[0].case.view if found[0].case is not None else None
    assert view is not None and view.title.as_data() == plain["title"]
    assert [[[cell.as_data() for cell in row] for row in one.rows] for one in view.exhibits] == [
        one["rows"] for one in plain.get("exhibits", [])
    ]
    again = draft_from(read["case"][0], [{**one, "version": 2} for one in read["item"]])
    for item in again[ITEMS]:
        del item["id"]
    assert plain_item(again) == plain


def test_every_case_of_the_house_comes_out_of_a_draft_as_it_went_in() -> None:
    count = 0
    for topic in topics():
        for case_id, draft in house_cases(topic).items():
            count += 1
            assert gaps_in(draft) == (), case_id
            assert len(read_case(draft, case_id, 1)) == len(draft[ITEMS]) >= 2
            assert keyed(plain_item(draft)) == draft
    assert count >= 16


def test_cells_said_once_are_the_same_in_both_languages_and_empty_ones_vanish() -> None:
    empty: dict[str, str] = {"en": "", "zh": ""}
    cells = [
        [{"en": "Day", "zh": "日期"}, {"en": "Parcels", "zh": "包裹"}, empty],
        [{"en": "1", "zh": ""}, {"en": "", "zh": "二"}, empty],
        [empty, empty, empty],
        [{"en": "3", "zh": "三"}, empty],
    ]
    heads, rows = tabled(cells)
    assert heads == [{"en": "Day", "zh": "日期"}, {"en": "Parcels", "zh": "包裹"}]
    assert rows == [
        [{"en": "1", "zh": "1"}, {"en": "二", "zh": "二"}],
        [{"en": "3", "zh": "三"}, {"en": "–", "zh": "–"}],
    ]
    assert tabled([]) == ([], [])


def one_table(cells: list[list[Draft]]) -> Draft:
    draft = with_part(blank_case(), "exhibits")
    return with_value(draft, Place("cells", "", "exhibits", 1), cells)


def test_a_table_is_typed_as_lines_and_each_language_leaves_the_other_alone() -> None:
    draft = with_part(blank_case(), "exhibits")
    english, chinese = (Place("cells", one, "exhibits", 1) for one in ("en", "zh"))
    draft = with_value(draft, english, "Day | Parcels\r\nMonday\t120\n | 80\n\n")
    draft = with_value(draft, chinese, "日期|包裹\n周一")
    cells = draft["exhibits"][0]["cells"]
    assert cells[1] == [{"en": "Monday", "zh": "周一"}, {"en": "120", "zh": ""}]
    assert lines_in(cells, "en") == "Day | Parcels\nMonday | 120\n | 80"
    assert lines_in(cells, "zh") == "日期 | 包裹\n周一"
    assert with_value(draft, english, lines_in(cells, "en")) == draft
    assert with_value(draft, chinese, lines_in(cells, "zh")) == draft
    gone = with_value(draft, english, "  ")["exhibits"][0]["cells"]
    assert [[cell["en"] for cell in row] for row in gone] == [["", ""], ["", ""]] and gone[1][0]["zh"] == "周一"
    assert with_value(with_value(draft, english, ""), chinese, None)["exhibits"][0]["cells"] == []
    assert lines_in([[{"en": "a|b\nc", "zh": ""}]], "en") == "a｜b c", "a bar in a cell is no border between cells"
    with pytest.raises(RuleViolation, match="at most"):
        with_value(draft, english, "|".join("x" * (MOST_COLUMNS + 1)) + "\nx")


def test_headings_are_wanted_in_both_languages() -> None:
    half = one_table([[{"en": "Day"}, {"en": "Parcels", "zh": "包裹"}], [{"en": "1"}, {"en": "2"}]])
    assert Spot("cells", "zh", "exhibits", 1) in gaps_in(half)
    assert Spot("cells", "en", "exhibits", 1) not in gaps_in(half)
    heads_only = one_table([[{"en": "Day", "zh": "日期"}]])
    assert Spot("cells", "en", "exhibits", 1) in gaps_in(heads_only)


@pytest.mark.parametrize(("columns", "rows"), [(MOST_COLUMNS + 1, 2), (2, MOST_ROWS + 1)])
def test_a_table_that_is_too_large_is_refused(columns: int, rows: int) -> None:
    with pytest.raises(RuleViolation, match="at most"):
        one_table([[{"en": "1", "zh": "1"} for _ in range(columns)] for _ in range(rows + 1)])
    for value in ("text", 7, None):
        with pytest.raises(RuleViolation):
            with_value(with_part(blank_case(), "exhibits"), Place("cells", "", "exhibits", 1), value)


def complete() -> Draft:
    """A case that could be used as it is."""
    numeric = {
        "kind": "numeric", **HEAD, "stem": {"en": "How many?", "zh": "多少？"}, "answer": 3,
        "reason": {"en": "1 + 2.", "zh": "1 加 2。"},
    }  # fmt: skip
    return keyed(
        {
            "kind": CASE,
            "title": {"en": "T", "zh": "题"},
            "situation": {"en": "S", "zh": "情"},
            "exhibits": [
                {
                    "title": {"en": "E", "zh": "表"},
                    "columns": [{"en": "a", "zh": "甲"}, {"en": "b", "zh": "乙"}],
                    "rows": [[{"en": "x", "zh": "x"}, {"en": "1", "zh": "1"}]],
                }
            ],
            ITEMS: [numeric, numeric],
        }
    )


def test_a_case_says_what_is_wrong_with_it() -> None:
    whole = complete()
    assert len(read_case(whole, "c", 1)) == 2
    with pytest.raises(ContentError, match="at least 2 items, found 1"):
        read_case(without_item(whole, 1), "c", 1)
    words = one_table([[{"en": "a", "zh": "甲"}, {"en": "b", "zh": "乙"}], [{"en": "x"}, {"en": "many"}]])["exhibits"]
    drawn = {**whole, "exhibits": [{**words[0], "chart": "bars", "title": {"en": "E", "zh": "表"}}]}
    with pytest.raises(ContentError, match="A chart needs"):
        read_case(drawn, "c", 1)
    many = {**whole, "exhibits": [{**whole["exhibits"][0]} for _ in range(MOST_EXHIBITS + 1)]}
    with pytest.raises(ContentError, match="at most"):
        read_case(many, "c", 1)


def test_a_model_asks_only_its_own_questions_and_a_written_case_only_fixed_ones() -> None:
    made = blank_case("desk_queue")
    assert [item["ask"] for item in made[ITEMS]] == list(CASE_MODELS["desk_queue"].asks)
    with pytest.raises(RuleViolation, match="different for everybody"):
        with_item(made, "single")
    with pytest.raises(RuleViolation):
        with_item(made, ASKED, "stopped")
    again = with_item(without_item(made, 1), ASKED, "stopped")
    assert (again[ITEMS][-1]["ask"], again[ITEMS][-1][PART]) == ("stopped", made[COUNT] + 1)
    for kind in (ASKED, "generated", "riddle", CASE):
        with pytest.raises(RuleViolation):
            with_item(blank_case(), kind)
    with pytest.raises(RuleViolation):
        blank_case("no such model")
    case, tables = tables_of(complete(), "c", 1)
    model = {"id": "c", "title": case["title"], "model": "desk_queue"}
    with pytest.raises(ContentError, match="other figures"):
        read_case(draft_from(model, tables), "c", 1)
    asked = {**HEAD, "kind": "generated", "ask": "stopped", "id": "a", "case": "c"}
    with pytest.raises(ContentError, match="Only a case of a model"):
        read_case(draft_from(case, [asked, asked]), "c", 1)


def test_items_come_go_and_change_places_and_leave_their_number_to_nobody() -> None:
    draft = blank_case()
    for kind in OWN_KINDS[:3]:
        draft = with_item(draft, kind)
    gone = without_item(draft, 3)
    assert [item[PART] for item in with_item(gone, "ordering")[ITEMS]] == [1, 2, 4]
    assert [item[PART] for item in with_item_moved(draft, 3, -1)[ITEMS]] == [1, 3, 2]
    assert with_item_moved(draft, 1, -1) == draft and with_item_moved(draft, 3, 1) == draft
    with pytest.raises(RuleViolation, match="another window"):
        without_item(gone, 3)
    with pytest.raises(RuleViolation, match="another window"):
        with_value(gone, Place("stem", "en", "", 0, 3), "x")
    while len(draft[ITEMS]) < MOST_PARTS:
        draft = with_item(draft, "single")
    with pytest.raises(RuleViolation, match="at most"):
        with_item(draft, "single")


def test_changes_of_a_case_are_said_item_by_item_wherever_they_stand() -> None:
    before = complete()
    after = with_value(with_item_moved(before, 2, -1), Place("stem", "en", "", 0, 2), "How few?")
    (change,) = changes_between(before, after)
    assert (change.spot, change.before, change.after) == (Spot("stem", "en", "", 0, 1), "How many?", "How few?")
    gone = changes_between(before, without_item(before, 1))
    assert {(one.spot.item, one.after) for one in gone} == {(1, "")}
    (table,) = {one.spot.field for one in changes_between(before, without_part(before, "exhibits", 1))} - {"title"}
    assert table == "cells"


def test_every_model_question_parameter_and_value_has_a_name() -> None:
    assert set(CASE_NAMES) == set(CASE_MODELS) and set(MODEL_NAMES) == set(MODELS)
    for name, model in CASE_MODELS.items():
        said = CASE_NAMES[name]
        assert set(said.asks) == set(model.asks) and set(said.params) == set(model.params)
        assert set(said.values) == {(one, value) for one, values in model.params.items() for value in values}
    for name, item_model in MODELS.items():
        for param, values in item_model.params.items():
            assert param_name(param).zh != param
            words = [value_name(name, param, value) for value in values]
            assert len(set(words)) == len(values)
            assert all(said.zh != value for said, value in zip(words, values, strict=True) if isinstance(value, str))
