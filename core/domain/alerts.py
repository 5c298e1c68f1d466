"""Stock alerts: what is looked at, and the machine that keeps a flickering figure from flickering as an alert."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

_HAIR = 1e-9  # 50 × 1.1 is a hair above 55 in floating point


class AlertKind(StrEnum):
    """What can be wrong with a SKU's stock in a warehouse."""

    LOW = "low"
    HIGH = "high"
    EXPIRING = "expiring"
    STOCK_OUT = "stock_out"


ALERT_KIND_LABELS = MappingProxyType(
    {
        AlertKind.LOW: "Low stock",
        AlertKind.HIGH: "Too much stock",
        AlertKind.EXPIRING: "Expires soon",
        AlertKind.STOCK_OUT: "Stock-out ahead",
    }
)


class AlertState(StrEnum):
    """Where an alert stands; pending and recovering are the time it takes to be believed."""

    NORMAL = "normal"
    PENDING = "pending"
    ALERTING = "alerting"
    RECOVERING = "recovering"
    NO_DATA = "no_data"


ALERT_STATE_LABELS = MappingProxyType(
    {
        AlertState.NORMAL: "In order",
        AlertState.PENDING: "Being watched",
        AlertState.ALERTING: "Alerting",
        AlertState.RECOVERING: "Easing",
        AlertState.NO_DATA: "No data",
    }
)


class AlertFact(StrEnum):
    """What can have happened to an alert; the event log's kinds."""

    RAISED = "StockAlertRaised"
    RESOLVED = "StockAlertResolved"
    LOST = "StockAlertLost"
    ACKNOWLEDGED = "StockAlertAcknowledged"
    THRESHOLD_SET = "ThresholdSet"


class Reading(StrEnum):
    """What a look at the figure says: beyond its limit, clearly within it, in between, or that nothing is known."""

    BREACH = "breach"
    BETWEEN = "between"
    CLEAR = "clear"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AlertPolicy:
    """How patient alerts are. Units: seconds; `hysteresis` is a share of the limit, 0..1.

    `pending_s` is how long a breach has to last before it alerts, `recovering_s` how long it has to be over, by the
    hysteresis beyond the limit, before the alert ends.
    """

    pending_s: int
    recovering_s: int
    hysteresis: float


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert as it stands: its state, since when, and when it was raised if it is on."""

    state: AlertState = AlertState.NORMAL
    since_at: int = 0
    raised_at: int | None = None


def read_below(value: float, limit: float, hysteresis: float) -> Reading:
    """A figure that must not fall below its limit: low stock."""
    if value < limit:
        return Reading.BREACH
    return Reading.CLEAR if value >= limit * (1 + hysteresis) - _HAIR else Reading.BETWEEN


def read_above(value: float, limit: float, hysteresis: float) -> Reading:
    """A figure that must not rise above its limit: overstock, units that expire, the chance of a stock-out."""
    if value > limit:
        return Reading.BREACH
    return Reading.CLEAR if value <= limit * (1 - hysteresis) + _HAIR else Reading.BETWEEN


def step(alert: Alert, reading: Reading, now: int, policy: AlertPolicy) -> tuple[Alert, AlertFact | None]:
    """Where an alert goes with a new reading, and the fact that this is, if it is one.

    normal → pending → alerting → recovering → normal; a breach while recovering goes back to alerting without a new
    alert, in between nothing changes while it is on, and without data it is unknown until there is some again.
    """
    state = alert.state
    on = alert.raised_at is not None
    if reading is Reading.UNKNOWN:
        if state is AlertState.NO_DATA:
            return alert, None
        return Alert(AlertState.NO_DATA, now), AlertFact.LOST if on else None
    if reading is Reading.BREACH:
        return _breached(alert, now, policy)
    if state is AlertState.ALERTING:
        if reading is Reading.BETWEEN:
            return alert, None
        alert = Alert(AlertState.RECOVERING, now, alert.raised_at)
    if alert.state is AlertState.RECOVERING:
        if reading is Reading.CLEAR and now - alert.since_at >= policy.recovering_s:
            return Alert(AlertState.NORMAL, now), AlertFact.RESOLVED
        return alert, None
    return (alert if alert.state is AlertState.NORMAL else Alert(AlertState.NORMAL, now)), None


def _breached(alert: Alert, now: int, policy: AlertPolicy) -> tuple[Alert, AlertFact | None]:
    if alert.state is AlertState.ALERTING:
        return alert, None
    if alert.state is AlertState.RECOVERING:
        return Alert(AlertState.ALERTING, now, alert.raised_at), None
    pending = alert if alert.state is AlertState.PENDING else Alert(AlertState.PENDING, now)
    if now - pending.since_at >= policy.pending_s:
        return Alert(AlertState.ALERTING, now, now), AlertFact.RAISED
    return pending, None
