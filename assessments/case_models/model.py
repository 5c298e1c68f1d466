"""What a case model is: parameters it takes, and a situation with several questions about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.item_models.model import Built, problem_with
from assessments.prose import Prose
from core.context import Context


@dataclass(frozen=True, slots=True)
class BuiltCase:
    """A concrete situation out of a world, and every question that can be asked about it.

    Shape: `questions` by the names that a bank's items give as `ask`; their figures come from the same situation.
    """

    situation: Prose
    exhibits: tuple[Exhibit, ...]
    questions: Mapping[str, Built]


@dataclass(frozen=True, slots=True)
class CaseModel:
    """One kind of situation at work.

    Shape: `asks` names its questions; `params` maps each parameter to the values it may have, the default first;
    `build` gets the world to work in, a generator of its own and all parameters.
    """

    name: str
    asks: tuple[str, ...]
    params: Mapping[str, tuple[Any, ...]]
    build: Callable[[Context, random.Random, Mapping[str, Any]], BuiltCase]

    def problem_in(self, params: Mapping[str, Any]) -> str | None:
        """What is wrong with a bank's parameters, or None."""
        return problem_with(params, self.params)

    def built(self, world: Context, rng: random.Random, params: Mapping[str, Any]) -> BuiltCase:
        """The case for one person; the same world, generator and parameters always give the same one."""
        defaults = {name: allowed[0] for name, allowed in self.params.items()}
        case = self.build(world, rng, {**defaults, **params})
        assert set(case.questions) == set(self.asks), self.name
        return case
