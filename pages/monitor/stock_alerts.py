"""Stock alerts: what runs low, out, over or past its date, when, and what to order."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.channels.export import to_csv
from core.context import Context
from core.domain.alerts import ALERT_KIND_LABELS, AlertKind, AlertState
from core.domain.labels import label_of
from core.services import stock_alerts, thresholds
from core.services.replenishment import Suggestion, suggested_orders
from core.services.stock_alerts import StockBoard, StockLine, stock_board
from core.ui import page
from core.ui.cards import heading
from core.ui.count_parts import names_of
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_money, format_number, format_rate, language, t
from core.ui.safe import safe
from core.ui.stock_parts import (
    article,
    cover_words,
    draw_article,
    draw_suggestions,
    out_words,
    place,
    policy_words,
    value_words,
)
from core.ui.tables import Column, table
from pages.work import settle

VIEW_LABELS = {
    "alerts": "Alerts",
    "low": "Below threshold now",
    "forecast": "Forecast",
    "order": "To be ordered",
    "all": "All thresholds",
}
NOTHING_LABELS = {
    "alerts": "Nothing alerts: no stock is low, over, about to expire or about to run out.",
    "low": "Everything is above its threshold.",
    "forecast": "No stock is known yet. Receive goods first.",
    "order": "Nothing is at its reorder point, what is on its way counted in.",
    "all": "No threshold is set yet. Choose an article in the forecast, or receive goods first.",
}
ON = (AlertState.ALERTING, AlertState.RECOVERING, AlertState.PENDING)
Rows = list[dict[str, Any]]


def read_page(ctx: Context, warehouse: str) -> tuple[StockBoard, dict[tuple[int, int], Suggestion]]:
    """Everything the page shows, in one view."""
    return stock_board(ctx, warehouse=warehouse), suggested_orders(ctx)


def common(line: StockLine) -> dict[str, Any]:
    """What every view says of a line; `id` is what a click opens."""
    return {
        "id": f"{line.outlook.place[0]}-{line.outlook.place[1]}",
        "sku": line.sku,
        "name": article(line),
        "warehouse": place(line),
        "available": line.outlook.available,
        "coming": line.outlook.coming,
    }


def first_columns(*telling: Column) -> list[Column]:
    """Which article, what matters most of it (so that it is seen on a phone), and where."""
    return [
        Column("sku", t("Article number"), width=105, pinned=True),
        *telling,
        Column("name", t("Article"), width=205),
        Column("warehouse", t("Warehouse"), width=165),
    ]


def stock_columns() -> list[Column]:
    """What there is, and what comes."""
    return [
        Column("available", t("Available"), "number", width=90),
        Column("coming", t("On its way"), "number", width=90),
    ]


def alert_rows(board: StockBoard, names: dict[str, str]) -> tuple[Rows, list[Column]]:
    """Alerts that are on or being watched, the worst first, of the kinds that were chosen."""
    kinds = set(st.session_state.get("alert-kinds") or list(AlertKind))
    found = [
        (ON.index(alert.state), alert.since_at, line, alert)
        for line in board.lines
        for alert in line.alerts
        if alert.state in ON and alert.kind in kinds
    ]
    rows = [
        common(line)
        | {
            "state": t(label_of(alert.state)),
            "kind": t(label_of(alert.kind)),
            "value": value_words(alert),
            "since": format_instant(alert.raised_at or alert.since_at, board.timezone),
            "who": names.get(alert.acknowledged_by or "", alert.acknowledged_by or ""),
        }
        for _, _, line, alert in sorted(found, key=lambda one: (one[0], one[1], one[2].sku))
    ]
    columns = [
        *first_columns(Column("kind", t("Alert"), width=130), Column("state", t("State"), width=120)),
        Column("value", t("Found and limit"), width=120),
        Column("since", t("Alerting since"), width=150),
        Column("who", t("Taken care of by"), width=130),
        *stock_columns(),
    ]
    return rows, columns


def low_rows(board: StockBoard) -> tuple[Rows, list[Column]]:
    """Everything below its threshold this moment, as the board counts it, the emptiest first."""
    found = [
        (line.outlook.available / line.outlook.threshold.low, line, line.outlook.threshold.low)
        for line in board.lines
        if line.outlook.threshold is not None and line.outlook.available < line.outlook.threshold.low
    ]
    rows = [
        common(line) | {"low": low, "share": share, "cover": cover_words(line)}
        for share, line, low in sorted(found, key=lambda one: (one[0], one[1].sku, one[1].warehouse))
    ]
    columns = [
        *first_columns(Column("available", t("Available"), "number", width=80)),
        Column("low", t("Threshold"), "number", width=90),
        Column("share", t("Available of threshold"), "progress", width=150),
        Column("coming", t("On its way"), "number", width=90),
        Column("cover", t("Days of cover"), width=130),
    ]
    return rows, columns


def forecast_rows(board: StockBoard) -> tuple[Rows, list[Column]]:
    """When stock runs out, the soonest first; where too little is known, that is said."""
    few = t("too few days to say")
    rows = []
    for line in board.lines:
        outlook, (early, likely) = line.outlook, line.outlook.out_in_days
        known = outlook.enough_days
        rows.append(
            common(line)
            | {
                "order": (likely if likely is not None else 9_999) if known else 10_000,
                "cover": cover_words(line),
                "early": out_words(early, board) if known else few,
                "likely": out_words(likely, board) if known else few,
                "chance": format_rate(outlook.stock_out_chance or 0.0, 0) if known else few,
                "mean": f"{format_number(outlook.demand.mean)} ± {format_number(outlook.demand.deviation)}",
                "days": outlook.demand.days,
            }
        )
    rows.sort(key=lambda row: (row["order"], row["sku"], row["warehouse"]))
    columns = [
        *first_columns(Column("likely", t("Sold out, most likely"), width=150)),
        *stock_columns(),
        Column("cover", t("Days of cover"), width=120),
        Column("early", t("Sold out, one in ten"), width=150),
        Column("chance", t("Out before goods could come"), width=180),
        Column("mean", t("Demand a day"), width=120),
        Column("days", t("Days looked at"), "number", width=110),
    ]
    return rows, columns


def threshold_rows(board: StockBoard) -> tuple[Rows, list[Column]]:
    """Every threshold beside what the formula would set."""
    source = {thresholds.HAND: t("by hand"), thresholds.FORMULA: t("by formula")}
    rows = []
    for line in board.lines:
        limits, levels = line.outlook.threshold, line.outlook.levels
        rows.append(
            common(line)
            | {
                "low": None if limits is None else limits.low,
                "high": None if limits is None else limits.high,
                "source": "" if limits is None else source[limits.source],
                "point": None if levels is None else levels.reorder_point,
                "safety": None if levels is None else levels.safety,
                "top": line.outlook.high_by_formula,
            }
        )
    columns = [
        *first_columns(),
        Column("low", t("Low below"), "number", width=90),
        Column("high", t("Too much above"), "number", width=120),
        Column("source", t("Set"), width=100),
        Column("point", t("Reorder point by formula"), "number", width=170),
        Column("safety", t("Safety stock"), "number", width=110),
        Column("top", t("Upper limit by formula"), "number", width=160),
        *stock_columns(),
    ]
    return rows, columns


def order_rows(found: list[tuple[StockLine, Suggestion]]) -> tuple[Rows, list[Column]]:
    """What to order, how much and from whom."""
    zh = language() == "zh"
    rows = [
        common(line)
        | {
            "quantity": one.quantity,
            "supplier": (one.supplier_zh if zh else one.supplier_en) or t("nobody sells it to us"),
            "value": format_money(one.value_cents),
            "low": None if line.outlook.threshold is None else line.outlook.threshold.low,
            "cover": cover_words(line),
        }
        for line, one in found
    ]
    columns = [
        *first_columns(Column("quantity", t("Order quantity"), "number", width=110)),
        Column("supplier", t("Supplier"), width=190),
        Column("value", t("Value"), width=110),
        *stock_columns(),
        Column("low", t("Reorder at"), "number", width=90),
        Column("cover", t("Days of cover"), width=120),
    ]
    return rows, columns


def keep_in_address() -> None:
    """The view and the warehouse stand in the address, so that a link leads to them."""
    for name, default in (("show", "alerts"), ("warehouse", "")):
        chosen = st.session_state.get(f"stock-{name}") or default
        if chosen == default:
            st.query_params.pop(name, None)
        else:
            st.query_params[name] = chosen


def take_from_address() -> None:
    """What the address asks for, when the page is opened."""
    if "stock-show" not in st.session_state:
        asked = st.query_params.get("show", "alerts")
        st.session_state["stock-show"] = asked if asked in VIEW_LABELS else "alerts"
        st.session_state["stock-warehouse"] = st.query_params.get("warehouse", "")


def warehouse_words(board: StockBoard, code: str) -> str:
    """A warehouse by its name in the reader's language; no code is all of them."""
    _, english, chinese = board.warehouses.get(code, (0, t("All warehouses"), t("All warehouses")))
    return chinese if language() == "zh" else english


