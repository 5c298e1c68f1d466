"""A stock alert after an hour or two of readings: where it stands, and how often it rang."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assessments.exhibits import LINE, Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears, pick
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.warehouse_labels import ALERT_NAMES
from assessments.prose import Prose
from assessments.questions import Numeric
from core.context import Context
from core.domain.alerts import Alert, AlertFact, AlertState, Reading, read_below, step
from core.services.stock_policies import stock_policy

_EVERY = 300  # seconds between two readings
_READINGS = 14
_MOST_TRIES = 2_000
_ASKED = (AlertState.NORMAL, AlertState.PENDING, AlertState.ALERTING, AlertState.RECOVERING)


@dataclass(frozen=True, slots=True)
class _Series:
    """Readings in turn, the alert after the last of them, and how often it was raised."""

    limit: int
    values: tuple[int, ...]
    alert: Alert
    rung: int

    @property
    def dips(self) -> int:
        """How often stock fell below the limit."""
        low = [value < self.limit for value in self.values]
        return sum(now and not before for now, before in zip(low, [False, *low], strict=False))


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """Stock read every five minutes; asked is what the product's own machine makes of it."""
    (goods,) = m.goods_of(world, rng, 1)
    start = world.now - world.now % _EVERY
    series = _chosen(rng, start, params["ask"])
    moments = [m.moment(world, start + place * _EVERY)[-5:] for place in range(_READINGS)]
    exhibit = Exhibit(
        Prose(
            f"Available units of {goods.name.en} ({goods.code}); low limit {series.limit}, clearly back from "
            f"{series.limit + series.limit // 10}",
            f"{goods.name.zh}（{goods.code}）的可用件数；下限 {series.limit}，回到 "
            f"{series.limit + series.limit // 10} 才算明显恢复",
        ),
        (Prose("Time", "时间"), Prose("Available", "可用")),
        tuple(m.words(moment, str(value)) for moment, value in zip(moments, series.values, strict=True)),
        chart=LINE,
    )
    if params["ask"] == "rung":
        return Built("numeric", _RUNG, _times(series), exhibit)
    stem = Prose(
        f"In which state is the low-stock alert at {moments[-1]}? Before the first reading everything was in order.",
        f"{moments[-1]} 时，“库存不足”告警处于什么状态？首次读数之前一切正常。",
    )
    reasons = [_why(series, state, start) for state in _ASKED]
    content = pick([ALERT_NAMES[state] for state in _ASKED], _ASKED.index(series.alert.state), reasons)
    return Built("single", stem, content, exhibit)


_RUNG = Prose(
    "How many times was a low-stock alert **raised** in this time? Before the first reading everything was in order.",
    "这段时间内，“库存不足”告警**触发**了几次？首次读数之前一切正常。",
)


def followed(values: tuple[int, ...], limit: int, start: int) -> tuple[Alert, int] | None:
    """The alert after all readings and how often it was raised, by the product's machine.

    None where a figure hovers in between while the alert eases, which few people would read alike.
    """
    policy = stock_policy().patience
    alert, rung = Alert(), 0
    for place, value in enumerate(values):
        reading = read_below(value, limit, policy.hysteresis)
        alert, fact = step(alert, reading, start + place * _EVERY, policy)
        rung += fact is AlertFact.RAISED
        if alert.state is AlertState.RECOVERING and reading is Reading.BETWEEN:
            return None
    return alert, rung


def _chosen(rng: random.Random, start: int, ask: str) -> _Series:
    """A series that ends in a state drawn beforehand, or rings a number of times drawn beforehand."""
    limit = rng.randrange(20, 100, 10)
    state, times = rng.choice(_ASKED), rng.choice((0, 1, 1, 2))
    for _ in range(_MOST_TRIES):
        values = _drawn(rng, limit)
        found = followed(values, limit, start)
        if found is None:
            continue
        alert, rung = found
        series = _Series(limit, values, alert, rung)
        fits = alert.state is state and series.dips >= 1 if ask == "state" else rung == times and series.dips >= 2
        if fits:
            return series
    raise LookupError("no series of readings suits")


def _drawn(rng: random.Random, limit: int) -> tuple[int, ...]:
    """Stock that stays below, between or clear of its limit for some readings each."""
    slack = limit // 10
    values: list[int] = []
    while len(values) < _READINGS:
        reading = rng.choice((Reading.BREACH, Reading.BREACH, Reading.CLEAR, Reading.CLEAR, Reading.BETWEEN))
        for _ in range(rng.choice((1, 2, 3, 4, 7))):
            if reading is Reading.BREACH:
                values.append(limit - rng.randint(1, 8))
            elif reading is Reading.CLEAR:
                values.append(limit + slack + rng.randint(1, 9))
            else:
                values.append(limit + rng.randint(0, slack - 1))
    return tuple(values[:_READINGS])


def _why(series: _Series, state: AlertState, start: int) -> Prose:
    key = series.alert.state
    if state is not key:
        return Prose(
            f"It is “{ALERT_NAMES[key].en}”: {_BECAUSE[key].en}", f"应为“{ALERT_NAMES[key].zh}”：{_BECAUSE[key].zh}"
        )
    return Prose(_BECAUSE[key].en[0].upper() + _BECAUSE[key].en[1:], _BECAUSE[key].zh)


_BECAUSE: Mapping[AlertState, Prose] = {
    AlertState.NORMAL: Prose(
        "no breach has lasted 10 minutes since, or stock has been clearly back for 30.",
        "此后没有持续满 10 分钟的越限，或明显恢复已满 30 分钟。",
    ),
    AlertState.PENDING: Prose(
        "stock is below the limit, but not yet for 10 minutes.", "库存低于下限，但还没满 10 分钟。"
    ),
    AlertState.ALERTING: Prose(
        "a breach lasted 10 minutes, and since then stock hasn't come clearly back, or has fallen again before the 30 "
        "minutes were over.",
        "越限已满 10 分钟，此后一直没有明显恢复，或未满 30 分钟又跌破下限。",
    ),
    AlertState.RECOVERING: Prose(
        "it was alerting; stock came clearly back, but hasn't been so for 30 minutes yet.",
        "曾在告警，库存已明显恢复，但还没满 30 分钟。",
    ),
}


def _times(series: _Series) -> Numeric:
    below = sum(value < series.limit for value in series.values)
    mistakes = (
        (
            series.dips,
            0.0,
            Prose(
                "Not every fall below the limit lasts 10 minutes or begins after the last alert has ended.",
                "并非每次跌破下限都持续满 10 分钟，上一次告警结束前的也不算新告警。",
            ),
        ),
        (below, 0.0, Prose("These are the readings below the limit.", "这是低于下限的读数个数。")),
        (
            series.rung + 1,
            0.0,
            Prose(
                "One too many: a short breach is only watched, and one while easing goes back to alerting without a "
                "new alert.",
                "多算了一次：短暂越限只是“观察中”，“恢复中”再次越限也不另发新告警。",
            ),
        ),
    )
    reason = Prose(
        "An alert is raised once a breach has lasted 10 minutes; a new one only after the last has ended, that "
        "is after "
        f"30 minutes clearly back. Here: {series.rung}.",
        f"越限满 10 分钟才触发；明显恢复满 30 分钟、上一次结束之后，才会有新的告警。本例为 {series.rung} 次。",
    )
    return Numeric(series.rung, 0, Prose("times", "次"), reason, nears(series.rung, 0, mistakes))


MODEL = ItemModel("alert_after", {"ask": ("state", "rung")}, build)
