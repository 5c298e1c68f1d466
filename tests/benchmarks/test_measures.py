"""Percentiles and tables of the benchmarks."""

from __future__ import annotations

import pytest

from benchmarks.load_client import LoadClientError, only_this_machine
from benchmarks.measures import percentile, spread, table


@pytest.mark.parametrize(
    ("share", "wanted"), [(0.0, 1.0), (0.5, 5.0), (0.90, 9.0), (0.91, 10.0), (0.95, 10.0), (1.0, 10.0)]
)
def test_percentile_is_the_nearest_rank(share: float, wanted: float) -> None:
    assert percentile([float(value) for value in range(1, 11)], share) == wanted


def test_percentile_of_nothing_is_an_error() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 0.5)


def test_spread_sorts_and_is_in_milliseconds() -> None:
    found = spread([0.3, 0.1, 0.2])
    assert (found.count, found.p50_ms, found.max_ms) == (3, 200.0, 300.0)


def test_table_is_markdown_with_figures_to_the_right() -> None:
    assert table(["what", "ms"], [["board", 1234.56], ["answer", 7]]).splitlines() == [
        "| what   |      ms |",
        "| ------ | ------: |",
        "| board  | 1,234.6 |",
        "| answer |       7 |",
    ]


@pytest.mark.parametrize("url", ["http://127.0.0.1:8501/", "http://localhost:1", "http://[::1]:80"])
def test_this_machine_may_be_measured(url: str) -> None:
    assert only_this_machine(url) == url.rstrip("/")


@pytest.mark.parametrize("url", ["http://192.168.0.7:8501", "https://example.com", "http://0.0.0.0", "", "nonsense"])
def test_no_other_machine_is_measured(url: str) -> None:
    with pytest.raises(LoadClientError, match="this machine"):
        only_this_machine(url)
