"""Text from people stays text: every naughty string is shown as it is, by rule, in AppTest, and in a real browser."""

from __future__ import annotations

import re
import sys
import textwrap
import unicodedata
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser
from streamlit.testing.v1 import AppTest

from core.ui.safe import plain, safe
from tests.house_rules import ROOT
from tests.naughty import SHARED, naughty_strings
from tests.ui.servers import running_script

SHOWN = """() => Object.fromEntries(
    [...document.querySelectorAll('[class*=st-key-markdown-],[class*=st-key-label-]')]
    .map(e => [[...e.classList].find(c => c.startsWith('st-key-')), e.textContent]))"""
# Anything that markdown, HTML or Streamlit's own signs could have become.
ALIVE = """() => [...document.querySelectorAll('[class*=st-key-markdown-] *,[class*=st-key-label-] *')]
    .filter(e => e.matches('a,img,script,iframe,code,pre,table,ul,ol,h1,h2,h3,blockquote,hr,em,strong,del,.katex,'
        + '[data-testid=stIconMaterial],p span[style],p span[class]'))
    .map(e => e.outerHTML.slice(0, 200))"""
SAMPLE = ROOT / "tests" / "ui" / "sample_naughty.py"


def _seen(text: str) -> str:
    """A text as a reader sees it: no joiners, any blank is a blank."""
    return " ".join(text.replace("\u2060", "").replace("\ufeff", " ").split())


def _one_line(text: str) -> str:
    return plain(re.sub(r"[\r\n\u2028\u2029\x0b\x0c\x85]+", " ", text))


def test_the_shared_list_is_here_or_it_is_said() -> None:
    if not SHARED.is_file():
        pytest.skip(f"the shared list of naughty strings isn't on this machine ({SHARED.name})")
    assert len(naughty_strings()) > 400


@pytest.mark.parametrize("text", naughty_strings())
def test_taking_the_escapes_away_gives_the_text_back(text: str) -> None:
    unescaped = re.sub(r"\\([!\"#$%&'()*+,\-./:;<=>?@\[\\\]^_`{|}~])", r"\1", safe(text)).replace("\u2060", "")
    assert unescaped.replace("\u00a0", " ").lstrip(" ") == _one_line(text).replace("\u00a0", " ").replace(
        "\u2060", ""
    ).lstrip(" \t")


@pytest.mark.parametrize("text", naughty_strings())
def test_what_is_sent_to_a_browser_can_be_sent(text: str) -> None:
    for sent in (safe(text), plain(text)):
        sent.encode("utf-8")
        assert not [char for char in sent if unicodedata.category(char) == "Cc" and char not in "\t\n"]


def test_safe_of_nothing_and_of_things() -> None:
    assert safe("") == ""
    assert safe(12) == "12"
    assert safe("a_b*c") == "a\\_b\\*c"
    assert safe("  x") == "\u00a0\u00a0x"


def test_a_page_of_naughty_strings_runs_and_keeps_them() -> None:
    page = AppTest.from_file(str(SAMPLE), default_timeout=60).run()
    assert not page.exception
    blanks_gone = [textwrap.dedent(plain(text)).strip() for text in naughty_strings()]  # st.text takes those away
    assert [text.value for text in page.text] == blanks_gone


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The sample page on a server of its own. Gives its address."""
    with running_script(SAMPLE, tmp_path_factory.mktemp("naughty")) as server:
        yield server.url


@pytest.mark.browser
def test_a_real_browser_shows_them_as_text(sample: str, chromium: Browser) -> None:
    strings = naughty_strings()
    asked: list[str] = []
    with chromium.new_page() as page:
        page.on("request", lambda request: asked.append(request.url))
        page.on("dialog", lambda dialog: asked.append(f"dialog: {dialog.message}"))
        page.goto(sample)
        page.locator(f".st-key-text-{len(strings) - 1}").wait_for(timeout=60_000, state="attached")
        page.locator("[data-testid=stApp][data-test-script-state=notRunning]").wait_for()
        page.locator(f".st-key-label-{len(strings) - 1} label").wait_for(timeout=60_000, state="attached")
        shown: dict[str, str] = page.evaluate(SHOWN)
        alive = page.evaluate(ALIVE)
    wrong = {}
    for number, text in enumerate(strings):
        for place in ("markdown", "label"):
            wanted = _seen(_one_line(text)) or ("empty" if place == "label" and not safe(text) else "")
            found = _seen(shown.get(f"st-key-{place}-{number}", ""))
            if found != wanted:
                wrong[f"{place} {number}"] = (wanted, found)
    assert wrong == {}
    assert alive == []
    assert [url for url in asked if not url.startswith((sample, sample.replace("http", "ws"), "data:", "blob:"))] == []


def test_of_all_characters_those_that_cannot_be_sent_become_visible() -> None:
    for number in range(sys.maxunicode + 1):
        char = chr(number)
        unsendable = unicodedata.category(char) in {"Cs", "Cc"} and char not in "\t\n"
        assert plain(char) == ("\ufffd" if unsendable else char)


def test_a_text_is_escaped_the_same_however_long_it_is_and_however_often() -> None:
    short, times = "a*b_[c](d) www.e :f:", 40
    assert safe(short) == safe(short)
    assert safe((short + "x") * times) == safe(short + "x") * times
