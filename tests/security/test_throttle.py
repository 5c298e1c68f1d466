"""Throttling: free tries first, then waits that double, per name and per address."""

from __future__ import annotations

import threading

from sqlalchemy import select

from core.db.engines import Databases, run, transaction
from core.db.portal_tables import throttle as table
from core.security import throttle
from core.security.policy import sign_in_policy


def _try(databases: Databases, login: str, address: str, now: int) -> int:
    with transaction(databases.portal) as db:
        return throttle.admit(db, throttle.keys_of(login, address), now)


def test_the_name_waits_longer_each_time(each_databases: Databases, clock: int) -> None:
    policy = sign_in_policy()
    for _ in range(policy.free_failures_name + 1):
        assert _try(each_databases, "Lin", "10.0.0.7", clock) == 0
    assert _try(each_databases, "lin ", "10.0.0.8", clock) == policy.first_wait, "another address doesn't help"
    assert _try(each_databases, "other", "10.0.0.8", clock) == 0, "another name isn't held back"
    later = clock + policy.first_wait
    assert _try(each_databases, "lin", "10.0.0.7", later) == 0
    assert _try(each_databases, "lin", "10.0.0.7", later) == policy.first_wait * 2


def test_the_address_waits_whatever_names_it_tries(each_databases: Databases, clock: int) -> None:
    policy = sign_in_policy()
    for number in range(policy.free_failures_address + 1):
        assert _try(each_databases, f"name{number}", "10.0.0.7", clock) == 0
    assert _try(each_databases, "fresh", "10.0.0.7", clock) == policy.first_wait
    assert _try(each_databases, "fresh", "10.0.0.9", clock) == 0


def test_waits_double_up_to_the_longest() -> None:
    policy = sign_in_policy()
    waits = [throttle.wait_after("name:x", count, policy) for count in range(1, 20)]
    assert waits[: policy.free_failures_name] == [0] * policy.free_failures_name
    assert waits[policy.free_failures_name : policy.free_failures_name + 4] == [2, 4, 8, 16]
    assert max(waits) == waits[-1] == policy.longest_wait


def test_the_right_password_forgives_the_name_and_time_forgives_all(each_databases: Databases, clock: int) -> None:
    policy = sign_in_policy()
    keys = throttle.keys_of("lin", "10.0.0.7")
    for _ in range(policy.free_failures_name + 1):
        _try(each_databases, "lin", "10.0.0.7", clock)
    with transaction(each_databases.portal) as db:
        throttle.forgive(db, keys)
        left = {row.key: row.failures for row in db.execute(select(table))}
    assert left == {"address:10.0.0.7": policy.free_failures_name}
    for _ in range(policy.free_failures_name + 1):
        assert _try(each_databases, "lin", "10.0.0.7", clock) == 0
    later = clock + policy.forget + 1
    assert _try(each_databases, "lin", "10.0.0.7", later) == 0
    with transaction(each_databases.portal) as db:
        assert db.execute(select(table.c.failures).where(table.c.key == keys[0])).scalar_one() == 1


def test_many_guesses_at_once_do_not_slip_through(each_databases: Databases, clock: int) -> None:
    keys = throttle.keys_of("lin", "10.0.0.7")
    let_in: list[bool] = []

    def guess() -> None:
        let_in.append(run(each_databases.portal, lambda db: throttle.admit(db, keys, clock)) == 0)

    threads = [threading.Thread(target=guess) for _ in range(24)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(let_in) == 24
    assert sum(let_in) == sign_in_policy().free_failures_name + 1
