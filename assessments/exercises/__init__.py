"""The catalogue of exercises, in the order in which they are learnt."""

from __future__ import annotations

from assessments.exercise import Exercise
from assessments.exercises import cancel_and_free, review_and_confirm, wrong_address
from core.domain.errors import NotFound

EXERCISES: tuple[Exercise, ...] = (
    review_and_confirm.EXERCISE,
    wrong_address.EXERCISE,
    cancel_and_free.EXERCISE,
)

_BY_KEY = {exercise.key: exercise for exercise in EXERCISES}


def exercise_named(key: str) -> Exercise:
    """The exercise of this name. Raises: NotFound."""
    if (exercise := _BY_KEY.get(key)) is None:
        raise NotFound("There is no exercise {key}.", key=key)
    return exercise