def draw_filters(board: StockBoard, counts: dict[str, int]) -> None:
    """Which view, which warehouse, which kinds."""
    st.segmented_control(
        t("What to look at"),
        list(VIEW_LABELS),
        required=True,
        format_func=lambda name: t(VIEW_LABELS[name]) + (f" · {format_int(counts[name])}" if name in counts else ""),
        key="stock-show",
        on_change=keep_in_address,
        label_visibility="collapsed",
    )
    where, kinds = st.columns([1, 2], gap="small")
    where.selectbox(
        t("Warehouse"),
        ["", *board.warehouses],
        format_func=lambda code: warehouse_words(board, code),
        key="stock-warehouse",
        on_change=keep_in_address,
        label_visibility="collapsed",
    )
    if st.session_state["stock-show"] == "alerts":
        kinds.pills(
            t("Kinds of alerts"),
            [kind.value for kind in AlertKind],
            selection_mode="multi",
            format_func=lambda code: t(ALERT_KIND_LABELS[AlertKind(code)]),
            key="alert-kinds",
            label_visibility="collapsed",
        )


def draw_tools(board: StockBoard, view: str, rows: Rows, columns: list[Column]) -> None:
    """What can be done with the whole list."""
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="stock-tools"):
        st.download_button(
            t("Download as CSV"),
            data=to_csv([one.title for one in columns], [[row[one.key] for one in columns] for row in rows]),
            file_name=f"orderly-stock-{view}.csv",
            mime="text/csv",
            icon=":material/download:",
            disabled=not rows,
            on_click="ignore",
        )
        if not page.actor().may("stock.threshold"):
            return
        if view == "alerts":
            st.button(
                t("Look now"),
                icon=":material/refresh:",
                on_click=page.command,
                args=(stock_alerts.evaluate_alerts,),
                kwargs={"form_key": page.form_key("evaluate"), "done": t("All stock was looked at.")},
                key="evaluate",
            )
            at = board.evaluated_at
            said = t("never") if at is None else format_instant(at, board.timezone)
            st.caption(safe(t("Last changed by the clock or by hand: {at}", at=said)), width="content")
        if view == "all":
            st.button(
                t("Let the formula set all of these"),
                icon=":material/functions:",
                on_click=page.command,
                args=(thresholds.use_formula, tuple(line.outlook.place for line in board.lines)),
                kwargs={"form_key": page.form_key("formula-all"), "done": t("The thresholds follow the formula.")},
                key="formula-all",
            )


