"""Makes the README's pictures again: starts a demo of its own, opens its pages in Chromium and saves them small.

Run it with `make screenshots`, or name the ones you want: `.venv/bin/python docs/screenshots.py board result`.
"""

from __future__ import annotations

import io
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))  # it is started as a script, from wherever one stands

from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from docs.desk_pictures import at_original, at_part, at_results, at_stopped, picture_of_papers  # noqa: E402
from docs.outbound_story import tell_outbound  # noqa: E402
from docs.test_pictures import (  # noqa: E402
    at_case_question,
    at_dispute,
    at_judges,
    at_marking,
    at_passed,
    at_readiness,
    drawn,
    with_forms,
)
from docs.test_story import CASE_ID, OWN_DRAFT, tell_tests  # noqa: E402
from docs.training_story import tell_training  # noqa: E402
from docs.wave_pictures import at_plan, at_tasks  # noqa: E402
from tests.app_server import run_module, running_app  # noqa: E402
from tests.browser.answering import Taker, questions_of  # noqa: E402
from tests.browser.test_employee_journey import ids_of  # noqa: E402
from tests.browser.windows import DESK, PHONE, Window, Windows, launch  # noqa: E402

IMAGES = ROOT / "docs" / "images"
QUALITY = 82
_STEP = "step:OrderStopped>OrderAmended"  # what takes the longest before an order is confirmed
PAPERS = "desk-papers"  # what comes out of the printer, not what the screen shows


@dataclass(frozen=True, slots=True)
class Shot:
    """One picture: who looks, at what, and how.

    `prepare` takes the window to what is to be seen, and leaves it standing still. `crowded`: it shows the class that
    takes tests, which comes only after all pictures without it.
    """

    name: str
    person: str
    prepare: Callable[[Window], None]
    language: str = "en"
    size: tuple[int, int] = DESK
    dark: bool = False
    crowded: bool = False

    @property
    def file(self) -> Path:
        """Where the picture goes; the name says everything that it shows."""
        look = "dark" if self.dark else "light"
        return IMAGES / f"{self.name}-{self.language}-{look}-{self.size[0]}.webp"


def at(path: str) -> Callable[[Window], None]:
    """Opens a page."""

    def prepare(window: Window) -> None:
        window.go(path)

    return prepare


def at_sign_in(window: Window) -> None:
    """Opens the sign-in page, which is no page of Streamlit's."""
    window.page.goto(f"{window.server.url}/sign-in")
    window.page.wait_for_load_state("networkidle")


def at_board(window: Window) -> None:
    """Opens the board, and waits until its figures are drawn."""
    window.go("/board")
    window.page.locator(".js-plotly-plot .main-svg").first.wait_for()


def at_process(path: str) -> Callable[[Window], None]:
    """Opens the process map, and waits until it is drawn."""

    def prepare(window: Window) -> None:
        window.go(path)
        window.page.locator(".js-plotly-plot .main-svg").first.wait_for()

    return prepare


def at_books(window: Window) -> None:
    """Opens the books, and waits until they were looked through."""
    window.go("/books")
    window.page.locator(".st-key-panel-books-checks").wait_for(timeout=60_000)
    window.settle()


def in_practice(window: Window) -> None:
    """Enters the practice world of an exercise, and opens the order it is about with the form that mends it."""
    page = window.go("/practice?exercise=wrong_address")
    page.locator(".st-key-enter button").click()
    page.locator(".st-key-leave-practice button").wait_for()
    window.settle()
    order_id = ids_of(window.server.var, "wrong_address")["target"]
    window.go(f"/order?id={order_id}")
    page.locator(".st-key-do-amend button").click()
    window.settle()


def out_of_practice(window: Window) -> None:
    """Leaves the practice world again, so that the next picture begins in the live one."""
    leave = window.page.locator(".st-key-leave-practice button")
    if leave.count():
        leave.click()
        leave.wait_for(state="detached")


