"""An article in a warehouse on the page: its lots and bins, what may be done with them, and a lot's history."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Actor
from core.domain.adjusting import conditions_after
from core.domain.labels import label_of
from core.domain.stock import Account
from core.services import adjustments, bins
from core.services.bins import suggested_bins
from core.services.goods_policies import adjusting_policy
from core.services.stock_reads import IN_HOUSE, LotFile, LotMove, StockFile, lot_history
from core.ui import page
from core.ui.cards import Tone, chips, facts, panel
from core.ui.count_parts import names_of
from core.ui.goods import day_words, either, number_field, typed_number, warehouse_words
from core.ui.i18n import format_instant, format_int, format_money, language, t
from core.ui.receiving_forms import draw_bin_choice
from core.ui.safe import safe
from core.ui.tables import Column, table

MOVE_LABELS = {
    "move": "Move to another bin",
    "condition": "Change the condition",
    "correct": "Correct the number",
}
KIND_LABELS = {
    "StockReceived": "Laid in stock",
    "StockAdjusted": "Corrected",
    "UnitsMoved": "Moved to another bin",
    "BinsLaid": "Bins laid out",
    "ConditionChanged": "Condition changed",
    "GoodsReceived": "Goods received",
    "ReceiptCorrected": "Receipt corrected",
    "GoodsInspected": "Goods inspected",
    "GoodsPutAway": "Goods put away",
    "TransferSent": "Sent to another warehouse",
    "TransferArrived": "Arrived from another warehouse",
    "TransferUnitsLost": "Lost on the way",
    "TransferCalledBack": "Called back",
    "ReturnArrived": "Came back from the buyer",
    "ReturnInspected": "Return inspected",
    "OrderAllocated": "Stock reserved",
    "OrderPartlyAllocated": "Stock reserved in part",
    "UnitsReserved": "More stock reserved",
    "PickingStarted": "Picking started",
    "ShipmentPicked": "Picked",
    "OrderShipped": "Handed over to the carrier",
    "OrderPartlyShipped": "A part was handed over to the carrier",
    "ShipmentHandedOver": "Handed over to the carrier",
    "OrderDelivered": "Delivered",
    "OrderPartlyDelivered": "A part was delivered",
    "ShipmentDelivered": "Delivered",
    "OrderCancelled": "Cancelled",
    "LineCancelled": "A part of the order was cancelled",
    "StocktakePosted": "Stocktake posted",
}


def lot_words(lot: LotFile) -> str:
    """A lot by number, the date that matters, and what of it is on the shelf."""
    words = [t("Lot {n}", n=lot.id)]
    if lot.expires_on:
        words.append(t("keeps until {day}", day=day_words(lot.expires_on)))
    words.append(t("{n} available", n=format_int(lot.units.get(Account.AVAILABLE, 0))))
    return " · ".join(words)


def draw_head(file: StockFile) -> None:
    """The article, the warehouse, and how many units are in which account."""
    st.subheader(safe(f"{file.sku_code} · {either(file.name_en, file.name_zh)}"), anchor=False)
    rule: dict[str, Tone] = {
        t("First expired, first out") if file.by_date else t("First in, first out"): "info",
    }
    chips(rule)
    sums = {account: sum(lot.units.get(account, 0) for lot in file.lots) for account in IN_HOUSE}
    shown = {t("Warehouse"): warehouse_words(file.warehouse)}
    if file.barcode:
        shown[t("Barcode")] = file.barcode
    shown |= {t(label_of(account)): format_int(units) for account, units in sums.items() if units}
    value = sum(sum(lot.units.values()) * lot.unit_cost_cents for lot in file.lots)
    facts(shown | {t("Value at cost"): format_money(value)})


def draw_lots(file: StockFile, timezone: str) -> None:
    """Every lot in the order of issue, with its bins."""
    rows = []
    for lot in file.lots:
        cells: dict[str, Any] = {
            "lot": str(lot.id),
            "received": format_instant(lot.received_at, timezone),
            "expires": day_words(lot.expires_on),
            "cost": lot.unit_cost_cents / 100,
            "bins": " · ".join(f"{code} {format_int(units)}" for _, code, units in lot.bins),
        }
        rows.append(cells | {account.value: lot.units.get(account, 0) for account in IN_HOUSE})
    used = [account for account in IN_HOUSE if any(row[account.value] for row in rows)]
    columns = [
        Column("lot", t("Lot"), width=70, pinned=True),
        Column("expires", t("Keeps until"), width=110),
        *(Column(account.value, t(label_of(account)), "number", width=95) for account in used),
        Column("bins", t("In bins"), width=200),
        Column("received", t("Received at"), width=150),
        Column("cost", t("Unit cost"), "money", width=90),
    ]
    if not any(lot.expires_on for lot in file.lots):
        columns = [column for column in columns if column.key != "expires"]
    if not file.uses_bins:
        columns = [column for column in columns if column.key != "bins"]
    table(rows, columns, key="lots", height="content")


def draw_work(file: StockFile, actor: Actor) -> None:
    """What this person may do with the goods: one form at a time, for one lot."""
    ways = {"move": actor.may("stock.move") and file.uses_bins, "condition": actor.may("stock.move")}
    ways["correct"] = actor.may("stock.adjust")
    allowed = [name for name, may in ways.items() if may]
    if not allowed or not file.lots:
        return
    with panel("stock-work"):
        lots = {lot.id: lot for lot in file.lots}
        st.selectbox(
            t("Lot"),
            list(lots),
            format_func=lambda number: lot_words(lots[number]),
            key=f"lot-{file.sku_id}-{file.warehouse_id}",
        )
        lot = lots[st.session_state[f"lot-{file.sku_id}-{file.warehouse_id}"]]
        st.segmented_control(
            t("What to do"),
            allowed,
            default=allowed[0],
            required=True,
            format_func=lambda name: t(MOVE_LABELS[name]),
            key="stock-what",
            label_visibility="collapsed",
        )
        match st.session_state["stock-what"] or allowed[0]:
            case "move":
                _draw_move(file, lot)
            case "condition":
                _draw_condition(file, lot)
            case _:
                _draw_correction(file, lot)


def _state(lot: LotFile) -> str:
    """Changes with the lot's units and places, so that a form begins anew after what it did."""
    return f"{lot.id}-{sum(lot.units.values())}-" + "-".join(f"{number}.{units}" for number, _, units in lot.bins)


