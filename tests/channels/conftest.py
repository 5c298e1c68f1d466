"""What the tests of the channels share: a fixed moment, samples, and the acceptance data where they are."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from core.channels.files import InFile
from core.channels.incoming import Terms

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = Path(__file__).parent / "samples"
NOW = 1_790_000_000  # 2026-09-21


@pytest.fixture
def terms() -> Terms:
    """Judged on 21 September 2026, with rates for five currencies."""
    return Terms(NOW, frozenset({"CNY", "BRL", "GBP", "EUR", "USD"}))


@pytest.fixture
def sample() -> Callable[[str], InFile]:
    """One of the small files beside these tests."""
    return lambda name: InFile.at(SAMPLES / name)


@pytest.fixture
def acceptance() -> Callable[[str], Path]:
    """A file or folder of the acceptance data; the test is skipped where there are none."""
    folder = Path(os.environ.get("ORDERLY_ACCEPTANCE_DATA") or ROOT.parent / "shared" / "data")

    def find(name: str) -> Path:
        if not (folder / name).exists():
            pytest.skip(f"no acceptance data: {name} is not in {folder}")
        return folder / name

    return find
