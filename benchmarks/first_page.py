"""How long `make run` takes until the first page stands, from an installed environment and nothing else."""

from __future__ import annotations

import asyncio
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.load_client import Visitor
from benchmarks.measures import machine, table
from tests.app_server import run_module, running_app, sign_in

TARGET_SECONDS = 15.0


async def _open_board(url: str, cookie: str) -> list[str]:
    visitor = Visitor(url, cookie)
    try:
        await visitor.open("board")
        return visitor.texts()
    finally:
        await visitor.close()


def main() -> int:
    """Makes the demo data, starts the server, signs a manager in and opens the board; prints what each took."""
    print(f"From nothing to the manager's board; {machine()}")
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        var = Path(folder)
        marks = [("", time.perf_counter())]
        run_module(["seed", "demo"], var)
        marks.append(("databases and demo data", time.perf_counter()))
        with running_app(var) as server:
            marks.append(("server answers", time.perf_counter()))
            cookie = sign_in(server.url, "manager")
            words = asyncio.run(_open_board(server.url, cookie))
            marks.append(("signed in, board drawn", time.perf_counter()))
    steps = [(name, at - before) for (name, at), (_, before) in zip(marks[1:], marks[:-1], strict=True)]
    whole = marks[-1][1] - marks[0][1]
    print(table(["step", "s"], [*steps, ("together", whole)]))
    good = whole <= TARGET_SECONDS and len(words) > 5
    print(f"Target ≤ {TARGET_SECONDS:.0f} s: {'met' if good else 'MISSED'}")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
