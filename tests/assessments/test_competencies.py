"""Competencies: nine fields, a level for every position, and what is wrong in the file is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from assessments.competencies import COMPETENCIES, FIELDS, FILE, POSITIONS, name_of, read_competencies
from assessments.prose import Prose
from core.domain.errors import ContentError


def test_the_nine_fields_and_their_competencies_stand_in_the_order_of_the_curriculum() -> None:
    assert list(FIELDS) == [
        "system",
        "order_processing",
        "warehouse",
        "logistics",
        "customer_service",
        "data_reports",
        "system_use",
        "security",
        "risk",
    ]
    assert len(COMPETENCIES) == 35
    fields = list(FIELDS)
    assert [code for code, one in COMPETENCIES.items() if fields[int(code[0]) - 1] != one.field] == []
    assert list(COMPETENCIES) == sorted(COMPETENCIES)


def test_levels_are_those_of_the_curriculum() -> None:
    assert POSITIONS == ("O", "W", "S", "P", "F")
    assert COMPETENCIES["2.4"].required == {"O": 3, "W": 1, "S": 3, "P": 2, "F": 0}
    assert COMPETENCIES["6.4"].required == {"O": 1, "W": 1, "S": 2, "P": 3, "F": 3}
    assert [code for code, one in COMPETENCIES.items() if max(one.required.values()) < 2] == []


def test_a_competency_has_a_name_and_an_unknown_one_its_code() -> None:
    assert name_of("2.2") == Prose("Confirming orders", "订单确认")
    assert name_of("12.1") == Prose("12.1", "12.1")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('code = "1.2"', 'code = "1.1"', "This competency is there twice"),
        ("W = 1", "W = 4", r"\[1.1\]: A level from 0 to 3 is required of each of O, W, S, P, F"),
        ("W = 1, ", "", "A level from 0 to 3 is required of each"),
        ("W = 1", "W = true", "A level from 0 to 3 is required of each"),
        ('field = "risk"', 'field = "luck"', r"\[9.1\]: competency 34: field is luck, wanted one of system"),
        ('field = "risk"', 'field = "risk"\ncolour = 1', "colour is not a known field"),
    ],
)
def test_what_is_wrong_is_named(tmp_path: Path, old: str, new: str, message: str) -> None:
    path = tmp_path / "competencies.toml"
    path.write_text(FILE.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(ContentError, match=message):
        read_competencies(path)
