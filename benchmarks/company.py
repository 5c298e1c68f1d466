"""A demo company of a benchmark's own: its data, its people, their cookies, and the server they come to."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import insert, select

from core.db.engines import connect, transaction
from core.db.portal_tables import person
from core.domain.rights import Position, Role
from tests.app_server import AppServer, run_module, running_app, sign_in


@contextmanager
def running_company(orders_count: int, days: int) -> Iterator[AppServer]:
    """The application with a seeded company in a temporary folder, in one process."""
    with tempfile.TemporaryDirectory(prefix="orderly-benchmark-") as folder:
        var = Path(folder)
        run_module(["seed", "demo", "--orders", str(orders_count), "--days", str(days)], var)
        with running_app(var) as server:
            yield server


def add_people(var: Path, count: int, role: Role, position: Position | None = None) -> list[str]:
    """Takes so many more demo people in, by their sign-in names. It is done behind the server's back."""
    logins = [f"crowd-{number:04}" for number in range(1, count + 1)]
    common = {"role": str(role), "position": position and str(position), "team": "Crowd", "demo": True}
    databases = connect("", var)
    now = int(time.time())
    with transaction(databases.portal) as db:
        known = set(db.execute(select(person.c.login)).scalars())
        rows = [{"login": login, "name": login, "created_at": now, **common} for login in logins]
        db.execute(insert(person), [row for row in rows if row["login"] not in known])
    databases.dispose()
    return logins


def cookies_of(server: AppServer, logins: Sequence[str]) -> list[str]:
    """Signs everybody in through the posted form and gives their cookies."""
    return [sign_in(server.url, login) for login in logins]
