"""How long it takes to hand out a practice world and to reset it: copied, opened, and its first order read."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from sqlalchemy import text

from benchmarks.measures import machine, spread, table
from core.context import ENGINE, Context, World
from core.db.engines import reader, transaction
from core.db.worlds import PracticeFiles
from core.services import orders
from seed.scenario import PRACTICE_CLOCK_AT
from seed.templates import template

TARGET_MS = 20.0
SCENARIOS = ("desk", "busy_desk")
TURNS = 120


def _first_look(files: PracticeFiles, name: str) -> int:
    with reader(files.engine(name)) as db:
        return int(db.execute(text("SELECT id FROM sales_order WHERE is_open = 1 ORDER BY id LIMIT 1")).scalar_one())


def measure(scenario: str, folder: Path) -> tuple[int, list[float], list[float]]:
    """Size of the template in bytes, and the seconds of every hand-out and every reset."""
    path = template(scenario, 1, folder / "templates")
    files = PracticeFiles(folder / "practice")
    _first_look(files, files.copy(path))
    created, reset = [], []
    for _ in range(TURNS):
        begun = time.perf_counter()
        name = files.copy(path)
        order_id = _first_look(files, name)
        created.append(time.perf_counter() - begun)
        with transaction(files.engine(name)) as db:  # somebody has worked in it before it is reset
            ctx = Context(db, ENGINE, PRACTICE_CLOCK_AT, World("practice", name))
            orders.notify_buyer(ctx, order_id, "Your order is on its way.")
        begun = time.perf_counter()
        again = files.copy(path)
        _first_look(files, again)
        files.remove(name)
        reset.append(time.perf_counter() - begun)
        files.remove(again)
    return path.stat().st_size, created, reset


def main() -> int:
    """Hands out and resets worlds of two sizes and prints how long it took."""
    print(f"Practice worlds; {machine()}")
    rows, good = [], True
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        for scenario in SCENARIOS:
            size, created, reset = measure(scenario, Path(folder))
            for what, seconds in (("handed out", created), ("reset", reset)):
                times = spread(seconds)
                good = good and times.p95_ms <= TARGET_MS
                rows.append((f"{scenario} {what}", size // 1024, times.p50_ms, times.p95_ms, times.max_ms))
    print(table(["world", "KiB", "p50, ms", "p95, ms", "max, ms"], rows))
    print(f"Target: p95 ≤ {TARGET_MS:.0f} ms: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
