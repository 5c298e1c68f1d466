"""Orders of the live feed: one at a time, mostly good, some with a fault that stops them in the review."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from sqlalchemy import func, select, text

from core.channels.incoming import IncomingLine, Payment
from core.context import Context
from core.db.world_tables import blocked_buyer, order_line, sales_order
from core.domain.orders import Reason
from core.services import intake
from seed.ground import read_ground
from seed.incoming import Draft, incoming_order, order_number
from seed.oddities import bad_address, bad_phone
from seed.pools import draw_buyers
from seed.rhythm import DAY
from seed.scenario import popularity
from seed.trade import trade

_BUYERS = 3_000
_PREPAID = 0.7
_FAULTY = 0.09
_NOTE = 0.07
_FAULTS = (Reason.ADDRESS, Reason.PHONE, Reason.PRICE, Reason.DUPLICATE, Reason.PAYMENT, Reason.FRAUD)
_FAULT_CHANCES = (0.36, 0.17, 0.2, 0.12, 0.08, 0.07)
_FREE_FREIGHT_CENTS, _FREIGHT_CENTS = 9_900, 800
_LAST_WEEK = text("SELECT COUNT(*) FROM sales_order WHERE fulfilled_by = 'us' AND received_at BETWEEN :begin AND :end")
_TWIN_SECONDS = 3_600


class Arrivals:
    """What the company sells and to whom; read once from the world."""

    def __init__(self, ctx: Context) -> None:
        self._ground = read_ground(ctx)
        # A pool that changes by the day, so that a long demo doesn't meet the same people again and again.
        self._buyers = draw_buyers(ctx.now // DAY, _BUYERS, "feed")
        self._chances = popularity(ctx.now // DAY, self._ground.articles_count)
        count = ctx.db.execute(_LAST_WEEK, {"begin": ctx.now - 8 * DAY, "end": ctx.now - DAY}).scalar_one()
        self.orders_per_day = max(100.0, count / 7)

    def let_arrive(self, ctx: Context, rng: np.random.Generator) -> int:
        """Takes one order in through the intake; gives its id."""
        draft, fault = self._draft(ctx, rng), None
        if rng.random() < _FAULTY:
            fault = _FAULTS[int(rng.choice(len(_FAULTS), p=_FAULT_CHANCES))]
            draft = self._spoil(ctx, rng, draft, fault)
        total = sum(line.quantity * line.unit_price_cents for line in draft.lines)
        total += draft.shipping_cents - draft.discount_cents
        payments: tuple[Payment, ...] = ()
        if fault is Reason.PAYMENT or rng.random() < _PREPAID:
            means = next(c.means for c in self._ground.channels if c.code == draft.channel)
            cents = int(total * rng.uniform(0.4, 0.9)) if fault is Reason.PAYMENT else total
            payments = (Payment(str(rng.choice(means)), max(1, cents)),)
        return intake.receive_order(ctx, incoming_order(draft, payments))

    def _draft(self, ctx: Context, rng: np.random.Generator) -> Draft:
        shares = np.array([channel.share for channel in self._ground.channels])
        channel = self._ground.channels[int(rng.choice(len(shares), p=shares / shares.sum()))].code
        buyer, buyers = int(rng.integers(0, _BUYERS)), self._buyers
        count = min(1 + int(rng.geometric(0.68)) - 1, 4, self._ground.articles_count)
        articles = rng.choice(self._ground.articles_count, max(1, count), replace=False, p=self._chances)
        lines = tuple(self._line(int(article), int(rng.choice(3, p=(0.8, 0.15, 0.05))) + 1) for article in articles)
        items = sum(line.quantity * line.unit_price_cents for line in lines)
        serial = int(ctx.db.execute(select(func.coalesce(func.max(sales_order.c.id), 0))).scalar_one()) + 1
        return Draft(
            channel=channel,
            number=order_number(channel, ctx.now, serial),
            placed_at=ctx.now,
            buyer_name=buyers.name[buyer],
            buyer_phone=buyers.phone[buyer],
            buyer_email=buyers.email[buyer],
            region=buyers.region[buyer],
            city=buyers.city[buyer],
            district=buyers.district[buyer],
            street=buyers.street[buyer],
            postcode=buyers.postcode[buyer],
            shipping_cents=0 if items >= _FREE_FREIGHT_CENTS else _FREIGHT_CENTS,
            discount_cents=0,
            note=str(rng.choice(trade().notes)) if rng.random() < _NOTE else "",
            lines=lines,
        )

    def _line(self, article: int, quantity: int) -> IncomingLine:
        ground = self._ground
        return IncomingLine(
            str(ground.sku_code[article]), str(ground.name[article]), quantity, int(ground.price_cents[article])
        )

    def _spoil(self, ctx: Context, rng: np.random.Generator, draft: Draft, fault: Reason) -> Draft:
        """The same order with a fault in it; where the world has nothing to make it of, the order stays good."""
        luck = float(rng.random())
        if fault is Reason.ADDRESS:
            column, value = bad_address(draft.region, draft.street, luck)
            changed: dict[str, Any] = {column: value}
            return replace(draft, **changed)
        if fault is Reason.PHONE:
            return replace(draft, buyer_phone=bad_phone(draft.buyer_phone, luck))
        if fault is Reason.PRICE:
            first, *others = draft.lines
            cheap = first._replace(unit_price_cents=max(100, int(first.unit_price_cents * (0.4 + 0.5 * luck))))
            return replace(draft, lines=(cheap, *others))
        if fault is Reason.FRAUD:
            phones = ctx.db.execute(select(blocked_buyer.c.phone).order_by(blocked_buyer.c.phone)).scalars().all()
            return replace(draft, buyer_phone=phones[int(luck * len(phones))]) if phones else draft
        return self._repeat_last(ctx, draft) if fault is Reason.DUPLICATE else draft

    def _repeat_last(self, ctx: Context, draft: Draft) -> Draft:
        s = sales_order.c
        source = ctx.db.execute(
            select(sales_order)
            .where(s.is_open == 1, s.fulfilled_by == "us", s.received_at >= ctx.now - _TWIN_SECONDS, s.exceptions == "")
            .order_by(s.id.desc())
            .limit(1)
        ).one_or_none()
        if source is None:
            return draft
        lines = ctx.db.execute(select(order_line).where(order_line.c.order_id == source.id)).all()
        columns = ("buyer_name", "buyer_phone", "buyer_email", "region", "city", "district", "street", "postcode")
        return replace(
            draft,
            **{column: source._mapping[column] for column in columns},
            lines=tuple(IncomingLine(line.sku_code, line.name, line.quantity, line.unit_price_cents) for line in lines),
        )
