"""The browser tests' own ground: windows open in every language, size and theme, and their complaints are seen."""

from __future__ import annotations

import pytest

from tests.browser.windows import DESK, PHONE, Windows

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
@pytest.mark.parametrize(("language", "word"), [("en", "Sign in"), ("zh", "登录")])
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_sign_in_page(windows: Windows, language: str, word: str, size: tuple[int, int], dark: bool) -> None:
    window = windows.open(language=language, size=size, dark=dark)
    window.page.goto(window.server.url)
    assert window.page.url == f"{window.server.url}/sign-in"
    assert word in window.page.title()
    assert window.page.evaluate("navigator.language") == {"en": "en-US", "zh": "zh-CN"}[language]
    assert window.page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches") is dark
    assert window.sideways() <= 0


def test_a_door_leads_in(windows: Windows) -> None:
    window = windows.open()
    window.page.goto(window.server.url)
    window.page.get_by_role("button", name="林静 Lin Jing").click()
    page = window.settle()
    assert page.get_by_role("heading", level=1).first.is_visible()


def test_complaints_are_seen(windows: Windows) -> None:
    window = windows.open("manager")
    window.go("/")
    window.page.evaluate("console.error('broken'); new Image().src = 'https://example.com/spy.png'")
    window.page.wait_for_timeout(300)
    assert "error: broken" in window.problems
    assert [problem for problem in window.problems if "Content Security Policy" in problem]
    window.problems.clear()
