"""The commands of every day: what they are, and what they say when the machine can't do it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house_rules import ROOT

pytestmark = pytest.mark.skipif(shutil.which("make") is None, reason="make not found: these are make's commands")


def _make(folder: Path, *arguments: str, **surroundings: str) -> subprocess.CompletedProcess[str]:
    """Runs make in a folder as a person at a terminal would, without the test run's own settings."""
    ours = ("MAKE", "MFLAGS", "PIP_", "VIRTUAL_ENV")
    env = {name: value for name, value in os.environ.items() if not name.startswith(ours)} | surroundings
    return subprocess.run(["make", *arguments], cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """A folder with what make needs to install, and nothing installed."""
    for name in ("Makefile", "requirements.txt", "requirements-dev.txt", "requirements-postgres.txt"):
        shutil.copy(ROOT / name, tmp_path / name)
    return tmp_path


def test_make_alone_lists_every_command() -> None:
    shown = _make(ROOT).stdout
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert re.findall(r"^  make ([a-z]+)", shown, re.MULTILINE) == targets
    assert {"run", "test", "lint", "bench", "screenshots", "clean"} < set(targets)


def test_without_a_fitting_python_it_says_which(fresh: Path) -> None:
    done = _make(fresh, "run", "PYTHON=")
    assert done.returncode == 2
    assert "Orderly needs Python 3.11 or later, and none was found." in done.stderr
    assert "make run PYTHON=/path/to/python3.12" in done.stderr


def test_when_installing_fails_it_says_what_helps_and_tries_again_next_time(fresh: Path) -> None:
    for _ in range(2):
        done = _make(fresh, "run", PIP_NO_INDEX="1", PIP_CONFIG_FILE=os.devnull)
        assert done.returncode == 2
        assert "Installing the dependencies failed; the reason is above." in done.stderr
        assert "PIP_INDEX_URL" in done.stderr
    assert (fresh / ".venv").is_dir()


def test_clean_leaves_the_data(fresh: Path) -> None:
    (fresh / "var").mkdir()
    (fresh / "var/live.db").touch()
    (fresh / ".venv").mkdir()
    assert _make(fresh, "clean").returncode == 0
    assert not (fresh / ".venv").exists()
    assert (fresh / "var/live.db").exists()
