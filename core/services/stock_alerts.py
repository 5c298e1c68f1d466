"""Stock alerts: looked at by the clock and on demand, raised once they last, acknowledged by people."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select, text

from core.context import Context
from core.db.alert_tables import stock_alert
from core.db.history import actor_name, record
from core.db.world_tables import sku, warehouse
from core.db.worlds import write_meta
from core.domain.alerts import Alert, AlertFact, AlertKind, AlertState, Reading, read_above, read_below, step
from core.domain.errors import NotFound, RuleViolation
from core.services.demand import Place
from core.services.stock_outlook import Outlook, outlooks
from core.services.stock_policies import stock_policy

Key = tuple[int, int, AlertKind]  # (SKU, warehouse, kind)
_a = stock_alert.c
_WRITE = text(
    "INSERT INTO stock_alert (sku_id, warehouse_id, kind, state, since_at, raised_at) VALUES (:sku_id, :warehouse_id,"
    " :kind, :state, :since_at, :raised_at) ON CONFLICT (sku_id, warehouse_id, kind) DO UPDATE SET"
    " state = excluded.state, since_at = excluded.since_at, raised_at = excluded.raised_at, acknowledged_at = CASE"
    " WHEN excluded.raised_at = stock_alert.raised_at THEN stock_alert.acknowledged_at END, acknowledged_by = CASE"
    " WHEN excluded.raised_at = stock_alert.raised_at THEN stock_alert.acknowledged_by END"
)


@dataclass(frozen=True, slots=True)
class Observation:
    """What a look at one figure says; units, except for the chance of a stock-out, which is 0..1."""

    key: Key
    reading: Reading
    value: float | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class _Change:
    observation: Observation
    alert: Alert
    fact: AlertFact | None


def observe(outlook: Outlook) -> Iterator[Observation]:
    """What can be said of a SKU's stock in a warehouse now."""
    policy = stock_policy()
    slack = policy.patience.hysteresis
    sku_id, warehouse_id = outlook.place
    limits, chance = outlook.threshold, outlook.stock_out_chance
    if limits is not None:
        reading = read_below(outlook.available, limits.low, slack)
        yield Observation((sku_id, warehouse_id, AlertKind.LOW), reading, outlook.available, limits.low)
    if limits is not None and limits.high is not None:
        reading = read_above(outlook.available, limits.high, slack)
        yield Observation((sku_id, warehouse_id, AlertKind.HIGH), reading, outlook.available, limits.high)
    if outlook.expiring is not None:
        reading = read_above(outlook.expiring, 0, slack)
        yield Observation((sku_id, warehouse_id, AlertKind.EXPIRING), reading, outlook.expiring, 0)
    key = (sku_id, warehouse_id, AlertKind.STOCK_OUT)
    if chance is None:
        yield Observation(key, Reading.UNKNOWN, None, None)
    else:
        reading = read_above(chance, policy.stock_out_probability, slack)
        yield Observation(key, reading, chance, policy.stock_out_probability)


def _kept(ctx: Context) -> dict[Key, Row[Any]]:
    rows = ctx.db.execute(select(stock_alert))
    return {(row.sku_id, row.warehouse_id, AlertKind(row.kind)): row for row in rows}


def _alert_of(row: Row[Any] | None) -> Alert:
    return Alert() if row is None else Alert(AlertState(row.state), row.since_at, row.raised_at)


def _changes(ctx: Context, found: Iterable[Outlook], kept: dict[Key, Row[Any]]) -> list[_Change]:
    """What the clock and the figures have changed since the last look; last, alerts on what nobody minds any more."""
    patience = stock_policy().patience
    changes: list[_Change] = []
    left = set(kept)
    for observation in (one for outlook in found for one in observe(outlook)):
        left.discard(observation.key)
        before = _alert_of(kept.get(observation.key))
        after, fact = step(before, observation.reading, ctx.now, patience)
        if after != before:
            changes.append(_Change(observation, after, fact))
    for key in sorted(left):  # its threshold was taken away, or its last lot is gone
        before = _alert_of(kept[key])
        if before.state not in (AlertState.NORMAL, AlertState.NO_DATA):
            fact = AlertFact.RESOLVED if before.raised_at is not None else None
            gone = Observation(key, Reading.CLEAR, None, None)
            changes.append(_Change(gone, Alert(AlertState.NORMAL, ctx.now), fact))
    return changes


def alerts_behind(ctx: Context) -> bool:
    """Whether the alerts would change if somebody looked now; nothing is written. Raises: NotAllowed."""
    return bool(_changes(ctx, outlooks(ctx).values(), _kept(ctx)))


