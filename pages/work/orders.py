"""The order desk: which orders wait for a decision, which are on their way through the house, and any other."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import REASON_LABELS, Reason
from core.services.order_reads import PER_PAGE, SEGMENTS, Desk, QueueRow, get_desk
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.i18n import format_duration, format_instant, format_int, language, t
from core.ui.order_sheet import province
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.work import settle

SEGMENT_LABELS = {
    "decision": "Needs a decision",
    "progress": "In progress",
    "unpaid": "Waiting for payment",
    "all": "All orders",
}
NOTHING_LABELS = {
    "decision": "Nothing is stopped: every order passed the review or was dealt with.",
    "progress": "No order is between confirmation and hand-over.",
    "unpaid": "Every order that came in is paid.",
    "all": "There is no order here yet.",
}


FILTERS = {"show": "decision", "q": "", "reason": "", "channel": ""}


def take_from_address() -> None:
    """What the address asks for becomes what the filters show, when the page is opened."""
    allowed = {"show": set(SEGMENTS), "reason": {"", *(one.value for one in Reason)}}
    for name, default in FILTERS.items():
        if name not in st.session_state:
            asked = st.query_params.get(name, default)
            st.session_state[name] = asked if asked in allowed.get(name, {asked}) else default


def keep_in_address() -> None:
    """A filter that was changed stands in the address, and the list begins at its first page."""
    st.query_params.pop("page", None)
    for name, default in FILTERS.items():
        text = st.session_state.get(name) or default
        if text == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = text


def turn(step: int) -> None:
    """Turns the page of the list."""
    st.query_params["page"] = str(max(1, page_number() + step))


def page_number() -> int:
    """The page of the list that the address names."""
    text = st.query_params.get("page", "1")
    return int(text) if text.isdecimal() and 0 < int(text) < 1_000_000 else 1


def clear_filters() -> None:
    """Shows everything of the segment again."""
    st.session_state.update(q="", reason="", channel="")
    keep_in_address()


def draw_filters(desk: Desk) -> None:
    """Search, reason and channel, side by side."""
    search, reason, channel = st.columns([2, 1, 1], gap="small")
    search.text_input(
        t("Search"),
        placeholder=t("Order number, buyer or phone"),
        icon=":material/search:",
        max_chars=80,
        key="q",
        on_change=keep_in_address,
        label_visibility="collapsed",
    )
    reason.selectbox(
        t("Reason"),
        ["", *(one.value for one in Reason)],
        format_func=lambda code: reason_words(code, desk),
        key="reason",
        on_change=keep_in_address,
        label_visibility="collapsed",
    )
    channel.selectbox(
        t("Channel"),
        ["", *desk.channels],
        format_func=lambda code: channel_words(code, desk) if code else t("Every channel"),
        key="channel",
        on_change=keep_in_address,
        label_visibility="collapsed",
    )


def reason_words(code: str, desk: Desk) -> str:
    """A reason with how many wait for it."""
    if not code:
        return t("Every reason")
    count = desk.reasons.get(Reason(code), 0)
    return t(REASON_LABELS[Reason(code)]) + (f" · {format_int(count)}" if count else "")


def channel_words(code: str, desk: Desk) -> str:
    """A channel by its name in the reader's language."""
    names = desk.channels.get(code, (code, code))
    return names[language() == "zh"]


def as_cells(row: QueueRow, desk: Desk) -> dict[str, Any]:
    """One order as the list shows it."""
    left = None if row.ship_by_at is None else row.ship_by_at - desk.now
    due = "" if left is None else format_duration(left) if left >= 0 else t("{time} late", time=format_duration(-left))
    status = t(label_of(row.status)) + (f" · {t('On hold')}" if row.held else "")
    return {
        "id": row.id,
        "number": row.number,
        "status": status,
        "reasons": " · ".join(t(REASON_LABELS[reason]) for reason in row.reasons),
        "buyer": row.buyer_name,
        "place": f"{province(row.region)} {row.city}",
        "total": row.total_cents / 100,
        "received": format_instant(row.received_at, desk.timezone),
        "due": due,
        "channel": channel_words(row.channel, desk),
        "phone": row.buyer_phone,
    }


