"""The fractions that Moodle knows: others are refused there, so they are found out before."""

from __future__ import annotations

# Source: Moodle 4.5, question/engine/bank.php; the same below 0.
KNOWN = (
    1.0, 0.9, 0.8333333, 0.8, 0.75, 0.7, 0.6666667, 0.6, 0.5, 0.4, 0.3333333,
    0.3, 0.25, 0.2, 0.1666667, 0.1428571, 0.125, 0.1111111, 0.1, 0.05, 0.0,
)  # fmt: skip
ROUNDING = 0.005
"""How far a fraction of another system may lie beside a known one, as 33.3% does."""
EXACT = 0.001
"""How far a fraction of ours may: a third is written 0.3334 once, so that three make a whole."""
_SAME = 1e-6


def nearest(fraction: float) -> float:
    """The known fraction that lies nearest."""
    found = min(KNOWN, key=lambda known: abs(known - abs(fraction)))
    return found if fraction >= 0 or found == 0 else -found


def is_known(fraction: float) -> bool:
    """Whether Moodle takes this fraction as it is."""
    return abs(nearest(fraction) - fraction) <= _SAME


def percent(fraction: float) -> str:
    """A fraction in percent with the digits that Moodle writes."""
    return format(round(fraction * 100, 5), ".15g")


def plain_number(number: float) -> str:
    """A number without an exponent and without noise."""
    text = format(number, ".15g")
    if "e" in text:
        text = format(number, ".20f").rstrip("0").rstrip(".")
    return text
