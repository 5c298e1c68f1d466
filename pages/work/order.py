"""One order: everything there is about it, what stands in its way, and what this person may do with it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Context
from core.domain.labels import label_of
from core.portal.colleagues import names_behind
from core.services.order_file import OrderFile, get_order
from core.services.order_reads import channels_in
from core.ui import order_sheet, page
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_money, language, t
from core.ui.order_actions import draw_actions
from core.ui.order_compare import compared
from core.ui.order_parcels import parcels
from core.ui.safe import safe
from core.ui.site import page_named
from pages.work import settle


def read_order(ctx: Context, order_id: int) -> tuple[OrderFile, dict[str, tuple[str, str]], int, str]:
    """The order, the channels' names, the world's time and calendar, in one view."""
    return get_order(ctx, order_id), channels_in(ctx), ctx.now, ctx.world.timezone


def order_in_address() -> int | None:
    """The order that the address names."""
    text = st.query_params.get("id", "")
    return int(text) if text.isdecimal() and len(text) < 18 else None


def names_in(file: OrderFile) -> dict[str, str]:
    """Who is behind the actors of the order's history."""
    names = page.portal_read(names_behind, {fact.actor for fact in file.facts})
    return {"engine": t("Automatic")} | names | {f"person:{page.person().person_id}": t("You")}


def draw_block_link(file: OrderFile) -> None:
    """The way to blocking this order's buyer, for those who may."""
    phone = file.fields["buyer_phone"]
    if page.actor().may("buyers.block") and phone and "*" not in phone and not file.blocked_reason:
        st.page_link(
            page_named("blocked_buyers").path,
            label=t("Block this buyer"),
            icon=":material/person_off:",
            query_params={"phone": phone},
        )


def draw_neighbours(file: OrderFile, timezone: str) -> None:
    """Other orders of the same phone around these days, each a click away."""
    if not file.neighbours:
        return
    with st.container(border=True, key="neighbours", gap="small"):
        st.markdown(f"**{safe(t('Same buyer, same days'))}**")
        for one in file.neighbours:
            with st.container(gap=None):
                st.page_link(
                    page_named("order").path,
                    label=safe(one.number),
                    icon=":material/receipt_long:",
                    query_params={"id": str(one.id)},
                )
                parts = [
                    t(label_of(one.status)),
                    format_instant(one.received_at, timezone),
                    t("1 unit") if one.units == 1 else t("{n} units", n=one.units),
                    format_money(one.total_cents, file.fields["currency"]),
                ]
                st.caption(safe(" · ".join(parts)))


def draw(order_id: int) -> None:
    """The whole sheet."""
    file, channels, now, timezone = page.read(read_order, order_id)
    names = channels.get(file.fields["channel"], ("", ""))
    channel = names[language() == "zh"] or file.fields["channel"]
    st.html(order_sheet.head(file, channel, timezone, now))
    if why := order_sheet.stopped(file):
        st.html(f'<div class="od-stopped">{why}</div>')
    draw_actions(file, page.actor())
    left, right = st.columns([5, 3], gap="medium")
    with left:
        st.html(order_sheet.lines(file) + compared(file) + order_sheet.messages(file, timezone))
    with right:
        draw_neighbours(file, timezone)
        parts: list[Any] = [order_sheet.money(file), parcels(file, timezone), order_sheet.stock(file, timezone)]
        st.html("".join(parts) + order_sheet.history(file, names_in(file), timezone))
        draw_block_link(file)


settle()
st.page_link(
    page_named("orders").path,
    label=t("Order desk"),
    icon=":material/arrow_back:",
    query_params=st.session_state.get("_desk") or None,
)
order_id = order_in_address()
if order_id is None:
    empty(
        t("No order chosen"),
        t("Choose one at the order desk."),
        key="no-order",
        icon="receipt_long",
        go_label=t("Order desk"),
        go_page="orders",
    )
else:
    draw(order_id)
