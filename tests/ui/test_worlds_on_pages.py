"""Practice and live on the pages: one's own world only, seen at once, kept, and never mixed."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from sqlalchemy import insert, select, text
from streamlit.testing.v1 import AppTest

from core.db.engines import Databases, reader, transaction
from core.db.portal_tables import practice_world
from core.db.worlds import create_world, pack_world
from core.ui.databases import practice_files
from tests.house_rules import ROOT
from tests.visits import come_in, person_id, said, visit

SAMPLE = ROOT / "tests" / "ui" / "sample_world.py"
CLOCK = 1_600_000_000


@pytest.fixture
def give_world(house: Databases) -> Callable[[str, str], str]:
    """Hands a practice world to somebody; gives its id."""

    def give(login: str, world_id: str) -> str:
        template = house.var / f"{world_id}-template.db"
        pack_world(create_world(template, scenario="s", seed=1, clock_at=CLOCK), template)
        row = {
            "id": world_id,
            "person_id": person_id(house, login),
            "exercise": f"exercise-{world_id}",
            "file": practice_files().copy(template),
            "scenario": "s",
            "seed": 1,
            "schema_version": "1",
            "started_at": int(time.time()),
        }
        with transaction(house.portal) as db:
            db.execute(insert(practice_world).values(**row))
        return world_id

    return give


def _open(house: Databases, login: str) -> AppTest:
    tab = AppTest.from_file(str(SAMPLE), default_timeout=60)
    tab.user = come_in(house, login)
    return tab.run()


def _facts(tab: AppTest) -> dict[str, str]:
    return dict(text.value.partition(" ")[::2] for text in tab.text)


def _press(tab: AppTest, label: str) -> AppTest:
    return next(button for button in tab.button if button.label == label).click().run()


def _enter(tab: AppTest, world_id: str) -> AppTest:
    tab.text_input(key="practice").input(world_id).run()
    return _press(tab, "enter")


def _notes(house: Databases, world_id: str) -> list[str]:
    with reader(house.portal) as db:
        file = db.execute(select(practice_world.c.file).where(practice_world.c.id == world_id)).scalar_one()
    with reader(practice_files().engine(file)) as db:
        return list(db.execute(text("SELECT value FROM meta WHERE key = 'note'")).scalars())


def test_work_in_practice_stays_there_and_is_noted(house: Databases, give_world: Callable[[str, str], str]) -> None:
    mine = give_world("finance", "world1")
    tab = _open(house, "finance")
    assert _facts(tab)["kind"] == "live"
    _press(tab, "write")
    assert ["orders.cancel" in error.value.replace("\\", "") for error in tab.error] == [True], "live needs the right"
    _enter(tab, mine)
    assert _facts(tab)["kind"] == "practice"
    assert abs(int(_facts(tab)["now"]) - CLOCK) < 60, "the world's own clock"
    _press(tab, "write")
    assert not tab.error
    assert _facts(tab)["note"] == "written"
    assert _notes(house, mine) == ["written"]
    with reader(house.live) as db:
        assert list(db.execute(text("SELECT value FROM meta WHERE key = 'note'")).scalars()) == []
    with reader(house.portal) as db:
        noted = db.execute(select(practice_world.c.command_at)).scalar_one()
    assert abs(noted - time.time()) < 60
    _press(tab, "Leave practice")
    assert (_facts(tab)["kind"], _facts(tab)["note"]) == ("live", "")


def test_nobody_enters_somebody_elses_world(house: Databases, give_world: Callable[[str, str], str]) -> None:
    theirs = give_world("clerk", "world2")
    tab = _open(house, "finance")
    _enter(tab, theirs)
    assert ["isn't here any more" in found.value.replace("\\", "") for found in tab.warning] == [True]
    assert _facts(tab.run())["kind"] == "live"
    assert _facts(_open(house, "finance"))["kind"] == "live"
    manager = _open(house, "manager")
    _enter(manager, theirs)
    assert "This page isn't open to you" in said(manager), "practice is for who learns"
    assert _facts(_open(house, "manager"))["kind"] == "live"


def test_a_lost_session_comes_back_into_practice_with_its_banner(
    house: Databases, give_world: Callable[[str, str], str]
) -> None:
    tab = _enter(_open(house, "clerk"), give_world("clerk", "world3"))
    assert "Exercise *one*" in said(tab)
    again = visit(house, "clerk")
    assert "Practice · Exercise *one*" in said(again)
    assert "Nothing here touches real orders." in said(again)
    chinese = visit(house, "clerk", language="zh")
    assert "练习环境 · 练习一" in said(chinese)
    leave = next(button for button in again.button if button.key == "leave-practice")
    leave.click().run()
    assert "Nothing here touches real orders." not in said(again)
    assert "Nothing here touches real orders." not in said(visit(house, "clerk"))


def test_a_world_that_is_gone_leads_back_to_live(house: Databases, give_world: Callable[[str, str], str]) -> None:
    _enter(_open(house, "clerk"), give_world("clerk", "world4"))
    with transaction(house.portal) as db:
        db.execute(practice_world.delete())
    tab = visit(house, "clerk")
    assert not tab.exception
    assert "Nothing here touches real orders." not in said(tab)


def test_live_pages_are_closed_inside_practice(house: Databases, give_world: Callable[[str, str], str]) -> None:
    _enter(_open(house, "operations"), give_world("operations", "world5"))
    with pytest.raises(ValueError, match="Could not find a navigation page"):
        visit(house, "operations", "monitor/board")
