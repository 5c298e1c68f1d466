"""The demo's live feed: orders come in, the warehouse works, parcels arrive, all through the services people use."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from typing import TypeVar

import numpy as np
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from core.context import ENGINE, Context
from core.db.engines import Databases, reader, run
from core.db.worlds import read_meta, world_of
from core.domain.errors import OrderlyError
from seed.arrivals import Arrivals
from seed.demo_work import work_off
from seed.rhythm import DAY, hour_weight

log = logging.getLogger("orderly.feed")
T = TypeVar("T")

PAUSE_SECONDS = 3.0
# Whoever feeds says so at every turn; another process takes over when nothing was heard for so long.
_LEASE_SECONDS = 30
# On average so long between two orders while the day is young; the demo's own pace once it has had a lively day.
_LIVELY_SECONDS = 14.0
_LIVELY_DAYS = 2.0
_LEASE = text(
    "INSERT INTO meta (key, value) VALUES ('feed', :mine) ON CONFLICT (key) DO UPDATE SET value = excluded.value"
    " WHERE substr(meta.value, 12) = :token OR substr(meta.value, 1, 11) < :now"
)
_TODAY = text("SELECT COUNT(*) FROM sales_order WHERE received_at >= :since AND fulfilled_by = 'us'")


def run_feed(databases: Databases, stop: threading.Event, clock: Callable[[], float] = time.time) -> None:
    """Feeds the live world of a demo until told to stop; does nothing where the live world is no demo's.

    Meant for a thread of its own. Of several processes only one feeds; the others watch and take over when it ends.
    """
    feed = Feed(databases)
    while not stop.is_set():
        try:
            feed.turn(int(clock()))
        except (OrderlyError, DBAPIError) as error:
            # Somebody else was quicker with an order, or the database was away for a moment: the next turn goes on.
            log.warning("The demo feed skipped a turn: %s", error)
        stop.wait(PAUSE_SECONDS)
    feed.give_up()


class Feed:
    """One process's part in feeding the demo."""

    def __init__(self, databases: Databases, seed: int | None = None) -> None:
        self._databases = databases
        self._token = uuid.uuid4().hex
        self._rng = np.random.default_rng(seed)
        self._arrivals: Arrivals | None = None
        self._last_at = 0
        self._lease_until = 0

    def turn(self, now: int) -> int:
        """One turn: does what time brings since the last one; gives how many commands were carried out."""
        if not self._may_feed(now):
            return 0
        passed = min(now - self._last_at, 60) if self._last_at else PAUSE_SECONDS
        self._last_at = now
        done = 0
        for _ in range(int(self._rng.poisson(passed / self._seconds_between_orders(now)))):
            done += self._carry_out(now, self._let_arrive)
        for command in self._read(now, lambda ctx: work_off(ctx, self._rng)):
            done += self._carry_out(now, command)
        return done

    def give_up(self) -> None:
        """Lets another process feed at once."""
        statement = text("DELETE FROM meta WHERE key = 'feed' AND substr(value, 12) = :token")
        run(self._databases.live, lambda db: db.execute(statement, {"token": self._token}))

    def _may_feed(self, now: int) -> bool:
        if now < self._lease_until - _LEASE_SECONDS // 2:
            return True

        def claim(db: Connection) -> bool:
            if read_meta(db).get("scenario") != "demo":
                return False
            said = {"mine": f"{now + _LEASE_SECONDS:010d} {self._token}", "token": self._token, "now": f"{now:010d} "}
            return db.execute(_LEASE, said).rowcount == 1

        mine = run(self._databases.live, claim)
        self._lease_until = now + _LEASE_SECONDS if mine else 0
        return mine

    def _seconds_between_orders(self, now: int) -> float:
        """Lively first, so that one sees something; later as the company usually sells: days stay comparable."""
        if self._arrivals is None:
            self._arrivals = self._read(now, Arrivals)
        usual = self._arrivals.orders_per_day
        today = self._read(now, lambda ctx: ctx.db.execute(_TODAY, {"since": now - DAY}).scalar_one())
        pause = _LIVELY_SECONDS if today < usual * _LIVELY_DAYS else DAY / usual
        return float(pause / max(hour_weight(now), 0.25))

    def _let_arrive(self, ctx: Context) -> None:
        assert self._arrivals is not None
        self._arrivals.let_arrive(ctx, self._rng)

    def _read(self, now: int, look: Callable[[Context], T]) -> T:
        with reader(self._databases.live) as db:
            return look(Context(db, ENGINE, now, world_of(db, "live", "live")))

    def _carry_out(self, now: int, command: Callable[[Context], object]) -> int:
        """One command in its own transaction; what a rule refuses meanwhile is left to whoever changed the order."""
        try:
            run(self._databases.live, lambda db: command(Context(db, ENGINE, now, world_of(db, "live", "live"))))
        except OrderlyError as error:
            log.info("The demo feed left something alone: %s", error)
            return 0
        return 1
