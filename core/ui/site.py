"""The site map: every page, where it stands in the menu, and who may see it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from core.context import Actor

PAGES_DIR = Path(__file__).resolve().parents[2] / "pages"

# The sections of the menu, in its order. The first has no heading.
SECTION_LABELS = MappingProxyType(
    {"home": "", "monitor": "Monitor", "work": "Work", "learn": "Learn", "teach": "Teach", "admin": "Administration"}
)


@dataclass(frozen=True, slots=True)
class SitePage:
    """One page.

    `purpose` says in one line what it is for (start page, tooltip of the menu). `rights`: any one of them opens it;
    none means everybody who is signed in.
    `practice`: the page also works inside a practice world, on that world's data.
    `listed`: it stands in the menu (a page that needs something chosen first doesn't).
    `above`: it stands above all sections.
    """

    file: str
    title: str
    icon: str
    purpose: str
    rights: tuple[str, ...] = ()
    practice: bool = False
    listed: bool = True
    above: bool = False

    @property
    def section(self) -> str:
        """The heading it stands under: its folder, or none for a page that stands above all of them."""
        return "home" if self.above else self.file.split("/")[0]

    @property
    def name(self) -> str:
        """Its name in addresses: the file's name."""
        return Path(self.file).stem

    @property
    def path(self) -> Path:
        """Where the file lies."""
        return PAGES_DIR / self.file

    def open_to(self, actor: Actor) -> bool:
        """Whether this person may open it."""
        return not self.rights or any(actor.may(right) for right in self.rights)


SITE: tuple[SitePage, ...] = (
    SitePage("work/start.py", "Start", "home", "What you can do, and what waits for you", practice=True, above=True),
    SitePage(
        "monitor/board.py", "Live board", "monitoring", "Orders, stock and promises as they stand", ("board.read",)
    ),
    SitePage(
        "monitor/process_map.py",
        "Process map",
        "account_tree",
        "What orders really went through, step by step, and how long it took",
        ("board.read",),
    ),
    SitePage(
        "monitor/books.py",
        "The books",
        "account_balance",
        "Whether everything adds up, what stock is worth, and which periods are closed",
        ("books.read",),
        practice=True,
    ),
    SitePage(
        "monitor/order_list.py",
        "Orders behind a figure",
        "table_rows",
        "Which orders a figure of the board counts",
        ("board.read",),
        listed=False,
    ),
    SitePage(
        "monitor/stock_alerts.py",
        "Stock alerts",
        "production_quantity_limits",
        "What runs low or out, and what to order",
        ("board.read", "stock.threshold", "stock.count"),
        practice=True,
    ),
    SitePage(
        "monitor/readiness.py",
        "Readiness",
        "workspace_premium",
        "Who can do what their position requires, by team and competency",
        ("results.read",),
    ),
    SitePage(
        "work/orders.py",
        "Order desk",
        "inbox",
        "Review, correct, confirm and cancel orders",
        ("orders.read",),
        practice=True,
    ),
    SitePage(
        "work/order.py",
        "Order",
        "receipt_long",
        "Everything about one order",
        ("orders.read",),
        practice=True,
        listed=False,
    ),
    SitePage(
        "work/blocked_buyers.py",
        "Blocked buyers",
        "person_off",
        "Whose orders the review stops, and why",
        ("buyers.block",),
        practice=True,
    ),
    SitePage(
        "work/confirm_many.py",
        "Confirm many orders",
        "done_all",
        "Let the stopped orders of a filter pass in one go",
        ("orders.review",),
        practice=True,
        listed=False,
    ),
    SitePage(
        "work/waves.py",
        "Waves",
        "hub",
        "Decide which orders leave from where, and with whom",
        ("stock.allocate",),
        practice=True,
    ),
    SitePage(
        "work/wave.py",
        "Wave",
        "hub",
        "One wave: its plan, pins, tasks and answers",
        ("stock.allocate",),
        practice=True,
        listed=False,
    ),
    SitePage(
        "work/outbound.py",
        "Outbound",
        "local_shipping",
        "Pick, check, pack and hand over",
        ("shipping.work", "stock.layout"),
        practice=True,
    ),
    SitePage(
        "work/stocktakes.py",
        "Stocktakes",
        "inventory",
        "Count the shelf, explain and post differences",
        ("stock.count", "stock.approve"),
        practice=True,
    ),
    SitePage(
        "work/stocktake.py",
        "Stocktake",
        "inventory",
        "One stocktake, place by place",
        ("stock.count", "stock.approve"),
        practice=True,
        listed=False,
    ),
    SitePage(
        "work/stock.py",
        "Stock",
        "inventory_2",
        "What is where; moves, transfers and corrections",
        ("stock.move", "stock.adjust", "stock.approve"),
        practice=True,
    ),
    SitePage(
        "work/receiving.py",
        "Inbound",
        "warehouse",
        "Receive, inspect and put away what suppliers bring",
        ("stock.receive",),
        practice=True,
    ),
    SitePage(
        "work/returned.py",
        "Returned parcels",
        "assignment_return",
        "Take back and inspect what buyers send back",
        ("stock.receive",),
        practice=True,
    ),
    SitePage(
        "work/purchasing.py",
        "Purchasing",
        "shopping_cart",
        "Order from suppliers, and see what has come",
        ("purchasing.work", "stock.receive"),
        practice=True,
    ),
    SitePage("learn/path.py", "Your path", "route", "Tests and exercises in their order", ("tests.take",)),
    SitePage("learn/all_tests.py", "Tests", "quiz", "Every test you can take, before and after", ("tests.take",)),
    SitePage("learn/tests.py", "Test", "quiz", "Take the pre-test or the post-test", ("tests.take",), listed=False),
    SitePage(
        "learn/result.py",
        "Result",
        "insights",
        "What was right in a test, and why",
        ("tests.take", "attempts.read"),
        listed=False,
    ),
    SitePage("learn/practice.py", "Exercises", "exercise", "Practise on a world of your own", ("practice.use",)),
    SitePage(
        "teach/people_progress.py", "Progress", "groups", "Who has done what, and what it brought", ("attempts.read",)
    ),
    SitePage(
        "teach/test_setup.py",
        "Set up tests",
        "tune",
        "What each test asks, how it is given, and which version people get",
        ("tests.design",),
    ),
    SitePage(
        "teach/test_quality.py",
        "Test quality",
        "speed",
        "Whether the test can be trusted, and which questions to mend",
        ("attempts.read",),
    ),
    SitePage(
        "teach/effect.py",
        "Effect of training",
        "trending_up",
        "What people gained between two tests, and how sure that is",
        ("attempts.read",),
    ),
    SitePage(
        "teach/pass_mark.py",
        "Pass mark",
        "gavel",
        "What a barely competent person reaches, judged question by question",
        ("tests.judge",),
    ),
    SitePage(
        "teach/accommodations.py",
        "Accommodations",
        "accessibility_new",
        "More time or larger text for whoever needs it to show what they know",
        ("tests.design",),
    ),
    SitePage("teach/attempts.py", "Attempts", "history_edu", "Every test step by step", ("attempts.read",)),
    SitePage(
        "teach/bank.py",
        "Item bank",
        "library_books",
        "Every question: write, review, retire, and see where the bank is thin",
        ("bank.write", "bank.review"),
    ),
    SitePage(
        "teach/bank_item.py",
        "Bank question",
        "quiz",
        "One question of the bank in all its versions",
        ("bank.write", "bank.review"),
        listed=False,
    ),
    SitePage(
        "teach/bank_case.py",
        "Case",
        "cases",
        "One situation of the bank with its questions, in all its versions",
        ("bank.write", "bank.review"),
        listed=False,
    ),
    SitePage(
        "teach/marking.py",
        "Marking",
        "rate_review",
        "Open texts to mark by hand, and questions that somebody disputes",
        ("attempts.mark",),
    ),
    SitePage(
        "teach/bank_exchange.py",
        "Questions in and out",
        "import_export",
        "Take questions over from files, and hand them on to other systems",
        ("bank.write",),
    ),
    SitePage(
        "teach/handed_in.py",
        "Exercises handed in",
        "task",
        "Every check with what was found, and what was done in the world",
        ("attempts.read",),
    ),
    SitePage("admin/people.py", "People", "group", "Let people in, and set what they may do", ("people.manage",)),
    SitePage("admin/imports.py", "Imports", "move_to_inbox", "Take in orders from other channels", ("imports.read",)),
    SitePage("admin/audit.py", "Audit log", "fact_check", "Who did what and when, sealed", ("audit.read",)),
)


def pages_for(actor: Actor, *, in_practice: bool = False) -> Iterator[SitePage]:
    """The pages a person may open in the world they are in, in the menu's order.

    In a practice world that is what works on the practice world's data, and the person's own learning.
    """
    order = list(SECTION_LABELS)
    for page in sorted(SITE, key=lambda page: order.index(page.section)):
        if page.open_to(actor) and (page.practice or page.section == "learn" or not in_practice):
            yield page


def page_named(name: str) -> SitePage:
    """The page with this file name. Raises: KeyError when there is none."""
    return _by_name()[name]


@cache
def _by_name() -> dict[str, SitePage]:
    return {page.name: page for page in SITE}