def evaluate_alerts(ctx: Context) -> int:
    """Looks at all stock and brings the alerts up to date; gives how many were raised.

    Raises: NotAllowed.
    """
    ctx.actor.need("stock.threshold")
    write_meta(ctx.db, alerts_at=ctx.now)  # on PostgreSQL the second of two who look at once waits here
    changes = _changes(ctx, outlooks(ctx).values(), _kept(ctx))
    for change in changes:
        if change.fact is not None:
            sku_id, warehouse_id, kind = change.observation.key
            data = {
                "warehouse": warehouse_id,
                "kind": kind.value,
                "value": change.observation.value,
                "limit": change.observation.limit,
            }
            record(ctx, change.fact, f"sku:{sku_id}", data)
    rows = [
        {
            "sku_id": change.observation.key[0],
            "warehouse_id": change.observation.key[1],
            "kind": change.observation.key[2].value,
            "state": change.alert.state.value,
            "since_at": change.alert.since_at,
            "raised_at": change.alert.raised_at,
        }
        for change in changes
    ]
    if rows:
        ctx.db.execute(_WRITE, rows)
    return sum(change.fact is AlertFact.RAISED for change in changes)


def acknowledge_alert(ctx: Context, alert_id: int) -> None:
    """Says that somebody has seen an alert and deals with it.

    Raises: NotAllowed, NotFound, RuleViolation when it isn't on, or somebody did already.
    """
    ctx.actor.need("stock.threshold")
    row = ctx.db.execute(select(stock_alert).where(_a.id == alert_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("This alert isn't here any more.")
    if row.raised_at is None:
        raise RuleViolation("The alert is over; there is nothing to acknowledge.")
    if row.acknowledged_at is not None:
        raise RuleViolation("Somebody has acknowledged this alert already.")
    data = {"warehouse": row.warehouse_id, "kind": row.kind, "raised_at": row.raised_at}
    record(ctx, AlertFact.ACKNOWLEDGED, f"sku:{row.sku_id}", data)
    ctx.db.execute(
        stock_alert.update().where(_a.id == alert_id).values(acknowledged_at=ctx.now, acknowledged_by=actor_name(ctx))
    )


# ---- to look at ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert as it stands now, whether or not anybody has looked since. `id` is None before anybody did."""

    id: int | None
    kind: AlertKind
    state: AlertState
    since_at: int
    raised_at: int | None
    acknowledged_at: int | None
    acknowledged_by: str | None
    value: float | None
    limit: float | None


@dataclass(frozen=True, slots=True)
class StockLine:
    """A SKU in a warehouse with its outlook and its alerts."""

    sku: str
    name_en: str
    name_zh: str
    warehouse: str
    warehouse_en: str
    warehouse_zh: str
    outlook: Outlook
    alerts: tuple[AlertView, ...]

    def alert(self, kind: AlertKind) -> AlertView | None:
        """The alert of a kind, if that is looked at here."""
        return next((alert for alert in self.alerts if alert.kind is kind), None)


@dataclass(frozen=True, slots=True)
class StockBoard:
    """All stock with its alerts. Shape: `warehouses` code → (id, English, Chinese)."""

    lines: tuple[StockLine, ...]
    warehouses: dict[str, tuple[int, str, str]]
    evaluated_at: int | None
    now: int
    timezone: str


def stock_board(ctx: Context, *, warehouse: str = "") -> StockBoard:
    """All stock with its alerts as they stand this moment; an unknown warehouse shows all. Raises: NotAllowed."""
    ctx.actor.need("stock.read")
    places = _warehouses(ctx)
    chosen = places[warehouse][0] if warehouse in places else None
    codes = {number: code for code, (number, _, _) in places.items()}
    names = {row.id: row for row in ctx.db.execute(select(sku.c.id, sku.c.code, sku.c.name_en, sku.c.name_zh))}
    kept = _kept(ctx)
    lines = []
    for place, outlook in outlooks(ctx, warehouse_id=chosen).items():
        article, code = names[place[0]], codes[place[1]]
        lines.append(
            StockLine(
                sku=article.code,
                name_en=article.name_en,
                name_zh=article.name_zh,
                warehouse=code,
                warehouse_en=places[code][1],
                warehouse_zh=places[code][2],
                outlook=outlook,
                alerts=tuple(_view(ctx, one, kept.get(one.key)) for one in observe(outlook)),
            )
        )
    at = ctx.db.execute(text("SELECT value FROM meta WHERE key = 'alerts_at'")).scalar_one_or_none()
    return StockBoard(tuple(lines), places, None if at is None else int(at), ctx.now, ctx.world.timezone)


def _warehouses(ctx: Context) -> dict[str, tuple[int, str, str]]:
    w = warehouse.c
    found = ctx.db.execute(select(w.id, w.code, w.name_en, w.name_zh).where(w.id != 0).order_by(w.id))
    return {row.code: (row.id, row.name_en, row.name_zh) for row in found}


def _view(ctx: Context, observation: Observation, row: Row[Any] | None) -> AlertView:
    before = _alert_of(row)
    now, _ = step(before, observation.reading, ctx.now, stock_policy().patience)
    same = row is not None and now.raised_at is not None and now.raised_at == before.raised_at
    return AlertView(
        id=None if row is None else row.id,
        kind=observation.key[2],
        state=now.state,
        since_at=now.since_at,
        raised_at=now.raised_at,
        acknowledged_at=row.acknowledged_at if row is not None and same else None,
        acknowledged_by=row.acknowledged_by if row is not None and same else None,
        value=observation.value,
        limit=observation.limit,
    )


def places_of(lines: Iterable[StockLine]) -> tuple[Place, ...]:
    """Which SKUs in which warehouses these are."""
    return tuple(line.outlook.place for line in lines)
