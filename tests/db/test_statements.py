"""Statements handed to the driver: values, rows, counts, and errors that come out as SQLAlchemy's."""

from __future__ import annotations

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, OperationalError, ProgrammingError

from core.db.engines import Databases, reader, transaction
from core.db.statements import RowShape, Statement

PUT = Statement("INSERT INTO meta (key, value) VALUES (:key, :value)")
FIND = Statement("SELECT key, value FROM meta WHERE key LIKE 'test%' AND (:key = '' OR key = :key) ORDER BY key")
SET = Statement("UPDATE meta SET value = :value WHERE key = :key")


@pytest.fixture
def three(each_databases: Databases) -> Databases:
    """Three rows, written each by each."""
    with transaction(each_databases.live) as db:
        PUT.change_each(db, [{"key": f"test{n}", "value": str(n)} for n in (1, 2, 3)])
    return each_databases


def test_rows_and_the_first_of_them(three: Databases) -> None:
    with reader(three.live) as db:
        assert FIND.rows(db, {"key": ""}) == [("test1", "1"), ("test2", "2"), ("test3", "3")]
        assert FIND.row(db, {"key": "test2"}) == ("test2", "2")
        assert FIND.row(db, {"key": "test9"}) is None
        assert FIND.rows(db, {"key": "'; DROP TABLE meta;--"}) == []


def test_a_change_says_how_many_rows_it_touched(three: Databases) -> None:
    with transaction(three.live) as db:
        assert SET.change(db, {"key": "test1", "value": "%(key)s :value %"}) == 1
        assert SET.change(db, {"key": "test9", "value": "x"}) == 0
        assert FIND.row(db, {"key": "test1"}) == ("test1", "%(key)s :value %")


def test_the_first_that_touched_nothing_is_named(three: Databases) -> None:
    def changes(*keys: str) -> list[dict[str, str]]:
        return [{"key": key, "value": "new"} for key in keys]

    with transaction(three.live) as db:
        assert SET.first_idle(db, changes("test1", "test2", "test3")) is None
        assert SET.first_idle(db, changes("test1", "nothing", "test3", "nobody")) == 1
        assert SET.first_idle(db, []) is None


def test_it_belongs_to_the_transaction(three: Databases) -> None:
    def write_and_fail() -> None:
        with transaction(three.live) as db:
            SET.change(db, {"key": "test1", "value": "gone"})
            raise KeyError

    with pytest.raises(KeyError):
        write_and_fail()
    with three.live.connect() as db:  # begun by the statement itself
        assert FIND.row(db, {"key": "test1"}) == ("test1", "1")
        SET.change(db, {"key": "test1", "value": "never committed"})
        assert db.in_transaction()
    with reader(three.live) as db:
        assert FIND.row(db, {"key": "test1"}) == ("test1", "1")


def test_errors_come_out_as_sqlalchemys(three: Databases) -> None:
    """A retry after a serialisation failure, and a form that was sent twice, are recognised by them."""
    with pytest.raises(IntegrityError), transaction(three.live) as db:
        PUT.change(db, {"key": "test1", "value": "again"})
    with pytest.raises(IntegrityError), transaction(three.live) as db:
        PUT.change_each(db, [{"key": "test1", "value": "again"}])
    with pytest.raises((OperationalError, ProgrammingError)), transaction(three.live) as db:
        Statement("SELECT * FROM no_such_table").rows(db, {})
    with pytest.raises((OperationalError, ProgrammingError)), transaction(three.live) as db:
        Statement("UPDATE no_such_table SET a = 1").first_idle(db, [{}])


def test_two_wordings(three: Databases) -> None:
    with reader(three.live) as db:
        one = Statement("SELECT 'sqlite'", postgresql="SELECT 'postgresql'").row(db, {})
        assert one == (three.live.dialect.name,)
        assert Statement("SELECT CAST(:n AS bigint) + 5 % 3").row(db, {"n": 4}) == (6,)
        assert Statement("SELECT 1", postgresql="SELECT 1::bigint").row(db, {}) == (1,)


def test_a_row_is_read_like_any_other(three: Databases) -> None:
    with reader(three.live) as db:
        mine = RowShape(("key", "value")).row(FIND.rows(db, {"key": "test2"})[0])
        theirs = db.execute(text("SELECT key, value FROM meta WHERE key = 'test2'")).one()
    assert mine == theirs
    assert (mine.key, mine.value, tuple(mine)[1]) == ("test2", "2", "2")
    assert dict(mine._mapping) == dict(theirs._mapping) == {"key": "test2", "value": "2"}
    assert mine._mapping["value"] == "2"
    with pytest.raises(AttributeError):
        _ = mine.nothing
