"""Every benchmark is in the list of `make bench` and has its one command in the README."""

from __future__ import annotations

from benchmarks.__main__ import BENCHMARKS, main
from tests.house_rules import ROOT


def test_every_benchmark_is_run_and_told_of() -> None:
    folder = ROOT / "benchmarks"
    runnable = {
        path.stem
        for path in folder.glob("*.py")
        if 'if __name__ == "__main__"' in path.read_text(encoding="utf-8") and path.stem != "__main__"
    }
    assert set(BENCHMARKS) == runnable
    told = (folder / "README.md").read_text(encoding="utf-8")
    assert [name for name in BENCHMARKS if f"`.venv/bin/python -m benchmarks.{name}`" not in told] == []


def test_an_unknown_name_is_answered_with_the_known_ones() -> None:
    assert main(["nothing"]) == 2
