"""The process map as people see it: the map, its tables, the orders behind a step, and addresses that name nothing."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from core.context import Actor, Context, World
from core.db.engines import Databases, reader
from core.domain.facts import local_day
from core.domain.rights import rights_of
from core.metrics.filters import Filter
from core.metrics.process_map import ProcessMap, Question, process_map
from core.ui.i18n import format_int, in_language, t
from core.ui.process_rows import Behind, behind, deviation_key, file_of, orders_file, way_rows
from seed.scenario import Scenario
from tests.houses import with_history
from tests.visits import copy_databases, process_databases, said, visit

LIVE = World("live", "live")
MANAGER = Actor(3, "Mei", "manager", None, rights_of("manager", None))


@pytest.fixture(scope="module")
def busy(migrated: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a company that has had 300 orders in 25 days, folded."""
    var = copy_databases(migrated, tmp_path_factory.mktemp("process") / "var")
    return with_history(var, Scenario("process", orders=300, days=25, skus=40), 3)


@pytest.fixture
def company(busy: Path, tmp_path: Path) -> Iterator[Databases]:
    """That company, for one test."""
    with process_databases(copy_databases(busy, tmp_path / "var")) as databases:
        yield databases


def _question() -> Question:
    today = local_day(int(time.time()), "Asia/Shanghai")
    return Question(Filter(today - 29, today))


def _read(company: Databases, work: object, *args: object) -> object:
    with reader(company.live) as db:
        return work(Context(db, MANAGER, int(time.time()), LIVE), _question(), *args)  # type: ignore[operator]


def _map(company: Databases) -> ProcessMap:
    found = _read(company, process_map)
    assert isinstance(found, ProcessMap)
    return found


def _frames(tab: AppTest) -> list[list[str]]:
    return [list(frame.value.columns) for frame in tab.dataframe]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_the_map_stands_with_its_table(company: Databases, language: str) -> None:
    tab = visit(company, "manager", "monitor/process_map", language=language)
    assert not tab.exception
    found = _map(company)
    with in_language(language):
        assert format_int(found.orders_count) in said(tab)
        assert t("Which fact directly followed which, and how long after.") in said(tab)
    assert len(tab.get("plotly_chart")) == 1
    assert len(tab.dataframe[0].value) == len(found.steps)


def test_the_switches_change_what_is_asked(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/process_map")
    steps = len(tab.dataframe[0].value)
    tab.toggle(key="process-moves").set_value(True).run()
    assert not tab.exception
    assert 0 < len(tab.dataframe[0].value) < steps
    tab.button_group(key="process-view").set_value("ways").run()
    assert _frames(tab)[0][:3] == ["number", "orders", "share"]
    tab.button_group(key="process-view").set_value("deviations").run()
    assert not tab.exception


def test_the_address_opens_the_orders_of_a_step(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/process_map", rows="step:OrderConfirmed>OrderAllocated")
    assert not tab.exception
    found = _read(company, behind, "step:OrderConfirmed>OrderAllocated")
    assert isinstance(found, Behind)
    assert found.ids
    assert t("{n} orders", n=format_int(len(set(found.ids)))) in said(tab)
    assert len(tab.dataframe[-1].value) == len(set(found.ids))
    next(button for button in tab.button if button.label == "Close the list").click().run()
    assert "rows" not in tab.query_params


@pytest.mark.parametrize(
    "rows", ["step:Nothing>OrderPaid", "way:999999", "way:²", "fact:<img>", "deviation:skipped:a>b", "::", "way:"]
)
def test_an_address_that_names_nothing_says_so(company: Databases, rows: str) -> None:
    tab = visit(company, "manager", "monitor/process_map", rows=rows)
    assert not tab.exception
    assert "names something that is not on this map" in said(tab)


def test_every_row_of_every_table_opens_as_many_orders_as_it_says(company: Databases) -> None:
    found = _map(company)
    for step in found.steps:
        opened = _read(company, behind, f"step:{step.source}>{step.target}")
        assert isinstance(opened, Behind)
        assert (len(set(opened.ids)), len(opened.ids)) == (step.orders_count, step.times_count)
    for way, row in zip(found.variants, way_rows(found.variants), strict=True):
        opened = _read(company, behind, row["id"])
        assert isinstance(opened, Behind)
        assert (len(opened.ids), opened.path) == (way.orders_count, way.path)
    for one in found.deviations:
        opened = _read(company, behind, deviation_key(one))
        assert isinstance(opened, Behind)
        assert len(opened.ids) == one.orders_count


def test_the_files_hold_the_tables_and_the_orders(company: Databases) -> None:
    found = _map(company)
    for view, count in (
        ("steps", len(found.steps)),
        ("ways", len(found.variants)),
        ("deviations", len(found.deviations)),
    ):
        data = _read(company, file_of, view)
        assert isinstance(data, bytes)
        assert len(list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))) == count + 1
    data = _read(company, orders_file, "fact:OrderReceived")
    assert isinstance(data, bytes)
    assert len(list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"))))) == found.orders_count
    nothing = _read(company, orders_file, "fact:Nothing")
    assert isinstance(nothing, bytes)
    assert len(nothing.decode("utf-8-sig").splitlines()) == 1


def test_without_orders_it_says_what_will_come(house: Databases) -> None:
    tab = visit(house, "manager", "monitor/process_map")
    assert not tab.exception
    assert "No orders yet" in said(tab)


def test_a_period_without_orders_says_so(company: Databases) -> None:
    tab = visit(company, "manager", "monitor/process_map", **{"from": "2001-01-01", "to": "2001-01-05"})
    assert not tab.exception
    assert "No order came in then" in said(tab)
