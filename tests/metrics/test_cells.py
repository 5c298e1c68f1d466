"""How a period is put together from days and blocks: every day once, and never many cells."""

from __future__ import annotations

import pytest

from core.metrics.cells import RUN_SIZES, Runs, runs_of


def _days(runs: Runs) -> list[int]:
    found = [
        at * size + day
        for (low, high), size in zip(runs, RUN_SIZES, strict=True)
        for at in range(low, high + 1)
        for day in range(size)
    ]
    return sorted(found)


@pytest.mark.parametrize("length", [*range(1, 40), 63, 64, 65, 127, 128, 130, 200, 365, 1_000])
def test_every_day_of_a_period_is_read_once(length: int) -> None:
    for first in (*range(20_480, 20_480 + 65), 0, -70):
        assert _days(runs_of(first, first + length - 1)) == list(range(first, first + length)), first


def test_a_long_period_reads_few_cells() -> None:
    most = max(
        sum(max(0, high - low + 1) for low, high in runs_of(first, first + 364)) for first in range(20_000, 20_200)
    )
    assert most <= 14 + 14 + 5
