"""The crowd, for a few seconds: nothing lost, nothing shown to anybody, and what would be lost is noticed."""

from __future__ import annotations

import pytest
from sqlalchemy import text

from benchmarks.crowd_of_commands import everything_off, let_loose
from core.db.engines import Databases, transaction


def test_twenty_at_once_lose_nothing(each_databases: Databases) -> None:
    outcome = let_loose(each_databases, 5.0, users=20, seed=3)
    assert [error for one in outcome.people for error in one.wrong] == []
    assert outcome.off == []
    assert outcome.done > 60
    assert len({name for one in outcome.people for name in one.done}) > 20


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        ("UPDATE sales_order SET version = version - 1 WHERE id = 2", "order 2: version"),
        (
            "UPDATE version_change SET was = was - 1, became = became - 1 WHERE order_id = 2 AND was = 2",
            "order 2: vers",
        ),
        ('UPDATE event SET data = REPLACE(data, \'"from":"received"\', \'"from":"packed"\')', "from packed, but"),
        ("UPDATE event SET actor = 'person:1' WHERE actor = 'person:101'", "facts, "),
        ("UPDATE stock_balance SET quantity = quantity + 1 WHERE account = 'available'", "expected"),
    ],
)
def test_whatever_is_lost_is_noticed(databases: Databases, damage: str, said: str) -> None:
    outcome = let_loose(databases, 0.5, users=2, seed=1)
    assert outcome.off == []
    with transaction(databases.live) as db:
        assert db.execute(text(damage)).rowcount > 0
    assert any(said in one for one in everything_off(databases.live, outcome.people))
