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
        f"{_READ.en} In which state is the low-stock alert at {moments[-1]}?",
        f"{_READ.zh}{moments[-1]} 时，“库存不足”告警处于什么状态？",
    )
    because = _because(world, series)
    reasons = [_why(because, series.alert.state, state) for state in _ASKED]
    content = pick([ALERT_NAMES[state] for state in _ASKED], _ASKED.index(series.alert.state), reasons)
    return Built("single", stem, content, exhibit)


_READ = Prose(
    "Stock is read every five minutes, and only readings count; before the first one everything was in order.",
    "库存每 5 分钟读取一次，以读数为准；首次读数之前一切正常。",
)
_RUNG = Prose(
    f"{_READ.en} How many times was a low-stock alert **raised** in this time?",
    f"{_READ.zh}这段时间内，“库存不足”告警**触发**了几次？",
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
        # "In order" has to be earned: by an alert that ended, or by more than one dip that was too short.
        dips = 2 if ask == "rung" or (state is AlertState.NORMAL and not rung) else 1
        fits = series.dips >= dips and (alert.state is state if ask == "state" else rung == times)
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


def _because(world: Context, series: _Series) -> Prose:
    """Why the alert stands where it does after the last reading, with the moment that decides."""
    alert = series.alert
    since = m.moment(world, alert.since_at)[-5:]
    match alert.state:
        case AlertState.PENDING:
            return Prose(
                f"stock has been below the limit since {since}, which isn't 10 minutes yet.",
                f"库存从 {since} 起低于下限，还没满 10 分钟。",
            )
        case AlertState.ALERTING:
            raised = m.moment(world, alert.raised_at or 0)[-5:]
            begun = Prose(f"at {raised} a breach had lasted 10 minutes;", f"{raised} 时越限已满 10 分钟，")
            last = series.values[-1]
            if last < series.limit:
                return Prose(
                    f"{begun.en} the alert hasn't ended since, and stock is below the limit.",
                    f"{begun.zh}此后告警没有结束，目前低于下限。",
                )
            return Prose(
                f"{begun.en} stock isn't below the limit any more, but {last} isn't clearly back.",
                f"{begun.zh}目前虽不低于下限，但 {last} 件不算明显恢复。",
            )
        case AlertState.RECOVERING:
            return Prose(
                f"it was alerting; stock has been clearly back since {since}, which isn't 30 minutes yet.",
                f"此前在告警；{since} 起库存明显恢复，还没满 30 分钟。",
            )
        case _ if series.rung:
            return Prose(
                f"the alert ended at {since}, when stock had been clearly back for 30 minutes; no breach has lasted 10 "
                "minutes since.",
                f"{since} 时明显恢复已满 30 分钟，告警结束；此后没有持续满 10 分钟的越限。",
            )
        case _:
            return Prose(
                "no breach lasted 10 minutes, so no alert was raised.", "没有一次越限持续满 10 分钟，所以没有触发告警。"
            )


def _why(because: Prose, key: AlertState, state: AlertState) -> Prose:
    if state is not key:
        return Prose(f"It is “{ALERT_NAMES[key].en}”: {because.en}", f"应为“{ALERT_NAMES[key].zh}”：{because.zh}")
    return Prose(because.en[0].upper() + because.en[1:], because.zh)


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
