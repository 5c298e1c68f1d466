"""Garbage is collected when it is quiet, or overdue; nobody's click pays for it."""

from __future__ import annotations

import asyncio
import gc
import subprocess
import sys
import weakref
from collections.abc import Callable, Iterator

import pytest

from core.ui import server_garbage
from tests.house_rules import ROOT
from tests.loops import run_async


class Knot:
    """Something that holds itself."""

    def __init__(self) -> None:
        self.own = self


@pytest.fixture(autouse=True)
def _by_hand(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(server_garbage, "LOOK_EVERY", 0.02)
    gc.disable()
    yield
    gc.enable()


def _tied() -> weakref.ref[Knot]:
    """Makes something that only a full collection frees, and lets it go."""
    knot = Knot()
    gc.collect()  # so that it is among the old
    return weakref.ref(knot)


def _goes(is_quiet: Callable[[], bool], seconds: float) -> bool:
    dead = _tied()

    async def wait() -> bool:
        task = asyncio.create_task(server_garbage.collect_when_quiet(is_quiet))
        for _ in range(int(seconds / 0.02)):
            await asyncio.sleep(0.02)
            if dead() is None:
                break
        task.cancel()
        return dead() is None

    return run_async(wait())


def test_it_goes_when_it_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_garbage, "EVERYTHING_EVERY", 0.1)
    assert _goes(lambda: True, 5)


def test_it_stays_while_people_are_at_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_garbage, "EVERYTHING_EVERY", 0.1)
    assert not _goes(lambda: False, 0.6)


def test_it_goes_when_it_is_overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_garbage, "LATEST", 0.1)
    assert _goes(lambda: False, 5)


def test_what_was_loaded_at_the_start_is_walked_no_more() -> None:
    look = (
        "import gc; from core.ui import server_garbage as g; before = gc.get_threshold(); g.settle();"
        "print(gc.get_freeze_count() > 10_000, gc.get_threshold() == g.THRESHOLDS);"
        "g.unsettle(); print(gc.get_freeze_count(), gc.get_threshold() == before)"
    )
    done = subprocess.run([sys.executable, "-c", look], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "0", "True"]
