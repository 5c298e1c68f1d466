"""Blocked buyers: the blacklist of the review, with who put whom there and why, and the way on and off it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Context
from core.portal.colleagues import names_behind
from core.services.blocked_buyers import BlockedBuyer, block_buyer, blocked_buyers_in, unblock_buyer
from core.ui import page
from core.ui.cards import heading, section
from core.ui.empty import empty
from core.ui.i18n import format_instant, t
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.work import settle

CHOSEN = "blocked-chosen"  # in session_state: the phone whose entry is open


def read_list(ctx: Context, search: str) -> tuple[tuple[BlockedBuyer, ...], str]:
    """The blacklist and the world's calendar, in one view."""
    return blocked_buyers_in(ctx, search), ctx.world.timezone


def add_form() -> None:
    """A phone and a reason; an order's page brings its buyer's phone along."""
    key = page.form_key("block")
    section(t("Block a buyer"), t("The review stops every order of this phone from now on, until somebody checks it."))
    with st.form(f"form-{key}", enter_to_submit=False):
        phone, reason = st.columns([1, 2], gap="small")
        phone.text_input(t("Phone"), value=st.query_params.get("phone", ""), max_chars=30, key=f"{key}-phone")
        reason.text_input(t("Reason"), max_chars=500, key=f"{key}-reason")
        st.form_submit_button(t("Block"), type="primary", icon=":material/person_off:", on_click=add, args=(key,))


def add(key: str) -> None:
    """The form's callback."""
    page.command(
        block_buyer,
        page.field(f"{key}-phone"),
        page.field(f"{key}-reason"),
        form_key=key,
        done=t("The buyer is blocked."),
    )
    waiting = page.result("block")
    if waiting is None:
        return
    st.query_params.pop("phone", None)
    if waiting:
        note = t("This buyer has 1 open order. It goes its way unless you hold it.")
        several = t("This buyer has {n} open orders. They go their way unless you hold them.", n=waiting)
        page.flash(note if waiting == 1 else several, "note")


def draw_list(found: tuple[BlockedBuyer, ...], timezone: str, searched: bool) -> None:
    """Everybody who is blocked; a click opens an entry."""
    if not found:
        text = t("Nobody fits here.") if searched else t("Every buyer's orders are judged on their own.")
        empty(
            t("Nobody is blocked") if not searched else t("Nothing fits"), text, key="none", icon="sentiment_satisfied"
        )
        return
    names = {"engine": t("Automatic")} | page.portal_read(names_behind, {one.actor for one in found})
    rows: list[dict[str, Any]] = [
        {
            "id": one.phone,
            "phone": one.phone,
            "reason": one.reason,
            "since": format_instant(one.blocked_at, timezone),
            "by": names.get(one.actor, one.actor),
            "waiting": one.open_orders,
        }
        for one in found
    ]
    columns = [
        Column("phone", t("Phone"), width=150, pinned=True),
        Column("reason", t("Reason"), width=380),
        Column("since", t("Blocked since"), width=160),
        Column("by", t("Blocked by"), width=140),
        Column("waiting", t("Open orders"), "number", width=110),
    ]
    chosen = table(rows, columns, key="blocked", id_key="id", height="content" if len(rows) <= 12 else 460)
    if chosen is not None:
        st.session_state[CHOSEN] = chosen
    opened = next((one for one in found if one.phone == st.session_state.get(CHOSEN)), None)
    if opened is not None:
        draw_entry(opened)
    else:
        st.caption(t("Click an entry to see its orders or to let the buyer off."))


def draw_entry(one: BlockedBuyer) -> None:
    """One entry: its orders, and the way off the list."""
    key = page.form_key("unblock")
    with st.container(border=True, key="blocked-entry", gap="small"):
        st.markdown(f"**{safe(one.phone)}** · {safe(one.reason)}")
        st.page_link(
            page_named("orders").path,
            label=t("Orders of this phone"),
            icon=":material/inbox:",
            query_params={"show": "all", "q": one.phone},
        )
        with st.form(f"form-{key}", border=False, enter_to_submit=False):
            st.text_input(t("Why may this buyer order again?"), max_chars=500, key=f"{key}-reason")
            st.form_submit_button(
                t("Let this buyer off"), icon=":material/how_to_reg:", on_click=let_off, args=(one.phone, key)
            )


def let_off(phone: str, key: str) -> None:
    """The entry's callback."""
    page.command(
        unblock_buyer,
        phone,
        page.field(f"{key}-reason"),
        form_key=key,
        done=t("The buyer may order again. Check stopped orders again to let them pass."),
    )
    if page.form_key("unblock") != key:
        st.session_state.pop(CHOSEN, None)


settle()
heading(t("Blocked buyers"), t("Whose orders the review stops, and why"), "person_off")
search = st.text_input(
    t("Search"),
    placeholder=t("Phone or reason"),
    icon=":material/search:",
    max_chars=80,
    key="blocked-q",
    label_visibility="collapsed",
)
found, timezone = page.read(read_list, search or "")
draw_list(found, timezone, bool(search))
add_form()