def at_question(window: Window) -> None:
    """Begins the pre-test, or goes on with it, and opens a question whose figures come from a practice world."""
    page = window.go("/tests?phase=pre")
    begin = page.locator(".st-key-begin button")
    if begin.count():
        begin.click()
    page.locator("[class*=st-key-palette-]").first.wait_for()
    window.settle()
    questions = questions_of(window.server.var, "clerk", "pre")
    place = next(number for number, question in enumerate(questions) if question.exhibit is not None)
    Taker(window, questions).palette(place).click()
    page.locator(".st-key-exhibit").wait_for()
    window.settle()


def at_result(window: Window) -> None:
    """Opens the result of one's own post-test."""
    page = window.go("/path")
    page.locator("[data-testid=stMain] a[href*='result?']").locator("visible=true").last.click()
    page.wait_for_url("**/result?*")
    window.settle()


def everywhere(
    name: str, person: str, prepare: Callable[[Window], None], desk: tuple[int, int] = DESK
) -> tuple[Shot, ...]:
    """A page as most people see it: at the desk in English and light, in Chinese and dark, and on the phone."""
    return (
        Shot(name, person, prepare, size=desk),
        Shot(name, person, prepare, language="zh", size=desk, dark=True),
        Shot(name, person, prepare, language="zh", size=PHONE),
    )


def in_both(name: str, person: str, path: str) -> tuple[Shot, ...]:
    """A page as a desk's description shows it, in both languages."""
    return Shot(name, person, at(path)), Shot(name, person, at(path), language="zh")


def seen_in_both(name: str, person: str, prepare: Callable[[Window], None]) -> tuple[Shot, ...]:
    """The same for a page that has to be worked on first."""
    return Shot(name, person, prepare), Shot(name, person, prepare, language="zh")


def crowded(
    name: str, person: str, prepare: Callable[[Window], None], size: tuple[int, int] = DESK
) -> tuple[Shot, ...]:
    """A picture of tests, in both languages."""
    return tuple(Shot(name, person, prepare, code, size, crowded=True) for code in ("en", "zh"))


def leave_be(window: Window) -> None:
    """Leaves the window as it is: the picture is of what was printed."""
    window.go("/orders")


SHOTS: tuple[Shot, ...] = (
    *everywhere("sign-in", "", at_sign_in),
    *everywhere("board", "manager", at_board, desk=(1440, 1500)),
    *everywhere("order-practice", "clerk", in_practice),
    *everywhere("test", "clerk", at_question),
    *everywhere("result", "service", at_result),
    *everywhere("progress", "trainer", at("/people_progress")),
    *in_both("desk-queue", "clerk", "/orders"),
    *seen_in_both("desk-stopped", "clerk", at_stopped),
    *seen_in_both("desk-original", "clerk", at_original),
    *seen_in_both("desk-part", "clerk", at_part),
    *seen_in_both(PAPERS, "clerk", leave_be),
    *in_both("desk-blocked", "clerk", "/blocked_buyers"),
    *in_both("desk-many", "clerk", "/confirm_many"),
    *seen_in_both("desk-results", "clerk", at_results),
    *in_both("inbound-door", "warehouse", "/receiving"),
    *in_both("inbound-inspect", "warehouse", "/receiving?id=3"),
    *in_both("inbound-purchase", "operations", "/purchasing?id=4"),
    *in_both("inbound-stock", "warehouse", "/stock?sku=21&house=1"),
    *in_both("inbound-corrections", "operations", "/stock?show=corrections"),
    *in_both("inbound-returned", "warehouse", "/returned"),
    *in_both("outbound-tasks", "warehouse", "/outbound?warehouse=SH&at=tasks"),
    *in_both("outbound-walk", "warehouse", "/outbound?warehouse=SH&at=walk"),
    *in_both("outbound-table", "warehouse", "/outbound?warehouse=SH&at=table"),
    *in_both("outbound-dock", "warehouse", "/outbound?warehouse=SH&at=dock"),
    *everywhere("books", "finance", at_books, desk=(1440, 1250)),
    *everywhere("process-map", "manager", at_process("/process_map?period=90d"), desk=(1440, 1500)),
    *(
        Shot("process-step", "manager", at_process(f"/process_map?period=90d&rows={_STEP}"), code, (1440, 1500))
        for code in ("en", "zh")
    ),
    *in_both("waves-waiting", "operations", "/waves"),
    *(Shot("waves-plan", "operations", at_plan, code, (1440, 1500)) for code in ("en", "zh")),
    *seen_in_both("waves-tasks", "operations", at_tasks),
    *in_both("stocktake-plan", "warehouse", "/stocktakes"),
    *in_both("stocktake-count", "warehouse", "/stocktake?id=3"),
    *in_both("stocktake-off", "operations", "/stocktake?id=2"),
    *in_both("stocktake-alerts", "operations", "/stock_alerts"),
    *in_both("stocktake-forecast", "operations", "/stock_alerts?show=forecast"),
    *crowded("tests-question", "clerk", at_case_question, (1440, 1330)),
    Shot("tests-question", "clerk", at_case_question, "zh", PHONE, crowded=True),
    *crowded("tests-list", "clerk", at("/all_tests")),
    *crowded("tests-result", "service", at_passed, (1440, 1250)),
    *crowded("tests-dispute", "service", at_dispute),
    *crowded("bank-list", "trainer", at("/bank")),
    *crowded("bank-editor", "trainer", at(f"/bank_item?item={OWN_DRAFT}"), (1440, 1250)),
    *crowded("bank-case", "trainer", at(f"/bank_case?case={CASE_ID}"), (1440, 1250)),
    *crowded("tests-setup", "trainer", with_forms, (1440, 1250)),
    *crowded("tests-pass-mark", "trainer", at_judges),
    *crowded("tests-marking", "trainer", at_marking, (1440, 1250)),
    *crowded("tests-quality", "trainer", drawn("/test_quality?test=warehouse"), (1440, 1250)),
    *crowded("tests-effect", "trainer", drawn("/effect?test=warehouse"), (1440, 1250)),
    *crowded("tests-readiness", "manager", at_readiness, (1440, 1100)),
)


