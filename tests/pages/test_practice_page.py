"""The exercises under a learner's hands: begin, work, check, hints, start over, the solution."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select, update
from streamlit.testing.v1 import AppTest

from assessments.exercise import Exercise
from assessments.exercises import EXERCISES
from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import practice_world, snapshot, submission
from core.db.worlds import read_meta
from core.ui.databases import practice_files
from core.ui.i18n import in_language, t
from seed.templates import template
from tests.houses import copy_databases, process_databases
from tests.pages.test_work_pages import field, press, send_form
from tests.visits import said, visit

REVIEW, ADDRESS, CANCEL = EXERCISES


@pytest.fixture(scope="session")
def furnished(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A first start's databases with the templates of every exercise beside them."""
    var = copy_databases(migrated, tmp_path_factory.mktemp("furnished") / "var")
    for exercise in EXERCISES:
        template(exercise.scenario, exercise.seed, var / "templates")
    return var


@pytest.fixture
def house(furnished: Path, tmp_path: Path) -> Iterator[Databases]:
    with process_databases(copy_databases(furnished, tmp_path / "var")) as databases:
        yield databases


def open_exercise(house: Databases, exercise: Exercise, login: str = "clerk", language: str = "en") -> AppTest:
    tab = visit(house, login, "learn/practice", language=language, exercise=exercise.key)
    assert not tab.exception
    return tab


def world_row(house: Databases) -> Any:
    with reader(house.portal) as db:
        return db.execute(select(practice_world)).one()


def ids_in(house: Databases) -> dict[str, int]:
    with reader(practice_files().engine(world_row(house).file)) as db:
        return dict(json.loads(read_meta(db)["situation"]))


def to_order(tab: AppTest, order_id: int) -> AppTest:
    tab.query_params["id"] = str(order_id)
    tab.switch_page("../../pages/work/order.py").run()
    assert not tab.exception
    return tab


def test_the_list_shows_every_exercise_and_how_far_one_is(house: Databases) -> None:
    tab = visit(house, "clerk", "learn/practice")
    for exercise in EXERCISES:
        assert exercise.title.en in said(tab)
    assert said(tab).count("Not started") == 3
    press(tab, f"open-{CANCEL.key}")
    assert "Gu Mingxuan" in said(tab)


def test_starting_leads_to_the_desk_of_ones_own_world(house: Databases) -> None:
    tab = press(open_exercise(house, CANCEL), "enter")
    assert world_row(house).exercise == CANCEL.key
    assert "Nothing here touches real orders" in said(tab)
    assert "Order desk" in said(tab)
    assert len(tab.dataframe[0].value) > 5


def test_an_exercise_from_start_to_solved_by_hand(house: Databases) -> None:
    tab = press(open_exercise(house, CANCEL), "enter")
    ids = ids_in(house)
    to_order(tab, ids["mistaken"])
    press(tab, "do-cancel")
    field(tab, "text_area", "Reason").input("买家拍错数量")
    press(tab, f"cancel-{ids['mistaken']}", "-yes")
    to_order(tab, ids["kept"])
    press(tab, "do-notify")
    field(tab, "text_area", "Message").input("2 件的订单照常发货")
    send_form(tab, "Send")
    tab.query_params["exercise"] = CANCEL.key
    tab.switch_page("../../pages/learn/practice.py").run()
    press(tab, "check")
    assert "Solved. Everything is as it should be" in said(tab)
    with reader(house.portal) as db:
        kept = db.execute(select(submission.c.score, submission.c.exercise)).one()
        assert (kept.score, kept.exercise) == (1.0, CANCEL.key)
        assert db.execute(select(snapshot.c.reason)).scalars().all() == ["check:0"]
    tab = visit(house, "clerk", "learn/practice")
    assert "1 of 3 solved" in "".join(str(bar.proto.text) for bar in tab.get("progress"))


def test_a_check_tells_per_check_what_was_found_and_wanted(house: Databases) -> None:
    press(open_exercise(house, ADDRESS), "enter")
    tab = press(open_exercise(house, ADDRESS), "check")
    assert "Found: 苏州市" in said(tab)
    assert "Wanted: a message that names the right city" in said(tab)
    assert said(tab).count("0 of 20 points") == 2
    assert "Nothing was changed that should have stayed" in said(tab)


