"""Measures every query of the live board on a small and a big company: python -m benchmarks.board_speed."""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from benchmarks.measures import machine, table
from core.context import ENGINE, Context, World
from core.db.engines import bulk_transaction, reader, sqlite_engine
from core.db.fold import fold
from core.db.worlds import create_world, read_meta
from core.domain.facts import local_day
from core.metrics import board, cache, delivery, orders, risk, stock
from core.metrics.filters import Filter, minute
from seed.base import lay_base
from seed.history import write_history
from seed.scenario import Scenario

LIVE = World("live", "live")
MOST_MS, MOST_RATIO = 50.0, 2.0
ROUNDS = 21
# These judge every open order as of now, and the big company has a hundred times as many; 50 ms holds for them, too.
GROW_WITH_OPEN_WORK = ("orders at risk",)

Query = Callable[[Context, Filter], object]


@dataclass(frozen=True, slots=True)
class Moment:
    """A world at the end of its history. Units: `today` in days since 1970-01-01, `now` in epoch seconds."""

    engine: Engine
    now: int
    today: int


def queries(today: int, now: int) -> dict[str, Query]:
    """Everything the board asks, by name."""
    found: dict[str, Query] = {f"KPI {kpi.key}": kpi.read for kpi in board.KPIS}
    found |= {f"back-test {model}": partial(_back_test, model, today) for model in risk.MODELS}
    return found | {
        "orders, revenue by day and channel": orders.daily,
        "on time by day": delivery.on_time_daily,
        "lead times of the four stages": delivery.leads,
        "pipeline": orders.pipeline,
        "open orders by age": lambda ctx, wanted: orders.ages(ctx, wanted, today),
        "stops by reason": orders.stops,
        "payments by currency": orders.currencies,
        "overdue": lambda ctx, wanted: delivery.overdue(ctx, wanted, now),
        "orders at risk": lambda ctx, wanted: risk.at_risk(ctx, wanted, now),
        "stock below threshold": stock.low_stock,
        "what there is to choose": lambda ctx, _: board.places(ctx),
    }


def _back_test(model: str, today: int, ctx: Context, _: Filter) -> object:
    return risk.risk_back_test(ctx, model, today)


def filters(today: int, days: int) -> dict[str, Filter]:
    """The views that are measured: the whole time and a month, of everything and narrowed down."""
    whole = Filter(today - days + 1, today)
    return {
        f"{days} days": whole,
        "30 days": Filter(today - 29, today),
        f"{days} days, channel": Filter(whole.from_day, today, channel="tmall"),
        f"{days} days, region": Filter(whole.from_day, today, region="CN-GD"),
        f"{days} days, channel and region": Filter(whole.from_day, today, channel="tmall", region="CN-GD"),
    }


def make_company(path: Path, orders_count: int, days: int) -> None:
    """Writes a history and folds it; says how long both took."""
    now = int(time.time())
    scenario = Scenario("board", orders=orders_count, days=days)
    begun = time.perf_counter()
    engine = create_world(path, scenario="board", seed=1, clock_at=now)
    with bulk_transaction(engine) as db:
        ctx = Context(db, ENGINE, now, LIVE)
        lay_base(ctx, scenario, 1)
        write_history(ctx, scenario, 1)
    written = time.perf_counter()
    events = fold(engine)
    done = time.perf_counter()
    engine.dispose()
    print(
        f"{orders_count:,} orders in {written - begun:.1f} s, {events:,} events folded in {done - written:.1f} s"
        f" ({(done - written) / events * 1e6:.1f} us each)",
        flush=True,
    )


def open_company(path: Path) -> Moment:
    """A company as it was left."""
    engine = sqlite_engine(path)
    with reader(engine) as db:
        now = int(read_meta(db)["clock_at"])
    return Moment(engine, minute(now), local_day(now, LIVE.timezone))


def measure(small: Moment, big: Moment, days: int) -> list[list[object]]:
    """Each query on both, turn by turn, so that whatever else the machine does falls on both.

    Shape: name, milliseconds on the small and on the big company (medians), and their ratio.
    """
    rows: list[list[object]] = []
    with reader(small.engine) as small_db, reader(big.engine) as big_db:
        contexts = [Context(db, ENGINE, side.now, LIVE) for db, side in ((small_db, small), (big_db, big))]
        for view in filters(0, days):
            for name in queries(0, 0):
                times: list[list[float]] = [[], []]
                for _ in range(ROUNDS):
                    for side, moment in enumerate((small, big)):
                        query = queries(moment.today, moment.now)[name]
                        wanted = filters(moment.today, days)[view]
                        cache.forget(contexts[side].db.engine)
                        begun = time.thread_time()
                        query(contexts[side], wanted)
                        times[side].append((time.thread_time() - begun) * 1_000)
                first, second = (statistics.median(found) for found in times)
                rows.append([f"{name} ({view})", f"{first:.2f}", f"{second:.2f}", f"{second / first:.2f}"])
    return rows


def main(arguments: list[str] | None = None) -> int:
    """Runs the benchmark; gives 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--small", type=int, default=10_000, help="orders of the small company")
    parser.add_argument("--big", type=int, default=1_000_000, help="orders of the big company")
    parser.add_argument("--days", type=int, default=365, help="days of both histories")
    parser.add_argument("--keep", type=Path, help="a folder to keep the companies in, and to find them again")
    asked = parser.parse_args(arguments)
    print(f"Every query of the board, nothing remembered, processor time, medians of {ROUNDS}; {machine()}", flush=True)
    with tempfile.TemporaryDirectory(prefix="orderly-board-") as scratch:
        folder = asked.keep or Path(scratch)
        paths = [folder / f"{count}x{asked.days}.db" for count in (asked.small, asked.big)]
        for path, count in zip(paths, (asked.small, asked.big), strict=True):
            if not path.exists():
                make_company(path, count, asked.days)
        moments = [open_company(path) for path in paths]
        rows = measure(moments[0], moments[1], asked.days)
        for moment in moments:
            moment.engine.dispose()
    print(table(["query", f"{asked.small:,} (ms)", f"{asked.big:,} (ms)", "ratio"], rows))
    slow = [row[0] for row in rows if float(str(row[2])) > MOST_MS]
    above = [str(row[0]) for row in rows if float(str(row[3])) > MOST_RATIO]
    grown = [name for name in above if not name.startswith(GROW_WITH_OPEN_WORK)]
    print(f"\nslower than {MOST_MS:.0f} ms: {slow or 'none'}\nratio above {MOST_RATIO:.0f}: {grown or 'none'}")
    print(f"ratio above {MOST_RATIO:.0f} because there is more open work: {sorted(set(above) - set(grown)) or 'none'}")
    return 1 if slow or grown else 0


if __name__ == "__main__":
    sys.exit(main())
