"""Everything the live board shows, in one read of one moment."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from core.context import Context
from core.db.fold import watermark
from core.domain.facts import local_day
from core.domain.risk import BackTest
from core.metrics import delivery, orders
from core.metrics.cache import cached
from core.metrics.delivery import Lead, OnTimeDay
from core.metrics.filters import Filter, cut_of, minute
from core.metrics.kpi import Figure, Kpi
from core.metrics.orders import Age, Currencies, Daily, Stage, Stops
from core.metrics.risk import MODELS, AtRisk, at_risk, risk_back_test
from core.metrics.stock import LowStock, low_stock

KPIS: tuple[Kpi, ...] = (*orders.KPIS, *delivery.KPIS)
BEHIND = 25_000  # events the cells may lack before the board says that it is catching up


@dataclass(frozen=True, slots=True)
class Place:
    """A channel, warehouse or region that figures can be narrowed down to."""

    code: str
    name_en: str
    name_zh: str


@dataclass(frozen=True, slots=True)
class Places:
    """What there is to choose from, and the days that orders were received on.

    Shape: warehouse id → Place; `first_day` and `last_day` are None as long as there is no order.
    """

    channels: tuple[Place, ...]
    warehouses: dict[int, Place]
    regions: tuple[str, ...]
    first_day: int | None
    last_day: int | None

    @property
    def is_empty(self) -> bool:
        """Whether no order was ever received."""
        return self.first_day is None


@cached
def places(ctx: Context) -> Places:
    """Channels, warehouses and regions of this world, those with the most orders first."""
    rows = ctx.db.execute(text("SELECT code, name_en, name_zh FROM channel ORDER BY code"))
    channels = tuple(Place(*row) for row in rows)
    rows = ctx.db.execute(text("SELECT id, code, name_en, name_zh FROM warehouse ORDER BY id"))
    warehouses = {number: Place(code, name_en, name_zh) for number, code, name_en, name_zh in rows}
    regions = ctx.db.execute(text("SELECT a FROM cell WHERE metric = 'regions' AND at = 0 ORDER BY n DESC, a"))
    days = ctx.db.execute(text("SELECT MIN(at), MAX(at) FROM cell WHERE metric = 'orders'")).one()
    return Places(channels, warehouses, tuple(regions.scalars()), days[0], days[1])


@dataclass(frozen=True, slots=True)
class Board:
    """One moment of the live board.

    `mark` changes whenever anything on it may have changed. `today` is in days since 1970-01-01, `now` is the minute
    that figures about now are of. Shape: `figures` by the key of their Kpi.
    """

    mark: tuple[int, ...]
    now: int
    today: int
    wanted: Filter
    behind_count: int
    figures: dict[str, Figure]
    daily: Daily
    pipeline: tuple[Stage, ...]
    ages: tuple[Age, ...]
    on_time_daily: tuple[OnTimeDay, ...]
    leads: tuple[Lead, ...]
    at_risk: AtRisk
    back_tests: dict[str, BackTest | None]
    overdue_count: int
    low_stock: tuple[LowStock, ...]
    stops: tuple[Stops, ...]
    currencies: Currencies


def board_mark(ctx: Context) -> tuple[int, ...]:
    """What tells one moment of the board from another: the last event, how far the cells are, and the minute.

    Raises: NotAllowed.
    """
    ctx.actor.need("board.read")
    return (*watermark(ctx.db), minute(ctx.now))


def read_board(ctx: Context, wanted: Filter) -> Board:
    """The live board for a filter.

    Raises: NotAllowed; RuleViolation when channel, warehouse and region are all chosen.
    """
    ctx.actor.need("board.read")
    cut_of(wanted)
    mark = board_mark(ctx)
    now, today = minute(ctx.now), local_day(ctx.now, ctx.world.timezone)
    return Board(
        mark=mark,
        now=now,
        today=today,
        wanted=wanted,
        behind_count=max(0, mark[0] - mark[1]),
        figures={kpi.key: kpi.read(ctx, wanted) for kpi in KPIS},
        daily=orders.daily(ctx, wanted),
        pipeline=orders.pipeline(ctx, wanted),
        ages=orders.ages(ctx, wanted, today),
        on_time_daily=delivery.on_time_daily(ctx, wanted),
        leads=delivery.leads(ctx, wanted),
        at_risk=at_risk(ctx, wanted, now),
        back_tests={model: risk_back_test(ctx, model, today) for model in MODELS},
        overdue_count=delivery.overdue(ctx, wanted, now),
        low_stock=low_stock(ctx, wanted),
        stops=orders.stops(ctx, wanted),
        currencies=orders.currencies(ctx, wanted),
    )
