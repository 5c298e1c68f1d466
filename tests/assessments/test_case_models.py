"""Case sets: one situation for all items of a case, figures that follow from the product's own commands."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from assessments.bank import BANKS, Bank, Generated, Item, read_bank
from assessments.case_models import CASE_MODELS
from assessments.exhibits import BARS, Exhibit, series_in
from assessments.figures import SCENARIO, SEED, FigureRoom, room_of
from assessments.forms import Form, questions_for
from assessments.marking import mark
from assessments.prose import Prose, same
from assessments.questions import Choice, Numeric, Ordering, Question, ShortText, as_data, from_data, view_of
from core.domain.errors import ContentError
from seed.templates import template
from tests.assessments.questions_for_tests import proses
from tests.assessments.taking import right_answer
from tests.assessments.tiny_world import tiny_world

CASES = [
    (model.name, dict(zip(model.params, values, strict=True)))
    for model in CASE_MODELS.values()
    for values in product(*model.params.values())
]

HEAD = """[bank]
topic = "demo"
title = {en = "Demo", zh = "演示"}

[[case]]
id = "d-case"
title = {en = "A morning", zh = "早晨"}
model = "desk_queue"
params = {faults = 1}
"""

ITEM = """
[[item]]
id = "ID"
kind = "generated"
competency = "2.1"
positions = ["O"]
level = "decide"
source = "Handbook 8.2"
case = "d-case"
ask = "ASK"
"""
TWO = ITEM.replace("ID", "d-1").replace("ASK", "stopped") + ITEM.replace("ID", "d-2").replace("ASK", "first")


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


@pytest.fixture(scope="module")
def seeded_room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(template(SCENARIO, SEED, tmp_path_factory.mktemp("templates")))


def bank_with(tmp_path: Path, text: str) -> Bank:
    path = tmp_path / "demo.toml"
    path.write_text(text, encoding="utf-8")
    return read_bank(path)


def items_of(tmp_path: Path, model: str, params: dict[str, Any]) -> tuple[Item, ...]:
    """An item for every question of a case."""
    head = HEAD.replace("desk_queue", model).replace("params = {faults = 1}", f"params = {{{_toml(params)}}}")
    asks = CASE_MODELS[model].asks
    items = "".join(ITEM.replace("ID", f"d-{nth}").replace("ASK", ask) for nth, ask in enumerate(asks))
    return bank_with(tmp_path, head + items).items


def _toml(params: dict[str, Any]) -> str:
    return ", ".join(f"{name} = {json.dumps(value)}" for name, value in params.items())


def asked(room: FigureRoom, items: tuple[Item, ...], person: int, seed: int = 7) -> dict[str, Question]:
    with room.opened() as world:
        questions = questions_for(Form("A", items), seed, person, world)
    return {_ask(item): question for item, question in zip(items, questions, strict=True)}


def _ask(item: Item) -> str:
    assert isinstance(item.content, Generated)
    return item.content.ask


@pytest.mark.parametrize(("model", "params"), CASES, ids=str)
def test_every_case_is_sound_for_many_people(
    room: FigureRoom, tmp_path: Path, model: str, params: dict[str, Any]
) -> None:
    items, seen = items_of(tmp_path, model, params), set()
    for person in range(12):
        questions = asked(room, items, person)
        for question in questions.values():
            assert mark(question, right_answer(question)).fraction == 1.0
            assert from_data(json.loads(json.dumps(as_data(question)))) == question
            assert view_of(question).case == question.case
            assert not any("None" in prose.en for prose in proses(question))
            assert not any("\u4e00" <= char <= "\u9fff" for char in question.stem.en)
            if isinstance(question.content, Choice):
                texts = [option.text for option in question.content.options]
                assert len(set(texts)) == len(texts) >= 3
            if isinstance(question.content, Numeric):
                key, margin = question.content.answer, question.content.tolerance
                assert all(abs(near.value - key) > margin + near.tolerance for near in question.content.near)
            if isinstance(question.content, Ordering):
                assert len(question.content.steps) >= 3
            if isinstance(question.content, ShortText):
                assert question.content.accepts[0].fraction == 1
        seen.add(next(iter(questions.values())).case)
    assert len(seen) == 12


@pytest.mark.parametrize(("model", "params"), CASES, ids=str)
def test_every_case_can_be_built_in_the_seeded_world(
    seeded_room: FigureRoom, tmp_path: Path, model: str, params: dict[str, Any]
) -> None:
    items = items_of(tmp_path, model, params)
    built = [asked(seeded_room, items, person) for person in range(100, 105)]
    assert all(mark(q, right_answer(q)).fraction == 1.0 for questions in built for q in questions.values())
    assert len({next(iter(questions.values())).case for questions in built}) == 5


@pytest.mark.parametrize("model", sorted(CASE_MODELS))
def test_all_items_of_a_case_share_its_situation_and_the_same_person_gets_it_again(
    room: FigureRoom, tmp_path: Path, model: str
) -> None:
    items = items_of(tmp_path, model, {})
    first = asked(room, items, 3)
    cases = {question.case for question in first.values()}
    assert len(cases) == 1 and None not in cases
    assert asked(room, items, 3) == first
    assert asked(room, items[::-1], 3) == first, "the order of the items changes nothing"
    assert asked(room, items, 4) != first
    assert asked(room, items, 3, seed=8) != first


def test_the_desk_counts_the_orders_that_its_own_tables_give_away(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "desk_queue", {"faults": 2})
    for person in range(20):
        questions = asked(room, items, person)
        case = questions["stopped"].case
        assert case is not None
        orders, _, articles = case.exhibits
        free = {row[0].en: int(row[3].en) for row in articles.rows}
        price = {row[0].en: row[2].en for row in articles.rows}
        short = 0
        for _, _, code, count, unit_price, _ in orders.rows:
            if int(count.en) > free[code.en] and unit_price.en == price[code.en]:
                short += 1
            else:
                free[code.en] -= int(count.en)
        assert short == 1
        assert isinstance(questions["stopped"].content, Numeric)
        assert questions["stopped"].content.answer == 3


def test_the_rush_is_the_sum_its_chart_shows(room: FigureRoom, tmp_path: Path) -> None:
    items = items_of(tmp_path, "order_rush", {})
    for person in range(20):
        questions = asked(room, items, person)
        case = questions["left"].case
        assert case is not None
        (chart,) = case.exhibits
        left = int(case.situation.en.split("At the start ")[1].split()[0])
        first = None
        for hour, units in zip(chart.rows, series_in(chart)[0], strict=True):
            if units <= left:
                left -= int(units)
            elif first is None:
                first = hour[0]
        assert isinstance(questions["left"].content, Numeric) and isinstance(questions["hour"].content, Choice)
        assert questions["left"].content.answer == left
        assert [o.text for o in questions["hour"].content.options if o.fraction == 1] == [first]


def test_a_case_keeps_its_items_together(tmp_path: Path) -> None:
    bank = bank_with(tmp_path, HEAD + TWO)
    assert {case_id: [item.id for item in items] for case_id, items in bank.case_sets.items()} == {
        "d-case": ["d-1", "d-2"]
    }
    case = bank.items[0].case
    assert case is not None
    assert (case.title, case.model, dict(case.params)) == (Prose("A morning", "早晨"), "desk_queue", {"faults": 1})
    assert bank.items[0].content == Generated("desk_queue", {"faults": 1}, "stopped")


def test_no_two_cases_of_the_house_have_one_id() -> None:
    ids = [case for path in sorted(BANKS.glob("*.toml")) for case in read_bank(path).case_sets]
    assert len(set(ids)) == len(ids) >= 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (HEAD + ITEM.replace("ID", "d-1").replace("ASK", "first"), r"demo.toml:5 \[d-case\]: A case has at least 2 it"),
        (HEAD + TWO.replace('"first"', '"stopped"'), r"demo.toml:21 \[d-2\]: d-1 already asks stopped of this case"),
        (HEAD + TWO.replace('"first"', '"last"'), r"\[d-2\]: item: ask is last, wanted one of stopped, why, first"),
        (HEAD + TWO.replace('case = "d-case"', 'case = "x"', 1), r":18 \[d-1\]: There is no such case in this file"),
        (HEAD.replace("desk_queue", "x") + TWO, r":8 \[d-case\]: There is no case model x; there are .*desk_queue"),
        (HEAD.replace("faults = 1", "faults = 9") + TWO, r"refuses its parameters: faults is 9, wanted one of 2, 1"),
        (HEAD + TWO.replace('"generated"', '"single"', 1), r"\[d-1\]: item lacks stem"),
        (HEAD + HEAD[HEAD.index("[[case]]") :] + TWO, r":10 \[d-case\]: This id is already taken in demo.toml, line 5"),
    ],
)
def test_what_is_wrong_with_a_case_is_named(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ContentError, match=message):
        bank_with(tmp_path, text)


def test_a_chart_is_drawn_from_numbers_only() -> None:
    columns = (same("Day"), same("Rate"))
    rows = ((same("1"), Prose("1,204.5 h", "1,204.5 小时")), (same("2"), same("−3 %")))
    assert series_in(Exhibit(same("x"), columns, rows, BARS)) == ((1204.5, -3.0),)
    with pytest.raises(ValueError, match="a chart is drawn from numbers, found 'none'"):
        Exhibit(same("x"), columns, (*rows, (same("3"), same("none"))), BARS)
    with pytest.raises(ValueError, match="drawn as bars or line, not as pie"):
        Exhibit(same("x"), columns, rows, "pie")