def test_hints_come_one_by_one_and_are_remembered(house: Databases) -> None:
    tab = open_exercise(house, REVIEW)
    assert REVIEW.hints[0].en not in said(tab)
    press(tab, "hint")
    assert REVIEW.hints[0].en in said(tab)
    assert REVIEW.hints[1].en not in said(tab)
    assert REVIEW.hints[0].en in said(open_exercise(house, REVIEW))


def test_the_solution_is_shown_step_by_step_but_not_before_a_check(house: Databases) -> None:
    tab = press(open_exercise(house, REVIEW), "enter")
    assert [one for one in open_exercise(house, REVIEW).button if one.key == "solve"] == []
    tab = press(open_exercise(house, REVIEW), "check")
    press(tab, "solve")
    assert "Both orders stopped because of the price" in said(tab)
    press(tab, "step-next")
    assert "Let the price pass with a note" in said(tab)
    assert "Order confirmed · Stock reserved" in said(tab)


def test_beginning_again_asks_first_and_says_it_cannot_be_undone(house: Databases) -> None:
    tab = press(open_exercise(house, CANCEL), "enter")
    to_order(tab, ids_in(house)["kept"])
    press(tab, "do-hold")
    field(tab, "text_area", "Reason").input("?")
    send_form(tab, "Hold this order")
    before = world_row(house)
    tab = press(open_exercise(house, CANCEL), "reset")
    assert "This can't be undone" in said(tab)
    assert world_row(house) == before
    press(tab, "reset-yes")
    after = world_row(house)
    assert (after.reset_count, after.file != before.file) == (1, True)
    tab = press(open_exercise(house, CANCEL), "check")
    assert "0 of 40 points" in said(tab)
    assert "This check is from before you began again" not in said(tab)
    press(tab, "reset")
    press(tab, "reset-yes")
    assert "This check is from before you began again" in said(open_exercise(house, CANCEL))


def test_a_revised_exercise_starts_anew_with_a_notice(house: Databases) -> None:
    press(open_exercise(house, CANCEL), "enter")
    with transaction(house.portal) as db:
        db.execute(update(practice_world).values(schema_version="0-old"))
    tab = visit(house, "clerk", "work/orders")
    assert "This exercise has been revised since you began it" in said(tab)
    assert world_row(house).schema_version != "0-old"
    assert "has been revised" not in said(visit(house, "clerk", "work/orders"))


def test_a_world_whose_file_is_gone_comes_back(house: Databases) -> None:
    tab = press(open_exercise(house, CANCEL), "enter")
    to_order(tab, ids_in(house)["kept"])
    press(tab, "do-notify")
    field(tab, "text_area", "Message").input("您好")
    send_form(tab, "Send")
    press(open_exercise(house, CANCEL), "check")
    practice_files().remove(world_row(house).file)
    tab = visit(house, "clerk", "work/order", id=str(ids_in_fresh(house)))
    assert "brought back from its last snapshot" in said(tab)
    assert "您好" in "".join(str(part.proto.body) for part in tab.get("html"))


def ids_in_fresh(house: Databases) -> int:
    """The id of the order that was written about, as every copy of this case has it."""
    ready = next((practice_files().folder / "ready").glob(f"{CANCEL.key}-*.db"))
    from core.db.engines import sqlite_engine

    engine = sqlite_engine(ready, durable=False)
    with reader(engine) as db:
        found = int(json.loads(read_meta(db)["situation"])["kept"])
    engine.dispose()
    return found


def test_the_page_speaks_chinese(house: Databases) -> None:
    tab = open_exercise(house, CANCEL, language="zh")
    assert "客服转来一单" in said(tab)
    with in_language("zh"):
        assert t("Start the exercise") == "开始练习"
        assert [one.label for one in tab.button if one.key == "enter"] == ["开始练习"]


def test_an_unknown_exercise_is_said_to_be_unknown(house: Databases) -> None:
    tab = visit(house, "clerk", "learn/practice", exercise="juggling")
    assert "There is no exercise juggling" in said(tab)
