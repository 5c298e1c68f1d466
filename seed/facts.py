"""The data of an order's facts as text, equal to what the services write, made a thousand at a time.

Why: `json.dumps` of a dictionary per fact costs more than writing the row; tests hold these texts against the services.
"""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np

from core.domain.orders import Reason, Status
from seed.oddities import Oddities
from seed.plan import BITS
from seed.rhythm import DAY, OFFSET
from seed.road import NEVER, Step
from seed.story import Story
from seed.trade import trade

STATUS_OF_STEP: dict[int, Status] = {
    Step.RECEIVED: Status.RECEIVED,
    Step.STOPPED: Status.EXCEPTION,
    Step.ALLOCATED: Status.ALLOCATED,
    Step.RELEASED: Status.RELEASED,
    Step.PICKING: Status.PICKING,
    Step.PACKED: Status.PACKED,
    Step.SHIPPED: Status.SHIPPED,
    Step.DELIVERED: Status.DELIVERED,
    Step.COMPLETED: Status.COMPLETED,
    Step.CANCELLED: Status.CANCELLED,
    Step.EXPIRED: Status.EXPIRED,
}
# Facts that say nothing but where the order came from and went to.
_PLAIN = {
    Step.ALLOCATED: ("confirmed", "allocated"),
    Step.RELEASED: ("allocated", "released"),
    Step.PICKING: ("released", "picking"),
    Step.PACKED: ("picking", "packed"),
    Step.COMPLETED: ("delivered", "completed"),
}
# Late by time and by date: neither, by date alone (which can't be), by time alone, both.
_LATENESS = np.array(
    [f'"late_by_time":{time},"late_by_date":{date}' for time in ("false", "true") for date in ("false", "true")],
    dtype=object,
)


def reasons_of(bits: int) -> list[str]:
    """The reasons behind a set of bits, in the machine's order."""
    return [reason.value for reason in Reason if bits & BITS[reason]]


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


