"""Exports that no spreadsheet takes for formulas."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.channels.export import neutral, to_csv


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "|", "\t", "\r", "\n", "＝", "＋", "－", "＠"])
def test_what_could_be_a_formula_gets_a_quote(start: str) -> None:
    assert neutral(f"{start}1+1") == f"'{start}1+1"
    assert neutral(f"  {start}1") == f"'  {start}1"


@pytest.mark.parametrize("hidden", ["\ufeff", "\0", "\u200b", "\x1b", "\u3000", "\xa0"])
def test_hidden_characters_do_not_hide_a_formula(hidden: str) -> None:
    assert neutral(f"{hidden}=1") == f"'{hidden}=1"


@pytest.mark.parametrize("value", ["", "a=b", "1-2", "李雷", "'=1", 5, -5, -1.5, "x\n=1"])
def test_plain_values_stay(value: object) -> None:
    assert neutral(value) == value


def test_nothing_is_an_empty_cell() -> None:
    assert neutral(None) == ""


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_texts_come_back_with_at_most_a_quote_before_them(wanted: list[list[str]]) -> None:
    text = to_csv(["a", "b"], wanted).decode("utf-8-sig")
    header, *found = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert header == ["a", "b"]
    assert [[cell.removeprefix("'") for cell in row] for row in found] == [
        [cell.removeprefix("'") for cell in row] for row in wanted
    ]


def test_semicolons_cannot_open_a_new_cell() -> None:
    assert to_csv(["a"], [[";=1+1"]]).decode("utf-8-sig") == '"a"\r\n";=1+1"\r\n'


def test_every_shape_of_the_hostile_file_is_disarmed(acceptance: Callable[[str], Path]) -> None:
    with acceptance("hostile/formulas.csv").open(encoding="utf-8", newline="") as stream:
        texts = [row["customer"] for row in csv.DictReader(stream)]
    out = to_csv(["customer"], [[text] for text in texts]).decode("utf-8-sig")
    cells = [row[0] for row in csv.reader(io.StringIO(out, newline=""))][1:]
    assert len(cells) == 25
    for text, cell in zip(texts, cells, strict=True):
        assert cell.lstrip("\ufeff\0 ")[:1] not in tuple("=+-@\t\r\n|＝＋－＠"), (text, cell)
        assert cell in (text, f"'{text}")