def take(shot: Shot, windows: Windows) -> None:
    """Opens a window for the picture, and saves what it shows."""
    phone = shot.size == PHONE
    options = {"device_scale_factor": 2, "is_mobile": True, "has_touch": True} if phone else {}
    window = windows.open(shot.person, language=shot.language, size=shot.size, dark=shot.dark, **options)
    shot.prepare(window)
    window.page.wait_for_timeout(600)  # charts and toasts fade in
    if shot.name == PAPERS:
        with tempfile.TemporaryDirectory() as folder:
            picture = picture_of_papers(window, Path(folder))
    else:
        picture = Image.open(io.BytesIO(window.page.screenshot(animations="disabled", caret="hide")))
    shot.file.parent.mkdir(parents=True, exist_ok=True)
    picture.convert("RGB").save(shot.file, "WEBP", quality=QUALITY, method=6)
    out_of_practice(window)
    window.page.context.close()
    print(f"{shot.file.relative_to(ROOT)}  {shot.file.stat().st_size / 1024:.0f} KB")
    for problem in window.problems:
        print(f"  the browser complains: {problem}")


def main(names: list[str]) -> int:
    """Takes the named pictures, or all; 1 when a name is unknown or a page complained."""
    known = {shot.name for shot in SHOTS}
    if set(names) - known:
        print(f"There are pictures of {', '.join(sorted(known))}; found {', '.join(names)}")
        return 1
    wanted = [shot for shot in SHOTS if not names or shot.name in names]
    with tempfile.TemporaryDirectory(prefix="orderly-pictures-") as folder, ExitStack() as closing:
        var = Path(folder)
        run_module(["seed", "demo"], var)
        tell_training(var)
        tell_outbound(var)
        server = closing.enter_context(running_app(var))
        browser = launch(closing.enter_context(sync_playwright()))
        windows, came = Windows(server, browser, closing), False
        for shot in sorted(wanted, key=lambda shot: shot.crowded):
            if shot.crowded and not came:
                came = True
                tell_tests(var)
            take(shot, windows)
        return int(any(window.problems for window in windows.opened))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
