"""What the stock accounts show after a delivery was received, inspected and partly put away."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from assessments.exhibits import Exhibit
from assessments.item_models import material as m
from assessments.item_models.answers import nears
from assessments.item_models.model import Built, ItemModel
from assessments.item_models.stock_after import UNITS, units
from assessments.item_models.warehouse_labels import ACCOUNT_NAMES
from assessments.prose import Prose, same
from assessments.questions import Numeric
from core.context import Context
from core.db.inbound_tables import purchase_line, receipt_line, supplier
from core.domain.purchasing import Verdict
from core.domain.stock import Account
from core.services.adjustments import change_condition
from core.services.lots import lots_of
from core.services.purchasing import Wanted, place_purchase
from core.services.receiving import Delivered, inspect_goods, put_away, receive_goods
from core.services.stock import receive_stock, today_of

_SHOWN = (Account.RECEIVING, Account.AVAILABLE, Account.QUARANTINE)


@dataclass(frozen=True, slots=True)
class _Day:
    """What was done with a delivery. Units: of one article."""

    ordered: int
    came: int
    accepted: int
    quarantined: int
    rejected: int
    shelved: int


def build(world: Context, rng: random.Random, params: Mapping[str, Any]) -> Built:
    """A purchase is received, judged and partly put away by the product's own commands; asked is one account."""
    (goods,) = m.goods_of(world, rng, 1)
    warehouse_id = rng.choice(m.warehouses_of(world))
    receive_stock(world, goods.id, warehouse_id, rng.randint(12, 30), goods.list_price_cents // 2)
    set_aside(world, goods, warehouse_id, Account.QUARANTINE, rng.randint(2, 6))
    before = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    day = _drawn(rng, before[Account.AVAILABLE])
    work_through(world, goods, warehouse_id, day)
    after = {account: units(world, goods.id, warehouse_id, account) for account in _SHOWN}
    asked = Account(params["ask"])
    name = ACCOUNT_NAMES[asked]
    stem = Prose(
        f"The delivery was handled as shown in the table. How many units of {goods.code} are in “{name.en}” "
        "afterwards?",
        f"到货按下表处理。之后 {goods.code} 在“{name.zh}”账户中有多少件？",
    )
    exhibit = Exhibit(
        Prose(f"{goods.name.en} ({goods.code})", f"{goods.name.zh}（{goods.code}）"),
        (Prose("Fact", "项目"), Prose("Units", "件数")),
        (
            *(
                (Prose(f"Before: {ACCOUNT_NAMES[one].en}", f"之前：{ACCOUNT_NAMES[one].zh}"), same(str(before[one])))
                for one in _SHOWN
            ),
            (Prose("Ordered from the supplier", "向供应商订购"), same(str(day.ordered))),
            (Prose("Received at the door", "收货口登记"), same(str(day.came))),
            (Prose("Accepted by the inspection", "验收接收"), same(str(day.accepted))),
            (Prose("Put into quarantine", "转入待检隔离"), same(str(day.quarantined))),
            (Prose("Sent back to the supplier", "退回供应商"), same(str(day.rejected))),
            (Prose("Put into a bin", "放入货位"), same(str(day.shelved))),
        ),
    )
    return Built("numeric", stem, _answer(asked, before, after, day), exhibit)


def set_aside(world: Context, goods: m.Goods, warehouse_id: int, target: Account, count: int) -> None:
    """Moves available units to another account, so that it isn't empty before the day begins."""
    fullest = max(lots_of(world, goods.id, warehouse_id), key=lambda one: one.available)
    change_condition(
        world, goods.id, warehouse_id, fullest.lot_id, Account.AVAILABLE, target, count, "found earlier this week"
    )


def _drawn(rng: random.Random, available: int) -> _Day:
    """A day after which what is available is none of the figures of the table, so that nobody is right by reading."""
    while True:
        ordered = rng.randrange(40, 200, 10)
        came = ordered - rng.choice((0, 0, rng.randint(3, 12)))
        quarantined, rejected = rng.randint(2, 7), rng.randint(1, 6)
        uninspected = rng.randint(5, 12)
        accepted = came - quarantined - rejected - uninspected
        shelved = accepted - rng.randint(4, accepted // 2)
        if available + shelved not in (ordered, came, accepted):
            return _Day(ordered, came, accepted, quarantined, rejected, shelved)


def work_through(world: Context, goods: m.Goods, warehouse_id: int, day: _Day) -> None:
    """Orders, receives, inspects and puts away as drawn, by the product's own commands."""
    named = {"code": "PRACTICE", "name_en": "Practice supplier", "name_zh": "练习供应商", "lead_days": 5}
    key = world.db.execute(supplier.insert().values(named)).inserted_primary_key
    assert key is not None
    wanted = [Wanted(goods.id, day.ordered, goods.list_price_cents // 2)]
    expected_on = (today_of(world) + timedelta(days=5)).isoformat()
    purchase_id = place_purchase(world, int(key[0]), warehouse_id, expected_on, wanted)
    of_purchase = select(purchase_line.c.id).where(purchase_line.c.purchase_order_id == purchase_id)
    line_id = world.db.execute(of_purchase).scalar_one()
    expires_on = (today_of(world) + timedelta(days=400)).isoformat()
    receive_goods(world, purchase_id, [Delivered(line_id, day.came, expires_on)])
    came_in = select(receipt_line.c.id).where(receipt_line.c.purchase_line_id == line_id)
    receipt_id = world.db.execute(came_in).scalar_one()
    inspect_goods(world, receipt_id, Verdict(day.accepted, day.quarantined, day.rejected), "as in the table")
    put_away(world, receipt_id, day.shelved)


_Said = tuple[Prose, tuple[tuple[float, float, Prose], ...]]  # why the key is right, and typical mistakes


def _answer(asked: Account, before: Mapping[Account, int], after: Mapping[Account, int], day: _Day) -> Numeric:
    say = {Account.AVAILABLE: _of_available, Account.RECEIVING: _of_receiving, Account.QUARANTINE: _of_quarantine}
    key = after[asked]
    reason, mistakes = say[asked](before[asked], key, day)
    return Numeric(key, 0, UNITS, reason, nears(key, 0, mistakes))


def _of_available(start: int, key: int, day: _Day) -> _Said:
    reason = Prose(
        f"Only what lies in a bin is available: {start} + {day.shelved} = {key}.",
        f"放入货位的才算可用：{start} + {day.shelved} = {key}。",
    )
    mistakes = (
        (
            start + day.accepted,
            0.0,
            Prose("Accepted units wait in receiving until they lie in a bin.", "已接收的货在上架之前还在收货区。"),
        ),
        (start + day.came, 0.0, Prose("What has come isn't available yet.", "到货不等于可用。")),
        (start, 0.0, Prose("What was put into a bin is missing.", "漏了已放入货位的货。")),
    )
    return reason, mistakes


def _of_receiving(start: int, key: int, day: _Day) -> _Said:
    left = day.came - day.quarantined - day.rejected - day.shelved
    reason = Prose(
        f"Everything that came, less quarantine, less what went back, less what lies in a bin: "
        f"{start} + {day.came} − {day.quarantined} − {day.rejected} − {day.shelved} = {key}. "
        f"Of these {day.accepted - day.shelved} are accepted, the others wait to be inspected.",
        f"到货减隔离、减退回、减已上架：{start} + {day.came} − {day.quarantined} − {day.rejected} − "
        f"{day.shelved} = "
        f"{key}。其中 {day.accepted - day.shelved} 件已接收待上架，其余待验收。",
    )
    mistakes = (
        (
            start + day.accepted - day.shelved,
            0.25,
            Prose("Units that nobody has judged yet are in receiving, too.", "还没验收的也在收货区。"),
        ),
        (
            start + left - day.accepted + day.shelved,
            0.25,
            Prose("Accepted units stay in receiving until they lie in a bin.", "已接收但未上架的也在收货区。"),
        ),
        (
            start + day.came,
            0.0,
            Prose(
                "What was put away, quarantined or sent back has left receiving.",
                "已上架、隔离、退回的都已离开收货区。",
            ),
        ),
        (
            start + day.came - day.shelved,
            0.0,
            Prose("Quarantined and rejected units have left receiving.", "隔离和退回的都已离开收货区。"),
        ),
    )
    return reason, mistakes


def _of_quarantine(start: int, key: int, day: _Day) -> _Said:
    reason = Prose(
        f"What lay in quarantine stays there, and what was put into it is added: {start} + {day.quarantined} = {key}. "
        "What is sent back is the supplier's.",
        f"原来隔离的仍在，再加新转入的：{start} + {day.quarantined} = {key}。退回的属于供应商。",
    )
    mistakes = (
        (
            start + day.quarantined + day.rejected,
            0.0,
            Prose("Rejected units go back to the supplier.", "拒收的退回供应商。"),
        ),
        (
            start + day.came - day.accepted,
            0.0,
            Prose("What nobody has judged yet is in receiving.", "还没验收的在收货区。"),
        ),
        (start, 0.0, Prose("What was put into quarantine is missing.", "漏了转入隔离的件数。")),
        (day.quarantined, 0.25, Prose("What lay in quarantine before is missing.", "漏了原来就在隔离的件数。")),
    )
    return reason, mistakes


MODEL = ItemModel("inbound_accounts", {"ask": ("available", "receiving", "quarantine")}, build)
