"""The orders behind a figure of the board: the same filter, page by page, and as a file."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from core.domain.labels import label_of
from core.domain.orders import Reason, Status
from core.metrics.board import Places, places
from core.metrics.delivery import STAGE_DEFINITION_LABELS, STAGE_LABELS
from core.metrics.filters import day_text
from core.metrics.rows import JUDGED, ROW_SETS, Page, RowSet, Wanted, exact_lead, order_page, row_set
from core.ui import kpi, page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.i18n import format_day, format_duration, format_instant, format_int, format_number, t
from core.ui.noted_files import noted
from core.ui.order_export import MOST_EXPORTED, file_of
from core.ui.rich import grid
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table

PER_PAGE = 50
BOARD_KEYS = ("from", "to", "period", "channel", "warehouse", "region")


def chosen_set(query: dict[str, str], notes: list[str]) -> RowSet:
    """The set of rows that the address names."""
    name = query.get("rows", "received")
    if (found := row_set(name)) is None:
        notes.append(t("The address names a list that there is not; the orders received are shown."))
        found = ROW_SETS["received"]
    return found


def wanted_now(query: dict[str, str], known: Places) -> tuple[Wanted, list[str]]:
    """What the address asks for; what it names wrongly is left out, and noted."""
    chosen = kpi.read_address(query, known, page.read(kpi.today_of))
    notes = list(chosen.notes)
    wanted = Wanted(chosen_set(query, notes).key, chosen.filter)
    if status := query.get("status"):
        if status in set(Status):
            wanted = replace(wanted, status=status)
        else:
            notes.append(t("The address names a status that there is not; all are shown."))
    if reason := query.get("reason"):
        if reason in set(Reason):
            wanted = replace(wanted, reason=reason)
        else:
            notes.append(t("The address names a reason that there is not; all are shown."))
    return wanted, notes


def page_number(query: dict[str, str]) -> int:
    """The page of the list, counted from 1."""
    text = query.get("page", "1")
    return max(1, int(text)) if text.isascii() and text.isdecimal() and len(text) < 7 else 1


def turn_to(number: int) -> None:
    """Turns the page."""
    st.query_params["page"] = str(number)


def choose_set() -> None:
    """Another list with the same filter."""
    st.query_params["rows"] = st.session_state["list-set"]
    st.query_params.pop("page", None)


def filter_said(wanted: Wanted, chosen: RowSet, known: Places) -> str:
    """The filter in words."""
    names = {place.code: kpi.place_name(place) for place in known.channels}
    parts = []
    if chosen.is_period:
        first, last = (format_day(day_text(day)) for day in (wanted.filter.from_day, wanted.filter.to_day))
        parts.append(t("{first} to {last}", first=first, last=last) if first != last else first)
    if wanted.filter.channel is not None:
        parts.append(names[wanted.filter.channel])
    if wanted.filter.warehouse is not None:
        parts.append(kpi.place_name(known.warehouses[wanted.filter.warehouse]))
    if wanted.filter.region is not None:
        parts.append(kpi.region_name(wanted.filter.region))
    if wanted.status is not None:
        parts.append(t(label_of(Status(wanted.status))))
    if wanted.reason is not None:
        parts.append(t(label_of(Reason(wanted.reason))))
    return " · ".join(parts)


def row_shown(row: Any, known: Places, names: dict[str, str], risks: dict[int, float]) -> dict[str, Any]:
    """One order's line."""
    warehouse = known.warehouses.get(row.warehouse_id)
    took = "" if row.delivered_at is None else format_duration(row.delivered_at - row.received_at)
    return {
        "id": row.id,
        "number": row.number,
        "channel": names.get(row.channel, row.channel),
        "status": t(label_of(Status(row.status))),
        "why": ", ".join(t(label_of(Reason(reason))) for reason in row.exceptions.split(",") if reason),
        "received": format_instant(row.received_at),
        "promised": "" if row.promised_at is None else format_instant(row.promised_at),
        "delivered": "" if row.delivered_at is None else format_instant(row.delivered_at),
        "took": took,
        "region": kpi.region_name(row.region),
        "warehouse": kpi.place_name(warehouse) if warehouse else "",
        "currency": row.currency,
        "total": row.total_cents / 100,
        "paid": row.paid_cents / 100,
        "risk": round(risks[row.id], 2) if row.id in risks else None,
    }


