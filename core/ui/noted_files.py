"""Files that hold people's data or keys: whoever takes one along is noted in the audit log."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from core.context import Context
from core.db.engines import run
from core.security.audit import record_deed
from core.ui.databases import databases, wall_clock
from core.ui.page import PORTAL, current_world, portal_actor

T = TypeVar("T")


def noted(made: Callable[[], T], file: str, of: str = "") -> Callable[[], T]:
    """A file that is made when it is asked for, and noted once it is made; a practice world's need no note.

    `file` is what is taken, as the audit log's words know it, and `of` what it is about, as a test's name.
    """
    if current_world().kind == "practice":
        return made
    engine, who, data = databases().portal, portal_actor(), {"file": file, "of": of}

    def later() -> T:
        found = made()
        run(engine, lambda db: record_deed(Context(db, who, wall_clock(), PORTAL), "file_taken", data=data))
        return found

    return later
