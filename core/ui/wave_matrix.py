"""Who ships where: a plan's parcels by warehouse against region or carrier, as a heat map and as a table."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import streamlit as st

from core.services.wave_views import WaveView
from core.ui.charts import CONFIG, drawable, heat
from core.ui.i18n import format_int, format_money, t
from core.ui.kpi import is_dark
from core.ui.order_sheet import province
from core.ui.tables import Column, table
from core.ui.wave_parts import carrier_words, place_words

AXIS_LABELS = {"region": "By region", "carrier": "By carrier"}
_MOST_COLUMNS = 12  # more than that in one map can't be read; the rest stands in the table


def draw_matrix(view: WaveView) -> None:
    """The parcels of the plan, from which warehouse to where, or with whom."""
    axis = st.segmented_control(
        t("Who ships where"),
        list(AXIS_LABELS),
        default="region",
        required=True,
        format_func=lambda name: t(AXIS_LABELS[name]),
        key="wave-axis",
        label_visibility="collapsed",
    )
    regions = {member.order_id: member.region for member in view.members}
    counts, costs = Counter[tuple[int, str]](), Counter[tuple[int, str]]()
    for parcel in view.parcels:
        to = regions[parcel.order_id] if axis == "region" else parcel.carrier
        counts[parcel.warehouse_id, to] += 1
        costs[parcel.warehouse_id, to] += parcel.cost_cents
    targets = [to for to, _ in Counter({to: 0 for _, to in counts} | _sums(counts)).most_common()]
    words = province if axis == "region" else lambda code: carrier_words(code, view.carriers)
    _draw_map(view, targets[:_MOST_COLUMNS], counts, words)
    _draw_table(view, targets, counts, costs, words, t(AXIS_LABELS[axis or "region"]))


def _sums(counts: Counter[tuple[int, str]]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for (_, to), count in counts.items():
        sums[to] = sums.get(to, 0) + count
    return sums


def _draw_map(view: WaveView, targets: Sequence[str], counts: Counter[tuple[int, str]], words: Any) -> None:
    grid = [[counts[place.id, to] for to in targets] for place in view.places]
    columns = [_short(words(to)) for to in targets]
    chart = heat([place.code for place in view.places], columns, grid, t("parcels"), dark=is_dark())
    label = t("Parcels by warehouse and destination")
    st.plotly_chart(drawable(chart), theme=None, config=dict(CONFIG), key=f"map-{len(targets)}", alt=label)


def _short(name: str) -> str:
    """A name short enough for an axis."""
    return name if len(name) <= 18 else f"{name[:17]}…"


def _draw_table(
    view: WaveView,
    targets: Sequence[str],
    counts: Counter[tuple[int, str]],
    costs: Counter[tuple[int, str]],
    words: Any,
    heading: str,
) -> None:
    """The same as figures, with what each row costs."""
    rows = [
        {
            "to": words(to),
            **{str(place.id): counts[place.id, to] or None for place in view.places},
            "all": sum(counts[place.id, to] for place in view.places),
            "cost": format_money(sum(costs[place.id, to] for place in view.places)),
        }
        for to in targets
    ]
    columns = [
        Column("to", heading, width=200),
        *(Column(str(place.id), place.code, "number", width=80, help=place_words(place)) for place in view.places),
        Column("all", t("Parcels"), "number", width=90),
        Column("cost", t("Shipping"), width=120),
    ]
    with st.expander(t("As a table ({n} rows)", n=format_int(len(rows))), icon=":material/table_rows:"):
        table(rows, columns, key=f"matrix-{heading}", height="content")
