"""A case in a real browser: its table typed without a pause, nothing lost, and no window too narrow."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from tests.browser.windows import DESK, PHONE, Window, Windows

pytestmark = pytest.mark.browser

ENGLISH = "Day | Parcels\nMonday | 120\nTuesday | 80"
CHINESE = "日期 | 包裹\n周一\n周二"


def begin(window: Window) -> Page:
    """Begins a case written by hand, with an empty table."""
    page = window.go("bank")
    page.locator(".st-key-case-new button").first.click()
    page.locator(".st-key-new-case-begin button").click()
    page.wait_for_url("**/bank_case?case=own-*")
    window.settle()
    page.locator(".st-key-add-exhibits button").click()
    return window.settle()


def test_a_table_is_typed_without_a_pause_and_nothing_is_lost(windows: Windows) -> None:
    window = windows.open("trainer")
    page = begin(window)
    fields = [page.locator(f"[class*='exhibits-1-cells-{one}'] textarea") for one in ("en", "zh")]
    for field, text in zip(fields, (ENGLISH, CHINESE), strict=True):
        field.focus()
        page.keyboard.type(text, delay=10)
    fields[0].focus()
    window.settle()
    page.reload()
    window.settle()
    assert [field.input_value() for field in fields] == [ENGLISH, CHINESE]
    shown = page.locator(".st-key-bank-preview").locator("td, th").all_inner_texts()
    assert [text.strip() for text in shown] == ["Day", "Parcels", "Monday", "120", "Tuesday", "80"]


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh"), (PHONE, "en"), (PHONE, "zh")])
def test_a_case_fits_the_window_read_and_written(windows: Windows, size: tuple[int, int], language: str) -> None:
    window = windows.open("trainer", size=size, language=language, dark=language == "zh")
    window.go("bank_case?case=wh-count")
    assert window.sideways() == 0
    begin(window)
    assert window.sideways() == 0
