"""The contract that every exercise keeps, and what each of them makes of half solutions and wrong ones."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from string import Formatter

import pytest
from sqlalchemy import select

from assessments.evidence import order_row
from assessments.exercise import Case, Exercise, Report, case_in, grade, lay
from assessments.exercises import EXERCISES, exercise_named
from assessments.prose import Prose
from core.context import Actor, Context, World
from core.db.engines import sqlite_engine, transaction
from core.db.world_tables import sales_order, world
from core.domain.errors import ContentError, NotFound
from core.domain.rights import PRACTICE_RIGHTS, Position
from core.services import orders
from seed.scenario import PRACTICE_CLOCK_AT
from seed.templates import template

TRAINEE = Actor(7, "Trainee", "employee", "O", PRACTICE_RIGHTS)
Laid = Callable[[Exercise], Case]


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the scenarios' worlds are built, once for all tests here."""
    return tmp_path_factory.mktemp("templates")


@contextmanager
def opened(ready: Path, file: Path) -> Iterator[Context]:
    """A copy of the world, spoken to by the trainee at its own clock."""
    shutil.copyfile(ready, file)
    engine = sqlite_engine(file, durable=False)
    with transaction(engine) as db:
        yield Context(db, TRAINEE, PRACTICE_CLOCK_AT, World("practice", file.stem))
    engine.dispose()


@pytest.fixture
def laid(templates: Path, tmp_path: Path) -> Iterator[Laid]:
    """Lays exercises into worlds of this test's own."""
    with ExitStack() as open_worlds:
        numbers = count()

        def lay_one(exercise: Exercise) -> Case:
            ready = template(exercise.scenario, exercise.seed, templates)
            ctx = open_worlds.enter_context(opened(ready, tmp_path / f"{next(numbers)}.db"))
            lay(ctx, exercise)
            return case_in(ctx, exercise)

        yield lay_one


def reached(report: Report) -> dict[str, float]:
    return {check.key: check.fraction for check in report.checks}


def lost(report: Report) -> dict[str, int]:
    return {limit.key: limit.lost for limit in report.limits if limit.lost}


def prose_of(exercise: Exercise, report: Report) -> Iterator[Prose]:
    yield exercise.title
    yield exercise.brief
    yield from exercise.hints
    for check in report.checks:
        yield from (check.text, check.found, check.wanted)
    for limit in report.limits:
        yield limit.text
        yield from limit.breaches


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.key)
class TestContract:
    def test_untouched_leaves_something_to_do(self, exercise: Exercise, laid: Laid) -> None:
        report = grade(laid(exercise), exercise)
        assert report.score < 1.0
        assert lost(report) == {}

    def test_every_check_fails_on_the_untouched_case(self, exercise: Exercise, laid: Laid) -> None:
        report = grade(laid(exercise), exercise)
        assert [key for key, fraction in reached(report).items() if fraction == 1.0] == []

    def test_solved_is_all_points_and_breaks_nothing(self, exercise: Exercise, laid: Laid) -> None:
        case = laid(exercise)
        steps = list(exercise.solve(case.ctx, case.ids))
        report = grade(case, exercise)
        assert report.score == 1.0
        assert set(reached(report).values()) == {1.0}
        assert lost(report) == {}
        assert len(steps) >= 3
        known = set(case.ctx.db.execute(select(sales_order.c.id)).scalars())
        assert {step.order_id for step in steps} <= known

    def test_every_limit_can_be_broken_and_costs_points(self, exercise: Exercise, laid: Laid) -> None:
        for limit in exercise.limits:
            case = laid(exercise)
            limit.violate(case)
            report = grade(case, exercise)
            assert lost(report)[limit.key] == limit.points > 0

    def test_breaking_a_limit_after_solving_costs_the_score(self, exercise: Exercise, laid: Laid) -> None:
        for limit in exercise.limits:
            if limit.key in {"others_untouched", "stock_untouched"}:
                case = laid(exercise)
                for _ in exercise.solve(case.ctx, case.ids):
                    pass
                limit.violate(case)
                assert grade(case, exercise).score == 1.0 - limit.points / exercise.points

    def test_the_same_case_every_time(self, exercise: Exercise, laid: Laid) -> None:
        first, second = (laid(exercise) for _ in range(2))
        for table in world.sorted_tables:
            rows = [
                case.ctx.db.execute(select(table).order_by(*table.primary_key.columns)).all()
                for case in (first, second)
            ]
            assert rows[0] == rows[1], table.name

    def test_both_languages_are_complete(self, exercise: Exercise, laid: Laid) -> None:
        case = laid(exercise)
        captions = [step.caption for step in exercise.solve(case.ctx, case.ids)]
        for prose in [*prose_of(exercise, grade(case, exercise)), *captions]:
            assert prose.en.strip(), prose
            assert prose.zh.strip(), prose
        for prose in [exercise.title, exercise.brief, *exercise.hints, *captions]:
            assert any("\u4e00" <= char <= "\u9fff" for char in prose.zh), prose
            assert [name for _, name, _, _ in Formatter().parse(prose.en) if name] == []

    def test_declarations_are_in_order(self, exercise: Exercise, laid: Laid) -> None:
        assert exercise.points == 100
        assert exercise_named(exercise.key) is exercise
        assert set(exercise.positions) <= {position.value for position in Position}
        assert all(2.0 <= float(code) < 10.0 for code in exercise.competencies)
        keys = [check.key for check in exercise.checks] + [limit.key for limit in exercise.limits]
        assert len(set(keys)) == len(keys)
        assert len(exercise.hints) == 3

    def test_a_report_survives_storing(self, exercise: Exercise, laid: Laid) -> None:
        case = laid(exercise)
        exercise.limits[0].violate(case)
        report = grade(case, exercise)
        assert Report.loaded(report.dumped()) == report


