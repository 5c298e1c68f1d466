"""The content security policy in a real Chromium: everything we draw works, and nothing else does."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.windows import Windows
from tests.house_rules import ROOT
from tests.ui.servers import running_script

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def windows(chromium: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Windows]:
    """Windows onto the page of all widgets, behind the real gate."""
    var = tmp_path_factory.mktemp("policy")
    script = ROOT / "tests" / "ui" / "sample_app.py"
    with running_script(script, var) as server, ExitStack() as closing:
        yield Windows(server, chromium, closing)


def _draw(page: Page) -> None:
    page.get_by_text("all drawn").wait_for()
    page.locator(".st-key-plotly .bars").first.wait_for(state="attached")
    page.locator("[data-testid=stDataFrame] canvas").nth(1).wait_for(state="attached")


def test_everything_that_pages_draw_works_without_a_violation(windows: Windows, tmp_path: Path) -> None:
    window = windows.open("manager")
    page = window.go("/")
    _draw(page)
    page.locator(".st-key-heat .heatmaplayer image").first.wait_for(state="attached")
    cell = page.locator(".st-key-editor canvas").first
    cell.scroll_into_view_if_needed()
    box = cell.bounding_box()
    assert box is not None
    page.mouse.dblclick(box["x"] + 40, box["y"] + 50)
    page.locator("textarea.gdg-input").first.wait_for(state="attached")
    page.keyboard.press("Escape")
    (tmp_path / "orders.csv").write_text("a,b\n1,2\n")
    page.locator("[data-testid=stFileUploaderDropzoneInput]").set_input_files(tmp_path / "orders.csv")
    page.get_by_text("got orders.csv with 8 bytes").wait_for()
    with page.expect_download() as download:
        page.get_by_role("button", name="Save").click()
    assert download.value.path().read_bytes() == b"a,b\n1,2\n"
    page.get_by_test_id("stPopoverButton").click()
    page.locator(".st-key-text input").fill("typed")
    window.settle()
    assert window.problems == []


def test_what_is_not_ours_does_not_run(windows: Windows) -> None:
    window = windows.open("manager")
    page = window.go("/")
    _draw(page)
    ran = page.evaluate(
        """async () => {
            const seen = [];
            document.addEventListener('securitypolicyviolation', e => seen.push(e.effectiveDirective));
            const inline = document.createElement('script');
            inline.textContent = 'window.stolen = 1';
            document.head.append(inline);
            const image = new Image(); image.src = 'http://127.0.0.1:9/x.png';
            document.body.append(image);
            try { await fetch('http://127.0.0.1:9/'); } catch (error) { seen.push('fetch'); }
            const frame = document.createElement('iframe'); frame.src = 'http://127.0.0.1:9/';
            document.body.append(frame);
            await new Promise(done => setTimeout(done, 300));
            return {stolen: window.stolen ?? null, seen: [...new Set(seen)].sort()};
        }"""
    )
    assert ran["stolen"] is None
    assert ran["seen"] == ["connect-src", "fetch", "frame-src", "img-src", "script-src-elem"]


def test_a_form_in_the_page_reaches_the_server_from_a_page_without_referrer(windows: Windows) -> None:
    """A page that sends no referrer sends `Origin: null` with its forms; Sec-Fetch-Site vouches for it."""
    window = windows.open("manager")
    page = window.go("/")
    _draw(page)
    page.locator(".orderly-choice button").click()
    page.locator("html[data-theme=dark]").wait_for(state="attached")
    window.settle()
    _draw(page)
    scheme = page.evaluate("getComputedStyle(document.querySelector('.stApp')).colorScheme")
    assert scheme == "dark"
    assert window.problems == []
