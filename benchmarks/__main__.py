"""Runs every benchmark, or the named ones, one after the other: `python -m benchmarks board_speed script_run`."""

from __future__ import annotations

import subprocess
import sys
import time

# From the short ones to the long ones.
BENCHMARKS = (
    "statistics_speed",
    "first_page",
    "practice_speed",
    "confirm_speed",
    "wave_speed",
    "history_speed",
    "cut_off_answers",
    "script_run",
    "import_speed",
    "reservation_speed",
    "load_test_answers",
    "load_board",
    "crowd_of_commands",
    "board_speed",
    "kill_test_answers",
)


def main(names: list[str]) -> int:
    """Runs each in a process of its own, so that none warms another up; 1 when one missed its target."""
    if set(names) - set(BENCHMARKS):
        print(f"There are {', '.join(BENCHMARKS)}; found {', '.join(names)}")
        return 2
    missed = []
    for name in names or BENCHMARKS:
        print(f"\n== {name}", flush=True)
        began = time.perf_counter()
        if subprocess.run([sys.executable, "-m", f"benchmarks.{name}"], check=False).returncode:
            missed.append(name)
        print(f"({time.perf_counter() - began:.0f} s)", flush=True)
    print(f"\nMissed: {', '.join(missed)}" if missed else "\nEvery target was met.")
    return int(bool(missed))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
