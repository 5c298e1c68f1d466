"""Patience with wrong passwords: a count per name and per address that makes guessing slow."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, delete, select, update

from core.db.portal_tables import throttle
from core.security.audit import stored_text
from core.security.policy import SignInPolicy, sign_in_policy

NAME, ADDRESS = "name:", "address:"


def keys_of(login: str, address: str) -> tuple[str, str]:
    """The two things that are counted: the name that was tried and where the attempt came from."""
    return NAME + stored_text(login.strip().casefold())[:200], ADDRESS + stored_text(address)


def admit(db: Connection, keys: Sequence[str], now: int) -> int:
    """Lets an attempt through, or says how many seconds to wait.

    An admitted attempt is counted as a failure *before* the password is looked at, so that a thousand attempts
    at once can't all slip through; `forgive` takes the count back when the password was right.
    """
    policy = sign_in_policy()
    rows = {key: _locked(db, key, now) for key in sorted(keys)}
    wait = max(blocked_until - now for _, _, blocked_until in rows.values())
    if wait > 0:
        return wait
    for key, (failures, last_at, _) in rows.items():
        count = 1 if now - last_at > policy.forget else failures + 1
        db.execute(
            update(throttle)
            .where(throttle.c.key == key)
            .values(failures=count, last_at=now, blocked_until_at=now + wait_after(key, count, policy))
        )
    return 0


def forgive(db: Connection, keys: Sequence[str]) -> None:
    """Forgets the failures of a name whose password was right, and takes the address's last count back."""
    for key in sorted(keys):
        if key.startswith(NAME):
            db.execute(delete(throttle).where(throttle.c.key == key))
        else:
            db.execute(
                update(throttle)
                .where(throttle.c.key == key, throttle.c.failures > 0)
                .values(failures=throttle.c.failures - 1, blocked_until_at=0)
            )


def wait_after(key: str, failures: int, policy: SignInPolicy) -> int:
    """How long to wait after so many failures: nothing at first, then doubling. Units: seconds."""
    free = policy.free_failures_name if key.startswith(NAME) else policy.free_failures_address
    if failures <= free:
        return 0
    return min(policy.longest_wait, policy.first_wait * 2 ** min(failures - free - 1, 20))


def _locked(db: Connection, key: str, now: int) -> tuple[int, int, int]:
    """The key's row (failures, last_at, blocked_until_at), made when missing and held until the commit."""
    if db.dialect.name == "postgresql":
        from sqlalchemy.dialects.postgresql import insert
    else:
        from sqlalchemy.dialects.sqlite import insert  # type: ignore[assignment]
    db.execute(
        insert(throttle)
        .values(key=key, failures=0, last_at=now, blocked_until_at=0)
        .on_conflict_do_nothing(index_elements=["key"])
    )
    columns = throttle.c.failures, throttle.c.last_at, throttle.c.blocked_until_at
    row = db.execute(select(*columns).where(throttle.c.key == key).with_for_update()).one()
    return row.failures, row.last_at, row.blocked_until_at
