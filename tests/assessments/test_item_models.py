"""Item models: every question is sound, its key follows from the product's own commands, and figures differ."""

from __future__ import annotations

import json
from itertools import product
from typing import Any

import pytest

from assessments.bank import Generated, Item
from assessments.figures import SCENARIO, SEED, FigureRoom, room_of
from assessments.forms import question_for
from assessments.item_models import MODELS
from assessments.item_models.labels import FACT_NAMES, REASON_NAMES, STATUS_NAMES
from assessments.marking import mark
from assessments.questions import Choice, Matching, Numeric, Ordering, Question, ShortText, as_data, from_data
from core.domain.orders import Fact, Reason, Status
from core.services.stock import available_units
from core.ui.i18n import in_language, t
from seed.templates import template
from tests.assessments.questions_for_tests import proses
from tests.assessments.tiny_world import tiny_world

CASES = [
    (model.name, dict(zip(model.params, values, strict=True)))
    for model in MODELS.values()
    for values in product(*model.params.values())
]


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    return room_of(tiny_world(tmp_path_factory.mktemp("figures") / "tiny.db"))


@pytest.fixture(scope="module")
def seeded_room(tmp_path_factory: pytest.TempPathFactory) -> FigureRoom:
    """The world that people's figures really come from."""
    return room_of(template(SCENARIO, SEED, tmp_path_factory.mktemp("templates")))


def item_of(model: str, params: dict[str, Any]) -> Item:
    return Item(f"g-{model}", "generated", "2.1", ("O",), "apply", "x", 1.0, None, Generated(model, params), "x", 1)


def asked(room: FigureRoom, model: str, params: dict[str, Any], person: int, seed: int = 7) -> Question:
    with room.opened() as world:
        return question_for(item_of(model, params), seed, person, world)


def key_of(question: Question) -> Any:
    match question.content:
        case Choice(options=options, several=True):
            return [option.name for option in options if option.fraction > 0]
        case Choice(options=options):
            return next(option.name for option in options if option.fraction == 1)
        case Numeric(answer=answer):
            return repr(answer)
        case ShortText(accepts=accepts):
            return accepts[0].pattern
        case Ordering(steps=steps):
            return [step.name for step in steps]
        case Matching(pairs=pairs):
            return {pair.name: pair.right for pair in pairs}


@pytest.mark.parametrize(("model", "params"), CASES, ids=str)
def test_every_variant_is_sound_for_many_people(room: FigureRoom, model: str, params: dict[str, Any]) -> None:
    seen = set()
    for person in range(12):
        question = asked(room, model, params, person)
        key = key_of(question)
        assert mark(question, key).fraction == 1.0
        assert from_data(json.loads(json.dumps(as_data(question)))) == question
        for prose in proses(question):
            assert "None" not in prose.en
            assert not any("\u4e00" <= char <= "\u9fff" for char in question.stem.en)
        if isinstance(question.content, Choice):
            texts = [option.text for option in question.content.options]
            assert len(set(texts)) == len(texts) >= 3
        if isinstance(question.content, Numeric):
            key, margin = question.content.answer, question.content.tolerance
            assert all(abs(near.value - key) > margin + near.tolerance for near in question.content.near)
        seen.add((question.stem, question.exhibit))
    assert len(seen) == 12


@pytest.mark.parametrize(("model", "params"), CASES, ids=str)
def test_every_variant_can_be_built_in_the_seeded_world(
    seeded_room: FigureRoom, model: str, params: dict[str, Any]
) -> None:
    questions = [asked(seeded_room, model, params, person) for person in range(100, 105)]
    assert all(mark(question, key_of(question)).fraction == 1.0 for question in questions)
    assert len({(question.stem, question.exhibit) for question in questions}) == 5


@pytest.mark.parametrize("model", sorted(MODELS))
def test_the_same_person_always_gets_the_same_question(room: FigureRoom, model: str) -> None:
    first = asked(room, model, {}, 3)
    asked(room, model, {}, 4)
    assert asked(room, model, {}, 3) == first
    assert asked(room, model, {}, 3, seed=8) != first


def test_building_leaves_no_trace_in_the_world(room: FigureRoom) -> None:
    with room.opened() as world:
        before = [available_units(world, sku_id, 1) for sku_id in range(1, 31)]
    for model in MODELS:
        asked(room, model, {}, 1)
    with room.opened() as world:
        assert [available_units(world, sku_id, 1) for sku_id in range(1, 31)] == before


def test_order_total_adds_up_what_the_table_shows(room: FigureRoom) -> None:
    for person in range(30):
        question = asked(room, "order_total", {"ask": "total"}, person)
        assert question.exhibit is not None and isinstance(question.content, Numeric)
        cells = [[cell.en.replace(",", "").replace("−", "-") for cell in row] for row in question.exhibit.rows]
        total = sum(int(row[2]) * float(row[3]) if row[2] else float(row[3]) for row in cells)
        assert question.content.answer == pytest.approx(total, abs=0.001)


def test_late_rate_counts_only_what_was_delivered(room: FigureRoom) -> None:
    for person in range(30):
        question = asked(room, "late_rate", {"rule": "date"}, person)
        assert question.exhibit is not None and isinstance(question.content, Numeric)
        delivered = [row for row in question.exhibit.rows if row[2].en != "on the way"]
        late = [row for row in delivered if row[2].en[:10] > row[1].en[:10]]
        assert question.content.answer == pytest.approx(100 * len(late) / len(delivered), abs=0.006)
        late = [row for row in delivered if row[2].en > row[1].en]
        by_time = asked(room, "late_rate", {"rule": "timestamp"}, person)
        assert isinstance(by_time.content, Numeric)
        assert by_time.content.answer == pytest.approx(100 * len(late) / len(delivered), abs=0.006)


