"""The audit chain: it holds as written, and shows what was changed, removed or slipped in."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, insert, select, update

from core.db.engines import Databases, reader, run, transaction
from core.db.portal_tables import audit
from core.security.audit import FIRST_HASH, record_audit, verify_chain


def _write(databases: Databases, clock: int, count: int) -> list[int]:
    with transaction(databases.portal) as db:
        return [
            record_audit(db, clock + n, "signed_in", actor_id=n, actor=f"人{n}", data={"address": "10.0.0.7", "n": n})
            for n in range(count)
        ]


def test_an_empty_and_a_full_chain_hold(each_databases: Databases, clock: int) -> None:
    with reader(each_databases.portal) as db:
        empty = verify_chain(db)
    assert (empty.rows_count, empty.broken_id, empty.head_hash) == (0, None, FIRST_HASH)
    _write(each_databases, clock, 5)
    with reader(each_databases.portal) as db:
        report = verify_chain(db)
        last = db.execute(select(audit.c.hash).order_by(audit.c.id.desc()).limit(1)).scalar_one()
    assert (report.rows_count, report.broken_id, report.head_hash) == (5, None, last)


@pytest.mark.parametrize("column", ["at", "actor", "actor_id", "kind", "subject", "data", "hash", "previous_hash"])
def test_a_changed_row_shows(each_databases: Databases, clock: int, column: str) -> None:
    ids = _write(each_databases, clock, 5)
    value = 1 if column in {"at", "actor_id"} else "x"
    with transaction(each_databases.portal) as db:
        db.execute(update(audit).where(audit.c.id == ids[2]).values({column: value}))
    with reader(each_databases.portal) as db:
        report = verify_chain(db)
    assert (report.rows_count, report.broken_id) == (2, ids[2])


def test_a_removed_and_a_slipped_in_row_show(each_databases: Databases, clock: int) -> None:
    ids = _write(each_databases, clock, 5)
    with transaction(each_databases.portal) as db:
        row = dict(db.execute(select(audit).where(audit.c.id == ids[1])).mappings().one())
        db.execute(delete(audit).where(audit.c.id == ids[2]))
    with reader(each_databases.portal) as db:
        assert verify_chain(db).broken_id == ids[3]
    with transaction(each_databases.portal) as db:
        db.execute(insert(audit).values(row | {"id": ids[2], "actor": "somebody else"}))
    with reader(each_databases.portal) as db:
        assert verify_chain(db).broken_id == ids[2]


def test_writers_at_once_make_one_chain(each_databases: Databases, clock: int) -> None:
    def write() -> None:
        for _ in range(5):
            run(each_databases.portal, lambda db: record_audit(db, clock, "x", actor_id=1, actor="a"))

    threads = [threading.Thread(target=write) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with reader(each_databases.portal) as db:
        report = verify_chain(db)
    assert (report.rows_count, report.broken_id) == (30, None)


def test_what_no_database_can_store_is_written_readably(each_databases: Databases, clock: int) -> None:
    with transaction(each_databases.portal) as db:
        record_audit(db, clock, "sign_in_failed", actor_id=None, actor="\x00\ud800名" + "y" * 900, data={"a": "\x00"})
    with reader(each_databases.portal) as db:
        actor = db.execute(select(audit.c.actor)).scalar_one()
        assert verify_chain(db).broken_id is None
    assert actor == "�?名" + "y" * 497
