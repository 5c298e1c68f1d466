"""Forms: parallel, without overlap, varied, and honest about a blueprint that can't be filled."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assessments.bank import bank_of
from assessments.exercises import EXERCISES
from assessments.forms import (
    FORM_NAMES,
    Cell,
    blueprint_of,
    draw_forms,
    form_for,
    forms_of,
    other_form,
    read_blueprint,
)
from core.domain.errors import ContentError
from tests.assessments.conftest import TEST

BLUEPRINT = blueprint_of(TEST)
BANK = bank_of(BLUEPRINT.topic)


def test_the_forms_of_the_house_are_twenty_items_each_without_overlap() -> None:
    a, b = (forms_of(TEST)[name] for name in FORM_NAMES)
    assert (len(a.items), len(b.items), BLUEPRINT.items_count) == (20, 20, 20)
    assert {item.id for item in a.items} & {item.id for item in b.items} == set()


@pytest.mark.parametrize("seed", range(1, 25))
def test_every_seed_gives_parallel_and_varied_forms(seed: int) -> None:
    forms = draw_forms(BLUEPRINT, BANK, seed)
    a, b = (forms[name] for name in FORM_NAMES)
    cells = [Counter((item.competency, item.level) for item in form.items) for form in (a, b)]
    assert cells[0] == cells[1] == Counter({(c.competency, c.level): c.count for c in BLUEPRINT.cells})
    assert {item.id for item in a.items} & {item.id for item in b.items} == set()
    for form in (a, b):
        assert len(form.kinds()) >= 6
        assert form.kinds()["generated"] >= 3


def test_the_same_seed_draws_the_same_forms_and_another_others() -> None:
    assert draw_forms(BLUEPRINT, BANK, 5) == draw_forms(BLUEPRINT, BANK, 5)
    assert draw_forms(BLUEPRINT, BANK, 5) != draw_forms(BLUEPRINT, BANK, 6)


def test_the_cell_that_cannot_be_filled_is_named() -> None:
    impossible = replace(BLUEPRINT, cells=(*BLUEPRINT.cells, Cell("1.3", "decide", 2)))
    with pytest.raises(ContentError, match=r"Cell 1\.3 × Decide needs 4 items for two forms, the bank has 0"):
        draw_forms(impossible, BANK, 1)


def test_a_mix_that_cannot_be_had_is_said() -> None:
    plain = replace(BANK, items=tuple(item for item in BANK.items if item.kind != "generated"))
    narrow = replace(BLUEPRINT, cells=(Cell("2.1", "remember", 1),))
    with pytest.raises(ContentError, match="No draw gives both forms 6 kinds of items and 3 generated ones"):
        draw_forms(narrow, plain, 1)


def test_who_gets_which_form_first_is_balanced() -> None:
    counts: Counter[str] = Counter()
    for person_id in (4, 8, 15, 16, 23, 42, 108, 109, 110, 111):
        counts[form_for(counts, person_id)] += 1
    assert counts == {"A": 5, "B": 5}
    assert [other_form(name) for name in FORM_NAMES] == ["B", "A"]


def test_the_exercises_between_the_tests_exist() -> None:
    assert set(BLUEPRINT.exercises) <= {exercise.key for exercise in EXERCISES}
    assert len(BLUEPRINT.exercises) == 3


GOOD = """
title = {en = "T", zh = "测"}
about = {en = "A", zh = "关"}
topic = "order_processing"
seed = 1
kinds_least = 2
generated_least = 1
exercises = ["x"]
[competencies]
"2.1" = {en = "Intake", zh = "接单"}
[[cell]]
competency = "2.1"
level = "apply"
count = 2
"""


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('level = "apply"', 'level = "know"', 13, "cell 1: level is know, wanted one of remember, apply, decide"),
        ("count = 2", "count = 0", 14, "cell 1: count should be a whole number above 0"),
        ('competency = "2.1"', 'competency = "9.9"', 12, "9.9 has no name"),
        ("seed = 1", "seed = 1\ncolour = 1", 6, "blueprint: colour is not a known field"),
        ("kinds_least = 2", "kinds_least = 9", 6, "There are 7 kinds of items"),
    ],
)
def test_what_is_wrong_in_a_blueprint_is_named(tmp_path: Path, old: str, new: str, line: int, message: str) -> None:
    path = tmp_path / "b.toml"
    path.write_text(GOOD.replace(old, new), encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        read_blueprint(path)
    assert (caught.value.line, message in str(caught.value)) == (line, True)


def test_a_good_blueprint_is_read(tmp_path: Path) -> None:
    path = tmp_path / "b.toml"
    path.write_text(GOOD, encoding="utf-8")
    assert read_blueprint(path).cells == (Cell("2.1", "apply", 2),)


def test_a_missing_test_is_refused() -> None:
    with pytest.raises(ContentError, match="There is no test of this name"):
        blueprint_of("astrology")
