"""The page of questions in and out: a file is looked at, kept as drafts, and questions are made into files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from streamlit.testing.v1 import AppTest

from assessments.interchange.formats import FORMATS
from assessments.interchange.parsed import Written
from core.db.assessment_tables import bank_item
from core.db.engines import Databases, reader
from core.db.portal_tables import audit
from tests.naughty import naughty_strings
from tests.visits import said, visit

PAGE = "teach/bank_exchange"
GIFT = "::One::Which step comes after picking?{=Packing#Yes. ~Invoicing#No.}\n\n::Two::Broken{=a ~b\n"


def hand_over(tab: AppTest, name: str, content: bytes) -> AppTest:
    """Chooses a file."""
    tab.file_uploader[0].set_value((name, content, "application/octet-stream")).run()
    assert not tab.exception
    return tab


def drafts(house: Databases) -> list[tuple[str, str]]:
    """What has been kept. Shape: state and topic."""
    with reader(house.portal) as db:
        return [(row.state, row.topic) for row in db.execute(select(bank_item).order_by(bank_item.c.id))]


def test_a_file_is_looked_at_and_kept_as_drafts(house: Databases) -> None:
    tab = visit(house, "trainer", PAGE)
    hand_over(tab, "questions.txt", GIFT.encode())
    assert [metric.value for metric in tab.metric] == ["1", "1", "0", "0"]
    assert drafts(house) == []
    tables = [frame.value for frame in tab.dataframe]
    assert tables[0].iloc[0]["name"] == "One"
    assert list(tables[1][["line", "item"]].itertuples(index=False, name=None)) == [(3, "Two")]
    tab.selectbox(key="exchange-topic").select("order_processing")
    tab.selectbox(key="exchange-competency").select("2.1")
    tab.button(key="exchange-do-keep").click().run()
    assert not tab.exception
    assert drafts(house) == [("draft", "order_processing")]
    assert tab.dataframe[0].value.iloc[0]["outcome"] == "New draft"
    assert tab.file_uploader[0].value is None


def test_true_and_false_in_the_language_of_the_file(house: Databases) -> None:
    tab = visit(house, "trainer", PAGE, language="zh")
    hand_over(tab, "题目.txt", "发货后可以取消吗？{F}".encode())
    assert [metric.value for metric in tab.metric] == ["1", "0", "0", "0"]
    assert "发货后可以取消吗？" in tab.dataframe[0].value.iloc[0]["stem"]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", b""),
        ("a.txt", b"\x00\x01\x02"),
        ("a.txt", b"Only a text."),
        ("a.xml", b"<quiz><question type='x'>"),
        ("a.xml", b'<!DOCTYPE q [<!ENTITY a "b">]><quiz>&a;</quiz>'),
        ("a.xml", b"<html/>"),
        ("a.xlsx", b"PK\x03\x04 broken"),
        ("a.csv", b"a;b\n1;2"),
        ("a.txt", "\n\n".join(f"{text}{{{text}}}" for text in naughty_strings()).encode("utf-8", "replace")),
    ],
)
def test_bad_files_are_answered_with_a_word(house: Databases, name: str, content: bytes) -> None:
    tab = hand_over(visit(house, "trainer", PAGE), name, content)
    assert "Something went wrong" not in said(tab)
    assert tab.error or tab.metric


def test_hostile_files_are_answered_with_a_word(house: Databases, acceptance: Callable[[str], Path]) -> None:
    tab = visit(house, "trainer", PAGE)
    for path in sorted(acceptance("hostile").glob("*.*")):
        # Other endings are refused by the uploader itself.
        name = path.name if path.suffix in (".csv", ".xlsx") else f"{path.stem}.txt"
        hand_over(tab, name, path.read_bytes())
        assert "Something went wrong" not in said(tab), path.name
        assert tab.error or tab.metric, path.name


@pytest.mark.parametrize("code", list(FORMATS))
def test_questions_become_a_file(house: Databases, code: str) -> None:
    tab = visit(house, "trainer", PAGE)
    tab.session_state["exchange-way"] = "out"
    tab.run()
    tab.selectbox(key="out-topic").select("order_processing")
    tab.selectbox(key="out-kind").select("ordering").run()
    tab.selectbox(key="out-format").select(code).run()
    tab.button(key="out-make").click().run()
    assert not tab.exception
    made = tab.session_state["_exchange_made"][1]
    assert isinstance(made, Written)
    assert (made.items_count > 0) is (code != "aiken")
    assert (len(tab.dataframe) == 1) is bool(made.problems)
    with reader(house.portal) as db:
        taken = select(audit.c.kind, audit.c.actor, audit.c.data).where(audit.c.kind == "file_taken")
        (row,) = db.execute(taken).all()
    assert json.loads(row.data) == {"file": "questions", "of": "order_processing"}


def test_who_has_nothing_to_do_here(house: Databases) -> None:
    for login in ("clerk", "manager"):
        with pytest.raises(ValueError, match="Could not find a navigation page"):
            visit(house, login, PAGE)
