"""The history generator: thousands of orders over months, whole facts and both ledgers, through the bulk path."""

from __future__ import annotations

from contextlib import nullcontext

import numpy as np

from core.context import Context
from core.db.bulk import add_balances, insert_rows, reserve_ids, without_indexes
from core.db.history import actor_name
from core.db.shipping_tables import shipment, shipment_line
from core.db.world_tables import (
    blocked_buyer,
    event,
    lot,
    message,
    money_posting,
    order_line,
    order_payload,
    sales_order,
    stock_posting,
)
from core.domain.orders import Reason
from seed.ground import Ground, read_ground, read_shelves
from seed.ledger import serve
from seed.oddities import draw_oddities
from seed.plan import draw_plan
from seed.postings import POSTING_COLUMNS, Postings
from seed.receipts import LOT_COLUMNS, lot_rows
from seed.road import Step, draw_road
from seed.rows import (
    LINE_COLUMNS,
    LINE_SAME,
    LOG_COLUMNS,
    MESSAGE_COLUMNS,
    MONEY_COLUMNS,
    MONEY_SAME,
    ORDER_COLUMNS,
    ORDER_SAME,
    PAYLOAD_COLUMNS,
    SHIPMENT_COLUMNS,
    SHIPMENT_LINE_COLUMNS,
    Rows,
)
from seed.scenario import Scenario
from seed.story import FirstIds, Story
from seed.streams import stream

# In the order of FirstIds.
_WRITTEN = (sales_order, order_line, lot, event, stock_posting, money_posting, shipment, shipment_line, message)
_MANY = 5_000  # orders from which on it pays to make the indexes afterwards


def write_history(ctx: Context, scenario: Scenario, seed: int) -> int:
    """Writes a scenario's orders as if the company had worked until now; gives how many there are.

    The world has its ground already (see lay_base). Everything is written in the caller's transaction.
    """
    story = tell(ctx, scenario, seed)
    is_big_and_first = len(story.plan) >= _MANY and story.ids.order == 1
    with without_indexes(ctx.db, _WRITTEN) if is_big_and_first else nullcontext():
        _write(ctx, story)
    return len(story.plan)


def _write(ctx: Context, story: Story) -> None:
    db, rows, postings = ctx.db, Rows(story), Postings(story)
    _write_blocked_buyers(ctx, story)
    ids, by = story.ids, {"actor": actor_name(ctx)}
    insert_rows(db, sales_order, ORDER_COLUMNS, rows.orders(), first_id=ids.order, same=ORDER_SAME)
    insert_rows(db, order_line, LINE_COLUMNS, rows.lines(), first_id=ids.line, same=LINE_SAME)
    insert_rows(db, lot, LOT_COLUMNS, lot_rows(story.ledger.receipts, ids.lot))
    insert_rows(db, event, LOG_COLUMNS, rows.events(), first_id=ids.event, same=by)
    insert_rows(db, stock_posting, POSTING_COLUMNS, postings.rows(), first_id=ids.posting)
    insert_rows(db, money_posting, MONEY_COLUMNS, rows.money(), first_id=ids.money, same=MONEY_SAME)
    insert_rows(db, shipment, SHIPMENT_COLUMNS, rows.shipments())
    insert_rows(db, shipment_line, SHIPMENT_LINE_COLUMNS, rows.shipment_lines())
    insert_rows(db, message, MESSAGE_COLUMNS, rows.messages())
    insert_rows(db, order_payload, PAYLOAD_COLUMNS, rows.payloads())
    add_balances(db, postings.balances())


def tell(ctx: Context, scenario: Scenario, seed: int) -> Story:
    """Draws a scenario's history on the ground of a world, without writing anything."""
    ids = FirstIds(*(reserve_ids(ctx.db, table) for table in _WRITTEN))
    ground = read_ground(ctx)
    plan = draw_plan(ground, scenario, seed, ctx.now)
    road = draw_road(ground, plan, seed)
    unit_cost = _unit_costs(ground, seed)
    ledger = serve(ground, read_shelves(ctx, ground), plan, road, seed, ids.lot, unit_cost)
    return Story(ground, plan, road, ledger, draw_oddities(plan, seed), ids)


def _unit_costs(ground: Ground, seed: int) -> np.ndarray:
    share = stream(seed, "unit costs").uniform(0.42, 0.63, ground.articles_count)
    return np.rint(ground.price_cents * share).astype(np.int64)


def _write_blocked_buyers(ctx: Context, story: Story) -> None:
    """Risk control knew the buyers of the orders that stopped for fraud before the history began."""
    orders = np.nonzero(story.plan.has(Reason.FRAUD) & story.road.happened(Step.STOPPED))[0]
    phones = {story.plan.buyers.phone[buyer] for buyer in story.plan.buyer[orders].tolist()}
    rows = [(phone, "Earlier chargebacks / 有拒付记录", story.plan.start) for phone in sorted(phones)]
    insert_rows(ctx.db, blocked_buyer, ("phone", "reason", "blocked_at"), rows)