def _draw_move(file: StockFile, lot: LotFile) -> None:
    if not lot.bins:
        st.caption(t("Nothing of this lot lies in a bin."))
        return
    name = f"move-{_state(lot)}"
    codes = {number: f"{code} · {format_int(units)}" for number, code, units in lot.bins}
    left, right = st.columns([3, 1], gap="small")
    left.selectbox(t("Out of bin"), list(codes), format_func=lambda number: codes[number], key=f"{name}-from")
    source = st.session_state[f"{name}-from"]
    lying = {number: units for number, _, units in lot.bins}
    number_field(right, t("Units"), lying[source], f"{name}-units-{source}")
    found = page.read(suggested_bins, file.sku_id, file.warehouse_id)
    target = draw_bin_choice(file.warehouse_id, {one.id: one for one in found if one.id != source}, name, floor=False)
    st.button(
        t("Move"),
        type="primary",
        icon=":material/swap_horiz:",
        key="do-move",
        disabled=target is None,
        on_click=page.command,
        args=(bins.move_between_bins, file.sku_id, lot.id, source, target, page.field(f"{name}-units-{source}", 0)),
        kwargs={"form_key": page.form_key(name), "done": t("Moved.")},
    )


def _draw_condition(file: StockFile, lot: LotFile) -> None:
    sources = [account for account in IN_HOUSE if lot.units.get(account) and conditions_after(account)]
    if not sources:
        st.caption(t("Nothing of this lot is available, in quarantine or damaged."))
        return
    name = f"condition-{_state(lot)}"
    begin, end, count = st.columns(3, gap="small")
    label = {account: f"{t(label_of(account))} · {format_int(lot.units[account])}" for account in sources}
    begin.selectbox(t("From"), sources, format_func=lambda account: label[account], key=f"{name}-from")
    source = Account(st.session_state[f"{name}-from"])
    targets = list(conditions_after(source))
    end.selectbox(t("Into"), targets, format_func=lambda one: t(label_of(one)), key=f"{name}-{source}-into")
    number_field(count, t("Units"), 1, f"{name}-units")
    st.text_input(t("Why"), max_chars=500, key=f"{name}-why")
    st.button(
        t("Change the condition"),
        type="primary",
        icon=":material/published_with_changes:",
        key="do-condition",
        on_click=page.command,
        args=(
            adjustments.change_condition,
            file.sku_id,
            file.warehouse_id,
            lot.id,
            source,
            Account(st.session_state[f"{name}-{source}-into"]),
            page.field(f"{name}-units", 0),
            page.field(f"{name}-why"),
        ),
        kwargs={"form_key": page.form_key(name), "done": t("The condition is changed.")},
    )


