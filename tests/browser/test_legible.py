"""Words on the learner's pages stand out from what is behind them, in light and in dark."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from core.db.engines import Databases
from tests.app_server import AppServer, running_app
from tests.assessments.conftest import TEST
from tests.browser.conftest import sitting
from tests.browser.windows import Windows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

# Source: WCAG 2.2, success criterion 1.4.3 and its definition of contrast; what is disabled is left out there, too.
FAINT = """() => {
  const channel = v => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const light = c => 0.2126 * channel(c[0]) + 0.7152 * channel(c[1]) + 0.0722 * channel(c[2]);
  const read = text => {
    const parts = (text.match(/^rgba?\\(([^)]+)\\)/) || [])[1];
    return parts ? [...parts.split(/[ ,/]+/).map(Number), 1].slice(0, 4) : null;
  };
  const over = (c, b) => [0, 1, 2].map(i => c[i] * c[3] + b[i] * (1 - c[3])).concat(1);
  const behind = node => {
    const layers = [];
    for (; node; node = node.parentElement) {
      const c = read(getComputedStyle(node).backgroundColor);
      if (c && c[3]) layers.push(c);
      if (c && c[3] === 1) break;
    }
    return layers.reverse().reduce((b, c) => over(c, b), [255, 255, 255, 1]);
  };
  const seen = node => node.getBoundingClientRect().width > 2 && node.getBoundingClientRect().height > 2;
  const own = node => [...node.childNodes].some(n => n.nodeType === 3 && n.textContent.trim());
  const faint = new Set();
  for (const node of document.querySelectorAll('[data-testid=stMain] *')) {
    if (!own(node) || !seen(node) || node.closest(':disabled')) continue;
    let c = read(getComputedStyle(node).color);
    if (!c) continue;
    for (let n = node; n; n = n.parentElement) c[3] *= Number(getComputedStyle(n).opacity);
    const ground = behind(node);
    const [more, less] = [light(over(c, ground)), light(ground)].sort((a, b) => b - a);
    const ratio = (more + 0.05) / (less + 0.05);
    if (ratio < 4.5) faint.add(`${ratio.toFixed(2)} ${node.textContent.trim().slice(0, 40)}`);
  }
  return [...faint];
}"""


@pytest.fixture(scope="module")
def server(var: Path) -> Iterator[AppServer]:
    """The application."""
    with running_app(var) as running:
        yield running


@pytest.mark.parametrize("dark", [False, True])
def test_words_stand_out(house: Databases, server: AppServer, chromium: Browser, dark: bool) -> None:
    sitting(house, "clerk", time_limit_minutes=30)
    with ExitStack() as closing:
        windows = Windows(server, chromium, closing)
        window = windows.open("clerk", dark=dark)
        page = window.go(f"tests?test={TEST}&phase=pre")
        page.get_by_text("Question 1 of 7").wait_for()
        window.settle()
        assert page.evaluate(FAINT) == []
        page.get_by_role("button", name="Finish …").click()
        page.get_by_text("7 of 7 questions are not answered").wait_for()
        window.settle()
        assert page.evaluate(FAINT) == []
        page.get_by_role("button", name="Finish and see the result").click()
        page.wait_for_url("**/result?attempt=*")
        page.get_by_text("Question by question").wait_for()
        window.settle()
        for path in (page.url.removeprefix(server.url), "all_tests", "path"):
            page = window.go(path)
            page.locator("h1").wait_for()
            assert page.evaluate(FAINT) == [], path
        assert window.problems == []
        manager = windows.open("manager", dark=dark)
        page = manager.go("readiness")
        page.get_by_text("Who is ready for what").wait_for()
        manager.settle()
        assert page.evaluate(FAINT) == []
        assert manager.problems == []
