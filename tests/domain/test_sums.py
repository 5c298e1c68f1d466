"""Sums under coded keys: what a dictionary would come to, in the order of the keys."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from core.domain.sums import Codes, Columns, columns, ints, joined, summed


def _rows(found: Columns) -> list[tuple[int, ...]]:
    return list(zip(*(column.tolist() for column in found), strict=True))


def test_words_are_numbered_as_they_come_and_ranked_by_the_alphabet() -> None:
    codes = Codes()
    assert [codes[word] for word in ("tmall", "", "jd", "tmall", "10", "9")] == [0, 1, 2, 0, 3, 4]
    ranks, words = codes.ranks()
    assert words == ["", "10", "9", "jd", "tmall"]
    assert [words[rank] for rank in ranks.tolist()] == ["tmall", "", "jd", "10", "9"]


def test_equal_keys_come_together_in_order() -> None:
    found = summed(
        joined([columns(1, ints([5, 3, 5]), 0, 2, 1, ints([10, 20, -4])), columns(0, ints([9]), 0, 0, 2, 7)])
    )
    assert _rows(found) == [(0, 9, 0, 0, 2, 7), (1, 3, 0, 2, 1, 20), (1, 5, 0, 2, 2, 6)]


def test_what_comes_to_nothing_is_left_out_but_a_value_without_count_is_not() -> None:
    rows = columns(0, ints([1, 1, 2, 2]), 0, 0, ints([1, -1, 1, -1]), ints([50, -50, 50, -20]))
    assert _rows(summed(rows)) == [(0, 2, 0, 0, 0, 30)]


def test_nothing_comes_to_nothing() -> None:
    assert _rows(summed(joined([]))) == []
    assert _rows(summed(columns(3, ints([]), 0, 0, 1, 0))) == []


@pytest.mark.parametrize("seed", range(20))
def test_sums_are_those_of_a_dictionary(seed: int) -> None:
    """Negative numbers, far ones, and values beyond what a 64-bit float holds exactly."""
    draw = random.Random(seed)
    days = [draw.randrange(-30_000, 30_000) for _ in range(5)]
    rows = [
        (draw.randrange(3), draw.choice(days), draw.randrange(4), draw.randrange(2), draw.randrange(-2, 3),
         draw.randrange(-(10**17), 10**17))
        for _ in range(draw.randrange(1, 60))
    ]  # fmt: skip
    expected: defaultdict[tuple[int, ...], list[int]] = defaultdict(lambda: [0, 0])
    for *key, n, value in rows:
        expected[tuple(key)][0] += n
        expected[tuple(key)][1] += value
    wanted = [(*key, n, value) for key, (n, value) in sorted(expected.items()) if n or value]
    assert _rows(summed(Columns._make(ints(column) for column in zip(*rows, strict=True)))) == wanted


def test_texts_take_the_place_of_their_numbers() -> None:
    rows = columns(ints([0, 1]), 7, ints([1, 0]), 1, 3, 4)
    assert list(rows.named(["kept", "orders"], ["", "jd"])) == [
        ("kept", 7, "jd", "jd", 3, 4),
        ("orders", 7, "", "jd", 3, 4),
    ]