def reason_words(code: str) -> str:
    """A reason of corrections in the reader's language."""
    for reason in adjusting_policy().reasons:
        if reason.code == code:
            return either(reason.name_en, reason.name_zh)
    return code


def _draw_correction(file: StockFile, lot: LotFile) -> None:
    policy = adjusting_policy()
    name = f"correct-{_state(lot)}"
    account, change, why = st.columns([2, 1, 2], gap="small")
    accounts = [Account.AVAILABLE, Account.QUARANTINE, Account.DAMAGED]
    account.selectbox(t("Of"), accounts, format_func=lambda one: t(label_of(one)), key=f"{name}-account")
    number_field(change, t("Change (+/−)"), -1, f"{name}-change")
    units = typed_number(f"{name}-change")
    reasons = [reason.code for reason in policy.reasons if units == 0 or reason.allows(units)]
    why.selectbox(t("Reason"), reasons, format_func=reason_words, key=f"{name}-reason-{units < 0}")
    bin_codes: dict[int | None, str] = {None: t("By the walk")} | {number: code for number, code, _ in lot.bins}
    place, note = st.columns([2, 3], gap="small")
    if file.uses_bins:
        place.selectbox(t("Bin"), list(bin_codes), format_func=lambda number: bin_codes[number], key=f"{name}-bin")
    note.text_input(t("Note"), max_chars=500, key=f"{name}-note")
    limit = format_money(policy.approval_above_cents)
    st.caption(safe(t("What is worth more than {limit} waits for somebody else's approval.", limit=limit)))
    key = page.form_key("correct-stock")
    st.button(
        t("Correct"),
        type="primary",
        icon=":material/edit_note:",
        key="do-correct",
        on_click=_correct,
        args=(file, lot.id, name, units < 0, key),
    )


def _correct(file: StockFile, lot_id: int, name: str, down: bool, key: str) -> None:
    kept = st.session_state
    account = Account(kept.get(f"{name}-account") or Account.AVAILABLE)
    page.command(
        adjustments.adjust_stock,
        file.sku_id,
        file.warehouse_id,
        typed_number(f"{name}-change"),
        kept.get(f"{name}-reason-{down}") or "",
        kept.get(f"{name}-note") or "",
        account=account,
        lot_id=lot_id,
        bin_id=kept.get(f"{name}-bin") if account is Account.AVAILABLE else None,
        form_key=key,
    )
    asked = page.result("correct-stock")
    if asked is None:
        return
    if page.read(adjustments.is_waiting, asked):
        page.flash(t("It is worth more than the limit and waits for somebody else's approval."), "note")
    else:
        page.flash(t("Corrected."))


def draw_history(file: StockFile, timezone: str) -> None:
    """What the ledger says of the chosen lot."""
    if not file.lots:
        return
    lot_id = st.session_state.get(f"lot-{file.sku_id}-{file.warehouse_id}") or file.lots[0].id
    with st.expander(t("What the ledger says of lot {n}", n=lot_id), icon=":material/history:"):
        moves = page.read(lot_history, lot_id)
        names = names_of({move.actor for move in moves})
        columns = [
            Column("at", t("At"), width=150),
            Column("what", t("What"), width=170),
            Column("units", t("Units"), "number", width=70),
            Column("source", t("From"), width=150),
            Column("target", t("Into"), width=150),
            Column("order", t("Order"), width=140),
            Column("who", t("Who"), width=120),
        ]
        rows = [_move_cells(move, names, timezone) for move in moves]
        table(rows, columns, key=f"moves-{lot_id}", height="content" if len(rows) < 12 else 420)


def _move_cells(move: LotMove, names: dict[str, str], timezone: str) -> dict[str, Any]:
    return {
        "at": format_instant(move.at, timezone),
        "what": t(KIND_LABELS[move.kind]) if move.kind in KIND_LABELS else move.kind,
        "units": move.units,
        "source": _place(move.source, move.in_bins),
        "target": _place(move.target, move.in_bins),
        "order": move.order_number or "",
        "who": names.get(move.actor, move.actor),
    }


def _place(place: str, in_bins: bool) -> str:
    if in_bins:
        return place
    account, _, house = place.partition("@")
    words = t(label_of(Account(account)))
    return words if house == "OUT" else f"{words} · {house}" if language() == "en" else f"{house} · {words}"
