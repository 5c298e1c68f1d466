"""Confirm many: the stopped orders of a filter pass in one go, each with its own result and its papers."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.channels.export import to_csv
from core.context import Context
from core.domain.labels import label_of
from core.domain.orders import REASON_LABELS, Reason, Status
from core.domain.review import APPROVABLE
from core.services.bulk_confirmation import MOST_AT_ONCE, Outcome
from core.services.order_reads import QueueRow, orders_in
from core.ui import confirm_job, page
from core.ui.cards import Tone, card_row, heading, metric_card, section
from core.ui.confirm_job import Batch
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_money, t, translate_error
from core.ui.order_papers import draw_all_papers
from core.ui.order_sheet import province
from core.ui.site import page_named
from core.ui.tables import Column, table, ticked
from pages.work import settle

ALL, TICKED = "all", "ticked"
WHICH_LABELS = {ALL: "All of them", TICKED: "Only those I tick"}


def read_queue(ctx: Context) -> tuple[tuple[QueueRow, ...], bool, str]:
    """The stopped orders of the filter that the desk was left with, oldest first; whether there are more."""
    search, reason, channel = (st.query_params.get(name, "") for name in ("q", "reason", "channel"))
    found = orders_in(ctx, "decision", search=search, reason=reason, channel=channel, per_page=MOST_AT_ONCE)
    return found.rows, found.more, ctx.world.timezone


# ---- choosing -----------------------------------------------------------------------------------------------------


def choose() -> None:
    """Which orders, which reasons may pass, and the button that begins."""
    rows, more, timezone = page.read(read_queue)
    if not rows:
        text = t("No stopped order fits the filter of the order desk.")
        empty(t("Nothing to confirm"), text, key="none", icon="task_alt", go_label=t("Order desk"), go_page="orders")
        return
    if more:
        st.info(
            t("The oldest {n} are taken first; the others follow in the next batch.", n=format_int(len(rows))),
            icon=":material/info:",
        )
    which = st.segmented_control(
        t("Which orders"),
        list(WHICH_LABELS),
        default=ALL,
        required=True,
        format_func=lambda name: t(WHICH_LABELS[name]) + (f" · {format_int(len(rows))}" if name == ALL else ""),
        key="confirm-which",
        label_visibility="collapsed",
    )
    if which == TICKED:
        chosen = ticked(cells_of(rows, timezone), columns(), key="confirm-rows", id_key="id", height=420)
    else:
        table(cells_of(rows, timezone), columns(), key="confirm-all", height=420 if len(rows) > 10 else "content")
        chosen = [row.id for row in rows]
    wanted = set(chosen)
    approved = approve({reason for row in rows if row.id in wanted for reason in row.reasons})
    label = t("Confirm 1 order") if len(chosen) == 1 else t("Confirm {n} orders", n=format_int(len(chosen)))
    st.button(
        label,
        type="primary",
        icon=":material/done_all:",
        disabled=not chosen,
        key="confirm-go",
        on_click=begin,
        args=(chosen, approved, page.form_key(confirm_job.FORM)),
    )


def cells_of(rows: tuple[QueueRow, ...], timezone: str) -> list[dict[str, Any]]:
    """The orders as the list shows them."""
    return [
        {
            "id": row.id,
            "number": row.number,
            "buyer": row.buyer_name,
            "reasons": " · ".join(t(REASON_LABELS[reason]) for reason in row.reasons) or "–",
            "total": format_money(row.total_cents, row.currency),
            "place": f"{province(row.region)} {row.city}",
            "received": format_instant(row.received_at, timezone),
        }
        for row in rows
    ]


def columns() -> list[Column]:
    """What the list shows."""
    return [
        Column("number", t("Number"), width=180, pinned=True),
        Column("buyer", t("Buyer"), width=100),
        Column("reasons", t("Why it stopped"), width=280),
        Column("total", t("Total"), width=110),
        Column("place", t("Going to"), width=190),
        Column("received", t("Received at"), width=150),
    ]


def approve(reasons: set[Reason]) -> dict[str, str]:
    """A note for each reason that may pass: the widget's key by reason, read when the button is pressed."""
    passable = [reason for reason in Reason if reason in reasons & APPROVABLE]
    if not passable:
        return {}
    section(
        t("What may pass"),
        t("One note for all of them, kept with each order. A reason without a note stops its orders as before."),
    )
    for reason in passable:
        st.text_input(
            t("{reason}: why may it pass?", reason=t(REASON_LABELS[reason])), max_chars=500, key=f"confirm-{reason}"
        )
    return {reason.value: f"confirm-{reason}" for reason in passable}


