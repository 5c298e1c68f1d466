"""A short campaign against the delivery of tests: cut off anywhere, and the server killed under its takers."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments import figures
from benchmarks.cut_off_answers import LONGEST, MOST_LOST_SECONDS, Findings, cut_off
from benchmarks.kill_test_answers import campaign, twice_in
from tests.app_server import run_module
from tests.assessments.tiny_world import tiny_world
from tests.loops import beside


def test_what_is_typed_waits_less_on_the_page_than_may_be_lost() -> None:
    assert 0 < LONGEST < MOST_LOST_SECONDS - 1  # and a second for the way


def test_cut_off_anywhere(tmp_path: Path) -> None:
    figures.use_template(tiny_world(tmp_path / "tiny.db"))
    found: Findings = cut_off(90, seed=7)
    assert found.faults == []
    assert sum(found.cuts.values()) == 90 and min(found.cuts.values()) > 15
    assert 0 < found.most_lost <= MOST_LOST_SECONDS


@pytest.mark.slow
def test_killed_three_times_under_its_takers(tmp_path: Path) -> None:
    run_module(["seed", "demo", "--orders", "60", "--days", "2"], tmp_path)
    tally, acknowledged = beside(campaign, tmp_path, people=5, every=0.3, kills=3, longest=1.5, seed=3)
    assert (tally.kills, tally.lost, twice_in(tmp_path)) == (3, [], [])
    assert acknowledged > 5 and tally.checked > 5
