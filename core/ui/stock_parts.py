"""The parts of the stock alerts' page: one article's panel with its threshold, and the suggested purchases."""

from __future__ import annotations

from datetime import date, timedelta

import streamlit as st

from core.domain.alerts import AlertKind, AlertState
from core.domain.facts import local_day
from core.domain.labels import label_of
from core.services import replenishment, thresholds
from core.services.replenishment import Suggestion
from core.services.stock_alerts import AlertView, StockBoard, StockLine, acknowledge_alert
from core.services.stock_policies import stock_policy
from core.ui import page
from core.ui.cards import Tone, facts, panel
from core.ui.i18n import (
    format_day,
    format_instant,
    format_int,
    format_money,
    format_number,
    format_rate,
    language,
    t,
)
from core.ui.safe import safe

STATE_TONES: dict[AlertState, Tone] = {
    AlertState.NORMAL: "good",
    AlertState.PENDING: "warn",
    AlertState.ALERTING: "bad",
    AlertState.RECOVERING: "info",
    AlertState.NO_DATA: "quiet",
}
_EPOCH = date(1970, 1, 1)


def article(line: StockLine) -> str:
    """An article's name in the reader's language."""
    return line.name_zh if language() == "zh" else line.name_en


def place(line: StockLine) -> str:
    """A warehouse's name in the reader's language."""
    return line.warehouse_zh if language() == "zh" else line.warehouse_en


def value_words(alert: AlertView) -> str:
    """What was found against its limit."""
    if alert.value is None or alert.limit is None:
        return t("too few days to say")
    low = alert.kind is AlertKind.LOW
    sign = ("<" if alert.value < alert.limit else "≥") if low else (">" if alert.value > alert.limit else "≤")
    if alert.kind is AlertKind.STOCK_OUT:
        return f"{format_rate(alert.value, 0)} {sign} {format_rate(alert.limit, 0)}"
    return f"{format_int(round(alert.value))} {sign} {format_int(round(alert.limit))}"


def cover_words(line: StockLine) -> str:
    """How long stock lasts at mean demand."""
    if not line.outlook.enough_days:
        return t("too few days to say")
    cover = line.outlook.cover_days
    return t("nothing sells") if cover is None else t("{n} days", n=format_number(cover, 1))


def demand_words(line: StockLine) -> str:
    """Mean and spread per day, and how many days they rest on."""
    demand = line.outlook.demand
    return t(
        "{mean} ± {spread} a day (n = {n} days)",
        mean=format_number(demand.mean, 1),
        spread=format_number(demand.deviation, 1),
        n=demand.days,
    )


def out_words(days: int | None, board: StockBoard) -> str:
    """The day on which stock is out; a year is as far as anybody looks."""
    if days is None:
        return t("not within a year")
    return format_day(_EPOCH + timedelta(days=local_day(board.now, board.timezone) + days))


def lead_words(line: StockLine) -> str:
    """How long goods take to come, and how that is known."""
    lead = line.outlook.lead
    known = t("measured on {n} purchases", n=lead.orders) if lead.orders else t("as agreed or assumed")
    return t(
        "{days} ± {spread} days, {known}",
        days=format_number(lead.mean),
        spread=format_number(lead.deviation),
        known=known,
    )


def draw_article(line: StockLine, board: StockBoard, names: dict[str, str]) -> None:
    """One article of a warehouse: its alerts, what they rest on, and its threshold."""
    outlook = line.outlook
    with panel("article"):
        st.markdown(f"**{safe(line.sku)} {safe(article(line))}** · {safe(place(line))}")
        for alert in line.alerts:
            draw_alert(alert, board, names)
        shown = {
            t("Available"): format_int(outlook.available),
            t("On its way"): format_int(outlook.coming),
            t("Demand"): demand_words(line),
            t("Purchase lead time"): lead_words(line),
            t("Days of cover"): cover_words(line),
        }
        if outlook.enough_days:
            early, likely = outlook.out_in_days
            shown[t("Sold out, most likely")] = out_words(likely, board)
            shown[t("Sold out, one in ten")] = out_words(early, board)
        if (levels := outlook.levels) is not None:
            shown[t("Safety stock")] = format_int(levels.safety)
            shown[t("Reorder point")] = format_int(levels.reorder_point)
            shown[t("Order up to")] = format_int(levels.order_up_to)
        facts(shown)
        if page.actor().may("stock.threshold"):
            draw_threshold(line)


