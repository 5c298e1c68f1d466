"""What the tests of the channels share: a fixed moment, samples, and the acceptance data where they are."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from core.channels.files import InFile
from core.channels.incoming import Terms

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