class FactTexts:
    """Makes the data of facts for the orders of one story."""

    def __init__(self, story: Story) -> None:
        self._story, self._plan, self._at = story, story.plan, story.road.at
        self._odd: Oddities = story.odd
        plan = story.plan
        self._total = plan.goods.total_cents
        channels = np.array([channel.code for channel in story.ground.channels], dtype=object)
        self._channel = channels[plan.channel] if len(plan) else np.zeros(0, dtype=object)
        self._dims = np.array(
            [
                f'"channel":"{channel}","region":"{region}","warehouse":{warehouse},"received_at":{at},"value_cents":{cents}'
                for channel, region, warehouse, at, cents in zip(
                    self._channel.tolist(),
                    plan.region.tolist(),
                    plan.warehouse_id.tolist(),
                    plan.received.tolist(),
                    self._total.tolist(),
                    strict=True,
                )
            ],
            dtype=object,
        )
        self._means = np.empty(len(plan), dtype=object)
        for index, channel in enumerate(story.ground.channels):
            here = np.nonzero(plan.channel == index)[0]
            self._means[here] = np.array(channel.means, dtype=object)[here % len(channel.means)]
        self._carrier = np.array([_json(carrier.code) for carrier in trade().carriers], dtype=object)
        self._makers: dict[int, Callable[[np.ndarray], list[str]]] = {
            Step.RECEIVED: self._received,
            Step.PAID: self._paid,
            Step.PAID_REST: self._paid_rest,
            Step.STOPPED: self._stopped,
            Step.AMENDED: self._amended,
            Step.NOTIFIED: lambda orders: ['{"subject":"Your order was corrected"}'] * len(orders),
            Step.CONFIRMED: self._confirmed,
            Step.HELD: self._held,
            Step.HOLD_RELEASED: self._held,
            Step.SHIPPED: self._shipped,
            Step.DELIVERED: self._delivered,
            Step.CANCELLED: self._cancelled,
            Step.CANCEL_NOTIFIED: lambda orders: ['{"subject":"Your order was cancelled"}'] * len(orders),
            Step.EXPIRED: lambda orders: self._moved("received", "expired", orders),
        }

    def of(self, step: int, orders: np.ndarray) -> list[str]:
        """The data of one kind of fact for some orders."""
        if step in _PLAIN:
            return self._moved(*_PLAIN[Step(step)], orders)
        return self._makers[step](orders)

    def _moved(self, source: str, target: str, orders: np.ndarray) -> list[str]:
        head = f'{{"from":"{source}","to":"{target}",'
        return [f"{head}{dims}}}" for dims in self._dims[orders].tolist()]

    def _received(self, orders: np.ndarray) -> list[str]:
        goods = self._plan.goods
        return [
            f'{{"to":"received",{dims},"units":{units},"lines":{lines},"currency":"CNY","total_cents":{total}}}'
            for dims, units, lines, total in zip(
                self._dims[orders].tolist(),
                goods.units[orders].tolist(),
                goods.counts[orders].tolist(),
                self._total[orders].tolist(),
                strict=True,
            )
        ]

    def first_payments(self, orders: np.ndarray) -> list[int]:
        """What each order was paid first: in full, but for those that stop for it."""
        total = self._total[orders].tolist()
        short = self._odd.short_cents
        return [short.get(order, cents) for order, cents in zip(orders.tolist(), total, strict=True)]

    def second_payments(self, orders: np.ndarray) -> list[int]:
        """What was paid later where the first payment was short."""
        total = self._total[orders].tolist()
        return [cents - self._odd.short_cents[order] for order, cents in zip(orders.tolist(), total, strict=True)]

    def means(self, orders: np.ndarray) -> list[str]:
        """By what each buyer pays: one of the channel's means, always the same for an order."""
        return self._means[orders].tolist()

    def _payments(self, orders: np.ndarray, cents: list[int]) -> list[str]:
        return [
            f'{{"amount_cents":{amount},"currency":"CNY","means":"{means}","channel":"{channel}","received_at":{at}}}'
            for amount, means, channel, at in zip(
                cents,
                self.means(orders),
                self._channel[orders].tolist(),
                self._plan.received[orders].tolist(),
                strict=True,
            )
        ]

    def _paid(self, orders: np.ndarray) -> list[str]:
        return self._payments(orders, self.first_payments(orders))

    def _paid_rest(self, orders: np.ndarray) -> list[str]:
        return self._payments(orders, self.second_payments(orders))

    def _stopped(self, orders: np.ndarray) -> list[str]:
        moved = self._moved("received", "exception", orders)
        reasons = self._plan.reasons[orders].tolist()
        return [f'{text[:-1]},"reasons":{_json(reasons_of(bits))}}}' for text, bits in zip(moved, reasons, strict=True)]

    def _amended(self, orders: np.ndarray) -> list[str]:
        return [_json({"changed": self._odd.bad[order]}) for order in orders.tolist()]

    def paid_at(self, orders: np.ndarray) -> np.ndarray:
        """When each order was paid in full."""
        rest = self._at[Step.PAID_REST, orders]
        return np.asarray(np.where(rest < NEVER, rest, self._at[Step.PAID, orders]))

    def _confirmed(self, orders: np.ndarray) -> list[str]:
        stopped = self._story.road.happened(Step.STOPPED)[orders].tolist()
        texts = []
        for order, dims, paid_at, was_stopped in zip(
            orders.tolist(), self._dims[orders].tolist(), self.paid_at(orders).tolist(), stopped, strict=True
        ):
            if not was_stopped:
                texts.append(f'{{"from":"received","to":"confirmed",{dims},"paid_at":{paid_at}}}')
                continue
            approved = self._odd.approved.get(order)
            tail = f',"approved":{_json(approved)}' if approved else ""
            texts.append(f'{{"from":"exception","to":"confirmed",{dims},"paid_at":{paid_at}{tail}}}')
        return texts

    def _held(self, orders: np.ndarray) -> list[str]:
        return [_json({"reason": self._odd.hold[order]}) for order in orders.tolist()]

    def _shipped(self, orders: np.ndarray) -> list[str]:
        return [
            f'{{"from":"packed","to":"shipped",{dims},"confirmed_at":{confirmed},"ship_by_at":{ship_by},"carrier":{carrier}}}'
            for dims, confirmed, ship_by, carrier in zip(
                self._dims[orders].tolist(),
                self._at[Step.CONFIRMED, orders].tolist(),
                self._story.ship_by_at[orders].tolist(),
                self._carrier[self._story.road.carrier[orders]].tolist(),
                strict=True,
            )
        ]

    def _delivered(self, orders: np.ndarray) -> list[str]:
        delivered, promised = self._at[Step.DELIVERED, orders], self._story.promised_at[orders]
        by_time = delivered > promised
        by_date = (delivered + OFFSET) // DAY > (promised + OFFSET) // DAY
        lateness = _LATENESS[2 * by_time + by_date]
        return [
            f'{{"from":"shipped","to":"delivered",{dims},"handed_over_at":{handed},"promised_at":{promise},{late}}}'
            for dims, handed, promise, late in zip(
                self._dims[orders].tolist(),
                self._at[Step.SHIPPED, orders].tolist(),
                promised.tolist(),
                lateness.tolist(),
                strict=True,
            )
        ]

    def source_of_cancellation(self, orders: np.ndarray) -> list[str]:
        """In which state each cancelled order was."""
        last = np.zeros(len(orders), dtype=np.int8)
        for step in (Step.STOPPED, Step.ALLOCATED, Step.RELEASED, Step.PICKING):
            last[self._story.road.happened(step)[orders]] = step
        return [STATUS_OF_STEP[step].value for step in last.tolist()]

    def _cancelled(self, orders: np.ndarray) -> list[str]:
        reserved = self._story.road.happened(Step.ALLOCATED)[orders]
        freed = np.where(reserved, self._plan.goods.units[orders], 0).tolist()
        return [
            f'{{"from":"{source}","to":"cancelled",{dims},"reason":{_json(self._odd.cancellation[order])},"units_freed":{units}}}'
            for order, source, dims, units in zip(
                orders.tolist(), self.source_of_cancellation(orders), self._dims[orders].tolist(), freed, strict=True
            )
        ]