def draw_alert(alert: AlertView, board: StockBoard, names: dict[str, str]) -> None:
    """One alert, since when, and the button of whoever takes care of it."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key=f"alert-{alert.kind.value}"):
        tone = STATE_TONES[alert.state]
        colour = {"good": "green", "warn": "orange", "bad": "red", "info": "blue"}.get(tone, "gray")
        st.badge(safe(f"{t(label_of(alert.kind))}: {t(label_of(alert.state))}"), color=colour)  # type: ignore[arg-type]
        words = value_words(alert) if alert.state is not AlertState.NORMAL else ""
        if alert.raised_at is not None:
            words += " · " + t("since {at}", at=format_instant(alert.raised_at, board.timezone))
        if alert.acknowledged_by is not None and alert.acknowledged_at is not None:
            who = names.get(alert.acknowledged_by, alert.acknowledged_by)
            words += " · " + t("{name} takes care of it", name=who)
        st.caption(safe(words), width="content")
        waits = alert.raised_at is not None and alert.acknowledged_at is None
        if waits and alert.id is not None and page.actor().may("stock.threshold"):
            st.button(
                t("I take care of it"),
                icon=":material/front_hand:",
                on_click=page.command,
                args=(acknowledge_alert, alert.id),
                kwargs={"form_key": page.form_key(f"ack-{alert.id}"), "done": t("The alert is yours.")},
                key=f"ack-{alert.id}",
            )


def draw_threshold(line: StockLine) -> None:
    """Limits by hand, or by the formula."""
    sku_id, warehouse_id = line.outlook.place
    known = line.outlook.threshold
    key = page.form_key(f"threshold-{sku_id}-{warehouse_id}")
    with st.form(f"form-{key}", border=False, enter_to_submit=False):
        low, high, save = st.columns([1, 1, 1], gap="small", vertical_alignment="bottom")
        low.text_input(t("Low below"), value="" if known is None else str(known.low), max_chars=9, key=f"{key}-low")
        top = "" if known is None or known.high is None else str(known.high)
        high.text_input(t("Too much above (empty: never)"), value=top, max_chars=9, key=f"{key}-high")
        save.form_submit_button(t("Set by hand"), on_click=_set, args=(line, key), width="stretch")
    said = {
        None: t("No threshold is set."),
        thresholds.HAND: t("Set by hand; demand doesn't change it."),
        thresholds.FORMULA: t("Follows the formula and is renewed every day."),
    }[known.source if known is not None else None]
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.caption(safe(said), width="content")
        formula = page.form_key(f"formula-{sku_id}-{warehouse_id}")
        if known is None or known.source != thresholds.FORMULA:
            st.button(
                t("Let the formula set it"),
                icon=":material/functions:",
                disabled=line.outlook.levels is None,
                on_click=page.command,
                args=(thresholds.use_formula, ((sku_id, warehouse_id),)),
                kwargs={"form_key": formula, "done": t("The threshold follows the formula.")},
                key="use-formula",
            )
        if known is not None:
            st.button(
                t("Take the threshold away"),
                type="tertiary",
                on_click=page.command,
                args=(thresholds.forget_threshold, sku_id, warehouse_id),
                kwargs={
                    "form_key": page.form_key(f"forget-{sku_id}-{warehouse_id}"),
                    "done": t("No threshold is set."),
                },
                key="forget-threshold",
            )


def _set(line: StockLine, key: str) -> None:
    kept = st.session_state
    low, high = str(kept.get(f"{key}-low") or ""), str(kept.get(f"{key}-high") or "")
    done = t("The threshold is set.")
    page.command(thresholds.set_typed, *line.outlook.place, low, high, form_key=key, done=done)


def draw_suggestions(found: list[tuple[StockLine, Suggestion]]) -> None:
    """What to order from whom, chosen line by line, and the button that orders it."""
    if not page.actor().may("purchasing.work"):
        return
    key = page.form_key("order-suggested")
    by_place = {line.outlook.place: (line, one) for line, one in found if one.supplier_id is not None}
    total = sum(one.value_cents for _, one in by_place.values())
    with st.form(f"form-{key}", enter_to_submit=False):
        st.multiselect(
            t("Only these (empty: all of them)"),
            list(by_place),
            format_func=lambda number: _words(*by_place[number]),
            placeholder=t("All"),
            key=f"{key}-places",
        )
        st.form_submit_button(
            t("Order {n} articles for {value}", n=format_int(len(by_place)), value=format_money(total)),
            type="primary",
            icon=":material/shopping_cart:",
            disabled=not by_place,
            on_click=_order,
            args=(tuple(by_place), key),
        )
        st.caption(t("One purchase order per supplier and warehouse; what somebody ordered meanwhile is left out."))


def _words(line: StockLine, one: Suggestion) -> str:
    return f"{line.sku} · {line.warehouse} · {format_int(one.quantity)}"


def _order(places: tuple[tuple[int, int], ...], key: str) -> None:
    chosen = tuple(st.session_state.get(f"{key}-places") or places)
    page.command(replenishment.order_suggested, chosen, form_key=key, done=t("The goods are ordered."))


def policy_words() -> str:
    """How thresholds are reckoned, beside the figures."""
    policy = stock_policy()
    return t(
        "Reorder point: demand per day × lead time + safety stock; safety stock: z·√(L·σd² + d²·σL²), so that {level}"
        " of the order cycles don't run out. Demand of the last {days} days, with fewer than {least} nothing is said.",
        level=format_rate(policy.service_level, 0),
        days=policy.demand_days,
        least=policy.least_days,
    )
