"""What runs beside the pages from the server's start to its stop, each in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy.exc import DBAPIError

from core.db.engines import Databases
from core.db.fold import fold_if_free

log = logging.getLogger("orderly")
FOLD_EVERY = 2.0  # seconds
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
