"""What runs beside the pages from the server's start to its stop, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from core.context import ENGINE, Context
from core.db.engines import Databases, reader, run
from core.db.fold import fold_if_free
from core.db.worlds import world_of
from core.services.demand import bring_demand, demand_overdue
from core.services.stock_alerts import alerts_behind, evaluate_alerts
from core.services.thresholds import renew_thresholds
from core.ui.databases import wall_clock

log = logging.getLogger("orderly")
FOLD_EVERY = 2.0  # seconds
WATCH_EVERY = 60.0  # seconds between two looks at all stock
_PATIENCE = 10.0  # seconds a thread gets to finish what it is doing when the server stops

# Works until the event is set.
Work = Callable[[Databases, threading.Event], None]


def keep_folded(databases: Databases, stop: threading.Event) -> None:
    """Folds what happens in the live world as it happens, so that a board finds its cells ready."""
    while not stop.is_set():
        try:
            fold_if_free(databases.live)
        except DBAPIError as error:
            log.warning("Folding waits: the database is away (%s)", error)
        stop.wait(FOLD_EVERY)


def keep_stock_watched(databases: Databases, stop: threading.Event) -> None:
    """Adds up demand, renews thresholds that follow the formula, and raises stock alerts in the live world."""
    while not stop.wait(WATCH_EVERY):
        try:
            watch_stock(databases)
        except DBAPIError as error:
            log.warning("Watching stock waits: the database is away (%s)", error)


def watch_stock(databases: Databases) -> None:
    """One look at all stock; where nothing has changed, nothing is written."""

    def context(db: Connection) -> Context:
        return Context(db, ENGINE, wall_clock(), world_of(db, "live", "live"))

    with reader(databases.live) as db:
        ctx = context(db)
        overdue, changed = demand_overdue(ctx), alerts_behind(ctx)
    if overdue:
        run(databases.live, lambda db: bring_demand(context(db)))
        run(databases.live, lambda db: renew_thresholds(context(db)))
    if changed or overdue:
        run(databases.live, lambda db: evaluate_alerts(context(db)))


@contextmanager
def at_work(databases: Databases, works: Sequence[Work]) -> Iterator[None]:
    """Lets works run for the length of a block, and waits for them to put down what they hold."""
    stop = threading.Event()
    threads = [
        threading.Thread(target=_guarded, args=(work, databases, stop), name=work.__name__, daemon=True)
        for work in works
    ]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        stop.set()
        for thread in threads:
            thread.join(_PATIENCE)


def _guarded(work: Work, databases: Databases, stop: threading.Event) -> None:
    """Runs a work; what it doesn't expect ends it, with its traceback in the log."""
    try:
        work(databases, stop)
    except BaseException:
        log.exception("%s ended unexpectedly; the pages go on without it.", work.__name__)
        raise