def begin(order_ids: list[int], keys: dict[str, str], form_key: str) -> None:
    """The button's callback: with the notes as they were typed."""
    notes = {reason: (st.session_state.get(key) or "").strip() for reason, key in keys.items()}
    confirm_job.start(order_ids, {reason: note for reason, note in notes.items() if note}, form_key)


# ---- what came of it ----------------------------------------------------------------------------------------------


@st.fragment(run_every=0.4)
def follow(batch: Batch) -> None:
    """Shows a batch under way; the whole page once it has ended."""
    done = len(batch.outcomes)
    text = t("{n} of {all} orders looked at", n=format_int(done), all=format_int(batch.total))
    st.progress(done / batch.total, text)
    st.caption(t("It goes on when you leave this page."))
    if batch.ended:
        st.rerun()


def show(batch: Batch) -> None:
    """The result of a batch: in figures, order by order, as a file, and its papers."""
    if batch.refusal is not None:
        st.error(translate_error(batch.refusal), icon=":material/error:")
    confirmed = [one for one in batch.outcomes if one.status is not None]
    waiting = sum(one.status is Status.BACKORDERED for one in confirmed)
    refused = batch.total - len(confirmed)
    cards: tuple[tuple[str, str, int, Tone], ...] = (
        (t("Confirmed"), t("Their stock is reserved"), len(confirmed) - waiting, "good"),
        (t("Back-ordered"), t("Confirmed, but stock is missing"), waiting, "warn"),
        (t("Not confirmed"), t("They stay stopped, with the reason beside them"), refused, "bad"),
    )
    for place, (label, definition, count, tone) in zip(card_row(len(cards)), cards, strict=True):
        with place:
            shown = tone if count else "plain"
            metric_card(label, format_int(count), definition=definition, key=f"confirm-{tone}", tone=shown)
    section(t("Order by order"), t("Click an order to open it. Those that weren't confirmed come first."))
    rows = [row_of(one) for one in sorted(batch.outcomes, key=lambda one: one.status is not None)]
    listed = [Column("number", t("Number"), width=200, pinned=True), Column("result", t("Outcome"), width=620)]
    chosen = table(rows, listed, key="confirm-results", id_key="id", height=420 if len(rows) > 10 else "content")
    if chosen is not None:
        st.switch_page(page_named("order").path, query_params={"id": str(chosen)})
    with st.container(horizontal=True, gap="small"):
        st.button(t("Next batch"), type="primary", icon=":material/done_all:", on_click=confirm_job.forget, key="again")
        if confirmed:
            draw_all_papers([one.order_id for one in confirmed], key="print-all")
        st.download_button(
            t("Download the results"),
            data=lambda: as_csv(rows),
            file_name="confirmed-orders.csv",
            mime="text/csv",
            icon=":material/table_view:",
            on_click="ignore",
            key="confirm-csv",
        )


def row_of(one: Outcome) -> dict[str, Any]:
    """What became of one order, in words."""
    result = t(label_of(one.status)) if one.status is not None else ""
    if one.refusal is not None:
        result = translate_error(one.refusal)
    return {"id": one.order_id, "number": one.number or str(one.order_id), "result": result}


def as_csv(rows: list[dict[str, Any]]) -> bytes:
    """The results as a file."""
    return to_csv([t("Number"), t("Outcome")], [(row["number"], row["result"]) for row in rows])


settle()
st.page_link(
    page_named("orders").path,
    label=t("Order desk"),
    icon=":material/arrow_back:",
    query_params=st.session_state.get("_desk") or None,
)
heading(
    t("Confirm many orders"),
    t("The review judges each of them anew; what it still has something against stays stopped."),
    "done_all",
)
batch = confirm_job.current()
if batch is None:
    choose()
elif not batch.ended:
    follow(batch)
else:
    show(batch)
