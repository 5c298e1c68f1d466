"""The alert machine: a breach has to last, an end has to be clear, and a flicker is neither."""

from __future__ import annotations

import pytest

from core.domain.alerts import Alert, AlertFact, AlertPolicy, AlertState, Reading, read_above, read_below, step

POLICY = AlertPolicy(pending_s=600, recovering_s=1_800, hysteresis=0.1)
B, H, C, U = Reading.BREACH, Reading.BETWEEN, Reading.CLEAR, Reading.UNKNOWN


def told(readings: str, every: int = 300, policy: AlertPolicy = POLICY) -> tuple[str, list[AlertFact]]:
    """The states and facts of readings at even intervals. Shape: one letter per reading and state."""
    letters = {"b": B, "h": H, "c": C, "u": U}
    shown = {"normal": "n", "pending": "p", "alerting": "a", "recovering": "r", "no_data": "?"}
    alert, states, facts = Alert(), "", []
    for turn, letter in enumerate(readings):
        alert, fact = step(alert, letters[letter], turn * every, policy)
        states += shown[alert.state]
        facts += [fact] if fact else []
    return states, facts


RAISED, RESOLVED, LOST = AlertFact.RAISED, AlertFact.RESOLVED, AlertFact.LOST


@pytest.mark.parametrize(
    ("readings", "states", "facts"),
    [
        ("cccc", "nnnn", []),
        ("bbbb", "ppaa", [RAISED]),
        ("bcbcbc", "pnpnpn", []),  # a flicker never alerts
        ("bhb", "pnp", []),
        ("bbbcccccccc", "ppa" + "rrrrrr" + "nn", [RAISED, RESOLVED]),
        ("bbbhhhh", "ppaaaaa", [RAISED]),  # within the limit, but not clearly
        ("bbbcbccb", "pparar" + "ra", [RAISED]),  # one alert, however it flickers
        ("bbbchcccccc", "ppa" + "rrrrrr" + "nn", [RAISED, RESOLVED]),
        ("uuu", "???", []),
        ("ubbb", "?ppa", [RAISED]),
        ("uc", "?n", []),
        ("bbbu", "ppa?", [RAISED, LOST]),
        ("bu", "p?", []),
        ("bbbcu", "ppar?", [RAISED, LOST]),
        ("h", "n", []),
    ],
)
def test_stories(readings: str, states: str, facts: list[AlertFact]) -> None:
    assert told(readings) == (states, facts)


def test_without_patience_it_alerts_at_once() -> None:
    assert told("bc", policy=AlertPolicy(0, 0, 0)) == ("an", [RAISED, RESOLVED])


def test_nothing_changes_while_nothing_changes() -> None:
    """The same alert comes back, so that there is nothing to write."""
    for alert, reading in (
        (Alert(), C),
        (Alert(AlertState.ALERTING, 5, 5), B),
        (Alert(AlertState.PENDING, 0), B),
        (Alert(AlertState.NO_DATA, 3), U),
        (Alert(AlertState.RECOVERING, 0, 5), C),
    ):
        assert step(alert, reading, 60, POLICY)[0] is alert


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [(9, B, C), (10, H, H), (10.9, H, B), (11, C, B), (9.5, B, H), (9.1, B, H), (8.9, B, C), (0, B, C)],
)
def test_readings_of_a_limit_of_ten(value: float, below: Reading, above: Reading) -> None:
    assert (read_below(value, 10, 0.1), read_above(value, 10, 0.1)) == (below, above)


def test_a_tenth_beyond_the_limit_is_clear_whatever_the_limit() -> None:
    for limit in range(10, 500, 10):
        assert read_below(limit + limit // 10, limit, 0.1) is Reading.CLEAR
        assert read_below(limit + limit // 10 - 1, limit, 0.1) is Reading.BETWEEN
        assert read_above(limit - limit // 10, limit, 0.1) is Reading.CLEAR


def test_a_limit_of_nothing() -> None:
    assert (read_below(0, 0, 0.1), read_above(0, 0, 0.1), read_above(1, 0, 0.1)) == (C, C, B)
