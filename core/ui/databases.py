"""The one set of database connections of this process."""

from __future__ import annotations

import time
from functools import lru_cache

from core.db.engines import Databases, connect
from core.db.worlds import PracticeFiles


@lru_cache(maxsize=1)
def databases() -> Databases:
    """Portal and live, opened at the first call."""
    return connect()


@lru_cache(maxsize=1)
def practice_files() -> PracticeFiles:
    """The folder of practice worlds of this installation; one per process, since it holds the open engines."""
    return PracticeFiles(databases().var / "practice")


def wall_clock() -> int:
    """Now. Units: epoch seconds UTC."""
    return int(time.time())
