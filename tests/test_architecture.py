"""Holds the house together: who imports whom, how long things get, which licences come along."""

from __future__ import annotations

import re
from collections import Counter
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest

from tests import house_rules
from tests.house_rules import ROOT

# Complaints that are known and waived, each with its reason. This list may only shrink.
KNOWN: tuple[str, ...] = ()

_OPENING = '"""Shows an example."""\n'
_LONG_FUNCTION = "def f() -> None:\n" + "    pass\n" * 60
SITE_MAP = ROOT / "core/ui/site.py"


@pytest.mark.parametrize("path", house_rules.modules(), ids=str)
def test_module_keeps_the_rules(path: Path) -> None:
    complaints = house_rules.complaints_about(path, (ROOT / path).read_text(encoding="utf-8"))
    assert [complaint for complaint in complaints if complaint not in KNOWN] == []


def test_known_exceptions_are_still_needed() -> None:
    found = {
        complaint
        for path in house_rules.modules()
        for complaint in house_rules.complaints_about(path, (ROOT / path).read_text(encoding="utf-8"))
    }
    assert [known for known in KNOWN if known not in found] == []


@pytest.mark.parametrize(
    ("path", "source", "complaint"),
    [
        ("core/domain/a.py", "import sqlalchemy", "core.domain may not use the library sqlalchemy"),
        ("core/domain/a.py", "from core.db import history", "core.domain may not import core.db"),
        ("core/domain/a.py", "from core import db", "core.domain may not import core.db"),
        ("core/domain/a.py", "from ..db import history", "core.domain may not import core.db"),
        ("core/services/a.py", "def f() -> None:\n    import streamlit", "may not use the library streamlit"),
        ("core/services/a.py", "from core.portal import people", "core.services may not import core.portal"),
        ("core/__init__.py", "from core.ui import page", "core may not import core.ui"),
        ("core/ui/charts.py", "import streamlit", "core.ui.charts may not use the library streamlit"),
        ("core/ui/a.py", "import assessments", "core.ui may not import assessments"),
        ("seed/a.py", "import assessments.forms", "seed may not import assessments"),
        ("assessments/a.py", "from core.ui.page import read", "assessments may not import core.ui"),
        ("pages/work/a.py", "from core.db.engines import reader", "pages may not import core.db.engines"),
        ("pages/work/a.py", "import requests", "pages may not use the library requests"),
        ("app.py", "from core.services import orders", "app may not import core.services"),
        ("tests/test_a.py", "import sqlite3", "imports the stock sqlite3"),
        ("core/a.py", "x = 1\n" * 400, "401 lines, at most 400"),
        ("core/a.py", _LONG_FUNCTION, "f has 61 lines, at most 60"),
        ("core/a.py", "try:\n    f()\nexcept Exception:\n    pass", "catches every exception"),
        ("core/a.py", "try:\n    f()\nexcept (OSError, Exception):\n    pass", "catches every exception"),
        ("core/a.py", "try:\n    f()\nexcept:\n    pass", "catches every exception"),
        ("core/order_utils.py", "", "the name says nothing"),
        ("core/utils/a.py", "", "the name says nothing"),
        ("core/a.py", "class OrderManager: ...", "class OrderManager says nothing"),
        ("pages/work/a.py", "f('x', unsafe_allow_html=True)", "draws raw HTML"),
        ("core/a.py", "print(1)", "prints"),
        ("core/metrics/a.py", "import pandas as pd", "imports pandas at the top"),
        ("core/services/a.py", "from datetime import datetime\nx = datetime.now()", "asks the clock"),
        ("core/domain/a.py", "from time import time", "imports time"),
    ],
)
def test_rules_notice(path: str, source: str, complaint: str) -> None:
    found = house_rules.complaints_about(Path(path), _OPENING + source)
    assert len(found) == 1, found
    assert complaint in found[0]


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("x = 1", "opens without a sentence"),
        ('"""Shows an example"""', "its opening is not a sentence"),
        ('"""Shows an example. Does more."""', "opens with more than one sentence"),
    ],
)
def test_rules_notice_a_poor_opening(source: str, complaint: str) -> None:
    (found,) = house_rules.complaints_about(Path("core/a.py"), source)
    assert complaint in found


