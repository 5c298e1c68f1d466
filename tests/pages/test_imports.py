"""The imports page: files in, a look, the import behind the page, problems to take along, mappings kept."""

from __future__ import annotations

import threading
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select
from streamlit.testing.v1 import AppTest

from core.db.engines import Databases, reader
from core.db.portal_tables import import_mapping
from core.db.world_tables import import_batch, sales_order
from core.ui.i18n import in_language, t
from tests.house_rules import ROOT
from tests.visits import said, visit

SAMPLES = ROOT / "tests" / "channels" / "samples"
PAGE = "admin/imports"
CSV = "text/csv"


def choose(tab: AppTest, channel: str, *files: tuple[str, bytes]) -> AppTest:
    """Chooses a channel and hands files over."""
    tab.selectbox(key="import-channel").select(channel).run()
    uploads = [(name, content, CSV) for name, content in files]
    uploader = tab.file_uploader[0]
    uploader.set_value(uploads if channel == "olist" else uploads[0]).run()
    assert not tab.exception
    return tab


def sample(name: str) -> tuple[str, bytes]:
    """One of the channels' samples."""
    return Path(name).name, (SAMPLES / name).read_bytes()


def olist_files() -> list[tuple[str, bytes]]:
    """The four files."""
    return [sample(f"olist/{name}.csv") for name in ("orders", "customers", "items", "payments")]


def press(tab: AppTest, label: str) -> AppTest:
    """Presses the button with this label."""
    button = next(found for found in tab.button if found.label == label)
    button.click().run()
    assert not tab.exception
    return tab


def figures(tab: AppTest) -> list[str]:
    """The four figures shown."""
    return [metric.value for metric in tab.metric]


def wait_for_imports() -> None:
    """Until no import is under way in this process."""
    for thread in threading.enumerate():
        if thread.name.startswith("import-"):
            thread.join(30)
            assert not thread.is_alive()


def orders_count(house: Databases) -> int:
    """Orders in the live world."""
    with reader(house.live) as db:
        return int(db.execute(select(func.count()).select_from(sales_order)).scalar_one())


@pytest.mark.parametrize("language", ["en", "zh"])
def test_look_first_then_take_in(house: Databases, language: str) -> None:
    tab = choose(visit(house, "admin", PAGE, language=language), "olist", *olist_files())
    with in_language(language):
        press(tab, t("Look first"))
        assert figures(tab) == ["5", "0", "0", "2"]
        assert orders_count(house) == 0
        preview = tab.dataframe[0].value
        assert list(preview["number"]) == ["o-0001", "o-0002", "o-0003", "o-0004", "o-0005"]
        assert tab.dataframe[1].value["wanted"][0] == t("at least one item")
        press(tab, t("Import {n} orders", n=5))
        wait_for_imports()
        assert orders_count(house) == 5
        tab.run()
        assert t("Import {n}", n=1) in said(tab)
        past = tab.dataframe[len(tab.dataframe) - 1].value
        assert list(past["state"]) == [t("Done")]
        assert (list(past["imported"]), list(past["warnings"])) == ([5], [2])


def test_the_same_files_again_change_nothing(house: Databases) -> None:
    tab = choose(visit(house, "admin", PAGE), "olist", *olist_files())
    press(tab, "Look first")
    press(tab, "Import 5 orders")
    wait_for_imports()
    tab = choose(visit(house, "admin", PAGE), "olist", *olist_files())
    press(tab, "Look first")
    assert figures(tab)[:4] == ["0", "5", "0", "0"]
    assert "There is nothing to import." in said(tab)
    assert not [found for found in tab.button if found.label.startswith("Import")]


def test_a_refused_file_is_told_without_a_traceback(house: Databases) -> None:
    tab = choose(visit(house, "admin", PAGE), "shopify", ("orders.csv", b"\x89PNG\r\n\x1a\n"))
    press(tab, "Look first")
    assert [error.value for error in tab.error] == ["orders.csv: This isn't a CSV file: its content is PNG."]
    assert not [found for found in tab.button if found.label.startswith("Import")]


def test_a_file_of_ones_own_by_mapping(house: Databases) -> None:
    content = "单号;何时;多少钱;谁\n1;8/3/2026;12,50;=1+1\n2;9/3/2026;x;李雷\n".encode("gbk")
    tab = choose(visit(house, "admin", PAGE), "mapped", ("own.csv", content))
    assert [warning.value for warning in tab.warning] == ["Choose the column for: Ordered at."]
    tab.selectbox(key="map-placed_at").select("何时")
    tab.selectbox(key="map-order_total").select("多少钱")
    tab.selectbox(key="map-buyer_name").select("谁")
    tab.selectbox(key="map-time_form").select("dmy")
    tab.selectbox(key="map-decimal").select(",").run()
    press(tab, "Look first")
    assert figures(tab) == ["1", "0", "1", "1"]
    problems = tab.dataframe[1].value
    assert [(p.line, p.column, p.found) for p in problems.itertuples() if p.severity == "Kept aside"] == [
        (3, "多少钱", "x")
    ]
    tab.text_input(key="map-name").input("月报").run()
    press(tab, "Keep")
    assert "The mapping was kept." in said(tab)
    with reader(house.portal) as db:
        assert db.execute(select(import_mapping.c.name)).scalars().all() == ["月报"]
    press(tab, "Import 1 orders")
    wait_for_imports()
    assert orders_count(house) == 1
    with reader(house.live) as db:
        assert db.execute(select(sales_order.c.buyer_name)).scalar_one() == "=1+1"

    again = choose(visit(house, "admin", PAGE), "mapped", ("own.csv", content))
    assert again.selectbox(key="map-placed_at").value == ""
    again.selectbox(key="map-kept").select(1).run()
    assert again.selectbox(key="map-placed_at").value == "何时"
    assert again.selectbox(key="map-time_form").value == "dmy"
    press(again, "Forget it")
    assert again.selectbox(key="map-placed_at").value == "何时"
    assert not [found for found in again.selectbox if found.key == "map-kept"]


def test_who_may_only_read_sees_what_was_imported(house: Databases) -> None:
    tab = visit(house, "manager", PAGE)
    assert "Nothing was imported yet" in said(tab)
    assert not tab.file_uploader
    tab = choose(visit(house, "admin", PAGE), "taobao", sample("taobao.csv"))
    press(tab, "Look first")
    press(tab, "Import 4 orders")
    wait_for_imports()
    tab = visit(house, "manager", PAGE)
    assert list(tab.dataframe[0].value["files"]) == ["taobao.csv"]
    assert not tab.file_uploader


def test_an_import_under_way_shows_how_far_it_is(house: Databases) -> None:
    tab = visit(house, "admin", PAGE)
    now = int(time.time())
    values = {"at": now, "seen_at": now, "actor": "person:1", "channel": "olist", "files": "a.csv"}
    with house.live.begin() as db:
        db.execute(import_batch.insert().values(read_bytes=40, all_bytes=100, imported_count=1234, **values))
    tab.session_state["import-shown"] = 1
    tab.run()
    assert not tab.exception
    assert "It goes on when you leave this page." in said(tab)
    with house.live.begin() as db:
        db.execute(import_batch.update().values(seen_at=now - 500))
    tab.run()
    assert "Cut off: import the same files again to take in the rest" in said(tab)
