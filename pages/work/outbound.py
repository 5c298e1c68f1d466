"""The way out of a warehouse: tasks by urgency, walks, the packing table, and the dock."""

from __future__ import annotations

import streamlit as st

from core.domain.shipments import ShipmentStatus
from core.services.outbound_reads import House, houses_in
from core.ui import page
from core.ui.cards import heading
from core.ui.empty import empty
from core.ui.i18n import format_int, language, t
from core.ui.outbound_dock import draw_dock
from core.ui.outbound_table import draw_switch, draw_table
from core.ui.outbound_tasks import draw_tasks
from core.ui.outbound_walk import draw_walk
from pages.work import settle

VIEW_LABELS = {"tasks": "Tasks", "walk": "Picking", "table": "Scan and pack", "dock": "Dock"}
VIEWS = {"tasks": draw_tasks, "walk": draw_walk, "table": draw_table, "dock": draw_dock}
COUNTED = {
    "tasks": (ShipmentStatus.PLANNED, ShipmentStatus.RELEASED),
    "walk": (ShipmentStatus.PICKING,),
    "table": (ShipmentStatus.PICKED, ShipmentStatus.VERIFIED),
    "dock": (ShipmentStatus.PACKED, ShipmentStatus.MANIFESTED),
}


def choose_house(houses: tuple[House, ...]) -> House:
    """The warehouse that this person works in, kept in the address."""
    by_code = {house.code: house for house in houses}
    if st.session_state.get("outbound-house") not in by_code:
        busiest = max(houses, key=lambda house: sum(house.counts.values()))
        asked = st.query_params.get("warehouse", "")
        st.session_state["outbound-house"] = asked if asked in by_code else busiest.code

    def words(code: str) -> str:
        house = by_code[code]
        waiting = format_int(sum(house.counts.values()))
        return f"{house.name_zh if language() == 'zh' else house.name_en} · {waiting}"

    st.selectbox(t("Warehouse"), list(by_code), format_func=words, key="outbound-house", label_visibility="collapsed")
    st.query_params["warehouse"] = st.session_state["outbound-house"]
    return by_code[st.session_state["outbound-house"]]


def choose_view(house: House) -> str:
    """The station that is looked at, with how many parcels stand at each."""
    if st.session_state.get("outbound-view") not in VIEWS:
        asked = st.query_params.get("at", "tasks")
        st.session_state["outbound-view"] = asked if asked in VIEWS else "tasks"

    def words(name: str) -> str:
        count = sum(house.counts.get(status.value, 0) for status in COUNTED[name])
        return t(VIEW_LABELS[name]) + (f" · {format_int(count)}" if count else "")

    st.segmented_control(
        t("Station"), list(VIEWS), required=True, format_func=words, key="outbound-view", label_visibility="collapsed"
    )
    st.query_params["at"] = st.session_state["outbound-view"]
    return str(st.session_state["outbound-view"])


def draw_overview(house: House) -> None:
    """How much stands at each station, for those who lay the work out and don't do it themselves."""
    for name, column in zip(VIEWS, st.columns(len(VIEWS)), strict=True):
        count = sum(house.counts.get(status.value, 0) for status in COUNTED[name])
        column.metric(t(VIEW_LABELS[name]), format_int(count), border=True)
    st.caption(t("Parcels that stand at each station now."))
    draw_switch(house)


settle()
heading(t("Outbound"), t("Pick, check, pack and hand over, the most urgent first."), "local_shipping")
houses = page.read(houses_in)
if not houses:
    empty(
        t("No warehouse yet"),
        t("Parcels leave from warehouses; none is set up in this world."),
        key="outbound",
        icon="warehouse",
    )
elif page.actor().may("shipping.work"):
    house = choose_house(houses)
    VIEWS[choose_view(house)](house)
else:
    draw_overview(choose_house(houses))
