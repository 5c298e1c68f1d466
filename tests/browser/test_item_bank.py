"""The item bank in a real browser: written with the keyboard, nothing typed is lost, approved by a second person."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.windows import DESK, PHONE, Window, Windows

pytestmark = pytest.mark.browser

TEXTS = {
    "Question text": ("Who lets a held order go on?", "谁能让暂停的订单继续？"),
    "Text": (
        ("The order desk", "The carrier", "The buyer", "The warehouse"),
        ("订单处理组", "承运商公司", "买家本人", "仓库人员"),
    ),
    "Reason": (
        ("It holds the right.", "It only carries.", "They only ask.", "It only picks."),
        ("其拥有权限。", "只负责运输。", "只能提出请求。", "只负责拣货。"),
    ),
}


def begin(window: Window) -> Page:
    """Begins a single choice from the list."""
    page = window.go("bank")
    page.get_by_role("button", name="New question").click()
    page.get_by_role("button", name="Begin writing").click()
    page.wait_for_url("**/bank_item?item=own-*")
    return window.settle()


def type_all(window: Window) -> None:
    """Fills all texts in with the keyboard alone, at once one after the other."""
    page = window.page
    fields = page.locator("textarea")
    fields.first.focus()
    for place in range(fields.count()):
        label = page.evaluate("document.activeElement.getAttribute('aria-label')")
        name, _, tongue = label.partition(" · ")
        texts = TEXTS[name][tongue != "English"]
        # Of an option the texts come in the order English text and reason, Chinese text and reason.
        page.keyboard.type(texts if isinstance(texts, str) else texts[(place - 2) // 4], delay=15)
        page.keyboard.press("Tab")
        while page.evaluate("document.activeElement.tagName") != "TEXTAREA" and place + 1 < fields.count():
            page.keyboard.press("Tab")
    window.settle()


def choose(window: Window, key: str, words: str) -> None:
    """Chooses in one of the boxes of the head."""
    box = window.page.locator(f"[class*='{key}'] input").first
    box.click()
    box.fill(words)
    window.page.keyboard.press("Enter")
    window.settle()


def test_a_question_is_typed_without_a_pause_and_nothing_is_lost(windows: Windows) -> None:
    trainer = windows.open("trainer")
    page = begin(trainer)
    type_all(trainer)
    choose(trainer, "0-competency", "2.3")
    choose(trainer, "0-level", "Remember")
    page.get_by_label("Source", exact=True).fill("Handbook 2.4")
    page.get_by_label("Source", exact=True).press("Tab")
    page.get_by_role("button", name="Order clerk").click()
    trainer.settle()
    page.reload()
    trainer.settle()
    written = [field.input_value() for field in page.locator("textarea").all()]
    wanted = list(TEXTS["Question text"])
    for place in range(4):
        for tongue in (0, 1):
            wanted += [TEXTS["Text"][tongue][place], TEXTS["Reason"][tongue][place]]
    assert written == wanted
    # As the employee sees it, in the other language, answered and marked.
    preview = page.locator(".st-key-bank-preview")
    preview.get_by_test_id("stButtonGroup").get_by_text("简体中文").click()
    preview.get_by_test_id("stRadioGroup").get_by_text("买家本人").click()
    expect(preview.get_by_text("只能提出请求。")).to_be_visible()
    page.get_by_role("button", name="Send to review").click()
    expect(page.get_by_text("Waiting for review").first).to_be_visible()
    assert page.get_by_role("button", name="Approve").count() == 0
    address = page.url.rpartition("/")[2]
    manager = windows.open("manager")
    read = manager.go(address)
    read.get_by_role("button", name="Approve").click()
    expect(read.get_by_text("In use").first).to_be_visible()


@pytest.mark.parametrize(("size", "language"), [(DESK, "zh"), (PHONE, "en"), (PHONE, "zh")])
def test_the_bank_and_a_question_fit_the_window(windows: Windows, size: tuple[int, int], language: str) -> None:
    window = windows.open("trainer", size=size, language=language, dark=language == "zh")
    window.go("bank")
    assert window.sideways() == 0
    window.go("bank_item?item=op-201")
    assert window.sideways() == 0
