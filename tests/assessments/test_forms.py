"""Forms: parallel, without overlap, varied, and honest about a blueprint that can't be filled."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from assessments.bank import KINDS
from assessments.blueprint import BLUEPRINTS, TESTS, blueprint_data, blueprint_from, read_blueprint
from assessments.competencies import COMPETENCIES, FIELDS
from assessments.exercises import EXERCISES
from assessments.forms import (
    FORM_NAMES,
    Cell,
    blueprint_of,
    draw_forms,
    form_for,
    forms_of,
    joined_bank,
    other_form,
)
from core.domain.errors import ContentError
from tests.assessments.conftest import TEST

BLUEPRINT = blueprint_of(TEST)
BANK = joined_bank(BLUEPRINT.topics)


def test_the_forms_of_the_house_are_twenty_items_each_without_overlap() -> None:
    a, b = (forms_of(TEST)[name] for name in FORM_NAMES)
    assert (len(a.items), len(b.items), BLUEPRINT.items_count) == (20, 20, 20)
    assert {item.id for item in a.items} & {item.id for item in b.items} == set()


@pytest.mark.parametrize("test", TESTS)
def test_every_test_of_the_house_draws_two_parallel_forms(test: str) -> None:
    blueprint = blueprint_of(test)
    a, b = (forms_of(test)[name].items for name in FORM_NAMES)
    assert len(a) == len(b) >= blueprint.items_count >= 10
    assert {item.id for item in a} & {item.id for item in b} == set()
    assert len({item.case.id for item in (*a, *b) if item.case}) == 2 * blueprint.cases
    assert all(a.count(item) == 1 for item in a)


def test_the_programme_asks_forty_items_over_all_nine_fields() -> None:
    fields = {competency.field for competency in COMPETENCIES.values()}
    for name in FORM_NAMES:
        items = forms_of("programme")[name].items
        assert len(items) == 40
        assert {COMPETENCIES[item.competency].field for item in items} == fields == set(FIELDS)


def test_every_blueprint_of_the_house_is_a_test_and_no_two_share_a_seed() -> None:
    assert sorted(path.stem for path in BLUEPRINTS.glob("*.toml")) == sorted(TESTS)
    assert len({blueprint_of(test).seed for test in TESTS}) == len(TESTS)


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
    with pytest.raises(ContentError, match="No draw gives both forms 6 kinds of items, 3 generated ones"):
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
topics = ["order_processing"]
seed = 1
kinds_least = 2
generated_least = 1
exercises = ["x"]
[[cell]]
competency = "2.1"
level = "apply"
count = 2
"""


CELL = GOOD[GOOD.index("[[cell]]") :]


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ('level = "apply"', 'level = "know"', 11, "cell 1: level is know, wanted one of remember, apply, decide"),
        ("count = 2", "count = 0", 12, "cell 1: count should be a whole number above 0"),
        ('competency = "2.1"', 'competency = "9.9"', 10, "Unknown competency 9.9"),
        ("seed = 1", "seed = 1\ncolour = 1", 6, "blueprint: colour is not a known field"),
        ("kinds_least = 2", "kinds_least = 19", 6, f"There are {len(KINDS)} kinds of items"),
        ('["order_processing"]', '["cooking"]', 4, "Unknown topic cooking"),
        ("count = 2", "count = 101", 1, "A form has at most 100 items"),
        ("seed = 1", "seed = 1\ncases = -1", 6, "blueprint: cases should be a whole number, 0 or more"),
        ("count = 2", "count = 2\n" + CELL, 1, "Cell 2.1 × Apply is there twice"),
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


def test_a_blueprint_comes_back_from_its_data() -> None:
    with_cases = replace(BLUEPRINT, cases=1, exercises=())
    for blueprint in (BLUEPRINT, with_cases):
        assert blueprint_from(TEST, json.loads(json.dumps(blueprint_data(blueprint)))) == blueprint
    with pytest.raises(ContentError, match="blueprint lacks title"):
        blueprint_from(TEST, {"about": {"en": "a", "zh": "a"}})


def test_each_form_holds_whole_cases_and_cells_none_of_their_items() -> None:
    for seed in range(1, 9):
        forms = draw_forms(replace(BLUEPRINT, cases=1), BANK, seed)
        a, b = (forms[name].items for name in FORM_NAMES)
        assert len(a) == len(b) == 24
        asked = [{item.case.id for item in items if item.case} for items in (a, b)]
        assert [len(one) for one in asked] == [1, 1] and asked[0] != asked[1]
        for items in (a, b):
            (case_id,) = {item.case.id for item in items if item.case}
            assert items[20:] == BANK.case_sets[case_id]


def test_too_few_cases_are_said() -> None:
    with pytest.raises(ContentError, match=r"Two forms need 80 cases, the bank has \d"):
        draw_forms(replace(BLUEPRINT, cases=40), BANK, 1)


def test_cases_of_unequal_length_make_no_parallel_forms() -> None:
    first, second = sorted(BANK.case_sets)[:2]
    left_out = BANK.case_sets[first][0].id
    kept = [i for i in BANK.items if i.id != left_out and (i.case is None or i.case.id in (first, second))]
    uneven = replace(BANK, items=tuple(kept))
    with pytest.raises(ContentError, match="cases of equal length"):
        draw_forms(replace(BLUEPRINT, cases=1), uneven, 1)


def test_a_missing_test_is_refused() -> None:
    with pytest.raises(ContentError, match="There is no test of this name"):
        blueprint_of("astrology")
