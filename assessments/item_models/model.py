"""What an item model is: parameters it takes, and a question built from a practice world."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import Exhibit
from assessments.prose import Prose
from assessments.questions import Content
from core.context import Context


@dataclass(frozen=True, slots=True)
class Built:
    """A concrete question out of a world, without the item's own data."""

    kind: str
    stem: Prose
    content: Content
    exhibit: Exhibit | None = None


@dataclass(frozen=True, slots=True)
class ItemModel:
    """One way of asking about a world.

    Shape: `params` maps each parameter to the values it may have, the default first; `build` gets the world to read,
    a generator of its own and all parameters.
    """

    name: str
    params: Mapping[str, tuple[Any, ...]]
    build: Callable[[Context, random.Random, Mapping[str, Any]], Built]

    def problem_in(self, params: Mapping[str, Any]) -> str | None:
        """What is wrong with a bank's parameters, or None."""
        return problem_with(params, self.params)

    def built(self, world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
        """A question for one person; the same world, generator and parameters always give the same one."""
        defaults = {name: allowed[0] for name, allowed in self.params.items()}
        return self.build(world, rng, {**defaults, **params})


def problem_with(params: Mapping[str, Any], allowed: Mapping[str, tuple[Any, ...]]) -> str | None:
    """What is wrong with the parameters a bank gives a model, or None."""
    for name, value in params.items():
        if name not in allowed:
            return f"unknown parameter {name}"
        if not any(value == one and type(value) is type(one) for one in allowed[name]):
            return f"{name} is {value}, wanted one of {', '.join(map(str, allowed[name]))}"
    return None
