"""A story's stock postings and the balances they leave."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import Any

import numpy as np

from core.domain.stock import OUTSIDE, Account
from seed.road import NEVER, Step
from seed.story import Story

# Numbered by the bulk writer, in the order of the rows.
POSTING_COLUMNS = (
    "at", "event_id", "sku_id", "lot_id", "from_warehouse_id", "from_account", "to_warehouse_id", "to_account",
    "quantity", "order_line_id",
)  # fmt: skip
_SLICE = 100_000
_ACCOUNTS = (
    Account.SUPPLIER, Account.AVAILABLE, Account.RESERVED, Account.PICKED, Account.IN_TRANSIT, Account.CUSTOMER,
    Account.LOSS,
)  # fmt: skip
_CODE = {account: i for i, account in enumerate(_ACCOUNTS)}
_NAMES = np.array([account.value for account in _ACCOUNTS], dtype=object)
_BOUNDLESS = np.array([account in (Account.SUPPLIER, Account.CUSTOMER, Account.LOSS) for account in _ACCOUNTS])
# Which way units go at each step; a cancellation brings them back from where they were.
_WAYS = (
    (Step.ALLOCATED, Account.AVAILABLE, Account.RESERVED),
    (Step.PICKING, Account.RESERVED, Account.PICKED),
    (Step.SHIPPED, Account.PICKED, Account.IN_TRANSIT),
    (Step.DELIVERED, Account.IN_TRANSIT, Account.CUSTOMER),
)


class Postings:
    """All moves of units of a story, in order of their facts."""

    def __init__(self, story: Story) -> None:
        self._story = story
        ledger = story.ledger
        order = story.plan.goods.order[ledger.line]
        article = story.plan.goods.article[ledger.line]
        columns: list[tuple[np.ndarray, ...]] = []

        def add(event: np.ndarray, at: np.ndarray, pieces: np.ndarray, source: np.ndarray, target: np.ndarray) -> None:
            columns.append(
                (
                    event,
                    at,
                    story.ground.sku_id[article[pieces]],
                    ledger.lot_id[pieces],
                    story.plan.warehouse_id[order[pieces]],
                    source,
                    target,
                    ledger.quantity[pieces],
                    ledger.line[pieces] + story.ids.line,
                )
            )

        for step, source, target in _WAYS:
            pieces = np.nonzero(story.road.happened(step)[order])[0]
            codes = (np.full(len(pieces), _CODE[source]), np.full(len(pieces), _CODE[target]))
            add(story.event_id[step, order[pieces]], story.road.at[step, order[pieces]], pieces, *codes)
        pieces = np.nonzero(story.road.happened(Step.CANCELLED)[order])[0]
        picked = story.road.at[Step.PICKING, order[pieces]] < NEVER
        add(
            story.event_id[Step.CANCELLED, order[pieces]],
            story.road.at[Step.CANCELLED, order[pieces]],
            pieces,
            np.where(picked, _CODE[Account.PICKED], _CODE[Account.RESERVED]),
            np.full(len(pieces), _CODE[Account.AVAILABLE]),
        )
        columns += [self._arrivals(), self._losses()]
        joined = [np.concatenate([np.asarray(column[i], dtype=np.int64) for column in columns]) for i in range(9)]
        # A key that has each value once sorts faster than a stable sort of the events.
        by_event = np.argsort(joined[0] * len(joined[0]) + np.arange(len(joined[0])))
        self._columns = [column[by_event] for column in joined]

    def _arrivals(self) -> tuple[np.ndarray, ...]:
        receipts, story = self._story.ledger.receipts, self._story
        count = len(receipts)
        return (
            story.arrival_event,
            receipts.at,
            receipts.sku_id,
            story.ids.lot + np.arange(count),
            receipts.warehouse_id,
            np.full(count, _CODE[Account.SUPPLIER]),
            np.full(count, _CODE[Account.AVAILABLE]),
            receipts.quantity,
            np.zeros(count, dtype=np.int64),
        )

    def _losses(self) -> tuple[np.ndarray, ...]:
        source, target = _CODE[Account.AVAILABLE], _CODE[Account.LOSS]
        rows = [
            (event, off.at, off.sku_id, lot_id, off.warehouse_id, source, target, units, 0)
            for event, off in zip(self._story.write_off_event.tolist(), self._story.ledger.write_offs, strict=True)
            for lot_id, units in off.units
        ]
        table = np.array(rows, dtype=np.int64).reshape(-1, 9)
        return tuple(table[:, i] for i in range(9))

    def __len__(self) -> int:
        return len(self._columns[0])

    def rows(self) -> Iterator[tuple[Any, ...]]:
        """Rows of stock_posting."""
        return chain.from_iterable(map(self._slice, range(0, len(self), _SLICE)))

    def _slice(self, begin: int) -> Iterator[tuple[Any, ...]]:
        part = [column[begin : begin + _SLICE] for column in self._columns]
        event, at, sku_id, lot_id, warehouse_id, source, target, quantity, line = part
        lines = line.astype(object)
        lines[line == 0] = None
        return zip(
            at.tolist(),
            event.tolist(),
            sku_id.tolist(),
            lot_id.tolist(),
            np.where(_BOUNDLESS[source], OUTSIDE, warehouse_id).tolist(),
            _NAMES[source].tolist(),
            np.where(_BOUNDLESS[target], OUTSIDE, warehouse_id).tolist(),
            _NAMES[target].tolist(),
            quantity.tolist(),
            lines.tolist(),
            strict=True,
        )

    def balances(self) -> list[tuple[int, int, int, str, int]]:
        """The summed effect per SKU, warehouse, lot and account."""
        _, _, sku_id, lot_id, warehouse_id, source, target, quantity, _ = self._columns
        first, width = int(lot_id.min(initial=0)), len(_ACCOUNTS)
        lot, size = lot_id - first, int(lot_id.max(initial=0)) - first + 1
        into, out = lot * width + target, lot * width + source
        sums = np.bincount(into, quantity, size * width) - np.bincount(out, quantity, size * width)
        touched = np.bincount(np.append(into, out), minlength=size * width).nonzero()[0]
        sku_of, warehouse_of = np.zeros(size, dtype=np.int64), np.zeros(size, dtype=np.int64)
        sku_of[lot], warehouse_of[lot] = sku_id, warehouse_id
        lots, accounts = np.divmod(touched, width)
        return list(
            zip(
                sku_of[lots].tolist(),
                np.where(_BOUNDLESS[accounts], OUTSIDE, warehouse_of[lots]).tolist(),
                (lots + first).tolist(),
                _NAMES[accounts].tolist(),
                sums[touched].astype(np.int64).tolist(),
                strict=True,
            )
        )
