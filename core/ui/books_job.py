"""Looks the books through behind the page: begun by a click or a visit, seen by whoever looks, kept when it is done."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from core.context import Context, World
from core.db.engines import run, snapshot
from core.domain.errors import OrderlyError
from core.services.book_reads import keep_look, look_through
from core.ui import page

_log = logging.getLogger(__name__)
_SOON = 1.0  # seconds that a page waits for a short look before it shows how far it is


@dataclass(slots=True)
class Going:
    """A look that is going on: how many parts of how many are done. `failed` says that it came to nothing."""

    done: int = 0
    parts: int = 1
    failed: bool = False
    ended: threading.Event | None = None

    @property
    def is_over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self.ended is not None and self.ended.is_set()


_going: dict[World, Going] = {}
_lock = threading.Lock()


def going_on(*, to_the_end: bool = False) -> Going | None:
    """The look that goes on in the world the person is in, or one that failed and wasn't told of yet.

    `to_the_end` leaves one that has ended for the page itself to see.
    """
    with _lock:
        found = _going.get(page.current_world())
        if found is None or not found.is_over or to_the_end:
            return found
        del _going[page.current_world()]
        return found if found.failed else None


def start() -> None:
    """Begins a look in a thread of its own, unless one goes on; waits a moment, for the short ones."""
    world, engine, context = page.errand()
    with _lock:
        going = _going.get(world)
        if going is None or going.is_over:
            going = _going[world] = Going(ended=threading.Event())
            work = threading.Thread(target=_carry_out, args=(engine, context, going), name="books", daemon=True)
            work.start()
    assert going.ended is not None
    going.ended.wait(_SOON)


def _carry_out(engine: Engine, context: Callable[[Connection], Context], going: Going) -> None:
    def tell(done: int, parts: int) -> None:
        going.done, going.parts = done, parts

    assert going.ended is not None
    going.failed = True  # until it has come to its end
    try:
        with snapshot(engine) as db:
            look = look_through(context(db), time.perf_counter, tell)
        run(engine, lambda db: keep_look(context(db), look))
        going.failed = False
    except (OrderlyError, DBAPIError) as error:
        _log.warning("the books could not be looked through: %s", error)
    finally:
        going.ended.set()
