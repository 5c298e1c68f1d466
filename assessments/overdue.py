"""Overdue tests: closed by the server when their time is over, whether or not anybody looks at them again."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Connection
from sqlalchemy.exc import DBAPIError

from assessments.attempts import finish_overdue, overdue_attempts
from core.context import ENGINE, Context, World
from core.db.engines import Databases, reader, run

log = logging.getLogger("orderly")
SWEEP_EVERY = 10.0  # seconds


def close_overdue_tests(databases: Databases, stop: threading.Event, clock: Callable[[], int]) -> None:
    """Closes tests whose time is over, as long as the server runs. Units: `clock` in epoch seconds UTC."""
    while not stop.is_set():
        try:
            sweep(databases, clock(), stop)
        except DBAPIError as error:
            log.warning("Closing tests waits: the database is away (%s)", error)
        stop.wait(SWEEP_EVERY)


def sweep(databases: Databases, now: int, stop: threading.Event | None = None) -> int:
    """Closes what is overdue at a moment, each in a transaction of its own; gives how many it closed."""

    def context(db: Connection) -> Context:
        return Context(db, ENGINE, now, World("portal", "portal"))

    with reader(databases.portal) as db:
        overdue = overdue_attempts(context(db))
    closed = 0
    for attempt_id in overdue:
        if stop is not None and stop.is_set():
            break
        closed += run(databases.portal, lambda db, one=attempt_id: finish_overdue(context(db), one))  # type: ignore[misc]
    return closed