def test_keys_are_unique() -> None:
    assert len({exercise.key for exercise in EXERCISES}) == len(EXERCISES)


def test_an_unknown_exercise_is_refused() -> None:
    with pytest.raises(NotFound, match="There is no exercise juggling"):
        exercise_named("juggling")


def test_a_world_of_another_exercise_is_refused(laid: Laid) -> None:
    case = laid(EXERCISES[0])
    with pytest.raises(ContentError):
        case_in(case.ctx, EXERCISES[1])


REVIEW, ADDRESS, CANCEL = EXERCISES


@pytest.mark.parametrize(
    ("note", "fraction"), [("HD-1103, 15% off", 1.0), ("hd1103", 1.0), ("campaign price", 0.6), ("ok", 0.3)]
)
def test_the_note_is_worth_what_it_says(laid: Laid, note: str, fraction: float) -> None:
    case = laid(REVIEW)
    orders.confirm_order(case.ctx, case.ids["campaign_order"], approved={"price": note})
    found = reached(grade(case, REVIEW))
    assert found == {"confirmed": 1.0, "noted": fraction, "reserved": 1.0, "held": 0.0}


@pytest.mark.parametrize(("reason", "fraction"), [("价格低于标价 51%", 1.0), ("please check", 0.6)])
def test_the_hold_is_worth_its_reason(laid: Laid, reason: str, fraction: float) -> None:
    case = laid(REVIEW)
    orders.hold_order(case.ctx, case.ids["wrong_price"], reason)
    assert reached(grade(case, REVIEW))["held"] == fraction


def test_confirming_the_wrong_price_is_seen_and_costs(laid: Laid) -> None:
    case = laid(REVIEW)
    for name in ("campaign_order", "wrong_price"):
        orders.confirm_order(case.ctx, case.ids[name], approved={"price": "HD-1103"})
    report = grade(case, REVIEW)
    assert report.score == 0.4
    assert lost(report) == {"not_let_through": 30}
    (breach,) = next(limit.breaches for limit in report.limits if limit.key == "not_let_through")
    assert breach.en == f"Order {order_row(case.ctx, case.ids['wrong_price']).number} is allocated."


def test_mending_the_province_instead_of_the_city_passes_the_review_but_not_the_check(laid: Laid) -> None:
    case = laid(ADDRESS)
    left = orders.amend_order(
        case.ctx, case.ids["target"], {"region": "CN-JS", "postcode": "215000"}, "新地址：江苏省苏州市"
    )
    assert left == ()
    orders.confirm_order(case.ctx, case.ids["target"])
    report = grade(case, ADDRESS)
    assert reached(report) == {"city": 0.0, "told": 0.4, "confirmed": 1.0, "reserved": 1.0}
    assert lost(report) == {"rest_of_address": 30}
    assert report.score == 0.23


def test_correcting_without_confirming_is_half_the_work(laid: Laid) -> None:
    case = laid(ADDRESS)
    orders.amend_order(case.ctx, case.ids["target"], {"city": "杭州市"}, "杭州")
    found = reached(grade(case, ADDRESS))
    assert found == {"city": 1.0, "told": 1.0, "confirmed": 0.4, "reserved": 0.0}


def test_a_colleagues_order_is_nobody_elses(laid: Laid) -> None:
    case = laid(ADDRESS)
    orders.amend_order(case.ctx, case.ids["namesake"], {"postcode": "315100"}, "邮编已更正")
    report = grade(case, ADDRESS)
    assert lost(report) == {"others_untouched": 15}
    assert report.score == 0.0


def test_cancelling_the_wrong_order_of_the_buyer_costs_most(laid: Laid) -> None:
    case = laid(CANCEL)
    orders.cancel_order(case.ctx, case.ids["kept"], "买家要求")
    report = grade(case, CANCEL)
    assert lost(report) == {"others_of_the_buyer": 40}
    assert report.score == 0.0


def test_cancelling_the_namesakes_order_is_seen(laid: Laid) -> None:
    case = laid(CANCEL)
    orders.cancel_order(case.ctx, case.ids["namesake"], "买家要求")
    assert lost(grade(case, CANCEL)) == {"others_untouched": 15, "stock_untouched": 15}


def test_cancelling_the_right_one_without_a_word_is_four_fifths(laid: Laid) -> None:
    case = laid(CANCEL)
    assert orders.cancel_order(case.ctx, case.ids["mistaken"], "买家要求") == 5
    report = grade(case, CANCEL)
    assert report.score == 0.8
    assert reached(report) == {"cancelled": 1.0, "free": 1.0, "refunded": 1.0, "told": 0.0}


def test_naming_the_other_order_in_the_cancellation_also_tells_him(laid: Laid) -> None:
    case = laid(CANCEL)
    number = order_row(case.ctx, case.ids["kept"]).number
    orders.cancel_order(case.ctx, case.ids["mistaken"], f"{number} 照常发货")
    assert grade(case, CANCEL).score == 1.0