@pytest.mark.parametrize(
    ("path", "source"),
    [
        ("core/domain/a.py", "import numpy\nfrom core.domain import errors\nfrom . import errors as again"),
        ("core/db/a.py", "try:\n    f()\nexcept BaseException:\n    g()\n    raise"),
        ("core/metrics/a.py", "def f() -> None:\n    import pandas as pd\n    print_nothing(pd)"),
        ("core/metrics/a.py", "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import pandas as pd"),
        ("core/ui/charts.py", "from core.domain import errors"),
        ("benchmarks/a.py", "print(1)\nimport pandas"),
        ("tests/test_manager_journey.py", "class ManagerOfAShop: ..."),
    ],
)
def test_rules_let_pass(path: str, source: str) -> None:
    assert house_rules.complaints_about(Path(path), _OPENING + source) == []


def test_site_map_names_every_page_and_no_other() -> None:
    named = house_rules.pages_on_the_map(SITE_MAP.read_text(encoding="utf-8"))
    assert sorted(named) == sorted(house_rules.pages())


def test_site_map_is_read_in_either_spelling() -> None:
    source = "A = ('pages/monitor/board.py', 'work/orders', 'not/a_page', 'Orders')"
    assert house_rules.pages_on_the_map(source) == ["pages/monitor/board.py", "pages/work/orders.py"]


def test_page_names_are_unique_and_in_a_section() -> None:
    paths = [Path(page) for page in house_rules.pages()]
    assert [name for name, count in Counter(path.name for path in paths).items() if count > 1] == []
    assert [str(path) for path in paths if path.parent.parent != Path("pages")] == []
    assert [str(path) for path in paths if path.parent.name not in house_rules.SECTIONS] == []


def _requirements(file: str) -> list[str]:
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    names = (re.match(r"[\w.-]+", line.strip()) for line in lines if not line.startswith(("#", "-")))
    return [match[0] for match in names if match]


def _closure(names: list[str]) -> dict[str, str]:
    """Every distribution that the names bring along on this machine, with what it says of its licence."""
    licences: dict[str, str] = {}
    todo = list(names)
    while todo:
        name = todo.pop()
        key = re.sub(r"[-_.]+", "-", name).lower()
        if key in licences:
            continue
        try:
            found = distribution(name)
        except PackageNotFoundError:
            continue  # wanted on another system or Python only
        fields = ("License-Expression", "License", "Classifier")
        said = [text for field in fields for text in found.metadata.get_all(field) or []]
        # Some put a whole licence text there, which also mentions what it is not.
        licences[key] = " ".join(text for text in said if len(text) < 100)
        needs = (re.match(r"[\w.-]+", need) for need in found.requires or [] if "extra ==" not in need)
        todo += [match[0] for match in needs if match]
    return licences


_COPYLEFT = re.compile(r"\bA?GPL|(?<!Lesser )General Public License|Affero", re.IGNORECASE)


def test_nothing_that_orderly_needs_is_under_gpl_or_agpl() -> None:
    licences = _closure(_requirements("requirements.txt"))
    assert len(licences) > 40
    assert {name: text for name, text in licences.items() if _COPYLEFT.search(text)} == {}


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("GPL-3.0-only", True),
        ("AGPL-3.0-or-later", True),
        ("License :: OSI Approved :: GNU General Public License v2 (GPLv2)", True),
        ("LGPL-3.0-only", False),
        ("GNU Lesser General Public License v3", False),
        ("MIT", False),
    ],
)
def test_licences_are_told_apart(text: str, refused: bool) -> None:
    assert bool(_COPYLEFT.search(text)) is refused


def test_every_requirement_says_what_for_and_its_licence() -> None:
    for file in ("requirements.txt", "requirements-postgres.txt", "requirements-dev.txt"):
        for line in (ROOT / file).read_text(encoding="utf-8").splitlines():
            if line and not line.startswith(("#", "-r ")):
                assert re.fullmatch(r"\S+\s+# .+\. (MIT|BSD|Apache|MPL|zlib|LGPL).*", line), f"{file}: {line}"
