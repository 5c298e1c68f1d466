"""How fast orders come in: from CSV files to committed and folded, and how much memory that takes.

Measures Olist's layout at 8,000 and 80,000 made-up orders, and the acceptance sample where it is there. Each set is
imported by a process of its own into a fresh SQLite world, as the command line does it. Run: see README.md.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from benchmarks.measures import machine, table

ROOT = Path(__file__).resolve().parents[1]
LEAST_PER_SECOND = 5_000
# The larger set is ten times the smaller one; memory that grew with it would show clearly. What does fill up once
# are the caches of SQLite: 64 MB for the world, 16 MB for each of two temporary files.
MOST_GROWTH = 1.5
SIZES = (8_000, 80_000)
STATES = (
    *("SP",) * 8,
    *("RJ",) * 3,
    *("MG",) * 3,
    "RS",
    "PR",
    "SC",
    "BA",
    "GO",
    "PE",
    "CE",
    "ES",
    "DF",
    "MT",
    "PA",
    "AC",
)
_HEADS = {
    "orders": "order_id customer_id order_status order_purchase_timestamp order_approved_at"
    " order_delivered_carrier_date order_delivered_customer_date order_estimated_delivery_date",
    "customers": "customer_id customer_unique_id customer_zip_code_prefix customer_city customer_state",
    "items": "order_id order_item_id product_id seller_id shipping_limit_date price freight_value",
    "payments": "order_id payment_sequential payment_type payment_installments payment_value",
}


def write_set(folder: Path, count: int) -> None:
    """Made-up orders in Olist's four files, over two years, always the same ones."""
    folder.mkdir(parents=True)
    files = {name: (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") for name in _HEADS}
    writers = {name: csv.writer(file) for name, file in files.items()}
    for name, head in _HEADS.items():
        writers[name].writerow(head.split())
    for order in _orders(count):
        for name, rows in order.items():
            writers[name].writerows(rows)
    for file in files.values():
        file.close()


def _orders(count: int) -> Iterator[dict[str, list[list[object]]]]:
    rng = random.Random(1)
    start = datetime(2024, 1, 1, tzinfo=UTC)
    for _ in range(count):
        order, customer, product = (f"{rng.getrandbits(128):032x}" for _ in range(3))
        placed = start + timedelta(seconds=rng.randrange(730 * 86_400))
        approved = placed + timedelta(seconds=rng.randrange(60, 90_000))
        carried = approved + timedelta(seconds=rng.randrange(3_600, 500_000))
        arrived = carried + timedelta(seconds=rng.randrange(40_000, 2_000_000))
        promised = placed.replace(hour=0, minute=0, second=0) + timedelta(days=rng.randrange(12, 40))
        times = [f"{at:%Y-%m-%d %H:%M:%S}" for at in (placed, approved, carried, arrived, promised)]
        price, freight = rng.randrange(900, 40_000) / 100, rng.randrange(500, 5_000) / 100
        pieces = rng.choice((1, 1, 1, 1, 1, 1, 2))
        items = [[order, n, product, "seller", times[1], price, freight] for n in range(1, pieces + 1)]
        paid = round(pieces * (price + freight), 2)
        place = [f"{rng.randrange(99_999):05d}", f"city {rng.randrange(400)}", rng.choice(STATES)]
        yield {
            "orders": [[order, customer, "delivered", *times]],
            "customers": [[customer, f"{rng.getrandbits(128):032x}", *place]],
            "items": [list(item) for item in items],
            "payments": [[order, 1, "credit_card", 1, paid]],
        }


def import_one(folder: Path, var: Path) -> dict[str, float]:
    """Imports a set in this process and says how long it took. Units: seconds, MB."""
    from core.__main__ import OPERATOR
    from core.channels import olist
    from core.context import World
    from core.db.engines import connect
    from core.db.migrate import migrate
    from core.services.imports import Source, import_orders

    databases = connect("", var)
    migrate(databases)
    source = Source("olist", tuple(olist.files_in(folder)))
    before_mb, began, used = _peak_mb(), time.perf_counter(), time.process_time()
    result = import_orders(databases.live, World("live", "live"), OPERATOR, lambda: int(time.time()), source)
    took, used = time.perf_counter() - began, time.process_time() - used
    databases.dispose()
    return {
        "orders": result.imported_count,
        "seconds": took,
        "processor": used,
        "before_mb": before_mb,
        "peak_mb": _peak_mb(),
    }


def _peak_mb() -> float:
    try:
        import resource
    except ImportError:  # Windows has no such counter
        return 0.0
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1_000_000 if sys.platform == "darwin" else 1_000)


def measure(folder: Path) -> dict[str, float]:
    """Imports a set in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="orderly-bench-") as var:
        words = [sys.executable, "-m", "benchmarks.import_speed", "--one", str(folder), "--var", var]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
        found: dict[str, float] = json.loads(done.stdout)
        return found


def main() -> int:
    """Measures every set, prints the table, and says by the exit code whether the targets are met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--var", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--turns", type=int, default=3, help="runs per set; the fastest counts (default: 3)")
    arguments = parser.parse_args()
    if arguments.one is not None:
        print(json.dumps(import_one(arguments.one, arguments.var)))
        return 0
    with tempfile.TemporaryDirectory(prefix="orderly-bench-") as place:
        sets: list[tuple[str, Path]] = []
        shared = Path(os.environ.get("ORDERLY_ACCEPTANCE_DATA") or ROOT.parent / "shared" / "data") / "olist"
        if shared.is_dir():
            sets.append(("Olist sample", shared))
        for size in SIZES:
            folder = Path(place) / str(size)
            write_set(folder, size)
            sets.append((f"made up, {size:,}", folder))
        return report({name: _best(folder, arguments.turns) for name, folder in sets})


def _best(folder: Path, turns: int) -> dict[str, float]:
    return min((measure(folder) for _ in range(turns)), key=lambda found: found["seconds"])


def report(found: dict[str, dict[str, float]]) -> int:
    """Prints the table; 1 when a target is missed."""
    heads = ("set", "orders", "seconds", "of processor", "orders/s", "memory before, MB", "peak, MB")
    rows = [
        (
            name,
            f"{one['orders']:,.0f}",
            f"{one['seconds']:.2f}",
            f"{one['processor']:.2f}",
            f"{one['orders'] / one['seconds']:,.0f}",
            f"{one['before_mb']:.0f}",
            f"{one['peak_mb']:.0f}",
        )
        for name, one in found.items()
    ]
    print(machine())
    print(table(heads, rows))
    small, large = (found[f"made up, {size:,}"]["peak_mb"] for size in SIZES)
    slow = [name for name, one in found.items() if one["orders"] / one["seconds"] < LEAST_PER_SECOND]
    print(f"\ntarget ≥ {LEAST_PER_SECOND:,} orders/s: " + (f"missed by {', '.join(slow)}" if slow else "met"))
    flat = large <= small * MOST_GROWTH
    verdict = "met" if flat else "missed"
    print(f"target peak at ten times the orders ≤ {MOST_GROWTH} times: {verdict} ({small:.0f} and {large:.0f} MB)")
    return 1 if slow or not flat else 0


if __name__ == "__main__":
    sys.exit(main())
