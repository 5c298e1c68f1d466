"""Every article of a warehouse that is below its threshold, and the same as a file."""

from __future__ import annotations

import streamlit as st

from core.channels.export import to_csv
from core.metrics.board import places
from core.metrics.stock import LowStock, low_stock
from core.ui import kpi, page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.i18n import format_int, language, t
from core.ui.safe import safe
from core.ui.site import page_named
from core.ui.tables import Column, table


def row_shown(low: LowStock) -> dict[str, object]:
    """One article's line."""
    return {
        "sku": low.sku,
        "name": low.name_zh if language() == "zh" else low.name_en,
        "warehouse": kpi.place_name(known.warehouses[low.warehouse_id]),
        "available": low.available,
        "threshold": low.threshold,
        "share": low.available / low.threshold,
    }


known = page.read(places)
chosen = kpi.read_address(st.query_params.to_dict(), known, page.read(kpi.today_of))
rows = page.read(low_stock, chosen.filter)

warehouse = chosen.filter.warehouse
heading(
    t("Stock below threshold"),
    t("All warehouses") if warehouse is None else kpi.place_name(known.warehouses[warehouse]),
    "production_quantity_limits",
)
st.caption(safe(t("Articles of a warehouse with fewer units available, over all lots, than their threshold.")))
for note in chosen.notes:
    st.caption(f":material/info: {safe(note)}")
with st.container(horizontal=True, vertical_alignment="bottom", gap="small", key="list-tools"):
    st.download_button(
        t("Download as CSV"),
        data=to_csv(
            ("sku", "name_en", "name_zh", "warehouse", "available", "threshold"),
            ((low.sku, low.name_en, low.name_zh, low.warehouse, low.available, low.threshold) for low in rows),
        ),
        file_name="orderly-low-stock.csv",
        mime="text/csv",
        icon=":material/download:",
        disabled=not rows,
        on_click="ignore",
    )
    st.page_link(page_named("board").path, label=t("To the board"), icon=":material/monitoring:")
if not rows:
    empty(t("Nothing runs low"), t("Everything is above its threshold."), key="low", icon="inventory_2")
else:
    st.caption(safe(t("{n} articles", n=format_int(len(rows)))))
    columns = [
        Column("sku", t("Article number"), pinned=True),
        Column("name", t("Article")),
        Column("warehouse", t("Warehouse")),
        Column("available", t("Available"), "number"),
        Column("threshold", t("Threshold"), "number"),
        Column("share", t("Available of threshold"), "progress"),
    ]
    table([row_shown(low) for low in rows], columns, key="low-stock", height="content")
