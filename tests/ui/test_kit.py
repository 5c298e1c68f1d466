"""The kit: figures with their definition, chips, tables that open, empty states; text in them stays text."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from playwright.sync_api import Browser
from streamlit.testing.v1 import AppTest

from core.db.engines import Databases
from core.ui.safe import safe
from core.ui.tables import SHOWN_AT_MOST, Column
from tests.house_rules import ROOT
from tests.ui.servers import running_script
from tests.visits import come_in

ODD = "**x** [y](http://e.example) $z$"


@pytest.fixture
def kit(house: Databases) -> AppTest:
    """The sample page, run once."""
    tab = AppTest.from_file(str(ROOT / "tests" / "ui" / "sample_kit.py"), default_timeout=60)
    tab.user = come_in(house, "manager")
    tab.run()
    assert not tab.exception
    return tab


def _texts(tab: AppTest) -> list[str]:
    return [text.value for text in tab.text]


def test_a_figure_has_its_definition_and_the_way_to_its_rows(kit: AppTest) -> None:
    late, orders = kit.metric
    assert (late.label, late.value, late.delta) == ("Late", safe("7.7%"), safe("+1"))
    captions = [caption.value for caption in kit.caption]
    assert safe("596 of 7,773 delivered orders") in captions
    assert orders.value == safe("8,000")
    next(button for button in kit.button if button.key == "rows-orders").click().run()
    assert "seen orders" in _texts(kit)


def test_odd_text_is_escaped_everywhere(kit: AppTest) -> None:
    assert kit.title[0].value == f":material/group: {safe(ODD)}"
    assert kit.subheader[0].value == safe(ODD)
    written = [found.value for kind in (kit.markdown, kit.caption) for found in kind]
    assert [text for text in written if ODD in text] == []
    assert ODD in _texts(kit), "a value that is a fact is shown literally"


def test_a_table_is_small_clean_and_opens(kit: AppTest) -> None:
    frame = kit.dataframe[0].value
    assert len(frame) == SHOWN_AT_MOST
    assert frame["name"][3] == f"{ODD}\ufffd3"
    assert frame["price"][3] == 3.5
    assert safe("The first 500 of 600 rows.").replace("\\", "") in [c.value.replace("\\", "") for c in kit.caption]
    assert "chosen None" in _texts(kit)


@pytest.mark.parametrize(
    ("column", "format_", "shown"),
    [
        (Column("x", "X", "number", digits=2), "%.2f", 0.1234),
        (Column("x", "X", "rate", digits=1), "%.1f%%", 12.34),
        (Column("x", "X", "points"), "%+.1f", 12.3),
        (Column("x", "X", "rate"), "percent", 0.1234),
    ],
)
def test_every_number_of_a_column_is_as_long_as_the_others(column: Column, format_: str, shown: float) -> None:
    drawn = f"table([{{'x': 0.1234}}, {{'x': None}}], [{column!r}], key='numbers')"
    tab = AppTest.from_string(f"from core.ui.tables import Column, table\n{drawn}").run()
    assert not tab.exception
    frame = tab.dataframe[0]
    assert json.loads(frame.proto.columns)["x"]["type_config"]["format"] == format_
    assert frame.value["x"][0] == pytest.approx(shown)
    assert frame.proto.placeholder == "–"


@pytest.mark.browser
def test_the_clicked_row_stays_chosen_when_rows_move(tmp_path: Path, chromium: Browser) -> None:
    """The browser says which line was clicked; what stands there later may be somebody else's order."""
    with (
        running_script(ROOT / "tests" / "ui" / "sample_moving_rows.py", tmp_path) as server,
        chromium.new_page() as page,
    ):
        page.goto(server.url)
        page.get_by_text("turn 1 chosen None").wait_for()
        box = page.locator(".st-key-moving canvas").first.bounding_box()
        assert box is not None
        page.mouse.move(box["x"] + 40, box["y"] + 80, steps=8)
        page.wait_for_timeout(400)
        page.mouse.down()
        page.mouse.up()
        page.get_by_text("turn 2 chosen row-2").wait_for()
        page.get_by_role("button", name="again").click()
        page.get_by_text("turn 3 chosen row-2").wait_for()
        page.get_by_text("table", exact=True).click()
        page.get_by_text("turn 3").wait_for(state="detached")
        page.get_by_text("table", exact=True).click()
        page.get_by_text("turn 5 chosen None").wait_for()


def test_an_empty_state_offers_the_next_step(kit: AppTest) -> None:
    next(button for button in kit.button if button.key == "empty-go-odd").click().run()
    assert "seen empty" in _texts(kit)
