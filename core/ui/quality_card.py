"""The card that says how exact a score is, for everybody who looks at a result."""

from __future__ import annotations

from core.ui.cards import metric_card
from core.ui.i18n import format_number, t


def quality_card(n: int, reliability: float | None, error: float | None, most: float) -> None:
    """How far chance moves a score of this test.

    Units: reliability (Cronbach's alpha) up to 1; error and most in marks. Both None while `n` people are too few.
    """
    label, key = t("How exact the score is"), "quality"
    if error is None or reliability is None:
        few = t("Told once more people have taken this test; so far there are {n}.", n=n)
        metric_card(label, "–", definition=few, key=key, tone="quiet")
        return
    definition = t(
        "Chance moves the score of two of three people by no more than this, of {most} marks. Reliability {alpha} of"
        " 100, told from {n} people.",
        most=format_number(most, 0 if most == int(most) else 1),
        alpha=format_number(100 * reliability, 0),
        n=n,
    )
    metric_card(label, t("± {n} marks", n=format_number(error, 1)), definition=definition, key=key)
