"""Stocktakes: which are under way, what they came to, and the plan of the next one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from core.context import Context
from core.domain.classes import Abc
from core.domain.counting import COUNT_KIND_LABELS, CountKind
from core.domain.facts import local_day
from core.domain.labels import label_of
from core.metrics.filters import Filter
from core.metrics.kpi import Figure
from core.metrics.stock_accuracy import STOCK_ACCURACY
from core.services import counting
from core.services.count_reads import CountChoices, StocktakeRow, count_choices, stocktakes_in
from core.services.stock_policies import counting_policy
from core.ui import page
from core.ui.cards import heading, metric_card, panel
from core.ui.count_parts import names_of, value_words
from core.ui.empty import empty
from core.ui.i18n import format_instant, format_int, format_rate, language, t
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table
from pages.work import settle

KIND_HELP_LABELS = {
    CountKind.FULL: "Everything in the warehouse, as auditors want it once a year.",
    CountKind.PARTIAL: "Some articles, categories or zones: after a suspicion, a move, a delivery.",
    CountKind.CYCLE: "A few articles a day, the important ones more often: what is due now is chosen for you.",
}
PLAN = "plan-stocktake"


def as_cells(row: StocktakeRow, names: dict[str, str]) -> dict[str, Any]:
    """One stocktake as the list shows it."""
    return {
        "id": row.id,
        "number": row.number,
        "status": t(label_of(row.status)),
        "kind": t(label_of(row.kind)) + (f" · {t('blind')}" if row.is_blind else ""),
        "warehouse": row.warehouse_zh if language() == "zh" else row.warehouse_en,
        "done": row.counted / row.lines if row.lines else 0.0,
        "lines": row.lines,
        "off": "" if row.off is None else format_int(row.off),
        "value": "" if row.value_cents is None else value_words(row.value_cents),
        "planned": format_instant(row.planned_at),
        "by": names.get(row.planned_by, row.planned_by),
        "note": row.note,
    }


def draw_list(rows: tuple[StocktakeRow, ...]) -> None:
    """The stocktakes, each a click away."""
    names = names_of({row.planned_by for row in rows})
    columns = [
        Column("number", t("Stocktake"), width=110, pinned=True),
        Column("status", t("Status"), width=150),
        Column("kind", t("Kind"), width=160),
        Column("warehouse", t("Warehouse"), width=165),
        Column("done", t("Share counted"), "progress", width=125),
        Column("lines", t("Lines"), "number", width=70),
        Column("off", t("Differences"), width=100),
        Column("value", t("Value of differences"), width=160),
        Column("planned", t("Planned at"), width=150),
        Column("by", t("Planned by"), width=110),
        Column("note", t("Note"), width="medium"),
    ]
    chosen = table([as_cells(row, names) for row in rows], columns, key="stocktakes", id_key="id", height="content")
    if chosen is not None:
        st.switch_page(page_named("stocktake").path, query_params={"id": str(chosen)})


def plan(key: str) -> None:
    """The plan's callback; where it was carried out, the new stocktake is opened by the run that follows."""
    kept = st.session_state
    kind = CountKind(kept.get("plan-kind") or CountKind.FULL.value)
    partial, cycle = kind is CountKind.PARTIAL, kind is CountKind.CYCLE
    page.command(
        counting.plan_stocktake,
        kept["plan-warehouse"],
        kind.value,
        blind=bool(kept.get("plan-blind")),
        skus=tuple(kept.get("plan-skus") or ()) if partial else (),
        categories=tuple(kept.get("plan-categories") or ()) if partial else (),
        zones=tuple(kept.get("plan-zones") or ()) if partial else (),
        classes=tuple(kept.get("plan-classes") or ()) if cycle else (),
        note=kept.get("plan-note") or "",
        form_key=key,
        done=t("The stocktake is planned. Begin when nobody moves goods that aren't booked yet."),
    )
    kept["_planned"] = page.result(PLAN)


