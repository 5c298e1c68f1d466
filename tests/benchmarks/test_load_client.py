"""The load client against a real Streamlit server: it must see what a browser would see."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
import urllib.request
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.crowd import close_tabs, let_act, open_tabs
from benchmarks.load_client import LoadClientError, Visitor
from benchmarks.page_elements import ElementNotFound
from tests.loops import run_async
from tests.postgres_server import free_port

_SAMPLE = Path(__file__).with_name("sample_app.py")


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, int]]:
    """The sample page on a free port: its URL and process id."""
    port, log = free_port(), tmp_path_factory.mktemp("sample") / "log"
    command = [sys.executable, "-m", "streamlit", "run", str(_SAMPLE), "--server.port", str(port)]
    command += ["--server.address", "127.0.0.1", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    url = f"http://127.0.0.1:{port}"
    with log.open("wb") as output:
        process = subprocess.Popen(command, stdout=output, stderr=output, cwd=log.parent)
    try:
        deadline = time.monotonic() + 30
        while not _healthy(url):
            assert process.poll() is None and time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=15)


def _healthy(url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{url}/_stcore/health", timeout=5) as answer:
            return int(answer.status) == 200
    except OSError:
        return False


def _visit(url: str, story: Callable[[Visitor], Awaitable[None]], path: str = "", refreshing: bool = True) -> None:
    async def told() -> None:
        visitor = Visitor(url, follow_auto_reruns=refreshing)
        try:
            await visitor.open(path)
            await story(visitor)
        finally:
            await visitor.close()

    run_async(told())


def test_widgets_forms_and_clicks(sample: tuple[str, int]) -> None:
    async def story(visitor: Visitor) -> None:
        assert visitor.texts()[:2] == ["First", "picked None"]
        assert await visitor.choose("y", label="Pick") is not None
        assert "picked y" in visitor.texts()
        run = await visitor.click("Go")
        assert not run.fragment
        assert "gone" in visitor.texts()
        assert await visitor.fill("Ann", "Name") is None  # a form keeps its values back
        assert await visitor.fill("7.5", "Number") is None
        await visitor.click("Send")
        await visitor.tick(label="Tick")
        assert visitor.texts()[-1] == "form Ann 7.5 True"
        assert "gone" not in visitor.texts()  # a press counts for one run only
        assert visitor.page.exceptions() == []

    _visit(sample[0], story)


def test_fragments_run_alone_and_by_themselves(sample: tuple[str, int]) -> None:
    async def story(visitor: Visitor) -> None:
        whole = await visitor.rerun()
        run = await visitor.click("Again")
        assert run.fragment
        assert run.messages < whole.messages
        before = visitor.auto_runs
        deadline = time.monotonic() + 20
        while visitor.auto_runs < before + 3 and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        (counted,) = [text for text in visitor.texts() if text.startswith("runs ")]
        assert int(counted.removeprefix("runs ")) >= before + 4  # the first, the press, two that came by themselves
        assert "First" in visitor.texts()
        await visitor.go("second")
        assert visitor.texts() == ["Second"]
        left = visitor.auto_runs
        await asyncio.sleep(1.2)
        assert visitor.auto_runs == left  # a page that is gone does not refresh itself

    _visit(sample[0], story)


def test_large_messages_are_sent_once(sample: tuple[str, int]) -> None:
    async def story(visitor: Visitor) -> None:
        again = await visitor.rerun()
        assert again.received_bytes < 10_000
        assert "First" in visitor.texts()

    _visit(sample[0], story, refreshing=False)


def test_pages_and_deep_links(sample: tuple[str, int]) -> None:
    async def story(visitor: Visitor) -> None:
        assert visitor.texts() == ["Second"]
        await visitor.go("")
        assert visitor.texts()[0] == "First"
        with pytest.raises(LoadClientError, match="no page 'third'"):
            await visitor.go("third")

    _visit(sample[0], story, "second")


def test_what_is_not_there_is_named(sample: tuple[str, int]) -> None:
    async def story(visitor: Visitor) -> None:
        with pytest.raises(ElementNotFound, match="0 fit button 'Stop'; there are"):
            await visitor.click("Stop")
        with pytest.raises(LoadClientError, match="has no option 'q'"):
            await visitor.choose("q", label="Pick")

    _visit(sample[0], story)


def test_a_crowd_acts_at_its_pace_and_is_timed(sample: tuple[str, int]) -> None:
    url, pid = sample

    async def story() -> None:
        visitors = await open_tabs(url, [""] * 3, "second")

        async def act(visitor: Visitor, turn: int) -> float:
            return (await visitor.rerun()).seconds

        try:
            outcome = await let_act(visitors, act, every=0.5, seconds=2.0, server_pid=pid)
        finally:
            await close_tabs(visitors)
        assert outcome.failures == []
        assert len(outcome.seconds) == 12
        assert 0 < min(outcome.seconds) <= max(outcome.seconds) < 2

    run_async(story())
