"""The command line of the seeds: `python -m seed demo` prepares everything that the demo shows."""

from __future__ import annotations

import argparse
import sys
import time

from core.db.engines import connect
from core.domain.errors import OrderlyError
from seed.demo import prepare_demo


class _Progress:
    """Says what is being done, and how long it took."""

    def __init__(self) -> None:
        self._begun_at = self._step_at = time.perf_counter()
        self._step = ""

    def tell(self, step: str) -> None:
        self._end_step()
        self._step, self._step_at = step, time.perf_counter()
        print(f"  {step} ...", end="", flush=True)

    def _end_step(self) -> None:
        if self._step:
            print(f"\r  {self._step:<36} {time.perf_counter() - self._step_at:5.1f} s", flush=True)

    def end(self) -> None:
        self._end_step()
        print(f"The demo is ready ({time.perf_counter() - self._begun_at:.1f} s).")


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"a number of 1 or more is needed, found {text}")
    return number


def main(arguments: list[str] | None = None) -> int:
    """Runs the command line; gives the exit code."""
    parser = argparse.ArgumentParser(prog="python -m seed", description="Prepares data for Orderly.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="prepare databases, people and data of the demo, where they are missing")
    demo.add_argument("--orders", type=_positive, help="orders in the history (default: 20000)")
    demo.add_argument("--days", type=_positive, help="days of the history (default: 90)")
    asked = parser.parse_args(arguments)
    databases = connect()
    progress = _Progress()
    try:
        prepare_demo(databases, int(time.time()), progress.tell, orders=asked.orders, days=asked.days)
    except OrderlyError as error:
        print(f"\n{error}", file=sys.stderr)
        return 2
    finally:
        databases.dispose()
    progress.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
