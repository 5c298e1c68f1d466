"""ABC by share of value, XYZ by variation, and what is due for a cycle count."""

from __future__ import annotations

import pytest

from core.domain.classes import Abc, ClassPolicy, Xyz, abc_of, days_overdue, variation, xyz_of

POLICY = ClassPolicy(a_share=0.80, b_share=0.95, x_variation=0.5, y_variation=1.0, least_weeks=8)


@pytest.mark.parametrize(
    ("values", "classes"),
    [
        ((60, 20, 10, 6, 4), "AABBC"),  # 0, 60, 80, 90, 96 per cent lie before them
        ((90, 8, 2), "ABC"),
        ((100,), "A"),
        ((1, 1, 1, 1, 1), "AAAAB"),
        ((0, 0), "CC"),
        ((4, 6, 10, 20, 60), "CBBAA"),  # whatever their order
        ((96, 4, 0), "ACC"),
    ],
)
def test_abc(values: tuple[int, ...], classes: str) -> None:
    found = abc_of(dict(enumerate(values)), POLICY)
    assert "".join(found[i] for i in range(len(values))) == classes


def test_abc_of_nothing() -> None:
    assert abc_of({}, POLICY) == {}


def test_variation_is_the_samples() -> None:
    """Mean 5, squared deviations 9 + 1 + 1 + 1 + 0 + 0 + 4 + 16 = 32 over 7."""
    assert variation([2, 4, 4, 4, 5, 5, 7, 9]) == pytest.approx((32 / 7) ** 0.5 / 5)
    assert variation([3]) is None
    assert variation([0, 0]) is None


@pytest.mark.parametrize(
    ("weekly", "wanted"),
    [
        ([10] * 8, Xyz.X),
        ([5, 15] * 4, Xyz.Y),  # 0.53
        ([0, 0, 0, 40] * 2, Xyz.Z),
        ([0] * 8, Xyz.Z),
        ([10] * 7, None),
    ],
)
def test_xyz(weekly: list[int], wanted: Xyz | None) -> None:
    assert xyz_of(weekly, POLICY) is wanted


def test_due_by_its_class() -> None:
    day = 86_400
    assert days_overdue(0, 45 * day, 30) == 15
    assert days_overdue(0, 10 * day, 30) == -20
    assert days_overdue(None, 0, 30) == float("inf")
    assert Abc("A") is Abc.A
