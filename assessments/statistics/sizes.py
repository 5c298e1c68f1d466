"""How many people a figure needs before it says something, and what to call fewer."""

from __future__ import annotations

TOO_FEW = 10
"""Below this many people no verdict is given: a figure of theirs can be anything."""

SMALL = 30
"""Below this many people a figure is shown and called small."""

MODEL_LEAST = 200
"""Below this many people no response model is fitted. Source: Drasgow 1989, 200 for two parameters and short tests."""

GROUP_LEAST = 20
"""Below this many people in either group the groups are not compared item by item."""


def is_small(n: int) -> bool:
    """Whether a figure resting on so many people is to be called small."""
    return n < SMALL


def is_too_few(n: int) -> bool:
    """Whether so many people are too few to say anything."""
    return n < TOO_FEW