settle()
take_from_address()
board, suggestions = page.read(read_page, st.session_state["stock-warehouse"])
view = st.session_state["stock-show"]
by_place = {line.outlook.place: line for line in board.lines}
to_order = [(by_place[where], one) for where, one in suggestions.items() if where in by_place]
names = names_of({alert.acknowledged_by or "" for line in board.lines for alert in line.alerts})
views: dict[str, Callable[[], tuple[Rows, list[Column]]]] = {
    "alerts": lambda: alert_rows(board, names),
    "low": lambda: low_rows(board),
    "forecast": lambda: forecast_rows(board),
    "order": lambda: order_rows(to_order),
    "all": lambda: threshold_rows(board),
}
heading(
    t("Stock alerts"),
    t("What runs low, out, over or past its date, how sure that is, and what to order."),
    "production_quantity_limits",
)
alerting = sum(alert.state in ON[:2] for line in board.lines for alert in line.alerts)
low = sum(
    line.outlook.threshold is not None and line.outlook.available < line.outlook.threshold.low for line in board.lines
)
draw_filters(board, {"alerts": alerting, "low": low, "order": len(to_order)})
rows, columns = views[view]()
draw_tools(board, view, rows, columns)
if rows:
    height: Any = "content" if len(rows) <= 14 else 560
    chosen = table(rows, columns, key=f"stock-{view}-rows", id_key="id", height=height)
    picked = next((line for line in board.lines if common(line)["id"] == chosen), None)
    if picked is not None:
        draw_article(picked, board, names)
    else:
        st.caption(safe(t("Click a line to see what it rests on and to set its threshold.")))
    if view == "order":
        draw_suggestions(to_order)
else:
    empty(t("Nothing here"), t(NOTHING_LABELS[view]), key="stock", icon="task_alt")
st.caption(safe(policy_words()))
