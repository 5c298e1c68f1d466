"""Windows of the real application for people, in sizes, languages and themes, with what went wrong in them."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Error, Page, Playwright, Request

from tests.app_server import AppServer, sign_in
from tests.chromium import FLAGS, find_chromium

DESK, PHONE = (1440, 900), (390, 844)
LOCALES = {"en": "en-US", "zh": "zh-CN"}
WAIT_MS = 30_000


def launch(playwright: Playwright) -> Browser:
    """The system's Chromium, without a head."""
    return playwright.chromium.launch(executable_path=find_chromium(), args=list(FLAGS))


@dataclass
class Window:
    """One person's window, with everything that went wrong in it."""

    server: AppServer
    page: Page
    problems: list[str] = field(default_factory=list)

    def go(self, path: str) -> Page:
        """Opens a page of the application and waits until it stands still."""
        self.page.goto(f"{self.server.url}/{path.lstrip('/')}", wait_until="domcontentloaded")
        return self.settle()

    def settle(self) -> Page:
        """Waits until the script of the page has run, its elements are drawn and nothing is stale."""
        page = self.page
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for(timeout=WAIT_MS)
        page.wait_for_function(
            "() => !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')", timeout=WAIT_MS
        )
        return page

    def note(self, message: ConsoleMessage) -> None:
        """Keeps what the browser complains about; a broken content security policy shows up here, too."""
        if message.type in ("error", "warning") and not _is_noise(message):
            self.problems.append(f"{message.type}: {message.text}")

    def sideways(self) -> int:
        """By how many pixels the page is wider than the window; people should never scroll sideways."""
        return int(self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def _is_noise(message: ConsoleMessage) -> bool:
    """Chromium's own remarks that no page can help: none is an error."""
    said = message.text
    own = ("was preloaded using link preload", "GL Driver Message", "WebGL", "Automatic fallback to software")
    return message.type == "warning" and any(part in said for part in own)


class Windows:
    """Opens windows: `windows.open("manager")`, by the demo person's sign-in name, or nobody's."""

    def __init__(self, server: AppServer, browser: Browser, closing: ExitStack) -> None:
        self._server, self._browser, self._closing = server, browser, closing
        self.opened: list[Window] = []

    def open(
        self,
        person: str = "",
        *,
        language: str = "en",
        size: tuple[int, int] = DESK,
        dark: bool = False,
        **options: Any,
    ) -> Window:
        """A window of its own profile; signed in when a person is named."""
        context = self._browser.new_context(
            locale=LOCALES[language],
            timezone_id="Asia/Shanghai",
            color_scheme="dark" if dark else "light",
            viewport={"width": size[0], "height": size[1]},
            **options,
        )
        self._closing.callback(_close, context)
        if person:
            name, _, value = sign_in(self._server.url, person).partition("=")
            context.add_cookies([{"name": name, "value": value, "url": self._server.url, "httpOnly": True}])
        window = Window(self._server, context.new_page())
        window.page.set_default_timeout(WAIT_MS)
        window.page.on("console", window.note)
        window.page.on("pageerror", lambda error: window.problems.append(f"script: {error}"))
        window.page.on("requestfailed", lambda request: window.problems.extend(_failed(request)))
        self.opened.append(window)
        return window


def _close(context: BrowserContext) -> None:
    with suppress(Error):  # the test closed it itself, or the browser is gone
        context.close()


def _failed(request: Request) -> list[str]:
    """Requests that were blocked or broke; one that the page itself dropped (a navigation) is no failure."""
    reason = request.failure or ""
    return [] if "ERR_ABORTED" in reason else [f"request: {request.url} {reason}"]
