"""What an item model is: parameters it takes, and a question built from a practice world."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from assessments.prose import Prose
from assessments.questions import Content, Exhibit
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

    Shape: `params` maps each parameter to its default, whose type a value must have; `build` gets the world
    to read, a generator of its own and all parameters.
    """

    name: str
    params: Mapping[str, Any]
    build: Callable[[Context, random.Random, Mapping[str, Any]], Built]

    def problem_in(self, params: Mapping[str, Any]) -> str | None:
        """What is wrong with a bank's parameters, or None."""
        for name, value in params.items():
            if name not in self.params:
                return f"unknown parameter {name}"
            wanted = type(self.params[name])
            if type(value) is not wanted and not (wanted is float and type(value) is int):
                return f"{name} should be {wanted.__name__}"
        return None

    def built(self, world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
        """A question for one person; the same world, generator and parameters always give the same one."""
        return self.build(world, rng, {**self.params, **params})