def columns_for(wanted: Wanted) -> list[Column]:
    """The columns of the list; risk and reasons only where they are what it is about."""
    columns = [
        Column("number", t("Order"), pinned=True),
        Column("channel", t("Channel")),
        Column("status", t("Status")),
    ]
    if wanted.row_set == "at_risk":
        columns.append(Column("risk", t("Risk"), "rate"))
    if wanted.reason or wanted.status == Status.EXCEPTION:
        columns.append(Column("why", t("Stopped because")))
    return [
        *columns,
        Column("received", t("Received")),
        Column("promised", t("Promised")),
        Column("delivered", t("Delivered")),
        Column("took", t("Lead time")),
        Column("region", t("Region")),
        Column("warehouse", t("Warehouse")),
        Column("total", t("Total"), "money"),
        Column("paid", t("Paid"), "money"),
        Column("currency", t("Currency")),
    ]


def draw_exact(wanted: Wanted, stage: str) -> None:
    """The stage's lead times from the rows themselves."""
    exact = page.read(exact_lead, stage, wanted.filter)
    values = (exact.p50, exact.p90, exact.p95, exact.mean)
    rows = [
        [
            t(STAGE_LABELS[stage]),
            *("–" if value is None else format_number(value, 4) for value in values),
            format_int(exact.n),
        ]
    ]
    with st.container(border=True, key="figure-exact"):
        st.markdown(grid((t("Exact, in days"), "P50", "P90", "P95", t("Mean"), "n"), rows))
        st.caption(safe(t(STAGE_DEFINITION_LABELS[stage])))


def draw_tools(wanted: Wanted, chosen: RowSet, found: Page) -> None:
    """Another list with the same filter, the file, and the way back."""
    sets = {**ROW_SETS, **JUDGED}
    st.session_state["list-set"] = chosen.key
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="list-tools"):
        st.selectbox(
            t("List"),
            list(sets),
            format_func=lambda key: t(sets[key].label),
            key="list-set",
            on_change=choose_set,
            width=300,
        )
        st.download_button(
            t("Download as CSV"),
            data=noted(page.reading(file_of, wanted), "orders", chosen.key),
            file_name=f"orderly-{chosen.key}.csv",
            mime="text/csv",
            icon=":material/download:",
            disabled=not found.total_count,
            on_click="ignore",
        )
        query = {key: value for key, value in st.query_params.to_dict().items() if key in BOARD_KEYS}
        st.page_link(
            page_named("board").path, label=t("To the board"), icon=":material/monitoring:", query_params=query
        )
    if found.total_count > MOST_EXPORTED:
        st.caption(t("The file holds the first {n} orders.", n=format_int(MOST_EXPORTED)))


def draw_pages(number: int, total: int) -> None:
    """Which part of the list this is, and the way to the next."""
    last = max(1, -(-total // PER_PAGE))
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="list-pages"):
        st.button(
            t("Previous page"),
            disabled=number <= 1,
            on_click=turn_to,
            args=(number - 1,),
            icon=":material/chevron_left:",
        )
        st.caption(t("Page {n} of {last}", n=format_int(number), last=format_int(last)), width="content")
        st.button(
            t("Next page"),
            disabled=number >= last,
            on_click=turn_to,
            args=(number + 1,),
            icon=":material/chevron_right:",
        )


kpi.bring_up_to_date()
known_places = page.read(places)
asked = st.query_params.to_dict()
wanted_rows, said_notes = wanted_now(asked, known_places)
the_set = chosen_set(asked, [])
shown_page = page_number(asked)
listed = page.read(order_page, wanted_rows, (shown_page - 1) * PER_PAGE, PER_PAGE)
if not listed.rows and listed.total_count:  # the list has grown shorter since the address was written
    shown_page = -(-listed.total_count // PER_PAGE)
    listed = page.read(order_page, wanted_rows, (shown_page - 1) * PER_PAGE, PER_PAGE)

heading(t(the_set.label), filter_said(wanted_rows, the_set, known_places), "table_rows")
st.caption(safe(t(the_set.definition)))
for said in said_notes:
    st.caption(f":material/info: {safe(said)}")
draw_tools(wanted_rows, the_set, listed)
if (stage := asked.get("stage", "")) in STAGE_LABELS:
    draw_exact(wanted_rows, stage)
if not listed.total_count:
    empty(t("No orders"), t("Nothing fits this list and filter."), key="list", icon="search_off")
else:
    st.caption(safe(t("{n} orders", n=format_int(listed.total_count))))
    channel_names = {place.code: kpi.place_name(place) for place in known_places.channels}
    shown = [row_shown(row, known_places, channel_names, listed.risks) for row in listed.rows]
    order_id = table(shown, columns_for(wanted_rows), key="orders", id_key="id", height="content")
    draw_pages(shown_page, listed.total_count)
    if order_id is not None:
        st.switch_page(page_named("order").path, query_params={"id": str(order_id)})
