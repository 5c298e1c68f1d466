"""Sums of whole numbers under keys of numbers and texts, column by column: thousands of keys in a few steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


class Codes(dict[str, int]):
    """Numbers texts in the order in which they turn up: `codes[text]` is a text's number, old or new."""

    def __missing__(self, text: str) -> int:
        number = self[text] = len(self)
        return number

    def ranks(self) -> tuple[Ints, list[str]]:
        """Where each text comes in the order of the texts, by its number; and the texts in that order."""
        texts = sorted(self)
        ranks = np.empty(len(texts), dtype=np.int64)
        ranks[[self[text] for text in texts]] = np.arange(len(texts))
        return ranks, texts


class Columns(NamedTuple):
    """Counts `n` and values under keys of four numbers each. Shape: all of one length."""

    metric: Ints
    at: Ints
    a: Ints
    b: Ints
    n: Ints
    value: Ints

    def those(self, wanted: npt.NDArray[np.bool_]) -> Columns:
        """The rows that are wanted."""
        return Columns(*(column[wanted] for column in self))

    def named(self, metrics: Sequence[str], words: Sequence[str]) -> Iterator[tuple[str, int, str, str, int, int]]:
        """The rows with texts instead of their numbers."""
        metric, at, a, b, n, value = (column.tolist() for column in self)
        names, first, second = map(metrics.__getitem__, metric), map(words.__getitem__, a), map(words.__getitem__, b)
        return zip(names, at, first, second, n, value, strict=True)


def columns(*parts: Ints | int) -> Columns:
    """Columns of which some may hold one number all the way down."""
    length = next(len(part) for part in parts if not isinstance(part, int))
    table = np.empty((len(parts), length), dtype=np.int64)
    for column, part in zip(table, parts, strict=True):
        column[:] = part
    return Columns._make(table)


def joined(parts: Sequence[Columns]) -> Columns:
    """Columns one below the other."""
    if not parts:
        return Columns._make(np.zeros((len(Columns._fields), 0), dtype=np.int64))
    return Columns._make(map(np.concatenate, zip(*parts, strict=True)))


def summed(rows: Columns) -> Columns:
    """One row per key, in the order of the keys, with what all its rows come to; none where that is nothing.

    Why: the four numbers of a key fit into one of 64 bits with room to spare, and sorting plain numbers is fast.
    """
    if not len(rows.n):
        return rows
    key, width = np.zeros(len(rows.n), dtype=np.int64), 1
    for column in rows[:4]:
        least = int(column.min())
        span = int(column.max()) - least + 1
        width *= span
        key = key * span + (column - least)
    assert width < 1 << 63, width
    order = np.argsort(key)
    key = key[order]
    starts = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    n, value = np.add.reduceat(rows.n[order], starts), np.add.reduceat(rows.value[order], starts)
    left = (n != 0) | (value != 0)
    first = order[starts[left]]
    return Columns(rows.metric[first], rows.at[first], rows.a[first], rows.b[first], n[left], value[left])


def ints(values: Iterable[int]) -> Ints:
    """Whole numbers as a column."""
    return np.array(list(values), dtype=np.int64)