def columns_for(segment: str) -> list[Column]:
    """What the list shows, the telling things first."""
    first = [Column("number", t("Number"), width=180, pinned=True), Column("buyer", t("Buyer"), width=100)]
    why = [Column("reasons", t("Why it stopped"), width=250)]
    status = [Column("status", t("Status"), width=140)]
    rest = [
        Column("due", t("Ship within"), width=110),
        Column("total", t("Total"), "money", width=90),
        Column("place", t("Going to"), width=190),
        Column("received", t("Received at"), width=150),
        Column("channel", t("Channel"), width=120),
        Column("phone", t("Phone"), width=130),
    ]
    return first + (why + status if segment == "decision" else status + why if segment == "all" else status) + rest


def draw_batch_link(desk: Desk, segment: str) -> None:
    """The way to confirming everything that the filter lists."""
    if segment != "decision" or not desk.page.rows or not page.actor().may("orders.review"):
        return
    kept = {name: text for name, text in st.query_params.items() if name in ("q", "reason", "channel") and text}
    st.page_link(
        page_named("confirm_many").path,
        label=t("Confirm many at once"),
        icon=":material/done_all:",
        query_params=kept or None,
    )


def draw_list(desk: Desk, segment: str) -> None:
    """The orders that fit, the way to turn the page, or why there are none."""
    rows, number = desk.page.rows, page_number()
    filtered = any(st.session_state.get(name) for name in ("q", "reason", "channel"))
    if not rows and (filtered or number > 1):
        text = t("No order fits here. Look in all orders, or take a filter away.")
        empty(t("Nothing fits"), text, key="none", icon="search_off", go_label=t("Clear filters"), on_go=clear_filters)
        return
    if not rows:
        empty(t("Nothing waits here"), t(NOTHING_LABELS[segment]), key="none", icon="task_alt")
        return
    cells = [as_cells(row, desk) for row in rows]
    height: Any = "content" if len(cells) <= 16 else 620
    chosen = table(cells, columns_for(segment), key=f"orders-{segment}-{number}", id_key="id", height=height)
    if chosen is not None:
        st.switch_page(page_named("order").path, query_params={"id": str(chosen)})
    with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="right", gap="small"):
        first = (number - 1) * PER_PAGE
        st.caption(
            t("Orders {first} to {last}", first=format_int(first + 1), last=format_int(first + len(rows))),
            width="content",
        )
        back, onward = number == 1, not desk.page.more
        st.button(
            t("Previous page"), icon=":material/chevron_left:", disabled=back, on_click=turn, args=(-1,), key="back"
        )
        st.button(
            t("Next page"), icon=":material/chevron_right:", disabled=onward, on_click=turn, args=(1,), key="next"
        )


settle()
heading(t("Order desk"), t("Click an order to open it. The oldest that need a decision come first."), "inbox")
take_from_address()
chosen = st.session_state
segment = chosen["show"] or FILTERS["show"]
desk = page.read(
    get_desk, segment, search=chosen["q"], reason=chosen["reason"], channel=chosen["channel"], page=page_number()
)
if chosen["channel"] not in {"", *desk.channels}:
    clear_filters()
    st.rerun()
st.segmented_control(
    t("Which orders"),
    list(SEGMENTS),
    required=True,
    format_func=lambda name: (
        t(SEGMENT_LABELS[name]) + (f" · {format_int(desk.counts[name])}" if name in desk.counts else "")
    ),
    key="show",
    on_change=keep_in_address,
    label_visibility="collapsed",
)
draw_filters(desk)
draw_batch_link(desk, segment)
draw_list(desk, segment)
# The way back from an order leads to the list as it was.
st.session_state["_desk"] = {name: text for name, text in st.query_params.items() if text}