def test_stock_after_serves_only_what_can_be_served(room: FigureRoom) -> None:
    for person in range(30):
        question = asked(room, "stock_after", {"ask": "available", "short": True}, person)
        assert question.exhibit is not None and isinstance(question.content, Numeric)
        available = int(question.exhibit.rows[0][1].en)
        for _, wanted in question.exhibit.rows[2:]:
            units = int(wanted.en.split()[0])
            if units <= available:
                available -= units
        assert question.content.answer == available


def test_oldest_lot_is_issued_first(room: FigureRoom) -> None:
    for person in range(30):
        question = asked(room, "oldest_first", {"ask": "lot"}, person)
        assert question.exhibit is not None and isinstance(question.content, Choice)
        oldest = min(question.exhibit.rows, key=lambda row: row[1].en)[0]
        assert next(option.text for option in question.content.options if option.fraction == 1) == oldest


@pytest.mark.parametrize("ask", ["lot", "order"])
def test_lots_go_out_by_the_day_that_the_table_shows(seeded_room: FigureRoom, ask: str) -> None:
    """Articles that go out by expiry date are not asked about here, and no two lots came in at once."""
    for person in range(60):
        question = asked(seeded_room, "oldest_first", {"ask": ask}, person)
        assert question.exhibit is not None
        rows = sorted(question.exhibit.rows, key=lambda row: row[1].en)
        assert len({row[1].en for row in rows}) == len(rows) == 4
        content = question.content
        if isinstance(content, Ordering):
            assert [step.text for step in content.steps] == [row[0] for row in rows]
        else:
            assert isinstance(content, Choice)
            assert [option.text for option in content.options if option.fraction == 1] == [rows[0][0]]


def test_log_ending_in_a_hold_is_explained_by_the_entry_before(seeded_room: FigureRoom) -> None:
    ends = set()
    for person in range(40):
        question = asked(seeded_room, "status_of", {"ask": "text"}, person)
        assert question.exhibit is not None and isinstance(question.content, ShortText)
        last = question.exhibit.rows[-1][1].en
        ends.add(last)
        by_last = "last entry moved" in question.content.accepts[0].reason.en
        assert by_last == (last not in ("Put on hold", "Buyer notified"))
        assert mark(question, "on hold").fraction == 0.0
    assert "Put on hold" in ends


def test_every_verdict_comes_up_and_is_the_one_asked_for(room: FigureRoom) -> None:
    for reason in ("address", "phone", "price", "stock", "payment"):
        question = asked(room, "review_verdict", {"reason": reason}, 1)
        assert isinstance(question.content, Choice)
        right = next(option.text.en for option in question.content.options if option.fraction == 1)
        assert right == f"It stops: {REASON_NAMES[Reason(reason)].en}"
    question = asked(room, "review_verdict", {"reason": "none"}, 1)
    assert isinstance(question.content, Choice)
    right = next(option.text.en for option in question.content.options if option.fraction == 1)
    assert right == "It passes and is confirmed"


def test_status_of_reaches_many_statuses(room: FigureRoom) -> None:
    keys = set()
    for person in range(60):
        question = asked(room, "status_of", {}, person)
        assert isinstance(question.content, Choice)
        keys |= {option.text.en for option in question.content.options if option.fraction == 1}
    assert len(keys) >= 5


@pytest.mark.parametrize(
    ("params", "problem"),
    [
        ({"ask": "total"}, None),
        ({"lines": 4}, None),
        ({"ask": "colour"}, "ask is colour, wanted one of total, open"),
        ({"lines": True}, "lines is True, wanted one of 3, 2, 4, 5"),
        ({"x": 1}, "unknown parameter x"),
    ],
)
def test_parameters_are_checked(params: dict[str, Any], problem: str | None) -> None:
    assert MODELS["order_total"].problem_in(params) == problem


def test_names_are_those_of_the_interface() -> None:
    with in_language("zh"):
        for status in Status:
            assert STATUS_NAMES[status].zh == t(STATUS_NAMES[status].en)
        for reason in Reason:
            assert REASON_NAMES[reason].zh == t(REASON_NAMES[reason].en)
        for fact in Fact:
            assert FACT_NAMES[fact].zh == t(FACT_NAMES[fact].en)


def test_choices_are_not_always_shown_in_one_order(room: FigureRoom) -> None:
    shown = {asked(room, "address_fault", {}, person).shown for person in range(20)}
    assert len(shown) > 5


def test_questions_of_one_paper_leave_the_world_as_it_was(seeded_room: FigureRoom) -> None:
    """Models that carry out commands come twice in a paper, and in either order; nobody's figures depend on that."""
    wanted: list[tuple[str, dict[str, Any]]] = [
        (name, {}) for name in ("expiry_order", "stock_after", "cancel_effect", "expiry_order")
    ]
    alone = [asked(seeded_room, name, params, 3) for name, params in wanted]
    with seeded_room.opened() as world:
        together = [question_for(item_of(name, params), 7, 3, world) for name, params in reversed(wanted)]
    assert together[::-1] == alone
