"""Snapshots in time: sees to it that work in a practice world reaches the portal within a minute, page open or not."""

from __future__ import annotations

import threading
from collections.abc import Callable

from assessments.practice import SNAPSHOT_SECONDS, PracticeRoom, snapshot_due
from core.context import ENGINE, Context, World
from core.db.engines import Databases, run
from core.domain.errors import NotFound

_PORTAL = World("portal", "portal")
_waiting: set[tuple[str, str]] = set()
_lock = threading.Lock()


def snapshot_soon(
    databases: Databases,
    room: PracticeRoom,
    practice_id: str,
    clock: Callable[[], int],
    *,
    after: float = SNAPSHOT_SECONDS - 10,
) -> threading.Timer | None:
    """Has a snapshot taken in a while; None where one is under way already, which then takes this work along.

    Units: `after` in seconds; ten less than a minute, so that a slow disk still keeps the promise.
    """
    key = (str(databases.portal.url), practice_id)
    with _lock:
        if key in _waiting:
            return None
        _waiting.add(key)
    timer = threading.Timer(after, _take, (key, databases, room, clock))
    timer.daemon = True
    timer.start()
    return timer


def _take(key: tuple[str, str], databases: Databases, room: PracticeRoom, clock: Callable[[], int]) -> None:
    with _lock:  # what is done from here on asks for a snapshot of its own
        _waiting.discard(key)
    try:
        run(databases.portal, lambda db: snapshot_due(Context(db, ENGINE, clock(), _PORTAL), room, key[1]))
    except NotFound:  # the world was given up, or its file is on another replica by now
        return