def draw_plan(choices: CountChoices) -> None:
    """What is counted, how, and the button that plans it."""
    zh = language() == "zh"
    with panel("plan"):
        st.markdown(f"**{t('Plan a stocktake')}**")
        place, kind = st.columns([1, 2], gap="small")
        place.selectbox(
            t("Warehouse"),
            list(choices.warehouses),
            format_func=lambda number: f"{choices.warehouses[number][0]} · {choices.warehouses[number][1 + zh]}",
            key="plan-warehouse",
        )
        kind.segmented_control(
            t("Kind"),
            [one.value for one in CountKind],
            format_func=lambda code: t(COUNT_KIND_LABELS[CountKind(code)]),
            default=CountKind.FULL.value,
            required=True,
            key="plan-kind",
        )
        chosen = CountKind(st.session_state["plan-kind"] or CountKind.FULL.value)
        st.caption(safe(t(KIND_HELP_LABELS[chosen])))
        if chosen is CountKind.PARTIAL:
            draw_scope(choices, zh)
        elif chosen is CountKind.CYCLE:
            draw_classes(choices)
        st.checkbox(
            t("Blind: whoever counts doesn't see what the book says"), value=chosen is CountKind.FULL, key="plan-blind"
        )
        st.text_input(t("Note"), max_chars=500, key="plan-note")
        st.button(
            t("Plan it"),
            type="primary",
            icon=":material/event_note:",
            on_click=plan,
            args=(page.form_key(PLAN),),
            key="plan-it",
        )


def draw_scope(choices: CountChoices, zh: bool) -> None:
    """What a partial stocktake counts; what is named in several fields has to fit all of them."""
    first, second = st.columns([2, 1], gap="small")
    first.multiselect(
        t("Articles"),
        list(choices.articles),
        format_func=lambda number: f"{choices.articles[number][0]} · {choices.articles[number][1 + zh]}",
        placeholder=t("All"),
        key="plan-skus",
    )
    second.multiselect(t("Categories"), list(choices.categories), placeholder=t("All"), key="plan-categories")
    if choices.zones:
        st.multiselect(t("Zones"), list(choices.zones), placeholder=t("All"), key="plan-zones")


def draw_classes(choices: CountChoices) -> None:
    """Which classes a cycle count takes, with how many articles of each are due."""
    days = counting_policy().cycle_days
    st.pills(
        t("Classes"),
        [abc.value for abc in Abc],
        selection_mode="multi",
        default=[abc.value for abc in Abc],
        format_func=lambda code: t(
            "{abc}: every {days} days · {n} due", abc=code, days=days[Abc(code)], n=format_int(choices.due[Abc(code)])
        ),
        key="plan-classes",
    )
    st.caption(
        safe(
            t(
                "A are the articles that make the first 80% of what is sold by value, B the next 15%, C the rest."
                " At most {n} articles make one cycle count, the longest overdue first.",
                n=counting_policy().most_articles,
            )
        )
    )


def read_accuracy(ctx: Context) -> Figure:
    """Stock accuracy of the last ninety days, today included."""
    today = local_day(ctx.now, ctx.world.timezone)
    return STOCK_ACCURACY.read(ctx, Filter(today - 89, today))


def draw_accuracy() -> None:
    """How well the book knew the shelf lately, where anything was counted."""
    figure = page.read(read_accuracy)
    if figure.value is None:
        return
    words = t("Last 90 days, {n} places.", n=format_int(figure.n)) + " " + t(STOCK_ACCURACY.definition)
    metric_card(t(STOCK_ACCURACY.label), format_rate(figure.value), definition=words, key="accuracy", tone="info")


settle()
if (planned := st.session_state.pop("_planned", None)) is not None:
    st.switch_page(page_named("stocktake").path, query_params={"id": str(planned)})
heading(
    t("Stocktakes"),
    t("Count what lies there, say why it differs, and post the difference while business goes on."),
    "inventory",
)
everything = st.session_state.get("stocktakes-show") == "all"
rows = page.read(stocktakes_in, open_only=not everything)
st.segmented_control(
    t("Which stocktakes"),
    ["open", "all"],
    default="open",
    required=True,
    format_func=lambda name: t("All stocktakes") if name == "all" else t("Under way"),
    key="stocktakes-show",
    label_visibility="collapsed",
)
if rows:
    draw_list(rows)
else:
    empty(
        t("No stocktake is under way"),
        t("Plan one below: count everything, a part, or what is due today."),
        key="stocktakes",
        icon="inventory",
    )
draw_accuracy()
if page.actor().may("stock.count"):
    draw_plan(page.read(count_choices, st.session_state.get("plan-warehouse")))
